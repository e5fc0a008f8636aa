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

/* A number and its text. A grid's numbers come again and again, and each that is not whole takes a microsecond. */
typedef struct remembered {
    double value;
    char text[WS_NUMBER_ROOM]; /* "" of none */
} remembered;
enum { REMEMBERED_BITS = 12, WRITTEN_AT_ONCE = 1 << 16 /* bytes */ };

/* Rows are put together in memory and written many at a time. */
typedef struct table {
    const char *path;
    FILE *file;
    char *temporary; /* NULL of a stream */
    ws_text rows;
    remembered *numbers; /* [1 << REMEMBERED_BITS], by a hash of the value */
} table;

struct ws_csv_cells {
    const ws_plan *plan;
    char *path;
    table table;
    double *scratch; /* [replicates] */
    ws_results *results;
    ws_trace_statistics trace; /* where there are hits of a mean curve */
    int complete;
};

/* Each of these puts a field after a comma. */
static void put_name(table *t, const char *name)
{
    size_t length = strlen(name);
    char *at = ws_text_room(&t->rows, length + 1);
    *at = ',';
    memcpy(at + 1, name, length);
    t->rows.length += length + 1;
}

static void put_whole(table *t, long long value)
{
    if (value >= 0 && value < 10) { /* most are */
        char *at = ws_text_room(&t->rows, 2);
        at[0] = ',';
        at[1] = (char)('0' + value);
        t->rows.length += 2;
    } else {
        ws_text_add_bytes(&t->rows, ",", 1);
        ws_text_add_whole(&t->rows, value);
    }
}

static void put_number(table *t, double value)
{
    if (fabs(value) < 1e15 && value == (double)(long long)value && !(value == 0 && signbit(value))) {
        put_whole(t, (long long)value);
        return;
    }
    uint64_t bits;
    memcpy(&bits, &value, 8);
    remembered *r = &t->numbers[bits * 0x9e3779b97f4a7c15ull >> (64 - REMEMBERED_BITS)];
    if (!*r->text || r->value != value) {
        r->value = value;
        ws_text_number(value, r->text);
    }
    put_name(t, r->text);
}

static void put_quantile(table *t, ws_quantile quantile)
{
    put_number(t, quantile.value);
    put_name(t, ws_standing_name(quantile.standing));
}

static void put_mean_hit(table *t, ws_mean_hit hit)
{
    put_number(t, hit.low);
    put_number(t, hit.high);
    put_name(t, ws_mean_standing_names[hit.standing]);
}

static void put_axis_names(table *t, const ws_plan *plan)
{
    for (int a = 0; a < plan->axis_count; a++) put_name(t, plan->axes[a].path);
}

static void put_axis_values(table *t, const ws_plan *plan, int64_t cell)
{
    for (int a = 0; a < plan->axis_count; a++) put_number(t, ws_analysis_axis_value(plan, cell, a));
}

static ws_code write_rows(table *t, ws_error *error)
{
    size_t length = t->rows.length;
    t->rows.length = 0;
    if (length && fwrite(t->rows.bytes, 1, length, t->file) != length) return ws_error_set(error, WS_FAILED, "cannot write %s: %s", t->path, strerror(errno));
    return WS_OK;
}

static ws_code end_row(table *t, ws_error *error)
{
    ws_text_add_bytes(&t->rows, "\n", 1);
    return t->rows.length < WRITTEN_AT_ONCE ? WS_OK : write_rows(t, error);
}

static ws_code open_table(const char *path, table *t, ws_error *error)
{
    memset(t, 0, sizeof *t);
    t->path = path;
    if (ws_file_is_stream(path)) {
        int stream = ws_file_open_stream(path);
        t->file = stream < 0 ? NULL : fdopen(stream, "w");
    } else {
        ws_code code = ws_file_temporary(path, &t->temporary, error);
        if (code) return code;
        t->file = fopen(t->temporary, "we");
    }
    if (!t->file) {
        ws_code code = ws_error_set(error, WS_FAILED, "cannot write %s: %s", t->temporary ? t->temporary : path, strerror(errno));
        ws_file_abandon(t->temporary);
        return code;
    }
    t->numbers = calloc((size_t)1 << REMEMBERED_BITS, sizeof *t->numbers);
    WS_REQUIRE(t->numbers && "out of memory");
    return WS_OK;
}

static ws_code close_table(table *t, ws_code code, ws_error *error)
{
    if (!code) code = write_rows(t, error);
    int failed = ferror(t->file);
    if ((fclose(t->file) || failed) && !code) code = ws_error_set(error, WS_FAILED, "cannot write %s: %s", t->path, strerror(errno));
    ws_text_free(&t->rows);
    free(t->numbers);
    if (!t->temporary) return code;
    if (!code) return ws_file_commit(t->temporary, t->path, error);
    ws_file_abandon(t->temporary);
    return code;
}

static void put_cells_header(const ws_plan *plan, table *t)
{
    ws_text *row = &t->rows;
    ws_text_add(row, "cell");
    put_axis_names(t, plan);
    ws_text_add(row, ",run_complete,trajectories,missing");
    for (int s = 0; s < WS_STATUS_COUNT; s++) put_name(t, ws_status_names[s]);
    for (int f = 0; f < WS_FLAG_COUNT; f++) ws_text_add(row, ",flag_%s", ws_flag_names[f]);
    if (plan->trials) put_name(t, "mean_of_trials");
    for (int e = 0; e < plan->eps_count; e++) {
        char eps[WS_NUMBER_ROOM];
        ws_text_number(plan->eps[e], eps);
        ws_text_add(row, ",hits_%s", eps);
        for (int q = 0; q < WS_QUANTILES; q++) ws_text_add(row, ",%s_%s,%s_%s_is", ws_quantile_names[q], eps, ws_quantile_names[q], eps);
        ws_text_add(row, ",median_low_%s,median_low_%s_is,median_high_%s,median_high_%s_is,mean_of_hits_%s,restricted_mean_%s"
                         ",expected_running_time_%s", eps, eps, eps, eps, eps, eps, eps);
        if (ws_trace_has_mean_hits(plan)) ws_text_add(row, ",mean_curve_low_%s,mean_curve_high_%s,mean_curve_%s_is", eps, eps, eps);
    }
    ws_text_add(row, "\n");
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
    if (!code) code = open_table(csv->path, &csv->table, error);
    if (code) {
        ws_trace_statistics_free(&csv->trace);
        free(csv->path);
        free(csv->scratch);
        free(csv);
        return code;
    }
    put_cells_header(csv->plan, &csv->table);
    *out = csv;
    return WS_OK;
}

ws_code ws_csv_cells_add(void *context, const ws_cell_outcomes *cell, ws_error *error)
{
    ws_csv_cells *csv = context;
    table *t = &csv->table;
    int64_t status[WS_STATUS_COUNT] = {0}, flag[WS_FLAG_COUNT] = {0};
    for (int64_t i = 0; i < cell->count; i++) {
        status[cell->status[i]]++;
        for (int f = 0; f < WS_FLAG_COUNT; f++) flag[f] += cell->flags[i] >> f & 1;
    }
    ws_text_add_whole(&t->rows, cell->cell);
    put_axis_values(t, csv->plan, cell->cell);
    put_whole(t, csv->complete);
    put_whole(t, cell->count);
    put_whole(t, csv->plan->replicates - cell->count);
    for (int s = 0; s < WS_STATUS_COUNT; s++) put_whole(t, status[s]);
    for (int f = 0; f < WS_FLAG_COUNT; f++) put_whole(t, flag[f]);
    if (csv->plan->trials) put_number(t, cell->trials / (double)cell->count);
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
        put_whole(t, s.reached);
        for (int q = 0; q < WS_QUANTILES; q++) put_quantile(t, s.quantile[q]);
        put_quantile(t, s.median_low);
        put_quantile(t, s.median_high);
        put_number(t, s.mean_reached);
        put_number(t, s.restricted_mean);
        put_number(t, s.expected_running_time);
        if (csv->trace.points) put_mean_hit(t, ws_trace_mean_hit(csv->plan, &csv->trace, cell->count ? eps[e] : 0));
    }
    return end_row(t, error);
}

ws_code ws_csv_cells_close(ws_csv_cells *csv, ws_code code, ws_error *error)
{
    if (!csv) return code;
    code = close_table(&csv->table, code, error);
    ws_trace_statistics_free(&csv->trace);
    free(csv->path);
    free(csv->scratch);
    free(csv);
    return code;
}

typedef struct rows {
    const ws_plan *plan;
    table table;
    int complete;
} rows;

static ws_code put_rows(void *context, int64_t first, const ws_outcomes *outcomes, ws_error *error)
{
    rows *r = context;
    table *t = &r->table;
    const ws_columns *c = &outcomes->columns;
    int eps_count = r->plan->eps_count, asked = r->plan->gap_at_count;
    ws_code code = WS_OK;
    for (int64_t i = 0; i < outcomes->count && !code; i++) {
        int64_t trajectory = first + i, cell = trajectory / r->plan->replicates;
        ws_text_add_whole(&t->rows, trajectory);
        put_whole(t, cell);
        put_axis_values(t, r->plan, cell);
        put_whole(t, r->complete);
        put_whole(t, trajectory % r->plan->replicates);
        put_name(t, ws_status_names[c->status[i]]);
        put_whole(t, c->flags[i]);
        put_whole(t, c->end[i]);
        for (int e = 0; e < eps_count; e++) put_whole(t, c->hit[i * eps_count + e]);
        put_number(t, c->final_gap[i]);
        put_number(t, c->best_gap[i]);
        put_whole(t, c->best_at[i]);
        put_number(t, c->peak_gap[i]);
        put_whole(t, c->peak_at[i]);
        for (int g = 0; g < asked; g++) put_number(t, c->gap_at[i * asked + g]);
        for (int q = 0; q < WS_TRACED_COUNT && !r->plan->trace_statistics; q++)
            for (int p = 0; p < r->plan->trace_count && c->trace[q]; p++) put_number(t, ((const double *)c->trace[q])[i * r->plan->trace_count + p]);
        if (r->plan->trials) put_whole(t, c->trials[i]);
        if (r->plan->hash) ws_text_add(&t->rows, ",%016llx", c->hash[i]);
        code = end_row(t, error);
    }
    return code;
}

ws_code ws_csv_trajectories(const char *path, ws_results *results, ws_error *error)
{
    rows r = {.plan = ws_results_plan(results)};
    ws_results_count(results, NULL, &r.complete);
    table *t = &r.table;
    ws_code code = open_table(path, t, error);
    if (code) return code;
    ws_text_add(&t->rows, "trajectory,cell");
    put_axis_names(t, r.plan);
    ws_text_add(&t->rows, ",run_complete,replicate,status,flags,end");
    char eps[WS_NUMBER_ROOM];
    for (int e = 0; e < r.plan->eps_count; e++) ws_text_add(&t->rows, ",hit_%s", ws_text_number(r.plan->eps[e], eps));
    ws_text_add(&t->rows, ",final_gap,best_gap,best_at,peak_gap,peak_at");
    for (int g = 0; g < r.plan->gap_at_count; g++) ws_text_add(&t->rows, ",gap_at_%lld", r.plan->gap_at[g]);
    for (int q = 0; q < WS_TRACED_COUNT && !r.plan->trace_statistics; q++)
        for (int p = 0; p < r.plan->trace_count && (r.plan->traced >> q & 1); p++) ws_text_add(&t->rows, ",trace_%s_%lld", ws_trace_names[q], r.plan->trace_at[p]);
    if (r.plan->trials) put_name(t, "trials");
    if (r.plan->hash) put_name(t, "hash");
    code = end_row(t, error);
    if (!code) code = ws_results_each(results, put_rows, &r, error);
    return close_table(t, code, error);
}
