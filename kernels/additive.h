/* additive.h: what additive noises share: g + level w_i xi, xi drawn by draw_numbers for every coordinate; level is sigma, with
 * ADDITIVE_BATCH sigma / sqrt(batch). Parameters: sigma, batch. A noise header defines DRAW_K as WS_K and ADDITIVE_BATCH, and includes its
 * draw before this text. */
#define NOISE_NONE 0
#define NOISE_SPAN DRAW_SPAN /* iterations that are drawn together */
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
FN void noise_draw(const random_key *key, random_position at, unsigned step, real *noise) { draw_numbers(key, at, step, noise); }
#ifdef DRAW_GRAIN /* slots can be drawn apart, so many at once */
#define NOISE_GRAIN DRAW_GRAIN
FN void noise_draw_slots(const random_key *key, random_position at, unsigned step, int first, int count, real *noise)
{
    draw_some(key, at, step, first, count, noise);
}
#endif
FN real noise_gradient(real g, real level, real noise) { return FMA(level, noise, g); }
