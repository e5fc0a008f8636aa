/* netcdf_file.h: an outcomes.nc that is being written: shared by netcdf.c (data) and netcdf_define.c (declarations) alone. */
#ifndef WS_REPORT_NETCDF_FILE_H
#define WS_REPORT_NETCDF_FILE_H

#include "report/netcdf_library.h"
#include "report/results.h"

typedef struct ws_netcdf {
    ws_netcdf_library library;
    const ws_plan *plan;
    const char *path;
    int file;
    int rank;                      /* axes + 1 */
    int dimensions[NC_MAX_VAR_DIMS];
    size_t lengths[NC_MAX_VAR_DIMS]; /* of axes and replicate: their product is plan->trajectories */
    int eps_dimension, gap_at_dimension, trace_dimension, quantile_dimension;
    /* variables */
    int axis[NC_MAX_VAR_DIMS], replicate, eps, gap_at_iteration, trace_iteration;
    int status, flags, end, hit, final_gap, best_gap, best_at, peak_gap, peak_at, gap_at, trace[WS_TRACED_COUNT], trials, hash;
    /* over the replicates of a cell: netcdf_trace.c */
    int quantile, running, diverged, ended, mean[WS_TRACED_COUNT], error[WS_TRACED_COUNT], quantiles[WS_TRACED_COUNT];
    int mean_low, mean_high, mean_standing;
    /* first failure of the declarations */
    int state;
    const char *failed;
} ws_netcdf;

/* HDF5 has no more dimensions than this. */
#define WS_NETCDF_RANK_MAX 32

/* A variable over the first `rank` of axes and replicate, and over `extras` more dimensions. */
int ws_netcdf_variable(ws_netcdf *nc, const char *name, int type, int rank, int extras, const int *extra, const char *long_name, const char *units);
/* Values that mean "none", and a comment on them. */
void ws_netcdf_fill_integer(ws_netcdf *nc, int variable, const char *comment);
void ws_netcdf_fill_gap(ws_netcdf *nc, int variable, const char *comment);
void ws_netcdf_text(ws_netcdf *nc, int variable, const char *name, const char *value);
/* The first failure of a series of definitions is kept, so that they read as a list. */
void ws_netcdf_keep(ws_netcdf *nc, int state, const char *what);
/* Elements first ... first + count - 1 in the order of the first `rank` dimensions (axes, replicate), `width` values of `bytes` bytes each that
 * fill `extras` more dimensions of these lengths. */
ws_code ws_netcdf_put(ws_netcdf *nc, int variable, int rank, int64_t first, int64_t count, const void *data, size_t bytes, int extras, const size_t *lengths,
                      ws_error *error);
/* Statistics of traces: declarations, and values. */
void ws_netcdf_define_trace(ws_netcdf *nc);
ws_code ws_netcdf_write_trace(ws_netcdf *nc, ws_results *results, ws_error *error);

ws_code ws_netcdf_define(ws_netcdf *nc, ws_results *results, ws_error *error);
ws_code ws_netcdf_check(ws_netcdf *nc, int state, const char *what, ws_error *error);

#endif
