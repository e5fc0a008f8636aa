/* cuda_device.c: see cuda_device.h. */
#include "run/cuda_device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum { MOST_ROWS = 1 << 22, USUAL_ROWS = 1 << 20, MOST_WANTED = 1 << 20, MOST_BATCHES = 1 << 30 };
static const double SEGMENT = 0.5, BATCH = 2.0, PATIENCE = 5.0; /* seconds */

static ws_code broken(ws_cuda_device *v, const char *what, ws_error *error)
{
    char reason[512];
    v->gpu->explain(reason, sizeof reason);
    return ws_error_set(error, WS_FAILED, "GPU %d (%s)%s%s: %s; finished chunks are kept: \"warmsweep resume\" goes on from them",
                        v->kernels->device[v->index], v->kernels->facts[v->index].name, *what ? ", " : "", what, reason);
}

/* ---- kernels */

static ws_code check_facts(ws_cuda_device *v, int variant, const ws_cuda_facts *f, ws_error *error)
{
    const ws_plan *plan = v->queue->setup->plan;
    const ws_variant *kernel = &plan->variants[variant];
    if (f->abi != WS_CUDA_ABI || f->kernel_abi != WS_KERNEL_ABI)
        return ws_error_set(error, WS_FAILED,
                            "a compiled kernel is not one of this program (is $WARMSWEEP_KERNELS of another version?)");
    WS_REQUIRE(f->precision == plan->precision && f->dimension == kernel->dimension && f->lanes == kernel->lanes && f->slots > 0 &&
               f->threads > 0);
    return WS_OK;
}

/* Runs a kernel of one thread that writes `bytes` bytes, and brings them. */
static ws_gpu_result ask(ws_cuda_device *v, void *module, const char *name, void *answer, size_t bytes)
{
    const ws_gpu *gpu = v->gpu;
    void *kernel, *memory = NULL;
    ws_gpu_result result = gpu->kernel(module, name, &kernel);
    memset(answer, 0, bytes);
    if (!result) result = gpu->allocate(bytes, &memory);
    if (!result) result = gpu->fill(v->stream, memory, 255, bytes);
    if (!result) result = gpu->launch(v->stream, kernel, 1, 1, 0, &memory);
    if (!result) result = gpu->copy_from(v->stream, answer, memory, bytes);
    if (!result) result = gpu->record(v->stream, v->event);
    if (!result) result = ws_gpu_wait(gpu, v->event);
    if (memory) gpu->release(memory);
    return result;
}

/* A first guess of what a segment can be, from a floor of what any device does (1e9 coordinate updates a second on a
 * multiprocessor); the measured time corrects it. */
static unsigned first_batches(const ws_cuda_device *v, const ws_cuda_module *m)
{
    double processors = v->kernels->facts[v->index].multiprocessors;
    double updates = 16.0 * (double)m->facts.dimension * m->facts.slots * ((double)m->blocks / (processors > 0 ? processors : 1));
    double batches = 0.1e9 / updates;
    return batches < 1 ? 1 : batches > 65536 ? 65536 : (unsigned)batches;
}

static ws_code load_module(ws_cuda_device *v, int variant, ws_error *error)
{
    static const char *const sentences[] = {WS_CUDA_BROKEN};
    const ws_cuda_kernels *k = v->kernels;
    ws_cuda_module *m = &v->module[variant];
    const ws_cuda_image *image = &k->image[k->target_of[v->index] * k->count + variant];
    int found = 0;
    ws_gpu_result result = v->gpu->load(image->bytes, image->length, &m->module);
    if (!result) result = ask(v, m->module, "ws_cuda_say", &m->facts, sizeof m->facts);
    if (result) return broken(v, "", error);
    ws_code code = check_facts(v, variant, &m->facts, error);
    if (code) return code;
    result = ask(v, m->module, "ws_cuda_check", &found, sizeof found);
    if (!result && found)
        return ws_error_set(error, WS_FAILED, "GPU %d (%s) with %s breaks the bit contract: %s", k->device[v->index],
                            k->facts[v->index].name, k->compiler,
                            found > 0 && found <= (int)(sizeof sentences / sizeof *sentences) ? sentences[found - 1]
                                                                                              : "its check did not run");
    if (!result) result = v->gpu->kernel(m->module, "ws_cuda_run", &m->kernel);
    if (!result) result = v->gpu->fit(k->device[v->index], m->kernel, m->facts.threads, m->facts.shared_bytes, &m->blocks);
    if (result) return broken(v, "", error);
    if (m->blocks < 1)
        return ws_error_set(
            error, WS_FAILED, "GPU %d (%s) cannot hold one block of a kernel of d = %lld (%d threads, %u bytes of shared memory)",
            k->device[v->index], k->facts[v->index].name, m->facts.dimension, m->facts.threads, m->facts.shared_bytes);
    m->batches = first_batches(v, m);
    m->wanted = (int64_t)m->blocks * m->facts.slots;
    return WS_OK;
}

/* ---- the start */

static ws_gpu_result upload_array(ws_cuda_device *v, ws_cuda_memory *m, const void *from, size_t bytes, void **address)
{
    *address = NULL;
    if (!from || !bytes) return WS_GPU_OK;
    ws_gpu_result result = v->gpu->allocate(bytes, &m->device);
    if (!result) result = v->gpu->copy_to(v->stream, m->device, from, bytes);
    if (!result) result = v->gpu->record(v->stream, v->event);
    if (!result) result = ws_gpu_wait(v->gpu, v->event);
    *address = m->device;
    return result;
}

/* The word that ends a launch stands in the device's memory, because every warp looks at it often: one look at memory of the host
 * takes a microsecond, and they go one after the other (docs/cuda.md). */
static ws_gpu_result set_up_stop(ws_cuda_device *v)
{
    ws_gpu_result result = v->gpu->allocate(sizeof(int), &v->stop.device);
    if (!result) result = v->gpu->allocate_host(sizeof(int), &v->stop_now.host, &v->stop_now.device);
    if (!result) result = v->gpu->fill(v->stream, v->stop.device, 0, sizeof(int));
    if (!result) result = v->gpu->record(v->stream, v->event);
    if (!result) result = ws_gpu_wait(v->gpu, v->event);
    if (result) return result;
    *(int *)v->stop_now.host = 1;
    v->shared.stop = v->stop.device;
    return WS_GPU_OK;
}

static ws_gpu_result set_up(ws_cuda_device *v)
{
    const ws_engine_setup *setup = v->queue->setup;
    const ws_plan *plan = setup->plan;
    ws_gpu_result result = v->gpu->select(v->kernels->device[v->index]);
    if (!result) result = v->gpu->stream_new(&v->stream);
    if (!result) result = v->gpu->event_new(&v->event);
    if (!result) result = v->gpu->event_new(&v->origin);
    if (!result) result = v->gpu->record(v->stream, v->origin);
    for (int i = 0; !result && i < 2; i++) result = ws_cuda_place_init(&v->place[i], v->gpu, v->queue);
    if (!result)
        result = upload_array(v, &v->gap_at, plan->gap_at, (size_t)plan->gap_at_count * sizeof *plan->gap_at, &v->shared.gap_at);
    if (!result)
        result =
            upload_array(v, &v->trace_at, plan->trace_at, (size_t)plan->trace_count * sizeof *plan->trace_at, &v->shared.trace_at);
    if (!result) result = set_up_stop(v);
    if (result) return result;
    for (unsigned r = 0; r < 10; r++) {
        v->shared.key[r][0] = (unsigned)plan->seed + r * 0x9e3779b9u;
        v->shared.key[r][1] = (unsigned)(plan->seed >> 32) + r * 0xbb67ae85u;
    }
    return WS_GPU_OK;
}

static void tear_down(ws_cuda_device *v)
{
    for (int i = 0; i < 2; i++) ws_cuda_place_free(&v->place[i]);
    ws_cuda_problems_free(&v->problems);
    for (int i = 0; i < v->kernels->count; i++)
        if (v->module[i].module) v->gpu->unload(v->module[i].module);
    if (v->gap_at.device) v->gpu->release(v->gap_at.device);
    if (v->trace_at.device) v->gpu->release(v->trace_at.device);
    if (v->stop.device) v->gpu->release(v->stop.device);
    if (v->stop_now.host) v->gpu->release_host(v->stop_now.host);
    if (v->event) v->gpu->event_free(v->event);
    if (v->origin) v->gpu->event_free(v->origin);
    if (v->stream) v->gpu->stream_free(v->stream);
    free(v->module);
}

/* ---- a batch begins */

static int is_busy(const ws_cuda_place *p) { return p->state == WS_PLACE_RUNNING || p->state == WS_PLACE_READING; }

/* Of a batch's memory most is its slots, whose number does not follow that of its trajectories. */
static int is_mostly_slots(const ws_cuda_device *v, const ws_cuda_place *p, const ws_cuda_module *m)
{
    ws_columns unused;
    const ws_plan *plan = v->queue->setup->plan;
    double slots = (double)p->blocks * m->facts.slots * (double)m->facts.slot_bytes;
    return slots > (double)ws_outcomes_place(p->batch.rows, ws_plan_packed_shape(plan), NULL, &unused) +
                       (double)ws_cuda_batch_cells(&p->batch, ws_plan_together(plan)) * sizeof(ws_cell);
}

/* Less memory for the batch: fewer slots when they are most of it, else fewer trajectories. 0: it cannot be less. */
static int shrink(ws_cuda_device *v, ws_cuda_place *p, const ws_cuda_module *m)
{
    if (p->blocks > 1 && (is_mostly_slots(v, p, m) || p->batch.count < 2)) {
        v->most_blocks = p->blocks / 2;
        return 1;
    }
    if (p->batch.count < 2) return 0;
    v->most = p->batch.count / 2;
    ws_cuda_batch_shorten(v->queue, &p->batch, v->most);
    v->most_rows = p->batch.rows;
    return 1;
}

/* Starts the batch in a place. Not enough memory: what is kept for later batches goes first; a batch beside one that runs waits for
 * its end; else it gets smaller until it fits. */
static ws_code begin(ws_cuda_device *v, ws_cuda_place *p, ws_error *error)
{
    ws_cuda_place *other = p == &v->place[0] ? &v->place[1] : &v->place[0];
    const ws_cuda_module *m = &v->module[p->batch.variant];
    for (int tries = 0;; tries++) {
        ws_gpu_result result = ws_cuda_place_begin(p, m, &v->problems, &v->shared, v->most_blocks);
        if (!result) return WS_OK;
        if (result != WS_GPU_MEMORY) return broken(v, "", error);
        ws_cuda_place_release(p);
        if (is_busy(other)) {
            p->state = WS_PLACE_HELD;
            if (is_mostly_slots(v, p, m))
                v->alone = 1;
            else
                v->most = (p->batch.count + 1) / 2;
            return WS_OK;
        }
        ws_cuda_place_release(other);
        ws_cuda_problems_drop(&v->problems);
        if (tries && !shrink(v, p, m)) return broken(v, "one trajectory does not fit into its memory", error);
    }
}

/* How many trajectories a batch should have: what was measured, what fits, and near the end a part of what is left, for others. */
static int64_t share(const ws_cuda_device *v, const ws_cuda_module *m)
{
    int64_t slots = (int64_t)m->blocks * m->facts.slots, part = v->queue->queued / (2 * v->kernels->device_count),
            count = m->wanted;
    if (count > part) count = part > slots ? part : slots;
    return count < v->most ? count : v->most;
}

/* Takes a batch for an empty place when enough waits. *taken: one was. */
static ws_code take(ws_cuda_device *v, ws_cuda_place *p, int *taken, ws_error *error)
{
    ws_queue *q = v->queue;
    *taken = 0;
    if (v->alone && (v->place[0].state != WS_PLACE_EMPTY || v->place[1].state != WS_PLACE_EMPTY)) return WS_OK;
    pthread_mutex_lock(&q->lock);
    ws_segment *head = ws_queue_current(q);
    int variant = head && ws_queue_is_full(q) ? head->variant : -1;
    if (variant >= 0 && v->module[variant].kernel) {
        ws_cuda_module *m = &v->module[variant];
        int64_t depth = 2 * m->wanted * v->kernels->device_count;
        if (depth > q->depth)
            ws_queue_deepen(q, depth);
        else {
            int64_t count = share(v, m), rows = 4 * count > USUAL_ROWS ? 4 * count : USUAL_ROWS;
            *taken = ws_cuda_batch_take(q, &p->batch, count, rows < v->most_rows ? rows : v->most_rows) > 0;
        }
        variant = -1;
    }
    pthread_mutex_unlock(&q->lock);
    if (variant >= 0) return load_module(v, variant, error); /* and the next call takes */
    return *taken ? begin(v, p, error) : WS_OK;
}

/* ---- a batch runs */

static void tell(ws_cuda_device *v, ws_cuda_place *p, const ws_cuda_module *m)
{
    const ws_cuda_counters *c = ws_cuda_place_counters(p);
    int64_t iterations = (int64_t)c->iterations, ended = (int64_t)c->ended;
    double updates = (double)(iterations - p->told) * (double)m->facts.dimension;
    atomic_store(&v->tally->updates, atomic_load(&v->tally->updates) + updates);
    atomic_fetch_add(&v->tally->ended, ended - p->told_ended);
    p->told = iterations;
    p->told_ended = ended;
}

/* Adds the time of a segment. Where the two batches' kernels overlap it counts once. */
static void count_time(ws_cuda_device *v, const ws_cuda_place *p)
{
    double begin = v->gpu->elapsed(v->origin, p->begin), end = v->gpu->elapsed(v->origin, p->end);
    if (begin < v->busy_until) begin = v->busy_until;
    if (end > begin) v->busy += end - begin;
    if (end > v->busy_until) v->busy_until = end;
}

/* A segment ended before its batch did: the next one shall take about SEGMENT seconds. */
static void adapt_segment(ws_cuda_module *m, double seconds)
{
    double factor = seconds > 0 ? SEGMENT / seconds : 8;
    double batches = (double)m->batches * (factor > 8 ? 8 : factor);
    m->batches = batches < 1 ? 1 : batches > MOST_BATCHES ? MOST_BATCHES : (unsigned)batches;
}

static void adapt_batch(ws_cuda_module *m, int64_t count, double seconds)
{
    double wanted = seconds > 0 ? (double)count * BATCH / seconds : 4.0 * (double)m->wanted;
    if (wanted > 4.0 * (double)m->wanted) wanted = 4.0 * (double)m->wanted;
    if (wanted > MOST_WANTED) wanted = MOST_WANTED;
    double least = (double)m->blocks * m->facts.slots;
    m->wanted = (int64_t)(wanted > least ? wanted : least);
}

static ws_code segment_ended(ws_cuda_device *v, ws_cuda_place *p, ws_error *error)
{
    ws_cuda_module *m = &v->module[p->batch.variant];
    tell(v, p, m);
    count_time(v, p);
    int all = (int64_t)ws_cuda_place_counters(p)->ended >= p->batch.count;
    if (!all) adapt_segment(m, v->gpu->elapsed(p->begin, p->end));
    ws_gpu_result result = all ? ws_cuda_place_read(p) : ws_cuda_place_continue(p, m);
    return result ? broken(v, "", error) : WS_OK;
}

static ws_code deliver(ws_cuda_device *v, ws_cuda_place *p, ws_error *error)
{
    ws_cuda_module *m = &v->module[p->batch.variant];
    ws_columns columns;
    ws_cuda_place_columns(p, &columns);
    adapt_batch(m, p->batch.count, ws_clock_now() - p->started);
    int64_t bad = ws_cuda_batch_deliver(v->queue, &p->batch, &columns, v->tally);
    p->state = WS_PLACE_EMPTY;
    if (bad < 0) return WS_OK;
    return ws_error_set(error, WS_FAILED,
                        "GPU %d (%s): the kernel ended without an outcome in row %lld; nothing of this batch is kept",
                        v->kernels->device[v->index], v->kernels->facts[v->index].name, (long long)bad);
}

/* Looks once at a place; *moved: something happened. */
static ws_code look(ws_cuda_device *v, ws_cuda_place *p, int *moved, ws_error *error)
{
    if (p->state == WS_PLACE_EMPTY) return take(v, p, moved, error);
    *moved = 0;
    if (p->state == WS_PLACE_HELD) {
        ws_cuda_place *other = p == &v->place[0] ? &v->place[1] : &v->place[0];
        *moved = !is_busy(other);
        return *moved ? begin(v, p, error) : WS_OK;
    }
    ws_gpu_result result = v->gpu->query(p->end);
    if (result == WS_GPU_BUSY) return WS_OK;
    *moved = 1;
    if (result) return broken(v, "", error);
    return p->state == WS_PLACE_RUNNING ? segment_ended(v, p, error) : deliver(v, p, error);
}

static ws_code work(ws_cuda_device *v, ws_error *error)
{
    for (int idle = 0; !ws_queue_aborted(v->queue);) {
        int moved[2];
        for (int i = 0; i < 2; i++) {
            ws_code code = look(v, &v->place[i], &moved[i], error);
            if (code) return code;
        }
        idle = moved[0] || moved[1] ? 0 : idle + 1;
        if (v->place[0].state == WS_PLACE_EMPTY && v->place[1].state == WS_PLACE_EMPTY) {
            if (!ws_queue_wait_full(v->queue)) return WS_OK;
        } else if (idle > 20)
            ws_clock_sleep(idle > 2000 ? 1e-3 : 50e-6);
    }
    return WS_OK;
}

/* After an abort: what still runs ends within a segment. 0: it does not; then its memory is left to it, and to the end of the
 * process. */
static int end_kernels(ws_cuda_device *v)
{
    double until = ws_clock_now() + PATIENCE;
    if (!is_busy(&v->place[0]) && !is_busy(&v->place[1])) return 1;
    if (!v->gpu->copy_to(v->stream, v->stop.device, v->stop_now.host, sizeof(int)) && !v->gpu->record(v->stream, v->event))
        v->gpu->query(v->event); /* hands it over; beside a kernel a copy does not wait */
    for (int i = 0; i < 2; i++)
        while (is_busy(&v->place[i]) && v->gpu->query(v->place[i].end) == WS_GPU_BUSY) {
            if (ws_clock_now() > until) return 0;
            ws_clock_sleep(1e-3);
        }
    return 1;
}

void *ws_cuda_device_work(void *device)
{
    ws_cuda_device *v = device;
    ws_error error = {0};
    v->gpu = v->kernels->gpu;
    v->module = calloc((size_t)v->kernels->count, sizeof *v->module);
    WS_REQUIRE(v->module && "out of memory");
    v->most = MOST_WANTED;
    v->most_rows = MOST_ROWS;
    v->most_blocks = 1 << 30;
    ws_cuda_problems_init(&v->problems, v->gpu, v->queue->setup);
    ws_code code = set_up(v) ? broken(v, "", &error) : work(v, &error);
    if (code) ws_queue_fail(v->queue, code, &error);
    if (end_kernels(v)) tear_down(v);
    return NULL;
}
