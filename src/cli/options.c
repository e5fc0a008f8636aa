/* options.c: see options.h. One table of all options; a command takes those that it names. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "cli/options.h"

#include <argp.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_ENGINE = 256, KEY_DEVICES, KEY_SHARD, KEY_TIME_LIMIT, KEY_CHUNK_SIZE, KEY_WIDTH, KEY_VECTOR_BYTES, KEY_MARCH, KEY_COMPILER, KEY_NO_REPORT,
       KEY_JSON, KEY_FORMAT, KEY_CELL, KEY_REPLICATE, KEY_SAMPLES, KEY_PRINT, KEY_STATES, KEY_FIRST, KEY_COUNT, KEY_FORCE,
       KEY_ALLOW_SOURCE, KEY_DIMENSION, KEY_PARAMETERS };

static const struct argp_option all_options[] = {
    {"output", 'o', "PATH", 0, "Where the result goes (a CSV to standard output: -)", 0},
    {"force", KEY_FORCE, 0, 0, "Overwrite a run that is there", 0},
    {"engine", KEY_ENGINE, "auto|cpu|cuda", 0, "What runs the trajectories (default auto)", 0},
    {"devices", KEY_DEVICES, "LIST", 0, "GPUs to use, such as 0,1, as `devices` numbers them (default: all; implies cuda)", 0},
    {"threads", 't', "N", 0, "Threads (default: one for each core this process may use)", 0},
    {"shard", KEY_SHARD, "I/N", 0, "Run the chunks whose number leaves I when divided by N; `merge` joins them", 0},
    {"time-limit", KEY_TIME_LIMIT, "SECONDS", 0, "Stop after this time, resumable", 0},
    {"chunk-size", KEY_CHUNK_SIZE, "N", 0, "Trajectories of a chunk, the unit of journal and resume", 0},
    {"width", KEY_WIDTH, "W", 0, "Trajectories side by side in a kernel (changes no outcome)", 0},
    {"vector-bytes", KEY_VECTOR_BYTES, "16|32|64", 0, "Size of vectors in a kernel (changes no outcome)", 0},
    {"march", KEY_MARCH, "NAME", 0, "Processor to compile kernels for (default native; changes no outcome)", 0},
    {"compiler", KEY_COMPILER, "COMMAND", 0, "C compiler for kernels (default $WARMSWEEP_CC, cc, gcc, clang; changes no outcome)", 0},
    {"no-report", KEY_NO_REPORT, 0, 0, "Write the journal only; `report DIR` makes the rest", 0},
    {"quiet", 'q', 0, 0, "No progress, no summary", 0},
    {"json", KEY_JSON, 0, 0, "Print one JSON object", 0},
    {"format", KEY_FORMAT, "csv|netcdf", 0, "Format of the export (default csv)", 0},
    {"cell", KEY_CELL, "AXIS=VALUE,...", 0, "A cell, by the value of every axis", 0},
    {"replicate", KEY_REPLICATE, "R", 0, "Replicate, from 0 (default 0)", 0},
    {"states", KEY_STATES, 0, 0, "Gradient norm, sharpness and edge of every iteration, too", 0},
    {"samples", KEY_SAMPLES, "N", 0, "Trajectories to compute again (default 1000)", 0},
    {"print", KEY_PRINT, 0, 0, "Print every step size as CSV", 0},
    {"first", KEY_FIRST, "T", 0, "First iteration (default 0)", 0},
    {"count", KEY_COUNT, "N", 0, "Number of iterations (default: all, at most 100000)", 0},
    {"allow-source", KEY_ALLOW_SOURCE, 0, 0, "Compile and run the header that objective.source names", 0},
    {"dimension", KEY_DIMENSION, "D", 0, "Number of coordinates (default 13)", 0},
    {"parameters", KEY_PARAMETERS, "P0,P1,...", 0, "Parameters of the objective, at most 8 (default: 1 each)", 0},
    {0, 0, 0, 0, 0, 0},
};

static int64_t whole(struct argp_state *state, const char *name, const char *text, int64_t low, int64_t high)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (end == text || *end || errno || value < low || value > high)
        argp_error(state, "--%s %s; allowed: a whole number from %lld to %lld", name, text, (long long)low, (long long)high);
    return value;
}

/* "0,1": each once */
static void parse_devices(struct argp_state *state, const char *text, command_line *line)
{
    int n = 0, good = *text != 0;
    for (const char *at = text; good && *at;) {
        char *end;
        errno = 0;
        long device = strtol(at, &end, 10);
        good = end != at && *at >= '0' && *at <= '9' && !errno && device < 1024 && n < WS_DEVICES_MAX && (*end == ',' ? end[1] != 0 : *end == 0);
        for (int i = 0; good && i < n; i++) good = line->devices[i] != device;
        if (good) line->devices[n++] = (int)device;
        at = *end ? end + 1 : end;
    }
    if (!good) argp_error(state, "--devices %s; allowed: numbers of GPUs with commas between, each once, such as 0,1", text);
    line->run.devices = line->devices;
    line->run.device_count = n;
}

static error_t parse_option(int key, char *text, struct argp_state *state)
{
    command_line *line = state->input;
    ws_run_options *run = &line->run;
    switch (key) {
    case 'o': line->output = text; break;
    case KEY_FORCE: run->force = 1; break;
    case KEY_ENGINE:
        run->engine = text;
        if (strcmp(text, "auto") && strcmp(text, "cpu") && strcmp(text, "cuda")) argp_error(state, "--engine %s; allowed: auto, cpu, cuda", text);
        break;
    case KEY_DEVICES: parse_devices(state, text, line); break;
    case 't': run->threads = (int)whole(state, "threads", text, 1, 65536); break;
    case KEY_SHARD: {
        char rest;
        if (sscanf(text, "%d/%d%c", &run->shard, &run->shard_count, &rest) != 2 || run->shard_count < 1 || run->shard < 0 || run->shard >= run->shard_count)
            argp_error(state, "--shard %s; allowed: I/N with 0 <= I < N, such as 0/4", text);
        break;
    }
    case KEY_TIME_LIMIT: {
        char *end;
        run->time_limit = strtod(text, &end);
        if (end == text || *end || !(run->time_limit > 0) || !isfinite(run->time_limit)) argp_error(state, "--time-limit %s; allowed: seconds > 0", text);
        break;
    }
    case KEY_CHUNK_SIZE: run->chunk_size = whole(state, "chunk-size", text, 1, 1 << 24); break;
    case KEY_WIDTH:
        run->width = (int)whole(state, "width", text, 1, 4096);
        if (run->width & (run->width - 1)) argp_error(state, "--width %s; allowed: a power of two from 1 to 4096", text);
        break;
    case KEY_VECTOR_BYTES:
        run->vector_bytes = (int)whole(state, "vector-bytes", text, 16, 64);
        if (run->vector_bytes & (run->vector_bytes - 1)) argp_error(state, "--vector-bytes %s; allowed: 16, 32, 64", text);
        break;
    case KEY_MARCH: run->march = text; break;
    case KEY_COMPILER: run->compiler = text; break;
    case KEY_NO_REPORT: line->no_report = 1; break;
    case 'q': line->quiet = 1; break;
    case KEY_JSON: line->json = 1; break;
    case KEY_FORMAT: line->format = text; break;
    case KEY_CELL: line->cell = text; break;
    case KEY_REPLICATE: line->replicate = whole(state, "replicate", text, 0, 4294967295LL); break;
    case KEY_SAMPLES: line->samples = whole(state, "samples", text, 1, 1 << 24); break;
    case KEY_STATES: line->states = 1; break;
    case KEY_PRINT: line->print = 1; break;
    case KEY_FIRST: line->first = whole(state, "first", text, 0, 1LL << 40); break;
    case KEY_ALLOW_SOURCE: run->allow_source = 1; break;
    case KEY_DIMENSION: line->dimension = whole(state, "dimension", text, 1, 256); break;
    case KEY_PARAMETERS: {
        char *at = text;
        for (int i = 0; i < 8 && at; i++) {
            char *end;
            line->parameters[i] = strtod(at, &end);
            if (end == at || (*end && *end != ',') || !isfinite(line->parameters[i]) || (*end && i == 7))
                argp_error(state, "--parameters %s; allowed: at most 8 numbers, commas between them", text);
            at = *end ? end + 1 : NULL;
        }
        break;
    }
    case KEY_COUNT: line->count = whole(state, "count", text, 1, 100000000); break;
    case ARGP_KEY_ARGS:
        line->arguments = state->argv + state->next;
        line->argument_count = state->argc - state->next;
        break;
    case ARGP_KEY_END:
        if (line->argument_count < line->command->least || line->argument_count > line->command->most)
            argp_error(state, "%s takes: %s", line->command->name, *line->command->arguments ? line->command->arguments : "no arguments");
        break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

/* `name` is one of the words of `list`. */
static int named(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = list; (at = strstr(at, name)); at += length)
        if ((at == list || at[-1] == ' ') && (at[length] == ' ' || !at[length])) return 1;
    return 0;
}

void ws_cli_parse(const command *c, int argc, char **argv, command_line *line)
{
    struct argp_option options[sizeof all_options / sizeof *all_options] = {{0}};
    int n = 0;
    for (const struct argp_option *o = all_options; o->name; o++)
        if (named(c->options, o->name)) options[n++] = *o;
    struct argp parser = {options, parse_option, c->arguments, c->sentence, 0, 0, 0};
    char name[64];
    snprintf(name, sizeof name, "warmsweep %s", c->name);
    argv[0] = name; /* for usage texts */
    argp_err_exit_status = WS_BAD_INPUT;
    argp_parse(&parser, argc, argv, 0, 0, line);
}
