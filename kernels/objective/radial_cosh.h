/* radial_cosh.h: radial cosh  f(x) = A (cosh(a |x|) - 1),  f* = 0.
 *
 * The same one-dimensional dynamics as cosh in every dimension, but each coordinate of the gradient needs |x|: the coupled
 * counterpart, where reductions stand on the critical path. a = sqrt(K1), A = K0 / K1; Hessian eigenvalues phi'' = A a^2 cosh(a r)
 * along x and phi' / r across, so that |Hessian| = K0 + K1 gap. Formulas as in cosh.h. */
#define OBJECTIVE_COUPLED 1
#define OBJECTIVE_COEFFICIENTS 0
#define OBJECTIVE_CONSTANTS 2
#define OBJECTIVE_SUMS 1
#define OBJECTIVE_HAS_COMPLETE
#define OBJECTIVE_HAS_SHARPNESS
#define OBJECTIVE_HAS_SETUP_CONSTANTS

typedef nothing coefficients;
typedef struct { real A, half; } constants; /* half: a / 2 */
typedef struct { real square, S, slope; } sums; /* |x|^2; sinh of half a |x|, phi'(|x|) / |x| */

FN void accumulate(coefficients c, constants k, real x, sums *s)
{
    s->square = FMA(x, x, s->square);
}
FN void complete(constants k, sums *s)
{
    real r = SQRT(s->square), C;
    SINHCOSH(k.half * r, &s->S, &C);
    real slope = R(4.0f) * (k.A * k.half) * (s->S * C) / r;
    s->slope = SEL(EQ(r, R(0.0f)), R(4.0f) * (k.A * k.half) * k.half, slope); /* A a^2 at r = 0 */
}
FN real gap(constants k, sums s)
{
    return R(2.0f) * k.A * (s.S * s.S);
}
FN real gradient(coefficients c, constants k, real x, sums s)
{
    return x * s.slope;
}
FN real sharpness(constants k, sums s, real largest)
{
    return R(4.0f) * (k.A * k.half) * k.half * FMA(s.S + s.S, s.S, R(1.0f));
}

FN void setup_constants(const double *parameters, double *k)
{
    k[0] = parameters[0] / parameters[1];
    k[1] = 0.5 * scalar_sqrt(parameters[1]);
}
FN double smoothness(const double *parameters, const double *c, double *K0, double *K)
{
    *K0 = parameters[0];
    *K = parameters[1];
    return 1.0;
}
