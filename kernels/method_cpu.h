/* method_cpu.h: the states of a method in a block, and the numbers of an iteration that a method and an average ask for (method.h). */
#ifndef WS_METHOD_CPU_H
#define WS_METHOD_CPU_H

/* States of the coordinate at place `at` (group * K + slot), before (b->now) or after the batch. */
FN real *states_at(block *b, int which, int at)
{
#if WS_STATES > 0
    return &b->state[which][at * WS_STATES];
#else
    (void)b;
    (void)which;
    (void)at;
    return 0;
#endif
}
/* Numbers of iteration s of the batch. */
FN const real *numbers_of(const block *b, int s, int column)
{
#if WS_NUMBERS > 0
    return &b->number[(s * WS_COLUMNS + column) * WS_NUMBERS];
#else
    (void)b;
    (void)s;
    (void)column;
    return 0;
#endif
}

/* Parameters and constants of a trajectory that begins; `column` and `simd` as in fill_slot. */
FN void begin_method(block *b, const ws_cell *cell, int slot, int column, int simd)
{
#if WS_STEP_PARAMETERS > 0
    double p[WS_STEP_PARAMETERS];
    step_parameters(cell, p);
#if METHOD_CONSTANTS > 0
    double constant[METHOD_CONSTANTS];
    step_constants(p, constant);
    for (int j = 0; j < METHOD_CONSTANTS; j++) {
        if (WS_W == 1) b->method[j][0] = R((scalar_real)constant[j]);
        else set_lane(&b->method[j][column], simd, (scalar_real)constant[j]);
    }
#endif
#if WS_NUMBERS > 0
    for (int j = 0; j < WS_STEP_PARAMETERS; j++) {
        if (WS_W == 1) b->step[j][0] = F64(p[j]);
        else ((double *)b->step[j])[slot] = p[j];
    }
    b->numbers_settle[slot] = step_settled(p);
    b->numbers_settled[WS_W == 1 ? 0 : column] = 0;
#endif
#endif
    (void)b;
    (void)cell;
    (void)slot;
    (void)column;
    (void)simd;
}

#if WS_NUMBERS > 0
/* Numbers of the 16 iterations of a column, until they stay. */
static void fill_numbers_of(block *b, int column)
{
    enum { SLOTS = WS_W == 1 ? 1 : WS_LANES, EACH = WS_W == 1 ? 1 : WS_LANES / WS_LANES64 };
    if (b->numbers_settled[column]) return;
    double start[WS_LANES] __attribute__((aligned(64))), all[WS_BATCH][WS_NUMBERS][WS_LANES] __attribute__((aligned(64)));
    int settled = 1;
    for (int i = 0; i < WS_LANES; i++) start[i] = 0.0;
    for (int i = 0; i < SLOTS; i++) {
        start[i] = (double)iteration_of(b, column * WS_LANES + i);
        settled &= !(start[i] < b->numbers_settle[column * WS_LANES + i]);
    }
    for (int j = 0; j < EACH; j++) {
        f64 begin = ((f64 *)start)[j], p[WS_ROOM(WS_STEP_PARAMETERS)], n[WS_NUMBERS];
        for (int q = 0; q < WS_STEP_PARAMETERS; q++) p[q] = b->step[q][column * EACH + j];
        for (int s = 0; s < WS_BATCH; s++) { /* what does not depend on s is computed once */
            step_numbers(begin, s, p, n);
            for (int q = 0; q < WS_NUMBERS; q++) ((f64 *)all[s][q])[j] = n[q];
        }
    }
    for (int s = 0; s < WS_BATCH; s++) {
        real *to = &b->number[(s * WS_COLUMNS + column) * WS_NUMBERS];
        for (int q = 0; q < WS_NUMBERS; q++) {
            to[q] = WS_W == 1 ? R((scalar_real)all[s][q][0]) : round_to_real((const f64 *)all[s][q]);
        }
    }
    b->numbers_settled[column] = settled;
}
#endif
FN void fill_numbers(block *b)
{
#if WS_NUMBERS > 0
    for (int column = 0; column < WS_COLUMNS; column++) fill_numbers_of(b, column);
#else
    (void)b;
#endif
}

/* The tiny-value rule for the states of a group. */
FN void flush_group(block *b, int g, mask *flushed)
{
#if WS_STATES > 0
    for (int k = 0; k < WS_K; k++) flush_states(states_at(b, b->now, g * WS_K + k), flushed);
#else
    (void)b;
    (void)g;
    (void)flushed;
#endif
}
#endif
