/* additive.h: what additive noises share: g + level w_i xi, xi drawn by draw_numbers for every coordinate; level is sigma, with
 * ADDITIVE_BATCH sigma / sqrt(batch). Parameters: sigma, batch. A noise header defines DRAW_K as WS_K and ADDITIVE_BATCH, and includes its
 * draw before this text. */
#define NOISE_NONE 0
#define NOISE_SEES 0         /* the size does not depend on x */
#define NOISE_PARAMETERS (1 + ADDITIVE_BATCH)

/* the size: called once a trajectory, and with NOISE_SEES at every iteration */
FN f64 noise_level(seen at, const f64 *p)
{
    (void)at;
#if ADDITIVE_BATCH
    return p[0] / sqrt_f64(p[1]);
#else
    return p[0];
#endif
}
#include "drawn.h"
FN real noise_gradient(real g, real level, real noise) { return FMA(level, noise, g); }
