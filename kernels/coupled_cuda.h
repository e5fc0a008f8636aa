/* coupled_cuda.h: one batch where every iteration waits for a sum: an objective, a closed-loop rule or a noise that sees x as a whole.
 *
 * The sums are folded at every iteration, and every thread of the team has them; the step size and the size of the noise follow in every thread
 * alike. Coordinates stand in registers for the batch where a thread can hold them, else in memory, read and written at every
 * iteration. */
#ifndef WS_COUPLED_CUDA_H
#define WS_COUPLED_CUDA_H

#if WS_COUPLED
FN sums add_sums(sums a, sums b)
{
    for (int q = 0; q < OBJECTIVE_SUMS; q++) ((real *)&a)[q] = ((real *)&a)[q] + ((real *)&b)[q];
    return a;
}
/* The canonical sum over the lanes of the thread: of_lane(n) comes in the order in which lanes fold (batch_cuda.h, advance_lanes). */
template <class SUM, class LANE, class ADD> FN SUM fold_over_lanes(LANE of_lane, ADD add)
{
    SUM waiting[16], all;
#pragma unroll 1
    for (int turn = 0; turn < WS_M; turn++) {
        int n = 0, level = 0;
        for (int bit = 1; bit < WS_M; bit *= 2) n = 2 * n + ((turn & bit) != 0);
        all = of_lane(n);
        for (; (turn >> level) & 1; level++) all = add(waiting[level], all);
        waiting[level] = all;
    }
    return all;
}
/* Partial sums of the thread at iteration s of the batch, coordinates in memory. `from`: where x stands then. */
FN sums sums_in_memory(team *m, const scalar_real *from, int s)
{
    return fold_over_lanes<sums>([&](int n) {
        sums all = no_sums();
#pragma unroll 4
        for (int k = 0; k < WS_K; k++) {
            mask flushed = 0;
            int valid = is_coordinate(m, n, k);
            real x = valid ? from[m->p + place_of(n, k)] : (scalar_real)0;
            if (s == 0) x = flush_tiny(x, &flushed);
            m->seen.flushed |= flushed;
            accumulate(coefficients_at(m, place_of(n, k), valid), m->k, x, &all);
        }
        return all;
    }, add_sums);
}
/* Slots that take a step together when coordinates stand in memory. */
#if NOISE_NONE
#define WS_STEPPED 1
#elif defined(NOISE_GRAIN)
#define WS_STEPPED NOISE_GRAIN
#else
#define WS_STEPPED WS_K
#endif
FN lane_values values_with_level(const team *m, int n, real level)
{
    lane_values v = values_of(m, lane_of(m, n));
#if !NOISE_NONE
    v.level = level;
#else
    (void)level;
#endif
    return v;
}
/* The slots of the thread's n-th lane at iteration s, coordinates in memory: visit(k, place, valid, x, states, noise, flushed). `drawn` 0: the noise
 * is 0. */
template <class VISIT> FN void each_slot(const team *m, const lane_values *v, const scalar_real *from, int n, int s, int drawn, VISIT visit)
{
#pragma unroll 1
    for (int first = 0; first < WS_K; first += WS_STEPPED) {
        real noise[NOISE_SPAN * WS_STEPPED];
        if (drawn) draw_slots<WS_STEPPED>(m, v, (unsigned)(s - s % NOISE_SPAN), first, noise);
        for (int j = 0; j < WS_STEPPED && first + j < WS_K; j++) {
            mask flushed = 0;
            int k = first + j, valid = is_coordinate(m, n, k), place = place_of(n, k);
            real x = valid ? from[m->p + place] : (scalar_real)0, state[WS_ROOM(WS_STATES)];
            load_states(m, from, place, valid, state);
            if (s == 0) {
                x = flush_tiny(x, &flushed);
                flush_states(state, &flushed);
            }
            visit(k, place, valid, x, state, drawn ? scaled(weight_at(m, place, valid), noise[s % NOISE_SPAN * WS_STEPPED + j]) : R(0.0f), flushed);
        }
    }
}
FN void step_in_memory(team *m, const scalar_real *from, scalar_real *to, int s, sums total, real eta, real level)
{
    real number[WS_ROOM(WS_NUMBERS)];
    numbers_of(m, s, number);
#pragma unroll 1
    for (int n = 0; n < WS_M; n++) {
        lane_values v = values_with_level(m, n, level);
        each_slot(m, &v, from, n, s, 1, [&](int k, int place, int valid, real x, real *state, real noise, mask flushed) {
            if (!valid) return;
            if (WS_AVERAGED) m->seen.flushed |= flushed;
            to[m->p + place] = step_slot(k == WS_K - 1, coefficients_at(m, place, 1), &v, x, total, eta, noise, state, number);
            store_states(m, to, place, state);
        });
    }
}

/* The totals of iteration s in every thread, kept for the rows (`first` 0: those of what is looked at); the step size that follows from them. */
FN sums fold_iteration(const team *m, sums mine, int s, int first)
{
    for (int q = 0; q < OBJECTIVE_SUMS; q++) {
        ((real *)&mine)[q] = fold_team(m, ((real *)&mine)[q], first + q, s & 1);
        if (m->p == 0) m->total[((first + q) * WS_BATCH + s) * WS_FOLD_STRIDE] = ((real *)&mine)[q];
    }
    lane_values v = values_of(m, 0);
    complete_step(key_of(m), &v, (unsigned)s, &mine);
    return mine;
}
#if WS_SEES
/* The survey of the whole team, in every thread; `which` 0: for the noise, 1: for the rule. */
FN seen seen_of(const team *m, survey mine, sums total, int which, int s)
{
    seen at;
    real largest = WS_SEES & SEES_SHARPNESS ? largest_of_team(m, mine.curvature) : R(0.0f);
    for (int q = 0; q < 2; q++) mine.sum[q] = fold_team(m, mine.sum[q], WS_SUMS + 2 * which + q, s & 1);
    at.gap = (double)gap(m->k, total);
    at.gradient = (double)mine.sum[0];
    at.state = (double)mine.sum[1];
    at.sharpness = WS_SEES & SEES_SHARPNESS ? (double)sharpness(m->k, total, largest) : 0.0;
    return at;
}
FN survey add_surveys(survey a, survey b)
{
    for (int q = 0; q < 2; q++) a.sum[q] = a.sum[q] + b.sum[q];
    a.curvature = SEL(LT(a.curvature, b.curvature), b.curvature, a.curvature);
    return a;
}
template <int LANES, int STEP = 1> FN survey fold_surveys(const survey *lane)
{
    if constexpr (STEP >= LANES) return lane[0];
    else return add_surveys(fold_surveys<LANES, 2 * STEP>(lane), fold_surveys<LANES, 2 * STEP>(lane + STEP));
}
/* of a thread's coordinates in memory */
FN survey survey_in_memory(const team *m, const scalar_real *from, int s, sums total, int noisy, real level)
{
    return fold_over_lanes<survey>([&](int n) {
        lane_values v = values_with_level(m, n, level);
        survey all = no_survey();
        each_slot(m, &v, from, n, s, noisy, [&](int k, int place, int valid, real x, real *state, real noise, mask flushed) {
            (void)state;
            (void)flushed;
            survey_slot(k == WS_K - 1, coefficients_at(m, place, valid), &v, x, total, noisy, noise, &all);
        });
        return all;
    }, add_surveys);
}
#endif

/* Size of the noise at iteration s from what is seen, and the step size from what is seen with that noise. */
FN real level_of(const team *m, seen at, int s)
{
#if NOISE_SEES
    double p[NOISE_PARAMETERS];
    if (!m->live) return R(0.0f);
    for (int j = 0; j < NOISE_PARAMETERS; j++) p[j] = m->o->job.cell->noise[j];
    real level = (scalar_real)noise_level(at, p);
    if (m->p == 0) m->level_at[s * WS_TEAMS] = level;
    return level;
#elif NOISE_NONE
    return R(0.0f);
#else
    return m->level;
#endif
}
FN real eta_of(const team *m, seen at, int s)
{
#ifdef WS_FEEDBACK
    double p[WS_SCHEDULE_PARAMETERS + 1], ramp = 0.0;
    if (!m->live) return R(0.0f);
    schedule_parameters(m->o->job.cell, p);
#if WS_RAMP
    ramp = schedule_step_size((double)(m->t + s), p);
#endif
    real eta = (scalar_real)schedule_feedback(ramp, at, p);
    if (m->p == 0) m->eta[s * WS_TEAMS] = eta;
    return eta;
#else
    return m->eta[s * WS_TEAMS];
#endif
}
FN seen only_gap(const team *m, sums total)
{
    seen at;
    at.gap = (double)gap(m->k, total);
    at.gradient = at.state = at.sharpness = 0.0;
    return at;
}

#if WS_SEES
/* of coordinates in registers; NOISY: with the numbers [lane][NOISE_SPAN][K] of iteration i of the span */
template <int NOISY> FN seen survey_held(const team *m, const held<WS_M, WS_K> &h, const lane_values *v, const real *noise, int i, sums total, int s)
{
    survey partial[WS_M];
#pragma unroll
    for (int l = 0; l < WS_M; l++) partial[l] = no_survey();
#pragma unroll
    for (int j = 0; j < WS_K; j++)
#pragma unroll
        for (int l = 0; l < WS_M; l++) {
            int q = l * WS_K + j;
            survey_slot(j == WS_K - 1, h.c[q], &v[l], h.x[q], total, NOISY, scaled(h.weight[q], noise[(l * NOISE_SPAN + i) * WS_K + j]), &partial[l]);
        }
    return seen_of(m, fold_surveys<WS_M>(partial), total, NOISY, s);
}
#endif

#include "trial_cuda.h"

FN void run_batch(team *m, sums *total)
{
    const scalar_real *from = m->home + m->now * m->home_step;
    scalar_real *to = m->home + (m->now ^ 1) * m->home_step;
#ifndef WS_FEEDBACK
    if (m->live && (double)m->t < m->eta_until) fill_eta(m);
#endif
#if WS_NUMBERS > 0 || !defined(WS_FEEDBACK)
    fill_numbers(m);
    order_memory();
#endif
    if constexpr (WS_SINGLE) {
        held<WS_M, WS_K> h;
        lane_values v[WS_M];
        load_held<WS_M, WS_K>(m, h, from, 0, 0);
#pragma unroll
        for (int l = 0; l < WS_M; l++) v[l] = values_of(m, lane_of(m, l));
#pragma unroll 1
        for (int start = 0; start < WS_BATCH; start += NOISE_SPAN) {
            real noise[WS_M * NOISE_SPAN * WS_K];
#pragma unroll
            for (int l = 0; l < WS_M; l++) draw_slots<WS_K>(m, &v[l], (unsigned)start, 0, noise + l * NOISE_SPAN * WS_K);
#pragma unroll
            for (int i = 0; i < NOISE_SPAN; i++) {
                int s = start + i;
                sums partial[WS_M];
#pragma unroll
                for (int l = 0; l < WS_M; l++) partial[l] = no_sums();
#pragma unroll
                for (int j = 0; j < WS_K; j++)
#pragma unroll
                    for (int l = 0; l < WS_M; l++) accumulate(h.c[l * WS_K + j], v[l].k, h.x[l * WS_K + j], &partial[l]);
                sums all = fold_iteration(m, fold_lanes<WS_M>(partial), s, WS_SUMS - OBJECTIVE_SUMS);
#if WS_SUMS_APART
#pragma unroll
                for (int l = 0; l < WS_M; l++) partial[l] = no_sums();
#pragma unroll
                for (int j = 0; j < WS_K; j++)
#pragma unroll
                    for (int l = 0; l < WS_M; l++) {
                        int q = l * WS_K + j;
                        accumulate(h.c[q], v[l].k, observed(h.x[q], &h.state[q * WS_STATES]), &partial[l]);
                    }
                fold_iteration(m, fold_lanes<WS_M>(partial), s, 0);
#endif
                seen at = only_gap(m, all);
#if NOISE_SEES
                at = survey_held<0>(m, h, v, noise, i, all, s);
                real level = level_of(m, at, s);
                for (int l = 0; l < WS_M; l++) v[l].level = level;
#endif
#if FEEDBACK_SEES
                at = survey_held<1>(m, h, v, noise, i, all, s);
#endif
                real number[WS_ROOM(WS_NUMBERS)];
                numbers_of(m, s, number);
#if FEEDBACK_TRIES
                real eta = try_steps(m, at, s, [&](real size) { return sums_of_held_trial(m, h, v, noise, i, all, s, size); });
#else
                real eta = eta_of(m, at, s);
#endif
#pragma unroll
                for (int j = 0; j < WS_K; j++)
#pragma unroll
                    for (int l = 0; l < WS_M; l++) {
                        int q = l * WS_K + j;
                        h.x[q] = step_slot(j == WS_K - 1, h.c[q], &v[l], h.x[q], all, eta,
                                           scaled(h.weight[q], noise[(l * NOISE_SPAN + i) * WS_K + j]), &h.state[q * WS_STATES], number);
                    }
            }
        }
        store_held<WS_M, WS_K>(m, h, to, 0, 0);
    } else {
#pragma unroll 1
        for (int s = 0; s < WS_BATCH; s++) {
            const scalar_real *x = s == 0 ? from : to;
            sums all = fold_iteration(m, sums_in_memory(m, x, s), s, WS_SUMS - OBJECTIVE_SUMS);
#if WS_SUMS_APART
            fold_iteration(m, sums_in_memory(m, x + (1 + WS_AVERAGE_STATE) * m->plane_step, s), s, 0);
#endif
            seen at = only_gap(m, all);
            real level = R(0.0f);
#if NOISE_SEES
            at = seen_of(m, survey_in_memory(m, x, s, all, 0, level), all, 0, s);
#endif
            level = level_of(m, at, s);
#if FEEDBACK_SEES
            at = seen_of(m, survey_in_memory(m, x, s, all, 1, level), all, 1, s);
#endif
#if FEEDBACK_TRIES
            real eta = try_steps(m, at, s, [&](real size) { return sums_of_trial(m, x, s, all, size, level); });
#else
            real eta = eta_of(m, at, s);
#endif
            step_in_memory(m, x, to, s, all, eta, level);
        }
    }
    sync_unit();
#pragma unroll
    for (int j = 0; j < WS_ROWS; j++)
        for (int q = 0; q < OBJECTIVE_SUMS; q++) {
            int s = WS_P < WS_BATCH ? j * WS_P + m->p : m->p / WS_ROW_THREADS;
            ((real *)&total[j])[q] = m->total[(q * WS_BATCH + s) * WS_FOLD_STRIDE];
        }
#pragma unroll
    for (int j = 0; j < WS_ROWS; j++) complete(m->k, &total[j]);
    order_memory();
}
#endif
#endif
