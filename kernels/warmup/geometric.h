/* geometric.h: geometric (exponential) warmup, phi(u) = start^(1 - u): from `start` to 1 in equal ratios. Parameters: start. */
#define WARMUP_PARAMETERS 1
FN f64 warmup_factor(f64 u, const f64 *parameters)
{
    return pow_f64(parameters[0], F64(1.0) - u);
}
