/* netcdf.c: outcomes.nc, written in slabs as the journal is read.
 *
 * A chunk of the journal is a contiguous range of trajectories, that is, of the flattened (axes..., replicate) index. NetCDF
 * writes boxes, so the range is cut greedily into the largest aligned boxes (at most two for each dimension). Memory is one
 * chunk of the journal plus the library's own block caches. */
#include "report/netcdf.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "report/netcdf_file.h"

/* The largest box at `first` of the first `rank` dimensions that a range of `count` elements begins with; returns its size. */
static int64_t next_box(const ws_netcdf *nc, int rank, int64_t first, int64_t count, size_t *start, size_t *extent)
{
    int64_t rest = first, size = 1;
    for (int d = rank - 1; d >= 0; d--) {
        start[d] = (size_t)(rest % (int64_t)nc->lengths[d]);
        rest /= (int64_t)nc->lengths[d];
        extent[d] = 1;
    }
    /* outwards while whole inner dimensions fit: stops at the first one that does not start at 0 or is not filled */
    for (int d = rank - 1; d >= 0; d--) {
        int64_t length = (int64_t)nc->lengths[d], left = length - (int64_t)start[d], room = count / size;
        if (room == 0) break;
        int64_t taken = left < room ? left : room;
        extent[d] = (size_t)taken;
        size *= taken;
        if (taken < length) break;
    }
    return size;
}

typedef struct column {
    int variable;
    const void *data;
    size_t bytes;  /* of an element */
    int64_t width; /* elements of a trajectory: 1, E or G */
    int extra;     /* 1: the width is a dimension of its own */
} column;

ws_code ws_netcdf_put(ws_netcdf *nc, int variable, int rank, int64_t first, int64_t count, const void *data, size_t bytes, int extras, const size_t *lengths,
                      ws_error *error)
{
    size_t start[NC_MAX_VAR_DIMS], extent[NC_MAX_VAR_DIMS];
    ws_code code = WS_OK;
    for (int e = 0; e < extras; e++) {
        start[rank + e] = 0;
        extent[rank + e] = lengths[e];
        bytes *= lengths[e];
    }
    for (int64_t done = 0; !code && done < count;) {
        int64_t box = next_box(nc, rank, first + done, count - done, start, extent);
        code = ws_netcdf_check(nc, nc->library.put_vara(nc->file, variable, start, extent, (const char *)data + (size_t)done * bytes), "outcomes", error);
        done += box;
    }
    return code;
}

/* `column` holds trajectories first ... first + count - 1. */
static ws_code write_column(ws_netcdf *nc, int64_t first, int64_t count, const column *from, ws_error *error)
{
    const size_t width = (size_t)from->width;
    return ws_netcdf_put(nc, from->variable, nc->rank, first, count, from->data, from->bytes, from->extra, &width, error);
}

typedef struct writing {
    ws_netcdf *nc;
    int64_t next; /* first trajectory not yet seen */
} writing;

/* flags and hash have no fill: zeros for trajectories that have not been run. */
static ws_code write_missing(ws_netcdf *nc, int64_t first, int64_t end, ws_error *error)
{
    enum { ROOM = 4096 };
    static const unsigned long long zeros[ROOM];
    ws_code code = WS_OK;
    while (!code && first < end) {
        int64_t count = end - first < ROOM ? end - first : ROOM;
        column flags = {nc->flags, zeros, 1, 1, 0}, hash = {nc->hash, zeros, 8, 1, 0};
        code = write_column(nc, first, count, &flags, error);
        if (!code && nc->plan->hash) code = write_column(nc, first, count, &hash, error);
        first += count;
    }
    return code;
}

static ws_code write_chunk(void *context, int64_t first, const ws_outcomes *outcomes, ws_error *error)
{
    writing *w = context;
    ws_netcdf *nc = w->nc;
    const ws_columns *c = &outcomes->columns;
    int64_t eps_count = nc->plan->eps_count, asked = nc->plan->gap_at_count;
    ws_code code = write_missing(nc, w->next, first, error);
    const column columns[] = {
        {nc->status, c->status, 1, 1, 0},     {nc->flags, c->flags, 1, 1, 0},       {nc->end, c->end, 8, 1, 0},
        {nc->final_gap, c->final_gap, 8, 1, 0}, {nc->best_gap, c->best_gap, 8, 1, 0}, {nc->best_at, c->best_at, 8, 1, 0},
        {nc->peak_gap, c->peak_gap, 8, 1, 0}, {nc->peak_at, c->peak_at, 8, 1, 0},   {nc->hit, c->hit, 8, eps_count, 1},
        {nc->gap_at, c->gap_at, 8, asked, 1}, {nc->trials, c->trials, 8, nc->plan->trials ? 1 : 0, 0}, {nc->hash, c->hash, 8, nc->plan->hash ? 1 : 0, 0},
    };
    for (size_t i = 0; !code && i < sizeof columns / sizeof *columns; i++)
        if (columns[i].width) code = write_column(nc, first, outcomes->count, &columns[i], error);
    for (int q = 0; !code && q < WS_TRACED_COUNT; q++) {
        column trace = {nc->trace[q], c->trace[q], 8, nc->plan->trace_count, 1};
        if (c->trace[q] && !nc->plan->trace_statistics) code = write_column(nc, first, outcomes->count, &trace, error);
    }
    w->next = first + outcomes->count;
    return code;
}

static ws_code write_coordinates(ws_netcdf *nc, ws_error *error)
{
    const ws_plan *plan = nc->plan;
    int state = NC_NOERR;
    for (int a = 0; state == NC_NOERR && a < plan->axis_count; a++) state = nc->library.put_var_double(nc->file, nc->axis[a], plan->axes[a].values);
    for (int64_t r = 0; state == NC_NOERR && r < plan->replicates;) { /* in pieces: there may be 2^31 */
        long long piece[4096];
        size_t start = (size_t)r, count = 0;
        for (; count < 4096 && r < plan->replicates; r++) piece[count++] = r;
        state = nc->library.put_vara_longlong(nc->file, nc->replicate, &start, &count, piece);
    }
    if (state == NC_NOERR && plan->eps_count) state = nc->library.put_var_double(nc->file, nc->eps, plan->eps);
    if (state == NC_NOERR && plan->gap_at_count) state = nc->library.put_var_longlong(nc->file, nc->gap_at_iteration, plan->gap_at);
    if (state == NC_NOERR && plan->trace_count) state = nc->library.put_var_longlong(nc->file, nc->trace_iteration, plan->trace_at);
    return ws_netcdf_check(nc, state, "coordinates", error);
}

ws_code ws_netcdf_write(const char *path, ws_results *results, ws_error *error)
{
    const ws_plan *plan = ws_results_plan(results);
    if (plan->axis_count + 2 > WS_NETCDF_RANK_MAX)
        return ws_error_set(error, WS_FAILED, "cannot write %s: the sweep has %d axes; a NetCDF-4 file holds at most %d", path,
                            plan->axis_count, WS_NETCDF_RANK_MAX - 2);
    char *temporary;
    ws_code code = ws_file_temporary(path, &temporary, error);
    if (code) return code;
    ws_netcdf nc = {.plan = plan, .path = path};
    code = ws_netcdf_library_load(&nc.library, error);
    if (!code) code = ws_netcdf_check(&nc, nc.library.create(temporary, NC_NETCDF4 | NC_NOCLOBBER, &nc.file), "create", error);
    if (code) {
        ws_file_abandon(temporary);
        return code;
    }
    writing w = {&nc, 0};
    code = ws_netcdf_define(&nc, results, error);
    if (!code) code = write_coordinates(&nc, error);
    if (!code) code = ws_results_each(results, write_chunk, &w, error);
    if (!code) code = write_missing(&nc, w.next, plan->trajectories, error);
    if (!code) code = ws_netcdf_write_trace(&nc, results, error);
    int state = nc.library.close(nc.file);
    if (!code) code = ws_netcdf_check(&nc, state, "close", error);
    if (!code) return ws_file_commit(temporary, path, error);
    ws_file_abandon(temporary);
    return code;
}
