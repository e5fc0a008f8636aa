/* batch_cuda.h: one batch of 16 iterations on the threads of a GPU: coordinates in registers, step sizes, and the uncoupled way.
 *
 * Uncoupled: a thread runs its coordinates through the 16 iterations in registers, WS_HELD at once, and leaves one partial sum per
 * iteration in its column of shared memory. Coupled: coupled_cuda.h. Either way the totals of the 16 iterations are known at the end, and
 * the state before the batch still stands in the other buffer, so that an iteration inside it can be visited again (again_cuda.h). */
#ifndef WS_BATCH_CUDA_H
#define WS_BATCH_CUDA_H

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
#if METHOD_CONSTANTS > 0
    for (int j = 0; j < METHOD_CONSTANTS; j++) v.method[j] = m->method[j];
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
    real state[WS_ROOM(LANES * SIZE * WS_STATES)];
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
            load_states(m, from, place_of(n, first) + place_of(l, j), valid, &h.state[q * WS_STATES]);
            flush_states(&h.state[q * WS_STATES], &flushed);
        }
    if (WS_AVERAGED) m->seen.flushed |= flushed;
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
            if (is_coordinate(m, n + l, first + j)) {
                mine[place_of(l, j)] = h.x[l * SIZE + j];
                store_states(m, to, place_of(n, first) + place_of(l, j), &h.state[(l * SIZE + j) * WS_STATES]);
            }
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
            real eta = *step_size, number[WS_ROOM(WS_NUMBERS)];
            sums partial[LANES];
            numbers_of(m, start + i, number);
#pragma unroll
            for (int l = 0; l < LANES; l++) partial[l] = no_sums();
            if (!begin)
                for (int q = 0; q < OBJECTIVE_SUMS; q++) ((real *)&partial[0])[q] = row[q * WS_BATCH * WS_FOLD_STRIDE];
#pragma unroll
            for (int j = 0; j < SIZE; j++)
#pragma unroll
                for (int l = 0; l < LANES; l++) {
                    int q = l * SIZE + j;
                    accumulate(h.c[q], v[l].k, observed(h.x[q], &h.state[q * WS_STATES]), &partial[l]);
                    h.x[q] = step_slot(first + j == WS_K - 1, h.c[q], &v[l], h.x[q], partial[l], eta,
                                       scaled(h.weight[q], noise[(l * NOISE_SPAN + i) * SIZE + j]), &h.state[q * WS_STATES], number);
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
    fill_numbers(m);
    sync_unit();
    if constexpr (WS_SINGLE) advance_held<WS_M, WS_K>(m, from, to, 0, 0, 1);
    else if constexpr (WS_M == 1) advance_lane(m, from, to, 0);
    else advance_lanes(m, from, to);
    fold_rows(m, total);
}
#endif
#endif
