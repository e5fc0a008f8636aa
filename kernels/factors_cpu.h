/* factors_cpu.h: the factors of a schedule: a step size is the peak times what a function of t and of a few parameters says. That is what is dear in it (a
 * cosine, a power), and it is the same for trajectories that differ in the peak or the seed alone: it is made once for all that are at the same iteration,
 * for the 16 iterations of a batch at a time. */
#ifndef WS_FACTORS_CPU_H
#define WS_FACTORS_CPU_H

#if WS_STEP_SIZES_OF_TIME
/* The iterations t ... t + 15 of a batch, in vectors. */
FN f64 batch_iterations(double t, int vector)
{
    static const double iterations[WS_BATCH] __attribute__((aligned(64))) = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    return F64(t) + ((const f64 *)iterations)[vector];
}
#if WS_W > 1
/* Step sizes of iteration s of a column, [WS_EACH]; a closed loop's are kept as they are, too. */
FN void put_step_sizes(block *b, int column, int s, const f64 *here)
{
#if WS_KEEPS_RAMP
    for (int i = 0; i < WS_LANES; i++) b->ramp[(column * WS_BATCH + s) * WS_LANES + i] = ((const double *)here)[i];
#endif
    b->eta[s * WS_COLUMNS + column] = round_to_real(here);
}
/* Makes the factors of a slot's schedule in the batch that starts at t: [WS_FACTOR_ROWS][16]. */
static __attribute__((noinline)) void make_factors(const block *b, int slot, double t, f64 *factor)
{
    f64 p[WS_SCHEDULE_PARAMETERS + 1];
    for (int q = 0; q < WS_SCHEDULE_PARAMETERS; q++) p[q] = F64(((const double *)b->schedule[q])[slot]);
    for (int j = 0; j < WS_FACTOR_VECTORS; j++) {
        const f64 now = batch_iterations(t, j);
#if WS_FACTOR_ROWS == 2
        factor[j] = ramp_warmup(now, p);
        factor[WS_FACTOR_VECTORS + j] = ramp_decay(now, p);
#elif WS_RAMP
        factor[j] = ramp_warmup(now, p) * ramp_decay(now, p); /* one of them is 1 */
#else
        factor[j] = schedule_step_size(now, p);
#endif
    }
}
/* `second`: where the decay is a factor of the warmup, too */
FN f64 step_size_of_factors(f64 peak, f64 first, f64 second)
{
#if WS_FACTOR_ROWS == 2
    return ramp_of_factors(peak, first, second);
#elif WS_RAMP
    (void)second;
    return peak * first;
#else
    (void)peak;
    (void)second;
    return first;
#endif
}
/* Step sizes of a column whose slots are all at one place of one schedule. */
FN void put_together(block *b, int column, const f64 *factor)
{
    const double *first = (const double *)factor, *second = first + (WS_FACTOR_ROWS - 1) * WS_BATCH;
    f64 peak[WS_EACH];
    for (int j = 0; j < WS_EACH; j++) peak[j] = b->schedule[0][column * WS_EACH + j];
    for (int s = 0; s < WS_BATCH; s++) {
        f64 here[WS_EACH];
        for (int j = 0; j < WS_EACH; j++) here[j] = step_size_of_factors(peak[j], F64(first[s]), F64(second[s]));
        put_step_sizes(b, column, s, here);
    }
}
#endif
#endif
#endif
