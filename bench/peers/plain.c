/* plain.c: the jobs of jobs.py in plain C, as a good programmer writes them in an hour: one trajectory after the other, the
 * dimension known at run time, OpenMP over trajectories, loops that a compiler can vectorise, no intrinsics.
 *
 *     plain JOB.txt THREADS SECONDS OUT [boxmuller|ziggurat|vector]
 *
 * Arguments and answer as peer.h says. With -DMARGIN it also writes OUT.margin: how close, relatively, f ever came to a threshold;
 * where that is close, float32 may rightly decide the other way. -DONE_EXP computes cosh and sinh from one exp. */
#include "peer.h"

enum normals { BOXMULLER, ZIGGURAT, VECTOR };
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

static void run_all(const job *j, int normals, int *hit, int *stop, float *gap)
{
#pragma omp parallel
    {
        flush_denormals();
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

int main(int argc, char **argv)
{
    if (argc < 5) fail("usage: plain JOB.txt THREADS SECONDS OUT [boxmuller|ziggurat|vector]", "");
    int normals = argc < 6 || !strcmp(argv[5], "boxmuller") ? BOXMULLER : strcmp(argv[5], "vector") ? ZIGGURAT : VECTOR;
    prepare_ziggurat();
    measure(run_all, normals, argv);
    return 0;
}
