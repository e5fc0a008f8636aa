/* transpose_cpu.h: rows of numbers, a row for every lane, become columns: values. Numbers are exchanged inside the quarters of a vector (16 bytes) first, which
 * costs least, then quarters. */
#ifndef WS_TRANSPOSE_CPU_H
#define WS_TRANSPOSE_CPU_H

/* as many numbers of a row as f64 has lanes, rounded */
#if WS_PRECISION == 32
typedef f32_half row_part;
FN row_part row_part_of(f64 numbers) { return narrow_f64(numbers); }
#else
typedef f64 row_part;
FN row_part row_part_of(f64 numbers) { return numbers; }
#endif

/* Of two values, by quarter: */
#if WS_VECTOR_BYTES == 64
#define LOW_PAIRS(a, b) SHUFFLE(a, b, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29) /* first numbers, one beside the other, and second ones */
#define HIGH_PAIRS(a, b) SHUFFLE(a, b, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31)
#define LOW_HALVES(a, b) SHUFFLE_F64(a, b, 0, 8, 2, 10, 4, 12, 6, 14)
#define HIGH_HALVES(a, b) SHUFFLE_F64(a, b, 1, 9, 3, 11, 5, 13, 7, 15)
#define EVEN_QUARTERS(a, b) SHUFFLE_F64(a, b, 0, 1, 4, 5, 8, 9, 12, 13) /* those of a, then those of b */
#define ODD_QUARTERS(a, b) SHUFFLE_F64(a, b, 2, 3, 6, 7, 10, 11, 14, 15)
#elif WS_VECTOR_BYTES == 32
#define LOW_PAIRS(a, b) SHUFFLE(a, b, 0, 8, 1, 9, 4, 12, 5, 13)
#define HIGH_PAIRS(a, b) SHUFFLE(a, b, 2, 10, 3, 11, 6, 14, 7, 15)
#define LOW_HALVES(a, b) SHUFFLE_F64(a, b, 0, 4, 2, 6)
#define HIGH_HALVES(a, b) SHUFFLE_F64(a, b, 1, 5, 3, 7)
#define EVEN_QUARTERS(a, b) SHUFFLE_F64(a, b, 0, 1, 4, 5)
#define ODD_QUARTERS(a, b) SHUFFLE_F64(a, b, 2, 3, 6, 7)
#else
#define LOW_HALVES(a, b) SHUFFLE_F64(a, b, 0, 2)
#define HIGH_HALVES(a, b) SHUFFLE_F64(a, b, 1, 3)
#endif

/* row [WS_LANES] to column [WS_LANES64] */
FN void transpose(const row_part *row, real *column)
{
#if WS_PRECISION == 32 && WS_VECTOR_BYTES == 16
    const f32 low = join_f32(row[0], row[1]), high = join_f32(row[2], row[3]);
    column[0] = SHUFFLE(low, high, 0, 2, 4, 6);
    column[1] = SHUFFLE(low, high, 1, 3, 5, 7);
#elif WS_PRECISION == 32
    enum { EIGHTS = WS_LANES / 8 };
    f64 four[EIGHTS][4]; /* quarters: four rows of column c, (of c + 4,) the next four of c (, of c + 4) */
    UNROLLED
    for (int n = 0; n < EIGHTS; n++) {
        f32 v[4];
        UNROLLED
        for (int i = 0; i < 4; i++) v[i] = join_f32(row[8 * n + i], row[8 * n + 4 + i]);
        const f64 low[2] = {(f64)LOW_PAIRS(v[0], v[1]), (f64)LOW_PAIRS(v[2], v[3])}, high[2] = {(f64)HIGH_PAIRS(v[0], v[1]), (f64)HIGH_PAIRS(v[2], v[3])};
        four[n][0] = LOW_HALVES(low[0], low[1]);
        four[n][1] = HIGH_HALVES(low[0], low[1]);
        four[n][2] = LOW_HALVES(high[0], high[1]);
        four[n][3] = HIGH_HALVES(high[0], high[1]);
    }
    UNROLLED
    for (int c = 0; c < 4; c++) {
#if WS_VECTOR_BYTES == 64
        column[c] = (f32)EVEN_QUARTERS(four[0][c], four[1][c]);
        column[c + 4] = (f32)ODD_QUARTERS(four[0][c], four[1][c]);
#else
        column[c] = (f32)four[0][c];
#endif
    }
#else
    f64 two[WS_LANES / 2][2]; /* quarters: two rows of column c, of c + 2, ... */
    UNROLLED
    for (int n = 0; n < WS_LANES / 2; n++) {
        two[n][0] = LOW_HALVES(row[2 * n], row[2 * n + 1]);
        two[n][1] = HIGH_HALVES(row[2 * n], row[2 * n + 1]);
    }
    UNROLLED
    for (int c = 0; c < 2; c++) {
#if WS_VECTOR_BYTES == 64
        const f64 even[2] = {EVEN_QUARTERS(two[0][c], two[1][c]), EVEN_QUARTERS(two[2][c], two[3][c])};
        const f64 odd[2] = {ODD_QUARTERS(two[0][c], two[1][c]), ODD_QUARTERS(two[2][c], two[3][c])};
        column[c] = EVEN_QUARTERS(even[0], even[1]);
        column[c + 2] = EVEN_QUARTERS(odd[0], odd[1]);
        column[c + 4] = ODD_QUARTERS(even[0], even[1]);
        column[c + 6] = ODD_QUARTERS(odd[0], odd[1]);
#elif WS_VECTOR_BYTES == 32
        column[c] = EVEN_QUARTERS(two[0][c], two[1][c]);
        column[c + 2] = ODD_QUARTERS(two[0][c], two[1][c]);
#else
        column[c] = two[0][c];
#endif
    }
#endif
}
#endif
