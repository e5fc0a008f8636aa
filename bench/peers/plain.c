/* plain.c: the jobs of jobs.py in plain C, as a good programmer writes them in an hour: one trajectory after the other, the
 * dimension known at run time, OpenMP over trajectories, loops that a compiler can vectorise, no intrinsics.
 *
 *     plain JOB.txt THREADS SECONDS OUT [boxmuller|ziggurat|vector]
 *
 * JOB.txt is written by jobs.py. Repeats the job until SECONDS are used (at most five times), writes OUT.hit, OUT.stop, OUT.f and
 * prints the best time as JSON. -DREAL=double is the float64 reference, which with -DMARGIN also writes OUT.margin: how close,
 * relatively, f ever came to a threshold; where that is close, float32 may rightly decide the other way. -DONE_EXP computes cosh
 * and sinh from one exp, -DFTZ flushes denormals to zero where the compiler's options do not. */
#define _GNU_SOURCE
#include <math.h>
#include <omp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
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
enum normals { BOXMULLER, ZIGGURAT, VECTOR };
typedef struct {
    int kind, d, etas, Ws, seeds, T;
    double threshold, x0, sigma;
    real *spectrum, *eta, *W;
    int *checkpoint;
} job;

static void fail(const char *what, const char *name)
{
    fprintf(stderr, "plain: %s %s\n", what, name);
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

static real step_quadratic(int d, const real *restrict a, real *restrict x, real s)
{
    real f = 0;
    for (int i = 0; i < d; i++) {
        real g = a[i] * x[i];
        f += x[i] * g;
        x[i] -= s * g;
    }
    return (real)0.5 * f;
}

static real step_cosh(int d, real *restrict x, real s)
{
    real f = 0;
    for (int i = 0; i < d; i++) {
#ifdef ONE_EXP /* the clamp: exp overflows otherwise, 1/inf is NaN under -ffast-math, and a diverged trajectory runs on to T */
        real c = x[i] < -40 ? -40 : x[i] > 40 ? 40 : x[i];
        real e = PICK(expf, exp)(c), r = 1 / e;
        f += (real)0.5 * (e + r) - 1;
        x[i] -= s * ((real)0.5 * (e - r));
#else
        f += PICK(coshf, cosh)(x[i]) - 1;
        x[i] -= s * PICK(sinhf, sinh)(x[i]);
#endif
    }
    return f;
}

#ifdef MARGIN
static void come_close(real f, real threshold, float *margin)
{
    float hit = (float)fabs(f / threshold - 1), diverged = (float)fabs(f / 1e12 - 1);
    if (hit < *margin) *margin = hit;
    if (diverged < *margin) *margin = diverged;
}
#endif

static void descend(const job *j, real *x, real eta, real W, int *hit, int *stop, float *margin)
{
    (void)margin;
    const real threshold = (real)j->threshold;
    for (int i = 0; i < j->d; i++) x[i] = (real)j->x0;
    *hit = -1;
    int t;
    for (t = 0;; t++) {
        real s = step_size(eta, W, t);
        real f = j->kind == QUADRATIC ? step_quadratic(j->d, j->spectrum, x, s) : step_cosh(j->d, x, s);
#ifdef MARGIN
        come_close(f, threshold, margin);
#endif
        if (f <= threshold) {
            *hit = t;
            break;
        }
        if (!(f <= (real)1e12) || t == j->T) break;
    }
    *stop = t;
}

/* ---- normal numbers: xoshiro128++ (Blackman and Vigna) of its own for every trajectory */
typedef struct {
    uint32_t s[4];
} generator;

static inline uint32_t rotate(uint32_t x, int k) { return x << k | x >> (32 - k); }

static inline uint32_t next(generator *g)
{
    uint32_t *s = g->s, result = rotate(s[0] + s[3], 7) + s[0], t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 11);
    return result;
}

static uint64_t split_mix(uint64_t *s)
{
    uint64_t z = (*s += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static void seed(generator *g, uint64_t number)
{
    uint64_t s = number * 0x2545f4914f6cdd1du + 12345, a = split_mix(&s), b = split_mix(&s);
    g->s[0] = (uint32_t)a;
    g->s[1] = (uint32_t)(a >> 32);
    g->s[2] = (uint32_t)b;
    g->s[3] = (uint32_t)(b >> 32);
}

#define UNIFORM(u) (((real)(int32_t)((u) >> 8) + (real)0.5) * (real)(1.0 / 16777216))
#define ANGLE(u) ((real)(int32_t)((u) >> 8) * (real)(6.283185307179586 / 16777216))

static void box_muller(generator *g, int d, uint32_t *restrict u, real *restrict z)
{
    int half = d / 2;
    for (int i = 0; i < d; i++) u[i] = next(g);
    for (int i = 0; i < half; i++) {
        real a = UNIFORM(u[i]), b = ANGLE(u[i + half]), m = PICK(sqrtf, sqrt)(-2 * PICK(logf, log)(a));
        z[i] = m * PICK(cosf, cos)(b);
        z[i + half] = m * PICK(sinf, sin)(b);
    }
}

/* sixteen generators side by side, and log, cos, sin in loops of their own, so that -ffast-math takes the vector functions of
 * libmvec */
typedef struct {
    uint32_t s[4][16];
} generators;

static void seed_many(generators *g, uint64_t number)
{
    for (int l = 0; l < 16; l++) {
        generator one;
        seed(&one, number * 16 + (uint64_t)l + 1000003);
        for (int j = 0; j < 4; j++) g->s[j][l] = one.s[j];
    }
}

static void box_muller_vector(generators *restrict g, int d, uint32_t *restrict u, real *restrict z, real *restrict m)
{
    for (int i = 0; i < d; i += 16)
        for (int l = 0; l < 16; l++) {
            uint32_t a = g->s[0][l], b = g->s[1][l], c = g->s[2][l], e = g->s[3][l], t = b << 9;
            u[i + l] = rotate(a + e, 7) + a;
            c ^= a;
            e ^= b;
            g->s[1][l] = b ^ c;
            g->s[0][l] = a ^ e;
            g->s[2][l] = c ^ t;
            g->s[3][l] = rotate(e, 11);
        }
    int half = d / 2;
    for (int i = 0; i < half; i++) m[i] = PICK(sqrtf, sqrt)(-2 * PICK(logf, log)(UNIFORM(u[i])));
    for (int i = 0; i < half; i++) z[i] = m[i] * PICK(cosf, cos)(ANGLE(u[i + half]));
    for (int i = 0; i < half; i++) z[i + half] = m[i] * PICK(sinf, sin)(ANGLE(u[i + half]));
}

/* Marsaglia and Tsang's ziggurat, 128 layers */
static uint32_t layer_k[128];
static float layer_w[128], layer_f[128];

static void prepare_ziggurat(void)
{
    const double scale = 2147483648.0, area = 9.91256303526217e-3;
    double x = 3.442619855899, below = x, q = area / exp(-0.5 * x * x);
    layer_k[0] = (uint32_t)(x / q * scale);
    layer_k[1] = 0;
    layer_w[0] = (float)(q / scale);
    layer_w[127] = (float)(x / scale);
    layer_f[0] = 1;
    layer_f[127] = (float)exp(-0.5 * x * x);
    for (int i = 126; i >= 1; i--) {
        x = sqrt(-2 * log(area / x + exp(-0.5 * x * x)));
        layer_k[i + 1] = (uint32_t)(x / below * scale);
        below = x;
        layer_f[i] = (float)exp(-0.5 * x * x);
        layer_w[i] = (float)(x / scale);
    }
}

static float ziggurat_edge(generator *g, int32_t h, uint32_t layer)
{
    const float tail = 3.442620f, unit = 5.9604645e-8f;
    for (;;) {
        float x = (float)h * layer_w[layer], y;
        if (layer == 0) {
            do {
                x = -logf((float)(next(g) >> 8) * unit + 3e-8f) * 0.2904764f;
                y = -logf((float)(next(g) >> 8) * unit + 3e-8f);
            } while (y + y < x * x);
            return h > 0 ? tail + x : -tail - x;
        }
        if (layer_f[layer] + (float)(next(g) >> 8) * unit * (layer_f[layer - 1] - layer_f[layer]) < expf(-0.5f * x * x)) return x;
        h = (int32_t)next(g);
        layer = (uint32_t)h & 127;
        if ((h < 0 ? -(uint32_t)h : (uint32_t)h) < layer_k[layer]) return (float)h * layer_w[layer];
    }
}

static void ziggurat(generator *g, int d, real *restrict z)
{
    for (int i = 0; i < d; i++) {
        int32_t h = (int32_t)next(g);
        uint32_t layer = (uint32_t)h & 127;
        z[i] = (h < 0 ? -(uint32_t)h : (uint32_t)h) < layer_k[layer] ? (real)((float)h * layer_w[layer])
                                                                     : (real)ziggurat_edge(g, h, layer);
    }
}

typedef struct {
    real *x, *z, *m;
    uint32_t *u;
} scratch;

static void descend_noisy(const job *j, scratch w, real eta, real W, int normals, uint64_t number, float *gap, int *hit, int *stop)
{
    const real *restrict a = j->spectrum, sigma = (real)j->sigma;
    real *restrict x = w.x, *restrict z = w.z;
    generator one;
    generators many;
    seed(&one, number);
    seed_many(&many, number);
    for (int i = 0; i < j->d; i++) x[i] = (real)j->x0;
    for (int k = 0; k < CHECKPOINTS; k++) gap[k] = HUGE_VALF;
    *hit = -1;
    int t, k = 0;
    for (t = 0;; t++) {
        if (normals == VECTOR)
            box_muller_vector(&many, j->d, w.u, z, w.m);
        else if (normals == ZIGGURAT)
            ziggurat(&one, j->d, z);
        else
            box_muller(&one, j->d, w.u, z);
        real s = step_size(eta, W, t), f = 0;
        for (int i = 0; i < j->d; i++) {
            real g = a[i] * x[i];
            f += x[i] * g;
            x[i] -= s * (g + sigma * z[i]);
        }
        f *= (real)0.5;
        if (*hit < 0 && f <= (real)j->threshold) *hit = t;
        if (!(f <= (real)1e12)) break;
        if (t == j->checkpoint[k]) gap[k++] = (float)f;
        if (t == j->T) break;
    }
    *stop = t;
}

/* gap: of job D, the gaps at the checkpoints; otherwise one margin a trajectory */
static void run_all(const job *j, int normals, int *hit, int *stop, float *gap)
{
#pragma omp parallel
    {
#ifdef FTZ
        _mm_setcsr(_mm_getcsr() | 0x8040);
#endif
        size_t padded = (size_t)(j->d + 15) / 16 * 16;
        scratch w = {room(padded * sizeof(real)), room(padded * sizeof(real)), room(padded * sizeof(real)), room(padded * 4)};
#pragma omp for schedule(dynamic, 4)
        for (int k = 0; k < j->etas * j->Ws * j->seeds; k++) {
            int cell = k / j->seeds;
            real eta = j->eta[cell / j->Ws], W = j->W[cell % j->Ws];
            if (j->kind == SGD)
                descend_noisy(j, w, eta, W, normals, (uint64_t)k, gap + (size_t)k * CHECKPOINTS, hit + k, stop + k);
            else
                descend(j, w.x, eta, W, hit + k, stop + k, gap + k);
        }
        free(w.x);
        free(w.z);
        free(w.m);
        free(w.u);
    }
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

int main(int argc, char **argv)
{
    if (argc < 5) fail("usage: plain JOB.txt THREADS SECONDS OUT [boxmuller|ziggurat|vector]", "");
    job j = read_job(argv[1]);
    omp_set_num_threads(atoi(argv[2]));
    int normals = argc < 6 || !strcmp(argv[5], "boxmuller") ? BOXMULLER : strcmp(argv[5], "vector") ? ZIGGURAT : VECTOR;
    prepare_ziggurat();
    size_t count = (size_t)j.etas * (size_t)j.Ws * (size_t)j.seeds;
    int *hit = room(count * 4), *stop = room(count * 4), runs = 0;
    size_t gaps = j.kind == SGD ? count * CHECKPOINTS : count;
    float *gap = room(gaps * sizeof(float));
    for (size_t k = 0; k < gaps; k++) gap[k] = HUGE_VALF;
    double best = HUGE_VAL, processor = HUGE_VAL, total = 0, limit = atof(argv[3]);
    while (runs == 0 || (total < limit && runs < 5)) {
        double start = now(CLOCK_MONOTONIC), used = now(CLOCK_PROCESS_CPUTIME_ID);
        run_all(&j, normals, hit, stop, gap);
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
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"seconds\": %.6f, \"processor_seconds\": %.6f, \"updates\": %lld, \"memory_MB\": %.1f, \"runs\": %d}\n", best,
           processor, updates, (double)usage.ru_maxrss / 1024, runs);
    return 0;
}
