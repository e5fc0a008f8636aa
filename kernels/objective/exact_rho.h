/* exact_rho.h: the separable objective with f_i'' = w_i K0 + K f_i^rho exactly, for every rho > 0,  f* = 0.
 *
 * In one dimension the bound of generalised smoothness is an equality at every point: the calibration of a fitted exponent (rho = 1/2 is
 * rho_half.h, a polynomial; rho = 1 is cosh). f = s^2 asks for s'^2 = k/2 + K s^(2 rho) / (2 (1 + rho)), k = w K0, so that s is, but
 * for scales, the one solution of v' = sqrt(1 + v^(2 rho)), v(0) = 0, at y = scale |x|: with E = v / y and g = y v' / v
 *
 *     f = k (x E)^2 / 2,   f' = k x E^2 g,   f'' = k (1 + (1 + rho) ((E g)^2 - 1)),
 *
 * without cancellation. ln E is a table of polynomial pieces over ln y, made for the sweep's rho (src/plan/rho_curve.c): OBJECTIVE_CURVE;
 * g is 1 plus its slope. rho > 1 has a barrier, |x| = 1 / (scale OBJECTIVE_INVERSE_REACH): the gap is infinite from there on, and the variable
 * is ln(y / (1 - y / y*)). Errors: docs/numerics.md.
 * OBJECTIVE_RHO is a constant of the kernel. Table: the weights w_i of the curvature at the minimum; 0 is a flat coordinate. */
#define OBJECTIVE_COUPLED 0
#define OBJECTIVE_COEFFICIENTS 2
#define OBJECTIVE_CONSTANTS 0
#define OBJECTIVE_SUMS 1
#define OBJECTIVE_GAP_SCALE 0.5f
#define OBJECTIVE_LONG
#define OBJECTIVE_HAS_SETUP

typedef struct { real k, scale; } coefficients;
typedef nothing constants;
typedef struct { real q; } sums;

#include "table_row.h"

/* a piece's coefficients, the lowest first */
CONSTANT scalar_real objective_curve[OBJECTIVE_CURVE_PIECES][TABLE_WIDTH(OBJECTIVE_CURVE_DEGREE + 1)] = {OBJECTIVE_CURVE};

/* The piece of place = ln y: the number of its row, and *t from -1/2 to 1/2 in it, beyond in the first and the last, which are lines. */
FN vuint curve_piece(real place, real *t)
{
    const real first = R((scalar_real)OBJECTIVE_CURVE_FIRST), last = R((scalar_real)(OBJECTIVE_CURVE_FIRST + OBJECTIVE_CURVE_PIECES - 1));
    const real density = R((scalar_real)OBJECTIVE_CURVE_DENSITY), magic = R(WS_PRECISION == 32 ? 0x1.8p23f : 0x1.8p52);
    real shifted = GREATER(LESSER(place * density, last), first) + magic;
    *t = FMA(place, density, magic - shifted);
    return BITS(shifted) - BITS(first + magic);
}
/* E and g at y = scale |x|. 0 is left of the first piece; a place that is no number, or infinite, has some finite logarithm, and never chooses a row outside of the
 * table. */
FN void curve(real y, real *E, real *g)
{
    real place = y, bend = R((scalar_real)OBJECTIVE_CURVE_DENSITY), t;
    mask inside = LT(y, INFINITE);
#if OBJECTIVE_BARRIER
    real left = FNMA(R((scalar_real)OBJECTIVE_INVERSE_REACH), y, R(1.0f));
    inside = LT(R(0.0f), left);
    place = y / left;
    bend = bend / left;
#endif
    place = SEL(EQ(place, R(0.0f)), R(-1000.0f), LOG_OF_POSITIVE(place));
    real c[OBJECTIVE_CURVE_DEGREE + 1];
    lookup_row(objective_curve[0], curve_piece(place, &t), OBJECTIVE_CURVE_DEGREE + 1, c);
    real h = c[OBJECTIVE_CURVE_DEGREE], slope = R(0.0f);
    UNROLLED
    for (int n = OBJECTIVE_CURVE_DEGREE - 1; n >= 0; n--) {
        slope = FMA(slope, t, h);
        h = FMA(h, t, c[n]);
    }
    *E = SEL(inside, EXP_OF_POSITIVE(h), INFINITE);
    *g = SEL(inside, FMA(slope, bend, R(1.0f)), R(1.0f));
}

FN void accumulate(coefficients c, constants k, real x, sums *s)
{
    real E, g;
    curve(c.scale * ABS(x), &E, &g);
    real root = x * E;
    s->q = FMA(c.k * root, root, s->q);
}
FN real gradient(coefficients c, constants k, real x, sums s)
{
    real E, g;
    curve(c.scale * ABS(x), &E, &g);
    return (c.k * (x * E)) * (E * g);
}
FN real curvature(coefficients c, constants k, real x, sums s)
{
    real E, g;
    curve(c.scale * ABS(x), &E, &g);
    real steep = E * g;
    return c.k * FMA(R((scalar_real)(1.0 + OBJECTIVE_RHO)) * (steep - R(1.0f)), steep + R(1.0f), R(1.0f));
}
FN void setup(const double *parameters, double table, long long index, double *c)
{
    c[0] = table * parameters[0];
    c[1] = c[0] > 0.0 ? scalar_sqrt(0.5 * c[0]) * scalar_pow(parameters[1] / ((1.0 + OBJECTIVE_RHO) * c[0]), 0.5 / OBJECTIVE_RHO) : 0.0;
}
FN double smoothness(const double *parameters, const double *c, double *K0, double *K)
{
    *K0 = scalar_larger(*K0, c[0]);
    *K = parameters[1];
    return OBJECTIVE_RHO;
}
