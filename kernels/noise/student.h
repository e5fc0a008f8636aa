/* student.h: additive noise with Student's t distribution, g + sigma w_i T: T has NOISE_NU degrees of freedom (a constant of the kernel),
 * variance nu / (nu - 2) for nu > 2 and none below. */
#define DRAW_K WS_K
#define ADDITIVE_BATCH 0
#include "draw_student.h"
#include "additive.h"
