/* gaussian.h: additive Gaussian noise: g + sigma w_i z, z standard normal, independent for every iteration and coordinate.
 *
 * A Philox block holds 4 (float32) or 2 (float64) normals. A lane's normals are numbered t K' + k, with K' = K for K = 1, 2 and K
 * rounded up to whole blocks beyond, so that nearly no word is wasted: with K = 1 a block serves several iterations. */
#define NOISE_NONE 0
#if WS_K < WS_NORMALS_A_BLOCK && (WS_K == 1 || WS_K == 2)
#define NOISE_SPAN (WS_NORMALS_A_BLOCK / WS_K)
#else
#define NOISE_SPAN 1
#endif

/* noise[NOISE_SPAN][count] of slots first ... first + count - 1 (first a multiple of NOISE_GRAIN; all K of them when NOISE_SPAN > 1),
 * iterations at.iteration + step ..., step a multiple of NOISE_SPAN */
#define NOISE_GRAIN (NOISE_SPAN > 1 ? WS_K : WS_NORMALS_A_BLOCK)
FN void noise_draw_slots(const random_key *key, random_position at, unsigned step, int first, int count, real *noise)
{
    vuint t = at.iteration + vuint_of(step);
    real normals[WS_NORMALS_A_BLOCK];
#if NOISE_SPAN > 1
    (void)first;
    random_normals(key, &at, t / NOISE_SPAN, at.lane, normals);
    UNROLLED
    for (int i = 0; i < NOISE_SPAN * count; i++) noise[i] = normals[i];
#else
    for (int k = 0; k < count; k += WS_NORMALS_A_BLOCK) {
        random_normals(key, &at, t, at.lane + vuint_of((unsigned)((first + k) / WS_NORMALS_A_BLOCK * WS_L)), normals);
        UNROLLED
        for (int i = 0; i < WS_NORMALS_A_BLOCK && k + i < count; i++) noise[k + i] = normals[i];
    }
#endif
}
/* noise[NOISE_SPAN][K] of all slots */
FN void noise_draw(const random_key *key, random_position at, unsigned step, real *noise)
{
    noise_draw_slots(key, at, step, 0, WS_K, noise);
}
FN real noise_gradient(real g, real sigma, real noise) { return FMA(sigma, noise, g); }
