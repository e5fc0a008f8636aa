/* draw_student.h: Student's t with NOISE_NU degrees of freedom, by the polar formula of Bailey 1994 (Mathematics of Computation 62):
 * T = sqrt(nu (U^{-2/nu} - 1)) cos(angle), the Box-Muller formula with another radius; its sine partner is not independent and not
 * used. With e = -2 log U the radius is sqrt(nu (e^{e/nu} - 1)). */
#define DRAW_A_BLOCK (WS_NORMALS_A_BLOCK / 2)
#define DRAW_TOGETHER (WS_LANES == 1 ? 1 : 4 / DRAW_A_BLOCK)

FN real student_of(real energy, real cosine)
{
    const real nu = R((scalar_real)(NOISE_NU));
    return SQRT(nu * EXPM1(energy / nu)) * cosine;
}
FN void draw_words(int blocks, const vuint *words, real *numbers)
{
    real energy[DRAW_TOGETHER * DRAW_A_BLOCK], sine[DRAW_TOGETHER * DRAW_A_BLOCK], cosine[DRAW_TOGETHER * DRAW_A_BLOCK];
#if WS_PRECISION == 32
    polars_f32(2 * blocks, words, energy, sine, cosine);
    EACH(2 * blocks) numbers[j] = student_of(-energy[j], half_turn_f32(words[2 * j + 1], cosine[j]));
#else
    vuint longs[2 * DRAW_TOGETHER];
    EACH(2 * blocks) longs[j] = (words[2 * j] << 32) | words[2 * j + 1];
    polars_f64(blocks, longs, energy, sine, cosine);
    EACH(blocks) numbers[j] = student_of(-energy[j], half_turn_f64(longs[2 * j + 1], cosine[j]));
#endif
}
#include "draw_blocks.h"
