/* engine.h: what an engine is given: chunks to run, and where they go. Engines: engine_cpu.h, engine_cuda.h.
 *
 * An engine asks for chunks as fast as it can use them, within a bound of memory, runs their trajectories in any order, and hands a
 * chunk back when its last trajectory has ended. */
#ifndef WS_ENGINE_H
#define WS_ENGINE_H

#include "run/problems.h"

typedef struct ws_engine_setup {
    const ws_plan *plan;
    const ws_kernels *kernels;
    const ws_problems *problems;
    int threads;                       /* of the cpu */
    const volatile sig_atomic_t *stop; /* as ws_run_options.stop */
    const int64_t *trajectory; /* NULL: chunks of the plan; else the one chunk 0 is this list of the plan's trajectories ... */
    int64_t trajectory_count;  /* ... of so many */
    double *kernel_seconds;    /* NULL, or: GPUs add the time that kernels ran, each GPU its own */
    double deadline;           /* of ws_clock_now(); no chunk is opened after it; 0: none */
    /* Called from the calling thread of the engine alone: */
    int64_t (*next_chunk)(void *context); /* index of a chunk to run, or -1: no more */
    ws_code (*finished)(void *context, int64_t chunk, const ws_outcomes *outcomes, double seconds, ws_error *error);
    void (*tick)(void *context, int64_t trajectories, const int64_t status[WS_STATUS_COUNT], double updates,
                 double seconds); /* about ten times a second */
    void *context;
} ws_engine_setup;

#endif
