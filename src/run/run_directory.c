/* run_directory.c: see run_directory.h. The lock is flock() on the directory itself: gone with the process, whatever ends it. */
#include "run/run_directory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/database.h"
#include "base/file.h"
#include "plan/run_files.h"
#include "run/run.h"

static int holds(const char *directory, const char *name)
{
    char *path = ws_file_join(directory, name);
    int there = ws_file_exists(path);
    free(path);
    return there;
}

int ws_run_directory_holds_run(const char *directory) { return holds(directory, "journal.sqlite"); }

/* 1: a journal lies here that was never begun (its first transaction makes tables and facts together). */
static int never_begun(const char *directory)
{
    char *path = ws_file_join(directory, "journal.sqlite");
    sqlite3 *base = NULL;
    sqlite3_stmt *ask = NULL;
    ws_error ignored;
    int empty = 0;
    if (ws_database_open_reading(path, &base, &ignored) == WS_OK && sqlite3_prepare_v2(base, "SELECT count(*) FROM sqlite_master", -1, &ask, NULL) == SQLITE_OK)
        empty = sqlite3_step(ask) == SQLITE_ROW && sqlite3_column_int64(ask, 0) == 0;
    sqlite3_finalize(ask);
    sqlite3_close(base);
    free(path);
    return empty;
}

/* 1: the file is there and holds exactly these bytes. */
static int same_bytes(const char *directory, const char *name, const char *bytes, size_t size)
{
    char *path = ws_file_join(directory, name), *text;
    size_t length;
    ws_error ignored;
    int same = ws_file_read(path, size, &text, &length, &ignored) == WS_OK;
    if (same) {
        same = length == size && !memcmp(text, bytes, length);
        free(text);
    }
    free(path);
    return same;
}
static int same_sweep(const char *directory, const ws_plan *plan) { return same_bytes(directory, "sweep.json", plan->text, plan->text_length); }
/* The header of an objective of the user's own: it lies beside sweep.json as it did beside the sweep file. */
static int same_source(const char *directory, const ws_plan *plan)
{
    return !plan->source_name || same_bytes(directory, plan->source_name, plan->source_text, plan->source_length);
}

ws_code ws_run_directory_check(const char *directory, const ws_plan *plan, int force, ws_error *error)
{
    static const char *const names[] = {"sweep.json", "outcomes.nc", "cells.csv", WS_REPORT_FOLDER};
    struct stat facts;
    if (stat(directory, &facts) == 0 && !S_ISDIR(facts.st_mode)) return ws_error_set(error, WS_BAD_INPUT, "%s is not a directory", directory);
    if (force) return WS_OK;
    if (ws_run_directory_holds_run(directory)) {
        if (never_begun(directory)) return WS_OK;
        return ws_error_set(error, WS_BAD_INPUT, "%s holds a run already: \"warmsweep resume %s\" continues it, --force overwrites it", directory, directory);
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (holds(directory, names[i]) && (i || !same_sweep(directory, plan)))
            return ws_error_set(error, WS_BAD_INPUT, "%s holds no run, but something called %s, which a run would overwrite: -o chooses another directory, --force overwrites it",
                                directory, names[i]);
    if (plan->source_name && holds(directory, plan->source_name) && !same_source(directory, plan))
        return ws_error_set(error, WS_BAD_INPUT, "%s holds another %s than the sweep's: -o chooses another directory, --force overwrites it", directory,
                            plan->source_name);
    return WS_OK;
}

ws_code ws_run_directory_lock(const char *directory, int *lock, ws_error *error)
{
    *lock = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*lock < 0) return ws_error_set(error, WS_FAILED, "cannot open %s: %s", directory, strerror(errno));
    if (flock(*lock, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK) {
        close(*lock);
        *lock = -1;
        return ws_error_set(error, WS_FAILED, "%s is in use by another warmsweep process", directory);
    }
    return WS_OK;
}

static ws_code remove_files(const char *directory, int sweep_too, ws_error *error)
{
    static const char *const names[] = {"journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm", "journal.sqlite-journal", "outcomes.nc", "cells.csv", "sweep.json"};
    static const char *const prefixes[] = WS_REPORT_PREFIXES;
    ws_code code = WS_OK;
    for (size_t i = 0, count = sizeof names / sizeof *names - !sweep_too; !code && i < count; i++) {
        char *path = ws_file_join(directory, names[i]);
        if (unlink(path) && errno != ENOENT && errno != ENOTDIR) code = ws_error_set(error, WS_FAILED, "cannot remove %s: %s", path, strerror(errno));
        free(path);
    }
    char *report = ws_file_join(directory, WS_REPORT_FOLDER);
    if (!code) code = ws_file_remove_named(report, prefixes, error);
    if (!code) (void)rmdir(report); /* stays when it holds a person's files */
    free(report);
    return code;
}

ws_code ws_run_remove(const char *directory, ws_error *error) { return remove_files(directory, 1, error); }

void ws_run_directory_undo(const char *directory, const ws_plan *plan, int made)
{
    ws_error ignored;
    remove_files(directory, (made & WS_MADE_SWEEP) != 0, &ignored);
    if (made & WS_MADE_SOURCE) {
        char *path = ws_file_join(directory, plan->source_name);
        (void)unlink(path);
        free(path);
    }
    if (made & WS_MADE_DIRECTORY) (void)rmdir(directory);
}

ws_code ws_run_directory_write(const char *directory, const ws_plan *plan, int what, ws_error *error)
{
    ws_code code = WS_OK;
    char *sweep = ws_file_join(directory, "sweep.json"), *source = ws_file_join(directory, plan->source_name ? plan->source_name : "");
    if (what & WS_MADE_SOURCE) code = ws_file_write(source, plan->source_text, plan->source_length, error);
    if (!code && what & WS_MADE_SWEEP) code = ws_file_write(sweep, plan->text, plan->text_length, error);
    free(source);
    free(sweep);
    return code;
}

ws_code ws_run_directory_begin(const char *directory, const ws_plan *plan, int force, int *lock, int *made, ws_error *error)
{
    *made = ws_file_exists(directory) ? 0 : WS_MADE_DIRECTORY;
    ws_code code = ws_file_make_directory(directory, 0777, error);
    if (code) return code;
    code = ws_run_directory_lock(directory, lock, error);
    if (code) return code;
    code = ws_run_directory_check(directory, plan, force, error);
    int ours = !code;
    if (!same_sweep(directory, plan)) *made |= WS_MADE_SWEEP; /* else it may be the only copy of the file that is being run */
    if (!same_source(directory, plan)) *made |= WS_MADE_SOURCE;
    if (!code) code = remove_files(directory, *made & WS_MADE_SWEEP, error);
    if (!code) code = ws_run_directory_write(directory, plan, *made, error);
    if (code) {
        if (ours) ws_run_directory_undo(directory, plan, *made);
        close(*lock);
        *lock = -1;
    }
    return code;
}
