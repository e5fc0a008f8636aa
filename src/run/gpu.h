/* gpu.h: what the cuda engine needs of GPUs, as a table of functions: gpu_cuda.c has it on the CUDA runtime, gpu_none.c where the
 * program was built without, and the tests have a device of their own, so that the engine can be run to its end, and made to fail,
 * without a GPU.
 *
 * A thread selects a device first; modules, memory, streams and events then belong to that device. Functions that return a
 * ws_gpu_result leave a sentence for `explain`, by thread. */
#ifndef WS_GPU_H
#define WS_GPU_H

#include <stddef.h>
#include <stdint.h>

#include "run/kernel_source.h"

typedef enum ws_gpu_result {
    WS_GPU_OK = 0,
    WS_GPU_BUSY,   /* of `query`: not yet */
    WS_GPU_MEMORY, /* not enough memory on the device: fewer trajectories at a time may do */
    WS_GPU_BROKEN  /* a kernel faulted, or the device is gone: it does nothing more for this process */
} ws_gpu_result;

typedef struct ws_gpu_facts {
    char name[128];   /* "NVIDIA H100 80GB HBM3" */
    int major, minor; /* compute capability */
    int multiprocessors;
    uint64_t memory; /* bytes */
    char driver[48]; /* "driver for CUDA 13.0" */
} ws_gpu_facts;

/* The compiler of a kind of device. `self` is what `open` made. */
typedef struct ws_gpu_compiler {
    ws_code (*open)(void **self, ws_error *error);
    void (*close)(void *self);
    const char *(*banner)(const void *self);                     /* for messages: "NVRTC 13.0" */
    void (*identity)(const void *self, char *text, size_t size); /* version and options: part of a kernel's key */
    ws_code (*target)(const void *self, int major, int minor, char target[16], ws_error *error);
    /* Compiles `defines` followed by entry_cuda.cu; *image is malloc'ed. */
    ws_code (*compile)(const void *self, const ws_kernel_text *kernels, const char *defines, const char *target, char **image,
                       size_t *length, ws_error *error);
} ws_gpu_compiler;

typedef struct ws_gpu {
    const ws_gpu_compiler *compiler;
    /* Devices this process may use. 0: and a sentence why there is none. */
    int (*count)(char *reason, size_t size);
    ws_code (*facts)(int device, ws_gpu_facts *facts, ws_error *error);
    ws_gpu_result (*select)(int device);
    void (*explain)(char *text, size_t size);

    ws_gpu_result (*load)(const void *image, size_t length, void **module);
    void (*unload)(void *module);
    ws_gpu_result (*kernel)(void *module, const char *name, void **kernel);
    /* Blocks of `threads` threads with `shared` bytes each that run at once on the whole device; 0: not even one. */
    ws_gpu_result (*fit)(int device, void *kernel, int threads, size_t shared, int *blocks);

    ws_gpu_result (*allocate)(size_t bytes, void **memory);
    void (*release)(void *memory);
    /* Memory of the host that the device sees: *device is its address there. */
    ws_gpu_result (*allocate_host)(size_t bytes, void **host, void **device);
    void (*release_host)(void *host);

    ws_gpu_result (*stream_new)(void **stream);
    void (*stream_free)(void *stream);
    ws_gpu_result (*event_new)(void **event);
    void (*event_free)(void *event);
    /* In the order of a stream; the host does not wait: */
    ws_gpu_result (*fill)(void *stream, void *memory, int byte, size_t bytes);
    ws_gpu_result (*copy_to)(void *stream, void *device, const void *host, size_t bytes);
    ws_gpu_result (*copy_from)(void *stream, void *host, const void *device, size_t bytes);
    ws_gpu_result (*launch)(void *stream, void *kernel, int blocks, int threads, size_t shared,
                            const void *parameters); /* one struct, by value */
    ws_gpu_result (*record)(void *stream, void *event);
    ws_gpu_result (*query)(void *event);     /* WS_GPU_OK: everything before it is done; WS_GPU_BUSY; WS_GPU_BROKEN */
    double (*elapsed)(void *from, void *to); /* seconds between two events that are done */
} ws_gpu;

/* The devices of this build. */
const ws_gpu *ws_gpu_devices(void);

#endif
