/* random.h: random numbers as a pure function of a seed and a counter: Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011, "Parallel random
 * numbers: as easy as 1, 2, 3"), and what is made of its words.
 *
 * Key: the sweep's seed. Counter: (iteration block, coordinate block | cell_high << 24, replicate, cell_low). The cell words are 0 when
 * cells share the noise of a replicate. What a block serves is the business of noise/; coordinate blocks must stay below 2^24,
 * iterations below 2^32.
 *
 * Between rounds only the low 32 bits of a 64-bit slot matter, so that SIMD lanes hold one word in a 64-bit slot and one multiplication
 * gives both halves; float32 lanes are worked on as even and odd ones. A machine with one lane uses 32-bit words. Same numbers. */
#ifndef WS_RANDOM_H
#define WS_RANDOM_H

typedef struct random_key {
    unsigned round[10][2];
} random_key;

FN void random_key_fill(unsigned long long seed, random_key *key)
{
    unsigned low = (unsigned)seed, high = (unsigned)(seed >> 32);
    for (int r = 0; r < 10; r++) {
        key->round[r][0] = low;
        key->round[r][1] = high;
        low += 0x9e3779b9u;
        high += 0xbb67ae85u;
    }
}

/* Philox of `count` blocks, words [count][4] in the low halves of slots or in 32-bit lanes: in the counters, out the random words. */
#if WS_LANES32 == 1
FN void philox_u32(const random_key *key, int count, u32 *words)
{
    EACH(count) {
        u32 a = words[4 * j], b = words[4 * j + 1], c = words[4 * j + 2], d = words[4 * j + 3];
        UNROLLED
        for (int r = 0; r < 10; r++) {
            u32 high0 = mulhi_u32(0xd2511f53u, a), low0 = 0xd2511f53u * a;
            u32 high1 = mulhi_u32(0xcd9e8d57u, c), low1 = 0xcd9e8d57u * c;
            a = high1 ^ b ^ key->round[r][0];
            b = low1;
            c = high0 ^ d ^ key->round[r][1];
            d = low0;
        }
        words[4 * j] = a;
        words[4 * j + 1] = b;
        words[4 * j + 2] = c;
        words[4 * j + 3] = d;
    }
}
FN void philox_u64(const random_key *key, int count, u64 *words)
{
    EACH(count) {
        u32 w[4];
        for (int i = 0; i < 4; i++) w[i] = (u32)words[4 * j + i];
        philox_u32(key, 1, w);
        for (int i = 0; i < 4; i++) words[4 * j + i] = w[i];
    }
}
FN void philox_long(const random_key *key, int count, const u64 *shared, u64 *words, u64 *longs)
{
    (void)shared;
    philox_u64(key, count, words);
    EACH(2 * count) longs[j] = (words[2 * j] << 32) | words[2 * j + 1];
}
FN void philox_shared_u32(const random_key *key, int count, const u64 *shared, u32 *words)
{
    (void)shared;
    philox_u32(key, count, words);
}
#else
/* The products of a round: of words 0 and of words 2. */
FN void philox_products(int count, const u64 *words, u64 *first, u64 *second)
{
    EACH(count) first[j] = mul32_u64(U64(0xd2511f53u), words[4 * j]);
    EACH(count) second[j] = mul32_u64(U64(0xcd9e8d57u), words[4 * j + 2]);
}
/* Words 0 and 3 of a block, iteration and cell, are the same in all lanes of a trajectory; words 1, 2 and 3, coordinates, replicate and cell, are the
 * same at all times of a lane. An engine that sets RANDOM_SHARED to RANDOM_SHARED_LANES or RANDOM_SHARED_TIMES makes what they lead to (philox_share)
 * once: for all lanes of a batch, or for all batches of a lane. */
#ifndef RANDOM_SHARED
#define RANDOM_SHARED 0
#endif
#define RANDOM_SHARED_LANES 1
#define RANDOM_SHARED_TIMES 2
#define RANDOM_SHARES (RANDOM_SHARED == RANDOM_SHARED_TIMES ? 4 : 3) /* numbers of a block */
/* What the first two rounds make of words 0 and 3 alone: shared [count][3]. */
FN void philox_share_lanes(const random_key *key, int count, const u64 *words, u64 *shared)
{
    u64 first[WS_MOST_AT_ONCE], second[WS_MOST_AT_ONCE];
    EACH(count) first[j] = mul32_u64(U64(0xd2511f53u), words[4 * j]);
    EACH(count) second[j] = mul32_u64(U64(0xcd9e8d57u), (first[j] >> 32) ^ (words[4 * j + 3] ^ U64(key->round[0][1])));
    EACH(count) shared[3 * j] = (second[j] >> 32) ^ U64(key->round[1][0]);
    EACH(count) shared[3 * j + 1] = second[j];
    EACH(count) shared[3 * j + 2] = first[j] ^ U64(key->round[1][1]);
}
/* The first two rounds of words 1 and 2 with that. */
FN void philox_begin_lanes(const random_key *key, int count, const u64 *shared, u64 *words)
{
    u64 first[WS_MOST_AT_ONCE], second[WS_MOST_AT_ONCE];
    EACH(count) second[j] = mul32_u64(U64(0xcd9e8d57u), words[4 * j + 2]);
    EACH(count) first[j] = mul32_u64(U64(0xd2511f53u), (second[j] >> 32) ^ (words[4 * j + 1] ^ U64(key->round[0][0])));
    EACH(count) words[4 * j] = second[j] ^ shared[3 * j];
    EACH(count) words[4 * j + 1] = shared[3 * j + 1];
    EACH(count) words[4 * j + 2] = (first[j] >> 32) ^ shared[3 * j + 2];
    EACH(count) words[4 * j + 3] = first[j];
}
/* What the first two rounds make of words 1, 2 and 3 alone: shared [count][4]. */
FN void philox_share_times(const random_key *key, int count, const u64 *words, u64 *shared)
{
    u64 first[WS_MOST_AT_ONCE], second[WS_MOST_AT_ONCE];
    EACH(count) second[j] = mul32_u64(U64(0xcd9e8d57u), words[4 * j + 2]);
    EACH(count) first[j] = mul32_u64(U64(0xd2511f53u), (second[j] >> 32) ^ (words[4 * j + 1] ^ U64(key->round[0][0])));
    EACH(count) shared[4 * j] = words[4 * j + 3] ^ U64(key->round[0][1]);
    EACH(count) shared[4 * j + 1] = second[j] ^ U64(key->round[1][0]);
    EACH(count) shared[4 * j + 2] = (first[j] >> 32) ^ U64(key->round[1][1]);
    EACH(count) shared[4 * j + 3] = first[j];
}
/* The first two rounds of word 0 with that. */
FN void philox_begin_times(int count, const u64 *shared, u64 *words)
{
    u64 first[WS_MOST_AT_ONCE], second[WS_MOST_AT_ONCE];
    EACH(count) first[j] = mul32_u64(U64(0xd2511f53u), words[4 * j]);
    EACH(count) second[j] = mul32_u64(U64(0xcd9e8d57u), (first[j] >> 32) ^ shared[4 * j]);
    EACH(count) words[4 * j] = (second[j] >> 32) ^ shared[4 * j + 1];
    EACH(count) words[4 * j + 1] = second[j];
    EACH(count) words[4 * j + 2] = first[j] ^ shared[4 * j + 2];
    EACH(count) words[4 * j + 3] = shared[4 * j + 3];
}
FN void philox_share(const random_key *key, int count, const u64 *words, u64 *shared)
{
    if (RANDOM_SHARED == RANDOM_SHARED_TIMES) philox_share_times(key, count, words, shared);
    else philox_share_lanes(key, count, words, shared);
}
FN void philox_begin(const random_key *key, int count, const u64 *shared, u64 *words)
{
    if (RANDOM_SHARED == RANDOM_SHARED_TIMES) philox_begin_times(count, shared, words);
    else philox_begin_lanes(key, count, shared, words);
}
/* The first nine rounds; upper halves are ignored on the way in and hold something on the way out. A word and its key come together first, so
 * that the compiler makes once what does not change in a loop over iterations (word 0). `shared`: what was made before, or 0. */
FN void philox_slots(const random_key *key, int count, const u64 *shared, u64 *words)
{
    if (shared) philox_begin(key, count, shared, words);
    UNROLLED
    for (int r = shared ? 2 : 0; r < 9; r++) {
        u64 first[WS_MOST_AT_ONCE], second[WS_MOST_AT_ONCE];
        philox_products(count, words, first, second);
        EACH(count) words[4 * j] = (second[j] >> 32) ^ (words[4 * j + 1] ^ U64(key->round[r][0]));
        EACH(count) words[4 * j + 1] = second[j];
        EACH(count) words[4 * j + 2] = (first[j] >> 32) ^ (words[4 * j + 3] ^ U64(key->round[r][1]));
        EACH(count) words[4 * j + 3] = first[j];
    }
}
/* longs [count][2]: words 0 and 1, words 2 and 3 as the upper and the lower half of one. Both halves of a product stay where they are. */
FN void philox_long(const random_key *key, int count, const u64 *shared, u64 *words, u64 *longs)
{
    u64 first[WS_MOST_AT_ONCE], second[WS_MOST_AT_ONCE];
    philox_slots(key, count, shared, words);
    philox_products(count, words, first, second);
    EACH(count) longs[2 * j] = second[j] ^ (words[4 * j + 1] << 32) ^ U64((unsigned long long)key->round[9][0] << 32);
    EACH(count) longs[2 * j + 1] = first[j] ^ (words[4 * j + 3] << 32) ^ U64((unsigned long long)key->round[9][1] << 32);
}
FN void philox_u64(const random_key *key, int count, u64 *words)
{
    u64 longs[2 * WS_MOST_AT_ONCE];
    philox_long(key, count, 0, words, longs);
    EACH(2 * count) words[2 * j] = longs[j] >> 32;
    EACH(2 * count) words[2 * j + 1] = longs[j] & U64(0xffffffffu);
}
/* Even lanes and odd lanes are blocks of their own until the last round makes whole words of the products' halves: a shuffle each. */
FN void philox_shared_u32(const random_key *key, int count, const u64 *shared, u32 *words)
{
    u64 w[4 * WS_MOST_AT_ONCE], first[WS_MOST_AT_ONCE], second[WS_MOST_AT_ONCE];
    EACH(4 * count) w[j / 4 * 8 + j % 4] = (u64)words[j];
    EACH(4 * count) w[j / 4 * 8 + j % 4 + 4] = (u64)words[j] >> 32;
    philox_slots(key, 2 * count, shared, w);
    philox_products(2 * count, w, first, second);
    EACH(count) words[4 * j] = high_halves(second[2 * j], second[2 * j + 1]) ^ (low_halves(w[8 * j + 1], w[8 * j + 5]) ^ U32(key->round[9][0]));
    EACH(count) words[4 * j + 1] = low_halves(second[2 * j], second[2 * j + 1]);
    EACH(count) words[4 * j + 2] = high_halves(first[2 * j], first[2 * j + 1]) ^ (low_halves(w[8 * j + 3], w[8 * j + 7]) ^ U32(key->round[9][1]));
    EACH(count) words[4 * j + 3] = low_halves(first[2 * j], first[2 * j + 1]);
}
FN void philox_u32(const random_key *key, int count, u32 *words) { philox_shared_u32(key, count, 0, words); }
#endif

/* Uniform on [0, 1): 23 and 52 bits. */
FN f32 uniform_f32(u32 word) { return from_bits_f32((word >> 9) | U32(0x3f800000u)) - F32(1.0f); }
FN f64 uniform_f64(u64 high, u64 low)
{
    return from_bits_f64((((high << 32) | low) >> 12) | U64(0x3ff0000000000000ull)) - F64(1.0);
}
/* In the middle of one of 2^23 and 2^52 cells of (0, 1): x and 1 - x are exact and never 0. */
FN f32 uniform_inside_f32(u32 word) { return uniform_f32(word) + F32(0x1p-24f); }
FN f64 uniform_inside_f64(u64 high, u64 low) { return uniform_f64(high, low) + F64(0x1p-53); }

/* Two independent standard normals by Box and Muller: radius sqrt(-2 log u), u on (0, 1], and an angle whose quarter and place in
 * the quarter are bits of the second word, so that no reduction is needed. float32: u is (31 bits + 1/2) 2^-31, at least 2^-32, so
 * that |normal| <= 6.67. Relative error of the formula as written: at most 6 ulp (tests/kernels/test_random.py). */
/* words [count][2]; energy = 2 log u; a half turn of the angle, the upper bit of the second word, is left to who needs it (half_turn_f32) */
FN void polars_f32(int count, const u32 *words, f32 *energy, f32 *sine, f32 *cosine)
{
    f32 u[WS_MOST_AT_ONCE], place[WS_MOST_AT_ONCE], s[WS_MOST_AT_ONCE], c[WS_MOST_AT_ONCE];
    EACH(count) u[j] = fma_f32(from_int_f32((i32)(words[2 * j] >> 1)), F32(0x1p-31f), F32(0x1p-32f));
    twice_logs_f32(count, u, energy);
    EACH(count) place[j] = from_int_f32((i32)(words[2 * j + 1] & U32(0x3fffff80u))); /* 23 bits: [0, 1) of a quarter, exact */
    EACH(count) place[j] = fma_f32(place[j], F32(0x1.921fb6p-30f), F32(-0x1.921fb6p-1f)); /* (place - 1/2) pi/2, rounded once */
    sincos_quarters_f32(count, place, s, c);
    EACH(count) quarter_turn_f32(words[2 * j + 1], s[j], c[j], &sine[j], &cosine[j]);
}
/* normals [count][2] */
FN void gaussian_pairs_f32(int count, const u32 *words, f32 *normals)
{
    f32 energy[WS_MOST_AT_ONCE], sine[WS_MOST_AT_ONCE], cosine[WS_MOST_AT_ONCE], radius[WS_MOST_AT_ONCE];
    polars_f32(count, words, energy, sine, cosine);
    EACH(count) radius[j] = half_turn_f32(words[2 * j + 1], sqrt_f32(-energy[j]));
    EACH(count) normals[2 * j] = radius[j] * cosine[j];
    EACH(count) normals[2 * j + 1] = radius[j] * sine[j];
}
/* float64: longs [count][2], u = 1 - (52 bits) 2^-52 at least 2^-52, so that |normal| <= 8.49 */
FN void polars_f64(int count, const u64 *longs, f64 *energy, f64 *sine, f64 *cosine)
{
    const u64 digits = U64(0x000fffffffffffffull), one = U64(0x3ff0000000000000ull);
    f64 u[WS_MOST_AT_ONCE], place[WS_MOST_AT_ONCE], s[WS_MOST_AT_ONCE], c[WS_MOST_AT_ONCE];
    EACH(count) u[j] = F64(2.0) - from_bits_f64((longs[2 * j] >> 12) | one);
    twice_logs_f64(count, u, energy);
    EACH(count) place[j] = from_bits_f64(((longs[2 * j + 1] >> 10) & digits) | one) - F64(1.5); /* [-1/2, 1/2) of a quarter */
    EACH(count) place[j] = place[j] * F64(0x1.921fb54442d18p+0);
    sincos_quarters_f64(count, place, s, c);
    EACH(count) quarter_turn_f64(longs[2 * j + 1], s[j], c[j], &sine[j], &cosine[j]);
}
FN void gaussian_pairs_f64(int count, const u64 *longs, f64 *normals)
{
    f64 energy[WS_MOST_AT_ONCE], sine[WS_MOST_AT_ONCE], cosine[WS_MOST_AT_ONCE], radius[WS_MOST_AT_ONCE];
    polars_f64(count, longs, energy, sine, cosine);
    EACH(count) radius[j] = half_turn_f64(longs[2 * j + 1], sqrt_f64(-energy[j]));
    EACH(count) normals[2 * j] = radius[j] * cosine[j];
    EACH(count) normals[2 * j + 1] = radius[j] * sine[j];
}

/* The first float64 normal of one block, for tables that the host makes. */
FN f64 gaussian_f64(unsigned long long seed, unsigned c0, unsigned c1, unsigned c2, unsigned c3)
{
    random_key key;
    u64 words[4], longs[2];
    f64 normals[2];
    random_key_fill(seed, &key);
    words[0] = U64(c0);
    words[1] = U64(c1);
    words[2] = U64(c2);
    words[3] = U64(c3);
    philox_long(&key, 1, 0, words, longs);
    gaussian_pairs_f64(1, longs, normals);
    return normals[0];
}

#ifdef WS_PRECISION
/* Where in the stream of random numbers a lane stands. */
typedef struct random_position {
    vuint iteration; /* of the start of the batch: a multiple of 16 */
    vuint lane;      /* the canonical lane */
    vuint replicate;
    vuint cell_low, cell_high;
#if RANDOM_SHARED
    const u64 *shared; /* [iteration block of the batch, or coordinate block of the lane][RANDOM_STREAMS][RANDOM_SHARES] */
#endif
} random_position;

/* The counters of `count` blocks, [count][4]. */
FN void random_counters(const random_position *at, int count, const vuint *iteration_block, const vuint *coordinate_block, vuint *words)
{
    EACH(count) {
        words[4 * j] = iteration_block[j];
        words[4 * j + 1] = coordinate_block[j] | (at->cell_high << 24);
        words[4 * j + 2] = at->replicate;
        words[4 * j + 3] = at->cell_low;
    }
}
/* Blocks of four words, words [count][4]. */
FN void random_blocks(const random_key *key, const random_position *at, int count, const vuint *iteration_block, const vuint *coordinate_block, vuint *words)
{
    random_counters(at, count, iteration_block, coordinate_block, words);
#if WS_PRECISION == 32
    philox_u32(key, count, words);
#else
    philox_u64(key, count, words);
#endif
}
FN void random_block(const random_key *key, const random_position *at, vuint iteration_block, vuint coordinate_block, vuint *words)
{
    random_blocks(key, at, 1, &iteration_block, &coordinate_block, words);
}
#if WS_PRECISION == 32
#define WS_NORMALS_A_BLOCK 4
FN vuint vuint_of(unsigned c) { return U32(c); }
#else
#define WS_NORMALS_A_BLOCK 2
FN vuint vuint_of(unsigned c) { return U64(c); }
#endif
/* floor(word n / 2^32) for a word of a block and n at most 2^16: each of 0 ... n - 1 with its chance within 2^-32. */
FN vuint random_below(vuint word, unsigned n)
{
#if WS_PRECISION == 32
    return ((word >> 16) * vuint_of(n) + (((word & vuint_of(0xffffu)) * vuint_of(n)) >> 16)) >> 16;
#else
    return mul32_u64(word, vuint_of(n)) >> 32;
#endif
}
/* Philox streams of a block: even and odd lanes apart or not. */
#define RANDOM_STREAMS (WS_NORMALS_A_BLOCK / 2)
#if RANDOM_SHARED
/* shared [RANDOM_STREAMS][RANDOM_SHARES] of a block: its iteration block or its coordinate block counts */
FN void random_share(const random_key *key, const random_position *at, vuint iteration_block, vuint coordinate_block, u64 *shared)
{
    vuint block[4];
    u64 words[4 * RANDOM_STREAMS];
    random_counters(at, 1, &iteration_block, &coordinate_block, block);
    EACH(4 * RANDOM_STREAMS) words[j] = (u64)block[j % 4] >> (32 * (j / 4));
    philox_share(key, RANDOM_STREAMS, words, shared);
}
#endif
/* Standard normals [count][WS_NORMALS_A_BLOCK] of blocks, a float32 block being two pairs. A block serves the iterations of `serves`; `block` is
 * counted from the start of the batch, `coordinate_block` from the first of the lane. */
FN void random_normals(const random_key *key, const random_position *at, unsigned serves, int count, const unsigned *block, const unsigned *coordinate_block,
                       real *normals)
{
    vuint iteration[WS_MOST_AT_ONCE], coordinate[WS_MOST_AT_ONCE], words[4 * WS_MOST_AT_ONCE];
    EACH(count) iteration[j] = at->iteration / serves + vuint_of(block[j]);
    EACH(count) coordinate[j] = at->lane + vuint_of(coordinate_block[j] * WS_L);
    random_counters(at, count, iteration, coordinate, words);
#if RANDOM_SHARED
    enum { EACH_BLOCK = RANDOM_SHARES * RANDOM_STREAMS };
    const unsigned *part = RANDOM_SHARED == RANDOM_SHARED_TIMES ? coordinate_block : block;
    u64 shared[EACH_BLOCK * WS_MOST_AT_ONCE];
    EACH(count * EACH_BLOCK) shared[j] = at->shared[part[j / EACH_BLOCK] * EACH_BLOCK + j % EACH_BLOCK];
#else
    const u64 *shared = 0;
#endif
#if WS_PRECISION == 32
    philox_shared_u32(key, count, shared, words);
    gaussian_pairs_f32(2 * count, words, normals);
#else
    vuint longs[2 * WS_MOST_AT_ONCE];
    philox_long(key, count, shared, words, longs);
    gaussian_pairs_f64(count, longs, normals);
#endif
}
#endif
#endif
