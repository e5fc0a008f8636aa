/* margins.h: objectives of a data matrix Z [n][d]  f(w) = 1/n sum_i loss(m_i), m = Z w, for the headers that define
 * loss(m, row), loss_slope(m, row) and loss_bend(m, row) and include this text. n and Z are constants of the kernel (OBJECTIVE_ROWS, OBJECTIVE_DATA).
 *
 * `complete` (whole_point.h) goes through the rows once. Margins and sums over rows are formed in ascending order with fma. Rows can be
 * sampled: OBJECTIVE_HAS_ROWS. */
#ifndef WS_MARGINS_H
#define WS_MARGINS_H
#define OBJECTIVE_HAS_HESSIAN
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
/* Rows that are gone through side by side, so that they hide one another's latency (Zen 3). */
#if WS_LANES == 1
#undef OBJECTIVE_ROWS_AT_ONCE
#define OBJECTIVE_ROWS_AT_ONCE 1
#elif !defined(OBJECTIVE_ROWS_AT_ONCE)
#define OBJECTIVE_ROWS_AT_ONCE 4
#endif
#if WS_DIM <= 8
#define OF_COORDINATES UNROLLED
#else
#define OF_COORDINATES ROLLED
#endif
/* Slope of a row's own loss, which the gradient of a batch is made of. Where the objective leaves out linear terms that cancel in the mean of
 * all rows, it puts them back here (OBJECTIVE_HAS_ROW_SLOPE). */
#ifndef OBJECTIVE_HAS_ROW_SLOPE
FN real row_slope(real slope, int row) { return slope; }
#endif
/* What `count` rows from `first` on add to gap and gradient. `sampled`, share: of over_rows. */
FN void add_rows(sums *s, int first, int count, int sampled, const real *share)
{
    real m[OBJECTIVE_ROWS_AT_ONCE], slope[OBJECTIVE_ROWS_AT_ONCE];
    EACH(count) m[j] = R(0.0f);
    OF_COORDINATES
    for (int k = 0; k < WS_DIM; k++) EACH(count) m[j] = FMA(R(objective_data[(first + j) * WS_DIM + k]), s->w[k], m[j]);
    EACH(count) slope[j] = loss_slope(m[j], first + j);
    EACH(count) m[j] = loss(m[j], first + j);
    EACH(count) s->gap = s->gap + m[j];
    if (sampled)
        EACH(count) slope[j] = SEL(EQ(share[first + j], R(0.0f)), R(0.0f), share[first + j] * row_slope(slope[j], first + j)); /* a row that is not drawn may overflow */
    OF_COORDINATES
    for (int k = 0; k < WS_DIM; k++) EACH(count) s->gradient[k] = FMA(slope[j], R(objective_data[(first + j) * WS_DIM + k]), s->gradient[k]);
}
/* Gap and gradient in one pass over the rows. `sampled`: the gradient of a batch of `size` rows, in which row i is share[i] times. */
FN void over_rows(sums *to, int sampled, const real *share, real size)
{
    enum { WHOLE = OBJECTIVE_ROWS / OBJECTIVE_ROWS_AT_ONCE * OBJECTIVE_ROWS_AT_ONCE };
    sums here = *to, *s = &here; /* of its own, where nothing else is written to */
    s->gap = R(0.0f);
    OF_COORDINATES
    for (int j = 0; j < WS_DIM; j++) s->gradient[j] = R(0.0f);
    ROLLED
    for (int i = 0; i < WHOLE; i += OBJECTIVE_ROWS_AT_ONCE) add_rows(s, i, OBJECTIVE_ROWS_AT_ONCE, sampled, share);
    ROLLED
    for (int i = WHOLE; i < OBJECTIVE_ROWS; i++) add_rows(s, i, 1, sampled, share);
    s->gap = s->gap / R((scalar_real)OBJECTIVE_ROWS);
    for (int j = 0; j < WS_DIM; j++) s->gradient[j] = s->gradient[j] / size;
    *to = here;
}
FN void complete(constants k, sums *s) { over_rows(s, 0, 0, R((scalar_real)OBJECTIVE_ROWS)); }
/* complete, but the gradient is that of a batch (noise/minibatch.h) */
FN void complete_sampled(constants k, sums *s, const real *share, real size) { over_rows(s, 1, share, size); }
/* Z^T diag(bend) Z / n */
FN void bend_of_rows(const real *bend, real *matrix)
{
    for (int j = 0; j < WS_DIM * WS_DIM; j++) matrix[j] = R(0.0f);
    for (int i = 0; i < OBJECTIVE_ROWS; i++)
        for (int a = 0; a < WS_DIM; a++) {
            real scaled = bend[i] / R((scalar_real)OBJECTIVE_ROWS) * R(objective_data[i * WS_DIM + a]);
            for (int b = 0; b < WS_DIM; b++) matrix[a * WS_DIM + b] = FMA(scaled, R(objective_data[i * WS_DIM + b]), matrix[a * WS_DIM + b]);
        }
}
FN void hessian(constants k, const sums *s, real *matrix)
{
    real bend[OBJECTIVE_ROWS];
    for (int i = 0; i < OBJECTIVE_ROWS; i++) bend[i] = loss_bend(margin(s, i), i);
    bend_of_rows(bend, matrix);
}
/* Its largest eigenvalue as a bound: rounding must not make it too small. */
FN double bound_of_bends(const real *bend)
{
    real matrix[WS_DIM * WS_DIM];
    bend_of_rows(bend, matrix);
    real largest = largest_symmetric(matrix, WS_DIM);
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
