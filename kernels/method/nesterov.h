/* nesterov.h: Nesterov's momentum as torch.optim.SGD has it, x being the point that looks ahead: m' = mu m + g, d = g + mu m'. Weight decay is
 * a part of g or, with METHOD_DECOUPLED, of d. On a quadratic of curvature a it is stable while eta a < 2 (1 + mu) / (1 + 2 mu).
 * Parameters: mu, weight_decay. State: m. */
#define METHOD_PARAMETERS 2
#define METHOD_STATES 1
#define METHOD_CONSTANTS 2
FN void method_constants(const double *p, double *c)
{
    c[0] = p[0];
    c[1] = p[1];
}
#define METHOD_HAS_LIMIT
FN double method_limit(const double *p, double eta)
{
    double limit = 2.0 * (1.0 + p[0]) / (1.0 + 2.0 * p[0]);
    return METHOD_DECOUPLED ? limit : limit - eta * p[1];
}
FN real method_direction(real x, real g, real *state, const real *c, const real *n)
{
    (void)n;
#if !METHOD_DECOUPLED
    g = FMA(c[1], x, g);
#endif
    real m = FMA(c[0], state[0], g);
    state[0] = m;
    real d = FMA(c[0], m, g);
#if METHOD_DECOUPLED
    return FMA(c[1], x, d);
#else
    return d;
#endif
}
