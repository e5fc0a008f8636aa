/* engine_cpu.c: see engine_cpu.h.
 *
 * A chunk is cut into segments, one for each kernel that its cells need (mostly one). Segments stand in one queue; a worker's `take`
 * counts up an atomic index inside the current segment and touches the lock only when it is exhausted. A worker whose kernel does not
 * fit the next segment lets its slots run empty, returns from the kernel and comes back with the right one. When the bound on open
 * chunks is reached, workers run empty and wait: nobody blocks with live slots. */
#include "run/engine_cpu.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "run/machine.h"

/* Trajectories that wait in the queue for each worker, so that no slot ever finds it empty before the end. */
enum { QUEUE_DEPTH = 512 };

typedef struct chunk {
    int64_t id, first;
    ws_outcomes outcomes;
    uint32_t *order;           /* [count] rows by kernel, or NULL: rows in order, one kernel */
    _Atomic int64_t remaining;
    double opened;
    struct chunk *next;        /* in the list of finished ones */
    struct chunk *older, *newer; /* in the list of open ones */
} chunk;

typedef struct segment {
    chunk *chunk;
    int variant;
    int64_t begin, end;        /* places in the chunk's order */
    _Atomic int64_t next;
    _Atomic int users;         /* workers that may still look at it; the queue counts as one */
    struct segment *after;
} segment;

typedef struct engine {
    const ws_engine_setup *setup;
    pthread_mutex_t lock;
    pthread_cond_t work;       /* for workers: a segment was queued, or the end */
    pthread_cond_t news;       /* for the calling thread: a chunk is finished, or the queue ran low */
    segment *head, *tail;      /* segments not yet exhausted, the current one first */
    chunk *finished, *open;    /* open: every chunk that exists, the newest first */
    int64_t open_chunks;
    int64_t queued;            /* trajectories of the segments in the queue, the taken ones of the first included */
    int closed;                /* no more chunks will come */
    volatile int abort;        /* read by kernels; 2: a worker is out of memory */
} engine;

typedef struct cell_slot {
    ws_plan_cell_values values;
    chunk *chunk;
    struct cell_slot *free;
} cell_slot;

typedef struct worker {
    engine *engine;
    pthread_t thread;
    segment *segment;          /* in use */
    int variant;               /* of the kernel that runs */
    cell_slot *slots, *free;
    int slot_count;
    void **arena;              /* [variants] */
    _Atomic int64_t status[WS_STATUS_COUNT];
    _Atomic double updates;
    _Alignas(64) char apart;
} worker;

static int get_abort(engine *e) { return __atomic_load_n(&e->abort, __ATOMIC_RELAXED); }
static void set_abort(engine *e, int value) { __atomic_store_n(&e->abort, value, __ATOMIC_RELAXED); }

static void release(segment *s)
{
    if (s && atomic_fetch_sub(&s->users, 1) == 1) free(s);
}

/* The segment at the head of the queue, exhausted ones dropped; NULL when there is none now. */
static segment *current(engine *e)
{
    while (e->head && atomic_load(&e->head->next) >= e->head->end) {
        segment *gone = e->head;
        e->head = gone->after;
        if (!e->head) e->tail = NULL;
        e->queued -= gone->end - gone->begin;
        release(gone);
        pthread_cond_signal(&e->news);
    }
    return e->head;
}

static int64_t take_place(worker *w)
{
    for (;;) {
        if (w->segment) {
            int64_t place = atomic_fetch_add(&w->segment->next, 1);
            if (place < w->segment->end) return place;
        }
        engine *e = w->engine;
        pthread_mutex_lock(&e->lock);
        release(w->segment);
        w->segment = NULL;
        segment *s = get_abort(e) ? NULL : current(e);
        if (s && s->variant == w->variant) {
            atomic_fetch_add(&s->users, 1);
            w->segment = s;
        }
        pthread_mutex_unlock(&e->lock);
        if (!w->segment) return -1; /* the slots run empty; the worker's loop decides what comes next */
    }
}

static int take(void *context, ws_trajectory *job)
{
    worker *w = context;
    int64_t place = take_place(w);
    if (place < 0) return 0;
    chunk *c = w->segment->chunk;
    const ws_engine_setup *setup = w->engine->setup;
    int64_t row = c->order ? c->order[place] : place, index = c->first + row;
    cell_slot *slot = w->free;
    WS_REQUIRE(slot);
    w->free = slot->free;
    slot->chunk = c;
    ws_problems_cell(setup->plan, setup->problems, index / setup->plan->replicates, &slot->values);
    *job = (ws_trajectory){.cell = &slot->values.cell, .out = &c->outcomes.columns, .row = row,
                           .replicate = (unsigned)(index % setup->plan->replicates), .owner = slot};
    return 1;
}

static void add_relaxed(_Atomic double *sum, double more)
{
    atomic_store_explicit(sum, atomic_load_explicit(sum, memory_order_relaxed) + more, memory_order_relaxed);
}

static void done(void *context, const ws_trajectory *job)
{
    worker *w = context;
    cell_slot *slot = job->owner;
    chunk *c = slot->chunk;
    unsigned char status = job->out->status[job->row];
    atomic_fetch_add_explicit(&w->status[status], 1, memory_order_relaxed);
    add_relaxed(&w->updates, (double)job->out->end[job->row] * (double)w->engine->setup->plan->variants[w->variant].dimension);
    slot->free = w->free;
    w->free = slot;
    if (atomic_fetch_sub(&c->remaining, 1) != 1) return;
    pthread_mutex_lock(&w->engine->lock);
    c->next = w->engine->finished;
    w->engine->finished = c;
    pthread_cond_signal(&w->engine->news);
    pthread_mutex_unlock(&w->engine->lock);
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
        w->slots[i].free = w->free;
        w->free = &w->slots[i];
    }
    return 0;
}

static void run_kernel(worker *w)
{
    const ws_engine_setup *setup = w->engine->setup;
    const ws_plan *plan = setup->plan;
    const ws_kernel_api *api = setup->kernels->kernel[w->variant].api;
    if (!w->arena[w->variant]) w->arena[w->variant] = aligned_alloc(64, (api->arena_bytes + 63) / 64 * 64);
    if (!w->arena[w->variant] || make_slots(w, api->width)) {
        /* seen by the calling thread, which runs the chunks on the other workers' kernels no more */
        set_abort(w->engine, 2);
        return;
    }
    ws_kernel_run run = {.seed = plan->seed, .eps_count = plan->eps_count, .gap_at_count = plan->gap_at_count, .gap_at = plan->gap_at,
                         .noise_weights = plan->noise_weights, .abort = &w->engine->abort, .context = w, .take = take, .done = done};
    api->run(&run, w->arena[w->variant]);
}

static void *work(void *memory)
{
    worker *w = memory;
    engine *e = w->engine;
    for (;;) {
        pthread_mutex_lock(&e->lock);
        while (!get_abort(e) && !e->closed && !current(e)) pthread_cond_wait(&e->work, &e->lock);
        segment *s = get_abort(e) ? NULL : current(e);
        if (s) {
            atomic_fetch_add(&s->users, 1);
            release(w->segment);
            w->segment = s;
            w->variant = s->variant;
        }
        pthread_mutex_unlock(&e->lock);
        if (!s) break;
        run_kernel(w);
    }
    pthread_mutex_lock(&e->lock);
    release(w->segment);
    w->segment = NULL;
    pthread_mutex_unlock(&e->lock);
    return NULL;
}

/* Rows of the chunk by kernel: a counting sort, so that rows of one kernel keep their order. */
static ws_code sort_rows(const ws_plan *plan, chunk *c, int64_t *bounds)
{
    int64_t n = c->outcomes.count;
    uint32_t *variant = malloc((size_t)n * sizeof *variant);
    c->order = malloc((size_t)n * sizeof *c->order);
    if (!variant || !c->order) {
        free(variant);
        return WS_FAILED;
    }
    memset(bounds, 0, (size_t)(plan->variant_count + 1) * sizeof *bounds);
    for (int64_t i = 0; i < n; i++) {
        ws_plan_cell_values values;
        ws_plan_cell(plan, (c->first + i) / plan->replicates, &values);
        variant[i] = (uint32_t)values.variant;
        bounds[values.variant + 1]++;
    }
    for (int v = 0; v < plan->variant_count; v++) bounds[v + 1] += bounds[v];
    for (int64_t i = 0; i < n; i++) c->order[bounds[variant[i]]++] = (uint32_t)i;
    for (int v = plan->variant_count; v > 0; v--) bounds[v] = bounds[v - 1];
    bounds[0] = 0;
    free(variant);
    return WS_OK;
}

static void link_chunk(engine *e, chunk *c)
{
    c->older = e->open;
    if (c->older) c->older->newer = c;
    e->open = c;
    e->open_chunks++;
}

static void unlink_chunk(engine *e, chunk *c)
{
    if (c->older) c->older->newer = c->newer;
    if (c->newer) c->newer->older = c->older;
    else e->open = c->older;
    e->open_chunks--;
}

static void free_chunk(chunk *c)
{
    ws_outcomes_free(&c->outcomes);
    free(c->order);
    free(c);
}

static void queue_segment(engine *e, chunk *c, int variant, int64_t begin, int64_t end)
{
    segment *s = calloc(1, sizeof *s);
    WS_REQUIRE(s && "out of memory");
    *s = (segment){.chunk = c, .variant = variant, .begin = begin, .end = end};
    atomic_init(&s->next, begin);
    atomic_init(&s->users, 1);
    if (e->tail) e->tail->after = s;
    else e->head = s;
    e->tail = s;
    e->queued += end - begin;
}

static ws_code open_chunk(engine *e, int64_t id, ws_error *error)
{
    const ws_plan *plan = e->setup->plan;
    chunk *c = calloc(1, sizeof *c);
    int64_t *bounds = calloc((size_t)plan->variant_count + 1, sizeof *bounds), count = 0;
    WS_REQUIRE(c && bounds && "out of memory");
    c->id = id;
    ws_plan_chunk(plan, id, &c->first, &count);
    ws_code code = ws_outcomes_new(count, plan->eps_count, plan->gap_at_count, plan->hash, &c->outcomes, error);
    bounds[plan->variant_count] = count;
    if (!code && plan->variant_count > 1 && sort_rows(plan, c, bounds))
        code = ws_error_set(error, WS_FAILED, "out of memory for a chunk of %lld trajectories", (long long)count);
    if (code) {
        free_chunk(c);
        free(bounds);
        return code;
    }
    atomic_init(&c->remaining, count);
    c->opened = ws_clock_now();
    pthread_mutex_lock(&e->lock);
    for (int v = 0; v < plan->variant_count; v++)
        if (bounds[v + 1] > bounds[v]) queue_segment(e, c, v, bounds[v], bounds[v + 1]);
    link_chunk(e, c);
    pthread_cond_broadcast(&e->work);
    pthread_mutex_unlock(&e->lock);
    free(bounds);
    return WS_OK;
}

static void tell(const ws_engine_setup *setup, const worker *workers, int count, double start)
{
    int64_t status[WS_STATUS_COUNT] = {0}, sum = 0;
    double updates = 0;
    for (int i = 0; i < count; i++) {
        for (int s = 0; s < WS_STATUS_COUNT; s++) status[s] += atomic_load_explicit(&workers[i].status[s], memory_order_relaxed);
        updates += atomic_load_explicit(&workers[i].updates, memory_order_relaxed);
    }
    for (int s = 0; s < WS_STATUS_COUNT; s++) sum += status[s];
    if (setup->tick) setup->tick(setup->context, sum, status, updates, ws_clock_now() - start);
}

/* Chunks that may be open at once: as many as keep every worker busy, more while their outcomes are small beside the memory. */
static int64_t most_open(const ws_engine_setup *setup)
{
    const ws_plan *plan = setup->plan;
    double each = (double)ws_outcomes_bytes(plan->chunk_size, plan->eps_count, plan->gap_at_count, plan->hash) + 4.0 * (double)plan->chunk_size;
    double budget = (double)ws_machine_memory() / 8;
    if (budget > 1e9) budget = 1e9;
    double most = budget / (each + 1024);
    return most > setup->threads + 3 ? (int64_t)most : setup->threads + 3;
}

/* After a request to stop: chunks of which nothing was begun are given up, the others are chunks in hand. (With several kernels a
 * chunk stands in several segments and is finished.) */
static void drop_unbegun(engine *e)
{
    if (e->setup->plan->variant_count > 1) return;
    for (segment **at = &e->head; *at;) {
        segment *s = *at;
        int64_t begin = s->begin;
        if (!atomic_compare_exchange_strong(&s->next, &begin, s->end)) {
            at = &s->after;
            continue;
        }
        *at = s->after;
        e->queued -= s->end - s->begin;
        unlink_chunk(e, s->chunk);
        free_chunk(s->chunk);
        release(s);
    }
    e->tail = e->head;
    while (e->tail && e->tail->after) e->tail = e->tail->after;
}

/* The calling thread's loop: opens chunks, hands finished ones over, tells how far it is. */
static ws_code attend(engine *e, const worker *workers, int started, ws_error *error)
{
    const ws_engine_setup *setup = e->setup;
    ws_code code = WS_OK;
    double start = ws_clock_now(), told = start;
    int exhausted = 0, stopping = 0;
    int64_t most = most_open(setup);
    for (;;) {
        if (setup->stop && *setup->stop >= 2) {
            set_abort(e, 1);
            code = WS_STOPPED;
        }
        if (get_abort(e) == 2) code = ws_error_set(error, WS_FAILED, "out of memory for the working memory of a thread");
        if (code) break;
        pthread_mutex_lock(&e->lock);
        if (!stopping && ((setup->stop && *setup->stop) || (setup->deadline > 0 && ws_clock_now() >= setup->deadline))) {
            stopping = 1;
            drop_unbegun(e);
        }
        int wanted = !exhausted && !stopping && e->open_chunks < most && e->queued < (int64_t)setup->threads * QUEUE_DEPTH;
        if (!wanted && !e->finished) {
            if (e->open_chunks == 0) {
                pthread_mutex_unlock(&e->lock);
                break;
            }
            struct timespec until;
            clock_gettime(CLOCK_REALTIME, &until);
            until.tv_nsec += 100000000;
            if (until.tv_nsec >= 1000000000) {
                until.tv_nsec -= 1000000000;
                until.tv_sec++;
            }
            pthread_cond_timedwait(&e->news, &e->lock, &until);
        }
        chunk *c = e->finished;
        if (c) e->finished = c->next;
        pthread_mutex_unlock(&e->lock);
        if (c) {
            code = setup->finished(setup->context, c->id, &c->outcomes, ws_clock_now() - c->opened, error);
            pthread_mutex_lock(&e->lock);
            unlink_chunk(e, c);
            pthread_mutex_unlock(&e->lock);
            free_chunk(c);
        } else if (wanted) {
            int64_t id = setup->next_chunk(setup->context);
            if (id < 0) exhausted = 1;
            else code = open_chunk(e, id, error);
        }
        if (ws_clock_now() - told > 0.1) {
            tell(setup, workers, started, start);
            told = ws_clock_now();
        }
    }
    if (code) set_abort(e, 1);
    tell(setup, workers, started, start);
    return code ? code : stopping ? WS_STOPPED : WS_OK;
}

ws_code ws_engine_run(const ws_engine_setup *setup, ws_error *error)
{
    engine e = {.setup = setup};
    pthread_mutex_init(&e.lock, NULL);
    pthread_cond_init(&e.work, NULL);
    pthread_cond_init(&e.news, NULL);
    int count = setup->threads;
    worker *workers = aligned_alloc(64, (size_t)count * sizeof *workers);
    WS_REQUIRE(workers && "out of memory");
    memset(workers, 0, (size_t)count * sizeof *workers);
    int started = 0;
    for (; started < count; started++) {
        worker *w = &workers[started];
        w->engine = &e;
        w->arena = calloc((size_t)setup->plan->variant_count, sizeof *w->arena);
        WS_REQUIRE(w->arena && "out of memory");
        if (pthread_create(&w->thread, NULL, work, w)) {
            free(w->arena);
            break;
        }
    }
    ws_code code = started ? attend(&e, workers, started, error) : ws_error_set(error, WS_FAILED, "cannot start a thread");
    pthread_mutex_lock(&e.lock);
    e.closed = 1;
    pthread_cond_broadcast(&e.work);
    pthread_mutex_unlock(&e.lock);
    for (int i = 0; i < started; i++) {
        pthread_join(workers[i].thread, NULL);
        for (int v = 0; v < setup->plan->variant_count; v++) free(workers[i].arena[v]);
        free(workers[i].arena);
        free(workers[i].slots);
    }
    free(workers);
    while (e.head) { /* what an abort left behind */
        segment *gone = e.head;
        e.head = gone->after;
        free(gone);
    }
    while (e.open) {
        chunk *gone = e.open;
        unlink_chunk(&e, gone);
        free_chunk(gone);
    }
    pthread_cond_destroy(&e.work);
    pthread_cond_destroy(&e.news);
    pthread_mutex_destroy(&e.lock);
    return code;
}
