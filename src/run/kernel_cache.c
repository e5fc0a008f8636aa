/* kernel_cache.c: see kernel_cache.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "run/kernel_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#define WS_FOOTER "wskernel"
enum { FOOTER = 24, LARGEST = 64 << 20 };

static char *wished_directory(const char *wish)
{
    const char *base;
    char *path = NULL;
    if (wish) return strdup(wish);
    if ((base = getenv("WARMSWEEP_CACHE"))) return strdup(base);
    if ((base = getenv("XDG_CACHE_HOME")) && *base == '/') return ws_file_join(base, "warmsweep");
    if ((base = getenv("HOME")) && *base) {
        WS_REQUIRE(asprintf(&path, "%s/.cache/warmsweep", base) > 0);
        return path;
    }
    return strdup("");
}

/* A directory that others may write to could hold anybody's code. */
static ws_code check_private(const char *path, ws_error *error)
{
    struct stat facts;
    if (stat(path, &facts)) return ws_error_set(error, WS_FAILED, "%s: %s", path, strerror(errno));
    if (facts.st_uid != geteuid() || (facts.st_mode & 022))
        return ws_error_set(error, WS_FAILED, "%s belongs to another user or may be written by others (chmod 700 it)", path);
    if (access(path, W_OK | X_OK)) return ws_error_set(error, WS_FAILED, "%s: %s", path, strerror(errno));
    return WS_OK;
}

ws_code ws_kernel_cache_open(const char *wish, ws_kernel_cache *cache, ws_error *error)
{
    memset(cache, 0, sizeof *cache);
    cache->directory = wished_directory(wish);
    WS_REQUIRE(cache->directory && "out of memory");
    if (*cache->directory) {
        ws_error reason = {0};
        ws_code code = ws_file_make_directory(cache->directory, 0700, &reason);
        if (!code) code = check_private(cache->directory, &reason);
        if (!code) return WS_OK;
        snprintf(cache->warning, sizeof cache->warning, "compiled kernels are not kept: %.200s", reason.message);
    }
    free(cache->directory);
    const char *temporary = getenv("TMPDIR");
    cache->directory = NULL;
    WS_REQUIRE(asprintf(&cache->directory, "%s/warmsweep-XXXXXX", temporary && *temporary ? temporary : "/tmp") > 0);
    if (!mkdtemp(cache->directory)) {
        ws_code code = ws_error_set(error, WS_FAILED, "cannot make a temporary directory %s: %s", cache->directory, strerror(errno));
        free(cache->directory);
        cache->directory = NULL;
        return code;
    }
    cache->temporary = 1;
    return WS_OK;
}

void ws_kernel_cache_close(ws_kernel_cache *cache)
{
    ws_error ignored;
    if (cache->directory && cache->temporary) ws_file_remove_tree(cache->directory, &ignored);
    free(cache->directory);
    memset(cache, 0, sizeof *cache);
}

char *ws_kernel_cache_path(const ws_kernel_cache *cache, const char *key)
{
    char *path = NULL;
    WS_REQUIRE(asprintf(&path, "%s/%s.so", cache->directory, key) > 0);
    return path;
}

static void footer_of(const char *bytes, size_t length, char footer[FOOTER])
{
    XXH128_canonical_t digest;
    XXH128_canonicalFromHash(&digest, XXH3_128bits(bytes, length));
    memcpy(footer, WS_FOOTER, 8);
    memcpy(footer + 8, digest.digest, 16);
}

int ws_kernel_cache_has(const char *path)
{
    char *bytes, footer[FOOTER];
    size_t length;
    ws_error ignored;
    if (!ws_file_exists(path) || ws_file_read(path, LARGEST, &bytes, &length, &ignored)) return 0;
    int whole = length > FOOTER;
    if (whole) {
        footer_of(bytes, length - FOOTER, footer);
        whole = !memcmp(bytes + length - FOOTER, footer, FOOTER);
    }
    free(bytes);
    return whole;
}

ws_code ws_kernel_cache_keep(const char *compiled, const char *path, ws_error *error)
{
    char *bytes, footer[FOOTER];
    size_t length;
    ws_code code = ws_file_read(compiled, LARGEST, &bytes, &length, error);
    if (code) return code;
    footer_of(bytes, length, footer);
    char *whole = realloc(bytes, length + FOOTER);
    WS_REQUIRE(whole && "out of memory");
    memcpy(whole + length, footer, FOOTER);
    code = ws_file_write(path, whole, length + FOOTER, error);
    free(whole);
    return code;
}
