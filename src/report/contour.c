/* contour.c: marching squares.
 *
 * Each square of four neighbouring cell centres is crossed by the line on those edges whose ends lie on different sides of the level;
 * crossings are interpolated linearly. A saddle (four crossings) is resolved by the mean of the corners. A square with a corner
 * that has no number is left out: a line never enters a region that was not reached. */
#include "report/contour.h"

#include <math.h>

typedef struct point {
    double x, y;
} point;

static point crossing(point a, point b, double at_a, double at_b, double level)
{
    double part = (level - at_a) / (at_b - at_a);
    return (point){a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part};
}

static void add_segment(ws_text *out, point a, point b)
{
    ws_text_add(out, "%.6g %.6g\n%.6g %.6g\n\n", a.x, a.y, b.x, b.y);
}

/* Corners counter-clockwise from the lower left. */
static int64_t add_square(const point corner[4], const double value[4], double level, ws_text *out)
{
    point cut[4];
    int cuts = 0;
    for (int i = 0; i < 4; i++) {
        int next = (i + 1) % 4;
        if ((value[i] > level) != (value[next] > level)) cut[cuts++] = crossing(corner[i], corner[next], value[i], value[next], level);
    }
    if (cuts == 2) add_segment(out, cut[0], cut[1]);
    if (cuts < 4) return cuts / 2;
    int centre_above = (value[0] + value[1] + value[2] + value[3]) / 4 > level, first_above = value[0] > level;
    int shift = centre_above == first_above ? 0 : 3; /* joined corners: 0 and 2, or 1 and 3 */
    add_segment(out, cut[shift], cut[(shift + 1) % 4]);
    add_segment(out, cut[(shift + 2) % 4], cut[(shift + 3) % 4]);
    return 2;
}

int64_t ws_contour_add(const double *value, const double *x, int64_t nx, const double *y, int64_t ny, int64_t first_row, double level,
                       ws_text *out)
{
    int64_t segments = 0;
    for (int64_t j = first_row; j + 1 < ny; j++)
        for (int64_t i = 0; i + 1 < nx; i++) {
            const double *low = value + j * nx + i, *high = low + nx;
            const double values[4] = {low[0], low[1], high[1], high[0]};
            if (isnan(values[0] + values[1] + values[2] + values[3])) continue;
            const point corners[4] = {{x[i], y[j]}, {x[i + 1], y[j]}, {x[i + 1], y[j + 1]}, {x[i], y[j + 1]}};
            segments += add_square(corners, values, level, out);
        }
    return segments;
}
