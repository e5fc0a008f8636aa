/* cuda_place.h: one of the two batches that a GPU has in hand: while the kernel of one runs, the other's cells are made and copied,
 * or its outcomes are brought back. Everything a batch needs on the device is here; its memory is kept for the next batch.
 *
 *   EMPTY -- take, upload, launch --> RUNNING -- all ended --> READING -- copied --> EMPTY
 *                                      ^  |  a segment ended: the next is launched, the state stays on the device
 *                                      +--+ */
#ifndef WS_CUDA_PLACE_H
#define WS_CUDA_PLACE_H

#include "kernels/record_cuda.h"
#include "run/cuda_batch.h"
#include "run/cuda_problems.h"
#include "run/gpu.h"

/* A kernel as loaded on a device. */
typedef struct ws_cuda_module {
    void *module, *kernel;
    ws_cuda_facts facts;
    int blocks;       /* that run at once on the whole device */
    unsigned batches; /* length of a segment, in batches of 16 iterations: about half a second */
    int64_t wanted;   /* trajectories of a batch: about two seconds of work, at least one for every slot of the device */
} ws_cuda_module;

typedef enum ws_cuda_place_state { WS_PLACE_EMPTY, WS_PLACE_HELD, WS_PLACE_RUNNING, WS_PLACE_READING } ws_cuda_place_state;

typedef struct ws_cuda_memory {
    void *device;
    size_t bytes;
} ws_cuda_memory;

typedef struct ws_cuda_pinned {
    void *host, *device;
    size_t bytes;
} ws_cuda_pinned;

typedef struct ws_cuda_place {
    const ws_gpu *gpu;
    ws_queue *queue;
    ws_cuda_place_state state; /* HELD: a batch is taken, the device has no memory for it now */
    ws_cuda_batch batch;
    void *stream, *begin, *end;
    ws_cuda_memory cells, order, columns, slots, counters;
    ws_cuda_pinned upload, download; /* of the host: cells and rows; columns and counters */
    ws_cuda_launch launch;
    int blocks;
    double started; /* when the batch was launched */
    int64_t told;   /* iterations of this batch already in the tally */
    int64_t told_ended;
} ws_cuda_place;

/* What the batches of a device share. */
typedef struct ws_cuda_shared {
    void *gap_at;  /* [G] long long */
    void *trace_at; /* [P] long long */
    unsigned key[10][2];
    void *stop; /* address on the device of the word that ends a launch */
} ws_cuda_shared;

ws_gpu_result ws_cuda_place_init(ws_cuda_place *place, const ws_gpu *gpu, ws_queue *queue);
/* Memory, upload and first launch of the batch in `place`, at most `most_blocks` blocks. WS_GPU_MEMORY: nothing is launched, the
 * batch is still there. */
ws_gpu_result ws_cuda_place_begin(ws_cuda_place *place, const ws_cuda_module *module, ws_cuda_problems *problems,
                                  const ws_cuda_shared *shared, int most_blocks);
/* After a segment: the next one. */
ws_gpu_result ws_cuda_place_continue(ws_cuda_place *place, const ws_cuda_module *module);
/* After the last segment: starts to copy the outcomes. */
ws_gpu_result ws_cuda_place_read(ws_cuda_place *place);
/* What the counters said after the segment that ended last. */
const ws_cuda_counters *ws_cuda_place_counters(const ws_cuda_place *place);
/* The outcomes, once they are read. */
void ws_cuda_place_columns(const ws_cuda_place *place, ws_columns *columns);
/* Gives its memory on the device back (not its batch). */
void ws_cuda_place_release(ws_cuda_place *place);
void ws_cuda_place_free(ws_cuda_place *place);

#endif
