/* accelerated.h: Nesterov's method for convex objectives, whose momentum grows with t: mu_t = (t - 1) / (t + r - 1), and 0 at t = 0 (Nesterov
 * 1983; r as in Su, Boyd, Candes 2014: 3 is the classical one). x is the point that looks ahead, as in nesterov.h: m' = mu_t m + g,
 * d = g + mu_{t+1} m'. Where eta changes, m holds gradients, not steps. The limit on a quadratic is that of nesterov.h at mu = 1, 4/3.
 * Parameter: r. State: m. */
#define METHOD_PARAMETERS 1
#define METHOD_STATES 1
#define METHOD_NUMBERS 2
FN f64 growing_momentum(f64 t, f64 r)
{
    f64 one = F64(1.0);
    return sel_f64(lt_f64(one, t), (t - one) / (t + (r - one)), F64(0.0));
}
FN void method_numbers(f64 start, int s, const f64 *p, f64 *n)
{
    f64 t = start + F64((double)s);
    n[0] = growing_momentum(t, p[0]);
    n[1] = growing_momentum(t + F64(1.0), p[0]);
}
FN double method_settled(const double *p)
{
    (void)p;
    return SCHEDULE_NEVER;
}
#define METHOD_HAS_LIMIT
FN double method_limit(const double *p, double eta)
{
    (void)p;
    (void)eta;
    return 4.0 / 3.0;
}
FN real method_direction(real x, real g, real *state, const real *c, const real *n)
{
    (void)x;
    (void)c;
    real m = FMA(n[0], state[0], g);
    state[0] = m;
    return FMA(n[1], m, g);
}
