/* chain.h: a deep scalar network  f(w) = 1/2 (w_0 w_1 ... w_{d-1} - s)^2,  f* = 0.
 *
 * d layers of one neuron; d = 2 is the model of the catapult. On the balanced line curvature grows as gap^{(d-1)/d}, but there is no
 * global bound: unbalanced minima are arbitrarily sharp. Every coordinate is a sum of its own, so that each one forms the product of
 * the others, in ascending order, without division; d is at most 16. Hessian: P_i^2 and P_i P_j + r P_ij, where P leaves out the
 * named factors; its largest eigenvalue by Jacobi rotations. Coefficient: the number of the coordinate, from 1. */
#define OBJECTIVE_COUPLED 1
#define OBJECTIVE_WHOLE_POINT 1
#define OBJECTIVE_COEFFICIENTS 1
#define OBJECTIVE_CONSTANTS 1
#define OBJECTIVE_SUMS WS_DIM
#define OBJECTIVE_HAS_SETUP
#define OBJECTIVE_HAS_HESSIAN
#define OBJECTIVE_HAS_NO_SMOOTHNESS

ASSERT_STATIC(WS_DIM <= 16, a_chain_has_at_most_16_coordinates);

typedef struct { real number; } coefficients;
typedef struct { real target; } constants;
typedef struct { real w[WS_DIM]; } sums;

FN void accumulate(coefficients c, constants k, real x, sums *s)
{
    for (int j = 0; j < WS_DIM; j++) s->w[j] = s->w[j] + SEL(EQ(c.number, R((scalar_real)(j + 1))), x, R(0.0f));
}
/* w_0 ... w_{d-1} - target, the last product and the difference rounded once */
FN real residual(constants k, sums s)
{
    real product = R(1.0f);
    for (int j = 0; j < WS_DIM - 1; j++) product = product * s.w[j];
    return FMA(product, s.w[WS_DIM - 1], -k.target);
}
FN real gap(constants k, sums s)
{
    real r = residual(k, s);
    return R(0.5f) * (r * r);
}
FN real gradient(coefficients c, constants k, real x, sums s)
{
    real others = R(1.0f);
    for (int j = 0; j < WS_DIM; j++) others = others * SEL(EQ(c.number, R((scalar_real)(j + 1))), R(1.0f), s.w[j]);
    return residual(k, s) * others;
}
FN void put_coordinate(coefficients c, int i, real x, sums *s) { s->w[i] = R(0.0f) + x; }
FN const real *gradient_of_point(constants k, const sums *s, real *room)
{
    real r = residual(k, *s);
    UNROLLED
    for (int i = 0; i < WS_DIM; i++) {
        real others = R(1.0f);
        UNROLLED
        for (int j = 0; j < WS_DIM; j++)
            if (j != i) others = others * s->w[j];
        room[i] = r * others;
    }
    return room;
}
FN void hessian(constants k, const sums *s, real *matrix)
{
    real r = residual(k, *s);
    for (int i = 0; i < WS_DIM; i++)
        for (int j = 0; j <= i; j++) {
            real without_i = R(1.0f), without_j = R(1.0f), without_both = R(1.0f);
            for (int l = 0; l < WS_DIM; l++) {
                if (l != i) without_i = without_i * s->w[l];
                if (l != j) without_j = without_j * s->w[l];
                if (l != i && l != j) without_both = without_both * s->w[l];
            }
            real entry = without_i * without_j;
            if (i != j) entry = FMA(r, without_both, entry);
            matrix[i * WS_DIM + j] = matrix[j * WS_DIM + i] = entry;
        }
}
FN void setup(const double *parameters, double table, long long index, double *c)
{
    c[0] = (double)(index + 1);
}
