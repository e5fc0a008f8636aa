/* lion.h: d = sign(beta1 m + (1 - beta1) g) + weight_decay x, m' = beta2 m + (1 - beta2) g (Chen et al. 2023). Parameters: beta1, beta2, weight_decay.
 * State: m. */
#define METHOD_PARAMETERS 3
#define METHOD_STATES 1
#define METHOD_CONSTANTS 5
FN void method_constants(const double *p, double *c)
{
    c[0] = p[0];
    c[1] = 1.0 - p[0];
    c[2] = p[1];
    c[3] = 1.0 - p[1];
    c[4] = p[2];
}
#define METHOD_HAS_NO_LIMIT
FN real method_direction(real x, real g, real *state, const real *c, const real *n)
{
    (void)n;
    real sign = sign_of(FMA(c[0], state[0], c[1] * g));
    state[0] = FMA(c[2], state[0], c[3] * g);
    return FMA(c[4], x, sign);
}
