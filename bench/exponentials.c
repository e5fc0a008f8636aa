/* exponentials.c: how many times a second can one core do what a coordinate of the cosh cannot do without: one sinh and cosh? Compiled
 * like a kernel, with -DWS_PRECISION=32 or 64. Prints one number. It is the limit of GD on the cosh. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "target_c.h"
#include "math.h"

enum { MANY = 8 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(int argc, char **argv)
{
    double seconds = argc > 1 ? atof(argv[1]) : 1.0, best = 0;
    real x[MANY], sum[MANY];
    for (int i = 0; i < MANY; i++) {
        x[i] = R(0.5f + 0.3f * (scalar_real)i);
        sum[i] = R(0.0f);
    }
    for (double begin = now(); now() - begin < seconds;) {
        const int n = 20000;
        double start = now();
        for (int t = 0; t < n; t++) {
            UNROLLED
            for (int i = 0; i < MANY; i++) {
                __asm__ volatile("" : "+m"(x[i])); /* another x for all that the compiler knows */
                real sine, cosine;
                SINHCOSH(x[i], &sine, &cosine);
                sum[i] = sum[i] + (sine + cosine);
            }
        }
        double rate = (double)n * MANY * WS_LANES / (now() - start);
        if (rate > best) best = rate;
    }
    for (int i = 1; i < MANY; i++) sum[0] = sum[0] + sum[i];
    fprintf(stderr, "%g\n", (double)((scalar_real *)&sum[0])[0]); /* keeps the work alive */
    printf("%.6g\n", best);
    return 0;
}
