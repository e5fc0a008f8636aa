/* cuda_batch.c: see cuda_batch.h. */
#include "run/cuda_batch.h"

#include <stdlib.h>
#include <string.h>

static int64_t row_of_place(const ws_chunk *c, int64_t place) { return c->order ? (int64_t)c->order[place] : place; }

/* Where the trajectory with this index would stand. */
static int64_t next_row(const ws_cuda_batch *b, int64_t index, int64_t replicates)
{
    if (!b->count) return 0;
    int64_t cell = index / replicates, last_cell = b->last / replicates;
    if (cell == last_cell && index > b->last) return b->rows + (index - b->last) - 1;
    int64_t local = ((int64_t)b->offset + b->rows - 1) / replicates + 1;
    return local * replicates + index % replicates - (int64_t)b->offset;
}

static void add_piece(ws_cuda_batch *b, ws_chunk *chunk, int64_t place, int64_t count, int64_t row)
{
    ws_cuda_piece *before = b->piece_count ? &b->pieces[b->piece_count - 1] : NULL;
    if (before && before->chunk == chunk && before->place + before->count == place && before->row + before->count == row) {
        before->count += count;
        return;
    }
    if (b->piece_count == b->piece_room) {
        b->piece_room = 2 * b->piece_room + 64;
        b->pieces = realloc(b->pieces, (size_t)b->piece_room * sizeof *b->pieces);
        WS_REQUIRE(b->pieces && "out of memory");
    }
    b->pieces[b->piece_count++] = (ws_cuda_piece){chunk, place, count, row};
}

/* Takes from one segment. Its trajectories follow each other without rows left out between, except in a list of single ones.
 * Returns 0 when the batch has no room for the next one. */
static int take_from(ws_queue *q, ws_segment *s, ws_cuda_batch *b, int64_t count, int64_t rows)
{
    int64_t replicates = ws_plan_together(q->setup->plan);
    while (b->count < count) {
        int64_t place = atomic_load(&s->next), left = s->end - place;
        if (left <= 0) return 1;
        int64_t index = ws_chunk_index(q, s->chunk, row_of_place(s->chunk, place)), row = next_row(b, index, replicates);
        if (row >= rows) return 0;
        int64_t n = count - b->count < rows - row ? count - b->count : rows - row;
        if (n > left) n = left;
        if (q->setup->trajectory) n = 1;
        if (!b->count) b->offset = (unsigned)(index % replicates);
        atomic_store(&s->next, place + n);
        add_piece(b, s->chunk, place, n, row);
        b->count += n;
        b->rows = row + n;
        b->last = ws_chunk_index(q, s->chunk, row_of_place(s->chunk, place + n - 1));
    }
    return 0;
}

int64_t ws_cuda_batch_take(ws_queue *q, ws_cuda_batch *b, int64_t count, int64_t rows)
{
    b->count = b->rows = 0;
    b->piece_count = 0;
    ws_segment *head = ws_queue_current(q);
    if (!head) return 0;
    b->variant = head->variant;
    for (ws_segment *s = head; s; s = s->after)
        if (s->variant == b->variant && !take_from(q, s, b, count, rows)) break;
    return b->count;
}

void ws_cuda_batch_shorten(ws_queue *q, ws_cuda_batch *b, int64_t count)
{
    while (b->count > count) { /* the last pieces first, so that they stand in the queue in their order */
        ws_cuda_piece *p = &b->pieces[b->piece_count - 1];
        int64_t gone = b->count - count < p->count ? b->count - count : p->count;
        p->count -= gone;
        b->count -= gone;
        ws_queue_return(q, p->chunk, b->variant, p->place + p->count, p->place + p->count + gone);
        if (!p->count) b->piece_count--;
    }
    const ws_cuda_piece *p = &b->pieces[b->piece_count - 1];
    b->rows = p->row + p->count;
    b->last = ws_chunk_index(q, p->chunk, row_of_place(p->chunk, p->place + p->count - 1));
}

int64_t ws_cuda_batch_cells(const ws_cuda_batch *b, int64_t replicates)
{
    return ((int64_t)b->offset + b->rows - 1) / replicates + 1;
}

void ws_cuda_batch_fill(const ws_queue *q, const ws_cuda_batch *b, ws_cell *cells, int64_t *problem)
{
    const ws_engine_setup *setup = q->setup;
    int64_t replicates = ws_plan_together(setup->plan), count = ws_cuda_batch_cells(b, replicates), filled = -1;
    if (b->rows > b->count) memset(cells, 0, (size_t)count * sizeof *cells);
    for (int64_t i = 0; i < count; i++) problem[i] = -1;
    for (int i = 0; i < b->piece_count; i++) {
        const ws_cuda_piece *p = &b->pieces[i];
        for (int64_t j = 0; j < p->count;) {
            int64_t at = (int64_t)b->offset + p->row + j, cell = at / replicates;
            if (cell != filled) {
                ws_plan_cell_values values;
                int64_t index = ws_chunk_index(q, p->chunk, row_of_place(p->chunk, p->place + j)), all = setup->plan->replicates;
                ws_problems_cell(setup->plan, setup->problems, index / all, index % all, &values);
                cells[cell] = values.cell;
                cells[cell].first_replicate = (unsigned)(replicates == 1 ? index % all : 0);
                cells[cell].problem = NULL;
                problem[cell] = values.problem;
                filled = cell;
            }
            j += replicates - at % replicates; /* the rest of this cell's replicates */
        }
    }
}

void ws_cuda_batch_order(const ws_cuda_batch *b, unsigned *order)
{
    for (int i = 0; i < b->piece_count; i++)
        for (int64_t j = 0; j < b->pieces[i].count; j++) *order++ = (unsigned)(b->pieces[i].row + j);
}

static void count_status(ws_tally *tally, const unsigned char *status, int64_t count)
{
    int64_t seen[WS_STATUS_COUNT] = {0};
    for (int64_t i = 0; i < count; i++) seen[status[i]]++;
    for (int s = 0; s < WS_STATUS_COUNT; s++) atomic_fetch_add_explicit(&tally->status[s], seen[s], memory_order_relaxed);
}

int64_t ws_cuda_batch_deliver(ws_queue *q, ws_cuda_batch *b, const ws_columns *columns, ws_tally *tally)
{
    for (int i = 0; i < b->piece_count; i++)
        for (int64_t j = 0; j < b->pieces[i].count; j++)
            if (columns->status[b->pieces[i].row + j] >= WS_STATUS_COUNT) return b->pieces[i].row + j;
    for (int i = 0; i < b->piece_count; i++) {
        const ws_cuda_piece *p = &b->pieces[i];
        if (p->chunk->order)
            for (int64_t j = 0; j < p->count; j++)
                ws_outcomes_copy(&p->chunk->outcomes, row_of_place(p->chunk, p->place + j), columns, p->row + j, 1);
        else
            ws_outcomes_copy(&p->chunk->outcomes, p->place, columns, p->row, p->count);
        count_status(tally, columns->status + p->row, p->count);
        ws_queue_done(q, p->chunk, p->count);
    }
    b->count = b->rows = 0;
    b->piece_count = 0;
    return -1;
}

void ws_cuda_batch_free(ws_cuda_batch *b)
{
    free(b->pieces);
    memset(b, 0, sizeof *b);
}
