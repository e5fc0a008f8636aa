/* promises_cpu.h: what a header promises (objective.h), tried at a point: `check-objective`. A promise that is broken elsewhere stays unseen; that of a built-in objective is
 * tried harder by tests/kernels (contracts_probe.c, sinks_probe.c). Not in any hot path. */
#ifndef WS_PROMISES_CPU_H
#define WS_PROMISES_CPU_H

/* What padding asks of an objective: x = 0 with coefficients 0 adds nothing to the sums and has a finite gradient. */
COLD const char *examine_padding(constants k)
{
    coefficients c;
    sums s = no_sums();
    __builtin_memset(&c, 0, sizeof c);
    accumulate(c, k, R(0.0f), &s);
    for (int j = 0; j < OBJECTIVE_SUMS; j++) {
        real added = ((real *)&s)[j];
        if (get_lane(&added, 0) != 0) return "accumulate of x = 0 with coefficients 0 (a padded slot) must add 0";
    }
    complete(k, &s);
    real g = gradient(c, k, R(0.0f), s);
    return gap_is_finite((double)get_lane(&g, 0)) ? 0 : "gradient at x = 0 with coefficients and sums 0 (a padded slot) must be finite";
}

/* The first lanes have the same bits, or both a NaN. */
COLD int same_number(real a, real b)
{
    vuint differ = BITS(a) ^ BITS(b);
    return ((const scalar_vuint *)&differ)[0] == 0 || (get_lane(&a, 0) != get_lane(&a, 0) && get_lane(&b, 0) != get_lane(&b, 0));
}

/* OBJECTIVE_WHOLE_POINT: of the point x [d] with coefficients c and its completed sums, bit for bit. */
COLD const char *examine_whole_point(const scalar_real *x, const scalar_real *c, constants k, const sums *total)
{
#if OBJECTIVE_WHOLE_POINT
    sums put;
    real room[WS_DIM];
    for (int i = 0; i < WS_DIM; i++) put_coordinate(coefficients_of(c, i), i, R(x[i]), &put);
    for (int j = 0; j < OBJECTIVE_SUMS; j++)
        if (!same_number(((const real *)total)[j], ((const real *)&put)[j])) return "OBJECTIVE_WHOLE_POINT: put_coordinate must leave the sums that accumulate leaves";
    complete(k, &put);
    const real *whole = gradient_of_point(k, &put, room);
    for (int i = 0; i < WS_DIM; i++)
        if (!same_number(whole[i], gradient(coefficients_of(c, i), k, R(x[i]), *total))) return "OBJECTIVE_WHOLE_POINT: gradient_of_point must give what gradient gives";
#else
    (void)x;
    (void)c;
    (void)k;
    (void)total;
#endif
    return 0;
}

/* The number that a coordinate adds to the only sum. */
COLD double part_added_by(coefficients c, constants k, scalar_real x)
{
    sums s = no_sums();
    accumulate(c, k, R(x), &s);
    return (double)get_lane((const real *)&s, 0);
}

/* What is promised of a coordinate alone, at x. */
COLD const char *examine_coordinate(coefficients c, constants k, scalar_real x, const sums *total, double K0)
{
#ifdef OBJECTIVE_ZERO_STAYS
    sums nothing = no_sums();
    accumulate(c, k, R(0.0f), &nothing);
    real still = gradient(c, k, R(0.0f), *total);
    for (int j = 0; j < OBJECTIVE_SUMS; j++)
        if (get_lane((const real *)&nothing + j, 0) != 0) return "OBJECTIVE_ZERO_STAYS: accumulate of x = 0 must add 0";
    if (get_lane(&still, 0) != 0) return "OBJECTIVE_ZERO_STAYS: the gradient at x = 0 must be 0";
#endif
#ifdef OBJECTIVE_IS_SQUARES
    if (!same_number(gradient(c, k, R(x), *total), *(const real *)&c * R(x))) return "OBJECTIVE_IS_SQUARES: the gradient must be c.a x";
#endif
#if WS_NEAR
    const real how_far = reach(c, k, R(x));
    const int near = (double)get_lane(&how_far, 0) <= OBJECTIVE_REACH && (double)get_lane(&how_far, 0) >= -OBJECTIVE_REACH;
    if (near) {
        sums far = no_sums(), here = no_sums();
        accumulate(c, k, R(x), &far);
        accumulate_near(c, k, R(x), &here);
        for (int j = 0; j < OBJECTIVE_SUMS; j++)
            if (!same_number(((const real *)&far)[j], ((const real *)&here)[j])) return "OBJECTIVE_REACH: accumulate_near must give the bits of accumulate";
        if (!same_number(gradient(c, k, R(x), *total), gradient_near(c, k, R(x), *total))) return "OBJECTIVE_REACH: gradient_near must give the bits of gradient";
    }
#else
    const int near = 1;
#endif
#ifdef OBJECTIVE_CONTRACTS
    const real slope = gradient(c, k, R(x), *total);
    const double steep = (double)get_lane(&slope, 0), part = part_added_by(c, k, x);
    if (!(K0 >= 0.0)) return "OBJECTIVE_CONTRACTS: smoothness must give K0";
    if (near && !((steep < 0.0 ? -steep : steep) <= OBJECTIVE_CONTRACTS * K0 * (x < 0 ? -(double)x : (double)x) * (1.0 + 0x1p-20)))
        return "OBJECTIVE_CONTRACTS: |gradient| must be at most so many times K0 |x|";
    if (near && !(part >= 0.0)) return "OBJECTIVE_CONTRACTS: a part of the sum must not be negative";
    for (int e = 1; near && e < 24; e++)
        if (!(part_added_by(c, k, (scalar_real)((double)x * (1.0 - 1.0 / (double)(1 << e)))) <= part)) return "OBJECTIVE_CONTRACTS: a part of the sum must not rise as |x| falls";
#endif
#if defined(OBJECTIVE_SINKS) && !defined(OBJECTIVE_HAS_STEP)
    const double before = part_added_by(c, k, x);
    const real along = gradient(c, k, R(x), *total);
    if (!(before >= 0.0)) return "OBJECTIVE_SINKS: a part of the sum must not be negative";
    for (int e = -40; e < 40; e++) { /* eta from 2^-20 to 2^20 by halves of octaves, nearly */
        const double eta = (e & 1 ? 1.4 : 1.0) * (e < 0 ? 1.0 / (double)(1 << (1 - e) / 2) : (double)(1 << e / 2));
        real next = FNMA(R((scalar_real)eta), along, R(x));
        if (!(LANES_OF(sinks(c, k, R(x), R((scalar_real)eta))) & 1)) continue;
        if (!(part_added_by(c, k, get_lane(&next, 0)) <= before * (1.0 + 2.0 * (OBJECTIVE_SINKS + 1) * WS_ROUNDING)))
            return "OBJECTIVE_SINKS: a step of which `sinks` is true must not raise a part of the sum";
    }
#endif
    (void)near;
    (void)c;
    (void)k;
    (void)x;
    (void)total;
    (void)K0;
    return 0;
}

/* What is broken of all that is promised, at the point x [d] with coefficients c (coefficients_of) and completed sums; 0: nothing. */
COLD const char *examine_promises(const scalar_real *x, const scalar_real *c, long long d, constants k, const sums *total, double K0)
{
    const char *error = examine_padding(k);
    if (!error) error = examine_whole_point(x, c, k, total);
    for (long long i = 0; i < d && !error; i++) error = examine_coordinate(coefficients_of(c, i), k, x[i], total, K0);
    return error;
}
#endif
