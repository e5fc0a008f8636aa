/* peak_fma.c: how many fma lanes a second can one core do? Ten independent chains of the widest fma, no memory. Prints one number: float32 lanes per
 * second (a float64 lane costs two of them). A coordinate update of the quadratic is a multiplication and two fma, so that a third of it
 * is the limit of GD on a machine whose multiplications and fma share their pipes. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#if defined(__AVX512F__)
typedef float vector __attribute__((vector_size(64)));
#define FMA(x) x = __builtin_ia32_vfmaddps512_mask(x, m, c, (unsigned short)-1, 4)
#elif defined(__FMA__)
typedef float vector __attribute__((vector_size(32)));
#define FMA(x) x = __builtin_ia32_vfmaddps256(x, m, c)
#else
typedef float vector __attribute__((vector_size(16)));
#define FMA(x) x = x * m + c /* no fma: two instructions, compiled as they stand */
#endif
#define STEP(x) FMA(x); __asm__ volatile("" : "+x"(x))

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(int argc, char **argv)
{
    double seconds = argc > 1 ? atof(argv[1]) : 1.0, best = 0;
    vector m = (vector){0} + 0.999f, c = (vector){0} + 0.001f;
    vector a = m, b = m, d = m, e = m, f = m, g = m, h = m, i = m, j = m, k = m;
    for (double begin = now(); now() - begin < seconds;) {
        const long n = 5000000;
        double start = now();
        for (long q = 0; q < n; q++) {
            STEP(a); STEP(b); STEP(d); STEP(e); STEP(f); STEP(g); STEP(h); STEP(i); STEP(j); STEP(k);
        }
        double rate = (double)n * 10 * (sizeof(vector) / 4) / (now() - start);
        if (rate > best) best = rate;
    }
    vector sum = a + b + d + e + f + g + h + i + j + k;
    fprintf(stderr, "%g\n", (double)sum[0]); /* keeps the chains alive */
    printf("%.6g\n", best);
    return 0;
}
