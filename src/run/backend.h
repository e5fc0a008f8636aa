/* backend.h: the engine of a run: which one, what it must load, and the same calls whichever it is. */
#ifndef WS_BACKEND_H
#define WS_BACKEND_H

#include "run/engine_cpu.h"
#include "run/engine_cuda.h"

typedef struct ws_backend {
    ws_run_engine engine;
    ws_cuda_kernels cuda; /* of the cuda engine */
} ws_backend;

/* Chooses as ws_run_choose and compiles (or finds) what the engine needs, and the kernels of the cpu, which prepare the problems
 * whatever the engine; both at once. On error nothing is left to free. */
ws_code ws_backend_load(const ws_plan *plan, const ws_run_options *options, int threads, ws_kernels *kernels, ws_backend *backend,
                        ws_error *error);
void ws_backend_free(ws_backend *backend);

ws_code ws_backend_run(const ws_backend *backend, const ws_engine_setup *setup, ws_error *error);
/* The given trajectories (indices of the plan), one row of `out` each, in order. */
ws_code ws_backend_list(const ws_backend *backend, const ws_engine_setup *setup, const int64_t *trajectory, int64_t count,
                        ws_outcomes *out, ws_error *error);

/* "cpu", "cuda" */
const char *ws_backend_name(const ws_backend *backend);
/* What the trajectories run on ("2 x NVIDIA H100 80GB HBM3") and how the kernels were made. */
void ws_backend_describe(const ws_backend *backend, const ws_kernels *kernels, int threads, char *device, size_t device_size,
                         char *compiler, size_t compiler_size);

#endif
