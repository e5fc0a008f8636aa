/* test_statistics.c: order statistics with censored values, the bootstrap of a ratio, level lines and scales. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/contour.h"
#include "report/scale.h"
#include "report/speedup.h"
#include "report/statistics.h"

static void quantiles_of_censored(void **state)
{
    (void)state;
    /* hits 10, 20, 30; one censored, one diverged: the median of 5 is 30, the 90 % quantile was never hit */
    const long long hit[] = {30, WS_NEVER, 10, 20, WS_NEVER};
    const unsigned char status[] = {WS_STATUS_REACHED, WS_STATUS_BUDGET, WS_STATUS_REACHED, WS_STATUS_REACHED, WS_STATUS_DIVERGED};
    double scratch[5];
    ws_hit_statistics s;
    ws_statistics_of_hits(hit, 1, status, 5, 100, scratch, &s);
    assert_int_equal(s.reached, 3);
    assert_int_equal(s.censored, 1);
    assert_int_equal(s.failed, 1);
    assert_true(s.quantile[WS_MEDIAN].value == 30 && s.quantile[WS_MEDIAN].standing == WS_EXACT);
    assert_int_equal(s.quantile[4].standing, WS_NEVER_HIT);
    assert_int_equal(s.quantile[3].standing, WS_ABOVE_CAP); /* 75 %: the fourth of five */
    assert_true(s.mean_reached == 20);
    assert_true(s.restricted_mean == (10 + 20 + 30 + 100 + 100) / 5.0);
    assert_true(fabs(s.expected_running_time - (60 + 200) / 3.0) < 1e-12);
    ws_statistics_of_hits(hit, 1, status, 0, 100, scratch, &s);
    assert_int_equal(s.quantile[WS_MEDIAN].standing, WS_NO_DATA);
    assert_true(isnan(s.expected_running_time));
}

static void median_intervals(void **state)
{
    (void)state;
    /* P(Binomial(n, 1/2) < l) <= 2.5 %: tabulated ranks */
    assert_int_equal(ws_statistics_median_rank(5), 0);
    assert_int_equal(ws_statistics_median_rank(6), 1);
    assert_int_equal(ws_statistics_median_rank(10), 2);
    assert_int_equal(ws_statistics_median_rank(20), 6);
    assert_int_equal(ws_statistics_median_rank(100), 40);
}

static void ratios(void **state)
{
    (void)state;
    double a[50], b[50];
    ws_ratio r, again;
    for (int i = 0; i < 50; i++) {
        a[i] = 100 + i;
        b[i] = 10 + 0.1 * i;
    }
    assert_int_equal(ws_speedup_ratio(a, b, 50, 1, &r, NULL), WS_OK);
    assert_true(fabs(r.value - 10) < 1e-12 && fabs(r.low - 10) < 1e-9 && fabs(r.high - 10) < 1e-9); /* paired: the ratio is 10 in every draw */
    for (int i = 0; i < 50; i++) b[i] = 10 + i % 7;
    ws_speedup_ratio(a, b, 50, 1, &r, NULL);
    ws_speedup_ratio(a, b, 50, 1, &again, NULL);
    assert_true(r.low < r.value && r.value < r.high && r.low == again.low && r.high == again.high);
    for (int i = 0; i < 40; i++) a[i] = INFINITY;
    ws_speedup_ratio(a, b, 50, 1, &r, NULL);
    assert_true(isinf(r.value) && isinf(r.high));
    ws_speedup_ratio(a, b, 1, 1, &r, NULL);
    assert_true(isnan(r.low));
    ws_speedup_ratio(a, b, 0, 1, &r, NULL);
    assert_true(isnan(r.value));
}

static void level_lines(void **state)
{
    (void)state;
    /* value = x: the line 0.5 is the vertical through 0.5 */
    const double x[] = {0, 1, 2}, y[] = {0, 1, 2}, value[] = {0, 1, 2, 0, 1, 2, 0, 1, 2};
    ws_text out = {0};
    assert_int_equal(ws_contour_add(value, x, 3, y, 3, 0, 0.5, &out), 2);
    assert_string_equal(out.bytes, "0.5 0\n0.5 1\n\n0.5 1\n0.5 2\n\n");
    ws_text_free(&out);
    double hole[9];
    memcpy(hole, value, sizeof hole);
    hole[4] = NAN; /* every square has the hole for a corner */
    assert_int_equal(ws_contour_add(hole, x, 3, y, 3, 0, 0.5, &out), 0);
    ws_text_free(&out);
    assert_int_equal(ws_contour_add(value, x, 1, y, 3, 0, 0.5, &out), 0);
}

static void scales(void **state)
{
    (void)state;
    const double values[] = {0, 1, 10, 100, 1000};
    ws_axis axis = {"schedule.warmup.steps", "W", "iterations", 5, values, 1};
    ws_scale s;
    ws_scale_make(&axis, &s);
    assert_true(s.logarithmic && s.zero);
    for (int k = 0; k < 5; k++) assert_int_equal(ws_scale_find(&s, s.at[k]), k);
    assert_int_equal(ws_scale_find(&s, (s.high[0] + s.low[1]) / 2), -1); /* between 0 and the rest */
    assert_true(s.at[1] == 0 && s.at[4] == 3);
    ws_scale_free(&s);
    const double equal[] = {1, 2, 3};
    axis = (ws_axis){"x", "x", "", 3, equal, 0};
    ws_scale_make(&axis, &s);
    assert_false(s.logarithmic);
    ws_scale_free(&s);
    double levels[10];
    assert_int_equal(ws_scale_levels(10, 1000, levels, 10), 7);
    assert_true(fabs(levels[0] - 10) < 1e-9 && fabs(levels[6] - 1000) < 1e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_of_censored), cmocka_unit_test(median_intervals), cmocka_unit_test(ratios), cmocka_unit_test(level_lines),
        cmocka_unit_test(scales),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
