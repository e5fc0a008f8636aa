/* math.h: elementary functions of the dialect, for both families and, in capitals, for `real`. */
#ifndef WS_MATH_H
#define WS_MATH_H
/* One step of a formula for each of n numbers, n a constant: what is written for several numbers makes a step of all of them before the next,
 * so that they hide one another's latency. */
#define EACH(n) UNROLLED for (int j = 0; j < (n); j++)
#define WS_MOST_AT_ONCE 8
#define SINHCOSH_NEAR 0.34375f /* a little below ln 2 / 2 */
#include "math_f32.h"
#include "math_f64.h"
#if defined(WS_PRECISION) && WS_PRECISION == 32
#define INFINITE infinity_f32()
#define EXP exp_f32
#define EXP_OF_POSITIVE exp_of_positive_f32
#define EXP_OF_NEGATIVE exp_of_negative_f32
#define EXPM1 expm1_f32
#define EXPM1_OF_NEGATIVE expm1_of_negative_f32
#define LOG log_f32
#define LOG_OF_POSITIVE log_of_positive_f32
#define LOG1P log1p_f32
#define LOG1P_OF_UNIT log1p_of_unit_f32
#define SINCOS sincos_f32
#define SINHCOSH sinhcosh_f32
#define SINHCOSH_OF_NEAR sinhcosh_near_f32
#define SINH sinh_f32
#define COSH cosh_f32
#define TANH tanh_f32
#define POW pow_f32
#elif defined(WS_PRECISION)
#define INFINITE infinity_f64()
#define EXP exp_f64
#define EXP_OF_POSITIVE exp_of_positive_f64
#define EXP_OF_NEGATIVE exp_of_negative_f64
#define EXPM1 expm1_f64
#define EXPM1_OF_NEGATIVE expm1_of_negative_f64
#define LOG log_f64
#define LOG_OF_POSITIVE log_of_positive_f64
#define LOG1P log1p_f64
#define LOG1P_OF_UNIT log1p_of_unit_f64
#define SINCOS sincos_f64
#define SINHCOSH sinhcosh_f64
#define SINHCOSH_OF_NEAR sinhcosh_near_f64
#define SINH sinh_f64
#define COSH cosh_f64
#define TANH tanh_f64
#define POW pow_f64
#endif
#endif
