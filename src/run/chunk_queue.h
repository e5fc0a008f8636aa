/* chunk_queue.h: open chunks between the calling thread of an engine, which opens and hands them back, and the engine's workers.
 *
 * A chunk is cut into segments, one for each kernel that its cells need (mostly one). Segments stand in one queue. A worker asks
 * under the lock for the segment at the head, then counts up the segment's atomic index, by one trajectory or by many, and touches
 * the lock only when it is exhausted. When the bound on open chunks is reached, workers find the queue empty and wait: nobody holds
 * the lock while it computes. */
#ifndef WS_CHUNK_QUEUE_H
#define WS_CHUNK_QUEUE_H

#include <pthread.h>
#include <stdatomic.h>

#include "run/engine.h"

typedef struct ws_chunk {
    int64_t id, first;
    ws_outcomes outcomes;
    uint32_t *order; /* [count] rows by kernel and, where the engine asks for that, by schedule; NULL: rows in order, one kernel */
    _Atomic int64_t remaining;
    double opened;
    struct ws_chunk *next;          /* in the list of finished ones */
    struct ws_chunk *older, *newer; /* in the list of open ones */
} ws_chunk;

typedef struct ws_segment {
    ws_chunk *chunk;
    int variant;
    int returned;       /* other places of the chunk are begun */
    int64_t begin, end; /* places in the chunk's order */
    _Atomic int64_t next;
    _Atomic int users; /* workers that may still look at it; the queue counts as one */
    struct ws_segment *after;
} ws_segment;

/* What a worker has finished: written by it, added up by the calling thread. */
typedef struct ws_tally {
    _Alignas(64) _Atomic int64_t status[WS_STATUS_COUNT];
    _Atomic int64_t ended; /* of an engine that knows the number of ended trajectories before their status; else 0 */
    _Atomic double updates;
} ws_tally;

typedef struct ws_queue {
    const ws_engine_setup *setup;
    pthread_mutex_t lock;
    pthread_cond_t work;       /* for workers: a segment was queued, or the end */
    pthread_cond_t news;       /* for the calling thread: a chunk is finished, or the queue ran low */
    ws_segment *head, *tail;   /* segments not yet exhausted, the current one first */
    ws_chunk *finished, *open; /* open: every chunk that exists, the newest first */
    int finished_count;        /* those in `finished` */
    int64_t open_chunks;
    int64_t queued;     /* trajectories of the segments in the queue, the taken ones of the first included */
    int64_t depth;      /* trajectories that should wait in the queue, so that no worker finds it empty before the end */
    int64_t most_open;  /* chunks that may be open at once */
    int by_schedule;    /* set by the engine, after ws_queue_init: trajectories that share their schedule are to come together, as far as a chunk has them */
    int full;           /* no more chunks are opened now: enough wait, memory, the last one, a request to stop */
    int closed;         /* no more chunks will come */
    volatile int abort; /* nonzero: workers return at once, trajectories unfinished; kernels of the cpu look at it */
    ws_code failure;    /* of a worker */
    ws_error failure_error;
} ws_queue;

/* `busy`: chunks that must be able to be open at once for every worker to have work. */
void ws_queue_init(ws_queue *queue, const ws_engine_setup *setup, int64_t depth, int64_t busy);
/* After the workers were joined: frees what an abort left behind. */
void ws_queue_destroy(ws_queue *queue);

/* For workers. */
static inline int ws_queue_aborted(const ws_queue *q) { return __atomic_load_n(&q->abort, __ATOMIC_RELAXED); }
/* Under the lock: the segment at the head, exhausted ones dropped; NULL when there is none now. Not yet held: see ws_segment_hold.
 */
ws_segment *ws_queue_current(ws_queue *queue);
static inline void ws_segment_hold(ws_segment *s) { atomic_fetch_add(&s->users, 1); }
void ws_segment_release(ws_segment *segment);
/* Waits for a segment, which the caller then holds; NULL: there will be none. */
ws_segment *ws_queue_wait(ws_queue *queue);
/* Waits until as much stands in the queue as was asked for (`depth`), or all there will be; returns 0 when there will be nothing
 * more. */
int ws_queue_wait_full(ws_queue *queue);
/* Under the lock: the same without waiting. */
static inline int ws_queue_is_full(const ws_queue *q) { return q->head && (q->full || q->queued >= q->depth); }
/* Under the lock: asks for more to stand in the queue. */
void ws_queue_deepen(ws_queue *queue, int64_t depth);
/* The plan's index of a row of a chunk. */
static inline int64_t ws_chunk_index(const ws_queue *q, const ws_chunk *c, int64_t row)
{
    return q->setup->trajectory ? q->setup->trajectory[row] : c->first + row;
}
/* Puts places of a chunk back that were taken: they stand first in the queue. */
void ws_queue_return(ws_queue *queue, ws_chunk *chunk, int variant, int64_t begin, int64_t end);
/* `count` rows of a chunk are written. */
void ws_queue_done(ws_queue *queue, ws_chunk *chunk, int64_t count);
/* Ends the run with a worker's error (the first one counts). */
void ws_queue_fail(ws_queue *queue, ws_code code, const ws_error *error);

/* For the calling thread: opens chunks, hands finished ones over, tells how far the workers are, until all is done, stopped or
 * failed; then lets the workers end. */
ws_code ws_queue_attend(ws_queue *queue, const ws_tally *tallies, int workers, ws_error *error);

#endif
