/* outcomes.h: outcomes of a chunk in memory and as the bytes that the journal keeps.
 *
 * Bytes: the columns of ws_columns one after the other, little-endian, in this order and without padding:
 *   status u8[n], flags u8[n], end [n], hit [n][E], final [n], best [n], best_at [n], peak [n], peak_at [n], gap_at [n][G],
 *   trials [n] (of a schedule that tries step sizes), hash u64[n] (only when the sweep asks for it), traces (trace_bytes.h)
 * Counts (end, hit, best_at, peak_at, trials) and gaps (final, best, peak, gap_at) are as short as their column allows (column_bytes.h). A reader checks
 * the length and the checksum (XXH3, 128 bits) before use. */
#ifndef WS_OUTCOMES_H
#define WS_OUTCOMES_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "kernels/record.h"

/* What is kept of every trajectory of a sweep: ws_plan_shape. */
typedef struct ws_shape {
    int eps_count, gap_at_count, has_hash;
    int trace_count; /* P */
    unsigned traced; /* mask of WS_TRACED_* */
    int has_trials;
    int single; /* trajectories in float32 */
    int packed; /* traces in memory as a kernel leaves them (record.h), to be encoded; 0: f64 each, to be read */
} ws_shape;

typedef struct ws_outcomes {
    ws_columns columns;
    int64_t count;  /* n */
    ws_shape shape;
    void *memory;   /* one block that holds all columns, in the order of the bytes but each aligned to 8 */
} ws_outcomes;

/* The most bytes of the encoded form; of one row of it, and about as many as it takes in memory. */
size_t ws_outcomes_bytes(int64_t count, ws_shape shape);
size_t ws_outcomes_row_bytes(ws_shape shape);
/* Whether bytes of this length are outcomes of `count` trajectories, as far as that can be seen. */
int ws_outcomes_fit(const unsigned char *bytes, size_t length, int64_t count, ws_shape shape);
/* Allocates, traces as they come; rows are poisoned (status 255), so that a row never written shows. */
ws_code ws_outcomes_new(int64_t count, ws_shape shape, ws_outcomes *out, ws_error *error);
void ws_outcomes_free(ws_outcomes *outcomes);
/* How the columns of `count` rows lie in a block of memory that starts at `base` (aligned to 8; an address of any machine): returns the bytes
 * of the block. The status column comes first. */
size_t ws_outcomes_place(int64_t count, ws_shape shape, void *base, ws_columns *columns);
/* Row `from` of other columns of the same shape, and the `count` - 1 rows behind it, to rows `row` ... of the outcomes. */
void ws_outcomes_copy(ws_outcomes *outcomes, int64_t row, const ws_columns *columns, int64_t from, int64_t count);
/* Of packed ones. bytes: room for ws_outcomes_bytes() of them; returns how many they are. Aborts on a row that was never written. */
size_t ws_outcomes_encode(const ws_outcomes *outcomes, unsigned char *bytes);
/* To outcomes that are not packed. Checks length and every status; WS_FAILED when they cannot be outcomes. */
ws_code ws_outcomes_decode(const unsigned char *bytes, size_t length, ws_outcomes *outcomes, ws_error *error);
/* Packed outcomes become those to be read; rows not written stay so. */
ws_code ws_outcomes_unpack(ws_outcomes *outcomes, ws_error *error);
/* Every bit of every column, of two of the same shape. */
int ws_outcomes_equal(const ws_outcomes *a, const ws_outcomes *b);
/* XXH3 128-bit checksum in canonical (big-endian) order. */
void ws_outcomes_checksum(const void *bytes, size_t length, unsigned char checksum[16]);

#endif
