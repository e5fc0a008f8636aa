/* batch_cuda.h: one batch of 16 iterations on the threads of a GPU: step sizes, states, sums.
 *
 * Uncoupled: a thread runs its coordinates through the 16 iterations in registers, WS_HELD at once, and leaves one partial sum per
 * iteration in its column of shared memory. Coupled: the sums are folded at every iteration. Either way the totals of the 16
 * iterations are known at the end, and the state before the batch still stands in the other buffer, so that an iteration inside it can be
 * visited again (visit_again). */
#ifndef WS_BATCH_CUDA_H
#define WS_BATCH_CUDA_H

/* Slot k of the thread's n-th lane is coordinate p + place_of(n, k). */
FN int lane_of(const team *m, int n) { return n * WS_P + m->p; }
FN int place_of(int n, int k) { return k * WS_L + n * WS_P; }
/* Whether it is one at all: the last slot of a lane may be padding. */
FN int is_coordinate(const team *m, int n, int k) { return !WS_PADDED || k < WS_K - 1 || lane_of(m, n) < WS_DIM - (WS_K - 1) * WS_L; }

FN lane_values values_of(const team *m, int lane)
{
    lane_values v;
    v.k = m->k;
#if WS_PADDED
    v.last = lane < WS_DIM - (WS_K - 1) * WS_L;
#endif
#if !NOISE_NONE
    v.level = m->level;
    v.at.iteration = (vuint)(unsigned)m->t;
    v.at.lane = (vuint)lane;
    v.at.replicate = m->replicate;
    v.at.cell_low = m->cell_low;
    v.at.cell_high = m->cell_high;
#endif
    (void)lane;
    return v;
}

/* of the coordinate at a place; 0 for padding */
FN coefficients coefficients_at(const team *m, int place, int valid)
{
    coefficients c;
    const scalar_real *mine = m->c + m->p;
    for (int j = 0; j < OBJECTIVE_COEFFICIENTS; j++) ((scalar_real *)&c)[j] = valid ? constant_load(mine + j * WS_DIM + place) : (scalar_real)0;
    return c;
}
FN real weight_at(const team *m, int place, int valid)
{
#if WS_NOISE_WEIGHTS && !NOISE_NONE
    const double *mine = m->weights + m->p;
    return valid ? (scalar_real)constant_load(mine + place) : (scalar_real)0;
#else
    return R(1.0f);
#endif
}
FN const random_key *key_of(const team *m) { return (const random_key *)m->launch->key; }

/* Random numbers [NOISE_SPAN][SIZE] of slots first ... first + SIZE - 1 of a lane, not yet scaled by weights. */
template <int SIZE> FN void draw_slots(const team *m, const lane_values *v, unsigned step, int first, real *noise)
{
#if NOISE_NONE
    for (int j = 0; j < SIZE; j++) noise[j] = R(0.0f);
#elif defined(NOISE_GRAIN)
    noise_draw_slots(key_of(m), v->at, step, first, SIZE, noise);
#else
    ASSERT_STATIC(SIZE == WS_K, this_noise_is_drawn_for_whole_lanes);
    noise_draw(key_of(m), v->at, step, noise);
#endif
}
FN real scaled(real weight, real noise) { return WS_NOISE_WEIGHTS ? weight * noise : noise; }

#ifndef WS_FEEDBACK
/* The team's 16 step sizes, where they still change. */
FN void fill_eta(const team *m)
{
    double p[WS_SCHEDULE_PARAMETERS + 1];
    schedule_parameters(m->o->job.cell, p);
    for (int j = 0; j < WS_ROWS; j++) {
        int s = j * WS_P + m->p;
        if (s < WS_BATCH) m->eta[s * WS_TEAMS] = (scalar_real)schedule_step_size((double)(m->t + s), p);
    }
}
#endif

/* Coordinates in registers: slots first ... first + SIZE - 1 of LANES lanes of the thread, from lane n on. */
template <int LANES, int SIZE> struct held {
    real x[LANES * SIZE];
    coefficients c[LANES * SIZE];
    real weight[LANES * SIZE];
};
template <int LANES, int SIZE> FN void load_held(team *m, held<LANES, SIZE> &h, const scalar_real *from, int n, int first)
{
    mask tiny = 0, flushed = 0;
    const scalar_real *mine = from + m->p + place_of(n, first);
#pragma unroll
    for (int j = 0; j < SIZE; j++)
#pragma unroll
        for (int l = 0; l < LANES; l++) {
            int valid = is_coordinate(m, n + l, first + j), q = l * SIZE + j;
            h.x[q] = valid ? mine[place_of(l, j)] : (scalar_real)0;
            tiny |= LT(ABS(h.x[q]), R(WS_TINY));
            h.c[q] = coefficients_at(m, place_of(n, first) + place_of(l, j), valid);
            h.weight[q] = weight_at(m, place_of(n, first) + place_of(l, j), valid);
        }
    if (!tiny) return; /* mostly: one comparison a coordinate */
#pragma unroll
    for (int q = 0; q < LANES * SIZE; q++) h.x[q] = flush_tiny(h.x[q], &flushed);
    m->seen.flushed |= flushed;
}
template <int LANES, int SIZE> FN void store_held(const team *m, const held<LANES, SIZE> &h, scalar_real *to, int n, int first)
{
    scalar_real *mine = to + m->p + place_of(n, first);
#pragma unroll
    for (int j = 0; j < SIZE; j++)
#pragma unroll
        for (int l = 0; l < LANES; l++)
            if (is_coordinate(m, n + l, first + j)) mine[place_of(l, j)] = h.x[l * SIZE + j];
}

/* The canonical sum over LANES lanes of a thread. */
template <int LANES, int STEP = 1> FN sums fold_lanes(const sums *lane)
{
    if constexpr (STEP >= LANES) return lane[0];
    else {
        sums a = fold_lanes<LANES, 2 * STEP>(lane), b = fold_lanes<LANES, 2 * STEP>(lane + STEP);
        for (int i = 0; i < OBJECTIVE_SUMS; i++) ((real *)&a)[i] = ((real *)&a)[i] + ((real *)&b)[i];
        return a;
    }
}

#if !WS_COUPLED
/* Held coordinates through the whole batch. `begin`: no sums stand in the column yet. */
template <int LANES, int SIZE> FN void advance_held(team *m, const scalar_real *from, scalar_real *to, int n, int first, int begin)
{
    held<LANES, SIZE> h;
    lane_values v[LANES];
    load_held<LANES, SIZE>(m, h, from, n, first);
#pragma unroll
    for (int l = 0; l < LANES; l++) v[l] = values_of(m, lane_of(m, n + l));
    scalar_real *row = m->partial;
    const scalar_real *step_size = m->eta;
#pragma unroll WS_UNROLL
    for (int start = 0; start < WS_BATCH; start += NOISE_SPAN) {
        real noise[LANES * NOISE_SPAN * SIZE];
#pragma unroll
        for (int l = 0; l < LANES; l++) draw_slots<SIZE>(m, &v[l], (unsigned)start, first, noise + l * NOISE_SPAN * SIZE);
#pragma unroll
        for (int i = 0; i < NOISE_SPAN; i++) {
            real eta = *step_size;
            sums partial[LANES];
#pragma unroll
            for (int l = 0; l < LANES; l++) partial[l] = no_sums();
            if (!begin)
                for (int q = 0; q < OBJECTIVE_SUMS; q++) ((real *)&partial[0])[q] = row[q * WS_BATCH * WS_FOLD_STRIDE];
#pragma unroll
            for (int j = 0; j < SIZE; j++)
#pragma unroll
                for (int l = 0; l < LANES; l++) {
                    int q = l * SIZE + j;
                    accumulate(h.c[q], v[l].k, h.x[q], &partial[l]);
                    h.x[q] = step_slot(first + j == WS_K - 1, h.c[q], &v[l], h.x[q], partial[l], eta,
                                       scaled(h.weight[q], noise[(l * NOISE_SPAN + i) * SIZE + j]));
                }
            sums all = fold_lanes<LANES>(partial);
            for (int q = 0; q < OBJECTIVE_SUMS; q++) row[q * WS_BATCH * WS_FOLD_STRIDE] = ((real *)&all)[q];
            row += WS_FOLD_STRIDE;
            step_size += WS_TEAMS;
        }
    }
    store_held<LANES, SIZE>(m, h, to, n, first);
}

/* One lane whose slots are more than a thread holds: group after group. */
FN void advance_lane(team *m, const scalar_real *from, scalar_real *to, int n)
{
    constexpr int SIZE = WS_HELD < WS_K ? WS_HELD : WS_K, MORE = (WS_K - 1) / SIZE * SIZE;
#pragma unroll 1
    for (int first = 0; first < MORE; first += SIZE) advance_held<1, SIZE>(m, from, to, n, first, first == 0);
    advance_held<1, WS_K - MORE>(m, from, to, n, MORE, MORE == 0);
}

/* Many lanes a thread: folded as they come, in bit-reversed order, so that the sums that wait are few (one for each level). */
FN void advance_lanes(team *m, const scalar_real *from, scalar_real *to)
{
    real waiting[WS_M > 1 ? 16 : 1][OBJECTIVE_SUMS * WS_BATCH];
#pragma unroll 1
    for (int turn = 0; turn < WS_M; turn++) {
        int n = 0, level = 0;
        for (int bit = 1; bit < WS_M; bit *= 2) n = 2 * n + ((turn & bit) != 0);
        advance_lane(m, from, to, n);
        for (; (turn >> level) & 1; level++)
            for (int s = 0; s < OBJECTIVE_SUMS * WS_BATCH; s++)
                m->partial[s * WS_FOLD_STRIDE] = waiting[level][s] + m->partial[s * WS_FOLD_STRIDE];
        if (turn < WS_M - 1)
            for (int s = 0; s < OBJECTIVE_SUMS * WS_BATCH; s++) waiting[level][s] = m->partial[s * WS_FOLD_STRIDE];
    }
}

/* Totals of the thread's own rows, from the columns of the team. */
FN void fold_rows(const team *m, sums *total)
{
    sync_unit();
#pragma unroll
    for (int j = 0; j < WS_ROWS; j++)
        for (int q = 0; q < OBJECTIVE_SUMS; q++) {
            const scalar_real *rows = m->total + q * WS_BATCH * WS_FOLD_STRIDE;
            real value;
            if constexpr (WS_P < WS_BATCH) value = fold_column<least(WS_P, WS_BATCH)>(rows + (j * WS_P + m->p) * WS_FOLD_STRIDE, 1);
            else {
                value = fold_column<WS_BATCH>(rows + m->p / WS_ROW_THREADS * WS_FOLD_STRIDE + m->p % WS_ROW_THREADS, WS_ROW_THREADS);
                for (int n = WS_ROW_THREADS / 2; n >= 1; n /= 2) value = value + swap_lanes(value, n);
            }
            ((real *)&total[j])[q] = value;
        }
    order_memory(); /* a vote follows before these columns are written again */
}

FN void run_batch(team *m, sums *total)
{
    const scalar_real *from = m->home + m->now * m->home_step;
    scalar_real *to = m->home + (m->now ^ 1) * m->home_step;
    if (m->live && (double)m->t < m->eta_until) fill_eta(m);
    sync_unit();
    if constexpr (WS_SINGLE) advance_held<WS_M, WS_K>(m, from, to, 0, 0, 1);
    else if constexpr (WS_M == 1) advance_lane(m, from, to, 0);
    else advance_lanes(m, from, to);
    fold_rows(m, total);
}
#else
/* Partial sums of the thread at iteration s of the batch, coordinates in memory. `from`: where x stands then. */
FN sums sums_in_memory(team *m, const scalar_real *from, int s)
{
    sums waiting[16], all = no_sums();
#pragma unroll 1
    for (int turn = 0; turn < WS_M; turn++) {
        int n = 0, level = 0;
        for (int bit = 1; bit < WS_M; bit *= 2) n = 2 * n + ((turn & bit) != 0);
        all = no_sums();
#pragma unroll 4
        for (int k = 0; k < WS_K; k++) {
            mask flushed = 0;
            int valid = is_coordinate(m, n, k);
            real x = valid ? from[m->p + place_of(n, k)] : (scalar_real)0;
            if (s == 0) x = flush_tiny(x, &flushed);
            m->seen.flushed |= flushed;
            accumulate(coefficients_at(m, place_of(n, k), valid), m->k, x, &all);
        }
        for (; (turn >> level) & 1; level++)
            for (int q = 0; q < OBJECTIVE_SUMS; q++) ((real *)&all)[q] = ((real *)&waiting[level])[q] + ((real *)&all)[q];
        waiting[level] = all;
    }
    return all;
}
/* Slots that take a step together when coordinates stand in memory. */
#if NOISE_NONE
#define WS_STEPPED 1
#elif defined(NOISE_GRAIN)
#define WS_STEPPED NOISE_GRAIN
#else
#define WS_STEPPED WS_K
#endif
FN void step_in_memory(team *m, const scalar_real *from, scalar_real *to, int s, sums total, real eta, real level)
{
#pragma unroll 1
    for (int n = 0; n < WS_M; n++) {
        lane_values v = values_of(m, lane_of(m, n));
#if !NOISE_NONE
        v.level = level;
#else
        (void)level;
#endif
#pragma unroll 1
        for (int first = 0; first < WS_K; first += WS_STEPPED) {
            real noise[NOISE_SPAN * WS_STEPPED];
            draw_slots<WS_STEPPED>(m, &v, (unsigned)(s - s % NOISE_SPAN), first, noise);
            for (int j = 0; j < WS_STEPPED; j++) {
                int k = first + j, place = place_of(n, k);
                if (k >= WS_K || !is_coordinate(m, n, k)) continue;
                mask flushed = 0;
                real x = from[m->p + place];
                if (s == 0) x = flush_tiny(x, &flushed);
                to[m->p + place] = step_slot(k == WS_K - 1, coefficients_at(m, place, 1), &v, x, total, eta,
                                             scaled(weight_at(m, place, 1), noise[s % NOISE_SPAN * WS_STEPPED + j]));
            }
        }
    }
}

/* The totals of iteration s in every thread, kept for the rows; the step size that follows from them. */
FN sums fold_iteration(const team *m, sums mine, int s)
{
    for (int q = 0; q < OBJECTIVE_SUMS; q++) {
        ((real *)&mine)[q] = fold_team(m, ((real *)&mine)[q], q, s & 1);
        if (m->p == 0) m->total[(q * WS_BATCH + s) * WS_FOLD_STRIDE] = ((real *)&mine)[q];
    }
    complete(m->k, &mine);
    return mine;
}
#if WS_SEES
/* The survey of the whole team, in every thread; `which` 0: for the noise, 1: for the rule. */
FN seen seen_of(const team *m, survey mine, sums total, int which, int s)
{
    seen at;
    real largest = WS_SEES & SEES_SHARPNESS ? largest_of_team(m, mine.curvature) : R(0.0f);
    for (int q = 0; q < 2; q++) mine.sum[q] = fold_team(m, mine.sum[q], OBJECTIVE_SUMS + 2 * which + q, s & 1);
    at.gap = (double)gap(m->k, total);
    at.gradient = (double)mine.sum[0];
    at.state = (double)mine.sum[1];
    at.sharpness = WS_SEES & SEES_SHARPNESS ? (double)sharpness(m->k, total, largest) : 0.0;
    return at;
}
template <int LANES, int STEP = 1> FN survey fold_surveys(const survey *lane)
{
    if constexpr (STEP >= LANES) return lane[0];
    else {
        survey a = fold_surveys<LANES, 2 * STEP>(lane), b = fold_surveys<LANES, 2 * STEP>(lane + STEP);
        for (int q = 0; q < 2; q++) a.sum[q] = a.sum[q] + b.sum[q];
        a.curvature = SEL(LT(a.curvature, b.curvature), b.curvature, a.curvature);
        return a;
    }
}
/* of a thread's coordinates in memory, as sums_in_memory goes over them */
FN survey survey_in_memory(const team *m, const scalar_real *from, int s, sums total, int noisy, real level)
{
    survey waiting[16], all = no_survey();
#pragma unroll 1
    for (int turn = 0; turn < WS_M; turn++) {
        int n = 0, depth = 0;
        for (int bit = 1; bit < WS_M; bit *= 2) n = 2 * n + ((turn & bit) != 0);
        lane_values v = values_of(m, lane_of(m, n));
#if !NOISE_NONE
        v.level = level;
#endif
        all = no_survey();
#pragma unroll 1
        for (int first = 0; first < WS_K; first += WS_STEPPED) {
            real noise[NOISE_SPAN * WS_STEPPED];
            if (noisy) draw_slots<WS_STEPPED>(m, &v, (unsigned)(s - s % NOISE_SPAN), first, noise);
            for (int j = 0; j < WS_STEPPED && first + j < WS_K; j++) {
                mask flushed = 0;
                int k = first + j, valid = is_coordinate(m, n, k), place = place_of(n, k);
                real x = valid ? from[m->p + place] : (scalar_real)0;
                if (s == 0) x = flush_tiny(x, &flushed);
                survey_slot(k == WS_K - 1, coefficients_at(m, place, valid), &v, x, total, noisy,
                            noisy ? scaled(weight_at(m, place, valid), noise[s % NOISE_SPAN * WS_STEPPED + j]) : R(0.0f), &all);
            }
        }
        for (; (turn >> depth) & 1; depth++) {
            for (int q = 0; q < 2; q++) all.sum[q] = waiting[depth].sum[q] + all.sum[q];
            all.curvature = SEL(LT(all.curvature, waiting[depth].curvature), waiting[depth].curvature, all.curvature);
        }
        waiting[depth] = all;
    }
    (void)level;
    return all;
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

FN void run_batch(team *m, sums *total)
{
    const scalar_real *from = m->home + m->now * m->home_step;
    scalar_real *to = m->home + (m->now ^ 1) * m->home_step;
#ifndef WS_FEEDBACK
    if (m->live && (double)m->t < m->eta_until) fill_eta(m);
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
                sums all = fold_iteration(m, fold_lanes<WS_M>(partial), s);
                seen at = only_gap(m, all);
#if NOISE_SEES
                at = survey_held<0>(m, h, v, noise, i, all, s);
                real level = level_of(m, at, s);
                for (int l = 0; l < WS_M; l++) v[l].level = level;
#endif
#if FEEDBACK_SEES
                at = survey_held<1>(m, h, v, noise, i, all, s);
#endif
                real eta = eta_of(m, at, s);
#pragma unroll
                for (int j = 0; j < WS_K; j++)
#pragma unroll
                    for (int l = 0; l < WS_M; l++) {
                        int q = l * WS_K + j;
                        h.x[q] = step_slot(j == WS_K - 1, h.c[q], &v[l], h.x[q], all, eta,
                                           scaled(h.weight[q], noise[(l * NOISE_SPAN + i) * WS_K + j]));
                    }
            }
        }
        store_held<WS_M, WS_K>(m, h, to, 0, 0);
    } else {
#pragma unroll 1
        for (int s = 0; s < WS_BATCH; s++) {
            const scalar_real *x = s == 0 ? from : to;
            sums all = fold_iteration(m, sums_in_memory(m, x, s), s);
            seen at = only_gap(m, all);
            real level = R(0.0f);
#if NOISE_SEES
            at = seen_of(m, survey_in_memory(m, x, s, all, 0, level), all, 0, s);
#endif
            level = level_of(m, at, s);
#if FEEDBACK_SEES
            at = seen_of(m, survey_in_memory(m, x, s, all, 1, level), all, 1, s);
#endif
            step_in_memory(m, x, to, s, all, eta_of(m, at, s), level);
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

/* The batch just run once more, up to iteration s: the largest curvature there, and (s = 1) whether the first step changed any
 * coordinate of this thread. Totals and step sizes of the batch stand in shared memory. */
FN sums totals_at(const team *m, int s)
{
    sums t;
    for (int q = 0; q < OBJECTIVE_SUMS; q++) ((real *)&t)[q] = m->total[(q * WS_BATCH + s) * WS_FOLD_STRIDE];
    complete(m->k, &t);
    return t;
}
FN int visit_again(const team *m, int s, real *largest)
{
    constexpr int SIZE = NOISE_NONE ? 1 :
#ifdef NOISE_GRAIN
                                    NOISE_GRAIN;
#else
                                    WS_K;
#endif
    const scalar_real *from = m->home + m->now * m->home_step;
    int moved = 0;
#pragma unroll 1
    for (int n = 0; n < WS_M; n++) {
        lane_values v = values_of(m, lane_of(m, n));
#pragma unroll 1
        for (int first = 0; first < WS_K; first += SIZE) {
            held<1, SIZE> h;
            mask flushed = 0;
            for (int j = 0; j < SIZE; j++) {
                int valid = first + j < WS_K && is_coordinate(m, n, first + j), place = place_of(n, first + j);
                h.x[j] = flush_tiny(valid ? from[m->p + place] : (scalar_real)0, &flushed);
                h.c[j] = coefficients_at(m, place, valid);
                h.weight[j] = weight_at(m, place, valid);
            }
#pragma unroll 1
            for (int start = 0; start < s; start += NOISE_SPAN) {
                real noise[NOISE_SPAN * SIZE];
                draw_slots<SIZE>(m, &v, (unsigned)start, first, noise);
#pragma unroll
                for (int i = 0; i < NOISE_SPAN; i++) {
                    if (start + i >= s) break;
                    sums total = totals_at(m, start + i);
#if NOISE_SEES
                    v.level = m->level_at[(start + i) * WS_TEAMS];
#endif
                    for (int j = 0; j < SIZE; j++) {
                        real next = step_slot(first + j == WS_K - 1, h.c[j], &v, h.x[j], total, m->eta[(start + i) * WS_TEAMS],
                                              scaled(h.weight[j], noise[i * SIZE + j]));
                        moved |= next != h.x[j] && first + j < WS_K;
                        h.x[j] = next;
                    }
                }
            }
            for (int j = 0; j < SIZE; j++) {
                if (first + j >= WS_K) continue;
                real here = curvature(h.c[j], m->k, h.x[j], totals_at(m, s < WS_BATCH ? s : 0));
                *largest = SEL(LT(*largest, here), here, *largest);
            }
        }
    }
    return moved;
}
#endif
