/* process.h: runs another program to its end, without a shell, and never waits for it for ever. */
#ifndef WS_PROCESS_H
#define WS_PROCESS_H

#include <signal.h>
#include <stddef.h>

#include "base/error.h"

typedef struct ws_process_result {
    int started;      /* 0: no such program; `reason` is the errno */
    int reason;
    int timed_out;    /* killed at the limit, or because stop became 2 */
    int status;       /* as waitpid gives it */
    char *output;     /* stdout and stderr as they came, malloc'ed, NUL-terminated; the first 64 KiB */
    size_t length;
} ws_process_result;

/* argv[0] is looked up on PATH when it holds no slash. stdin is empty. The program gets a process group of its own and the whole
 * group is killed after `seconds` or when *stop (may be NULL) is 2 or more. WS_FAILED only when the machine cannot even try. */
ws_code ws_process_run(char *const *argv, double seconds, const volatile sig_atomic_t *stop, ws_process_result *result,
                       ws_error *error);
void ws_process_free(ws_process_result *result);

#endif
