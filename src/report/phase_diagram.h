/* phase_diagram.h: median hitting iteration over two axes as a picture. Private to report. */
#ifndef WS_REPORT_PHASE_DIAGRAM_H
#define WS_REPORT_PHASE_DIAGRAM_H

#include "base/text.h"
#include "report/analysis.h"

/* Combinations of the other axes that get a picture each; of more, the first alone is drawn and the picture says so. */
#define WS_PHASE_SLICES_MAX 6

/* Writes what gnuplot draws the pictures of one report entry from into `folder` (which exists): NAME.gp and NAME.rgb. Adds the names, without
 * suffix, a line each, to `names`. */
ws_code ws_phase_write(const ws_analysis *analysis, int report, const char *folder, ws_text *names, ws_error *error);

#endif
