/* margins.h: objectives of a data matrix Z [n][d]  f(w) = 1/n sum_i loss(m_i), m = Z w, for the headers that define
 * loss(m, row), loss_slope(m, row) and loss_bend(m, row) and include this text. n and Z are constants of the kernel (OBJECTIVE_ROWS, OBJECTIVE_DATA).
 *
 * `complete` (whole_point.h) goes through the rows once. Margins and sums over rows are formed in ascending order with fma. Rows can be
 * sampled: OBJECTIVE_HAS_ROWS. */
#ifndef WS_MARGINS_H
#define WS_MARGINS_H
#include "eigenvalue.h"
#include "rows.h"
#include "whole_point.h"
#define OBJECTIVE_HAS_ROWS

FN real margin(const sums *s, int row)
{
    real m = R(0.0f);
    for (int j = 0; j < WS_DIM; j++) m = FMA(R(objective_data[row * WS_DIM + j]), s->w[j], m);
    return m;
}
/* Slope of a row's own loss, which the gradient of a batch is made of. Where the objective leaves out linear terms that cancel in the mean of
 * all rows, it puts them back here (OBJECTIVE_HAS_ROW_SLOPE). */
#ifndef OBJECTIVE_HAS_ROW_SLOPE
FN real row_slope(real slope, int row) { return slope; }
#endif
/* Gap and gradient in one pass over the rows. `sampled`: the gradient of a batch of `size` rows, in which row i is share[i] times. */
FN void over_rows(sums *s, int sampled, const real *share, real size)
{
    s->gap = R(0.0f);
    for (int j = 0; j < WS_DIM; j++) s->gradient[j] = R(0.0f);
    for (int i = 0; i < OBJECTIVE_ROWS; i++) {
        real m = margin(s, i), slope = loss_slope(m, i);
        s->gap = s->gap + loss(m, i);
        if (sampled) slope = SEL(EQ(share[i], R(0.0f)), R(0.0f), share[i] * row_slope(slope, i)); /* a row that is not drawn may overflow */
        for (int j = 0; j < WS_DIM; j++) s->gradient[j] = FMA(slope, R(objective_data[i * WS_DIM + j]), s->gradient[j]);
    }
    s->gap = s->gap / R((scalar_real)OBJECTIVE_ROWS);
    for (int j = 0; j < WS_DIM; j++) s->gradient[j] = s->gradient[j] / size;
}
FN void complete(constants k, sums *s) { over_rows(s, 0, 0, R((scalar_real)OBJECTIVE_ROWS)); }
/* complete, but the gradient is that of a batch (noise/minibatch.h) */
FN void complete_sampled(constants k, sums *s, const real *share, real size) { over_rows(s, 1, share, size); }
/* The largest eigenvalue of Z^T diag(bend) Z / n. */
FN real largest_of_rows(const real *bend)
{
    real matrix[WS_DIM * WS_DIM];
    for (int j = 0; j < WS_DIM * WS_DIM; j++) matrix[j] = R(0.0f);
    for (int i = 0; i < OBJECTIVE_ROWS; i++)
        for (int a = 0; a < WS_DIM; a++) {
            real scaled = bend[i] / R((scalar_real)OBJECTIVE_ROWS) * R(objective_data[i * WS_DIM + a]);
            for (int b = 0; b < WS_DIM; b++) matrix[a * WS_DIM + b] = FMA(scaled, R(objective_data[i * WS_DIM + b]), matrix[a * WS_DIM + b]);
        }
    return largest_symmetric(matrix, WS_DIM);
}
FN real sharpness(constants k, sums s, real largest)
{
    real bend[OBJECTIVE_ROWS];
    for (int i = 0; i < OBJECTIVE_ROWS; i++) bend[i] = loss_bend(margin(&s, i), i);
    return largest_of_rows(bend);
}
/* The same as a bound: rounding must not make it too small. */
FN double bound_of_bends(const real *bend)
{
    real largest = largest_of_rows(bend);
    return (double)((scalar_real *)&largest)[0] * (1.0 + (WS_PRECISION == 32 ? 0x1p-18 : 0x1p-47));
}
/* with one bend for all rows */
FN double bound_of_rows(double bend)
{
    real every[OBJECTIVE_ROWS];
    for (int i = 0; i < OBJECTIVE_ROWS; i++) every[i] = R((scalar_real)bend);
    return bound_of_bends(every);
}
/* the largest |z_i|^2 */
FN double largest_row(void)
{
    double largest = 0.0;
    for (int i = 0; i < OBJECTIVE_ROWS; i++) {
        double square = 0.0;
        for (int j = 0; j < WS_DIM; j++) square += (double)objective_data[i * WS_DIM + j] * (double)objective_data[i * WS_DIM + j];
        largest = scalar_larger(largest, square);
    }
    return largest;
}
#endif
