/* sinks_probe.c: what an objective promises by OBJECTIVE_SINKS. The text of a variant with d = 1 stands before this one.
 *
 * Arguments: parameters of the objective (8), its number of the table, the coordinate, and how many places to look at. At a random place x, from far out to 2^-60, a step size is taken of
 * which it is said that the coordinate sinks from there, often the largest one. The part of the sum, once for each of 24 steps and once for each of 24 neighbours that such small steps
 * would lead to, is not above what it was before but for its roundings. Prints how often parts were compared and by how many roundings one was above another at most;
 * where that is more than the promised ones place and step size, and exits with 1. */
#include "entry_cpu.c"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDING (WS_PRECISION == 32 ? 0x1p-24 : 0x1p-53)
enum { STEPS = 24 };

static coefficients c;
static constants k;
static unsigned long long state = 1, compared;
static double above; /* roundings */

static double uniform(void)
{
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return (double)(state >> 11) * 0x1p-53;
}
static real part_of(real x)
{
    sums s = no_sums();
    accumulate(c, k, x, &s);
    return *(real *)&s;
}
static real step(real x, real eta)
{
    lane_values v;
    memset(&v, 0, sizeof v);
    return step_along(0, &v, x, gradient(c, k, x, no_sums()), eta, R(0.0f), 0, 0);
}
/* Parts at x and then at `to`, which comes later: both are wrong by the promised number of roundings at most. `lowest`: of those so far. */
static void compare(real start, real eta, real to, unsigned lanes, real *lowest)
{
    const real here = part_of(to);
    for (; lanes; lanes &= lanes - 1) {
        const int i = __builtin_ctz(lanes);
        const double before = (double)get_lane(lowest, i), now = (double)get_lane(&here, i);
        if (!(before > (double)WS_SMALLEST_NORMAL)) continue;
        compared++;
        const double rise = (now - before) / before / ROUNDING;
        if (rise > above) above = rise;
        if (now < before) set_lane(lowest, i, get_lane(&here, i));
        if (rise <= 2.0 * OBJECTIVE_SINKS) continue;
        printf("x = %.17g, eta = %.17g: %g roundings\n", (double)get_lane(&start, i), (double)get_lane(&eta, i), rise);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    if (argc < 12) return 2;
    double parameters[8], one[WS_CONSTANTS_MAX] = {0}, constant[WS_CONSTANTS_MAX] = {0};
    for (int i = 0; i < 8; i++) parameters[i] = strtod(argv[1 + i], 0);
    setup(parameters, strtod(argv[9], 0), atoi(argv[10]), one);
    setup_constants(parameters, constant);
    memset(&c, 0, sizeof c);
    memset(&k, 0, sizeof k);
    for (int j = 0; j < OBJECTIVE_COEFFICIENTS; j++) ((real *)&c)[j] = R((scalar_real)one[j]);
    for (int j = 0; j < OBJECTIVE_CONSTANTS; j++) ((real *)&k)[j] = R((scalar_real)constant[j]);
    for (long n = 0; n < atol(argv[11]); n++) {
        real x, eta, at, next;
        for (int i = 0; i < WS_LANES; i++) set_lane(&x, i, (scalar_real)((uniform() < 0.5 ? -1.0 : 1.0) * exp2(-60.0 + 67.0 * sqrt(uniform()))));
        /* the largest step size that sinks, to one part in 2^22 or in two, from below */
        double low[WS_LANES], high[WS_LANES];
        for (int i = 0; i < WS_LANES; i++) {
            low[i] = 0x1p-30;
            high[i] = 0x1p30;
        }
        for (int turn = 0; turn < (n % 2 ? 30 : 8); turn++) {
            for (int i = 0; i < WS_LANES; i++) set_lane(&eta, i, (scalar_real)sqrt(low[i] * high[i]));
            const unsigned good = LANES_OF(sinks(c, k, x, eta));
            for (int i = 0; i < WS_LANES; i++) *(good >> i & 1 ? &low[i] : &high[i]) = (double)get_lane(&eta, i);
        }
        for (int i = 0; i < WS_LANES; i++) set_lane(&eta, i, (scalar_real)low[i]);
        const unsigned lanes = LANES_OF(sinks(c, k, x, eta));
        real lowest = part_of(x);
        at = x;
        for (int s = 0; s < STEPS; s++) compare(x, eta, at = step(at, eta), lanes, &lowest);
        at = x; /* as far as the next number, where a step leads, and on */
        lowest = part_of(x);
        for (int s = 0; s < STEPS; s++) {
            next = step(at, eta);
            for (int i = 0; i < WS_LANES; i++) set_lane(&at, i, (scalar_real)(WS_PRECISION == 32 ? (double)nextafterf((float)get_lane(&at, i), (float)get_lane(&next, i)) : nextafter((double)get_lane(&at, i), (double)get_lane(&next, i))));
            compare(x, eta, at, lanes & LANES_OF(LE(R(0.0f), x * at)), &lowest);
        }
    }
    printf("%llu %g\n", compared, above);
    return 0;
}
