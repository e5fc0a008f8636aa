/* run_files.h: what a run and its report call their files in a run directory: what they may replace and remove, and nothing else. */
#ifndef WS_RUN_FILES_H
#define WS_RUN_FILES_H

#define WS_REPORT_FOLDER "report"
/* In the report folder: names begin with one of these. */
#define WS_REPORT_PREFIXES {"phase-", "trace-", "report.html", NULL}

#endif
