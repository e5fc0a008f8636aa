/* trace.h: statistics of the traces of a cell's replicates, and the hitting iterations of their mean curve. Private to report.
 *
 * Two things are said of an eps, and never mixed (THEORY of first passages: they differ even in being finite): when single trajectories hit it,
 * and when the mean over replicates of the gap does. The latter is known at the iterations of the trace alone. */
#ifndef WS_REPORT_TRACE_H
#define WS_REPORT_TRACE_H

#include "report/results.h"
#include "report/statistics.h"

/* At every iteration of the trace. A trajectory is `running` up to its end, `diverged` after an end as diverged or nonfinite, `ended` after any
 * other: what its gap would be is then not known (that of a stalled one is: it stays).
 * Of the gap: over all replicates, a diverged one counted as infinite; NaN as soon as one is not known.
 * Of the other quantities: over the running ones alone. */
typedef struct ws_trace_statistics {
    int points; /* P */
    long long *running, *diverged, *ended;                 /* [P] trajectories */
    double *mean[WS_TRACED_COUNT], *error[WS_TRACED_COUNT]; /* [P]: mean, and its standard error (NaN below two); NULL: not traced */
    double *quantile[WS_TRACED_COUNT];                     /* [P][WS_QUANTILES]; NULL: not asked for */
    double *scratch;
    int64_t room; /* of scratch */
    void *memory;
} ws_trace_statistics;
/* Of the traced ones among `quantities` (a mask of WS_TRACED_*), with quantiles or without. */
ws_code ws_trace_statistics_new(const ws_plan *plan, unsigned quantities, int quantiles, ws_trace_statistics *out, ws_error *error);
void ws_trace_statistics_free(ws_trace_statistics *s);
ws_code ws_trace_statistics_of(const ws_plan *plan, const ws_cell_outcomes *cell, ws_trace_statistics *out, ws_error *error);

/* The statistics are part of the files: several replicates, or asked for. */
int ws_trace_is_summed(const ws_plan *plan);

/* The smallest iteration at which the mean gap is at or below eps: low <= T <= high. */
typedef enum ws_mean_standing {
    WS_MEAN_EXACT,   /* every iteration up to it is one of the trace: low = high */
    WS_MEAN_BETWEEN, /* above eps at iteration low - 1 of the trace, not at high (unless it was below between two earlier iterations of the trace) */
    WS_MEAN_LATER,   /* above eps at every iteration of the trace; high is NaN */
    WS_MEAN_NEVER,   /* a replicate diverged before: the mean is infinite for ever; both are NaN */
    WS_MEAN_UNKNOWN, /* a replicate ended before, and its later gaps are not known; high is NaN */
    WS_MEAN_NO_DATA, /* nothing has been run */
    WS_MEAN_COUNT
} ws_mean_standing;
extern const char *const ws_mean_standing_names[WS_MEAN_COUNT]; /* "exact", "between", ">trace", "never", "unknown", "" */
typedef struct ws_mean_hit {
    double low, high; /* NaN where there is none */
    ws_mean_standing standing;
} ws_mean_hit;
/* Hits of the mean curve are part of the files: gaps are traced, there are eps and several replicates. */
int ws_trace_has_mean_hits(const ws_plan *plan);
ws_mean_hit ws_trace_mean_hit(const ws_plan *plan, const ws_trace_statistics *s, double eps);
/* The thresholds of a cell [E] as the kernel compares with them. */
ws_code ws_trace_eps(ws_results *results, int64_t cell, double *eps, ws_error *error);

#endif
