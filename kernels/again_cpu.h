/* again_cpu.h: what is asked of a batch after it was run, seldom: sharpness at a hit, and whether a step moved anything. The states inside
 * a batch are not kept; a group is run again from the start of the batch. */
#ifndef WS_AGAIN_CPU_H
#define WS_AGAIN_CPU_H

#if !WS_COUPLED /* coupled_cpu.h has its own */
/* x [K] and states [K][WS_STATES] of group g at iteration s of the batch just run: run again from the start of the batch. */
COLD void state_again(block *b, int g, int s, real *x, real *state)
{
    lane_values v = values_of(b, g);
    mask flushed = LT(R(0.0f), R(0.0f));
    for (int k = 0; k < WS_K; k++) {
        x[k] = flush_tiny(b->x[b->now][g * WS_K + k], &flushed);
        for (int q = 0; q < WS_STATES; q++) state[k * WS_STATES + q] = states_at(b, b->now, g * WS_K + k)[q];
        flush_states(&state[k * WS_STATES], &flushed);
    }
    for (int t = 0; t < s; t++) {
        real noise[WS_K];
        draw_noise_alone(key_of(b), &v, weights_of(b, g), (unsigned)t, noise);
        for (int k = 0; k < WS_K; k++)
            x[k] = step_slot(k == WS_K - 1, b->c[g * WS_K + k], &v, x[k], no_sums(), b->eta[t * WS_COLUMNS + g % WS_COLUMNS],
                             NOISE_NONE ? R(0.0f) : noise[k], &state[k * WS_STATES], numbers_of(b, t, g % WS_COLUMNS));
    }
}

/* The totals of iteration s of a column, which were not kept. */
COLD sums totals_again(block *b, int column, int s)
{
    real partial[WS_MANY * OBJECTIVE_SUMS];
    for (int part = 0; part < WS_MANY; part++) {
        real x[WS_K], state[WS_ROOM(WS_K * WS_STATES)];
        sums p = no_sums();
        int g = part * WS_COLUMNS + column;
        constants k = constants_of(b, column);
        state_again(b, g, s, x, state);
        for (int j = 0; j < WS_K; j++) accumulate(b->c[g * WS_K + j], k, x[j], &p);
        for (int i = 0; i < OBJECTIVE_SUMS; i++) partial[part * OBJECTIVE_SUMS + i] = ((real *)&p)[i];
    }
    sums total;
    for (int i = 0; i < OBJECTIVE_SUMS; i++) {
        for (int n = WS_MANY / 2; n >= 1; n /= 2)
            for (int m = 0; m < n; m++) partial[m * OBJECTIVE_SUMS + i] = partial[m * OBJECTIVE_SUMS + i] + partial[(m + n) * OBJECTIVE_SUMS + i];
        ((real *)&total)[i] = WS_W == 1 ? fold_inside(partial[i]) : partial[i];
    }
    return total;
}
#endif

#ifdef OBJECTIVE_HAS_HESSIAN
/* Whether eta times the sharpness is above `limit`, by bounds of it, whatever its roundings: 0, 1, or -1 if they do not say. */
FN int hessian_is_too_sharp(constants k, const sums *total, int simd, double eta, double limit)
{
    real matrix[WS_DIM * WS_DIM], least, most;
    hessian(k, total, matrix);
    most = largest_symmetric_bound(matrix, WS_DIM);
    if (eta * (double)get_lane(&most, simd) <= limit) return 0;
    largest_symmetric_bounds(matrix, WS_DIM, &least, &most);
    return eta * (double)get_lane(&most, simd) <= limit ? 0 : eta * (double)get_lane(&least, simd) > limit ? 1 : -1;
}
#endif

/* At iteration s of the batch just run eta times the sharpness is above `limit`, of one slot. */
COLD int is_too_sharp(block *b, int slot, int s, double eta, double limit)
{
    int column = WS_W == 1 ? 0 : slot / WS_LANES, simd = WS_W == 1 ? 0 : slot % WS_LANES;
    constants constant = constants_of(b, column);
    sums total = totals_again(b, column, s);
    real largest = R(0.0f);
#ifdef OBJECTIVE_HAS_HESSIAN
    const int sharp = hessian_is_too_sharp(constant, &total, simd, eta, limit);
    if (sharp >= 0) return sharp;
#endif
#if OBJECTIVE_BENDS_BY_COORDINATE
    for (int g = column; g < WS_NV; g += WS_COLUMNS) {
        real x[WS_K], state[WS_ROOM(WS_K * WS_STATES)];
        state_again(b, g, s, x, state);
        for (int k = 0; k < WS_K; k++) {
            real here = curvature(b->c[g * WS_K + k], constant, x[k], total);
            largest = SEL(LT(largest, here), here, largest);
        }
    }
#endif
    scalar_real top = get_lane(&largest, simd);
    if (WS_W == 1)
        for (int i = 1; i < WS_LANES; i++)
            if (get_lane(&largest, i) > top) top = get_lane(&largest, i);
    real result = sharpness(constant, total, R(top));
    return eta * (double)get_lane(&result, simd) > limit;
}

/* No coordinate of the slot and none of its states changed in the first step of the batch just run. */
COLD int stands_still(block *b, int slot)
{
    for (int g = WS_W == 1 ? 0 : slot / WS_LANES; g < WS_NV; g += WS_COLUMNS) {
        real before[WS_K], after[WS_K], state_before[WS_ROOM(WS_K * WS_STATES)], state_after[WS_ROOM(WS_K * WS_STATES)];
        mask same = EQ(R(0.0f), R(0.0f));
        state_again(b, g, 0, before, state_before);
        state_again(b, g, 1, after, state_after);
        for (int k = 0; k < WS_K; k++) same = AND(same, EQ(before[k], after[k]));
        for (int q = 0; q < WS_K * WS_STATES; q++) same = AND(same, EQ(state_before[q], state_after[q]));
        unsigned moved = LANES_OF(NOT(same));
        if (WS_W == 1 ? moved != 0 : (moved >> slot % WS_LANES) & 1) return 0;
    }
    return 1;
}
#endif
