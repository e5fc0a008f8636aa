/* scaled_cpu.h: a batch of a tile whose sums would have denormal terms, without denormal numbers: the same bits where a processor takes some 150
 * cycles for one.
 *
 * A coordinate that is about to be taken for zero (tiny.h) adds a x^2 < 2^-126 to its lane's sum. So x is multiplied by 2^20 at the start of the
 * batch and by 2^-20 at its end. The quadratic's step is the same to any scale, and its sums are 2^40 times as large; only a sum below the smallest
 * normal number is rounded otherwise, to a multiple of the smallest denormal one. That is done by hand for the first term of a lane, by an addition of
 * 2^40 times the smallest normal number. All else must be normal at both scales, which is looked at: the result holds, or the tile is run
 * as usual. */
#ifndef WS_SCALED_CPU_H
#define WS_SCALED_CPU_H

#if WS_SKIPS_ZEROS && defined(OBJECTIVE_IS_SQUARES) && WS_SLOTS == WS_K
#define WS_SCALES 1
#define WS_NEAR_TINY 0x1p-44f     /* within a batch of it coordinates become tiny */
#define WS_SCALE 0x1p20f
#define WS_SCALED_NORMAL 0x1p-86f /* the smallest normal number in a scaled sum */

/* Nothing is lost at the scale of x that is not lost at the scale of X, between the first and the last iteration: with one step size, of which the
 * caller makes sure, |x| goes up or down all the way (but for what roundings move it, less than 2^-18 of it), and a x is a normal number as long as x is
 * one above 2^-100. No term is above 2^108: no sum overflows. A zero stays one. */
FN mask keeps_scale(coefficients c, real x, real X)
{
    const mask zero = EQ(x, R(0.0f));
    const real largest = GREATER(ABS(R(WS_SCALE) * x), ABS(X));
    mask good = AND_LE(LE(R(0x1p-26f), c.a), c.a, R(0x1p16f));
    good = AND_LE(AND_LE(good, R(0x1p-100f * WS_SCALE), ABS(X)), largest, R(0x1p46f));
    return OR(zero, good);
}
/* The term of a coordinate, and with it the sum from there on, is a normal number at the scale of x all the way. */
FN mask stays_normal(coefficients c, real x, real X)
{
    const real least = LESSER(ABS(R(WS_SCALE) * x), ABS(X));
    return LE(R(2.0f * WS_SCALED_NORMAL), c.a * least * least);
}

/* The 16 iterations of a tile. Returns 0 when it cannot be said that the bits are right; what it wrote is then to be written again. */
static __attribute__((noinline)) int iterate_scaled(block *b, int part, int waiting, int column, real *RESTRICT to)
{
    enum { TILE = WS_TILE_LANES * WS_TILE_COLUMNS };
    const real *from = b->x[b->now];
    lane_values v[TILE];
    const real smallest = R(WS_SCALED_NORMAL);
    real X[TILE * WS_K];
    UNROLLED
    for (int n = 0; n < TILE; n++) {
        v[n] = values_of(b, tile_group(part, column, n));
        UNROLLED
        for (int j = 0; j < WS_K; j++) X[n * WS_K + j] = R(WS_SCALE) * from[tile_group(part, column, n) * WS_K + j];
    }
    for (int s = 0; s < WS_BATCH; s++) {
        const real *eta = &b->eta[s * WS_COLUMNS + column];
        sums partial[TILE];
        UNROLLED
        for (int j = 0; j < WS_K; j++) {
            UNROLLED
            for (int n = 0; n < TILE; n++) {
                const coefficients c = b->c[tile_group(part, column, n) * WS_K + j];
                const real here = X[n * WS_K + j];
                if (j == 0) {
                    sums rounded = {smallest};
                    partial[n] = no_sums();
                    accumulate(c, v[n].k, here, &partial[n]);
                    accumulate(c, v[n].k, here, &rounded);
                    partial[n].q = SEL(LT(partial[n].q, smallest), rounded.q - smallest, partial[n].q);
                } else
                    accumulate(c, v[n].k, here, &partial[n]);
                X[n * WS_K + j] = step_slot(j == WS_K - 1, c, &v[n], here, partial[n], eta[n % WS_TILE_COLUMNS], R(0.0f), 0, 0);
            }
        }
        UNROLLED
        for (int c = 0; c < WS_TILE_COLUMNS; c++) {
            sums folded = fold_tile(partial + c);
            folded.q = R(1.0f / (WS_SCALE * WS_SCALE)) * folded.q;
            fold_part(b, s, column, c, waiting, 0, v[c].k, folded);
        }
    }
    unsigned bad = 0;
    UNROLLED
    for (int n = 0; n < TILE; n++) {
        mask good = LE(R(0.0f), R(0.0f));
        UNROLLED
        for (int j = 0; j < WS_K; j++) {
            const int at = tile_group(part, column, n) * WS_K + j;
            good = AND(good, keeps_scale(b->c[at], from[at], X[n * WS_K + j]));
            if (j == 1) good = AND(good, stays_normal(b->c[at], from[at], X[n * WS_K + j]));
            to[at] = R(1.0f / WS_SCALE) * X[n * WS_K + j];
        }
        const mask wrong = NOT(good);
        bad |= WS_W == 1 ? LANES_OF(wrong) : LANES_OF(AND(b->live[column + n % WS_TILE_COLUMNS], wrong));
    }
    return !bad;
}

/* If x goes on to fall as it did in the batch before, which began at `before`, then x^2 becomes denormal (or it is 0 already). A guess. */
FN mask falls_below(real x, real before) { return NOT(LT(R(0x1p-62f) * ABS(before), x * x)); }

/* Worth a try: step sizes stay, a lane's first term will be denormal, the second, which has to be a normal number, will not.
 * `least`: the smallest magnitude of the tile but zeros; `before`: the state a batch ago. */
FN int is_worth_scaling(const block *b, int part, int column, real least, const real *before)
{
    if (__builtin_expect(!LANES_OF(LT(least, R(WS_NEAR_TINY))), 1)) return 0;
    unsigned first = 0, second = 0;
    for (int n = 0; n < WS_TILE_LANES * WS_TILE_COLUMNS; n++) {
        const int at = tile_group(part, column, n) * WS_K, here = column + n % WS_TILE_COLUMNS;
        const real *x = &b->x[b->now][at];
        if (!b->eta_settled[here]) return 0;
        mask falls = AND(falls_below(x[0], before[at]), NOT(EQ(x[0], R(0.0f))));
        first |= LANES_OF(falls);
        falls = WS_K > 1 ? falls_below(x[WS_K > 1], before[at + (WS_K > 1)]) : LT(R(0.0f), R(0.0f));
        second |= LANES_OF(WS_W == 1 ? falls : AND(b->live[here], falls));
    }
    return first && !second;
}
#else
#define WS_SCALES 0
#endif
#endif
