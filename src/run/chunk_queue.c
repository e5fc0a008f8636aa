/* chunk_queue.c: see chunk_queue.h. */
#include "run/chunk_queue.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/stop.h"
#include "run/machine.h"

static ws_segment *new_segment(ws_chunk *c, int variant, int64_t begin, int64_t end)
{
    ws_segment *s = calloc(1, sizeof *s);
    WS_REQUIRE(s && "out of memory");
    *s = (ws_segment){.chunk = c, .variant = variant, .begin = begin, .end = end};
    atomic_init(&s->next, begin);
    atomic_init(&s->users, 1);
    return s;
}

static void set_abort(ws_queue *q) { __atomic_store_n(&q->abort, 1, __ATOMIC_RELAXED); }

void ws_segment_release(ws_segment *s)
{
    if (s && atomic_fetch_sub(&s->users, 1) == 1) free(s);
}

ws_segment *ws_queue_current(ws_queue *q)
{
    while (q->head && atomic_load(&q->head->next) >= q->head->end) {
        ws_segment *gone = q->head;
        q->head = gone->after;
        if (!q->head) q->tail = NULL;
        q->queued -= gone->end - gone->begin;
        ws_segment_release(gone);
        pthread_cond_signal(&q->news);
    }
    return q->head;
}

ws_segment *ws_queue_wait(ws_queue *q)
{
    pthread_mutex_lock(&q->lock);
    while (!ws_queue_aborted(q) && !q->closed && !ws_queue_current(q)) pthread_cond_wait(&q->work, &q->lock);
    ws_segment *s = ws_queue_aborted(q) ? NULL : ws_queue_current(q);
    if (s) ws_segment_hold(s);
    pthread_mutex_unlock(&q->lock);
    return s;
}

int ws_queue_wait_full(ws_queue *q)
{
    pthread_mutex_lock(&q->lock);
    while (!ws_queue_aborted(q) && !q->closed && !(ws_queue_current(q) && ws_queue_is_full(q)))
        pthread_cond_wait(&q->work, &q->lock);
    int more = !ws_queue_aborted(q) && ws_queue_current(q);
    pthread_mutex_unlock(&q->lock);
    return more;
}

void ws_queue_deepen(ws_queue *q, int64_t depth)
{
    if (depth <= q->depth) return;
    q->depth = depth;
    q->full = 0;
    pthread_cond_signal(&q->news);
}

void ws_queue_return(ws_queue *q, ws_chunk *c, int variant, int64_t begin, int64_t end)
{
    ws_segment *s = new_segment(c, variant, begin, end);
    s->returned = 1;
    pthread_mutex_lock(&q->lock);
    s->after = q->head;
    q->head = s;
    if (!q->tail) q->tail = s;
    q->queued += end - begin;
    pthread_cond_broadcast(&q->work);
    pthread_mutex_unlock(&q->lock);
}

void ws_queue_done(ws_queue *q, ws_chunk *c, int64_t count)
{
    if (atomic_fetch_sub(&c->remaining, count) != count) return;
    pthread_mutex_lock(&q->lock);
    c->next = q->finished;
    q->finished = c;
    q->finished_count++;
    pthread_cond_signal(&q->news);
    pthread_mutex_unlock(&q->lock);
}

void ws_queue_fail(ws_queue *q, ws_code code, const ws_error *error)
{
    pthread_mutex_lock(&q->lock);
    if (!q->failure) {
        q->failure = code;
        q->failure_error = *error;
    }
    set_abort(q);
    pthread_cond_broadcast(&q->work);
    pthread_cond_signal(&q->news);
    pthread_mutex_unlock(&q->lock);
}

/* Schedules that rows are sorted by, 1: none. With more than that, a chunk has hardly two rows of one. */
enum { MOST_SCHEDULES = 65536 };
static int64_t sorted_schedules(const ws_queue *q)
{
    const ws_plan *plan = q->setup->plan;
    return q->by_schedule && plan->schedule_count <= MOST_SCHEDULES / plan->variant_count ? plan->schedule_count : 1;
}

/* Rows of the chunk by kernel, those of a kernel by schedule: a counting sort, so that rows of one keep their order. bounds[v], bounds[v + 1]: places of
 * kernel v. */
static ws_code sort_rows(const ws_queue *q, ws_chunk *c, int64_t *bounds)
{
    const ws_plan *plan = q->setup->plan;
    const int64_t n = c->outcomes.count, schedules = sorted_schedules(q), keys = plan->variant_count * schedules;
    uint32_t *key = malloc((size_t)n * sizeof *key);
    int64_t *begin = calloc((size_t)keys + 1, sizeof *begin);
    c->order = malloc((size_t)n * sizeof *c->order);
    if (!key || !begin || !c->order) {
        free(key);
        free(begin);
        return WS_FAILED;
    }
    ws_plan_cell_values values;
    ws_plan_point point = {0};
    ws_plan_cell(plan, 0, &values);
    for (int64_t i = 0; i < n; i++) {
        const int64_t next = ws_chunk_index(q, c, i) / plan->replicates;
        if (next != point.cell) {
            ws_plan_point_move(plan, &point, next);
            ws_plan_cell_move(plan, &point, &values);
        }
        key[i] = (uint32_t)(values.variant * schedules + (schedules > 1 ? values.schedule : 0));
        begin[key[i] + 1]++;
    }
    for (int64_t k = 0; k < keys; k++) begin[k + 1] += begin[k];
    for (int v = 0; v <= plan->variant_count; v++) bounds[v] = begin[v * schedules];
    for (int64_t i = 0; i < n; i++) c->order[begin[key[i]]++] = (uint32_t)i;
    free(key);
    free(begin);
    return WS_OK;
}

static void link_chunk(ws_queue *q, ws_chunk *c)
{
    c->older = q->open;
    if (c->older) c->older->newer = c;
    q->open = c;
    q->open_chunks++;
}

static void unlink_chunk(ws_queue *q, ws_chunk *c)
{
    if (c->older) c->older->newer = c->newer;
    if (c->newer)
        c->newer->older = c->older;
    else
        q->open = c->older;
    q->open_chunks--;
}

static void free_chunk(ws_chunk *c)
{
    ws_outcomes_free(&c->outcomes);
    free(c->order);
    free(c);
}

static void queue_segment(ws_queue *q, ws_chunk *c, int variant, int64_t begin, int64_t end)
{
    ws_segment *s = new_segment(c, variant, begin, end);
    if (q->tail)
        q->tail->after = s;
    else
        q->head = s;
    q->tail = s;
    q->queued += end - begin;
}

static ws_code open_chunk(ws_queue *q, int64_t id, ws_error *error)
{
    const ws_plan *plan = q->setup->plan;
    ws_chunk *c = calloc(1, sizeof *c);
    int64_t *bounds = calloc((size_t)plan->variant_count + 1, sizeof *bounds), count = 0;
    WS_REQUIRE(c && bounds && "out of memory");
    c->id = id;
    if (q->setup->trajectory)
        count = q->setup->trajectory_count;
    else
        ws_plan_chunk(plan, id, &c->first, &count);
    ws_code code = ws_outcomes_new(count, ws_plan_packed_shape(plan), &c->outcomes, error);
    bounds[plan->variant_count] = count;
    if (!code && (plan->variant_count > 1 || sorted_schedules(q) > 1) && sort_rows(q, c, bounds))
        code = ws_error_set(error, WS_FAILED, "out of memory for a chunk of %lld trajectories", (long long)count);
    if (code) {
        free_chunk(c);
        free(bounds);
        return code;
    }
    atomic_init(&c->remaining, count);
    c->opened = ws_clock_now();
    pthread_mutex_lock(&q->lock);
    for (int v = 0; v < plan->variant_count; v++)
        if (bounds[v + 1] > bounds[v]) queue_segment(q, c, v, bounds[v], bounds[v + 1]);
    link_chunk(q, c);
    pthread_cond_broadcast(&q->work);
    pthread_mutex_unlock(&q->lock);
    free(bounds);
    return WS_OK;
}

static void tell(const ws_engine_setup *setup, const ws_tally *tallies, int count, double start)
{
    int64_t status[WS_STATUS_COUNT] = {0}, sum = 0;
    double updates = 0;
    for (int i = 0; i < count; i++) {
        int64_t known = 0, ended = atomic_load_explicit(&tallies[i].ended, memory_order_relaxed);
        for (int s = 0; s < WS_STATUS_COUNT; s++) {
            int64_t n = atomic_load_explicit(&tallies[i].status[s], memory_order_relaxed);
            status[s] += n;
            known += n;
        }
        sum += ended > known ? ended : known;
        updates += atomic_load_explicit(&tallies[i].updates, memory_order_relaxed);
    }
    if (setup->tick) setup->tick(setup->context, sum, status, updates, ws_clock_now() - start);
}

/* As many chunks as keep every worker busy, more while their outcomes are small beside the memory. */
static int64_t most_open(const ws_plan *plan, int64_t busy)
{
    double each = (double)ws_outcomes_bytes(plan->chunk_size, ws_plan_packed_shape(plan)) +
                  4.0 * (double)plan->chunk_size;
    double budget = (double)ws_machine_memory() / 8;
    if (budget > 1e9) budget = 1e9;
    double most = budget / (each + 1024);
    return most > (double)busy ? (int64_t)most : busy;
}

/* After a request to stop: chunks of which nothing was begun are given up, the others are chunks in hand. (With several kernels a
 * chunk stands in several segments and is finished.) */
static void drop_unbegun(ws_queue *q)
{
    if (q->setup->plan->variant_count > 1) return;
    for (ws_segment **at = &q->head; *at;) {
        ws_segment *s = *at;
        int64_t begin = s->begin;
        if (s->returned || !atomic_compare_exchange_strong(&s->next, &begin, s->end)) {
            at = &s->after;
            continue;
        }
        *at = s->after;
        q->queued -= s->end - s->begin;
        unlink_chunk(q, s->chunk);
        free_chunk(s->chunk);
        ws_segment_release(s);
    }
    q->tail = q->head;
    while (q->tail && q->tail->after) q->tail = q->tail->after;
}

/* Waits for news, or a tenth of a second; under the lock. */
static void wait_for_news(ws_queue *q)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 100000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    pthread_cond_timedwait(&q->news, &q->lock, &until);
}

static ws_code hand_over(ws_queue *q, ws_chunk *c, ws_error *error)
{
    ws_code code = q->setup->finished(q->setup->context, c->id, &c->outcomes, ws_clock_now() - c->opened, error);
    pthread_mutex_lock(&q->lock);
    unlink_chunk(q, c);
    pthread_mutex_unlock(&q->lock);
    free_chunk(c);
    return code;
}

/* Finished chunks that may wait while others are opened: where the journal is slower than the workers, they wait for it, and memory does
 * not grow. */
enum { MOST_FINISHED = 8 };

static ws_code attend(ws_queue *q, const ws_tally *tallies, int workers, ws_error *error)
{
    const ws_engine_setup *setup = q->setup;
    ws_code code = WS_OK;
    double start = ws_clock_now(), told = start;
    int exhausted = 0, stopping = 0;
    for (;;) {
        if (ws_stop_asked(setup->stop) >= 2) code = WS_STOPPED;
        pthread_mutex_lock(&q->lock);
        if (q->failure && !q->finished) { /* what was finished before is kept */
            code = q->failure;
            if (error) *error = q->failure_error;
        }
        if (code) {
            pthread_mutex_unlock(&q->lock);
            break;
        }
        if (!stopping && (ws_stop_asked(setup->stop) || (setup->deadline > 0 && ws_clock_now() >= setup->deadline))) {
            stopping = 1;
            drop_unbegun(q);
        }
        int room = q->open_chunks < q->most_open && q->queued < q->depth && q->finished_count < MOST_FINISHED;
        int wanted = !q->failure && !exhausted && !stopping && room;
        if (!wanted && !q->full) pthread_cond_broadcast(&q->work); /* for workers that wait until there is much to take */
        q->full = !wanted;
        if (!wanted && !q->finished) {
            if (q->open_chunks == 0) {
                pthread_mutex_unlock(&q->lock);
                break;
            }
            wait_for_news(q);
        }
        ws_chunk *c = wanted ? NULL : q->finished; /* to open one is the quicker, and a worker may wait for it */
        if (c) {
            q->finished = c->next;
            q->finished_count--;
        }
        pthread_mutex_unlock(&q->lock);
        if (wanted) {
            int64_t id = setup->next_chunk(setup->context);
            if (id < 0)
                exhausted = 1;
            else
                code = open_chunk(q, id, error);
        } else if (c)
            code = hand_over(q, c, error);
        if (ws_clock_now() - told > 0.1) {
            tell(setup, tallies, workers, start);
            told = ws_clock_now();
        }
    }
    if (code) set_abort(q);
    tell(setup, tallies, workers, start);
    return code ? code : stopping ? WS_STOPPED : WS_OK;
}

ws_code ws_queue_attend(ws_queue *q, const ws_tally *tallies, int workers, ws_error *error)
{
    ws_code code = attend(q, tallies, workers, error);
    pthread_mutex_lock(&q->lock);
    q->closed = 1;
    pthread_cond_broadcast(&q->work);
    pthread_mutex_unlock(&q->lock);
    return code;
}

void ws_queue_init(ws_queue *q, const ws_engine_setup *setup, int64_t depth, int64_t busy)
{
    memset(q, 0, sizeof *q);
    q->setup = setup;
    q->depth = depth;
    q->most_open = most_open(setup->plan, busy);
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->work, NULL);
    pthread_cond_init(&q->news, NULL);
}

void ws_queue_destroy(ws_queue *q)
{
    while (q->head) {
        ws_segment *gone = q->head;
        q->head = gone->after;
        free(gone);
    }
    while (q->open) {
        ws_chunk *gone = q->open;
        unlink_chunk(q, gone);
        free_chunk(gone);
    }
    pthread_cond_destroy(&q->work);
    pthread_cond_destroy(&q->news);
    pthread_mutex_destroy(&q->lock);
}
