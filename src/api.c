/* api.c: the public C API (include/warmsweep.h) in terms of plan, run and report. Handles are the internal objects; messages are copied
 * out, so that no internal type is seen. */
#include "warmsweep.h"

#include <stdlib.h>
#include <string.h>

#include "base/version.h"
#include "report/report.h"
#include "run/run.h"

_Static_assert(WARMSWEEP_MESSAGE == WS_ERROR_LENGTH, "every message fits");
_Static_assert((int)WARMSWEEP_STATUS_COUNT == WS_STATUS_COUNT && (int)WARMSWEEP_STALLED == WS_STATUS_STALLED, "statuses");
_Static_assert((int)WARMSWEEP_STOPPED == (int)WS_STOPPED && (int)WARMSWEEP_BAD_INPUT == (int)WS_BAD_INPUT, "codes");
_Static_assert((int)WARMSWEEP_REBOUND == WS_FLAG_REBOUND && (int)WARMSWEEP_UNSTABLE == WS_FLAG_UNSTABLE, "flags");
_Static_assert((int)WARMSWEEP_TRACE_COUNT == WS_TRACED_COUNT, "quantities of a trace");

struct warmsweep_sweep {
    ws_plan *plan;
};

struct warmsweep_results {
    ws_results *results;
};

static warmsweep_code tell(ws_code code, const ws_error *error, char *message)
{
    if (message) memcpy(message, code ? error->message : "", code ? strlen(error->message) + 1 : 1);
    return (warmsweep_code)code;
}

static warmsweep_code wrap(ws_code code, const ws_error *error, ws_plan *plan, warmsweep_sweep **sweep, char *message)
{
    *sweep = NULL;
    if (!code) {
        *sweep = malloc(sizeof **sweep);
        WS_REQUIRE(*sweep && "out of memory");
        (*sweep)->plan = plan;
    }
    return tell(code, error, message);
}

const char *warmsweep_version(void) { return WS_VERSION; }

warmsweep_code warmsweep_sweep_read(const char *path, warmsweep_sweep **sweep, char message[WARMSWEEP_MESSAGE])
{
    ws_error error = {0};
    ws_plan *plan = NULL;
    ws_code code = ws_plan_read(path, &plan, &error);
    return wrap(code, &error, plan, sweep, message);
}

warmsweep_code warmsweep_sweep_parse(const char *name, const char *text, size_t length, warmsweep_sweep **sweep, char message[WARMSWEEP_MESSAGE])
{
    ws_error error = {0};
    ws_plan *plan = NULL;
    ws_code code = ws_plan_parse(name, text, length, &plan, &error);
    return wrap(code, &error, plan, sweep, message);
}

warmsweep_code warmsweep_sweep_of_run(const char *directory, warmsweep_sweep **sweep, char message[WARMSWEEP_MESSAGE])
{
    ws_error error = {0};
    ws_plan *plan = NULL;
    ws_code code = ws_run_load(directory, &plan, &error);
    return wrap(code, &error, plan, sweep, message);
}

void warmsweep_sweep_close(warmsweep_sweep *sweep)
{
    if (!sweep) return;
    ws_plan_free(sweep->plan);
    free(sweep);
}

static const ws_axis *axis_of(const warmsweep_sweep *sweep, int axis)
{
    return axis >= 0 && axis < sweep->plan->axis_count ? &sweep->plan->axes[axis] : NULL;
}

int64_t warmsweep_cells(const warmsweep_sweep *sweep) { return sweep->plan->cells; }
int64_t warmsweep_replicates(const warmsweep_sweep *sweep) { return sweep->plan->replicates; }
int64_t warmsweep_trajectories(const warmsweep_sweep *sweep) { return sweep->plan->trajectories; }
int warmsweep_eps_count(const warmsweep_sweep *sweep) { return sweep->plan->eps_count; }
const double *warmsweep_eps(const warmsweep_sweep *sweep) { return sweep->plan->eps; }
int warmsweep_gap_at_count(const warmsweep_sweep *sweep) { return sweep->plan->gap_at_count; }
int warmsweep_trace_count(const warmsweep_sweep *sweep) { return sweep->plan->trace_count; }
const long long *warmsweep_trace_at(const warmsweep_sweep *sweep) { return sweep->plan->trace_at; }
int warmsweep_axis_count(const warmsweep_sweep *sweep) { return sweep->plan->axis_count; }
const char *warmsweep_axis_path(const warmsweep_sweep *sweep, int axis) { return axis_of(sweep, axis) ? axis_of(sweep, axis)->path : NULL; }
const char *warmsweep_axis_unit(const warmsweep_sweep *sweep, int axis) { return axis_of(sweep, axis) ? axis_of(sweep, axis)->unit : NULL; }
int64_t warmsweep_axis_length(const warmsweep_sweep *sweep, int axis) { return axis_of(sweep, axis) ? axis_of(sweep, axis)->count : 0; }
const double *warmsweep_axis_values(const warmsweep_sweep *sweep, int axis) { return axis_of(sweep, axis) ? axis_of(sweep, axis)->values : NULL; }
int64_t warmsweep_axis_index(const warmsweep_sweep *sweep, int64_t cell, int axis)
{
    return axis_of(sweep, axis) ? ws_plan_axis_index(sweep->plan, cell, axis) : 0;
}

static void pass_progress(void *context, const ws_progress *p)
{
    const warmsweep_options *options = context;
    warmsweep_progress out = {.trajectories = p->trajectories, .finished = p->finished, .seconds = p->seconds,
                              .updates_per_second = p->updates_per_second, .eta = p->eta};
    memcpy(out.status, p->status, sizeof out.status);
    options->progress(options->context, &out);
}

warmsweep_code warmsweep_run(const warmsweep_sweep *sweep, const warmsweep_options *options, char message[WARMSWEEP_MESSAGE])
{
    ws_error error = {0};
    ws_run_result result;
    if (!options->directory) {
        ws_error_set(&error, WS_BAD_INPUT, "options.directory is NULL; allowed: the path of the run directory");
        return tell(WS_BAD_INPUT, &error, message);
    }
    ws_run_options run = {.directory = options->directory, .force = options->force, .threads = options->threads, .shard = options->shard,
                          .shard_count = options->shard_count, .engine = options->engine, .devices = options->devices,
                          .device_count = options->device_count, .time_limit = options->time_limit, .compiler = options->compiler,
                          .cache_directory = options->cache, .allow_source = options->allow_source, .stop = options->stop, .context = (void *)(size_t)options};
    if (options->progress) run.progress = pass_progress;
    return tell(ws_run(sweep->plan, &run, options->resume, &result, &error), &error, message);
}

warmsweep_code warmsweep_report(const char *directory, char message[WARMSWEEP_MESSAGE])
{
    ws_error error = {0};
    ws_plan *plan = NULL;
    ws_code code = ws_run_load(directory, &plan, &error);
    if (!code) code = ws_report_write(directory, plan, NULL, &error);
    ws_plan_free(plan);
    return tell(code, &error, message);
}

warmsweep_code warmsweep_results_open(const char *directory, const warmsweep_sweep *sweep, warmsweep_results **results, char message[WARMSWEEP_MESSAGE])
{
    ws_error error = {0};
    ws_results *inner = NULL;
    *results = NULL;
    ws_code code = ws_results_open(directory, sweep->plan, &inner, &error);
    if (!code) {
        *results = malloc(sizeof **results);
        WS_REQUIRE(*results && "out of memory");
        (*results)->results = inner;
    }
    return tell(code, &error, message);
}

void warmsweep_results_close(warmsweep_results *results)
{
    if (!results) return;
    ws_results_close(results->results);
    free(results);
}

int64_t warmsweep_results_finished(const warmsweep_results *results)
{
    int64_t finished;
    ws_results_count(results->results, &finished, NULL);
    return finished;
}

typedef struct passing {
    int (*each)(void *context, const warmsweep_block *block);
    void *context;
    int result;
} passing;

static ws_code pass_block(void *context, int64_t first, const ws_outcomes *outcomes, ws_error *error)
{
    passing *p = context;
    const ws_columns *c = &outcomes->columns;
    warmsweep_block block = {.first = first, .count = outcomes->count, .status = c->status, .flags = c->flags, .end = c->end, .hit = c->hit,
                             .final_gap = c->final_gap, .best_gap = c->best_gap, .peak_gap = c->peak_gap, .best_at = c->best_at,
                             .peak_at = c->peak_at, .gap_at = c->gap_at, .trials = c->trials};
    for (int q = 0; q < WS_TRACED_COUNT; q++) block.trace[q] = c->trace[q];
    p->result = p->each(p->context, &block);
    return p->result ? ws_error_set(error, WS_STOPPED, "ended by the caller") : WS_OK;
}

warmsweep_code warmsweep_results_each(warmsweep_results *results, int (*each)(void *context, const warmsweep_block *block), void *context,
                                      char message[WARMSWEEP_MESSAGE])
{
    ws_error error = {0};
    passing p = {each, context, 0};
    ws_code code = ws_results_each(results->results, pass_block, &p, &error);
    warmsweep_code told = tell(code, &error, message);
    return p.result ? (warmsweep_code)p.result : told;
}
