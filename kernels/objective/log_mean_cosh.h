/* log_mean_cosh.h: f(x) = log(1/d sum cosh x_i) = log1p(S / d), S = sum (cosh x_i - 1),  f* = 0.
 *
 * A softmax: curvature is bounded by 1 as that of log_cosh.h, but coordinates are coupled: p_i = cosh x_i / sum cosh x_j, gradient
 * p_i tanh x_i = sinh x_i / (d + S), Hessian diag(p) - g g^T. With E = expm1|x|, D = E / (E + 1): cosh - 1 = E D / 2 and sinh = (E + D) / 2.
 * Not a number where cosh overflows (|x| > 88 in float32, 709 in float64). */
#define OBJECTIVE_HAS_HESSIAN
#include "whole_point.h"

FN void complete(constants k, sums *s)
{
    real sum = R(0.0f);
    for (int j = 0; j < WS_DIM; j++) {
        real E = EXPM1(ABS(s->w[j])), D = E / (E + R(1.0f));
        sum = FMA(R(0.5f) * E, D, sum);
        s->gradient[j] = COPYSIGN(R(0.5f) * (E + D), s->w[j]);
    }
    for (int j = 0; j < WS_DIM; j++) s->gradient[j] = s->gradient[j] / (R((scalar_real)WS_DIM) + sum);
    s->gap = LOG1P(sum / R((scalar_real)WS_DIM));
}
/* p_i - g_i^2 = p_i ((1 - p_i) + p_i sech^2 x_i), without the difference */
FN void hessian(constants k, const sums *s, real *matrix)
{
    real weight[WS_DIM], sum = R(0.0f);
    for (int j = 0; j < WS_DIM; j++) {
        weight[j] = COSH(s->w[j]);
        sum = sum + weight[j];
    }
    for (int i = 0; i < WS_DIM; i++) {
        real others = R(0.0f), p = weight[i] / sum;
        for (int j = 0; j < WS_DIM; j++) {
            if (j != i) others = others + weight[j];
            matrix[i * WS_DIM + j] = -(s->gradient[i] * s->gradient[j]);
        }
        matrix[i * WS_DIM + i] = p * (others / sum + p / weight[i] / weight[i]);
    }
}
#define OBJECTIVE_K_IS_ZERO
FN double smoothness(const double *parameters, const double *c, double *K0, double *K)
{
    *K0 = 1.0;
    return 1.0;
}
