/* netcdf_library.h: the functions of the NetCDF library, loaded when a file is written.
 *
 * The library stands on HDF5, curl, TLS and forty others, whose loading takes longer than a small sweep. Only a report needs it, so
 * it is not linked but loaded then. */
#ifndef WS_REPORT_NETCDF_LIBRARY_H
#define WS_REPORT_NETCDF_LIBRARY_H

#include <netcdf.h>

#include "base/error.h"

/* Those that are used, without the prefix nc_. */
#define WS_NETCDF_FUNCTIONS(F)                                                                                                 \
    F(create) F(close) F(enddef) F(strerror) F(def_dim) F(inq_dimlen) F(def_var) F(def_var_chunking) F(def_var_deflate)        \
    F(def_var_fill) F(put_att_int) F(put_att_longlong) F(put_att_text) F(put_att_uchar) F(put_vara) F(put_vara_longlong)       \
    F(put_var_double) F(put_var_longlong)

typedef struct ws_netcdf_library {
#define WS_NETCDF_MEMBER(name) __typeof__(nc_##name) *name;
    WS_NETCDF_FUNCTIONS(WS_NETCDF_MEMBER)
#undef WS_NETCDF_MEMBER
} ws_netcdf_library;

/* It stays loaded until the process ends: HDF5 cleans up then. */
ws_code ws_netcdf_library_load(ws_netcdf_library *library, ws_error *error);

#endif
