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

FN double scalar_pow(double x, double y) { return lane_f64(pow_f64(F64(x), F64(y)), 0); }

#include WS_OBJECTIVE
#include WS_METHOD
#include WS_NOISE
#include "schedule.h"

#ifdef WS_FEEDBACK
#define WS_COUPLED 1
#else
#define WS_COUPLED OBJECTIVE_COUPLED
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
    mask tiny = LT(ABS(x), R(WS_TINY));
    *flushed = OR(*flushed, AND(tiny, NOT(EQ(x, R(0.0f)))));
    return SEL(tiny, R(0.0f), x);
}

/* One step of slot k. `noise` is the slot's random number, already scaled by the coordinate's weight. */
FN real step_slot(int k, coefficients c, const lane_values *v, real x, sums total, real eta, real noise)
{
    real g = gradient(c, v->k, x, total);
#if !NOISE_NONE
    g = noise_gradient(g, v->sigma, noise);
#else
    (void)noise;
#endif
    real next = method_step(x, g, eta);
#if WS_PADDED
    if (k == WS_K - 1) next = SEL(v->last, next, R(0.0f));
#else
    (void)k;
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
/* Runs `count` iterations (at most WS_BATCH, a multiple of NOISE_SPAN unless count is the last) of the slots x[n][K] of `values` interleaved groups of lanes.
 * Iteration s of group n uses eta[s * eta_stride + n] and leaves its partial sums of x *before* the step in
 * out[(s * out_stride + n) * OBJECTIVE_SUMS ...]. flushed[n] and moved[n] say where the tiny-value rule acted and which lanes
 * changed in the first step. */
FN void advance(real *RESTRICT x, const coefficients *RESTRICT c, const lane_values *v, const real *weights,
                const random_key *key, int values, int count, const real *eta, int eta_stride, real *RESTRICT out,
                int out_stride, mask *flushed, mask *moved)
{
#if NOISE_NONE
    (void)weights;
    (void)key;
#else
    real noise[WS_GROUPS][NOISE_SPAN * WS_K];
#endif
    for (int n = 0; n < values; n++)
        for (int k = 0; k < WS_K; k++) x[n * WS_K + k] = flush_tiny(x[n * WS_K + k], &flushed[n]);
    for (int s = 0; s < count; s++) {
#if !NOISE_NONE
        if (s % NOISE_SPAN == 0)
            for (int n = 0; n < values; n++) draw_noise(key, &v[n], weights + n * WS_K, (unsigned)s, noise[n]);
#endif
        sums partial[WS_GROUPS];
        mask changed[WS_GROUPS];
        for (int n = 0; n < values; n++) {
            partial[n] = no_sums();
            changed[n] = LT(R(0.0f), R(0.0f));
        }
        for (int k = 0; k < WS_K; k++)
            for (int n = 0; n < values; n++) {
                real here = x[n * WS_K + k];
                accumulate(c[n * WS_K + k], v[n].k, here, &partial[n]);
#if NOISE_NONE
                real next = step_slot(k, c[n * WS_K + k], &v[n], here, partial[n], eta[s * eta_stride + n], R(0.0f));
                if (s == 0) changed[n] = OR(changed[n], NOT(EQ(next, here)));
#else
                real next = step_slot(k, c[n * WS_K + k], &v[n], here, partial[n], eta[s * eta_stride + n],
                                      noise[n][s % NOISE_SPAN * WS_K + k]);
#endif
                x[n * WS_K + k] = next;
            }
        for (int n = 0; n < values; n++) {
            if (s == 0) moved[n] = changed[n];
            for (int i = 0; i < OBJECTIVE_SUMS; i++)
                out[(s * out_stride + n) * OBJECTIVE_SUMS + i] = ((real *)&partial[n])[i];
        }
    }
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
        real next = step_slot(k, c[k], v, here, total, eta, NOISE_NONE ? R(0.0f) : noise[k]);
        moved = OR(moved, NOT(EQ(next, here)));
        to[k] = next;
    }
    return moved;
}
#endif
#endif
