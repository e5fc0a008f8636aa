/* netcdf_library.c: loads the NetCDF library and finds its functions. WS_NETCDF_LIBRARY is the name under which a program linked with
 * it would ask for it: that of the header's version. */
#include "report/netcdf_library.h"

#include <dlfcn.h>
#include <string.h>

ws_code ws_netcdf_library_load(ws_netcdf_library *library, ws_error *error)
{
    void *handle = dlopen(WS_NETCDF_LIBRARY, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!handle) return ws_error_set(error, WS_FAILED, "the NetCDF library cannot be loaded: %s", dlerror());
    const char *missing = NULL;
    void *function;
#define WS_NETCDF_FIND(name)                                                                                                   \
    function = dlsym(handle, "nc_" #name);                                                                                     \
    if (!function) missing = "nc_" #name;                                                                                      \
    memcpy(&library->name, &function, sizeof function); /* ISO C converts no object pointer to a function's */
    WS_NETCDF_FUNCTIONS(WS_NETCDF_FIND)
#undef WS_NETCDF_FIND
    dlclose(handle);
    if (missing) return ws_error_set(error, WS_FAILED, "the NetCDF library %s has no %s", WS_NETCDF_LIBRARY, missing);
    return WS_OK;
}
