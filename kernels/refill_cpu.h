/* refill_cpu.h: trajectories that begin: a slot is given one, with its state, its coefficients and what it has of its own; and those that ended are handed
 * back. */
#ifndef WS_REFILL_CPU_H
#define WS_REFILL_CPU_H

/* Puts from[d] at its places of the slots `lanes` of a column: coordinate i at to[place * stride]. A vector at a time: the next load of a
 * vector would have to wait for a store of one lane of it. */
FN void put_slots(real *to, int stride, int column, unsigned lanes, const scalar_real *from)
{
#if WS_W == 1
    (void)column;
    (void)lanes;
    for (int lane = 0; lane < WS_L; lane++)
        for (int k = 0; k < WS_K; k++) {
            long long i = (long long)k * WS_L + lane;
            if (WS_PADDED && i >= WS_DIM) break;
            place p = place_of(0, lane, k);
            set_lane(&to[(long long)p.index * stride], p.simd, from[i]);
        }
#else
    const mask here = MASK_OF(lanes);
    for (int lane = 0; lane < WS_L; lane++)
        for (int k = 0; k < WS_K; k++) {
            long long i = (long long)k * WS_L + lane;
            if (WS_PADDED && i >= WS_DIM) break;
            real *at = &to[((long long)(lane * WS_COLUMNS + column) * WS_K + k) * stride];
            *at = SEL(here, R(from[i]), *at);
        }
#endif
}

/* The states of trajectories that begin: 0; the average is x_0. */
FN void start_states(block *b, int column, unsigned lanes, const scalar_real *start)
{
#if WS_STATES > 0
    for (int part = 0; part < WS_MANY; part++)
        for (int k = 0; k < WS_K; k++) {
            real *state = states_at(b, b->now, (part * WS_COLUMNS + column) * WS_K + k);
            for (int q = 0; q < WS_STATES; q++)
                for (unsigned left = WS_W == 1 ? (1u << (WS_LANES - 1)) * 2 - 1 : lanes; left; left &= left - 1) set_lane(&state[q], __builtin_ctz(left), 0);
        }
#if WS_AVERAGED
    put_slots(states_at(b, b->now, 0) + WS_AVERAGE_STATE, WS_STATES, column, lanes, start);
#endif
#endif
    (void)b;
    (void)column;
    (void)lanes;
    (void)start;
}

/* Start, coefficients and weights of the noise of the trajectories that were put into the slots `fresh` of a column. */
APART void start_slots(block *b, const ws_kernel_run *run, int column, unsigned fresh)
{
    if (fresh) forget_zeros(b, column);
    while (fresh) {
        const ws_problem *problem = 0;
        unsigned same = 0, changed = 0;
        for (unsigned left = fresh; left; left &= left - 1) {
            int simd = __builtin_ctz(left), slot = column * WS_LANES + simd;
            const ws_problem *its = b->slot[slot].job.cell->problem;
            if (!problem) problem = its;
            if (its != problem) continue;
            same |= 1u << simd;
            if (b->problem[slot] != problem) changed |= 1u << simd;
            b->problem[slot] = problem;
        }
        put_slots(b->x[b->now], 1, column, same, (const scalar_real *)problem->start);
        start_states(b, column, same, (const scalar_real *)problem->start);
        if (changed) {
            load_ladder(b, column, changed, problem, run->eps_count);
            const scalar_real *c = (const scalar_real *)problem->coefficients;
            for (int j = 0; j < OBJECTIVE_COEFFICIENTS; j++)
                put_slots((real *)b->c + j, OBJECTIVE_COEFFICIENTS, column, changed, c + j * (long long)WS_DIM);
#if WS_NOISE_WEIGHTS
            for (unsigned left = changed; left; left &= left - 1)
                for (int i = 0; i < WS_DIM; i++) {
                    place p = place_of(column * WS_LANES + __builtin_ctz(left), i % WS_L, i / WS_L);
                    set_lane(&b->weight[p.index], p.simd, (scalar_real)problem->noise_weights[i]);
                }
#endif
        }
        fresh &= ~same;
    }
}

/* Makes a slot ready for the trajectory that it was given, all but its state and coefficients: see start_slots. */
FN void fill_slot(block *b, const ws_kernel_run *run, int slot)
{
    const observer *o = &b->slot[slot];
    const ws_cell *cell = o->job.cell;
    const ws_problem *problem = cell->problem;
    int column = slot / WS_LANES, simd = slot % WS_LANES;
    begin_observer(b, run, slot);
    leave_schedule(b, slot);
    for (int j = 0; j < OBJECTIVE_CONSTANTS; j++) {
        if (WS_W == 1)
            b->constant[j][0] = R((scalar_real)problem->constants[j]);
        else
            set_lane(&b->constant[j][column], simd, (scalar_real)problem->constants[j]);
    }
    double p[WS_SCHEDULE_PARAMETERS + 1];
    schedule_parameters(cell, p);
    UNROLLED
    for (int j = 0; j < WS_SCHEDULE_PARAMETERS; j++) {
        if (WS_W == 1)
            b->schedule[j][0] = F64(p[j]);
        else
            ((double *)b->schedule[j])[slot] = p[j];
    }
#if FEEDBACK_TRIES
    b->trials[slot] = 0;
#endif
    ((double *)b->settled)[slot] = schedule_settled(cell);
    begin_method(b, cell, slot, column, simd);
#if !NOISE_NONE
    double level = 0.0;
#if NOISE_SEES
    for (int j = 0; j < NOISE_PARAMETERS; j++) {
        if (WS_W == 1) b->noise_size[j][0] = F64(cell->noise[j]);
        else ((double *)b->noise_size[j])[slot] = cell->noise[j];
    }
#else
    f64 size[NOISE_PARAMETERS];
    seen nothing;
    __builtin_memset(&nothing, 0, sizeof nothing);
    for (int j = 0; j < NOISE_PARAMETERS; j++) size[j] = F64(cell->noise[j]);
    level = lane_f64(noise_level(nothing, size), 0);
#endif
    if (WS_W == 1) {
        b->level[0] = R((scalar_real)level);
        b->replicate[0] = (vuint){0} + o->job.replicate;
        b->noise_low[0] = (vuint){0} + cell->noise_low;
        b->noise_high[0] = (vuint){0} + cell->noise_high;
    } else {
        set_lane(&b->level[column], simd, (scalar_real)level);
        b->replicate[column][simd] = o->job.replicate;
        b->noise_low[column][simd] = cell->noise_low;
        b->noise_high[column][simd] = cell->noise_high;
    }
#endif
}

/* Makes the slots `fresh` of a column ready for the trajectories that they were given. */
static __attribute__((noinline)) void fill_slots(block *b, const ws_kernel_run *run, int column, unsigned fresh)
{
    for (unsigned left = fresh; left; left &= left - 1, b->alive++) fill_slot(b, run, column * WS_LANES + __builtin_ctz(left));
    begin_lanes(b, column, fresh);
    share_times(b, column);
    b->eta_settled[column] = 0;
}

/* An ended slot: state and step size 0, so that it runs along without cost or event. */
APART void clear_slot(block *b, const ws_kernel_run *run, int slot)
{
    for (int lane = 0; lane < WS_L; lane++)
        for (int k = 0; k < WS_K; k++) {
            place p = place_of(slot, lane, k);
            set_lane(&b->x[b->now][p.index], p.simd, 0);
            for (int q = 0; q < WS_STATES; q++) set_lane(states_at(b, b->now, p.index) + q, p.simd, 0);
        }
    if (WS_W > 1)
        for (int j = 0; j < WS_SCHEDULE_PARAMETERS; j++) ((double *)b->schedule[j])[slot] = 0.0;
    ((double *)b->settled)[slot] = 0.0;
    leave_schedule(b, slot);
    b->eta_settled[WS_W == 1 ? 0 : slot / WS_LANES] = 0;
    load_observer(b, run, slot);
}

/* Gives the slots `lanes` of a column the next trajectories; those for which there are none are cleared. Returns 0 when there are no more. */
SELDOM AT_O1 int refill(block *b, const ws_kernel_run *run, int column, unsigned lanes, int more)
{
    ws_trajectory *next[WS_LANES];
    int wanted = 0, count = 0;
    unsigned fresh = 0;
    if (more) {
        for (unsigned left = lanes; left; left &= left - 1) next[wanted++] = &b->slot[column * WS_LANES + __builtin_ctz(left)].job;
        leave_vectors();
        count = run->take(run->context, next, wanted);
    }
    for (int i = 0; lanes; i++, lanes &= lanes - 1) {
        int slot = column * WS_LANES + __builtin_ctz(lanes);
        if (i >= count) clear_slot(b, run, slot);
        else fresh |= lanes & -lanes;
    }
    if (fresh) {
        fill_slots(b, run, column, fresh);
        start_slots(b, run, column, fresh);
    }
    return more && count == wanted;
}

/* Hands back the slots `lanes` of a column, which ended. */
SELDOM void hand_back(block *b, const ws_kernel_run *run, int column, unsigned lanes)
{
    const ws_trajectory *ended[WS_LANES];
    int count = 0;
    for (; lanes; lanes &= lanes - 1) ended[count++] = &b->slot[column * WS_LANES + __builtin_ctz(lanes)].job;
    leave_vectors();
    run->done(run->context, ended, count);
    b->alive -= count;
}
#endif
