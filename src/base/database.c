/* database.c: see database.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "base/database.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

/* SQLite looks at a file when it is asked for the first time. */
static int probe(sqlite3 *base)
{
    sqlite3_stmt *ask = NULL;
    int state = sqlite3_prepare_v2(base, "SELECT count(*) FROM sqlite_master", -1, &ask, NULL);
    if (state == SQLITE_OK) state = sqlite3_step(ask) == SQLITE_ROW ? SQLITE_OK : sqlite3_errcode(base);
    sqlite3_finalize(ask);
    return state;
}

static ws_code failed(const char *path, sqlite3 **base, ws_error *error)
{
    ws_code code = ws_error_set(error, WS_FAILED, "cannot read %s: %s", path, *base ? sqlite3_errmsg(*base) : "out of memory");
    sqlite3_close(*base);
    *base = NULL;
    return code;
}

ws_code ws_database_open_reading(const char *path, sqlite3 **base, ws_error *error)
{
    *base = NULL;
    if (!ws_file_exists(path)) return ws_error_set(error, WS_FAILED, "cannot read %s: no such file", path);
    if (sqlite3_open_v2(path, base, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) return failed(path, base, error);
    sqlite3_busy_timeout(*base, 10000);
    int state = probe(*base);
    if (state == SQLITE_OK) return WS_OK;
    /* A write-ahead journal on a read-only disk cannot make its shared-memory file. Without a log beside it nobody has it
     * open for writing, and it may be read as a file that does not change. */
    char *log = NULL, *address = NULL;
    if (asprintf(&log, "%s-wal", path) < 0) log = NULL;
    WS_REQUIRE(log && "out of memory");
    int changes = ws_file_exists(log);
    free(log);
    if ((state != SQLITE_CANTOPEN && state != SQLITE_READONLY) || changes) return failed(path, base, error);
    /* in a URI only these three characters are special in a path */
    address = malloc(3 * strlen(path) + 32);
    WS_REQUIRE(address && "out of memory");
    char *end = stpcpy(address, "file:");
    for (const char *c = path; *c; c++) {
        if (strchr("%?#", *c)) end += sprintf(end, "%%%02X", (unsigned)*c);
        else *end++ = *c;
    }
    strcpy(end, "?immutable=1");
    sqlite3_close(*base);
    *base = NULL;
    state = sqlite3_open_v2(address, base, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL);
    free(address);
    return state == SQLITE_OK && probe(*base) == SQLITE_OK ? WS_OK : failed(path, base, error);
}

int ws_database_sync(sqlite3 *base)
{
    sqlite3_file *file = NULL;
    return sqlite3_file_control(base, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK && file && file->pMethods &&
           file->pMethods->xSync(file, SQLITE_SYNC_NORMAL) == SQLITE_OK;
}
