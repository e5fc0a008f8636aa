/* events_cpu.h: hits and ends of all trajectories of a column at once.
 *
 * Where the gaps of a batch fall from one to the next, what an observer would see follows from few numbers: an eps is hit at the
 * iteration whose number is the count of gaps above it, nothing rises, the best gap is the last and the peak the first. So most
 * events of short runs take no look at single gaps and no branch a trajectory. A lane is left to its observer when anything else
 * may matter: b->plain and b->capped say what is known of a slot until it is refilled, b->calm what step sizes need no sharpness. */
#ifndef WS_EVENTS_CPU_H
#define WS_EVENTS_CPU_H

#if WS_W > 1 && NOISE_NONE && !defined(WS_GAP_HASH) && !defined(WS_CURVE) && !defined(WS_TRACED)
#define WS_EVENTS_AT_ONCE 1
#else
#define WS_EVENTS_AT_ONCE 0
#endif

/* What pass_events needs of an observer. */
FN void load_events(block *b, const ws_kernel_run *run, int slot)
{
#if WS_EVENTS_AT_ONCE
    const observer *o = &b->slot[slot];
    const ws_cell *cell = o->job.cell;
    int c = slot / WS_LANES, i = slot % WS_LANES, plain = 0, capped = 0;
    if (o->live) {
        plain = cell->hold == 1 && cell->run_on == 0 && (o->hits < run->eps_count || run->eps_count == 0) && !(o->flags & WS_FLAG_REBOUND);
        capped = o->due == cell->steps && !(o->next_gap_at < run->gap_at_count && run->gap_at[o->next_gap_at] <= o->due);
    }
    ((scalar_vuint *)&b->hits[c])[i] = (scalar_vuint)o->hits;
    ((scalar_vuint *)&b->last_step[c])[i] = (scalar_vuint)(o->due % WS_BATCH);
    SET_MASK(&b->plain[c], i, plain);
    SET_MASK(&b->capped[c], i, capped);
#else
    (void)b;
    (void)run;
    (void)slot;
#endif
}

/* The observer's next events to the vectors of its column (or the neutral values of an empty slot). */
APART void load_observer(block *b, const ws_kernel_run *run, int slot)
{
    if (WS_W == 1) return;
    const observer *o = &b->slot[slot];
    int c = slot / WS_LANES, i = slot % WS_LANES;
    double infinite = lane_f64(from_bits_f64(U64(0x7ff0000000000000ull)), 0);
    set_lane(&b->target[c], i, (scalar_real)(o->live ? o->target : WS_TARGET_NONE));
    set_lane(&b->ceiling[c], i, (scalar_real)(o->live ? o->ceiling : infinite));
    ((scalar_vuint *)&b->due[c])[i] = (scalar_vuint)(o->due / WS_BATCH);
    SET_MASK(&b->live[c], i, o->live);
    load_events(b, run, slot);
}

/* The observer of a slot that was given a trajectory. Where events are found for a column at once it begins when it is first shown one (catch_up): here
 * goes what pass_events needs of it, and its first events to the vectors of its column. */
FN void begin_observer(block *b, const ws_kernel_run *run, int slot)
{
    observer *o = &b->slot[slot];
#if WS_EVENTS_AT_ONCE
    const ws_cell *cell = o->job.cell;
    const int c = slot / WS_LANES, i = slot % WS_LANES;
    const int asked = run->gap_at_count > 0 && run->gap_at[0] <= cell->steps;
    const unsigned long long due = (unsigned long long)(asked ? run->gap_at[0] : cell->steps);
    o->hits = o->next_gap_at = o->flags = 0;
    o->live = 1;
    set_lane(&b->target[c], i, (scalar_real)(run->eps_count > 0 ? cell->problem->eps[0] : WS_TARGET_NONE));
    set_lane(&b->ceiling[c], i, (scalar_real)cell->limit);
    ((scalar_vuint *)&b->due[c])[i] = (scalar_vuint)(due / WS_BATCH);
    ((scalar_vuint *)&b->last_step[c])[i] = (scalar_vuint)(due % WS_BATCH);
    SET_MASK(&b->plain[c], i, cell->hold == 1 && cell->run_on == 0);
    SET_MASK(&b->capped[c], i, !asked);
#else
    observer_begin(o, run);
    load_observer(b, run, slot);
#endif
}
/* What all slots of a column that were given trajectories begin with. */
FN void begin_lanes(block *b, int c, unsigned fresh)
{
#if WS_W > 1
    const mask here = MASK_OF(fresh);
    const real infinite = R((scalar_real)__builtin_inf());
    extremes *e = &b->extreme[c];
    e->best = SEL(here, infinite, e->best);
    e->peak = SEL(here, -infinite, e->peak);
    b->batch[c] = SEL_INT(here, vuint_of(0), b->batch[c]);
    b->live[c] = OR(b->live[c], here);
#if WS_EVENTS_AT_ONCE
    b->hits[c] = SEL_INT(here, vuint_of(0), b->hits[c]);
    b->unseen[c] |= fresh;
#endif
#else
    b->batch[c] = vuint_of(0);
#endif
    b->flushed[c] &= ~fresh;
}

/* Lane `simd` of a vector of counts. */
#define WS_LANE_OF(vector) ((long long)((const scalar_vuint *)&(vector))[simd])

/* Best and peak before the batch at hand to the observer. */
FN void restore_extremes(observer *o, const extremes *e, int slot)
{
#if WS_W == 1
    (void)slot;
    o->best = e->best;
    o->peak = e->peak;
    o->best_at = e->best_at;
    o->peak_at = e->peak_at;
#else
    const int simd = slot % WS_LANES;
    o->best = (double)get_lane(&e->best, simd);
    o->peak = (double)get_lane(&e->peak, simd);
    o->best_at = gap_is_finite(o->best) ? WS_LANE_OF(e->best_batch) * WS_BATCH + WS_LANE_OF(e->best_step) : WS_NEVER;
    o->peak_at = gap_is_finite(o->peak) ? WS_LANE_OF(e->peak_batch) * WS_BATCH + WS_LANE_OF(e->peak_step) : WS_NEVER;
#endif
}

#if WS_EVENTS_AT_ONCE
/* To its outcome those of a slot's first `hits` hits that its observer does not know. */
FN void write_hits(const block *b, const ws_kernel_run *run, int slot, int hits)
{
    const observer *o = &b->slot[slot];
    const int c = slot / WS_LANES, simd = slot % WS_LANES;
    long long *row = o->job.out->hit + o->job.row * run->eps_count;
    ROLLED
    for (int e = o->hits; e < hits; e++) row[e] = WS_LANE_OF(b->hit_batch[e][c]) * WS_BATCH + WS_LANE_OF(b->hit_step[e][c]);
}

/* The events that an observer was not shown, its begin among them. */
FN void catch_up(block *b, const ws_kernel_run *run, int slot)
{
    observer *o = &b->slot[slot];
    if (b->unseen[slot / WS_LANES] >> slot % WS_LANES & 1) {
        observer_begin(o, run);
        o->t = iteration_of(b, slot);
        b->unseen[slot / WS_LANES] &= ~(1u << slot % WS_LANES);
    }
    int hits = (int)((const scalar_vuint *)&b->hits[slot / WS_LANES])[slot % WS_LANES];
    if (hits == o->hits) return;
    write_hits(b, run, slot, hits);
    o->hits = hits;
    observer_aim(o, run);
}

/* Thresholds of the problem of the slots `lanes` of a column. */
FN void load_ladder(block *b, int column, unsigned lanes, const ws_problem *problem, int eps_count)
{
    const mask here = MASK_OF(lanes);
    for (int e = 0; e < eps_count; e++) b->ladder[e][column] = SEL(here, R((scalar_real)problem->eps[e]), b->ladder[e][column]);
    b->calm[column] = SEL(here, R((scalar_real)observer_calm_step(problem)), b->calm[column]);
#if WS_CONTRACTS && !WS_SINKS
    b->contracting[column] = SEL(here, R((scalar_real)observer_contracting_step(problem)), b->contracting[column]);
#endif
}

/* The outcomes of those trajectories of a column that ended at the iterations `stop` of the batch. Gaps fall: they are finite,
 * the best one of the batch is the last, the peak the first. */
FN void end_lanes(block *b, const ws_kernel_run *run, int c, mask ended, vuint stop, vuint hits)
{
    const real *g = &b->gap.vector[c];
    extremes e = b->extreme[c];
    real last = g[0];
    for (int s = 1; s < WS_BATCH; s++) last = SEL(EQ_INT(stop, vuint_of((unsigned)s)), g[s * WS_COLUMNS], last);
    const mask better = LT(last, e.best), worse = LT(e.peak, g[0]);
    e.best = SEL(better, last, e.best);
    e.best_batch = SEL_INT(better, b->batch[c], e.best_batch);
    e.best_step = SEL_INT(better, stop, e.best_step);
    e.peak = SEL(worse, g[0], e.peak);
    e.peak_batch = SEL_INT(worse, b->batch[c], e.peak_batch);
    e.peak_step = SEL_INT(worse, vuint_of(0), e.peak_step);
    for (unsigned left = LANES_OF(ended); left; left &= left - 1) {
        const int simd = __builtin_ctz(left), slot = c * WS_LANES + simd;
        const int hit = (int)((const scalar_vuint *)&hits)[simd];
        const long long t = iteration_of(b, slot);
        observer *o = &b->slot[slot];
        const ws_columns *out = o->job.out;
        o->t = t;
        o->live = 0;
        write_hits(b, run, slot, hit);
        write_missing(out, run, o->job.row, hit, o->next_gap_at);
        write_outcome(out, o->job.row, t + WS_LANE_OF(stop), (double)get_lane(&last, simd), hit == run->eps_count && hit > 0 ? WS_STATUS_REACHED : WS_STATUS_BUDGET,
                      flags_of(b, slot), (double)get_lane(&e.best, simd), WS_LANE_OF(e.best_batch) * WS_BATCH + WS_LANE_OF(e.best_step),
                      (double)get_lane(&e.peak, simd), WS_LANE_OF(e.peak_batch) * WS_BATCH + WS_LANE_OF(e.peak_step));
    }
}

/* Hits and ends of those `lanes` of a column that are eventful and `falling`; `due`: something happens there whatever the gap. Returns the
 * lanes that observers must look at. */
SELDOM unsigned pass_events(block *b, const ws_kernel_run *run, int c, unsigned lanes, mask falling, mask due)
{
    const real *g = &b->gap.vector[c];
    const real last = g[(WS_BATCH - 1) * WS_COLUMNS];
    real largest = b->eta[c];
    for (int s = 1; s < WS_BATCH && !b->eta_settled[c]; s++) largest = GREATER(b->eta[s * WS_COLUMNS + c], largest);
    mask here = AND(AND_LE(AND(falling, b->plain[c]), g[0], b->ceiling[c]), AND_LE(OR(NOT(due), b->capped[c]), largest, b->calm[c]));
    mask ended = AND(here, due);
    vuint hits = b->hits[c], stop = SEL_INT(ended, b->last_step[c], vuint_of(WS_BATCH - 1));
    for (int e = 0; e < run->eps_count; e++) {
        const real eps = b->ladder[e][c];
        mask hit = AND_LE(AND(here, EQ_INT(hits, vuint_of((unsigned)e))), last, eps);
        if (!LANES_OF(hit)) continue;
        vuint step = vuint_of(0);
        UNROLLED
        for (int s = 0; s < WS_BATCH - 1; s++) step = SEL_INT(LT(eps, g[s * WS_COLUMNS]), step + vuint_of(1), step);
        hit = AND(hit, NOT(LT_INT(stop, step)));
        hits = SEL_INT(hit, vuint_of((unsigned)e + 1), hits);
        b->ceiling[c] = SEL(hit, LESSER(eps, b->ceiling[c]), b->ceiling[c]);
        b->target[c] = SEL(hit, e + 1 < run->eps_count ? b->ladder[e + 1][c] : R(WS_TARGET_NONE), b->target[c]);
        if (e + 1 == run->eps_count) {
            ended = OR(ended, hit);
            stop = SEL_INT(hit, step, stop);
        }
        b->hit_batch[e][c] = SEL_INT(hit, b->batch[c], b->hit_batch[e][c]);
        b->hit_step[e][c] = SEL_INT(hit, step, b->hit_step[e][c]);
    }
    b->hits[c] = hits;
    if (LANES_OF(ended)) end_lanes(b, run, c, ended, stop, hits);
    b->ended[c] |= LANES_OF(ended);
    return lanes & ~LANES_OF(here);
}
#else
FN void catch_up(block *b, const ws_kernel_run *run, int slot)
{
    (void)b;
    (void)run;
    (void)slot;
}
FN void load_ladder(block *b, int column, unsigned lanes, const ws_problem *problem, int eps_count)
{
    (void)b;
    (void)column;
    (void)lanes;
    (void)problem;
    (void)eps_count;
}
#if WS_W > 1
SELDOM unsigned pass_events(block *b, const ws_kernel_run *run, int c, unsigned lanes, mask falling, mask due)
{
    (void)b;
    (void)run;
    (void)c;
    (void)falling;
    (void)due;
    return lanes;
}
#endif
#endif
#endif
