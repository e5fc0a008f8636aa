/* target_cuda.h: the vocabulary of the kernel dialect for a CUDA compiler (NVRTC or nvcc). See target_c.h for its meaning.
 *
 * A value is a scalar of one thread. Compile with -fmad=false -ftz=false -prec-div=true -prec-sqrt=true: operators then round
 * once each, as on the CPU, and an fma stands only where it is written. NVRTC takes no system header, and none is used. */
#ifndef WS_TARGET_CUDA_H
#define WS_TARGET_CUDA_H

#define FN static __device__ __forceinline__
#define UNROLLED _Pragma("unroll")
#define ROLLED _Pragma("unroll 1")
#define CONSTANT static __device__ const
#define APART FN
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
FN void add_entry_f32(f32 *table, u32 index, f32 value) { table[index] += value; }
FN void add_entry_f64(f64 *table, u64 index, f64 value) { table[index] += value; }
FN f32 fma_f32(f32 a, f32 b, f32 c) { return __fmaf_rn(a, b, c); }
FN f64 fma_f64(f64 a, f64 b, f64 c) { return __fma_rn(a, b, c); }
FN f32 fnma_f32(f32 a, f32 b, f32 c) { return __fmaf_rn(-a, b, c); }
FN f64 fnma_f64(f64 a, f64 b, f64 c) { return __fma_rn(-a, b, c); }
FN f32 sqrt_f32(f32 x) { return __fsqrt_rn(x); }
FN f64 sqrt_f64(f64 x) { return __dsqrt_rn(x); }
FN m32 lt_f32(f32 a, f32 b) { return a < b; }
FN m64 lt_f64(f64 a, f64 b) { return a < b; }
FN m32 le_f32(f32 a, f32 b) { return a <= b; }
FN m64 le_f64(f64 a, f64 b) { return a <= b; }
FN m32 eq_f32(f32 a, f32 b) { return a == b; }
FN m64 eq_f64(f64 a, f64 b) { return a == b; }
FN f32 lesser_f32(f32 a, f32 b) { return a < b ? a : b; }
FN f64 lesser_f64(f64 a, f64 b) { return a < b ? a : b; }
FN f32 greater_f32(f32 a, f32 b) { return a > b ? a : b; }
FN f64 greater_f64(f64 a, f64 b) { return a > b ? a : b; }
FN m32 lt_u32(u32 a, u32 b) { return a < b; }
FN m64 lt_u64(u64 a, u64 b) { return a < b; }
FN m32 eq_u32(u32 a, u32 b) { return a == b; }
FN m64 eq_u64(u64 a, u64 b) { return a == b; }
FN m32 meet_u32(u32 a, u32 b) { return (a & b) != 0u; }
FN m64 meet_u64(u64 a, u64 b) { return (a & b) != 0u; }
FN f32 sel_minus_f32(m32 m, f32 a, f32 b) { return m ? -a : b; }
FN f64 sel_minus_f64(m64 m, f64 a, f64 b) { return m ? -a : b; }

/* ---- threads: words of the *_cuda.h files only ---- */
#define KERNEL extern "C" __global__
#define WHOLE_PARAMETER const __grid_constant__ /* read where it stands, not copied for every thread */
#define MODULE_VARIABLE(type, name) extern "C" __constant__ type name
#define SHARED_BYTES(name) extern __shared__ __align__(16) char name[]
#define EVERY_LANE 0xffffffffu
FN int thread_here(void) { return (int)threadIdx.x; }
FN unsigned block_here(void) { return blockIdx.x; }
FN void sync_warp(void) { __syncwarp(EVERY_LANE); }
FN void sync_block(void) { __syncthreads(); }
FN unsigned ballot_warp(int predicate) { return __ballot_sync(EVERY_LANE, predicate); }
FN int any_in_block(int predicate) { return __syncthreads_or(predicate); }
/* the value of lane (this ^ bits) of the warp */
FN int swap_lanes(int value, int bits) { return __shfl_xor_sync(EVERY_LANE, value, bits); }
FN float swap_lanes(float value, int bits) { return __shfl_xor_sync(EVERY_LANE, value, bits); }
FN double swap_lanes(double value, int bits) { return __shfl_xor_sync(EVERY_LANE, value, bits); }
FN long long swap_lanes(long long value, int bits) { return __shfl_xor_sync(EVERY_LANE, value, bits); }
/* the value of lane `from` of the warp */
FN int from_lane(int value, int from) { return __shfl_sync(EVERY_LANE, value, from); }
FN float from_lane(float value, int from) { return __shfl_sync(EVERY_LANE, value, from); }
FN double from_lane(double value, int from) { return __shfl_sync(EVERY_LANE, value, from); }
/* adds; gives what was there before */
FN unsigned long long add_atomic(unsigned long long *sum, unsigned long long more) { return atomicAdd(sum, more); }

/* a load from memory that no thread writes during the launch */
FN float constant_load(const float *p) { return __ldg(p); }
FN double constant_load(const double *p) { return __ldg(p); }

#define WS_TARGET_ABS
FN f32 abs_f32(f32 x) { return fabsf(x); }
FN f64 abs_f64(f64 x) { return fabs(x); }
FN unsigned long long double_bits(double x) { return (unsigned long long)__double_as_longlong(x); }
FN double scalar_sqrt(double x) { return __dsqrt_rn(x); }

#include "precision.h"
#endif
