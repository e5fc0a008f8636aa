/* gradient_descent.h: x_{t+1} = x_t - eta_t g_t, one rounding a coordinate. With a noise it is stochastic gradient descent. */
FN real method_step(real x, real g, real eta)
{
    return FNMA(eta, g, x);
}
