/* exp_tail.h: quadratic core, exponential tail  f(x) = sum w_i phi(x_i), phi(x) = x^2 for |x| <= 1, 2 e^{|x| - 1} - 1 outside,  f* = 0.
 *
 * Twice continuously differentiable, rho = 1: |Hessian| <= 2 max w + gap; the bounded part of a quadratic with the hardest tail of
 * the class. After Alimisis, Islamov, Lucchi, arXiv 2510.03164. Table: the weights w_i. */
#include "weighted_sum.h"

FN void accumulate(coefficients c, constants k, real x, sums *s)
{
    real magnitude = ABS(x);
    real tail = FMA(R(2.0f), EXPM1(magnitude - R(1.0f)), R(1.0f));
    s->q = FMA(c.w, SEL(LT(R(1.0f), magnitude), tail, magnitude * magnitude), s->q);
}
FN real gradient(coefficients c, constants k, real x, sums s)
{
    real magnitude = ABS(x);
    real tail = FMA(R(2.0f), EXPM1(magnitude - R(1.0f)), R(2.0f));
    return COPYSIGN(c.w * SEL(LT(R(1.0f), magnitude), tail, R(2.0f) * magnitude), x);
}
FN real curvature(coefficients c, constants k, real x, sums s)
{
    real magnitude = ABS(x);
    real tail = FMA(R(2.0f), EXPM1(magnitude - R(1.0f)), R(2.0f));
    return c.w * SEL(LT(R(1.0f), magnitude), tail, R(2.0f));
}
FN double smoothness(const double *parameters, const double *c, double *K0, double *K)
{
    *K0 = scalar_larger(*K0, 2.0 * c[0]);
    *K = 1.0;
    return 1.0;
}
