/* draw_sign.h: +1 or -1 with equal chance, independent for every iteration and coordinate: a draw that a noise header includes, with
 * DRAW_K numbers a lane and iteration.
 *
 * A Philox block is 128 bits, a set bit is +1. With K' = K rounded up to a power of two, K' <= 128: block t div (128 / K') of the
 * lane, bit (t mod (128 / K')) K' + k; else block (k div 128) L + lane of iteration t, bit k mod 128. */
#define DRAW_SIGN 1
#define DRAW_SLOTS                                                                                                   \
    (DRAW_K <= 1 ? 1 : DRAW_K <= 2 ? 2 : DRAW_K <= 4 ? 4 : DRAW_K <= 8 ? 8 : DRAW_K <= 16 ? 16 : DRAW_K <= 32 ? 32 : DRAW_K <= 64 ? 64 : 128)
#if DRAW_K > 128
#define DRAW_PERIOD 1
#else
#define DRAW_PERIOD (128 / DRAW_SLOTS) /* iterations of a block */
#endif
#define DRAW_SPAN (DRAW_PERIOD < WS_BATCH ? DRAW_PERIOD : WS_BATCH)

/* bit `bit` (0 ... 31) of a word as +1 or -1 */
FN real draw_one_sign(vuint word, unsigned bit)
{
#if WS_PRECISION == 32
    return from_bits_f32(((~word >> bit) << 31) | U32(0x3f800000u));
#else
    return from_bits_f64(((~word >> bit) << 63) | U64(0x3ff0000000000000ull));
#endif
}
FN void draw_numbers(const random_key *key, random_position at, unsigned step, real *noise)
{
    vuint t = at.iteration + vuint_of(step), words[4];
#if DRAW_K > 128
    for (int k = 0; k < DRAW_K; k++) {
        if (k % 128 == 0) random_block(key, &at, t, at.lane + vuint_of((unsigned)(k / 128 * WS_L)), words);
        noise[k] = draw_one_sign(words[k % 128 / 32], (unsigned)k % 32u);
    }
#else
    random_block(key, &at, t / DRAW_PERIOD, at.lane, words);
#if DRAW_PERIOD > WS_BATCH
    /* a batch needs 16 K' bits of the block: those of lane's own place in it move to the front */
    vuint from = (t & vuint_of(DRAW_PERIOD - 1)) * vuint_of(DRAW_SLOTS);
    vuint half = from >> 6, word = (from >> 5) & vuint_of(1u), shift = from & vuint_of(31u);
    mask upper = EQ_INT(half, vuint_of(1u)), odd = EQ_INT(word, vuint_of(1u));
    vuint first = SEL_INT(upper, words[2], words[0]), second = SEL_INT(upper, words[3], words[1]);
    words[0] = SEL_INT(odd, second, first) >> shift;
    words[1] = second; /* read only where 64 bits are needed: then `odd` and `shift` are 0 */
#endif
    for (int i = 0; i < DRAW_SPAN; i++)
        for (int k = 0; k < DRAW_K; k++) {
            int bit = i * DRAW_SLOTS + k;
            noise[i * DRAW_K + k] = draw_one_sign(words[bit / 32], (unsigned)bit % 32u);
        }
#endif
}
