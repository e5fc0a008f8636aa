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

static void hash_part(XXH3_state_t *state, const char *bytes, size_t length)
{
    unsigned char size[8];
    for (int i = 0; i < 8; i++) size[i] = (unsigned char)((uint64_t)length >> 8 * i);
    XXH3_128bits_update(state, size, 8); /* so that two lists of parts never look the same */
    XXH3_128bits_update(state, bytes, length);
}

void ws_kernel_cache_key(const ws_kernel_text *kernels, const char *const *parts, int count, char key[33])
{
    XXH3_state_t *state = XXH3_createState();
    WS_REQUIRE(state && "out of memory");
    XXH3_128bits_reset(state);
    for (int i = 0; i < kernels->count; i++) {
        hash_part(state, kernels->files[i].name, strlen(kernels->files[i].name));
        hash_part(state, kernels->files[i].text, kernels->files[i].length);
    }
    for (int i = 0; i < count; i++) hash_part(state, parts[i], strlen(parts[i]));
    XXH128_canonical_t digest;
    XXH128_canonicalFromHash(&digest, XXH3_128bits_digest(state));
    XXH3_freeState(state);
    for (int i = 0; i < 16; i++) sprintf(key + 2 * i, "%02x", digest.digest[i]);
}

char *ws_kernel_cache_path(const ws_kernel_cache *cache, const char *key, const char *suffix)
{
    char *path = NULL;
    WS_REQUIRE(asprintf(&path, "%s/%s%s", cache->directory, key, suffix) > 0);
    return path;
}

static void footer_of(const char *bytes, size_t length, char footer[FOOTER])
{
    XXH128_canonical_t digest;
    XXH128_canonicalFromHash(&digest, XXH3_128bits(bytes, length));
    memcpy(footer, WS_FOOTER, 8);
    memcpy(footer + 8, digest.digest, 16);
}

int ws_kernel_cache_read(const char *path, char **bytes, size_t *length)
{
    char footer[FOOTER];
    ws_error ignored;
    *bytes = NULL;
    if (!ws_file_exists(path) || ws_file_read(path, LARGEST, bytes, length, &ignored)) return 0;
    int whole = *length > FOOTER;
    if (whole) {
        *length -= FOOTER;
        footer_of(*bytes, *length, footer);
        whole = !memcmp(*bytes + *length, footer, FOOTER);
    }
    if (whole) return 1;
    free(*bytes);
    *bytes = NULL;
    return 0;
}

int ws_kernel_cache_has(const char *path)
{
    char *bytes;
    size_t length;
    int whole = ws_kernel_cache_read(path, &bytes, &length);
    free(bytes);
    return whole;
}

ws_code ws_kernel_cache_keep_bytes(const char *bytes, size_t length, const char *path, ws_error *error)
{
    char *whole = malloc(length + FOOTER);
    WS_REQUIRE(whole && "out of memory");
    memcpy(whole, bytes, length);
    footer_of(bytes, length, whole + length);
    ws_code code = ws_file_write(path, whole, length + FOOTER, error);
    free(whole);
    return code;
}

ws_code ws_kernel_cache_keep(const char *compiled, const char *path, ws_error *error)
{
    char *bytes;
    size_t length;
    ws_code code = ws_file_read(compiled, LARGEST, &bytes, &length, error);
    if (code) return code;
    code = ws_kernel_cache_keep_bytes(bytes, length, path, error);
    free(bytes);
    return code;
}
