/* speedup.c: see speedup.h.
 *
 * Cells are compared within a group: the axes that are not the schedule's (dimension, noise, start, ...) are equal. "Constant" are
 * the cells with warmup steps 0, at the same decay as the rest; "warmup" those with steps > 0. The best of each is the one with
 * the smallest median T_eps; cells in which fewer than half of the replicates reach eps have no median and are never best.
 *
 * The interval is a paired percentile bootstrap: replicates are drawn with replacement, the same for both cells, because cells
 * share the noise of a replicate. It speaks of the two cells, not of the choice among many, whose winner looks better than it is.
 * With 16 replicates and more the choice is therefore repeated on the even replicates and its ratio estimated on the odd ones.
 * Unhit replicates are +infinity in both medians. A resample in which neither median is a number says nothing about the ratio; it
 * counts as 0 for the lower end of the interval and as +infinity for the upper one: the interval can only get wider.
 * The random numbers (SplitMix64) are seeded by the sweep's fingerprint: the same journal gives the same interval. */
#include "report/speedup.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/statistics.h"

#define RESAMPLES 2000
#define RESAMPLES_FEW 200       /* where the former would take minutes: percentiles are then good to about 1 % */
#define REPLICATES_MANY 20000

static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static double ratio_of(double constant, double warmup)
{
    if (isinf(constant) && isinf(warmup)) return NAN;
    if (isinf(constant)) return INFINITY;
    if (isinf(warmup)) return 0;
    if (warmup == 0) return constant == 0 ? 1 : INFINITY;
    return constant / warmup;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void resample(const double *constant, const double *warmup, int64_t n, uint64_t seed, double *draws, double *low, double *high,
                     ws_ratio *out)
{
    uint64_t state = seed;
    for (int r = 0; r < out->resamples; r++) {
        for (int64_t i = 0; i < n; i++) {
            int64_t pick = (int64_t)(((next_random(&state) >> 32) * (uint64_t)n) >> 32); /* n < 2^31: bias below 2^-1 per 2^32 */
            draws[i] = constant[pick];
            draws[n + i] = warmup[pick];
        }
        double ratio = ratio_of(ws_statistics_median(draws, n), ws_statistics_median(draws + n, n));
        low[r] = isnan(ratio) ? 0 : ratio;
        high[r] = isnan(ratio) ? INFINITY : ratio;
    }
    qsort(low, (size_t)out->resamples, sizeof *low, ascending);
    qsort(high, (size_t)out->resamples, sizeof *high, ascending);
    int tail = out->resamples / 40; /* 2.5 % */
    out->low = low[tail];
    out->high = high[out->resamples - 1 - tail];
}

ws_code ws_speedup_ratio(const double *constant, const double *warmup, int64_t n, uint64_t seed, ws_ratio *out, ws_error *error)
{
    *out = (ws_ratio){NAN, NAN, NAN, n, 0};
    if (n == 0) return WS_OK;
    double *draws = malloc(2 * (size_t)n * sizeof *draws), *sorted = malloc(2 * RESAMPLES * sizeof *sorted);
    ws_code code = WS_OK;
    if (!draws || !sorted) {
        code = ws_error_set(error, WS_FAILED, "out of memory for a bootstrap of %lld replicates", (long long)n);
    } else {
        memcpy(draws, constant, (size_t)n * sizeof *draws);
        memcpy(draws + n, warmup, (size_t)n * sizeof *draws);
        out->value = ratio_of(ws_statistics_median(draws, n), ws_statistics_median(draws + n, n));
        if (n >= 2) {
            out->resamples = n > REPLICATES_MANY ? RESAMPLES_FEW : RESAMPLES;
            resample(constant, warmup, n, seed, draws, sorted, sorted + RESAMPLES, out);
        }
    }
    free(draws);
    free(sorted);
    return code;
}

/* Which group a cell is of, and whether it has no warmup. */
typedef struct classifier {
    const ws_plan *plan;
    int steps_axis;
    int open_loop, fixed_constant; /* of the sweep, when the warmup's steps are no axis */
} classifier;

static int64_t group_of(const classifier *k, int64_t cell)
{
    int64_t group = 0;
    for (int a = 0; a < k->plan->axis_count; a++)
        if (!ws_analysis_is_tuned(&k->plan->axes[a])) group = group * k->plan->axes[a].count + ws_plan_axis_index(k->plan, cell, a);
    return group;
}

static int is_constant(const classifier *k, int64_t cell)
{
    return k->steps_axis < 0 ? k->fixed_constant : ws_analysis_axis_value(k->plan, cell, k->steps_axis) == 0;
}

static classifier classifier_of(const ws_plan *plan)
{
    ws_plan_cell_values first;
    ws_plan_cell(plan, 0, &first);
    return (classifier){plan, ws_analysis_axis(plan, "schedule.warmup.steps"), plan->feedback == NULL || plan->feedback[0] == '\0',
                        first.cell.warmup_steps == 0};
}

/* The axis on whose edge the choice lies, or -1. Fewer warmup steps than the fewest are what the constant steps are for. */
static int edge_of(const ws_plan *plan, int64_t cell)
{
    for (int a = 0; a < plan->axis_count; a++) {
        int64_t at = ws_plan_axis_index(plan, cell, a);
        double value = plan->axes[a].values[at], low = INFINITY, high = -INFINITY;
        for (int64_t i = 0; i < plan->axes[a].count; i++) {
            if (plan->axes[a].values[i] < low) low = plan->axes[a].values[i];
            if (plan->axes[a].values[i] > high) high = plan->axes[a].values[i];
        }
        if (!strcmp(plan->axes[a].path, "schedule.peak") && (value == low || value == high)) return a;
        if (!strcmp(plan->axes[a].path, "schedule.warmup.steps") && value == high && value > 0) return a;
    }
    return -1;
}

static void offer(ws_choice *choice, int64_t cell, double median, int state)
{
    choice->offered++;
    choice->stalled += state == WS_STATUS_STALLED;
    if (!isnan(median) && (choice->cell < 0 || median < choice->median)) {
        choice->cell = cell;
        choice->median = median;
    }
}

/* One pass over the medians and states of every cell: the best of each kind in each group. */
static void choose(const classifier *k, const double *median, const unsigned char *state, ws_comparisons *out)
{
    const ws_plan *plan = k->plan;
    for (int64_t i = 0; i < out->shown * plan->eps_count; i++) {
        ws_choice none = {-1, NAN, 0, 0, -1, {NAN, NAN, WS_MEAN_NO_DATA}};
        out->rows[i] = (ws_comparison){.group = i / plan->eps_count, .first_cell = -1, .eps = (int)(i % plan->eps_count), .constant = none,
                                       .warmup = none, .any = none, .ratio = {NAN, NAN, NAN, 0, 0}, .held_out = {NAN, NAN, NAN, 0, 0},
                                       .at_least = NAN};
    }
    for (int64_t cell = 0; cell < plan->cells; cell++) {
        int64_t group = group_of(k, cell);
        if (group >= out->shown) continue;
        for (int e = 0; e < plan->eps_count; e++) {
            ws_comparison *row = &out->rows[group * plan->eps_count + e];
            size_t at = (size_t)e * (size_t)plan->cells + (size_t)cell;
            double value = median[at];
            if (row->first_cell < 0) row->first_cell = cell;
            offer(&row->any, cell, value, state[at]);
            if (k->open_loop) offer(is_constant(k, cell) ? &row->constant : &row->warmup, cell, value, state[at]);
        }
    }
    for (int64_t i = 0; i < out->shown * plan->eps_count; i++) {
        ws_choice *choices[] = {&out->rows[i].constant, &out->rows[i].warmup, &out->rows[i].any};
        for (int c = 0; c < 3; c++)
            if (choices[c]->cell >= 0) choices[c]->edge_axis = edge_of(plan, choices[c]->cell);
    }
}

/* Hits of the two cells, paired by replicate; only the replicates present in both (only the odd ones when asked). */
static ws_code paired(ws_results *results, int64_t constant, int64_t warmup, int eps, int odd_only, ws_cell_outcomes cells[2],
                      double *pairs, int64_t *count, ws_error *error)
{
    ws_code code = ws_results_cell(results, constant, &cells[0], error);
    if (!code) code = ws_results_cell(results, warmup, &cells[1], error);
    if (code) return code;
    int64_t n = 0, j = 0, replicates = ws_results_plan(results)->replicates;
    for (int64_t i = 0; i < cells[0].count; i++) {
        while (j < cells[1].count && cells[1].replicate[j] < cells[0].replicate[i]) j++;
        if (j == cells[1].count) break;
        if (cells[1].replicate[j] != cells[0].replicate[i] || (odd_only && cells[0].replicate[i] % 2 == 0)) continue;
        long long a = cells[0].hit[i * cells[0].eps_count + eps], b = cells[1].hit[j * cells[1].eps_count + eps];
        pairs[n] = a == WS_NEVER ? INFINITY : (double)a;
        pairs[replicates + n++] = b == WS_NEVER ? INFINITY : (double)b;
    }
    *count = n;
    return WS_OK;
}

/* When the mean curves of the chosen cells are at eps. */
static ws_code add_mean_hits(ws_results *results, ws_comparisons *out, ws_cell_outcomes *cell, ws_error *error)
{
    const ws_plan *plan = ws_results_plan(results);
    ws_trace_statistics s;
    double eps[64];
    ws_code code = ws_trace_statistics_new(plan, WS_TRACED_GAP, 0, &s, error);
    if (code) return code;
    cell->traces = 1;
    for (int64_t i = 0; !code && i < out->shown * plan->eps_count; i++) {
        ws_choice *choices[] = {&out->rows[i].constant, &out->rows[i].warmup, &out->rows[i].any};
        for (int c = 0; c < 3 && !code; c++) {
            if (choices[c]->cell < 0) continue;
            code = ws_results_cell(results, choices[c]->cell, cell, error);
            if (!code) code = ws_trace_eps(results, choices[c]->cell, eps, error);
            if (!code) code = ws_trace_statistics_of(plan, cell, &s, error);
            if (!code) choices[c]->mean = ws_trace_mean_hit(plan, &s, eps[out->rows[i].eps]);
        }
    }
    ws_trace_statistics_free(&s);
    return code;
}

static uint64_t seed_of(const ws_plan *plan, int64_t row, int held_out)
{
    uint64_t seed;
    memcpy(&seed, plan->fingerprint, sizeof seed);
    return seed + 2 * (uint64_t)row + (uint64_t)held_out;
}

ws_code ws_speedup_compare(ws_results *results, const ws_analysis *analysis, ws_comparisons *out, ws_error *error)
{
    const ws_plan *plan = analysis->plan;
    classifier k = classifier_of(plan);
    *out = (ws_comparisons){.group_count = 1};
    for (int a = 0; a < plan->axis_count; a++)
        if (!ws_analysis_is_tuned(&plan->axes[a])) out->group_count *= plan->axes[a].count;
    out->shown = out->group_count < WS_GROUPS_MAX ? out->group_count : WS_GROUPS_MAX;
    int64_t rows = out->shown * plan->eps_count;
    ws_comparisons half = *out; /* picked on the even replicates */
    out->rows = calloc((size_t)rows + 1, sizeof *out->rows);
    half.rows = calloc((size_t)rows + 1, sizeof *half.rows);
    double *pairs = malloc(2 * (size_t)plan->replicates * sizeof *pairs);
    ws_cell_outcomes cells[2] = {{0}, {0}}, traced = {0};
    ws_code code = WS_OK;
    if (!out->rows || !half.rows || !pairs) code = ws_error_set(error, WS_FAILED, "out of memory for %lld comparisons", (long long)rows);
    if (!code) choose(&k, analysis->median, analysis->state, out);
    if (!code && analysis->median_even) choose(&k, analysis->median_even, analysis->state, &half);
    for (int64_t i = 0; !code && i < rows; i++) {
        ws_comparison *row = &out->rows[i];
        int64_t n = 0;
        if (row->constant.offered && row->constant.cell < 0 && row->warmup.cell >= 0) {
            ws_plan_cell_values values; /* the caps of the tuned axes are one and the same: stop.steps is not a schedule's axis */
            ws_plan_cell(plan, row->warmup.cell, &values);
            if (row->warmup.median > 0) row->at_least = (double)values.cell.steps / row->warmup.median;
        }
        if (row->constant.cell >= 0 && row->warmup.cell >= 0) {
            code = paired(results, row->constant.cell, row->warmup.cell, row->eps, 0, cells, pairs, &n, error);
            if (!code) code = ws_speedup_ratio(pairs, pairs + plan->replicates, n, seed_of(plan, i, 0), &row->ratio, error);
        }
        if (!code && analysis->median_even && half.rows[i].constant.cell >= 0 && half.rows[i].warmup.cell >= 0) {
            code = paired(results, half.rows[i].constant.cell, half.rows[i].warmup.cell, row->eps, 1, cells, pairs, &n, error);
            if (!code) code = ws_speedup_ratio(pairs, pairs + plan->replicates, n, seed_of(plan, i, 1), &row->held_out, error);
        }
    }
    if (!code && ws_trace_has_mean_hits(plan)) code = add_mean_hits(results, out, &traced, error);
    ws_cell_outcomes_free(&traced);
    for (int c = 0; c < 2; c++) ws_cell_outcomes_free(&cells[c]);
    free(pairs);
    free(half.rows);
    if (code) ws_speedup_free(out);
    return code;
}

void ws_speedup_free(ws_comparisons *comparisons)
{
    free(comparisons->rows);
    memset(comparisons, 0, sizeof *comparisons);
}
