/* entry_cpu.c: a kernel for the CPU: blocks of trajectories on SIMD lanes, slots refilled as trajectories end.
 *
 * The defines of a variant stand before this text; it exports `ws_kernel` (record.h). One call of `run` is one thread's loop:
 * fill empty slots, run a batch of 16 iterations of all slots, scan the gaps, hand out what ended. Nothing here decides a bit of
 * an outcome but through trajectory.h, observe.h and the fold order below; widths and layouts are free. */
#include "target_c.h"
#include "lanes.h"
#include "trajectory.h"
#include "layout_cpu.h"
#include "observe.h"
#include "block.h"
#include "batch_cpu.h"
#include "fold_cpu.h"
#if WS_COUPLED
#include "coupled_cpu.h"
#else
#include "advance_cpu.h"
#endif
#include "again_cpu.h"
#include "scan_cpu.h"
#include "prepare_cpu.h"
#include "instruction_sets.h"

/* Puts from[d], or zeros, at its places of a slot: coordinate i at to[place * stride]. */
FN void put_slot(real *to, int stride, int slot, const scalar_real *from)
{
    for (int k = 0; k < WS_K; k++)
        for (int lane = 0; lane < WS_L; lane++) {
            long long i = (long long)k * WS_L + lane;
            if (WS_PADDED && i >= WS_DIM) break;
            place p = place_of(slot, lane, k);
            set_lane(&to[(long long)p.index * stride], p.simd, from ? from[i] : 0);
        }
}

/* Puts a trajectory into a slot. */
static __attribute__((noinline)) void fill_slot(block *b, const ws_kernel_run *run, int slot, const ws_trajectory *job)
{
    observer *o = &b->slot[slot];
    const ws_cell *cell = job->cell;
    const ws_problem *problem = cell->problem;
    int column = slot / WS_LANES, simd = slot % WS_LANES;
    o->job = *job;
    observer_begin(o, run);
    put_slot(b->x[b->now], 1, slot, (const scalar_real *)problem->start);
    int new_problem = b->problem[slot] != problem;
    if (new_problem) {
        b->problem[slot] = problem;
        const scalar_real *c = (const scalar_real *)problem->coefficients;
        for (int j = 0; j < OBJECTIVE_COEFFICIENTS; j++) put_slot((real *)b->c + j, OBJECTIVE_COEFFICIENTS, slot, c + j * (long long)WS_DIM);
        for (int j = 0; j < OBJECTIVE_CONSTANTS; j++) {
            if (WS_W == 1)
                b->constant[j][0] = R((scalar_real)problem->constants[j]);
            else
                set_lane(&b->constant[j][column], simd, (scalar_real)problem->constants[j]);
        }
    }
    double p[WS_SCHEDULE_PARAMETERS + 1];
    schedule_parameters(cell, p);
    for (int j = 0; j < WS_SCHEDULE_PARAMETERS; j++) {
        if (WS_W == 1)
            b->schedule[j][0] = F64(p[j]);
        else
            ((double *)b->schedule[j])[slot] = p[j];
    }
    b->settled[slot] = schedule_settled(cell);
    b->eta_settled[WS_W == 1 ? 0 : column] = 0;
#if !NOISE_NONE
    double level = 0.0;
#if NOISE_SEES
    for (int j = 0; j < NOISE_PARAMETERS; j++) {
        if (WS_W == 1) b->noise_size[j][0] = F64(cell->noise[j]);
        else ((double *)b->noise_size[j])[slot] = cell->noise[j];
    }
#else
    f64 size[NOISE_PARAMETERS];
    seen nothing;
    __builtin_memset(&nothing, 0, sizeof nothing);
    for (int j = 0; j < NOISE_PARAMETERS; j++) size[j] = F64(cell->noise[j]);
    level = lane_f64(noise_level(nothing, size), 0);
#endif
#if WS_NOISE_WEIGHTS
    for (int i = 0; new_problem && i < WS_DIM; i++) {
        place p = place_of(slot, i % WS_L, i / WS_L);
        set_lane(&b->weight[p.index], p.simd, (scalar_real)problem->noise_weights[i]);
    }
#endif
    if (WS_W == 1) {
        b->level[0] = R((scalar_real)level);
        b->replicate[0] = (vuint){0} + job->replicate;
        b->noise_low[0] = (vuint){0} + cell->noise_low;
        b->noise_high[0] = (vuint){0} + cell->noise_high;
    } else {
        set_lane(&b->level[column], simd, (scalar_real)level);
        b->replicate[column][simd] = job->replicate;
        b->noise_low[column][simd] = cell->noise_low;
        b->noise_high[column][simd] = cell->noise_high;
    }
#endif
    if (WS_W == 1) b->batch[0] = vuint_of(0);
    else ((scalar_vuint *)&b->batch[column])[simd] = 0;
    clear_extremes(b, slot);
    load_observer(b, slot);
    b->alive++;
}

/* An ended slot: state and step size 0, so that it runs along without cost or event. */
static void clear_slot(block *b, int slot)
{
    put_slot(b->x[b->now], 1, slot, 0);
    if (WS_W > 1)
        for (int j = 0; j < WS_SCHEDULE_PARAMETERS; j++) ((double *)b->schedule[j])[slot] = 0.0;
    b->settled[slot] = 0.0;
    b->eta_settled[WS_W == 1 ? 0 : slot / WS_LANES] = 0;
    load_observer(b, slot);
}

static void run_block(ws_kernel_run *run, void *arena)
{
    block *b = (block *)arena;
    __builtin_memset(b, 0, sizeof *b);
    for (int g = 0; g < WS_NV; g++)
        for (int i = 0; i < WS_LANES; i++) ((scalar_vuint *)&b->lane[g])[i] = (scalar_vuint)((g * WS_LANES + i) / WS_W);
#if !NOISE_NONE
    random_key_fill(run->seed, &b->key);
#endif
    int more = 1;
    for (int slot = 0; slot < WS_W; slot++) {
        ws_trajectory job;
        clear_slot(b, slot);
        if (more && (more = run->take(run->context, &job))) fill_slot(b, run, slot, &job);
    }
    while (b->alive && !*run->abort) {
        run_batch(b);
        int ended = scan_batch(b, run);
        b->now ^= 1;
        if (!ended) continue;
        for (int c = 0; c < WS_COLUMNS; c++)
            for (unsigned left = b->ended[c]; left; left &= left - 1) {
                int slot = c * WS_LANES + __builtin_ctz(left);
                observer *o = &b->slot[slot];
                run->updates += (double)o->job.out->end[o->job.row] * WS_DIM;
                run->done(run->context, &o->job);
                b->alive--;
                ws_trajectory job;
                if (more && (more = run->take(run->context, &job))) fill_slot(b, run, slot, &job);
                else clear_slot(b, slot);
            }
    }
}

__attribute__((visibility("default"))) const ws_kernel_api ws_kernel = {
    WS_KERNEL_ABI, WS_PRECISION, WS_DIM, WS_L, WS_W, OBJECTIVE_COEFFICIENTS, sizeof(scalar_real), sizeof(block),
    self_check, prepare, run_block, step_sizes, examine,
};
