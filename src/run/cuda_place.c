/* cuda_place.c: see cuda_place.h. */
#include "run/cuda_place.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define TRY(call)                                                                                                                  \
    do {                                                                                                                           \
        ws_gpu_result result_ = (call);                                                                                            \
        if (result_) return result_;                                                                                               \
    } while (0)

ws_gpu_result ws_cuda_place_init(ws_cuda_place *p, const ws_gpu *gpu, ws_queue *queue)
{
    memset(p, 0, sizeof *p);
    p->gpu = gpu;
    p->queue = queue;
    TRY(gpu->stream_new(&p->stream));
    TRY(gpu->event_new(&p->begin));
    return gpu->event_new(&p->end);
}

static ws_gpu_result need(const ws_gpu *gpu, ws_cuda_memory *m, size_t bytes)
{
    if (m->bytes >= bytes) return WS_GPU_OK;
    if (m->device) gpu->release(m->device);
    *m = (ws_cuda_memory){NULL, 0};
    TRY(gpu->allocate(bytes, &m->device));
    m->bytes = bytes;
    return WS_GPU_OK;
}

static ws_gpu_result need_pinned(const ws_gpu *gpu, ws_cuda_pinned *m, size_t bytes)
{
    if (m->bytes >= bytes) return WS_GPU_OK;
    if (m->host) gpu->release_host(m->host);
    *m = (ws_cuda_pinned){NULL, NULL, 0};
    TRY(gpu->allocate_host(bytes, &m->host, &m->device));
    m->bytes = bytes;
    return WS_GPU_OK;
}

static size_t columns_at(const ws_cuda_place *p, void *base, ws_columns *columns)
{
    const ws_plan *plan = p->queue->setup->plan;
    return ws_outcomes_place(p->batch.rows, ws_plan_packed_shape(plan), base, columns);
}

/* Memory for everything; what is there already is used again. */
static ws_gpu_result need_all(ws_cuda_place *p, const ws_cuda_module *m)
{
    const ws_cuda_batch *b = &p->batch;
    ws_columns unused;
    size_t cells = (size_t)ws_cuda_batch_cells(b, ws_plan_together(p->queue->setup->plan)) * sizeof(ws_cell);
    size_t order = b->rows > b->count ? (size_t)b->count * sizeof(unsigned) : 0, columns = columns_at(p, NULL, &unused);
    TRY(need(p->gpu, &p->counters, sizeof(ws_cuda_counters)));
    TRY(need(p->gpu, &p->slots, (size_t)p->blocks * (size_t)m->facts.slots * m->facts.slot_bytes));
    TRY(need(p->gpu, &p->cells, cells));
    TRY(need(p->gpu, &p->order, order));
    TRY(need(p->gpu, &p->columns, columns));
    TRY(need_pinned(p->gpu, &p->upload, cells + order));
    return need_pinned(p->gpu, &p->download, sizeof(ws_cuda_counters) + columns);
}

/* Cells with their problems on the device, and the list of rows. */
static ws_gpu_result upload(ws_cuda_place *p, ws_cuda_problems *problems)
{
    const ws_cuda_batch *b = &p->batch;
    int64_t count = ws_cuda_batch_cells(b, ws_plan_together(p->queue->setup->plan));
    ws_cell *cells = p->upload.host;
    unsigned *order = (unsigned *)(void *)(cells + count);
    int64_t *problem = malloc((size_t)count * sizeof *problem);
    WS_REQUIRE(problem && "out of memory");
    ws_cuda_batch_fill(p->queue, b, cells, problem);
    ws_gpu_result result = ws_cuda_problems_bring(problems, p->stream, p->end, problem, count);
    for (int64_t i = 0; !result && i < count; i++)
        if (problem[i] >= 0) cells[i].problem = problems->address[problem[i]];
    free(problem);
    if (result) return result;
    TRY(p->gpu->copy_to(p->stream, p->cells.device, cells, (size_t)count * sizeof *cells));
    if (b->rows == b->count) return WS_GPU_OK;
    ws_cuda_batch_order(b, order);
    return p->gpu->copy_to(p->stream, p->order.device, order, (size_t)b->count * sizeof *order);
}

static void describe(ws_cuda_place *p, const ws_cuda_shared *shared)
{
    const ws_plan *plan = p->queue->setup->plan;
    const ws_cuda_batch *b = &p->batch;
    p->launch = (ws_cuda_launch){.run = {.seed = plan->seed,
                                         .eps_count = plan->eps_count,
                                         .gap_at_count = plan->gap_at_count,
                                         .gap_at = shared->gap_at,
                                         .trace_count = plan->trace_count,
                                         .trace_at = shared->trace_at},
                                 .cells = p->cells.device,
                                 .order = b->rows > b->count ? p->order.device : NULL,
                                 .count = (unsigned)b->count,
                                 .offset = b->offset,
                                 .replicates = (unsigned)ws_plan_together(plan),
                                 .stop = shared->stop,
                                 .counters = p->counters.device,
                                 .slots = p->slots.device};
    memcpy(p->launch.key, shared->key, sizeof p->launch.key);
    columns_at(p, p->columns.device, &p->launch.out);
}

static ws_gpu_result launch_segment(ws_cuda_place *p, const ws_cuda_module *m)
{
    p->launch.batches = m->batches;
    TRY(p->gpu->record(p->stream, p->begin));
    TRY(p->gpu->launch(p->stream, m->kernel, p->blocks, m->facts.threads, m->facts.shared_bytes, &p->launch));
    TRY(p->gpu->copy_from(p->stream, p->download.host, p->counters.device, sizeof(ws_cuda_counters)));
    TRY(p->gpu->record(p->stream, p->end));
    p->state = WS_PLACE_RUNNING;
    return WS_GPU_OK;
}

ws_gpu_result ws_cuda_place_begin(ws_cuda_place *p, const ws_cuda_module *m, ws_cuda_problems *problems,
                                  const ws_cuda_shared *shared, int most_blocks)
{
    ws_columns unused;
    int64_t needed = (p->batch.count + m->facts.slots - 1) / m->facts.slots;
    p->blocks = m->blocks < most_blocks ? m->blocks : most_blocks;
    if (p->blocks > needed) p->blocks = (int)needed;
    TRY(need_all(p, m));
    TRY(upload(p, problems));
    describe(p, shared);
    TRY(p->gpu->fill(p->stream, p->counters.device, 0, sizeof(ws_cuda_counters)));
    /* A status that is never written shows. The other columns, too, are brought whole, with what lies between them and rows that
     * are left out. */
    TRY(p->gpu->fill(p->stream, p->columns.device, 255, columns_at(p, NULL, &unused)));
    TRY(launch_segment(p, m));
    p->launch.resume = 1;
    p->started = ws_clock_now();
    p->told = p->told_ended = 0;
    return WS_GPU_OK;
}

ws_gpu_result ws_cuda_place_continue(ws_cuda_place *p, const ws_cuda_module *m) { return launch_segment(p, m); }

ws_gpu_result ws_cuda_place_read(ws_cuda_place *p)
{
    ws_columns unused;
    TRY(p->gpu->copy_from(p->stream, (char *)p->download.host + sizeof(ws_cuda_counters), p->columns.device,
                          columns_at(p, NULL, &unused)));
    TRY(p->gpu->record(p->stream, p->end));
    p->state = WS_PLACE_READING;
    return WS_GPU_OK;
}

const ws_cuda_counters *ws_cuda_place_counters(const ws_cuda_place *p) { return p->download.host; }

void ws_cuda_place_columns(const ws_cuda_place *p, ws_columns *columns)
{
    columns_at(p, (char *)p->download.host + sizeof(ws_cuda_counters), columns);
}

void ws_cuda_place_release(ws_cuda_place *p)
{
    ws_cuda_memory *all[] = {&p->cells, &p->order, &p->columns, &p->slots, &p->counters};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (all[i]->device) p->gpu->release(all[i]->device);
        *all[i] = (ws_cuda_memory){NULL, 0};
    }
}

void ws_cuda_place_free(ws_cuda_place *p)
{
    if (!p->gpu) return;
    ws_cuda_place_release(p);
    if (p->upload.host) p->gpu->release_host(p->upload.host);
    if (p->download.host) p->gpu->release_host(p->download.host);
    if (p->begin) p->gpu->event_free(p->begin);
    if (p->end) p->gpu->event_free(p->end);
    if (p->stream) p->gpu->stream_free(p->stream);
    ws_cuda_batch_free(&p->batch);
    memset(p, 0, sizeof *p);
}
