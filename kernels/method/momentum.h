/* momentum.h: heavy ball as torch.optim.SGD has it: m' = mu m + (1 - dampening) g, d = m'; the first gradient is taken whole. Weight decay is a
 * part of g or, with METHOD_DECOUPLED, of d. On a quadratic of curvature a it is stable while (1 - dampening) eta a < 2 (1 + mu).
 * Parameters: mu, dampening, weight_decay. State: m. */
#define METHOD_PARAMETERS 3
#define METHOD_STATES 1
#define METHOD_CONSTANTS 2
FN void method_constants(const double *p, double *c)
{
    c[0] = p[0];
    c[1] = p[2];
}
#define METHOD_NUMBERS 1
FN void method_numbers(f64 start, int s, const f64 *p, f64 *n)
{
    n[0] = F64(1.0) - p[1];
    if (s == 0) n[0] = sel_f64(lt_f64(start, F64(1.0)), F64(1.0), n[0]);
}
FN double method_settled(const double *p)
{
    (void)p;
    return 1.0;
}
#define METHOD_HAS_LIMIT
FN double method_limit(const double *p, double eta)
{
    double limit = 2.0 * (1.0 + p[0]) / (1.0 - p[1]);
    return METHOD_DECOUPLED ? limit : limit - eta * p[2];
}
FN real method_direction(real x, real g, real *state, const real *c, const real *n)
{
#if !METHOD_DECOUPLED
    g = FMA(c[1], x, g);
#endif
    real m = FMA(c[0], state[0], n[0] * g);
    state[0] = m;
#if METHOD_DECOUPLED
    return FMA(c[1], x, m);
#else
    return m;
#endif
}
