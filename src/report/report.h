/* report.h: from a journal to statistics, files and pictures. Never computes a trajectory, never compiles. */
#ifndef WS_REPORT_H
#define WS_REPORT_H

#include <stdint.h>

#include "base/error.h"
#include "plan/outcomes.h"
#include "plan/plan.h"

/* A journal opened for reading. */
typedef struct ws_results ws_results;
ws_code ws_results_open(const char *directory, const ws_plan *plan, ws_results **results, ws_error *error);
void ws_results_close(ws_results *results);
/* How many trajectories are there, and whether all are. */
void ws_results_count(const ws_results *results, int64_t *finished, int *complete);
/* Calls `each` for every stored chunk in ascending order with its first trajectory; checksums verified (a bad chunk is
 * WS_FAILED and named). Stops at the first nonzero return of `each`, and returns it. */
ws_code ws_results_each(ws_results *results, ws_code (*each)(void *context, int64_t first, const ws_outcomes *outcomes, ws_error *error),
                        void *context, ws_error *error);
/* One trajectory's stored outcome as a one-row table. */
ws_code ws_results_row(ws_results *results, int64_t trajectory, ws_outcomes *row, ws_error *error);
/* What the kernel computed of a problem (only start_gap, start_sharpness, rho, K0, K are filled). */
ws_code ws_results_problem(ws_results *results, int64_t problem, ws_problem *out, ws_error *error);

/* Writes outcomes.nc, cells.csv and report/ into the directory (each to a temporary file, synced, renamed). Needs gnuplot for the
 * pictures: without it WS_FAILED names it, after the other files are written. An incomplete run is reported as such on every
 * picture and in every file. *pictures (malloc'ed, newline-separated paths) may be NULL. */
ws_code ws_report_write(const char *directory, const ws_plan *plan, char **pictures, ws_error *error);

/* The terminal summary: counts by status and flag, and for each eps the best constant step, the best warmup, the speedup with
 * its confidence interval; malloc'ed text, at most `columns` wide. */
ws_code ws_report_summary(const char *directory, const ws_plan *plan, int columns, char **text, ws_error *error);
/* The same facts as JSON. */
ws_code ws_report_summary_json(const char *directory, const ws_plan *plan, char **text, ws_error *error);

/* export DIR --format csv|netcdf: a row per trajectory as CSV, or the NetCDF file, at `path`. */
ws_code ws_report_export(const char *directory, const ws_plan *plan, const char *format, const char *path, ws_error *error);

#endif
