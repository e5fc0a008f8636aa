/* rank_one.h: rank-one factorisation  f(u, v) = 1/2 |u v^T - s e_0 e_0^T|^2,  f* = 0.
 *
 * The first floor(d/2) coordinates are u, the others v; every target of rank one is s e_0 e_0^T in suitable axes. d = 2 is
 * (u v - s)^2 / 2, the model of the catapult (Lewkowycz et al., arXiv 2003.02218). With a = u_0, b = v_0, U and V the squares of the
 * rest, f = 1/2 [(a b - s)^2 + a^2 V + b^2 U + U V]: no cancellation but in a b - s. No global smoothness bound: unbalanced minima are
 * arbitrarily sharp. The Hessian ((|v|^2 I, B), (B^T, |u|^2 I)), B = 2 u v^T - s e_0 e_0^T, has its largest eigenvalue at the larger
 * singular value of B, which is that of a 2 x 2 matrix. Each coordinate has one coefficient 1 of four. */
#define OBJECTIVE_COUPLED 1
#define OBJECTIVE_COEFFICIENTS 4
#define OBJECTIVE_CONSTANTS 1
#define OBJECTIVE_SUMS 4
#define OBJECTIVE_HAS_SETUP
#define OBJECTIVE_HAS_SHARPNESS
#define OBJECTIVE_HAS_NO_SMOOTHNESS

typedef struct { real a, b, U, V; } coefficients;
typedef struct { real target; } constants;
typedef struct { real a, b, U, V; } sums;

#include "eigenvalue.h"

FN void accumulate(coefficients c, constants k, real x, sums *s)
{
    s->a = FMA(c.a, x, s->a);
    s->b = FMA(c.b, x, s->b);
    s->U = FMA(c.U * x, x, s->U);
    s->V = FMA(c.V * x, x, s->V);
}
FN real gap(constants k, sums s)
{
    real off = FMA(s.a, s.b, -k.target);
    real sum = FMA(s.a * s.a, s.V, FMA(s.b * s.b, s.U, s.U * s.V));
    return R(0.5f) * FMA(off, off, sum);
}
FN real gradient(coefficients c, constants k, real x, sums s)
{
    real off = FMA(s.a, s.b, -k.target);
    real of_u = x * FMA(s.b, s.b, s.V), of_v = x * FMA(s.a, s.a, s.U);
    real g = SEL(EQ(c.U, R(0.0f)), of_v, of_u);
    g = SEL(EQ(c.a, R(0.0f)), g, FMA(s.b, off, s.a * s.V));
    return SEL(EQ(c.b, R(0.0f)), g, FMA(s.a, off, s.b * s.U));
}
FN real sharpness(constants k, sums s, real largest)
{
    real corner = FMA(R(2.0f) * s.a, s.b, -k.target);
    real rest = FMA(s.a * s.a, s.V, FMA(s.b * s.b, s.U, s.U * s.V));
    real sum = FMA(corner, corner, R(4.0f) * rest); /* of the squares of both singular values ... */
    real product = R(2.0f) * ABS(k.target) * SQRT(s.U * s.V); /* ... and their product, |det B| */
    real twice = R(2.0f) * product;
    real apart = (sum - twice) * (sum + twice);
    real square = R(0.5f) * (sum + SQRT(SEL(LT(apart, R(0.0f)), R(0.0f), apart)));
    return largest_2x2(FMA(s.a, s.a, s.U), square, FMA(s.b, s.b, s.V));
}
FN void setup(const double *parameters, double table, long long index, double *c)
{
    const long long half = WS_DIM / 2;
    c[0] = index == 0;
    c[1] = index == half;
    c[2] = index > 0 && index < half;
    c[3] = index > half;
}
