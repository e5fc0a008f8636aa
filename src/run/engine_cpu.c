/* engine_cpu.c: see engine_cpu.h.
 *
 * A worker counts up the index of the queue's current segment, one trajectory at a time. A worker whose kernel does not fit the next segment
 * lets its slots run empty, returns from the kernel and comes back with the right one. */
#include "run/engine_cpu.h"

#include <stdlib.h>
#include <string.h>

#include "run/chunk_queue.h"

/* Trajectories that wait in the queue for each worker, so that no slot ever finds it empty before the end, and chunks that wait beside those
 * that are begun: while the calling thread writes one to the journal, short trajectories use up the next. */
enum { QUEUE_DEPTH = 512, CHUNKS_AHEAD = 2 };

typedef struct cell_slot {
    ws_plan_cell_values values;
    ws_chunk *chunk;
    struct cell_slot *free;
} cell_slot;

typedef struct worker {
    ws_queue *queue;
    ws_tally *tally;
    pthread_t thread;
    ws_segment *segment;       /* in use */
    int64_t place, place_end;  /* of it: taken, but not yet by the kernel */
    ws_plan_point point;       /* cell of the trajectory taken last */
    int64_t replicate;         /* its replicate */
    int variant;               /* of the kernel that runs */
    cell_slot *slots, *free;
    int slot_count;
    void **arena;              /* [variants] */
} worker;

/* Places are taken from the segment several at once while there are many, one by one near the end, so that no worker sits on the last. */
enum { TOGETHER = 32, MANY = 128 };

static int64_t take_place(worker *w)
{
    for (;;) {
        if (w->place < w->place_end) return w->place++;
        if (w->segment) {
            int64_t left = w->segment->end - atomic_load_explicit(&w->segment->next, memory_order_relaxed);
            int64_t n = left > (int64_t)MANY * w->queue->setup->threads ? TOGETHER : 1;
            w->place = atomic_fetch_add(&w->segment->next, n);
            w->place_end = w->place + n < w->segment->end ? w->place + n : w->segment->end;
            if (w->place < w->place_end) return w->place++;
        }
        ws_queue *q = w->queue;
        pthread_mutex_lock(&q->lock);
        ws_segment_release(w->segment);
        w->segment = NULL;
        ws_segment *s = ws_queue_aborted(q) ? NULL : ws_queue_current(q);
        if (s && s->variant == w->variant) {
            ws_segment_hold(s);
            w->segment = s;
        }
        pthread_mutex_unlock(&q->lock);
        if (!w->segment) return -1; /* the slots run empty; the worker's loop decides what comes next */
    }
}

/* Cell and replicate of a trajectory. Most often it is the one after that taken last: no division. */
static void locate(worker *w, int64_t index)
{
    const ws_plan *plan = w->queue->setup->plan;
    const int64_t replicates = plan->replicates;
    int64_t cell = w->point.cell;
    if (index == cell * replicates + w->replicate + 1) {
        if (++w->replicate == replicates) {
            w->replicate = 0;
            cell++;
        }
    } else {
        cell = index / replicates;
        w->replicate = index - cell * replicates;
    }
    ws_plan_point_move(plan, &w->point, cell);
}

static int take(void *context, ws_trajectory *const *next, int wanted)
{
    worker *w = context;
    const ws_engine_setup *setup = w->queue->setup;
    for (int i = 0; i < wanted; i++) {
        int64_t place = take_place(w);
        if (place < 0) return i;
        ws_chunk *c = w->segment->chunk;
        int64_t row = c->order ? c->order[place] : place;
        locate(w, ws_chunk_index(w->queue, c, row));
        cell_slot *slot = w->free;
        WS_REQUIRE(slot);
        w->free = slot->free;
        slot->chunk = c;
        ws_plan_cell_move(setup->plan, &w->point, &slot->values);
        ws_problems_cell_complete(setup->plan, setup->problems, w->replicate, &slot->values);
        *next[i] = (ws_trajectory){.cell = &slot->values.cell, .out = &c->outcomes.columns, .row = row,
                                   .replicate = (unsigned)w->replicate, .owner = slot};
    }
    return wanted;
}

/* A worker is the only one that writes its tally. */
#define ADD_RELAXED(sum, more) atomic_store_explicit(sum, atomic_load_explicit(sum, memory_order_relaxed) + (more), memory_order_relaxed)

/* Rows of one chunk are counted together: an atomic operation waits for all that was written before. */
static void done(void *context, const ws_trajectory *const *ended, int count)
{
    worker *w = context;
    int64_t iterations = 0;
    for (int i = 0, first = 0; i < count; i++) {
        const ws_trajectory *job = ended[i];
        cell_slot *slot = job->owner;
        ADD_RELAXED(&w->tally->status[job->out->status[job->row]], 1);
        iterations += job->out->end[job->row];
        slot->free = w->free;
        w->free = slot;
        if (i + 1 < count && ((const cell_slot *)ended[i + 1]->owner)->chunk == slot->chunk) continue;
        ws_queue_done(w->queue, slot->chunk, i + 1 - first);
        first = i + 1;
    }
    ADD_RELAXED(&w->tally->updates, (double)iterations * (double)w->queue->setup->plan->variants[w->variant].dimension);
}

static int make_slots(worker *w, int width)
{
    if (width > w->slot_count) {
        free(w->slots);
        w->slots = malloc((size_t)width * sizeof *w->slots);
        w->slot_count = w->slots ? width : 0;
        if (!w->slots) return 1;
    }
    w->free = NULL;
    for (int i = 0; i < w->slot_count; i++) {
        ws_plan_cell(w->queue->setup->plan, 0, &w->slots[i].values);
        w->slots[i].free = w->free;
        w->free = &w->slots[i];
    }
    return 0;
}

static void run_kernel(worker *w)
{
    const ws_engine_setup *setup = w->queue->setup;
    const ws_plan *plan = setup->plan;
    const ws_kernel_api *api = setup->kernels->kernel[w->variant].api;
    if (!w->arena[w->variant]) w->arena[w->variant] = aligned_alloc(64, (api->arena_bytes + 63) / 64 * 64);
    if (!w->arena[w->variant] || make_slots(w, api->width)) {
        ws_error error;
        ws_queue_fail(w->queue, ws_error_set(&error, WS_FAILED, "out of memory for the working memory of a thread"), &error);
        return;
    }
    ws_kernel_run run = {.seed = plan->seed, .eps_count = plan->eps_count, .gap_at_count = plan->gap_at_count, .gap_at = plan->gap_at, .trace_count = plan->trace_count, .trace_at = plan->trace_at,
                         .abort = &w->queue->abort, .context = w, .take = take, .done = done};
    api->run(&run, w->arena[w->variant]);
}

static void *work(void *memory)
{
    worker *w = memory;
    for (ws_segment *s; (s = ws_queue_wait(w->queue));) {
        ws_segment_release(w->segment);
        w->segment = s;
        w->variant = s->variant;
        run_kernel(w);
    }
    ws_segment_release(w->segment);
    w->segment = NULL;
    return NULL;
}

ws_code ws_engine_cpu_run(const ws_engine_setup *setup, ws_error *error)
{
    ws_queue queue;
    int count = setup->threads, started = 0;
    int64_t depth = (int64_t)count * QUEUE_DEPTH, chunks = (count + CHUNKS_AHEAD) * setup->plan->chunk_size;
    ws_queue_init(&queue, setup, chunks > depth ? chunks : depth, 2 * count + CHUNKS_AHEAD + 1);
    for (int v = 0; v < setup->plan->variant_count; v++) {
        const ws_kernel_api *api = setup->kernels->kernel[v].api;
        if (api && api->by_schedule) queue.by_schedule = 1;
    }
    worker *workers = calloc((size_t)count, sizeof *workers);
    ws_tally *tallies = aligned_alloc(64, (size_t)count * sizeof *tallies);
    WS_REQUIRE(workers && tallies && "out of memory");
    memset(tallies, 0, (size_t)count * sizeof *tallies);
    for (; started < count; started++) {
        worker *w = &workers[started];
        w->queue = &queue;
        w->tally = &tallies[started];
        w->arena = calloc((size_t)setup->plan->variant_count, sizeof *w->arena);
        WS_REQUIRE(w->arena && "out of memory");
        if (pthread_create(&w->thread, NULL, work, w)) {
            free(w->arena);
            break;
        }
    }
    ws_code code = started ? ws_queue_attend(&queue, tallies, started, error) : ws_error_set(error, WS_FAILED, "cannot start a thread");
    for (int i = 0; i < started; i++) {
        pthread_join(workers[i].thread, NULL);
        for (int v = 0; v < setup->plan->variant_count; v++) free(workers[i].arena[v]);
        free(workers[i].arena);
        free(workers[i].slots);
    }
    free(workers);
    free(tallies);
    ws_queue_destroy(&queue);
    return code;
}
