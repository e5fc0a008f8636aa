/* schedule.h: the step size eta_t, in float64 whatever the precision of the state.
 *
 * Open loop (WS_WARMUP, WS_DECAY): eta_t = peak * phi(u_t) * decay(t), phi the warmup shape for t < W and 1 from W on.
 * WS_WARMUP_CONVENTION says what u_t is: 0: t / W (transformers, optax, PyTorch), 1: (t + 1) / W (Kalra & Barkeshli),
 * 2: (t + 1) / (W + 1) (torchtitan). W = 0 is no warmup in all of them.
 * Closed loop (WS_FEEDBACK): eta_t is a function of the gap at x_t.
 *
 * Values of f64 run over trajectories or over iterations: the caller's choice; the arithmetic is the same. */
#ifndef WS_SCHEDULE_H
#define WS_SCHEDULE_H

#ifdef WS_FEEDBACK
#include WS_FEEDBACK
#define WS_SCHEDULE_PARAMETERS FEEDBACK_PARAMETERS
#else
#include WS_WARMUP
#include WS_DECAY
/* peak, W, then the parameters of the warmup and of the decay */
#define WS_SCHEDULE_PARAMETERS (2 + WARMUP_PARAMETERS + DECAY_PARAMETERS)

FN f64 schedule_step_size(f64 t, const f64 *p)
{
    f64 peak = p[0], W = p[1];
#if WS_WARMUP_CONVENTION == 0
    f64 u = t / W;
#elif WS_WARMUP_CONVENTION == 1
    f64 u = (t + F64(1.0)) / W;
#elif WS_WARMUP_CONVENTION == 2
    f64 u = (t + F64(1.0)) / (W + F64(1.0));
#else
#error "WS_WARMUP_CONVENTION is 0, 1 or 2"
#endif
    f64 phi = sel_f64(lt_f64(t, W), warmup_factor(u, p + 2), F64(1.0));
    return peak * phi * decay_factor(t, W, p + 2 + WARMUP_PARAMETERS);
}
#endif

/* the parameters of a cell, in the order of `p` above */
FN void schedule_parameters(const ws_cell *cell, double *p)
{
#ifdef WS_FEEDBACK
    for (int i = 0; i < FEEDBACK_PARAMETERS; i++) p[i] = cell->feedback[i];
#else
    p[0] = cell->peak;
    p[1] = cell->warmup_steps;
    for (int i = 0; i < WARMUP_PARAMETERS; i++) p[2 + i] = cell->warmup[i];
    for (int i = 0; i < DECAY_PARAMETERS; i++) p[2 + WARMUP_PARAMETERS + i] = cell->decay[i];
#endif
}
/* eta_t is the same for every t from here on (open loop) */
FN double schedule_settled(const ws_cell *cell)
{
#ifdef WS_FEEDBACK
    (void)cell;
    return 0.0;
#else
    return decay_settled(cell->warmup_steps, cell->decay);
#endif
}
/* eta_t never rises from here on */
FN double schedule_falling(const ws_cell *cell)
{
#ifdef WS_FEEDBACK
    (void)cell;
    return 0.0;
#else
    return cell->warmup_steps;
#endif
}
#endif
