/* html_page.h: report.html: one file with all of it. Private to report. */
#ifndef WS_REPORT_HTML_PAGE_H
#define WS_REPORT_HTML_PAGE_H

#include "report/results.h"

/* Writes folder/report.html: summary, the pictures folder/NAME.svg (names: a line each), facts of the run, the sweep. */
ws_code ws_html_write(const char *folder, ws_results *results, const char *summary, const char *names, ws_error *error);

#endif
