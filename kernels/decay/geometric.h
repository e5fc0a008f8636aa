/* geometric.h: gamma^(n / every), n iterations after the warmup, not below the floor (exponential decay of PyTorch and optax).
 * Parameters: gamma in (0, 1], every, floor. */
#define DECAY_PARAMETERS 3
FN f64 decay_factor(f64 t, f64 warmup_steps, const f64 *p)
{
    f64 gone = t - warmup_steps, factor = pow_f64(p[0], gone / p[1]);
    factor = sel_f64(lt_f64(factor, p[2]), p[2], factor);
    return sel_f64(lt_f64(t, warmup_steps), F64(1.0), factor);
}
FN double decay_settled(double warmup_steps, const double *p) { return p[0] < 1.0 ? SCHEDULE_NEVER : warmup_steps; }
FN double decay_falling(double warmup_steps, const double *p)
{
    (void)p;
    return warmup_steps;
}
