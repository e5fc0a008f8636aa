/* contour.h: level lines of a field on a grid. Private to report; pure. */
#ifndef WS_REPORT_CONTOUR_H
#define WS_REPORT_CONTOUR_H

#include <stdint.h>

#include "base/text.h"

/* Adds the segments of the line value = level to `out`: two lines "x y" and an empty one each. value: [ny][nx], NaN where there is
 * none; x: [nx], y: [ny] positions. Rows from first_row on are looked at. Returns the number of segments. */
int64_t ws_contour_add(const double *value, const double *x, int64_t nx, const double *y, int64_t ny, int64_t first_row, double level,
                       ws_text *out);

#endif
