/* weight_decay.h: gradient descent with weight decay: d = g + weight_decay x. Without momentum the coupled form (L2, a part of the gradient)
 * and the decoupled one (x shrinks by eta weight_decay) are the same step. Parameter: weight_decay. */
#define METHOD_PARAMETERS 1
#define METHOD_CONSTANTS 1
FN void method_constants(const double *p, double *c) { c[0] = p[0]; }
#define METHOD_HAS_LIMIT
FN double method_limit(const double *p, double eta) { return 2.0 - eta * p[0]; }
FN real method_direction(real x, real g, real *state, const real *c, const real *n)
{
    (void)state;
    (void)n;
    return FMA(c[0], x, g);
}
