/* warm_restarts.h: half cosines from the peak to the floor over `period` iterations, then again over `growth` times as many, ... without
 * end (Loshchilov & Hutter 2017, SGDR; PyTorch's CosineAnnealingWarmRestarts). Parameters: period, growth (whole, >= 1), floor.
 *
 * Cycle i begins at period (growth^i - 1) / (growth - 1). A logarithm finds i up to rounding, a comparison of whole numbers decides. */
#define DECAY_PARAMETERS 3
/* growth^i rounded to a whole number, (growth^i - 1) / (growth - 1) periods */
FN f64 restart_begin(f64 growth, f64 i) { return (whole_part_f64(pow_f64(growth, i) + F64(0.5)) - F64(1.0)) / (growth - F64(1.0)); }
FN f64 decay_factor(f64 t, f64 warmup_steps, const f64 *p)
{
    f64 period = p[0], growth = p[1], one = F64(1.0), sine, cosine;
    f64 gone = sel_f64(lt_f64(t, warmup_steps), F64(0.0), t - warmup_steps), periods = gone / period;
    m64 even = le_f64(growth, one);
    f64 base = sel_f64(even, F64(2.0), growth);
    f64 i = whole_part_f64(log_f64(fma_f64(periods, base - one, one)) / log_f64(base));
    i = sel_f64(lt_f64(gone, period * restart_begin(base, i)), i - one, i);
    i = sel_f64(le_f64(period * restart_begin(base, i + one), gone), i + one, i);
    f64 begin = sel_f64(even, period * whole_part_f64(periods), period * restart_begin(base, i));
    f64 length = sel_f64(even, period, period * whole_part_f64(pow_f64(base, i) + F64(0.5)));
    sincos_f64(F64(3.14159265358979323846) * ((gone - begin) / length), &sine, &cosine);
    return decay_between(t, warmup_steps, p[2], F64(0.5) * (one + cosine));
}
#include "endless.h"
