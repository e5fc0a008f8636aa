/* contracts_probe.c: what an objective promises by OBJECTIVE_CONTRACTS, number by number. The text of a variant with d = 1 stands before this one.
 *
 * Arguments: parameters of the objective (8), its number of the table, then nothing, for every number from 2^-62 to the reach (to 2^20 without one), or how
 * many runs of 1024 neighbours to take at random from there. At each number x its part of the sum is not above that of the next number, and a step of the
 * largest size that is said to contract leads no farther from 0 than x is. Prints how many numbers were looked at; where a promise does not hold the number, and
 * exits with 1. */
#include "entry_cpu.c"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static coefficients c;
static constants k;
static real contracting;

static sums part_of(real x)
{
    sums s = no_sums();
    accumulate_near(c, k, x, &s);
    return s;
}

/* The lanes in which a promise is broken. */
static unsigned broken(real x, real next)
{
    lane_values v;
    memset(&v, 0, sizeof v);
    sums here = part_of(x), there = part_of(next);
    real further = step_along(0, &v, x, gradient_near(c, k, x, no_sums()), contracting, R(0.0f), 0, 0);
    real back = step_along(0, &v, -x, gradient_near(c, k, -x, no_sums()), contracting, R(0.0f), 0, 0);
    mask rises = AND_LE(AND_LE(LE(R(0.0f), *(real *)&here), *(real *)&here, *(real *)&there), *(real *)&there, R((scalar_real)__builtin_inf()));
    mask good = AND_LE(AND_LE(rises, ABS(further), x), ABS(back), x);
    mask within = WS_NEAR ? LE(ABS(reach(c, k, next)), R(OBJECTIVE_REACH)) : LE(R(0.0f), next);
    return LANES_OF(within) & ~LANES_OF(good);
}

static unsigned long long look(unsigned long long first, unsigned long long count)
{
    for (unsigned long long i = 0; i < count; i += WS_LANES) {
        vuint at;
        for (int lane = 0; lane < WS_LANES; lane++) ((scalar_vuint *)&at)[lane] = (scalar_vuint)(first + i + (unsigned)lane);
        unsigned bad = broken(FROM_BITS(at), FROM_BITS(at + vuint_of(1)));
        if (bad) {
            real x = FROM_BITS(at);
            printf("%.17g\n", (double)get_lane(&x, __builtin_ctz(bad)));
            exit(1);
        }
    }
    return count;
}

int main(int argc, char **argv)
{
    if (argc < 10) return 2;
    double parameters[8], one[WS_CONSTANTS_MAX] = {0};
    ws_problem problem;
    memset(&problem, 0, sizeof problem);
    for (int i = 0; i < 8; i++) parameters[i] = strtod(argv[1 + i], 0);
    setup(parameters, strtod(argv[9], 0), 0, one);
    smoothness(parameters, one, &problem.K0, &problem.K);
    memset(&c, 0, sizeof c);
    for (int j = 0; j < OBJECTIVE_COEFFICIENTS; j++) ((real *)&c)[j] = R((scalar_real)one[j]);
    contracting = R((scalar_real)observer_contracting_step(&problem));
    double whole = 0x1p20;
    real unit = reach(c, k, R(1.0f));
    if (WS_NEAR) whole = (double)(OBJECTIVE_REACH) / (double)get_lane(&unit, 0); /* numbers beyond the reach are passed over */
    real ends[2] = {R((scalar_real)0x1p-62), R((scalar_real)whole)};
    vuint from = BITS(ends[0]), to = BITS(ends[1]);
    unsigned long long first = ((scalar_vuint *)&from)[0], span = ((scalar_vuint *)&to)[0] - first, looked = 0;
    if (argc == 10) looked = look(first, span);
    else {
        unsigned long long state = 1;
        for (long i = 0; i < atol(argv[10]); i++) {
            state = state * 6364136223846793005ull + 1442695040888963407ull;
            looked += look(first + (unsigned long long)((unsigned __int128)state * span >> 64), 1024);
        }
    }
    printf("%llu\n", looked);
    return 0;
}
