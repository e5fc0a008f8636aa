/* trial_cpu.h: a rule that tries step sizes (FEEDBACK_TRIES: feedback/armijo.h), of one column of a coupled block: step after step from the same
 * x, each with its own sums, until every slot has accepted one. Trials of a slot that has are made and not counted. */
#ifndef WS_TRIAL_CPU_H
#define WS_TRIAL_CPU_H

#if FEEDBACK_TRIES
/* The gap after a step of size eta from x_s. */
static real gap_after(block *b, const real *x, int s, int column, const sums *total, real eta)
{
    constants k = constants_of(b, column);
    sums there;
#if WS_WHOLE
    real room[WS_DIM];
    const real *whole = gradient_of_point(k, total, room);
#else
    real partial[OBJECTIVE_SUMS][WS_MANY];
#endif
    for (int part = 0; part < WS_MANY; part++) {
        int g = part * WS_COLUMNS + column;
#if !WS_WHOLE
        sums p = no_sums();
#endif
        lane_values v = values_at(b, g, s);
        const real *noise = noise_of(b, g, s);
        for (int j = 0; j < WS_K; j++) {
            int at = g * WS_K + j;
            const real *before = states_at(b, s == 0 ? b->now : b->now ^ 1, at);
            real state[WS_ROOM(WS_STATES)];
            for (int q = 0; q < WS_STATES; q++) state[q] = before[q];
#if WS_WHOLE
            real next = step_along(j == WS_K - 1, &v, x[at], slope_in(whole, g, j), eta, NOISE_NONE ? R(0.0f) : noise[j], state, numbers_of(b, s, column));
            if (coordinate_in(g, j) < WS_DIM) put_coordinate(b->c[at], coordinate_in(g, j), next, &there);
#elif WS_KEEPS_GRADIENT
            real next = step_along(j == WS_K - 1, &v, x[at], b->slope[at], eta, NOISE_NONE ? R(0.0f) : noise[j], state, numbers_of(b, s, column));
#else
            real next = step_slot(j == WS_K - 1, b->c[at], &v, x[at], *total, eta, NOISE_NONE ? R(0.0f) : noise[j], state, numbers_of(b, s, column));
#endif
#if !WS_WHOLE
            accumulate(b->c[at], v.k, next, &p);
#endif
        }
#if !WS_WHOLE
        for (int i = 0; i < OBJECTIVE_SUMS; i++) partial[i][part] = ((real *)&p)[i];
#endif
    }
#if !WS_WHOLE
    for (int i = 0; i < OBJECTIVE_SUMS; i++) ((real *)&there)[i] = fold_values(partial[i], WS_MANY);
#endif
    complete(k, &there);
    return gap(k, there);
}

/* eta [WS_LOOKS] as the rule began it becomes what is accepted. */
static void try_steps(block *b, const real *x, int s, int column, const sums *total, const looks *l, double *eta)
{
    double trial[WS_LOOKS] __attribute__((aligned(64))), there[WS_LOOKS] __attribute__((aligned(64))), count[WS_LOOKS] __attribute__((aligned(64)));
    int waiting = 1;
    __builtin_memcpy(trial, eta, sizeof trial);
    __builtin_memset(there, 0, sizeof there);
    for (int i = 0; i < WS_LOOKS; i++) count[i] = 0.0;
    for (double j = 0.0; waiting; j += 1.0) {
        real rounded = narrow(trial);
        widen(rounded, trial);
        widen(gap_after(b, x, s, column, total, rounded), there);
        waiting = 0;
        for (int i = 0; i < WS_LOOKS64; i++) {
            f64 p[WS_SCHEDULE_PARAMETERS + 1], mine = ((f64 *)trial)[i], counted = ((f64 *)count)[i];
            for (int q = 0; q < WS_SCHEDULE_PARAMETERS; q++) p[q] = b->schedule[q][column * WS_LOOKS64 + i];
            m64 open = eq_f64(counted, F64(0.0)), accepted = feedback_accepts(seen_of(l, i), mine, ((f64 *)there)[i], F64(j), p + RAMP_PARAMETERS);
            m64 now = and_m64(open, accepted);
            ((f64 *)eta)[i] = sel_f64(now, mine, ((f64 *)eta)[i]);
            ((f64 *)count)[i] = sel_f64(now, F64(j + 1.0), counted);
            waiting |= lanes_m64(and_m64(open, not_m64(accepted))) != 0;
            ((f64 *)trial)[i] = feedback_next_trial(mine, p + RAMP_PARAMETERS);
        }
    }
    b->trials_at[s * WS_COLUMNS + column] = narrow(count);
}

/* After a batch was looked at: adds the trials of the iterations that count. */
static void count_trials(block *b)
{
    for (int slot = 0; slot < WS_W; slot++) {
        const observer *o = &b->slot[slot];
        int column = WS_W == 1 ? 0 : slot / WS_LANES, simd = WS_W == 1 ? 0 : slot % WS_LANES, ended = b->ended[column] >> simd & 1;
        if (!o->live && !ended) continue;
        int steps = o->live ? WS_BATCH : (int)(o->job.out->end[o->job.row] - o->t);
        for (int s = 0; s < steps; s++) b->trials[slot] += (long long)get_lane(&b->trials_at[s * WS_COLUMNS + column], simd);
        if (ended) o->job.out->trials[o->job.row] = b->trials[slot];
    }
}
#endif
#endif
