/* netcdf.h: all outcomes as one NetCDF-4 file with named axes. Private to report. */
#ifndef WS_REPORT_NETCDF_H
#define WS_REPORT_NETCDF_H

#include "report/results.h"

ws_code ws_netcdf_write(const char *path, ws_results *results, ws_error *error);

#endif
