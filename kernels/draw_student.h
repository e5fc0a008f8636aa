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
    real energy, sine, cosine;
#if WS_PRECISION == 32
    for (int i = 0; i < 2; i++) {
        polar_f32(words[2 * i], words[2 * i + 1], &energy, &sine, &cosine);
        numbers[i] = student_of(-energy, half_turn_f32(words[2 * i + 1], cosine));
    }
#else
    polar_f64(words, &energy, &sine, &cosine);
    numbers[0] = student_of(energy, cosine);
#endif
}
#include "draw_blocks.h"
