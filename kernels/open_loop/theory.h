/* theory.h: the step sizes of theory.h under feedback/ as a warmup that looks at t only: eta_t = c / (K0 + K D_t^rho), where D_t is a bound
 * on the gap of a convex objective along its own steps: D' = -h D^2 / (K0 + K D^rho), h = c (1 - c/2) / R^2, D_0 the gap at the start,
 * R its distance from the minimum. Parameters: c, K0, K, rho <= 1, gap, radius.
 *
 * As D falls slower along this flow than by steps of it, D_t bounds the gap of every step. K0 = 0, rho < 1 is polynomial warmup of degree
 * rho / (1 - rho), rho = 1 geometric warmup. With y = log(D_0 / D), q = 1 - rho, A = K0 / D_0 and B = K D_0^{-q} the flow is
 * A (e^y - 1) + B (e^{qy} - 1) / q = h t: convex in y. The smaller of the roots of the two terms alone is at most a factor 2 too far in
 * t, and from there Newton's steps go down to the root; it is the root where a term is absent. */
#define OPEN_LOOP_PARAMETERS 6
FN f64 open_loop_step_size(f64 t, const f64 *p)
{
    f64 c = p[0], K0 = p[1], K = p[2], rho = p[3], start = p[4], radius = p[5], zero = F64(0.0), one = F64(1.0);
    f64 q = one - rho, A = K0 / start, scale = pow_f64(start, rho), B = K * scale / start;
    f64 time = c * (one - F64(0.5) * c) / (radius * radius) * t;
    m64 flat = eq_f64(q, zero);
    f64 safe = sel_f64(flat, one, q);
    f64 first = log1p_f64(time / A), second = sel_f64(flat, time / B, log1p_f64(q * time / B) / safe);
    first = sel_f64(lt_f64(zero, A), first, second);
    second = sel_f64(lt_f64(zero, B), second, first);
    f64 y = sel_f64(lt_f64(first, second), first, second);
    for (int i = 0; i < 7; i++) {
        f64 grown = expm1_f64(y), part = expm1_f64(q * y);
        f64 value = A * grown + B * sel_f64(flat, y, part / safe) - time, slope = A * (grown + one) + B * (part + one);
        f64 next = y - value / slope;
        y = sel_f64(lt_f64(zero, next), next, zero);
    }
    return c / (K0 + K * scale * exp_f64(-rho * y));
}
FN double open_loop_settled(const double *p)
{
    (void)p;
    return SCHEDULE_NEVER;
}
FN double open_loop_falling(const double *p)
{
    (void)p;
    return SCHEDULE_NEVER;
}
