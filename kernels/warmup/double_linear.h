/* double_linear.h: two lines: to the fraction `mid` of the peak at u = knee, then to the peak (the piecewise warmup of OWSM and of
 * Gaido et al. 2025). Parameters: mid, knee in (0, 1). */
#define WARMUP_PARAMETERS 2
FN f64 warmup_factor(f64 u, const f64 *p)
{
    f64 mid = p[0], knee = p[1];
    f64 first = mid * u / knee, second = mid + (F64(1.0) - mid) * (u - knee) / (F64(1.0) - knee);
    return sel_f64(le_f64(u, knee), first, second);
}
