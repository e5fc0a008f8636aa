/* devices.c: what a sweep can run on: see run.h. */
#include <stdio.h>

#include "base/text.h"
#include "base/thread.h"
#include "base/version.h"
#include "run/compile_cc.h"
#include "run/gpu.h"
#include "run/machine.h"

static void add_gpus(ws_text *text)
{
    char reason[256] = "";
    const ws_gpu *gpu = ws_gpu_devices();
    int count = gpu->count(reason, sizeof reason);
    if (!count) {
        ws_text_add(text, "cuda: not used: %s\n", reason);
        return;
    }
    void *compiler = NULL;
    ws_error error = {0};
    int found = gpu->compiler->open(&compiler, &error) == WS_OK;
    for (int i = 0; i < count; i++) {
        ws_gpu_facts f;
        char target[16] = "";
        ws_error why = {0};
        if (gpu->facts(i, &f, &why)) {
            ws_text_add(text, "cuda: GPU %d: %s\n", i, why.message);
            continue;
        }
        ws_text_add(text, "cuda: GPU %d: %s, %.1f GB of memory, compute capability %d.%d, %d multiprocessors, %s", i, f.name,
                    (double)f.memory / 1e9, f.major, f.minor, f.multiprocessors, f.driver);
        if (found && !gpu->compiler->target(compiler, f.major, f.minor, target, &why))
            ws_text_add(text, ", kernels by %s for %s\n", gpu->compiler->banner(compiler), target);
        else
            ws_text_add(text, "; not used: %s\n", found ? why.message : error.message);
    }
    if (compiler) gpu->compiler->close(compiler);
}

ws_code ws_run_devices(const ws_run_options *options, char **text, ws_error *error)
{
    char name[128];
    ws_compiler compiler;
    ws_error reason = {0};
    ws_text out = {0};
    (void)error;
    int threads = ws_thread_processors(), found = ws_compiler_find(options, NULL, &compiler, &reason) == WS_OK;
    ws_machine_name(name, sizeof name);
    ws_text_add(&out, "cpu: %s, %d core%s, %s, %.1f GB of memory, compiler %s\n", name, threads, threads > 1 ? "s" : "",
                ws_machine_set_name(ws_machine_sets()), (double)ws_machine_memory() / 1e9, found ? compiler.banner : "none");
    if (found) ws_compiler_free(&compiler);
    add_gpus(&out);
    *text = ws_text_take(&out);
    return WS_OK;
}

const char *ws_run_build_text(void) { return "engines: " WS_ENGINES_TEXT "; built " WS_CUDA_TEXT "\n"; }
