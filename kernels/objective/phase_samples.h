/* phase_samples.h: phase retrieval of e_0 from n samples, about the solution  f(u) = 1/(4n) sum ((z_i.(e_0 + u))^2 - (z_i.e_0)^2)^2,  f* = 0 at
 * u = 0 and u = -2 e_0.
 *
 * With m = z_i.u and q = z_i.e_0 a row's square misses its target by r = m (m + 2 q), without cancellation. Bend 2 (m + q)^2 + r = 3 r + 2 q^2, and
 * the mean of |r| is at most 2 sqrt(f): rho = 1/2, K0 = largest eigenvalue of (2/n) Z^T diag(q^2) Z, K = 6 max |z_i|^2. */
#include "rows.h"

FN real missed(real m, int row) { return m * FMA(R(2.0f), row_number(row, 0), m); }
FN real loss(real m, int row)
{
    real r = missed(m, row);
    return R(0.25f) * (r * r);
}
FN real loss_slope(real m, int row) { return missed(m, row) * (m + row_number(row, 0)); }
FN real loss_bend(real m, int row)
{
    real all = m + row_number(row, 0);
    return FMA(R(2.0f) * all, all, missed(m, row));
}

#include "margins.h"

FN double smoothness(const double *parameters, const double *c, double *K0, double *K)
{
    real bend[OBJECTIVE_ROWS];
    for (int i = 0; i < OBJECTIVE_ROWS; i++) bend[i] = R(2.0f) * (row_number(i, 0) * row_number(i, 0));
    *K0 = bound_of_bends(bend);
    *K = 6.0 * largest_row();
    return 0.5;
}
