/* journal_schema.h: the tables of journal.sqlite: written by run/journal.c, read by it and by report/results.c.
 *
 * run      key/value facts: "format" (WS_JOURNAL_FORMAT), "fingerprint" (hex), "sweep" (text), "chunk_size", "trajectories",
 *          "version" (of warmsweep), "engine", "device", "compiler", "started", "shard" ("0/1")
 * problem  a row per problem: what the kernel computed of it, so that a report needs no kernel
 * chunk    a row per finished chunk, written in one transaction; outcomes as plan/outcomes.h lays them out
 * A chunk row counts when length, checksum and decoding agree; otherwise the chunk is as good as never run. */
#ifndef WS_JOURNAL_SCHEMA_H
#define WS_JOURNAL_SCHEMA_H

#define WS_JOURNAL_FORMAT "3" /* "2": counts and gaps of 8 bytes each; "1": traces as f64, too, every number of them */
#define WS_JOURNAL_SCHEMA                                                                                                      \
    "CREATE TABLE IF NOT EXISTS run(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"                                 \
    "CREATE TABLE IF NOT EXISTS problem(id INTEGER PRIMARY KEY, start_gap REAL NOT NULL, start_sharpness REAL NOT NULL,"       \
    " rho REAL NOT NULL, K0 REAL NOT NULL, K REAL NOT NULL);"                                                                  \
    "CREATE TABLE IF NOT EXISTS chunk" WS_JOURNAL_CHUNK ";"
#define WS_JOURNAL_CHUNK                                                                                                       \
    "(id INTEGER PRIMARY KEY, first INTEGER NOT NULL, count INTEGER NOT NULL,"                                                 \
    " checksum BLOB NOT NULL, outcomes BLOB NOT NULL, engine TEXT NOT NULL, seconds REAL NOT NULL, finished TEXT NOT NULL)"

#endif
