/* journal_log.c: see journal_log.h. */
#include "run/journal_log.h"

enum {
    LONG = 1000,        /* pages of a log that is to be moved: SQLite's own number */
    LONGEST = 4 * LONG  /* ... for which a commit waits: the disk is slower than what is written */
};

static int note_pages(void *context, sqlite3 *base, const char *name, int pages)
{
    ws_journal_log *log = context;
    (void)base;
    (void)name;
    log->pages = pages;
    return SQLITE_OK;
}

void ws_journal_log_watch(ws_journal_log *log, sqlite3 *base, const char *path)
{
    log->base = base;
    log->path = path;
    sqlite3_wal_hook(base, note_pages, log);
}

static void move(sqlite3 *base) { sqlite3_wal_checkpoint_v2(base, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL); }

/* SQLite waits for the disk to have the log, then, if the log is moved to its end, the file. The second time there is little to wait for, and less for the
 * one who moves the rest. */
static void *move_apart(void *memory)
{
    ws_journal_log *log = memory;
    sqlite3 *base = NULL;
    int fit = sqlite3_open_v2(log->path, &base, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
              sqlite3_exec(base, "PRAGMA synchronous=NORMAL", NULL, NULL, NULL) == SQLITE_OK;
    for (int i = 0; fit && i < 2; i++) {
        move(base);
        ws_database_sync(base);
    }
    sqlite3_close(base);
    atomic_store(&log->moved, 1);
    return NULL;
}

void ws_journal_log_tend(ws_journal_log *log)
{
    if (log->pages < log->seen) log->seen = 0; /* it began anew */
    if (log->moving) {
        if (!atomic_load(&log->moved) && log->pages < log->seen + LONGEST) return;
        pthread_join(log->thread, NULL);
        log->moving = 0;
        move(log->base);
    } else if (log->pages >= log->seen + LONG) {
        log->seen = log->pages;
        atomic_store(&log->moved, 0);
        log->moving = !pthread_create(&log->thread, NULL, move_apart, log);
        if (!log->moving) move(log->base);
    }
}

void ws_journal_log_finish(ws_journal_log *log)
{
    if (log->moving) pthread_join(log->thread, NULL);
    log->moving = 0;
}
