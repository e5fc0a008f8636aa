/* polynomial.h: polynomial warmup, phi(u) = u^power; power 1/2 is the square-root ramp. Parameters: power. */
#define WARMUP_PARAMETERS 1
FN f64 warmup_factor(f64 u, const f64 *parameters)
{
    return pow_f64(u, parameters[0]);
}
