/* river_cosh.h: river B  f(x, y) = r log(1 + e^{-x}) + sum_j K0/K1 (cosh(sqrt(K1) y_j) - 1),  f* = 0 (not attained).
 *
 * River A with walls whose curvature grows exponentially: the rho = 1 version, |Hessian| <= max(K0, r/4) + K1 gap. With
 * K0 = K1 = 1 a constant step converges only below 2 Y / sinh Y, Y the height of the start. Coordinate 0 is the river (A = half = 0),
 * the others are walls (r = 0). Formulas of the walls as in cosh.h. */
#define OBJECTIVE_COUPLED 0
#define OBJECTIVE_COEFFICIENTS 3
#define OBJECTIVE_CONSTANTS 0
#define OBJECTIVE_SUMS 1
#define OBJECTIVE_HAS_SETUP
#define OBJECTIVE_GAP_SCALE 1.0f
#define OBJECTIVE_SINKS 16

typedef struct { real r, A, half; } coefficients; /* half: a / 2 */
typedef nothing constants;
typedef struct { real q; } sums;

#include "logistic_valley.h"

FN void accumulate(coefficients c, constants k, real x, sums *s)
{
    real S, C;
    SINHCOSH(c.half * x, &S, &C);
    s->q = FMA(R(2.0f) * c.A * S, S, s->q);
    if (LANES_OF(NOT(EQ(c.r, R(0.0f))))) s->q = FMA(c.r, softplus_minus(x), s->q);
}
FN real wall_gradient(coefficients c, real x)
{
    real S, C;
    SINHCOSH(c.half * x, &S, &C);
    return (R(4.0f) * (c.A * c.half) * S) * C;
}
FN real gradient(coefficients c, constants k, real x, sums s)
{
    real wall = wall_gradient(c, x);
    mask river = NOT(EQ(c.r, R(0.0f)));
    if (LANES_OF(river)) wall = SEL(river, -c.r * sigmoid_minus(x), wall);
    return wall;
}
/* along the river every step goes down */
#define OBJECTIVE_HAS_SINKS
FN mask sinks(coefficients c, constants k, real x, real eta)
{
    return LE(eta * ABS(wall_gradient(c, x)), LONGEST * ABS(x));
}
FN real curvature(coefficients c, constants k, real x, sums s)
{
    real S, C;
    SINHCOSH(c.half * x, &S, &C);
    return SEL(EQ(c.r, R(0.0f)), R(4.0f) * (c.A * c.half) * c.half * FMA(S + S, S, R(1.0f)), c.r * sigmoid_slope(x));
}
FN void setup(const double *parameters, double table, long long index, double *c)
{
    c[0] = index == 0 ? parameters[2] : 0.0;
    c[1] = index == 0 ? 0.0 : parameters[0] / parameters[1];
    c[2] = index == 0 ? 0.0 : 0.5 * scalar_sqrt(parameters[1]);
}
FN double smoothness(const double *parameters, const double *c, double *K0, double *K)
{
    *K0 = scalar_larger(parameters[0], 0.25 * parameters[2]);
    *K = parameters[1];
    return 1.0;
}
