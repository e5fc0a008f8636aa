/* cuda_problems.c: see cuda_problems.h. A problem is one block on the device: its ws_problem, then coefficients, start, eps and
 * weights as they lie on the host. The blocks that one batch brings lie in one slab and are copied together. */
#include "run/cuda_problems.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum { ALIGNED = 256, MOST_STAGED = 64 << 20 };

static size_t aligned(size_t bytes) { return (bytes + ALIGNED - 1) / ALIGNED * ALIGNED; }

void ws_cuda_problems_init(ws_cuda_problems *store, const ws_gpu *gpu, const ws_engine_setup *setup)
{
    *store = (ws_cuda_problems){.gpu = gpu, .setup = setup};
    store->address = calloc((size_t)setup->problems->count, sizeof *store->address);
    WS_REQUIRE(store->address && "out of memory");
}

ws_gpu_result ws_gpu_wait(const ws_gpu *gpu, void *event)
{
    ws_gpu_result result;
    for (int i = 0; (result = gpu->query(event)) == WS_GPU_BUSY; i++)
        if (i > 100) ws_clock_sleep(50e-6);
    return result;
}

static size_t block_bytes(const ws_cuda_problems *store, int64_t problem)
{
    return aligned(sizeof(ws_problem)) + aligned(ws_problems_bytes(store->setup->plan, store->setup->kernels, problem));
}

/* Where `pointer`, which points into the block at `host`, will be when that block starts at `device`. */
static const void *moved(const void *pointer, const void *host, void *device)
{
    return (const void *)((uintptr_t)device + ((uintptr_t)pointer - (uintptr_t)host));
}

/* The bytes of a problem as they shall be at `device`. */
static void make_block(const ws_cuda_problems *store, int64_t index, char *bytes, void *device)
{
    const ws_problem *problem = &store->setup->problems->problem[index];
    const void *memory = store->setup->problems->memory[index];
    size_t head = aligned(sizeof *problem);
    void *body = (void *)((uintptr_t)device + head);
    ws_problem there = *problem;
    there.coefficients = moved(problem->coefficients, memory, body);
    there.start = moved(problem->start, memory, body);
    there.eps = moved(problem->eps, memory, body);
    if (problem->noise_weights) there.noise_weights = moved(problem->noise_weights, memory, body);
    memcpy(bytes, &there, sizeof there);
    memcpy(bytes + head, memory, ws_problems_bytes(store->setup->plan, store->setup->kernels, index));
}

static ws_gpu_result new_slab(ws_cuda_problems *store, size_t bytes, void **memory)
{
    ws_gpu_result result = store->gpu->allocate(bytes, memory);
    if (result) return result;
    if (store->slabs == store->room) {
        store->room = 2 * store->room + 8;
        store->slab = realloc(store->slab, (size_t)store->room * sizeof *store->slab);
        WS_REQUIRE(store->slab && "out of memory");
    }
    store->slab[store->slabs++] = *memory;
    return WS_GPU_OK;
}

/* Copies staged bytes and waits, so that the staging memory may be used again and other streams may read what is there. */
static ws_gpu_result send(ws_cuda_problems *store, void *stream, void *event, void *device, const char *bytes, size_t count)
{
    ws_gpu_result result = store->gpu->copy_to(stream, device, bytes, count);
    if (!result) result = store->gpu->record(stream, event);
    return result ? result : ws_gpu_wait(store->gpu, event);
}

static ws_gpu_result send_all(ws_cuda_problems *store, void *stream, void *event, const int64_t *problem, int64_t count, void *slab,
                              size_t staged)
{
    char *bytes = malloc(staged);
    WS_REQUIRE(bytes && "out of memory");
    ws_gpu_result result = WS_GPU_OK;
    uintptr_t begin = (uintptr_t)slab, at = begin;
    for (int64_t i = 0; !result && i < count; i++) {
        size_t size = block_bytes(store, problem[i]);
        if (at + size - begin > staged) {
            result = send(store, stream, event, (void *)begin, bytes, at - begin);
            begin = at;
        }
        make_block(store, problem[i], bytes + (at - begin), (void *)at);
        at += size;
    }
    if (!result) result = send(store, stream, event, (void *)begin, bytes, at - begin);
    free(bytes);
    at = (uintptr_t)slab;
    for (int64_t i = 0; !result && i < count; i++) {
        store->address[problem[i]] = (void *)at;
        at += block_bytes(store, problem[i]);
    }
    return result;
}

static int by_index(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

ws_gpu_result ws_cuda_problems_bring(ws_cuda_problems *store, void *stream, void *event, const int64_t *problem, int64_t count)
{
    int64_t *missing = malloc((size_t)(count + 1) * sizeof *missing), wanted = 0, distinct = 0;
    WS_REQUIRE(missing && "out of memory");
    for (int64_t i = 0; i < count; i++)
        if (problem[i] >= 0 && !store->address[problem[i]] && (!wanted || missing[wanted - 1] != problem[i]))
            missing[wanted++] = problem[i];
    qsort(missing, (size_t)wanted, sizeof *missing, by_index);
    size_t bytes = 0, largest = 0;
    for (int64_t i = 0; i < wanted; i++) {
        if (distinct && missing[distinct - 1] == missing[i]) continue;
        size_t size = block_bytes(store, missing[i]);
        missing[distinct++] = missing[i];
        bytes += size;
        if (size > largest) largest = size;
    }
    size_t staged = bytes < MOST_STAGED ? bytes : largest > MOST_STAGED ? largest : MOST_STAGED;
    void *slab = NULL;
    ws_gpu_result result = distinct ? new_slab(store, bytes, &slab) : WS_GPU_OK;
    if (!result && distinct) result = send_all(store, stream, event, missing, distinct, slab, staged);
    free(missing);
    return result;
}

int ws_cuda_problems_drop(ws_cuda_problems *store)
{
    int any = store->slabs > 0;
    for (int i = 0; i < store->slabs; i++) store->gpu->release(store->slab[i]);
    store->slabs = 0;
    memset(store->address, 0, (size_t)store->setup->problems->count * sizeof *store->address);
    return any;
}

void ws_cuda_problems_free(ws_cuda_problems *store)
{
    if (!store->address) return;
    ws_cuda_problems_drop(store);
    free(store->slab);
    free(store->address);
}
