/* problems.c: see problems.h. */
#include "run/problems.h"

#include <float.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/thread.h"
#include "run/machine.h"

typedef struct preparing {
    const ws_plan *plan;
    const ws_kernels *kernels;
    ws_problems *problems;
    int64_t only;
    pthread_mutex_t lock; /* code, error, bad */
    ws_code code;
    int64_t bad; /* smallest problem that failed: the message does not depend on the threads */
    ws_error *error;
} preparing;

/* Coefficients, start, eps and, behind them, weights of the noise of a problem in one block. */
static size_t problem_bytes(const ws_plan *plan, const ws_kernel_api *api, size_t *start, size_t *eps)
{
    size_t d = (size_t)api->dimension, real = (size_t)api->real_bytes;
    *start = ((size_t)api->coefficients * d * real + 63) / 64 * 64;
    *eps = *start + (d * real + 63) / 64 * 64;
    return (*eps + ((size_t)plan->eps_count + 1 + (plan->noise_weights ? d : 0)) * sizeof(double) + 63) / 64 * 64;
}

size_t ws_problems_bytes(const ws_plan *plan, const ws_kernels *kernels, int64_t problem)
{
    size_t start, eps;
    return problem_bytes(plan, kernels->kernel[ws_plan_problem_variant(plan, problem)].api, &start, &eps);
}

static void fail(preparing *p, int64_t index, ws_code code, const char *message)
{
    pthread_mutex_lock(&p->lock);
    if (!p->code || index < p->bad) {
        p->code = code;
        p->bad = index;
        ws_error_set(p->error, code, "%s: %s", p->plan->name, message);
    }
    pthread_mutex_unlock(&p->lock);
}

/* "start: no point has the wanted gap (start.gap=0.1, objective.dimension=4)" */
static void name_problem(const ws_plan *plan, int64_t index, const char *sentence, char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, "start (%s): %s", plan->start, sentence);
    for (int64_t cell = 0; cell < plan->cells && plan->axis_count; cell++) { /* the first cell of this problem */
        ws_plan_cell_values values;
        ws_plan_cell(plan, cell, &values);
        if (values.problem != index - index % plan->own_starts) continue;
        for (int a = 0; a < plan->axis_count && used < size; a++)
            if (!strncmp(plan->axes[a].path, "objective", 9) || !strncmp(plan->axes[a].path, "start", 5))
                used += (size_t)snprintf(text + used, size - used, "; %s = %.9g", plan->axes[a].path,
                                         plan->axes[a].values[ws_plan_axis_index(plan, cell, a)]);
        break;
    }
    if (plan->own_starts > 1 && used < size) snprintf(text + used, size - used, "; replicate %lld", (long long)(index % plan->own_starts));
}

static int asks_for_smoothness(const ws_plan_cell_values *cell)
{
    for (int i = 0; i < WS_PARAMETERS_MAX; i++)
        if (cell->rule_from[i] == WS_FROM_K0 || cell->rule_from[i] == WS_FROM_K || cell->rule_from[i] == WS_FROM_RHO) return 1;
    return 0;
}
/* What a schedule asks of a problem that this one does not have; NULL: all is there. */
static const char *unusable(const ws_plan *plan, const ws_problem *problem)
{
    ws_plan_cell_values values;
    ws_plan_cell(plan, 0, &values);
    if (asks_for_smoothness(&values) && problem->K0 < 0)
        return "this objective has no known smoothness constants; allowed: schedule.K0, schedule.K and schedule.rho given";
    if (*plan->peak_unit && !(problem->start_sharpness > 0))
        return "no curvature is positive there; allowed for schedule.peak: the unit \"absolute\"";
    return NULL;
}

static void prepare_one(void *context, int64_t index)
{
    preparing *p = context;
    if (p->only >= 0 && index != p->only) return;
    const ws_plan *plan = p->plan;
    const ws_kernel_api *api = p->kernels->kernel[ws_plan_problem_variant(plan, index)].api;
    size_t start, eps_at, d = (size_t)api->dimension, bytes = problem_bytes(plan, api, &start, &eps_at);
    char *memory = aligned_alloc(64, bytes);
    double *tables = malloc(2 * d * sizeof *tables);
    char text[512];
    if (!memory || !tables) {
        free(memory);
        free(tables);
        fail(p, index, WS_FAILED, "out of memory for the problems");
        return;
    }
    memset(memory, 0, bytes);
    p->problems->memory[index] = memory;
    ws_problem *problem = &p->problems->problem[index];
    ws_problem_values values;
    ws_error own = {0};
    ws_code code = ws_plan_problem(plan, index, &values, tables, tables + d, &own);
    const char *sentence = code ? own.message : api->prepare(&values, memory, memory + start, problem);
    if (plan->noise_weights && !sentence) {
        double *weights = (double *)(void *)(memory + eps_at) + plan->eps_count + 1;
        ws_plan_noise_weights(plan, api->dimension, values.table, weights);
        problem->noise_weights = weights;
    }
    free(tables);
    if (!sentence) sentence = unusable(plan, problem);
    if (sentence) {
        name_problem(plan, index, sentence, text, sizeof text);
        fail(p, index, code ? code : WS_BAD_INPUT, text);
        return;
    }
    double *eps = (double *)(void *)(memory + eps_at);
    ws_plan_eps(plan, problem->start_gap, eps);
    problem->eps = eps;
}

ws_code ws_problems_prepare(const ws_plan *plan, const ws_kernels *kernels, int64_t only, int threads, ws_problems *problems, ws_error *error)
{
    ws_error own;
    preparing p = {.plan = plan, .kernels = kernels, .problems = problems, .only = only, .error = error ? error : &own};
    memset(problems, 0, sizeof *problems);
    double bytes = 0, each = 0;
    for (int v = 0; v < kernels->count; v++) {
        size_t start, eps;
        if (kernels->kernel[v].api) each = (double)problem_bytes(plan, kernels->kernel[v].api, &start, &eps) + sizeof(ws_problem);
        bytes += each / kernels->count * (double)(only >= 0 ? 1 : plan->problem_count);
    }
    if (bytes > 0.5 * (double)ws_machine_memory())
        return ws_error_set(error, WS_FAILED, "%s: %lld problems need %.1f GB of memory, more than half of this machine's: split the sweep",
                            plan->name, (long long)plan->problem_count, bytes / 1e9);
    problems->count = plan->problem_count;
    problems->problem = calloc((size_t)plan->problem_count, sizeof *problems->problem);
    problems->memory = calloc((size_t)plan->problem_count, sizeof *problems->memory);
    if (!problems->problem || !problems->memory) p.code = ws_error_set(error, WS_FAILED, "out of memory for %lld problems", (long long)plan->problem_count);
    else {
        pthread_mutex_init(&p.lock, NULL);
        ws_thread_each(only >= 0 ? only + 1 : plan->problem_count, only >= 0 ? 1 : threads, prepare_one, &p);
        pthread_mutex_destroy(&p.lock);
    }
    if (p.code) ws_problems_free(problems);
    return p.code;
}

void ws_problems_free(ws_problems *problems)
{
    for (int64_t i = 0; i < problems->count && problems->memory; i++) free(problems->memory[i]);
    free(problems->problem);
    free(problems->memory);
    memset(problems, 0, sizeof *problems);
}

void ws_problems_cell(const ws_plan *plan, const ws_problems *problems, int64_t index, int64_t replicate, ws_plan_cell_values *out)
{
    ws_plan_cell(plan, index, out);
    ws_problems_cell_complete(plan, problems, replicate, out);
}

void ws_problems_cell_complete(const ws_plan *plan, const ws_problems *problems, int64_t replicate, ws_plan_cell_values *out)
{
    ws_cell *cell = &out->cell;
    if (plan->own_starts > 1) out->problem += replicate;
    const ws_problem *problem = &problems->problem[out->problem];
    cell->problem = problem;
    if (*plan->peak_unit) cell->peak /= problem->start_sharpness;
    double limit = cell->limit * (problem->start_gap > 1 ? problem->start_gap : 1);
    if (plan->precision == 32) limit = limit > FLT_MAX ? FLT_MAX : (double)(float)limit;
    else if (limit > DBL_MAX) limit = DBL_MAX;
    cell->limit = limit;
    if (!out->from_problem) return;
    const double own[] = {[WS_FROM_K0] = problem->K0, [WS_FROM_K] = problem->K, [WS_FROM_RHO] = problem->rho,
                          [WS_FROM_START_GAP] = problem->start_gap, [WS_FROM_START_NORM] = problem->start_norm};
    for (int i = 0; i < WS_PARAMETERS_MAX; i++)
        if (out->rule_from[i]) cell->rule[i] = own[out->rule_from[i]];
}
