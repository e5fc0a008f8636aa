/* stop.h: what a signal handler asks of the threads of a run: 0 nothing, 1 to finish what is in hand, 2 to stop at once. */
#ifndef WS_STOP_H
#define WS_STOP_H

#include <signal.h>
#include <stddef.h>

/* NULL: nobody asks. The handler may run in any thread. */
static inline int ws_stop_asked(const volatile sig_atomic_t *stop) { return stop ? __atomic_load_n(stop, __ATOMIC_RELAXED) : 0; }
static inline void ws_stop_ask(volatile sig_atomic_t *stop)
{
    const int asked = __atomic_load_n(stop, __ATOMIC_RELAXED);
    if (asked < 2) __atomic_store_n(stop, asked + 1, __ATOMIC_RELAXED);
}

#endif
