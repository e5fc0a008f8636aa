/* journal_log.h: how the write-ahead log of a journal gets into its file.
 *
 * SQLite moves it at the end of the commit by which it grew long, and waits for the disk meanwhile, a tenth of a second or two, in which no chunk is opened:
 * workers whose trajectories are short run dry. So a thread with a connection of its own moves what there is while commits go on; the
 * few pages that came since are moved by the thread that commits, and the log begins anew. */
#ifndef WS_JOURNAL_LOG_H
#define WS_JOURNAL_LOG_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/database.h"

typedef struct ws_journal_log {
    sqlite3 *base;
    const char *path;
    int pages, seen; /* in the log: now, and when it was moved last */
    int moving;      /* there is a thread */
    pthread_t thread;
    _Atomic int moved; /* ... that has done its work */
} ws_journal_log;

/* From now on SQLite leaves the log of the connection alone. `path`, of the file, is kept. The log must not be copied. */
void ws_journal_log_watch(ws_journal_log *log, sqlite3 *base, const char *path);
/* After a commit, by the thread that committed. What cannot be moved stays in the log, where it is as safe. */
void ws_journal_log_tend(ws_journal_log *log);
/* Before the connection is closed: no other one is open then. */
void ws_journal_log_finish(ws_journal_log *log);

#endif
