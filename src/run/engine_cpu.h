/* engine_cpu.h: runs trajectories on every core: chunks of a plan, or a list of single trajectories.
 *
 * Worker threads take one trajectory after the other from a queue of open chunks, so that a long one delays nobody; a chunk is
 * handed back when its last trajectory has ended. Chunks are opened as fast as workers need them, within a bound of memory. */
#ifndef WS_ENGINE_CPU_H
#define WS_ENGINE_CPU_H

#include "run/problems.h"

typedef struct ws_engine_setup {
    const ws_plan *plan;
    const ws_kernels *kernels;
    const ws_problems *problems;
    int threads;
    const volatile sig_atomic_t *stop; /* as ws_run_options.stop */
    double deadline;                   /* of ws_clock_now(); no chunk is opened after it; 0: none */
    /* Called from the calling thread of ws_engine_run alone: */
    int64_t (*next_chunk)(void *context);  /* index of a chunk to run, or -1: no more */
    ws_code (*finished)(void *context, int64_t chunk, const ws_outcomes *outcomes, double seconds, ws_error *error);
    void (*tick)(void *context, int64_t trajectories, const int64_t status[WS_STATUS_COUNT], double updates, double seconds); /* about ten times a second */
    void *context;
} ws_engine_setup;

/* WS_OK: next_chunk said no more and all is handed back; WS_STOPPED: asked to; else what `finished` returned, or out of memory. */
ws_code ws_engine_run(const ws_engine_setup *setup, ws_error *error);

/* The given trajectories (indices of the plan), one row of `out` each, in order; one thread. curve, eta: NULL, or for count = 1 and a
 * kernel with WS_TRACE, [end + 1] numbers each. */
ws_code ws_engine_list(const ws_plan *plan, const ws_kernels *kernels, const ws_problems *problems, const int64_t *trajectory, int64_t count,
                       const volatile sig_atomic_t *stop, ws_outcomes *out, double *curve, double *eta, ws_error *error);

#endif
