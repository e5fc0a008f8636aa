/* stable.h: additive symmetric alpha-stable noise, g + sigma w_i X: the characteristic function of X is exp(-|k|^alpha), alpha is
 * NOISE_ALPHA, a constant of the kernel. alpha = 2 is normal with variance 2, alpha = 1 Cauchy. */
#define DRAW_K WS_K
#define ADDITIVE_BATCH 0
#include "draw_stable.h"
#include "additive.h"
