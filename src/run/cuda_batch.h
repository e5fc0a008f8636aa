/* cuda_batch.h: the trajectories of one launch: taken from the queue, written down as cells and rows, and their outcomes brought
 * back to the chunks they came from.
 *
 * A kernel finds the cell and the replicate of row i by dividing offset + i by the number of replicates (kernels/record_cuda.h); with starts
 * of their own, replicates are cells of one each.
 * Trajectories that follow each other in the plan are neighbours; where one does not follow (another chunk, another kernel's cells
 * between), rows are left out until it fits, and a list of the rows that count goes along. */
#ifndef WS_CUDA_BATCH_H
#define WS_CUDA_BATCH_H

#include "run/chunk_queue.h"

typedef struct ws_cuda_piece {
    ws_chunk *chunk;
    int64_t place, count; /* in the chunk's order */
    int64_t row;          /* of the first of them here */
} ws_cuda_piece;

typedef struct ws_cuda_batch {
    int variant;
    int64_t count;   /* trajectories */
    int64_t rows;    /* of the columns: those left out included */
    unsigned offset; /* index of row 0 modulo replicates */
    int64_t last;    /* plan's index of the last trajectory */
    ws_cuda_piece *pieces;
    int piece_count, piece_room;
} ws_cuda_batch;

/* Under the queue's lock: takes at most `count` trajectories of the kernel that the segment at the head needs, in at most `rows`
 * rows. Returns how many; 0: none there. */
int64_t ws_cuda_batch_take(ws_queue *queue, ws_cuda_batch *batch, int64_t count, int64_t rows);
/* Puts all but the first `count` trajectories back into the queue. */
void ws_cuda_batch_shorten(ws_queue *queue, ws_cuda_batch *batch, int64_t count);

/* Cells that the rows need: cells[ws_cuda_batch_cells()]; problem[i] is the index of the problem of cell i, whose pointer is left
 * NULL. Cells between that no row needs are zeroed, their problem is -1. */
int64_t ws_cuda_batch_cells(const ws_cuda_batch *batch, int64_t replicates);
void ws_cuda_batch_fill(const ws_queue *queue, const ws_cuda_batch *batch, ws_cell *cells, int64_t *problem);
/* The rows that count, [count]; needed only when batch->rows > batch->count. */
void ws_cuda_batch_order(const ws_cuda_batch *batch, unsigned *order);

/* Copies the outcomes to their chunks, adds them to the tally, and tells the queue. Returns a row that was never written, or -1;
 * then nothing was copied. */
int64_t ws_cuda_batch_deliver(ws_queue *queue, ws_cuda_batch *batch, const ws_columns *columns, ws_tally *tally);
void ws_cuda_batch_free(ws_cuda_batch *batch);

#endif
