/* logistic_overlap.h: logistic regression on data that overlap, about its solution w*  f(w) = 1/n sum D(z_i.w, q_i),  w the distance to w*,
 * q_i = 1 / (1 + e^{z_i.w*}),  f* = 0.
 *
 * D(m, q) = log(1 - q + q e^{-m}) + q m is the logistic loss of the row less its value at the solution and its linear term; the linear terms
 * cancel in the mean, because w* is stationary. Written with a = |m| and r = q (m >= 0) or 1 - q (m < 0): log1p(r expm1(-a)) + r a far
 * out, and up to OBJECTIVE_NEAR the series of cumulants of a coin of chance q. Curvature is bounded: K0 = largest eigenvalue of
 * Z^T Z / (4 n), K = 0. q, 1 - q and the series are constants of the kernel (OBJECTIVE_ODDS, OBJECTIVE_EVENS, OBJECTIVE_CUMULANTS: src/plan/data_matrix.c). */
#define OBJECTIVE_NEAR (WS_PRECISION == 32 ? 0.25f : 0.0078125f)

CONSTANT scalar_real objective_odds[OBJECTIVE_ROWS] = {OBJECTIVE_ODDS};
CONSTANT scalar_real objective_evens[OBJECTIVE_ROWS] = {OBJECTIVE_EVENS};
CONSTANT scalar_real objective_cumulants[5 * OBJECTIVE_ROWS] = {OBJECTIVE_CUMULANTS};

FN real cumulant(int order, int row) { return R(objective_cumulants[5 * row + order - 2]); }

FN real loss(real m, int row)
{
    real q = R(objective_odds[row]), p = R(objective_evens[row]), a = ABS(m);
    real r = SEL(LT(m, R(0.0f)), p, q);
    real series = FMA(m, FMA(m, cumulant(6, row), cumulant(5, row)), cumulant(4, row));
    series = FMA(m, FMA(m, series, cumulant(3, row)), R(0.5f)) * (cumulant(2, row) * (m * m));
    return SEL(LT(a, R(OBJECTIVE_NEAR)), series, FMA(r, a, LOG1P_OF_UNIT(r * EXPM1_OF_NEGATIVE(-a))));
}
/* q - q e^{-m} / (1 - q + q e^{-m}) = -q (1 - q) expm1(-m) / (1 + q expm1(-m)), with a and r as above */
FN real loss_slope(real m, int row)
{
    real q = R(objective_odds[row]), p = R(objective_evens[row]), E = EXPM1_OF_NEGATIVE(-ABS(m));
    real r = SEL(LT(m, R(0.0f)), p, q);
    return COPYSIGN(-cumulant(2, row) * E / FMA(r, E, R(1.0f)), m);
}
#define OBJECTIVE_HAS_ROW_SLOPE
FN real row_slope(real slope, int row) { return slope - R(objective_odds[row]); }
FN real loss_bend(real m, int row)
{
    real q = R(objective_odds[row]), p = R(objective_evens[row]), E = EXPM1_OF_NEGATIVE(-ABS(m));
    real below = FMA(SEL(LT(m, R(0.0f)), p, q), E, R(1.0f));
    return cumulant(2, row) * EXP_OF_NEGATIVE(-ABS(m)) / (below * below);
}

#include "margins.h"

#define OBJECTIVE_K_IS_ZERO
FN double smoothness(const double *parameters, const double *c, double *K0, double *K)
{
    *K0 = bound_of_rows(0.25);
    return 1.0;
}
