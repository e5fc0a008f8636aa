/* step_sizes_cpu.h: the step sizes of a batch: 16 for every slot, functions of t in float64 (schedule.h), rounded to the precision of the state. They are
 * made until they settle. */
#ifndef WS_STEP_SIZES_CPU_H
#define WS_STEP_SIZES_CPU_H

#if WS_STEP_SIZES_OF_TIME
#if WS_SINKS
/* No part of a column's gaps rises by steps of at most eta, from where it is at the start of the batch. */
FN mask all_sink(const block *b, int column, real eta)
{
    const constants k = constants_of(b, column);
    mask all = LE(R(0.0f), eta);
    for (int g = column; g < WS_NV; g += WS_COLUMNS)
        for (int slot = 0; slot < WS_K; slot++) all = AND(all, sinks(b->c[g * WS_K + slot], k, b->x[b->now][g * WS_K + slot], eta));
    return all;
}
#endif
/* Are the step sizes of the batch numbers, in all slots, and is every one of a live slot such that no coordinate grows by it? Those from iteration `first` on are looked at: the
 * last is the largest where they stay or rise. Bits of numbers without a sign are in their order, and those of a NaN above all. */
FN void note_sizes(block *b, int column, int first)
{
#if WS_SKIPS_ZEROS || WS_CONTRACTS
    const int asked = WS_K > 1 || first == WS_BATCH - 1; /* else the look is dearer than what is left out */
    vuint signs = vuint_of(0);
    vint largest = (vint)vuint_of(0);
    for (int s = first; s < WS_BATCH && (WS_SKIPS_ZEROS || asked); s++) {
        const real here = b->eta[s * WS_COLUMNS + column];
        signs |= BITS(here);
        largest = GREATER_INT(largest, (vint)BITS(ABS(here)));
    }
#if WS_SKIPS_ZEROS
    b->finite_eta[column] = !LANES_OF(NOT(LT(FROM_BITS((vuint)largest), R((scalar_real)__builtin_inf()))));
    if (!b->finite_eta[column]) forget_zeros(b, column);
#endif
#if WS_CONTRACTS
#if WS_W == 1
    b->contracting[0] = R((scalar_real)observer_contracting_step(b->slot[0].job.cell->problem));
#endif
    const unsigned live = WS_W == 1 ? 1 : LANES_OF(b->live[column]);
#if WS_SINKS
    const mask no_rise = all_sink(b, column, FROM_BITS((vuint)largest));
#else
    const mask no_rise = LE(FROM_BITS((vuint)largest), b->contracting[column]);
#endif
    b->contracts[column] = asked && !(live & (NEGATIVE_LANES((vint)signs) | ~LANES_OF(no_rise)));
#endif
#else
    (void)b;
    (void)column;
    (void)first;
#endif
}
FN void fill_eta(block *b)
{
    for (int column = 0; column < WS_COLUMNS; column++) {
        if (!b->eta_settled[column]) fill_column(b, column);
#if WS_SINKS
        else if (!b->contracts[column]) note_sizes(b, column, WS_BATCH - 1); /* in a place less steep they may */
#endif
    }
}
#if WS_HAS_STEP_SIZES
/* eta of the 16 iterations of a column's slots (closed loop: what the rule scales, in float64). */
#if WS_W == 1
SELDOM void fill_column(block *b, int column)
{
    double t = (double)iteration_of(b, 0), all[WS_BATCH] __attribute__((aligned(64)));
    real eta[WS_BATCH / WS_LANES];
    f64 p[WS_SCHEDULE_PARAMETERS + 1];
    (void)column; /* the only one */
    for (int j = 0; j < WS_SCHEDULE_PARAMETERS; j++) p[j] = b->schedule[j][0];
    for (int j = 0; j < WS_BATCH / WS_LANES64; j++) ((f64 *)all)[j] = schedule_step_size(batch_iterations(t, j), p);
#if WS_KEEPS_RAMP
    for (int s = 0; s < WS_BATCH; s++) b->ramp[s] = all[s];
#endif
    for (int r = 0; r < WS_BATCH / WS_LANES; r++) eta[r] = round_to_real((const f64 *)all + r * (WS_LANES / WS_LANES64));
    for (int s = 0; s < WS_BATCH; s++) b->eta[s] = R(get_lane(eta, s));
    b->eta_settled[0] = t >= lane_f64(b->settled[0], 0);
    note_sizes(b, 0, b->eta_settled[0] ? WS_BATCH - 1 : 0);
}
#else
/* Those of the first `count` iterations from `start` on, for every slot: all, or one that holds for the others. */
FN void make_apart(block *b, int column, const f64 *start, int count)
{
    f64 all[WS_BATCH * WS_EACH];
    for (int j = 0; j < WS_EACH; j++) {
        f64 t = start[j], p[WS_SCHEDULE_PARAMETERS + 1];
        for (int q = 0; q < WS_SCHEDULE_PARAMETERS; q++) p[q] = b->schedule[q][column * WS_EACH + j];
        for (int s = 0; s < count; s++, t = t + F64(1.0)) all[s * WS_EACH + j] = schedule_step_size(t, p);
    }
    for (int s = 0; s < count; s++) put_step_sizes(b, column, s, &all[s * WS_EACH]);
    for (int s = count; s < WS_BATCH; s++) {
        if (WS_KEEPS_RAMP) put_step_sizes(b, column, s, all);
        else b->eta[s * WS_COLUMNS + column] = b->eta[column];
    }
}
/* Are the slots `live` of a column all at one place of one schedule? */
FN int are_together(const block *b, int column, unsigned live, const f64 *start)
{
    const unsigned each = (1u << WS_LANES64) - 1;
    for (int q = WS_RAMP - 1; q < WS_RAMP + WS_KEYS; q++) { /* where they are, then each parameter */
        const f64 *values = q < WS_RAMP ? start : &b->schedule[q][column * WS_EACH];
        const f64 one = F64(((const double *)values)[__builtin_ctz(live)]);
        for (int j = 0; j < WS_EACH; j++)
            if (live >> j * WS_LANES64 & each & ~lanes_m64(eq_u64(bits_f64(values[j]), bits_f64(one)))) return 0;
    }
    return 1;
}
/* While the warmup of every slot lasts, or is over: most of a step size of an unremembered schedule asks where it ends. Of warmups that begin at 0 (ramp.h); one that
 * is over stays at n / D = 1. Returns 0 where that is not so. */
FN int make_rising(block *b, int column, unsigned live, const f64 *start)
{
#if WS_RAMP && !WS_REMEMBERS && !WS_KEEPS_RAMP
    const unsigned each = (1u << WS_LANES64) - 1;
    const f64 one = F64(1.0);
    f64 n[2][WS_EACH], more[WS_EACH], peak[WS_EACH], length[WS_EACH], r[WS_EACH];
    UNROLLED
    for (int j = 0; j < WS_EACH; j++) {
        const f64(*p)[WS_W / WS_LANES64] = b->schedule;
        const int i = column * WS_EACH + j;
        const m64 over = le_f64(p[1][i], start[j]);
        const unsigned rising = lanes_m64(lt_f64(start[j] + F64(WS_BATCH - 1), p[1][i])) & lanes_m64(eq_f64(p[2][i], F64(0.0)));
        if (live >> j * WS_LANES64 & each & ~(rising | lanes_m64(over))) return 0;
        n[0][j] = sel_f64(over, one, WARMUP_GONE(start[j]));
        more[j] = sel_f64(over, F64(0.0), one);
        n[1][j] = n[0][j] + more[j];
        more[j] = more[j] + more[j];
        peak[j] = p[0][i];
        length[j] = sel_f64(over, one, p[3][i]);
        r[j] = sel_f64(over, one, p[4][i]);
    }
    for (int s = 0; s < WS_BATCH; s += 2) { /* two at a time: what is gone is a chain of additions */
        UNROLLED
        for (int odd = 0; odd < 2; odd++) {
            f64 here[WS_EACH];
            UNROLLED
            for (int j = 0; j < WS_EACH; j++) {
                here[j] = peak[j] * whole_quotient(n[odd][j], length[j], r[j]);
                n[odd][j] = n[odd][j] + more[j];
            }
            put_step_sizes(b, column, s + odd, here);
        }
    }
    return 1;
#else
    (void)b;
    (void)column;
    (void)live;
    (void)start;
    return 0;
#endif
}
SELDOM void fill_column(block *b, int column)
{
    f64 start[WS_EACH];
    int settled = 1, rises = 0;
    const unsigned live = LANES_OF(b->live[column]);
#if WS_PRECISION == 32
    for (int j = 0; j < WS_EACH; j++) start[j] = whole_of_u32(((const u32_half *)&b->batch[column])[j]) * F64(WS_BATCH);
#else
    start[0] = whole_of_u64(b->batch[column]) * F64(WS_BATCH);
#endif
    for (int j = 0; j < WS_EACH; j++) settled &= !lanes_m64(lt_f64(start[j], b->settled[column * WS_EACH + j])); /* that of an empty slot is 0 */
    if (!settled && take_factors(b, column, live)) {
    } else if (!settled && are_together(b, column, live, start)) {
        const int simd = __builtin_ctz(live);
        f64 factor[WS_FACTOR_ROWS * WS_FACTOR_VECTORS];
        make_factors(b, column * WS_LANES + simd, ((const double *)start)[simd], factor);
        put_together(b, column, factor);
    } else if (!settled && make_rising(b, column, live, start)) rises = 1;
    else make_apart(b, column, start, settled ? 1 : WS_BATCH);
    b->eta_settled[column] = settled;
    note_sizes(b, column, settled || rises ? WS_BATCH - 1 : 0);
}
#endif
#endif
#endif
#endif
