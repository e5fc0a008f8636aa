/* record_cuda.h: what crosses the border between host and a kernel compiled from entry_cuda.cu. With record.h the only file under
 * kernels/ that host code includes. Every pointer in these structs is a device address; ws_problem, ws_cell and ws_columns of record.h
 * are used as they are, with device addresses in them.
 *
 * The text handed to NVRTC is the variant's defines followed by #include "entry_cuda.cu", with every file of kernels/ as a header
 * and the options WS_CUDA_OPTIONS. The module exports three names:
 *
 *   ws_cuda_say     kernel, one block of one thread, parameter (ws_cuda_facts *): what the module says of itself (its variable ws_cuda_kernel;
 *                   a kernel tells, because variables of a module have internal linkage from CUDA 13 on)
 *   ws_cuda_check   kernel, one block of one thread, parameter (int *result): 0, or the number of a sentence in WS_CUDA_BROKEN
 *   ws_cuda_run     kernel, facts.threads threads a block, facts.shared_bytes of dynamic shared memory, parameter ws_cuda_launch by
 *                   value (as const __grid_constant__)
 *
 * A chunk is run by launches of ws_cuda_run with the same grid, the same ws_cuda_launch but `resume`, until counters.ended == count:
 * a launch ends when nothing is left to do or after `batches` batches of 16 iterations of each slot (a segment). The grid is a free
 * choice: blocks that are resident at once (cudaOccupancyMaxActiveBlocksPerMultiprocessor), fewer when
 * count is smaller than grid * facts.slots. No bit of an outcome depends on it. */
#ifndef WS_RECORD_CUDA_H
#define WS_RECORD_CUDA_H

#include "record.h"

/* Raised whenever a struct below or the meaning of a name above changes. */
#define WS_CUDA_ABI 5

/* Options of the compiler, beside --gpu-architecture=sm_NN; the bit contract needs the four in the middle. */
#define WS_CUDA_OPTIONS "--std=c++17", "--fmad=false", "--ftz=false", "--prec-div=true", "--prec-sqrt=true"

/* What ws_cuda_check finds broken: result r > 0 is sentence r - 1. */
#define WS_CUDA_BROKEN                                                                                                       \
    "fma rounds twice (float32)", "fma rounds twice (float64)", "the compiler contracts a product and a sum (--fmad=false is needed)", \
        "denormal numbers are flushed to zero (--ftz=false is needed)", "the rounding mode is not to nearest even",          \
        "division or square root is not correctly rounded (--prec-div=true, --prec-sqrt=true are needed)",                   \
        "comparisons with NaN are optimised away", "a 32 x 32 bit product is wrong"

/* What a module says of itself. */
typedef struct ws_cuda_facts {
    int abi;                         /* WS_CUDA_ABI: looked at first */
    int kernel_abi;                  /* WS_KERNEL_ABI */
    int precision;                   /* 32 or 64 */
    int lanes;                       /* L */
    long long dimension;             /* d */
    int coefficients;                /* C: per-coordinate coefficients of the objective */
    int real_bytes;                  /* 4 or 8 */
    int threads;                     /* of a block of ws_cuda_run */
    int slots;                       /* trajectories that a block has in flight */
    int threads_a_trajectory;        /* P; threads = slots * P */
    int held;                        /* coordinates that a thread holds in registers at once */
    int pass;                        /* iterations of one pass of the hot loop (both for docs/cuda.md and its budget) */
    unsigned shared_bytes;           /* dynamic shared memory of a block; above 48 KiB only with cudaFuncAttributeMaxDynamicSharedMemorySize */
    unsigned long long slot_bytes;   /* of one slot in ws_cuda_launch.slots, a multiple of 256 */
} ws_cuda_facts;

/* Counters of a chunk, in device memory; zeroed by the host before the chunk's first launch, read after a launch. */
typedef struct ws_cuda_counters {
    unsigned long long taken;      /* places of the queue that were asked for: min(taken, count) trajectories have begun */
    unsigned long long ended;      /* trajectories whose row is written: the chunk is finished when it is `count` */
    unsigned long long iterations; /* iterations that count, of ended and of begun trajectories; times d: coordinate updates */
} ws_cuda_counters;

/* The parameter of ws_cuda_run. */
typedef struct ws_cuda_launch {
    ws_kernel_run run;         /* read: eps_count, gap_at_count, gap_at [G], trace_count, trace_at [P]; the rest is ignored */
    ws_columns out;            /* [count] rows in device memory; hash may be NULL */
    unsigned key[10][2];       /* round keys of Philox: key[r] = {low + r * 0x9e3779b9, high + r * 0xbb67ae85} of the seed's words */
    const ws_cell *cells;      /* cell of row i: cells[(offset + i) / replicates], replicate its first_replicate + (offset + i) % replicates */
    const unsigned *order;     /* [count] rows to run, or NULL: rows 0 ... count - 1 */
    unsigned count;            /* trajectories to run, below 2^31 */
    unsigned offset;           /* index of row 0 modulo replicates */
    unsigned replicates;       /* replicates of a cell that stand together, 1 ... 2^31 - 1 */
    unsigned batches;          /* length of a segment in batches of 16 iterations, >= 1 */
    int resume;                /* 0: the chunk's first launch, `slots` holds nothing; 1: trajectories in flight stand in `slots` */
    const volatile int *stop;  /* nonzero there ends the launch early, as if `batches` were used up; or NULL. Every warp looks every
                                * 64 batches: in the device's own memory, written by a copy */
    ws_cuda_counters *counters;
    void *slots;               /* [grid * facts.slots][facts.slot_bytes], aligned to 256; kept between the launches of a chunk */
} ws_cuda_launch;

#endif
