/* thread.h: the same work on many items, by a few threads. */
#ifndef WS_THREAD_H
#define WS_THREAD_H

#include <stdint.h>

/* Processors this process may use (its affinity mask), at least 1. */
int ws_thread_processors(void);
/* Calls body(context, i) for every i < count, each once, in no order, from `threads` threads (the calling one among them). Returns
 * when all are done. Fewer threads when the machine gives fewer. */
void ws_thread_each(int64_t count, int threads, void (*body)(void *context, int64_t i), void *context);

#endif
