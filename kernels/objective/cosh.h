/* cosh.h: separable cosh  f(x) = sum A_i (cosh(a x_i) - 1) = sum 2 A_i sinh^2(a x_i / 2),  f* = 0.
 *
 * In one dimension f'' = K0 + K1 f exactly: the (rho = 1, K0, K1)-smooth, that is (L0, L1)-type, objective with equality. With the
 * parameters K0, K1: a = sqrt(K1), A_i = table_i K0 / K1, so that the curvature at the minimum is table_i K0 and
 * |Hessian| <= K0 max(table) + K1 gap.
 *
 * With S = sinh(a x / 2) and C = cosh(a x / 2): cosh - 1 = 2 S^2 and sinh = 2 S C: gap and gradient together, without a division and
 * without cancellation at either end. */
#define OBJECTIVE_COUPLED 0
#define OBJECTIVE_COEFFICIENTS 3
#define OBJECTIVE_CONSTANTS 0
#define OBJECTIVE_SUMS 1
#define OBJECTIVE_GAP_SCALE 2.0f
#define OBJECTIVE_HAS_SETUP

typedef struct { real A, half, slope; } coefficients; /* half: a / 2, slope: 2 A a */
typedef nothing constants;
typedef struct { real q; } sums;

/* `near`: a x / 2 is a small number */
FN void sinh_and_cosh(coefficients c, real x, int near, real *S, real *C)
{
    if (near) SINHCOSH_OF_NEAR(c.half * x, S, C);
    else SINHCOSH(c.half * x, S, C);
}
FN void accumulate_at(coefficients c, real x, int near, sums *s)
{
    real S, C;
    sinh_and_cosh(c, x, near, &S, &C);
    s->q = FMA(c.A * S, S, s->q);
}
FN real gradient_at(coefficients c, real x, int near)
{
    real S, C;
    sinh_and_cosh(c, x, near, &S, &C);
    return (c.slope * S) * C;
}
FN void accumulate(coefficients c, constants k, real x, sums *s) { accumulate_at(c, x, 0, s); }
FN real gradient(coefficients c, constants k, real x, sums s) { return gradient_at(c, x, 0); }
#define OBJECTIVE_REACH SINHCOSH_NEAR
/* There S is a polynomial with positive coefficients, and |gradient| <= K0 |x| sinh(2 u) / (2 u) with u = |a x / 2| <= 0.34375: 1.081 K0 |x| */
#define OBJECTIVE_CONTRACTS 1.09
FN real reach(coefficients c, constants k, real x) { return c.half * x; }
FN void accumulate_near(coefficients c, constants k, real x, sums *s) { accumulate_at(c, x, 1, s); }
FN real gradient_near(coefficients c, constants k, real x, sums s) { return gradient_at(c, x, 1); }
FN real curvature(coefficients c, constants k, real x, sums s)
{
    real S, C;
    SINHCOSH(c.half * x, &S, &C);
    return c.slope * c.half * FMA(S + S, S, R(1.0f));
}
FN void setup(const double *parameters, double table, long long index, double *c)
{
    c[0] = table * parameters[0] / parameters[1];
    c[1] = 0.5 * scalar_sqrt(parameters[1]);
    c[2] = 4.0 * c[0] * c[1];
}
FN double smoothness(const double *parameters, const double *c, double *K0, double *K)
{
    *K0 = scalar_larger(*K0, c[1] * c[2]);
    *K = parameters[1];
    return 1.0;
}
