/* trace_bytes.c: see trace_bytes.h. */
#include "plan/trace_bytes.h"

#include <string.h>

enum { STEP_SIZE = 1, SHARPNESS = 3, EDGE = 4 };

static int has(ws_shape shape, int q) { return shape.traced >> q & 1; }
static int edge_follows(ws_shape shape) { return has(shape, EDGE) && has(shape, STEP_SIZE) && has(shape, SHARPNESS); }
static int is_kept(ws_shape shape, int q) { return has(shape, q) && !(q == EDGE && edge_follows(shape)); }
static size_t number_bytes(ws_shape shape, int q) { return shape.single && q != EDGE ? 4 : 8; }

size_t ws_trace_bytes_in_memory(ws_shape shape, int q) { return shape.packed ? (is_kept(shape, q) ? number_bytes(shape, q) : 0) : has(shape, q) ? 8 : 0; }

size_t ws_trace_bytes_most(ws_shape shape)
{
    size_t sum = 0;
    for (int q = 0; q < WS_TRACED_COUNT; q++)
        if (is_kept(shape, q)) sum += 4 + number_bytes(shape, q) * (size_t)shape.trace_count;
    return sum;
}

static double canonical_nan(void)
{
    const uint64_t bits = 0x7ff8000000000000u;
    double value;
    memcpy(&value, &bits, 8);
    return value;
}

/* How a row is cut. */
typedef struct lengths {
    uint16_t kept, until;
} lengths;

/* Of a row of `count` f32 or f64, looked at as bits. */
static lengths cut_single(const uint32_t *row, int count)
{
    while (count > 0 && row[count - 1] == 0x7fc00000u) count--;
    int kept = count;
    while (kept > 1 && row[kept - 2] == row[count - 1]) kept--;
    return (lengths){(uint16_t)kept, (uint16_t)count};
}
static lengths cut_double(const uint64_t *row, int count)
{
    while (count > 0 && row[count - 1] == 0x7ff8000000000000u) count--;
    int kept = count;
    while (kept > 1 && row[kept - 2] == row[count - 1]) kept--;
    return (lengths){(uint16_t)kept, (uint16_t)count};
}

/* Of row i; `at`: those of all rows. */
static lengths lengths_of(const unsigned char *at, int64_t i, int64_t count)
{
    lengths l;
    memcpy(&l.kept, at + 2 * i, 2);
    memcpy(&l.until, at + 2 * (count + i), 2);
    return l;
}

size_t ws_trace_bytes_encode(void *const trace[WS_TRACED_COUNT], int64_t count, ws_shape shape, unsigned char *bytes)
{
    unsigned char *at = bytes;
    for (int q = 0; q < WS_TRACED_COUNT; q++) {
        if (!is_kept(shape, q)) continue;
        const size_t each = number_bytes(shape, q);
        unsigned char *head = at;
        at += 4 * (size_t)count;
        for (int64_t i = 0; i < count; i++) {
            const char *row = (const char *)trace[q] + (size_t)i * each * (size_t)shape.trace_count;
            lengths l = each == 4 ? cut_single((const uint32_t *)row, shape.trace_count) : cut_double((const uint64_t *)row, shape.trace_count);
            memcpy(head + 2 * i, &l.kept, 2);
            memcpy(head + 2 * (count + i), &l.until, 2);
            memcpy(at, row, l.kept * each);
            at += l.kept * each;
        }
    }
    return (size_t)(at - bytes);
}

int ws_trace_bytes_fit(const unsigned char *bytes, size_t length, int64_t count, ws_shape shape)
{
    for (int q = 0; q < WS_TRACED_COUNT; q++) {
        if (!is_kept(shape, q)) continue;
        if (length / 4 < (size_t)count) return 0;
        size_t sum = 0;
        for (int64_t i = 0; i < count; i++) {
            lengths l = lengths_of(bytes, i, count);
            if (l.kept > l.until || !l.kept != !l.until || l.until > shape.trace_count) return 0;
            sum += l.kept * number_bytes(shape, q);
        }
        bytes += 4 * (size_t)count;
        length -= 4 * (size_t)count;
        if (length < sum) return 0;
        bytes += sum;
        length -= sum;
    }
    return length == 0;
}

/* n numbers of 4 or 8 bytes to f64 */
static void widen(const void *from, size_t each, size_t n, double *to)
{
    if (each == 8) memcpy(to, from, n * 8);
    for (size_t i = 0; each == 4 && i < n; i++) {
        float value;
        memcpy(&value, (const char *)from + 4 * i, 4);
        to[i] = (double)value;
    }
}

/* As the kernels compute it where they keep it (observe.h). */
static void fill_edge(const double *eta, const double *sharp, size_t n, double *edge)
{
    for (size_t i = 0; i < n; i++) {
        edge[i] = 0.5 * (eta[i] * sharp[i]);
        if (edge[i] != edge[i]) edge[i] = canonical_nan();
    }
}

void ws_trace_bytes_decode(const unsigned char *bytes, int64_t count, ws_shape shape, void *const trace[WS_TRACED_COUNT])
{
    const int points = shape.trace_count;
    for (int q = 0; q < WS_TRACED_COUNT; q++) {
        if (!is_kept(shape, q)) continue;
        const unsigned char *head = bytes;
        bytes += 4 * (size_t)count;
        for (int64_t i = 0; i < count; i++) {
            lengths l = lengths_of(head, i, count);
            double *row = (double *)trace[q] + i * points;
            widen(bytes, number_bytes(shape, q), l.kept, row);
            for (int p = l.kept; p < l.until; p++) row[p] = row[l.kept - 1];
            for (int p = l.until; p < points; p++) row[p] = canonical_nan();
            bytes += l.kept * number_bytes(shape, q);
        }
    }
    if (edge_follows(shape)) fill_edge(trace[STEP_SIZE], trace[SHARPNESS], (size_t)count * (size_t)points, trace[EDGE]);
}

void ws_trace_bytes_unpack(void *const packed[WS_TRACED_COUNT], int64_t count, ws_shape shape, void *const trace[WS_TRACED_COUNT])
{
    const size_t n = (size_t)count * (size_t)shape.trace_count;
    for (int q = 0; q < WS_TRACED_COUNT; q++)
        if (is_kept(shape, q)) widen(packed[q], number_bytes(shape, q), n, trace[q]);
    if (edge_follows(shape)) fill_edge(trace[STEP_SIZE], trace[SHARPNESS], n, trace[EDGE]);
}
