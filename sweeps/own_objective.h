/* own_objective.h: an objective of your own: separable Huber-like  f(x) = sum w_i p0^2 (sqrt(1 + (x_i / p0)^2) - 1),  f* = 0.
 *
 * A template: copy it beside your sweep file, write your mathematics, try `warmsweep check-objective your.h`. The words and rules are
 * those of docs/own-objective.md. Curvature w_i (1 + (x / p0)^2)^(-3/2) is at most w_i: K0 = max w, K = 0. */
#define OBJECTIVE_COUPLED 0      /* 1: the gradient needs the completed sums */
#define OBJECTIVE_COEFFICIENTS 1 /* members of `coefficients`: one set a coordinate */
#define OBJECTIVE_CONSTANTS 1    /* members of `constants`: shared by all coordinates; here p0 */
#define OBJECTIVE_SUMS 1         /* members of `sums` */

typedef struct { real w; } coefficients; /* objective.spectrum, or 1 */
typedef struct { real width; } constants; /* parameters[0] */
typedef struct { real q; } sums;

/* One coordinate's part of the sums. x = 0 with coefficients 0 must add 0. sqrt(1 + u^2) - 1 would cancel: u^2 / (1 + sqrt(1 + u^2)). */
FN void accumulate(coefficients c, constants k, real x, sums *s)
{
    real u = x / k.width, square = u * u;
    s->q = FMA(c.w, square / (R(1.0f) + SQRT(R(1.0f) + square)), s->q);
}
/* f - f* from the sums */
FN real gap(constants k, sums s)
{
    return k.width * k.width * s.q;
}
/* one coordinate of the gradient; `s` may be read when OBJECTIVE_COUPLED is 1 only */
FN real gradient(coefficients c, constants k, real x, sums s)
{
    real u = x / k.width;
    return c.w * x / SQRT(FMA(u, u, R(1.0f)));
}
/* one coordinate's eigenvalue of the Hessian: the sharpness is the largest */
FN real curvature(coefficients c, constants k, real x, sums s)
{
    real u = x / k.width, below = FMA(u, u, R(1.0f));
    return c.w / (below * SQRT(below));
}
/* |Hessian| <= K0 + K gap^rho: called for every coordinate, raises K0 and K, returns rho. c[0] is this coordinate's coefficient. */
FN double smoothness(const double *parameters, const double *c, double *K0, double *K)
{
    *K0 = scalar_larger(*K0, c[0]);
    return 1.0;
}
