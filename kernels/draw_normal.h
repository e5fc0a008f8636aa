/* draw_normal.h: standard normals, independent for every iteration and coordinate: a draw that a noise header includes.
 *
 * A noise says before how many numbers a lane needs in an iteration (DRAW_K). A Philox block holds 4 (float32) or 2 (float64)
 * normals. A lane's normals are numbered t K' + k, with K' = K for K = 1, 2 and K rounded up to whole blocks beyond, so that nearly
 * no word is wasted: with K = 1 a block serves several iterations. */
#define DRAW_NORMAL 1
#if DRAW_K < WS_NORMALS_A_BLOCK && (DRAW_K == 1 || DRAW_K == 2)
#define DRAW_SERVES (WS_NORMALS_A_BLOCK / DRAW_K) /* iterations of a block */
#else
#define DRAW_SERVES 1
#endif
#define DRAW_BLOCKS ((DRAW_K + WS_NORMALS_A_BLOCK - 1) / WS_NORMALS_A_BLOCK) /* of a lane, for DRAW_SERVES iterations */

/* Vectors are drawn eight or sixteen at a time, so that they hide one another's latency: in the blocks of more iterations where a lane has few. */
#if WS_LANES == 1
#define DRAW_TOGETHER 1 /* blocks */
#else
#define DRAW_TOGETHER ((WS_ZEN_512 ? 16 : 8) / WS_NORMALS_A_BLOCK)
#endif
#define DRAW_ROOM (DRAW_TOGETHER / DRAW_BLOCKS) /* iterations; to a power of two: */
#define DRAW_REPEATS (DRAW_ROOM >= 8 ? 8 : DRAW_ROOM >= 4 ? 4 : DRAW_ROOM >= 2 ? 2 : 1)
#define DRAW_SPAN (DRAW_SERVES * DRAW_REPEATS)

/* noise[DRAW_SPAN][count] of slots first ... first + count - 1 (first a multiple of DRAW_GRAIN; all K of them when DRAW_SPAN > 1),
 * iterations at.iteration + step ..., step a multiple of DRAW_SPAN */
#define DRAW_GRAIN (DRAW_SPAN > 1 ? DRAW_K : WS_NORMALS_A_BLOCK)
/* ... of `blocks` blocks, DRAW_TOGETHER at most */
FN void draw_blocks(const random_key *key, random_position at, int blocks, unsigned step, int first, int count, real *noise)
{
    enum { OF_LANE = DRAW_REPEATS > 1 ? DRAW_BLOCKS : DRAW_TOGETHER };
    unsigned block[WS_MOST_AT_ONCE], coordinate[WS_MOST_AT_ONCE];
    real normals[WS_MOST_AT_ONCE * WS_NORMALS_A_BLOCK];
    EACH(blocks) {
        block[j] = step / DRAW_SERVES + (unsigned)(j / OF_LANE);
        coordinate[j] = (unsigned)(first / WS_NORMALS_A_BLOCK + j % OF_LANE);
    }
    random_normals(key, &at, DRAW_SERVES, blocks, block, coordinate, normals);
    EACH(blocks * WS_NORMALS_A_BLOCK) {
        int repeat = j / (OF_LANE * WS_NORMALS_A_BLOCK), i = j % (OF_LANE * WS_NORMALS_A_BLOCK);
        if (i < DRAW_SERVES * count) noise[repeat * DRAW_SERVES * count + i] = normals[j];
    }
}
FN void draw_some(const random_key *key, random_position at, unsigned step, int first, int count, real *noise)
{
    enum { MANY = DRAW_TOGETHER * WS_NORMALS_A_BLOCK };
    if (DRAW_SPAN > 1) {
        draw_blocks(key, at, DRAW_REPEATS * DRAW_BLOCKS, step, first, count, noise);
        return;
    }
    int k = 0;
    for (; k + MANY <= count; k += MANY) draw_blocks(key, at, DRAW_TOGETHER, step, first + k, MANY, noise + k);
    if (k < count) draw_blocks(key, at, (count - k + WS_NORMALS_A_BLOCK - 1) / WS_NORMALS_A_BLOCK, step, first + k, count - k, noise + k);
}
#if RANDOM_SHARED
#define DRAW_SHARING (RANDOM_SHARED == RANDOM_SHARED_TIMES ? DRAW_BLOCKS : WS_BATCH / DRAW_SERVES) /* blocks */
#define DRAW_SHARED (DRAW_SHARING * RANDOM_STREAMS * RANDOM_SHARES)
#ifndef DRAW_LANE /* whose stream a lane takes */
#define DRAW_LANE at.lane
#endif
/* shared [DRAW_SHARED] of a batch or of a lane */
FN void draw_share(const random_key *key, random_position at, u64 *shared)
{
    at.lane = DRAW_LANE;
    for (unsigned i = 0; i < DRAW_SHARING; i++)
        random_share(key, &at, at.iteration / DRAW_SERVES + vuint_of(i), at.lane + vuint_of(i * WS_L), shared + i * RANDOM_STREAMS * RANDOM_SHARES);
}
#endif
/* noise[K] of one iteration, a block after the other: where it is seldom drawn, and code counts more than time */
#define DRAW_ALONE
FN void draw_alone(const random_key *key, random_position at, unsigned step, real *noise)
{
    const unsigned block = step / DRAW_SERVES;
    ROLLED
    for (unsigned i = 0; i < DRAW_BLOCKS; i++) {
        real normals[WS_NORMALS_A_BLOCK];
        random_normals(key, &at, DRAW_SERVES, 1, &block, &i, normals);
        for (unsigned j = 0; j < WS_NORMALS_A_BLOCK && i * WS_NORMALS_A_BLOCK + j < DRAW_K; j++)
            noise[i * WS_NORMALS_A_BLOCK + j] = normals[step % DRAW_SERVES * DRAW_K + j];
    }
}
/* noise[DRAW_SPAN][K] of all slots */
FN void draw_numbers(const random_key *key, random_position at, unsigned step, real *noise) { draw_some(key, at, step, 0, DRAW_K, noise); }
