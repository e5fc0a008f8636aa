/* cuda_device.h: one GPU at work, by a thread of its own: two batches in hand, segments of about half a second, sizes that follow
 * what was measured and what the memory holds. */
#ifndef WS_CUDA_DEVICE_H
#define WS_CUDA_DEVICE_H

#include "run/cuda_place.h"
#include "run/kernel_cuda.h"

typedef struct ws_cuda_device {
    const ws_cuda_kernels *kernels;
    int index; /* of this device in kernels */
    ws_queue *queue;
    ws_tally *tally;
    pthread_t thread;
    /* its own: */
    const ws_gpu *gpu;
    ws_cuda_module *module; /* [variants], loaded when they are first needed */
    ws_cuda_problems problems;
    ws_cuda_shared shared;
    void *stream, *event;    /* for what belongs to no batch */
    void *origin;            /* event from which kernel times are counted */
    double busy_until, busy; /* seconds: end of the last kernel, and all the time that a kernel ran */
    ws_cuda_memory gap_at, trace_at;
    ws_cuda_memory stop;     /* the word that ends a launch */
    ws_cuda_pinned stop_now; /* what is written there then */
    ws_cuda_place place[2];
    int64_t most, most_rows; /* of a batch: what the memory was seen to hold */
    int most_blocks;
    int alone; /* the slots of two batches do not fit: one at a time */
} ws_cuda_device;

/* The thread's function; its argument is a ws_cuda_device whose first five members are set. Failures go to the queue. */
void *ws_cuda_device_work(void *device);

#endif
