/* compiler_version.c: see compiler_version.h. Kept are the words of programs only that are gcc or clang by their own name: a script or a wrapper
 * may start another compiler tomorrow. A program that was replaced or rebuilt has another inode, size or time. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "run/compiler_version.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

/* The file that `name` starts, as posix_spawnp finds it, all links followed; malloc'ed, or NULL. */
static char *resolve(const char *name)
{
    if (strchr(name, '/')) return realpath(name, NULL);
    const char *folder = getenv("PATH");
    while (folder) {
        const char *end = strchrnul(folder, ':');
        char *path = NULL, *whole = NULL;
        WS_REQUIRE(asprintf(&path, "%.*s%s%s", (int)(end - folder), folder, end > folder ? "/" : "", name) > 0);
        if (!access(path, X_OK)) whole = realpath(path, NULL);
        free(path);
        if (whole) return whole;
        folder = *end ? end + 1 : NULL;
    }
    return NULL;
}

/* Its facts, or an empty text when it is no program that is gcc or clang itself. */
static void describe(const char *path, char *text, size_t size)
{
    const char *own = strrchr(path, '/');
    struct stat facts;
    char magic[4] = "";
    text[0] = '\0';
    if (!own || !(strstr(own, "gcc") || strstr(own, "clang"))) return;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    int plain = !fstat(file, &facts) && S_ISREG(facts.st_mode) && read(file, magic, 4) == 4 && !memcmp(magic, "\177ELF", 4);
    close(file);
    if (!plain) return;
    snprintf(text, size, "%lld %lld %lld %lld.%09ld %lld.%09ld", (long long)facts.st_dev, (long long)facts.st_ino, (long long)facts.st_size,
             (long long)facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec, (long long)facts.st_ctim.tv_sec, facts.st_ctim.tv_nsec);
}

char *ws_compiler_version_path(const ws_kernel_cache *cache, const char *name)
{
    const ws_kernel_text nothing = {0};
    char facts[160], key[33], *path = resolve(name), *kept = NULL;
    if (!path) return NULL;
    describe(path, facts, sizeof facts);
    const char *parts[] = {path, facts};
    ws_kernel_cache_key(&nothing, parts, 2, key);
    if (*facts) kept = ws_kernel_cache_path(cache, key, ".version");
    free(path);
    return kept;
}
