/* outcomes.c: see outcomes.h. Columns in memory are little-endian arrays on every machine this is built for. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "plan/column_bytes.h"
#include "plan/outcomes.h"
#include "plan/trace_bytes.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the encoded form is little-endian"
#endif

enum { STATUS, FLAGS, END, HIT, FINAL_GAP, BEST_GAP, BEST_AT, PEAK_GAP, PEAK_AT, GAP_AT, BEFORE_TRACE, TRIALS = BEFORE_TRACE + WS_TRACED_COUNT, HASH, COLUMNS };
enum { UNWRITTEN = 255 };

static int is_trace(int column) { return column >= BEFORE_TRACE && column < TRIALS; }
/* Status, flags and hash are kept as they are. */
static int is_plain(int column) { return column == STATUS || column == FLAGS || column == HASH; }
static ws_column_kind kind_of(int column)
{
    return column == FINAL_GAP || column == BEST_GAP || column == PEAK_GAP || column == GAP_AT ? WS_COLUMN_GAPS : WS_COLUMN_COUNTS;
}

/* Bytes of a row in each column, in their order in memory. */
static void row_bytes(ws_shape shape, size_t bytes[COLUMNS])
{
    const size_t first[BEFORE_TRACE] = {1, 1, 8, 8 * (size_t)shape.eps_count, 8, 8, 8, 8, 8, 8 * (size_t)shape.gap_at_count};
    memcpy(bytes, first, sizeof first);
    for (int q = 0; q < WS_TRACED_COUNT; q++) bytes[BEFORE_TRACE + q] = ws_trace_bytes_in_memory(shape, q) * (size_t)shape.trace_count;
    bytes[TRIALS] = shape.has_trials ? 8 : 0;
    bytes[HASH] = shape.has_hash ? 8 : 0;
}

size_t ws_outcomes_row_bytes(ws_shape shape)
{
    size_t bytes[COLUMNS], sum = ws_trace_bytes_most(shape);
    row_bytes(shape, bytes);
    for (int c = 0; c < COLUMNS; c++) sum += is_trace(c) ? 0 : bytes[c];
    return sum;
}

size_t ws_outcomes_bytes(int64_t count, ws_shape shape) { return COLUMNS + ws_outcomes_row_bytes(shape) * (size_t)count; }

/* How many of `length` bytes are the column c of `count` rows; 0: they do not begin with it. */
static size_t column_fits(int c, const unsigned char *bytes, size_t length, size_t row, int64_t count)
{
    if (is_plain(c)) return length / row >= (size_t)count ? row * (size_t)count : 0;
    return ws_column_bytes_fit(kind_of(c), bytes, length, row / 8 * (size_t)count);
}

int ws_outcomes_fit(const unsigned char *bytes, size_t length, int64_t count, ws_shape shape)
{
    size_t row[COLUMNS];
    row_bytes(shape, row);
    for (int c = 0; c < COLUMNS; c++) {
        if (is_trace(c) || !row[c]) continue;
        size_t used = column_fits(c, bytes, length, row[c], count);
        if (!used) return 0;
        bytes += used;
        length -= used;
    }
    return ws_trace_bytes_fit(bytes, length, count, shape);
}

static void place_columns(ws_outcomes *o, size_t place[COLUMNS + 1])
{
    size_t bytes[COLUMNS];
    row_bytes(o->shape, bytes);
    place[0] = 0;
    for (int c = 0; c < COLUMNS; c++) place[c + 1] = (place[c] + bytes[c] * (size_t)o->count + 7) / 8 * 8;
}

size_t ws_outcomes_place(int64_t count, ws_shape shape, void *base, ws_columns *c)
{
    ws_outcomes all = {.count = count, .shape = shape};
    size_t place[COLUMNS + 1];
    uintptr_t at = (uintptr_t)base;
    place_columns(&all, place);
    c->status = (unsigned char *)(at + place[STATUS]);
    c->flags = (unsigned char *)(at + place[FLAGS]);
    c->end = (long long *)(at + place[END]);
    c->hit = (long long *)(at + place[HIT]);
    c->final_gap = (double *)(at + place[FINAL_GAP]);
    c->best_gap = (double *)(at + place[BEST_GAP]);
    c->best_at = (long long *)(at + place[BEST_AT]);
    c->peak_gap = (double *)(at + place[PEAK_GAP]);
    c->peak_at = (long long *)(at + place[PEAK_AT]);
    c->gap_at = (double *)(at + place[GAP_AT]);
    for (int q = 0; q < WS_TRACED_COUNT; q++) c->trace[q] = ws_trace_bytes_in_memory(shape, q) ? (void *)(at + place[BEFORE_TRACE + q]) : NULL;
    c->trials = shape.has_trials ? (long long *)(at + place[TRIALS]) : NULL;
    c->hash = shape.has_hash ? (unsigned long long *)(at + place[HASH]) : NULL;
    return place[COLUMNS];
}

ws_code ws_outcomes_new(int64_t count, ws_shape shape, ws_outcomes *out, ws_error *error)
{
    *out = (ws_outcomes){.count = count, .shape = shape};
    size_t bytes = ws_outcomes_place(count, shape, NULL, &out->columns);
    char *memory = malloc(bytes + 8);
    if (!memory) return ws_error_set(error, WS_FAILED, "out of memory for the outcomes of %lld trajectories (%zu bytes)", (long long)count, bytes);
    size_t place[COLUMNS + 1];
    place_columns(out, place); /* a row that is written has all of its columns */
    memset(memory + place[TRIALS], 0, bytes + 8 - place[TRIALS]);
    memset(memory, UNWRITTEN, (size_t)count);
    out->memory = memory;
    ws_outcomes_place(count, shape, memory, &out->columns);
    return WS_OK;
}

void ws_outcomes_copy(ws_outcomes *o, int64_t row, const ws_columns *from, int64_t at, int64_t count)
{
    const ws_columns *to = &o->columns;
    size_t n = (size_t)count, r = (size_t)row, a = (size_t)at, e = (size_t)o->shape.eps_count, g = (size_t)o->shape.gap_at_count, row_of[COLUMNS];
    row_bytes(o->shape, row_of);
    memcpy(to->status + r, from->status + a, n);
    memcpy(to->flags + r, from->flags + a, n);
    memcpy(to->end + r, from->end + a, n * 8);
    memcpy(to->hit + r * e, from->hit + a * e, n * e * 8);
    memcpy(to->final_gap + r, from->final_gap + a, n * 8);
    memcpy(to->best_gap + r, from->best_gap + a, n * 8);
    memcpy(to->best_at + r, from->best_at + a, n * 8);
    memcpy(to->peak_gap + r, from->peak_gap + a, n * 8);
    memcpy(to->peak_at + r, from->peak_at + a, n * 8);
    memcpy(to->gap_at + r * g, from->gap_at + a * g, n * g * 8);
    for (int q = 0; q < WS_TRACED_COUNT; q++)
        if (to->trace[q]) memcpy((char *)to->trace[q] + r * row_of[BEFORE_TRACE + q], (const char *)from->trace[q] + a * row_of[BEFORE_TRACE + q], n * row_of[BEFORE_TRACE + q]);
    if (o->shape.has_trials) memcpy(to->trials + r, from->trials + a, n * 8);
    if (o->shape.has_hash) memcpy(to->hash + r, from->hash + a, n * 8);
}

void ws_outcomes_free(ws_outcomes *outcomes)
{
    free(outcomes->memory);
    memset(outcomes, 0, sizeof *outcomes);
}

static void require_written(const ws_outcomes *o)
{
    for (int64_t i = 0; i < o->count; i++) WS_REQUIRE(o->columns.status[i] < WS_STATUS_COUNT);
}

size_t ws_outcomes_encode(const ws_outcomes *o, unsigned char *bytes)
{
    size_t place[COLUMNS + 1], row[COLUMNS];
    unsigned char *at = bytes;
    WS_REQUIRE(o->shape.packed);
    place_columns((ws_outcomes *)(size_t)o, place);
    row_bytes(o->shape, row);
    require_written(o);
    for (int c = 0; c < COLUMNS; c++) {
        const char *column = (const char *)o->memory + place[c];
        if (is_trace(c) || !row[c]) continue;
        if (is_plain(c)) {
            memcpy(at, column, row[c] * (size_t)o->count);
            at += row[c] * (size_t)o->count;
        } else
            at += ws_column_bytes_encode(kind_of(c), column, row[c] / 8 * (size_t)o->count, at);
    }
    return (size_t)(at - bytes) + ws_trace_bytes_encode(o->columns.trace, o->count, o->shape, at);
}

ws_code ws_outcomes_decode(const unsigned char *bytes, size_t length, ws_outcomes *o, ws_error *error)
{
    size_t place[COLUMNS + 1], row[COLUMNS];
    WS_REQUIRE(!o->shape.packed);
    if (!ws_outcomes_fit(bytes, length, o->count, o->shape))
        return ws_error_set(error, WS_FAILED, "%zu bytes cannot be the outcomes of %lld trajectories", length, (long long)o->count);
    place_columns(o, place);
    row_bytes(o->shape, row);
    const unsigned char *end = bytes + length;
    for (int c = 0; c < COLUMNS; c++) {
        char *column = (char *)o->memory + place[c];
        if (is_trace(c) || !row[c]) continue;
        size_t used = column_fits(c, bytes, (size_t)(end - bytes), row[c], o->count);
        if (is_plain(c)) memcpy(column, bytes, used);
        else ws_column_bytes_decode(kind_of(c), bytes, row[c] / 8 * (size_t)o->count, column);
        bytes += used;
    }
    for (int64_t i = 0; i < o->count; i++)
        if (o->columns.status[i] >= WS_STATUS_COUNT)
            return ws_error_set(error, WS_FAILED, "row %lld has status %d, which is none", (long long)i, o->columns.status[i]);
    ws_trace_bytes_decode(bytes, o->count, o->shape, o->columns.trace);
    return WS_OK;
}

ws_code ws_outcomes_unpack(ws_outcomes *o, ws_error *error)
{
    ws_outcomes wide;
    ws_shape shape = o->shape, packed = shape;
    size_t from[COLUMNS + 1], to[COLUMNS + 1], row[COLUMNS];
    shape.packed = 0;
    ws_code code = ws_outcomes_new(o->count, shape, &wide, error);
    if (code) return code;
    place_columns(o, from);
    place_columns(&wide, to);
    row_bytes(shape, row);
    for (int c = 0; c < COLUMNS; c++)
        if (!is_trace(c)) memcpy((char *)wide.memory + to[c], (const char *)o->memory + from[c], row[c] * (size_t)o->count);
    ws_trace_bytes_unpack(o->columns.trace, o->count, packed, wide.columns.trace);
    ws_outcomes_free(o);
    *o = wide;
    return WS_OK;
}

int ws_outcomes_equal(const ws_outcomes *a, const ws_outcomes *b)
{
    size_t place[COLUMNS + 1], row[COLUMNS];
    place_columns((ws_outcomes *)(size_t)a, place);
    row_bytes(a->shape, row);
    for (int c = 0; c < COLUMNS; c++)
        if (memcmp((const char *)a->memory + place[c], (const char *)b->memory + place[c], row[c] * (size_t)a->count)) return 0;
    return 1;
}

void ws_outcomes_checksum(const void *bytes, size_t length, unsigned char checksum[16])
{
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes, length));
    memcpy(checksum, canonical.digest, 16);
}
