/* precision.h: `real` and its family: the words of the dialect in the sweep's precision, WS_PRECISION 32 or 64.
 *
 * Included by target_c.h and target_cuda.h, which define both families with a suffix. scalar_real is one number of the
 * precision, as stored in memory. WS_TINY is the threshold of the tiny-value rule (docs/bits.md): 2^-60 in float32, 2^-500 in
 * float64, chosen so that a product of two survivors is still a normal number. WS_TINY_STATE is that of a method's states: 2^-110 and
 * 2^-960, far enough above the denormal numbers for 16 iterations of decay. */
#ifndef WS_PRECISION_H
#define WS_PRECISION_H

#ifndef WS_TARGET_ABS /* a target may have an operand modifier for it */
FN f32 abs_f32(f32 x) { return from_bits_f32(bits_f32(x) & 0x7fffffffu); }
FN f64 abs_f64(f64 x) { return from_bits_f64(bits_f64(x) & 0x7fffffffffffffffull); }
#endif
FN f32 copysign_f32(f32 magnitude, f32 sign) {
    return from_bits_f32((bits_f32(magnitude) & 0x7fffffffu) | (bits_f32(sign) & 0x80000000u));
}
FN f64 copysign_f64(f64 magnitude, f64 sign) {
    return from_bits_f64((bits_f64(magnitude) & 0x7fffffffffffffffull) | (bits_f64(sign) & 0x8000000000000000ull));
}

#if defined(WS_PRECISION) && WS_PRECISION == 32
typedef f32 real;
typedef i32 vint;
typedef u32 vuint;
typedef m32 mask;
typedef float scalar_real;
typedef unsigned scalar_vuint;
#define WS_LANES WS_LANES32
#define WS_TINY 0x1p-60f
#define WS_TINY_STATE 0x1p-110f
#define WS_SMALLEST_NORMAL 0x1p-126f
#define WS_ROUNDING 0x1p-24 /* of a result, relative, at most */
#define R F32
#define FMA fma_f32
#define FNMA fnma_f32
#define SQRT sqrt_f32
#define ABS abs_f32
#define COPYSIGN copysign_f32
#define SEL sel_f32
#define SEL_INT sel_u32
#define EQ_INT eq_u32
#define LT_INT lt_u32
#define LT_COUNT lt_u32
#define LT lt_f32
#define LE le_f32
#define EQ eq_f32
#define AND and_m32
#define OR or_m32
#define NOT not_m32
#define LANES_OF lanes_m32
#define SET_MASK set_m32
#define MASK_OF of_lanes_m32
#define LESSER lesser_f32
#define LEAST least_f32
#define LEAST_NONZERO least_nonzero_f32
#define GREATEST greatest_f32
#define AND_LT and_lt_f32
#define AND_LE and_le_f32
#define GREATER greater_f32
#define LESSER_INT lesser_i32
#define GREATER_INT greater_i32
#define NEGATIVE_LANES negative_lanes_i32
#define BITS bits_f32
#define FROM_BITS from_bits_f32
#define ADD_ENTRY add_entry_f32
#elif defined(WS_PRECISION) && WS_PRECISION == 64
typedef f64 real;
typedef i64 vint;
typedef u64 vuint;
typedef m64 mask;
typedef double scalar_real;
typedef unsigned long long scalar_vuint;
#define WS_LANES WS_LANES64
#define WS_TINY 0x1p-500
#define WS_TINY_STATE 0x1p-960
#define WS_SMALLEST_NORMAL 0x1p-1022
#define WS_ROUNDING 0x1p-53
#define R F64
#define FMA fma_f64
#define FNMA fnma_f64
#define SQRT sqrt_f64
#define ABS abs_f64
#define COPYSIGN copysign_f64
#define SEL sel_f64
#define SEL_INT sel_u64
#define EQ_INT eq_u64
#define LT_INT lt_u64
#define LT_COUNT lt_i64
#define LT lt_f64
#define LE le_f64
#define EQ eq_f64
#define AND and_m64
#define OR or_m64
#define NOT not_m64
#define LANES_OF lanes_m64
#define SET_MASK set_m64
#define MASK_OF of_lanes_m64
#define LESSER lesser_f64
#define LEAST least_f64
#define LEAST_NONZERO least_nonzero_f64
#define GREATEST greatest_f64
#define AND_LT and_lt_f64
#define AND_LE and_le_f64
#define GREATER greater_f64
#define LESSER_INT lesser_i64
#define GREATER_INT greater_i64
#define NEGATIVE_LANES negative_lanes_i64
#define BITS bits_f64
#define FROM_BITS from_bits_f64
#define ADD_ENTRY add_entry_f64
#elif defined(WS_PRECISION)
#error "WS_PRECISION is 32 or 64"
#endif
#endif
