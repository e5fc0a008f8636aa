/* sharpness.h: eta = c / sharpness at x_t: at c = 2 the edge of stability. Parameters: c. */
#define FEEDBACK_PARAMETERS 1
#define FEEDBACK_SCALES_RAMP 0
#define FEEDBACK_SEES SEES_SHARPNESS
FN f64 feedback_step_size(f64 ramp, seen at, const f64 *p)
{
    (void)ramp;
    return p[0] / at.sharpness;
}
