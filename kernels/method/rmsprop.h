/* rmsprop.h: RMSprop as torch.optim.RMSprop has it: v' = alpha v + (1 - alpha) g^2, m' = mu m + g / (sqrt(v') + epsilon), d = m'. Weight decay is a
 * part of g. Parameters: mu, alpha, epsilon, weight_decay. States: m, v. */
#define METHOD_PARAMETERS 4
#define METHOD_STATES 2
#define METHOD_CONSTANTS 5
FN void method_constants(const double *p, double *c)
{
    c[0] = p[0];
    c[1] = p[1];
    c[2] = 1.0 - p[1];
    c[3] = p[2];
    c[4] = p[3];
}
#define METHOD_HAS_NO_LIMIT
FN real method_direction(real x, real g, real *state, const real *c, const real *n)
{
    (void)n;
    g = FMA(c[4], x, g);
    real v = FMA(c[1], state[1], c[2] * (g * g));
    real m = FMA(c[0], state[0], g / (SQRT(v) + c[3]));
    state[0] = m;
    state[1] = v;
    return m;
}
