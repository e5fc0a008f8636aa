/* normals.c: how many normal numbers a second can one core make with the kernels' own generator, and nothing else? Compiled like a
 * kernel, with -DWS_PRECISION=32 or 64. Prints one number. It is the limit of SGD: an update needs one normal. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define WS_DIM 64
#define WS_L 8
#include "target_c.h"
#include "lanes.h"
#include "math.h"
#include "random.h"
#define DRAW_K WS_K
#include "draw_normal.h"

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(int argc, char **argv)
{
    double seconds = argc > 1 ? atof(argv[1]) : 1.0, best = 0;
    random_key key;
    random_position at;
    __builtin_memset(&at, 0, sizeof at);
    random_key_fill(1, &key);
    real sum = R(0.0f), noise[DRAW_SPAN * WS_K];
    for (double begin = now(); now() - begin < seconds;) {
        const unsigned n = 100000;
        double start = now();
        for (unsigned t = 0; t < n; t += DRAW_SPAN) {
            draw_numbers(&key, at, t, noise);
            for (int i = 0; i < DRAW_SPAN * WS_K; i++) sum = sum + noise[i];
        }
        double rate = (double)n * WS_K * WS_LANES / (now() - start);
        if (rate > best) best = rate;
    }
    fprintf(stderr, "%g\n", (double)((scalar_real *)&sum)[0]);
    printf("%.6g\n", best);
    return 0;
}
