/* scan_cuda.h: after a batch on a GPU: which of the 16 gaps matter?
 *
 * The gaps are dealt to the team's threads. In an uneventful batch (nothing hit, nothing risen above the ceiling, nothing due) a thread
 * only keeps best and peak of its own gaps. Otherwise the team's first thread shows the gaps that matter to the observer, in order; where
 * it has to know the sharpness inside the batch, or whether the first step moved anything, the whole team visits the batch again. */
#ifndef WS_SCAN_CUDA_H
#define WS_SCAN_CUDA_H

/* Iteration of the batch of the thread's j-th row. */
FN int row_of(const team *m, int j) { return WS_P < WS_BATCH ? j * WS_P + m->p : m->p / WS_ROW_THREADS; }

/* Something happens in this thread's rows. */
FN int sees_event(const team *m, const real *gaps)
{
    int event = m->due < m->t + WS_BATCH;
#pragma unroll
    for (int j = 0; j < WS_ROWS; j++) event |= LE(gaps[j], m->target) | !LE(gaps[j], m->ceiling);
#if NOISE_NONE
    real second; /* the gap of iteration 1, in the thread that has iteration 0 */
    if constexpr (WS_P == 1) second = gaps[1];
    else second = swap_lanes(gaps[0], WS_ROW_THREADS);
    event |= m->p == 0 && gaps[0] == second;
#endif
    return event && m->live;
}

FN void keep_best(team *m, int row, real gap_now)
{
    if (gap_now < m->seen.best) {
        m->seen.best = gap_now;
        m->seen.best_at = m->t + row;
    }
}
FN void keep_peak(team *m, int row, real gap_now)
{
    if (gap_now > m->seen.peak) {
        m->seen.peak = gap_now;
        m->seen.peak_at = m->t + row;
    }
}
FN void keep_extremes(team *m, const real *gaps)
{
    if (WS_P == 1) { /* mostly the gap falls all the way */
        int falls = 1;
#pragma unroll
        for (int j = 1; j < WS_ROWS; j++) falls &= gaps[j] < gaps[j - 1];
        if (falls) {
            keep_best(m, WS_ROWS - 1, gaps[WS_ROWS - 1]);
            keep_peak(m, 0, gaps[0]);
            return;
        }
    }
#pragma unroll
    for (int j = 0; j < WS_ROWS; j++) {
        keep_best(m, row_of(m, j), gaps[j]);
        keep_peak(m, row_of(m, j), gaps[j]);
    }
}

/* Where the showing of a batch stands, in the team's first thread. */
enum { SHOW, HIT, STILL, POINT, DONE };
typedef struct showing {
    int s;       /* iteration of the batch */
    int state;   /* SHOW: next is the gap of s; HIT: its sharpness is awaited; STILL: whether it moved is awaited; POINT: what the trace keeps of s is awaited; DONE */
    real largest; /* the answers */
    int moved;
    visited kept;
    real target, ceiling; /* the observer's: a gap between them before `due` is uneventful */
    long long due;
} showing;

FN void aim_showing(showing *at, const observer *o)
{
    at->target = (scalar_real)o->target;
    at->ceiling = (scalar_real)o->ceiling;
    at->due = o->due;
}

/* What the threads kept, joined to what the observer saw. */
FN void join_observer(observer *o, const extremes *e)
{
    double best = (double)e->best, peak = (double)e->peak;
    if (best < o->best || (best == o->best && e->best_at < o->best_at)) {
        o->best = best;
        o->best_at = e->best_at;
    }
    if (peak > o->peak || (peak == o->peak && e->peak_at < o->peak_at)) {
        o->peak = peak;
        o->peak_at = e->peak_at;
    }
    if (e->flushed) o->flags |= WS_FLAG_UNDERFLOW;
}

/* Shows gaps from s on until the end of the batch, of the trajectory (the observer is not live then), or a question to the team. Best and
 * peak of uneventful gaps stay in registers until the observer is needed. */
FN void show_gaps(team *m, showing *at)
{
    observer *o = m->o;
    const ws_kernel_run *run = &m->launch->run;
#pragma unroll 1
    for (; at->s < WS_BATCH; at->s++) {
        const int s = at->s;
        const long long t = m->t + s;
        const sums total = totals_at(m, s);
        const real here = gap(m->k, total);
        const double gap_now = (double)here;
        int finish = at->state == HIT;
#if WS_TRACED_OF_STATE
        if (at->state == POINT)
            observer_keep_state(o->job.out, o->job.row * run->trace_count + o->next_trace - 1, (double)m->eta[s * WS_TEAMS], (double)SQRT(at->kept.square),
                                (double)sharpness(m->k, total, at->kept.curvature));
#endif
        if (at->state == HIT) {
            real sharp = sharpness(m->k, total, at->largest);
            double eta = (double)m->eta[s * WS_TEAMS];
            if (eta * (double)sharp > step_limit(o->job.cell, eta)) o->flags |= WS_FLAG_UNSTABLE;
        } else if (at->state == SHOW && LE(here, at->ceiling) && !LE(here, at->target) && t < at->due) {
            keep_best(m, s, here);
            keep_peak(m, s, here);
        } else if (at->state == SHOW || at->state == POINT) {
            int hits_now;
#ifdef WS_TRACED
            if (at->state == SHOW && observer_trace(o, run, t, gap_now, (double)m->eta[s * WS_TEAMS]) && WS_TRACED_OF_STATE) {
                at->state = POINT;
                return;
            }
#endif
            join_observer(o, &m->seen);
            m->seen = no_extremes();
            if (observer_see(o, run, t, gap_now, &hits_now)) break;
            finish = 1;
            if (hits_now && !(o->flags & WS_FLAG_UNSTABLE) &&
                !observer_bound_allows(o->job.cell, (double)m->eta[s * WS_TEAMS], gap_now)) {
                at->state = HIT;
                return;
            }
        }
        if (finish) {
            if (observer_finish(o, run, t, gap_now)) break;
            observer_aim(o, run);
            aim_showing(at, o);
        }
        if (s == 0 && at->state != STILL && here == gap(m->k, totals_at(m, 1)) && observer_may_stall(o, run, t)) {
            at->state = STILL;
            return;
        }
        if (at->state == STILL && !at->moved) {
            join_observer(o, &m->seen);
            observer_end_stalled(o, run, t, gap_now);
            break;
        }
        at->state = SHOW;
    }
    at->state = DONE;
}

/* All threads of a unit: the teams of it that have an `event` show their batch. */
FN void observe_batch(team *m, int event, const sums *total)
{
    observer *o = m->o;
    extremes all = extremes_of_team(m);
#if !WS_COUPLED
    if (m->p % WS_ROW_THREADS == 0)
        for (int j = 0; j < WS_ROWS; j++)
            for (int q = 0; q < OBJECTIVE_SUMS; q++)
                m->total[(q * WS_BATCH + row_of(m, j)) * WS_FOLD_STRIDE] = ((const real *)&total[j])[q];
    sync_unit();
#endif
    showing at;
#if WS_TRACED_OF_STATE
    int turn = 0;
#endif
    at.kept = not_visited();
    at.s = at.moved = 0;
    at.largest = R(0.0f);
    at.state = event ? SHOW : DONE;
    at.target = m->target;
    at.ceiling = m->ceiling;
    at.due = m->due;
    if (event) {
        m->seen = no_extremes();
        if (m->p == 0) join_observer(o, &all);
    }
    for (;;) {
        if (m->p == 0 && at.state != DONE) show_gaps(m, &at);
        int asked = from_leader(m, at.state != DONE ? at.s + (at.state == STILL) : -1);
        if (!any_in_unit(asked >= 0)) break;
        real largest = R(0.0f);
        visited kept = not_visited();
        int moved = asked >= 0 ? visit_again(m, asked, &largest, &kept) : 0;
        at.largest = largest_of_team(m, largest);
#if WS_TRACED_OF_STATE /* between two largest numbers stands the barrier of a fold */
        at.kept.square = fold_team(m, kept.square, 0, turn);
        at.kept.curvature = largest_of_team(m, kept.curvature);
        turn ^= 1;
#endif
        at.moved = any_in_team(m, moved);
    }
    order_memory(); /* what the first thread wrote is seen by all */
    if (!event) return;
    m->live = o->live;
    m->target = (scalar_real)o->target;
    m->ceiling = (scalar_real)o->ceiling;
    m->due = o->due;
}
#endif
