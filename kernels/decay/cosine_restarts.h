/* cosine_restarts.h: `cycles` half cosines from the peak to the floor up to the horizon, each a jump back to the peak; the floor from
 * the horizon on (transformers). Parameters: horizon, floor, cycles. */
#define DECAY_PARAMETERS 3
FN f64 decay_factor(f64 t, f64 warmup_steps, const f64 *p)
{
    f64 part = decay_part(decay_gone(t, warmup_steps), decay_length(warmup_steps, p[0])), sine, cosine;
    f64 cycle = p[2] * sel_f64(lt_f64(part, F64(0.0)), F64(0.0), part);
    sincos_f64(F64(3.14159265358979323846) * (cycle - whole_part_f64(cycle)), &sine, &cosine);
    f64 shape = sel_f64(lt_f64(part, F64(1.0)), F64(0.5) * (F64(1.0) + cosine), F64(0.0));
    return decay_between(t, warmup_steps, p[1], shape);
}
FN double decay_settled(double warmup_steps, const double *p) { return decay_end(warmup_steps, p[0]); }
FN double decay_falling(double warmup_steps, const double *p) { return p[2] <= 1.0 ? warmup_steps : decay_end(warmup_steps, p[0]); }
