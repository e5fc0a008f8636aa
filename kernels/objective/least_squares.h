/* least_squares.h: least squares about the solution  f(w) = 1/(2n) |Z w|^2,  w the distance to the minimiser,  f* = 0.
 *
 * The quadratic of a data matrix; targets Z w* + e, e orthogonal to the columns, change f by a constant only. K0 is the largest
 * eigenvalue of Z^T Z / n, K = 0. */
FN real loss(real m) { return R(0.5f) * (m * m); }
FN real loss_slope(real m) { return m; }
FN real loss_bend(real m) { return R(1.0f); }

#include "margins.h"

FN double smoothness(const double *parameters, const double *c, double *K0, double *K)
{
    sums s;
    for (int j = 0; j < WS_DIM; j++) s.w[j] = R(0.0f);
    constants k = {0};
    real largest = sharpness(k, s, R(0.0f));
    *K0 = (double)((scalar_real *)&largest)[0] * (1.0 + (WS_PRECISION == 32 ? 0x1p-18 : 0x1p-47)); /* rounding must not make it too small */
    return 1.0;
}
