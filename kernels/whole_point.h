/* whole_point.h: for objectives of few coordinates that all meet in one formula. Every coordinate is a sum of its own, so that each lane
 * knows the whole point w; the header's `complete` fills gap and gradient from it. Coefficient: the number of the coordinate, from 1. */
#ifndef WS_WHOLE_POINT_H
#define WS_WHOLE_POINT_H
#define OBJECTIVE_COUPLED 1
#define OBJECTIVE_WHOLE_POINT 1
#define OBJECTIVE_COEFFICIENTS 1
#define OBJECTIVE_CONSTANTS 0
#define OBJECTIVE_SUMS WS_DIM
#define OBJECTIVE_HAS_COMPLETE
#define OBJECTIVE_HAS_SETUP
#ifndef OBJECTIVE_HAS_HESSIAN
#define OBJECTIVE_HAS_SHARPNESS
#endif

ASSERT_STATIC(WS_DIM <= 32, at_most_32_coordinates_know_each_other);

typedef struct { real number; } coefficients;
typedef nothing constants;
typedef struct { real w[WS_DIM], gradient[WS_DIM], gap; } sums; /* the point; of it, after complete */

FN mask is_number(coefficients c, int j) { return EQ(c.number, R((scalar_real)(j + 1))); }

FN void accumulate(coefficients c, constants k, real x, sums *s)
{
    for (int j = 0; j < WS_DIM; j++) s->w[j] = s->w[j] + SEL(is_number(c, j), x, R(0.0f));
}
FN real gap(constants k, sums s)
{
    return s.gap;
}
FN real gradient(coefficients c, constants k, real x, sums s)
{
    real g = R(0.0f);
    for (int j = 0; j < WS_DIM; j++) g = SEL(is_number(c, j), s.gradient[j], g);
    return g;
}
FN void put_coordinate(coefficients c, int i, real x, sums *s) { s->w[i] = R(0.0f) + x; }
FN const real *gradient_of_point(constants k, const sums *s, real *room) { return s->gradient; }
FN void setup(const double *parameters, double table, long long index, double *c)
{
    c[0] = (double)(index + 1);
}
#endif
