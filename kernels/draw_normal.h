/* draw_normal.h: standard normals, independent for every iteration and coordinate: a draw that a noise header includes.
 *
 * A noise says before how many numbers a lane needs in an iteration (DRAW_K). A Philox block holds 4 (float32) or 2 (float64)
 * normals. A lane's normals are numbered t K' + k, with K' = K for K = 1, 2 and K rounded up to whole blocks beyond, so that nearly
 * no word is wasted: with K = 1 a block serves several iterations. */
#if DRAW_K < WS_NORMALS_A_BLOCK && (DRAW_K == 1 || DRAW_K == 2)
#define DRAW_SPAN (WS_NORMALS_A_BLOCK / DRAW_K)
#else
#define DRAW_SPAN 1
#endif

/* noise[DRAW_SPAN][count] of slots first ... first + count - 1 (first a multiple of DRAW_GRAIN; all K of them when DRAW_SPAN > 1),
 * iterations at.iteration + step ..., step a multiple of DRAW_SPAN */
#define DRAW_GRAIN (DRAW_SPAN > 1 ? DRAW_K : WS_NORMALS_A_BLOCK)
FN void draw_some(const random_key *key, random_position at, unsigned step, int first, int count, real *noise)
{
    vuint t = at.iteration + vuint_of(step);
    real normals[WS_NORMALS_A_BLOCK];
#if DRAW_SPAN > 1
    (void)first;
    random_normals(key, &at, t / DRAW_SPAN, at.lane, normals);
    UNROLLED
    for (int i = 0; i < DRAW_SPAN * count; i++) noise[i] = normals[i];
#else
    for (int k = 0; k < count; k += WS_NORMALS_A_BLOCK) {
        random_normals(key, &at, t, at.lane + vuint_of((unsigned)((first + k) / WS_NORMALS_A_BLOCK * WS_L)), normals);
        UNROLLED
        for (int i = 0; i < WS_NORMALS_A_BLOCK; i++)
            if (k + i < count) noise[k + i] = normals[i];
    }
#endif
}
/* noise[DRAW_SPAN][K] of all slots */
FN void draw_numbers(const random_key *key, random_position at, unsigned step, real *noise) { draw_some(key, at, step, 0, DRAW_K, noise); }
