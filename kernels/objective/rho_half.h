/* rho_half.h: the separable objective with f_i'' = w_i K0 + K f_i^{1/2} exactly:  f(x) = sum (q_i |x_i| + K x_i^2 / 12)^2,
 * q_i = sqrt(w_i K0 / 2),  f* = 0.
 *
 * In one dimension the bound of generalised smoothness with rho = 1/2 is an equality at every point: the calibration of a fitted
 * exponent, as cosh is for rho = 1. (f = s^2 asks for s'^2 = w K0 / 2 + K s / 3, which s = q |x| + K x^2 / 12 solves.)
 * Table: the weights w_i of the curvature at the minimum. */
#define OBJECTIVE_COUPLED 0
#define OBJECTIVE_COEFFICIENTS 1
#define OBJECTIVE_CONSTANTS 1
#define OBJECTIVE_SUMS 1
#define OBJECTIVE_GAP_SCALE 1.0f
#define OBJECTIVE_SINKS 8
#define OBJECTIVE_HAS_SETUP
#define OBJECTIVE_HAS_SETUP_CONSTANTS

typedef struct { real q; } coefficients;
typedef struct { real bend; } constants; /* K / 12 */
typedef struct { real f; } sums;

FN void accumulate(coefficients c, constants k, real x, sums *s)
{
    real magnitude = ABS(x), root = magnitude * FMA(k.bend, magnitude, c.q);
    s->f = FMA(root, root, s->f);
}
FN real gradient(coefficients c, constants k, real x, sums s)
{
    real bent = k.bend * ABS(x);
    return R(2.0f) * x * ((c.q + bent) * FMA(R(2.0f), bent, c.q));
}
FN real curvature(coefficients c, constants k, real x, sums s)
{
    real magnitude = ABS(x), root = magnitude * FMA(k.bend, magnitude, c.q);
    return R(2.0f) * FMA(R(6.0f) * k.bend, root, c.q * c.q);
}
FN void setup(const double *parameters, double table, long long index, double *c)
{
    c[0] = scalar_sqrt(0.5 * (table * parameters[0]));
}
FN void setup_constants(const double *parameters, double *k)
{
    k[0] = parameters[1] / 12.0;
}
FN double smoothness(const double *parameters, const double *c, double *K0, double *K)
{
    *K0 = scalar_larger(*K0, 2.0 * (c[0] * c[0]));
    *K = parameters[1];
    return 0.5;
}
