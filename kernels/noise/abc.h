/* abc.h: g + level xi with level^2 = (A gap + (B - 1) |g|^2 + C) / (d batch), xi of mean 0 and variance 1 in every coordinate: at batch 1
 * exactly E |g + level xi|^2 = A gap + B |g|^2 + C (expected smoothness, Khaled & Richtarik 2020, who write 2A).
 * NOISE_LAW: 0 normal, 1 a sign. Parameters: A, B >= 1, C, batch. */
#define NOISE_NONE 0
#define NOISE_SEES SEES_GRADIENT
#define NOISE_PARAMETERS 4
#define DRAW_K WS_K
#include "draw_law.h"
#include "drawn.h"

FN f64 noise_level(seen at, const f64 *p)
{
    f64 square = p[0] * at.gap + (p[1] - F64(1.0)) * at.gradient + p[2];
    return sqrt_f64(square / (F64((double)(WS_DIM)) * p[3]));
}
FN real noise_gradient(real g, real level, real noise) { return FMA(level, noise, g); }
