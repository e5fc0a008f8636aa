/* main.c: the command line: the only file that prints or exits. Commands, options and exit codes: docs and `warmsweep --help`. */
#include <errno.h>
#include <malloc.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json_number.h"
#include "base/stop.h"
#include "base/text.h"
#include "base/version.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "plan/describe.h"
#include "report/report.h"
#include "run/run.h"

static volatile sig_atomic_t stop; /* 1: finish what is in hand; 2: at once */

static void on_signal(int number)
{
    (void)number;
    ws_stop_ask(&stop);
}

static int fail(const ws_error *error)
{
    fprintf(stderr, "warmsweep: %s\n", error->message);
    return error->code;
}

static int usage_error(const char *format, const char *value)
{
    fprintf(stderr, "warmsweep: ");
    fprintf(stderr, format, value); /* format is a literal of this file */
    fputc('\n', stderr);
    return WS_BAD_INPUT;
}

/* ---- progress */

typedef struct display {
    int terminal, quiet, drawn, told_stop, told_end;
    double last;
} display;

static int terminal_width(int stream)
{
    struct winsize size;
    if (ioctl(stream, TIOCGWINSZ, &size) == 0 && size.ws_col > 20) return size.ws_col;
    return 100;
}

static void show_progress(void *context, const ws_progress *p)
{
    display *d = context;
    if (d->quiet) return;
    double now = ws_clock_now(), part = p->trajectories ? (double)p->finished / (double)p->trajectories : 1;
    if (ws_stop_asked(&stop) && !d->told_stop) {
        fprintf(stderr, "%sstopping: the chunks in hand are finished (once more to stop at once)\n", d->drawn ? "\n" : "");
        d->told_stop = 1;
        d->drawn = 0;
    }
    int last = p->finished == p->trajectories;
    if (!d->terminal && (d->told_end || (!last && now - d->last < 10))) return;
    d->told_end = last;
    d->last = now;
    char line[512];
    ws_cli_progress_line(p, line, sizeof line);
    if (!d->terminal) {
        fprintf(stderr, "%s\n", line);
        return;
    }
    enum { BAR = 24 };
    int width = terminal_width(STDERR_FILENO), full = (int)(part * BAR);
    char bar[BAR + 1];
    for (int i = 0; i < BAR; i++) bar[i] = i < full ? '#' : '.';
    bar[BAR] = 0;
    int room = width - BAR - 4;
    fprintf(stderr, "\r[%s] %.*s\x1b[K", bar, room > 0 ? room : 0, line);
    fflush(stderr);
    d->drawn = 1;
}

/* ---- run and resume */

static void print_cautions(const ws_plan *plan)
{
    char *cautions = ws_plan_cautions(plan);
    for (char *line = strtok(cautions, "\n"); line; line = strtok(NULL, "\n")) fprintf(stderr, "caution: %s\n", line);
    free(cautions);
}

static void add_run_facts(cJSON *top, const char *directory, const ws_run_result *r)
{
    cJSON_AddStringToObject(top, "directory", directory);
    cJSON_AddBoolToObject(top, "complete", r->complete);
    ws_json_number(top, "trajectories", (double)r->progress.trajectories);
    ws_json_number(top, "finished", (double)r->progress.finished);
    cJSON *status = cJSON_AddObjectToObject(top, "status");
    for (int s = 0; s < WS_STATUS_COUNT; s++) ws_json_number(status, ws_cli_status_names[s], (double)r->progress.status[s]);
    ws_json_number(top, "seconds", r->progress.seconds);
    ws_json_number(top, "updates_per_second", r->progress.updates_per_second);
    if (r->kernel_seconds > 0) ws_json_number(top, "kernel_seconds", r->kernel_seconds);
    ws_json_number(top, "start_seconds", r->start_seconds);
    ws_json_number(top, "compile_seconds", r->compile_seconds);
    ws_json_number(top, "kernels_compiled", r->kernels_compiled);
    ws_json_number(top, "kernels_cached", r->kernels_cached);
    cJSON_AddStringToObject(top, "engine", r->engine);
    cJSON_AddStringToObject(top, "device", r->device);
    cJSON_AddStringToObject(top, "compiler", r->compiler);
    if (*r->warning) cJSON_AddStringToObject(top, "warning", r->warning);
}

static void print_json(cJSON *top)
{
    char *text = cJSON_Print(top);
    if (text) puts(text);
    free(text);
    cJSON_Delete(top);
}

/* Files and pictures, then the summary; `top` is printed with --json. */
static ws_code report(const command_line *line, const char *directory, const ws_plan *plan, cJSON *top, ws_error *error)
{
    char *pictures = NULL, *text = NULL;
    ws_code code = ws_report_write(directory, plan, &pictures, error);
    ws_error second = {0};
    if (line->json) {
        if (ws_report_summary_json(directory, plan, &text, &second) == WS_OK) cJSON_AddRawToObject(top, "summary", text);
        cJSON *list = cJSON_AddArrayToObject(top, "pictures");
        for (char *one = pictures ? strtok(pictures, "\n") : NULL; one; one = strtok(NULL, "\n")) cJSON_AddItemToArray(list, cJSON_CreateString(one));
    } else if (!line->quiet) {
        if (ws_report_summary(directory, plan, isatty(STDOUT_FILENO) ? terminal_width(STDOUT_FILENO) : 100, &text, &second) == WS_OK) fputs(text, stdout);
        for (char *one = pictures ? strtok(pictures, "\n") : NULL; one; one = strtok(NULL, "\n")) printf("picture: %s\n", one);
        if (!code) printf("results: %s/outcomes.nc, %s/cells.csv, %s/report/report.html\n", directory, directory, directory);
    }
    if (!code && second.code) {
        *error = second;
        code = second.code;
    }
    free(text);
    free(pictures);
    return code;
}

static int finish_run(command_line *line, const ws_plan *plan, int resume)
{
    ws_error error = {0};
    ws_run_result result;
    display d = {.terminal = isatty(STDERR_FILENO), .quiet = line->quiet || line->json, .last = ws_clock_now()};
    line->run.progress = show_progress;
    line->run.context = &d;
    line->run.stop = &stop;
    const char *directory = line->run.directory;
    ws_run_engine engine;
    if (ws_run_choose(&line->run, &engine, &error)) return fail(&error);
    if (!line->quiet && !line->json) {
        fprintf(stderr, "%s: %lld trajectories, engine %s, into %s\n", plan->title, (long long)plan->trajectories, engine.text, directory);
        print_cautions(plan);
    }
    if (plan->source_name && line->run.allow_source) fprintf(stderr, "warmsweep: compiling and running %s (--allow-source)\n", plan->source_path);
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    ws_code code = ws_run(plan, &line->run, resume, &result, &error);
    if (d.drawn) fputc('\n', stderr);
    if (*result.warning && !line->json) fprintf(stderr, "warmsweep: %s\n", result.warning);
    if (code != WS_OK && code != WS_STOPPED) return fail(&error);
    cJSON *top = cJSON_CreateObject();
    if (line->json) add_run_facts(top, directory, &result);
    if (code == WS_STOPPED && *result.device)
        fprintf(stderr, "warmsweep: stopped early: %lld of %lld trajectories are kept; continue with: warmsweep resume %s\n",
                (long long)result.progress.finished, (long long)result.progress.trajectories, directory);
    if (code == WS_STOPPED && !*result.device) fprintf(stderr, "warmsweep: stopped before anything was computed; nothing is kept\n");
    ws_code reported = WS_OK;
    if (code == WS_OK && !line->no_report && result.complete) reported = report(line, directory, plan, top, &error);
    else if (code == WS_OK && !result.complete && !line->quiet && !line->json)
        printf("this shard is complete; when all are: warmsweep merge DIR... -o DIR\n");
    if (line->json) print_json(top);
    else cJSON_Delete(top);
    return reported ? fail(&error) : (int)code;
}

/* runs/x for sweeps/x.json */
static char *default_directory(const char *sweep)
{
    const char *name = strrchr(sweep, '/') ? strrchr(sweep, '/') + 1 : sweep;
    size_t length = strlen(name);
    if (length > 5 && !strcmp(name + length - 5, ".json")) length -= 5;
    char *result = malloc(length + 6);
    WS_REQUIRE(result && "out of memory");
    sprintf(result, "runs/%.*s", (int)length, name);
    return result;
}

static int command_run(command_line *line)
{
    ws_error error = {0};
    ws_plan *plan;
    if (ws_plan_read(line->arguments[0], &plan, &error)) return fail(&error);
    char *directory = line->output ? strdup(line->output) : default_directory(line->arguments[0]);
    line->run.directory = directory;
    int result = finish_run(line, plan, 0);
    free(directory);
    ws_plan_free(plan);
    return result;
}

static int command_resume(command_line *line)
{
    ws_error error = {0};
    ws_plan *plan;
    if (ws_run_load(line->arguments[0], &plan, &error)) return fail(&error);
    line->run.directory = line->arguments[0];
    int result = finish_run(line, plan, 1);
    ws_plan_free(plan);
    return result;
}

/* ---- what looks at a sweep or a run */

static int command_plan(command_line *line)
{
    ws_error error = {0};
    ws_plan *plan;
    if (ws_plan_read(line->arguments[0], &plan, &error)) return fail(&error);
    char *text = line->json ? ws_plan_json(plan) : ws_plan_text(plan);
    fputs(text, stdout);
    free(text);
    ws_plan_free(plan);
    return 0;
}

typedef struct counting {
    int64_t status[WS_STATUS_COUNT];
} counting;

static ws_code count_status(void *context, int64_t first, const ws_outcomes *outcomes, ws_error *error)
{
    (void)first;
    (void)error;
    counting *c = context;
    for (int64_t i = 0; i < outcomes->count; i++) c->status[outcomes->columns.status[i]]++;
    return WS_OK;
}

static int command_status(command_line *line)
{
    ws_error error = {0};
    ws_plan *plan;
    ws_results *results = NULL;
    counting c = {{0}};
    int64_t finished = 0;
    int complete = 0;
    if (ws_run_load(line->arguments[0], &plan, &error)) return fail(&error);
    ws_code code = ws_results_open(line->arguments[0], plan, &results, &error);
    if (!code) {
        ws_results_count(results, &finished, &complete);
        code = ws_results_each(results, count_status, &c, &error);
        ws_results_close(results);
    }
    if (!code && line->json) {
        ws_run_result facts = {.complete = complete};
        cJSON *top = cJSON_CreateObject(), *status = cJSON_AddObjectToObject(top, "status");
        for (int s = 0; s < WS_STATUS_COUNT; s++) ws_json_number(status, ws_cli_status_names[s], (double)c.status[s]);
        cJSON_AddStringToObject(top, "title", plan->title);
        ws_json_number(top, "trajectories", (double)plan->trajectories);
        ws_json_number(top, "finished", (double)finished);
        cJSON_AddBoolToObject(top, "complete", facts.complete);
        print_json(top);
    } else if (!code) {
        printf("%s: %s\n  %lld of %lld trajectories (%.1f %%)%s\n", line->arguments[0], plan->title, (long long)finished, (long long)plan->trajectories,
               100.0 * (double)finished / (double)plan->trajectories, complete ? ", complete" : "");
        for (int s = 0; s < WS_STATUS_COUNT; s++)
            if (c.status[s]) printf("  %-10s %lld\n", ws_cli_status_names[s], (long long)c.status[s]);
        if (!complete) printf("  continue with: warmsweep resume %s\n", line->arguments[0]);
    }
    ws_plan_free(plan);
    return code ? fail(&error) : 0;
}

static int command_report(command_line *line)
{
    ws_error error = {0};
    ws_plan *plan;
    if (ws_run_load(line->arguments[0], &plan, &error)) return fail(&error);
    cJSON *top = cJSON_CreateObject();
    ws_code code = report(line, line->arguments[0], plan, top, &error);
    if (line->json) print_json(top);
    else cJSON_Delete(top);
    ws_plan_free(plan);
    return code ? fail(&error) : 0;
}

static int command_export(command_line *line)
{
    ws_error error = {0};
    ws_plan *plan;
    const char *format = line->format ? line->format : "csv";
    if (strcmp(format, "csv") && strcmp(format, "netcdf")) return usage_error("--format %s; allowed: csv, netcdf", format);
    if (ws_run_load(line->arguments[0], &plan, &error)) return fail(&error);
    char *path = line->output ? strdup(line->output) : ws_file_join(line->arguments[0], strcmp(format, "csv") ? "outcomes.nc" : "outcomes.csv");
    ws_code code = ws_report_export(line->arguments[0], plan, format, path, &error);
    if (!code && !line->output) printf("%s\n", path);
    free(path);
    ws_plan_free(plan);
    return code ? fail(&error) : 0;
}

static int command_merge(command_line *line)
{
    ws_error error = {0};
    if (!line->output) return usage_error("merge: %s", "-o DIR is needed");
    ws_code code = ws_run_merge((const char *const *)line->arguments, line->argument_count, line->output, line->run.force, &error);
    if (!code) printf("%s\n", line->output);
    return code ? fail(&error) : 0;
}

/* traces: NULL, or gradient norm, sharpness and edge of every iteration */
static ws_code write_curve(const char *path, const double *curve, const double *eta, void *const *traces, int64_t points, ws_error *error)
{
    ws_text text = {0};
    char a[WS_NUMBER_ROOM], b[WS_NUMBER_ROOM];
    ws_text_add(&text, "t,gap,step_size%s\n", traces ? ",gradient_norm,sharpness,edge" : "");
    for (int64_t t = 0; t < points; t++) {
        ws_text_add(&text, "%lld,%s,%s", (long long)t, ws_text_number(curve[t], a), ws_text_number(eta[t], b));
        for (int q = 2; traces && q < WS_TRACED_COUNT; q++) ws_text_add(&text, ",%s", ws_text_number(((const double *)traces[q])[t], a));
        ws_text_add(&text, "\n");
    }
    ws_code code = WS_OK;
    if (path) code = ws_file_write(path, text.bytes, text.length, error);
    else fwrite(text.bytes, 1, text.length, stdout);
    ws_text_free(&text);
    return code;
}

static int command_replay(command_line *line)
{
    ws_error error = {0};
    ws_plan *plan;
    const char *directory = line->arguments[0];
    if (ws_run_load(directory, &plan, &error)) return fail(&error);
    int64_t cell = 0;
    ws_outcomes outcome = {0}, stored = {0}, states = {0};
    double *curve = NULL, *eta = NULL;
    ws_results *results = NULL;
    ws_code code = ws_plan_find_cell(plan, line->cell ? line->cell : "", &cell, &error);
    if (!code && line->replicate >= plan->replicates)
        code = ws_error_set(&error, WS_BAD_INPUT, "--replicate %lld; allowed: 0 to %lld", (long long)line->replicate, (long long)plan->replicates - 1);
    int64_t trajectory = cell * plan->replicates + line->replicate;
    line->run.stop = &stop;
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    if (!code) code = ws_run_replay(plan, &line->run, trajectory, &outcome, &curve, &eta, &error);
    if (!code && line->states) code = ws_run_replay_states(plan, &line->run, trajectory, outcome.columns.end[0], &states, &error);
    if (!code) code = write_curve(line->output, curve, eta, line->states ? states.columns.trace : NULL, outcome.columns.end[0] + 1, &error);
    int same = -1;
    ws_error unread = {0};
    if (!code && ws_results_open(directory, plan, &results, &unread) == WS_OK) {
        if (ws_results_row(results, trajectory, &stored, &unread) == WS_OK) {
            same = ws_outcomes_equal(&outcome, &stored);
            ws_outcomes_free(&stored);
        }
        ws_results_close(results);
    }
    if (!code) {
        fprintf(stderr, "trajectory %lld: %s at iteration %lld, gap %.9g; %s\n", (long long)trajectory, ws_cli_status_names[outcome.columns.status[0]],
                outcome.columns.end[0], outcome.columns.final_gap[0],
                same < 0 ? "no stored outcome to compare with" : same ? "the same as the stored outcome, bit for bit" : "NOT the stored outcome");
        ws_outcomes_free(&outcome);
    }
    if (!code && same < 0 && *unread.message) fprintf(stderr, "warmsweep: %s\n", unread.message);
    ws_outcomes_free(&states);
    free(curve);
    free(eta);
    ws_plan_free(plan);
    return code ? fail(&error) : same == 0 ? WS_FAILED : 0;
}

static int command_verify(command_line *line)
{
    ws_error error = {0};
    ws_plan *plan;
    ws_verify_result v;
    if (ws_run_load(line->arguments[0], &plan, &error)) return fail(&error);
    line->run.stop = &stop;
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    ws_code code = ws_run_verify(line->arguments[0], plan, &line->run, line->samples, &v, &error);
    ws_plan_free(plan);
    if (code) return fail(&error);
    if (line->json) {
        cJSON *top = cJSON_CreateObject();
        ws_json_number(top, "chunks", (double)v.chunks);
        ws_json_number(top, "chunks_bad", (double)v.chunks_bad);
        ws_json_number(top, "sampled", (double)v.sampled);
        ws_json_number(top, "differing", (double)v.differing);
        ws_json_number(top, "first_differing", (double)v.first_differing);
        cJSON_AddStringToObject(top, "layout", v.layout);
        print_json(top);
    } else {
        printf("%lld chunks, %lld damaged\n", (long long)v.chunks, (long long)v.chunks_bad);
        if (v.sampled) printf("%lld trajectories computed again with %s: %lld differ\n", (long long)v.sampled, v.layout, (long long)v.differing);
        if (v.differing) printf("the first that differs is trajectory %lld\n", (long long)v.first_differing);
        if (v.chunks_bad) printf("damaged chunks are computed again by: warmsweep resume %s\n", line->arguments[0]);
    }
    return v.chunks_bad || v.differing ? WS_FAILED : 0;
}

static int command_list(command_line *line)
{
    const char *what = line->argument_count ? line->arguments[0] : NULL;
    char *text = !what                             ? ws_catalogue_text(NULL)
                 : !strcmp(what, "schema")         ? ws_schema_text()
                 : !strcmp(what, "sweep-format")   ? ws_sweep_format_markdown()
                 : !strcmp(what, "catalogue")      ? ws_catalogue_markdown()
                                                   : ws_catalogue_text(what);
    if (!text) return usage_error("list %s; allowed: objectives, spectra, starts, methods, averages, noises, schedules, warmups, decays, fields, schema, sweep-format, catalogue", what);
    fputs(text, stdout);
    free(text);
    return 0;
}

static int command_devices(command_line *line)
{
    ws_error error = {0};
    char *text;
    if (ws_run_devices(&line->run, &text, &error)) return fail(&error);
    fputs(text, stdout);
    free(text);
    return 0;
}

static int command_schedule(command_line *line)
{
    ws_error error = {0};
    ws_plan *plan;
    int64_t cell = 0;
    if (ws_plan_read(line->arguments[0], &plan, &error)) return fail(&error);
    ws_code code = line->cell || !plan->axis_count ? ws_plan_find_cell(plan, line->cell ? line->cell : "", &cell, &error) : WS_OK;
    ws_plan_cell_values values;
    ws_plan_cell(plan, cell, &values);
    int64_t steps = values.cell.steps, count = line->count > 0 ? line->count : 100000;
    if (!code && line->first >= steps && (steps || line->first))
        code = ws_error_set(&error, WS_BAD_INPUT, "--first %lld; allowed: less than stop.steps of the cell, %lld", (long long)line->first, (long long)steps);
    if (count > steps - line->first) count = steps - line->first;
    if (code) count = 0;
    double *eta = malloc((size_t)(count + 1) * sizeof *eta);
    if (!eta) code = ws_error_set(&error, WS_FAILED, "out of memory for %lld step sizes", (long long)count);
    if (!code) code = ws_run_step_sizes(plan, &line->run, cell, line->first, count, eta, &error);
    if (!code) {
        if (plan->axis_count && !line->cell) fprintf(stderr, "cell 0 of %lld (--cell chooses another)\n", (long long)plan->cells);
        char number[WS_NUMBER_ROOM];
        puts("t,step_size");
        for (int64_t t = 0; t < count; t++) {
            /* without --print: the first ten, then about ten a decade, and the last */
            int64_t at = t + line->first, decade = 1;
            while (decade * 100 <= at) decade *= 10;
            if (line->print || at < 10 || at % decade == 0 || t == count - 1) printf("%lld,%s\n", (long long)at, ws_text_number(eta[t], number));
        }
    }
    free(eta);
    ws_plan_free(plan);
    return code ? fail(&error) : 0;
}

static int command_check_objective(command_line *line)
{
    ws_error error = {0};
    char *text = NULL;
    int failures = 0;
    fprintf(stderr, "warmsweep: compiling and running %s\n", line->arguments[0]);
    line->run.stop = &stop;
    if (ws_run_check_objective(line->arguments[0], &line->run, line->dimension, line->parameters, &text, &failures, &error)) return fail(&error);
    fputs(text, stdout);
    free(text);
    return failures ? WS_FAILED : 0;
}

static const command commands[] = {
    {"run", "SWEEP", "Run a sweep file: journal, results, pictures, summary (into runs/NAME, or -o)", 1, 1, "output force engine devices threads shard time-limit chunk-size width vector-bytes march compiler no-report quiet json allow-source", command_run},
    {"plan", "SWEEP", "Check a sweep file and say how large it is; nothing is computed", 1, 1, "json", command_plan},
    {"resume", "DIR", "Continue a run that was stopped or killed", 1, 1, "engine devices threads time-limit width vector-bytes march compiler no-report quiet json allow-source", command_resume},
    {"status", "DIR", "How far a run is, and how its trajectories ended", 1, 1, "json", command_status},
    {"report", "DIR", "Write results and pictures of a run again", 1, 1, "quiet json", command_report},
    {"export", "DIR", "Write every trajectory as CSV or NetCDF", 1, 1, "output format", command_export},
    {"merge", "DIR...", "Join shards of one sweep into one run", 1, 1 << 20, "output force", command_merge},
    {"replay", "DIR", "Compute one trajectory again with its whole curve (CSV)", 1, 1, "output cell replicate states width vector-bytes march compiler allow-source", command_replay},
    {"verify", "DIR", "Check a run's integrity and compute samples again with another layout", 1, 1, "samples engine devices json width vector-bytes march compiler allow-source", command_verify},
    {"list", "[objectives|spectra|starts|methods|averages|noises|schedules|warmups|decays|fields|schema]", "What a sweep can be made of", 0, 1, "", command_list},
    {"schedule", "SWEEP", "Step sizes of a cell", 1, 1, "print cell first count width vector-bytes march compiler allow-source", command_schedule},
    {"check-objective", "HEADER", "Check an objective of your own: compiles and runs it", 1, 1, "dimension parameters width vector-bytes march compiler", command_check_objective},
    {"devices", "", "What a sweep can run on", 0, 0, "compiler", command_devices},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static void print_help(FILE *stream)
{
    fprintf(stream, "Usage: warmsweep COMMAND ...\nHow many iterations until the gap is below eps, for every learning rate and warmup length of a grid?\n\n");
    for (int i = 0; i < COMMANDS; i++) fprintf(stream, "  %-15s %-8s %s\n", commands[i].name, strlen(commands[i].arguments) < 9 ? commands[i].arguments : "[WHAT]", commands[i].sentence);
    fprintf(stream, "\n  warmsweep COMMAND --help    options of a command\n  warmsweep --version\n\n"
                    "Exit codes: 0 done, 1 failed, 2 bad usage or sweep file, 75 stopped early and resumable.\n"
                    "Environment: WARMSWEEP_CC (compiler), WARMSWEEP_CACHE (compiled kernels; empty: none), WARMSWEEP_KERNELS (kernel text, for development).\n");
}

static int run_command(const command *c, int argc, char **argv)
{
    command_line line = {.command = c, .samples = 1000, .dimension = 13, .parameters = {1, 1, 1, 1, 1, 1, 1, 1}};
    ws_cli_parse(c, argc, argv, &line);
    int code = c->run(&line);
    if (fflush(stdout) || ferror(stdout)) {
        if (errno != EPIPE) fprintf(stderr, "warmsweep: cannot write to standard output: %s\n", strerror(errno)); /* `| head` wanted no more */
        if (!code) code = WS_FAILED;
    }
    return code;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "--help";
    signal(SIGPIPE, SIG_IGN);
    /* chunks come and go: their pages stay here, instead of being given back, taken again and cleared each time */
    mallopt(M_MMAP_THRESHOLD, 8 << 20);
    mallopt(M_TRIM_THRESHOLD, 16 << 20);
    if (!strcmp(name, "--version") || !strcmp(name, "-V") || !strcmp(name, "version")) {
        printf("warmsweep %s\n%s", WS_VERSION, ws_run_build_text());
        return 0;
    }
    if (!strcmp(name, "--help") || !strcmp(name, "-h") || !strcmp(name, "-?") || !strcmp(name, "help")) {
        print_help(argc > 1 ? stdout : stderr);
        return argc > 1 ? 0 : WS_BAD_INPUT;
    }
    for (int i = 0; i < COMMANDS; i++)
        if (!strcmp(commands[i].name, name)) return run_command(&commands[i], argc - 1, argv + 1);
    fprintf(stderr, "warmsweep: no command \"%s\"; there are:", name);
    for (int i = 0; i < COMMANDS; i++) fprintf(stderr, " %s", commands[i].name);
    fprintf(stderr, " (warmsweep --help)\n");
    return WS_BAD_INPUT;
}
