/* trace.c: see trace.h. Sums go over the replicates in their order, so that the numbers do not depend on how a sweep was run. */
#include "report/trace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const ws_mean_standing_names[WS_MEAN_COUNT] = {"exact", "between", ">trace", "never", "unknown", ""};

int ws_trace_is_summed(const ws_plan *plan) { return plan->trace_count && (plan->replicates > 1 || plan->trace_statistics); }
int ws_trace_has_mean_hits(const ws_plan *plan) { return (plan->traced & WS_TRACED_GAP) && plan->eps_count && plan->replicates > 1; }

ws_code ws_trace_statistics_new(const ws_plan *plan, unsigned quantities, int quantiles, ws_trace_statistics *out, ws_error *error)
{
    size_t points = (size_t)plan->trace_count, numbers = 3 * points;
    quantities &= plan->traced;
    memset(out, 0, sizeof *out);
    out->points = plan->trace_count;
    for (int q = 0; q < WS_TRACED_COUNT; q++)
        if (quantities >> q & 1) numbers += (2 + WS_QUANTILES) * points;
    double *at = out->memory = malloc((numbers + 1) * sizeof *at);
    if (!at) return ws_error_set(error, WS_FAILED, "out of memory for the statistics of a trace");
    _Static_assert(sizeof(long long) == sizeof(double), "both stand in one block");
    long long **counts[] = {&out->running, &out->diverged, &out->ended};
    for (int i = 0; i < 3; i++, at += points) *counts[i] = (long long *)(void *)at;
    for (int q = 0; q < WS_TRACED_COUNT; q++) {
        if (!(quantities >> q & 1)) continue;
        out->mean[q] = at;
        out->error[q] = at + points;
        if (quantiles) out->quantile[q] = at + 2 * points;
        at += (2 + WS_QUANTILES) * points;
    }
    return WS_OK;
}

void ws_trace_statistics_free(ws_trace_statistics *s)
{
    free(s->memory);
    free(s->scratch);
    memset(s, 0, sizeof *s);
}

static int failed(unsigned char status) { return status == WS_STATUS_DIVERGED || status == WS_STATUS_NONFINITE; }

/* By averaged inverse of the empirical distribution, as statistics.c has it, of n numbers some of which may be +infinity; reorders them. */
static void take_quantiles(double *values, int64_t n, double *quantile)
{
    for (int64_t q = 0, done = 0; q < WS_QUANTILES; q++) { /* levels ascend: below `done` nothing is looked for any more */
        int64_t twentieths = lround(ws_quantile_levels[q] * 20), rank = n * twentieths / 20, between = n * twentieths % 20 == 0;
        if (!n) {
            quantile[q] = NAN;
            continue;
        }
        double low = 0;
        if (between) low = ws_statistics_select(values + done, n - done, rank - 1 - done);
        if (between) done = rank - 1;
        double high = ws_statistics_select(values + done, n - done, rank - done);
        done = between ? rank - 1 : rank;
        quantile[q] = between && isfinite(high) ? low + (high - low) / 2 : high;
    }
}

/* Mean, its standard error and, where there is room for them, quantiles. */
static void summarise(double *values, int64_t n, double *mean, double *error, double *quantile)
{
    double sum = 0, square = 0;
    for (int64_t i = 0; i < n; i++) sum += values[i];
    *mean = n ? sum / (double)n : NAN;
    for (int64_t i = 0; i < n; i++) square += (values[i] - *mean) * (values[i] - *mean);
    *error = n > 1 && isfinite(*mean) ? sqrt(square / (double)(n - 1) / (double)n) : NAN;
    if (quantile) take_quantiles(values, n, quantile);
}

static void fill_point(const ws_plan *plan, const ws_cell_outcomes *cell, int p, ws_trace_statistics *s)
{
    long long t = plan->trace_at[p];
    s->running[p] = s->diverged[p] = s->ended[p] = 0;
    for (int64_t i = 0; i < cell->count; i++) (t <= cell->end[i] ? s->running : failed(cell->status[i]) ? s->diverged : s->ended)[p]++;
}

/* The numbers of a quantity at a point; of the gap -1 when one of them is not known. */
static int64_t collect(const ws_plan *plan, const ws_cell_outcomes *cell, int q, int p, double *values)
{
    int64_t n = 0;
    for (int64_t i = 0; i < cell->count; i++) {
        double value = cell->trace[q][i * plan->trace_count + p];
        if (q == 0 && isnan(value)) {
            if (!failed(cell->status[i])) return -1;
            value = INFINITY;
        }
        if (!isnan(value)) values[n++] = value;
    }
    return n;
}

ws_code ws_trace_statistics_of(const ws_plan *plan, const ws_cell_outcomes *cell, ws_trace_statistics *out, ws_error *error)
{
    if (cell->count > out->room) {
        free(out->scratch);
        out->scratch = malloc((size_t)cell->count * sizeof *out->scratch);
        out->room = out->scratch ? cell->count : 0;
        if (!out->scratch) return ws_error_set(error, WS_FAILED, "out of memory for %lld replicates", (long long)cell->count);
    }
    for (int p = 0; p < plan->trace_count; p++) {
        fill_point(plan, cell, p, out);
        for (int q = 0; q < WS_TRACED_COUNT; q++) {
            if (!out->mean[q]) continue;
            double *quantile = out->quantile[q] ? out->quantile[q] + p * WS_QUANTILES : NULL;
            int64_t n = collect(plan, cell, q, p, out->scratch);
            if (n >= 0) {
                summarise(out->scratch, n, &out->mean[q][p], &out->error[q][p], quantile);
                continue;
            }
            out->mean[q][p] = out->diverged[p] ? INFINITY : NAN; /* gaps are not negative: one infinite is enough */
            out->error[q][p] = NAN;
            for (int l = 0; quantile && l < WS_QUANTILES; l++) quantile[l] = NAN;
        }
    }
    return WS_OK;
}

ws_mean_hit ws_trace_mean_hit(const ws_plan *plan, const ws_trace_statistics *s, double eps)
{
    double before = -1; /* the last iteration of the trace with a mean above eps */
    int every = 1;
    if (s->points == 0 || s->running[0] + s->diverged[0] + s->ended[0] == 0) return (ws_mean_hit){NAN, NAN, WS_MEAN_NO_DATA};
    for (int p = 0; p < s->points; p++) {
        double mean = s->mean[0][p], t = (double)plan->trace_at[p];
        every &= plan->trace_at[p] == p;
        if (isnan(mean)) return (ws_mean_hit){before + 1, NAN, WS_MEAN_UNKNOWN};
        if (mean <= eps) return (ws_mean_hit){every ? t : before + 1, t, every ? WS_MEAN_EXACT : WS_MEAN_BETWEEN};
        if (isinf(mean)) return (ws_mean_hit){NAN, NAN, WS_MEAN_NEVER};
        before = t;
    }
    return (ws_mean_hit){before + 1, NAN, WS_MEAN_LATER};
}

ws_code ws_trace_eps(ws_results *results, int64_t cell, double *eps, ws_error *error)
{
    const ws_plan *plan = ws_results_plan(results);
    ws_plan_cell_values values;
    ws_problem problem = {.start_gap = 1};
    ws_plan_cell(plan, cell, &values);
    ws_code code = plan->eps_relative ? ws_results_problem(results, values.problem, &problem, error) : WS_OK;
    ws_plan_eps(plan, problem.start_gap, eps);
    return code;
}
