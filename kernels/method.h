/* method.h: what a step makes of the gradient, and the numbers that it keeps of a coordinate beside x:
 *
 *     x_{t+1} = x_t - eta_t d_t,   d_t = method_direction(x_t, g_t, state)
 *
 * A method (method/, docs/extending.md) is the direction and METHOD_STATES numbers a coordinate, all 0 at t = 0. It knows METHOD_CONSTANTS
 * of a trajectory and METHOD_NUMBERS of an iteration: functions of its parameters and of t alone, computed in float64 and rounded once.
 * Two more uses of such states are for every method:
 * WS_AVERAGE (average/): a_{t+1} = a_t + w_{t+1} (x_{t+1} - a_t), a_0 = x_0; the gap, and with it every outcome, is that of a_t.
 * WS_COMPENSATED: x and what its rounding lost (Kahan): lost' = c - (x' - x), c = lost - eta d, x' = x + c.
 *
 * The states of a coordinate stand in this order: those of the method, what was lost, the average. */
#ifndef WS_METHOD_H
#define WS_METHOD_H

#include "never.h"

/* 1, 0, -1, or the NaN */
FN real sign_of(real g)
{
    real sign = SEL(LT(R(0.0f), g), R(1.0f), SEL(LT(g, R(0.0f)), R(-1.0f), R(0.0f)));
    return SEL(EQ(g, g), sign, g);
}

/* beta^(t+1), t = start + s: a power for all iterations of a batch (start is a multiple of 16), then s + 1 products. */
FN f64 power_after(f64 beta, f64 start, int s)
{
    f64 power = pow_f64(beta, start);
    for (int i = 0; i <= s; i++) power = power * beta;
    return power;
}

#include WS_METHOD

#ifndef METHOD_PARAMETERS
#define METHOD_PARAMETERS 0
#endif
#ifndef METHOD_STATES
#define METHOD_STATES 0
#endif
#ifndef METHOD_CONSTANTS
#define METHOD_CONSTANTS 0
#endif
#ifndef METHOD_NUMBERS
#define METHOD_NUMBERS 0
#endif

#ifdef WS_AVERAGE
#include WS_AVERAGE
#define WS_AVERAGED 1
#else
#define WS_AVERAGED 0
#define AVERAGE_PARAMETERS 0
#endif
#ifndef WS_COMPENSATED
#define WS_COMPENSATED 0
#endif

enum {
    WS_LOST_STATE = METHOD_STATES,
    WS_AVERAGE_STATE = METHOD_STATES + WS_COMPENSATED,
};
#define WS_STATES (METHOD_STATES + WS_COMPENSATED + WS_AVERAGED)
#define WS_NUMBERS (METHOD_NUMBERS + WS_AVERAGED)
#define WS_STEP_PARAMETERS (METHOD_PARAMETERS + AVERAGE_PARAMETERS)
#define WS_ROOM(n) ((n) > 0 ? (n) : 1) /* for arrays that may be empty */

/* ---- once a trajectory, once an iteration ---- */
FN void step_parameters(const ws_cell *cell, double *p)
{
    for (int i = 0; i < METHOD_PARAMETERS; i++) p[i] = cell->method[i];
    for (int i = 0; i < AVERAGE_PARAMETERS; i++) p[METHOD_PARAMETERS + i] = cell->average[i];
}
FN void step_constants(const double *p, double *c)
{
#if METHOD_CONSTANTS > 0
    method_constants(p, c);
#else
    (void)p;
    (void)c;
#endif
}
/* [WS_NUMBERS] of the step from x_t to x_{t+1}, t = start + s, s = 0 ... 15 */
FN void step_numbers(f64 start, int s, const f64 *p, f64 *n)
{
#if METHOD_NUMBERS > 0
    method_numbers(start, s, p, n);
#endif
#if WS_AVERAGED
    n[METHOD_NUMBERS] = average_weight(start + F64((double)(s + 1)), p + METHOD_PARAMETERS);
#endif
    (void)start;
    (void)s;
    (void)p;
    (void)n;
}
/* The numbers are the same from this iteration on. */
FN double step_settled(const double *p)
{
    double settled = 0.0;
#if METHOD_NUMBERS > 0
    settled = scalar_larger(settled, method_settled(p));
#endif
#if WS_AVERAGED
    settled = scalar_larger(settled, average_settled(p + METHOD_PARAMETERS));
#endif
    (void)p;
    return settled;
}
/* A step from here on that changes neither x nor a state means that none will, as long as eta does not rise. (The weight of an average never
 * rises.) */
FN double step_steady(const ws_cell *cell)
{
#if METHOD_NUMBERS > 0
    return method_settled(cell->method);
#else
    (void)cell;
    return 0.0;
#endif
}
/* The largest eta * sharpness at which the method is stable on a quadratic; infinite: not known, or not of the point that is looked at. */
FN double step_limit(const ws_cell *cell, double eta)
{
#if WS_AVERAGED || defined(METHOD_HAS_NO_LIMIT)
    (void)cell;
    (void)eta;
    return lane_f64(infinity_f64(), 0);
#elif defined(METHOD_HAS_LIMIT)
    return method_limit(cell->method, eta);
#else
    (void)cell;
    (void)eta;
    return 2.0;
#endif
}

/* ---- once a coordinate ---- */
FN real take_step(real x, real g, real eta, real *state, const real *constant, const real *number)
{
    real d = method_direction(x, g, state, constant, number);
#if WS_COMPENSATED
    real change = FNMA(eta, d, state[WS_LOST_STATE]);
    real next = x + change;
    state[WS_LOST_STATE] = change - (next - x);
#else
    real next = FNMA(eta, d, x);
#endif
#if WS_AVERAGED
    real weight = number[METHOD_NUMBERS], before = state[WS_AVERAGE_STATE];
    state[WS_AVERAGE_STATE] = SEL(EQ(weight, R(1.0f)), next, FMA(weight, next - before, before));
#endif
    return next;
}

/* The coordinate whose gap is looked at. */
FN real observed(real x, const real *state)
{
#if WS_AVERAGED
    (void)x;
    return state[WS_AVERAGE_STATE];
#else
    (void)state;
    return x;
#endif
}

/* The tiny-value rule for the states of a coordinate: the average as x; the others far below that, and without a flag. */
FN void flush_states(real *state, mask *flushed)
{
    for (int q = 0; q < WS_AVERAGE_STATE; q++)
        state[q] = SEL(LT(ABS(state[q]), R(WS_TINY_STATE)), R(0.0f), state[q]);
#if WS_AVERAGED
    state[WS_AVERAGE_STATE] = flush_tiny(state[WS_AVERAGE_STATE], flushed);
#else
    (void)state;
    (void)flushed;
#endif
}
#endif
