/* error.c: see error.h. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

ws_code ws_error_set(ws_error *error, ws_code code, const char *format, ...)
{
    if (error) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(error->message, sizeof error->message, format, arguments);
        va_end(arguments);
        error->code = code;
    }
    return code;
}

void ws_error_add(ws_error *error, ws_code code, const char *format, ...)
{
    static const char cut[] = "\n(more errors follow; they do not fit here)";
    if (!error) return;
    if (error->code == WS_OK) {
        error->code = code;
        error->message[0] = '\0';
    }
    size_t used = strlen(error->message);
    size_t room = sizeof error->message - sizeof cut;
    if (used >= room) return; /* the cut mark stands already */
    va_list arguments;
    va_start(arguments, format);
    if (used) error->message[used++] = '\n';
    int length = vsnprintf(error->message + used, room - used + 1, format, arguments);
    va_end(arguments);
    if (length < 0 || used + (size_t)length > room) {
        error->message[used ? used - 1 : 0] = '\0';
        size_t end = strlen(error->message);
        memcpy(error->message + end, cut, sizeof cut);
        memset(error->message + end + sizeof cut - 1, 0, 1);
        /* fill up so that later additions see a full message */
        if (end + sizeof cut - 1 < room) {
            size_t from = end + sizeof cut - 1;
            memset(error->message + from, ' ', room - from);
            error->message[room] = '\0';
        }
    }
}

void ws_error_broken(const char *file, int line, const char *what)
{
    fprintf(stderr, "warmsweep: broken invariant at %s:%d: %s\n", file, line, what);
    abort();
}
