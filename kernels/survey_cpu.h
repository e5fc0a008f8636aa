/* survey_cpu.h: what a closed-loop rule or a noise sees at x_t (seen.h), of one column of a coupled block, and the step size and the size of
 * the noise that follow from it. */
#ifndef WS_SURVEY_CPU_H
#define WS_SURVEY_CPU_H

enum { WS_LOOKS = WS_W == 1 ? WS_LANES64 : WS_LANES, WS_LOOKS64 = WS_LOOKS / WS_LANES64 };

/* of the slots of a column, as float64; W = 1: the first one counts */
typedef struct looks {
    double gap[WS_LOOKS], gradient[WS_LOOKS], state[WS_LOOKS], sharpness[WS_LOOKS];
} __attribute__((aligned(64))) looks;

FN seen seen_of(const looks *l, int j)
{
    seen at;
    at.gap = ((const f64 *)l->gap)[j];
    at.gradient = ((const f64 *)l->gradient)[j];
    at.state = ((const f64 *)l->state)[j];
    at.sharpness = ((const f64 *)l->sharpness)[j];
    return at;
}
FN void widen(real from, double *to)
{
    for (int i = 0; i < (WS_W == 1 ? 1 : WS_LANES); i++) to[i] = (double)get_lane(&from, i);
}
/* Numbers of a column's slots, rounded. */
FN real narrow(const double *from)
{
    return WS_W == 1 ? R((scalar_real)from[0]) : round_to_real((const f64 *)from);
}

#if WS_SEES
/* The gradient of slot j of group g, at x; `whole`: that of the point, where it is made as one. */
FN real gradient_of(const block *b, int g, int j, constants k, real x, const sums *total, const real *whole)
{
    (void)whole;
#if WS_WHOLE
    return slope_in(whole, g, j);
#elif WS_KEEPS_GRADIENT
    return b->slope[g * WS_K + j];
#else
    return gradient(b->c[g * WS_K + j], k, x, *total);
#endif
}
/* The survey of a column at iteration s. `noisy`: of the gradient that the step takes. */
static void take_survey(block *b, const real *x, int s, int column, const sums *total, int noisy, looks *l)
{
    real sum[2][WS_MANY], bend = R(0.0f);
#if WS_WHOLE
    real room[WS_DIM];
    const real *whole = gradient_of_point(constants_of(b, column), total, room);
#else
    const real *whole = 0;
#endif
    for (int part = 0; part < WS_MANY; part++) {
        int g = part * WS_COLUMNS + column;
        survey p = no_survey();
        lane_values v = values_at(b, g, s);
        const real *noise = noise_of(b, g, s);
        for (int k = 0; k < WS_K; k++) {
            const int at = g * WS_K + k;
            const real slope = WS_SEES & SEES_GRADIENT ? gradient_of(b, g, k, v.k, x[at], total, whole) : R(0.0f);
            survey_along(k == WS_K - 1, b->c[at], &v, x[at], slope, *total, noisy, noisy && !NOISE_NONE ? noise[k] : R(0.0f), &p);
        }
        sum[0][part] = p.sum[0];
        sum[1][part] = p.sum[1];
        bend = SEL(LT(bend, p.curvature), p.curvature, bend);
    }
    if (WS_W == 1)
        for (int i = 1; i < WS_LANES; i++)
            if (get_lane(&bend, i) > get_lane(&bend, 0)) set_lane(&bend, 0, get_lane(&bend, i));
    widen(fold_values(sum[0], WS_MANY), l->gradient);
    widen(fold_values(sum[1], WS_MANY), l->state);
    if (WS_SEES & SEES_SHARPNESS) widen(sharpness(constants_of(b, column), *total, bend), l->sharpness);
}
#endif

#include "trial_cpu.h"

/* Size of the noise and step size of a column at iteration s, where they depend on x. */
FN void look_around(block *b, const real *x, int s, int column, const sums *total)
{
#if defined(WS_FEEDBACK) || NOISE_SEES
    looks l;
    double result[WS_LOOKS] __attribute__((aligned(64)));
    __builtin_memset(&l, 0, sizeof l);
    widen(gap(constants_of(b, column), *total), l.gap);
#endif
#if NOISE_SEES
    f64 size[NOISE_PARAMETERS];
    take_survey(b, x, s, column, total, 0, &l);
    for (int j = 0; j < WS_LOOKS64; j++) {
        for (int q = 0; q < NOISE_PARAMETERS; q++) size[q] = b->noise_size[q][column * WS_LOOKS64 + j];
        ((f64 *)result)[j] = noise_level(seen_of(&l, j), size);
    }
    b->level_at[s * WS_COLUMNS + column] = narrow(result);
#endif
#ifdef WS_FEEDBACK
    f64 p[WS_SCHEDULE_PARAMETERS + 1];
#if FEEDBACK_SEES
    take_survey(b, x, s, column, total, 1, &l);
#endif
    for (int j = 0; j < WS_LOOKS64; j++) {
        for (int q = 0; q < WS_SCHEDULE_PARAMETERS; q++) p[q] = b->schedule[q][column * WS_LOOKS64 + j];
#if WS_RAMP
        f64 ramp = WS_W == 1 ? F64(b->ramp[s]) : ((const f64 *)(b->ramp + (column * WS_BATCH + s) * WS_LANES))[j];
#else
        f64 ramp = F64(0.0);
#endif
        ((f64 *)result)[j] = schedule_feedback(ramp, seen_of(&l, j), p);
    }
#if FEEDBACK_TRIES
    try_steps(b, x, s, column, total, &l, result);
#endif
    b->eta[s * WS_COLUMNS + column] = narrow(result);
#endif
    (void)b;
    (void)x;
    (void)s;
    (void)column;
    (void)total;
}
#endif
