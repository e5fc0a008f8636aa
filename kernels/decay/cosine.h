/* cosine.h: cosine decay after the warmup, floor + (1 - floor) ((1 + cos(2 pi c v)) / 2)^power with v from 0 to 1 at the horizon
 * (Loshchilov & Hutter 2017 without restarts). Parameters: horizon H, floor, cycles c (1/2: from the peak to the floor once),
 * power, periodic. After H the factor stays as it is there; `periodic`: v runs on, as it does in transformers and PyTorch. */
#define DECAY_PARAMETERS 5
FN f64 decay_factor(f64 t, f64 warmup_steps, const f64 *p)
{
    f64 gone = decay_gone(t, warmup_steps), length = decay_length(warmup_steps, p[0]), sine, cosine;
    f64 runs_on = sel_f64(lt_f64(F64(0.0), p[4]), sel_f64(lt_f64(F64(0.0), length), infinity_f64(), F64(0.0)), length); /* up to where v is n / D */
    f64 v = sel_f64(lt_f64(gone, runs_on), whole_quotient(gone, length, F64(1.0) / length), F64(1.0));
    sincos_f64(F64(2.0 * 3.14159265358979323846) * p[2] * v, &sine, &cosine);
    return decay_between(t, warmup_steps, p[1], decay_shaped(F64(0.5) * (F64(1.0) + cosine), p[3]));
}
FN double decay_settled(double warmup_steps, const double *p) { return p[4] > 0.0 ? SCHEDULE_NEVER : decay_end(warmup_steps, p[0]); }
FN double decay_falling(double warmup_steps, const double *p)
{
    if (p[4] > 0.0) return SCHEDULE_NEVER;
    return p[2] <= 0.5 ? warmup_steps : decay_end(warmup_steps, p[0]);
}
