/* inverse.h: (1 + rate n)^-power, n iterations after the warmup: 1/t decay. Parameters: rate, power. */
#define DECAY_PARAMETERS 2
FN f64 decay_factor(f64 t, f64 warmup_steps, const f64 *p)
{
    f64 base = F64(1.0) + p[0] * (t - warmup_steps);
    f64 factor = sel_f64(eq_f64(p[1], F64(1.0)), F64(1.0) / base, pow_f64(base, -p[1]));
    return sel_f64(lt_f64(t, warmup_steps), F64(1.0), factor);
}
FN double decay_settled(double warmup_steps, const double *p) { return p[0] > 0.0 ? SCHEDULE_NEVER : warmup_steps; }
FN double decay_falling(double warmup_steps, const double *p)
{
    (void)p;
    return warmup_steps;
}
