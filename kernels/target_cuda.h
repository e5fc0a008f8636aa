/* target_cuda.h: the vocabulary of the kernel dialect for a CUDA compiler (NVRTC or nvcc). See target_c.h for its meaning.
 *
 * A value is a scalar of one thread. Compile with -fmad=false -ftz=false -prec-div=true -prec-sqrt=true: operators then round
 * once each, as on the CPU, and an fma stands only where it is written. NVRTC takes no system header, and none is used. */
#ifndef WS_TARGET_CUDA_H
#define WS_TARGET_CUDA_H

#define FN static __device__ __forceinline__
#define CONSTANT static __device__ const
#define RESTRICT __restrict__
#define ASSERT_STATIC(condition, name) static_assert(condition, #name)

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
FN u32 U32(unsigned c) { return c; }
FN u64 U64(unsigned long long c) { return c; }
FN u32 bits_f32(f32 x) { return __float_as_uint(x); }
FN u64 bits_f64(f64 x) { return (u64)__double_as_longlong(x); }
FN f32 from_bits_f32(u32 u) { return __uint_as_float(u); }
FN f64 from_bits_f64(u64 u) { return __longlong_as_double((long long)u); }
FN f32 from_int_f32(i32 i) { return __int2float_rn(i); }
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
FN u32 mulhi_u32(u32 a, u32 b) { return __umulhi(a, b); }
FN float lane_f32(f32 x, int lane) { (void)lane; return x; }
FN double lane_f64(f64 x, int lane) { (void)lane; return x; }
FN f32 fma_f32(f32 a, f32 b, f32 c) { return __fmaf_rn(a, b, c); }
FN f64 fma_f64(f64 a, f64 b, f64 c) { return __fma_rn(a, b, c); }
FN f32 sqrt_f32(f32 x) { return __fsqrt_rn(x); }
FN f64 sqrt_f64(f64 x) { return __dsqrt_rn(x); }
FN m32 lt_f32(f32 a, f32 b) { return a < b; }
FN m64 lt_f64(f64 a, f64 b) { return a < b; }
FN m32 le_f32(f32 a, f32 b) { return a <= b; }
FN m64 le_f64(f64 a, f64 b) { return a <= b; }
FN m32 eq_f32(f32 a, f32 b) { return a == b; }
FN m64 eq_f64(f64 a, f64 b) { return a == b; }
FN m32 lt_u32(u32 a, u32 b) { return a < b; }
FN m64 lt_u64(u64 a, u64 b) { return a < b; }
FN m32 eq_u32(u32 a, u32 b) { return a == b; }
FN m64 eq_u64(u64 a, u64 b) { return a == b; }

FN unsigned long long double_bits(double x) { return (unsigned long long)__double_as_longlong(x); }
FN double scalar_sqrt(double x) { return __dsqrt_rn(x); }

#include "precision.h"
#endif
