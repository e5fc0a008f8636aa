/* kernel.c: see kernel.h. A kernel's key is a digest of every byte that decides its machine code: kernel text, defines, options, the
 * compiler's version text and, for -march=native, the processor's features. Seeds, step sizes, eps and grids are no part of it. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "run/kernel.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/thread.h"
#include "run/machine.h"

typedef struct loading {
    const ws_plan *plan;
    const ws_run_options *options;
    int only, trace;
    int threads_each; /* of a kernel */
    ws_kernels *kernels;
    ws_kernel_text text;
    char *features;
    pthread_mutex_t lock; /* counters, code and error */
    ws_code code;
    ws_error *error;
} loading;

static void make_key(const loading *l, const char *defines, char key[33])
{
    char flags[512];
    const ws_compiler *c = &l->kernels->compiler;
    ws_compiler_flags(c, flags, sizeof flags);
    const char *parts[] = {defines, flags, c->path, c->version, l->features};
    ws_kernel_cache_key(&l->text, parts, strcmp(c->march, "native") ? 4 : 5, key);
}

static char *make_defines(const loading *l, int variant)
{
    char width[48] = "", bytes[48] = "", *text = NULL;
    if (l->options && l->options->width) snprintf(width, sizeof width, "#define WS_W %d\n", l->options->width);
    if (l->options && l->options->vector_bytes) snprintf(bytes, sizeof bytes, "#define WS_VECTOR_BYTES %d\n", l->options->vector_bytes);
    WS_REQUIRE(asprintf(&text, "%s%s%s%s", l->plan->variants[variant].defines, l->trace ? "#define WS_CURVE 1\n" : "", width, bytes) > 0);
    return text;
}

static ws_code compile(loading *l, const char *defines, const char *path, ws_error *error)
{
    const char *scratch = l->kernels->cache.directory;
    char *compiled = NULL;
    int length = asprintf(&compiled, "%s.%ld-%s.new", path, (long)getpid(), l->trace ? "trace" : "run"); /* one key, one name in a process */
    WS_REQUIRE(length > 0);
    ws_code code = ws_compiler_run(&l->kernels->compiler, &l->text, defines, scratch, compiled, l->threads_each, l->options ? l->options->stop : NULL,
                                   error);
    if (!code) code = ws_kernel_cache_keep(compiled, path, error);
    unlink(compiled);
    free(compiled);
    return code;
}

/* Data is read before any of its code runs: the ABI, then the instruction sets. */
static ws_code open_library(loading *l, int variant, const char *path, ws_kernel *kernel, ws_error *error)
{
    kernel->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!kernel->library)
        return ws_error_set(error, WS_FAILED, "cannot load a compiled kernel: %s (WARMSWEEP_CACHE names another directory for them)", dlerror());
    const ws_kernel_api *api = dlsym(kernel->library, "ws_kernel");
    const unsigned *sets = dlsym(kernel->library, "ws_kernel_sets");
    if (!api || !sets || api->abi != WS_KERNEL_ABI) return ws_error_set(error, WS_FAILED, "%s is not a kernel of this program", path);
    kernel->sets = *sets;
    unsigned missing = kernel->sets & ~ws_machine_sets();
    if (missing)
        return ws_error_set(error, WS_FAILED, "a kernel for -march=%s uses %s instructions, which this processor lacks", l->kernels->compiler.march,
                            missing & WS_SET_FMA ? "fma" : ws_machine_set_name(missing));
    WS_REQUIRE(api->precision == l->plan->precision && api->dimension == l->plan->variants[variant].dimension &&
               api->lanes == l->plan->variants[variant].lanes);
    const char *broken = api->self_check();
    if (broken) return ws_error_set(error, WS_FAILED, "%s breaks the bit contract: %s", l->kernels->compiler.banner, broken);
    kernel->api = api;
    return WS_OK;
}

static void load_one(void *context, int64_t variant)
{
    loading *l = context;
    if (l->only >= 0 && variant != l->only) return;
    ws_error own = {0};
    char key[33], *defines = make_defines(l, (int)variant);
    make_key(l, defines, key);
    char *path = ws_kernel_cache_path(&l->kernels->cache, key, ".so");
    int cached = ws_kernel_cache_has(path);
    double start = ws_clock_now();
    ws_code code = cached ? WS_OK : compile(l, defines, path, &own);
    double seconds = ws_clock_now() - start;
    if (!code) code = open_library(l, (int)variant, path, &l->kernels->kernel[variant], &own);
    pthread_mutex_lock(&l->lock);
    if (cached) l->kernels->cached++;
    else {
        l->kernels->compiled++;
        l->kernels->compile_seconds += seconds;
    }
    if (code && !l->code) {
        l->code = code;
        if (l->error) *l->error = own;
    }
    pthread_mutex_unlock(&l->lock);
    free(path);
    free(defines);
}

ws_code ws_kernels_load(const ws_plan *plan, const ws_run_options *options, int only, int trace, ws_kernels *kernels, ws_error *error)
{
    memset(kernels, 0, sizeof *kernels);
    loading l = {.plan = plan, .options = options, .only = only, .trace = trace, .kernels = kernels, .error = error};
    kernels->count = plan->variant_count;
    kernels->kernel = calloc((size_t)plan->variant_count, sizeof *kernels->kernel);
    WS_REQUIRE(kernels->kernel && "out of memory");
    ws_code code = ws_kernel_source_of(plan, options, &l.text, error);
    if (!code) code = ws_kernel_cache_open(options ? options->cache_directory : NULL, &kernels->cache, error);
    if (!code) code = ws_compiler_find(options, &kernels->cache, &kernels->compiler, error);
    if (!code) {
        l.features = ws_machine_features();
        pthread_mutex_init(&l.lock, NULL);
        int threads = options && options->threads ? options->threads : ws_thread_processors();
        l.threads_each = threads / (only < 0 ? plan->variant_count : 1);
        ws_thread_each(plan->variant_count, threads, load_one, &l);
        pthread_mutex_destroy(&l.lock);
        free(l.features);
        code = l.code;
    }
    ws_kernel_source_free(&l.text);
    if (code) ws_kernels_free(kernels);
    return code;
}

void ws_kernels_free(ws_kernels *kernels)
{
    for (int i = 0; i < kernels->count && kernels->kernel; i++)
        if (kernels->kernel[i].library) dlclose(kernels->kernel[i].library);
    free(kernels->kernel);
    ws_compiler_free(&kernels->compiler);
    ws_kernel_cache_close(&kernels->cache);
    memset(kernels, 0, sizeof *kernels);
}

void ws_kernels_describe(const ws_kernels *kernels, char *text, size_t size)
{
    for (int i = 0; i < kernels->count; i++) {
        const ws_kernel *k = &kernels->kernel[i];
        if (!k->api) continue;
        snprintf(text, size, "%s, -march=%s (%s), %d trajectories side by side", kernels->compiler.banner, kernels->compiler.march,
                 ws_machine_set_name(k->sets), k->api->width);
        return;
    }
    snprintf(text, size, "no kernel");
}
