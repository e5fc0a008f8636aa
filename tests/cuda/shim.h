/* shim.h: compiles entry_cuda.cu with a C++ compiler and runs it on the CPU: see shim_device.h. Included before the kernel text.
 *
 * The threads of a block are fibers on stacks of their own, which switch where threads of a GPU wait for one another: at barriers,
 * votes and shuffles, which are the same thing here: a thread leaves its value, waits for the others of its warp (or block), and reads
 * theirs. Between two such points a fiber runs alone, so that a missing barrier shows: what a thread should have waited for is not there yet (or is
 * overwritten already, in the opposite order of turns). Blocks run one after the other.
 *
 * It is stricter than a GPU where that finds mistakes: all threads of a warp must be at the same kind of point, and none may have
 * left. It cannot show wrong masks, memory models and a GPU's own arithmetic: tests/gpu does. */
#ifndef SHIM_H
#define SHIM_H
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record_cuda.h"
#include "shim_device.h"

#define __global__
#define __device__
#define __constant__
#define __grid_constant__
#define __shared__ __thread
#define __align__(n) __attribute__((aligned(n)))
#define __forceinline__ inline /* a call, if the compiler likes: kernels compile sooner */
#define __launch_bounds__(...)

/* ---- arithmetic ---- */
static inline unsigned __float_as_uint(float x) { unsigned u; memcpy(&u, &x, 4); return u; }
static inline float __uint_as_float(unsigned u) { float x; memcpy(&x, &u, 4); return x; }
static inline long long __double_as_longlong(double x) { long long u; memcpy(&u, &x, 8); return u; }
static inline double __longlong_as_double(long long u) { double x; memcpy(&x, &u, 8); return x; }
static inline float __int2float_rn(int i) { return (float)i; }
static inline float __fmaf_rn(float a, float b, float c) { return fmaf(a, b, c); }
static inline double __fma_rn(double a, double b, double c) { return fma(a, b, c); }
static inline float __fsqrt_rn(float x) { return sqrtf(x); }
static inline double __dsqrt_rn(double x) { return sqrt(x); }
static inline unsigned __umulhi(unsigned a, unsigned b) { return (unsigned)(((unsigned long long)a * b) >> 32); }

template <typename T> static inline T __ldg(const T *p) { return *p; }

/* ---- fibers ---- */
enum { SHIM_THREADS = 1024, SHIM_STACK = 256 * 1024 };
enum shim_point { SHIM_RUNS, SHIM_SYNC_WARP, SHIM_SHUFFLE, SHIM_BALLOT, SHIM_SYNC_BLOCK, SHIM_LEFT };
struct shim_fiber {
    void *stack_pointer;
    shim_point point;           /* where it waits */
    int turn;                   /* parity of its points: values of one point are read while those of the next are left */
    unsigned long long value[2];
};
struct shim_index { unsigned x; };
struct shim_group { int waiting, live; }; /* a warp, or the block */
struct shim_block {
    shim_fiber fiber[SHIM_THREADS];
    shim_group warp[SHIM_THREADS / 32], whole;
    int threads, here;          /* how many; the one that runs */
    int next[SHIM_THREADS];     /* whose turn follows */
    int first;
    void *host;                 /* stack pointer of the launching thread */
    const char *kernel;
    const void *parameters;
    const char *wrong;
    char *stacks;
};
static __thread shim_block *shim;
static __thread shim_index threadIdx, blockIdx;
__thread char shared[SHIM_SHARED_MOST] __attribute__((aligned(16))); /* the kernel's SHARED_BYTES */

/* Keeps the registers that a function must keep, changes stacks. */
extern "C" void shim_switch(void **from, void *to) __attribute__((visibility("hidden")));
#if defined(__x86_64__)
__asm__(".text\n.globl shim_switch\n.hidden shim_switch\n.type shim_switch,@function\nshim_switch:\n"
        "push %rbp\npush %rbx\npush %r12\npush %r13\npush %r14\npush %r15\nmov %rsp,(%rdi)\nmov %rsi,%rsp\n"
        "pop %r15\npop %r14\npop %r13\npop %r12\npop %rbx\npop %rbp\nret\n");
enum { SHIM_SAVED = 6 };
#else
#error "shim.h: write the switch of stacks for this processor (see x86_64)"
#endif

static void shim_go_to(int fiber)
{
    int from = shim->here;
    shim->here = fiber;
    threadIdx.x = (unsigned)fiber;
    shim_switch(&shim->fiber[from].stack_pointer, shim->fiber[fiber].stack_pointer);
}
/* Back to the host: the block is over, or something is wrong. */
static void shim_return(void)
{
    void *unused;
    shim_switch(&unused, shim->host);
}
static void shim_fail(const char *what)
{
    if (!shim->wrong) shim->wrong = what;
    shim_return();
}
/* The next fiber that can run. */
static void shim_yield(void)
{
    int fiber = shim->next[shim->here];
    for (int i = 0; i < shim->threads; i++, fiber = shim->next[fiber])
        if (shim->fiber[fiber].point == SHIM_RUNS) {
            if (fiber != shim->here) shim_go_to(fiber);
            return;
        }
    shim_fail(shim->whole.live ? "threads wait for others that never come" : NULL);
}
static void shim_release(int begin, int end)
{
    shim_point point = shim->fiber[begin].point;
    for (int i = begin; i < end; i++) {
        if (shim->fiber[i].point == SHIM_LEFT) shim_fail("a thread left while others wait for it");
        if (shim->fiber[i].point != point) shim_fail("threads of a warp are at different barriers");
    }
    for (int i = begin; i < end; i++) shim->fiber[i].point = SHIM_RUNS;
}
/* Leaves a value and waits; gives the parity under which the values of this point stand. */
static int shim_wait(shim_point point, unsigned long long value)
{
    shim_block *b = shim;
    shim_fiber *f = &b->fiber[b->here];
    int turn = f->turn, warp = b->here / 32;
    f->turn ^= 1;
    f->value[turn] = value;
    f->point = point;
    if (point == SHIM_SYNC_BLOCK) {
        if (++b->whole.waiting == b->threads) {
            b->whole.waiting = 0;
            shim_release(0, b->threads);
        }
    } else if (++b->warp[warp].waiting == 32) {
        b->warp[warp].waiting = 0;
        shim_release(warp * 32, warp * 32 + 32);
    }
    shim_yield();
    return turn;
}

static inline void __syncwarp(unsigned) { shim_wait(SHIM_SYNC_WARP, 0); }
static inline void __syncthreads(void) { shim_wait(SHIM_SYNC_BLOCK, 0); }
static inline int __syncthreads_or(int predicate)
{
    int turn = shim_wait(SHIM_SYNC_BLOCK, predicate != 0), any = 0;
    for (int i = 0; i < shim->threads; i++) any |= (int)shim->fiber[i].value[turn];
    return any;
}
static inline unsigned __ballot_sync(unsigned, int predicate)
{
    int warp = shim->here / 32 * 32, turn = shim_wait(SHIM_BALLOT, predicate != 0);
    unsigned bits = 0;
    for (int i = 0; i < 32; i++) bits |= (unsigned)shim->fiber[warp + i].value[turn] << i;
    return bits;
}
template <typename T> static inline T __shfl_sync(unsigned, T value, int from)
{
    unsigned long long word = 0;
    memcpy(&word, &value, sizeof value);
    int warp = shim->here / 32 * 32, turn = shim_wait(SHIM_SHUFFLE, word);
    memcpy(&value, &shim->fiber[warp + from % 32].value[turn], sizeof value);
    return value;
}
template <typename T> static inline T __shfl_xor_sync(unsigned mask, T value, int bits)
{
    return __shfl_sync(mask, value, (int)((threadIdx.x ^ (unsigned)bits) % 32));
}
static inline unsigned long long atomicAdd(unsigned long long *sum, unsigned long long more)
{
    unsigned long long before = *sum;
    *sum += more;
    return before;
}

/* ---- launch ---- */
extern "C" void ws_cuda_run(const ws_cuda_launch);
extern "C" void ws_cuda_check(int *);
extern "C" void ws_cuda_say(ws_cuda_facts *);

static void shim_main(void)
{
    if (!strcmp(shim->kernel, "ws_cuda_run")) ws_cuda_run(*(const ws_cuda_launch *)shim->parameters);
    else if (!strcmp(shim->kernel, "ws_cuda_say")) ws_cuda_say(*(ws_cuda_facts *const *)shim->parameters);
    else ws_cuda_check(*(int *const *)shim->parameters);
    shim->fiber[shim->here].point = SHIM_LEFT;
    shim->whole.live--;
    shim_yield();
    abort(); /* a fiber that left is never run */
}

static const char *shim_run_block(shim_block *b, unsigned block)
{
    memset(shared, 0xa5, sizeof shared); /* shared memory begins with anything */
    memset(b->warp, 0, sizeof b->warp);
    b->whole.waiting = 0;
    b->whole.live = b->threads;
    blockIdx.x = block;
    for (int i = 0; i < b->threads; i++) {
        shim_fiber *f = &b->fiber[i];
        void **top = (void **)(b->stacks + (size_t)(i + 1) * SHIM_STACK - 64);
        memset(f, 0, sizeof *f);
        *--top = NULL;
        *--top = (void *)shim_main; /* where the switch returns to: the stack then is as after a call */
        f->stack_pointer = top - SHIM_SAVED;
        memset(f->stack_pointer, 0, SHIM_SAVED * sizeof(void *));
    }
    b->wrong = NULL;
    b->here = b->first;
    threadIdx.x = (unsigned)b->first;
    shim_switch(&b->host, b->fiber[b->first].stack_pointer);
    return b->wrong;
}

/* Turns in the asked order. */
static void shim_set_order(shim_block *b, unsigned order)
{
    int list[SHIM_THREADS];
    unsigned state = order;
    for (int i = 0; i < b->threads; i++) list[i] = order == 1 ? b->threads - 1 - i : i;
    for (int i = b->threads - 1; order > 1 && i > 0; i--) {
        state = state * 1664525u + 1013904223u;
        int j = (int)((state >> 8) % (unsigned)(i + 1)), kept = list[i];
        list[i] = list[j];
        list[j] = kept;
    }
    for (int i = 0; i < b->threads; i++) b->next[list[i]] = list[(i + 1) % b->threads];
    b->first = list[0];
}

extern "C" const char *shim_launch(const char *kernel, unsigned blocks, unsigned threads, unsigned shared_bytes, const void *parameters, unsigned order)
{
    if (strcmp(kernel, "ws_cuda_run") && strcmp(kernel, "ws_cuda_check") && strcmp(kernel, "ws_cuda_say")) return "no kernel of this name";
    if (shared_bytes > SHIM_SHARED_MOST) return "too much shared memory";
    if (threads < 1 || threads > SHIM_THREADS) return "too many threads";
    shim_block *b = (shim_block *)calloc(1, sizeof *b);
    char *stacks = (char *)malloc((size_t)threads * SHIM_STACK);
    const char *wrong = b && stacks ? NULL : "out of memory";
    if (!wrong) {
        b->threads = (int)threads;
        b->kernel = kernel;
        b->parameters = parameters;
        b->stacks = stacks;
        shim_set_order(b, order);
        shim = b;
        for (unsigned i = 0; i < blocks && !wrong; i++) wrong = shim_run_block(b, order == 1 ? blocks - 1 - i : i);
        shim = NULL;
    }
    free(stacks);
    free(b);
    return wrong;
}
#endif
