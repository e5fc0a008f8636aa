/* netcdf_define.c: what outcomes.nc declares: dimensions, variables, attributes.
 *
 * Every axis is a dimension and a coordinate variable named like its path with underscores, in the order of the grid, so that the
 * trajectories of the journal, in order, are the elements of status(axes..., replicate) in order. hit has eps after that, gap has
 * the asked iteration. Integers that mean "never" are -1 and declared as fill: xarray turns them into NaN. flags and hash have
 * no fill, because a reader that turned them into floating point would lose their bits; where status is missing they are 0. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/analysis.h"
#include "report/netcdf_file.h"
#include "base/text.h"

#define CHUNK_ELEMENTS 65536 /* of a compressed block */

ws_code ws_netcdf_check(ws_netcdf *nc, int state, const char *what, ws_error *error)
{
    if (state == NC_NOERR) return WS_OK;
    return ws_error_set(error, WS_FAILED, "cannot write %s: %s: %s", nc->path, what, nc->library.strerror(state));
}

void ws_netcdf_keep(ws_netcdf *nc, int state, const char *what)
{
    if (state != NC_NOERR && nc->state == NC_NOERR) {
        nc->state = state;
        nc->failed = what;
    }
}

void ws_netcdf_text(ws_netcdf *nc, int variable, const char *name, const char *value)
{
    ws_netcdf_keep(nc, nc->library.put_att_text(nc->file, variable, name, strlen(value), value), name);
}

static void describe(ws_netcdf *nc, int variable, const char *long_name, const char *units)
{
    ws_netcdf_text(nc, variable, "long_name", long_name);
    if (units) ws_netcdf_text(nc, variable, "units", units);
}

static int dimension(ws_netcdf *nc, const char *name, size_t length)
{
    int id = -1;
    ws_netcdf_keep(nc, nc->library.def_dim(nc->file, name, length, &id), name);
    return id;
}

/* Blocks of about CHUNK_ELEMENTS that are contiguous in the order of the trajectories: written once, in order. */
static void lay_out(ws_netcdf *nc, int variable, int rank, const size_t *lengths, const char *name)
{
    size_t chunk[NC_MAX_VAR_DIMS], elements = 1;
    for (int d = rank - 1; d >= 0; d--) {
        size_t room = CHUNK_ELEMENTS / elements;
        chunk[d] = lengths[d] < room ? lengths[d] : room ? room : 1;
        if (chunk[d] < lengths[d]) elements = CHUNK_ELEMENTS;
        else elements *= chunk[d];
    }
    ws_netcdf_keep(nc, nc->library.def_var_chunking(nc->file, variable, NC_CHUNKED, chunk), name);
    ws_netcdf_keep(nc, nc->library.def_var_deflate(nc->file, variable, 1, 1, 1), name);
}

int ws_netcdf_variable(ws_netcdf *nc, const char *name, int type, int rank, int extras, const int *extra, const char *long_name, const char *units)
{
    int id = -1, dimensions[NC_MAX_VAR_DIMS];
    size_t lengths[NC_MAX_VAR_DIMS];
    for (int d = 0; d < rank; d++) {
        dimensions[d] = nc->dimensions[d];
        lengths[d] = nc->lengths[d];
    }
    for (int e = 0; e < extras; e++, rank++) {
        dimensions[rank] = extra[e];
        ws_netcdf_keep(nc, nc->library.inq_dimlen(nc->file, extra[e], &lengths[rank]), name);
    }
    ws_netcdf_keep(nc, nc->library.def_var(nc->file, name, type, rank, dimensions, &id), name);
    if (nc->state) return -1;
    if (rank) lay_out(nc, id, rank, lengths, name);
    describe(nc, id, long_name, units);
    return id;
}

/* A variable over axes and replicate, and over one more dimension when extra >= 0. */
static int outcome(ws_netcdf *nc, const char *name, nc_type type, int extra, const char *long_name, const char *units)
{
    return ws_netcdf_variable(nc, name, type, nc->rank, extra >= 0, &extra, long_name, units);
}

void ws_netcdf_fill_integer(ws_netcdf *nc, int variable, const char *comment)
{
    const long long never = WS_NEVER;
    ws_netcdf_keep(nc, nc->library.def_var_fill(nc->file, variable, NC_FILL, &never), "_FillValue");
    ws_netcdf_text(nc, variable, "comment", comment);
}

void ws_netcdf_fill_gap(ws_netcdf *nc, int variable, const char *comment)
{
    const double none = __builtin_nan("");
    ws_netcdf_keep(nc, nc->library.def_var_fill(nc->file, variable, NC_FILL, &none), "_FillValue");
    if (comment) ws_netcdf_text(nc, variable, "comment", comment);
}

static void define_axes(ws_netcdf *nc)
{
    const ws_plan *plan = nc->plan;
    for (int a = 0; a < plan->axis_count; a++) {
        const ws_axis *axis = &plan->axes[a];
        char *name = ws_text_identifier(axis->path);
        nc->dimensions[a] = dimension(nc, name, (size_t)axis->count);
        ws_netcdf_keep(nc, nc->library.def_var(nc->file, name, axis->integer ? NC_INT64 : NC_DOUBLE, 1, &nc->dimensions[a], &nc->axis[a]), name);
        if (!nc->state) {
            describe(nc, nc->axis[a], axis->label, axis->unit[0] ? axis->unit : "1");
            ws_netcdf_text(nc, nc->axis[a], "path", axis->path);
        }
        free(name);
        nc->lengths[a] = (size_t)axis->count;
    }
    nc->dimensions[plan->axis_count] = dimension(nc, "replicate", (size_t)plan->replicates);
    nc->lengths[plan->axis_count] = (size_t)plan->replicates;
    nc->rank = plan->axis_count + 1;
    ws_netcdf_keep(nc, nc->library.def_var(nc->file, "replicate", NC_INT64, 1, &nc->dimensions[plan->axis_count], &nc->replicate), "replicate");
    if (!nc->state) describe(nc, nc->replicate, "replicate (random repetition of a cell)", "1");
}

static void define_gaps(ws_netcdf *nc)
{
    const char *never = "-1 (fill): never up to the end of the trajectory, or not run; status tells which";
    nc->final_gap = outcome(nc, "final_gap", NC_DOUBLE, -1, "gap f(x) - f* at the end iteration", "1");
    if (!nc->state) ws_netcdf_fill_gap(nc, nc->final_gap, "NaN: the gap was no number, or not run");
    nc->best_gap = outcome(nc, "best_gap", NC_DOUBLE, -1, "smallest gap up to the end", "1");
    if (!nc->state) ws_netcdf_fill_gap(nc, nc->best_gap, NULL);
    nc->best_at = outcome(nc, "best_at", NC_INT64, -1, "first iteration of the smallest gap", "iterations");
    if (!nc->state) ws_netcdf_fill_integer(nc, nc->best_at, never);
    nc->peak_gap = outcome(nc, "peak_gap", NC_DOUBLE, -1, "largest gap up to the end", "1");
    if (!nc->state) ws_netcdf_fill_gap(nc, nc->peak_gap, NULL);
    nc->peak_at = outcome(nc, "peak_at", NC_INT64, -1, "first iteration of the largest gap", "iterations");
    if (!nc->state) ws_netcdf_fill_integer(nc, nc->peak_at, never);
}

static void define_outcomes(ws_netcdf *nc)
{
    const ws_plan *plan = nc->plan;
    const unsigned char missing = 255, statuses[] = {0, 1, 2, 3, 4}, bits[] = {1, 2, 4};
    nc->status = outcome(nc, "status", NC_UBYTE, -1, "how the trajectory ended", NULL);
    if (nc->state) return;
    ws_netcdf_keep(nc, nc->library.def_var_fill(nc->file, nc->status, NC_FILL, &missing), "_FillValue");
    ws_netcdf_keep(nc, nc->library.put_att_uchar(nc->file, nc->status, "flag_values", NC_UBYTE, WS_STATUS_COUNT, statuses), "flag_values");
    ws_netcdf_text(nc, nc->status, "flag_meanings", "reached budget diverged nonfinite stalled");
    ws_netcdf_text(nc, nc->status, "comment",
                   "reached: every eps was hit; budget: the iteration cap came first (censored); diverged: the gap rose above the limit; "
                   "nonfinite: the gap became NaN or infinite; stalled: a step changed no coordinate and none will; 255 (fill): not run");
    nc->flags = outcome(nc, "flags", NC_UBYTE, -1, "cautions on the outcome", NULL);
    if (nc->state) return;
    ws_netcdf_keep(nc, nc->library.put_att_uchar(nc->file, nc->flags, "flag_masks", NC_UBYTE, WS_FLAG_COUNT, bits), "flag_masks");
    ws_netcdf_text(nc, nc->flags, "flag_meanings", "underflow unstable rebound");
    ws_netcdf_text(nc, nc->flags, "comment",
                   "underflow: a coordinate was set to zero by the tiny-value rule; unstable: eta * sharpness > 2 at a hit; rebound: the gap "
                   "rose above an eps again; 0 where status is missing");
    nc->end = outcome(nc, "end", NC_INT64, -1, "iteration at which the trajectory ended", "iterations");
    if (!nc->state) ws_netcdf_fill_integer(nc, nc->end, "-1 (fill): not run");
    define_gaps(nc);
    if (plan->eps_count && !nc->state) {
        nc->hit = outcome(nc, "hit", NC_INT64, nc->eps_dimension, "hitting iteration T_eps: the smallest t with gap(x_t) <= eps", "iterations");
        if (!nc->state)
            ws_netcdf_fill_integer(nc, nc->hit,
                         "-1 (fill): not hit up to the end; censored (T_eps > end) where status is budget, never where it is diverged, "
                         "nonfinite or stalled, not run where it is missing. Leaving these out of a mean or a median makes it wrong.");
    }
    if (plan->gap_at_count && !nc->state) {
        nc->gap_at = outcome(nc, "gap", NC_DOUBLE, nc->gap_at_dimension, "gap at the asked iteration", "1");
        if (!nc->state) ws_netcdf_fill_gap(nc, nc->gap_at, "NaN: after the end of the trajectory, or not run");
    }
    static const char *const traced[WS_TRACED_COUNT][2] = {{"trace_gap", "gap f(x) - f*"}, {"trace_step_size", "step size eta_t of the step from x_t"},
                                                           {"trace_gradient_norm", "norm of the exact gradient"}, {"trace_sharpness", "sharpness: largest eigenvalue of the Hessian, 0 when none is positive"},
                                                           {"trace_edge", "eta_t * sharpness / 2: 1 at the edge of stability"}};
    for (int q = 0; q < WS_TRACED_COUNT && !nc->state; q++) {
        if (!(plan->traced >> q & 1) || plan->trace_statistics) continue;
        nc->trace[q] = outcome(nc, traced[q][0], NC_DOUBLE, nc->trace_dimension, traced[q][1], "1");
        if (!nc->state) ws_netcdf_fill_gap(nc, nc->trace[q], q ? "NaN: after the end of the trajectory, or not run" : "NaN: after the end of the trajectory (the gap of a stalled one stays), or not run");
    }
    if (plan->trials && !nc->state) {
        nc->trials = outcome(nc, "trials", NC_INT64, -1, "evaluations of the gap by backtracking up to the end iteration", "1");
        if (!nc->state) ws_netcdf_fill_integer(nc, nc->trials, "-1 (fill): not run");
    }
    if (plan->hash && !nc->state) {
        nc->hash = outcome(nc, "hash", NC_UINT64, -1, "hash over the bits of every gap of the trajectory", NULL);
        if (!nc->state) ws_netcdf_text(nc, nc->hash, "comment", "0 where status is missing");
    }
}

static void define_thresholds(ws_netcdf *nc)
{
    const ws_plan *plan = nc->plan;
    if (plan->eps_count) {
        nc->eps_dimension = dimension(nc, "eps", (size_t)plan->eps_count);
        ws_netcdf_keep(nc, nc->library.def_var(nc->file, "eps", NC_DOUBLE, 1, &nc->eps_dimension, &nc->eps), "eps");
        if (!nc->state) describe(nc, nc->eps, plan->eps_relative ? "gap threshold, relative to the gap at the start" : "gap threshold", "1");
    }
    if (plan->gap_at_count) {
        /* the values are called gap: a variable gap_at(..., gap_at) would be taken for a coordinate */
        nc->gap_at_dimension = dimension(nc, "gap_at", (size_t)plan->gap_at_count);
        ws_netcdf_keep(nc, nc->library.def_var(nc->file, "gap_at", NC_INT64, 1, &nc->gap_at_dimension, &nc->gap_at_iteration), "gap_at");
        if (!nc->state) describe(nc, nc->gap_at_iteration, "iteration at which the gap was asked for", "iterations");
    }
    if (plan->trace_count) {
        nc->trace_dimension = dimension(nc, "trace", (size_t)plan->trace_count);
        ws_netcdf_keep(nc, nc->library.def_var(nc->file, "trace", NC_INT64, 1, &nc->trace_dimension, &nc->trace_iteration), "trace");
        if (!nc->state) describe(nc, nc->trace_iteration, "iteration of the trace", "iterations");
    }
}

static void define_globals(ws_netcdf *nc, ws_results *results)
{
    const ws_plan *plan = nc->plan;
    char fingerprint[33];
    for (int i = 0; i < 16; i++) sprintf(fingerprint + 2 * i, "%02x", plan->fingerprint[i]);
    ws_netcdf_text(nc, NC_GLOBAL, "Conventions", "CF-1.10");
    ws_netcdf_text(nc, NC_GLOBAL, "title", plan->title);
    ws_netcdf_keep(nc, nc->library.put_att_text(nc->file, NC_GLOBAL, "sweep", plan->text_length, plan->text), "sweep");
    ws_netcdf_text(nc, NC_GLOBAL, "fingerprint", fingerprint);
    static const char *const facts[] = {"version", "engine", "device", "compiler"};
    for (size_t f = 0; f < sizeof facts / sizeof *facts; f++) {
        char *value = ws_results_fact(results, facts[f]);
        if (value[0]) ws_netcdf_text(nc, NC_GLOBAL, facts[f], value);
        free(value);
    }
    char *version = ws_results_fact(results, "version");
    ws_text source = {0};
    ws_text_add(&source, "warmsweep %s", version);
    ws_netcdf_text(nc, NC_GLOBAL, "source", source.bytes);
    ws_text_free(&source);
    free(version);
    ws_netcdf_text(nc, NC_GLOBAL, "objective", plan->objective);
    ws_netcdf_text(nc, NC_GLOBAL, "method", plan->method);
    ws_netcdf_text(nc, NC_GLOBAL, "average", *plan->average ? plan->average : "none");
    ws_netcdf_text(nc, NC_GLOBAL, "compensated", plan->compensated ? "true" : "false");
    ws_netcdf_text(nc, NC_GLOBAL, "noise", plan->noise);
    int64_t finished;
    int complete;
    ws_results_count(results, &finished, &complete);
    const long long counts[] = {plan->trajectories, finished, (long long)plan->seed};
    ws_netcdf_keep(nc, nc->library.put_att_longlong(nc->file, NC_GLOBAL, "trajectories", NC_INT64, 1, &counts[0]), "trajectories");
    ws_netcdf_keep(nc, nc->library.put_att_longlong(nc->file, NC_GLOBAL, "finished", NC_INT64, 1, &counts[1]), "finished");
    ws_netcdf_keep(nc, nc->library.put_att_longlong(nc->file, NC_GLOBAL, "seed", NC_INT64, 1, &counts[2]), "seed");
    ws_netcdf_keep(nc, nc->library.put_att_int(nc->file, NC_GLOBAL, "precision_bits", NC_INT, 1, &plan->precision), "precision_bits");
    ws_netcdf_keep(nc, nc->library.put_att_int(nc->file, NC_GLOBAL, "complete", NC_INT, 1, &complete), "complete");
    if (!complete) ws_netcdf_text(nc, NC_GLOBAL, "comment", "INCOMPLETE RUN: trajectories whose status is missing have not been run");
}

ws_code ws_netcdf_define(ws_netcdf *nc, ws_results *results, ws_error *error)
{
    nc->state = NC_NOERR;
    define_globals(nc, results);
    define_axes(nc);
    if (!nc->state) define_thresholds(nc);
    if (!nc->state) define_outcomes(nc);
    if (!nc->state) ws_netcdf_define_trace(nc);
    if (!nc->state) ws_netcdf_keep(nc, nc->library.enddef(nc->file), "definitions");
    return ws_netcdf_check(nc, nc->state, nc->failed, error);
}
