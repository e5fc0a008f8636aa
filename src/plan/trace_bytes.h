/* trace_bytes.h: the traces of a chunk in memory and as the bytes that the journal keeps: every bit of them, and no number twice.
 *
 * Numbers are f64, or f32 where the trajectories are in float32: then gap, step size, gradient norm and sharpness are such numbers.
 * edge = eta * sharpness / 2 is left out where both are traced. That is how a kernel leaves them in memory (packed); the bytes are, for each
 * quantity that is kept of n trajectories: kept u16[n], until u16[n], then of row i its first kept[i] numbers. The last of these stands in the row
 * up to number until[i] (a constant step size, the sharpness of a quadratic, the gap of a stalled trajectory); after that come NaN. */
#ifndef WS_TRACE_BYTES_H
#define WS_TRACE_BYTES_H

#include <stddef.h>
#include <stdint.h>

#include "plan/outcomes.h"

/* Bytes of one number of a quantity in memory; 0: it is not there. */
size_t ws_trace_bytes_in_memory(ws_shape shape, int quantity);
/* The most bytes that a row can take. */
size_t ws_trace_bytes_most(ws_shape shape);
/* Of packed traces; returns how many bytes were written. */
size_t ws_trace_bytes_encode(void *const trace[WS_TRACED_COUNT], int64_t count, ws_shape shape, unsigned char *bytes);
/* Whether `length` bytes are the traces of `count` rows. */
int ws_trace_bytes_fit(const unsigned char *bytes, size_t length, int64_t count, ws_shape shape);
/* Bytes that fit to f64, edge with them. */
void ws_trace_bytes_decode(const unsigned char *bytes, int64_t count, ws_shape shape, void *const trace[WS_TRACED_COUNT]);
/* Packed traces to f64, edge with them. */
void ws_trace_bytes_unpack(void *const packed[WS_TRACED_COUNT], int64_t count, ws_shape shape, void *const trace[WS_TRACED_COUNT]);

#endif
