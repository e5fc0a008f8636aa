/* objective_probe.c: gap, gradient, curvature and smoothness of an objective at a point, through the objective's own header, and whether its promises hold there, for
 * test_objectives.py. Coordinates are added in ascending order (one lane). */
#include "target_c.h"
#include "math.h"
#include "objective.h"

static double first(real v) { return (double)((const scalar_real *)&v)[0]; }

/* what promises_cpu.h needs of the rest of a kernel */
static scalar_real get_lane(const real *vector, int simd) { return ((const scalar_real *)vector)[simd]; }
static int gap_is_finite(double gap_now) { return gap_now - gap_now == 0.0; }
/* of c [d][8] */
static coefficients coefficients_of(const scalar_real *c, long long i)
{
    coefficients here;
    __builtin_memset(&here, 0, sizeof here);
    for (int j = 0; j < OBJECTIVE_COEFFICIENTS; j++) ((real *)&here)[j] = R(c[8 * i + j]);
    return here;
}
#include "promises_cpu.h"

/* parameters [8], table [d], x [d]; out: gradient [d], curvature [d], scalars {gap, sharpness, K0, K, rho}. Returns the promise that is broken, or NULL. */
const char *probe(const double *parameters, const double *table, long d, const double *x, double *out_gradient, double *out_curvature,
           double *scalars)
{
    double constant[8] = {0};
    scalar_real number[8 * 32] = {0}, point[32];
    constants k;
    sums s;
    real largest = R(0.0f);
    __builtin_memset(&k, 0, sizeof k);
    setup_constants(parameters, constant);
    for (int j = 0; j < OBJECTIVE_CONSTANTS; j++) ((real *)&k)[j] = R((scalar_real)constant[j]);
    for (int j = 0; j < OBJECTIVE_SUMS; j++) ((real *)&s)[j] = R(0.0f);
    scalars[2] = scalars[3] = 0.0;
    for (int pass = 0; pass < 2; pass++) {
        if (pass == 1) complete(k, &s);
        for (long i = 0; i < d; i++) {
            double one[8] = {0};
            coefficients c;
            real here = state_of(R((scalar_real)x[i]));
            __builtin_memset(&c, 0, sizeof c);
            setup(parameters, table[i], i, one);
            for (int j = 0; j < OBJECTIVE_COEFFICIENTS; j++) ((real *)&c)[j] = R((scalar_real)one[j]);
            if (pass == 0) {
                accumulate(c, k, here, &s);
                scalars[4] = smoothness(parameters, one, &scalars[2], &scalars[3]);
                continue;
            }
            out_gradient[i] = first(gradient(c, k, here, s));
            real bend = curvature(c, k, here, s);
            out_curvature[i] = first(bend);
            largest = SEL(LT(largest, bend), bend, largest);
        }
    }
    scalars[0] = first(gap(k, s));
    scalars[1] = first(sharpness(k, s, largest));
    for (long i = 0; i < d; i++) {
        double one[8] = {0};
        setup(parameters, table[i], i, one);
        for (int j = 0; j < OBJECTIVE_COEFFICIENTS; j++) number[8 * i + j] = (scalar_real)one[j];
        point[i] = (scalar_real)first(state_of(R((scalar_real)x[i])));
    }
    return examine_promises(point, number, d, k, &s, scalars[2]);
}
