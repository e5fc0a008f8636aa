/* beside.c: GD on the quadratic (jobs A, B, C, Q) in C, sixteen neighbours of the grid side by side: what a good programmer turns
 * to when the dimension is too small to fill a vector. A block goes on until its last trajectory is done; one that is done has step
 * 0.
 *
 * Arguments and answer as peer.h says. */
#include "peer.h"

#define BESIDE 16

static void descend(const job *j, real (*restrict x)[BESIDE], int first, int count, int *hit, int *stop)
{
    const real threshold = (real)j->threshold;
    real eta[BESIDE] = {0}, W[BESIDE] = {0};
    int running[BESIDE] = {0}, left = count;
    for (int v = 0; v < count; v++) {
        eta[v] = j->eta[(first + v) / j->Ws];
        W[v] = j->W[(first + v) % j->Ws];
        running[v] = 1;
    }
    for (int i = 0; i < j->d; i++)
        for (int v = 0; v < BESIDE; v++) x[i][v] = (real)j->x0;
    for (int t = 0; left; t++) {
        real s[BESIDE], f[BESIDE] = {0};
        int ended = 0;
        for (int v = 0; v < BESIDE; v++) {
            real ramp = (real)(t + 1) / (W[v] > (real)(t + 1) ? W[v] : (real)(t + 1));
            s[v] = running[v] ? eta[v] * ramp : 0;
        }
        for (int i = 0; i < j->d; i++)
            for (int v = 0; v < BESIDE; v++) {
                real g = j->spectrum[i] * x[i][v];
                f[v] += x[i][v] * g;
                x[i][v] -= s[v] * g;
            }
        for (int v = 0; v < BESIDE; v++) {
            f[v] *= (real)0.5;
            ended |= running[v] & (f[v] <= threshold || !(f[v] <= (real)1e12));
        }
        if (!ended && t < j->T) continue;
        for (int v = 0; v < BESIDE; v++)
            if (running[v] && (f[v] <= threshold || !(f[v] <= (real)1e12) || t == j->T)) {
                hit[first + v] = f[v] <= threshold ? t : -1;
                stop[first + v] = t;
                running[v] = 0;
                left--;
            }
    }
}

static void run_all(const job *j, int variant, int *hit, int *stop, float *gap)
{
    (void)variant;
    (void)gap;
    int count = j->etas * j->Ws;
#pragma omp parallel
    {
        flush_denormals();
        real(*x)[BESIDE] = room((size_t)j->d * sizeof *x);
#pragma omp for schedule(dynamic, 1)
        for (int first = 0; first < count; first += BESIDE)
            descend(j, x, first, count - first < BESIDE ? count - first : BESIDE, hit, stop);
        free(x);
    }
}

int main(int argc, char **argv)
{
    if (argc < 5) fail("usage: beside JOB.txt THREADS SECONDS OUT", "");
    measure(run_all, 0, argv);
    return 0;
}
