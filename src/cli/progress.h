/* progress.h: how far a run is, as a line of text. Used by main.c alone; pure. */
#ifndef WS_CLI_PROGRESS_H
#define WS_CLI_PROGRESS_H

#include "run/run.h"

extern const char *const ws_cli_status_names[WS_STATUS_COUNT];

/* " 45.0 %  450 of 1000  120/s  left 00:05  reached 400  diverged 50" */
void ws_cli_progress_line(const ws_progress *progress, char *line, size_t size);

#endif
