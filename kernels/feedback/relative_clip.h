/* relative_clip.h: eta = min(ramp, ratio |x| / |g|), g with the noise: a step changes x by at most `ratio` of its length (as a rule for
 * the spectral norm of a layer: Qi et al., arXiv 2505.21910). Parameters: ratio. */
#define FEEDBACK_PARAMETERS 1
#define FEEDBACK_SCALES_RAMP 1
#define FEEDBACK_SEES (SEES_GRADIENT | SEES_STATE)
FN f64 feedback_step_size(f64 ramp, seen at, const f64 *p)
{
    f64 most = p[0] * sqrt_f64(at.state) / sqrt_f64(at.gradient);
    return sel_f64(lt_f64(most, ramp), most, ramp);
}
