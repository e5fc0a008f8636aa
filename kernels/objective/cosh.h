/* cosh.h: separable cosh  f(x) = sum A_i (cosh(a x_i) - 1) = sum 2 A_i sinh^2(a x_i / 2),  f* = 0.
 *
 * In one dimension f'' = K0 + K1 f exactly: the (rho = 1, K0, K1)-smooth, that is (L0, L1)-type, objective with equality. With the
 * parameters K0, K1: a = sqrt(K1), A_i = table_i K0 / K1, so that the curvature at the minimum is table_i K0 and
 * |Hessian| <= K0 max(table) + K1 gap.
 *
 * With E = expm1(|a x|) and D = E / (E + 1): sinh = (E + D) / 2 and cosh - 1 = E D / 2: one expm1 and one division for gap and
 * gradient together, no cancellation at either end. */
#define OBJECTIVE_COUPLED 0
#define OBJECTIVE_COEFFICIENTS 3
#define OBJECTIVE_CONSTANTS 0
#define OBJECTIVE_SUMS 1
#define OBJECTIVE_HAS_SETUP

typedef struct { real A, a, slope; } coefficients; /* slope: A a / 2 */
typedef nothing constants;
typedef struct { real q; } sums;

FN void accumulate(coefficients c, constants k, real x, sums *s)
{
    real E = EXPM1_MAGNITUDE(ABS(c.a * x));
    real D = E / (E + R(1.0f));
    s->q = FMA(c.A * E, D, s->q);
}
FN real gap(constants k, sums s)
{
    return R(0.5f) * s.q;
}
FN real gradient(coefficients c, constants k, real x, sums s)
{
    real E = EXPM1_MAGNITUDE(ABS(c.a * x));
    real D = E / (E + R(1.0f));
    return COPYSIGN(c.slope * (E + D), x);
}
FN real curvature(coefficients c, constants k, real x, sums s)
{
    real E = EXPM1_MAGNITUDE(ABS(c.a * x));
    real D = E / (E + R(1.0f));
    return c.A * c.a * c.a * FMA(R(0.5f) * E, D, R(1.0f));
}
FN void setup(const double *parameters, double table, long long index, double *c)
{
    c[0] = table * parameters[0] / parameters[1];
    c[1] = scalar_sqrt(parameters[1]);
    c[2] = 0.5 * c[0] * c[1];
}
FN double smoothness(const double *parameters, const double *c, double *K0, double *K)
{
    *K0 = scalar_larger(*K0, c[0] * c[1] * c[1]);
    *K = parameters[1];
    return 1.0;
}
