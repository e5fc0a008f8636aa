/* armijo.h: backtracking of Armijo: eta = ramp beta^j, j = 0, 1, ... the first with gap(x - eta g) <= gap(x) - c eta |g|^2, and j at most
 * `backtracks`: the last step is taken whatever its gap. g with the noise, the gap exact. A trial is one evaluation of the gap; their
 * number is an outcome. Where the gap of x is not finite there is one. Parameters: beta, c, backtracks. */
#define FEEDBACK_PARAMETERS 3
#define FEEDBACK_SCALES_RAMP 1
#define FEEDBACK_SEES SEES_GRADIENT
#define FEEDBACK_TRIES 1
FN f64 feedback_step_size(f64 ramp, seen at, const f64 *p)
{
    (void)at;
    (void)p;
    return ramp;
}
/* Whether trial number j of step size eta is taken, which leads to a gap of `there`. */
FN m64 feedback_accepts(seen at, f64 eta, f64 there, f64 j, const f64 *p)
{
    m64 low = le_f64(there, at.gap - p[1] * (eta * at.gradient)), last = le_f64(p[2], j);
    return or_m64(or_m64(low, last), not_m64(lt_f64(abs_f64(at.gap), infinity_f64())));
}
/* The step size of the next trial, before it is rounded. */
FN f64 feedback_next_trial(f64 eta, const f64 *p) { return p[0] * eta; }
