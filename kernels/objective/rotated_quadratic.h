/* rotated_quadratic.h: f(x) = 1/2 z^T diag(a) z, z = H x, H = I - 2 v v^T / (v^T v), v_i = 1 + i,  f* = 0.
 *
 * The same function as quadratic.h in other axes: in exact arithmetic every trajectory is the same; in floating point rounding feeds
 * modes that a diagonal run loses to underflow, so that a step above 2 / max a is found out. Every coordinate knows the whole point and all
 * eigenvalues (2 d sums, d at most 16). Table: the eigenvalues a_i. */
#define OBJECTIVE_COUPLED 1
#define OBJECTIVE_WHOLE_POINT 1
#define OBJECTIVE_COEFFICIENTS 2
#define OBJECTIVE_CONSTANTS 0
#define OBJECTIVE_SUMS (2 * WS_DIM)
#define OBJECTIVE_HAS_COMPLETE
#define OBJECTIVE_HAS_SETUP

ASSERT_STATIC(WS_DIM <= 16, a_rotated_quadratic_has_at_most_16_coordinates);

typedef struct { real number, a; } coefficients;
typedef nothing constants;
typedef struct { real x[WS_DIM], a[WS_DIM], gradient[WS_DIM], gap; } sums;

FN void accumulate(coefficients c, constants k, real x, sums *s)
{
    for (int j = 0; j < WS_DIM; j++) {
        mask here = EQ(c.number, R((scalar_real)(j + 1)));
        s->x[j] = s->x[j] + SEL(here, x, R(0.0f));
        s->a[j] = s->a[j] + SEL(here, c.a, R(0.0f));
    }
}
/* H y, in place */
FN void reflect(real *y)
{
    real along = R(0.0f);
    for (int j = 0; j < WS_DIM; j++) along = FMA(R((scalar_real)(j + 1)), y[j], along);
    along = along / R((scalar_real)(WS_DIM * (WS_DIM + 1) * (2 * WS_DIM + 1) / 12.0)); /* v^T v / 2 */
    for (int j = 0; j < WS_DIM; j++) y[j] = FMA(R((scalar_real)-(j + 1)), along, y[j]);
}
FN void complete(constants k, sums *s)
{
    real z[WS_DIM], sum = R(0.0f);
    for (int j = 0; j < WS_DIM; j++) z[j] = s->x[j];
    reflect(z);
    for (int j = 0; j < WS_DIM; j++) {
        sum = FMA(s->a[j] * z[j], z[j], sum);
        s->gradient[j] = s->a[j] * z[j];
    }
    s->gap = R(0.5f) * sum;
    reflect(s->gradient);
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
FN void put_coordinate(coefficients c, int i, real x, sums *s)
{
    s->x[i] = R(0.0f) + x;
    s->a[i] = R(0.0f) + c.a;
}
FN const real *gradient_of_point(constants k, const sums *s, real *room) { return s->gradient; }
FN real curvature(coefficients c, constants k, real x, sums s)
{
    return c.a;
}
FN void setup(const double *parameters, double table, long long index, double *c)
{
    c[0] = (double)(index + 1);
    c[1] = table;
}
#define OBJECTIVE_K_IS_ZERO
FN double smoothness(const double *parameters, const double *c, double *K0, double *K)
{
    *K0 = scalar_larger(*K0, c[1]);
    return 1.0;
}
