/* wsd.h: warmup, stable, decay: the peak until the last D iterations before the horizon, then down to the floor. D is `length`, or the
 * part `fraction` of the horizon. DECAY_SHAPE: 0 linear, 1 cosine, 2 one minus square root.
 * Parameters: horizon, floor, length (NaN: not given), fraction (NaN: not given). */
#define DECAY_PARAMETERS 4
/* n / D, and 1 from the horizon on: no whole numbers where D is a part of it */
FN f64 wsd_part(f64 gone, f64 length) { return sel_f64(lt_f64(gone, length), gone / length, F64(1.0)); }
FN f64 decay_factor(f64 t, f64 warmup_steps, const f64 *p)
{
    f64 length = sel_f64(eq_f64(p[2], p[2]), p[2], p[3] * p[0]);
    f64 begin = p[0] - length;
    begin = sel_f64(lt_f64(begin, warmup_steps), warmup_steps, begin); /* the warmup is not cut */
    f64 gone = decay_gone(t, begin), whole = decay_length(begin, p[0]);
#if DECAY_SHAPE == 0
    f64 shape = sel_f64(lt_f64(gone, whole), (whole - gone) / whole, F64(0.0));
#elif DECAY_SHAPE == 1
    f64 sine, cosine;
    sincos_f64(F64(3.14159265358979323846) * wsd_part(gone, whole), &sine, &cosine);
    f64 shape = F64(0.5) * (F64(1.0) + cosine);
#else
    f64 part = wsd_part(gone, whole);
    f64 shape = F64(1.0) - sqrt_f64(sel_f64(lt_f64(part, F64(0.0)), F64(0.0), part));
#endif
    return decay_between(t, begin, p[1], shape);
}
FN double decay_settled(double warmup_steps, const double *p) { return decay_end(warmup_steps, p[0]); }
FN double decay_falling(double warmup_steps, const double *p)
{
    (void)p;
    return warmup_steps;
}
