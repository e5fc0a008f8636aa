/* kernel.h: the compiled kernels of a plan, ready to be called. */
#ifndef WS_KERNEL_H
#define WS_KERNEL_H

#include "run/compile_cc.h"
#include "run/kernel_cache.h"
#include "run/run.h"

typedef struct ws_kernel {
    void *library;
    const ws_kernel_api *api; /* NULL: not loaded (this variant was not asked for) */
    unsigned sets;            /* WS_SET_*: what it was compiled for */
} ws_kernel;

typedef struct ws_kernels {
    ws_compiler compiler;
    ws_kernel_cache cache;
    int count;        /* plan->variant_count */
    ws_kernel *kernel; /* [count] */
    int compiled, cached;
    double compile_seconds; /* spent in the compiler, all kernels together */
} ws_kernels;

/* Compiles or finds the kernels of all variants (only >= 0: of that one alone) and loads them. trace: with WS_CURVE. Several
 * kernels are compiled at once by options->threads. WS_FAILED: no compiler, its words, a self check that failed, a machine that lacks
 * an instruction set. On error nothing is left to free. */
ws_code ws_kernels_load(const ws_plan *plan, const ws_run_options *options, int only, int trace, ws_kernels *kernels, ws_error *error);
void ws_kernels_free(ws_kernels *kernels);
/* "gcc (Debian 12.2.0) 12.2.0, AVX2, 16 trajectories side by side": how the kernels were made. */
void ws_kernels_describe(const ws_kernels *kernels, char *text, size_t size);

#endif
