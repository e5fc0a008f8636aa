/* fold_cpu.h: lanes folded upper half onto lower half, the canonical order, whole vectors first.
 *
 * With W > 1 every fold is a fold of whole vectors, down to one vector a column. With W = 1 the last log2(WS_LANES) folds are inside a
 * vector: for a whole batch as a transposition, one vector of totals from as many iterations as it has lanes. */
#ifndef WS_FOLD_CPU_H
#define WS_FOLD_CPU_H

/* The canonical sum of m = 2 ... 32 values that stand `w` apart: value i of the upper half onto value i of the lower half, until
 * one is left. The tree is the same as level after level over an array; depth first it needs log2(m) registers and no stores. */
FN real fold_2(const real *p, int w) { return p[0] + p[w]; }
FN real fold_4(const real *p, int w) { return fold_2(p, 2 * w) + fold_2(p + w, 2 * w); }
FN real fold_8(const real *p, int w) { return fold_4(p, 2 * w) + fold_4(p + w, 2 * w); }
FN real fold_16(const real *p, int w) { return fold_8(p, 2 * w) + fold_8(p + w, 2 * w); }
FN real fold_32(const real *p, int w) { return fold_16(p, 2 * w) + fold_16(p + w, 2 * w); }
FN real fold_few(const real *p, int m, int w)
{
    return m == 1 ? p[0] : m == 2 ? fold_2(p, w) : m == 4 ? fold_4(p, w) : m == 8 ? fold_8(p, w) : m == 16 ? fold_16(p, w) : fold_32(p, w);
}

/* W = 1: the folds inside one vector, the sum in every lane */
FN real fold_inside(real v)
{
#if WS_LANES >= 16
    v = v + SHUFFLE(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
    v = v + SHUFFLE(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
    v = v + SHUFFLE(v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
    v = v + SHUFFLE(v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
#elif WS_LANES == 8
    v = v + SHUFFLE(v, v, 4, 5, 6, 7, 0, 1, 2, 3);
    v = v + SHUFFLE(v, v, 2, 3, 0, 1, 6, 7, 4, 5);
    v = v + SHUFFLE(v, v, 1, 0, 3, 2, 5, 4, 7, 6);
#elif WS_LANES == 4
    v = v + SHUFFLE(v, v, 2, 3, 0, 1);
    v = v + SHUFFLE(v, v, 1, 0, 3, 2);
#elif WS_LANES == 2
    v = v + SHUFFLE(v, v, 1, 0);
#endif
    return v;
}

/* The canonical sum of `parts` values that stand `w` apart; overwrites some of them. */
FN real fold_many(real *p, int parts, int w)
{
    const int few = parts < 32 ? parts : 32;
    for (int n = parts / 2; n >= few && n > 0; n /= 2)
        for (int j = 0; j < n; j++) p[j * w] = p[j * w] + p[(j + n) * w];
    return fold_few(p, few, w);
}
/* The same sum of one value each, inside the vector as well where one trajectory fills it. */
FN real fold_values(real *p, int parts)
{
    real folded = fold_many(p, parts, 1);
    return WS_W == 1 ? fold_inside(folded) : folded;
}
/* Where vector n = lane * TILE_COLUMNS + column of a tile stands in a block: lane part + lane * PARTS of column `column` + ... */
FN int tile_group(int part, int column, int n)
{
    return (part + n / WS_TILE_COLUMNS * WS_PARTS) * WS_COLUMNS + column + n % WS_TILE_COLUMNS;
}
/* ... and its slots: the first one of the tile's first vector, and how far from it vector n begins. */
FN long first_place(int part, int column) { return (long)tile_group(part, column, 0) * WS_K; }
FN int beside(int n) { return tile_group(0, 0, n) * WS_K; }

#if WS_WHOLE
/* ... and where coordinate i of a column does; the coordinate that slot j of vector g is (d and more: padding). */
FN int whole_place(int column, int i) { return (i % WS_L * WS_COLUMNS + column) * WS_K + i / WS_L; }
FN int coordinate_in(int g, int j) { return j * WS_L + g / WS_COLUMNS; }
/* what it has of the gradient [d] of its column */
FN real slope_in(const real *whole, int g, int j) { return WS_PADDED && coordinate_in(g, j) >= WS_DIM ? R(0.0f) : whole[coordinate_in(g, j)]; }
#endif

/* The canonical fold of the lanes of a tile, upper half onto lower half. */
FN real fold_lanes(real a[WS_TILE_LANES])
{
    UNROLLED
    for (int n = WS_TILE_LANES / 2; n >= 1; n /= 2) {
        UNROLLED
        for (int m = 0; m < n; m++) a[m] = a[m] + a[m + n];
    }
    return a[0];
}
/* p[lane * TILE_COLUMNS] */
FN sums fold_tile(const sums *p)
{
    sums folded;
    UNROLLED
    for (int i = 0; i < OBJECTIVE_SUMS; i++) {
        real a[WS_TILE_LANES];
        UNROLLED
        for (int n = 0; n < WS_TILE_LANES; n++) a[n] = ((const real *)&p[n * WS_TILE_COLUMNS])[i];
        ((real *)&folded)[i] = fold_lanes(a);
    }
    return folded;
}

#if WS_COUPLED
/* All sums of one column at the iteration at hand, of x (first 0) or of the average: overwrites them. These stand `stride` apart from `at` on, where the sums are the
 * coordinates themselves. */
FN void fold_column(block *b, int column, int first, const real *at, int stride, sums *total)
{
#if WS_WHOLE
    (void)first;
    UNROLLED
    for (int i = 0; i < WS_DIM; i++) {
        const int place = whole_place(column, i);
        put_coordinate(b->c[place], i, at[place * stride], total);
    }
#else
    (void)at;
    (void)stride;
    for (int i = 0; i < OBJECTIVE_SUMS; i++) {
        real folded = fold_many(partial_of(b, 0, column, first + i), WS_PARTS, WS_COLUMNS * WS_SUMS);
        ((real *)total)[i] = WS_W == 1 ? fold_inside(folded) : folded;
    }
#endif
}
#endif

#if WS_W == 1 && !WS_COUPLED
/* Two vectors of blocks of 2 n lanes, each block one iteration, become one of blocks of n lanes, those of `a` first. */
#define FOLD_AT(n, o) ((o) / (n) * 2 * (n) + (o) % (n))
#if WS_LANES == 16
#define FOLD_LANES(n, m)                                                                                                                    \
    FOLD_AT(n, 0) + m, FOLD_AT(n, 1) + m, FOLD_AT(n, 2) + m, FOLD_AT(n, 3) + m, FOLD_AT(n, 4) + m, FOLD_AT(n, 5) + m, FOLD_AT(n, 6) + m,  \
        FOLD_AT(n, 7) + m, FOLD_AT(n, 8) + m, FOLD_AT(n, 9) + m, FOLD_AT(n, 10) + m, FOLD_AT(n, 11) + m, FOLD_AT(n, 12) + m,              \
        FOLD_AT(n, 13) + m, FOLD_AT(n, 14) + m, FOLD_AT(n, 15) + m
#elif WS_LANES == 8
#define FOLD_LANES(n, m)                                                                                                                  \
    FOLD_AT(n, 0) + m, FOLD_AT(n, 1) + m, FOLD_AT(n, 2) + m, FOLD_AT(n, 3) + m, FOLD_AT(n, 4) + m, FOLD_AT(n, 5) + m, FOLD_AT(n, 6) + m, \
        FOLD_AT(n, 7) + m
#elif WS_LANES == 4
#define FOLD_LANES(n, m) FOLD_AT(n, 0) + m, FOLD_AT(n, 1) + m, FOLD_AT(n, 2) + m, FOLD_AT(n, 3) + m
#else
#define FOLD_LANES(n, m) FOLD_AT(n, 0) + m, FOLD_AT(n, 1) + m
#endif
#define FOLD_PAIR(n, a, b) (SHUFFLE(a, b, FOLD_LANES(n, 0)) + SHUFFLE(a, b, FOLD_LANES(n, n)))

/* Sum i of iterations first ... first + WS_LANES - 1, one a lane, from vectors that still hold WS_LANES partial sums each. */
FN real fold_across(block *b, int first, int i)
{
    real a[WS_LANES];
    UNROLLED
    for (int s = 0; s < WS_LANES; s++) a[s] = *waiting_sum(b, WS_LEVELS, first + s, 0, i);
#if WS_LANES >= 16
    UNROLLED
    for (int s = 0; s < 8; s++) a[s] = FOLD_PAIR(8, a[2 * s], a[2 * s + 1]);
#endif
#if WS_LANES >= 8
    UNROLLED
    for (int s = 0; s < 4; s++) a[s] = FOLD_PAIR(4, a[2 * s], a[2 * s + 1]);
#endif
#if WS_LANES >= 4
    UNROLLED
    for (int s = 0; s < 2; s++) a[s] = FOLD_PAIR(2, a[2 * s], a[2 * s + 1]);
#endif
    return FOLD_PAIR(1, a[0], a[1]);
}

/* The gaps of a batch from the totals of its iterations. */
FN void fold_batch(block *b)
{
    constants k = constants_of(b, 0);
    for (int q = 0; q < WS_BATCH / WS_LANES; q++) {
        sums t;
        for (int i = 0; i < OBJECTIVE_SUMS; i++) ((real *)&t)[i] = fold_across(b, q * WS_LANES, i);
        b->gap.vector[q] = gap(k, t);
    }
}
#endif
#endif
