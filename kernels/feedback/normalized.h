/* normalized.h: eta = ramp / |g|, g with the noise: the ramp's step size is the length of the step. */
#define FEEDBACK_PARAMETERS 0
#define FEEDBACK_SCALES_RAMP 1
#define FEEDBACK_SEES SEES_GRADIENT
FN f64 feedback_step_size(f64 ramp, seen at, const f64 *p)
{
    (void)p;
    return ramp / sqrt_f64(at.gradient);
}
