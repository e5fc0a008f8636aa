/* constant.h: no decay: the peak is kept after the warmup. */
#define DECAY_PARAMETERS 0
#define DECAY_LIGHT
FN f64 decay_factor(f64 t, f64 warmup_steps, const f64 *parameters)
{
    (void)t;
    (void)warmup_steps;
    (void)parameters;
    return F64(1.0);
}
FN double decay_settled(double warmup_steps, const double *parameters)
{
    (void)parameters;
    return warmup_steps;
}
FN double decay_falling(double warmup_steps, const double *parameters)
{
    (void)parameters;
    return warmup_steps;
}
