/* thread.c: see thread.h. Items are taken from one counter, so that uneven ones balance. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "base/thread.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/error.h"

int ws_thread_processors(void)
{
    /* A mask that is too small for the machine is an error of the call: grow it. */
    for (int most = 1024; most <= 1 << 20; most *= 4) {
        cpu_set_t *mask = CPU_ALLOC(most);
        WS_REQUIRE(mask);
        size_t size = CPU_ALLOC_SIZE(most);
        int bad = sched_getaffinity(0, size, mask);
        int count = bad ? 0 : CPU_COUNT_S(size, mask);
        CPU_FREE(mask);
        if (!bad) return count > 0 ? count : 1;
    }
    return 1;
}

typedef struct work {
    _Atomic int64_t next;
    int64_t count;
    void (*body)(void *context, int64_t i);
    void *context;
} work;

static void *worker(void *memory)
{
    work *w = memory;
    for (;;) {
        int64_t i = atomic_fetch_add(&w->next, 1);
        if (i >= w->count) return NULL;
        w->body(w->context, i);
    }
}

void ws_thread_each(int64_t count, int threads, void (*body)(void *context, int64_t i), void *context)
{
    work w = {0, count, body, context};
    if (threads > count) threads = (int)count;
    pthread_t *more = threads > 1 ? malloc((size_t)threads * sizeof *more) : NULL;
    int started = 0;
    if (more)
        while (started < threads - 1 && pthread_create(&more[started], NULL, worker, &w) == 0) started++;
    worker(&w);
    for (int i = 0; i < started; i++) pthread_join(more[i], NULL);
    free(more);
}
