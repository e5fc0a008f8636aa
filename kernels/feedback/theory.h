/* theory.h: the step size that the descent lemma of generalised smoothness allows,
 * eta(gap) = 1 / (c0 K0 + c1 K gap^rho): with c0 = c1 = 1 the gap falls at every step (any c > 1/2 is safe).
 * (10, 20) are the constants of Alimisis, Islamov, Lucchi, arXiv 2510.03164; its open-loop shape is a warmup
 * (Liu et al., arXiv 2509.07972). Parameters: c0, c1, K0, K, rho. */
#define FEEDBACK_PARAMETERS 5
#define FEEDBACK_SCALES_RAMP 0
#define FEEDBACK_SEES 0
FN f64 feedback_step_size(f64 ramp, seen at, const f64 *p)
{
    (void)ramp;
    return F64(1.0) / (p[0] * p[2] + p[1] * p[3] * pow_f64(at.gap, p[4]));
}
