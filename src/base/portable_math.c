/* portable_math.c: see portable_math.h. The kernel dialect with one scalar lane (WS_VECTOR_BYTES 0), so that a host value and a
 * kernel value come from the same text. Compiled with -ffp-contract=off like every kernel: a contracted multiply-add would
 * change the last bit of a table. */
#include "base/portable_math.h"

#define WS_VECTOR_BYTES 0
#include "kernels/target_c.h"

#include "kernels/math.h"
#include "kernels/random.h"

/* The x86-64 that this program is compiled for has no instruction for an fma: each would be a call, and a function has some twenty. So every
 * function is compiled twice, and the processor says which is meant. An fma rounds once either way: the bits are the same. */
#if defined(__x86_64__) && !defined(__FMA__)
#define FUNCTION(name, parameters, arguments, ...)                                      \
    static __attribute__((target("fma"))) double name##_with_fma parameters { __VA_ARGS__; }  \
    static double name##_anywhere parameters { __VA_ARGS__; }                                 \
    double ws_portable_##name parameters                                                      \
    {                                                                                         \
        if (__builtin_cpu_supports("fma")) return name##_with_fma arguments;                  \
        return name##_anywhere arguments;                                                     \
    }
#else
#define FUNCTION(name, parameters, arguments, ...) \
    double ws_portable_##name parameters { __VA_ARGS__; }
#endif

FUNCTION(exp, (double x), (x), return exp_f64(x))
FUNCTION(log, (double x), (x), return log_f64(x))
FUNCTION(pow, (double x, double y), (x, y), return pow_f64(x, y))
FUNCTION(tanh, (double x), (x), return tanh_f64(x))
FUNCTION(sqrt, (double x), (x), return sqrt_f64(x))
/* A block of Philox holds four words, thus several normals: the first one is this index's, so that no index shares a block. */
FUNCTION(gaussian, (uint64_t seed, uint32_t stream, uint64_t index), (seed, stream, index), return gaussian_f64(seed, (u32)index, (u32)(index >> 32), 0, stream))

void ws_portable_sincos(double x, double *sine, double *cosine) { sincos_f64(x, sine, cosine); }

void ws_portable_powers(double x, const double *y, int64_t count, double *result)
{
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
        for (int64_t i = 0; i < count; i++) result[i] = ws_portable_pow(x, y[i]);
        return;
    }
#endif
    ws_portable_powers_in_lanes(x, y, count, result);
}
