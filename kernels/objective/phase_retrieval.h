/* phase_retrieval.h: phase retrieval in the limit of many samples  f(x) = 3/4 (|x|^2 - 1)^2 + |x_perp|^2,  f* = 0 at x = +-e_0.
 *
 * The mean over a ~ N(0, I) of ((a.x)^2 - (a.e_0)^2)^2 / 4. Nonconvex, coupled, rho = 1/2, K0 = 8, K = 6 sqrt(3). Coordinate 0 is
 * the signal (signal = 1, across = 0), the others are x_perp. |x|^2 - 1 is summed as (x_0 - 1)(x_0 + 1) + |x_perp|^2.
 * Hessian: 3 (|x|^2 - 1) I + 6 x x^T + 2 (I - e_0 e_0^T): its largest eigenvalue lies in the plane of e_0 and x. */
#define OBJECTIVE_COUPLED 1
#define OBJECTIVE_COEFFICIENTS 2
#define OBJECTIVE_CONSTANTS 0
#define OBJECTIVE_SUMS 3
#define OBJECTIVE_HAS_SETUP
#define OBJECTIVE_HAS_SHARPNESS

typedef struct { real signal, across; } coefficients;
typedef nothing constants;
typedef struct { real excess, along, across; } sums; /* |x|^2 - 1, x_0^2, |x_perp|^2 */

#include "eigenvalue.h"

FN void accumulate(coefficients c, constants k, real x, sums *s)
{
    s->excess = FMA(x - c.signal, x + c.signal, s->excess);
    s->along = FMA(c.signal * x, x, s->along);
    s->across = FMA(c.across * x, x, s->across);
}
FN real gap(constants k, sums s)
{
    return FMA(R(0.75f) * s.excess, s.excess, s.across);
}
FN real gradient(coefficients c, constants k, real x, sums s)
{
    return x * FMA(R(3.0f), s.excess, R(2.0f) * c.across);
}
FN real sharpness(constants k, sums s, real largest)
{
    real along = FMA(R(6.0f), s.along, R(3.0f) * s.excess);
    real across = FMA(R(6.0f), s.across, FMA(R(3.0f), s.excess, R(2.0f)));
    return largest_2x2(along, R(36.0f) * (s.along * s.across), across);
}
FN void setup(const double *parameters, double table, long long index, double *c)
{
    c[0] = index == 0;
    c[1] = index != 0;
}
FN double smoothness(const double *parameters, const double *c, double *K0, double *K)
{
    *K0 = 8.0;
    *K = 6.0 * scalar_sqrt(3.0);
    return 0.5;
}
