/* entry_cpu.c: a kernel for the CPU: blocks of trajectories on SIMD lanes, slots refilled as trajectories end.
 *
 * The defines of a variant stand before this text; it exports `ws_kernel` (record.h). One call of `run` is one thread's loop:
 * fill empty slots, run a batch of 16 iterations of all slots, scan the gaps, hand out what ended. Nothing here decides a bit of
 * an outcome but through trajectory.h, observe.h and the fold order below; widths and layouts are free. */
#include "target_c.h"
#include "lanes.h"
#define RANDOM_SHARED (WS_L >= 4 ? RANDOM_SHARED_LANES : RANDOM_SHARED_TIMES) /* with fewer lanes the former costs what it saves */
#include "trajectory.h"
#include "layout_cpu.h"
#include "observe.h"
#include "block.h"
#include "batch_cpu.h"
#include "factors_cpu.h"
#include "transpose_cpu.h"
#include "factor_table_cpu.h"
#include "method_cpu.h"
#include "fold_cpu.h"
#include "trace_cpu.h"
#include "seldom_cpu.h"
#include "step_sizes_cpu.h"
#if WS_COUPLED
#include "coupled_cpu.h"
#endif
#if WS_HAS_OFTEN
#if !WS_COUPLED
#include "advance_cpu.h"
#endif
#include "scan_cpu.h"
#include "instruction_sets.h"

static void run_block(ws_kernel_run *run, void *arena)
{
    block *b = (block *)arena;
#if WS_REMEMBERS
    __builtin_memset(b, 0, __builtin_offsetof(block, table) + __builtin_offsetof(factor_table, factor));
#else
    __builtin_memset(b, 0, sizeof *b);
#endif
    begin_table(b);
    for (int g = 0; g < WS_NV; g++)
        for (int i = 0; i < WS_LANES; i++) ((scalar_vuint *)&b->lane[g])[i] = (scalar_vuint)((g * WS_LANES + i) / WS_W);
#if !NOISE_NONE
    random_key_fill(run->seed, &b->key);
#endif
    int more = 1;
    for (int c = 0; c < WS_COLUMNS; c++) more = refill(b, run, c, WS_W == 1 ? 1 : (1u << (WS_LANES - 1)) * 2 - 1, more);
    while (b->alive && !*run->abort) {
#ifdef WS_TRACED
        find_points(b, run);
#endif
        run_batch(b);
        int ended = scan_batch(b, run);
#if FEEDBACK_TRIES
        count_trials(b);
#endif
        b->now ^= 1;
        if (!ended) continue;
        for (int c = 0; c < WS_COLUMNS; c++) {
            if (!b->ended[c]) continue;
            hand_back(b, run, c, b->ended[c]);
            more = refill(b, run, c, b->ended[c], more);
        }
    }
}

__attribute__((visibility("default"))) const ws_kernel_api ws_kernel = {
    WS_KERNEL_ABI, WS_PRECISION, WS_DIM, WS_L, WS_W, OBJECTIVE_COEFFICIENTS, sizeof(scalar_real), sizeof(block),
    self_check, prepare, run_block, step_sizes, examine, WS_REMEMBERS,
};
#endif
#if WS_HAS_SELDOM
#include "again_cpu.h"
#include "events_cpu.h"
#include "observe_cpu.h"
#include "prepare_cpu.h"
#include "refill_cpu.h"
#endif
