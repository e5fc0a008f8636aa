/* results.c: a journal read back, chunk by chunk.
 *
 * The journal is opened read-only while a run may still be writing it. The list of chunks is taken once, when it is opened, and is
 * what "the results" means from then on: later chunks are not seen, so that two passes over the same results agree, and no read
 * transaction is held between chunks, so that a long report never holds a run up. Chunks are located by the first and count of
 * their rows, not by the plan's chunk size (a run may have been started with another).
 *
 * A chunk is used only when length, checksum and decoding agree; a bad one is an error that names it: a report that silently
 * left trajectories out would be wrong. The last decoded chunk is kept, so that reading rows or cells in order decodes
 * each chunk once. Memory: 24 bytes a chunk and one decoded chunk. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "report/results.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/database.h"
#include "base/file.h"
#include "plan/journal_schema.h"

typedef struct stored_chunk {
    int64_t id, first, count;
} stored_chunk;

struct ws_results {
    const ws_plan *plan;
    char *path;
    sqlite3 *base;
    sqlite3_stmt *fetch; /* one chunk */
    stored_chunk *chunks; /* ascending `first` */
    int64_t chunk_count, finished;
    int64_t loaded; /* index of the chunk that is decoded, or -1 */
    ws_outcomes outcomes;
};

static ws_code base_failed(const ws_results *results, ws_error *error)
{
    return ws_error_set(error, WS_FAILED, "cannot read %s: %s", results->path, sqlite3_errmsg(results->base));
}

char *ws_results_fact(ws_results *results, const char *key)
{
    sqlite3_stmt *ask = NULL;
    char *value = NULL;
    if (sqlite3_prepare_v2(results->base, "SELECT value FROM run WHERE key = ?1", -1, &ask, NULL) == SQLITE_OK) {
        sqlite3_bind_text(ask, 1, key, -1, SQLITE_STATIC);
        if (sqlite3_step(ask) == SQLITE_ROW && sqlite3_column_text(ask, 0)) value = strdup((const char *)sqlite3_column_text(ask, 0));
    }
    sqlite3_finalize(ask);
    if (!value) value = strdup("");
    WS_REQUIRE(value && "out of memory");
    return value;
}

/* The journal must be of this format and of this plan. */
static ws_code check_identity(ws_results *results, ws_error *error)
{
    char wanted[33];
    for (int i = 0; i < 16; i++) sprintf(wanted + 2 * i, "%02x", results->plan->fingerprint[i]);
    char *format = ws_results_fact(results, "format"), *fingerprint = ws_results_fact(results, "fingerprint");
    ws_code code = WS_OK;
    if (strcmp(format, WS_JOURNAL_FORMAT))
        code = ws_error_set(error, WS_FAILED, "%s: the journal's format is \"%s\"; this program reads \"%s\"; the version that wrote it reads it, or \"warmsweep run --force\" starts the sweep anew", results->path, format,
                            WS_JOURNAL_FORMAT);
    else if (strcmp(fingerprint, wanted))
        code = ws_error_set(error, WS_FAILED, "%s belongs to another sweep: fingerprint %s, not %s", results->path, fingerprint, wanted);
    free(format);
    free(fingerprint);
    return code;
}

static ws_code list_chunks(ws_results *results, ws_error *error)
{
    sqlite3_stmt *ask = NULL;
    if (sqlite3_prepare_v2(results->base, "SELECT id, first, count FROM chunk ORDER BY first", -1, &ask, NULL) != SQLITE_OK)
        return base_failed(results, error);
    int64_t room = 0, next = 0;
    int state;
    ws_code code = WS_OK;
    while (!code && (state = sqlite3_step(ask)) == SQLITE_ROW) {
        if (results->chunk_count == room) {
            room = room ? 2 * room : 256;
            stored_chunk *more = realloc(results->chunks, (size_t)room * sizeof *more);
            if (!more) {
                code = ws_error_set(error, WS_FAILED, "%s: out of memory for a list of %lld chunks", results->path, (long long)room);
                break;
            }
            results->chunks = more;
        }
        stored_chunk c = {sqlite3_column_int64(ask, 0), sqlite3_column_int64(ask, 1), sqlite3_column_int64(ask, 2)};
        if (c.count < 1 || c.first < next || c.first > results->plan->trajectories - c.count)
            code = ws_error_set(error, WS_FAILED, "%s: chunk %lld (trajectories %lld to %lld) does not fit the sweep (resume computes it again)", results->path,
                                (long long)c.id, (long long)c.first, (long long)(c.first + c.count - 1));
        next = c.first + c.count;
        results->chunks[results->chunk_count++] = c;
        results->finished += c.count;
    }
    if (!code && state != SQLITE_DONE) code = base_failed(results, error);
    sqlite3_finalize(ask);
    return code;
}

ws_code ws_results_open(const char *directory, const ws_plan *plan, ws_results **out, ws_error *error)
{
    *out = NULL;
    ws_results *results = calloc(1, sizeof *results);
    if (!results) return ws_error_set(error, WS_FAILED, "out of memory");
    results->plan = plan;
    results->path = ws_file_join(directory, "journal.sqlite");
    results->loaded = -1;
    ws_code code = ws_database_open_reading(results->path, &results->base, error);
    if (!code) code = check_identity(results, error);
    if (!code) code = list_chunks(results, error);
    if (!code && sqlite3_prepare_v2(results->base, "SELECT first, count, checksum, outcomes FROM chunk WHERE id = ?1", -1, &results->fetch,
                                    NULL) != SQLITE_OK)
        code = base_failed(results, error);
    if (code) ws_results_close(results);
    else *out = results;
    return code;
}

void ws_results_close(ws_results *results)
{
    if (!results) return;
    sqlite3_finalize(results->fetch);
    sqlite3_close(results->base);
    if (results->loaded >= 0) ws_outcomes_free(&results->outcomes);
    free(results->chunks);
    free(results->path);
    free(results);
}

void ws_results_count(const ws_results *results, int64_t *finished, int *complete)
{
    if (finished) *finished = results->finished;
    if (complete) *complete = results->finished == results->plan->trajectories;
}

/* Checks the row that `fetch` stands on and decodes it. */
static ws_code decode_row(ws_results *results, const stored_chunk *chunk, ws_error *error)
{
    const ws_plan *plan = results->plan;
    size_t length = (size_t)sqlite3_column_bytes(results->fetch, 3);
    const unsigned char *bytes = sqlite3_column_blob(results->fetch, 3);
    unsigned char checksum[16];
    const char *wrong = NULL;
    if (sqlite3_column_int64(results->fetch, 0) != chunk->first || sqlite3_column_int64(results->fetch, 1) != chunk->count)
        wrong = "its place changed while it was read";
    else if (!bytes || !ws_outcomes_fit(bytes, length, chunk->count, ws_plan_shape(plan)))
        wrong = "its length is wrong";
    else if (sqlite3_column_bytes(results->fetch, 2) != 16) wrong = "its checksum is not one";
    if (!wrong) {
        ws_outcomes_checksum(bytes, length, checksum);
        if (memcmp(checksum, sqlite3_column_blob(results->fetch, 2), 16)) wrong = "its checksum does not agree with its bytes";
    }
    if (wrong)
        return ws_error_set(error, WS_FAILED, "%s: chunk %lld is damaged: %s (resume computes it again)", results->path,
                            (long long)chunk->id, wrong);
    if (ws_outcomes_new(chunk->count, ws_plan_shape(plan), &results->outcomes, error)) return WS_FAILED;
    ws_code code = ws_outcomes_decode(bytes, length, &results->outcomes, error);
    if (code) {
        ws_outcomes_free(&results->outcomes);
        ws_error_add(error, code, "%s: chunk %lld is damaged (resume computes it again)", results->path, (long long)chunk->id);
    }
    return code;
}

static ws_code load(ws_results *results, int64_t index, ws_error *error)
{
    if (results->loaded == index) return WS_OK;
    if (results->loaded >= 0) ws_outcomes_free(&results->outcomes);
    results->loaded = -1;
    const stored_chunk *chunk = &results->chunks[index];
    sqlite3_bind_int64(results->fetch, 1, chunk->id);
    int state = sqlite3_step(results->fetch);
    ws_code code = state == SQLITE_ROW    ? decode_row(results, chunk, error)
                   : state == SQLITE_DONE ? ws_error_set(error, WS_FAILED, "%s: chunk %lld went away while it was read", results->path,
                                                         (long long)chunk->id)
                                          : base_failed(results, error);
    sqlite3_reset(results->fetch);
    if (!code) results->loaded = index;
    return code;
}

ws_code ws_results_each(ws_results *results, ws_code (*each)(void *context, int64_t first, const ws_outcomes *outcomes, ws_error *error),
                        void *context, ws_error *error)
{
    ws_code code = WS_OK;
    for (int64_t i = 0; !code && i < results->chunk_count; i++) {
        code = load(results, i, error);
        if (!code) code = each(context, results->chunks[i].first, &results->outcomes, error);
    }
    return code;
}

/* Index of the first chunk that ends after the trajectory (chunk_count when none does). */
static int64_t chunk_from(const ws_results *results, int64_t trajectory)
{
    int64_t low = 0, high = results->chunk_count;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (results->chunks[middle].first + results->chunks[middle].count > trajectory) high = middle;
        else low = middle + 1;
    }
    return low;
}

ws_code ws_results_row(ws_results *results, int64_t trajectory, ws_outcomes *row, ws_error *error)
{
    const ws_plan *plan = results->plan;
    int64_t index = chunk_from(results, trajectory);
    if (index == results->chunk_count || results->chunks[index].first > trajectory)
        return ws_error_set(error, WS_FAILED, "%s: trajectory %lld is not there (yet)", results->path, (long long)trajectory);
    ws_code code = load(results, index, error);
    if (code || (code = ws_outcomes_new(1, ws_plan_shape(plan), row, error))) return code;
    ws_outcomes_copy(row, 0, &results->outcomes.columns, trajectory - results->chunks[index].first, 1);
    return WS_OK;
}

ws_code ws_results_problem(ws_results *results, int64_t problem, ws_problem *out, ws_error *error)
{
    memset(out, 0, sizeof *out);
    sqlite3_stmt *ask = NULL;
    if (sqlite3_prepare_v2(results->base, "SELECT start_gap, start_sharpness, rho, K0, K FROM problem WHERE id = ?1", -1, &ask, NULL) !=
        SQLITE_OK)
        return base_failed(results, error);
    sqlite3_bind_int64(ask, 1, problem);
    int state = sqlite3_step(ask);
    ws_code code = WS_OK;
    if (state == SQLITE_ROW) {
        out->start_gap = sqlite3_column_double(ask, 0);
        out->start_sharpness = sqlite3_column_double(ask, 1);
        out->rho = sqlite3_column_double(ask, 2);
        out->K0 = sqlite3_column_double(ask, 3);
        out->K = sqlite3_column_double(ask, 4);
    } else {
        code = state == SQLITE_DONE ? ws_error_set(error, WS_FAILED, "%s: problem %lld is not there (yet)", results->path, (long long)problem)
                                    : base_failed(results, error);
    }
    sqlite3_finalize(ask);
    return code;
}

ws_code ws_results_range(ws_results *results, int64_t first, int64_t count,
                         ws_code (*each)(void *context, int64_t first, const ws_outcomes *outcomes, ws_error *error), void *context,
                         ws_error *error)
{
    ws_code code = WS_OK;
    for (int64_t i = chunk_from(results, first); !code && i < results->chunk_count && results->chunks[i].first < first + count; i++) {
        code = load(results, i, error);
        if (!code) code = each(context, results->chunks[i].first, &results->outcomes, error);
    }
    return code;
}

const ws_plan *ws_results_plan(const ws_results *results) { return results->plan; }
