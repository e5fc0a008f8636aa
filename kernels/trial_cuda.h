/* trial_cuda.h: a rule that tries step sizes (FEEDBACK_TRIES: feedback/armijo.h): step after step from the same x, until every team of the unit
 * has accepted one. Every thread of a team decides alike. */
#ifndef WS_TRIAL_CUDA_H
#define WS_TRIAL_CUDA_H

#if FEEDBACK_TRIES
/* The gap of the team after a trial, from the thread's sums of it. `j` alternates between the two exchange buffers. */
FN real gap_of_trial(const team *m, sums mine, int j)
{
    for (int q = 0; q < OBJECTIVE_SUMS; q++) ((real *)&mine)[q] = fold_team(m, ((real *)&mine)[q], WS_FIRST_TRIAL_FOLD + q, j & 1);
    complete(m->k, &mine);
    return gap(m->k, mine);
}
/* The thread's sums after a step, of coordinates in memory. */
FN sums sums_of_trial(const team *m, const scalar_real *from, int s, sums total, real eta, real level)
{
    real number[WS_ROOM(WS_NUMBERS)];
    numbers_of(m, s, number);
    return fold_over_lanes<sums>([&](int n) {
        lane_values v = values_with_level(m, n, level);
        sums all = no_sums();
        each_slot(m, &v, from, n, s, 1, [&](int k, int place, int valid, real x, real *state, real noise, mask flushed) {
            (void)flushed;
            coefficients c = coefficients_at(m, place, valid);
            accumulate(c, m->k, step_slot(k == WS_K - 1, c, &v, x, total, eta, noise, state, number), &all);
        });
        return all;
    }, add_sums);
}
/* The same of coordinates in registers, with the numbers [lane][NOISE_SPAN][K] of iteration i of the span. */
FN sums sums_of_held_trial(const team *m, const held<WS_M, WS_K> &h, const lane_values *v, const real *noise, int i, sums total, int s, real eta)
{
    sums partial[WS_M];
    real number[WS_ROOM(WS_NUMBERS)];
    numbers_of(m, s, number);
#pragma unroll
    for (int l = 0; l < WS_M; l++) partial[l] = no_sums();
#pragma unroll
    for (int j = 0; j < WS_K; j++)
#pragma unroll
        for (int l = 0; l < WS_M; l++) {
            int q = l * WS_K + j;
            real state[WS_ROOM(WS_STATES)];
            for (int n = 0; n < WS_STATES; n++) state[n] = h.state[q * WS_STATES + n];
            real next = step_slot(j == WS_K - 1, h.c[q], &v[l], h.x[q], total, eta, scaled(h.weight[q], noise[(l * NOISE_SPAN + i) * WS_K + j]), state, number);
            accumulate(h.c[q], v[l].k, next, &partial[l]);
        }
    return fold_lanes<WS_M>(partial);
}

/* The step size of iteration s; sums_after(eta): the thread's sums after a step of that size. */
template <class AFTER> FN real try_steps(const team *m, seen at, int s, AFTER sums_after)
{
    double p[WS_SCHEDULE_PARAMETERS + 1], trial = 0.0;
    int open = m->live;
    real eta = R(0.0f);
    scalar_real count = 0;
    for (int j = 0; j < WS_SCHEDULE_PARAMETERS; j++) p[j] = 0.0;
    if (open) {
        schedule_parameters(m->o->job.cell, p);
        trial = schedule_feedback(schedule_step_size((double)(m->t + s), p), at, p);
    }
    for (int j = 0; any_in_unit(open); j++) {
        real rounded = (scalar_real)trial;
        real there = gap_of_trial(m, sums_after(rounded), j);
        if (open && feedback_accepts(at, (double)rounded, (double)there, (double)j, p + RAMP_PARAMETERS)) {
            eta = rounded;
            count = (scalar_real)(j + 1);
            open = 0;
        }
        trial = feedback_next_trial((double)rounded, p + RAMP_PARAMETERS);
    }
    if (m->p == 0) {
        m->eta[s * WS_TEAMS] = eta;
        m->trials_at[s * WS_TEAMS] = count;
    }
    return eta;
}
#endif
#endif
