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
        if (is_kept(shape, q)) sum += 2 + number_bytes(shape, q) * (size_t)shape.trace_count;
    return sum;
}

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, 8);
    return bits;
}

/* As the kernels compute it (observe.h); a NaN has one form. */
static double edge_of(double eta, double sharp)
{
    const uint64_t canonical = 0x7ff8000000000000u;
    double edge = 0.5 * (eta * sharp);
    if (edge != edge) memcpy(&edge, &canonical, 8);
    return edge;
}

/* How many numbers come before those that repeat the last one, and that one. */
static int before_last(const double *row, int count)
{
    uint64_t last = bits_of(row[count - 1]);
    while (count > 1 && bits_of(row[count - 2]) == last) count--;
    return count;
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
        unsigned char *kept = at;
        at += 2 * (size_t)count;
        for (int64_t i = 0; i < count; i++) {
            const double *row = trace[q] + (size_t)i * points;
            uint16_t n = (uint16_t)before_last(row, shape.trace_count);
            memcpy(kept + 2 * i, &n, 2);
            if (number_bytes(shape, q) == 4) put_single(row, n, at);
            else memcpy(at, row, (size_t)n * 8);
            at += n * number_bytes(shape, q);
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
        if (length / 2 < (size_t)count) return 0;
        size_t sum = 0;
        for (int64_t i = 0; i < count; i++) {
            uint16_t n;
            memcpy(&n, bytes + 2 * i, 2);
            if (n < 1 || n > shape.trace_count) return 0;
            sum += n * number_bytes(shape, q);
        }
        bytes += 2 * (size_t)count;
        length -= 2 * (size_t)count;
        if (length < sum) return 0;
        bytes += sum;
        length -= sum;
    }
    return length == 0;
}

static void take_row(const unsigned char *bytes, size_t each, int n, double *row, int points)
{
    if (each == 8) memcpy(row, bytes, (size_t)n * 8);
    for (int i = 0; each == 4 && i < n; i++) {
        float value;
        memcpy(&value, bytes + 4 * (size_t)i, 4);
        row[i] = (double)value;
    }
    for (int i = n; i < points; i++) row[i] = row[n - 1];
}

void ws_trace_bytes_decode(const unsigned char *bytes, int64_t count, ws_shape shape, double *const trace[WS_TRACED_COUNT])
{
    const size_t points = (size_t)shape.trace_count;
    for (int q = 0; q < WS_TRACED_COUNT; q++) {
        if (!is_kept(shape, q)) continue;
        const unsigned char *kept = bytes;
        bytes += 2 * (size_t)count;
        for (int64_t i = 0; i < count; i++) {
            uint16_t n;
            memcpy(&n, kept + 2 * i, 2);
            take_row(bytes, number_bytes(shape, q), n, trace[q] + (size_t)i * points, shape.trace_count);
            bytes += n * number_bytes(shape, q);
        }
    }
    if (has(shape, EDGE) && edge_follows(shape))
        for (size_t i = 0; i < (size_t)count * points; i++) trace[EDGE][i] = edge_of(trace[STEP_SIZE][i], trace[SHARPNESS][i]);
}
