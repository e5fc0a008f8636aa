/* multiplicative.h: (1 + sqrt(B / batch) xi) g, xi of mean 0 and variance 1, for every coordinate or (NOISE_SHARED) one for all of them:
 * the stream of lane 0 as if it had one coordinate. NOISE_LAW: 0 normal, 1 a sign. Parameters: B, batch. */
#define NOISE_NONE 0
#define NOISE_SEES 0
#define NOISE_PARAMETERS 2
#if NOISE_SHARED
#define DRAW_K 1
#define DRAW_LANE vuint_of(0u)
#else
#define DRAW_K WS_K
#endif
#include "draw_law.h"

FN f64 noise_level(seen at, const f64 *p)
{
    (void)at;
    return sqrt_f64(p[0] / p[1]);
}
#if NOISE_SHARED
#define NOISE_SPAN DRAW_SPAN
#define NOISE_GRAIN 1
FN void noise_draw_slots(const random_key *key, random_position at, unsigned step, int first, int count, real *noise)
{
    real numbers[DRAW_SPAN];
    (void)first;
    at.lane = DRAW_LANE;
    draw_numbers(key, at, step, numbers);
    for (int s = 0; s < DRAW_SPAN; s++)
        for (int j = 0; j < count; j++) noise[s * count + j] = numbers[s];
}
FN void noise_draw(const random_key *key, random_position at, unsigned step, real *noise) { noise_draw_slots(key, at, step, 0, WS_K, noise); }
#else
#include "drawn.h"
#endif
FN real noise_gradient(real g, real level, real noise) { return FMA(level * noise, g, g); }
