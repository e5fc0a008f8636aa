/* batch.c: how near to its limit is a batch of 16 iterations, the kernel alone? The text of a variant (batch.py) stands before this one, and
 * BATCH_LIMIT says what is the limit: 1 a third of the fma rate, 2 the drawing of the noise, 3 one sinh and cosh as the kernel makes them, 4 the exponential and
 * the division that they need as they are usually written. BATCH_SUMS: the sums of every iteration are made, as where steps do not contract or a target is near.
 *
 * Windows of some 50 us of batches (iterations and scan of one block, no trajectory ends) and of the limit alternate. Prints two ratios: of the shortest
 * windows, which is what the core can do, and of the medians, which is what a neighbour on the core's other hardware thread left of it. A run of half a
 * second (updates.py) sees the second. Every coordinate starts at BATCH_START. */
#include "entry_cpu.c"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WINDOWS = 4000, CHAINS = 10 };

static block *b;
static ws_kernel_run run;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Every gap of the coming batches is below the one before (or near it, with noise), and nothing happens at it. */
static void begin(void)
{
    const scalar_real start = (scalar_real)(WS_COUPLED ? 1.0 / __builtin_sqrt(WS_DIM) : BATCH_START); /* |x| = 1 where it matters */
    for (int i = 0; i < WS_NV * WS_K; i++) b->x[0][i] = b->x[1][i] = R(start);
#if WS_W == 1
    b->slot[0].live = 1;
    b->slot[0].target = -1.0;
    b->slot[0].ceiling = b->slot[0].peak = 1e30;
    b->slot[0].best = __builtin_inf();
    b->slot[0].due = 1ll << 60;
#else
    for (int c = 0; c < WS_COLUMNS; c++) {
        b->live[c] = LT(R(0.0f), R(1.0f));
        b->target[c] = R(-1.0f);
        b->ceiling[c] = b->extreme[c].peak = R(1e30f);
        b->extreme[c].best = R((scalar_real)__builtin_inf());
        b->due[c] = vuint_of(0x7fffffffu);
    }
#endif
}

static void set_up(void)
{
    b = aligned_alloc(64, (sizeof *b + 63) / 64 * 64);
    memset(b, 0, sizeof *b);
    for (int i = 0; i < WS_NV * WS_K; i++)
        for (size_t q = 0; q < sizeof b->c[0] / sizeof(real); q++) ((real *)&b->c[i])[q] = R(1.0f);
    for (int c = 0; c < WS_COLUMNS; c++) {
        for (int i = 0; i < WS_CONSTANTS_MAX; i++) b->constant[i][c] = R(1.0f);
        b->eta_settled[c] = 1;
#if WS_SKIPS_ZEROS
        b->finite_eta[c] = 1;
#endif
#if WS_CONTRACTS
        b->contracts[c] = !BATCH_SUMS;
#endif
#if !NOISE_NONE
        b->level[c] = R(1e-4f);
#endif
    }
    for (int i = 0; i < WS_BATCH * WS_COLUMNS; i++) b->eta[i] = R(1e-4f);
    for (int g = 0; g < WS_NV; g++)
        for (int i = 0; i < WS_LANES; i++) ((scalar_vuint *)&b->lane[g])[i] = (scalar_vuint)(WS_W == 1 ? g * WS_LANES + i : g / WS_COLUMNS);
#if !NOISE_NONE
    random_key_fill(1, &b->key);
    for (int c = 0; c < WS_COLUMNS; c++) share_times(b, c);
#endif
}

/* n batches or more: several may be run as one. */
static __attribute__((noinline)) int batches(int n)
{
    const long long start = iteration_of(b, 0);
    int done;
    do {
        run_batch(b);
        scan_batch(b, &run);
        b->now ^= 1;
        done = (int)((iteration_of(b, 0) - start) / WS_BATCH);
    } while (done < n);
    return done;
}

/* What the updates of n batches cannot do without. */
static __attribute__((noinline)) int limit(int n)
{
    enum { UPDATES = WS_NV * WS_K * WS_BATCH };
#if BATCH_LIMIT == 1
    real chain[CHAINS];
    UNROLLED
    for (int i = 0; i < CHAINS; i++) chain[i] = R(1.0f);
    for (int i = 0; i < n * UPDATES * 3 / CHAINS; i++) {
        UNROLLED
        for (int j = 0; j < CHAINS; j++) {
            chain[j] = FMA(chain[j], R(0.999f), R(0.001f));
            __asm__ volatile("" : "+x"(chain[j]));
        }
    }
#elif BATCH_LIMIT == 2
    real noise[NOISE_SPAN * WS_K];
    for (int i = 0; i < n; i++) {
        share_lanes(b);
        for (int g = 0; g < WS_NV; g++) {
            const lane_values v = values_of(b, g);
            for (unsigned s = 0; s < WS_BATCH; s += NOISE_SPAN) {
                draw_numbers(&b->key, v.at, s, noise);
                __asm__ volatile("" : : "r"(noise) : "memory");
            }
        }
    }
#else
    enum { MANY = 8 };
    real x[MANY], sum[MANY];
    UNROLLED
    for (int i = 0; i < MANY; i++) x[i] = R(0.5f), sum[i] = R(0.0f);
    for (int i = 0; i < n * UPDATES / MANY; i++) {
        UNROLLED
        for (int j = 0; j < MANY; j++) {
            real sine, cosine;
            __asm__ volatile("" : "+m"(x[j]));
#if BATCH_LIMIT == 3
            SINHCOSH(x[j], &sine, &cosine);
#else
            const real e = R(0.5f) * EXP(x[j]), inverse = R(0.25f) / e;
            sine = e - inverse;
            cosine = e + inverse;
#endif
            sum[j] = sum[j] + (sine + cosine);
        }
    }
    UNROLLED
    for (int i = 0; i < MANY; i++) __asm__ volatile("" : : "x"(sum[i]));
#endif
    return n;
}

static int by_size(const void *p, const void *q) { return (*(const double *)p > *(const double *)q) - (*(const double *)p < *(const double *)q); }

/* Seconds of a batch. */
static double window(int (*work)(int), int n)
{
    double start = now();
    int done = work(n);
    return (now() - start) / done;
}

int main(void)
{
    static double ours[WINDOWS], least[WINDOWS];
    set_up();
    begin();
    double one = window(batches, 100);
    const int n = one > 5e-5 ? 1 : (int)(5e-5 / one);
    for (int i = 0; i < WINDOWS; i++) {
        begin();
        ours[i] = window(batches, n);
        least[i] = window(limit, n);
    }
    const scalar_real *gap = WS_W == 1 ? b->gap.scalar : (const scalar_real *)b->gap.vector;
    if (!(gap[0] > 0) || (NOISE_NONE && !(gap[(WS_BATCH - 1) * WS_W] < gap[0]))) return 1; /* not what was meant to be timed */
    qsort(ours, WINDOWS, sizeof *ours, by_size);
    qsort(least, WINDOWS, sizeof *least, by_size);
    printf("%.4f %.4f\n", least[WINDOWS / 200] / ours[WINDOWS / 200], least[WINDOWS / 2] / ours[WINDOWS / 2]);
    return 0;
}
