/* sign_descent.h: d = sign(g) + weight_decay x, coordinate by coordinate; the sign of 0 is 0. Parameter: weight_decay. */
#define METHOD_PARAMETERS 1
#define METHOD_CONSTANTS 1
FN void method_constants(const double *p, double *c) { c[0] = p[0]; }
#define METHOD_HAS_NO_LIMIT
FN real method_direction(real x, real g, real *state, const real *c, const real *n)
{
    (void)state;
    (void)n;
    return FMA(c[0], x, sign_of(g));
}
