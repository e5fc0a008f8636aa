/* netcdf_trace.c: statistics of traces in outcomes.nc: over axes and trace, without replicate; quantiles have their level after that. Hits of
 * the mean curve stand over axes and eps. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/analysis.h"
#include "report/netcdf_file.h"
#include "report/trace.h"

static void define_quantity(ws_netcdf *nc, int q, int axes)
{
    const int extra[] = {nc->trace_dimension, nc->quantile_dimension};
    const char *over = q ? "over the running replicates" : "over all replicates: infinite when one diverged, NaN when one ended whose later gaps are not known";
    char name[64], text[128];
    snprintf(name, sizeof name, "trace_%s_mean", ws_trace_names[q]);
    snprintf(text, sizeof text, "mean over replicates of the %s", ws_trace_names[q]);
    nc->mean[q] = ws_netcdf_variable(nc, name, NC_DOUBLE, axes, 1, extra, text, "1");
    if (!nc->state) ws_netcdf_fill_gap(nc, nc->mean[q], over);
    snprintf(name, sizeof name, "trace_%s_standard_error", ws_trace_names[q]);
    snprintf(text, sizeof text, "standard error of the mean of the %s", ws_trace_names[q]);
    nc->error[q] = ws_netcdf_variable(nc, name, NC_DOUBLE, axes, 1, extra, text, "1");
    if (!nc->state) ws_netcdf_fill_gap(nc, nc->error[q], over);
    snprintf(name, sizeof name, "trace_%s_quantile", ws_trace_names[q]);
    snprintf(text, sizeof text, "quantiles over replicates of the %s", ws_trace_names[q]);
    nc->quantiles[q] = ws_netcdf_variable(nc, name, NC_DOUBLE, axes, 2, extra, text, "1");
    if (!nc->state) ws_netcdf_fill_gap(nc, nc->quantiles[q], over);
}

static void define_mean_hits(ws_netcdf *nc, int axes)
{
    static const unsigned char values[WS_MEAN_COUNT] = {0, 1, 2, 3, 4, 5};
    nc->mean_low = ws_netcdf_variable(nc, "mean_curve_hit_low", NC_DOUBLE, axes, 1, &nc->eps_dimension, "the mean gap is first at or below eps at this iteration or later", "iterations");
    nc->mean_high = ws_netcdf_variable(nc, "mean_curve_hit_high", NC_DOUBLE, axes, 1, &nc->eps_dimension, "the mean gap is first at or below eps at this iteration or before", "iterations");
    nc->mean_standing = ws_netcdf_variable(nc, "mean_curve_hit_is", NC_UBYTE, axes, 1, &nc->eps_dimension, "what is known of the first iteration at which the mean gap is at or below eps", NULL);
    if (nc->state) return;
    ws_netcdf_fill_gap(nc, nc->mean_low, NULL);
    ws_netcdf_fill_gap(nc, nc->mean_high, NULL);
    ws_netcdf_keep(nc, nc->library.put_att_uchar(nc->file, nc->mean_standing, "flag_values", NC_UBYTE, WS_MEAN_COUNT, values), "flag_values");
    ws_netcdf_text(nc, nc->mean_standing, "flag_meanings", "exact between later never unknown not_run");
    ws_netcdf_text(nc, nc->mean_standing, "comment",
                   "exact: every iteration up to it is one of the trace; between: low <= T <= high, unless the mean was below eps between two earlier iterations "
                   "of the trace; later: above eps at every iteration of the trace; never: a replicate diverged before, the mean is infinite; unknown: a "
                   "replicate ended before. Not to be mixed with the distribution of hit, which is of single trajectories.");
}

void ws_netcdf_define_trace(ws_netcdf *nc)
{
    const ws_plan *plan = nc->plan;
    int axes = plan->axis_count;
    if (!ws_trace_is_summed(plan)) return;
    const struct { int *id; const char *name, *text; } counts[] = {
        {&nc->running, "trace_running", "replicates that have not ended before this iteration"},
        {&nc->diverged, "trace_diverged", "replicates that diverged or became nonfinite before"},
        {&nc->ended, "trace_ended", "replicates that ended otherwise before"},
    };
    ws_netcdf_keep(nc, nc->library.def_dim(nc->file, "quantile", WS_QUANTILES, &nc->quantile_dimension), "quantile");
    ws_netcdf_keep(nc, nc->library.def_var(nc->file, "quantile", NC_DOUBLE, 1, &nc->quantile_dimension, &nc->quantile), "quantile");
    if (!nc->state) ws_netcdf_text(nc, nc->quantile, "long_name", "level of a quantile over replicates");
    if (!nc->state) ws_netcdf_text(nc, nc->quantile, "units", "1");
    for (int i = 0; i < 3 && !nc->state; i++) *counts[i].id = ws_netcdf_variable(nc, counts[i].name, NC_INT64, axes, 1, &nc->trace_dimension, counts[i].text, "1");
    for (int q = 0; q < WS_TRACED_COUNT && !nc->state; q++)
        if (plan->traced >> q & 1) define_quantity(nc, q, axes);
    if (ws_trace_has_mean_hits(plan) && !nc->state) define_mean_hits(nc, axes);
}

/* One variable's values of the cells first ... first + count - 1, until they are written together. */
typedef struct column {
    int variable, extras;
    size_t lengths[2], bytes; /* bytes: of an element */
    const void *from;         /* of the cell at hand */
    char *kept;
} column;

enum { COLUMNS = 3 + 3 * WS_TRACED_COUNT + 3, ROOM = 4 << 20 };

typedef struct writing {
    ws_netcdf *nc;
    ws_results *results;
    ws_trace_statistics statistics;
    double low[64], high[64]; /* hits of the mean curve of the cell at hand */
    unsigned char standing[64];
    column column[COLUMNS];
    int columns;
    int64_t first, count, room; /* cells */
} writing;

static void add_column(writing *w, int variable, const void *from, size_t bytes, int extras, size_t length)
{
    w->column[w->columns++] = (column){.variable = variable, .extras = extras, .lengths = {length, WS_QUANTILES}, .bytes = bytes, .from = from};
}

static size_t width_of(const column *c) { return c->bytes * c->lengths[0] * (c->extras > 1 ? c->lengths[1] : 1); }

static ws_code list_columns(writing *w, ws_error *error)
{
    const ws_netcdf *nc = w->nc;
    const ws_trace_statistics *s = &w->statistics;
    const size_t points = (size_t)s->points, eps = (size_t)nc->plan->eps_count;
    size_t width = 0;
    add_column(w, nc->running, s->running, sizeof(long long), 1, points);
    add_column(w, nc->diverged, s->diverged, sizeof(long long), 1, points);
    add_column(w, nc->ended, s->ended, sizeof(long long), 1, points);
    for (int q = 0; q < WS_TRACED_COUNT; q++) {
        if (!s->mean[q]) continue;
        add_column(w, nc->mean[q], s->mean[q], sizeof(double), 1, points);
        add_column(w, nc->error[q], s->error[q], sizeof(double), 1, points);
        add_column(w, nc->quantiles[q], s->quantile[q], sizeof(double), 2, points);
    }
    if (ws_trace_has_mean_hits(nc->plan)) {
        add_column(w, nc->mean_low, w->low, sizeof(double), 1, eps);
        add_column(w, nc->mean_high, w->high, sizeof(double), 1, eps);
        add_column(w, nc->mean_standing, w->standing, 1, 1, eps);
    }
    for (int c = 0; c < w->columns; c++) width += width_of(&w->column[c]);
    w->room = width < ROOM ? (int64_t)(ROOM / width) : 1;
    for (int c = 0; c < w->columns; c++) {
        w->column[c].kept = malloc((size_t)w->room * width_of(&w->column[c]));
        if (!w->column[c].kept) return ws_error_set(error, WS_FAILED, "out of memory for the statistics of traces");
    }
    return WS_OK;
}

static ws_code flush(writing *w, ws_error *error)
{
    ws_code code = WS_OK;
    for (int c = 0; c < w->columns && !code && w->count; c++) {
        const column *at = &w->column[c];
        code = ws_netcdf_put(w->nc, at->variable, w->nc->plan->axis_count, w->first, w->count, at->kept, at->bytes, at->extras, at->lengths, error);
    }
    w->first += w->count;
    w->count = 0;
    return code;
}

static ws_code find_mean_hits(writing *w, const ws_cell_outcomes *cell, ws_error *error)
{
    const ws_plan *plan = w->nc->plan;
    double eps[64] = {0};
    ws_code code = cell->count ? ws_trace_eps(w->results, cell->cell, eps, error) : WS_OK;
    for (int e = 0; e < plan->eps_count; e++) {
        ws_mean_hit hit = ws_trace_mean_hit(plan, &w->statistics, eps[e]);
        w->low[e] = hit.low;
        w->high[e] = hit.high;
        w->standing[e] = (unsigned char)hit.standing;
    }
    return code;
}

/* Cells come in ascending order, each once. */
static ws_code write_cell(void *context, const ws_cell_outcomes *cell, ws_error *error)
{
    writing *w = context;
    ws_code code = ws_trace_statistics_of(w->nc->plan, cell, &w->statistics, error);
    if (!code && ws_trace_has_mean_hits(w->nc->plan)) code = find_mean_hits(w, cell, error);
    for (int c = 0; c < w->columns && !code; c++)
        memcpy(w->column[c].kept + (size_t)w->count * width_of(&w->column[c]), w->column[c].from, width_of(&w->column[c]));
    return code || ++w->count < w->room ? code : flush(w, error);
}

ws_code ws_netcdf_write_trace(ws_netcdf *nc, ws_results *results, ws_error *error)
{
    if (!ws_trace_is_summed(nc->plan)) return WS_OK;
    writing w = {.nc = nc, .results = results};
    ws_code code = ws_netcdf_check(nc, nc->library.put_var_double(nc->file, nc->quantile, ws_quantile_levels), "quantile", error);
    if (!code) code = ws_trace_statistics_new(nc->plan, ~0u, 1, &w.statistics, error);
    if (!code) code = list_columns(&w, error);
    if (!code) code = ws_results_each_cell(results, 1, write_cell, &w, error);
    if (!code) code = flush(&w, error);
    for (int c = 0; c < w.columns; c++) free(w.column[c].kept);
    ws_trace_statistics_free(&w.statistics);
    return code;
}
