/* cosine.h: cosine decay after the warmup, floor + (1 - floor) (1 + cos(pi v)) / 2 with v = (t - W) / (H - W) in [0, 1]
 * (Loshchilov & Hutter 2017 without restarts). Parameters: horizon H, floor. Kept at the floor after H. */
#define DECAY_PARAMETERS 2
FN f64 decay_factor(f64 t, f64 warmup_steps, const f64 *parameters)
{
    f64 horizon = parameters[0], low = parameters[1], sine, cosine;
    f64 v = (t - warmup_steps) / (horizon - warmup_steps);
    v = sel_f64(lt_f64(t, warmup_steps), F64(0.0), v);
    v = sel_f64(lt_f64(t, horizon), v, F64(1.0));
    sincos_f64(F64(3.14159265358979323846) * v, &sine, &cosine);
    f64 factor = low + (F64(1.0) - low) * (F64(0.5) * (F64(1.0) + cosine));
    return sel_f64(lt_f64(t, warmup_steps), F64(1.0), factor);
}
FN double decay_settled(double warmup_steps, const double *parameters)
{
    return parameters[0] > warmup_steps ? parameters[0] : warmup_steps;
}
