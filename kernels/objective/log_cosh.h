/* log_cosh.h: separable log cosh  f(x) = sum w_i log cosh x_i,  f* = 0.
 *
 * A smooth Huber loss: quadratic at the minimum, linear far out. Curvature w_i sech^2 x_i rises as the gap falls: the control in
 * which warmup is the wrong medicine and a decay helps. |Hessian| <= max w_i. Table: the weights w_i.
 * With m = expm1(-2|x|): tanh |x| = -m / (2 + m); log cosh x = -log1p(-tanh^2 x) / 2 near 0 and |x| + log1p(m / 2) far out: one
 * logarithm, no cancellation in either. */
#define OBJECTIVE_SINKS 24
#include "weighted_sum.h"

FN void accumulate(coefficients c, constants k, real x, sums *s)
{
    real magnitude = ABS(x), m = EXPM1_OF_NEGATIVE(R(-2.0f) * magnitude), t = m / (R(2.0f) + m);
    mask near = LT(magnitude, R(1.0f));
    real logarithm = LOG1P_OF_UNIT(SEL(near, -(t * t), R(0.5f) * m));
    s->q = FMA(c.w, SEL(near, R(-0.5f) * logarithm, magnitude + logarithm), s->q);
}
FN real gradient(coefficients c, constants k, real x, sums s)
{
    real m = EXPM1_OF_NEGATIVE(R(-2.0f) * ABS(x));
    return COPYSIGN(c.w * (m / (R(2.0f) + m)), x);
}
#define OBJECTIVE_HAS_SINKS
FN mask sinks(coefficients c, constants k, real x, real eta)
{
    return LE(eta * c.w, LONGEST);
}
/* sech^2 x = 4 e / (1 + e)^2, e = e^{-2|x|} */
FN real curvature(coefficients c, constants k, real x, sums s)
{
    real e = EXP_OF_NEGATIVE(R(-2.0f) * ABS(x)), below = R(1.0f) + e;
    return R(4.0f) * c.w * (e / (below * below));
}
#define OBJECTIVE_K_IS_ZERO
FN double smoothness(const double *parameters, const double *c, double *K0, double *K)
{
    *K0 = scalar_larger(*K0, c[0]);
    return 1.0;
}
