/* tanh_net.h: a network of one hidden layer of h units and a teacher of the same shape, about the teacher's weights
 * f(w) = 1/(2n) sum_i r_i^2,  r_i = sum_k v_k tanh(W_k.x_i) - sum_k v*_k tanh(W*_k.x_i),  (v, W) = (v*, W*) + w,  f* = 0 at w = 0.
 *
 * Unit k has the coordinates k (m + 1) ... : its m input weights, then its output weight; d = h (m + 1). Inputs, teacher, and the teacher's fields
 * a = W*_k.x_i with their tanh are constants of the kernel (OBJECTIVE_DATA, _TEACHER, _FIELD, _ACTIVE: src/plan/data_matrix.c). With
 * b = (W_k - W*_k).x_i a unit misses its target by tanh(a + b) - tanh(a) = tanh(b) (1 - tanh(a) tanh(a + b)): no cancellation at the
 * teacher. No global smoothness constants. Sharpness: the dense Hessian, mean of grad r grad r^T + r Hess r. */
#define OBJECTIVE_UNIT (WS_DIM / OBJECTIVE_HIDDEN) /* coordinates of a unit: m + 1 */
#define OBJECTIVE_COLUMNS (OBJECTIVE_UNIT - 1)
#define OBJECTIVE_HAS_HESSIAN
#include "rows.h"
#include "whole_point.h"
#define OBJECTIVE_HAS_ROWS
#define OBJECTIVE_HAS_NO_SMOOTHNESS

ASSERT_STATIC(WS_DIM == OBJECTIVE_HIDDEN * OBJECTIVE_UNIT && OBJECTIVE_UNIT > 1, units_are_alike);

CONSTANT scalar_real objective_teacher[WS_DIM] = {OBJECTIVE_TEACHER};
CONSTANT scalar_real objective_field[OBJECTIVE_ROWS * OBJECTIVE_HIDDEN] = {OBJECTIVE_FIELD};
CONSTANT scalar_real objective_active[OBJECTIVE_ROWS * OBJECTIVE_HIDDEN] = {OBJECTIVE_ACTIVE};

FN int output_weight(int unit) { return unit * OBJECTIVE_UNIT + OBJECTIVE_UNIT - 1; }

/* r of a row; tanh of every unit. */
FN real residual(const sums *s, int row, real *active)
{
    real r = R(0.0f), off[OBJECTIVE_HIDDEN];
    EACH(OBJECTIVE_HIDDEN) {
        off[j] = R(0.0f);
        for (int i = 0; i < OBJECTIVE_COLUMNS; i++) off[j] = FMA(row_number(row, i), s->w[j * OBJECTIVE_UNIT + i], off[j]);
    }
    EACH(OBJECTIVE_HIDDEN) active[j] = TANH(R(objective_field[row * OBJECTIVE_HIDDEN + j]) + off[j]);
    EACH(OBJECTIVE_HIDDEN) off[j] = TANH(off[j]);
    EACH(OBJECTIVE_HIDDEN) {
        r = FMA(s->w[output_weight(j)], active[j], r);
        r = FMA(R(objective_teacher[output_weight(j)]), off[j] * FMA(-R(objective_active[row * OBJECTIVE_HIDDEN + j]), active[j], R(1.0f)), r);
    }
    return r;
}
/* of r: to the output weight it is active[k], to input weight j it is `to_field` times input j */
FN real to_field(const sums *s, int unit, real active)
{
    return (R(objective_teacher[output_weight(unit)]) + s->w[output_weight(unit)]) * FMA(-active, active, R(1.0f));
}

/* Gap and gradient in one pass over the rows. `sampled`: the gradient of a batch of `size` rows, in which row i is share[i] times. */
FN void over_rows(sums *s, int sampled, const real *share, real size)
{
    real square = R(0.0f);
    for (int j = 0; j < WS_DIM; j++) s->gradient[j] = R(0.0f);
    for (int i = 0; i < OBJECTIVE_ROWS; i++) {
        real active[OBJECTIVE_HIDDEN], r = residual(s, i, active);
        square = FMA(r, r, square);
        if (sampled) r = SEL(EQ(share[i], R(0.0f)), R(0.0f), share[i] * r);
        for (int k = 0; k < OBJECTIVE_HIDDEN; k++) {
            real back = r * to_field(s, k, active[k]);
            for (int j = 0; j < OBJECTIVE_COLUMNS; j++) s->gradient[k * OBJECTIVE_UNIT + j] = FMA(back, row_number(i, j), s->gradient[k * OBJECTIVE_UNIT + j]);
            s->gradient[output_weight(k)] = FMA(r, active[k], s->gradient[output_weight(k)]);
        }
    }
    s->gap = R(0.5f) * square / R((scalar_real)OBJECTIVE_ROWS);
    for (int j = 0; j < WS_DIM; j++) s->gradient[j] = s->gradient[j] / size;
}
FN void complete(constants k, sums *s) { over_rows(s, 0, 0, R((scalar_real)OBJECTIVE_ROWS)); }
FN void complete_sampled(constants k, sums *s, const real *share, real size) { over_rows(s, 1, share, size); }

FN void hessian(constants k, const sums *s, real *matrix)
{
    for (int j = 0; j < WS_DIM * WS_DIM; j++) matrix[j] = R(0.0f);
    for (int i = 0; i < OBJECTIVE_ROWS; i++) {
        real active[OBJECTIVE_HIDDEN], slope[WS_DIM], r = residual(s, i, active) / R((scalar_real)OBJECTIVE_ROWS);
        for (int u = 0; u < OBJECTIVE_HIDDEN; u++) {
            int first = u * OBJECTIVE_UNIT, last = output_weight(u);
            real there = to_field(s, u, active[u]), flat = FMA(-active[u], active[u], R(1.0f)), bend = R(-2.0f) * active[u] * there;
            slope[last] = active[u];
            for (int j = first; j < last; j++) {
                slope[j] = there * row_number(i, j - first);
                real cross = r * (flat * row_number(i, j - first));
                matrix[j * WS_DIM + last] = matrix[j * WS_DIM + last] + cross;
                matrix[last * WS_DIM + j] = matrix[last * WS_DIM + j] + cross;
                for (int l = first; l < last; l++)
                    matrix[j * WS_DIM + l] = FMA(r * bend * row_number(i, j - first), row_number(i, l - first), matrix[j * WS_DIM + l]);
            }
        }
        for (int a = 0; a < WS_DIM; a++)
            for (int b = 0; b < WS_DIM; b++) matrix[a * WS_DIM + b] = FMA(slope[a] / R((scalar_real)OBJECTIVE_ROWS), slope[b], matrix[a * WS_DIM + b]);
    }
}
