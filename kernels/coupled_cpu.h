/* coupled_cpu.h: a batch of 16 iterations of a coupled block: every gradient needs the folded sums of its iteration.
 *
 * An iteration is a chain of latency (fold, gap, step size, what the gradient makes of the sums) and then a pass over the coordinates,
 * which makes the step and at once the sums of the next iteration. The columns take turns: the chain of one runs while the next makes
 * its pass. In a pass the vectors of a tile go side by side; what a gradient computes from the sums alone is the same for all lanes
 * of a column, and belongs into the objective's `complete`, the end of the chain. Where every coordinate is a sum of its own (WS_WHOLE) `complete` is nearly all there is to do: the point is
 * read where it stands, and the pass is the step alone. A gradient that only the step size couples to the sums is made with these, where x
 * is new, and kept (WS_KEEPS_GRADIENT). */
#ifndef WS_COUPLED_CPU_H
#define WS_COUPLED_CPU_H

/* Heavy steps of coordinates that only a step size couples, and formulas of a whole point: as in advance_cpu.h. */
#if defined(__GNUC__) && !defined(__clang__) && (WS_WHOLE || (!OBJECTIVE_COUPLED && NOISE_NONE)) && !WS_LIGHT
#define WS_SCHEDULED 1
#pragma GCC push_options
#pragma GCC optimize("schedule-insns", "sched-pressure", "gcse")
#endif

enum {
    WS_COUPLED_TILE = WS_TILE_LANES * WS_TILE_COLUMNS,
    /* columns whose chains run side by side, while the others make their passes */
    WS_CHAINS = WS_COLUMNS / 2 > WS_TILE_COLUMNS ? WS_COLUMNS / 2 : WS_TILE_COLUMNS
};

/* values_of at iteration s of the batch */
FN lane_values values_at(const block *b, int g, int s)
{
    lane_values v = values_of(b, g);
#if NOISE_SEES
    v.level = b->level_at[s * WS_COLUMNS + g % WS_COLUMNS];
#else
    (void)s;
#endif
    return v;
}

/* The noise of group g at iteration s, [K]. */
FN const real *noise_of(const block *b, int g, int s)
{
#if NOISE_NONE
    (void)b;
    (void)g;
    (void)s;
    return 0;
#else
    return &b->noise[(g * NOISE_SPAN + s % NOISE_SPAN) * WS_K];
#endif
}
/* Draws that of NOISE_SPAN iterations, s the first of them. */
FN void draw_group(block *b, int g, int s)
{
#if NOISE_NONE
    (void)b;
    (void)g;
    (void)s;
#else
    const lane_values v = values_of(b, g);
    draw_noise(&b->key, &v, weights_of(b, g), (unsigned)s, 0, WS_K, &b->noise[g * NOISE_SPAN * WS_K]);
#endif
}

#include "survey_cpu.h"

/* Where vector n of a tile stands, counted from its first one: known to the compiler. */

/* The tiny-value rule for a tile whose first group is g. */
FN void flush_tile(block *b, int g, real *x)
{
    real least[WS_COUPLED_TILE], *at = x + g * WS_K;
    UNROLLED
    for (int n = 0; n < WS_COUPLED_TILE; n++) least[n] = R(1.0f);
    for (int j = 0; j < WS_K; j++) {
        UNROLLED
        for (int n = 0; n < WS_COUPLED_TILE; n++) least[n] = LEAST_NONZERO(least[n], at[beside(n) + j]);
    }
    for (int n = 0; n < WS_COUPLED_TILE; n++) {
        mask flushed = LT(R(0.0f), R(0.0f));
        if (__builtin_expect(LANES_OF(LT(least[n], R(WS_TINY))) != 0, 0))
            for (int j = 0; j < WS_K; j++) at[beside(n) + j] = flush_tiny(at[beside(n) + j], &flushed);
        flush_group(b, g + tile_group(0, 0, n), &flushed);
        if (LANES_OF(flushed)) note_flushed(b->flushed, g + tile_group(0, 0, n), flushed);
    }
}

#if !WS_WHOLE
/* The sums of a tile at the start of the batch, of coordinates that stand `stride` apart. */
FN void sum_tile(block *b, int part, int column, int first, const real *x, int stride)
{
    int begin = tile_group(part, column, 0) * WS_K;
    constants k[WS_TILE_COLUMNS];
    sums p[WS_COUPLED_TILE];
    for (int c = 0; c < WS_TILE_COLUMNS; c++) k[c] = constants_of(b, column + c);
    UNROLLED
    for (int n = 0; n < WS_COUPLED_TILE; n++) p[n] = no_sums();
    for (int j = 0; j < WS_K; j++) {
        UNROLLED
        for (int n = 0; n < WS_COUPLED_TILE; n++) {
            int at = begin + beside(n) + j;
            accumulate(b->c[at], k[n % WS_TILE_COLUMNS], x[at * stride], &p[n]);
#if WS_KEEPS_GRADIENT
            if (first == 0) b->slope[at] = gradient(b->c[at], k[n % WS_TILE_COLUMNS], x[at * stride], no_sums());
#endif
        }
    }
    for (int c = 0; c < WS_TILE_COLUMNS; c++) store_sums(b, part, column + c, first, fold_tile(p + c));
}
#endif

/* The completed totals of iteration s of a column. */
FN sums totals_again(block *b, int column, int s)
{
    sums total = total_of(b, s, column);
    complete(constants_of(b, column), &total);
    return total;
}

#if WS_TRACED_OF_STATE
/* A point of the trace at iteration s, from the state x and the completed sums of what is looked at. */
static __attribute__((noinline)) void look_at_column(block *b, const real *x, int s, int column, sums total)
{
    for (int part = 0; part < WS_PARTS; part++) {
        real square[WS_TILE_LANES], bend = R(0.0f);
        for (int n = 0; n < WS_TILE_LANES; n++) {
            int g = tile_group(part, column, n * WS_TILE_COLUMNS);
            lane_values v = values_of(b, g);
            traced t = no_traced();
            for (int j = 0; j < WS_K; j++)
                trace_slot(j == WS_K - 1, b->c[g * WS_K + j], &v, observed(x[g * WS_K + j], states_at(b, s == 0 ? b->now : b->now ^ 1, g * WS_K + j)), total, &t);
            square[n] = t.square;
            bend = SEL(LT(bend, t.curvature), t.curvature, bend);
        }
        int at = (s * WS_COLUMNS + column) * WS_PARTS + part;
        b->square[at] = fold_lanes(square);
        b->bend[at] = bend;
    }
    keep_column(b, s, column, total);
}
#endif

/* The chains of iteration s of the columns column ... column + CHAINS - 1 at state x: total [CHAINS] is what their step needs of it. */
FN void meet(block *b, int column, int s, const real *x, sums *total)
{
#if WS_WHOLE
    ROLLED /* of a formula of all coordinates one is enough at a time */
#else
    UNROLLED
#endif
    for (int c = 0; c < WS_CHAINS; c++) {
        lane_values v = values_of(b, column + c);
        fold_column(b, column + c, 0, x, 1, &total[c]);
        keep_total(b, s, column + c, &total[c]);
        complete_step(key_of(b), &v, (unsigned)s, &total[c]);
#if WS_SUMS_APART
        sums seen;
        fold_column(b, column + c, OBJECTIVE_SUMS, states_at(b, s == 0 ? b->now : b->now ^ 1, 0) + WS_AVERAGE_STATE, WS_STATES, &seen);
        complete(v.k, &seen);
        store_gap(b, s, column + c, gap(v.k, seen));
#else
        store_gap(b, s, column + c, gap(v.k, total[c]));
#endif
#if WS_TRACED_OF_STATE
        if (b->wanted[column + c] >> s & 1) {
#if WS_SUMS_APART
            look_at_column(b, x, s, column + c, seen);
#else
            look_at_column(b, x, s, column + c, NOISE_ROWS ? totals_again(b, column + c, s) : total[c]); /* of all rows */
#endif
        }
#endif
    }
#if defined(WS_FEEDBACK) || NOISE_SEES
    for (int c = 0; c < WS_CHAINS; c++) {
        for (int part = 0; WS_SEES && s % NOISE_SPAN == 0 && part < WS_MANY; part++) draw_group(b, part * WS_COLUMNS + column + c, s);
        look_around(b, x, s, column + c, &total[c]);
    }
#else
    (void)x;
#endif
}

/* The step of iteration s of a tile, and its sums for the next one; total [TILE_COLUMNS]. */
FN void step_tile(block *b, int part, int column, int s, const real *from, real *to, const sums *total)
{
    int first = tile_group(part, column, 0);
    lane_values v[WS_COUPLED_TILE];
    real eta[WS_TILE_COLUMNS];
    const real *noise[WS_COUPLED_TILE];
#if WS_WHOLE
    const real *slope[WS_TILE_COLUMNS];
    real room[WS_TILE_COLUMNS][WS_DIM];
#else
    sums next[WS_COUPLED_TILE];
#if WS_SUMS_APART
    sums next_seen[WS_COUPLED_TILE];
#endif
#endif
    if (!WS_SEES && s % NOISE_SPAN == 0) {
        ROLLED /* so much code is not worth having side by side */
        for (int n = 0; n < WS_COUPLED_TILE; n++) draw_group(b, tile_group(part, column, n), s);
    }
    UNROLLED
    for (int c = 0; c < WS_TILE_COLUMNS; c++) eta[c] = b->eta[s * WS_COLUMNS + column + c];
    UNROLLED
    for (int n = 0; n < WS_COUPLED_TILE; n++) {
        int g = tile_group(part, column, n);
        v[n] = values_at(b, g, s);
        noise[n] = noise_of(b, g, s);
#if !WS_WHOLE
        next[n] = no_sums();
#if WS_SUMS_APART
        next_seen[n] = no_sums();
#endif
#endif
    }
#if WS_WHOLE
    UNROLLED
    for (int c = 0; c < WS_TILE_COLUMNS; c++) slope[c] = gradient_of_point(v[c].k, &total[c], room[c]);
#endif
    from += first * WS_K;
    to += first * WS_K;
    const coefficients *k = b->c + first * WS_K;
    for (int j = 0; j < WS_K; j++) {
        /* All are read before one is written: a load would wait for a store that looks like one to its address. And each is read once: as
         * an operand from memory, which compilers like, it would be twice. */
        real x[WS_COUPLED_TILE];
        UNROLLED
        for (int n = 0; n < WS_COUPLED_TILE; n++) x[n] = *(const volatile real *)&from[beside(n) + j];
#if WS_KEEPS_GRADIENT
        real slope[WS_COUPLED_TILE];
        UNROLLED
        for (int n = 0; n < WS_COUPLED_TILE; n++) slope[n] = b->slope[first * WS_K + beside(n) + j];
#endif
        UNROLLED
        for (int n = 0; n < WS_COUPLED_TILE; n++) {
            int c = n % WS_TILE_COLUMNS, at = first * WS_K + beside(n) + j;
            real *state = states_at(b, b->now ^ 1, at);
            for (int q = 0; s == 0 && q < WS_STATES; q++) state[q] = states_at(b, b->now, at)[q];
#if WS_KEEPS_GRADIENT
            x[n] = step_along(j == WS_K - 1, &v[n], x[n], slope[n], eta[c], NOISE_NONE ? R(0.0f) : noise[n][j], state, numbers_of(b, s, column + c));
            slope[n] = gradient(k[beside(n) + j], v[n].k, x[n], no_sums());
#elif WS_WHOLE
            x[n] = step_along(j == WS_K - 1, &v[n], x[n], slope_in(slope[c], tile_group(part, column, n), j), eta[c], NOISE_NONE ? R(0.0f) : noise[n][j], state,
                              numbers_of(b, s, column + c));
#else
            x[n] = step_slot(j == WS_K - 1, k[beside(n) + j], &v[n], x[n], total[c], eta[c], NOISE_NONE ? R(0.0f) : noise[n][j], state,
                             numbers_of(b, s, column + c));
#endif
#if !WS_WHOLE
            accumulate(k[beside(n) + j], v[n].k, x[n], &next[n]);
#if WS_SUMS_APART
            accumulate(k[beside(n) + j], v[n].k, observed(x[n], state), &next_seen[n]);
#endif
#endif
        }
        UNROLLED
        for (int n = 0; n < WS_COUPLED_TILE; n++) {
            to[beside(n) + j] = x[n];
#if WS_KEEPS_GRADIENT
            b->slope[first * WS_K + beside(n) + j] = slope[n];
#endif
        }
    }
#if !WS_WHOLE
    for (int c = 0; c < WS_TILE_COLUMNS; c++) {
        store_sums(b, part, column + c, 0, fold_tile(next + c));
#if WS_SUMS_APART
        store_sums(b, part, column + c, OBJECTIVE_SUMS, fold_tile(next_seen + c));
#endif
    }
#endif
}

static void run_batch(block *b)
{
    /* a state beyond the first-level cache is passed over to and fro: so it finds there what it left last */
    enum { WIDE = sizeof b->x[0] > 32768 };
    real *from = b->x[b->now], *to = b->x[b->now ^ 1];
    sums total[WS_COLUMNS];
#if WS_STEP_SIZES_OF_TIME
    fill_eta(b);
#endif
    share_lanes(b);
    fill_numbers(b);
    for (int column = 0; column < WS_COLUMNS; column += WS_CHAINS) {
        if (!columns_live(b, column, WS_CHAINS)) continue;
        for (int part = 0; part < WS_PARTS; part++)
            for (int c = column; c < column + WS_CHAINS; c += WS_TILE_COLUMNS) {
                flush_tile(b, tile_group(part, c, 0), from);
#if !WS_WHOLE
                sum_tile(b, part, c, 0, from, 1);
#if WS_SUMS_APART
                sum_tile(b, part, c, OBJECTIVE_SUMS, states_at(b, b->now, 0) + WS_AVERAGE_STATE, WS_STATES);
#endif
#endif
            }
        meet(b, column, 0, from, total + column);
    }
    for (int s = 0; s < WS_BATCH; s++)
        for (int column = 0; column < WS_COLUMNS; column += WS_CHAINS) {
            if (!columns_live(b, column, WS_CHAINS)) continue;
            for (int c = column; c < column + WS_CHAINS; c += WS_TILE_COLUMNS)
                for (int i = 0; i < WS_PARTS; i++) step_tile(b, WIDE && s % 2 == 0 ? WS_PARTS - 1 - i : i, c, s, s == 0 ? from : to, to, total + c);
            if (s + 1 < WS_BATCH) meet(b, column, s + 1, to, total + column);
        }
}

/* x [K] and states [K][WS_STATES] of group g at iteration s of the batch just run: run again from the start of the batch. */
COLD void state_again(block *b, int g, int s, real *x, real *state)
{
    lane_values v = values_of(b, g);
    int column = g % WS_COLUMNS;
    for (int k = 0; k < WS_K; k++) {
        x[k] = b->x[b->now][g * WS_K + k];
        for (int q = 0; q < WS_STATES; q++) state[k * WS_STATES + q] = states_at(b, b->now, g * WS_K + k)[q];
    }
    for (int t = 0; t < s; t++) {
        v = values_at(b, g, t);
        real noise[WS_K];
        draw_noise_alone(key_of(b), &v, weights_of(b, g), (unsigned)t, noise);
        sums total = totals_again(b, column, t);
        if (NOISE_ROWS) complete_step(key_of(b), &v, (unsigned)t, &total);
        for (int k = 0; k < WS_K; k++)
            x[k] = step_slot(k == WS_K - 1, b->c[g * WS_K + k], &v, x[k], total, b->eta[t * WS_COLUMNS + column],
                             NOISE_NONE ? R(0.0f) : noise[k], &state[k * WS_STATES], numbers_of(b, t, column));
    }
}
#ifdef WS_SCHEDULED
#pragma GCC pop_options
#endif
#endif
