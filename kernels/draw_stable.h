/* draw_stable.h: symmetric alpha-stable numbers by Chambers, Mallows & Stuck 1976 (JASA 71), alpha = NOISE_ALPHA in [1/2, 2]:
 * X = sin(alpha U) / cos(U)^{1/alpha} (cos((1 - alpha) U) / E)^{(1 - alpha)/alpha}, U uniform on (-pi/2, pi/2), E exponential.
 *
 * U = pi (v - 1/2) with v in the middle of one of 2^23 (float32) or 2^52 cells, so that the distance to the nearer end is exact and
 * cos(U) = sin(pi distance) is accurate where it is small; E = -log of such a v. The tails end where the cells do. */
#define DRAW_A_BLOCK (WS_NORMALS_A_BLOCK / 2)
#define DRAW_TOGETHER 1
#define DRAW_LONG 1 /* three sines, two powers and a logarithm: put side by side by the compiler */

FN real stable_of(real v, real w)
{
    const real pi = R((scalar_real)3.14159265358979323846), one = R(1.0f), alpha = R((scalar_real)(NOISE_ALPHA));
    const real root = R((scalar_real)(1.0 / (NOISE_ALPHA))), power = R((scalar_real)((1.0 - (NOISE_ALPHA)) / (NOISE_ALPHA)));
    real U = pi * (v - R(0.5f)), nearer = SEL(LT(R(0.5f), v), one - v, v), sine, cosine, numerator, other;
    SINCOS(pi * nearer, &cosine, &other);
    SINCOS(alpha * U, &numerator, &other);
    SINCOS((one - alpha) * U, &sine, &other);
    return numerator / POW(cosine, root) * POW(other / -LOG(w), power);
}
FN void draw_words(int blocks, const vuint *words, real *numbers)
{
#if WS_PRECISION == 32
    EACH(2 * blocks) numbers[j] = stable_of(uniform_inside_f32(words[2 * j]), uniform_inside_f32(words[2 * j + 1]));
#else
    EACH(blocks) numbers[j] = stable_of(uniform_inside_f64(words[4 * j], words[4 * j + 1]), uniform_inside_f64(words[4 * j + 2], words[4 * j + 3]));
#endif
}
#include "draw_blocks.h"
