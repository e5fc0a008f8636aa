/* cells.c: the outcomes of a journal, gathered cell by cell.
 *
 * Trajectories of a cell are contiguous (index = cell * replicates + replicate), but a chunk may hold many cells, or part of one.
 * Rows are copied into one cell's buffer until the next cell begins, so that memory is one chunk plus one cell, whatever the
 * size of the sweep. A cell of which nothing has been run is visited too: no statistic may mistake it for absent. */
#include <stdlib.h>
#include <string.h>

#include "report/results.h"

typedef struct gathering {
    const ws_plan *plan;
    ws_cell_outcomes cell;
    int64_t only; /* the one cell that is wanted, or -1: all are visited */
    ws_cell_visitor each;
    void *context;
} gathering;

void ws_cell_outcomes_free(ws_cell_outcomes *outcomes)
{
    free(outcomes->replicate);
    free(outcomes->status);
    free(outcomes->flags);
    free(outcomes->hit);
    free(outcomes->end);
    for (int q = 0; q < WS_TRACED_COUNT; q++) free(outcomes->trace[q]);
    memset(outcomes, 0, sizeof *outcomes);
}

/* Room for the traces of n trajectories; 0: there is none. */
static int grow_traces(ws_cell_outcomes *cell, const ws_plan *plan, size_t n)
{
    void *end = realloc(cell->end, n * sizeof *cell->end);
    if (!end) return 0;
    cell->end = end;
    for (int q = 0; q < WS_TRACED_COUNT; q++) {
        if (!(plan->traced >> q & 1)) continue;
        void *trace = realloc(cell->trace[q], n * (size_t)plan->trace_count * sizeof(double));
        if (!trace) return 0;
        cell->trace[q] = trace;
    }
    return 1;
}

static ws_code grow(ws_cell_outcomes *cell, const ws_plan *plan, int64_t need, ws_error *error)
{
    int64_t most = plan->replicates;
    if (need <= cell->room) return WS_OK;
    int64_t room = need > most / 2 ? most : 2 * need;
    size_t n = (size_t)room, width = cell->eps_count > 0 ? (size_t)cell->eps_count : 1;
    void *replicate = realloc(cell->replicate, n * sizeof *cell->replicate);
    if (replicate) cell->replicate = replicate;
    void *status = realloc(cell->status, n);
    if (status) cell->status = status;
    void *flags = realloc(cell->flags, n);
    if (flags) cell->flags = flags;
    void *hit = realloc(cell->hit, n * width * sizeof *cell->hit);
    if (hit) cell->hit = hit;
    if (!replicate || !status || !flags || !hit || (cell->traces && !grow_traces(cell, plan, n)))
        return ws_error_set(error, WS_FAILED, "out of memory for a cell of %lld replicates", (long long)room);
    cell->room = room;
    return WS_OK;
}

/* Visits the cells before `cell` that have not been visited; the buffer then belongs to `cell`, empty. */
static ws_code advance(gathering *g, int64_t cell, ws_error *error)
{
    ws_code code = WS_OK;
    for (; !code && g->cell.cell < cell; g->cell.cell++, g->cell.count = 0, g->cell.trials = 0) code = g->each(g->context, &g->cell, error);
    return code;
}

static void take_traces(ws_cell_outcomes *to, const ws_columns *from, const ws_plan *plan, int64_t row, int64_t rows)
{
    size_t points = (size_t)plan->trace_count;
    memcpy(to->end + to->count, from->end + row, (size_t)rows * sizeof *to->end);
    for (int q = 0; q < WS_TRACED_COUNT; q++)
        if (to->trace[q]) memcpy(to->trace[q] + (size_t)to->count * points, (const double *)from->trace[q] + (size_t)row * points, (size_t)rows * points * sizeof(double));
}

static ws_code take_chunk(void *context, int64_t first, const ws_outcomes *outcomes, ws_error *error)
{
    gathering *g = context;
    int64_t replicates = g->plan->replicates, taken = 0;
    size_t width = (size_t)g->plan->eps_count;
    const ws_columns *from = &outcomes->columns;
    while (taken < outcomes->count) {
        int64_t cell = (first + taken) / replicates, replicate = (first + taken) % replicates;
        int64_t rows = replicates - replicate < outcomes->count - taken ? replicates - replicate : outcomes->count - taken;
        if (g->only < 0 || cell == g->only) {
            ws_cell_outcomes *to = &g->cell;
            ws_code code = g->only < 0 ? advance(g, cell, error) : WS_OK;
            if (!code) code = grow(to, g->plan, to->count + rows, error);
            if (code) return code;
            for (int64_t i = 0; i < rows; i++) to->replicate[to->count + i] = replicate + i;
            memcpy(to->status + to->count, from->status + taken, (size_t)rows);
            memcpy(to->flags + to->count, from->flags + taken, (size_t)rows);
            if (width) memcpy(to->hit + (size_t)to->count * width, from->hit + (size_t)taken * width, (size_t)rows * width * sizeof *to->hit);
            for (int64_t i = 0; from->trials && i < rows; i++) to->trials += (double)from->trials[taken + i];
            if (to->traces) take_traces(to, from, g->plan, taken, rows);
            to->count += rows;
        }
        taken += rows;
    }
    return WS_OK;
}

ws_code ws_results_each_cell(ws_results *results, int traces, ws_cell_visitor each, void *context, ws_error *error)
{
    const ws_plan *plan = ws_results_plan(results);
    gathering g = {.plan = plan, .cell = {.eps_count = plan->eps_count, .traces = traces}, .only = -1, .each = each, .context = context};
    ws_code code = ws_results_each(results, take_chunk, &g, error);
    if (!code) code = advance(&g, plan->cells, error);
    ws_cell_outcomes_free(&g.cell);
    return code;
}

ws_code ws_results_cell(ws_results *results, int64_t cell, ws_cell_outcomes *out, ws_error *error)
{
    const ws_plan *plan = ws_results_plan(results);
    gathering g = {.plan = plan, .cell = *out, .only = cell};
    g.cell.cell = cell;
    g.cell.count = 0;
    g.cell.trials = 0;
    g.cell.eps_count = plan->eps_count;
    ws_code code = ws_results_range(results, cell * plan->replicates, plan->replicates, take_chunk, &g, error);
    *out = g.cell; /* keeps the memory for the next call, also after an error */
    return code;
}
