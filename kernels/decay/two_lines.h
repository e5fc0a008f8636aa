/* two_lines.h: two lines: from the peak to the fraction `mid` at the part `knee` of the way, then to the floor at the horizon (with a
 * linear warmup: the linear one-cycle policy of optax). Parameters: horizon, floor, mid, knee in (0, 1). */
#define DECAY_PARAMETERS 4
FN f64 decay_factor(f64 t, f64 warmup_steps, const f64 *p)
{
    f64 low = p[1], mid = p[2], knee = p[3];
    f64 part = decay_part(decay_gone(t, warmup_steps), decay_length(warmup_steps, p[0]));
    f64 first = F64(1.0) + (mid - F64(1.0)) * part / knee;
    f64 second = mid + (low - mid) * (part - knee) / (F64(1.0) - knee);
    f64 factor = sel_f64(lt_f64(part, F64(1.0)), sel_f64(lt_f64(part, knee), first, second), low);
    return sel_f64(lt_f64(t, warmup_steps), F64(1.0), factor);
}
FN double decay_settled(double warmup_steps, const double *p) { return decay_end(warmup_steps, p[0]); }
/* the second line may rise: floor above mid */
FN double decay_falling(double warmup_steps, const double *p) { return p[1] <= p[2] ? warmup_steps : decay_end(warmup_steps, p[0]); }
