/* summary.h: the answer of a sweep as text and as JSON, from an analysis that is at hand. Private to report. */
#ifndef WS_REPORT_SUMMARY_H
#define WS_REPORT_SUMMARY_H

#include "report/speedup.h"

/* Both malloc'ed. */
char *ws_summary_text(const ws_analysis *analysis, const ws_comparisons *comparisons, int columns);
char *ws_summary_json(const ws_analysis *analysis, const ws_comparisons *comparisons);

#endif
