/* inverse_sqrt.h: sqrt(s / (s + n)), n iterations after the warmup (the convention may count one more), s the timescale: as many
 * iterations as the warmup when it is 0, and 10000 when there is no warmup either (transformers). Parameters: timescale. */
#define DECAY_PARAMETERS 1
FN f64 decay_factor(f64 t, f64 warmup_steps, const f64 *p)
{
    f64 own = sel_f64(lt_f64(F64(0.0), warmup_steps), warmup_steps, F64(10000.0));
    f64 scale = sel_f64(lt_f64(F64(0.0), p[0]), p[0], own);
    f64 factor = sqrt_f64(scale / (scale + decay_gone(t, warmup_steps)));
    return sel_f64(lt_f64(t, warmup_steps), F64(1.0), factor);
}
FN double decay_settled(double warmup_steps, const double *p)
{
    (void)warmup_steps;
    (void)p;
    return SCHEDULE_NEVER;
}
FN double decay_falling(double warmup_steps, const double *p)
{
    (void)p;
    return warmup_steps;
}
