/* river_valley.h: river C  f(x, y) = 1/2 gamma(x) |y|^2 + log(1 + e^{-x}),  gamma(x) = g (1 + e^{b x}),  f* = 0 (not attained).
 *
 * Coordinate 0 is the river x, the others are y. b > 0: the valley gets steeper on the way (progressive sharpening: a decay is
 * needed at the end); b < 0: it gets flatter (warmup helps). After the river valley of Wen et al., arXiv 2410.05192. No global
 * smoothness bound. Hessian: ((gamma'' |y|^2 / 2 + p (1 - p), gamma' |y|), (gamma' |y|, gamma)) along x and y, gamma across.
 * A river has coefficient along = 1 and across = 0, a y the reverse. */
#define OBJECTIVE_COUPLED 1
#define OBJECTIVE_COEFFICIENTS 2
#define OBJECTIVE_CONSTANTS 2
#define OBJECTIVE_SUMS 2
#define OBJECTIVE_HAS_SETUP
#define OBJECTIVE_HAS_COMPLETE
#define OBJECTIVE_HAS_SHARPNESS
#define OBJECTIVE_HAS_NO_SMOOTHNESS

typedef struct { real along, across; } coefficients;
typedef struct { real g, b; } constants;
typedef struct { real x, square, grown, along; } sums; /* the river, |y|^2; g e^{b x}, the gradient along the river */

#include "eigenvalue.h"
#include "logistic_valley.h"

FN void accumulate(coefficients c, constants k, real x, sums *s)
{
    s->x = FMA(c.along, x, s->x);
    s->square = FMA(c.across * x, x, s->square);
}
FN void complete(constants k, sums *s)
{
    s->grown = k.g * EXP(k.b * s->x);
    s->along = FMA(R(0.5f) * (k.b * s->grown), s->square, -sigmoid_minus(s->x));
}
FN real gap(constants k, sums s)
{
    real steepness = k.g * (R(1.0f) + EXP(k.b * s.x));
    return FMA(R(0.5f) * steepness, s.square, softplus_minus(s.x));
}
FN real gradient(coefficients c, constants k, real x, sums s)
{
    return SEL(EQ(c.along, R(0.0f)), (k.g + s.grown) * x, s.along);
}
FN real sharpness(constants k, sums s, real largest)
{
    real slope = k.b * s.grown;
    real along = FMA(R(0.5f) * (k.b * slope), s.square, sigmoid_slope(s.x));
    return largest_2x2(along, (slope * slope) * s.square, k.g + s.grown);
}
FN void setup(const double *parameters, double table, long long index, double *c)
{
    c[0] = index == 0;
    c[1] = index != 0;
}
