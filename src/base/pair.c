/* pair.c: see pair.h. */
#include "base/pair.h"

#include "base/portable_math.h"

const ws_pair ws_pair_root_half = {0x1.6a09e667f3bcdp-1, -0x1.bdd3413b26456p-55};
const ws_pair ws_pair_ln2 = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};

/* x = n ln 2 + r; the series of e^r to its 32nd term */
ws_pair ws_pair_exp(ws_pair x)
{
    double n = floor(x.high / ws_pair_ln2.high + 0.5);
    ws_pair r = ws_pair_less(x, ws_pair_times((ws_pair){n, 0}, ws_pair_ln2)), sum = {1, 0};
    for (int k = 32; k > 0; k--) sum = ws_pair_add((ws_pair){1, 0}, ws_pair_over(ws_pair_times(sum, r), (ws_pair){k, 0}));
    return (ws_pair){ldexp(sum.high, (int)n), ldexp(sum.low, (int)n)};
}

/* One step of Halley's method from a logarithm of 53 bits: its error is the third power of that one's. */
ws_pair ws_pair_log(ws_pair x)
{
    ws_pair near = {ws_portable_log(x.high), 0}, e = ws_pair_exp(near);
    ws_pair step = ws_pair_over(ws_pair_less(x, e), ws_pair_add(x, e));
    return ws_pair_add(near, ws_pair_add(step, step));
}
