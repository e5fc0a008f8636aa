/* minibatch.h: the gradient of the mean over b of the n rows of an objective (margins.h) instead of all of them; the gap stays that of all.
 * Noise of an exact kind: at a point where every row's gradient is 0 there is none. Parameters: batch (b).
 *
 * NOISE_SAMPLING 0: with replacement. The rows of iteration t are floor(word n / 2^32) of the first b words.
 * NOISE_SAMPLING 1: without: a subset of b rows, all subsets alike, for every iteration.
 * NOISE_SAMPLING 2: epochs of floor(n / b) iterations: a random order of the rows is cut into batches of b; n mod b rows are left out of it.
 * Word j is word j mod 4 of Philox block j div 4 of the iteration (of the epoch, where there are epochs), in the place of the coordinate
 * block. For 1 and 2 word i belongs to row i: r = floor(word (n - i) / 2^32) is one of the n - i places of the order that are
 * still free, those of the batches before this one first, then those of this one, then the rest: the row is in the batch if r is.
 * Which rows batch t has is so known without the batches before it. A place has its chance within 2^-32. */
#define NOISE_NONE 0
#define NOISE_SEES 0
#define NOISE_SPAN 1
#define NOISE_GRAIN 1
#define NOISE_PARAMETERS 1
#define NOISE_ROWS 1 /* draws rows, no number a coordinate */

FN f64 noise_level(seen at, const f64 *p)
{
    (void)at;
    return p[0];
}
FN void noise_draw_slots(const random_key *key, random_position at, unsigned step, int first, int count, real *noise)
{
    (void)key;
    (void)at;
    (void)step;
    (void)first;
    for (int j = 0; j < count; j++) noise[j] = R(0.0f);
}
FN void noise_draw(const random_key *key, random_position at, unsigned step, real *noise) { noise_draw_slots(key, at, step, 0, WS_K, noise); }
FN real noise_gradient(real g, real level, real noise)
{
    (void)level;
    (void)noise;
    return g;
}

/* The batch size as an integer. */
FN vuint noise_batch(real level)
{
#if WS_PRECISION == 32
    return BITS(level + R(0x1p23f)) & U32(0x7fffffu);
#else
    return BITS(level + R(0x1p52)) & U64(0xfffffffffffffull);
#endif
}
/* share[i]: how often row i is in the batch of iteration at.iteration + step */
#if NOISE_SAMPLING == 0
FN void noise_rows(const random_key *key, random_position at, unsigned step, real level, real *share)
{
    vuint t = at.iteration + vuint_of(step), words[4];
    for (int i = 0; i < OBJECTIVE_ROWS; i++) share[i] = R(0.0f);
    for (unsigned j = 0; LANES_OF(LT(R((scalar_real)j), level)); j += 4) {
        random_block(key, &at, t, vuint_of(j / 4), words);
        UNROLLED
        for (unsigned q = 0; q < 4; q++) {
            vuint row = random_below(words[q], OBJECTIVE_ROWS);
            real one = SEL(LT(R((scalar_real)(j + q)), level), R(1.0f), R(0.0f));
            ADD_ENTRY(share, row, one);
        }
    }
}
#else
FN void noise_rows(const random_key *key, random_position at, unsigned step, real level, real *share)
{
    vuint t = at.iteration + vuint_of(step), here = noise_batch(level), before = vuint_of(0u), words[4];
#if NOISE_SAMPLING == 2
    vuint size = SEL_INT(EQ_INT(here, vuint_of(0u)), vuint_of(1u), here); /* an empty slot has no batch size */
    vuint batches = vuint_of(OBJECTIVE_ROWS) / size, epoch = t / batches;
    before = (t - epoch * batches) * size;
    t = epoch;
#endif
    for (unsigned i = 0; i < OBJECTIVE_ROWS; i++) {
        if (i % 4 == 0) random_block(key, &at, t, vuint_of(i / 4), words);
        vuint place = random_below(words[i % 4], OBJECTIVE_ROWS - i);
        mask early = LT_INT(place, before), chosen = AND(NOT(early), LT_INT(place, before + here));
        share[i] = SEL(chosen, R(1.0f), R(0.0f));
        before = before - SEL_INT(early, vuint_of(1u), vuint_of(0u));
        here = here - SEL_INT(chosen, vuint_of(1u), vuint_of(0u));
    }
}
#endif
