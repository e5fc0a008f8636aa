/* draw_student.h: Student's t with NOISE_NU degrees of freedom, by the polar formula of Bailey 1994 (Mathematics of Computation 62):
 * T = sqrt(nu (U^{-2/nu} - 1)) cos(angle), the Box-Muller formula with another radius; its sine partner is not independent and not
 * used. With e = -2 log U the radius is sqrt(nu (e^{e/nu} - 1)). */
#define DRAW_A_BLOCK (WS_NORMALS_A_BLOCK / 2)

FN real student_of(real energy, real cosine)
{
    const real nu = R((scalar_real)(NOISE_NU));
    return SQRT(nu * EXPM1(energy / nu)) * cosine;
}
FN void draw_one_block(const vuint *words, real *numbers)
{
    real energy[DRAW_A_BLOCK], sine[DRAW_A_BLOCK], cosine[DRAW_A_BLOCK];
#if WS_PRECISION == 32
    polars_f32(DRAW_A_BLOCK, words, energy, sine, cosine);
    EACH(DRAW_A_BLOCK) numbers[j] = student_of(-energy[j], half_turn_f32(words[2 * j + 1], cosine[j]));
#else
    vuint longs[2];
    EACH(2) longs[j] = (words[2 * j] << 32) | words[2 * j + 1];
    polars_f64(DRAW_A_BLOCK, longs, energy, sine, cosine);
    numbers[0] = student_of(-energy[0], half_turn_f64(longs[1], cosine[0]));
#endif
}
#include "draw_blocks.h"
