/* table.h: a table of the user's: lines between the points (n, factor), n iterations after the warmup; constant before the first and
 * after the last. Constants of the kernel: DECAY_TABLE_POINTS, DECAY_TABLE (n, factor, n, factor, ...). */
#define DECAY_PARAMETERS 0
CONSTANT double decay_table[2 * DECAY_TABLE_POINTS] = {DECAY_TABLE};
FN f64 decay_factor(f64 t, f64 warmup_steps, const f64 *parameters)
{
    f64 gone = t - warmup_steps, factor = F64(decay_table[1]);
    (void)parameters;
    for (int i = 1; i < DECAY_TABLE_POINTS; i++) {
        double from = decay_table[2 * i - 2], to = decay_table[2 * i], a = decay_table[2 * i - 1], b = decay_table[2 * i + 1];
        f64 line = F64(a) + F64(b - a) * ((gone - F64(from)) / F64(to - from));
        factor = sel_f64(lt_f64(F64(from), gone), sel_f64(lt_f64(gone, F64(to)), line, F64(b)), factor);
    }
    return sel_f64(lt_f64(t, warmup_steps), F64(1.0), factor);
}
FN double decay_settled(double warmup_steps, const double *p)
{
    (void)p;
    return warmup_steps + decay_table[2 * DECAY_TABLE_POINTS - 2];
}
FN double decay_falling(double warmup_steps, const double *p)
{
    double falling = warmup_steps;
    (void)p;
    for (int i = 1; i < DECAY_TABLE_POINTS; i++)
        if (decay_table[2 * i + 1] > decay_table[2 * i - 1]) falling = warmup_steps + decay_table[2 * i];
    return falling;
}
