/* file.c: see file.h.
 *
 * The order of a safe write is: temporary file beside the target, all bytes, fsync, rename over the target, fsync of the
 * directory (POSIX promises an atomic rename, not that its entry is on disk). Temporary names carry random digits, so that
 * concurrent writers never share one; a leftover of a killed process is never taken for the file itself. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

ws_code ws_file_read(const char *path, size_t limit, char **text, size_t *length, ws_error *error)
{
    *text = NULL;
    *length = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* O_NONBLOCK: a pipe must not hang the open */
    if (fd < 0) return ws_error_set(error, WS_FAILED, "cannot read %s: %s", path, strerror(errno));
    struct stat facts;
    char *bytes = NULL;
    ws_code code = WS_FAILED;
    if (fstat(fd, &facts)) {
        ws_error_set(error, WS_FAILED, "cannot read %s: %s", path, strerror(errno));
    } else if (!S_ISREG(facts.st_mode)) {
        ws_error_set(error, WS_FAILED, "cannot read %s: not a regular file", path);
    } else if ((uintmax_t)facts.st_size > limit) {
        ws_error_set(error, WS_FAILED, "cannot read %s: it has %jd bytes, at most %zu are read", path, (intmax_t)facts.st_size, limit);
    } else if (!(bytes = malloc((size_t)facts.st_size + 1))) {
        ws_error_set(error, WS_FAILED, "cannot read %s: out of memory for %jd bytes", path, (intmax_t)facts.st_size);
    } else {
        size_t size = (size_t)facts.st_size, used = 0;
        ssize_t got = 1;
        while (used < size && got != 0) {
            got = read(fd, bytes + used, size - used);
            if (got > 0) used += (size_t)got;
            else if (got < 0 && errno != EINTR) break;
        }
        if (got < 0) {
            ws_error_set(error, WS_FAILED, "cannot read %s: %s", path, strerror(errno));
        } else {
            bytes[used] = '\0';
            *text = bytes;
            *length = used;
            bytes = NULL;
            code = WS_OK;
        }
    }
    free(bytes);
    close(fd);
    return code;
}

/* Directory part of a path, malloc'ed: "." when there is none. */
static char *directory_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *name = !slash ? strdup(".") : slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
    WS_REQUIRE(name);
    return name;
}

/* A rename is on disk only when the directory is. Some file systems refuse to sync a directory; they are taken at their word. */
static void sync_directory(const char *path)
{
    char *directory = directory_of(path);
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
    free(directory);
}

static int is_standard_output(const char *path) { return !strcmp(path, "-") || !strcmp(path, "/dev/stdout"); }

int ws_file_is_stream(const char *path)
{
    struct stat facts;
    return is_standard_output(path) || (!stat(path, &facts) && !S_ISREG(facts.st_mode) && !S_ISDIR(facts.st_mode));
}

int ws_file_open_stream(const char *path) { return is_standard_output(path) ? dup(STDOUT_FILENO) : open(path, O_WRONLY | O_CLOEXEC); }

ws_code ws_file_temporary(const char *path, char **temporary, ws_error *error)
{
    uint64_t random = 0;
    *temporary = NULL;
    if (ws_file_is_stream(path)) return ws_error_set(error, WS_BAD_INPUT, "cannot write %s: a file is needed, not standard output, a device or a pipe", path);
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
        return ws_error_set(error, WS_FAILED, "cannot name a temporary file for %s: %s", path, strerror(errno));
    size_t size = strlen(path) + 32;
    char *name = malloc(size);
    if (!name) return ws_error_set(error, WS_FAILED, "cannot name a temporary file for %s: out of memory", path);
    snprintf(name, size, "%s.%016llx.tmp", path, (unsigned long long)random);
    *temporary = name;
    return WS_OK;
}

void ws_file_abandon(char *temporary)
{
    if (temporary) unlink(temporary);
    free(temporary);
}

ws_code ws_file_commit(char *temporary, const char *path, ws_error *error)
{
    int fd = open(temporary, O_RDONLY | O_CLOEXEC);
    ws_code code = WS_OK;
    if (fd < 0 || fsync(fd) || rename(temporary, path))
        code = ws_error_set(error, WS_FAILED, "cannot write %s: %s", path, strerror(errno));
    if (fd >= 0) close(fd);
    if (code) {
        ws_file_abandon(temporary);
        return code;
    }
    sync_directory(path);
    free(temporary);
    return WS_OK;
}

/* All bytes, or the reason in errno. */
static int write_all(int fd, const char *bytes, size_t length)
{
    for (size_t used = 0; used < length;) {
        ssize_t put = write(fd, bytes + used, length - used);
        if (put > 0) {
            used += (size_t)put;
        } else if (put == 0) {
            errno = ENOSPC;
            return 1;
        } else if (errno != EINTR) {
            return 1;
        }
    }
    return 0;
}

ws_code ws_file_write(const char *path, const void *bytes, size_t length, ws_error *error)
{
    if (ws_file_is_stream(path)) {
        int stream = ws_file_open_stream(path), failed = stream < 0 || write_all(stream, bytes, length), reason = errno;
        if (stream >= 0 && close(stream) && !failed) {
            failed = 1;
            reason = errno;
        }
        return failed ? ws_error_set(error, WS_FAILED, "cannot write %s: %s", path, strerror(reason)) : WS_OK;
    }
    char *temporary;
    ws_code code = ws_file_temporary(path, &temporary, error);
    if (code) return code;
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0 || write_all(fd, bytes, length)) {
        code = ws_error_set(error, WS_FAILED, "cannot write %s: %s", path, strerror(errno));
        if (fd >= 0) close(fd);
        ws_file_abandon(temporary);
        return code;
    }
    if (close(fd)) { /* a network disk says "full" here */
        code = ws_error_set(error, WS_FAILED, "cannot write %s: %s", path, strerror(errno));
        ws_file_abandon(temporary);
        return code;
    }
    return ws_file_commit(temporary, path, error);
}

ws_code ws_file_make_directory(const char *path, unsigned mode, ws_error *error)
{
    char *name = strdup(path);
    if (!name) return ws_error_set(error, WS_FAILED, "cannot make directory %s: out of memory", path);
    ws_code code = WS_OK;
    for (char *p = name + (name[0] == '/');; p++) {
        if (*p != '/' && *p != '\0') continue;
        char kept = *p;
        *p = '\0';
        struct stat facts;
        if (*name && mkdir(name, (mode_t)mode)) {
            int reason = errno;
            if (stat(name, &facts) || !S_ISDIR(facts.st_mode)) { /* EEXIST is no error for a directory */
                code = ws_error_set(error, WS_FAILED, "cannot make directory %s: %s: %s", path, name,
                                    strerror(reason == EEXIST ? ENOTDIR : reason));
                break;
            }
        }
        *p = kept;
        if (kept == '\0') break;
    }
    free(name);
    return code;
}

char *ws_file_join(const char *directory, const char *name)
{
    size_t size = strlen(directory) + strlen(name) + 2;
    char *path = malloc(size);
    WS_REQUIRE(path);
    const char *between = directory[0] && directory[strlen(directory) - 1] == '/' ? "" : "/";
    snprintf(path, size, "%s%s%s", directory, directory[0] ? between : "", name);
    return path;
}

int ws_file_exists(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0;
}

/* Symbolic links are removed, never followed. */
ws_code ws_file_remove_tree(const char *path, ws_error *error)
{
    struct stat facts;
    if (lstat(path, &facts)) return errno == ENOENT ? WS_OK : ws_error_set(error, WS_FAILED, "cannot remove %s: %s", path, strerror(errno));
    if (!S_ISDIR(facts.st_mode)) {
        if (unlink(path) && errno != ENOENT) return ws_error_set(error, WS_FAILED, "cannot remove %s: %s", path, strerror(errno));
        return WS_OK;
    }
    DIR *directory = opendir(path);
    if (!directory) return ws_error_set(error, WS_FAILED, "cannot remove %s: %s", path, strerror(errno));
    ws_code code = WS_OK;
    for (struct dirent *entry; !code && (entry = readdir(directory));) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        char *inner = ws_file_join(path, entry->d_name);
        code = ws_file_remove_tree(inner, error);
        free(inner);
    }
    closedir(directory);
    if (!code && rmdir(path) && errno != ENOENT) code = ws_error_set(error, WS_FAILED, "cannot remove %s: %s", path, strerror(errno));
    return code;
}

ws_code ws_file_remove_named(const char *path, const char *const *beginnings, ws_error *error)
{
    DIR *directory = opendir(path);
    if (!directory) return errno == ENOENT ? WS_OK : ws_error_set(error, WS_FAILED, "cannot remove files of %s: %s", path, strerror(errno));
    ws_code code = WS_OK;
    for (struct dirent *entry; !code && (entry = readdir(directory));) {
        int named = 0;
        for (int i = 0; beginnings[i] && !named; i++) named = !strncmp(entry->d_name, beginnings[i], strlen(beginnings[i]));
        if (!named) continue;
        if (unlinkat(dirfd(directory), entry->d_name, 0) && errno != ENOENT)
            code = ws_error_set(error, WS_FAILED, "cannot remove %s/%s: %s", path, entry->d_name, strerror(errno));
    }
    closedir(directory);
    return code;
}
