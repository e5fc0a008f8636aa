/* trace_cpu.h: gradient norm and sharpness at the iterations of the trace, which need the state inside a batch.
 *
 * Before a batch it is known at which of its iterations a slot of a column has a point. There, and only there, the batch looks at its state
 * on the way, all slots of a column at once whether the others ask or not: an aligned run pays for a column what an unaligned one pays for
 * one trajectory. Batches without a point run the text of a kernel without a trace. */
#ifndef WS_TRACE_CPU_H
#define WS_TRACE_CPU_H

static double eta_of(const block *b, int slot, int s)
{
    return (double)(WS_W == 1 ? get_lane(&b->eta[s], 0) : ((const scalar_real *)&b->eta[s * WS_COLUMNS])[slot]);
}

#if WS_TRACED_OF_STATE
/* Which iterations of the coming batch have points. */
static void find_points(block *b, const ws_kernel_run *run)
{
    for (int c = 0; c < WS_COLUMNS; c++) {
        unsigned wanted = 0, due = WS_W == 1 ? 1u : LANES_OF(AND(b->live[c], NOT(LT_INT(b->batch[c], b->due[c]))));
        for (; due; due &= due - 1) {
            int slot = c * WS_LANES + __builtin_ctz(due);
            long long t = iteration_of(b, slot);
            for (int p = b->slot[slot].next_trace; p < run->trace_count && run->trace_at[p] < t + WS_BATCH; p++) wanted |= 1u << (run->trace_at[p] - t);
        }
        b->wanted[c] = wanted;
    }
}

/* Gradient norm and sharpness of a column at iteration s from what its parts left. */
FN void keep_column(block *b, int s, int column, sums total)
{
    int at = s * WS_COLUMNS + column;
    real bend = R(0.0f);
    for (int part = 0; part < WS_PARTS; part++) {
        real here = b->bend[at * WS_PARTS + part];
        bend = SEL(LT(bend, here), here, bend);
    }
    if (WS_W == 1)
        for (int i = 1; i < WS_LANES; i++)
            if (get_lane(&bend, i) > get_lane(&bend, 0)) set_lane(&bend, 0, get_lane(&bend, i));
    b->norm[at] = SQRT(fold_values(b->square + at * WS_PARTS, WS_PARTS));
    b->sharp[at] = sharpness(constants_of(b, column), total, bend);
}

#endif

#ifdef WS_TRACED
/* Keeps the point at iteration t = o->t + s of a slot, where one stands there. */
FN void keep_point(const block *b, const ws_kernel_run *run, observer *o, int slot, int s, double gap_now)
{
    double eta = eta_of(b, slot, s);
    if (!observer_trace(o, run, o->t + s, gap_now, eta)) return;
#if WS_TRACED_OF_STATE
    int at = s * WS_COLUMNS + (WS_W == 1 ? 0 : slot / WS_LANES), simd = slot % WS_LANES;
    observer_keep_state(o->job.out, o->job.row * run->trace_count + o->next_trace - 1, eta, (double)get_lane(&b->norm[at], simd),
                        (double)get_lane(&b->sharp[at], simd));
#endif
}

/* Points of the trace are all that happens to the slot in the batch just run. */
FN int has_points_only(const block *b, int slot) { return b->slot[slot].due_else >= iteration_of(b, slot) + WS_BATCH; }
FN void keep_points_only(block *b, const ws_kernel_run *run, int slot)
{
    observer *o = &b->slot[slot];
    o->t = iteration_of(b, slot);
    while (o->next_trace < run->trace_count && run->trace_at[o->next_trace] < o->t + WS_BATCH) {
        int s = (int)(run->trace_at[o->next_trace] - o->t);
        keep_point(b, run, o, slot, s, (double)b->gap.scalar[s * WS_W + slot]);
    }
    observer_aim_trace(o, run);
    if (WS_W > 1) ((scalar_vuint *)&b->due[slot / WS_LANES])[slot % WS_LANES] = (scalar_vuint)(o->due / WS_BATCH);
}
#endif
#endif
