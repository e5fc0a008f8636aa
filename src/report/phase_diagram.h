/* phase_diagram.h: median hitting iteration over two axes as a picture. Private to report. */
#ifndef WS_REPORT_PHASE_DIAGRAM_H
#define WS_REPORT_PHASE_DIAGRAM_H

#include "base/text.h"
#include "report/analysis.h"

/* Combinations of the other axes that get a picture each; of more, the first alone is drawn and the picture says so. */
#define WS_PHASE_SLICES_MAX 6

/* Draws the pictures of one report entry into `folder` (which exists): NAME.svg, NAME.png, NAME.gp, NAME.rgb. Adds the names, without
 * suffix, a line each, to `names`, in the order drawn. */
ws_code ws_phase_draw(const ws_analysis *analysis, int report, const char *folder, ws_text *names, ws_error *error);

#endif
