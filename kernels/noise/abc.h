/* abc.h: g + level xi with level^2 = (A gap + (B - 1) |g|^2 + C) / (d batch), xi of mean 0 and variance 1 in every coordinate: at batch 1
 * exactly E |g + level xi|^2 = A gap + B |g|^2 + C (expected smoothness, Khaled & Richtarik 2020, who write 2A).
 * NOISE_LAW: 0 normal, 1 a sign. Parameters: A, B >= 1, C, batch. */
#define NOISE_NONE 0
#define NOISE_SEES SEES_GRADIENT
#define NOISE_PARAMETERS 4
#define DRAW_K WS_K
#if NOISE_LAW == 0
#include "draw_normal.h"
#else
#include "draw_sign.h"
#endif
#define NOISE_SPAN DRAW_SPAN

FN f64 noise_level(seen at, const f64 *p)
{
    f64 square = p[0] * at.gap + (p[1] - F64(1.0)) * at.gradient + p[2];
    return sqrt_f64(square / (F64((double)(WS_DIM)) * p[3]));
}
FN void noise_draw(const random_key *key, random_position at, unsigned step, real *noise) { draw_numbers(key, at, step, noise); }
#ifdef DRAW_GRAIN /* slots can be drawn apart, so many at once */
#define NOISE_GRAIN DRAW_GRAIN
FN void noise_draw_slots(const random_key *key, random_position at, unsigned step, int first, int count, real *noise)
{
    draw_some(key, at, step, first, count, noise);
}
#endif
FN real noise_gradient(real g, real level, real noise) { return FMA(level, noise, g); }
