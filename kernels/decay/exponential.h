/* exponential.h: floor^v, v from 0 to 1 at the horizon: equal ratios from the peak to the floor. Parameters: horizon, floor > 0. */
#define DECAY_PARAMETERS 2
FN f64 decay_factor(f64 t, f64 warmup_steps, const f64 *p)
{
    f64 part = decay_part(decay_gone(t, warmup_steps), decay_length(warmup_steps, p[0]));
    return sel_f64(lt_f64(t, warmup_steps), F64(1.0), pow_f64(p[1], part));
}
FN double decay_settled(double warmup_steps, const double *p) { return decay_end(warmup_steps, p[0]); }
FN double decay_falling(double warmup_steps, const double *p)
{
    (void)p;
    return warmup_steps;
}
