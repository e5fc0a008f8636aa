/* rosenbrock.h: Rosenbrock's function about its minimum  f(u, v) = u^2 + b (v - 2u - u^2)^2,  u = x - 1, v = y - 1,  f* = 0.
 *
 * The classic nonconvex river, (x, y) = (-1.2, 1) is (u, v) = (-2.2, 0). In these coordinates nothing cancels at the minimum.
 * rho = 1, K0 = 2 + 20 b, K = 16 b + 2. Two coordinates: both are sums, so that every coordinate knows the point. */
#define OBJECTIVE_COUPLED 1
#define OBJECTIVE_COEFFICIENTS 2
#define OBJECTIVE_CONSTANTS 1
#define OBJECTIVE_SUMS 2
#define OBJECTIVE_HAS_SETUP
#define OBJECTIVE_HAS_SHARPNESS

typedef struct { real first, second; } coefficients;
typedef struct { real b; } constants;
typedef struct { real u, v; } sums;

#include "eigenvalue.h"

FN void accumulate(coefficients c, constants k, real x, sums *s)
{
    s->u = FMA(c.first, x, s->u);
    s->v = FMA(c.second, x, s->v);
}
/* v - 2u - u^2 */
FN real off_river(sums s)
{
    return FMA(-s.u, s.u + R(2.0f), s.v);
}
FN real gap(constants k, sums s)
{
    real off = off_river(s);
    return FMA(k.b * off, off, s.u * s.u);
}
FN real gradient(coefficients c, constants k, real x, sums s)
{
    real pull = R(2.0f) * (k.b * off_river(s));
    real along = FMA(R(-2.0f) * pull, R(1.0f) + s.u, R(2.0f) * s.u);
    return SEL(EQ(c.first, R(0.0f)), pull, along);
}
FN real sharpness(constants k, sums s, real largest)
{
    real x = R(1.0f) + s.u, b4 = R(4.0f) * k.b, cross = b4 * x;
    real along = FMA(R(2.0f) * cross, x, FMA(-b4, off_river(s), R(2.0f)));
    return largest_2x2(along, cross * cross, R(2.0f) * k.b);
}
FN void setup(const double *parameters, double table, long long index, double *c)
{
    c[0] = index == 0;
    c[1] = index == 1;
}
FN double smoothness(const double *parameters, const double *c, double *K0, double *K)
{
    *K0 = 2.0 + 20.0 * parameters[0];
    *K = 16.0 * parameters[0] + 2.0;
    return 1.0;
}
