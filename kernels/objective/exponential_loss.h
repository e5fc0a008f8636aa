/* exponential_loss.h: exponential loss on separable data  f(w) = 1/n sum e^{-z_i.w},  z_i = y_i x_i,  f* = 0 (not attained).
 *
 * |Hessian| <= max |z_i|^2 f: rho = 1, K0 = 0, K = max |z_i|^2; overflows where logistic regression is linear. */
FN real loss(real m, int row) { return EXP(-m); }
FN real loss_slope(real m, int row) { return -EXP(-m); }
FN real loss_bend(real m, int row) { return EXP(-m); }

#include "margins.h"

FN double smoothness(const double *parameters, const double *c, double *K0, double *K)
{
    *K = largest_row();
    return 1.0;
}
