/* cosine.h: cosine warmup, phi(u) = (1 - cos(pi u)) / 2: slow at both ends. */
#define WARMUP_PARAMETERS 0
FN f64 warmup_factor(f64 u, const f64 *parameters)
{
    f64 sine, cosine;
    (void)parameters;
    sincos_f64(F64(3.14159265358979323846) * u, &sine, &cosine);
    return F64(0.5) * (F64(1.0) - cosine);
}
