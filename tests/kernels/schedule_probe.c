/* schedule_probe.c: kernels/schedule.h over arrays, for test_schedules.py: which schedule is chosen by -D, as a variant's defines do. */
#include "target_c.h"
#include "record.h"
#include "math.h"
#include "schedule.h"

static ws_cell cell_of(double peak, double warmup_steps, double initial, const double *warmup, const double *decay, const double *rule)
{
    ws_cell cell;
    __builtin_memset(&cell, 0, sizeof cell);
    cell.peak = peak;
    cell.warmup_steps = warmup_steps;
    cell.initial = initial;
    for (int i = 0; i < WS_PARAMETERS_MAX; i++) {
        cell.warmup[i] = warmup[i];
        cell.decay[i] = decay[i];
        cell.rule[i] = rule[i];
    }
    return cell;
}
/* eta[count] of t = 0 ... in float64 before any rounding; hints[2]: settled, falling */
void probe_schedule(double peak, double warmup_steps, double initial, const double *warmup, const double *decay, const double *rule, int count,
                    double *eta, double *hints)
{
    ws_cell cell = cell_of(peak, warmup_steps, initial, warmup, decay, rule);
    double numbers[WS_SCHEDULE_PARAMETERS + 1];
    f64 p[WS_SCHEDULE_PARAMETERS + 1];
    schedule_parameters(&cell, numbers);
    for (int i = 0; i < WS_SCHEDULE_PARAMETERS; i++) p[i] = F64(numbers[i]);
#if WS_STEP_SIZES_OF_TIME
    for (int t = 0; t < count; t++) eta[t] = lane_f64(schedule_step_size(F64((double)t), p), 0);
#else
    (void)p;
    (void)count;
    (void)eta;
#endif
    hints[0] = schedule_settled(&cell);
    hints[1] = schedule_falling(&cell);
}
#ifdef WS_FEEDBACK
static seen seen_of(const double *look)
{
    seen at;
    at.gap = F64(look[1]);
    at.gradient = F64(look[2]);
    at.state = F64(look[3]);
    at.sharpness = F64(look[4]);
    return at;
}
/* eta[count] from what is seen: looks [count][5] are the ramp's step size, gap, |g|^2, |x|^2, sharpness */
void probe_feedback(const double *rule, int count, const double *looks, double *eta)
{
    f64 p[WS_PARAMETERS_MAX];
    for (int i = 0; i < WS_PARAMETERS_MAX; i++) p[i] = F64(rule[i]);
    for (int i = 0; i < count; i++) eta[i] = lane_f64(feedback_step_size(F64(looks[5 * i]), seen_of(looks + 5 * i), p), 0);
}
/* the same through schedule_feedback, as an engine calls it */
void probe_guarded(const double *rule, int count, const double *looks, double *eta)
{
    f64 p[WS_SCHEDULE_PARAMETERS + 1];
    for (int i = 0; i < RAMP_PARAMETERS; i++) p[i] = F64(0.0);
    for (int i = 0; i < RULE_PARAMETERS; i++) p[RAMP_PARAMETERS + i] = F64(rule[i]);
    for (int i = 0; i < count; i++) eta[i] = lane_f64(schedule_feedback(F64(looks[5 * i]), seen_of(looks + 5 * i), p), 0);
}
#endif
