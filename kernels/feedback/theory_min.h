/* theory_min.h: eta = c min(1 / K0, gap^{-rho} / (3^rho K)): the form of Liu et al., arXiv 2509.07972, whose factor 3^rho is slack (see
 * theory.h). Parameters: c, K0, K, rho. */
#define FEEDBACK_PARAMETERS 4
#define FEEDBACK_SCALES_RAMP 0
#define FEEDBACK_SEES 0
FN f64 feedback_step_size(f64 ramp, seen at, const f64 *p)
{
    (void)ramp;
    f64 near = F64(1.0) / p[1], far = F64(1.0) / (pow_f64(F64(3.0), p[3]) * p[2] * pow_f64(at.gap, p[3]));
    return p[0] * sel_f64(lt_f64(near, far), near, far);
}
