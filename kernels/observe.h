/* observe.h: what is kept of one trajectory, and when it ends: the meaning of every outcome, written once in scalars.
 *
 * An engine shows the gaps of x_0, x_1, ... in order to `observer_see`. For speed an engine may leave out gaps that it has checked
 * itself to be uneventful (observer_quiet_*): not at or below `target`, not above `ceiling`, before `due`, and included in
 * best and peak by `observer_note_best` / `observer_note_peak`. The outcome is the same.
 *
 * Order of the tests at iteration t: not a number or infinite -> nonfinite; above the limit -> diverged; then the hits; then the
 * end by hits; then the iteration cap. */
#ifndef WS_OBSERVE_H
#define WS_OBSERVE_H

#define WS_EPS_MAX 64
#define WS_TARGET_NONE (-1.0)

typedef struct observer {
    ws_trajectory job;
    long long t;         /* iteration of the first gap of the batch at hand */
    double best, peak;
    long long best_at, peak_at;
    double target;       /* the next eps to hit; -1 when there is none: no gap is negative */
    double ceiling;      /* the gap above which something happens: a rebound or divergence */
    long long due;       /* the iteration at which something happens whatever the gap */
    double falling;      /* eta never rises from this iteration on, and the method's numbers stay */
    unsigned long long hash;
    int hits;            /* eps hit so far: the first `hits` of the ladder */
    int next_gap_at;
#ifdef WS_TRACED
    int next_trace;
    long long due_else;  /* the iteration at which something else than a point of the trace happens whatever the gap */
#endif
    int flags;
    int live;
    long long reached_at; /* iteration at which the last eps was confirmed */
    long long since[WS_EPS_MAX]; /* hold > 1: first iteration of the present run below eps, or WS_NEVER */
} observer;

FN int gap_is_finite(double gap_now) { return gap_now - gap_now == 0.0; }

FN double canonical_nan(void) { return lane_f64(from_bits_f64(U64(0x7ff8000000000000ull)), 0); }
FN double canonical(double value) { return value == value ? value : canonical_nan(); }

#ifdef WS_TRACED
/* due follows from due_else */
FN void observer_aim_trace(observer *o, const ws_kernel_run *run)
{
    o->due = o->due_else;
    if (o->next_trace < run->trace_count && run->trace_at[o->next_trace] < o->due) o->due = run->trace_at[o->next_trace];
}
#endif

/* target, ceiling and due follow from the state */
APART void observer_aim(observer *o, const ws_kernel_run *run)
{
    const ws_cell *cell = o->job.cell;
    const double *eps = cell->problem->eps;
    o->target = o->hits < run->eps_count ? eps[o->hits] : WS_TARGET_NONE;
    o->ceiling = cell->limit;
    if (o->hits > 0 && !(o->flags & WS_FLAG_REBOUND) && eps[o->hits - 1] < o->ceiling) o->ceiling = eps[o->hits - 1];
    o->due = cell->steps;
    if (o->next_gap_at < run->gap_at_count && run->gap_at[o->next_gap_at] < o->due) o->due = run->gap_at[o->next_gap_at];
    if (o->hits == run->eps_count && run->eps_count > 0 && o->reached_at + cell->run_on < o->due)
        o->due = o->reached_at + cell->run_on;
    /* a run below an eps that is not yet long enough: every gap counts */
    if (cell->hold > 1 && o->hits < run->eps_count && o->since[o->hits] != WS_NEVER) o->due = 0;
#if defined(WS_GAP_HASH) || defined(WS_CURVE)
    o->due = 0;
#endif
#ifdef WS_TRACED
    o->due_else = o->due;
    observer_aim_trace(o, run);
#endif
}

FN void observer_begin(observer *o, const ws_kernel_run *run)
{
    o->t = 0;
    o->best = lane_f64(from_bits_f64(U64(0x7ff0000000000000ull)), 0);
    o->peak = -o->best;
    o->best_at = o->peak_at = WS_NEVER;
    o->falling = scalar_larger(schedule_falling(o->job.cell), step_steady(o->job.cell));
    o->hash = 0x9e3779b97f4a7c15ull;
    o->hits = o->next_gap_at = o->flags = 0;
#ifdef WS_TRACED
    o->next_trace = 0;
#endif
    o->live = 1;
    o->reached_at = WS_NEVER;
    for (int e = 0; e < run->eps_count; e++) o->since[e] = WS_NEVER;
    observer_aim(o, run);
}

FN void observer_note_best(observer *o, long long t, double gap_now)
{
    if (gap_now < o->best) {
        o->best = gap_now;
        o->best_at = t;
    }
}
FN void observer_note_peak(observer *o, long long t, double gap_now)
{
    if (gap_now > o->peak) {
        o->peak = gap_now;
        o->peak_at = t;
    }
}

#ifdef WS_TRACED
/* eta * sharpness / 2 does not follow from what else is traced */
#define WS_TRACED_EDGE_APART ((WS_TRACED & WS_TRACED_EDGE) && (~WS_TRACED & (WS_TRACED_STEP_SIZE | WS_TRACED_SHARPNESS)))
/* Number `at` of a quantity other than the edge; and of the edge. */
FN void put_traced(const ws_columns *out, int q, long long at, double value)
{
    scalar_real here = (scalar_real)value;
    ((scalar_real *)out->trace[q])[at] = here == here ? here : (scalar_real)canonical_nan();
}
FN void put_edge(const ws_columns *out, long long at, double value) { ((double *)out->trace[4])[at] = canonical(value); }

/* Where a point of the trace stands at iteration t: gap and step size are kept and 1 is returned; what needs the state is the engine's to find
 * (observer_keep_state). */
FN int observer_trace(observer *o, const ws_kernel_run *run, long long t, double gap_now, double eta)
{
    if (o->next_trace == run->trace_count || run->trace_at[o->next_trace] != t) return 0;
    long long at = o->job.row * run->trace_count + o->next_trace++;
    if (WS_TRACED & WS_TRACED_GAP) put_traced(o->job.out, 0, at, gap_now);
    if (WS_TRACED & WS_TRACED_STEP_SIZE) put_traced(o->job.out, 1, at, eta);
    return 1;
}
/* The rest of a point: `at` counts points of all rows. No positive eigenvalue is a sharpness of 0, as in ws_problem. */
FN void observer_keep_state(const ws_columns *out, long long at, double eta, double gradient_norm, double sharp)
{
    if (sharp < 0.0) sharp = 0.0;
    if (WS_TRACED & WS_TRACED_GRADIENT_NORM) put_traced(out, 2, at, gradient_norm);
    if (WS_TRACED & WS_TRACED_SHARPNESS) put_traced(out, 3, at, sharp);
    if (WS_TRACED_EDGE_APART) put_edge(out, at, 0.5 * (eta * sharp));
}
#endif

/* Writes what every outcome has, but the hits; `row` of `out`. The bytes come last: a compiler must take it that they may change any pointer. */
FN void write_outcome(const ws_columns *out, long long row, long long t, double gap_now, int status, int flags, double best, long long best_at,
                      double peak, long long peak_at)
{
    out->end[row] = t;
    out->final_gap[row] = canonical(gap_now);
    out->best_gap[row] = best;
    out->best_at[row] = best_at;
    out->peak_gap[row] = peak;
    out->peak_at[row] = peak_at;
    unsigned char *status_at = &out->status[row], *flags_at = &out->flags[row];
    *status_at = (unsigned char)status;
    *flags_at = (unsigned char)flags;
}
/* What had not come when it ended: eps that were not hit, gaps that were asked for. */
FN void write_missing(const ws_columns *out, const ws_kernel_run *run, long long row, int hits, int next_gap_at)
{
    for (int e = hits; e < run->eps_count; e++) out->hit[row * run->eps_count + e] = WS_NEVER;
    for (int g = next_gap_at; g < run->gap_at_count; g++) out->gap_at[row * run->gap_at_count + g] = canonical_nan();
}

/* Writes the outcome. */
APART void observer_end(observer *o, const ws_kernel_run *run, long long t, double gap_now, int status)
{
    const ws_columns *out = o->job.out;
    long long row = o->job.row;
    write_missing(out, run, row, o->hits, o->next_gap_at);
    write_outcome(out, row, t, gap_now, status, o->flags, o->best, o->best_at, o->peak, o->peak_at);
#ifdef WS_TRACED
    for (int p = o->next_trace; p < run->trace_count; p++) {
        for (int q = 0; q < WS_TRACED_COUNT - 1; q++)
            if (WS_TRACED >> q & 1) put_traced(out, q, row * run->trace_count + p, canonical_nan());
        if (WS_TRACED_EDGE_APART) put_edge(out, row * run->trace_count + p, canonical_nan());
    }
#endif
#ifdef WS_GAP_HASH
    if (out->hash) out->hash[row] = o->hash;
#endif
    o->live = 0;
}

/* Sees the gap of x_t. Returns 1 when the trajectory ended there; *hits_now is the number of eps confirmed at this iteration. */
FN int observer_see(observer *o, const ws_kernel_run *run, long long t, double gap_now, int *hits_now)
{
    const ws_cell *cell = o->job.cell;
    const double *eps = cell->problem->eps;
    const ws_columns *out = o->job.out;
    long long row = o->job.row;
    int before = o->hits;
    *hits_now = 0;
#ifdef WS_GAP_HASH
    unsigned long long word = double_bits(canonical(gap_now));
    o->hash = (o->hash ^ word) * 0xff51afd7ed558ccdull;
    o->hash ^= o->hash >> 32;
#endif
#ifdef WS_CURVE
    if (o->job.curve) o->job.curve[t] = gap_now;
#endif
    if (o->next_gap_at < run->gap_at_count && run->gap_at[o->next_gap_at] == t)
        out->gap_at[row * run->gap_at_count + o->next_gap_at++] = canonical(gap_now);
    if (!gap_is_finite(gap_now)) {
        observer_end(o, run, t, gap_now, WS_STATUS_NONFINITE);
        return 1;
    }
    observer_note_best(o, t, gap_now);
    observer_note_peak(o, t, gap_now);
    if (o->hits > 0 && gap_now > eps[o->hits - 1]) o->flags |= WS_FLAG_REBOUND;
    if (gap_now > cell->limit) {
        observer_end(o, run, t, gap_now, WS_STATUS_DIVERGED);
        return 1;
    }
    for (int e = o->hits; e < run->eps_count; e++) {
        if (!(gap_now <= eps[e])) {
            /* the ladder descends: the run below this eps and all further ones is broken */
            if (cell->hold > 1)
                for (int later = e; later < run->eps_count; later++) o->since[later] = WS_NEVER;
            break;
        }
        if (o->since[e] == WS_NEVER) o->since[e] = t;
        if (t - o->since[e] + 1 < cell->hold) continue;
        out->hit[row * run->eps_count + e] = o->since[e];
        o->hits = e + 1;
        o->reached_at = t;
    }
    *hits_now = o->hits - before;
    return 0;
}

/* eta * sharpness <= 2 (or what the method allows) follows already from the bound that the objective knows */
FN int observer_bound_allows(const ws_cell *cell, double eta, double gap_now)
{
    const ws_problem *problem = cell->problem;
    double limit = step_limit(cell, eta);
    if (!gap_is_finite(limit)) return 1; /* none is known */
    if (!(problem->K0 >= 0.0)) return 0;
    double bound = problem->K0;
#ifndef OBJECTIVE_K_IS_ZERO
    if (problem->K > 0.0) bound += problem->K * scalar_pow(gap_now, problem->rho);
#else
    (void)gap_now;
#endif
    return eta * bound <= limit;
}

/* 2 / bend, a little less, so that it stays true when it is rounded. */
FN double longest_step(double bend) { return bend > 0.0 ? (1.0 - 0x1p-20) * 2.0 / bend : lane_f64(infinity_f64(), 0); }

/* Up to this step size a hit is stable, by the bound that the objective knows, whatever gap and cell; -1: that cannot be said. */
FN double observer_calm_step(const ws_problem *problem)
{
#if WS_AVERAGED || defined(METHOD_HAS_NO_LIMIT)
    (void)problem;
    return lane_f64(infinity_f64(), 0);
#elif defined(METHOD_HAS_LIMIT)
    (void)problem;
    return -1.0;
#else
    return problem->K0 >= 0.0 && !(problem->K > 0.0) ? longest_step(problem->K0) : -1.0;
#endif
}

#ifdef OBJECTIVE_CONTRACTS
/* Up to this step size no step makes a coordinate larger (OBJECTIVE_CONTRACTS). */
FN double observer_contracting_step(const ws_problem *problem) { return problem->K0 >= 0.0 ? longest_step(OBJECTIVE_CONTRACTS * problem->K0) : -1.0; }
#endif

/* A step from x_t that changes no coordinate means that none will: eta never rises again and a smaller one moves even less. */
FN int observer_may_stall(const observer *o, const ws_kernel_run *run, long long t)
{
    int pending = o->hits < run->eps_count && o->since[o->hits] != WS_NEVER;
    return NOISE_NONE && !((double)t < o->falling) && !pending && !(o->hits == run->eps_count && run->eps_count > 0);
}
/* The end of one that stands still: the gaps to come are all the present one. */
FN void observer_end_stalled(observer *o, const ws_kernel_run *run, long long t, double gap_now)
{
    for (; o->next_gap_at < run->gap_at_count && run->gap_at[o->next_gap_at] <= o->job.cell->steps; o->next_gap_at++)
        o->job.out->gap_at[o->job.row * run->gap_at_count + o->next_gap_at] = gap_now;
    observer_end(o, run, t, gap_now, WS_STATUS_STALLED);
#ifdef WS_TRACED
    for (int p = o->next_trace; (WS_TRACED & WS_TRACED_GAP) && p < run->trace_count && run->trace_at[p] <= o->job.cell->steps; p++)
        put_traced(o->job.out, 0, o->job.row * run->trace_count + p, gap_now);
#endif
}

/* The ends that follow after a hit's flags are known: all hit and run on long enough, or the cap. Returns 1 when ended. */
FN int observer_finish(observer *o, const ws_kernel_run *run, long long t, double gap_now)
{
    const ws_cell *cell = o->job.cell;
    int all = o->hits == run->eps_count && run->eps_count > 0;
    if (all && t - o->reached_at >= cell->run_on)
        observer_end(o, run, t, gap_now, WS_STATUS_REACHED);
    else if (t >= cell->steps)
        observer_end(o, run, t, gap_now, all ? WS_STATUS_REACHED : WS_STATUS_BUDGET);
    else
        return 0;
    return 1;
}
#endif
