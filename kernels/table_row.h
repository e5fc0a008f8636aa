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
/* number [count], a constant */
FN void lookup_row(const scalar_real *table, vuint row, int count, real *number)
{
    row = row * (scalar_vuint)TABLE_WIDTH(count);
    UNROLLED
    for (int first = 0; first < count; first += WS_LANES64) {
        row_part part[WS_LANES];
        real column[WS_LANES64];
        EACH(WS_LANES) __builtin_memcpy(&part[j], table + row[j] + first, sizeof part[j]);
        transpose(part, column);
        EACH(WS_LANES64) if (first + j < count) number[first + j] = column[j];
    }
}
#endif
#endif
