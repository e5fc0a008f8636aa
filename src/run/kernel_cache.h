/* kernel_cache.h: compiled kernels on disk, one file each, private to the user.
 *
 * A file is the shared library followed by a footer: WS_FOOTER and 16 bytes of XXH3 over everything before. Its name is the kernel's
 * key: a digest of the full text, options, target and the compiler's own version text. A file that does not agree with its footer is
 * as good as absent. Any number of processes may use one directory. */
#ifndef WS_KERNEL_CACHE_H
#define WS_KERNEL_CACHE_H

#include "base/error.h"

typedef struct ws_kernel_cache {
    char *directory; /* where kernels are kept; a directory of this process alone when there is no cache */
    int temporary;   /* 1: removed by ws_kernel_cache_close */
    char warning[256]; /* why there is no cache although one was wanted; "" */
} ws_kernel_cache;

/* `wish`: as ws_run_options.cache_directory. A cache that cannot be used (not writable, not ours, open to others) is replaced
 * by a temporary directory and a warning. */
ws_code ws_kernel_cache_open(const char *wish, ws_kernel_cache *cache, ws_error *error);
void ws_kernel_cache_close(ws_kernel_cache *cache);
/* DIR/<key>.so, malloc'ed. */
char *ws_kernel_cache_path(const ws_kernel_cache *cache, const char *key);
/* 1: there and whole. */
int ws_kernel_cache_has(const char *path);
/* Adds the footer to a freshly compiled file and renames it to its place. */
ws_code ws_kernel_cache_keep(const char *compiled, const char *path, ws_error *error);

#endif
