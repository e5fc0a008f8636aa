/* scan_cpu.h: after a batch: which of the 16 gaps of every slot matter?
 *
 * Most batches are uneventful: nothing hit, nothing risen, nothing due. They are recognised a column at a time with vector
 * compares and only best and peak are kept up. Any other slot is shown to the observer gap by gap. Both ways give the same
 * outcome (tests: WS_GAP_HASH forces the second). */
#ifndef WS_SCAN_CPU_H
#define WS_SCAN_CPU_H

/* Copies a slot's observer into the vectors of its column (or the neutral values of an empty slot). */
static void load_observer(block *b, int slot)
{
    if (WS_W == 1) return;
    const observer *o = &b->slot[slot];
    int c = slot / WS_LANES, i = slot % WS_LANES;
    double infinite = lane_f64(from_bits_f64(U64(0x7ff0000000000000ull)), 0);
    set_lane(&b->target[c], i, (scalar_real)(o->live ? o->target : WS_TARGET_NONE));
    set_lane(&b->ceiling[c], i, (scalar_real)(o->live ? o->ceiling : infinite));
    set_lane(&b->best[c], i, (scalar_real)(o->live ? o->best : 0.0));
    set_lane(&b->peak[c], i, (scalar_real)(o->live ? o->peak : infinite));
    ((scalar_vuint *)&b->best_batch[c])[i] = (scalar_vuint)(o->best_at / WS_BATCH);
    ((scalar_vuint *)&b->best_step[c])[i] = (scalar_vuint)(o->best_at % WS_BATCH);
    ((scalar_vuint *)&b->peak_batch[c])[i] = (scalar_vuint)(o->peak_at / WS_BATCH);
    ((scalar_vuint *)&b->peak_step[c])[i] = (scalar_vuint)(o->peak_at % WS_BATCH);
    SET_MASK(&b->live[c], i, o->live);
}
/* ... and best and peak back. */
static void store_observer(block *b, int slot)
{
    if (WS_W == 1) return;
    observer *o = &b->slot[slot];
    int c = slot / WS_LANES, i = slot % WS_LANES;
    o->best = (double)get_lane(&b->best[c], i);
    o->peak = (double)get_lane(&b->peak[c], i);
    if (gap_is_finite(o->best))
        o->best_at = (long long)b->best_batch[c][i] * WS_BATCH + (long long)b->best_step[c][i];
    if (gap_is_finite(o->peak))
        o->peak_at = (long long)b->peak_batch[c][i] * WS_BATCH + (long long)b->peak_step[c][i];
}

/* The earliest due iteration of a column, in batches from now. */
static void find_due(block *b, int c)
{
    long long due = 1LL << 62;
    for (int i = 0; i < (WS_W == 1 ? 1 : WS_LANES); i++) {
        const observer *o = &b->slot[c * WS_LANES + i];
        if (!o->live) continue;
        long long t = iteration_of(b, c * WS_LANES + i), batches = o->due <= t ? 0 : (o->due - t) / WS_BATCH;
        if (batches < due) due = batches;
    }
    b->due[c] = due;
}

static double eta_of(const block *b, int slot, int s)
{
    return (double)(WS_W == 1 ? get_lane(&b->eta[s], 0) : ((const scalar_real *)&b->eta[s * WS_COLUMNS])[slot]);
}

/* eta * sharpness > 2 at iteration s: first by the bound that the objective knows, only then by running the batch again */
COLD int is_unstable(block *b, int slot, int s, double gap_now)
{
    double eta = eta_of(b, slot, s);
    return !observer_bound_allows(b->slot[slot].job.cell->problem, eta, gap_now) && eta * sharpness_at(b, slot, s) > 2.0;
}

COLD int ends_stalled(block *b, const ws_kernel_run *run, int slot, double gap_now)
{
    observer *o = &b->slot[slot];
    if (!observer_may_stall(o, run, o->t) || !stands_still(b, slot)) return 0;
    observer_end_stalled(o, run, o->t, gap_now);
    return 1;
}

/* Shows a slot's 16 gaps to its observer, one after the other. */
static __attribute__((noinline)) void observe_slot(block *b, const ws_kernel_run *run, int slot)
{
    observer *o = &b->slot[slot];
    store_observer(b, slot);
    o->t = iteration_of(b, slot);
    for (int s = 0; s < WS_BATCH; s++) {
        double gap_now = (double)b->gap.scalar[s * WS_W + slot];
        long long t = o->t + s;
        int hits_now;
#ifdef WS_TRACE
        if (o->job.curve_eta) o->job.curve_eta[t] = eta_of(b, slot, s);
#endif
        if (observer_see(o, run, t, gap_now, &hits_now)) break;
        if (hits_now && !(o->flags & WS_FLAG_UNSTABLE) && is_unstable(b, slot, s, gap_now)) o->flags |= WS_FLAG_UNSTABLE;
        if (observer_finish(o, run, t, gap_now)) break;
        if (s == 0 && ends_stalled(b, run, slot, gap_now)) break;
    }
    observer_aim(o, run);
    load_observer(b, slot);
}

#if WS_W == 1
/* One trajectory: its 16 gaps are neighbours in memory. */
static int scan_batch(block *b, const ws_kernel_run *run)
{
    observer *o = &b->slot[0];
    const scalar_real *g = b->gap.scalar;
    const scalar_real target = (scalar_real)o->target, ceiling = (scalar_real)o->ceiling;
    int risen = 0, event = 0;
    for (int s = 1; s < WS_BATCH; s++) risen |= !(g[s] < g[s - 1]);
    if (risen)
        for (int s = 0; s < WS_BATCH; s++) event |= (g[s] <= target) | !(g[s] <= ceiling);
    else
        event = (g[WS_BATCH - 1] <= target) | !(g[0] <= ceiling);
    event |= b->due[0] <= 0 || (NOISE_NONE && g[0] == g[1]);
    if (event)
        observe_slot(b, run, 0);
    else {
        long long t = iteration_of(b, 0);
        for (int s = risen ? 0 : WS_BATCH - 1; s < WS_BATCH; s++) observer_note_best(o, t + s, (double)g[s]);
        for (int s = 0; s < (risen ? WS_BATCH : 1); s++) observer_note_peak(o, t + s, (double)g[s]);
    }
    b->batch[0] += 1;
    if (event) find_due(b, 0);
    else b->due[0]--;
    return !o->live;
}
#else
/* The first iteration at which a column's gap was `wanted`, where it ever was. */
FN vuint step_of(const block *b, int c, real wanted)
{
    vuint step = (vuint){0};
    for (int s = WS_BATCH - 1; s > 0; s--) step = SEL_INT(EQ(b->gap.vector[s * WS_COLUMNS + c], wanted), vuint_of((unsigned)s), step);
    return SEL_INT(EQ(b->gap.vector[c], wanted), vuint_of(0), step);
}
/* Lowest and highest gap of a batch become best and peak where they are. */
FN void keep_extremes(block *b, int c, mask keep, real low, real high)
{
    mask better = AND(keep, LT(low, b->best[c])), worse = AND(keep, LT(b->peak[c], high));
    if (LANES_OF(better)) {
        b->best[c] = SEL(better, low, b->best[c]);
        b->best_batch[c] = SEL_INT(better, b->batch[c], b->best_batch[c]);
        b->best_step[c] = SEL_INT(better, step_of(b, c, low), b->best_step[c]);
    }
    if (LANES_OF(worse)) {
        b->peak[c] = SEL(worse, high, b->peak[c]);
        b->peak_batch[c] = SEL_INT(worse, b->batch[c], b->peak_batch[c]);
        b->peak_step[c] = SEL_INT(worse, step_of(b, c, high), b->peak_step[c]);
    }
}

/* Lanes of a column at which something happens in this batch whatever the gap. */
FN mask due_lanes(const block *b, int c)
{
    mask due = LT(R(0.0f), R(0.0f));
    if (b->due[c] > 0) return due;
    for (int i = 0; i < WS_LANES; i++) {
        const observer *o = &b->slot[c * WS_LANES + i];
        SET_MASK(&due, i, o->live && o->due < iteration_of(b, c * WS_LANES + i) + WS_BATCH);
    }
    return due;
}

/* Returns the lanes of a column whose gaps must be looked at one by one; keeps best and peak of the others. */
FN unsigned scan_column(block *b, int c)
{
    const real *g = &b->gap.vector[c];
    mask live = b->live[c], due = due_lanes(b, c);
    real first = g[0], last = g[(WS_BATCH - 1) * WS_COLUMNS];
    if (NOISE_NONE) { /* most often every gap is below the one before: then only two of them matter */
        mask falling = AND(live, NOT(due));
        for (int s = 1; s < WS_BATCH; s++) falling = AND(falling, LT(g[s * WS_COLUMNS], g[(s - 1) * WS_COLUMNS]));
        mask quiet = AND(AND(falling, NOT(LE(last, b->target[c]))), LE(first, b->ceiling[c]));
        if (LANES_OF(quiet) == LANES_OF(live)) {
            mask better = AND(live, LT(last, b->best[c])), worse = AND(live, LT(b->peak[c], first));
            b->best[c] = SEL(better, last, b->best[c]);
            b->best_batch[c] = SEL_INT(better, b->batch[c], b->best_batch[c]);
            b->best_step[c] = SEL_INT(better, vuint_of(WS_BATCH - 1), b->best_step[c]);
            b->peak[c] = SEL(worse, first, b->peak[c]);
            b->peak_batch[c] = SEL_INT(worse, b->batch[c], b->peak_batch[c]);
            b->peak_step[c] = SEL_INT(worse, vuint_of(0), b->peak_step[c]);
            return 0;
        }
    }
    real low = first, high = first;
    mask uneventful = AND(AND(live, NOT(due)), LE(first, b->ceiling[c])); /* false for a NaN, which `low` and `high` pass over */
    for (int s = 1; s < WS_BATCH; s++) {
        real here = g[s * WS_COLUMNS];
        low = LESSER(here, low);
        high = GREATER(here, high);
        uneventful = AND(uneventful, LE(here, b->ceiling[c]));
    }
    uneventful = AND(uneventful, NOT(LE(low, b->target[c])));
    if (NOISE_NONE) uneventful = AND(uneventful, NOT(EQ(first, g[WS_COLUMNS])));
    keep_extremes(b, c, uneventful, low, high);
    return LANES_OF(live) & ~LANES_OF(uneventful);
}

/* Returns whether a slot ended. */
static int scan_batch(block *b, const ws_kernel_run *run)
{
    int ended = 0;
    for (int c = 0; c < WS_COLUMNS; c++) {
        if (!LANES_OF(b->live[c])) continue;
        unsigned events = scan_column(b, c);
        for (unsigned left = events; left; left &= left - 1) {
            int slot = c * WS_LANES + __builtin_ctz(left);
            observe_slot(b, run, slot);
            ended |= !b->slot[slot].live;
        }
        b->batch[c] += 1;
        b->due[c]--;
        if (events) find_due(b, c);
    }
    return ended;
}
#endif
#endif
