/* draw_law.h: the draw of a noise whose distribution is chosen: NOISE_LAW 0 standard normal, 1 a sign; mean 0 and variance 1 both. */
#if NOISE_LAW == 0
#include "draw_normal.h"
#else
#include "draw_sign.h"
#endif
