/* kernel_cuda.h: the machine code of a plan's kernels for the GPUs that will run it. */
#ifndef WS_KERNEL_CUDA_H
#define WS_KERNEL_CUDA_H

#include "run/gpu.h"
#include "run/kernel_cache.h"
#include "run/run.h"

typedef struct ws_cuda_image {
    char *bytes;
    size_t length;
} ws_cuda_image;

typedef struct ws_cuda_kernels {
    const ws_gpu *gpu;
    char compiler[64]; /* "NVRTC 13.0" */
    int device_count;
    const int *device;   /* [device_count] their numbers; the caller's */
    ws_gpu_facts *facts; /* [device_count] */
    int *target_of;      /* [device_count] index into target */
    int target_count;
    char (*target)[16];   /* [target_count] "sm_90" */
    int count;            /* plan->variant_count */
    ws_cuda_image *image; /* [target_count][count] */
    char warning[256];    /* of the cache; "" */
    int compiled, cached;
    double compile_seconds;
} ws_cuda_kernels;

/* Compiles or finds the kernels of all variants for the targets of all devices, several at once by `threads`. On error nothing is
 * left to free. */
ws_code ws_cuda_kernels_load(const ws_plan *plan, const ws_run_options *options, const ws_gpu *gpu, const int *device,
                             int device_count, int threads, ws_cuda_kernels *kernels, ws_error *error);
void ws_cuda_kernels_free(ws_cuda_kernels *kernels);

#endif
