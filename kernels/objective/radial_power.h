/* radial_power.h: radial power  f(x) = c |x|^p / p,  p >= 2,  f* = 0.
 *
 * The dynamics of one coordinate of power.h in every dimension, as radial_cosh.h is to cosh.h. Hessian: (p - 1) c |x|^{p-2} along x,
 * c |x|^{p-2} across; rho = (p - 2) / p, K0 = 0, K = (p - 1) p^rho c^{2/p}, attained. */
#define OBJECTIVE_COUPLED 1
#define OBJECTIVE_COEFFICIENTS 0
#define OBJECTIVE_CONSTANTS 1
#define OBJECTIVE_SUMS 1
#define OBJECTIVE_HAS_COMPLETE
#define OBJECTIVE_HAS_SHARPNESS

typedef nothing coefficients;
typedef struct { real c; } constants;
typedef struct { real square, slope; } sums; /* |x|^2; phi'(|x|) / |x| */

#include "whole_power.h"

FN void accumulate(coefficients c, constants k, real x, sums *s)
{
    s->square = FMA(x, x, s->square);
}
FN void complete(constants k, sums *s)
{
    s->slope = k.c * power_less_two(SQRT(s->square));
}
FN real gap(constants k, sums s)
{
    return s.slope * s.square / R((scalar_real)(OBJECTIVE_P));
}
FN real gradient(coefficients c, constants k, real x, sums s)
{
    return x * s.slope;
}
FN real sharpness(constants k, sums s, real largest)
{
    return R((scalar_real)(OBJECTIVE_P - 1.0)) * s.slope;
}
FN double smoothness(const double *parameters, const double *c, double *K0, double *K)
{
    *K = power_growth(parameters[0]);
    return (OBJECTIVE_P - 2.0) / OBJECTIVE_P;
}
