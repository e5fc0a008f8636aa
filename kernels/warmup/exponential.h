/* exponential.h: exponential warmup, phi(u) = (e^{alpha u} - 1) / (e^alpha - 1) (Gaido et al. 2025, arXiv 2505.23420).
 * Parameters: alpha > 0; alpha -> 0 is linear. */
#define WARMUP_PARAMETERS 1
FN f64 warmup_factor(f64 u, const f64 *p)
{
    return expm1_f64(p[0] * u) / expm1_f64(p[0]);
}
