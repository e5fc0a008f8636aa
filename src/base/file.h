/* file.h: files that are there whole or not at all.
 *
 * A file is written to a temporary name beside its final one, synced and renamed; an error leaves the old file as it was.
 * Every message names the path and the system's reason. */
#ifndef WS_FILE_H
#define WS_FILE_H

#include <stddef.h>

#include "base/error.h"

/* Reads a whole regular file (at most `limit` bytes) into malloc'ed memory with a NUL behind it. */
ws_code ws_file_read(const char *path, size_t limit, char **text, size_t *length, ws_error *error);
/* Is this what is written to as it stands, and not replaced by a file: "-" or /dev/stdout (standard output), a device, a pipe? */
int ws_file_is_stream(const char *path);
/* A descriptor of it to write to and close, or -1 with the reason in errno. */
int ws_file_open_stream(const char *path);
/* Writes bytes to path: temporary file, fsync, rename, fsync of the directory; to a stream as it stands. */
ws_code ws_file_write(const char *path, const void *bytes, size_t length, ws_error *error);
/* For writers that want a path to write to: a temporary name beside `path` (malloc'ed; the file does not exist yet), and the step
 * that syncs it and renames it to `path` (which frees `temporary` in either case, and removes the file on error). A stream is refused. */
ws_code ws_file_temporary(const char *path, char **temporary, ws_error *error);
ws_code ws_file_commit(char *temporary, const char *path, ws_error *error);
/* Removes the temporary file and frees the name. */
void ws_file_abandon(char *temporary);
/* mkdir -p with the given mode for new directories. */
ws_code ws_file_make_directory(const char *path, unsigned mode, ws_error *error);
/* "directory/name", malloc'ed; aborts when out of memory. */
char *ws_file_join(const char *directory, const char *name);
int ws_file_exists(const char *path);
/* Removes a directory and everything in it; a missing one is fine. */
ws_code ws_file_remove_tree(const char *path, ws_error *error);
/* Removes the files of a directory whose name begins with one of the words of a NULL-terminated list; a missing directory is fine. */
ws_code ws_file_remove_named(const char *directory, const char *const *beginnings, ws_error *error);

#endif
