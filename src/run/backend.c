/* backend.c: see backend.h. */
#include "run/backend.h"

#include <stdio.h>
#include <string.h>

#include "base/thread.h"
#include "run/machine.h"

static ws_code choose_devices(const ws_run_options *options, int count, ws_run_engine *engine, ws_error *error)
{
    int asked = options->device_count;
    for (int i = 0; i < asked; i++)
        if (options->devices[i] < 0 || options->devices[i] >= count)
            return ws_error_set(error, WS_BAD_INPUT,
                                "--devices %d: no such GPU; allowed: 0 to %d (\"warmsweep devices\" lists them)",
                                options->devices[i], count - 1);
    engine->device_count = asked ? asked : count < WS_DEVICES_MAX ? count : WS_DEVICES_MAX;
    for (int i = 0; i < engine->device_count; i++) engine->device[i] = asked ? options->devices[i] : i;
    return WS_OK;
}

/* "cuda on 2 x NVIDIA H100 80GB HBM3"; every device must be usable. */
static ws_code name_devices(ws_run_engine *engine, ws_error *error)
{
    ws_gpu_facts first = {0}, facts;
    int same = 1;
    for (int i = 0; i < engine->device_count; i++) {
        ws_code code = ws_gpu_devices()->facts(engine->device[i], &facts, error);
        if (code) return code;
        if (ws_gpu_devices()->select(engine->device[i])) { /* another process may have it for itself */
            char reason[512];
            ws_gpu_devices()->explain(reason, sizeof reason);
            return ws_error_set(error, WS_FAILED, "GPU %d (%.100s): %s", engine->device[i], facts.name, reason);
        }
        if (i == 0) first = facts;
        same = same && !strcmp(first.name, facts.name);
    }
    if (engine->device_count > 1)
        snprintf(engine->devices, sizeof engine->devices, "%d x %.90s%s", engine->device_count, first.name,
                 same ? "" : " and others");
    else
        snprintf(engine->devices, sizeof engine->devices, "%.100s", first.name);
    snprintf(engine->text, sizeof engine->text, "cuda on %s", engine->devices);
    return WS_OK;
}

ws_code ws_run_choose(const ws_run_options *options, ws_run_engine *engine, ws_error *error)
{
    const char *asked = options->engine ? options->engine : "auto";
    int must = !strcmp(asked, "cuda") || (!strcmp(asked, "auto") && options->device_count);
    char reason[256] = "";
    *engine = (ws_run_engine){.text = "cpu"};
    if (strcmp(asked, "auto") && strcmp(asked, "cpu") && strcmp(asked, "cuda"))
        return ws_error_set(error, WS_BAD_INPUT, "--engine %.60s; allowed: auto, cpu, cuda", asked);
    if (!strcmp(asked, "cpu")) {
        if (!options->device_count) return WS_OK;
        return ws_error_set(error, WS_BAD_INPUT, "--devices chooses GPUs; it does not go with --engine cpu");
    }
    const ws_gpu *gpu = ws_gpu_devices();
    int count = gpu->count(reason, sizeof reason);
    if (!count) return must ? ws_error_set(error, WS_BAD_INPUT, "--engine cuda: %s; allowed here: auto, cpu", reason) : WS_OK;
    ws_error why = {0};
    void *compiler = NULL;
    ws_code code = gpu->compiler->open(&compiler, &why);
    if (!code) {
        gpu->compiler->close(compiler);
        code = choose_devices(options, count, engine, &why);
    }
    if (!code) code = name_devices(engine, &why);
    if (!code) {
        engine->cuda = 1;
        return WS_OK;
    }
    *engine = (ws_run_engine){.text = "cpu"};
    if (must) return ws_error_set(error, code, "%s", why.message);
    snprintf(engine->remark, sizeof engine->remark, "the GPU is not used: %.400s", why.message);
    return WS_OK;
}

typedef struct loading {
    const ws_plan *plan;
    const ws_run_options *options;
    int threads;
    ws_kernels *kernels;
    ws_backend *backend;
    ws_code code[2];
    ws_error error[2];
} loading;

static void load_part(void *context, int64_t part)
{
    loading *l = context;
    ws_backend *b = l->backend;
    l->code[part] = part == 0 ? ws_kernels_load(l->plan, l->options, -1, 0, l->kernels, &l->error[0])
                              : ws_cuda_kernels_load(l->plan, l->options, ws_gpu_devices(), b->engine.device,
                                                     b->engine.device_count, l->threads, &b->cuda, &l->error[1]);
}

ws_code ws_backend_load(const ws_plan *plan, const ws_run_options *options, int threads, ws_kernels *kernels, ws_backend *b,
                        ws_error *error)
{
    memset(b, 0, sizeof *b);
    ws_code code = ws_run_choose(options, &b->engine, error);
    if (code) return code;
    loading l = {.plan = plan, .options = options, .threads = threads, .kernels = kernels, .backend = b};
    int parts = b->engine.cuda ? 2 : 1;
    ws_thread_each(parts, parts, load_part, &l);
    if (!l.code[0] && !l.code[1]) return WS_OK;
    int failed = l.code[0] ? 0 : 1;
    if (error) *error = l.error[failed];
    if (failed == 1)
        ws_kernels_free(kernels);
    else if (parts == 2 && !l.code[1])
        ws_cuda_kernels_free(&b->cuda);
    return l.code[failed];
}

void ws_backend_free(ws_backend *b)
{
    if (b->engine.cuda) ws_cuda_kernels_free(&b->cuda);
    memset(b, 0, sizeof *b);
}

ws_code ws_backend_run(const ws_backend *b, const ws_engine_setup *setup, ws_error *error)
{
    return b->engine.cuda ? ws_engine_cuda_run(setup, &b->cuda, error) : ws_engine_cpu_run(setup, error);
}

ws_code ws_backend_list(const ws_backend *b, const ws_engine_setup *setup, const int64_t *trajectory, int64_t count,
                        ws_outcomes *out, ws_error *error)
{
    if (b->engine.cuda) return ws_engine_cuda_list(setup, &b->cuda, trajectory, count, out, error);
    return ws_engine_list(setup->plan, setup->kernels, setup->problems, trajectory, count, setup->stop, out, NULL, NULL, error);
}

const char *ws_backend_name(const ws_backend *b) { return b->engine.cuda ? "cuda" : "cpu"; }

void ws_backend_describe(const ws_backend *b, const ws_kernels *kernels, int threads, char *device, size_t device_size,
                         char *compiler, size_t compiler_size)
{
    char name[96];
    if (b->engine.cuda) {
        snprintf(device, device_size, "%s", b->engine.devices);
        snprintf(compiler, compiler_size, "%s, %s", b->cuda.compiler, b->cuda.target[0]);
        return;
    }
    ws_machine_name(name, sizeof name);
    snprintf(device, device_size, "%s, %d thread%s, %s", name, threads, threads > 1 ? "s" : "",
             ws_machine_set_name(kernels->kernel[0].sets));
    ws_kernels_describe(kernels, compiler, compiler_size);
}
