/* coupled_cpu.h: a batch of 16 iterations of a coupled block: every gradient needs the folded sums of its iteration.
 *
 * An iteration is a chain of latency (fold, gap, step size, what the gradient makes of the sums) and then a pass over the coordinates,
 * which makes the step and at once the sums of the next iteration. The chains of the columns run side by side; what a gradient
 * computes from the sums alone is the same for all lanes of a column, and the compiler lifts it out of the pass. */
#ifndef WS_COUPLED_CPU_H
#define WS_COUPLED_CPU_H

/* columns whose chains run side by side */
enum { WS_CHAINS = WS_COLUMNS < 4 ? WS_COLUMNS : 4 };

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

/* The noise of group g at iteration s, [K]: with `draw` drawn for NOISE_SPAN iterations when s is a multiple of it. */
FN const real *noise_of(block *b, const lane_values *v, int g, int s, int draw)
{
#if NOISE_NONE
    (void)b;
    (void)v;
    (void)g;
    (void)s;
    (void)draw;
    return 0;
#else
    real *drawn = &b->noise[g * NOISE_SPAN * WS_K];
    if (draw && s % NOISE_SPAN == 0) draw_noise(&b->key, v, weights_of(b, g), (unsigned)s, drawn);
    return drawn + s % NOISE_SPAN * WS_K;
#endif
}

#include "survey_cpu.h"

/* The sums of the state x at the start of the batch. */
static void accumulate_start(block *b, const real *x)
{
    for (int column = 0; column < WS_COLUMNS; column++) {
        constants k = constants_of(b, column);
        for (int part = 0; part < WS_PARTS; part++) {
            sums p = no_sums();
            int g = part * WS_COLUMNS + column;
            for (int j = 0; j < WS_K; j++) accumulate(b->c[g * WS_K + j], k, x[g * WS_K + j], &p);
            store_sums(b, 0, part, column, p);
#if WS_SUMS_APART
            p = no_sums();
            for (int j = 0; j < WS_K; j++) accumulate(b->c[g * WS_K + j], k, states_at(b, b->now, g * WS_K + j)[WS_AVERAGE_STATE], &p);
            store_sums_at(b, 0, part, column, OBJECTIVE_SUMS, p);
#endif
        }
    }
}

#if WS_TRACED_OF_STATE
/* A point of the trace at iteration s, from the state x and the completed sums of what is looked at. */
static __attribute__((noinline)) void look_at_column(block *b, const real *x, int s, int column, sums total)
{
    for (int part = 0; part < WS_PARTS; part++) {
        int g = part * WS_COLUMNS + column, at = (s * WS_COLUMNS + column) * WS_PARTS + part;
        lane_values v = values_of(b, g);
        traced t = no_traced();
        for (int j = 0; j < WS_K; j++)
            trace_slot(j == WS_K - 1, b->c[g * WS_K + j], &v, observed(x[g * WS_K + j], states_at(b, s == 0 ? b->now : b->now ^ 1, g * WS_K + j)), total, &t);
        b->square[at] = t.square;
        b->bend[at] = t.curvature;
    }
    keep_column(b, s, column, total);
}
#endif

/* Iteration s of the columns column ... column + CHAINS - 1. */
FN void iterate(block *b, int column, int s, const real *from, real *to)
{
    sums total[WS_CHAINS];
    lane_values v[WS_CHAINS];
    real eta[WS_CHAINS];
    int more = s + 1 < WS_BATCH;
    UNROLLED
    for (int c = 0; c < WS_CHAINS; c++) {
        total[c] = fold_column(b, s, column + c);
        store_sums(b, s, 0, column + c, total[c]);
        v[c] = values_of(b, column + c);
        complete_step(key_of(b), &v[c], (unsigned)s, &total[c]);
        sums seen = total[c];
#if WS_SUMS_APART
        seen = fold_column_at(b, s, column + c, OBJECTIVE_SUMS);
        complete(v[c].k, &seen);
#endif
        store_gap(b, s, column + c, gap(v[c].k, seen));
#if WS_TRACED_OF_STATE
        if (b->wanted[column + c] >> s & 1) {
            if (NOISE_ROWS && !WS_SUMS_APART) { /* of all rows */
                seen = part_sums(b, s, 0, column + c);
                complete(v[c].k, &seen);
            }
            look_at_column(b, from, s, column + c, seen);
        }
#endif
    }
#if defined(WS_FEEDBACK) || NOISE_SEES
    for (int c = 0; c < WS_CHAINS; c++) {
        for (int part = 0; WS_SEES && part < WS_PARTS; part++) {
            int g = part * WS_COLUMNS + column + c;
            lane_values here = values_of(b, g);
            noise_of(b, &here, g, s, 1);
        }
        look_around(b, from, s, column + c, total[c]);
    }
#endif
    UNROLLED
    for (int c = 0; c < WS_CHAINS; c++) eta[c] = b->eta[s * WS_COLUMNS + column + c];
    for (int part = 0; part < WS_PARTS; part++) {
        sums next[WS_CHAINS];
#if WS_SUMS_APART
        sums next_seen[WS_CHAINS];
        for (int c = 0; c < WS_CHAINS; c++) next_seen[c] = no_sums();
#endif
        const real *noise[WS_CHAINS];
        UNROLLED
        for (int c = 0; c < WS_CHAINS; c++) {
            int g = part * WS_COLUMNS + column + c;
            next[c] = no_sums();
#if WS_PADDED || !NOISE_NONE
            v[c] = values_at(b, g, s);
#endif
            noise[c] = noise_of(b, &v[c], g, s, !WS_SEES);
        }
        for (int j = 0; j < WS_K; j++) {
            UNROLLED
            for (int c = 0; c < WS_CHAINS; c++) {
                int at = (part * WS_COLUMNS + column + c) * WS_K + j;
                const coefficients k = b->c[at];
                real *state = states_at(b, b->now ^ 1, at);
                for (int q = 0; s == 0 && q < WS_STATES; q++) state[q] = states_at(b, b->now, at)[q];
                real x = step_slot(j == WS_K - 1, k, &v[c], from[at], total[c], eta[c], NOISE_NONE ? R(0.0f) : noise[c][j], state,
                                   numbers_of(b, s, column + c));
                to[at] = x;
                accumulate(k, v[c].k, x, &next[c]);
#if WS_SUMS_APART
                accumulate(k, v[c].k, observed(x, state), &next_seen[c]);
#endif
            }
        }
        if (more) {
            UNROLLED
            for (int c = 0; c < WS_CHAINS; c++) {
                store_sums(b, s + 1, part, column + c, next[c]);
#if WS_SUMS_APART
                store_sums_at(b, s + 1, part, column + c, OBJECTIVE_SUMS, next_seen[c]);
#endif
            }
        }
    }
}

static void run_batch(block *b)
{
    real *from = b->x[b->now], *to = b->x[b->now ^ 1];
    for (int g = 0; g < WS_NV; g++) {
        mask flushed = LT(R(0.0f), R(0.0f));
        for (int k = 0; k < WS_K; k++) from[g * WS_K + k] = flush_tiny(from[g * WS_K + k], &flushed);
        flush_group(b, g, &flushed);
        if (LANES_OF(flushed)) note_flushed(b, g, flushed);
    }
#if WS_STEP_SIZES_OF_TIME
    fill_eta(b);
#endif
    fill_numbers(b);
    accumulate_start(b, from);
    for (int column = 0; column < WS_COLUMNS; column += WS_CHAINS) {
        if (!columns_live(b, column, WS_CHAINS)) continue;
        for (int s = 0; s < WS_BATCH; s++) iterate(b, column, s, s == 0 ? from : to, to);
    }
}

static sums totals_again(block *b, int column, int s)
{
    sums total = part_sums(b, s, 0, column);
    complete(constants_of(b, column), &total);
    return total;
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
        const real *noise = noise_of(b, &v, g, t - t % NOISE_SPAN, 1) + t % NOISE_SPAN * WS_K;
        sums total = totals_again(b, column, t);
        if (NOISE_ROWS) complete_step(key_of(b), &v, (unsigned)t, &total);
        for (int k = 0; k < WS_K; k++)
            x[k] = step_slot(k == WS_K - 1, b->c[g * WS_K + k], &v, x[k], total, b->eta[t * WS_COLUMNS + column],
                             NOISE_NONE ? R(0.0f) : noise[k], &state[k * WS_STATES], numbers_of(b, t, column));
    }
}
#endif
