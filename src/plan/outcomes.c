/* outcomes.c: see outcomes.h. Columns in memory are little-endian arrays on every machine this is built for; the encoded form is the
 * same columns without padding. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "plan/outcomes.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the encoded form is little-endian"
#endif

enum { COLUMNS = 11, UNWRITTEN = 255 };

/* Bytes of a row in each column, in the order of the encoded form. */
static void row_bytes(int eps_count, int gap_at_count, int has_hash, size_t bytes[COLUMNS])
{
    const size_t all[COLUMNS] = {1, 1, 8, 8 * (size_t)eps_count, 8, 8, 8, 8, 8, 8 * (size_t)gap_at_count, has_hash ? 8 : 0};
    memcpy(bytes, all, sizeof all);
}

size_t ws_outcomes_bytes(int64_t count, int eps_count, int gap_at_count, int has_hash)
{
    size_t bytes[COLUMNS], sum = 0;
    row_bytes(eps_count, gap_at_count, has_hash, bytes);
    for (int c = 0; c < COLUMNS; c++) sum += bytes[c];
    return sum * (size_t)count;
}

static void place_columns(ws_outcomes *o, size_t place[COLUMNS + 1])
{
    size_t bytes[COLUMNS];
    row_bytes(o->eps_count, o->gap_at_count, o->has_hash, bytes);
    place[0] = 0;
    for (int c = 0; c < COLUMNS; c++) place[c + 1] = (place[c] + bytes[c] * (size_t)o->count + 7) / 8 * 8;
}

ws_code ws_outcomes_new(int64_t count, int eps_count, int gap_at_count, int has_hash, ws_outcomes *out, ws_error *error)
{
    *out = (ws_outcomes){.count = count, .eps_count = eps_count, .gap_at_count = gap_at_count, .has_hash = has_hash};
    size_t place[COLUMNS + 1];
    place_columns(out, place);
    char *memory = malloc(place[COLUMNS] + 8);
    if (!memory) return ws_error_set(error, WS_FAILED, "out of memory for the outcomes of %lld trajectories (%zu bytes)", (long long)count, place[COLUMNS]);
    memset(memory, 0, place[COLUMNS] + 8);
    memset(memory, UNWRITTEN, (size_t)count);
    out->memory = memory;
    ws_columns *c = &out->columns;
    c->status = (unsigned char *)(memory + place[0]);
    c->flags = (unsigned char *)(memory + place[1]);
    c->end = (long long *)(void *)(memory + place[2]);
    c->hit = (long long *)(void *)(memory + place[3]);
    c->final_gap = (double *)(void *)(memory + place[4]);
    c->best_gap = (double *)(void *)(memory + place[5]);
    c->best_at = (long long *)(void *)(memory + place[6]);
    c->peak_gap = (double *)(void *)(memory + place[7]);
    c->peak_at = (long long *)(void *)(memory + place[8]);
    c->gap_at = (double *)(void *)(memory + place[9]);
    c->hash = has_hash ? (unsigned long long *)(void *)(memory + place[10]) : NULL;
    return WS_OK;
}

void ws_outcomes_free(ws_outcomes *outcomes)
{
    free(outcomes->memory);
    memset(outcomes, 0, sizeof *outcomes);
}

void ws_outcomes_encode(const ws_outcomes *o, unsigned char *bytes)
{
    size_t place[COLUMNS + 1], row[COLUMNS];
    place_columns((ws_outcomes *)(size_t)o, place);
    row_bytes(o->eps_count, o->gap_at_count, o->has_hash, row);
    for (int64_t i = 0; i < o->count; i++) WS_REQUIRE(o->columns.status[i] < WS_STATUS_COUNT);
    for (int c = 0; c < COLUMNS; c++) {
        memcpy(bytes, (const char *)o->memory + place[c], row[c] * (size_t)o->count);
        bytes += row[c] * (size_t)o->count;
    }
}

ws_code ws_outcomes_decode(const unsigned char *bytes, size_t length, ws_outcomes *o, ws_error *error)
{
    size_t place[COLUMNS + 1], row[COLUMNS];
    if (length != ws_outcomes_bytes(o->count, o->eps_count, o->gap_at_count, o->has_hash))
        return ws_error_set(error, WS_FAILED, "%zu bytes cannot be the outcomes of %lld trajectories", length, (long long)o->count);
    place_columns(o, place);
    row_bytes(o->eps_count, o->gap_at_count, o->has_hash, row);
    for (int c = 0; c < COLUMNS; c++) {
        memcpy((char *)o->memory + place[c], bytes, row[c] * (size_t)o->count);
        bytes += row[c] * (size_t)o->count;
    }
    for (int64_t i = 0; i < o->count; i++)
        if (o->columns.status[i] >= WS_STATUS_COUNT)
            return ws_error_set(error, WS_FAILED, "row %lld has status %d, which is none", (long long)i, o->columns.status[i]);
    return WS_OK;
}

void ws_outcomes_checksum(const void *bytes, size_t length, unsigned char checksum[16])
{
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes, length));
    memcpy(checksum, canonical.digest, 16);
}
