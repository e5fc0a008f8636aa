/* draw_blocks.h: numbers of which a Philox block gives DRAW_A_BLOCK (1 or 2), where each has two or four words to itself: what draws
 * without pairs share. The draw defines draw_one_block(words, numbers) before this text.
 *
 * A lane's numbers are numbered t K' + k, with K' = K rounded up to whole blocks, but K = 1: then a block serves DRAW_A_BLOCK
 * iterations. */
#if DRAW_K < DRAW_A_BLOCK
#define DRAW_SPAN (DRAW_A_BLOCK / DRAW_K)
#else
#define DRAW_SPAN 1
#endif

/* noise[DRAW_SPAN][count] of slots first ... first + count - 1 (first a multiple of DRAW_GRAIN; all K of them when DRAW_SPAN > 1),
 * iterations at.iteration + step ..., step a multiple of DRAW_SPAN */
#define DRAW_GRAIN (DRAW_SPAN > 1 ? DRAW_K : DRAW_A_BLOCK)
FN void draw_some(const random_key *key, random_position at, unsigned step, int first, int count, real *noise)
{
    vuint t = at.iteration + vuint_of(step), words[4];
    real numbers[DRAW_A_BLOCK];
#if DRAW_SPAN > 1
    (void)first;
    random_block(key, &at, t / DRAW_SPAN, at.lane, words);
    draw_one_block(words, numbers);
    for (int i = 0; i < DRAW_SPAN * count; i++) noise[i] = numbers[i];
#else
    for (int k = 0; k < count; k += DRAW_A_BLOCK) {
        random_block(key, &at, t, at.lane + vuint_of((unsigned)((first + k) / DRAW_A_BLOCK * WS_L)), words);
        draw_one_block(words, numbers);
        for (int i = 0; i < DRAW_A_BLOCK && k + i < count; i++) noise[k + i] = numbers[i];
    }
#endif
}
/* noise[DRAW_SPAN][K] of all slots */
FN void draw_numbers(const random_key *key, random_position at, unsigned step, real *noise) { draw_some(key, at, step, 0, DRAW_K, noise); }
