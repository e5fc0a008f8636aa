/* team_cuda.h: what the threads of a team and of a unit do together (mapping_cuda.h): wait, vote, fold, hand values around.
 *
 * Every function here is called by all threads of a unit at once. Shared memory of a unit, in this order: partial sums, step sizes,
 * numbers of the method, exchange buffers, a small board (P > 32), the two states. Where something is written that others read, a barrier stands between; what was
 * read may be written again without one, because threads vote at least once in between (any_in_team, any_in_unit). */
#ifndef WS_TEAM_CUDA_H
#define WS_TEAM_CUDA_H

/* Best and peak gap of the iterations that a thread looked at, with the first iteration of each. */
typedef struct extremes {
    real best, peak;
    long long best_at, peak_at;
    int flushed; /* the tiny-value rule acted */
} extremes;

/* Where the warps of a block leave values for one another. */
typedef struct board {
    extremes of_warp[WS_P > 32 ? WS_P / 32 : 1];
    scalar_real largest[WS_P > 32 ? WS_P / 32 : 1];
    int value;
} board;

/* What a thread knows of its team. */
typedef struct team {
    const ws_cuda_launch *launch;
    observer *o;             /* in the slot's memory */
    const scalar_real *c;    /* coefficients [C][d] */
    scalar_real *home;       /* state: home[now * home_step + i] */
    long long home_step;
    long long plane_step;    /* states: home[now * home_step + (1 + state) * plane_step + i] */
    scalar_real *partial;    /* this thread's column: [WS_SUMS][16][WS_FOLD_STRIDE]: sums of what is looked at, then those of x if they stand apart */
    scalar_real *total;      /* the team's first column: totals of the 16 iterations stand there when they are folded */
    scalar_real *eta;        /* eta[s * WS_TEAMS] */
    scalar_real *number;     /* of the method: number[(s * WS_NUMBERS + q) * WS_TEAMS] */
    scalar_real *level_at;   /* NOISE_SEES: size of the noise, [s * WS_TEAMS] */
    scalar_real *trials_at;  /* FEEDBACK_TRIES: number of trials, [s * WS_TEAMS] */
    scalar_real *exchange;   /* P > 32: [2][WS_FOLDS][P] */
    struct board *board;     /* P > 32 */
    int p;                   /* thread of the team */
    int shift;               /* of the team's first lane in its warp */
    int now;                 /* which state is the present one */
    int live, more;          /* runs a trajectory; the queue may have another */
    long long t;             /* iteration of the start of the batch */
    long long due;
    real target, ceiling;
    double eta_until;        /* the 16 step sizes stay from the batch on that starts there */
    double numbers_until;    /* the same of the method's numbers */
    constants k;
#if METHOD_CONSTANTS > 0
    real method[METHOD_CONSTANTS];
#endif
#if !NOISE_NONE
    real level;
    const double *weights;   /* [d] or NULL */
    unsigned replicate, cell_low, cell_high;
#endif
    extremes seen;           /* of the gaps that the observer was not shown */
} team;

/* Slot k of the thread's n-th lane is coordinate p + place_of(n, k). */
FN int lane_of(const team *m, int n) { return n * WS_P + m->p; }
FN int place_of(int n, int k) { return k * WS_L + n * WS_P; }
/* Whether it is one at all: the last slot of a lane may be padding. */
FN int is_coordinate(const team *m, int n, int k) { return !WS_PADDED || k < WS_K - 1 || lane_of(m, n) < WS_DIM - (WS_K - 1) * WS_L; }

FN void sync_unit(void)
{
    if (WS_P > 32) sync_block();
    else if (WS_P > 1) sync_warp();
}
/* Threads have met already in a shuffle or vote, which orders their steps but not their memory. */
FN void order_memory(void)
{
    if (WS_P > 1 && WS_P <= 32) sync_warp();
}
FN int any_in_unit(int predicate)
{
    if (WS_P > 32) return any_in_block(predicate);
    return ballot_warp(predicate) != 0;
}
FN int any_in_team(const team *m, int predicate)
{
    if (WS_P > 32) return any_in_block(predicate);
    if (WS_P == 1) return predicate;
    unsigned mine = WS_P == 32 ? EVERY_LANE : (1u << WS_P % 32) - 1u;
    return ((ballot_warp(predicate) >> m->shift) & mine) != 0;
}
/* The value of the team's first thread. */
FN int from_leader(const team *m, int value)
{
    if (WS_P == 1) return value;
    if (WS_P <= 32) return from_lane(value, m->shift);
    if (m->p == 0) m->board->value = value;
    sync_block();
    return m->board->value;
}

/* The canonical sum of n = 1 ... 64 values that stand `step` apart (fold order: upper half onto lower half). */
template <int N> FN real fold_column(const scalar_real *v, int step)
{
    if constexpr (N == 1) return v[0];
    else return fold_column<N / 2>(v, 2 * step) + fold_column<N / 2>(v + step, 2 * step);
}

/* The same sum in every thread of the team, from one value of each. `turn` alternates between calls. */
FN real fold_team(const team *m, real value, int which, int turn)
{
    if (WS_P > 32) {
        scalar_real *row = m->exchange + (turn * WS_FOLDS + which) * WS_P;
        row[m->p] = value;
        sync_block();
        value = fold_column<(WS_P > 32 ? WS_P / 32 : 1)>(row + m->p % 32, 32);
    }
    for (int n = least(WS_P, 32) / 2; n >= 1; n /= 2) value = value + swap_lanes(value, n);
    return value;
}
/* The largest value of the team, in every thread; a NaN is passed over. */
FN real largest_of_team(const team *m, real value)
{
    for (int n = least(WS_P, 32) / 2; n >= 1; n /= 2) {
        real other = swap_lanes(value, n);
        value = SEL(LT(value, other), other, value);
    }
    if (WS_P <= 32) return value;
    if (m->p % 32 == 0) m->board->largest[m->p / 32] = value;
    sync_block();
    for (int w = 0; w < WS_P / 32; w++) value = SEL(LT(value, m->board->largest[w]), m->board->largest[w], value);
    return value;
}

FN extremes no_extremes(void)
{
    extremes e;
    e.best = R((scalar_real)lane_f64(infinity_f64(), 0));
    e.peak = -e.best;
    e.best_at = e.peak_at = WS_NEVER;
    e.flushed = 0;
    return e;
}
/* The first of equal gaps counts. */
FN void join_extremes(extremes *e, const extremes *other)
{
    int better = other->best < e->best || (other->best == e->best && other->best_at < e->best_at);
    int worse = other->peak > e->peak || (other->peak == e->peak && other->peak_at < e->peak_at);
    e->best = better ? other->best : e->best;
    e->best_at = better ? other->best_at : e->best_at;
    e->peak = worse ? other->peak : e->peak;
    e->peak_at = worse ? other->peak_at : e->peak_at;
    e->flushed |= other->flushed;
}
/* Those of the whole team, in its first thread. */
FN extremes extremes_of_team(const team *m)
{
    extremes e = m->seen;
    for (int n = least(WS_P, 32) / 2; n >= 1; n /= 2) {
        extremes other;
        other.best = swap_lanes(e.best, n);
        other.peak = swap_lanes(e.peak, n);
        other.best_at = swap_lanes(e.best_at, n);
        other.peak_at = swap_lanes(e.peak_at, n);
        other.flushed = swap_lanes(e.flushed, n);
        join_extremes(&e, &other);
    }
    if (WS_P <= 32) return e;
    if (m->p % 32 == 0) m->board->of_warp[m->p / 32] = e;
    sync_block();
    if (m->p == 0)
        for (int w = 1; w < WS_P / 32; w++) join_extremes(&e, &m->board->of_warp[w]);
    return e;
}
#endif
