/* results.h: what the other files of report ask of a journal besides report.h. Private to report. */
#ifndef WS_REPORT_RESULTS_H
#define WS_REPORT_RESULTS_H

#include "report/report.h"

/* A fact of the journal's run table ("version", "engine", "device", "compiler", "started"); malloc'ed, "" when it is not there. */
char *ws_results_fact(ws_results *results, const char *key);

const ws_plan *ws_results_plan(const ws_results *results);
/* As ws_results_each, for the chunks that hold any of the trajectories first ... first + count - 1. */
ws_code ws_results_range(ws_results *results, int64_t first, int64_t count,
                         ws_code (*each)(void *context, int64_t first, const ws_outcomes *outcomes, ws_error *error), void *context,
                         ws_error *error);

/* Outcomes of the trajectories of one cell that are there, in ascending order of replicate. Memory is kept from call to call;
 * zero-initialise, free with ws_cell_outcomes_free. */
typedef struct ws_cell_outcomes {
    int64_t cell;
    int64_t count, room;  /* present, at most plan->replicates */
    int64_t *replicate;   /* [count] */
    unsigned char *status, *flags; /* [count] */
    long long *hit;       /* [count][E] */
    double trials;        /* of all of them together; 0 where the schedule tries no step sizes */
    int eps_count;
    int traces;           /* asked for by the caller: `end` and `trace` are filled */
    long long *end;       /* [count] */
    double *trace[WS_TRACED_COUNT]; /* [count][P], NULL: not traced */
} ws_cell_outcomes;
void ws_cell_outcomes_free(ws_cell_outcomes *outcomes);
ws_code ws_results_cell(ws_results *results, int64_t cell, ws_cell_outcomes *out, ws_error *error);

/* Calls `each` for every cell of the plan in ascending order, also for those of which nothing is there (count 0). */
typedef ws_code (*ws_cell_visitor)(void *context, const ws_cell_outcomes *outcomes, ws_error *error);
ws_code ws_results_each_cell(ws_results *results, int traces, ws_cell_visitor each, void *context, ws_error *error);

#endif
