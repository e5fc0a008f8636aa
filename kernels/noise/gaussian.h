/* gaussian.h: additive Gaussian noise: g + sigma w_i z, z standard normal, independent for every iteration and coordinate. */
#define DRAW_K WS_K
#define ADDITIVE_BATCH 1
#include "draw_normal.h"
#include "additive.h"
