/* scale.h: where the values of an axis lie in a picture, and its ticks. Private to report; pure. */
#ifndef WS_REPORT_SCALE_H
#define WS_REPORT_SCALE_H

#include <stdint.h>

#include "plan/plan.h"
#include "base/text.h"

/* Values in ascending order with the strip that each one fills. Positions are log10 of the value on a logarithmic scale (the value
 * itself otherwise); a 0 below positive values on a logarithmic scale gets a strip of its own under a gap. */
typedef struct ws_scale {
    const ws_axis *axis;
    int64_t count;
    int64_t *order;           /* [count] index on the axis of the k-th smallest value */
    double *at, *low, *high;  /* [count] position of the value, and of its strip's two ends */
    int logarithmic, zero;    /* zero: strip 0 is the value 0, apart from the others */
    double from, to;          /* ends of the whole scale */
} ws_scale;

void ws_scale_make(const ws_axis *axis, ws_scale *out); /* aborts when out of memory */
void ws_scale_free(ws_scale *scale);
/* Index k of the strip that holds the position, or -1 (in the gap). */
int64_t ws_scale_find(const ws_scale *scale, double position);
/* "set xtics (...)" for the letter 'x' or 'y', as a gnuplot line. */
void ws_scale_add_ticks(const ws_scale *scale, char letter, ws_text *script);

/* Round numbers between two positive iteration counts, ascending: powers of ten, or 1-2-5, or an arithmetic series. Returns how
 * many; at most room. */
int ws_scale_levels(double low, double high, double *levels, int room);
/* "10^{3}" for whole powers of ten from 10^4 on and to 10^-3, else "200": gnuplot's enhanced text. */
void ws_scale_label(double value, char out[WS_NUMBER_ROOM]);

#endif
