/* step_sizes_cpu.h: the step sizes of a batch: 16 for every slot, functions of t in float64 (schedule.h), rounded to the precision of the state. They are
 * made until they settle. Trajectories of a column that began together and differ in the peak alone share what is dear in them. */
#ifndef WS_STEP_SIZES_CPU_H
#define WS_STEP_SIZES_CPU_H

#if defined(WS_FEEDBACK) && WS_RAMP
#define WS_KEEPS_RAMP 1
#else
#define WS_KEEPS_RAMP 0
#endif
#if WS_STEP_SIZES_OF_TIME
/* `all` of a column as float64; `settled`: only those of the first iteration stand there */
FN void keep_ramp(block *b, int column, const double *all, int settled)
{
#if WS_KEEPS_RAMP
    enum { SLOTS = WS_W == 1 ? 1 : WS_LANES };
    for (int s = 0; s < WS_BATCH; s++)
        for (int i = 0; i < SLOTS; i++) b->ramp[(column * WS_BATCH + s) * SLOTS + i] = all[(settled ? 0 : s * SLOTS) + i];
#else
    (void)b;
    (void)column;
    (void)all;
    (void)settled;
#endif
}
/* Are the step sizes of the batch numbers? */
FN void note_finite(block *b, int column)
{
#if WS_SKIPS_ZEROS
    real sum = R(0.0f);
    for (int s = 0; s < (b->eta_settled[column] ? 1 : WS_BATCH); s++) sum = FMA(R(0.0f), b->eta[s * WS_COLUMNS + column], sum);
    b->finite_eta[column] = !LANES_OF(NOT(EQ(sum, R(0.0f))));
    if (!b->finite_eta[column]) forget_zeros(b, column);
#else
    (void)b;
    (void)column;
#endif
}
/* The iterations t ... t + 15 of a batch, in vectors. */
FN f64 batch_iterations(double t, int vector)
{
    static const double iterations[WS_BATCH] __attribute__((aligned(64))) = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    return F64(t) + ((const f64 *)iterations)[vector];
}
/* eta of the 16 iterations of every slot (closed loop: what the rule scales, in float64). Skipped while nothing changes. */
#if WS_W == 1
static void fill_eta(block *b)
{
    double t = (double)iteration_of(b, 0), all[WS_BATCH] __attribute__((aligned(64)));
    scalar_real eta[WS_BATCH];
    f64 p[WS_SCHEDULE_PARAMETERS + 1];
    if (b->eta_settled[0]) return;
    for (int j = 0; j < WS_SCHEDULE_PARAMETERS; j++) p[j] = b->schedule[j][0];
    for (int j = 0; j < WS_BATCH / WS_LANES64; j++) ((f64 *)all)[j] = schedule_step_size(batch_iterations(t, j), p);
    keep_ramp(b, 0, all, 0);
    round_to_real(all, eta, WS_BATCH);
    for (int s = 0; s < WS_BATCH; s++) b->eta[s] = R(eta[s]);
    note_finite(b, 0);
    b->eta_settled[0] = t >= lane_f64(b->settled[0], 0);
}
#else
enum { WS_MAYBE_ALIKE = 2 };
enum { WS_EACH = WS_LANES / WS_LANES64 }; /* values of float64 in a column */
/* Number j of iteration s of a column, among `all`. */
FN void put_step_size(block *b, int column, int s, int j, f64 value, f64 *all)
{
#if WS_PRECISION == 64
    b->eta[s * WS_COLUMNS + column] = value;
#endif
    if (WS_PRECISION == 32 || WS_KEEPS_RAMP) all[s * WS_EACH + j] = value;
    (void)b;
    (void)column;
}

/* Whether the trajectories of the slots `live` of a column, which began together, have the same schedule but for the peak. */
APART int have_one_schedule(const block *b, int column, unsigned live)
{
    enum { FIRST = WS_RAMP }; /* after the peak */
    const unsigned each = (1u << WS_LANES64) - 1;
    for (int q = FIRST; q < WS_SCHEDULE_PARAMETERS; q++) {
        const f64 one = F64(((const double *)b->schedule[q])[column * WS_LANES + __builtin_ctz(live)]);
        for (int j = 0; j < WS_EACH; j++)
            if (live >> j * WS_LANES64 & each & ~lanes_m64(eq_u64(bits_f64(b->schedule[q][column * WS_EACH + j]), bits_f64(one)))) return 0;
    }
    return 1;
}
FN int are_alike(block *b, int column, unsigned live)
{
    if (b->alike[column] == WS_MAYBE_ALIKE) b->alike[column] = have_one_schedule(b, column, live); /* not for the many whose step sizes never change */
    return b->alike[column];
}
/* Those of a batch that starts at t, of a column whose slots are alike, as `slot` is: what they share is made for all iterations at once. */
APART void make_alike(block *b, int column, double t, int slot, f64 *all)
{
    enum { VECTORS = WS_BATCH / WS_LANES64 };
    f64 p[WS_SCHEDULE_PARAMETERS + 1], first[VECTORS], second[VECTORS];
    for (int q = 0; q < WS_SCHEDULE_PARAMETERS; q++) p[q] = F64(((const double *)b->schedule[q])[column * WS_LANES + slot]);
    for (int j = 0; j < VECTORS; j++) {
        const f64 now = batch_iterations(t, j);
#if WS_RAMP
        first[j] = ramp_warmup(now, p);
        second[j] = ramp_decay(now, p);
#else
        first[j] = schedule_step_size(now, p);
        (void)second;
#endif
    }
    for (int s = 0; s < WS_BATCH; s++)
        for (int j = 0; j < WS_EACH; j++) {
            f64 here = F64(((const double *)first)[s]);
#if WS_RAMP
            here = ramp_of_factors(b->schedule[0][column * WS_EACH + j], here, F64(((const double *)second)[s]));
#endif
            put_step_size(b, column, s, j, here, all);
        }
}
/* ... whose slots are not, from the iterations `start` on; only the first `count`. */
FN void make_apart(block *b, int column, const f64 *start, int count, f64 *all)
{
    for (int j = 0; j < WS_EACH; j++) {
        f64 t = start[j], p[WS_SCHEDULE_PARAMETERS + 1];
        for (int q = 0; q < WS_SCHEDULE_PARAMETERS; q++) p[q] = b->schedule[q][column * WS_EACH + j];
        for (int s = 0; s < count; s++, t = t + F64(1.0)) put_step_size(b, column, s, j, schedule_step_size(t, p), all);
    }
}
FN void fill_column(block *b, int column)
{
    f64 all[WS_BATCH * WS_EACH], start[WS_EACH];
    int settled = 1;
    const unsigned live = LANES_OF(b->live[column]);
    const scalar_vuint *batch = (const scalar_vuint *)&b->batch[column];
    for (int i = 0; i < WS_LANES; i++) ((double *)start)[i] = (double)((long long)batch[i] * WS_BATCH);
    for (int j = 0; j < WS_EACH; j++) settled &= !lanes_m64(lt_f64(start[j], b->settled[column * WS_EACH + j])); /* that of an empty slot is 0 */
    const int count = settled ? 1 : WS_BATCH;
    if (!settled && live && are_alike(b, column, live)) make_alike(b, column, ((double *)start)[__builtin_ctz(live)], __builtin_ctz(live), all);
    else make_apart(b, column, start, count, all);
    keep_ramp(b, column, (const double *)all, settled);
#if WS_PRECISION == 32
    for (int s = 0; s < count; s++) round_to_real((const double *)all + s * WS_LANES, (scalar_real *)&b->eta[s * WS_COLUMNS + column], WS_LANES);
#endif
    for (int s = count; s < WS_BATCH; s++) b->eta[s * WS_COLUMNS + column] = b->eta[column];
    b->eta_settled[column] = settled;
    note_finite(b, column);
}
static void fill_eta(block *b)
{
    for (int column = 0; column < WS_COLUMNS; column++)
        if (!b->eta_settled[column]) fill_column(b, column);
}
#endif
#endif
/* Of a column into whose slots `fresh` trajectories were put. */
FN void note_alike(block *b, int column, unsigned fresh)
{
#if WS_STEP_SIZES_OF_TIME && WS_W > 1
    b->alike[column] = fresh == LANES_OF(b->live[column]) ? WS_MAYBE_ALIKE : 0;
#else
    (void)b;
    (void)column;
    (void)fresh;
#endif
}
#endif
