/* csv.c: see csv.h.
 *
 * RFC 4180 with a line feed; the first row names the columns. Axis columns carry their path and the values as the sweep file says them,
 * in the shortest form that reads back as the same float64. T_eps columns end with the eps as written: "median_0.01". A quantile
 * without a number is "nan" and its column "..._is" says where it falls: exact, >cap (censored), never (diverged, non-finite,
 * stalled). "missing" counts replicates that have not been run; "run_complete" is 0 in every row of an unfinished run.
 * Rows are written as they come to a temporary file: memory does not grow with the sweep. */
#include "report/csv.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "report/analysis.h"
#include "report/statistics.h"
#include "report/trace.h"
#include "base/text.h"

struct ws_csv_cells {
    const ws_plan *plan;
    char *path, *temporary;
    FILE *file;
    double *scratch; /* [replicates] */
    ws_results *results;
    ws_trace_statistics trace; /* where there are hits of a mean curve */
    int complete;
};

static void put(FILE *file, double value)
{
    char number[WS_NUMBER_ROOM];
    fputs(ws_text_number(value, number), file);
}

static void put_quantile(FILE *file, ws_quantile quantile)
{
    fputc(',', file);
    put(file, quantile.value);
    fprintf(file, ",%s", ws_standing_name(quantile.standing));
}

static void put_mean_hit(FILE *file, ws_mean_hit hit)
{
    fputc(',', file);
    put(file, hit.low);
    fputc(',', file);
    put(file, hit.high);
    fprintf(file, ",%s", ws_mean_standing_names[hit.standing]);
}

static void put_axis_names(FILE *file, const ws_plan *plan)
{
    for (int a = 0; a < plan->axis_count; a++) fprintf(file, ",%s", plan->axes[a].path);
}

static void put_axis_values(FILE *file, const ws_plan *plan, int64_t cell)
{
    for (int a = 0; a < plan->axis_count; a++) {
        fputc(',', file);
        put(file, ws_analysis_axis_value(plan, cell, a));
    }
}

static ws_code open_file(const char *path, char **temporary, FILE **file, ws_error *error)
{
    ws_code code = ws_file_temporary(path, temporary, error);
    if (code) return code;
    *file = fopen(*temporary, "we");
    if (*file) return WS_OK;
    code = ws_error_set(error, WS_FAILED, "cannot write %s: %s", *temporary, strerror(errno));
    ws_file_abandon(*temporary);
    return code;
}

static ws_code close_file(FILE *file, char *temporary, const char *path, ws_code code, ws_error *error)
{
    int failed = ferror(file);
    if ((fclose(file) || failed) && !code) code = ws_error_set(error, WS_FAILED, "cannot write %s: %s", path, strerror(errno));
    if (!code) return ws_file_commit(temporary, path, error);
    ws_file_abandon(temporary);
    return code;
}

static void put_cells_header(ws_csv_cells *csv)
{
    FILE *file = csv->file;
    fputs("cell", file);
    put_axis_names(file, csv->plan);
    fputs(",run_complete,trajectories,missing", file);
    for (int s = 0; s < WS_STATUS_COUNT; s++) fprintf(file, ",%s", ws_status_names[s]);
    for (int f = 0; f < WS_FLAG_COUNT; f++) fprintf(file, ",flag_%s", ws_flag_names[f]);
    if (csv->plan->trials) fputs(",mean_of_trials", file);
    for (int e = 0; e < csv->plan->eps_count; e++) {
        char eps[WS_NUMBER_ROOM];
        ws_text_number(csv->plan->eps[e], eps);
        fprintf(file, ",hits_%s", eps);
        for (int q = 0; q < WS_QUANTILES; q++) fprintf(file, ",%s_%s,%s_%s_is", ws_quantile_names[q], eps, ws_quantile_names[q], eps);
        fprintf(file, ",median_low_%s,median_low_%s_is,median_high_%s,median_high_%s_is,mean_of_hits_%s,restricted_mean_%s"
                      ",expected_running_time_%s", eps, eps, eps, eps, eps, eps, eps);
        if (ws_trace_has_mean_hits(csv->plan)) fprintf(file, ",mean_curve_low_%s,mean_curve_high_%s,mean_curve_%s_is", eps, eps, eps);
    }
    fputc('\n', file);
}

ws_code ws_csv_cells_open(const char *path, ws_results *results, ws_csv_cells **out, ws_error *error)
{
    *out = NULL;
    ws_csv_cells *csv = calloc(1, sizeof *csv);
    WS_REQUIRE(csv && "out of memory");
    csv->plan = ws_results_plan(results);
    csv->results = results;
    ws_results_count(results, NULL, &csv->complete);
    csv->path = strdup(path);
    csv->scratch = malloc((size_t)csv->plan->replicates * sizeof *csv->scratch);
    ws_code code = WS_OK;
    if (!csv->path || !csv->scratch) code = ws_error_set(error, WS_FAILED, "out of memory for %lld replicates", (long long)csv->plan->replicates);
    if (!code && ws_trace_has_mean_hits(csv->plan)) code = ws_trace_statistics_new(csv->plan, WS_TRACED_GAP, 0, &csv->trace, error);
    if (!code) code = open_file(path, &csv->temporary, &csv->file, error);
    if (code) {
        ws_trace_statistics_free(&csv->trace);
        free(csv->path);
        free(csv->scratch);
        free(csv);
        return code;
    }
    put_cells_header(csv);
    *out = csv;
    return WS_OK;
}

ws_code ws_csv_cells_add(void *context, const ws_cell_outcomes *cell, ws_error *error)
{
    ws_csv_cells *csv = context;
    FILE *file = csv->file;
    int64_t status[WS_STATUS_COUNT] = {0}, flag[WS_FLAG_COUNT] = {0};
    for (int64_t i = 0; i < cell->count; i++) {
        status[cell->status[i]]++;
        for (int f = 0; f < WS_FLAG_COUNT; f++) flag[f] += cell->flags[i] >> f & 1;
    }
    fprintf(file, "%lld", (long long)cell->cell);
    put_axis_values(file, csv->plan, cell->cell);
    fprintf(file, ",%d,%lld,%lld", csv->complete, (long long)cell->count, (long long)(csv->plan->replicates - cell->count));
    for (int s = 0; s < WS_STATUS_COUNT; s++) fprintf(file, ",%lld", (long long)status[s]);
    for (int f = 0; f < WS_FLAG_COUNT; f++) fprintf(file, ",%lld", (long long)flag[f]);
    if (csv->plan->trials) {
        fputc(',', file);
        put(file, cell->trials / (double)cell->count);
    }
    ws_plan_cell_values values;
    ws_plan_cell(csv->plan, cell->cell, &values);
    double eps[64];
    if (csv->trace.points) {
        ws_code code = ws_trace_statistics_of(csv->plan, cell, &csv->trace, error);
        if (!code && cell->count) code = ws_trace_eps(csv->results, cell->cell, eps, error);
        if (code) return code;
    }
    for (int e = 0; e < csv->plan->eps_count; e++) {
        ws_hit_statistics s;
        ws_statistics_of_hits(cell->hit + e, cell->eps_count, cell->status, cell->count, (double)values.cell.steps, csv->scratch, &s);
        fprintf(file, ",%lld", (long long)s.reached);
        for (int q = 0; q < WS_QUANTILES; q++) put_quantile(file, s.quantile[q]);
        put_quantile(file, s.median_low);
        put_quantile(file, s.median_high);
        const double means[] = {s.mean_reached, s.restricted_mean, s.expected_running_time};
        for (int m = 0; m < 3; m++) {
            fputc(',', file);
            put(file, means[m]);
        }
        if (csv->trace.points) put_mean_hit(file, ws_trace_mean_hit(csv->plan, &csv->trace, cell->count ? eps[e] : 0));
    }
    fputc('\n', file);
    if (ferror(file)) return ws_error_set(error, WS_FAILED, "cannot write %s: %s", csv->path, strerror(errno));
    return WS_OK;
}

ws_code ws_csv_cells_close(ws_csv_cells *csv, ws_code code, ws_error *error)
{
    if (!csv) return code;
    code = close_file(csv->file, csv->temporary, csv->path, code, error);
    ws_trace_statistics_free(&csv->trace);
    free(csv->path);
    free(csv->scratch);
    free(csv);
    return code;
}

typedef struct rows {
    const ws_plan *plan;
    FILE *file;
    const char *path;
    int complete;
} rows;

static ws_code put_rows(void *context, int64_t first, const ws_outcomes *outcomes, ws_error *error)
{
    rows *r = context;
    const ws_columns *c = &outcomes->columns;
    int eps_count = r->plan->eps_count, asked = r->plan->gap_at_count;
    for (int64_t i = 0; i < outcomes->count; i++) {
        int64_t trajectory = first + i, cell = trajectory / r->plan->replicates;
        fprintf(r->file, "%lld,%lld", (long long)trajectory, (long long)cell);
        put_axis_values(r->file, r->plan, cell);
        fprintf(r->file, ",%d,%lld,%s,%u,%lld", r->complete, (long long)(trajectory % r->plan->replicates), ws_status_names[c->status[i]],
                (unsigned)c->flags[i], c->end[i]);
        for (int e = 0; e < eps_count; e++) fprintf(r->file, ",%lld", c->hit[i * eps_count + e]);
        const double gaps[] = {c->final_gap[i], c->best_gap[i], c->peak_gap[i]};
        const long long *when[] = {NULL, c->best_at, c->peak_at};
        for (int g = 0; g < 3; g++) {
            fputc(',', r->file);
            put(r->file, gaps[g]);
            if (when[g]) fprintf(r->file, ",%lld", when[g][i]);
        }
        for (int g = 0; g < asked; g++) {
            fputc(',', r->file);
            put(r->file, c->gap_at[i * asked + g]);
        }
        for (int q = 0; q < WS_TRACED_COUNT && !r->plan->trace_statistics; q++)
            for (int p = 0; p < r->plan->trace_count && c->trace[q]; p++) {
                fputc(',', r->file);
                put(r->file, ((const double *)c->trace[q])[i * r->plan->trace_count + p]);
            }
        if (r->plan->trials) fprintf(r->file, ",%lld", c->trials[i]);
        if (r->plan->hash) fprintf(r->file, ",%016llx", c->hash[i]);
        fputc('\n', r->file);
    }
    return ferror(r->file) ? ws_error_set(error, WS_FAILED, "cannot write %s: %s", r->path, strerror(errno)) : WS_OK;
}

ws_code ws_csv_trajectories(const char *path, ws_results *results, ws_error *error)
{
    rows r = {.plan = ws_results_plan(results), .path = path};
    ws_results_count(results, NULL, &r.complete);
    char *temporary;
    ws_code code = open_file(path, &temporary, &r.file, error);
    if (code) return code;
    fputs("trajectory,cell", r.file);
    put_axis_names(r.file, r.plan);
    fputs(",run_complete,replicate,status,flags,end", r.file);
    for (int e = 0; e < r.plan->eps_count; e++) {
        fputs(",hit_", r.file);
        put(r.file, r.plan->eps[e]);
    }
    fputs(",final_gap,best_gap,best_at,peak_gap,peak_at", r.file);
    for (int g = 0; g < r.plan->gap_at_count; g++) fprintf(r.file, ",gap_at_%lld", r.plan->gap_at[g]);
    for (int q = 0; q < WS_TRACED_COUNT && !r.plan->trace_statistics; q++)
        for (int p = 0; p < r.plan->trace_count && (r.plan->traced >> q & 1); p++) fprintf(r.file, ",trace_%s_%lld", ws_trace_names[q], r.plan->trace_at[p]);
    if (r.plan->trials) fputs(",trials", r.file);
    fputs(r.plan->hash ? ",hash\n" : "\n", r.file);
    code = ws_results_each(results, put_rows, &r, error);
    return close_file(r.file, temporary, path, code, error);
}
