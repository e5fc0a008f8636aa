/* engine_cuda.c: see engine_cuda.h. */
#include "run/engine_cuda.h"

#include <stdlib.h>
#include <string.h>

#include "run/cuda_device.h"

ws_code ws_engine_cuda_run(const ws_engine_setup *setup, const ws_cuda_kernels *kernels, ws_error *error)
{
    ws_queue queue;
    int count = kernels->device_count, started = 0;
    ws_queue_init(&queue, setup, 1, 4 * count); /* a device asks for more when it knows how much it can use */
    ws_cuda_device *devices = calloc((size_t)count, sizeof *devices);
    ws_tally *tallies = aligned_alloc(64, (size_t)count * sizeof *tallies);
    WS_REQUIRE(devices && tallies && "out of memory");
    memset(tallies, 0, (size_t)count * sizeof *tallies);
    for (; started < count; started++) {
        ws_cuda_device *v = &devices[started];
        *v = (ws_cuda_device){.kernels = kernels, .index = started, .queue = &queue, .tally = &tallies[started]};
        if (pthread_create(&v->thread, NULL, ws_cuda_device_work, v)) break;
    }
    ws_code code = started == count ? ws_queue_attend(&queue, tallies, started, error) : WS_FAILED;
    if (started < count) {
        ws_error_set(error, WS_FAILED, "cannot start a thread for a GPU");
        ws_queue_fail(&queue, WS_FAILED, error);
    }
    for (int i = 0; i < started; i++) {
        pthread_join(devices[i].thread, NULL);
        if (setup->kernel_seconds) *setup->kernel_seconds += devices[i].busy;
    }
    free(devices);
    free(tallies);
    ws_queue_destroy(&queue);
    return code;
}

typedef struct listing {
    int given;
    ws_outcomes *out;
} listing;

static int64_t one_chunk(void *context)
{
    listing *l = context;
    return l->given++ ? -1 : 0;
}

static ws_code keep(void *context, int64_t chunk, const ws_outcomes *outcomes, double seconds, ws_error *error)
{
    (void)chunk;
    (void)seconds;
    (void)error;
    ws_outcomes_copy(((listing *)context)->out, 0, &outcomes->columns, 0, outcomes->count);
    return WS_OK;
}

ws_code ws_engine_cuda_list(const ws_engine_setup *given, const ws_cuda_kernels *kernels, const int64_t *trajectory, int64_t count,
                            ws_outcomes *out, ws_error *error)
{
    const ws_plan *plan = given->plan;
    listing l = {.out = out};
    ws_engine_setup setup = *given;
    setup.trajectory = trajectory;
    setup.trajectory_count = count;
    setup.next_chunk = one_chunk;
    setup.finished = keep;
    setup.tick = NULL;
    setup.context = &l;
    ws_code code = ws_outcomes_new(count, ws_plan_packed_shape(plan), out, error);
    if (!code) code = ws_engine_cuda_run(&setup, kernels, error);
    if (!code) code = ws_outcomes_unpack(out, error);
    if (code) ws_outcomes_free(out);
    if (code == WS_STOPPED) ws_error_set(error, WS_STOPPED, "stopped");
    return code;
}
