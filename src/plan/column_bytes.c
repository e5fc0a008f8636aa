/* column_bytes.c: see column_bytes.h. Written for compilers that make vectors of simple loops. */
#include "plan/column_bytes.h"

#include <stdint.h>
#include <string.h>

/* Counts are -1 (never) or iterations. */
static size_t width_of_counts(const int64_t *from, size_t n)
{
    uint64_t beyond_16 = 0, beyond_32 = 0; /* bits above those of i16 and i32, of numbers moved to begin at 0 */
    for (size_t i = 0; i < n; i++) {
        beyond_16 |= ((uint64_t)from[i] + 0x8000u) & ~(uint64_t)0xffff;
        beyond_32 |= ((uint64_t)from[i] + 0x80000000u) & ~(uint64_t)0xffffffff;
    }
    return !beyond_16 ? 2 : !beyond_32 ? 4 : 8;
}

static size_t width_of_gaps(const double *from, size_t n)
{
    uint64_t lost = 0;
    for (size_t i = 0; i < n; i++) {
        const double back = (double)(float)from[i];
        uint64_t a, b;
        memcpy(&a, &from[i], 8);
        memcpy(&b, &back, 8);
        lost |= a ^ b;
    }
    return lost ? 8 : 4;
}

size_t ws_column_bytes_encode(ws_column_kind kind, const void *numbers, size_t n, unsigned char *bytes)
{
    const size_t width = kind == WS_COLUMN_GAPS ? width_of_gaps(numbers, n) : width_of_counts(numbers, n);
    const int64_t *counts = numbers;
    const double *gaps = numbers;
    unsigned char *to = bytes + 1; /* of no alignment */
    *bytes = (unsigned char)width;
    if (width == 8) memcpy(to, numbers, 8 * n);
    else if (kind == WS_COLUMN_GAPS)
        for (size_t i = 0; i < n; i++) {
            const float gap = (float)gaps[i];
            memcpy(to + 4 * i, &gap, 4);
        }
    else if (width == 4)
        for (size_t i = 0; i < n; i++) {
            const int32_t count = (int32_t)counts[i];
            memcpy(to + 4 * i, &count, 4);
        }
    else
        for (size_t i = 0; i < n; i++) {
            const int16_t count = (int16_t)counts[i];
            memcpy(to + 2 * i, &count, 2);
        }
    return 1 + width * n;
}

size_t ws_column_bytes_fit(ws_column_kind kind, const unsigned char *bytes, size_t length, size_t n)
{
    if (!length) return 0;
    const size_t width = *bytes;
    const int known = width == 4 || width == 8 || (width == 2 && kind == WS_COLUMN_COUNTS);
    return known && (length - 1) / width >= n ? 1 + width * n : 0;
}

void ws_column_bytes_decode(ws_column_kind kind, const unsigned char *bytes, size_t n, void *numbers)
{
    const size_t width = *bytes++;
    int64_t *counts = numbers;
    double *gaps = numbers;
    if (width == 8) memcpy(numbers, bytes, 8 * n);
    else if (kind == WS_COLUMN_GAPS)
        for (size_t i = 0; i < n; i++) {
            float gap;
            memcpy(&gap, bytes + 4 * i, 4);
            gaps[i] = (double)gap;
        }
    else if (width == 4)
        for (size_t i = 0; i < n; i++) {
            int32_t count;
            memcpy(&count, bytes + 4 * i, 4);
            counts[i] = count;
        }
    else
        for (size_t i = 0; i < n; i++) {
            int16_t count;
            memcpy(&count, bytes + 2 * i, 2);
            counts[i] = count;
        }
}
