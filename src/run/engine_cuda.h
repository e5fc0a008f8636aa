/* engine_cuda.h: runs the chunks of a plan on GPUs: a thread for each GPU, one queue of chunks. The same outcomes as the cpu
 * engine, bit for bit. */
#ifndef WS_ENGINE_CUDA_H
#define WS_ENGINE_CUDA_H

#include "run/engine.h"
#include "run/kernel_cuda.h"

/* As ws_engine_cpu_run; setup->threads is ignored. WS_FAILED: a GPU's own words; what was finished before was handed over. */
ws_code ws_engine_cuda_run(const ws_engine_setup *setup, const ws_cuda_kernels *kernels, ws_error *error);

/* The given trajectories (indices of the plan), one row of `out` each, in order. */
ws_code ws_engine_cuda_list(const ws_engine_setup *setup, const ws_cuda_kernels *kernels, const int64_t *trajectory, int64_t count,
                            ws_outcomes *out, ws_error *error);

#endif
