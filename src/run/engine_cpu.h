/* engine_cpu.h: runs trajectories on every core: chunks of a plan, or a list of single trajectories.
 *
 * Worker threads take one trajectory after the other from a queue of open chunks, so that a long one delays nobody. */
#ifndef WS_ENGINE_CPU_H
#define WS_ENGINE_CPU_H

#include "run/engine.h"

/* WS_OK: next_chunk said no more and all is handed back; WS_STOPPED: asked to; else what `finished` returned, or out of memory. */
ws_code ws_engine_cpu_run(const ws_engine_setup *setup, ws_error *error);

/* The given trajectories (indices of the plan), one row of `out` each, in order; one thread. curve, eta: NULL, or for count = 1 and a
 * kernel with WS_CURVE, [end + 1] numbers each. */
ws_code ws_engine_list(const ws_plan *plan, const ws_kernels *kernels, const ws_problems *problems, const int64_t *trajectory, int64_t count,
                       const volatile sig_atomic_t *stop, ws_outcomes *out, double *curve, double *eta, ws_error *error);

#endif
