/* trace_bytes.c: see trace_bytes.h. */
#include "plan/trace_bytes.h"

#include <string.h>

enum { STEP_SIZE = 1, SHARPNESS = 3, EDGE = 4 };

static int has(ws_shape shape, int q) { return shape.traced >> q & 1; }
static int edge_follows(ws_shape shape) { return has(shape, STEP_SIZE) && has(shape, SHARPNESS); }
static int is_kept(ws_shape shape, int q) { return has(shape, q) && !(q == EDGE && edge_follows(shape)); }
static size_t number_bytes(ws_shape shape, int q) { return shape.single && q != EDGE ? 4 : 8; }

size_t ws_trace_bytes_most(ws_shape shape)
{
    size_t sum = 0;
    for (int q = 0; q < WS_TRACED_COUNT; q++)
        if (is_kept(shape, q)) sum += 4 + number_bytes(shape, q) * (size_t)shape.trace_count;
    return sum;
}

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, 8);
    return bits;
}

static const uint64_t CANONICAL_NAN = 0x7ff8000000000000u;
static double canonical_nan(void)
{
    double value;
    memcpy(&value, &CANONICAL_NAN, 8);
    return value;
}

/* As the kernels compute it (observe.h). */
static double edge_of(double eta, double sharp)
{
    double edge = 0.5 * (eta * sharp);
    return edge == edge ? edge : canonical_nan();
}

/* Numbers before those that are NaN up to the end of the row. */
static int before_nan(const double *row, int count)
{
    while (count > 0 && bits_of(row[count - 1]) == CANONICAL_NAN) count--;
    return count;
}
/* Numbers before those that repeat the last one, and that one. */
static int before_last(const double *row, int count)
{
    uint64_t last = count ? bits_of(row[count - 1]) : 0;
    while (count > 1 && bits_of(row[count - 2]) == last) count--;
    return count;
}

typedef struct lengths {
    uint16_t kept, until;
} lengths;
/* Of row i; `at`: those of all rows. */
static lengths lengths_of(const unsigned char *at, int64_t i, int64_t count)
{
    lengths l;
    memcpy(&l.kept, at + 2 * i, 2);
    memcpy(&l.until, at + 2 * (count + i), 2);
    return l;
}

/* n numbers to `bytes` as f32. */
static void put_single(const double *restrict row, int n, unsigned char *restrict bytes)
{
    uint64_t lost = 0;
    for (int i = 0; i < n; i++) {
        float value = (float)row[i];
        lost |= bits_of((double)value) ^ bits_of(row[i]);
        memcpy(bytes + 4 * (size_t)i, &value, 4);
    }
    WS_REQUIRE(!lost && "a trace of float32 trajectories holds float32 numbers");
}

size_t ws_trace_bytes_encode(double *const trace[WS_TRACED_COUNT], int64_t count, ws_shape shape, unsigned char *bytes)
{
    unsigned char *at = bytes;
    const size_t points = (size_t)shape.trace_count;
    for (int q = 0; q < WS_TRACED_COUNT; q++) {
        if (!is_kept(shape, q)) continue;
        unsigned char *head = at;
        at += 4 * (size_t)count;
        for (int64_t i = 0; i < count; i++) {
            const double *row = trace[q] + (size_t)i * points;
            uint16_t until = (uint16_t)before_nan(row, shape.trace_count), kept = (uint16_t)before_last(row, until);
            memcpy(head + 2 * i, &kept, 2);
            memcpy(head + 2 * (count + i), &until, 2);
            if (number_bytes(shape, q) == 4) put_single(row, kept, at);
            else memcpy(at, row, (size_t)kept * 8);
            at += kept * number_bytes(shape, q);
        }
    }
    if (has(shape, EDGE) && edge_follows(shape))
        for (size_t i = 0; i < (size_t)count * points; i++)
            WS_REQUIRE(bits_of(edge_of(trace[STEP_SIZE][i], trace[SHARPNESS][i])) == bits_of(trace[EDGE][i]));
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

static void take_row(const unsigned char *bytes, size_t each, lengths l, double *row, int points)
{
    if (each == 8) memcpy(row, bytes, (size_t)l.kept * 8);
    for (int i = 0; each == 4 && i < l.kept; i++) {
        float value;
        memcpy(&value, bytes + 4 * (size_t)i, 4);
        row[i] = (double)value;
    }
    for (int i = l.kept; i < l.until; i++) row[i] = row[l.kept - 1];
    for (int i = l.until; i < points; i++) row[i] = canonical_nan();
}

void ws_trace_bytes_decode(const unsigned char *bytes, int64_t count, ws_shape shape, double *const trace[WS_TRACED_COUNT])
{
    const size_t points = (size_t)shape.trace_count;
    for (int q = 0; q < WS_TRACED_COUNT; q++) {
        if (!is_kept(shape, q)) continue;
        const unsigned char *head = bytes;
        bytes += 4 * (size_t)count;
        for (int64_t i = 0; i < count; i++) {
            lengths l = lengths_of(head, i, count);
            take_row(bytes, number_bytes(shape, q), l, trace[q] + (size_t)i * points, shape.trace_count);
            bytes += l.kept * number_bytes(shape, q);
        }
    }
    if (has(shape, EDGE) && edge_follows(shape))
        for (size_t i = 0; i < (size_t)count * points; i++) trace[EDGE][i] = edge_of(trace[STEP_SIZE][i], trace[SHARPNESS][i]);
}
