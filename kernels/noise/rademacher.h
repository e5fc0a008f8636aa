/* rademacher.h: additive noise of +sigma w_i or -sigma w_i with equal chance, independent for every iteration and coordinate. */
#define DRAW_K WS_K
#define ADDITIVE_BATCH 1
#include "draw_sign.h"
#include "additive.h"
