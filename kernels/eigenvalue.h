/* eigenvalue.h: the largest eigenvalue of a small symmetric matrix, for an objective's sharpness. */
#ifndef WS_EIGENVALUE_H
#define WS_EIGENVALUE_H

/* of ((a, b), (b, c)), b given as its square */
FN real largest_2x2(real a, real b_square, real c)
{
    real half = R(0.5f) * (a - c);
    return FMA(R(0.5f), a + c, SQRT(FMA(half, half, b_square)));
}

/* Of a[n][n], overwritten: ten cyclic sweeps of Jacobi rotations, which converge quadratically: for the n of this catalogue (at
 * most 32) to rounding. */
FN real largest_symmetric(real *a, int n)
{
    for (int sweep = 0; sweep < 10; sweep++)
        for (int p = 0; p < n - 1; p++)
            for (int q = p + 1; q < n; q++) {
                real off = a[p * n + q];
                real theta = R(0.5f) * (a[q * n + q] - a[p * n + p]) / off;
                real t = COPYSIGN(R(1.0f) / (ABS(theta) + SQRT(FMA(theta, theta, R(1.0f)))), theta);
                t = SEL(EQ(off, R(0.0f)), R(0.0f), t);
                real cosine = R(1.0f) / SQRT(FMA(t, t, R(1.0f))), sine = t * cosine;
                for (int i = 0; i < n; i++) {
                    real ip = a[i * n + p], iq = a[i * n + q];
                    a[i * n + p] = FMA(cosine, ip, -(sine * iq));
                    a[i * n + q] = FMA(sine, ip, cosine * iq);
                }
                for (int i = 0; i < n; i++) {
                    real pi = a[p * n + i], qi = a[q * n + i];
                    a[p * n + i] = FMA(cosine, pi, -(sine * qi));
                    a[q * n + i] = FMA(sine, pi, cosine * qi);
                }
                a[p * n + q] = a[q * n + p] = R(0.0f);
            }
    real largest = a[0];
    for (int i = 1; i < n; i++) largest = SEL(LT(largest, a[i * n + i]), a[i * n + i], largest);
    return largest;
}
/* What largest_symmetric does not exceed, for little of its work: the root of the sum of squares, and for its 5 n^2 rotations, each wrong by a few roundings of
 * that, 64 n^2 of them. Infinite where squares may have been lost below the normal range. */
FN real largest_symmetric_bound(const real *a, int n)
{
    real square = R(0.0f);
    for (int i = 0; i < n * n; i++) square = FMA(a[i], a[i], square);
    real bound = SQRT(square) * (R(1.0f) + R((scalar_real)(64 * WS_ROUNDING)) * R((scalar_real)(n * n)));
    return SEL(LT(R((scalar_real)(WS_PRECISION == 32 ? 0x1p-80 : 0x1p-900)), square), bound, INFINITE);
}
/* ... and what it is not below, closer to it, for more of its work: of all eigenvalues l the root of the root of sum l^4 and their mean weighted with l^2, which is
 * sum l^3 / sum l^2. Roundings as above, and as many for these sums. Infinities where powers may have been lost. */
FN void largest_symmetric_bounds(const real *a, int n, real *least, real *most)
{
    const real off = R((scalar_real)(128 * WS_ROUNDING)) * R((scalar_real)(n * n));
    real square = R(0.0f), cube = R(0.0f), fourth = R(0.0f);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            real product = R(0.0f);
            for (int l = 0; l < n; l++) product = FMA(a[i * n + l], a[l * n + j], product);
            square = FMA(a[i * n + j], a[i * n + j], square);
            cube = FMA(product, a[i * n + j], cube);
            fourth = FMA(product, product, fourth);
        }
    const mask kept = AND(LT(R((scalar_real)(WS_PRECISION == 32 ? 0x1p-80 : 0x1p-900)), fourth), LT(fourth, INFINITE));
    *most = SEL(kept, SQRT(SQRT(fourth)) * (R(1.0f) + off), INFINITE);
    *least = SEL(kept, cube / square - off * SQRT(square), -INFINITE);
}
#endif
