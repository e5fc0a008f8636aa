/* statistics.h: order statistics of hitting iterations when some are never seen. Private to report; pure. */
#ifndef WS_REPORT_STATISTICS_H
#define WS_REPORT_STATISTICS_H

#include <stdint.h>

#include "kernels/record.h"

/* Where a quantile falls. The order of the values is the order of the outcomes: a hit, a censored one (later than the cap), a
 * failed one (never). */
typedef enum ws_standing {
    WS_EXACT,     /* among the hits: `value` is the number */
    WS_ABOVE_CAP, /* among the censored: larger than the iteration cap; value is NaN */
    WS_NEVER_HIT, /* among those that diverged, went non-finite or stalled: no iteration, ever; value is NaN */
    WS_NO_DATA    /* nothing to take a quantile of; value is NaN */
} ws_standing;
/* "exact", ">cap", "never", "" */
const char *ws_standing_name(ws_standing standing);

typedef struct ws_quantile {
    double value;
    ws_standing standing;
} ws_quantile;

#define WS_QUANTILES 5
extern const double ws_quantile_levels[WS_QUANTILES];           /* 0.1 0.25 0.5 0.75 0.9 */
extern const char *const ws_quantile_names[WS_QUANTILES];       /* "q10" ... "median" ... */
#define WS_MEDIAN 2

typedef struct ws_hit_statistics {
    int64_t count, reached, censored, failed; /* count = reached + censored + failed */
    ws_quantile quantile[WS_QUANTILES];
    ws_quantile median_low, median_high; /* distribution-free 95 % interval of the median; WS_NO_DATA for fewer than 6 */
    double mean_reached;                 /* over the `reached` hits alone; NaN when there is none */
    double restricted_mean;              /* mean of min(T, cap), failures counted with the cap; NaN when count is 0 */
    double expected_running_time;        /* (sum of hits + cap * those without) / reached; NaN when reached is 0 */
} ws_hit_statistics;

/* hit[i * stride] for i < count, WS_NEVER when not hit; status[i] says why not. scratch: [count]. */
void ws_statistics_of_hits(const long long *hit, int stride, const unsigned char *status, int64_t count, double cap, double *scratch,
                           ws_hit_statistics *out);
/* A quantile by averaged inverse of the empirical distribution (Hyndman & Fan type 2) of `reached` ascending hits, then `censored`
 * larger than the cap, then `failed`. */
ws_quantile ws_statistics_quantile(const double *hits, int64_t reached, int64_t censored, int64_t failed, double level);
/* The rank l (1-based; 0: none, n < 6) such that [x_(l), x_(n+1-l)] covers the median with at least 95 %. */
int64_t ws_statistics_median_rank(int64_t n);
/* The k-th smallest (from 0) of n numbers; reorders them so that values[0 ... k-1] <= values[k] <= the rest. */
double ws_statistics_select(double *values, int64_t n, int64_t k);
/* Median (type 2) of n numbers that may be +inf; reorders them. NaN when n is 0. */
double ws_statistics_median(double *values, int64_t n);

#endif
