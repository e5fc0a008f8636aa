/* adam_step.h: the text of Adam and its kin (Kingma, Ba 2015): with bias corrections that are functions of t alone,
 *
 *     m' = beta1 m + (1 - beta1) g,  v' = beta2 v + (1 - beta2) g^2,
 *     d = (m' / (1 - beta1^(t+1))) / (sqrt(v') / sqrt(1 - beta2^(t+1)) + epsilon)
 *
 * as torch.optim.Adam has it. ADAM_DECOUPLED: weight decay joins d (Loshchilov, Hutter 2019), else g. ADAM_GRADIENT_INITIALISED: v is g_0^2 at
 * t = 0, so that v' of the first step is g_0^2 whole (Kalra, Barkeshli 2024); the corrections stay.
 * Parameters: beta1, beta2, epsilon, weight_decay. States: m, v. */
#define METHOD_PARAMETERS 4
#define METHOD_STATES 2
#define METHOD_CONSTANTS 5
FN void method_constants(const double *p, double *c)
{
    c[0] = p[0];
    c[1] = 1.0 - p[0];
    c[2] = p[1];
    c[3] = p[2];
    c[4] = p[3];
}
/* 1 / (1 - beta1^(t+1)), 1 / sqrt(1 - beta2^(t+1)), the factor on g^2 */
#define METHOD_NUMBERS 3
FN void method_numbers(f64 start, int s, const f64 *p, f64 *n)
{
    f64 one = F64(1.0);
    n[0] = one / (one - power_after(p[0], start, s));
    n[1] = one / sqrt_f64(one - power_after(p[1], start, s));
    n[2] = one - p[1];
#if ADAM_GRADIENT_INITIALISED
    if (s == 0) n[2] = sel_f64(lt_f64(start, one), one, n[2]);
#endif
}
/* From here on beta^(t+1) is below 2^-54, and 1 - beta^(t+1) is 1. */
FN double method_settled(const double *p)
{
    double beta = scalar_larger(p[0], p[1]), log_beta = lane_f64(log_f64(F64(beta)), 0);
    return 1.0 + 37.43 / -log_beta; /* 54 log 2 */
}
#define METHOD_HAS_NO_LIMIT
FN real method_direction(real x, real g, real *state, const real *c, const real *n)
{
#if !ADAM_DECOUPLED
    g = FMA(c[4], x, g);
#endif
    real m = FMA(c[0], state[0], c[1] * g), v = FMA(c[2], state[1], n[2] * (g * g));
    state[0] = m;
    state[1] = v;
    real d = (n[0] * m) / FMA(n[1], SQRT(v), c[3]);
#if ADAM_DECOUPLED
    return FMA(c[4], x, d);
#else
    return d;
#endif
}
