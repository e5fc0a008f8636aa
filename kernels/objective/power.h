/* power.h: separable power  f(x) = sum a_i |x_i|^p / p,  p >= 2,  f* = 0.
 *
 * Curvature vanishes at the minimum: K0 = 0 and rho = (p - 2) / p exactly (attained in one dimension), K = (p - 1) p^rho
 * max a_i^{2/p}. p = 3, 4, 6 give rho = 1/3, 1/2, 2/3. Table: the weights a_i.
 * OBJECTIVE_P is a constant of the kernel; a whole p (OBJECTIVE_P_INTEGER 1) costs multiplications only. */
#define OBJECTIVE_COUPLED 0
#define OBJECTIVE_COEFFICIENTS 1
#define OBJECTIVE_CONSTANTS 0
#define OBJECTIVE_SUMS 1

typedef struct { real a; } coefficients;
typedef nothing constants;
typedef struct { real q; } sums;

#include "whole_power.h"

FN void accumulate(coefficients c, constants k, real x, sums *s)
{
    s->q = FMA(c.a * (power_less_two(x) * x), x, s->q);
}
FN real gap(constants k, sums s)
{
    return s.q / R((scalar_real)(OBJECTIVE_P));
}
FN real gradient(coefficients c, constants k, real x, sums s)
{
    return c.a * (power_less_two(x) * x);
}
FN real curvature(coefficients c, constants k, real x, sums s)
{
    return R((scalar_real)(OBJECTIVE_P - 1.0)) * (c.a * power_less_two(x));
}
FN double smoothness(const double *parameters, const double *c, double *K0, double *K)
{
    *K = scalar_larger(*K, power_growth(c[0]));
    return (OBJECTIVE_P - 2.0) / OBJECTIVE_P;
}
