/* scaled_cpu.h: a batch of a tile whose sums would have denormal terms, without denormal numbers: the same bits where a processor takes some 150
 * cycles for one.
 *
 * A coordinate that is about to be taken for zero (tiny.h) adds a x^2 < 2^-126 to its lane's sum: a fast one for a batch, a slow one, which is that
 * small from 2^-63 / sqrt(a) on, for thousands of iterations. So x is multiplied by 2^30 at the start of the batch and by 2^-30 at its end. The
 * quadratic's step is the same to any scale, and its sums are 2^60 times as large; only a sum below the smallest normal number is rounded otherwise,
 * to a multiple of the smallest denormal one. That is done by hand, by an addition of 2^60 times the smallest normal number, for the slot whose turn it is
 * to become tiny: the first that is not zero in all of the tile. The slots after it must add normal numbers, which is looked at: the result
 * holds, or the tile is run as usual.
 *
 * Why it holds. With one finite step size a zero stays one, and |x| goes up or down all the way: what is normal at the first and at the last
 * iteration is so between them. Between survivors of the tiny-value rule and |x| >= 2^-100, a |x| >= 2^-120 nothing is rounded at the scale of x
 * that is not at the larger one. A later slot with a x^2 >= 2^-100 is far from both limits, whatever a is, and the sums that it and those after it are
 * added to are at least as large. A first term t < 2^-126, as t + 2^-126 < 2^-125, is rounded to a multiple of 2^-149, ties to even ones, as a
 * denormal number is. Folded sums of lanes are additions of such multiples. */
#ifndef WS_SCALED_CPU_H
#define WS_SCALED_CPU_H

/* AMD's Zen computes with denormal numbers as fast as with any; the others are taken to need an assist, as Intel's do */
#ifndef WS_DENORMALS_ARE_DEAR
#if defined(__znver1__) || defined(__znver2__) || defined(__znver3__) || defined(__znver4__) || defined(__znver5__)
#define WS_DENORMALS_ARE_DEAR 0
#else
#define WS_DENORMALS_ARE_DEAR 1
#endif
#endif

#if WS_SKIPS_ZEROS && WS_PRECISION == 32 && defined(OBJECTIVE_IS_SQUARES) && defined(METHOD_IS_GRADIENT) && WS_SLOTS == WS_K && WS_DENORMALS_ARE_DEAR
#define WS_SCALES 1
#define WS_NEAR_TINY 0x1p-50f     /* within a batch of it most coordinates that fall become tiny: from farther off more tries are for nothing */
#define WS_SCALE 0x1p30f
#define WS_SCALED_NORMAL 0x1p-66f /* the smallest normal number in a scaled sum */

/* If x goes on to fall as it did in the batch before, which began at `before`, then a x^2 becomes denormal: a (x^2 / before)^2 < 2^-125. A guess. */
FN mask falls_below(real a, real x, real before)
{
    const real square = (R(0x1p80f) * x) * x;
    return LT((a * square) * square, (R(0x1p35f) * before) * before);
}
FN unsigned live_lanes(const block *b, int column, int n, mask m)
{
    return WS_W == 1 ? LANES_OF(m) : LANES_OF(AND(b->live[column + n % WS_TILE_COLUMNS], m));
}

/* The first slot from k on that is not zero in all of the tile, if its terms are going to be denormal; else WS_K. */
FN int falling_slot(const block *b, int part, int column, int k, const real *before)
{
    enum { TILE = WS_TILE_LANES * WS_TILE_COLUMNS };
    for (int c = 0; c < WS_TILE_COLUMNS; c++)
        if (!b->eta_settled[column + c] || !b->finite_eta[column + c]) return WS_K;
    for (; k < WS_K; k++) {
        unsigned found = 0, falls = 0;
        UNROLLED
        for (int n = 0; n < TILE; n++) {
            const int at = tile_group(part, column, n) * WS_K + k;
            const real x = b->x[b->now][at];
            const mask here = NOT(EQ(x, R(0.0f)));
            found |= LANES_OF(here);
            falls |= live_lanes(b, column, n, AND(here, falls_below(b->c[at].a, x, before[at])));
        }
        if (found) return falls ? k : WS_K;
    }
    return WS_K;
}

/* The 16 iterations of a tile whose slots before k are zero; `to` holds the state a batch ago. Returns 0 when it is not worth a try, or cannot be said to
 * be right; what it wrote is then to be written again. */
static __attribute__((noinline)) int advance_scaled(block *b, int part, int waiting, int column, int k, real *RESTRICT to)
{
    enum { TILE = WS_TILE_LANES * WS_TILE_COLUMNS };
    const real *from = b->x[b->now], smallest = R(WS_SCALED_NORMAL);
    const int first = falling_slot(b, part, column, k, to);
    if (first == WS_K) return 0;
    lane_values v[TILE];
    coefficients c[TILE * WS_K];
    real X[TILE * WS_K], kept[TILE * WS_K];
    mask good[TILE];
    for (int j = 0; j < WS_K; j++) {
        const int slot = first + j < WS_K ? first + j : 0; /* the rest is filled with zeros: slot 0 is, as first > 0 here */
        for (int n = 0; n < TILE; n++) {
            const int at = tile_group(part, column, n) * WS_K + slot;
            c[n * WS_K + j] = b->c[at];
            kept[n * WS_K + j] = R(WS_SCALE) * from[at];
        }
    }
    UNROLLED
    for (int n = 0; n < TILE; n++) {
        v[n] = values_of(b, tile_group(part, column, n));
        good[n] = LE(R(0.0f), R(0.0f));
        UNROLLED
        for (int j = 0; j < WS_K; j++) X[n * WS_K + j] = kept[n * WS_K + j];
    }
    trend now[WS_TILE_COLUMNS];
    for (int n = 0; n < WS_TILE_COLUMNS; n++) now[n] = no_trend();
    for (int s = 0; s < WS_BATCH; s++) {
        const real *eta = &b->eta[s * WS_COLUMNS + column];
        sums partial[TILE];
        UNROLLED
        for (int j = 0; j < WS_K; j++) {
            UNROLLED
            for (int n = 0; n < TILE; n++) {
                const int i = n * WS_K + j;
                if (j == 0) {
                    sums rounded = {smallest};
                    partial[n] = no_sums();
                    accumulate(c[i], v[n].k, X[i], &partial[n]);
                    accumulate(c[i], v[n].k, X[i], &rounded);
                    partial[n].q = SEL(LT(partial[n].q, smallest), rounded.q - smallest, partial[n].q);
                } else
                    accumulate(c[i], v[n].k, X[i], &partial[n]);
                X[i] = step_slot(0, c[i], &v[n], X[i], partial[n], eta[n % WS_TILE_COLUMNS], R(0.0f), 0, 0);
            }
        }
        UNROLLED
        for (int n = 0; n < WS_TILE_COLUMNS; n++) {
            sums folded = fold_tile(partial + n);
            good[n] = AND_LT(good[n], folded.q, R(0x1p120f));
            folded.q = R(1.0f / WS_SCALE / WS_SCALE) * folded.q;
            fold_part(b, s, column, n, waiting, 0, v[n].k, folded, &now[n]);
        }
    }
    note_fallen(b, column, now);
    UNROLLED
    for (int i = 0; i < TILE * WS_K; i++) kept[i] = R(1.0f / WS_SCALE) * X[i];
    unsigned bad = 0;
    for (int n = 0; n < TILE; n++) {
        for (int j = k; j < WS_K; j++) {
            const int at = tile_group(part, column, n) * WS_K + j;
            const real next = j < first ? R(0.0f) : kept[n * WS_K + j - first], least = LEAST(ABS(from[at]), next), slope = b->c[at].a * least;
            const mask lost = j == first ? OR(LT(least, R(0x1p-100f)), LT(slope, R(0x1p-120f))) : LT(slope * least, R(0x1p-100f));
            good[n] = AND(good[n], NOT(AND(lost, NOT(EQ(from[at], R(0.0f))))));
            to[at] = next;
        }
        bad |= live_lanes(b, column, n, NOT(good[n]));
    }
    return !bad;
}
#else
#define WS_SCALES 0
#endif
#endif
