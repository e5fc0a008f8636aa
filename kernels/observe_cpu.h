/* observe_cpu.h: the gaps of a slot in which something happens, shown to its observer one after the other. */
#ifndef WS_OBSERVE_CPU_H
#define WS_OBSERVE_CPU_H

#if WS_W > 1
/* Prepares for slots of a column to be looked at. */
SELDOM AT_O1 void note_events(block *b, int c, real low, real high, mask quiet)
{
    vuint first = vuint_of(WS_BATCH);
    real infinite = R((scalar_real)__builtin_inf());
    b->before = b->extreme[c];
    b->low = low;
    b->high = SEL(quiet, high, infinite);
    ROLLED
    for (int s = WS_BATCH - 1; s >= 0; s--) {
        real here = b->gap.vector[s * WS_COLUMNS + c];
        mask nothing = AND_LE(LT(b->target[c], here), here, b->ceiling[c]);
        first = SEL_INT(nothing, first, vuint_of((unsigned)s));
    }
    b->first_event = first;
}
#endif

/* eta * sharpness > 2 at iteration s: first by the bound that the objective knows, only then by running the batch again */
COLD int is_unstable(block *b, int slot, int s, double gap_now)
{
    double eta = eta_of(b, slot, s);
    const ws_cell *cell = b->slot[slot].job.cell;
    return !observer_bound_allows(cell, eta, gap_now) && is_too_sharp(b, slot, s, eta, step_limit(cell, eta));
}

COLD int ends_stalled(block *b, const ws_kernel_run *run, int slot, double gap_now)
{
    observer *o = &b->slot[slot];
    if (!observer_may_stall(o, run, o->t) || !stands_still(b, slot)) return 0;
    observer_end_stalled(o, run, o->t, gap_now);
    return 1;
}

/* The sharpness is bounded whatever the gap, and by no more than 2 / eta. */
FN int is_flat(const ws_cell *cell, double eta)
{
    const ws_problem *problem = cell->problem;
    return problem->K0 >= 0.0 && !(problem->K > 0.0) && eta * problem->K0 <= step_limit(cell, eta);
}

/* The first of the gaps s ... 15 of the batch at which something happens, or 16. */
FN int next_event(const observer *o, const scalar_real *gaps, int s)
{
#if defined(WS_GAP_HASH) || defined(WS_CURVE)
    (void)o;
    (void)gaps;
    return s;
#else
    const scalar_real target = (scalar_real)o->target, ceiling = (scalar_real)o->ceiling;
    int due = o->due < o->t + WS_BATCH ? (o->due > o->t + s ? (int)(o->due - o->t) : s) : WS_BATCH;
    while (s < due && gaps[s * WS_W] > target && gaps[s * WS_W] <= ceiling) s++;
    return s;
#endif
}

/* The first event of the batch, of a slot of the column at hand. */
FN int first_event(const block *b, int slot)
{
    const observer *o = &b->slot[slot];
#if WS_W == 1 || defined(WS_GAP_HASH) || defined(WS_CURVE)
    return next_event(o, &b->gap.scalar[slot], 0);
#else
    int s = (int)((const scalar_vuint *)&b->first_event)[slot % WS_LANES];
    if (o->due < o->t + s) s = o->due > o->t ? (int)(o->due - o->t) : 0;
    return s;
#endif
}
/* The first event after s, which changed what is an event. */
FN int later_event(const block *b, int slot, int s)
{
    const observer *o = &b->slot[slot];
#if WS_W > 1 && !defined(WS_GAP_HASH) && !defined(WS_CURVE)
    int simd = slot % WS_LANES; /* most often there is none */
    if ((double)get_lane(&b->low, simd) > o->target && (double)get_lane(&b->high, simd) <= o->ceiling && o->due >= o->t + WS_BATCH)
        return WS_BATCH;
#endif
    return next_event(o, &b->gap.scalar[slot], s + 1);
}

/* The trajectory can end at this gap. */
FN int may_end(const observer *o, const ws_kernel_run *run, long long t, double gap_now)
{
#if defined(WS_GAP_HASH) || defined(WS_CURVE)
    return 1;
#elif defined(WS_TRACED) /* most events are points of the trace, which end nothing */
    const ws_cell *cell = o->job.cell;
    int all = o->hits == run->eps_count;
    return !(gap_now <= o->ceiling) || t >= cell->steps || (run->eps_count > 0 && (all || gap_now <= cell->problem->eps[run->eps_count - 1]));
#else
    return t >= o->due || !(gap_now <= o->ceiling) || run->eps_count == 0 || gap_now <= o->job.cell->problem->eps[run->eps_count - 1];
#endif
}

/* Best and peak of the observer: those before the batch and of the batch's first `count` gaps. */
FN void note_extremes(block *b, int slot, int count)
{
    observer *o = &b->slot[slot];
    restore_extremes(o, &b->before, slot);
    for (int s = 0; s < count; s++) {
        observer_note_best(o, o->t + s, (double)b->gap.scalar[s * WS_W + slot]);
        observer_note_peak(o, o->t + s, (double)b->gap.scalar[s * WS_W + slot]);
    }
}

/* Shows a slot's gaps to its observer where something happens, one after the other. */
SELDOM AT_O1 void observe_slot(block *b, const ws_kernel_run *run, int slot)
{
    observer *o = &b->slot[slot];
    const scalar_real *gaps = &b->gap.scalar[slot];
    int still = NOISE_NONE && gaps[0] == gaps[WS_W]; /* a step that changes nothing leaves the gap the same */
    o->t = iteration_of(b, slot);
    catch_up(b, run, slot);
    o->flags = flags_of(b, slot);
    for (int s = still ? 0 : first_event(b, slot); s < WS_BATCH; s = later_event(b, slot, s)) {
        double gap_now = (double)gaps[s * WS_W];
        long long t = o->t + s;
        int hits_now;
        if (may_end(o, run, t, gap_now) || (s == 0 && still)) note_extremes(b, slot, s);
#ifdef WS_CURVE
        if (o->job.curve_eta) o->job.curve_eta[t] = eta_of(b, slot, s);
#endif
#ifdef WS_TRACED
        keep_point(b, run, o, slot, s, gap_now);
#endif
        if (observer_see(o, run, t, gap_now, &hits_now)) break;
        if (hits_now && !(o->flags & WS_FLAG_UNSTABLE) && !is_flat(o->job.cell, eta_of(b, slot, s)) && is_unstable(b, slot, s, gap_now)) o->flags |= WS_FLAG_UNSTABLE;
        if (observer_finish(o, run, t, gap_now)) break;
        if (s == 0 && still && ends_stalled(b, run, slot, gap_now)) break;
        observer_aim(o, run);
    }
    if (WS_W == 1 && o->live) note_extremes(b, slot, WS_BATCH);
    load_observer(b, run, slot);
}
#endif
