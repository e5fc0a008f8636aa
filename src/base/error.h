/* error.h: how a function of the library says that it failed.
 *
 * Functions that can fail return a ws_code (WS_OK is 0) and fill a ws_error with a message for a person: it names the file, the
 * key, the value and what is allowed. A ws_error is plain memory, owned by the caller, one per thread; it may be NULL where a
 * caller does not want the message. A broken invariant is not an error: it aborts. */
#ifndef WS_ERROR_H
#define WS_ERROR_H

typedef enum ws_code {
    WS_OK = 0,
    WS_FAILED = 1,    /* the machine said no: disk, memory, compiler */
    WS_BAD_INPUT = 2, /* the user's sweep file or command line is wrong */
    WS_STOPPED = 75   /* stopped early on request, resumable */
} ws_code;

#define WS_ERROR_LENGTH 16384

typedef struct ws_error {
    ws_code code;
    char message[WS_ERROR_LENGTH]; /* without a final newline; several lines when several things are wrong */
} ws_error;

/* Formats the message, sets the code and returns it: `return ws_error_set(error, WS_FAILED, "cannot open %s", path);` */
ws_code ws_error_set(ws_error *error, ws_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Appends one more line to a message (the code becomes `code` if it was WS_OK). A full message says how much is missing. */
void ws_error_add(ws_error *error, ws_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Prints the reason and aborts: for broken invariants only. */
_Noreturn void ws_error_broken(const char *file, int line, const char *what);
#define WS_REQUIRE(condition) ((condition) ? (void)0 : ws_error_broken(__FILE__, __LINE__, #condition))

#endif
