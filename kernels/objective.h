/* objective.h: the objective of a kernel, and what its header may leave out (docs/extending.md).
 *
 * A header states the four numbers OBJECTIVE_COUPLED, _COEFFICIENTS, _CONSTANTS, _SUMS, the types of the same names, and the
 * mathematics: accumulate, gap, gradient, curvature, smoothness. The rest follows from the defaults below unless it says
 * that it has its own (#define OBJECTIVE_HAS_SHARPNESS, OBJECTIVE_HAS_SETUP, ...). */
#ifndef WS_OBJECTIVE_H
#define WS_OBJECTIVE_H

/* for a header without coefficients or without constants */
typedef struct nothing { char none; } nothing;

FN double scalar_pow(double x, double y) { return lane_f64(pow_f64(F64(x), F64(y)), 0); }
FN double scalar_larger(double a, double b) { return a > b ? a : b; }

/* A step of at most so many x makes |x| no larger, whatever roundings its gradient has: less than 2^-16 of it, where the argument of an exponential function is rounded that is
 * near its largest one. */
#define LONGEST R((scalar_real)(2.0 - 0x1p-14))

#include WS_OBJECTIVE

FN sums no_sums(void)
{
    sums s;
    for (int i = 0; i < OBJECTIVE_SUMS; i++) ((real *)&s)[i] = R(0.0f);
    return s;
}

/* A gap that is a power of two times the only sum, which is never negative, needs no function: it is multiplied where it is looked at, not at every iteration. */
#ifdef OBJECTIVE_GAP_SCALE
ASSERT_STATIC(OBJECTIVE_SUMS == 1, a_gap_that_is_a_multiple_of_the_sum_has_one_sum);
FN real gap_of_sum(real sum) { return R(OBJECTIVE_GAP_SCALE) * sum; }
FN real gap(constants k, sums s)
{
    return gap_of_sum(*(const real *)&s);
}
#endif

/* Near its minimum an objective may be cheaper. With OBJECTIVE_REACH, a number, it has reach(c, k, x), and accumulate_near and gradient_near, which give the
 * bits of accumulate and gradient where |reach| is at most that. */
#ifdef OBJECTIVE_REACH
#define WS_NEAR 1
ASSERT_STATIC(!OBJECTIVE_COUPLED, coordinates_are_near_one_by_one);
#else
#define WS_NEAR 0
#define OBJECTIVE_REACH 0.0f
FN real reach(coefficients c, constants k, real x) { return x; }
FN void accumulate_near(coefficients c, constants k, real x, sums *s) { accumulate(c, k, x, s); }
FN real gradient_near(coefficients c, constants k, real x, sums s) { return gradient(c, k, x, s); }
#endif

/* With OBJECTIVE_CONTRACTS, a number, no coordinate's part of the only sum is negative or rises while |x| does not, as they are rounded, and |gradient| is at most
 * so many times K0 |x| (`smoothness`); with a reach: within it. */
#ifdef OBJECTIVE_CONTRACTS
ASSERT_STATIC(!OBJECTIVE_COUPLED && OBJECTIVE_SUMS == 1, coordinates_contract_one_by_one);
#endif

/* With OBJECTIVE_SINKS, a number, it can be said of a coordinate whether `sinks`: steps of at most eta from x on never raise its part of the only sum, but for the rounding of that
 * part, which is not negative and wrong by at most so many roundings. (OBJECTIVE_CONTRACTS says as much of all x at once, and of parts as they are rounded.) It is so by default where
 * gradient / x does not fall as |x| grows: no |x| grows. */
#ifdef OBJECTIVE_SINKS
ASSERT_STATIC(!OBJECTIVE_COUPLED && OBJECTIVE_SUMS == 1, coordinates_sink_one_by_one);
#ifndef OBJECTIVE_GAP_SCALE
#error "OBJECTIVE_SINKS needs OBJECTIVE_GAP_SCALE: a gap that is a multiple of the only sum"
#endif
#ifdef OBJECTIVE_CONTRACTS
#error "OBJECTIVE_SINKS and OBJECTIVE_CONTRACTS: an objective has one of them"
#endif
#ifndef OBJECTIVE_HAS_SINKS
FN mask sinks(coefficients c, constants k, real x, real eta) { return LE(eta * ABS(gradient(c, k, x, no_sums())), LONGEST * ABS(x)); }
#endif
#endif

/* `sums` has no members beyond the OBJECTIVE_SUMS that are added up. With OBJECTIVE_HAS_COMPLETE it has, and `complete` fills them from
 * the finished sums, once for all coordinates: what every coordinate's gradient would else compute again. */
#ifndef OBJECTIVE_HAS_COMPLETE
FN void complete(constants k, sums *s)
{
    (void)k;
    (void)s;
}
#endif

/* With OBJECTIVE_WHOLE_POINT the sums are the coordinates themselves: coordinate i adds to sums of its own alone, and adds 0 to all others. An engine that has a trajectory's
 * whole point at hand need not add up: `put_coordinate` sets the sums of coordinate i as accumulate would leave them (0 + x), and `gradient_of_point` gives the gradient
 * of all d coordinates (where it is, or in `room` [d]), the bits of `gradient`. */
#ifndef OBJECTIVE_WHOLE_POINT
#define OBJECTIVE_WHOLE_POINT 0
#endif

/* What is kept of a coordinate is the coordinate itself. With OBJECTIVE_HAS_STATE it is another number of it, `state_of`, which the
 * tiny-value rule leaves alone; `coordinate_of` gives the coordinate (or its magnitude) again. */
#ifdef OBJECTIVE_HAS_STATE
#undef WS_TINY
#define WS_TINY 0.0f
#else
FN real state_of(real x) { return x; }
FN real coordinate_of(real x) { return x; }
#endif

/* With OBJECTIVE_HAS_HESSIAN its matrix is at hand, and the sharpness is the largest eigenvalue of that. */
#ifdef OBJECTIVE_HAS_HESSIAN
#define OBJECTIVE_HAS_SHARPNESS
#include "eigenvalue.h"
FN real sharpness(constants k, sums s, real largest)
{
    real matrix[WS_DIM * WS_DIM];
    hessian(k, &s, matrix);
    return largest_symmetric(matrix, WS_DIM);
}
#endif

/* A sharpness that is a function of the sums alone needs no curvature by coordinate. */
#if defined(OBJECTIVE_HAS_SHARPNESS) && !defined(OBJECTIVE_HAS_CURVATURE)
#define OBJECTIVE_BENDS_BY_COORDINATE 0
FN real curvature(coefficients c, constants k, real x, sums s)
{
    (void)c;
    (void)k;
    (void)x;
    (void)s;
    return R(0.0f);
}
#else
#define OBJECTIVE_BENDS_BY_COORDINATE 1
#endif

/* Curvatures by coordinate are the Hessian's eigenvalues: the largest of them is the sharpness. */
#ifndef OBJECTIVE_HAS_SHARPNESS
FN real sharpness(constants k, sums s, real largest)
{
    (void)k;
    (void)s;
    return largest;
}
#endif

/* The one coefficient is the number of the table (objective.spectrum). */
#ifndef OBJECTIVE_HAS_SETUP
FN void setup(const double *parameters, double table, long long index, double *c)
{
    (void)parameters;
    (void)index;
    if (OBJECTIVE_COEFFICIENTS > 0) c[0] = table;
}
#endif

/* The constants are the parameters, in their order. */
#ifndef OBJECTIVE_HAS_SETUP_CONSTANTS
FN void setup_constants(const double *parameters, double *k)
{
    for (int j = 0; j < OBJECTIVE_CONSTANTS; j++) k[j] = parameters[j];
}
#endif

/* No bound |Hessian| <= K0 + K gap^rho is known, or there is none. */
#ifdef OBJECTIVE_HAS_NO_SMOOTHNESS
FN double smoothness(const double *parameters, const double *c, double *K0, double *K)
{
    (void)parameters;
    (void)c;
    *K0 = -1.0;
    *K = 0.0;
    return 1.0;
}
#endif
#endif
