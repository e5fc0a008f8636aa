/* pair.h: numbers of 106 bits as an unevaluated sum of two doubles, for tables whose every double shall be right to its last bits. Made of
 * operations that round once on every machine (compiled with -ffp-contract=off), so that a table has the same bits everywhere.
 *
 * After Dekker 1971, Numerische Mathematik 18, with the error of a product from an fma; about 2^-103 relative an operation. */
#ifndef WS_PAIR_H
#define WS_PAIR_H

#include <math.h>

typedef struct ws_pair {
    double high, low; /* |low| <= ulp(high) / 2 */
} ws_pair;

static inline ws_pair ws_pair_of(double high, double low)
{
    double sum = high + low;
    return (ws_pair){sum, low - (sum - high)};
}
static inline ws_pair ws_pair_add(ws_pair a, ws_pair b)
{
    double sum = a.high + b.high, part = sum - a.high;
    double lost = (a.high - (sum - part)) + (b.high - part);
    return ws_pair_of(sum, lost + (a.low + b.low));
}
static inline ws_pair ws_pair_less(ws_pair a, ws_pair b) { return ws_pair_add(a, (ws_pair){-b.high, -b.low}); }
static inline ws_pair ws_pair_times(ws_pair a, ws_pair b)
{
    double product = a.high * b.high;
    return ws_pair_of(product, fma(a.high, b.high, -product) + (a.high * b.low + a.low * b.high));
}
static inline ws_pair ws_pair_over(ws_pair a, ws_pair b)
{
    ws_pair first = {a.high / b.high, 0};
    ws_pair rest = ws_pair_less(a, ws_pair_times(first, b));
    ws_pair second = {rest.high / b.high, 0};
    rest = ws_pair_less(rest, ws_pair_times(second, b));
    return ws_pair_add(ws_pair_add(first, second), (ws_pair){rest.high / b.high, 0});
}

/* e^x for |x| <= 700 */
ws_pair ws_pair_exp(ws_pair x);
/* ln x for x > 0 */
ws_pair ws_pair_log(ws_pair x);
/* The square root of 1/2, and ln 2. */
extern const ws_pair ws_pair_root_half, ws_pair_ln2;

#endif
