/* least_squares.h: least squares about the solution  f(w) = 1/(2n) |Z w|^2,  w the distance to the minimiser,  f* = 0.
 *
 * The quadratic of a data matrix; targets Z w* + e, e orthogonal to the columns, change f by a constant only. K0 is the largest
 * eigenvalue of Z^T Z / n, K = 0. */
#define OBJECTIVE_LIGHT
#define OBJECTIVE_ROWS_AT_ONCE (WS_DIM < 8 ? 2 : 4)
FN real loss(real m, int row) { return R(0.5f) * (m * m); }
FN real loss_slope(real m, int row) { return m; }
FN real loss_bend(real m, int row) { return R(1.0f); }

#include "margins.h"

#define OBJECTIVE_K_IS_ZERO
FN double smoothness(const double *parameters, const double *c, double *K0, double *K)
{
    *K0 = bound_of_rows(1.0);
    return 1.0;
}
