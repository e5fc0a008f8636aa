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

#ifdef WS_TRACED
/* Which iterations of the coming batch have points, and whether all slots that have some have the same ones. */
static void find_points(block *b, const ws_kernel_run *run)
{
    for (int c = 0; c < WS_COLUMNS; c++) {
        unsigned due = WS_W == 1 ? 1u : LANES_OF(AND(b->live[c], NOT(LT_COUNT(b->batch[c], b->due[c]))));
        int point = -1;
        long long start = 0;
        b->wanted[c] = 0;
        b->aligned[c] = 1;
        for (; due; due &= due - 1) {
            int slot = c * WS_LANES + __builtin_ctz(due), first = b->slot[slot].next_trace;
            long long t = iteration_of(b, slot);
            if (first == point && t == start) continue;
            b->aligned[c] = point < 0;
            point = first;
            start = t;
            for (int p = first; p < run->trace_count && run->trace_at[p] < t + WS_BATCH; p++) b->wanted[c] |= 1u << (run->trace_at[p] - t);
        }
    }
}
#endif

#if WS_TRACED_OF_STATE
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

#if WS_W > 1
/* The same for `lanes` of a column whose points are at the same iterations: what is kept is made for all of them at once. */
static void keep_points_aligned(block *b, const ws_kernel_run *run, int c, unsigned lanes)
{
    enum { KEPT = 4 };
    real value[WS_BATCH][KEPT], nothing = R((scalar_real)canonical_nan());
    const observer *any = &b->slot[c * WS_LANES + __builtin_ctz(lanes)];
    const int first = any->next_trace;
    int count = 0;
    for (unsigned left = b->wanted[c]; left; left &= left - 1, count++) {
        int at = __builtin_ctz(left) * WS_COLUMNS + c;
        value[count][0] = b->gap.vector[at];
        value[count][1] = b->eta[at];
#if WS_TRACED_OF_STATE
        value[count][2] = b->norm[at];
        value[count][3] = SEL(LT(b->sharp[at], R(0.0f)), R(0.0f), b->sharp[at]);
#endif
        for (int q = 0; q < KEPT; q++)
            if (WS_TRACED >> q & 1) value[count][q] = SEL(EQ(value[count][q], value[count][q]), value[count][q], nothing);
    }
    for (; lanes; lanes &= lanes - 1) {
        int simd = __builtin_ctz(lanes);
        observer *o = &b->slot[c * WS_LANES + simd];
        const ws_columns *out = o->job.out;
        long long at = o->job.row * run->trace_count + first;
        for (int q = 0; q < KEPT; q++) {
            if (!(WS_TRACED >> q & 1)) continue;
            scalar_real *to = (scalar_real *)out->trace[q] + at;
            for (int p = 0; p < count; p++) to[p] = get_lane(&value[p][q], simd);
        }
        if (WS_TRACED_EDGE_APART)
            for (int p = 0; p < count; p++) put_edge(out, at + p, 0.5 * ((double)get_lane(&value[p][1], simd) * (double)get_lane(&value[p][3], simd)));
        o->next_trace = first + count;
        observer_aim_trace(o, run);
        ((scalar_vuint *)&b->due[c])[simd] = (scalar_vuint)(o->due / WS_BATCH);
    }
}
#endif
#endif

#if WS_TRACED_OF_STATE && !WS_COUPLED
/* Iterations at which a tile has points of the trace. */
FN unsigned wanted_of_tile(const block *b, int column)
{
    unsigned wanted = 0;
    for (int c = 0; c < WS_TILE_COLUMNS; c++) wanted |= b->wanted[column + c];
    return wanted;
}

/* A point of the trace at iteration s: what slots k ... k + size - 1 of a tile add to it. `wait` [2 TILE]: from earlier slots and to
 * later ones, as in advance_slots. Nothing of an uncoupled objective but its sharpness may look at sums; who does sees NaN. */
FN void look_at_slots(block *b, const lane_values *v, int part, int column, int k, int size, int begin, int last, int s, const real *x, real *kept, real *wait)
{
    enum { TILE = WS_TILE_LANES * WS_TILE_COLUMNS };
    traced t[TILE];
    sums unknown;
    for (int i = 0; i < OBJECTIVE_SUMS; i++) ((real *)&unknown)[i] = R((scalar_real)__builtin_nan(""));
    UNROLLED
    for (int n = 0; n < TILE; n++) {
        t[n] = no_traced();
        if (!begin) t[n].square = wait[n], t[n].curvature = wait[TILE + n];
        UNROLLED
        for (int j = 0; j < size; j++)
            trace_slot(last && j == size - 1, b->c[tile_group(part, column, n) * WS_K + k + j], &v[n],
                       observed(x[n * WS_SLOTS + j], &kept[(n * WS_SLOTS + j) * WS_STATES]), unknown, &t[n]);
        if (!last) wait[n] = t[n].square, wait[TILE + n] = t[n].curvature;
    }
    if (!last) return;
    UNROLLED
    for (int c = 0; c < WS_TILE_COLUMNS; c++) {
        real a[WS_TILE_LANES], bend = t[c].curvature;
        UNROLLED
        for (int n = 0; n < WS_TILE_LANES; n++) {
            a[n] = t[n * WS_TILE_COLUMNS + c].square;
            real here = t[n * WS_TILE_COLUMNS + c].curvature;
            bend = SEL(LT(bend, here), here, bend);
        }
        int at = (s * WS_COLUMNS + column + c) * WS_PARTS + part;
        b->square[at] = fold_lanes(a);
        b->bend[at] = bend;
    }
}

/* The points of a tile's columns, all parts of which were run. */
static void keep_points(block *b, int first)
{
    for (int column = first; column < first + WS_TILE_COLUMNS; column++)
        for (unsigned left = b->wanted[column]; left; left &= left - 1) {
            int s = __builtin_ctz(left);
            sums total = no_sums();
#ifdef OBJECTIVE_HAS_SHARPNESS
            for (int i = 0; i < OBJECTIVE_SUMS; i++) {
                real sum = *waiting_sum(b, WS_LEVELS, s, column - first, i);
                ((real *)&total)[i] = WS_W == 1 ? fold_inside(sum) : sum;
            }
            complete(constants_of(b, column), &total);
#endif
            keep_column(b, s, column, total);
        }
}
#endif
#endif
