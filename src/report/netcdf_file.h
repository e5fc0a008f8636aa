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
    int eps_dimension, gap_at_dimension, trace_dimension;
    /* variables */
    int axis[NC_MAX_VAR_DIMS], replicate, eps, gap_at_iteration, trace_iteration;
    int status, flags, end, hit, final_gap, best_gap, best_at, peak_gap, peak_at, gap_at, trace[WS_TRACED_COUNT], hash;
    /* first failure of the declarations */
    int state;
    const char *failed;
} ws_netcdf;

/* HDF5 has no more dimensions than this. */
#define WS_NETCDF_RANK_MAX 32

ws_code ws_netcdf_define(ws_netcdf *nc, ws_results *results, ws_error *error);
ws_code ws_netcdf_check(ws_netcdf *nc, int state, const char *what, ws_error *error);

#endif
