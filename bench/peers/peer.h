/* peer.h: what the peers in C share: reading a job, step sizes, timing, writing the answer.
 *
 *     PROGRAM JOB.txt THREADS SECONDS OUT ...
 *
 * JOB.txt is written by jobs.py. The job is repeated until SECONDS are used (at most five times); OUT.hit, OUT.stop and OUT.f are
 * written, and the best time is printed as JSON. -DREAL=double is the float64 reference, -DFTZ flushes denormals to zero where the
 * compiler's options do not. */
#define _GNU_SOURCE
#include <math.h>
#include <omp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#ifdef FTZ
#include <xmmintrin.h>
#endif
#ifndef REAL
#define REAL float
#endif
typedef REAL real;
#define CHECKPOINTS 32
#define PICK(f, d) _Generic((real)0, float : f, double : d)

enum kind { QUADRATIC, COSH, SGD };
typedef struct {
    int kind, d, etas, Ws, seeds, T;
    double threshold, x0, sigma;
    real *spectrum, *eta, *W;
    int *checkpoint;
} job;

static void fail(const char *what, const char *name)
{
    fprintf(stderr, "%s %s\n", what, name);
    exit(1);
}

static void *room(size_t bytes)
{
    void *p = aligned_alloc(64, (bytes + 63) / 64 * 64);
    if (!p) fail("no memory", "");
    return p;
}

static real *numbers(FILE *file, int count, const char *name)
{
    real *result = room((size_t)count * sizeof(real));
    for (int i = 0; i < count; i++) {
        double value;
        if (fscanf(file, "%lf", &value) != 1) fail("cannot read", name);
        result[i] = (real)value;
    }
    return result;
}

static job read_job(const char *name)
{
    job j;
    FILE *file = fopen(name, "r");
    if (!file || fscanf(file, "%d %d %d %d %d %d %lf %lf %lf", &j.kind, &j.d, &j.etas, &j.Ws, &j.seeds, &j.T, &j.threshold, &j.x0,
                        &j.sigma) != 9)
        fail("cannot read", name);
    j.spectrum = numbers(file, j.d, name);
    j.eta = numbers(file, j.etas, name);
    j.W = numbers(file, j.Ws, name);
    real *checkpoint = numbers(file, CHECKPOINTS, name);
    j.checkpoint = room((CHECKPOINTS + 1) * sizeof(int));
    for (int k = 0; k < CHECKPOINTS; k++) j.checkpoint[k] = (int)checkpoint[k];
    j.checkpoint[CHECKPOINTS] = -1;
    free(checkpoint);
    fclose(file);
    return j;
}

static inline real step_size(real eta, real W, int t) { return (real)(t + 1) < W ? eta * ((real)(t + 1) / W) : eta; }

/* in every thread that computes */
static void flush_denormals(void)
{
#ifdef FTZ
    _mm_setcsr(_mm_getcsr() | 0x8040);
#endif
}

static void save(const char *stem, const char *end, const void *bytes, size_t size)
{
    char name[4096];
    snprintf(name, sizeof name, "%s.%s", stem, end);
    FILE *file = fopen(name, "wb");
    if (!file || fwrite(bytes, 1, size, file) != size || fclose(file)) fail("cannot write", name);
}

static void save_means(const job *j, const char *stem, const float *gap)
{
    int cells = j->etas * j->Ws;
    float *mean = room((size_t)cells * CHECKPOINTS * sizeof(float));
    for (int cell = 0; cell < cells; cell++)
        for (int k = 0; k < CHECKPOINTS; k++) {
            double sum = 0;
            for (int s = 0; s < j->seeds; s++) sum += gap[((size_t)cell * (size_t)j->seeds + (size_t)s) * CHECKPOINTS + (size_t)k];
            mean[cell * CHECKPOINTS + k] = (float)(sum / j->seeds);
        }
    save(stem, "f", mean, (size_t)cells * CHECKPOINTS * sizeof(float));
    free(mean);
}

static double now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* MB; not getrusage's, which after fork and exec still counts the program that launched this one */
static double peak_memory(void)
{
    char line[256];
    long kilobytes = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "VmHWM: %ld", &kilobytes) == 1) break;
    if (file) fclose(file);
    return (double)kilobytes / 1024;
}

/* Runs a job, which fills hit and stop, and gap: of job D the gaps at the checkpoints, otherwise one margin a trajectory. */
typedef void runner(const job *j, int variant, int *hit, int *stop, float *gap);

static void measure(runner *run, int variant, char **argv)
{
    job j = read_job(argv[1]);
    omp_set_num_threads(atoi(argv[2]));
    size_t count = (size_t)j.etas * (size_t)j.Ws * (size_t)j.seeds, gaps = j.kind == SGD ? count * CHECKPOINTS : count;
    int *hit = room(count * 4), *stop = room(count * 4), runs = 0;
    float *gap = room(gaps * sizeof(float));
    for (size_t k = 0; k < gaps; k++) gap[k] = HUGE_VALF;
    double best = HUGE_VAL, processor = HUGE_VAL, total = 0, limit = atof(argv[3]);
    while (runs == 0 || (total < limit && runs < 5)) {
        double start = now(CLOCK_MONOTONIC), used = now(CLOCK_PROCESS_CPUTIME_ID);
        run(&j, variant, hit, stop, gap);
        double seconds = now(CLOCK_MONOTONIC) - start;
        used = now(CLOCK_PROCESS_CPUTIME_ID) - used;
        if (seconds < best) best = seconds;
        if (used < processor) processor = used;
        total += seconds;
        runs++;
    }
    long long updates = 0;
    for (size_t k = 0; k < count; k++) updates += (long long)stop[k] * j.d;
    save(argv[4], "hit", hit, count * 4);
    save(argv[4], "stop", stop, count * 4);
    if (j.kind == SGD) save_means(&j, argv[4], gap);
#ifdef MARGIN
    else
        save(argv[4], "margin", gap, count * sizeof(float));
#endif
    printf("{\"seconds\": %.6f, \"processor_seconds\": %.6f, \"updates\": %lld, \"memory_MB\": %.1f, \"runs\": %d}\n", best,
           processor, updates, peak_memory(), runs);
}
