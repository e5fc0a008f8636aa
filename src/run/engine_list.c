/* engine_list.c: single trajectories on the calling thread, for replay and verify: the same kernels and cells as engine_cpu.c, without
 * chunks. Trajectories are taken kernel by kernel. */
#include <stdlib.h>

#include "base/stop.h"
#include "run/engine_cpu.h"

typedef struct listed {
    ws_plan_cell_values values;
    struct listed *free;
} listed;

typedef struct list {
    const ws_plan *plan;
    const ws_problems *problems;
    const int64_t *trajectory;
    int64_t count, next;
    int variant;
    ws_outcomes *out;
    double *curve, *eta;
    listed *slots, *free;
} list;

static int take_listed(void *context, ws_trajectory *const *next, int wanted)
{
    list *l = context;
    int taken = 0;
    for (; taken < wanted && l->next < l->count; l->next++) {
        listed *slot = l->free;
        WS_REQUIRE(slot);
        int64_t index = l->trajectory[l->next];
        ws_problems_cell(l->plan, l->problems, index / l->plan->replicates, index % l->plan->replicates, &slot->values);
        if (slot->values.variant != l->variant) continue;
        l->free = slot->free;
        *next[taken++] = (ws_trajectory){.cell = &slot->values.cell, .out = &l->out->columns, .row = l->next, .owner = slot,
                                         .replicate = (unsigned)(index % l->plan->replicates), .curve = l->curve, .curve_eta = l->eta};
    }
    return taken;
}

static void done_listed(void *context, const ws_trajectory *const *ended, int count)
{
    list *l = context;
    for (int i = 0; i < count; i++) {
        listed *slot = ended[i]->owner;
        slot->free = l->free;
        l->free = slot;
    }
}

ws_code ws_engine_list(const ws_plan *plan, const ws_kernels *kernels, const ws_problems *problems, const int64_t *trajectory, int64_t count,
                       const volatile sig_atomic_t *stop, ws_outcomes *out, double *curve, double *eta, ws_error *error)
{
    ws_code code = ws_outcomes_new(count, ws_plan_packed_shape(plan), out, error);
    /* an int that a signal handler sets is what the kernel looks at: sig_atomic_t is int on every machine this runs on */
    _Static_assert(sizeof(sig_atomic_t) == sizeof(int), "stop is looked at by kernels");
    volatile int never = 0;
    for (int v = 0; !code && v < plan->variant_count; v++) {
        const ws_kernel_api *api = kernels->kernel[v].api;
        if (!api) continue;
        list l = {.plan = plan, .problems = problems, .trajectory = trajectory, .count = count, .variant = v, .out = out, .curve = curve, .eta = eta};
        l.slots = malloc((size_t)api->width * sizeof *l.slots);
        void *arena = aligned_alloc(64, (api->arena_bytes + 63) / 64 * 64);
        if (!l.slots || !arena) code = ws_error_set(error, WS_FAILED, "out of memory for a kernel's working memory");
        for (int i = 0; !code && i < api->width; i++) {
            l.slots[i].free = l.free;
            l.free = &l.slots[i];
        }
        ws_kernel_run run = {.seed = plan->seed, .eps_count = plan->eps_count, .gap_at_count = plan->gap_at_count, .gap_at = plan->gap_at, .trace_count = plan->trace_count, .trace_at = plan->trace_at,
                             .abort = stop ? (const volatile int *)stop : &never, .context = &l,
                             .take = take_listed, .done = done_listed};
        if (!code) api->run(&run, arena);
        free(l.slots);
        free(arena);
        if (!code && ws_stop_asked(stop)) code = ws_error_set(error, WS_STOPPED, "stopped");
    }
    if (!code) code = ws_outcomes_unpack(out, error);
    if (code) ws_outcomes_free(out);
    return code;
}
