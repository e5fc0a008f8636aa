/* random_probe.c: kernels/random.h over arrays, for test_random.py; with WS_PRECISION, WS_DIM, WS_L and WS_NOISE what a noise draws instead. */
#include "target_c.h"
#ifdef WS_PRECISION
#include "lanes.h"
#include "seen.h"
#endif
#include "math.h"
#include "random.h"

#ifndef WS_PRECISION
/* counters and words: [n][4] */
void probe_philox_u32(unsigned long long seed, const unsigned *counters, unsigned *words, long n)
{
    random_key key;
    random_key_fill(seed, &key);
    for (long i = 0; i < n; i += WS_LANES32) {
        unsigned lane[4][WS_LANES32];
        u32 w[4];
        for (int j = 0; j < WS_LANES32; j++)
            for (int k = 0; k < 4; k++) lane[k][j] = i + j < n ? counters[(i + j) * 4 + k] : 0;
        __builtin_memcpy(w, lane, sizeof w);
        philox_u32(&key, 1, w);
        __builtin_memcpy(lane, w, sizeof w);
        for (int j = 0; j < WS_LANES32 && i + j < n; j++)
            for (int k = 0; k < 4; k++) words[(i + j) * 4 + k] = lane[k][j];
    }
}
void probe_philox_u64(unsigned long long seed, const unsigned *counters, unsigned *words, long n)
{
    random_key key;
    random_key_fill(seed, &key);
    for (long i = 0; i < n; i += WS_LANES64) {
        unsigned long long lane[4][WS_LANES64];
        u64 w[4];
        for (int j = 0; j < WS_LANES64; j++)
            for (int k = 0; k < 4; k++) lane[k][j] = i + j < n ? counters[(i + j) * 4 + k] : 0;
        __builtin_memcpy(w, lane, sizeof w);
        philox_u64(&key, 1, w);
        __builtin_memcpy(lane, w, sizeof w);
        for (int j = 0; j < WS_LANES64 && i + j < n; j++)
            for (int k = 0; k < 4; k++) words[(i + j) * 4 + k] = (unsigned)lane[k][j];
    }
}
/* words: [n][2] -> normals [n][2] */
void probe_gaussian_f32(const unsigned *words, float *normals, long n)
{
    for (long i = 0; i < n; i += WS_LANES32) {
        unsigned first[WS_LANES32], second[WS_LANES32];
        float one[WS_LANES32], two[WS_LANES32];
        u32 w[2];
        f32 pair[2];
        for (int j = 0; j < WS_LANES32; j++) {
            first[j] = i + j < n ? words[(i + j) * 2] : 1;
            second[j] = i + j < n ? words[(i + j) * 2 + 1] : 1;
        }
        __builtin_memcpy(&w[0], first, sizeof w[0]);
        __builtin_memcpy(&w[1], second, sizeof w[1]);
        gaussian_pairs_f32(1, w, pair);
        __builtin_memcpy(one, &pair[0], sizeof pair[0]);
        __builtin_memcpy(two, &pair[1], sizeof pair[1]);
        for (int j = 0; j < WS_LANES32 && i + j < n; j++) {
            normals[(i + j) * 2] = one[j];
            normals[(i + j) * 2 + 1] = two[j];
        }
    }
}
/* words: [n][4] -> normals [n][2] */
void probe_gaussian_f64(const unsigned *words, double *normals, long n)
{
    for (long i = 0; i < n; i += WS_LANES64) {
        unsigned long long lane[4][WS_LANES64];
        double one[WS_LANES64], two[WS_LANES64];
        u64 w[4], longs[2];
        f64 pair[2];
        for (int j = 0; j < WS_LANES64; j++)
            for (int k = 0; k < 4; k++) lane[k][j] = i + j < n ? words[(i + j) * 4 + k] : 1;
        __builtin_memcpy(w, lane, sizeof w);
        for (int k = 0; k < 2; k++) longs[k] = (w[2 * k] << 32) | w[2 * k + 1];
        gaussian_pairs_f64(1, longs, pair);
        __builtin_memcpy(one, &pair[0], sizeof pair[0]);
        __builtin_memcpy(two, &pair[1], sizeof pair[1]);
        for (int j = 0; j < WS_LANES64 && i + j < n; j++) {
            normals[(i + j) * 2] = one[j];
            normals[(i + j) * 2 + 1] = two[j];
        }
    }
}
double probe_host_gaussian(unsigned long long seed, unsigned c0, unsigned c1, unsigned c2, unsigned c3)
{
    f64 value = gaussian_f64(seed, c0, c1, c2, c3);
    double lanes[WS_LANES64];
    __builtin_memcpy(lanes, &value, sizeof value);
    return lanes[0];
}

#else
#include WS_NOISE
/* noise[iterations][WS_DIM] as double, from iteration `first` (a multiple of 16) on. */
void probe_noise(unsigned long long seed, unsigned replicate, unsigned low, unsigned high, unsigned first, int iterations, double *noise)
{
    random_key key;
    random_key_fill(seed, &key);
    real drawn[NOISE_SPAN * WS_K];
    for (int group = 0; group < (WS_L + WS_LANES - 1) / WS_LANES; group++)
        for (int t = 0; t < iterations; t += NOISE_SPAN) {
            random_position at;
            unsigned step = (unsigned)t % WS_BATCH;
            at.iteration = (vuint){0} + (first + (unsigned)t - step);
            at.replicate = (vuint){0} + replicate;
            at.cell_low = (vuint){0} + low;
            at.cell_high = (vuint){0} + high;
            for (int i = 0; i < WS_LANES; i++) ((scalar_vuint *)&at.lane)[i] = (scalar_vuint)(group * WS_LANES + i);
#ifdef DRAW_SHARED
            u64 shared[DRAW_SHARED];
            draw_share(&key, at, shared);
            at.shared = shared;
#endif
#ifdef PROBE_ALONE
            for (unsigned s = 0; s < NOISE_SPAN; s++) noise_draw_alone(&key, at, step + s, drawn + s * WS_K);
#else
            noise_draw(&key, at, step, drawn);
#endif
            for (int s = 0; s < NOISE_SPAN && t + s < iterations; s++)
                for (int k = 0; k < WS_K; k++)
                    for (int i = 0; i < WS_LANES; i++) {
                        long coordinate = (long)k * WS_L + group * WS_LANES + i;
                        if (group * WS_LANES + i < WS_L && coordinate < WS_DIM)
                            noise[(long)(t + s) * WS_DIM + coordinate] = (double)((scalar_real *)&drawn[s * WS_K + k])[i];
                    }
        }
}
#ifdef NOISE_ROWS
/* shares [iterations][OBJECTIVE_ROWS] of the batches from iteration `first` (a multiple of 16) on */
void probe_rows(unsigned long long seed, unsigned replicate, unsigned low, unsigned high, unsigned first, int iterations, double batch, double *shares)
{
    random_key key;
    random_key_fill(seed, &key);
    for (int t = 0; t < iterations; t++) {
        random_position at;
        real share[OBJECTIVE_ROWS];
        unsigned step = (unsigned)t % WS_BATCH;
        at.iteration = (vuint){0} + (first + (unsigned)t - step);
        at.lane = (vuint){0};
        at.replicate = (vuint){0} + replicate;
        at.cell_low = (vuint){0} + low;
        at.cell_high = (vuint){0} + high;
        noise_rows(&key, at, step, R((scalar_real)batch), share);
        for (int i = 0; i < OBJECTIVE_ROWS; i++) shares[(long)t * OBJECTIVE_ROWS + i] = (double)((scalar_real *)&share[i])[WS_LANES - 1];
    }
}
#endif
#endif
