/* schedule.h: the step size eta_t, in float64 whatever the precision of the state. One of four forms:
 *
 * Ramp (WS_WARMUP, WS_DECAY): eta_t = peak * phi_t * decay(t), with phi_t = initial + (1 - initial) phi(u_t) for t < W and 1 from W
 *   on. WS_WARMUP_CONVENTION says what u_t is: 0: t / W (transformers, optax, PyTorch), 1: (t + 1) / W (Kalra & Barkeshli),
 *   2: (t + 1) / (W + 1) (torchtitan), 3: t / (W - 1) (transformers, one of its schedules). W = 0 is no warmup in all of them.
 * Open loop (WS_OPEN_LOOP): any other function of t.
 * Closed loop (WS_FEEDBACK): a function of what is seen at x_t; with FEEDBACK_SCALES_RAMP also of the ramp's step size.
 *
 * Values of f64 run over trajectories or over iterations: the caller's choice; the arithmetic is the same. */
#ifndef WS_SCHEDULE_H
#define WS_SCHEDULE_H

#include "seen.h"

#include "never.h"

#ifdef WS_FEEDBACK
#include WS_FEEDBACK
#define RULE_PARAMETERS FEEDBACK_PARAMETERS
#define WS_RAMP FEEDBACK_SCALES_RAMP
#elif defined(WS_OPEN_LOOP)
#include WS_OPEN_LOOP
#define RULE_PARAMETERS OPEN_LOOP_PARAMETERS
#define WS_RAMP 0
#else
#define RULE_PARAMETERS 0
#define WS_RAMP 1
#endif
#ifndef FEEDBACK_SEES
#define FEEDBACK_SEES 0
#endif
#ifndef FEEDBACK_TRIES /* 1: feedback_step_size is the first of step sizes that are tried: feedback_accepts, feedback_next_trial */
#define FEEDBACK_TRIES 0
#endif

#if WS_RAMP
#include "ramp.h"
#else
#define RAMP_PARAMETERS 0
#endif
/* those of the ramp, then those of the rule */
#define WS_SCHEDULE_PARAMETERS (RAMP_PARAMETERS + RULE_PARAMETERS)

#if WS_RAMP || defined(WS_OPEN_LOOP)
#define WS_STEP_SIZES_OF_TIME 1 /* step sizes, or what they are made of, are a function of t alone */
FN f64 schedule_step_size(f64 t, const f64 *p)
{
#if WS_RAMP
    return ramp_step_size(t, p);
#else
    return open_loop_step_size(t, p);
#endif
}
#else
#define WS_STEP_SIZES_OF_TIME 0
#endif
#ifdef WS_FEEDBACK
/* eta_t from the ramp's step size (where there is one) and what is seen. Where the rule has no finite value (at a minimum, at a point
 * without gradient) it is 0: x does not move. */
FN f64 schedule_feedback(f64 ramp, seen at, const f64 *p)
{
    f64 eta = feedback_step_size(ramp, at, p + RAMP_PARAMETERS);
    return sel_f64(lt_f64(abs_f64(eta), infinity_f64()), eta, F64(0.0));
}
#endif

/* the parameters of a cell, in the order of `p` above */
FN void schedule_parameters(const ws_cell *cell, double *p)
{
#if WS_RAMP
    ramp_parameters(cell, p);
#endif
    for (int i = 0; i < RULE_PARAMETERS; i++) p[RAMP_PARAMETERS + i] = cell->rule[i];
}
/* schedule_step_size is the same for every t from here on */
FN double schedule_settled(const ws_cell *cell)
{
#if WS_RAMP
    return decay_settled(cell->warmup_steps, cell->decay);
#elif defined(WS_OPEN_LOOP)
    return open_loop_settled(cell->rule);
#else
    (void)cell;
    return 0.0;
#endif
}
/* eta_t never rises from here on, as long as x does not move: a closed-loop rule is a function of x and of the ramp */
FN double schedule_falling(const ws_cell *cell)
{
#if WS_RAMP
    return decay_falling(cell->warmup_steps, cell->decay);
#elif defined(WS_OPEN_LOOP)
    return open_loop_falling(cell->rule);
#else
    (void)cell;
    return 0.0;
#endif
}
#endif
