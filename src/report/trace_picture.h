/* trace_picture.h: a traced quantity against the iteration, a line for each value of an axis. Private to report. */
#ifndef WS_REPORT_TRACE_PICTURE_H
#define WS_REPORT_TRACE_PICTURE_H

#include "base/text.h"
#include "report/results.h"

/* Writes what gnuplot draws the pictures of one report entry from into `folder` (which exists): NAME.gp, one for each combination of the other axes
 * (of more than six the first alone). Adds the names, without suffix, a line each, to `names`. */
ws_code ws_trace_write(ws_results *results, int report, const char *folder, ws_text *names, ws_error *error);

#endif
