/* write.c: everything that a report consists of, from one pass over the journal: see report.h. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "plan/run_files.h"
#include "report/csv.h"
#include "report/gnuplot.h"
#include "report/html_page.h"
#include "report/netcdf.h"
#include "report/phase_diagram.h"
#include "report/summary.h"
#include "report/trace_picture.h"

/* cells.csv is written while the analysis is made. */
static ws_code analyse(const char *directory, ws_results *results, ws_analysis *analysis, ws_error *error)
{
    ws_csv_cells *csv;
    char *path = ws_file_join(directory, "cells.csv");
    ws_code code = ws_csv_cells_open(path, results, &csv, error);
    free(path);
    if (code) return code;
    code = ws_analysis_make(results, ws_csv_cells_add, csv, analysis, error);
    int made = !code;
    code = ws_csv_cells_close(csv, code, error);
    if (code && made) ws_analysis_free(analysis);
    return code;
}

static ws_code draw_all(ws_results *results, const ws_analysis *analysis, const char *folder, ws_text *names, ws_error *error)
{
    ws_code code = WS_OK;
    for (int i = 0; !code && i < analysis->plan->report_count; i++)
        code = analysis->plan->reports[i].kind == WS_REPORT_TRACE ? ws_trace_write(results, i, folder, names, error) : ws_phase_write(analysis, i, folder, names, error);
    ws_error undrawn = {0};
    ws_code drawn = ws_gnuplot_draw(folder, names, &undrawn);
    return code ? code : drawn ? ws_error_set(error, drawn, "%s", undrawn.message) : WS_OK;
}

ws_code ws_report_write(const char *directory, const ws_plan *plan, char **pictures, ws_error *error)
{
    ws_results *results;
    ws_analysis analysis;
    ws_comparisons comparisons;
    ws_text names = {0}, paths = {0};
    ws_error undrawn = {0};
    static const char *const prefixes[] = WS_REPORT_PREFIXES;
    if (pictures) *pictures = NULL;
    ws_code code = ws_results_open(directory, plan, &results, error);
    if (code) return code;
    char *netcdf = ws_file_join(directory, "outcomes.nc"), *folder = ws_file_join(directory, WS_REPORT_FOLDER);
    code = analyse(directory, results, &analysis, error);
    if (!code) {
        code = ws_netcdf_write(netcdf, results, error);
        /* pictures of an earlier report would not belong to this one; other files in the folder are somebody's */
        if (!code) code = ws_file_remove_named(folder, prefixes, error);
        if (!code) code = ws_file_make_directory(folder, 0777, error);
        if (!code) code = ws_speedup_compare(results, &analysis, &comparisons, error);
        if (!code) {
            /* without gnuplot all the rest is still written; then the reason is returned */
            ws_code drawn = draw_all(results, &analysis, folder, &names, &undrawn);
            char *summary = ws_summary_text(&analysis, &comparisons, 110);
            code = ws_html_write(folder, results, summary, names.bytes, error);
            free(summary);
            ws_speedup_free(&comparisons);
            if (!code && drawn) code = ws_error_set(error, drawn, "%s", undrawn.message);
        }
        ws_analysis_free(&analysis);
    }
    for (char *name = names.bytes ? strtok(names.bytes, "\n") : NULL; name; name = strtok(NULL, "\n")) ws_text_add(&paths, "%s/%s.png\n", folder, name);
    if (pictures) *pictures = ws_text_take(&paths);
    else ws_text_free(&paths);
    ws_text_free(&names);
    free(netcdf);
    free(folder);
    ws_results_close(results);
    return code;
}

static ws_code summarise(const char *directory, const ws_plan *plan, int columns, char **text, ws_error *error)
{
    ws_results *results;
    ws_analysis analysis;
    ws_comparisons comparisons;
    *text = NULL;
    ws_code code = ws_results_open(directory, plan, &results, error);
    if (code) return code;
    code = ws_analysis_make(results, NULL, NULL, &analysis, error);
    if (!code) {
        code = ws_speedup_compare(results, &analysis, &comparisons, error);
        if (!code) {
            *text = columns ? ws_summary_text(&analysis, &comparisons, columns) : ws_summary_json(&analysis, &comparisons);
            ws_speedup_free(&comparisons);
        }
        ws_analysis_free(&analysis);
    }
    ws_results_close(results);
    return code;
}

ws_code ws_report_summary(const char *directory, const ws_plan *plan, int columns, char **text, ws_error *error)
{
    return summarise(directory, plan, columns < 40 ? 40 : columns, text, error);
}

ws_code ws_report_summary_json(const char *directory, const ws_plan *plan, char **text, ws_error *error)
{
    return summarise(directory, plan, 0, text, error);
}

ws_code ws_report_export(const char *directory, const ws_plan *plan, const char *format, const char *path, ws_error *error)
{
    ws_results *results;
    ws_code code = ws_results_open(directory, plan, &results, error);
    if (code) return code;
    if (!strcmp(format, "csv")) code = ws_csv_trajectories(path, results, error);
    else if (!strcmp(format, "netcdf")) code = ws_netcdf_write(path, results, error);
    else code = ws_error_set(error, WS_BAD_INPUT, "format \"%s\"; allowed: csv, netcdf", format);
    ws_results_close(results);
    return code;
}
