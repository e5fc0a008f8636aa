/* trace_cpu.h: gradient norm and sharpness at the iterations of the trace, which need the state inside a batch.
 *
 * The states inside a batch are not kept. A trajectory that has a point of the trace in the batch just run is copied to a lane of `again`; when
 * all lanes are taken, or one of its trajectories ends, they are run again together, each from the start of its batch to its last point. So
 * a point costs about a batch of one trajectory, whatever iterations the others are at, and kernels without a trace nothing. */
#ifndef WS_TRACE_CPU_H
#define WS_TRACE_CPU_H

#if WS_TRACED_OF_STATE
/* What lane `to` of `again` needs of a slot; W = 1: all of it. */
FN void copy_number(real *to, int lane, const real *from, int simd)
{
    if (WS_W == 1) *to = *from;
    else set_lane(to, lane, get_lane(from, simd));
}
FN void copy_word(vuint *to, int lane, const vuint *from, int simd) { ((scalar_vuint *)to)[lane] = ((const scalar_vuint *)from)[WS_W == 1 ? lane : simd]; }

/* Coefficients, constants and weights stand there already when the lane held another trajectory of the problem. */
COLD void copy_problem(block *b, int slot, int lane)
{
    again *a = &b->again;
    int column = WS_W == 1 ? 0 : slot / WS_LANES, simd = slot % WS_LANES;
    if (a->problem[lane] == b->problem[slot]) return;
    a->problem[lane] = b->problem[slot];
    for (int j = 0; j < OBJECTIVE_CONSTANTS; j++) copy_number(&a->constant[j], lane, &b->constant[j][column], simd);
    for (int n = 0; n < WS_AGAIN_GROUPS; n++)
        for (int k = 0; k < WS_K; k++) {
            int from = (n * WS_COLUMNS + column) * WS_K + k, to = n * WS_K + k;
            for (int j = 0; j < OBJECTIVE_COEFFICIENTS; j++) copy_number((real *)&a->c[to] + j, lane, (const real *)&b->c[from] + j, simd);
#if !NOISE_NONE && WS_NOISE_WEIGHTS
            copy_number(&a->weight[to], lane, &b->weight[from], simd);
#endif
        }
}

FN lane_values values_again(const again *a, constants k, int n, int s)
{
    lane_values v;
    v.k = k;
#if WS_PADDED
    v.last = LT_INT(a->lane[n], vuint_of(WS_DIM - (WS_K - 1) * WS_L));
#endif
#if !NOISE_NONE
    v.level = a->level[s];
    v.at.iteration = a->batch * 16u;
    v.at.lane = a->lane[n];
    v.at.replicate = a->replicate;
    v.at.cell_low = a->noise_low;
    v.at.cell_high = a->noise_high;
#endif
#if METHOD_CONSTANTS > 0
    for (int j = 0; j < METHOD_CONSTANTS; j++) v.method[j] = a->method[j];
#endif
    return v;
}

/* States of the coordinate at place `at` of `again`. */
FN real *states_again(again *a, int at)
{
#if WS_STATES > 0
    return &a->state[at * WS_STATES];
#else
    (void)a;
    (void)at;
    return 0;
#endif
}

/* of x, or of what is looked at */
FN sums sums_again(again *a, constants k, int seen)
{
    sums total;
    for (int n = 0; n < WS_AGAIN_GROUPS; n++) {
        sums p = no_sums();
        for (int j = 0; j < WS_K; j++) {
            real x = a->x[n * WS_K + j];
            accumulate(a->c[n * WS_K + j], k, seen ? observed(x, states_again(a, n * WS_K + j)) : x, &p);
        }
        for (int i = 0; i < OBJECTIVE_SUMS; i++) a->part[i * WS_AGAIN_GROUPS + n] = ((real *)&p)[i];
    }
    for (int i = 0; i < OBJECTIVE_SUMS; i++) ((real *)&total)[i] = fold_values(a->part + i * WS_AGAIN_GROUPS, WS_AGAIN_GROUPS);
    complete(k, &total);
    return total;
}

/* The trace's numbers of the lanes `wanted` at iteration s of their batches. */
FN void keep_points(again *a, const ws_kernel_run *run, constants k, sums total, int s, unsigned wanted)
{
    real bend = R(0.0f);
    for (int n = 0; n < WS_AGAIN_GROUPS; n++) {
        lane_values v = values_again(a, k, n, s);
        traced t = no_traced();
        for (int j = 0; j < WS_K; j++)
            trace_slot(j == WS_K - 1, a->c[n * WS_K + j], &v, observed(a->x[n * WS_K + j], states_again(a, n * WS_K + j)), total, &t);
        a->part[n] = t.square;
        bend = SEL(LT(bend, t.curvature), t.curvature, bend);
    }
    if (WS_W == 1)
        for (int i = 1; i < WS_LANES; i++)
            if (get_lane(&bend, i) > get_lane(&bend, 0)) set_lane(&bend, 0, get_lane(&bend, i));
    real norm = SQRT(fold_values(a->part, WS_AGAIN_GROUPS));
    real sharp = sharpness(k, total, bend);
    for (; wanted; wanted &= wanted - 1) {
        int lane = __builtin_ctz(wanted), point = a->first[lane];
        while (run->trace_at[point] != a->t[lane] + s) point++;
        observer_keep_state(a->out[lane], a->row[lane] * run->trace_count + point, (double)get_lane(&a->eta[s], lane), (double)get_lane(&norm, lane),
                            (double)get_lane(&sharp, lane));
    }
}

/* Runs what waits in `again`. */
static __attribute__((noinline)) void run_again(block *b, const ws_kernel_run *run)
{
    again *a = &b->again;
    unsigned wanted[WS_BATCH] = {0};
    int last = 0;
    for (int i = 0; i < a->count; i++)
        for (int p = a->first[i]; p < a->end[i]; p++) {
            int s = (int)(run->trace_at[p] - a->t[i]);
            wanted[s] |= 1u << i;
            if (s > last) last = s;
        }
    a->count = 0;
    constants k;
    __builtin_memset(&k, 0, sizeof k);
    for (int j = 0; j < OBJECTIVE_CONSTANTS; j++) ((real *)&k)[j] = a->constant[j];
    mask flushed = LT(R(0.0f), R(0.0f));
    for (int i = 0; i < WS_AGAIN_GROUPS * WS_K; i++) {
        a->x[i] = flush_tiny(a->x[i], &flushed);
        flush_states(states_again(a, i), &flushed);
    }
    for (int s = 0; s <= last; s++) {
        sums total = no_sums();
        if (OBJECTIVE_COUPLED || wanted[s]) total = sums_again(a, k, !OBJECTIVE_COUPLED);
        if (wanted[s]) keep_points(a, run, k, OBJECTIVE_COUPLED && WS_AVERAGED ? sums_again(a, k, 1) : total, s, wanted[s]);
        if (s == last) break;
        for (int n = 0; n < WS_AGAIN_GROUPS; n++) {
            lane_values v = values_again(a, k, n, s);
            if (NOISE_ROWS && n == 0) complete_step(key_of(b), &v, (unsigned)s, &total);
#if NOISE_NONE
            for (int j = 0; j < WS_K; j++)
                a->x[n * WS_K + j] = step_slot(j == WS_K - 1, a->c[n * WS_K + j], &v, a->x[n * WS_K + j], total, a->eta[s], R(0.0f),
                                               states_again(a, n * WS_K + j), &a->number[s * WS_NUMBERS]);
#else
            real *noise = &a->noise[n * NOISE_SPAN * WS_K];
            if (s % NOISE_SPAN == 0) draw_noise(key_of(b), &v, WS_NOISE_WEIGHTS ? &a->weight[n * WS_K] : a->weight, (unsigned)s, noise);
            for (int j = 0; j < WS_K; j++)
                a->x[n * WS_K + j] = step_slot(j == WS_K - 1, a->c[n * WS_K + j], &v, a->x[n * WS_K + j], total, a->eta[s],
                                               noise[s % NOISE_SPAN * WS_K + j], states_again(a, n * WS_K + j), &a->number[s * WS_NUMBERS]);
#endif
        }
    }
}

/* Points first ... end - 1 of the trace lie in the batch just run, of a slot. */
static __attribute__((noinline)) void trace_again(block *b, const ws_kernel_run *run, int slot, int first, int end)
{
    again *a = &b->again;
    const observer *o = &b->slot[slot];
    int column = WS_W == 1 ? 0 : slot / WS_LANES, simd = slot % WS_LANES, lane = a->count++;
    a->out[lane] = o->job.out;
    a->row[lane] = o->job.row;
    a->t[lane] = o->t;
    a->first[lane] = first;
    a->end[lane] = end;
    a->slot[lane] = slot;
    if (!a->lane_known) /* every slot of a column has the same ones */
        for (int n = 0; n < WS_AGAIN_GROUPS; n++) a->lane[n] = b->lane[n * WS_COLUMNS + column];
    a->lane_known = 1;
    copy_problem(b, slot, lane);
    for (int n = 0; n < WS_AGAIN_GROUPS; n++)
        for (int k = 0; k < WS_K; k++) {
            int from = (n * WS_COLUMNS + column) * WS_K + k, to = n * WS_K + k;
            copy_number(&a->x[to], lane, &b->x[b->now][from], simd);
            for (int q = 0; q < WS_STATES; q++) copy_number(states_again(a, to) + q, lane, states_at(b, b->now, from) + q, simd);
        }
#if METHOD_CONSTANTS > 0
    for (int j = 0; j < METHOD_CONSTANTS; j++) copy_number(&a->method[j], lane, &b->method[j][column], simd);
#endif
    for (int s = 0; s < WS_BATCH; s++) {
        for (int q = 0; q < WS_NUMBERS; q++) copy_number(&a->number[s * WS_NUMBERS + q], lane, numbers_of(b, s, column) + q, simd);
        copy_number(&a->eta[s], lane, &b->eta[s * WS_COLUMNS + column], simd);
#if NOISE_SEES
        copy_number(&a->level[s], lane, &b->level_at[s * WS_COLUMNS + column], simd);
#elif !NOISE_NONE
        copy_number(&a->level[s], lane, &b->level[column], simd);
#endif
    }
#if !NOISE_NONE
    for (int i = 0; i < (WS_W == 1 ? WS_LANES : 1); i++) {
        int to = WS_W == 1 ? i : lane;
        copy_word(&a->batch, to, &b->batch[column], simd);
        copy_word(&a->replicate, to, &b->replicate[column], simd);
        copy_word(&a->noise_low, to, &b->noise_low[column], simd);
        copy_word(&a->noise_high, to, &b->noise_high[column], simd);
    }
#endif
    if (a->count == WS_AGAIN) run_again(b, run);
}

/* Before a trajectory is given back: what of it waits. */
FN void finish_trace(block *b, const ws_kernel_run *run, int slot)
{
    for (int i = 0; i < b->again.count; i++)
        if (b->again.slot[i] == slot) {
            run_again(b, run);
            return;
        }
}
#endif
#endif
