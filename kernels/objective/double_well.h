/* double_well.h: separable double well  f(x) = sum w_i (x_i^2 - 1)^2 / 4,  f* = 0 at every point of {-1, 1}^d.
 *
 * Nonconvex: curvature w (3 x^2 - 1) is negative between the inflexions, and x_i = 0 is a stationary point that nothing leaves.
 * rho = 1/2, K0 = 2 max w, K = 6 sqrt(max w), attained outside of the wells. Table: the weights w_i. */
#define OBJECTIVE_COUPLED 0
#define OBJECTIVE_COEFFICIENTS 1
#define OBJECTIVE_CONSTANTS 0
#define OBJECTIVE_SUMS 1
#define OBJECTIVE_GAP_SCALE 0.25f

typedef struct { real w; } coefficients;
typedef nothing constants;
typedef struct { real q; } sums;

/* x^2 - 1 */
FN real above_well(real x) { return (x - R(1.0f)) * (x + R(1.0f)); }

FN void accumulate(coefficients c, constants k, real x, sums *s)
{
    real above = above_well(x);
    s->q = FMA(c.w * above, above, s->q);
}
FN real gradient(coefficients c, constants k, real x, sums s)
{
    return c.w * x * above_well(x);
}
FN real curvature(coefficients c, constants k, real x, sums s)
{
    return c.w * FMA(R(3.0f) * x, x, R(-1.0f));
}
FN double smoothness(const double *parameters, const double *c, double *K0, double *K)
{
    *K0 = scalar_larger(*K0, 2.0 * c[0]);
    *K = scalar_larger(*K, 6.0 * scalar_sqrt(c[0]));
    return 0.5;
}
