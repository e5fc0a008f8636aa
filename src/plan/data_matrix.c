/* data_matrix.c: the data of an objective that has some: as the sweep file says it, or random numbers of its own stream. It becomes a
 * constant of the kernel, so that all trajectories share it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/portable_math.h"
#include "base/text.h"
#include "plan/sweep.h"

/* Stream of the random numbers; starts and noise use streams of their own. */
enum { DATA_STREAM = 2, TEACHER_STREAM = 3 };

/* A direction with a positive margin for every row: the perceptron finds one if there is one, sooner the wider the margin. */
static int separable(const double *rows, int64_t n, int64_t d)
{
    enum { PASSES = 20000, MOST = 32 };
    double w[MOST] = {0};
    for (int pass = 0; pass < PASSES; pass++) {
        int mistakes = 0;
        for (int64_t i = 0; i < n; i++) {
            double margin = 0;
            for (int64_t j = 0; j < d; j++) margin += rows[i * d + j] * w[j];
            if (margin > 0) continue;
            mistakes++;
            for (int64_t j = 0; j < d; j++) w[j] += rows[i * d + j];
        }
        if (!mistakes) return 1;
    }
    return 0;
}

void ws_data_check(ws_reading *r)
{
    ws_sweep *s = r->sweep;
    const ws_number *samples = &s->number[WS_F_SAMPLES], *dimension = &s->number[WS_F_DIMENSION];
    const ws_objective_facts *facts = ws_entry_facts(s->entry[WS_OBJECTIVES]);
    if (!facts->data || !s->list_count[WS_F_ROWS] || ws_reading_spoilt_field(r, WS_F_ROWS) || ws_reading_spoilt_field(r, WS_F_SAMPLES) ||
        ws_reading_spoilt_field(r, WS_F_DIMENSION))
        return;
    int64_t n = (int64_t)samples->value, d = (int64_t)dimension->value;
    if (samples->axis >= 0 || dimension->axis >= 0)
        ws_reading_complain(r, "objective.rows", "given data need one number of samples and one dimension; an axis was given");
    else if (s->list_count[WS_F_ROWS] != n * d)
        ws_reading_complain(r, "objective.rows", "%lld values; allowed: samples * dimension = %lld of them", (long long)s->list_count[WS_F_ROWS], (long long)(n * d));
    else if (s->number[WS_F_DATA_SEED].given)
        ws_reading_complain(r, "objective.data_seed", "given together with objective.rows; allowed: one of them");
    else if (facts->data == 2 && d <= facts->most && !separable(s->list[WS_F_ROWS], n, d))
        ws_reading_complain(r, "objective.rows", "no direction was found in which all rows have a positive margin; allowed: separable data (its f* is 0)");
}

/* The data of n rows: as given, or random. data 2: the sign of a row is that of its first number; data 3: the first number is shifted
 * by 1, so that most rows, but not all, lie on one side. */
static double *make_rows(const ws_sweep *s, int64_t n, int64_t d, uint64_t seed)
{
    int kind = ws_entry_facts(s->entry[WS_OBJECTIVES])->data;
    double *rows = malloc((size_t)(n * d) * sizeof *rows);
    WS_REQUIRE(rows && "out of memory");
    for (int64_t i = 0; i < n; i++) {
        double sign = kind == 2 && ws_portable_gaussian(seed, DATA_STREAM, (uint64_t)i << 32) < 0 ? -1 : 1;
        for (int64_t j = 0; j < d; j++)
            rows[i * d + j] = s->list_count[WS_F_ROWS] ? s->list[WS_F_ROWS][i * d + j]
                                                       : sign * ws_portable_gaussian(seed, DATA_STREAM, ((uint64_t)i << 32) + (uint64_t)j) + (kind == 3 && j == 0);
    }
    return rows;
}

static void add_numbers(ws_text *text, const char *name, const double *values, int64_t count)
{
    ws_text_add(text, "#define %s ", name);
    for (int64_t i = 0; i < count; i++) ws_text_add(text, "%s%a", i ? ", " : "", values[i]);
    ws_text_add(text, "\n");
}

/* Every combination of samples, dimension and seed of the sweep must have a solution. */
void ws_data_solvable(ws_reading *r)
{
    ws_sweep *s = r->sweep;
    if (ws_entry_facts(s->entry[WS_OBJECTIVES])->data != 3) return;
    unsigned axes = ws_variant_axes(s);
    for (int64_t v = 0, count = ws_subgrid_count(s, axes); v < count; v++) {
        int64_t cell = ws_subgrid_cell(s, axes, v);
        int64_t n = (int64_t)ws_sweep_value(s, cell, WS_F_SAMPLES), d = (int64_t)ws_sweep_value(s, cell, WS_F_DIMENSION);
        double *rows = make_rows(s, n, d, (uint64_t)ws_sweep_value(s, cell, WS_F_DATA_SEED)), *odds = malloc(2 * (size_t)n * sizeof *odds);
        WS_REQUIRE(odds && "out of memory");
        int solved = ws_logistic_solve(rows, n, d, odds, odds + n);
        free(rows);
        free(odds);
        if (solved) continue;
        ws_reading_complain(r, "objective.samples", "%lld rows of %lld numbers can be separated or leave a direction flat: no finite solution; allowed: data that overlap (more samples)",
                            (long long)n, (long long)d);
        return;
    }
}

/* Inputs and teacher of kernels/objective/tanh_net.h: h units of `unit` coordinates, weights of variance 1 over the number that meet. */
static void add_teacher(ws_text *text, int64_t n, int64_t h, int64_t unit, uint64_t seed)
{
    int64_t m = unit - 1;
    double *inputs = malloc((size_t)(n * m + h * unit + 2 * n * h) * sizeof *inputs), *teacher = inputs + n * m, *field = teacher + h * unit, *active = field + n * h;
    WS_REQUIRE(inputs && "out of memory");
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < m; j++) inputs[i * m + j] = ws_portable_gaussian(seed, DATA_STREAM, ((uint64_t)i << 32) + (uint64_t)j);
    for (int64_t w = 0; w < h * unit; w++)
        teacher[w] = ws_portable_gaussian(seed, TEACHER_STREAM, (uint64_t)w) / ws_portable_sqrt(w % unit == m ? (double)h : (double)m);
    for (int64_t i = 0; i < n; i++)
        for (int64_t k = 0; k < h; k++) {
            double sum = 0;
            for (int64_t j = 0; j < m; j++) sum += teacher[k * unit + j] * inputs[i * m + j];
            field[i * h + k] = sum;
            active[i * h + k] = ws_portable_tanh(sum);
        }
    add_numbers(text, "OBJECTIVE_DATA", inputs, n * m);
    add_numbers(text, "OBJECTIVE_TEACHER", teacher, h * unit);
    add_numbers(text, "OBJECTIVE_FIELD", field, n * h);
    add_numbers(text, "OBJECTIVE_ACTIVE", active, n * h);
    free(inputs);
}

/* Every combination of dimension and units must share the coordinates out. */
void ws_data_network(ws_reading *r)
{
    ws_sweep *s = r->sweep;
    if (ws_entry_facts(s->entry[WS_OBJECTIVES])->data != 4) return;
    unsigned axes = ws_variant_axes(s);
    for (int64_t v = 0, count = ws_subgrid_count(s, axes); v < count; v++) {
        int64_t cell = ws_subgrid_cell(s, axes, v);
        int64_t d = (int64_t)ws_sweep_value(s, cell, WS_F_DIMENSION), h = (int64_t)ws_sweep_value(s, cell, WS_F_HIDDEN);
        if (d % h == 0 && d >= 2 * h) continue;
        ws_reading_complain(r, "objective.dimension", "%lld with %lld hidden units; allowed: hidden * (inputs + 1) with at least one input", (long long)d, (long long)h);
        return;
    }
}

const char *ws_data_text(ws_sweep *s, int64_t cell)
{
    int kind = ws_entry_facts(s->entry[WS_OBJECTIVES])->data;
    if (!kind) return "";
    int64_t n = (int64_t)ws_sweep_value(s, cell, WS_F_SAMPLES), d = (int64_t)ws_sweep_value(s, cell, WS_F_DIMENSION);
    uint64_t seed = (uint64_t)ws_sweep_value(s, cell, WS_F_DATA_SEED);
    ws_text text = {0};
    if (kind == 4) {
        int64_t h = (int64_t)ws_sweep_value(s, cell, WS_F_HIDDEN);
        add_teacher(&text, n, h, d / h, seed);
        const char *all = ws_arena_text(&s->arena, text.bytes);
        ws_text_free(&text);
        return all;
    }
    double *rows = make_rows(s, n, d, seed);
    add_numbers(&text, "OBJECTIVE_DATA", rows, n * d);
    if (kind == 3) {
        double *odds = malloc(2 * (size_t)n * sizeof *odds);
        WS_REQUIRE(odds && "out of memory");
        int solved = ws_logistic_solve(rows, n, d, odds, odds + n);
        WS_REQUIRE(solved && "ws_data_solvable said so");
        add_numbers(&text, "OBJECTIVE_ODDS", odds, n);
        add_numbers(&text, "OBJECTIVE_EVENS", odds + n, n);
        free(odds);
    }
    free(rows);
    const char *kept = ws_arena_text(&s->arena, text.bytes);
    ws_text_free(&text);
    return kept;
}
