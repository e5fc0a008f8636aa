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

#if WS_LANES32 == 1
/* words[4]: in the counter, out the random words */
FN void philox_u32(const random_key *key, u32 *words)
{
    u32 a = words[0], b = words[1], c = words[2], d = words[3];
    UNROLLED
    for (int r = 0; r < 10; r++) {
        u32 high0 = mulhi_u32(0xd2511f53u, a), low0 = 0xd2511f53u * a;
        u32 high1 = mulhi_u32(0xcd9e8d57u, c), low1 = 0xcd9e8d57u * c;
        a = high1 ^ b ^ key->round[r][0];
        b = low1;
        c = high0 ^ d ^ key->round[r][1];
        d = low0;
    }
    words[0] = a;
    words[1] = b;
    words[2] = c;
    words[3] = d;
}
FN void philox_u64(const random_key *key, u64 *words)
{
    u32 w[4];
    for (int i = 0; i < 4; i++) w[i] = (u32)words[i];
    philox_u32(key, w);
    for (int i = 0; i < 4; i++) words[i] = w[i];
}
#else
/* The first rounds of words[4], each in the low half of a slot; upper halves are ignored on the way in and hold something on the way out.
 * A word and its key come together first, so that the compiler makes once what does not change in a loop over iterations (word 0). */
FN void philox_slots(const random_key *key, int rounds, u64 *words)
{
    u64 a = words[0], b = words[1], c = words[2], d = words[3];
    UNROLLED
    for (int r = 0; r < rounds; r++) {
        u64 first = mul32_u64(U64(0xd2511f53u), a), second = mul32_u64(U64(0xcd9e8d57u), c);
        a = (second >> 32) ^ (b ^ U64(key->round[r][0]));
        b = second;
        c = (first >> 32) ^ (d ^ U64(key->round[r][1]));
        d = first;
    }
    words[0] = a;
    words[1] = b;
    words[2] = c;
    words[3] = d;
}
FN void philox_u64(const random_key *key, u64 *words)
{
    philox_slots(key, 10, words);
    UNROLLED
    for (int i = 0; i < 4; i++) words[i] = words[i] & U64(0xffffffffu);
}
/* The last round makes whole words of the products' halves: a shuffle each. */
FN void philox_u32(const random_key *key, u32 *words)
{
    u64 even[4], odd[4];
    UNROLLED
    for (int i = 0; i < 4; i++) {
        even[i] = (u64)words[i];
        odd[i] = (u64)words[i] >> 32;
    }
    philox_slots(key, 9, even);
    philox_slots(key, 9, odd);
    u64 first_even = mul32_u64(U64(0xd2511f53u), even[0]), first_odd = mul32_u64(U64(0xd2511f53u), odd[0]);
    u64 second_even = mul32_u64(U64(0xcd9e8d57u), even[2]), second_odd = mul32_u64(U64(0xcd9e8d57u), odd[2]);
    words[0] = high_halves(second_even, second_odd) ^ low_halves(even[1], odd[1]) ^ U32(key->round[9][0]);
    words[1] = low_halves(second_even, second_odd);
    words[2] = high_halves(first_even, first_odd) ^ low_halves(even[3], odd[3]) ^ U32(key->round[9][1]);
    words[3] = low_halves(first_even, first_odd);
}
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
/* energy = 2 log u; a half turn of the angle, the upper bit of the second word, is left to who needs it (half_turn_f32) */
FN void polar_f32(u32 first, u32 second, f32 *energy, f32 *sine, f32 *cosine)
{
    f32 u = fma_f32(from_int_f32((i32)(first >> 1)), F32(0x1p-31f), F32(0x1p-32f));
    *energy = twice_log_f32(u);
    f32 s, c, place = from_int_f32((i32)(second & U32(0x3fffff80u))); /* 23 bits: [0, 1) of a quarter, exact */
    sincos_quarter_f32(fma_f32(place, F32(0x1.921fb6p-30f), F32(-0x1.921fb6p-1f)), &s, &c); /* (place - 1/2) pi/2, rounded once */
    quarter_turn_f32(second, s, c, sine, cosine);
}
FN void gaussian_pair_f32(u32 first, u32 second, f32 *a, f32 *b)
{
    f32 energy, sine, cosine;
    polar_f32(first, second, &energy, &sine, &cosine);
    f32 radius = half_turn_f32(second, sqrt_f32(-energy));
    *a = radius * cosine;
    *b = radius * sine;
}
/* float64: four words, u = 1 - (52 bits) 2^-52 at least 2^-52, so that |normal| <= 8.49 */
FN void polar_f64(const u64 *words, f64 *energy, f64 *sine, f64 *cosine)
{
    u64 n;
    f64 u = F64(1.0) - uniform_f64(words[0], words[1]);
    f64 f = split_f64(u, &n);
    *energy = F64(-2.0) * log_sum_f64(f, whole_f64(n));
    u64 angle = (words[2] << 32) | words[3];
    f64 place = from_bits_f64(((angle >> 10) & U64(0x000fffffffffffffull)) | U64(0x3ff0000000000000ull)) - F64(1.5);
    f64 s, c;
    sincos_quarter_f64(place * F64(0x1.921fb54442d18p+0), &s, &c);
    quarter_turns_f64(angle >> 62, s, c, sine, cosine);
}
FN void gaussian_pair_f64(const u64 *words, f64 *a, f64 *b)
{
    f64 energy, sine, cosine;
    polar_f64(words, &energy, &sine, &cosine);
    f64 radius = sqrt_f64(energy);
    *a = radius * cosine;
    *b = radius * sine;
}

/* The first float64 normal of one block, for tables that the host makes. */
FN f64 gaussian_f64(unsigned long long seed, unsigned c0, unsigned c1, unsigned c2, unsigned c3)
{
    random_key key;
    u64 words[4];
    f64 a, b;
    random_key_fill(seed, &key);
    words[0] = U64(c0);
    words[1] = U64(c1);
    words[2] = U64(c2);
    words[3] = U64(c3);
    philox_u64(&key, words);
    gaussian_pair_f64(words, &a, &b);
    return a;
}

#ifdef WS_PRECISION
/* Where in the stream of random numbers a lane stands. */
typedef struct random_position {
    vuint iteration; /* of the start of the batch: a multiple of 16 */
    vuint lane;      /* the canonical lane */
    vuint replicate;
    vuint cell_low, cell_high;
} random_position;

/* One block of four words. */
FN void random_block(const random_key *key, const random_position *at, vuint iteration_block, vuint coordinate_block, vuint *words)
{
    words[0] = iteration_block;
    words[1] = coordinate_block | (at->cell_high << 24);
    words[2] = at->replicate;
    words[3] = at->cell_low;
#if WS_PRECISION == 32
    philox_u32(key, words);
#else
    philox_u64(key, words);
#endif
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
/* WS_NORMALS_A_BLOCK standard normals of one block. */
FN void random_normals(const random_key *key, const random_position *at, vuint iteration_block, vuint coordinate_block, real *normals)
{
    vuint words[4];
    random_block(key, at, iteration_block, coordinate_block, words);
#if WS_PRECISION == 32
    gaussian_pair_f32(words[0], words[1], &normals[0], &normals[1]);
    gaussian_pair_f32(words[2], words[3], &normals[2], &normals[3]);
#else
    gaussian_pair_f64(words, &normals[0], &normals[1]);
#endif
}
#endif
#endif
