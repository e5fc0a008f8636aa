/* cuda_problems.h: the problems of a plan in a GPU's memory, brought there when a batch of trajectories needs them and kept for the
 * next. */
#ifndef WS_CUDA_PROBLEMS_H
#define WS_CUDA_PROBLEMS_H

#include "run/engine.h"
#include "run/gpu.h"

typedef struct ws_cuda_problems {
    const ws_gpu *gpu;
    const ws_engine_setup *setup;
    void **address; /* [problems->count] of its ws_problem on the device; NULL: not there */
    void **slab;    /* [slabs] device memory that holds them */
    int slabs, room;
} ws_cuda_problems;

void ws_cuda_problems_init(ws_cuda_problems *store, const ws_gpu *gpu, const ws_engine_setup *setup);
/* Brings those of the listed problems that are not there (a problem may be listed more than once, -1 is none) and waits until they
 * are. WS_GPU_MEMORY: not all of them fit; what was there before still is. */
ws_gpu_result ws_cuda_problems_bring(ws_cuda_problems *store, void *stream, void *event, const int64_t *problem, int64_t count);
/* Forgets all of them and gives their memory back; nothing that uses them may be running. Returns whether there were any. */
int ws_cuda_problems_drop(ws_cuda_problems *store);
void ws_cuda_problems_free(ws_cuda_problems *store);

/* Waits for an event. */
ws_gpu_result ws_gpu_wait(const ws_gpu *gpu, void *event);

#endif
