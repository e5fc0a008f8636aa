/* radial_cosh.h: radial cosh  f(x) = A (cosh(a |x|) - 1),  f* = 0.
 *
 * The same one-dimensional dynamics as cosh in every dimension, but each coordinate of the gradient needs |x|: the coupled
 * counterpart, where reductions stand on the critical path. a = sqrt(K1), A = K0 / K1; Hessian eigenvalues phi'' = A a^2 cosh(a r)
 * along x and phi' / r across, so that |Hessian| = K0 + K1 gap. Formulas as in cosh.h. */
#define OBJECTIVE_COUPLED 1
#define OBJECTIVE_COEFFICIENTS 0
#define OBJECTIVE_CONSTANTS 2
#define OBJECTIVE_SUMS 1
#define OBJECTIVE_HAS_SHARPNESS
#define OBJECTIVE_HAS_SETUP_CONSTANTS

typedef nothing coefficients;
typedef struct { real A, half; } constants; /* half: a / 2 */
typedef struct { real square; } sums; /* |x|^2 */

FN void accumulate(coefficients c, constants k, real x, sums *s)
{
    s->square = FMA(x, x, s->square);
}
FN real gap(constants k, sums s)
{
    real S, C;
    SINHCOSH(k.half * SQRT(s.square), &S, &C);
    return R(2.0f) * k.A * (S * S);
}
/* x phi'(r) / r, with the limit A a^2 x at r = 0 */
FN real gradient(coefficients c, constants k, real x, sums s)
{
    real r = SQRT(s.square), S, C;
    SINHCOSH(k.half * r, &S, &C);
    real slope = R(4.0f) * (k.A * k.half) * (S * C) / r;
    return x * SEL(EQ(r, R(0.0f)), R(4.0f) * (k.A * k.half) * k.half, slope);
}
FN real sharpness(constants k, sums s, real largest)
{
    real S, C;
    SINHCOSH(k.half * SQRT(s.square), &S, &C);
    return R(4.0f) * (k.A * k.half) * k.half * FMA(S + S, S, R(1.0f));
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
