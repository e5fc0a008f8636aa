/* compiler_version.h: what a compiler says of itself, kept beside the kernels: to ask it costs more than the rest of a short run's start. */
#ifndef WS_COMPILER_VERSION_H
#define WS_COMPILER_VERSION_H

#include "run/kernel_cache.h"

/* Where the words of the compiler that `name` (as on a command line) starts now are kept, malloc'ed: another path for every other file, and for
 * the same one when it was changed. NULL: they must be asked for each time, since the program itself does not say which compiler it is. */
char *ws_compiler_version_path(const ws_kernel_cache *cache, const char *name);

#endif
