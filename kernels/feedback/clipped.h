/* clipped.h: gradient clipping, eta = ramp min(1, clip / |g|), g with the noise. Parameters: clip. */
#define FEEDBACK_PARAMETERS 1
#define FEEDBACK_SCALES_RAMP 1
#define FEEDBACK_SEES SEES_GRADIENT
FN f64 feedback_step_size(f64 ramp, seen at, const f64 *p)
{
    f64 norm = sqrt_f64(at.gradient);
    return sel_f64(le_f64(norm, p[0]), ramp, ramp * p[0] / norm);
}
