/* netcdf_trace.c: statistics of traces in outcomes.nc: over axes and trace, without replicate; quantiles have their level after that. Hits of
 * the mean curve stand over axes and eps. */
#include <stdio.h>
#include <stdlib.h>

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

typedef struct writing {
    ws_netcdf *nc;
    ws_results *results;
    ws_trace_statistics statistics;
} writing;

static ws_code write_mean_hits(writing *w, const ws_cell_outcomes *cell, ws_error *error)
{
    ws_netcdf *nc = w->nc;
    const ws_plan *plan = nc->plan;
    const size_t count = (size_t)plan->eps_count;
    double eps[64] = {0}, low[64], high[64];
    unsigned char standing[64];
    ws_code code = cell->count ? ws_trace_eps(w->results, cell->cell, eps, error) : WS_OK;
    for (int e = 0; e < plan->eps_count; e++) {
        ws_mean_hit hit = ws_trace_mean_hit(plan, &w->statistics, eps[e]);
        low[e] = hit.low;
        high[e] = hit.high;
        standing[e] = (unsigned char)hit.standing;
    }
    if (!code) code = ws_netcdf_put(nc, nc->mean_low, plan->axis_count, cell->cell, 1, low, sizeof *low, 1, &count, error);
    if (!code) code = ws_netcdf_put(nc, nc->mean_high, plan->axis_count, cell->cell, 1, high, sizeof *high, 1, &count, error);
    return code ? code : ws_netcdf_put(nc, nc->mean_standing, plan->axis_count, cell->cell, 1, standing, 1, 1, &count, error);
}

static ws_code write_cell(void *context, const ws_cell_outcomes *cell, ws_error *error)
{
    writing *w = context;
    ws_netcdf *nc = w->nc;
    const ws_trace_statistics *s = &w->statistics;
    const size_t lengths[] = {(size_t)s->points, WS_QUANTILES};
    int axes = nc->plan->axis_count;
    ws_code code = ws_trace_statistics_of(nc->plan, cell, &w->statistics, error);
    const struct { int id; const long long *count; } counts[] = {{nc->running, s->running}, {nc->diverged, s->diverged}, {nc->ended, s->ended}};
    for (int i = 0; i < 3 && !code; i++) code = ws_netcdf_put(nc, counts[i].id, axes, cell->cell, 1, counts[i].count, sizeof(long long), 1, lengths, error);
    for (int q = 0; q < WS_TRACED_COUNT && !code; q++) {
        if (!s->mean[q]) continue;
        code = ws_netcdf_put(nc, nc->mean[q], axes, cell->cell, 1, s->mean[q], sizeof(double), 1, lengths, error);
        if (!code) code = ws_netcdf_put(nc, nc->error[q], axes, cell->cell, 1, s->error[q], sizeof(double), 1, lengths, error);
        if (!code) code = ws_netcdf_put(nc, nc->quantiles[q], axes, cell->cell, 1, s->quantile[q], sizeof(double), 2, lengths, error);
    }
    return code || !ws_trace_has_mean_hits(nc->plan) ? code : write_mean_hits(w, cell, error);
}

ws_code ws_netcdf_write_trace(ws_netcdf *nc, ws_results *results, ws_error *error)
{
    if (!ws_trace_is_summed(nc->plan)) return WS_OK;
    writing w = {.nc = nc, .results = results};
    ws_code code = ws_netcdf_check(nc, nc->library.put_var_double(nc->file, nc->quantile, ws_quantile_levels), "quantile", error);
    if (!code) code = ws_trace_statistics_new(nc->plan, ~0u, 1, &w.statistics, error);
    if (!code) code = ws_results_each_cell(results, 1, write_cell, &w, error);
    ws_trace_statistics_free(&w.statistics);
    return code;
}
