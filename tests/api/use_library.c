/* use_library.c: a program as a user of the library writes it: reads a sweep, runs it, counts outcomes. Built against the build tree by
 * CTest and against an installed library by test_install.py.
 *   use_library SWEEP DIRECTORY */
#include <stdio.h>
#include <string.h>

#include <warmsweep.h>

static int count(void *context, const warmsweep_block *block)
{
    long long *counts = context;
    for (int64_t i = 0; i < block->count; i++) counts[block->status[i]]++;
    return 0;
}

/* The largest gap at iteration 0, whether nothing else is traced, and that no step was tried twice. */
static int see_trace(void *context, const warmsweep_block *block)
{
    double *largest = context;
    for (int64_t i = 0; i < block->count; i++) {
        if (block->trace[WARMSWEEP_TRACE_GAP][2 * i] > *largest) *largest = block->trace[WARMSWEEP_TRACE_GAP][2 * i];
        if (!block->trials || block->trials[i] != block->end[i]) return 44;
    }
    return block->trace[WARMSWEEP_TRACE_SHARPNESS] || !block->trace[WARMSWEEP_TRACE_EDGE] ? 43 : 0;
}

static int end_at_once(void *context, const warmsweep_block *block)
{
    (void)context;
    (void)block;
    return 42;
}

static void see(void *context, const warmsweep_progress *progress)
{
    *(long long *)context = (long long)progress->finished;
}

int main(int argc, char **argv)
{
    static char message[WARMSWEEP_MESSAGE];
    warmsweep_sweep *sweep, *stored;
    warmsweep_results *results;
    if (argc != 3) return 2;
    if (warmsweep_sweep_parse("nonsense", "{\"a\": 1}", 8, &sweep, message) != WARMSWEEP_BAD_INPUT || !message[0] || sweep) return 10;
    if (warmsweep_sweep_read(argv[1], &sweep, message)) {
        fprintf(stderr, "%s\n", message);
        return 11;
    }
    int64_t product = 1;
    for (int a = 0; a < warmsweep_axis_count(sweep); a++) {
        product *= warmsweep_axis_length(sweep, a);
        printf("%s [%s]: %g ... %g\n", warmsweep_axis_path(sweep, a), warmsweep_axis_unit(sweep, a), warmsweep_axis_values(sweep, a)[0],
               warmsweep_axis_values(sweep, a)[warmsweep_axis_length(sweep, a) - 1]);
    }
    if (product != warmsweep_cells(sweep) || warmsweep_axis_path(sweep, 99)) return 12;
    long long last_seen = -1;
    warmsweep_options options = {.directory = argv[2], .force = 1, .progress = see, .context = &last_seen};
    if (warmsweep_run(sweep, &options, message)) {
        fprintf(stderr, "%s\n", message);
        return 13;
    }
    options.force = 0;
    if (warmsweep_run(sweep, &options, message) != WARMSWEEP_BAD_INPUT) return 14; /* not overwritten */
    options.force = 1;
    options.engine = "abacus";
    if (warmsweep_run(sweep, &options, message) != WARMSWEEP_BAD_INPUT || !strstr(message, "abacus")) return 20;
    if (last_seen != warmsweep_trajectories(sweep)) return 15;
    if (warmsweep_sweep_of_run(argv[2], &stored, message) || warmsweep_results_open(argv[2], stored, &results, message)) return 16;
    long long counts[WARMSWEEP_STATUS_COUNT] = {0}, sum = 0;
    if (warmsweep_results_each(results, count, counts, message)) return 17;
    if ((int)warmsweep_results_each(results, end_at_once, NULL, message) != 42) return 18;
    for (int s = 0; s < WARMSWEEP_STATUS_COUNT; s++) sum += counts[s];
    if (sum != warmsweep_trajectories(sweep) || sum != warmsweep_results_finished(results)) return 19;
    printf("warmsweep %s: %lld trajectories, %lld reached\n", warmsweep_version(), sum, counts[WARMSWEEP_REACHED]);
    warmsweep_results_close(results);
    warmsweep_sweep_close(stored);
    warmsweep_sweep_close(sweep);
    static const char traced[] = "{\"objective\": {\"kind\": \"quadratic\", \"dimension\": 3}, \"start\": {\"gap\": 7}, \"schedule\": {\"kind\": \"armijo\", \"peak\": [0.1, 0.2]},"
                                 "\"stop\": {\"steps\": 9}, \"record\": {\"trace\": {\"at\": [0, 9], \"quantities\": [\"gap\", \"edge\"]}}}";
    double largest = 0;
    if (warmsweep_sweep_parse("traced", traced, strlen(traced), &sweep, message) || warmsweep_trace_count(sweep) != 2 || warmsweep_trace_at(sweep)[1] != 9) return 21;
    options.engine = "cpu";
    if (warmsweep_run(sweep, &options, message)) return 22;
    if (warmsweep_sweep_of_run(argv[2], &stored, message) || warmsweep_results_open(argv[2], stored, &results, message)) return 23;
    if (warmsweep_results_each(results, see_trace, &largest, message) || !(largest > 6.99 && largest < 7.01)) return 24;
    warmsweep_results_close(results);
    warmsweep_sweep_close(stored);
    warmsweep_sweep_close(sweep);
    return 0;
}
