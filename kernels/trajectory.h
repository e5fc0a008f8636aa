/* trajectory.h: the mathematics of a trajectory, written once for every machine:  x_{t+1} = x_t - eta_t g_t, or what a
 * method makes of the gradient (method.h).
 *
 * The constants of a kernel come first, as #define lines: WS_PRECISION, WS_DIM (d), WS_L (lanes L), WS_OBJECTIVE, WS_METHOD,
 * WS_NOISE, WS_WARMUP and WS_DECAY or WS_FEEDBACK, ... Coordinate i belongs to lane i mod L and is its slot i div L; a lane adds
 * its K = ceil(d / L) coordinates in ascending order; lanes are folded upper half onto lower half. This order of operations is
 * the bit contract and the same in every mapping; which SIMD lane or thread holds a trajectory's lane is not.
 *
 * Iterations go in batches of WS_BATCH = 16, because the tiny-value rule acts at iterations that are multiples of 16.
 * Uncoupled (separable objective, open-loop schedule, so that no coordinate waits for a sum): a lane may run a whole batch with its
 * coordinates in registers and leave one partial sum per iteration; fold and stop rule follow once a batch.
 * Coupled: sums are folded at every iteration before the step; so are those that a closed-loop rule or a noise looks at.
 * The loops over slots and iterations are each engine's own. */
#ifndef WS_TRAJECTORY_H
#define WS_TRAJECTORY_H

#include "lanes.h"
#include "record.h"
#include "math.h"
#include "random.h"

#include "objective.h"
#include "tiny.h"
#include "method.h"
#include "seen.h"
#include WS_NOISE
#include "schedule.h"

#ifndef NOISE_ROWS
#define NOISE_ROWS 0
#elif !defined(OBJECTIVE_HAS_ROWS)
#error "a noise that draws rows needs an objective that has some"
#endif

#if defined(WS_FEEDBACK) || NOISE_SEES
#define WS_COUPLED 1
#else
#define WS_COUPLED OBJECTIVE_COUPLED
#endif

/* Where a step waits for the sums of x and the gap is that of an average, there are two sets of sums: those of x, then those of the average. */
#define WS_SUMS_APART (WS_AVERAGED && WS_COUPLED)
#define WS_SUMS (OBJECTIVE_SUMS * (1 + WS_SUMS_APART))

/* What a lane needs beside its coordinates. */
typedef struct lane_values {
    constants k;
#if WS_PADDED
    mask last; /* true: the last slot is a coordinate */
#endif
#if !NOISE_NONE
    real level; /* size of the noise */
    random_position at; /* iteration: of the start of the batch */
#endif
#if METHOD_CONSTANTS > 0
    real method[METHOD_CONSTANTS];
#endif
} lane_values;

FN const real *method_constants_of(const lane_values *v)
{
#if METHOD_CONSTANTS > 0
    return v->method;
#else
    (void)v;
    return 0;
#endif
}

/* value, and 0 where the last slot of a lane is padding */
FN real unless_padding(int last, const lane_values *v, real value)
{
#if WS_PADDED
    return last ? SEL(v->last, value, R(0.0f)) : value;
#else
    (void)last;
    (void)v;
    return value;
#endif
}

/* One step of a slot along its gradient g; `last`: it is the last one of its lane, which may be padding. `noise` is the slot's random number,
 * already scaled by the coordinate's weight; state [WS_STATES] of the coordinate; number [WS_NUMBERS] of the iteration. */
FN real step_along(int last, const lane_values *v, real x, real g, real eta, real noise, real *state, const real *number)
{
#if !NOISE_NONE
    g = noise_gradient(g, v->level, noise);
#else
    (void)noise;
#endif
    real next = take_step(x, g, eta, state, method_constants_of(v), number);
    for (int q = 0; q < WS_STATES; q++) state[q] = unless_padding(last, v, state[q]);
    return unless_padding(last, v, next);
}
FN real step_slot(int last, coefficients c, const lane_values *v, real x, sums total, real eta, real noise, real *state, const real *number)
{
#ifdef OBJECTIVE_HAS_STEP /* makes the step of gradient descent itself: the method is that, without a noise */
    ASSERT_STATIC(WS_STATES == 0, an_objective_that_makes_the_step_has_no_states_beside_x);
    (void)total;
    (void)noise;
    (void)state;
    (void)number;
    return unless_padding(last, v, objective_step(c, v->k, x, eta));
#else
    return step_along(last, v, x, gradient(c, v->k, x, total), eta, noise, state, number);
#endif
}

/* Noise of `NOISE_SPAN` iterations from step on, [NOISE_SPAN][count], of slots first ... first + count - 1: all K of them, or, where the noise can draw them
 * apart and NOISE_SPAN is 1, some from a multiple of NOISE_GRAIN on. weights [K] are the coordinates' relative sizes. */
FN void draw_noise(const random_key *key, const lane_values *v, const real *weights, unsigned step, int first, int count, real *noise)
{
#if !NOISE_NONE
#ifdef NOISE_GRAIN
    if (count < WS_K) noise_draw_slots(key, v->at, step, first, count, noise);
    else
#endif
        noise_draw(key, v->at, step, noise);
#if WS_NOISE_WEIGHTS
    for (int s = 0; s < NOISE_SPAN; s++)
        for (int j = 0; j < count; j++) noise[s * count + j] = weights[first + j] * noise[s * count + j];
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
    (void)first;
    (void)count;
}

/* Noise [K] of iteration `step` of the batch alone, where it is seldom drawn. */
FN void draw_noise_alone(const random_key *key, const lane_values *v, const real *weights, unsigned step, real *noise)
{
#ifdef NOISE_ALONE
    noise_draw_alone(key, v->at, step, noise);
    for (int k = 0; WS_NOISE_WEIGHTS && k < WS_K; k++) noise[k] = weights[k] * noise[k];
    (void)weights;
#else
    real drawn[NOISE_SPAN * WS_K];
    draw_noise(key, v, weights, step - step % NOISE_SPAN, 0, WS_K, drawn);
    for (int k = 0; !NOISE_NONE && k < WS_K; k++) noise[k] = drawn[step % NOISE_SPAN * WS_K + k];
#endif
}

/* `complete` for the step at iteration `step` of the batch: with a noise that draws rows the gradient is that of those. */
FN void complete_step(const random_key *key, const lane_values *v, unsigned step, sums *s)
{
#if NOISE_ROWS
    real share[OBJECTIVE_ROWS];
    noise_rows(key, v->at, step, v->level, share);
    complete_sampled(v->k, s, share, v->level);
#else
    (void)key;
    (void)step;
    complete(v->k, s);
#endif
}

#ifdef WS_TRACED
#define WS_TRACED_OF_STATE (WS_TRACED & (WS_TRACED_GRADIENT_NORM | WS_TRACED_SHARPNESS | WS_TRACED_EDGE))
#define WS_TRACED_CURVATURE (WS_TRACED & (WS_TRACED_SHARPNESS | WS_TRACED_EDGE))
/* What a point of the trace needs of the state, of one lane. */
typedef struct traced {
    real square;    /* |g|^2 of the exact gradient: to be folded as the objective's sums are */
    real curvature; /* the largest: the order does not matter, a NaN is passed over */
} traced;
FN traced no_traced(void)
{
    traced t;
    t.square = t.curvature = R(0.0f);
    return t;
}
FN void trace_slot(int last, coefficients c, const lane_values *v, real x, sums total, traced *t)
{
    real g = R(0.0f), bend = R(0.0f);
    if (WS_TRACED & WS_TRACED_GRADIENT_NORM) g = gradient(c, v->k, x, total);
    if (WS_TRACED_CURVATURE) bend = curvature(c, v->k, x, total);
    g = unless_padding(last, v, g);
    bend = unless_padding(last, v, bend);
    t->square = FMA(g, g, t->square);
    t->curvature = SEL(LT(t->curvature, bend), bend, t->curvature);
}
#else
#define WS_TRACED_OF_STATE 0
#endif

#define WS_SEES (FEEDBACK_SEES | NOISE_SEES)
#if WS_SEES
/* What a closed-loop rule or a noise looks at (seen.h), of one lane. */
typedef struct survey {
    real sum[2];    /* |g|^2, |x|^2: to be folded as the objective's sums are */
    real curvature; /* the largest: the order does not matter, a NaN is passed over */
} survey;
FN survey no_survey(void)
{
    survey s;
    s.sum[0] = s.sum[1] = s.curvature = R(0.0f);
    return s;
}
/* One slot, of gradient g; `noisy`: with the noise, `noise` being the slot's random number as step_slot takes it. */
FN void survey_along(int last, coefficients c, const lane_values *v, real x, real g, sums total, int noisy, real noise, survey *s)
{
    real bend = R(0.0f);
    if (WS_SEES & SEES_SHARPNESS) bend = curvature(c, v->k, x, total);
#if !NOISE_NONE
    if (noisy && (WS_SEES & SEES_GRADIENT)) g = noise_gradient(g, v->level, noise);
#else
    (void)noisy;
    (void)noise;
#endif
    g = unless_padding(last, v, g);
    bend = unless_padding(last, v, bend);
    s->sum[0] = FMA(g, g, s->sum[0]);
    s->sum[1] = FMA(x, x, s->sum[1]);
    s->curvature = SEL(LT(s->curvature, bend), bend, s->curvature);
}
FN void survey_slot(int last, coefficients c, const lane_values *v, real x, sums total, int noisy, real noise, survey *s)
{
    survey_along(last, c, v, x, WS_SEES & SEES_GRADIENT ? gradient(c, v->k, x, total) : R(0.0f), total, noisy, noise, s);
}
#endif
#endif
