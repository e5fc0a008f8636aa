/* power.h: separable power  f(x) = sum a_i |x_i|^p / p,  p >= 2,  f* = 0.
 *
 * Curvature vanishes at the minimum: K0 = 0 and rho = (p - 2) / p exactly (attained in one dimension), K = (p - 1) p^rho
 * max a_i^{2/p}. p = 3, 4, 6 give rho = 1/3, 1/2, 2/3. Table: the weights a_i.
 * OBJECTIVE_P is a constant of the kernel; a whole p (OBJECTIVE_P_INTEGER 1) costs multiplications only. */
#define OBJECTIVE_COUPLED 0
#define OBJECTIVE_COEFFICIENTS 1
#define OBJECTIVE_CONSTANTS 0
#define OBJECTIVE_SUMS 1

typedef struct { real a; } coefficients;
typedef struct { char none; } constants;
typedef struct { real q; } sums;

/* |x|^(p-2) */
FN real power_less_two(real x)
{
    real magnitude = ABS(x);
#if OBJECTIVE_P_INTEGER
    real result = R(1.0f), square = magnitude;
    for (int n = OBJECTIVE_P - 2; n > 0; n >>= 1) {
        if (n & 1) result = result * square;
        if (n > 1) square = square * square;
    }
    return result;
#else
    return POW(magnitude, R((scalar_real)(OBJECTIVE_P - 2.0)));
#endif
}
FN void accumulate(coefficients c, constants k, real x, sums *s)
{
    (void)k;
    s->q = FMA(c.a * (power_less_two(x) * x), x, s->q);
}
FN real gap(constants k, sums s)
{
    (void)k;
    return s.q / R((scalar_real)(OBJECTIVE_P));
}
FN real gradient(coefficients c, constants k, real x, sums s)
{
    (void)k;
    (void)s;
    return c.a * (power_less_two(x) * x);
}
FN real curvature(coefficients c, constants k, real x, sums s)
{
    (void)k;
    (void)s;
    return R((scalar_real)(OBJECTIVE_P - 1.0)) * (c.a * power_less_two(x));
}
FN real sharpness(constants k, sums s, real largest)
{
    (void)k;
    (void)s;
    return largest;
}

FN void setup(const double *parameters, double table, long long index, double *c)
{
    (void)parameters;
    (void)index;
    c[0] = table;
}
FN void setup_constants(const double *parameters, double *k)
{
    (void)parameters;
    (void)k;
}
FN double smoothness(const double *parameters, const double *c, double *K0, double *K)
{
    (void)parameters;
    (void)K0;
    const double p = OBJECTIVE_P, rho = (p - 2.0) / p;
    double bound = (p - 1.0) * scalar_pow(p, rho) * scalar_pow(c[0], 2.0 / p);
    if (bound > *K) *K = bound;
    return rho;
}
