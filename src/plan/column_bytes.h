/* column_bytes.h: a column of numbers of 8 bytes as the bytes that the journal keeps: all of them as short as the longest needs, no bit lost.
 *
 * Bytes: width u8, then the numbers, little-endian: counts i16, i32 or i64 (width 2, 4, 8), gaps f32 where every one is such a number, NaN among
 * them, else f64 (width 4, 8). The shortest that holds all: equal columns are equal bytes. */
#ifndef WS_COLUMN_BYTES_H
#define WS_COLUMN_BYTES_H

#include <stddef.h>

typedef enum ws_column_kind { WS_COLUMN_COUNTS, WS_COLUMN_GAPS } ws_column_kind;

/* Of n i64 or f64; `bytes`: room for 1 + 8 n. Returns how many were written. */
size_t ws_column_bytes_encode(ws_column_kind kind, const void *numbers, size_t n, unsigned char *bytes);
/* How many of `length` bytes are a column of n numbers; 0: they do not begin with one. */
size_t ws_column_bytes_fit(ws_column_kind kind, const unsigned char *bytes, size_t length, size_t n);
/* Bytes that fit to n i64 or f64. */
void ws_column_bytes_decode(ws_column_kind kind, const unsigned char *bytes, size_t n, void *numbers);

#endif
