/* merge.c: shards of one sweep into one run directory. Rows are copied as bytes; a chunk that several shards hold must be the same in all
 * of them, which is a check of the machines that computed them. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/database.h"
#include "base/file.h"
#include "base/version.h"
#include "run/journal.h"
#include "run/run.h"
#include "run/run_directory.h"

typedef struct merging {
    const ws_plan *plan;
    ws_journal *journal;
    unsigned char (*checksum)[16]; /* [chunk_count] of what was taken */
    unsigned char *have;
    const char **from;             /* [chunk_count] directory */
    int problems_done;
} merging;

static ws_code read_failed(const char *directory, sqlite3 *base, ws_error *error)
{
    return ws_error_set(error, WS_FAILED, "cannot read %s/journal.sqlite: %s", directory, sqlite3_errmsg(base));
}

static ws_code take_row(merging *m, const char *directory, sqlite3_stmt *row, ws_error *error)
{
    int64_t id = sqlite3_column_int64(row, 0), first, count;
    const unsigned char *stored = sqlite3_column_blob(row, 3), *bytes = sqlite3_column_blob(row, 4);
    size_t length = (size_t)sqlite3_column_bytes(row, 4);
    unsigned char checksum[16];
    int whole = id >= 0 && id < m->plan->chunk_count && stored && bytes && sqlite3_column_bytes(row, 3) == 16;
    if (whole) {
        ws_plan_chunk(m->plan, id, &first, &count);
        whole = sqlite3_column_int64(row, 1) == first && sqlite3_column_int64(row, 2) == count &&
                ws_outcomes_fit(bytes, length, count, ws_plan_shape(m->plan));
    }
    if (whole) {
        ws_outcomes_checksum(bytes, length, checksum);
        whole = !memcmp(checksum, stored, 16);
    }
    if (!whole) return ws_error_set(error, WS_FAILED, "%s: chunk %lld is damaged; \"warmsweep resume %s\" computes it again", directory, (long long)id, directory);
    if (m->have[id]) {
        if (!memcmp(m->checksum[id], checksum, 16)) return WS_OK;
        return ws_error_set(error, WS_FAILED, "chunk %lld of %s is not the same as that of %s: one of them is wrong (\"warmsweep verify\" tells which)",
                            (long long)id, directory, m->from[id]);
    }
    m->have[id] = 1;
    m->from[id] = directory;
    memcpy(m->checksum[id], checksum, 16);
    return ws_journal_add_bytes(m->journal, id, first, count, bytes, length, checksum, (const char *)sqlite3_column_text(row, 5),
                                sqlite3_column_double(row, 6), (const char *)sqlite3_column_text(row, 7), error);
}

static ws_code copy_problems(merging *m, const char *directory, sqlite3 *base, ws_error *error)
{
    sqlite3_stmt *row = NULL;
    if (m->problems_done) return WS_OK;
    ws_problem *problems = calloc((size_t)m->plan->problem_count, sizeof *problems);
    if (!problems) return ws_error_set(error, WS_FAILED, "out of memory for %lld problems", (long long)m->plan->problem_count);
    int64_t count = 0;
    if (sqlite3_prepare_v2(base, "SELECT start_gap,start_sharpness,rho,K0,K FROM problem ORDER BY id", -1, &row, NULL) == SQLITE_OK)
        for (; count < m->plan->problem_count && sqlite3_step(row) == SQLITE_ROW; count++)
            problems[count] = (ws_problem){.start_gap = sqlite3_column_double(row, 0), .start_sharpness = sqlite3_column_double(row, 1),
                                           .rho = sqlite3_column_double(row, 2), .K0 = sqlite3_column_double(row, 3), .K = sqlite3_column_double(row, 4)};
    sqlite3_finalize(row);
    ws_code code = count == m->plan->problem_count ? ws_journal_add_problems(m->journal, problems, count, error) : WS_OK;
    if (count != m->plan->problem_count && count) code = read_failed(directory, base, error);
    m->problems_done = count == m->plan->problem_count;
    free(problems);
    return code;
}

static ws_code take_shard(merging *m, const char *directory, ws_error *error)
{
    static const char *const facts[] = {"engine", "device", "compiler", "started"};
    sqlite3 *base = NULL;
    sqlite3_stmt *row = NULL;
    char *path = ws_file_join(directory, "journal.sqlite");
    ws_code code = ws_database_open_reading(path, &base, error);
    free(path);
    if (!code) code = ws_journal_begin(m->journal, error);
    if (!code) code = copy_problems(m, directory, base, error);
    for (size_t i = 0; !code && i < sizeof facts / sizeof *facts; i++) {
        if (sqlite3_prepare_v2(base, "SELECT value FROM run WHERE key = ?1", -1, &row, NULL) != SQLITE_OK) code = read_failed(directory, base, error);
        sqlite3_bind_text(row, 1, facts[i], -1, SQLITE_STATIC);
        if (!code && sqlite3_step(row) == SQLITE_ROW) code = ws_journal_set(m->journal, facts[i], (const char *)sqlite3_column_text(row, 0), error);
        sqlite3_finalize(row);
        row = NULL;
    }
    int state = SQLITE_DONE;
    if (!code && sqlite3_prepare_v2(base, "SELECT id,first,count,checksum,outcomes,engine,seconds,finished FROM chunk ORDER BY id", -1, &row, NULL) != SQLITE_OK)
        code = read_failed(directory, base, error);
    while (!code && (state = sqlite3_step(row)) == SQLITE_ROW) code = take_row(m, directory, row, error);
    if (!code && state != SQLITE_DONE) code = read_failed(directory, base, error);
    sqlite3_finalize(row);
    sqlite3_close(base);
    return code ? code : ws_journal_commit(m->journal, error);
}

/* Every directory holds the same sweep, cut in the same way. */
static ws_code check_shards(const char *const *directories, int count, const ws_plan *plan, ws_error *error)
{
    for (int i = 1; i < count; i++) {
        ws_plan *other;
        ws_code code = ws_run_load(directories[i], &other, error);
        if (code) return code;
        int same = !memcmp(other->fingerprint, plan->fingerprint, 16), cut = other->chunk_size == plan->chunk_size;
        ws_plan_free(other);
        if (!same) return ws_error_set(error, WS_BAD_INPUT, "%s and %s are runs of different sweeps", directories[0], directories[i]);
        if (!cut) return ws_error_set(error, WS_BAD_INPUT, "%s and %s were cut into chunks of different sizes; give all shards the same --chunk-size", directories[0], directories[i]);
    }
    return WS_OK;
}

/* The merged journal is made in a folder of its own inside the output, and takes the place of what lies there when it is whole. */
static ws_code merge_into(merging *m, const char *const *directories, int count, const char *folder, ws_error *error)
{
    ws_code code = ws_journal_open(folder, m->plan, WS_JOURNAL_NEW, &m->journal, error);
    for (int i = 0; !code && i < count; i++) code = take_shard(m, directories[i], error);
    if (!code) code = ws_journal_set(m->journal, "version", WS_VERSION, error);
    if (!code) code = ws_journal_set(m->journal, "shard", "0/1", error);
    ws_journal_close(m->journal);
    return code;
}

static ws_code replace(const char *folder, const char *output, const ws_plan *plan, ws_error *error)
{
    char *from = ws_file_join(folder, "journal.sqlite"), *to = ws_file_join(output, "journal.sqlite");
    ws_code code = ws_run_remove(output, error);
    if (!code) code = ws_run_directory_write(output, plan, WS_MADE_SWEEP | (plan->source_name ? WS_MADE_SOURCE : 0), error);
    if (!code && rename(from, to)) code = ws_error_set(error, WS_FAILED, "cannot write %s: %s", to, strerror(errno));
    free(from);
    free(to);
    return code;
}

static ws_code merge_checked(const ws_plan *plan, const char *const *directories, int count, const char *output, int force, ws_error *error)
{
    merging m = {.plan = plan};
    size_t n = (size_t)plan->chunk_count;
    int lock = -1, made = !ws_file_exists(output);
    ws_code code = ws_file_make_directory(output, 0777, error);
    if (!code) code = ws_run_directory_lock(output, &lock, error);
    if (!code) code = ws_run_directory_check(output, plan, force, error);
    char *folder = ws_file_join(output, "merging-XXXXXX");
    int started = 0;
    if (!code) {
        started = mkdtemp(folder) != NULL;
        if (!started) code = ws_error_set(error, WS_FAILED, "cannot make a directory in %s: %s", output, strerror(errno));
    }
    m.checksum = calloc(n, 16);
    m.have = calloc(n, 1);
    m.from = calloc(n, sizeof *m.from);
    if (!code && (!m.checksum || !m.have || !m.from)) code = ws_error_set(error, WS_FAILED, "out of memory for a list of %zu chunks", n);
    if (!code) code = merge_into(&m, directories, count, folder, error);
    if (!code) code = replace(folder, output, plan, error);
    ws_error ignored;
    if (started) ws_file_remove_tree(folder, &ignored);
    if (code && made) (void)rmdir(output);
    if (lock >= 0) close(lock);
    free(folder);
    free(m.checksum);
    free(m.have);
    free(m.from);
    return code;
}

static int same_file(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

ws_code ws_run_merge(const char *const *directories, int count, const char *output, int force, ws_error *error)
{
    if (count < 1) return ws_error_set(error, WS_BAD_INPUT, "merge: no run directory given");
    for (int i = 0; i < count; i++)
        if (!strcmp(directories[i], output) || same_file(directories[i], output))
            return ws_error_set(error, WS_BAD_INPUT, "merge: %s is both read and written", directories[i]);
    ws_plan *plan;
    ws_code code = ws_run_load(directories[0], &plan, error);
    if (code) return code;
    code = check_shards(directories, count, plan, error);
    if (!code) code = ws_run_directory_check(output, plan, force, error);
    if (!code) code = merge_checked(plan, directories, count, output, force, error);
    ws_plan_free(plan);
    return code;
}
