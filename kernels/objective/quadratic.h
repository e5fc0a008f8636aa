/* quadratic.h: diagonal quadratic  f(x) = 1/2 sum a_i x_i^2,  f* = 0.
 *
 * Curvature does not grow with the gap: the control in which warmup cannot help, and the one with closed-form hitting times
 * (gap_t = 1/2 sum a_i x_{0,i}^2 prod_s (1 - eta_s a_i)^2). Smoothness: |Hessian| <= max a_i, K = 0. Table: the eigenvalues. */
#define OBJECTIVE_COUPLED 0
#define OBJECTIVE_COEFFICIENTS 1
#define OBJECTIVE_CONSTANTS 0
#define OBJECTIVE_SUMS 1
#define OBJECTIVE_GAP_SCALE 0.5f
#define OBJECTIVE_ZERO_STAYS
#define OBJECTIVE_LIGHT
#define OBJECTIVE_IS_SQUARES /* the step is linear, the sum that of a x^2: scaled_cpu.h */
#define OBJECTIVE_CONTRACTS 1.0

typedef struct { real a; } coefficients;
typedef nothing constants;
typedef struct { real q; } sums;

FN void accumulate(coefficients c, constants k, real x, sums *s)
{
    s->q = FMA(c.a * x, x, s->q);
}
FN real gradient(coefficients c, constants k, real x, sums s)
{
    return c.a * x;
}
FN real curvature(coefficients c, constants k, real x, sums s)
{
    return c.a;
}
#define OBJECTIVE_K_IS_ZERO
FN double smoothness(const double *parameters, const double *c, double *K0, double *K)
{
    *K0 = scalar_larger(*K0, c[0]);
    return 1.0;
}
