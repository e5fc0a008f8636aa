/* journal.h: journal.sqlite of a run directory, for writing: tables as plan/journal_schema.h.
 *
 * Each finished chunk is one transaction. A write-ahead log with synchronous=NORMAL: a process killed at any instant loses nothing that
 * was committed; a machine that loses power may lose the last chunks, never the file's integrity. Whoever opens it for writing holds the
 * directory's lock (run_directory.h); readers are free. One thread. */
#ifndef WS_JOURNAL_H
#define WS_JOURNAL_H

#include <stdint.h>

#include "plan/outcomes.h"
#include "plan/plan.h"

typedef struct ws_journal ws_journal;

typedef enum ws_journal_mode { WS_JOURNAL_NEW, WS_JOURNAL_CONTINUE, WS_JOURNAL_READ } ws_journal_mode;

/* WS_FAILED: disk, not a journal; WS_BAD_INPUT: it belongs to another sweep or format. */
ws_code ws_journal_open(const char *directory, const ws_plan *plan, ws_journal_mode mode, ws_journal **journal, ws_error *error);
/* Before anything is written: opens the transaction that the facts of a run and its problems stand in, and in a new journal makes
 * the tables and writes what identifies the plan. Chunks come after the commit, a transaction each. */
ws_code ws_journal_begin(ws_journal *journal, ws_error *error);
ws_code ws_journal_commit(ws_journal *journal, ws_error *error);
void ws_journal_close(ws_journal *journal);

/* Reads (without a lock) how a run was cut and sets the plan's chunk_size and chunk_count accordingly; same identity errors. */
ws_code ws_journal_adopt(const char *directory, ws_plan *plan, ws_error *error);

ws_code ws_journal_set(ws_journal *journal, const char *key, const char *value, ws_error *error);
/* malloc'ed; "" when not there */
char *ws_journal_fact(ws_journal *journal, const char *key);
ws_code ws_journal_add_problems(ws_journal *journal, const ws_problem *problems, int64_t count, ws_error *error);
/* checksum and encoding are made here; an existing row of this chunk is replaced */
ws_code ws_journal_add_chunk(ws_journal *journal, int64_t chunk, int64_t first, const ws_outcomes *outcomes, const char *engine, double seconds,
                             ws_error *error);
/* One row as bytes, from another journal (merge). */
ws_code ws_journal_add_bytes(ws_journal *journal, int64_t chunk, int64_t first, int64_t count, const unsigned char *bytes, size_t length,
                             const unsigned char checksum[16], const char *engine, double seconds, const char *finished, ws_error *error);

/* A stored chunk, checked and decoded into a new *outcomes. */
ws_code ws_journal_read_chunk(ws_journal *journal, int64_t chunk, ws_outcomes *outcomes, ws_error *error);

/* Checks every stored chunk of a plan whose chunk_size is the journal's. have[chunk_count]: 1 whole, 0 absent or bad. status (may be
 * NULL): counts over the whole ones. A bad row, or a second one of a chunk, is counted in *bad and, with remove (in a transaction), is there no more. */
ws_code ws_journal_check(ws_journal *journal, unsigned char *have, int64_t status[WS_STATUS_COUNT], int64_t *bad, int remove, ws_error *error);

#endif
