/* analysis.h: one pass over a journal: counts, and the median of every cell and eps. Private to report. */
#ifndef WS_REPORT_ANALYSIS_H
#define WS_REPORT_ANALYSIS_H

#include "report/results.h"

/* ws_analysis.state of a cell and eps: WS_CELL_NUMBER when the median is a number, else the status that most of the trajectories
 * without a hit have (WS_STATUS_BUDGET, _DIVERGED, _NONFINITE or _STALLED), or WS_CELL_EMPTY when none has been run. */
#define WS_CELL_NUMBER 0
#define WS_CELL_EMPTY 255

#define WS_FLAG_COUNT 3
extern const char *const ws_status_names[WS_STATUS_COUNT]; /* "reached" ... */
extern const char *const ws_flag_names[WS_FLAG_COUNT];     /* of bits 0, 1, 2 */

extern const char *const ws_trace_names[WS_TRACED_COUNT];  /* "gap" ... */

typedef struct ws_analysis {
    const ws_plan *plan;
    int64_t finished;
    int complete;
    int64_t status[WS_STATUS_COUNT], flag[WS_FLAG_COUNT]; /* trajectories */
    double *median;       /* [E][cells]: T_eps; NaN unless state is WS_CELL_NUMBER */
    unsigned char *state; /* [E][cells] */
    unsigned char *flags; /* [cells] those that at least half of the cell's trajectories have */
    double *median_even;  /* [E][cells] over the even replicates alone, NaN unless a number; NULL with fewer than 16 replicates */
} ws_analysis;

/* `also` (may be NULL) sees every cell in the same pass. */
ws_code ws_analysis_make(ws_results *results, ws_cell_visitor also, void *context, ws_analysis *out, ws_error *error);
void ws_analysis_free(ws_analysis *analysis);

/* The value of an axis in a cell, as the sweep file says it. */
double ws_analysis_axis_value(const ws_plan *plan, int64_t cell, int axis);
/* Index of the axis with this path, or -1. */
int ws_analysis_axis(const ws_plan *plan, const char *path);
/* 1 for axes that are tuned (the schedule's own); the others separate groups of cells that are compared within. */
int ws_analysis_is_tuned(const ws_axis *axis);

#endif
