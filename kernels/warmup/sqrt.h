/* sqrt.h: square-root warmup, phi(u) = sqrt(u). */
#define WARMUP_PARAMETERS 0
FN f64 warmup_factor(f64 u, const f64 *parameters)
{
    (void)parameters;
    return sqrt_f64(u);
}
