/* kernel_cache.h: compiled kernels on disk, one file each, private to the user.
 *
 * A file is the shared library (cpu) or the machine code (GPU) followed by a footer: WS_FOOTER and 16 bytes of XXH3 over everything before. Its name is the kernel's
 * key: a digest of the full text, options, target and the compiler's own version text. A file that does not agree with its footer is
 * as good as absent. Any number of processes may use one directory. */
#ifndef WS_KERNEL_CACHE_H
#define WS_KERNEL_CACHE_H

#include <stddef.h>

#include "run/kernel_source.h"

typedef struct ws_kernel_cache {
    char *directory; /* where kernels are kept; a directory of this process alone when there is no cache */
    int temporary;   /* 1: removed by ws_kernel_cache_close */
    char warning[256]; /* why there is no cache although one was wanted; "" */
} ws_kernel_cache;

/* `wish`: as ws_run_options.cache_directory. A cache that cannot be used (not writable, not ours, open to others) is replaced
 * by a temporary directory and a warning. */
ws_code ws_kernel_cache_open(const char *wish, ws_kernel_cache *cache, ws_error *error);
void ws_kernel_cache_close(ws_kernel_cache *cache);
/* A kernel's key: a digest of the whole kernel text and of `count` further texts, the order counts. */
void ws_kernel_cache_key(const ws_kernel_text *kernels, const char *const *parts, int count, char key[33]);
/* DIR/<key><suffix>, malloc'ed; suffix ".so", ".cubin". */
char *ws_kernel_cache_path(const ws_kernel_cache *cache, const char *key, const char *suffix);
/* 1: there and whole. */
int ws_kernel_cache_has(const char *path);
/* The same, and its bytes without the footer, malloc'ed. */
int ws_kernel_cache_read(const char *path, char **bytes, size_t *length);
/* Adds the footer to a freshly compiled file (to bytes) and puts it in its place by a rename. */
ws_code ws_kernel_cache_keep(const char *compiled, const char *path, ws_error *error);
ws_code ws_kernel_cache_keep_bytes(const char *bytes, size_t length, const char *path, ws_error *error);

#endif
