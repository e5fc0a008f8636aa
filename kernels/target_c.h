/* target_c.h: the vocabulary of the kernel dialect for a C compiler (GCC or Clang, C11 with vector extensions).
 *
 * A kernel text is written once, in the words below, and read by a C compiler through this file and by a CUDA compiler
 * through target_cuda.h. Nothing else under kernels/ may use a compiler's or a machine's own words.
 *
 *   f32 f64            a value of float / double      (here: a vector of WS_LANES32 / WS_LANES64 SIMD lanes)
 *   i32 u32 i64 u64    integers of the same lane count as f32 (32-bit) and f64 (64-bit)
 *   m32 m64            truth values, one a lane, from comparing f32/i32 and f64/i64
 *   real vint vuint mask   the family of the sweep's precision: f32 ... or f64 ... (WS_PRECISION 32 or 64)
 *
 * Operators + - * / on values, and + - * & | ^ ~ << >> on integers, work lane by lane. Constants are written F32(c), F64(c),
 * R(c). Every function exists for both families with a suffix (fma_f32, fma_f64, ...) and in capitals for `real`.
 *
 * The bit contract (docs/bits.md): round to nearest, no contraction, no flush to zero, fma only where written, division and
 * sqrt correctly rounded. min and max are left out on purpose: machines disagree about NaN.
 *
 * WS_VECTOR_BYTES chooses the register size (64, 32, 16; 0 = plain scalars, one lane). By default the widest that the compiler
 * was told the machine has. The choice never changes a bit of an outcome.
 */
#ifndef WS_TARGET_C_H
#define WS_TARGET_C_H

#ifndef WS_VECTOR_BYTES
#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512BW__) && defined(__AVX512VL__)
#define WS_VECTOR_BYTES 64
#elif defined(__AVX2__)
#define WS_VECTOR_BYTES 32
#else
#define WS_VECTOR_BYTES 16
#endif
#endif

/* Processors that free choices were measured on: a Zen with vectors of 64 bytes is a Zen 4 or 5. GCC 12 takes both for a Zen 3, with AVX-512. */
#if WS_VECTOR_BYTES == 64 && (defined(__znver3__) || defined(__znver4__) || defined(__znver5__))
#define WS_ZEN_512 1
#else
#define WS_ZEN_512 0
#endif
#if defined(__znver5__) || defined(__AVX512VP2INTERSECT__)
#define WS_ZEN5 WS_ZEN_512
#else
#define WS_ZEN5 0
#endif
#define WS_ZEN4 (WS_ZEN_512 && !WS_ZEN5)

/* FN: a function of a kernel's loops, part of its caller. WS_CALLS: it is called, for a compiler that does not optimise (tests/quick-cc): less text. */
#ifdef WS_CALLS
#define FN static inline __attribute__((unused))
#else
#define FN static inline __attribute__((always_inline, unused))
#endif
/* UNROLLED: before a short loop of constant length, which is to be unrolled so that its arrays live in registers. ROLLED: before one that is not to
 * be, since it runs seldom. */
#ifdef __clang__
#define UNROLLED _Pragma("clang loop unroll(full)")
#define ROLLED _Pragma("clang loop unroll(disable)")
#else
#define UNROLLED _Pragma("GCC unroll 32")
#define ROLLED _Pragma("GCC unroll 1")
#endif
#define CONSTANT static const __attribute__((aligned(WS_VECTOR_BYTES ? WS_VECTOR_BYTES : 4)))
/* A function that runs seldom beside the loops over iterations is kept once, and GCC spends less on it: kernels compile a tenth sooner. COLD: one that
 * hardly ever runs. */
#ifdef __clang__
#define AT_O1
#else
#define AT_O1 __attribute__((optimize("O1")))
#endif
#define APART AT_O1 static __attribute__((noinline, unused))
#define COLD AT_O1 static __attribute__((noinline, cold, unused))
#define RESTRICT __restrict__
/* A pointer is now one of which the compiler knows nothing, so that what stands near it is addressed by a distance from it. GCC else makes a pointer to
 * each of many places, shares their parts with those into other arrays, and keeps them all in memory. */
#define OPAQUE(pointer) __asm__("" : "+r"(pointer))
#define ASSERT_STATIC(condition, name) _Static_assert(condition, #name)

#if WS_VECTOR_BYTES == 0 /* ---- plain scalars: tables on the host, naive references in tests ---- */

#define WS_LANES32 1
#define WS_LANES64 1
typedef float f32;
typedef double f64;
typedef int i32;
typedef unsigned u32;
typedef long long i64;
typedef unsigned long long u64;
typedef int m32, m64;

FN f32 F32(float c) { return c; }
FN f64 F64(double c) { return c; }
FN u32 bits_f32(f32 x) { u32 u; __builtin_memcpy(&u, &x, 4); return u; }
FN u64 bits_f64(f64 x) { u64 u; __builtin_memcpy(&u, &x, 8); return u; }
FN f32 from_bits_f32(u32 u) { f32 x; __builtin_memcpy(&x, &u, 4); return x; }
FN f64 from_bits_f64(u64 u) { f64 x; __builtin_memcpy(&x, &u, 8); return x; }
FN f32 from_int_f32(i32 i) { return (float)i; }
FN m32 and_m32(m32 a, m32 b) { return a & b; }
FN m64 and_m64(m64 a, m64 b) { return a & b; }
FN m32 or_m32(m32 a, m32 b) { return a | b; }
FN m64 or_m64(m64 a, m64 b) { return a | b; }
FN m32 not_m32(m32 a) { return !a; }
FN m64 not_m64(m64 a) { return !a; }
FN unsigned lanes_m32(m32 m) { return (unsigned)m; }
FN unsigned lanes_m64(m64 m) { return (unsigned)m; }
FN f32 sel_f32(m32 m, f32 a, f32 b) { return m ? a : b; }
FN f64 sel_f64(m64 m, f64 a, f64 b) { return m ? a : b; }
FN u32 sel_u32(m32 m, u32 a, u32 b) { return m ? a : b; }
FN u64 sel_u64(m64 m, u64 a, u64 b) { return m ? a : b; }
FN u64 mul32_u64(u64 a, u64 b) { return (a & 0xffffffffu) * (b & 0xffffffffu); }
FN u32 mulhi_u32(u32 a, u32 b) { return (u32)(((u64)a * b) >> 32); }
FN float lane_f32(f32 x, int lane) { (void)lane; return x; }
FN double lane_f64(f64 x, int lane) { (void)lane; return x; }
FN void add_entry_f32(f32 *table, u32 index, f32 value) { table[index] += value; }
FN void add_entry_f64(f64 *table, u64 index, f64 value) { table[index] += value; }

#else /* ---- SIMD lanes ---- */

#define WS_LANES32 (WS_VECTOR_BYTES / 4)
#define WS_LANES64 (WS_VECTOR_BYTES / 8)
typedef float f32 __attribute__((vector_size(WS_VECTOR_BYTES)));
typedef double f64 __attribute__((vector_size(WS_VECTOR_BYTES)));
typedef int i32 __attribute__((vector_size(WS_VECTOR_BYTES)));
typedef unsigned u32 __attribute__((vector_size(WS_VECTOR_BYTES)));
typedef long long i64 __attribute__((vector_size(WS_VECTOR_BYTES)));
typedef unsigned long long u64 __attribute__((vector_size(WS_VECTOR_BYTES)));
#if WS_VECTOR_BYTES == 64 && defined(__AVX512F__)
#define WS_MASK_REGISTERS 1 /* truth values live in mask registers, a bit a lane */
typedef unsigned short m32;
typedef unsigned char m64;
#else
#define WS_MASK_REGISTERS 0
typedef i32 m32; /* all bits of a lane set: true */
typedef i64 m64;
#endif

/* c - 0, not 0 + c: keeps the sign of a zero */
FN f32 F32(float c) { return c - (f32){0}; }
FN f64 F64(double c) { return c - (f64){0}; }
FN u32 bits_f32(f32 x) { return (u32)x; }
FN u64 bits_f64(f64 x) { return (u64)x; }
FN f32 from_bits_f32(u32 u) { return (f32)u; }
FN f64 from_bits_f64(u64 u) { return (f64)u; }
FN f32 from_int_f32(i32 i) { return __builtin_convertvector(i, f32); }
FN m32 and_m32(m32 a, m32 b) { return a & b; }
FN m64 and_m64(m64 a, m64 b) { return a & b; }
FN m32 or_m32(m32 a, m32 b) { return a | b; }
FN m64 or_m64(m64 a, m64 b) { return a | b; }
FN m32 not_m32(m32 a) { return (m32)~a; }
FN m64 not_m64(m64 a) { return (m64)~a; }
#if WS_MASK_REGISTERS && defined(__clang__)
FN f32 sel_f32(m32 m, f32 a, f32 b) { return __builtin_ia32_selectps_512(m, a, b); }
FN f64 sel_f64(m64 m, f64 a, f64 b) { return __builtin_ia32_selectpd_512(m, a, b); }
FN u32 sel_u32(m32 m, u32 a, u32 b) { return (u32)__builtin_ia32_selectd_512(m, (i32)a, (i32)b); }
FN u64 sel_u64(m64 m, u64 a, u64 b) { return (u64)__builtin_ia32_selectq_512(m, (i64)a, (i64)b); }
#elif WS_MASK_REGISTERS
FN f32 sel_f32(m32 m, f32 a, f32 b) { return __builtin_ia32_blendmps_512_mask(b, a, m); }
FN f64 sel_f64(m64 m, f64 a, f64 b) { return __builtin_ia32_blendmpd_512_mask(b, a, m); }
FN u32 sel_u32(m32 m, u32 a, u32 b) { return (u32)__builtin_ia32_blendmd_512_mask((i32)b, (i32)a, m); }
FN u64 sel_u64(m64 m, u64 a, u64 b) { return (u64)__builtin_ia32_blendmq_512_mask((i64)b, (i64)a, m); }
#elif WS_VECTOR_BYTES == 32 && defined(__AVX2__)
FN f32 sel_f32(m32 m, f32 a, f32 b) { return __builtin_ia32_blendvps256(b, a, (f32)m); }
FN f64 sel_f64(m64 m, f64 a, f64 b) { return __builtin_ia32_blendvpd256(b, a, (f64)m); }
FN u32 sel_u32(m32 m, u32 a, u32 b) { return (u32)sel_f32(m, (f32)a, (f32)b); }
FN u64 sel_u64(m64 m, u64 a, u64 b) { return (u64)sel_f64(m, (f64)a, (f64)b); }
#else
FN f32 sel_f32(m32 m, f32 a, f32 b) { return (f32)(((i32)a & m) | ((i32)b & ~m)); }
FN f64 sel_f64(m64 m, f64 a, f64 b) { return (f64)(((i64)a & m) | ((i64)b & ~m)); }
FN u32 sel_u32(m32 m, u32 a, u32 b) { return (a & (u32)m) | (b & ~(u32)m); }
FN u64 sel_u64(m64 m, u64 a, u64 b) { return (a & (u64)m) | (b & ~(u64)m); }
#endif
FN float lane_f32(f32 x, int lane) { return x[lane]; }
FN double lane_f64(f64 x, int lane) { return x[lane]; }
/* adds to an entry of every lane's own */
FN void add_entry_f32(f32 *table, u32 index, f32 value)
{
    UNROLLED
    for (int i = 0; i < WS_LANES32; i++) ((float *)&table[index[i]])[i] += value[i];
}
FN void add_entry_f64(f64 *table, u64 index, f64 value)
{
    UNROLLED
    for (int i = 0; i < WS_LANES64; i++) ((double *)&table[index[i]])[i] += value[i];
}

/* bit i set where lane i is true */
FN unsigned lanes_m32(m32 m) {
#if WS_MASK_REGISTERS
    return m;
#elif WS_VECTOR_BYTES == 32 && defined(__AVX2__)
    return (unsigned)__builtin_ia32_movmskps256((f32)m);
#elif WS_VECTOR_BYTES == 16 && defined(__SSE2__)
    return (unsigned)__builtin_ia32_movmskps((f32)m);
#else
    unsigned bits = 0;
    for (int i = 0; i < WS_LANES32; i++) bits |= (unsigned)(m[i] & 1) << i;
    return bits;
#endif
}
FN unsigned lanes_m64(m64 m) {
#if WS_MASK_REGISTERS
    return m;
#elif WS_VECTOR_BYTES == 32 && defined(__AVX2__)
    return (unsigned)__builtin_ia32_movmskpd256((f64)m);
#elif WS_VECTOR_BYTES == 16 && defined(__SSE2__)
    return (unsigned)__builtin_ia32_movmskpd((f64)m);
#else
    unsigned bits = 0;
    for (int i = 0; i < WS_LANES64; i++) bits |= (unsigned)(m[i] & 1) << i;
    return bits;
#endif
}

/* product of the low halves of 64-bit lanes, exact */
FN u64 mul32_u64(u64 a, u64 b) {
#if defined(__GNUC__) && !defined(__clang__) && WS_VECTOR_BYTES == 64 && defined(__AVX512F__)
    return (u64)__builtin_ia32_pmuludq512_mask((i32)a, (i32)b, (i64){0}, (unsigned char)-1);
#elif defined(__GNUC__) && !defined(__clang__) && WS_VECTOR_BYTES == 32 && defined(__AVX2__)
    return (u64)__builtin_ia32_pmuludq256((i32)a, (i32)b);
#elif defined(__GNUC__) && !defined(__clang__) && WS_VECTOR_BYTES == 16 && defined(__SSE2__)
    return (u64)__builtin_ia32_pmuludq128((i32)a, (i32)b);
#else
    return (a & 0xffffffffu) * (b & 0xffffffffu); /* Clang knows this pattern */
#endif
}
/* the low halves, the upper halves of 64-bit lanes as the even and the odd lanes of one value */
#if WS_VECTOR_BYTES == 64
#define HALVES(n)                                                                                                                        \
    0 + n, 16 + n, 2 + n, 18 + n, 4 + n, 20 + n, 6 + n, 22 + n, 8 + n, 24 + n, 10 + n, 26 + n, 12 + n, 28 + n, 14 + n, 30 + n
#ifdef __clang__
FN u32 low_halves(u64 even, u64 odd) { return (u32)__builtin_shufflevector((i32)even, (i32)odd, HALVES(0)); }
FN u32 high_halves(u64 even, u64 odd) { return (u32)__builtin_shufflevector((i32)even, (i32)odd, HALVES(1)); }
#else
FN u32 low_halves(u64 even, u64 odd) { return (u32)__builtin_shuffle((i32)even, (i32)odd, (i32){HALVES(0)}); }
FN u32 high_halves(u64 even, u64 odd) { return (u32)__builtin_shuffle((i32)even, (i32)odd, (i32){HALVES(1)}); }
#endif
#else
FN u32 low_halves(u64 even, u64 odd) { return (u32)((even & 0xffffffffu) | (odd << 32)); }
FN u32 high_halves(u64 even, u64 odd) { return (u32)((even >> 32) | (odd & 0xffffffff00000000u)); }
#endif
/* upper half of a 32 x 32 bit product: even and odd lanes apart */
FN u32 mulhi_u32(u32 a, u32 b) { return high_halves(mul32_u64((u64)a, (u64)b), mul32_u64((u64)a >> 32, (u64)b >> 32)); }

#endif

/* ---- one rounding: a b + c ---- */
#if WS_VECTOR_BYTES == 64 && defined(__AVX512F__)
FN f32 fma_f32(f32 a, f32 b, f32 c) { return __builtin_ia32_vfmaddps512_mask(a, b, c, (unsigned short)-1, 4); }
FN f64 fma_f64(f64 a, f64 b, f64 c) { return __builtin_ia32_vfmaddpd512_mask(a, b, c, (unsigned char)-1, 4); }
#elif WS_VECTOR_BYTES == 32 && defined(__FMA__)
FN f32 fma_f32(f32 a, f32 b, f32 c) { return __builtin_ia32_vfmaddps256(a, b, c); }
FN f64 fma_f64(f64 a, f64 b, f64 c) { return __builtin_ia32_vfmaddpd256(a, b, c); }
#elif WS_VECTOR_BYTES == 16 && defined(__FMA__)
FN f32 fma_f32(f32 a, f32 b, f32 c) { return __builtin_ia32_vfmaddps(a, b, c); }
FN f64 fma_f64(f64 a, f64 b, f64 c) { return __builtin_ia32_vfmaddpd(a, b, c); }
#elif WS_VECTOR_BYTES == 0
FN f32 fma_f32(f32 a, f32 b, f32 c) { return __builtin_fmaf(a, b, c); }
FN f64 fma_f64(f64 a, f64 b, f64 c) { return __builtin_fma(a, b, c); }
#else /* a machine without fma: the C library's is exact and slow */
FN f32 fma_f32(f32 a, f32 b, f32 c) {
    f32 r;
    for (int i = 0; i < WS_LANES32; i++) r[i] = __builtin_fmaf(a[i], b[i], c[i]);
    return r;
}
FN f64 fma_f64(f64 a, f64 b, f64 c) {
    f64 r;
    for (int i = 0; i < WS_LANES64; i++) r[i] = __builtin_fma(a[i], b[i], c[i]);
    return r;
}
#endif

/* one rounding: c - a b */
#if WS_VECTOR_BYTES == 64 && defined(__AVX512F__) && !defined(__clang__)
FN f32 fnma_f32(f32 a, f32 b, f32 c) { return __builtin_ia32_vfnmaddps512_mask(a, b, c, (unsigned short)-1, 4); }
FN f64 fnma_f64(f64 a, f64 b, f64 c) { return __builtin_ia32_vfnmaddpd512_mask(a, b, c, (unsigned char)-1, 4); }
#elif WS_VECTOR_BYTES == 32 && defined(__FMA__) && !defined(__clang__)
FN f32 fnma_f32(f32 a, f32 b, f32 c) { return __builtin_ia32_vfnmaddps256(a, b, c); }
FN f64 fnma_f64(f64 a, f64 b, f64 c) { return __builtin_ia32_vfnmaddpd256(a, b, c); }
#else /* a compiler may fold the sign into the instruction */
FN f32 fnma_f32(f32 a, f32 b, f32 c) { return fma_f32(-a, b, c); }
FN f64 fnma_f64(f64 a, f64 b, f64 c) { return fma_f64(-a, b, c); }
#endif

/* ---- square root, correctly rounded ---- */
#if WS_VECTOR_BYTES == 64 && defined(__AVX512F__) && defined(__clang__)
FN f32 sqrt_f32(f32 x) { return __builtin_ia32_sqrtps512(x, 4); }
FN f64 sqrt_f64(f64 x) { return __builtin_ia32_sqrtpd512(x, 4); }
#elif WS_VECTOR_BYTES == 64 && defined(__AVX512F__)
FN f32 sqrt_f32(f32 x) { return __builtin_ia32_sqrtps512_mask(x, x, (unsigned short)-1, 4); }
FN f64 sqrt_f64(f64 x) { return __builtin_ia32_sqrtpd512_mask(x, x, (unsigned char)-1, 4); }
#elif WS_VECTOR_BYTES == 32 && defined(__AVX__)
FN f32 sqrt_f32(f32 x) { return __builtin_ia32_sqrtps256(x); }
FN f64 sqrt_f64(f64 x) { return __builtin_ia32_sqrtpd256(x); }
#elif WS_VECTOR_BYTES == 16 && defined(__SSE2__)
FN f32 sqrt_f32(f32 x) { return __builtin_ia32_sqrtps(x); }
FN f64 sqrt_f64(f64 x) { return __builtin_ia32_sqrtpd(x); }
#elif WS_VECTOR_BYTES == 0
FN f32 sqrt_f32(f32 x) { return __builtin_sqrtf(x); }
FN f64 sqrt_f64(f64 x) { return __builtin_sqrt(x); }
#else
FN f32 sqrt_f32(f32 x) {
    f32 r;
    for (int i = 0; i < WS_LANES32; i++) r[i] = __builtin_sqrtf(x[i]);
    return r;
}
FN f64 sqrt_f64(f64 x) {
    f64 r;
    for (int i = 0; i < WS_LANES64; i++) r[i] = __builtin_sqrt(x[i]);
    return r;
}
#endif

#if WS_VECTOR_BYTES == 0
FN u32 U32(unsigned c) { return c; }
FN u64 U64(unsigned long long c) { return c; }
#else
FN u32 U32(unsigned c) { return c + (u32){0}; }
FN u64 U64(unsigned long long c) { return c + (u64){0}; }
#endif
#if WS_VECTOR_BYTES > 0 && WS_MASK_REGISTERS /* the numbers: less, less or equal, equal; false where a NaN is */
FN m32 lt_f32(f32 a, f32 b) { return __builtin_ia32_cmpps512_mask(a, b, 17, (unsigned short)-1, 4); }
FN m64 lt_f64(f64 a, f64 b) { return __builtin_ia32_cmppd512_mask(a, b, 17, (unsigned char)-1, 4); }
FN m32 le_f32(f32 a, f32 b) { return __builtin_ia32_cmpps512_mask(a, b, 18, (unsigned short)-1, 4); }
FN m64 le_f64(f64 a, f64 b) { return __builtin_ia32_cmppd512_mask(a, b, 18, (unsigned char)-1, 4); }
FN m32 eq_f32(f32 a, f32 b) { return __builtin_ia32_cmpps512_mask(a, b, 0, (unsigned short)-1, 4); }
FN m64 eq_f64(f64 a, f64 b) { return __builtin_ia32_cmppd512_mask(a, b, 0, (unsigned char)-1, 4); }
FN m32 lt_u32(u32 a, u32 b) { return __builtin_ia32_ucmpd512_mask((i32)a, (i32)b, 1, (unsigned short)-1); }
FN m64 lt_u64(u64 a, u64 b) { return __builtin_ia32_ucmpq512_mask((i64)a, (i64)b, 1, (unsigned char)-1); }
FN m32 eq_u32(u32 a, u32 b) { return __builtin_ia32_ucmpd512_mask((i32)a, (i32)b, 0, (unsigned short)-1); }
FN m64 eq_u64(u64 a, u64 b) { return __builtin_ia32_ucmpq512_mask((i64)a, (i64)b, 0, (unsigned char)-1); }
#else
FN m32 lt_f32(f32 a, f32 b) { return (m32)(a < b); }
FN m64 lt_f64(f64 a, f64 b) { return (m64)(a < b); }
FN m32 le_f32(f32 a, f32 b) { return (m32)(a <= b); }
FN m64 le_f64(f64 a, f64 b) { return (m64)(a <= b); }
FN m32 eq_f32(f32 a, f32 b) { return (m32)(a == b); }
FN m64 eq_f64(f64 a, f64 b) { return (m64)(a == b); }
#if WS_VECTOR_BYTES == 32 && defined(__AVX2__) && !defined(__clang__) /* no instruction compares without sign */
FN m32 lt_u32(u32 a, u32 b) { return ~(m32)((u32)__builtin_ia32_pminud256((i32)a, (i32)b) == b); }
#else
FN m32 lt_u32(u32 a, u32 b) { return (m32)(a < b); }
#endif
FN m64 lt_u64(u64 a, u64 b) { return (m64)(a < b); }
FN m32 eq_u32(u32 a, u32 b) { return (m32)(a == b); }
FN m64 eq_u64(u64 a, u64 b) { return (m64)(a == b); }
#endif

/* a and b have a bit in common; -a where m is true, else b: an instruction each where there are mask registers */
#if WS_VECTOR_BYTES > 0 && WS_MASK_REGISTERS && !defined(__clang__)
FN m32 meet_u32(u32 a, u32 b) { return __builtin_ia32_ptestmd512((i32)a, (i32)b, (unsigned short)-1); }
FN m64 meet_u64(u64 a, u64 b) { return __builtin_ia32_ptestmq512((i64)a, (i64)b, (unsigned char)-1); }
FN f32 sel_minus_f32(m32 m, f32 a, f32 b) { return (f32)__builtin_ia32_pxord512_mask((i32)a, (i32)U32(0x80000000u), (i32)b, m); }
FN f64 sel_minus_f64(m64 m, f64 a, f64 b) { return (f64)__builtin_ia32_pxorq512_mask((i64)a, (i64)U64(0x8000000000000000ull), (i64)b, m); }
#else
FN m32 meet_u32(u32 a, u32 b) { return not_m32(eq_u32(a & b, U32(0u))); }
FN m64 meet_u64(u64 a, u64 b) { return not_m64(eq_u64(a & b, U64(0u))); }
FN f32 sel_minus_f32(m32 m, f32 a, f32 b) { return sel_f32(m, -a, b); }
FN f64 sel_minus_f64(m64 m, f64 a, f64 b) { return sel_f64(m, -a, b); }
#endif

/* lesser: a where a < b, else b, so that b where either is a NaN; greater: a where a > b, else b */
#if WS_VECTOR_BYTES == 64 && defined(__AVX512F__) && defined(__clang__)
FN f32 lesser_f32(f32 a, f32 b) { return __builtin_ia32_minps512(a, b, 4); }
FN f64 lesser_f64(f64 a, f64 b) { return __builtin_ia32_minpd512(a, b, 4); }
FN f32 greater_f32(f32 a, f32 b) { return __builtin_ia32_maxps512(a, b, 4); }
FN f64 greater_f64(f64 a, f64 b) { return __builtin_ia32_maxpd512(a, b, 4); }
#elif WS_VECTOR_BYTES == 64 && defined(__AVX512F__)
FN f32 lesser_f32(f32 a, f32 b) { return __builtin_ia32_minps512_mask(a, b, a, (unsigned short)-1, 4); }
FN f64 lesser_f64(f64 a, f64 b) { return __builtin_ia32_minpd512_mask(a, b, a, (unsigned char)-1, 4); }
FN f32 greater_f32(f32 a, f32 b) { return __builtin_ia32_maxps512_mask(a, b, a, (unsigned short)-1, 4); }
FN f64 greater_f64(f64 a, f64 b) { return __builtin_ia32_maxpd512_mask(a, b, a, (unsigned char)-1, 4); }
#elif WS_VECTOR_BYTES == 32 && defined(__AVX__)
FN f32 lesser_f32(f32 a, f32 b) { return __builtin_ia32_minps256(a, b); }
FN f64 lesser_f64(f64 a, f64 b) { return __builtin_ia32_minpd256(a, b); }
FN f32 greater_f32(f32 a, f32 b) { return __builtin_ia32_maxps256(a, b); }
FN f64 greater_f64(f64 a, f64 b) { return __builtin_ia32_maxpd256(a, b); }
#else
FN f32 lesser_f32(f32 a, f32 b) { return sel_f32(lt_f32(a, b), a, b); }
FN f64 lesser_f64(f64 a, f64 b) { return sel_f64(lt_f64(a, b), a, b); }
FN f32 greater_f32(f32 a, f32 b) { return sel_f32(lt_f32(b, a), a, b); }
FN f64 greater_f64(f64 a, f64 b) { return sel_f64(lt_f64(b, a), a, b); }
#endif

/* ---- words of the *_cpu.h files alone: objectives must not use them ---- */
#if WS_VECTOR_BYTES > 0
/* true where m is and a < b, a <= b: one instruction where there are mask registers, and no way out of them */
#if WS_MASK_REGISTERS
FN m32 and_lt_f32(m32 m, f32 a, f32 b) { return __builtin_ia32_cmpps512_mask(a, b, 17, m, 4); }
FN m64 and_lt_f64(m64 m, f64 a, f64 b) { return __builtin_ia32_cmppd512_mask(a, b, 17, m, 4); }
FN m32 and_le_f32(m32 m, f32 a, f32 b) { return __builtin_ia32_cmpps512_mask(a, b, 18, m, 4); }
FN m64 and_le_f64(m64 m, f64 a, f64 b) { return __builtin_ia32_cmppd512_mask(a, b, 18, m, 4); }
#else
FN m32 and_lt_f32(m32 m, f32 a, f32 b) { return and_m32(m, lt_f32(a, b)); }
FN m64 and_lt_f64(m64 m, f64 a, f64 b) { return and_m64(m, lt_f64(a, b)); }
FN m32 and_le_f32(m32 m, f32 a, f32 b) { return and_m32(m, le_f32(a, b)); }
FN m64 and_le_f64(m64 m, f64 a, f64 b) { return and_m64(m, le_f64(a, b)); }
#endif
/* a < b, of 64-bit lanes that hold less than 2^63 each */
#if WS_MASK_REGISTERS
FN m64 lt_i64(u64 a, u64 b) { return __builtin_ia32_cmpq512_mask((i64)a, (i64)b, 1, (unsigned char)-1); }
#else
FN m64 lt_i64(u64 a, u64 b) { return (m64)((i64)a < (i64)b); }
#endif
/* bit i set where lane i is negative */
#if WS_MASK_REGISTERS && !defined(__clang__)
FN unsigned negative_lanes_i32(i32 a) { return (unsigned short)__builtin_ia32_cvtd2mask512(a); }
FN unsigned negative_lanes_i64(i64 a) { return (unsigned char)__builtin_ia32_cvtq2mask512(a); }
#elif WS_MASK_REGISTERS
FN unsigned negative_lanes_i32(i32 a) { return lt_u32(U32(0x7fffffffu), (u32)a); }
FN unsigned negative_lanes_i64(i64 a) { return lt_i64((u64)a, U64(0)); }
#elif (WS_VECTOR_BYTES == 32 && defined(__AVX2__)) || (WS_VECTOR_BYTES == 16 && defined(__SSE2__)) /* these look at sign bits alone */
FN unsigned negative_lanes_i32(i32 a) { return lanes_m32((m32)a); }
FN unsigned negative_lanes_i64(i64 a) { return lanes_m64((m64)a); }
#else
FN unsigned negative_lanes_i32(i32 a) { return lanes_m32((m32)(a < 0)); }
FN unsigned negative_lanes_i64(i64 a) { return lanes_m64((m64)(a < 0)); }
#endif
/* the smaller and the greater of integers with a sign */
#if WS_VECTOR_BYTES == 64 && defined(__AVX512F__) && !defined(__clang__)
FN i32 lesser_i32(i32 a, i32 b) { return __builtin_ia32_pminsd512_mask(a, b, a, (unsigned short)-1); }
FN i64 lesser_i64(i64 a, i64 b) { return __builtin_ia32_pminsq512_mask(a, b, a, (unsigned char)-1); }
FN i32 greater_i32(i32 a, i32 b) { return __builtin_ia32_pmaxsd512_mask(a, b, a, (unsigned short)-1); }
FN i64 greater_i64(i64 a, i64 b) { return __builtin_ia32_pmaxsq512_mask(a, b, a, (unsigned char)-1); }
#elif WS_MASK_REGISTERS /* Clang compares to a vector here, too */
FN i32 lesser_i32(i32 a, i32 b) { return ((a < b) & a) | (~(a < b) & b); }
FN i64 lesser_i64(i64 a, i64 b) { return ((a < b) & a) | (~(a < b) & b); }
FN i32 greater_i32(i32 a, i32 b) { return ((a > b) & a) | (~(a > b) & b); }
FN i64 greater_i64(i64 a, i64 b) { return ((a > b) & a) | (~(a > b) & b); }
#else
#if WS_VECTOR_BYTES == 32 && defined(__AVX2__) && !defined(__clang__)
FN i32 lesser_i32(i32 a, i32 b) { return __builtin_ia32_pminsd256(a, b); }
FN i32 greater_i32(i32 a, i32 b) { return __builtin_ia32_pmaxsd256(a, b); }
#else
FN i32 lesser_i32(i32 a, i32 b) { return (i32)sel_u32((m32)(a < b), (u32)a, (u32)b); }
FN i32 greater_i32(i32 a, i32 b) { return (i32)sel_u32((m32)(a > b), (u32)a, (u32)b); }
#endif
FN i64 lesser_i64(i64 a, i64 b) { return (i64)sel_u64((m64)(a < b), (u64)a, (u64)b); }
FN i64 greater_i64(i64 a, i64 b) { return (i64)sel_u64((m64)(a > b), (u64)a, (u64)b); }
#endif
/* the smaller magnitude of a >= 0 and b; a NaN in b is passed over */
#if WS_VECTOR_BYTES == 64 && defined(__AVX512DQ__)
FN f32 least_f32(f32 a, f32 b) { return __builtin_ia32_rangeps512_mask(a, b, 10, a, (unsigned short)-1, 4); }
FN f64 least_f64(f64 a, f64 b) { return __builtin_ia32_rangepd512_mask(a, b, 10, a, (unsigned char)-1, 4); }
#else
FN f32 least_f32(f32 a, f32 b) { f32 m = from_bits_f32(bits_f32(b) & 0x7fffffffu); return lesser_f32(m, a); }
FN f64 least_f64(f64 a, f64 b) { f64 m = from_bits_f64(bits_f64(b) & 0x7fffffffffffffffull); return lesser_f64(m, a); }
#endif
/* the same, with a zero in b passed over, too */
#if WS_VECTOR_BYTES == 64 && defined(__AVX512DQ__) /* fixupimm: a zero becomes +inf, all else stays */
FN f32 least_nonzero_f32(f32 a, f32 b) { return least_f32(a, __builtin_ia32_fixupimmps512_mask(b, b, (i32){0} + 0x11111511, 0, (unsigned short)-1, 4)); }
FN f64 least_nonzero_f64(f64 a, f64 b) { return least_f64(a, __builtin_ia32_fixupimmpd512_mask(b, b, (i64){0} + 0x11111511, 0, (unsigned char)-1, 4)); }
#else
FN f32 least_nonzero_f32(f32 a, f32 b) { return sel_f32(eq_f32(b, (f32){0}), a, least_f32(a, b)); }
FN f64 least_nonzero_f64(f64 a, f64 b) { return sel_f64(eq_f64(b, (f64){0}), a, least_f64(a, b)); }
#endif
/* the larger magnitude of a >= 0 and b; a NaN in b is passed over */
FN f32 greatest_f32(f32 a, f32 b) { return greater_f32(from_bits_f32(bits_f32(b) & 0x7fffffffu), a); }
FN f64 greatest_f64(f64 a, f64 b) { return greater_f64(from_bits_f64(bits_f64(b) & 0x7fffffffffffffffull), a); }
/* half of the lanes of f32, as many as those of f64; numbers rounded to float; two halves as one value. (In loops over numbers GCC converts half a
 * register at a time, and to make one of two it clears the upper half first.) */
typedef float f32_half __attribute__((vector_size(WS_VECTOR_BYTES / 2)));
typedef int i32_half __attribute__((vector_size(WS_VECTOR_BYTES / 2), may_alias));
typedef unsigned u32_half __attribute__((vector_size(WS_VECTOR_BYTES / 2), may_alias));
FN f32_half narrow_f64(f64 x) { return __builtin_convertvector(x, f32_half); }
#if WS_VECTOR_BYTES == 64 && defined(__AVX512DQ__) && !defined(__clang__)
FN f32 join_f32(f32_half low, f32_half high) { return __builtin_ia32_insertf32x8_mask(__builtin_ia32_ps512_256ps(low), high, 1, (f32){0}, (unsigned short)-1); }
#elif WS_VECTOR_BYTES == 32 && defined(__AVX__) && !defined(__clang__)
FN f32 join_f32(f32_half low, f32_half high) { return __builtin_ia32_vinsertf128_ps256(__builtin_ia32_ps256_ps(low), high, 1); }
#else
FN f32 join_f32(f32_half low, f32_half high)
{
    f32 r;
    __builtin_memcpy(&r, &low, sizeof low);
    __builtin_memcpy((char *)&r + sizeof low, &high, sizeof high);
    return r;
}
#endif
/* whole numbers as f64: any of 32 bits; of 64 those below 2^53 */
#if WS_VECTOR_BYTES == 64 && defined(__AVX512F__) && !defined(__clang__)
FN f64 whole_of_u32(u32_half n) { return __builtin_ia32_cvtudq2pd512_mask((i32_half)n, (f64){0}, (unsigned char)-1); }
#else
FN f64 whole_of_u32(u32_half n) { return __builtin_convertvector(n, f64); }
#endif
FN f64 whole_of_u64(u64 n) { return __builtin_convertvector((i64)n, f64); }
/* *m with one lane set to value != 0 */
#if WS_MASK_REGISTERS
FN void set_m32(m32 *m, int lane, int value) { *m = (m32)((*m & ~(1u << lane)) | (unsigned)(value != 0) << lane); }
FN void set_m64(m64 *m, int lane, int value) { *m = (m64)((*m & ~(1u << lane)) | (unsigned)(value != 0) << lane); }
#else
FN void set_m32(m32 *m, int lane, int value) { (*m)[lane] = value ? -1 : 0; }
FN void set_m64(m64 *m, int lane, int value) { (*m)[lane] = value ? -1 : 0; }
#endif
/* true in the lanes whose bits are set */
#if WS_MASK_REGISTERS
FN m32 of_lanes_m32(unsigned lanes) { return (m32)lanes; }
FN m64 of_lanes_m64(unsigned lanes) { return (m64)lanes; }
#else
#if WS_VECTOR_BYTES == 64
#define LANE_BITS32 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768
#define LANE_BITS64 1, 2, 4, 8, 16, 32, 64, 128
#elif WS_VECTOR_BYTES == 32
#define LANE_BITS32 1, 2, 4, 8, 16, 32, 64, 128
#define LANE_BITS64 1, 2, 4, 8
#else
#define LANE_BITS32 1, 2, 4, 8
#define LANE_BITS64 1, 2
#endif
FN m32 of_lanes_m32(unsigned lanes) { const i32 bit = {LANE_BITS32}; return (m32)((bit & (int)lanes) == bit); }
FN m64 of_lanes_m64(unsigned lanes) { const i64 bit = {LANE_BITS64}; return (m64)((bit & (long long)lanes) == bit); }
#endif
/* lanes of a and b by number, those of b counted on from the last of a */
#ifdef __clang__
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#define SHUFFLE_F64(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (vint){__VA_ARGS__})
#define SHUFFLE_F64(a, b, ...) __builtin_shuffle(a, b, (i64){__VA_ARGS__})
#endif
#endif
/* before a call into code that was compiled for any machine: its SSE instructions cost Intel's processors some 300 cycles each way while the upper
 * halves of the vector registers are in use, and the compiler does not see to it before every call. */
#if WS_VECTOR_BYTES >= 32 && defined(__AVX__)
FN void leave_vectors(void) { __builtin_ia32_vzeroupper(); }
#else
FN void leave_vectors(void) {}
#endif

/* ---- scalars of the dialect, the same on every machine ---- */
FN unsigned long long double_bits(double x) { unsigned long long u; __builtin_memcpy(&u, &x, 8); return u; }
FN double scalar_sqrt(double x) { return __builtin_sqrt(x); }

#include "precision.h"
#endif
