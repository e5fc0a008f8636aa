/* gap_ramp.h: eta = ramp min(1, C / gap): a warmup that the loss itself makes, with one parameter. Parameters: C. */
#define FEEDBACK_PARAMETERS 1
#define FEEDBACK_SCALES_RAMP 1
#define FEEDBACK_SEES 0
FN f64 feedback_step_size(f64 ramp, seen at, const f64 *p)
{
    return sel_f64(le_f64(at.gap, p[0]), ramp, ramp * (p[0] / at.gap));
}
