/* journal.c: see journal.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "run/journal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/database.h"
#include "base/file.h"
#include "plan/journal_schema.h"
#include "run/journal_log.h"

struct ws_journal {
    const ws_plan *plan;
    char *path;
    sqlite3 *base;
    sqlite3_stmt *add;
    int writes;
    ws_journal_log log;
    unsigned char *bytes; /* room to encode */
    size_t room;
};

static ws_code failed(ws_journal *j, const char *what, ws_error *error)
{
    int extended = sqlite3_extended_errcode(j->base), system = sqlite3_system_errno(j->base);
    const char *reason = sqlite3_errmsg(j->base);
    if ((extended & 0xff) == SQLITE_FULL || system == ENOSPC) reason = "no space left on the disk";
    return ws_error_set(error, WS_FAILED, "cannot %s %s: %s", what, j->path, reason);
}

static ws_code command(ws_journal *j, const char *sql, const char *what, ws_error *error)
{
    return sqlite3_exec(j->base, sql, NULL, NULL, NULL) == SQLITE_OK ? WS_OK : failed(j, what, error);
}

static void fingerprint_text(const ws_plan *plan, char text[33])
{
    for (int i = 0; i < 16; i++) sprintf(text + 2 * i, "%02x", plan->fingerprint[i]);
}

static ws_code write_identity(ws_journal *j, ws_error *error)
{
    char number[32], fingerprint[33];
    const ws_plan *plan = j->plan;
    ws_code code = command(j, WS_JOURNAL_SCHEMA, "write", error);
    fingerprint_text(plan, fingerprint);
    if (!code) code = ws_journal_set(j, "format", WS_JOURNAL_FORMAT, error);
    if (!code) code = ws_journal_set(j, "fingerprint", fingerprint, error);
    if (!code) code = ws_journal_set(j, "sweep", plan->text, error);
    snprintf(number, sizeof number, "%lld", (long long)plan->chunk_size);
    if (!code) code = ws_journal_set(j, "chunk_size", number, error);
    snprintf(number, sizeof number, "%lld", (long long)plan->trajectories);
    if (!code) code = ws_journal_set(j, "trajectories", number, error);
    return code;
}

static ws_code check_identity(ws_journal *j, ws_error *error)
{
    char wanted[33];
    char *format = ws_journal_fact(j, "format"), *fingerprint = ws_journal_fact(j, "fingerprint");
    ws_code code = WS_OK;
    fingerprint_text(j->plan, wanted);
    if (!*format) code = ws_error_set(error, WS_FAILED, "%s holds no run: it was stopped before it began; \"warmsweep run\" starts it again", j->path);
    else if (strcmp(format, WS_JOURNAL_FORMAT))
        code = ws_error_set(error, WS_BAD_INPUT, "%s: the journal's format is \"%s\"; this program reads \"%s\"; the version that wrote it reads it, or \"warmsweep run --force\" starts the sweep anew", j->path, format, WS_JOURNAL_FORMAT);
    else if (strcmp(fingerprint, wanted))
        code = ws_error_set(error, WS_BAD_INPUT, "%s belongs to another sweep: fingerprint %s, not %s", j->path, fingerprint, wanted);
    free(format);
    free(fingerprint);
    return code;
}

/* One plain file is left, which can be read from a read-only disk; it stays a log where somebody is reading just now. When everything is
 * in the file and on disk, what remains is one byte of the header, good either way: no more syncs. */
static void leave_log(ws_journal *j)
{
    int frames = 0, moved = 0;
    if (sqlite3_wal_checkpoint_v2(j->base, NULL, SQLITE_CHECKPOINT_PASSIVE, &frames, &moved) == SQLITE_OK && frames == moved)
        sqlite3_exec(j->base, "PRAGMA synchronous=OFF", NULL, NULL, NULL);
    sqlite3_exec(j->base, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
}

/* Outcomes of some megabytes, with traces of one: SQLite asks the system four times a page, which would then cost more than the trajectories do. */
static int is_large(const ws_plan *plan)
{
    return (double)plan->trajectories * (double)ws_outcomes_row_bytes(ws_plan_shape(plan)) > (plan->trace_count ? 1e6 : 4e6);
}

ws_code ws_journal_open(const char *directory, const ws_plan *plan, ws_journal_mode mode, ws_journal **journal, ws_error *error)
{
    *journal = NULL;
    ws_journal *j = calloc(1, sizeof *j);
    WS_REQUIRE(j && "out of memory");
    j->plan = plan;
    j->path = ws_file_join(directory, "journal.sqlite");
    ws_code code = WS_OK;
    if (mode == WS_JOURNAL_READ) {
        code = ws_database_open_reading(j->path, &j->base, error);
    } else if (sqlite3_open_v2(j->path, &j->base, SQLITE_OPEN_READWRITE | (mode == WS_JOURNAL_NEW ? SQLITE_OPEN_CREATE : 0), NULL) != SQLITE_OK) {
        code = failed(j, "open", error);
    } else {
        sqlite3_busy_timeout(j->base, 10000);
        /* where a write-ahead log is not possible (some network disks) SQLite keeps its rollback journal: slower, as safe. Of a new
         * file nothing can be lost while it becomes a log: one sync afterwards is enough. */
        if (mode == WS_JOURNAL_NEW) code = command(j, is_large(plan) ? "PRAGMA page_size=65536; PRAGMA synchronous=OFF;" : "PRAGMA synchronous=OFF;", "open", error);
        if (!code) code = command(j, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;", "open", error);
        if (!code && mode == WS_JOURNAL_NEW && !ws_database_sync(j->base)) code = failed(j, "write", error);
        j->writes = !code;
        if (!code) ws_journal_log_watch(&j->log, j->base, j->path);
    }
    if (!code && mode != WS_JOURNAL_NEW) code = check_identity(j, error);
    if (code) ws_journal_close(j);
    else *journal = j;
    return code;
}

ws_code ws_journal_begin(ws_journal *j, ws_error *error)
{
    ws_code code = command(j, "BEGIN", "write", error);
    char *format = ws_journal_fact(j, "format");
    if (!code && !*format) code = write_identity(j, error);
    free(format);
    if (!code && !j->add && sqlite3_prepare_v2(j->base, "INSERT OR REPLACE INTO chunk(id,first,count,checksum,outcomes,engine,seconds,finished) VALUES(?1,?2,?3,?4,?5,?6,?7,?8)",
                                    -1, &j->add, NULL) != SQLITE_OK)
        code = failed(j, "write", error);
    return code;
}

ws_code ws_journal_commit(ws_journal *j, ws_error *error) { return command(j, "COMMIT", "write", error); }

void ws_journal_close(ws_journal *j)
{
    if (!j) return;
    sqlite3_finalize(j->add);
    ws_journal_log_finish(&j->log);
    if (j->writes) leave_log(j);
    sqlite3_close(j->base);
    free(j->bytes);
    free(j->path);
    free(j);
}

ws_code ws_journal_set(ws_journal *j, const char *key, const char *value, ws_error *error)
{
    sqlite3_stmt *set = NULL;
    int bad = sqlite3_prepare_v2(j->base, "INSERT OR REPLACE INTO run(key,value) VALUES(?1,?2)", -1, &set, NULL) != SQLITE_OK ||
              sqlite3_bind_text(set, 1, key, -1, SQLITE_STATIC) != SQLITE_OK || sqlite3_bind_text(set, 2, value, -1, SQLITE_STATIC) != SQLITE_OK ||
              sqlite3_step(set) != SQLITE_DONE;
    ws_code code = bad ? failed(j, "write", error) : WS_OK;
    sqlite3_finalize(set);
    return code;
}

char *ws_journal_fact(ws_journal *j, const char *key)
{
    sqlite3_stmt *ask = NULL;
    char *value = NULL;
    if (sqlite3_prepare_v2(j->base, "SELECT value FROM run WHERE key = ?1", -1, &ask, NULL) == SQLITE_OK) {
        sqlite3_bind_text(ask, 1, key, -1, SQLITE_STATIC);
        if (sqlite3_step(ask) == SQLITE_ROW && sqlite3_column_text(ask, 0)) value = strdup((const char *)sqlite3_column_text(ask, 0));
    }
    sqlite3_finalize(ask);
    if (!value) value = strdup("");
    WS_REQUIRE(value && "out of memory");
    return value;
}

ws_code ws_journal_add_problems(ws_journal *j, const ws_problem *problems, int64_t count, ws_error *error)
{
    sqlite3_stmt *add = NULL;
    ws_code code = WS_OK;
    if (sqlite3_prepare_v2(j->base, "INSERT OR REPLACE INTO problem(id,start_gap,start_sharpness,rho,K0,K) VALUES(?1,?2,?3,?4,?5,?6)", -1, &add, NULL) != SQLITE_OK)
        code = failed(j, "write", error);
    for (int64_t i = 0; !code && i < count; i++) {
        const ws_problem *p = &problems[i];
        const double values[] = {p->start_gap, p->start_sharpness, p->rho, p->K0, p->K};
        sqlite3_bind_int64(add, 1, i);
        for (int v = 0; v < 5; v++) sqlite3_bind_double(add, v + 2, values[v]);
        if (sqlite3_step(add) != SQLITE_DONE) code = failed(j, "write", error);
        sqlite3_reset(add);
    }
    sqlite3_finalize(add);
    return code;
}

ws_code ws_journal_add_bytes(ws_journal *j, int64_t chunk, int64_t first, int64_t count, const unsigned char *bytes, size_t length,
                             const unsigned char checksum[16], const char *engine, double seconds, const char *finished, ws_error *error)
{
    sqlite3_bind_int64(j->add, 1, chunk);
    sqlite3_bind_int64(j->add, 2, first);
    sqlite3_bind_int64(j->add, 3, count);
    sqlite3_bind_blob(j->add, 4, checksum, 16, SQLITE_STATIC);
    sqlite3_bind_blob64(j->add, 5, bytes, length, SQLITE_STATIC);
    sqlite3_bind_text(j->add, 6, engine, -1, SQLITE_STATIC);
    sqlite3_bind_double(j->add, 7, seconds);
    sqlite3_bind_text(j->add, 8, finished, -1, SQLITE_STATIC);
    ws_code code = sqlite3_step(j->add) == SQLITE_DONE ? WS_OK : failed(j, "write", error);
    sqlite3_reset(j->add);
    sqlite3_clear_bindings(j->add);
    if (!code) ws_journal_log_tend(&j->log);
    return code;
}

ws_code ws_journal_add_chunk(ws_journal *j, int64_t chunk, int64_t first, const ws_outcomes *outcomes, const char *engine, double seconds,
                             ws_error *error)
{
    size_t most = ws_outcomes_bytes(outcomes->count, outcomes->shape);
    if (most > j->room) {
        free(j->bytes);
        j->bytes = malloc(most);
        j->room = j->bytes ? most : 0;
        if (!j->bytes) return ws_error_set(error, WS_FAILED, "out of memory for a chunk of %zu bytes", most);
    }
    size_t length = ws_outcomes_encode(outcomes, j->bytes);
    unsigned char checksum[16];
    char now[32];
    ws_outcomes_checksum(j->bytes, length, checksum);
    ws_clock_stamp(now);
    return ws_journal_add_bytes(j, chunk, first, outcomes->count, j->bytes, length, checksum, engine, seconds, now, error);
}

/* 1: the row on which `row` stands is the whole chunk of the plan; its statuses are counted. */
static int row_is_whole(ws_journal *j, sqlite3_stmt *row, int64_t status[WS_STATUS_COUNT])
{
    const ws_plan *plan = j->plan;
    int64_t id = sqlite3_column_int64(row, 0), first, count;
    if (id < 0 || id >= plan->chunk_count) return 0;
    ws_plan_chunk(plan, id, &first, &count);
    size_t length = (size_t)sqlite3_column_bytes(row, 4);
    const unsigned char *bytes = sqlite3_column_blob(row, 4);
    unsigned char checksum[16];
    if (sqlite3_column_int64(row, 1) != first || sqlite3_column_int64(row, 2) != count || sqlite3_column_bytes(row, 3) != 16 || !bytes) return 0;
    ws_outcomes_checksum(bytes, length, checksum);
    if (memcmp(checksum, sqlite3_column_blob(row, 3), 16) || !ws_outcomes_fit(bytes, length, count, ws_plan_shape(plan))) return 0;
    for (int64_t i = 0; i < count; i++) /* the first column is the status */
        if (bytes[i] >= WS_STATUS_COUNT) return 0;
    for (int64_t i = 0; status && i < count; i++) status[bytes[i]]++;
    return 1;
}

ws_code ws_journal_read_chunk(ws_journal *j, int64_t chunk, ws_outcomes *out, ws_error *error)
{
    sqlite3_stmt *row = NULL;
    const ws_plan *plan = j->plan;
    int64_t first, count;
    ws_plan_chunk(plan, chunk, &first, &count);
    if (sqlite3_prepare_v2(j->base, "SELECT id,first,count,checksum,outcomes FROM chunk WHERE id = ?1", -1, &row, NULL) != SQLITE_OK)
        return failed(j, "read", error);
    sqlite3_bind_int64(row, 1, chunk);
    ws_code code = WS_OK;
    if (sqlite3_step(row) != SQLITE_ROW || !row_is_whole(j, row, NULL))
        code = ws_error_set(error, WS_FAILED, "%s: chunk %lld is damaged or gone (resume computes it again)", j->path, (long long)chunk);
    if (!code) code = ws_outcomes_new(count, ws_plan_shape(plan), out, error);
    if (!code) code = ws_outcomes_decode(sqlite3_column_blob(row, 4), (size_t)sqlite3_column_bytes(row, 4), out, error);
    sqlite3_finalize(row);
    return code;
}

/* What SQLite says of the file: "ok" or what is wrong. Pages that lead to one another wrongly may show a row to who reads all and another to who asks for it. */
static ws_code ask_soundness(ws_journal *j, char text[200], ws_error *error)
{
    sqlite3_stmt *check = NULL;
    ws_code code = WS_OK;
    if (sqlite3_prepare_v2(j->base, "PRAGMA quick_check(1)", -1, &check, NULL) != SQLITE_OK || sqlite3_step(check) != SQLITE_ROW) code = failed(j, "read", error);
    else snprintf(text, 200, "%s", (const char *)sqlite3_column_text(check, 0));
    sqlite3_finalize(check);
    return code;
}

/* A table of its whole rows takes the place of the chunks. (A damaged page of the file holds rows that no key leads to, many of the same number: none of
 * them can be deleted by it.) What SQLite cannot put right so is left to whoever starts the run anew. */
static ws_code keep_whole_rows(ws_journal *j, ws_error *error)
{
    sqlite3_stmt *row = NULL, *keep = NULL;
    char sound[200];
    ws_code code = command(j, "CREATE TABLE whole" WS_JOURNAL_CHUNK, "write", error);
    if (!code && (sqlite3_prepare_v2(j->base, "SELECT id,first,count,checksum,outcomes,engine,seconds,finished FROM chunk ORDER BY id", -1, &row, NULL) != SQLITE_OK ||
                  sqlite3_prepare_v2(j->base, "INSERT OR IGNORE INTO whole VALUES(?1,?2,?3,?4,?5,?6,?7,?8)", -1, &keep, NULL) != SQLITE_OK))
        code = failed(j, "write", error);
    int state = SQLITE_DONE;
    while (!code && (state = sqlite3_step(row)) == SQLITE_ROW) {
        if (!row_is_whole(j, row, NULL)) continue;
        for (int c = 0; c < 8; c++) sqlite3_bind_value(keep, c + 1, sqlite3_column_value(row, c));
        if (sqlite3_step(keep) != SQLITE_DONE) code = failed(j, "write", error);
        sqlite3_reset(keep);
    }
    if (!code && state != SQLITE_DONE) code = failed(j, "read", error);
    sqlite3_finalize(row);
    sqlite3_finalize(keep);
    if (!code) code = command(j, "DROP TABLE chunk; ALTER TABLE whole RENAME TO chunk", "mend", error);
    if (!code) code = ask_soundness(j, sound, error);
    if (!code && strcmp(sound, "ok"))
        code = ws_error_set(error, WS_FAILED, "%s is damaged beyond what can be mended (%s); \"warmsweep run --force\" starts the sweep anew", j->path, sound);
    return code;
}

ws_code ws_journal_check(ws_journal *j, unsigned char *have, int64_t status[WS_STATUS_COUNT], int64_t *bad, int remove, ws_error *error)
{
    sqlite3_stmt *row = NULL;
    ws_code code = WS_OK;
    *bad = 0;
    if (status) memset(status, 0, sizeof *status * WS_STATUS_COUNT);
    memset(have, 0, (size_t)j->plan->chunk_count);
    if (sqlite3_prepare_v2(j->base, "SELECT id,first,count,checksum,outcomes FROM chunk ORDER BY id", -1, &row, NULL) != SQLITE_OK) code = failed(j, "read", error);
    int state = SQLITE_DONE;
    while (!code && (state = sqlite3_step(row)) == SQLITE_ROW) {
        int64_t id = sqlite3_column_int64(row, 0);
        const int known = id >= 0 && id < j->plan->chunk_count && have[id];
        if (!known && row_is_whole(j, row, status)) have[id] = 1;
        else ++*bad;
    }
    if (!code && state != SQLITE_DONE) code = failed(j, "read", error);
    sqlite3_finalize(row);
    char sound[200] = "ok";
    if (!code && remove && !*bad) code = ask_soundness(j, sound, error);
    return !code && remove && (*bad || strcmp(sound, "ok")) ? keep_whole_rows(j, error) : code;
}

ws_code ws_journal_adopt(const char *directory, ws_plan *plan, ws_error *error)
{
    ws_journal j = {.plan = plan, .path = ws_file_join(directory, "journal.sqlite")};
    ws_code code = ws_database_open_reading(j.path, &j.base, error);
    if (!code) code = check_identity(&j, error);
    if (!code) {
        char *size = ws_journal_fact(&j, "chunk_size");
        plan->chunk_size = strtoll(size, NULL, 10);
        if (plan->chunk_size < 1 || plan->chunk_size > plan->trajectories)
            code = ws_error_set(error, WS_FAILED, "%s: chunk_size \"%.40s\" cannot be", j.path, size);
        else plan->chunk_count = (plan->trajectories + plan->chunk_size - 1) / plan->chunk_size;
        free(size);
    }
    sqlite3_close(j.base);
    free(j.path);
    return code;
}
