/* polynomial.h: floor + (1 - floor) (1 - v)^power, v from 0 to 1 at the horizon. Parameters: horizon, floor, power. */
#define DECAY_PARAMETERS 3
FN f64 decay_factor(f64 t, f64 warmup_steps, const f64 *p)
{
    f64 rest = decay_rest(decay_gone(t, warmup_steps), decay_length(warmup_steps, p[0]));
    return decay_between(t, warmup_steps, p[1], decay_shaped(rest, p[2]));
}
FN double decay_settled(double warmup_steps, const double *p) { return decay_end(warmup_steps, p[0]); }
FN double decay_falling(double warmup_steps, const double *p)
{
    (void)p;
    return warmup_steps;
}
