/* check_objective.c: is a header of the user's own right? See run.h.
 *
 * The mathematics is checked in float64 against finite differences: the gradient against differences of the gap, the sharpness and the
 * smoothness constants against the Hessian, which is a difference of the gradient. Then a short trajectory is run in several
 * layouts in both precisions: its gaps must have the same bits, else an operation depends on something else than its lane. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/portable_math.h"
#include "base/text.h"
#include "run/kernel.h"
#include "run/machine.h"

enum { POINTS = 40, STREAM = 77, MOST_HESSIAN = 48, SWEEPS = 30 };

typedef struct checking {
    const char *folder, *name;
    const ws_run_options *options;
    int64_t d;
    const double *parameters;
    const ws_kernel_api *api;
    ws_problem_values values;
    double *x, *gradient, *other, *hessian; /* [d], [d], [d], [d][d] */
    ws_problem problem;                     /* of the last look */
    const char *broken;                     /* what examine said */
    double worst_gradient, worst_sharpness, worst_smoothness;
    int seen, bad_gap;
    ws_text *text;
    int failures;
} checking;

static void say(checking *c, int ok, const char *what, const char *detail)
{
    ws_text_add(c->text, "%-7s %-11s %s\n", ok < 0 ? "none" : ok ? "ok" : "FAILED", what, detail);
    c->failures += ok == 0;
}

static double look(checking *c, double *gradient)
{
    const char *sentence = c->api->examine(&c->values, c->x, gradient, &c->problem);
    if (sentence) c->broken = sentence;
    return c->problem.start_gap;
}

static double scale_of(const checking *c, int64_t i)
{
    double square = 0;
    for (int64_t j = 0; j < c->d; j++) square += c->x[j] * c->x[j];
    double rest = 0.01 * sqrt(square / (double)c->d), own = fabs(c->x[i]);
    return own > rest ? own : rest;
}

static double moved(checking *c, int64_t i, double h, double *gradient)
{
    double here = c->x[i];
    c->x[i] = here + h;
    double gap = look(c, gradient);
    c->x[i] = here;
    return gap;
}

/* Differences of fourth order, relative to the largest component; what rounding of the gap may do is taken off. */
static void check_gradient(checking *c, double gap)
{
    double largest = 0;
    for (int64_t i = 0; i < c->d; i++) largest = fmax(largest, fabs(c->gradient[i]));
    for (int64_t i = 0; i < c->d && largest > 0; i++) {
        double h = scale_of(c, i) * 0x1p-12;
        double near = moved(c, i, h, c->other) - moved(c, i, -h, c->other), far = moved(c, i, 2 * h, c->other) - moved(c, i, -2 * h, c->other);
        double wrong = fabs((8 * near - far) / (12 * h) - c->gradient[i]) - 64 * 0x1p-52 * fabs(gap) / h;
        if (wrong / largest > c->worst_gradient || isnan(wrong)) c->worst_gradient = isnan(wrong) ? INFINITY : wrong / largest;
    }
}

/* Smallest and largest eigenvalue of the symmetric hessian[d][d], overwritten, by Jacobi rotations. */
static void eigenvalues(checking *c, double *smallest, double *largest)
{
    double *a = c->hessian;
    int64_t d = c->d;
    for (int sweep = 0; sweep < SWEEPS; sweep++)
        for (int64_t p = 0; p < d; p++)
            for (int64_t q = p + 1; q < d; q++) {
                if (a[p * d + q] == 0) continue;
                double theta = (a[q * d + q] - a[p * d + p]) / (2 * a[p * d + q]);
                double t = copysign(1 / (fabs(theta) + sqrt(theta * theta + 1)), theta), cosine = 1 / sqrt(t * t + 1), sine = t * cosine;
                for (int64_t i = 0; i < d; i++) {
                    double ip = a[i * d + p], iq = a[i * d + q];
                    a[i * d + p] = cosine * ip - sine * iq;
                    a[i * d + q] = sine * ip + cosine * iq;
                }
                for (int64_t i = 0; i < d; i++) {
                    double pi = a[p * d + i], qi = a[q * d + i];
                    a[p * d + i] = cosine * pi - sine * qi;
                    a[q * d + i] = sine * pi + cosine * qi;
                }
            }
    *smallest = *largest = a[0];
    for (int64_t i = 1; i < d; i++) {
        *smallest = fmin(*smallest, a[i * d + i]);
        *largest = fmax(*largest, a[i * d + i]);
    }
}

static void check_hessian(checking *c)
{
    double gap = look(c, c->gradient), sharpness = c->problem.start_sharpness, smallest, largest;
    double *up = c->gradient, *down = c->other;
    for (int64_t i = 0; i < c->d; i++) {
        double h = scale_of(c, i) * 0x1p-17;
        moved(c, i, h, up);
        moved(c, i, -h, down);
        for (int64_t j = 0; j < c->d; j++) c->hessian[i * c->d + j] = (up[j] - down[j]) / (2 * h);
    }
    for (int64_t i = 0; i < c->d; i++)
        for (int64_t j = 0; j < i; j++) c->hessian[i * c->d + j] = c->hessian[j * c->d + i] = (c->hessian[i * c->d + j] + c->hessian[j * c->d + i]) / 2;
    eigenvalues(c, &smallest, &largest);
    double size = fmax(fabs(smallest), fabs(largest)), wrong = fabs(sharpness - fmax(largest, 0)) / size;
    if (size > 0 && !(wrong <= c->worst_sharpness)) c->worst_sharpness = isnan(wrong) ? INFINITY : wrong;
    if (c->problem.K0 < 0 || size == 0) return;
    double bound = c->problem.K0 + (c->problem.K > 0 ? c->problem.K * pow(gap, c->problem.rho) : 0), over = size / bound;
    if (!(over <= c->worst_smoothness)) c->worst_smoothness = isnan(over) ? INFINITY : over;
}

static void check_points(checking *c)
{
    for (int n = 0; n < POINTS; n++) {
        double scale = pow(10, -2 + 3.0 * n / (POINTS - 1));
        for (int64_t i = 0; i < c->d; i++) c->x[i] = scale * ws_portable_gaussian(1, STREAM, (uint64_t)(n * c->d + i));
        double gap = look(c, c->gradient);
        c->bad_gap += gap < 0 || isnan(gap);
        if (!isfinite(gap)) continue;
        c->seen++;
        check_gradient(c, gap);
        if (c->d <= MOST_HESSIAN) check_hessian(c);
    }
}

static void report_points(checking *c)
{
    char detail[160];
    snprintf(detail, sizeof detail, "finite at %d of %d points, %s", c->seen, POINTS, c->bad_gap ? "negative or not a number at some" : "nowhere negative");
    say(c, !c->bad_gap && 2 * c->seen >= POINTS, "gap", detail);
    snprintf(detail, sizeof detail, "differs from finite differences by %.2g of its largest component (allowed: 1e-6)", c->worst_gradient);
    say(c, c->worst_gradient <= 1e-6, "gradient", detail);
    snprintf(detail, sizeof detail, "differs from the largest eigenvalue of the Hessian by %.2g of its size (allowed: 1e-4)", c->worst_sharpness);
    say(c, c->d <= MOST_HESSIAN ? c->worst_sharpness <= 1e-4 : -1, "sharpness", c->d <= MOST_HESSIAN ? detail : "not checked above 48 coordinates");
    snprintf(detail, sizeof detail, "the Hessian reaches %.4g of K0 + K gap^rho (allowed: 1)", c->worst_smoothness);
    if (c->problem.K0 < 0 || c->d > MOST_HESSIAN) say(c, -1, "smoothness", c->problem.K0 < 0 ? "the header states no constants" : "not checked above 48 coordinates");
    else say(c, c->worst_smoothness <= 1 + 1e-4, "smoothness", detail);
    say(c, !c->broken, "promises", c->broken ? c->broken : "padding adds nothing; what the header says of itself for speed held wherever it was tried");
}

/* A sweep of one trajectory of this objective. */
static ws_code make_plan(const checking *c, int precision, double peak, ws_plan **plan, ws_error *error)
{
    ws_text sweep = {0};
    char number[WS_NUMBER_ROOM];
    ws_text_add(&sweep, "{\"precision\": \"float%d\", \"objective\": {\"source\": \"%s\", \"dimension\": %lld", precision, c->name, (long long)c->d);
    for (int i = 0; i < WS_PARAMETERS_MAX; i++) ws_text_add(&sweep, ", \"p%d\": %s", i, ws_text_number(c->parameters[i], number));
    ws_text_add(&sweep, "}, \"start\": {\"kind\": \"explicit\", \"values\": [");
    for (int64_t i = 0; i < c->d; i++) ws_text_add(&sweep, "%s%s", i ? ", " : "", ws_text_number(ws_portable_gaussian(1, STREAM, (uint64_t)i), number));
    ws_text_add(&sweep, "]}, \"schedule\": {\"peak\": %s}, \"stop\": {\"steps\": 200}, \"record\": {\"hash\": true}}", ws_text_number(peak, number));
    ws_code code = ws_plan_parse_in(c->folder, c->name, sweep.bytes, sweep.length, plan, error);
    ws_text_free(&sweep);
    return code;
}

/* The hash over all gaps of the trajectory in one layout. */
static ws_code run_layout(const ws_plan *plan, const ws_run_options *options, int width, int vector_bytes, unsigned long long *hash, ws_error *error)
{
    ws_run_options layout = *options;
    ws_outcomes outcome = {0};
    double *curve, *eta;
    if (width) layout.width = width;
    if (vector_bytes) layout.vector_bytes = vector_bytes;
    ws_code code = ws_run_replay(plan, &layout, 0, &outcome, &curve, &eta, error);
    if (code) return code;
    *hash = outcome.columns.hash[0];
    ws_outcomes_free(&outcome);
    free(curve);
    free(eta);
    return WS_OK;
}

static ws_code check_layouts(checking *c, int precision, double peak, ws_error *error)
{
    static const struct {
        int width, vector_bytes;
        const char *name;
    } layouts[] = {{0, 0, "this machine's"}, {64, 0, "64 side by side"}, {0, 16, "16-byte vectors"}};
    enum { LAYOUTS = sizeof layouts / sizeof *layouts };
    unsigned long long hash[LAYOUTS];
    char what[32], detail[160] = "the same in three layouts";
    ws_plan *plan;
    ws_code code = make_plan(c, precision, peak, &plan, error);
    if (code) return code;
    int same = 1;
    for (int i = 0; !code && i < LAYOUTS; i++) {
        code = run_layout(plan, c->options, layouts[i].width, layouts[i].vector_bytes, &hash[i], error);
        if (code || hash[i] == hash[0]) continue;
        same = 0;
        snprintf(detail, sizeof detail, "a trajectory has other gaps with %s than with %s layout", layouts[i].name, layouts[0].name);
    }
    ws_plan_free(plan);
    snprintf(what, sizeof what, "bits f%d", precision);
    if (!code) say(c, same, what, detail);
    return code;
}

static ws_code check_mathematics(checking *c, double *peak, ws_error *error)
{
    ws_plan *plan;
    ws_kernels kernels;
    ws_code code = make_plan(c, 64, 1, &plan, error);
    if (code) return code;
    code = ws_kernels_load(plan, c->options, -1, 0, &kernels, error);
    size_t d = (size_t)c->d;
    double *memory = code ? NULL : calloc(d * (5 + d), sizeof *memory);
    if (!code && !memory) code = ws_error_set(error, WS_FAILED, "out of memory");
    if (!code) {
        c->api = kernels.kernel[0].api;
        c->x = memory + 2 * d;
        c->gradient = memory + 3 * d;
        c->other = memory + 4 * d;
        c->hessian = memory + 5 * d;
        code = ws_plan_problem(plan, 0, &c->values, memory, memory + d, error);
        if (!code) check_points(c);
        for (int64_t i = 0; i < c->d; i++) c->x[i] = ws_portable_gaussian(1, STREAM, (uint64_t)i);
        if (!code) look(c, c->gradient);
        *peak = c->problem.start_sharpness > 0 && isfinite(c->problem.start_sharpness) ? 0.5 / c->problem.start_sharpness : 0.1;
        if (!code) report_points(c);
    }
    free(memory);
    if (c->api) ws_kernels_free(&kernels);
    ws_plan_free(plan);
    return code;
}

ws_code ws_run_check_objective(const char *path, const ws_run_options *options, int64_t dimension, const double *parameters, char **text,
                               int *failures, ws_error *error)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
    WS_REQUIRE(folder && "out of memory");
    ws_run_options consent = *options;
    consent.allow_source = 1;
    ws_text lines = {0};
    double peak = 0;
    checking c = {.folder = folder, .name = slash ? slash + 1 : path, .options = &consent, .d = dimension, .parameters = parameters, .text = &lines};
    ws_code code = check_mathematics(&c, &peak, error);
    if (!code) code = check_layouts(&c, 64, peak, error);
    if (!code) code = check_layouts(&c, 32, peak, error);
    free(folder);
    *failures = c.failures;
    *text = ws_text_take(&lines);
    if (code) {
        free(*text);
        *text = NULL;
    }
    return code;
}
