/* table_row.h: numbers of a row of a table, of a row that every lane chooses for itself.
 *
 * A row of `count` numbers takes TABLE_WIDTH(count), so that it is read as whole parts of a vector, which are transposed. */
#ifndef WS_TABLE_ROW_H
#define WS_TABLE_ROW_H
#define TABLE_WIDTH(count) (((count) + 7) / 8 * 8)
#if WS_LANES == 1
FN void lookup_row(const scalar_real *table, vuint row, int count, real *number)
{
    UNROLLED
    for (int n = 0; n < count; n++) number[n] = table[row * TABLE_WIDTH(count) + n];
}
#else
#include "transpose_cpu.h"
/* number [count], a constant of at most 16 */
FN void lookup_row(const scalar_real *table, vuint row, int count, real *number)
{
    row_part part[WS_LANES];
    real column[16];
    row = row * (scalar_vuint)TABLE_WIDTH(count);
    UNROLLED
    for (int n = 0; n < count; n += WS_LANES64) {
        EACH(WS_LANES) __builtin_memcpy(&part[j], table + row[j] + n, sizeof part[j]);
        transpose(part, column + n);
    }
    EACH(count) number[j] = column[j];
}
#endif
#endif
