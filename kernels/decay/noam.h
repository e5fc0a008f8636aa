/* noam.h: with a linear warmup of convention (t+1)/W: scale * min(s^{-1/2}, s W^{-3/2}), s = t + 1 (Vaswani et al. 2017); the peak is
 * the scale, the largest step size is scale / sqrt(W). The only decay that is a factor of the warmup too: W^{-1/2}. */
#define DECAY_PARAMETERS 0
#define DECAY_OF_WARMUP
FN f64 decay_factor(f64 t, f64 warmup_steps, const f64 *parameters)
{
    (void)parameters;
    return F64(1.0) / sqrt_f64(sel_f64(lt_f64(t, warmup_steps), warmup_steps, t + F64(1.0)));
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
