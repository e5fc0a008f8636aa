/* one_minus_sqrt.h: floor + (1 - floor) (1 - sqrt(v)), v from 0 to 1 at the horizon: steep at first. Parameters: horizon, floor. */
#define DECAY_PARAMETERS 2
FN f64 decay_factor(f64 t, f64 warmup_steps, const f64 *p)
{
    f64 part = decay_part(decay_gone(t, warmup_steps), decay_length(warmup_steps, p[0]));
    return decay_between(t, warmup_steps, p[1], F64(1.0) - sqrt_f64(part));
}
FN double decay_settled(double warmup_steps, const double *p) { return decay_end(warmup_steps, p[0]); }
FN double decay_falling(double warmup_steps, const double *p)
{
    (void)p;
    return warmup_steps;
}
