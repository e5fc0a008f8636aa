/* speedup.h: the best constant step against the best warmup, for each eps and each group of cells. Private to report. */
#ifndef WS_REPORT_SPEEDUP_H
#define WS_REPORT_SPEEDUP_H

#include "report/analysis.h"
#include "report/trace.h"

/* A group is one combination of the axes that are not the schedule's; at most this many are compared. */
#define WS_GROUPS_MAX 256

/* A cell that was picked because its median T_eps is the smallest (of several, the first in the order of the grid). */
typedef struct ws_choice {
    int64_t cell;    /* -1: no cell of this kind reaches eps in half of its replicates */
    double median;
    int64_t offered; /* cells of this kind in the group; 0: the sweep has none */
    int64_t stalled; /* of them, those without a median where most trajectories stalled */
    int edge_axis;   /* an axis of which the cell has the smallest or largest value, where a better one may lie beyond; or -1 */
    ws_mean_hit mean; /* of its mean curve, where there is one (ws_trace_has_mean_hits) */
} ws_choice;

/* median T_eps of the constant over median T_eps of the warmup: above 1, warmup is faster. */
typedef struct ws_ratio {
    double value;      /* NaN when it is not known; +inf when the constant has no median */
    double low, high;  /* percentile 95 %; NaN when there is none (fewer than 2 pairs); +inf above what the cap lets see */
    int64_t pairs;     /* replicates present in both cells */
    int resamples;     /* of the bootstrap */
} ws_ratio;

typedef struct ws_comparison {
    int64_t group, first_cell; /* its first cell: names the group's axis values */
    int eps;
    ws_choice constant, warmup, any; /* warmup steps 0; warmup steps > 0; all cells (also of closed-loop schedules) */
    ws_ratio ratio;     /* over all replicates */
    ws_ratio held_out;  /* cells picked on the even replicates, ratio taken on the odd ones; value NaN when not done */
    double at_least;    /* the cap over the warmup's median when no constant reaches: a bound of the ratio; else NaN */
} ws_comparison;

typedef struct ws_comparisons {
    int64_t group_count; /* of the sweep */
    int64_t shown;       /* the first of them, at most WS_GROUPS_MAX */
    ws_comparison *rows; /* [shown][E] */
} ws_comparisons;

ws_code ws_speedup_compare(ws_results *results, const ws_analysis *analysis, ws_comparisons *out, ws_error *error);
void ws_speedup_free(ws_comparisons *comparisons);

/* Ratio of medians of n paired hitting iterations (+inf: not hit) and its paired percentile bootstrap. */
ws_code ws_speedup_ratio(const double *constant, const double *warmup, int64_t n, uint64_t seed, ws_ratio *out, ws_error *error);

#endif
