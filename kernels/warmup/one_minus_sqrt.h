/* one_minus_sqrt.h: phi(u) = 1 - sqrt(1 - u): slow at first, steep at the peak (one of the shapes of transformers' warmup-stable-decay). */
#define WARMUP_PARAMETERS 0
FN f64 warmup_factor(f64 u, const f64 *parameters)
{
    (void)parameters;
    return F64(1.0) - sqrt_f64(F64(1.0) - u);
}
