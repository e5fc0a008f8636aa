/* gradient_descent.h: x_{t+1} = x_t - eta_t g_t, one rounding a coordinate. With a noise it is stochastic gradient descent. */
#define METHOD_ZERO_STAYS
#define METHOD_IS_GRADIENT /* the direction is the gradient */
FN real method_direction(real x, real g, real *state, const real *c, const real *n)
{
    (void)x;
    (void)state;
    (void)c;
    (void)n;
    return g;
}
