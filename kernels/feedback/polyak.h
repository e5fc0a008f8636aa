/* polyak.h: Polyak's step size, eta = c gap / |g|^2, g with the noise. Parameters: c. */
#define FEEDBACK_PARAMETERS 1
#define FEEDBACK_SCALES_RAMP 0
#define FEEDBACK_SEES SEES_GRADIENT
FN f64 feedback_step_size(f64 ramp, seen at, const f64 *p)
{
    (void)ramp;
    return p[0] * at.gap / at.gradient;
}
