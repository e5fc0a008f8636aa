/* logistic.h: logistic regression on separable data  f(w) = 1/n sum log(1 + e^{-z_i.w}),  z_i = y_i x_i,  f* = 0 (not attained).
 *
 * Curvature of a row is p (1 - p) |z|^2 <= log(1 + e^{-m}) |z|^2: rho = 1, K0 = 0, K = max |z_i|^2. No step is too large at the end: the
 * edge of stability. With data that no direction separates the gap would be wrong by f*. */
#include "logistic_valley.h"

FN real loss(real m, int row) { return softplus_minus(m); }
FN real loss_slope(real m, int row) { return -sigmoid_minus(m); }
FN real loss_bend(real m, int row) { return sigmoid_slope(m); }

#include "margins.h"

FN double smoothness(const double *parameters, const double *c, double *K0, double *K)
{
    *K = largest_row();
    return 1.0;
}
