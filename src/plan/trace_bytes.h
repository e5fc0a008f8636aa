/* trace_bytes.h: the traces of a chunk as the bytes that the journal keeps: every bit of them, and no number twice.
 *
 * Of n trajectories, for each traced quantity: kept u16[n], until u16[n], then of row i its first kept[i] numbers. The last of these stands in the
 * row up to number until[i] (a constant step size, the sharpness of a quadratic, the gap of a stalled trajectory); after that come NaN.
 * Numbers are f64, or f32 where the trajectories are in float32: then gap, step size, gradient norm and sharpness are such numbers.
 * edge = eta * sharpness / 2 is left out where both are traced. */
#ifndef WS_TRACE_BYTES_H
#define WS_TRACE_BYTES_H

#include <stddef.h>
#include <stdint.h>

#include "plan/outcomes.h"

/* The most bytes that a row can take. */
size_t ws_trace_bytes_most(ws_shape shape);
/* Returns how many bytes were written. Aborts on a float32 trace that holds another number. */
size_t ws_trace_bytes_encode(double *const trace[WS_TRACED_COUNT], int64_t count, ws_shape shape, unsigned char *bytes);
/* Whether `length` bytes are the traces of `count` rows. */
int ws_trace_bytes_fit(const unsigned char *bytes, size_t length, int64_t count, ws_shape shape);
/* Of bytes that fit. */
void ws_trace_bytes_decode(const unsigned char *bytes, int64_t count, ws_shape shape, double *const trace[WS_TRACED_COUNT]);

#endif
