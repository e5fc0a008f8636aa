/* river.h: river A  f(x, y) = r log(1 + e^{-x}) + sum_j (k y_j^2 / 2 + c y_j^4 / 4),  f* = 0 (not attained).
 *
 * Coordinate 0 is the river x, the others are its walls y. The start high on a wall forbids any constant step above
 * 2 / (k + c y^2); the way along the river needs a fixed sum of steps: the objective on which warmup gains Theta(T).
 * rho = 1/2, K0 = max(k, r/4), K = 6 sqrt(c).  A wall has coefficient r = 0, the river k = c = 0. */
#define OBJECTIVE_COUPLED 0
#define OBJECTIVE_COEFFICIENTS 3
#define OBJECTIVE_CONSTANTS 0
#define OBJECTIVE_SUMS 1
#define OBJECTIVE_HAS_SETUP
#define OBJECTIVE_GAP_SCALE 1.0f
#define OBJECTIVE_SINKS 8
#define OBJECTIVE_LIGHT

typedef struct { real r, k, c; } coefficients;
typedef nothing constants;
typedef struct { real q; } sums;

#include "logistic_valley.h"

FN void accumulate(coefficients c, constants k, real x, sums *s)
{
    real square = x * x;
    s->q = FMA(FMA(R(0.25f) * c.c, square, R(0.5f) * c.k), square, s->q);
    /* one river among many walls: the dear part is skipped where no lane has it */
    if (LANES_OF(NOT(EQ(c.r, R(0.0f))))) s->q = FMA(c.r, softplus_minus(x), s->q);
}
FN real gradient(coefficients c, constants k, real x, sums s)
{
    real wall = x * FMA(c.c, x * x, c.k);
    mask river = NOT(EQ(c.r, R(0.0f)));
    if (LANES_OF(river)) wall = SEL(river, -c.r * sigmoid_minus(x), wall);
    return wall;
}
/* along the river every step goes down */
#define OBJECTIVE_HAS_SINKS
FN mask sinks(coefficients c, constants k, real x, real eta)
{
    return LE(eta * FMA(c.c, x * x, c.k), LONGEST);
}
FN real curvature(coefficients c, constants k, real x, sums s)
{
    return SEL(EQ(c.r, R(0.0f)), FMA(R(3.0f) * c.c, x * x, c.k), c.r * sigmoid_slope(x));
}
FN void setup(const double *parameters, double table, long long index, double *c)
{
    c[0] = index == 0 ? parameters[0] : 0.0;
    c[1] = index == 0 ? 0.0 : parameters[1];
    c[2] = index == 0 ? 0.0 : parameters[2];
}
FN double smoothness(const double *parameters, const double *c, double *K0, double *K)
{
    *K0 = scalar_larger(*K0, c[0] > 0.0 ? 0.25 * c[0] : c[1]);
    *K = scalar_larger(*K, 6.0 * scalar_sqrt(c[2]));
    return 0.5;
}
