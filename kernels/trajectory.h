/* trajectory.h: the mathematics of a trajectory, written once for every machine:  x_{t+1} = x_t - eta_t g_t.
 *
 * The constants of a kernel come first, as #define lines: WS_PRECISION, WS_DIM (d), WS_L (lanes L), WS_OBJECTIVE, WS_METHOD,
 * WS_NOISE, WS_WARMUP and WS_DECAY or WS_FEEDBACK, ... Coordinate i belongs to lane i mod L and is its slot i div L; a lane adds
 * its K = ceil(d / L) coordinates in ascending order; lanes are folded upper half onto lower half. This order of operations is
 * the bit contract and the same in every mapping; which SIMD lane or thread holds a trajectory's lane is not.
 *
 * Iterations go in batches of WS_BATCH = 16, because the tiny-value rule acts at iterations that are multiples of 16.
 * Uncoupled (separable objective, open-loop schedule, so that no coordinate waits for a sum): a lane runs a whole batch with its
 * coordinates in registers and leaves one partial sum per iteration; fold and stop rule follow once a batch.
 * Coupled: sums are folded at every iteration before the step. */
#ifndef WS_TRAJECTORY_H
#define WS_TRAJECTORY_H

#include "lanes.h"
#include "record.h"
#include "math.h"
#include "random.h"

#include "objective.h"
#include WS_METHOD
#include WS_NOISE
#include "schedule.h"

#ifdef WS_FEEDBACK
#define WS_COUPLED 1
#else
#define WS_COUPLED OBJECTIVE_COUPLED
#endif

/* Slots that run a batch in registers together; noise is drawn for a whole lane at once. */
#if NOISE_NONE && WS_SLOTS_WANTED < WS_K
#define WS_SLOTS WS_SLOTS_WANTED
#else
#define WS_SLOTS WS_K
#endif

/* What a lane needs beside its coordinates. */
typedef struct lane_values {
    constants k;
#if WS_PADDED
    mask last; /* true: the last slot is a coordinate */
#endif
#if !NOISE_NONE
    real sigma;
    random_position at; /* iteration: of the start of the batch */
#endif
} lane_values;

/* The tiny-value rule: 0 < |x| < WS_TINY becomes 0. *flushed gathers where that happened. */
FN real flush_tiny(real x, mask *flushed)
{
    real magnitude = ABS(x);
    mask tiny = LT(magnitude, R(WS_TINY));
    *flushed = OR(*flushed, AND(tiny, LT(R(0.0f), magnitude)));
    return SEL(tiny, R(0.0f), x);
}

/* One step of a slot; `last`: it is the last one of its lane, which may be padding. `noise` is the slot's random number, already
 * scaled by the coordinate's weight. */
FN real step_slot(int last, coefficients c, const lane_values *v, real x, sums total, real eta, real noise)
{
    real g = gradient(c, v->k, x, total);
#if !NOISE_NONE
    g = noise_gradient(g, v->sigma, noise);
#else
    (void)noise;
#endif
    real next = method_step(x, g, eta);
#if WS_PADDED
    if (last) next = SEL(v->last, next, R(0.0f));
#else
    (void)last;
    (void)v;
#endif
    return next;
}

/* Noise of `NOISE_SPAN` iterations from step on, [NOISE_SPAN][K]; weights [K] are the coordinates' relative sizes. */
FN void draw_noise(const random_key *key, const lane_values *v, const real *weights, unsigned step, real *noise)
{
#if !NOISE_NONE
    noise_draw(key, v->at, step, noise);
#if WS_NOISE_WEIGHTS
    for (int s = 0; s < NOISE_SPAN; s++)
        for (int k = 0; k < WS_K; k++) noise[s * WS_K + k] = weights[k] * noise[s * WS_K + k];
#else
    (void)weights;
#endif
#else
    (void)key;
    (void)v;
    (void)weights;
    (void)step;
    (void)noise;
#endif
}

FN sums no_sums(void)
{
    sums s;
    for (int i = 0; i < OBJECTIVE_SUMS; i++) ((real *)&s)[i] = R(0.0f);
    return s;
}

#if !WS_COUPLED
/* What a run of iterations of `values` interleaved groups of lanes works on. */
typedef struct advance_view {
    const coefficients *c;     /* [values][K] */
    const lane_values *v;      /* [values] */
    const real *weights;       /* [values][K] */
    const random_key *key;
    int values;
    const real *eta;           /* iteration s of group n: eta[s * eta_stride + n % eta_columns] */
    int eta_stride, eta_columns;
    int out_stride;            /* partial sums of iteration s of group n: out[(s * out_stride + n) * OBJECTIVE_SUMS ...] */
} advance_view;

/* Slots k ... k + size - 1 of every group for a whole batch, kept in registers. `begin`: no sums stand in `out` yet; `last`: the
 * final slot of a lane is among them. */
FN void advance_slots(const advance_view *a, const real *RESTRICT from, real *RESTRICT to, int k, int size, int begin, int last,
                      int count, real *RESTRICT out, mask *flushed, mask *moved)
{
    real x[WS_GROUPS * WS_SLOTS];
    for (int j = 0; j < size; j++)
        for (int n = 0; n < a->values; n++) x[n * WS_SLOTS + j] = flush_tiny(from[n * WS_K + k + j], &flushed[n]);
#if !NOISE_NONE
    real noise[WS_GROUPS * NOISE_SPAN * WS_K];
#endif
    for (int s = 0; s < count; s++) {
        sums partial[WS_GROUPS];
        for (int n = 0; n < a->values; n++) {
            partial[n] = no_sums();
            for (int i = 0; !begin && i < OBJECTIVE_SUMS; i++)
                ((real *)&partial[n])[i] = out[(s * a->out_stride + n) * OBJECTIVE_SUMS + i];
        }
#if !NOISE_NONE
        if (s % NOISE_SPAN == 0)
            for (int n = 0; n < a->values; n++)
                draw_noise(a->key, &a->v[n], a->weights + n * WS_K, (unsigned)s, noise + n * NOISE_SPAN * WS_K);
#endif
        for (int j = 0; j < size; j++)
            for (int n = 0; n < a->values; n++) {
                real here = x[n * WS_SLOTS + j];
                const coefficients c = a->c[n * WS_K + k + j];
                accumulate(c, a->v[n].k, here, &partial[n]);
#if NOISE_NONE
                real drawn = R(0.0f);
#else
                real drawn = noise[(n * NOISE_SPAN + s % NOISE_SPAN) * WS_K + k + j];
#endif
                real next = step_slot(last && j == size - 1, c, &a->v[n], here, partial[n],
                                      a->eta[s * a->eta_stride + n % a->eta_columns], drawn);
                if (s == 0) moved[n] = OR(moved[n], NOT(EQ(next, here)));
                x[n * WS_SLOTS + j] = next;
            }
        for (int n = 0; n < a->values; n++)
            for (int i = 0; i < OBJECTIVE_SUMS; i++)
                out[(s * a->out_stride + n) * OBJECTIVE_SUMS + i] = ((real *)&partial[n])[i];
    }
    for (int j = 0; j < size; j++)
        for (int n = 0; n < a->values; n++) to[n * WS_K + k + j] = x[n * WS_SLOTS + j];
}

/* Runs `count` iterations (at most WS_BATCH) from the state `from` to `to`, different memory, both [values][K]. The sums are those
 * of x *before* each step. flushed[n] and moved[n] say where the tiny-value rule acted and which lanes changed in the first step.
 *
 * Coordinates do not see each other, so that WS_SLOTS of them run a whole batch in registers before the next ones; the sums of
 * the 16 iterations wait in `out`. A lane's order of additions is that of its coordinates all the same. */
FN void advance(const advance_view *a, const real *RESTRICT from, real *RESTRICT to, int count, real *RESTRICT out, mask *flushed,
                mask *moved)
{
    enum { MORE = (WS_K - 1) / WS_SLOTS * WS_SLOTS };
    for (int n = 0; n < a->values; n++) flushed[n] = moved[n] = LT(R(0.0f), R(0.0f));
    if (MORE > 0)
        for (int s = 0; s < count; s++)
            for (int i = 0; i < a->values * OBJECTIVE_SUMS; i++) out[s * a->out_stride * OBJECTIVE_SUMS + i] = R(0.0f);
    for (int k = 0; k < MORE; k += WS_SLOTS) advance_slots(a, from, to, k, WS_SLOTS, 0, 0, count, out, flushed, moved);
    advance_slots(a, from, to, MORE, WS_K - MORE, MORE == 0, 1, count, out, flushed, moved);
}
#else
/* Coupled: partial sums of one group of lanes ... */
FN sums accumulate_lane(const real *x, const coefficients *c, const lane_values *v)
{
    sums partial = no_sums();
    for (int k = 0; k < WS_K; k++) accumulate(c[k], v->k, x[k], &partial);
    return partial;
}
/* ... and one step of it, from the folded sums. `from` and `to` may be the same. */
FN mask step_lane(const real *from, real *to, const coefficients *c, const lane_values *v, const real *noise, sums total,
                  real eta)
{
    mask moved = LT(R(0.0f), R(0.0f));
    for (int k = 0; k < WS_K; k++) {
        real here = from[k];
        real next = step_slot(k == WS_K - 1, c[k], v, here, total, eta, NOISE_NONE ? R(0.0f) : noise[k]);
        moved = OR(moved, NOT(EQ(next, here)));
        to[k] = next;
    }
    return moved;
}
#endif
#endif
