/* replay.c: one trajectory again, with every gap and step size: see run.h. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/engine_cpu.h"
#include "run/machine.h"

/* The cell of a trajectory, with the problem of its replicate. */
static ws_plan_cell_values values_of(const ws_plan *plan, int64_t trajectory)
{
    ws_plan_cell_values values;
    ws_plan_cell(plan, trajectory / plan->replicates, &values);
    if (plan->own_starts > 1) values.problem += trajectory % plan->replicates;
    return values;
}

ws_code ws_run_replay(const ws_plan *plan, const ws_run_options *options, int64_t trajectory, ws_outcomes *outcome, double **curve, double **eta,
                      ws_error *error)
{
    *curve = *eta = NULL;
    if (trajectory < 0 || trajectory >= plan->trajectories)
        return ws_error_set(error, WS_BAD_INPUT, "trajectory %lld; allowed: 0 to %lld", (long long)trajectory, (long long)plan->trajectories - 1);
    ws_plan_cell_values values = values_of(plan, trajectory);
    ws_kernels kernels;
    ws_problems problems;
    ws_code code = ws_kernels_load(plan, options, values.variant, 1, &kernels, error);
    if (code) return code;
    code = ws_problems_prepare(plan, &kernels, values.problem, 1, &problems, error);
    if (!code) {
        const volatile sig_atomic_t *stop = options ? options->stop : NULL;
        code = ws_engine_list(plan, &kernels, &problems, &trajectory, 1, stop, outcome, NULL, NULL, error);
        double points = code ? 0 : (double)outcome->columns.end[0] + 1;
        if (!code && points * 16 > 0.5 * (double)ws_machine_memory())
            code = ws_error_set(error, WS_FAILED, "a curve of %.0f iterations needs %.1f GB, more than half of this machine's memory", points, points * 16e-9);
        if (!code) {
            ws_outcomes_free(outcome);
            *curve = calloc((size_t)points, sizeof **curve);
            *eta = calloc((size_t)points, sizeof **eta);
            if (!*curve || !*eta) code = ws_error_set(error, WS_FAILED, "out of memory for a curve of %.0f iterations", points);
            else code = ws_engine_list(plan, &kernels, &problems, &trajectory, 1, stop, outcome, *curve, *eta, error);
        }
        ws_problems_free(&problems);
    }
    ws_kernels_free(&kernels);
    if (code) {
        free(*curve);
        free(*eta);
        *curve = *eta = NULL;
    }
    return code;
}

/* The plan with a trace at every iteration 0 ... points - 1 in the kernel of one variant. */
static void trace_everywhere(const ws_plan *plan, int variant, int64_t points, ws_plan *out, ws_variant **variants, long long **at, char **defines)
{
    const unsigned quantities = WS_TRACED_GRADIENT_NORM | WS_TRACED_SHARPNESS | WS_TRACED_EDGE;
    *out = *plan;
    *at = malloc((size_t)points * sizeof **at);
    *variants = malloc((size_t)plan->variant_count * sizeof **variants);
    WS_REQUIRE(*at && *variants && "out of memory");
    WS_REQUIRE(asprintf(defines, "%s#undef WS_TRACED\n#define WS_TRACED %u\n", plan->variants[variant].defines, quantities) > 0);
    for (int64_t t = 0; t < points; t++) (*at)[t] = t;
    memcpy(*variants, plan->variants, (size_t)plan->variant_count * sizeof **variants);
    (*variants)[variant].defines = *defines;
    out->variants = *variants;
    out->trace_count = (int)points;
    out->trace_at = *at;
    out->traced = quantities;
}

ws_code ws_run_replay_states(const ws_plan *plan, const ws_run_options *options, int64_t trajectory, int64_t end, ws_outcomes *traces, ws_error *error)
{
    if (end >= INT_MAX || 48.0 * (double)end > 0.5 * (double)ws_machine_memory())
        return ws_error_set(error, WS_FAILED, "a trace of %lld iterations needs more than half of this machine's memory, or is longer than 2^31", (long long)end + 1);
    ws_plan_cell_values values = values_of(plan, trajectory);
    ws_plan traced;
    ws_variant *variants;
    long long *at;
    char *defines;
    trace_everywhere(plan, values.variant, end + 1, &traced, &variants, &at, &defines);
    ws_kernels kernels;
    ws_problems problems;
    ws_code code = ws_kernels_load(&traced, options, values.variant, 0, &kernels, error);
    if (!code) {
        code = ws_problems_prepare(&traced, &kernels, values.problem, 1, &problems, error);
        if (!code) {
            code = ws_engine_list(&traced, &kernels, &problems, &trajectory, 1, options ? options->stop : NULL, traces, NULL, NULL, error);
            ws_problems_free(&problems);
        }
        ws_kernels_free(&kernels);
    }
    free(variants);
    free(at);
    free(defines);
    return code;
}

ws_code ws_run_step_sizes(const ws_plan *plan, const ws_run_options *options, int64_t cell, int64_t first, int64_t count, double *eta,
                          ws_error *error)
{
    ws_plan_cell_values values;
    ws_plan_cell(plan, cell, &values);
    ws_kernels kernels;
    ws_problems problems;
    if (*plan->feedback) return ws_error_set(error, WS_BAD_INPUT, "the step sizes of a closed-loop schedule depend on the gaps: \"warmsweep replay\" prints them");
    ws_code code = ws_kernels_load(plan, options, values.variant, 0, &kernels, error);
    if (code) return code;
    code = ws_problems_prepare(plan, &kernels, values.problem, 1, &problems, error);
    if (!code) {
        ws_problems_cell(plan, &problems, cell, 0, &values);
        kernels.kernel[values.variant].api->step_sizes(&values.cell, first, count, eta);
        ws_problems_free(&problems);
    }
    ws_kernels_free(&kernels);
    return code;
}
