/* analysis.c: see analysis.h.
 *
 * Of each cell only what every picture and comparison needs is kept: 9 bytes for each eps (17 with a held-out half) and one for flags, so that 10^7
 * cells with four thresholds take 370 MB. Everything else (cells.csv) is written in the same pass by `also`. */
#include "report/analysis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/statistics.h"
#include "report/trace.h"

#define HELD_OUT_MINIMUM 16 /* replicates: halves of at least 8 */

const char *const ws_status_names[WS_STATUS_COUNT] = {"reached", "budget", "diverged", "nonfinite", "stalled"};
const char *const ws_flag_names[WS_FLAG_COUNT] = {"underflow", "unstable", "rebound"};

const char *const ws_trace_names[WS_TRACED_COUNT] = {"gap", "step_size", "gradient_norm", "sharpness", "edge"};

typedef struct pass {
    ws_analysis *analysis;
    ws_cell_visitor also;
    void *context;
    double *scratch; /* [replicates] */
} pass;

/* Median over all present replicates, or over the even ones alone. */
static double median_of(const ws_cell_outcomes *cell, int eps, int even_only, double *scratch)
{
    int64_t n = 0;
    for (int64_t i = 0; i < cell->count; i++) {
        if (even_only && cell->replicate[i] % 2) continue;
        long long t = cell->hit[i * cell->eps_count + eps];
        scratch[n++] = t == WS_NEVER ? INFINITY : (double)t;
    }
    double median = ws_statistics_median(scratch, n);
    return isfinite(median) ? median : NAN;
}

static unsigned char state_of(const ws_cell_outcomes *cell, int eps)
{
    int64_t without[WS_STATUS_COUNT] = {0};
    for (int64_t i = 0; i < cell->count; i++)
        if (cell->hit[i * cell->eps_count + eps] == WS_NEVER) without[cell->status[i]]++;
    unsigned char most = WS_STATUS_BUDGET;
    for (unsigned char s = WS_STATUS_BUDGET; s < WS_STATUS_COUNT; s++)
        if (without[s] > without[most]) most = s;
    return most;
}

static ws_code take_cell(void *context, const ws_cell_outcomes *cell, ws_error *error)
{
    pass *p = context;
    ws_analysis *a = p->analysis;
    int64_t flagged[WS_FLAG_COUNT] = {0};
    for (int64_t i = 0; i < cell->count; i++) {
        a->status[cell->status[i]]++;
        for (int f = 0; f < WS_FLAG_COUNT; f++) flagged[f] += cell->flags[i] >> f & 1;
    }
    a->flags[cell->cell] = 0;
    for (int f = 0; f < WS_FLAG_COUNT; f++) {
        a->flag[f] += flagged[f];
        if (cell->count && 2 * flagged[f] >= cell->count) a->flags[cell->cell] |= (unsigned char)(1 << f);
    }
    for (int e = 0; e < a->plan->eps_count; e++) {
        size_t at = (size_t)e * (size_t)a->plan->cells + (size_t)cell->cell;
        a->median[at] = median_of(cell, e, 0, p->scratch);
        a->state[at] = cell->count == 0 ? WS_CELL_EMPTY : !isnan(a->median[at]) ? WS_CELL_NUMBER : state_of(cell, e);
        if (a->median_even) a->median_even[at] = median_of(cell, e, 1, p->scratch);
    }
    return p->also ? p->also(p->context, cell, error) : WS_OK;
}

ws_code ws_analysis_make(ws_results *results, ws_cell_visitor also, void *context, ws_analysis *out, ws_error *error)
{
    const ws_plan *plan = ws_results_plan(results);
    memset(out, 0, sizeof *out);
    out->plan = plan;
    ws_results_count(results, &out->finished, &out->complete);
    size_t places = (size_t)plan->eps_count * (size_t)plan->cells + 1;
    out->median = malloc(places * sizeof *out->median);
    out->state = malloc(places);
    out->flags = malloc((size_t)plan->cells);
    if (plan->replicates >= HELD_OUT_MINIMUM) out->median_even = malloc(places * sizeof *out->median_even);
    pass p = {.analysis = out, .also = also, .context = context, .scratch = malloc((size_t)plan->replicates * sizeof(double))};
    ws_code code = WS_OK;
    if (!out->median || !out->state || !out->flags || !p.scratch || (plan->replicates >= HELD_OUT_MINIMUM && !out->median_even))
        code = ws_error_set(error, WS_FAILED, "out of memory for statistics of %lld cells", (long long)plan->cells);
    if (!code) code = ws_results_each_cell(results, ws_trace_has_mean_hits(plan), take_cell, &p, error);
    free(p.scratch);
    if (code) ws_analysis_free(out);
    return code;
}

void ws_analysis_free(ws_analysis *analysis)
{
    free(analysis->median);
    free(analysis->state);
    free(analysis->flags);
    free(analysis->median_even);
    memset(analysis, 0, sizeof *analysis);
}

double ws_analysis_axis_value(const ws_plan *plan, int64_t cell, int axis)
{
    return plan->axes[axis].values[ws_plan_axis_index(plan, cell, axis)];
}

int ws_analysis_axis(const ws_plan *plan, const char *path)
{
    for (int a = 0; a < plan->axis_count; a++)
        if (!strcmp(plan->axes[a].path, path)) return a;
    return -1;
}

int ws_analysis_is_tuned(const ws_axis *axis)
{
    return !strncmp(axis->path, "schedule.", 9);
}
