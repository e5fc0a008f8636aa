/* test_plan.c: grids, kernels, problems, fingerprints and spectra of parsed sweeps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/column_bytes.h"
#include "plan/describe.h"
#include "plan/outcomes.h"
#include "plan/plan.h"

static ws_plan *parse(const char *text)
{
    static ws_error error;
    ws_plan *plan;
    if (ws_plan_parse("test", text, strlen(text), &plan, &error)) fail_msg("%s", error.message);
    return plan;
}

static const char grid_text[] =
    "{\"objective\": {\"kind\": \"power\", \"dimension\": [2, 5], \"p\": [3, 4.5]}, \"start\": {\"gap\": [1, 10, 100]},"
    " \"schedule\": {\"peak\": {\"log\": [0.01, 1], \"points\": 5}, \"warmup\": {\"kind\": \"polynomial\", \"power\": [0.5, 2], \"steps\": [0, 10]},"
    "  \"decay\": {\"kind\": \"cosine\", \"floor\": 0.1}}, \"stop\": {\"steps\": [50, 100], \"gap\": [0.1, 1]}}";

static void grid(void **state)
{
    (void)state;
    ws_plan *plan = parse(grid_text);
    assert_int_equal(plan->axis_count, 7);
    assert_int_equal(plan->cells, 2 * 2 * 3 * 5 * 2 * 2 * 2);
    assert_int_equal(plan->variant_count, 4);
    assert_int_equal(plan->problem_count, 12);
    assert_true(plan->eps[0] == 1 && plan->eps[1] == 0.1);
    int64_t problems_seen[12] = {0}, variants_seen[4] = {0};
    for (int64_t cell = 0; cell < plan->cells; cell++) {
        ws_plan_cell_values v;
        ws_plan_cell(plan, cell, &v);
        int64_t rest = cell;
        for (int a = plan->axis_count - 1; a >= 0; a--) {
            assert_int_equal(ws_plan_axis_index(plan, cell, a), rest % plan->axes[a].count);
            rest /= plan->axes[a].count;
        }
        const ws_axis *x = plan->axes;
        int64_t at[7];
        for (int a = 0; a < 7; a++) at[a] = ws_plan_axis_index(plan, cell, a);
        assert_string_equal(x[3].path, "schedule.peak");
        assert_true(v.cell.peak == x[3].values[at[3]]);
        assert_true(v.cell.warmup[0] == x[4].values[at[4]]);
        assert_true(v.cell.warmup_steps == x[5].values[at[5]]);
        assert_true((double)v.cell.steps == x[6].values[at[6]]);
        assert_true(v.cell.decay[0] == (double)v.cell.steps && v.cell.decay[1] == 0.1); /* the horizon is the cap */
        assert_int_equal(v.variant, at[0] * 2 + at[1]);
        assert_int_equal(v.problem, (at[0] * 2 + at[1]) * 3 + at[2]);
        assert_int_equal(ws_plan_problem_variant(plan, v.problem), v.variant);
        assert_int_equal(plan->variants[v.variant].dimension, (int64_t)x[0].values[at[0]]);
        problems_seen[v.problem]++;
        variants_seen[v.variant]++;
    }
    for (int i = 0; i < 12; i++) assert_int_equal(problems_seen[i], plan->cells / 12);
    for (int i = 0; i < 4; i++) assert_int_equal(variants_seen[i], plan->cells / 4);
    assert_non_null(strstr(plan->variants[1].defines, "#define OBJECTIVE_P 4.5\n#define OBJECTIVE_P_INTEGER 0\n"));
    assert_non_null(strstr(plan->variants[0].defines, "#define OBJECTIVE_P 3\n#define OBJECTIVE_P_INTEGER 1\n"));
    ws_plan_free(plan);
}

/* from cell to cell, by steps of every kind, a point stands where divisions say */
static void points_of_a_grid(void **state)
{
    (void)state;
    ws_plan *plan = parse(grid_text);
    const int64_t steps[] = {1, 0, 1, 2, 3, 4, 8, 40, 41, -1, -40, 119, 1, -77, 239};
    const int kinds = (int)(sizeof steps / sizeof *steps);
    ws_plan_point point = {0};
    ws_plan_cell_values moved, made;
    ws_plan_cell(plan, 0, &moved);
    int64_t cell = 0;
    for (int i = 0; i < 100 * kinds; i++) {
        ws_plan_point_move(plan, &point, cell);
        ws_plan_cell_move(plan, &point, &moved);
        ws_plan_cell(plan, cell, &made);
        assert_int_equal(point.cell, cell);
        for (int a = 0; a < plan->axis_count; a++) assert_int_equal(point.at[a], ws_plan_axis_index(plan, cell, a));
        assert_true(moved.cell.peak == made.cell.peak && moved.cell.warmup[0] == made.cell.warmup[0] && moved.cell.warmup_steps == made.cell.warmup_steps);
        assert_true(moved.cell.steps == made.cell.steps && moved.cell.decay[0] == made.cell.decay[0] && moved.cell.limit == made.cell.limit);
        assert_true(moved.problem == made.problem && moved.variant == made.variant && moved.schedule == made.schedule);
        cell = (cell + steps[(i + i / kinds) % kinds] + plan->cells) % plan->cells;
    }
    ws_plan_free(plan);
}

/* an axis over rho: a kernel for each value, with its own curve */
static void curve_of_each_rho(void **state)
{
    (void)state;
    ws_plan *plan = parse("{\"objective\":{\"kind\":\"exact-rho\",\"dimension\":4,\"rho\":[0.5,1.5]},\"start\":{\"gap\":1},\"schedule\":{\"peak\":0.1},"
                          "\"stop\":{\"steps\":10,\"gap\":1e-3}}");
    assert_non_null(plan);
    assert_int_equal(plan->variant_count, 2);
    for (int v = 0; v < 2; v++) {
        assert_non_null(strstr(plan->variants[v].defines, v ? "#define OBJECTIVE_RHO 1.5\n" : "#define OBJECTIVE_RHO 0.5\n"));
        assert_non_null(strstr(plan->variants[v].defines, v ? "#define OBJECTIVE_BARRIER 1\n" : "#define OBJECTIVE_BARRIER 0\n"));
    }
    ws_plan_free(plan);
}

static void chunks(void **state)
{
    (void)state;
    ws_plan *plan = parse("{\"objective\":{\"kind\":\"cosh\",\"dimension\":4},\"start\":{\"gap\":1},\"schedule\":{\"peak\":{\"log\":[0.01,1],\"points\":1001}},"
                          "\"stop\":{\"steps\":100000000,\"gap\":1e-3}}");
    int64_t next = 0;
    for (int64_t c = 0; c < plan->chunk_count; c++) {
        int64_t first, count;
        ws_plan_chunk(plan, c, &first, &count);
        assert_int_equal(first, next);
        assert_true(count > 0 && count <= plan->chunk_size);
        next += count;
    }
    assert_int_equal(next, plan->trajectories);
    ws_plan_free(plan);
}

#define BASE "\"objective\":{\"kind\":\"cosh\",\"dimension\":4},\"start\":{\"gap\":1},\"stop\":{\"steps\":10,\"gap\":[1e-3]}"

static int same_fingerprint(const char *a, const char *b)
{
    ws_plan *x = parse(a), *y = parse(b);
    int same = !memcmp(x->fingerprint, y->fingerprint, 16);
    ws_plan_free(x);
    ws_plan_free(y);
    return same;
}

static void fingerprints(void **state)
{
    (void)state;
    const char *base = "{" BASE ",\"schedule\":{\"peak\":0.1}}";
    assert_true(same_fingerprint(base, "// comment\n{\"title\":\"T\",\"seed\":1," BASE ",\"schedule\":{\"kind\":\"ramp\",\"peak\":1e-1,\"warmup\":{\"steps\":0}}}"));
    const char *others[] = {
        "{" BASE ",\"schedule\":{\"peak\":0.2}}", "{\"seed\":2," BASE ",\"schedule\":{\"peak\":0.1}}", "{\"precision\":\"float32\"," BASE ",\"schedule\":{\"peak\":0.1}}",
        "{" BASE ",\"schedule\":{\"peak\":[0.1,0.2]}}", "{" BASE ",\"schedule\":{\"peak\":0.1,\"warmup\":{\"steps\":1}}}",
        "{" BASE ",\"schedule\":{\"peak\":0.1,\"warmup\":{\"convention\":\"t/W\"}}}", "{" BASE ",\"schedule\":{\"peak\":{\"value\":0.1,\"unit\":\"1/sharpness\"}}}",
        "{" BASE ",\"schedule\":{\"peak\":0.1},\"record\":{\"gap_at\":[1]}}", "{" BASE ",\"schedule\":{\"peak\":0.1},\"record\":{\"hash\":true}}",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) assert_false(same_fingerprint(base, others[i]));
}

/* Long axes. A journal that was begun by an earlier program goes on: this one's fingerprint of the sweep is what that one printed. */
static void fingerprint_of_an_earlier_program(void **state)
{
    (void)state;
    ws_plan *plan = parse("{" BASE ",\"schedule\":{\"peak\":{\"log\":[1e-3,7],\"points\":5000},\"warmup\":{\"steps\":{\"log\":[1,1000],\"points\":300}}}}");
    char text[33];
    for (int i = 0; i < 16; i++) snprintf(text + 2 * i, 3, "%02x", plan->fingerprint[i]);
    assert_string_equal(text, "f92660a2d3fd33ea60e25ac2dae90049");
    ws_plan_free(plan);
}

static void noise_words(void **state)
{
    (void)state;
    const char *format = "{" BASE ",\"method\":{\"kind\":\"sgd\"},\"noise\":{\"kind\":\"gaussian\",\"sigma\":0.1,\"common\":%s},\"schedule\":{\"peak\":[%s]}}";
    char text[1024];
    ws_plan_cell_values a, b, grown;
    snprintf(text, sizeof text, format, "false", "0.1,0.2");
    ws_plan *plan = parse(text);
    ws_plan_cell(plan, 0, &a);
    ws_plan_cell(plan, 1, &b);
    assert_true(a.cell.noise_low != b.cell.noise_low || a.cell.noise_high != b.cell.noise_high);
    assert_true(a.cell.noise_high < 256 && b.cell.noise_high < 256);
    ws_plan_free(plan);
    snprintf(text, sizeof text, format, "false", "0.05,0.1,0.15,0.2");
    plan = parse(text);
    ws_plan_cell(plan, 3, &grown); /* the same cell of a grown grid keeps its noise */
    assert_true(grown.cell.noise_low == b.cell.noise_low && grown.cell.noise_high == b.cell.noise_high);
    ws_plan_free(plan);
    snprintf(text, sizeof text, format, "true", "0.1,0.2");
    plan = parse(text);
    ws_plan_cell(plan, 1, &b);
    assert_true(b.cell.noise_low == 0 && b.cell.noise_high == 0);
    ws_plan_free(plan);
}

static void spectrum_of(const char *law, int d, double *table)
{
    char text[1024];
    double direction[64];
    ws_problem_values values;
    snprintf(text, sizeof text, "{\"objective\":{\"kind\":\"quadratic\",\"dimension\":%d,\"spectrum\":%s},\"start\":{\"kind\":\"top\",\"gap\":1},"
                                "\"schedule\":{\"peak\":1},\"stop\":{\"steps\":1}}", d, law);
    ws_plan *plan = parse(text);
    assert_int_equal(ws_plan_problem(plan, 0, &values, table, direction, NULL), WS_OK);
    int top = 0;
    for (int i = 1; i < d; i++)
        if (table[i] > table[top]) top = i;
    for (int i = 0; i < d; i++) assert_true(direction[i] == (i == top));
    ws_plan_free(plan);
}

static void spectra(void **state)
{
    (void)state;
    double t[64];
    spectrum_of("{\"law\":\"uniform\",\"lmax\":2,\"lmin\":1}", 5, t);
    for (int i = 0; i < 5; i++) assert_true(fabs(t[i] - (1 + 0.25 * i)) < 1e-15);
    spectrum_of("{\"law\":\"geometric\",\"lmax\":1,\"lmin\":0.0001}", 5, t);
    for (int i = 0; i < 5; i++) assert_true(fabs(t[i] / pow(10, -i) - 1) < 1e-15);
    spectrum_of("{\"law\":\"power\",\"lmax\":3,\"alpha\":2}", 4, t);
    for (int i = 0; i < 4; i++) assert_true(fabs(t[i] * (i + 1) * (i + 1) / 3 - 1) < 1e-15);
    spectrum_of("{\"law\":\"spiked\",\"lmax\":3,\"lmin\":0.5,\"k\":2}", 4, t);
    assert_true(t[0] == 3 && t[1] == 3 && t[2] == 0.5 && t[3] == 0.5);
    spectrum_of("{\"law\":\"explicit\",\"values\":[1,4,2]}", 3, t);
    assert_true(t[1] == 4);
    /* Marchenko-Pastur: between the edges, descending, mean 1 (error of the midpoint rule in the quantiles) */
    spectrum_of("{\"law\":\"mp\",\"gamma\":0.25}", 64, t);
    double mean = 0;
    for (int i = 0; i < 64; i++) {
        mean += t[i] / 64;
        assert_true(t[i] > 0.25 && t[i] < 2.25 && (i == 0 || t[i] < t[i - 1]));
    }
    assert_true(fabs(mean - 1) < 2e-3);
}

static void lanes(void **state)
{
    (void)state;
    const int64_t d[] = {1, 7, 8, 15, 16, 31, 32, 64, 127, 128, 1024, 2047, 2048, 4095, 4096, 1048576};
    const int l[] = {1, 1, 2, 2, 4, 4, 8, 16, 16, 32, 32, 32, 64, 64, 128, 32768};
    for (size_t i = 0; i < sizeof d / sizeof *d; i++) assert_int_equal(ws_plan_lanes(d[i]), l[i]);
}

static void outcomes_come_back(void **state)
{
    (void)state;
    ws_error error;
    for (int hash = 0; hash < 2; hash++)
        for (int n = 1; n < 20; n += 3) {
            const ws_shape shape = {2, 3, hash, 4, WS_TRACED_GAP | WS_TRACED_SHARPNESS, 0, 0, 1}, wide = {2, 3, hash, 4, WS_TRACED_GAP | WS_TRACED_SHARPNESS, 0, 0, 0};
            ws_outcomes a, b, c;
            assert_int_equal(ws_outcomes_new(n, shape, &a, &error), WS_OK);
            unsigned char *text = malloc(ws_outcomes_bytes(n, shape));
            double *gap = a.columns.trace[0], *sharpness = a.columns.trace[3];
            for (int i = 0; i < n; i++) {
                a.columns.status[i] = (unsigned char)(i % 5);
                a.columns.hit[2 * i + 1] = i;
                a.columns.gap_at[3 * i + 2] = i + 0.5;
                a.columns.peak_at[i] = 1LL << 40;
                for (int p = 0; p < 4; p++) {
                    gap[4 * i + p] = p == 3 ? i + 0.25 : 7;
                    sharpness[4 * i + p] = p == 0 ? i + 0.125 : 0.1;
                }
            }
            size_t bytes = ws_outcomes_encode(&a, text);
            assert_true(bytes < ws_outcomes_bytes(n, shape) && ws_outcomes_fit(text, bytes, n, wide));
            assert_int_equal(ws_outcomes_new(n, wide, &b, &error), WS_OK);
            assert_int_equal(ws_outcomes_decode(text, bytes, &b, &error), WS_OK);
            assert_int_equal(b.columns.hit[2 * (n - 1) + 1], n - 1);
            assert_true(b.columns.gap_at[3 * (n - 1) + 2] == n - 0.5);
            assert_int_equal(b.columns.peak_at[n - 1], 1LL << 40);
            assert_null(b.columns.trace[1]);
            assert_memory_equal(gap, b.columns.trace[0], 32 * (size_t)n);
            assert_memory_equal(sharpness, b.columns.trace[3], 32 * (size_t)n);
            assert_int_equal(ws_outcomes_new(1, wide, &c, &error), WS_OK);
            ws_outcomes_copy(&c, 0, &b.columns, n - 1, 1);
            assert_true(((double *)c.columns.trace[0])[3] == n - 0.75 && ((double *)c.columns.trace[3])[0] == n - 0.875);
            ws_outcomes_free(&c);
            assert_int_equal(ws_outcomes_unpack(&a, &error), WS_OK);
            assert_true(ws_outcomes_equal(&a, &b));
            a.columns.peak_at[n - 1]--;
            assert_false(ws_outcomes_equal(&a, &b));
            assert_int_not_equal(ws_outcomes_decode(text, bytes - 1, &b, &error), WS_OK);
            text[0] = 17; /* no status */
            assert_int_not_equal(ws_outcomes_decode(text, bytes, &b, &error), WS_OK);
            free(text);
            ws_outcomes_free(&a);
            ws_outcomes_free(&b);
        }
}

/* Every column is as short as its numbers allow, and comes back to the bit; what cannot be a column is found. */
static void numbers_come_back(void **state)
{
    (void)state;
    static const struct { int64_t count; double gap; size_t counts, gaps; } longest[] = {
        {0, 0.5, 2, 4}, {-1, -0.0, 2, 4}, {32767, INFINITY, 2, 4}, {32768, 1e-45, 4, 8}, {-32768, 0x1p-149, 2, 4}, {-32769, 1e300, 4, 8},
        {2147483647, 0.1, 4, 8}, {2147483648, 0x1p-1074, 8, 8}, {-2147483649, -INFINITY, 8, 4}, {INT64_MAX, 16777217, 8, 8}, {INT64_MIN, 16777216, 8, 4}};
    enum { N = 9 };
    for (size_t k = 0; k < sizeof longest / sizeof *longest; k++)
        for (int n = 0; n <= N; n++)
            for (int at = 0; at < (n ? n : 1); at++) {
                int64_t counts[N], counts_back[N];
                double gaps[N], gaps_back[N];
                unsigned char bytes[1 + 8 * N];
                for (int i = 0; i < n; i++) {
                    counts[i] = i == at ? longest[k].count : 10 * i - 1;
                    gaps[i] = i == at ? longest[k].gap : i == at - 1 ? (double)NAN : 0.25 * i;
                }
                for (int gap = 0; gap < 2; gap++) {
                    ws_column_kind kind = gap ? WS_COLUMN_GAPS : WS_COLUMN_COUNTS;
                    size_t width = n ? gap ? longest[k].gaps : longest[k].counts : gap ? 4 : 2;
                    size_t length = ws_column_bytes_encode(kind, gap ? (void *)gaps : counts, (size_t)n, bytes);
                    assert_int_equal(length, 1 + width * (size_t)n);
                    assert_int_equal(ws_column_bytes_fit(kind, bytes, length, (size_t)n), length);
                    assert_int_equal(ws_column_bytes_fit(kind, bytes, sizeof bytes, (size_t)n), length);
                    for (size_t cut = 0; cut < length; cut++) assert_int_equal(ws_column_bytes_fit(kind, bytes, cut, (size_t)n), 0);
                    ws_column_bytes_decode(kind, bytes, (size_t)n, gap ? (void *)gaps_back : counts_back);
                    if (gap) assert_memory_equal(gaps, gaps_back, 8 * (size_t)n);
                    else assert_memory_equal(counts, counts_back, 8 * (size_t)n);
                    assert_int_equal(ws_column_bytes_fit(kind, bytes, length, SIZE_MAX / 2), 0);
                    for (int wrong = 0; wrong < 256; wrong++) {
                        bytes[0] = (unsigned char)wrong;
                        size_t fits = ws_column_bytes_fit(kind, bytes, sizeof bytes, (size_t)n);
                        assert_int_equal(fits, wrong == 4 || wrong == 8 || (wrong == 2 && !gap) ? 1 + (size_t)wrong * (size_t)n : 0);
                    }
                }
            }
}

static void write_zeros(ws_outcomes *o)
{
    ws_columns columns;
    memset(o->memory, 0, ws_outcomes_place(o->count, o->shape, o->memory, &columns));
}

/* Rows as they come: full, constant, one that ended, one that stalled, never a number; every precision and choice of quantities. */
static void traces_come_back(void **state)
{
    (void)state;
    enum { N = 5, P = 7 };
    const double nothing = nan("");
    for (int single = 0; single < 2; single++)
        for (unsigned traced = 0; traced < 1u << WS_TRACED_COUNT; traced++) {
            const ws_shape shape = {1, 0, 0, traced ? P : 0, traced, 0, single, 1}, wide = {1, 0, 0, traced ? P : 0, traced, 0, single, 0};
            ws_outcomes a, b, want;
            ws_error error;
            assert_int_equal(ws_outcomes_new(N, shape, &a, &error), WS_OK);
            assert_int_equal(ws_outcomes_new(N, wide, &b, &error), WS_OK);
            assert_int_equal(ws_outcomes_new(N, wide, &want, &error), WS_OK);
            write_zeros(&a);
            write_zeros(&want);
            for (int i = 0; i < N; i++)
                for (int p = 0; p < P; p++) {
                    double value[WS_TRACED_COUNT];
                    for (int q = 0; q < 4; q++) {
                        value[q] = i == 1 ? q + 0.5 : i == 4 || (i == 2 && p > 3) ? nothing : 1.1 * (q + 3 * i + 100 * p) + 1e-3;
                        if (i == 3 && p > 1) value[q] = q ? nothing : -0.0;
                        if (single) value[q] = (double)(float)value[q];
                    }
                    value[4] = 0.5 * (value[1] * value[3]);
                    for (int q = 0; q < WS_TRACED_COUNT; q++) {
                        if (value[q] != value[q]) value[q] = nothing;
                        if (want.columns.trace[q]) ((double *)want.columns.trace[q])[i * P + p] = value[q];
                        if (!a.columns.trace[q]) continue;
                        if (single && q < 4) ((float *)a.columns.trace[q])[i * P + p] = (float)value[q];
                        else ((double *)a.columns.trace[q])[i * P + p] = value[q];
                    }
                }
            size_t most = ws_outcomes_bytes(N, shape);
            unsigned char *text = malloc(most);
            size_t bytes = ws_outcomes_encode(&a, text);
            assert_true(bytes <= most);
            assert_int_equal(ws_outcomes_decode(text, bytes, &b, &error), WS_OK);
            assert_true(ws_outcomes_equal(&b, &want));
            assert_int_equal(ws_outcomes_unpack(&a, &error), WS_OK);
            assert_true(ws_outcomes_equal(&a, &want));
            /* what cannot be a trace is found before it is used */
            if (traced) {
                ws_outcomes untraced;
                assert_int_equal(ws_outcomes_new(N, (ws_shape){1, 0, 0, 0, 0, 0, single, 1}, &untraced, &error), WS_OK);
                write_zeros(&untraced);
                unsigned char *before = malloc(most);
                size_t plain = ws_outcomes_encode(&untraced, before);
                assert_memory_equal(text, before, plain);
                free(before);
                ws_outcomes_free(&untraced);
                for (size_t cut = plain; cut < bytes; cut++) assert_false(ws_outcomes_fit(text, cut, N, shape));
                text[plain] = 0; /* numbers up to the last one, of which none is kept */
                assert_false(ws_outcomes_fit(text, bytes, N, shape));
                text[plain] = P + 1;
                assert_false(ws_outcomes_fit(text, bytes, N, shape));
                text[plain] = P;
                assert_true(ws_outcomes_fit(text, bytes, N, shape));
            }
            free(text);
            ws_outcomes_free(&a);
            ws_outcomes_free(&b);
            ws_outcomes_free(&want);
        }
}

/* Whether the cautions of a sweep hold a word. */
static int cautioned(const char *sweep, const char *word)
{
    ws_plan *plan = parse(sweep);
    char *text = ws_plan_cautions(plan);
    int found = strstr(text, word) != NULL;
    free(text);
    ws_plan_free(plan);
    return found;
}

#define RAMP(precision, kind, peak, steps, cap)                                                                                          \
    "{\"precision\":\"" precision "\",\"objective\":{\"kind\":\"" kind "\",\"dimension\":4},\"start\":{\"gap\":1},\"schedule\":{\"peak\":{\"value\":" peak \
    ",\"unit\":\"1/sharpness\"},\"warmup\":{\"steps\":" steps "}},\"stop\":{\"steps\":" cap ",\"gap\":1e-6}}"

static void cautions_of_precision(void **state)
{
    (void)state;
    assert_true(cautioned(RAMP("float64", "quadratic", "4.5", "2620", "90000"), "log-quadratic"));
    assert_false(cautioned(RAMP("float64", "quadratic", "1.9", "2620", "90000"), "log-quadratic"));
    assert_false(cautioned(RAMP("float64", "quadratic", "4.5", "500", "90000"), "log-quadratic"));
    assert_true(cautioned(RAMP("float32", "quadratic", "4.5", "500", "90000"), "log-quadratic"));
    assert_false(cautioned(RAMP("float64", "log-quadratic", "4.5", "2620", "90000"), "underflow"));
    assert_true(cautioned(RAMP("float32", "quadratic", "1", "0", "200000"), "slow baselines"));
    assert_false(cautioned(RAMP("float32", "quadratic", "1", "0", "90000"), "slow baselines"));
    assert_false(cautioned(RAMP("float64", "quadratic", "1", "0", "200000"), "slow baselines"));
}

static void cautions(void **state)
{
    (void)state;
    ws_plan *plan = parse("{\"precision\":\"float32\",\"objective\":{\"kind\":\"cosh\",\"dimension\":4},\"start\":{\"gap\":1},\"schedule\":{\"peak\":1},"
                          "\"stop\":{\"steps\":10,\"gap\":1e-39}}");
    char *text = ws_plan_cautions(plan);
    assert_non_null(strstr(text, "smallest normal number"));
    assert_non_null(strstr(text, "underflow"));
    free(text);
    ws_plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grid), cmocka_unit_test(points_of_a_grid), cmocka_unit_test(curve_of_each_rho), cmocka_unit_test(chunks), cmocka_unit_test(fingerprints), cmocka_unit_test(fingerprint_of_an_earlier_program), cmocka_unit_test(noise_words), cmocka_unit_test(spectra),
        cmocka_unit_test(lanes), cmocka_unit_test(outcomes_come_back), cmocka_unit_test(numbers_come_back), cmocka_unit_test(traces_come_back), cmocka_unit_test(cautions),
        cmocka_unit_test(cautions_of_precision),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
