/* fold_cpu.h: lanes folded upper half onto lower half, the canonical order, whole vectors first.
 *
 * With W > 1 every fold is a fold of whole vectors, down to one vector a column. With W = 1 the last log2(WS_LANES) folds are
 * inside a vector. */
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
/* partial[WS_NV * OBJECTIVE_SUMS], overwritten. Afterwards the first WS_COLUMNS entries (W > 1) hold the totals; with W = 1 the
 * first entry holds WS_LANES partial sums that fold_inside finishes. */
FN void fold_vectors(real *partial)
{
    enum { WIDTH = WS_COLUMNS * OBJECTIVE_SUMS, MANY = WS_NV / WS_COLUMNS, FEW = MANY < 32 ? MANY : 32 };
    for (int n = MANY / 2; n >= FEW && n > 0; n /= 2)
        for (int i = 0; i < n * WIDTH; i++) partial[i] = partial[i] + partial[i + n * WIDTH];
    for (int i = 0; i < WIDTH; i++) partial[i] = fold_few(partial + i, FEW, WIDTH);
}
/* W = 1: the folds inside one vector */
FN scalar_real fold_inside(real v)
{
    scalar_real a[WS_LANES];
    __builtin_memcpy(a, &v, sizeof a);
    for (int n = WS_LANES / 2; n >= 1; n /= 2)
        for (int i = 0; i < n; i++) a[i] = a[i] + a[i + n];
    return a[0];
}
/* The totals of iteration s of a batch, from its partial sums. */
FN void fold_iteration(block *b, int s)
{
    real *partial = &b->partial[s * WS_NV * OBJECTIVE_SUMS];
    fold_vectors(partial);
    for (int i = 0; i < OBJECTIVE_SUMS; i++) {
        if (WS_W == 1)
            b->total.scalar[i][s] = fold_inside(partial[i]);
        else
            for (int c = 0; c < WS_COLUMNS; c++)
                b->total.vector[i][s * WS_COLUMNS + c] = partial[c * OBJECTIVE_SUMS + i];
    }
}
/* The totals of iteration s for the trajectories of a column (W = 1: for all lanes of the one). */
FN sums totals(const block *b, int s, int column)
{
    sums t;
    for (int i = 0; i < OBJECTIVE_SUMS; i++)
        ((real *)&t)[i] = WS_W == 1 ? R(b->total.scalar[i][s]) : b->total.vector[i][s * WS_COLUMNS + column];
    return t;
}
#endif
