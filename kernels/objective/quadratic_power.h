/* quadratic_power.h: separable quadratic plus power  f(x) = sum w_i (k x_i^2 / 2 + c |x_i|^p / p),  p >= 2,  f* = 0.
 *
 * rho is tuned by p at a K0 > 0 of one's choice: rho = (p - 2) / p, K0 = k max w, K = (p - 1) p^rho (c max w)^{2/p}; the bound is
 * reached asymptotically far out (p = 4, c = 1: K = 6). Table: the weights w_i. */
#define OBJECTIVE_COUPLED 0
#define OBJECTIVE_COEFFICIENTS 2
#define OBJECTIVE_CONSTANTS 0
#define OBJECTIVE_SUMS 1
#define OBJECTIVE_GAP_SCALE 1.0f
#define OBJECTIVE_SINKS (8 + 2 * OBJECTIVE_P)
#define OBJECTIVE_HAS_SETUP

typedef struct { real k, c; } coefficients;
typedef nothing constants;
typedef struct { real q; } sums;

#include "whole_power.h"

FN void accumulate(coefficients c, constants k, real x, sums *s)
{
    real grown = (c.c * power_less_two(x)) / R((scalar_real)(OBJECTIVE_P));
    s->q = FMA(FMA(R(0.5f), c.k, grown) * x, x, s->q);
}
FN real gradient(coefficients c, constants k, real x, sums s)
{
    return x * FMA(c.c, power_less_two(x), c.k);
}
FN real curvature(coefficients c, constants k, real x, sums s)
{
    return FMA(R((scalar_real)(OBJECTIVE_P - 1.0)) * c.c, power_less_two(x), c.k);
}
FN void setup(const double *parameters, double table, long long index, double *c)
{
    c[0] = table * parameters[0];
    c[1] = table * parameters[1];
}
FN double smoothness(const double *parameters, const double *c, double *K0, double *K)
{
    *K0 = scalar_larger(*K0, c[0]);
    *K = scalar_larger(*K, power_growth(c[1]));
    return (OBJECTIVE_P - 2.0) / OBJECTIVE_P;
}
