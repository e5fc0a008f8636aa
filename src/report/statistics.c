/* statistics.c: see statistics.h.
 *
 * All replicates of a cell share one iteration cap, so that the empirical distribution up to the cap is the Kaplan-Meier curve and
 * nothing has to be estimated. Divergence is a competing outcome, not censoring: such a trajectory would never hit, however long
 * it ran, and counts as +infinity. Dropping either kind, or averaging the hits alone without saying so, would make a step size
 * that fails in nine of ten replicates look fast. Hence: hits < censored < failed in every order statistic, and a quantile
 * that falls among the last two has no number but a standing.
 *
 * Quantiles are the averaged inverse of the empirical distribution (type 2 of Hyndman & Fan 1996: numpy's
 * "averaged_inverted_cdf"): the median is the usual one, and with exactly half of the replicates reached it is not a number.
 * The interval of the median is [x_(l), x_(n+1-l)], l the largest rank with P(Binomial(n, 1/2) < l) <= 2.5 %: exact for any
 * distribution, no bootstrap. */
#include "report/statistics.h"

#include <math.h>
#include <stdlib.h>

const double ws_quantile_levels[WS_QUANTILES] = {0.1, 0.25, 0.5, 0.75, 0.9};
const char *const ws_quantile_names[WS_QUANTILES] = {"q10", "q25", "median", "q75", "q90"};

const char *ws_standing_name(ws_standing standing)
{
    static const char *const names[] = {"exact", ">cap", "never", ""};
    return names[standing];
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The rank-th (0-based) of the ordered outcomes. */
static ws_quantile at_rank(const double *hits, int64_t reached, int64_t censored, int64_t rank)
{
    if (rank < reached) return (ws_quantile){hits[rank], WS_EXACT};
    return (ws_quantile){NAN, rank < reached + censored ? WS_ABOVE_CAP : WS_NEVER_HIT};
}

ws_quantile ws_statistics_quantile(const double *hits, int64_t reached, int64_t censored, int64_t failed, double level)
{
    int64_t n = reached + censored + failed;
    if (n == 0) return (ws_quantile){NAN, WS_NO_DATA};
    /* level is a multiple of 1/20 here: computed in 1/20ths, so that 0.1 * 10 is the whole number 1 */
    int64_t twentieths = (int64_t)lround(level * 20);
    int64_t whole = n * twentieths / 20;
    if (n * twentieths % 20) return at_rank(hits, reached, censored, whole);
    ws_quantile low = at_rank(hits, reached, censored, whole - 1), high = at_rank(hits, reached, censored, whole);
    if (high.standing != WS_EXACT) return high;
    high.value = low.value + (high.value - low.value) / 2;
    return high;
}

int64_t ws_statistics_median_rank(int64_t n)
{
    if (n < 6) return 0; /* even [x_(1), x_(5)] covers with 93.75 % only */
    /* Starts 20 standard deviations below the mean, where the tail is below 1e-80. */
    int64_t k = (int64_t)floor((double)n / 2 - 10 * sqrt((double)n));
    if (k < 0) k = 0;
    double size = (double)n, log_term = lgamma(size + 1) - lgamma((double)k + 1) - lgamma(size - (double)k + 1) - size * log(2.0);
    double tail = 0; /* P(Binomial < k) */
    while (tail + exp(log_term) <= 0.025) {
        tail += exp(log_term);
        log_term += log(size - (double)k) - log((double)k + 1);
        k++;
    }
    return k; /* P(Binomial < k) = tail <= 0.025 < P(Binomial < k + 1) */
}

void ws_statistics_of_hits(const long long *hit, int stride, const unsigned char *status, int64_t count, double cap, double *scratch,
                           ws_hit_statistics *out)
{
    *out = (ws_hit_statistics){.count = count};
    double sum = 0;
    for (int64_t i = 0; i < count; i++) {
        long long t = hit[i * stride];
        if (t != WS_NEVER) {
            scratch[out->reached++] = (double)t;
            sum += (double)t;
        } else if (status[i] == WS_STATUS_BUDGET) {
            out->censored++;
        } else {
            out->failed++;
        }
    }
    if (out->reached > 1) qsort(scratch, (size_t)out->reached, sizeof *scratch, ascending);
    for (int q = 0; q < WS_QUANTILES; q++)
        out->quantile[q] = ws_statistics_quantile(scratch, out->reached, out->censored, out->failed, ws_quantile_levels[q]);
    int64_t rank = ws_statistics_median_rank(count);
    out->median_low = out->median_high = (ws_quantile){NAN, WS_NO_DATA};
    if (rank) {
        out->median_low = at_rank(scratch, out->reached, out->censored, rank - 1);
        out->median_high = at_rank(scratch, out->reached, out->censored, count - rank);
    }
    double without = (double)(out->censored + out->failed);
    out->mean_reached = out->reached ? sum / (double)out->reached : NAN;
    out->restricted_mean = count ? (sum + cap * without) / (double)count : NAN;
    out->expected_running_time = out->reached ? (sum + cap * without) / (double)out->reached : NAN;
}

/* Hoare's quickselect, middle pivot. */
double ws_statistics_select(double *values, int64_t n, int64_t k)
{
    int64_t low = 0, high = n - 1;
    while (low < high) {
        double pivot = values[low + (high - low) / 2];
        int64_t i = low - 1, j = high + 1;
        for (;;) {
            do i++;
            while (values[i] < pivot);
            do j--;
            while (values[j] > pivot);
            if (i >= j) break;
            double swap = values[i];
            values[i] = values[j];
            values[j] = swap;
        }
        if (k <= j) high = j;
        else low = j + 1;
    }
    return values[k];
}

double ws_statistics_median(double *values, int64_t n)
{
    if (n == 0) return NAN;
    double high = ws_statistics_select(values, n, n / 2);
    if (n % 2) return high;
    double low = values[0];
    for (int64_t i = 1; i < n / 2; i++)
        if (values[i] > low) low = values[i];
    return isinf(high) ? high : low + (high - low) / 2;
}
