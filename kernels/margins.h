/* margins.h: objectives of a data matrix Z [n][d]  f(w) = 1/n sum_i loss(m_i), m = Z w, for the headers that define
 * loss(m), loss_slope(m) and loss_bend(m) and include this text. n and Z are constants of the kernel (OBJECTIVE_ROWS, OBJECTIVE_DATA).
 *
 * Every coordinate is a sum of its own, so that each lane knows the whole point; `complete` goes through the rows once and leaves gap and
 * gradient. Margins and sums over rows are formed in ascending order with fma. Coefficient: the number of the coordinate, from 1. */
#ifndef WS_MARGINS_H
#define WS_MARGINS_H
#define OBJECTIVE_COUPLED 1
#define OBJECTIVE_COEFFICIENTS 1
#define OBJECTIVE_CONSTANTS 0
#define OBJECTIVE_SUMS WS_DIM
#define OBJECTIVE_HAS_COMPLETE
#define OBJECTIVE_HAS_SETUP
#define OBJECTIVE_HAS_SHARPNESS

ASSERT_STATIC(WS_DIM <= 32 && OBJECTIVE_ROWS <= 256, data_of_at_most_256_rows_and_32_columns);

typedef struct { real number; } coefficients;
typedef nothing constants;
typedef struct { real w[WS_DIM], gradient[WS_DIM], gap; } sums; /* the point; of it, after complete */

#include "eigenvalue.h"

CONSTANT scalar_real objective_data[OBJECTIVE_ROWS * WS_DIM] = {OBJECTIVE_DATA};

FN real margin(const sums *s, int row)
{
    real m = R(0.0f);
    for (int j = 0; j < WS_DIM; j++) m = FMA(R(objective_data[row * WS_DIM + j]), s->w[j], m);
    return m;
}
FN void complete(constants k, sums *s)
{
    s->gap = R(0.0f);
    for (int j = 0; j < WS_DIM; j++) s->gradient[j] = R(0.0f);
    for (int i = 0; i < OBJECTIVE_ROWS; i++) {
        real m = margin(s, i), slope = loss_slope(m);
        s->gap = s->gap + loss(m);
        for (int j = 0; j < WS_DIM; j++) s->gradient[j] = FMA(slope, R(objective_data[i * WS_DIM + j]), s->gradient[j]);
    }
    s->gap = s->gap / R((scalar_real)OBJECTIVE_ROWS);
    for (int j = 0; j < WS_DIM; j++) s->gradient[j] = s->gradient[j] / R((scalar_real)OBJECTIVE_ROWS);
}
FN void accumulate(coefficients c, constants k, real x, sums *s)
{
    for (int j = 0; j < WS_DIM; j++) s->w[j] = s->w[j] + SEL(EQ(c.number, R((scalar_real)(j + 1))), x, R(0.0f));
}
FN real gap(constants k, sums s)
{
    return s.gap;
}
FN real gradient(coefficients c, constants k, real x, sums s)
{
    real g = R(0.0f);
    for (int j = 0; j < WS_DIM; j++) g = SEL(EQ(c.number, R((scalar_real)(j + 1))), s.gradient[j], g);
    return g;
}
/* of Z^T diag(loss'') Z / n */
FN real sharpness(constants k, sums s, real largest)
{
    real hessian[WS_DIM * WS_DIM];
    for (int j = 0; j < WS_DIM * WS_DIM; j++) hessian[j] = R(0.0f);
    for (int i = 0; i < OBJECTIVE_ROWS; i++) {
        real bend = loss_bend(margin(&s, i)) / R((scalar_real)OBJECTIVE_ROWS);
        for (int a = 0; a < WS_DIM; a++)
            for (int b = 0; b < WS_DIM; b++)
                hessian[a * WS_DIM + b] = FMA(bend * R(objective_data[i * WS_DIM + a]), R(objective_data[i * WS_DIM + b]), hessian[a * WS_DIM + b]);
    }
    return largest_symmetric(hessian, WS_DIM);
}
FN void setup(const double *parameters, double table, long long index, double *c)
{
    c[0] = (double)(index + 1);
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
