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
    for (int64_t i = 0; i < count; i++) {
        ws_text_add_bytes(text, ", ", i ? 2 : 0);
        ws_text_add_hexadecimal(text, values[i]);
    }
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

/* Inputs, teacher, its fields and their tanh of kernels/objective/tanh_net.h: h units of `unit` coordinates, weights of variance 1 over the
 * number that meet. One block of memory. */
typedef struct network {
    double *inputs, *teacher, *field, *active; /* [n][m], [h][unit], [n][h], [n][h] */
} network;
static network make_network(int64_t n, int64_t h, int64_t unit, uint64_t seed)
{
    int64_t m = unit - 1;
    network w;
    w.inputs = malloc((size_t)(n * m + h * unit + 2 * n * h) * sizeof *w.inputs);
    WS_REQUIRE(w.inputs && "out of memory");
    w.teacher = w.inputs + n * m;
    w.field = w.teacher + h * unit;
    w.active = w.field + n * h;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < m; j++) w.inputs[i * m + j] = ws_portable_gaussian(seed, DATA_STREAM, ((uint64_t)i << 32) + (uint64_t)j);
    for (int64_t k = 0; k < h * unit; k++)
        w.teacher[k] = ws_portable_gaussian(seed, TEACHER_STREAM, (uint64_t)k) / ws_portable_sqrt(k % unit == m ? (double)h : (double)m);
    for (int64_t i = 0; i < n; i++)
        for (int64_t k = 0; k < h; k++) {
            double sum = 0;
            for (int64_t j = 0; j < m; j++) sum += w.teacher[k * unit + j] * w.inputs[i * m + j];
            w.field[i * h + k] = sum;
            w.active[i * h + k] = ws_portable_tanh(sum);
        }
    return w;
}

static void add_network(ws_text *text, int64_t n, int64_t h, int64_t unit, uint64_t seed)
{
    network w = make_network(n, h, unit, seed);
    add_numbers(text, "OBJECTIVE_DATA", w.inputs, n * (unit - 1));
    add_numbers(text, "OBJECTIVE_TEACHER", w.teacher, h * unit);
    add_numbers(text, "OBJECTIVE_FIELD", w.field, n * h);
    add_numbers(text, "OBJECTIVE_ACTIVE", w.active, n * h);
    free(w.inputs);
}

/* Rows g_i [n][d] such that sum g_i g_i^T is the Hessian at x = 0 but for a factor. */
static double *make_slopes(const ws_sweep *s, int64_t cell, int64_t n, int64_t d)
{
    const ws_entry *entry = s->entry[WS_OBJECTIVES];
    uint64_t seed = (uint64_t)ws_sweep_value(s, cell, WS_F_DATA_SEED);
    int kind = ws_entry_facts(entry)->data;
    if (kind == 4) {
        int64_t h = (int64_t)ws_sweep_value(s, cell, WS_F_HIDDEN), unit = d / h, m = unit - 1;
        network w = make_network(n, h, unit, seed);
        double *slopes = malloc((size_t)(n * d) * sizeof *slopes);
        WS_REQUIRE(slopes && "out of memory");
        for (int64_t i = 0; i < n; i++)
            for (int64_t k = 0; k < h; k++) {
                double active = w.active[i * h + k], back = w.teacher[k * unit + m] * (1 - active * active);
                for (int64_t j = 0; j < m; j++) slopes[i * d + k * unit + j] = back * w.inputs[i * m + j];
                slopes[i * d + k * unit + m] = active;
            }
        free(w.inputs);
        return slopes;
    }
    double *rows = make_rows(s, n, d, seed), *odds = malloc(2 * (size_t)n * sizeof *odds);
    WS_REQUIRE(odds && "out of memory");
    int solved = kind != 3 || ws_logistic_solve(rows, n, d, odds, odds + n);
    WS_REQUIRE(solved && "ws_data_solvable said so");
    for (int64_t i = 0; i < n; i++) {
        double factor = kind == 3 ? ws_portable_sqrt(odds[i] * odds[n + i]) : !strcmp(entry->name, "phase-samples") ? rows[i * d] : 1;
        for (int64_t j = 0; j < d; j++) rows[i * d + j] *= factor;
    }
    free(odds);
    return rows;
}

/* Squaring a matrix over and over leaves the projection on its top eigenvectors: one of them is a column of it. */
static void top_eigenvector(double *matrix, int64_t d, double *direction)
{
    enum { SQUARINGS = 40, MOST = 32 };
    double square[MOST * MOST], length = 0;
    WS_REQUIRE(d <= MOST);
    for (int pass = 0; pass < SQUARINGS; pass++) {
        double trace = 0;
        for (int64_t a = 0; a < d; a++) trace += matrix[a * d + a];
        for (int64_t a = 0; a < d * d && trace > 0; a++) matrix[a] /= trace;
        for (int64_t a = 0; a < d; a++)
            for (int64_t b = 0; b < d; b++) {
                double sum = 0;
                for (int64_t k = 0; k < d; k++) sum += matrix[a * d + k] * matrix[k * d + b];
                square[a * d + b] = sum;
            }
        memcpy(matrix, square, (size_t)(d * d) * sizeof *matrix);
    }
    int64_t largest = 0;
    for (int64_t a = 1; a < d; a++)
        if (matrix[a * d + a] > matrix[largest * d + largest]) largest = a;
    for (int64_t a = 0; a < d; a++) length += matrix[a * d + largest] * matrix[a * d + largest];
    for (int64_t a = 0; a < d; a++) direction[a] = length > 0 ? matrix[a * d + largest] / ws_portable_sqrt(length) : a == largest;
}

void ws_data_top(const ws_sweep *s, int64_t cell, int64_t d, double *direction)
{
    int64_t n = (int64_t)ws_sweep_value(s, cell, WS_F_SAMPLES);
    double *rows = make_slopes(s, cell, n, d), *matrix = calloc((size_t)(d * d), sizeof *matrix), along = 0;
    WS_REQUIRE(matrix && "out of memory");
    for (int64_t i = 0; i < n; i++)
        for (int64_t a = 0; a < d; a++)
            for (int64_t b = 0; b < d; b++) matrix[a * d + b] += rows[i * d + a] * rows[i * d + b];
    top_eigenvector(matrix, d, direction);
    for (int64_t i = 0; i < n; i++)
        for (int64_t a = 0; a < d; a++) along += rows[i * d + a] * direction[a];
    for (int64_t a = 0; a < d && along > 0; a++) direction[a] = -direction[a];
    free(matrix);
    free(rows);
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

/* Of a coin of chance q, p = 1 - q: its second cumulant k2 = q p, and of the third to the sixth, of which k2 is a factor, what is left over n! with alternating
 * signs, as `precision` rounds them (objective/logistic_overlap.h): to [5]. */
static void cumulants(double q, double p, int precision, double *to)
{
    if (precision == 32) {
        float k2 = (float)q * (float)p, lean = (float)p - (float)q;
        float k6 = fmaf(k2, fmaf(120, k2, -30), 1);
        float all[] = {k2, -lean / 6, fmaf(-6, k2, 1) / 24, -(lean * fmaf(-12, k2, 1)) / 120, k6 / 720};
        for (int i = 0; i < 5; i++) to[i] = all[i];
    } else {
        double k2 = q * p, lean = p - q;
        double k6 = fma(k2, fma(120, k2, -30), 1);
        double all[] = {k2, -lean / 6, fma(-6, k2, 1) / 24, -(lean * fma(-12, k2, 1)) / 120, k6 / 720};
        memcpy(to, all, sizeof all);
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
        add_network(&text, n, h, d / h, seed);
        const char *all = ws_arena_text(&s->arena, text.bytes);
        ws_text_free(&text);
        return all;
    }
    double *rows = make_rows(s, n, d, seed);
    add_numbers(&text, "OBJECTIVE_DATA", rows, n * d);
    if (kind == 3) {
        double *odds = malloc(7 * (size_t)n * sizeof *odds), *series = odds + 2 * n;
        WS_REQUIRE(odds && "out of memory");
        int solved = ws_logistic_solve(rows, n, d, odds, odds + n);
        WS_REQUIRE(solved && "ws_data_solvable said so");
        add_numbers(&text, "OBJECTIVE_ODDS", odds, n);
        add_numbers(&text, "OBJECTIVE_EVENS", odds + n, n);
        for (int64_t i = 0; i < n; i++) cumulants(odds[i], odds[n + i], s->plan.precision, series + 5 * i);
        add_numbers(&text, "OBJECTIVE_CUMULANTS", series, 5 * n);
        free(odds);
    }
    free(rows);
    const char *kept = ws_arena_text(&s->arena, text.bytes);
    ws_text_free(&text);
    return kept;
}
