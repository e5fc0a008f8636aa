/* logistic_overlap.h: logistic regression on data that overlap, about its solution w*  f(w) = 1/n sum D(z_i.w, q_i),  w the distance to w*,
 * q_i = 1 / (1 + e^{z_i.w*}),  f* = 0.
 *
 * D(m, q) = log(1 - q + q e^{-m}) + q m is the logistic loss of the row less its value at the solution and its linear term; the linear terms
 * cancel in the mean, because w* is stationary. Written with a = |m| and r = q (m >= 0) or 1 - q (m < 0): log1p(r expm1(-a)) + r a far
 * out, and up to OBJECTIVE_NEAR the series of cumulants of a coin of chance r. Curvature is bounded: K0 = largest eigenvalue of
 * Z^T Z / (4 n), K = 0. Both q and 1 - q are constants of the kernel (OBJECTIVE_ODDS, OBJECTIVE_EVENS). */
#define OBJECTIVE_ROWS_AT_ONCE 3 /* of four too few registers are left */
#define OBJECTIVE_NEAR (WS_PRECISION == 32 ? 0.25f : 0.0078125f)

CONSTANT scalar_real objective_odds[OBJECTIVE_ROWS] = {OBJECTIVE_ODDS};
CONSTANT scalar_real objective_evens[OBJECTIVE_ROWS] = {OBJECTIVE_EVENS};

FN real loss(real m, int row)
{
    real q = R(objective_odds[row]), p = R(objective_evens[row]), a = ABS(m);
    mask below = LT(m, R(0.0f));
    real r = SEL(below, p, q), lean = SEL(below, q - p, p - q), k2 = q * p; /* lean = 1 - 2 r */
    real k4 = FMA(R(-6.0f), k2, R(1.0f)), k5 = lean * FMA(R(-12.0f), k2, R(1.0f));
    real k6 = FMA(k2, FMA(R(120.0f), k2, R(-30.0f)), R(1.0f));
    real series = FMA(a, FMA(a, k6 / R(720.0f), -k5 / R(120.0f)), k4 / R(24.0f));
    series = FMA(a, FMA(a, series, -lean / R(6.0f)), R(0.5f)) * (k2 * (a * a));
    return SEL(LT(a, R(OBJECTIVE_NEAR)), series, FMA(r, a, LOG1P(r * EXPM1(-a))));
}
/* q - q e^{-m} / (1 - q + q e^{-m}) = -q (1 - q) expm1(-m) / (1 + q expm1(-m)), with a and r as above */
FN real loss_slope(real m, int row)
{
    real q = R(objective_odds[row]), p = R(objective_evens[row]), E = EXPM1(-ABS(m));
    real r = SEL(LT(m, R(0.0f)), p, q);
    return COPYSIGN(-(q * p) * E / FMA(r, E, R(1.0f)), m);
}
#define OBJECTIVE_HAS_ROW_SLOPE
FN real row_slope(real slope, int row) { return slope - R(objective_odds[row]); }
FN real loss_bend(real m, int row)
{
    real q = R(objective_odds[row]), p = R(objective_evens[row]), E = EXPM1(-ABS(m));
    real below = FMA(SEL(LT(m, R(0.0f)), p, q), E, R(1.0f));
    return q * p * EXP(-ABS(m)) / (below * below);
}

#include "margins.h"

#define OBJECTIVE_K_IS_ZERO
FN double smoothness(const double *parameters, const double *c, double *K0, double *K)
{
    *K0 = bound_of_rows(0.25);
    return 1.0;
}
