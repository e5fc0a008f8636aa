/* database.h: opens a SQLite file that exists already, for reading. */
#ifndef WS_DATABASE_H
#define WS_DATABASE_H

#include <sqlite3.h>

#include "base/error.h"

/* On WS_OK *base can be asked, while others write it or from a disk that nobody may write. Otherwise *base is NULL and the message
 * names the file. */
ws_code ws_database_open_reading(const char *path, sqlite3 **base, ws_error *error);

/* Waits until the disk has what was written to the file: 1, or 0 where it failed. Through SQLite: to close a descriptor of ours on the file would give up
 * the locks that SQLite holds on it. */
int ws_database_sync(sqlite3 *base);

#endif
