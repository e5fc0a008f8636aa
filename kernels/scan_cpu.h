/* scan_cpu.h: after a batch: which of the 16 gaps of every slot matter?
 *
 * Few do: those at or below the next eps, above the ceiling, or due. They are found with vector compares a column at a time, and only they
 * are shown to the slot's observer. Best and peak are kept up for a column at once; those of a slot that ended inside the batch are made
 * again up to its end. WS_GAP_HASH and WS_CURVE show every gap: the outcome is the same (tests). */
#ifndef WS_SCAN_CPU_H
#define WS_SCAN_CPU_H

#if WS_CONTRACTS
/* No coordinate of the column grew in the batch at hand, nor will by such steps. */
FN int contracted(const block *b, int c) { return b->contracts[c] && !b->far[c / WS_TILE_COLUMNS]; }
/* Batches at hand: more than one where they made no sums. */
FN int batches_run(const block *b, int c)
{
    const int skipped = b->skipped[c / WS_TILE_COLUMNS];
    return skipped ? skipped : 1;
}
/* Of `n` batches in which a contracting column sank, from the gap `before` to `last`: how many of the next ones need no sums? Gaps of a sum of squares each of
 * which shrinks by the same factor from batch to batch are log-convex: after n more the gap is not below last^2 / before, after 2 n not below last^3 / before^2,
 * and after half of n more it shrank by no more than a root, which is not below 2 s / (1 + s), s = last / before. Where step sizes change that is a guess, for one batch alone; a
 * wrong one costs a batch, but no bit. */
#define WS_FAR 0x1p40f /* against underflow */
/* A number less what gaps may be wrong by. */
FN real surely(real gap_here) { return WS_SINKS ? R((scalar_real)(1.0 - WS_MARGIN)) * gap_here : gap_here; }
#if WS_W == 1
FN int is_far(const block *b, int n, double expected)
{
    const observer *o = &b->slot[0];
    return o->due >= iteration_of(b, 0) + (n + 1) * WS_BATCH && o->target < expected;
}
FN void foresee(block *b, int n, double before, double last)
{
    double shrinks = last / before;
    b->sinks_on[0] = contracted(b, 0);
    b->skips[0] = 0;
    if (!b->sinks_on[0]) return;
    if (b->eta_settled[0] && n < WS_MOST_SKIPS && is_far(b, 2 * n, last * shrinks * shrinks)) n = 2 * n;
    else
        for (; n && !is_far(b, n, last * shrinks); n /= 2) shrinks = 2.0 * shrinks / (1.0 + shrinks);
    b->skips[0] = n;
}
/* Of batches that contract after one that did, and sank: no gap is above the one before. Nothing happens, and the last one is the best, if it is below the
 * one before it and above the target; where no coordinate moves any more it is not. */
FN int goes_on_sinking(block *b)
{
    observer *o = &b->slot[0];
    const double before = (double)b->gap.scalar[WS_BATCH - 2], last = (double)b->gap.scalar[WS_BATCH - 1];
    const int n = batches_run(b, 0);
    const long long end = iteration_of(b, 0) + n * WS_BATCH;
    if (!(b->sinks_on[0] & b->contracts[0]) || !(last < before && last > o->target && o->due >= end)) return 0;
    b->batch[0] += vuint_of((unsigned)n - 1);
    b->flushed[0] |= b->flushed_later[0];
    foresee(b, n, o->best, last);
    observer_note_best(o, end - 1, last);
    return 1;
}
#else
/* Nothing is due in n batches after the one at hand. */
FN mask is_quiet(const block *b, int c, int n) { return LT_COUNT(b->batch[c] + vuint_of((unsigned)n), b->due[c]); }
FN mask is_far(const block *b, int c, int n, real before, real last)
{
    return AND_LT(is_quiet(b, c, n), (R(WS_FAR) * before) * b->target[c], (R(WS_FAR) * last) * last);
}
FN int all_far(const block *b, int c, int n, real expected)
{
    return !(LANES_OF(b->live[c]) & ~LANES_OF(AND_LT(is_quiet(b, c, n), b->target[c], expected)));
}
/* Twice as many as n, if these were few enough (`far`), or less. */
APART int other_skips(const block *b, int c, int n, int far, real before, real last)
{
    real shrinks = last / before;
    if (far) return all_far(b, c, 2 * n, (last * shrinks) * shrinks) ? 2 * n : n;
    for (n /= 2; n; n /= 2) {
        shrinks = (shrinks + shrinks) / (R(1.0f) + shrinks);
        if (all_far(b, c, n, last * shrinks)) break;
    }
    return n;
}
FN void foresee(block *b, int c, int n, real before, real last)
{
    b->sinks_on[c] = contracted(b, c);
    b->skips[c] = 0;
    if (WS_SINKS && LANES_OF(b->live[c]) & ~LANES_OF(LT(last, surely(before)))) b->sinks_on[c] = 0; /* none of the next ones is a new peak either */
    if (!b->sinks_on[c]) return;
    const int far = !(LANES_OF(b->live[c]) & ~LANES_OF(is_far(b, c, n, before, last)));
    if (far) b->skips[c] = n;
    if (b->eta_settled[c] && (far ? n < WS_MOST_SKIPS : n > 1)) b->skips[c] = other_skips(b, c, n, far, before, last);
}
/* After a batch whose gaps fell from each iteration to the next: is the last one the best of every slot, for which it was `before`? Of a trajectory that
 * began there was none. */
APART void note_sunk(block *b, int c, real before, real first, real last)
{
    if (LANES_OF(b->live[c]) & ~LANES_OF(EQ(b->extreme[c].best, last))) return;
    b->sunk[c] = 1;
    foresee(b, c, 1, SEL(LT(before, R((scalar_real)__builtin_inf())), before, first), last);
}
/* Of a column that contracts after a batch in which it did, and sank: no gap is above the one before. Nothing happens, and the last one is the best, if it
 * is below the one before it and above its target; where no coordinate moves any more it is not. */
FN int column_sinks(const block *b, int c, int n, real *last)
{
    const real sum = b->gap.vector[(WS_BATCH - 1) * WS_COLUMNS + c];
    *last = gap_of_sum(sum);
    const mask sinks = AND_LT(AND_LT(is_quiet(b, c, n - 1), sum, surely(b->gap.vector[(WS_BATCH - 2) * WS_COLUMNS + c])), GREATER(b->target[c], R(WS_SMALLEST_NORMAL)), surely(*last));
    return !(LANES_OF(b->live[c]) & ~LANES_OF(sinks));
}
FN int goes_on_sinking(block *b, int c)
{
    if (!(b->sinks_on[c] & b->contracts[c])) return 0;
    const int n = batches_run(b, c);
    const real before = b->extreme[c].best;
    real last;
    if (!column_sinks(b, c, n, &last)) return 0;
    b->batch[c] += vuint_of((unsigned)n - 1);
    b->flushed[c] |= b->flushed_later[c];
    b->extreme[c].best = last;
    foresee(b, c, n, before, last);
    return 1;
}
/* Several batches at hand are those of all columns of a tile, or of none. */
APART void stay_together(block *b, int column)
{
    const int n = batches_run(b, column);
    int all = 1;
    real last;
    for (int c = column; c < column + WS_TILE_COLUMNS; c++) all &= column_sinks(b, c, n, &last);
    if (!all) advance_again(b, column);
}
#endif
/* A column in which something happens, or may: all its gaps are needed, and what comes is not known. */
FN void see_gaps(block *b, int c)
{
    if (b->skipped[c / WS_TILE_COLUMNS]) advance_again(b, c);
    b->sinks_on[c] = b->skips[c] = 0;
}
#elif WS_W > 1
FN void foresee(block *b, int c, int n, real before, real last)
{
    (void)b;
    (void)c;
    (void)n;
    (void)before;
    (void)last;
}
FN void note_sunk(block *b, int c, real before, real first, real last)
{
    foresee(b, c, 1, before, last);
    (void)first;
}
#endif

#if WS_W == 1
/* Lanes 1, 2, ...: those of the next iteration; the last is the first lane of a second vector. */
#if WS_LANES == 16
#define NEXT_LANES 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
#elif WS_LANES == 8
#define NEXT_LANES 1, 2, 3, 4, 5, 6, 7, 8
#elif WS_LANES == 4
#define NEXT_LANES 1, 2, 3, 4
#else
#define NEXT_LANES 1, 2
#endif
/* Every gap of the batch is below the one before. */
FN int is_falling(const real *g)
{
    enum { VECTORS = WS_BATCH / WS_LANES, ALL = (1 << WS_LANES) - 1 };
    int falling = 1;
    UNROLLED
    for (int q = 0; q < VECTORS; q++) {
        int last = q == VECTORS - 1;
        mask lower = LT(SHUFFLE(g[q], g[last ? q : q + 1], NEXT_LANES), g[q]);
        falling &= ((int)LANES_OF(lower) | (last ? 1 << (WS_LANES - 1) : 0)) == ALL;
    }
    return falling;
}
/* One trajectory: its 16 gaps are neighbours in memory. */
static int scan_batch(block *b, const ws_kernel_run *run)
{
    observer *o = &b->slot[0];
    const scalar_real *g = b->gap.scalar;
    const scalar_real target = (scalar_real)o->target, ceiling = (scalar_real)o->ceiling;
    int risen, event = 0;
#if WS_CONTRACTS
    if (goes_on_sinking(b)) {
        b->batch[0] += 1;
        b->ended[0] = 0;
        return 0;
    }
    see_gaps(b, 0);
    const double before = o->best;
#endif
    risen = !is_falling(b->gap.vector);
    if (risen)
        for (int s = 0; s < WS_BATCH; s++) event |= (g[s] <= target) | !(g[s] <= ceiling);
    else
        event = (g[WS_BATCH - 1] <= target) | !(g[0] <= ceiling);
    event |= NOISE_NONE && g[0] == g[1];
#ifdef WS_TRACED
    if (!event && o->due < iteration_of(b, 0) + WS_BATCH && has_points_only(b, 0)) keep_points_only(b, run, 0);
#endif
    event |= o->due < iteration_of(b, 0) + WS_BATCH;
    if (event) {
        b->before.best = o->best;
        b->before.peak = o->peak;
        b->before.best_at = o->best_at;
        b->before.peak_at = o->peak_at;
        observe_slot(b, run, 0);
    } else {
        long long t = iteration_of(b, 0);
        for (int s = risen ? 0 : WS_BATCH - 1; s < WS_BATCH; s++) observer_note_best(o, t + s, (double)g[s]);
        for (int s = 0; s < (risen ? WS_BATCH : 1); s++) observer_note_peak(o, t + s, (double)g[s]);
#if WS_CONTRACTS
        if (!risen && (double)g[0] < before) foresee(b, 1, gap_is_finite(before) ? before : (double)g[0], (double)g[WS_BATCH - 1]);
#endif
    }
    b->batch[0] += 1;
    b->ended[0] = !o->live;
    return !o->live;
}
#else
/* The first iteration at which a column's gap was `wanted`, where it ever was. */
FN vuint step_of(const block *b, int c, real wanted)
{
    vuint step = (vuint){0};
    ROLLED
    for (int s = WS_BATCH - 1; s > 0; s--) step = SEL_INT(EQ(b->gap.vector[s * WS_COLUMNS + c], wanted), vuint_of((unsigned)s), step);
    return SEL_INT(EQ(b->gap.vector[c], wanted), vuint_of(0), step);
}
/* Lowest and highest gap of a batch become best and peak where they are. Their numbers in b->gap are `lowest` and `highest`; `falling`: those of
 * the last and the first iteration; `sinking`: where no gap but the last is the lowest. */
FN void keep_extremes(block *b, int c, mask live, real low, real high, int falling, mask sinking, real lowest, real highest)
{
    extremes *e = &b->extreme[c];
    const mask better = AND(live, LT(low, e->best)), worse = AND(live, LT(e->peak, high));
    if (falling && LANES_OF(better) == LANES_OF(live)) { /* most often; in the others' lanes nobody looks any more */
        e->best = low;
        e->best_batch = b->batch[c];
        e->best_step = vuint_of(WS_BATCH - 1);
    } else if (LANES_OF(better)) {
        e->best = SEL(better, low, e->best);
        e->best_batch = SEL_INT(better, b->batch[c], e->best_batch);
        const int at_last = falling || !(LANES_OF(better) & ~LANES_OF(sinking));
        e->best_step = SEL_INT(better, at_last ? vuint_of(WS_BATCH - 1) : step_of(b, c, lowest), e->best_step);
    }
    if (LANES_OF(worse)) {
        e->peak = SEL(worse, high, e->peak);
        e->peak_batch = SEL_INT(worse, b->batch[c], e->peak_batch);
        e->peak_step = SEL_INT(worse, falling ? vuint_of(0) : step_of(b, c, highest), e->peak_step);
    }
}

/* The lanes of a column in which something happens, from those that are due and those with an eventful gap. Where only points of the trace
 * are due they are kept at once. */
FN unsigned eventful_lanes(block *b, const ws_kernel_run *run, int c, mask due, mask eventful)
{
#ifdef WS_TRACED
    unsigned events = LANES_OF(AND(b->live[c], eventful)), points = 0;
    for (unsigned left = LANES_OF(AND(b->live[c], due)) & ~events; left; left &= left - 1)
        if (has_points_only(b, c * WS_LANES + __builtin_ctz(left))) points |= left & -left;
        else events |= left & -left;
    if (points && b->aligned[c]) keep_points_aligned(b, run, c, points);
    else
        for (; points; points &= points - 1) keep_points_only(b, run, c * WS_LANES + __builtin_ctz(points));
    return events;
#else
    (void)run;
    return LANES_OF(AND(b->live[c], OR(due, eventful)));
#endif
}

/* The lanes of a column that are live and whose numbers in b->gap fall from each iteration to the next. */
FN mask falling_lanes(const block *b, int c)
{
    const real *g = &b->gap.vector[c];
    mask chain[4]; /* independent of one another: a compare is slow to give its mask */
    for (int q = 0; q < 4; q++) chain[q] = b->live[c];
    UNROLLED
    for (int s = 1; s < WS_BATCH; s++) chain[s % 4] = AND_LT(chain[s % 4], g[s * WS_COLUMNS], g[(s - 1) * WS_COLUMNS]);
    return AND(AND(chain[0], chain[1]), AND(chain[2], chain[3]));
}

#if WS_GAPS_LATER
/* The lanes of a column whose sums fell from each iteration to the next (follow). */
FN unsigned fallen_lanes(const block *b, int c)
{
#if WS_FOLLOWS
    return b->fell[c];
#else
    const real *g = &b->gap.vector[c];
    vint falling[2]; /* two chains: one alone is as long as all the rest of a scan */
    UNROLLED
    for (int s = 1; s < WS_BATCH; s++) {
        const vint change = (vint)(BITS(g[s * WS_COLUMNS]) - BITS(g[(s - 1) * WS_COLUMNS])); /* of NaN they wrap around */
        falling[s % 2] = s < 3 ? change : falling[s % 2] & change;
    }
    return NEGATIVE_LANES(falling[0] & falling[1]);
#endif
}
#if NOISE_NONE
/* Of a column whose gaps fall: nothing happens (is_uneventful), and the first one is below the best so far. Then the last one is the best, and only that is kept.
 * (Where no gap was seen yet the peak is below every number.) */
FN int only_sinks(block *b, int c, mask waits)
{
    extremes *e = &b->extreme[c];
    const real *g = &b->gap.vector[c], first = gap_of_sum(g[0]), last = gap_of_sum(g[(WS_BATCH - 1) * WS_COLUMNS]);
    const real below = LESSER(LESSER(e->best, e->peak), b->ceiling[c]);
    const mask sinks = AND_LT(AND_LT(waits, first, below), GREATER(b->target[c], R(WS_SMALLEST_NORMAL)), last);
    if (LANES_OF(b->live[c]) & ~LANES_OF(sinks)) return 0;
    foresee(b, c, 1, e->best, last);
    e->best = last;
    b->sunk[c] = 1;
    return 1;
}
/* When the best gaps were of a column that only sank up to this batch. */
FN void note_best(block *b, int c)
{
    if (!b->sunk[c]) return;
    b->extreme[c].best_batch = b->batch[c] - vuint_of(1);
    b->extreme[c].best_step = vuint_of(WS_BATCH - 1);
    b->sunk[c] = 0;
}
#endif
/* Nothing happens in a column whose sums stand in b->gap: no gap reaches its target or its ceiling, and nothing is due where a lane `waits`. Best and
 * peak are kept up. What is true of the sums is true of the gaps unless these are so small that they lose digits: then there is something to look at. */
FN int is_uneventful(block *b, int c, mask waits)
{
    const real *g = &b->gap.vector[c];
    const mask live = b->live[c];
    const unsigned lanes = LANES_OF(live);
    mask sinking = LT(R(0.0f), R(0.0f));
    real lowest, highest;
#if NOISE_NONE
    const int falls = !(lanes & ~fallen_lanes(b, c)); /* a NaN at the end is not above its target */
    if (falls && only_sinks(b, c, waits)) return 1;
    note_best(b, c);
    if (!falls) return 0;
    lowest = g[(WS_BATCH - 1) * WS_COLUMNS];
    highest = g[0];
#else /* in the order of their bits, taken for integers with a sign, a negative number and a NaN are above every ceiling or below every target */
    const real last = g[(WS_BATCH - 1) * WS_COLUMNS];
    vint low = (vint)BITS(g[0]), high = low;
    UNROLLED
    for (int s = 1; s < WS_BATCH - 1; s++) {
        low = LESSER_INT(low, (vint)BITS(g[s * WS_COLUMNS]));
        high = GREATER_INT(high, (vint)BITS(g[s * WS_COLUMNS]));
    }
    sinking = LT(last, FROM_BITS((vuint)low));
    low = LESSER_INT(low, (vint)BITS(last));
    high = GREATER_INT(high, (vint)BITS(last));
    lowest = FROM_BITS((vuint)low);
    highest = FROM_BITS((vuint)high);
#endif
    const real lowest_gap = gap_of_sum(lowest), highest_gap = gap_of_sum(highest);
    const mask quiet = AND_LT(AND_LE(waits, highest_gap, b->ceiling[c]), GREATER(b->target[c], R(WS_SMALLEST_NORMAL)), lowest_gap);
    const real before = b->extreme[c].best;
    if (lanes & ~LANES_OF(quiet)) return 0;
    keep_extremes(b, c, live, lowest_gap, highest_gap, NOISE_NONE, sinking, lowest, highest);
    note_sunk(b, c, before, highest_gap, lowest_gap);
    return 1;
}
#endif

/* falling_lanes, by what is known of the sums: while no digits are lost (is_uneventful) gaps fall where they do. */
FN mask lanes_that_fall(const block *b, int c)
{
#if WS_FOLLOWS
    const mask fell = AND(b->live[c], MASK_OF(b->fell[c]));
    if (!LANES_OF(AND(fell, NOT(LT(R(WS_SMALLEST_NORMAL), b->gap.vector[(WS_BATCH - 1) * WS_COLUMNS + c]))))) return fell;
#endif
    return falling_lanes(b, c);
}

/* Returns the lanes of a column in which something happens that an observer must see; best and peak are kept up as if none ended. */
FN unsigned scan_column(block *b, const ws_kernel_run *run, int c)
{
    const real *g = &b->gap.vector[c];
    mask live = b->live[c], waits = LT_COUNT(b->batch[c], b->due[c]), due = NOT(waits);
#if WS_CONTRACTS
    if (goes_on_sinking(b, c)) return 0;
    see_gaps(b, c);
#endif
#if WS_GAPS_LATER
    if (is_uneventful(b, c, waits)) return 0;
    ROLLED
    for (int s = 0; s < WS_BATCH; s++) b->gap.vector[s * WS_COLUMNS + c] = gap_of_sum(b->gap.vector[s * WS_COLUMNS + c]);
#endif
    real first = g[0], last = g[(WS_BATCH - 1) * WS_COLUMNS];
    mask falling = LT(R(0.0f), R(0.0f));
    if (NOISE_NONE) { /* most often every gap is below the one before: then only two of them matter */
        falling = lanes_that_fall(b, c);
        if (LANES_OF(falling) == LANES_OF(live)) {
            mask event = OR(LE(last, b->target[c]), NOT(LE(first, b->ceiling[c])));
            /* after any of these gaps the others are lower: none rises above a ceiling that this one did not */
            unsigned lanes = eventful_lanes(b, run, c, due, event);
            if (lanes) lanes = pass_events(b, run, c, lanes, AND(falling, OR(event, due)), due);
            const real before = b->extreme[c].best;
            if (lanes) note_events(b, c, last, R(0.0f), falling);
            keep_extremes(b, c, live, last, first, 1, falling, last, first);
            if (!lanes && !b->ended[c]) note_sunk(b, c, before, first, last);
            return lanes;
        }
    }
    real low = first, high = first;
    mask quiet = LE(first, b->ceiling[c]); /* false for a NaN, which `low` and `high` pass over */
    for (int s = 1; s < WS_BATCH; s++) {
        real here = g[s * WS_COLUMNS];
        low = LESSER(here, low);
        high = GREATER(here, high);
        quiet = AND_LE(quiet, here, b->ceiling[c]);
    }
    mask event = OR(LE(low, b->target[c]), NOT(quiet));
    if (NOISE_NONE) event = OR(event, EQ(first, g[WS_COLUMNS]));
    unsigned lanes = eventful_lanes(b, run, c, due, event);
    if (NOISE_NONE && lanes & LANES_OF(falling)) lanes = pass_events(b, run, c, lanes, AND(falling, OR(event, due)), due);
    if (lanes) note_events(b, c, low, high, quiet);
    keep_extremes(b, c, live, low, high, 0, LT(R(0.0f), R(0.0f)), low, high);
    return lanes;
}

/* Returns whether a slot ended. */
static int scan_batch(block *b, const ws_kernel_run *run)
{
    unsigned any = 0;
    for (int c = 0; c < WS_COLUMNS; c++) {
#if WS_CONTRACTS
        if (WS_TILE_COLUMNS > 1 && c % WS_TILE_COLUMNS == 0 && batches_run(b, c) > 1) stay_together(b, c);
#endif
        b->ended[c] = 0;
        if (!LANES_OF(b->live[c])) continue;
        for (unsigned left = scan_column(b, run, c); left; left &= left - 1) {
            int simd = __builtin_ctz(left), slot = c * WS_LANES + simd;
            observe_slot(b, run, slot);
            b->ended[c] |= (unsigned)!b->slot[slot].live << simd;
        }
        any |= b->ended[c];
        b->batch[c] += 1;
    }
    return any != 0;
}
#endif
#endif
