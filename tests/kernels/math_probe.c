/* math_probe.c: the functions of kernels/math.h over arrays, for test_math.py. in, more and out hold n numbers of the precision;
 * n is padded to whole vectors here. `more` is the second argument of pow, and where sincos and sinhcosh leave the cosine. */
#include "target_c.h"
#include "math.h"

#define OVER(name, vector, scalar, lanes, call)                                          \
    void name(const scalar *in, scalar *more, scalar *out, long n)                       \
    {                                                                                    \
        for (long i = 0; i < n; i += lanes) {                                            \
            scalar a[lanes], b[lanes], r[lanes];                                         \
            for (int j = 0; j < lanes; j++) {                                            \
                a[j] = i + j < n ? in[i + j] : (scalar)1;                                \
                b[j] = i + j < n ? more[i + j] : (scalar)1;                              \
            }                                                                            \
            vector x, y, z;                                                              \
            __builtin_memcpy(&x, a, sizeof x);                                           \
            __builtin_memcpy(&y, b, sizeof y);                                           \
            call;                                                                        \
            __builtin_memcpy(r, &z, sizeof z);                                           \
            __builtin_memcpy(b, &y, sizeof y);                                           \
            for (int j = 0; j < lanes && i + j < n; j++) {                               \
                out[i + j] = r[j];                                                       \
                more[i + j] = b[j];                                                      \
            }                                                                            \
        }                                                                                \
    }
#define BOTH(name)                                                                       \
    OVER(probe_##name##_f32, f32, float, WS_LANES32, z = name##_f32(x))                  \
    OVER(probe_##name##_f64, f64, double, WS_LANES64, z = name##_f64(x))
BOTH(exp)
BOTH(exp_of_negative)
BOTH(exp_of_positive)
BOTH(expm1)
BOTH(expm1_of_negative)
BOTH(log)
BOTH(log_of_positive)
BOTH(log1p)
BOTH(log1p_of_unit)
BOTH(sinh)
BOTH(cosh)
BOTH(tanh)
OVER(probe_pow_f32, f32, float, WS_LANES32, z = pow_f32(x, y))
OVER(probe_pow_f64, f64, double, WS_LANES64, z = pow_f64(x, y))
OVER(probe_sincos_f32, f32, float, WS_LANES32, sincos_f32(x, &z, &y))
OVER(probe_sinhcosh_f32, f32, float, WS_LANES32, sinhcosh_f32(x, &z, &y))
OVER(probe_sinhcosh_near_f32, f32, float, WS_LANES32, sinhcosh_near_f32(x, &z, &y))
OVER(probe_sinhcosh_near_f64, f64, double, WS_LANES64, sinhcosh_near_f64(x, &z, &y))
OVER(probe_sinhcosh_f64, f64, double, WS_LANES64, sinhcosh_f64(x, &z, &y))
OVER(probe_sincos_f64, f64, double, WS_LANES64, sincos_f64(x, &z, &y))
