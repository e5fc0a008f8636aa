/* log_quadratic.h: the diagonal quadratic  f(x) = 1/2 sum a_i x_i^2  whose state is M_i = ln|x_i|:  M_i += ln|1 - eta_t a_i|.
 *
 * On a long ramp to peaks above 2 / a_i a mode falls by hundreds of powers of ten before it grows again. As a number x_i it would become 0
 * and stay there, and the trajectory would report a hit that exact arithmetic denies (docs/numerics.md). As a logarithm it never does:
 * only a step of exactly 1 / a_i sets it to -infinity, as it should. Signs do not matter to the gap and are not kept; `gradient` is that
 * of x_i = e^M_i. Modes too small for the gap's sum add 0 to it, which changes no comparison with an eps that is a normal number. */
#define OBJECTIVE_COUPLED 0
#define OBJECTIVE_COEFFICIENTS 1
#define OBJECTIVE_CONSTANTS 0
#define OBJECTIVE_SUMS 1
#define OBJECTIVE_GAP_SCALE 0.5f
#define OBJECTIVE_LONG
#define OBJECTIVE_HAS_STATE
#define OBJECTIVE_HAS_STEP

typedef struct { real a; } coefficients;
typedef nothing constants;
typedef struct { real q; } sums;

FN real state_of(real x) { return LOG(ABS(x)); }
FN real coordinate_of(real x) { return EXP(x); }

FN void accumulate(coefficients c, constants k, real x, sums *s)
{
    s->q = FMA(c.a, EXP(R(2.0f) * x), s->q);
}
FN real gradient(coefficients c, constants k, real x, sums s)
{
    return c.a * EXP(x);
}
/* ln|w + r|, w = 1 - eta a rounded once and r what the rounding lost: exact to a unit in the last place for the smallest eta a, for
 * those next to 1 (an fma: w is 0 only where eta a is 1) and beyond. */
FN real objective_step(coefficients c, constants k, real x, real eta)
{
    real w = FNMA(eta, c.a, R(1.0f)), lost = FNMA(eta, c.a, R(1.0f) - w);
    real rest = SEL(LT(ABS(w), R(0.5f)), R(0.0f), lost / w);
    return x + (LOG(ABS(w)) + rest);
}
FN real curvature(coefficients c, constants k, real x, sums s)
{
    return c.a;
}
#define OBJECTIVE_K_IS_ZERO
FN double smoothness(const double *parameters, const double *c, double *K0, double *K)
{
    *K0 = scalar_larger(*K0, c[0]);
    return 1.0;
}
