/* draw_blocks.h: numbers of which a Philox block gives DRAW_A_BLOCK (1 or 2), where each has two or four words to itself: what draws
 * without pairs share. The draw defines draw_words(blocks, words [blocks][4], numbers [blocks][DRAW_A_BLOCK]) before this text, and how many blocks it wants side by
 * side (DRAW_TOGETHER), so that they hide one another's latency.
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

/* ... of `blocks` blocks, DRAW_TOGETHER at most */
FN void draw_blocks(const random_key *key, random_position at, int blocks, unsigned step, int first, int count, real *noise)
{
    vuint time[DRAW_TOGETHER], place[DRAW_TOGETHER], words[4 * DRAW_TOGETHER];
    real numbers[DRAW_TOGETHER * DRAW_A_BLOCK];
    EACH(blocks) time[j] = (at.iteration + vuint_of(step)) / DRAW_SPAN;
    EACH(blocks) place[j] = at.lane + vuint_of((unsigned)((first / DRAW_A_BLOCK + j) * WS_L));
    random_blocks(key, &at, blocks, time, place, words);
    draw_words(blocks, words, numbers);
    EACH(blocks * DRAW_A_BLOCK) if (j < DRAW_SPAN * count) noise[j] = numbers[j];
}
FN void draw_some(const random_key *key, random_position at, unsigned step, int first, int count, real *noise)
{
    enum { MANY = DRAW_TOGETHER * DRAW_A_BLOCK };
    int k = 0;
    for (; k + MANY <= count; k += MANY) draw_blocks(key, at, DRAW_TOGETHER, step, first + k, MANY, noise + k);
    if (k < count) draw_blocks(key, at, (count - k + DRAW_A_BLOCK - 1) / DRAW_A_BLOCK, step, first + k, count - k, noise + k);
}
/* noise[DRAW_SPAN][K] of all slots */
FN void draw_numbers(const random_key *key, random_position at, unsigned step, real *noise) { draw_some(key, at, step, 0, DRAW_K, noise); }
