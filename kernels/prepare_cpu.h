/* prepare_cpu.h: what the kernel computes before and beside trajectories: coefficients and start of a problem, step sizes of a
 * cell, and the self check. Not in any hot path. */
#ifndef WS_PREPARE_CPU_H
#define WS_PREPARE_CPU_H

COLD constants constants_from(const double *constant)
{
    constants k;
    __builtin_memset(&k, 0, sizeof k);
    for (int j = 0; j < OBJECTIVE_CONSTANTS; j++) ((real *)&k)[j] = R((scalar_real)constant[j]);
    return k;
}
COLD coefficients coefficients_of(const scalar_real *c, long long i)
{
    coefficients here;
    __builtin_memset(&here, 0, sizeof here);
    for (int j = 0; j < OBJECTIVE_COEFFICIENTS; j++) ((real *)&here)[j] = R(c[j * (long long)WS_DIM + i]);
    return here;
}

/* The sums of a point x [d], with coefficients c [C][d], in the order of the bit contract. */
COLD sums sums_at(const scalar_real *x, const scalar_real *c, constants k)
{
    enum { GROUPS = (WS_L + WS_LANES - 1) / WS_LANES };
    scalar_real lane[OBJECTIVE_SUMS][WS_L];
    for (int g = 0; g < GROUPS; g++) {
        sums partial = no_sums();
        for (int slot = 0; slot < WS_K; slot++) {
            coefficients here;
            real at = R(0.0f);
            __builtin_memset(&here, 0, sizeof here);
            for (int i = 0; i < WS_LANES; i++) {
                long long index = (long long)slot * WS_L + g * WS_LANES + i;
                if (g * WS_LANES + i >= WS_L || index >= WS_DIM) continue;
                set_lane(&at, i, x[index]);
                for (int j = 0; j < OBJECTIVE_COEFFICIENTS; j++) set_lane((real *)&here + j, i, c[j * (long long)WS_DIM + index]);
            }
            accumulate(here, k, at, &partial);
        }
        for (int i = 0; i < WS_LANES && g * WS_LANES + i < WS_L; i++)
            for (int j = 0; j < OBJECTIVE_SUMS; j++) lane[j][g * WS_LANES + i] = get_lane((real *)&partial + j, i);
    }
    sums total;
    for (int j = 0; j < OBJECTIVE_SUMS; j++) {
        for (int n = WS_L / 2; n >= 1; n /= 2)
            for (int i = 0; i < n; i++) lane[j][i] = lane[j][i] + lane[j][i + n];
        ((real *)&total)[j] = R(lane[j][0]);
    }
    complete(k, &total);
    return total;
}

/* Gap and, where asked for, sharpness and gradient [d] of a point. */
COLD void look_at(const scalar_real *x, const scalar_real *c, const double *constant, double *gap_here, double *sharpness_here, double *gradient_here)
{
    constants k = constants_from(constant);
    sums total = sums_at(x, c, k);
    real result = gap(k, total);
    *gap_here = (double)get_lane(&result, 0);
    for (long long i = 0; gradient_here && i < WS_DIM; i++) {
        result = gradient(coefficients_of(c, i), k, R(x[i]), total);
        gradient_here[i] = (double)get_lane(&result, 0);
    }
    if (!sharpness_here) return;
    scalar_real largest = 0;
    for (long long i = 0; i < WS_DIM; i++) {
        real value = curvature(coefficients_of(c, i), k, R(x[i]), total);
        if (get_lane(&value, 0) > largest) largest = get_lane(&value, 0);
    }
    result = sharpness(k, total, R(largest));
    *sharpness_here = (double)get_lane(&result, 0);
    if (*sharpness_here < 0.0) *sharpness_here = 0.0; /* no positive eigenvalue: 0, as where curvatures are given by coordinate */
}

/* What is kept of a coordinate, and the coordinate again. */
COLD scalar_real state_at(double coordinate)
{
    real state = state_of(R((scalar_real)coordinate));
    return get_lane(&state, 0);
}
COLD double coordinate_at(scalar_real state)
{
    real coordinate = coordinate_of(R(state));
    return (double)get_lane(&coordinate, 0);
}

COLD double gap_at_radius(double radius, const double *direction, scalar_real *x, const scalar_real *c, const double *constant)
{
    double result;
    for (long long i = 0; i < WS_DIM; i++) x[i] = state_at(radius * direction[i]);
    look_at(x, c, constant, &result, 0, 0);
    return result;
}

/* The radius at which the gap is the wanted one, by bisection on the float64 radius: the last radius whose gap is not above it.
 * Monotone along rays for the catalogue's objectives. Returns 0 when the gap cannot be reached. */
COLD int solve_radius(const ws_problem_values *values, const double *direction, scalar_real *x, const scalar_real *c,
                        const double *constant)
{
    double low = 0.0, high = 1.0;
    if (gap_at_radius(0.0, direction, x, c, constant) > values->gap) return 0;
    for (int i = 0; gap_at_radius(high, direction, x, c, constant) <= values->gap; i++) {
        low = high;
        high = 2.0 * high;
        if (i > 200) return 0;
    }
    for (int i = 0; i < 200; i++) {
        double middle = 0.5 * (low + high);
        if (middle <= low || middle >= high) break;
        if (gap_at_radius(middle, direction, x, c, constant) <= values->gap) low = middle;
        else high = middle;
    }
    return low > 0.0 && gap_at_radius(low, direction, x, c, constant) > 0.0;
}

/* Coefficients [C][d], constants and what is known of the objective's smoothness. */
COLD void make_coefficients(const ws_problem_values *values, scalar_real *c, double *constant, ws_problem *problem)
{
    setup_constants(values->parameters, constant);
    problem->rho = 1.0;
    problem->K0 = problem->K = 0.0;
    for (long long i = 0; i < WS_DIM; i++) {
        double one[WS_CONSTANTS_MAX] = {0};
        setup(values->parameters, values->table ? values->table[i] : 1.0, i, one);
        problem->rho = smoothness(values->parameters, one, &problem->K0, &problem->K);
        for (int j = 0; j < OBJECTIVE_COEFFICIENTS; j++) c[j * (long long)WS_DIM + i] = (scalar_real)one[j];
    }
    for (int j = 0; j < WS_CONSTANTS_MAX; j++) problem->constants[j] = constant[j];
}

SELDOM AT_O1 const char *prepare(const ws_problem_values *values, void *coefficient_memory, void *start_memory, ws_problem *problem)
{
    scalar_real *c = (scalar_real *)coefficient_memory, *x = (scalar_real *)start_memory;
    double constant[WS_CONSTANTS_MAX] = {0};
    make_coefficients(values, c, constant, problem);
    double *direction = (double *)__builtin_malloc(sizeof(double) * WS_DIM);
    if (!direction) return "out of memory";
    const char *failure = 0;
    for (long long i = 0; i < (long long)WS_DIM * OBJECTIVE_COEFFICIENTS; i++)
        if (!gap_is_finite((double)c[i])) failure = "a coefficient of the objective overflows: its parameters are too far apart for this precision";
#ifdef OBJECTIVE_K_IS_ZERO
    if (problem->K != 0.0) failure = "the objective's header says OBJECTIVE_K_IS_ZERO, but its smoothness() gives a K";
#endif
    for (long long i = 0; i < WS_DIM; i++) {
        direction[i] = values->direction[i];
        if (values->weigh) {
            constants k = constants_from(constant);
            sums none = no_sums();
            complete(k, &none);
            real bend = curvature(coefficients_of(c, i), k, R(0.0f), none);
            real whole = sharpness(k, none, bend);
            double here_curvature = (double)get_lane(&whole, 0);
            if (!(here_curvature > 0.0)) failure = "the curvature at the minimum is zero: no start of equal energy";
            else direction[i] = direction[i] / scalar_sqrt(here_curvature);
        }
    }
    if (failure) {
    } else if (values->gap > 0.0) {
        if (!solve_radius(values, direction, x, c, constant)) failure = "no point of this direction has the wanted gap";
    } else
        for (long long i = 0; i < WS_DIM; i++) x[i] = state_at(direction[i]);
    __builtin_free(direction);
    if (failure) return failure;
    for (long long i = 0; i < WS_DIM; i++)
        if (x[i] != 0 && x[i] < (scalar_real)WS_TINY && x[i] > -(scalar_real)WS_TINY) x[i] = 0;
    look_at(x, c, constant, &problem->start_gap, &problem->start_sharpness, 0);
    double square = 0.0;
    for (long long i = 0; i < WS_DIM; i++) square += coordinate_at(x[i]) * coordinate_at(x[i]);
    problem->start_norm = scalar_sqrt(square);
    if (!gap_is_finite(problem->start_gap)) return "the gap at the start overflows";
    problem->coefficients = c;
    problem->start = x;
    return 0;
}

#include "promises_cpu.h"

SELDOM AT_O1 const char *examine(const ws_problem_values *values, const double *point, double *gradient_here, ws_problem *problem)
{
    double constant[WS_CONSTANTS_MAX] = {0};
    scalar_real *c = (scalar_real *)__builtin_malloc(sizeof(scalar_real) * WS_DIM * (OBJECTIVE_COEFFICIENTS + 1));
    if (!c) return "out of memory";
    scalar_real *x = c + (long long)WS_DIM * OBJECTIVE_COEFFICIENTS;
    make_coefficients(values, c, constant, problem);
    for (long long i = 0; i < WS_DIM; i++) x[i] = state_at(point[i]);
    look_at(x, c, constant, &problem->start_gap, &problem->start_sharpness, gradient_here);
    sums total = sums_at(x, c, constants_from(constant));
    const char *error = examine_promises(x, c, WS_DIM, constants_from(constant), &total, problem->K0);
    __builtin_free(c);
    return error;
}

SELDOM AT_O1 void step_sizes(const ws_cell *cell, long long first, long long count, double *eta)
{
    double p[WS_SCHEDULE_PARAMETERS + 1];
    f64 q[WS_SCHEDULE_PARAMETERS + 1];
    schedule_parameters(cell, p);
    for (int i = 0; i < WS_SCHEDULE_PARAMETERS; i++) q[i] = F64(p[i]);
    for (long long i = 0; i < count; i++) {
#if WS_STEP_SIZES_OF_TIME
        f64 e = schedule_step_size(F64((double)(first + i)), q);
#else
        (void)first;
        (void)q;
        f64 e = nan_f64();
#endif
        eta[i] = (double)(scalar_real)lane_f64(e, 0);
    }
}

/* The promises that the bit contract needs of compiler and machine, each by a number that a breach would change. */
SELDOM AT_O1 const char *self_check(void)
{
    volatile float f1 = 1.0f + 0x1p-12f, f2 = -(1.0f + 0x1p-11f), tiny = 0x1p-126f, half = 0.5f, big = 0x1p24f, one = 1.0f;
    volatile double d1 = 1.0 + 0x1p-27, d2 = -(1.0 + 0x1p-26), small = 0x1p-1022, dhalf = 0.5;
    f32 fused = fma_f32(F32(f1), F32(f1), F32(f2));
    f64 wide = fma_f64(F64(d1), F64(d1), F64(d2));
    if (lanes_m32(not_m32(eq_f32(fused, F32(0x1p-24f))))) return "fma rounds twice (float32)";
    if (lanes_m64(not_m64(eq_f64(wide, F64(0x1p-54))))) return "fma rounds twice (float64)";
    f32 apart = F32(f1) * F32(f1) + F32(f2);
    f64 apart64 = F64(d1) * F64(d1) + F64(d2);
    if (lane_f32(apart, 0) != 0.0f || lane_f64(apart64, 0) != 0.0)
        return "the compiler contracts a product and a sum (-ffp-contract=off is needed)";
    f32 denormal = F32(tiny) * F32(half);
    f64 denormal64 = F64(small) * F64(dhalf);
    if (lane_f32(denormal, 0) == 0.0f || lane_f64(denormal64, 0) == 0.0 || lane_f32(denormal + denormal, 0) != tiny)
        return "denormal numbers are flushed to zero in this process (a library compiled with -ffast-math does that)";
    f32 even = F32(big) + F32(one);
    if (lane_f32(even, 0) != 0x1p24f || lane_f32(F32(-big) - F32(one), 0) != -0x1p24f)
        return "the rounding mode is not to nearest even";
    f32 root = sqrt_f32(F32(2.0f * one)), ratio = F32(one) / F32(3.0f * one);
    if (bits_f32(root)
#if WS_VECTOR_BYTES
            [0]
#endif
            != 0x3fb504f3u || lane_f32(ratio, 0) != 0x1.555556p-2f)
        return "division or square root is not correctly rounded";
    f32 not_a_number = F32(one - one) / F32(one - one);
    if (LANES_OF(EQ(R(1.0f), R(2.0f))) || lane_f32(not_a_number, 0) == lane_f32(not_a_number, 0))
        return "comparisons with NaN are optimised away (-ffast-math)";
    return 0;
}
#endif
