/* kernel_cuda.c: see kernel_cuda.h. A kernel's key is a digest of the kernel text, the defines, the target, and the compiler's own
 * identity and options. The driver is no part of it: machine code is what was compiled. */
#include "run/kernel_cuda.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/thread.h"

typedef struct loading {
    const ws_plan *plan;
    ws_cuda_kernels *kernels;
    void *compiler;
    ws_kernel_text text;
    ws_kernel_cache cache;
    char identity[256];
    pthread_mutex_t lock; /* counters, code and error */
    ws_code code;
    ws_error *error;
} loading;

/* Image i: target i / count, variant i % count. */
static void load_one(void *context, int64_t i)
{
    loading *l = context;
    ws_cuda_kernels *k = l->kernels;
    ws_cuda_image *image = &k->image[i];
    const char *defines = l->plan->variants[i % k->count].defines, *target = k->target[i / k->count];
    const char *parts[] = {defines, target, l->identity};
    char key[33];
    ws_error own = {0};
    ws_kernel_cache_key(&l->text, parts, 3, key);
    char *path = ws_kernel_cache_path(&l->cache, key, ".cubin");
    double start = ws_clock_now();
    int cached = ws_kernel_cache_read(path, &image->bytes, &image->length);
    ws_code code =
        cached ? WS_OK : k->gpu->compiler->compile(l->compiler, &l->text, defines, target, &image->bytes, &image->length, &own);
    if (!cached && !code) code = ws_kernel_cache_keep_bytes(image->bytes, image->length, path, &own);
    double seconds = ws_clock_now() - start;
    pthread_mutex_lock(&l->lock);
    if (cached)
        k->cached++;
    else {
        k->compiled++;
        k->compile_seconds += seconds;
    }
    if (code && !l->code) {
        l->code = code;
        if (l->error) *l->error = own;
    }
    pthread_mutex_unlock(&l->lock);
    free(path);
}

/* Facts and target of every device; equal targets are one. */
static ws_code find_targets(loading *l, ws_error *error)
{
    ws_cuda_kernels *k = l->kernels;
    for (int i = 0; i < k->device_count; i++) {
        char target[16];
        ws_gpu_facts *f = &k->facts[i];
        ws_code code = k->gpu->facts(k->device[i], f, error);
        if (!code) code = k->gpu->compiler->target(l->compiler, f->major, f->minor, target, error);
        if (code) return code;
        int t = 0;
        while (t < k->target_count && strcmp(k->target[t], target)) t++;
        if (t == k->target_count) strcpy(k->target[k->target_count++], target);
        k->target_of[i] = t;
    }
    return WS_OK;
}

ws_code ws_cuda_kernels_load(const ws_plan *plan, const ws_run_options *options, const ws_gpu *gpu, const int *device,
                             int device_count, int threads, ws_cuda_kernels *k, ws_error *error)
{
    memset(k, 0, sizeof *k);
    loading l = {.plan = plan, .kernels = k, .error = error};
    *k = (ws_cuda_kernels){.gpu = gpu, .device = device, .device_count = device_count, .count = plan->variant_count};
    k->facts = calloc((size_t)device_count, sizeof *k->facts);
    k->target_of = calloc((size_t)device_count, sizeof *k->target_of);
    k->target = calloc((size_t)device_count, sizeof *k->target);
    k->image = calloc((size_t)device_count * (size_t)k->count, sizeof *k->image);
    WS_REQUIRE(k->facts && k->target_of && k->target && k->image && "out of memory");
    ws_code code = gpu->compiler->open(&l.compiler, error);
    if (!code) code = find_targets(&l, error);
    if (!code) code = ws_kernel_source_of(plan, options, &l.text, error);
    if (!code) code = ws_kernel_cache_open(options ? options->cache_directory : NULL, &l.cache, error);
    if (!code) {
        snprintf(k->compiler, sizeof k->compiler, "%s", gpu->compiler->banner(l.compiler));
        snprintf(k->warning, sizeof k->warning, "%s", l.cache.warning);
        gpu->compiler->identity(l.compiler, l.identity, sizeof l.identity);
        pthread_mutex_init(&l.lock, NULL);
        ws_thread_each((int64_t)k->target_count * k->count, threads, load_one, &l);
        pthread_mutex_destroy(&l.lock);
        code = l.code;
    }
    ws_kernel_source_free(&l.text);
    ws_kernel_cache_close(&l.cache);
    if (l.compiler) gpu->compiler->close(l.compiler);
    if (code) ws_cuda_kernels_free(k);
    return code;
}

void ws_cuda_kernels_free(ws_cuda_kernels *k)
{
    for (int i = 0; i < k->target_count * k->count; i++) free(k->image[i].bytes);
    free(k->image);
    free(k->facts);
    free(k->target_of);
    free(k->target);
    memset(k, 0, sizeof *k);
}
