/* replay.c: one trajectory again, with every gap and step size: see run.h. */
#include <stdio.h>
#include <stdlib.h>

#include "run/engine_cpu.h"
#include "run/machine.h"

ws_code ws_run_replay(const ws_plan *plan, const ws_run_options *options, int64_t trajectory, ws_outcomes *outcome, double **curve, double **eta,
                      ws_error *error)
{
    *curve = *eta = NULL;
    if (trajectory < 0 || trajectory >= plan->trajectories)
        return ws_error_set(error, WS_BAD_INPUT, "trajectory %lld; allowed: 0 to %lld", (long long)trajectory, (long long)plan->trajectories - 1);
    ws_plan_cell_values values;
    ws_plan_cell(plan, trajectory / plan->replicates, &values);
    if (plan->own_starts > 1) values.problem += trajectory % plan->replicates;
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
