/* scale.c: see scale.h.
 *
 * A scale is logarithmic when its positive values span more than a factor of 20: learning rates and warmup lengths. Strips end
 * halfway to the neighbour, so that every point of a picture has the colour of the nearest cell and nothing is interpolated. */
#include "report/scale.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define LOGARITHMIC_FROM 20.0
#define ZERO_STRIP 0.07 /* height of the strip of 0, of the rest's extent */
#define ZERO_GAP 0.025

static int by_value(const void *a, const void *b)
{
    const double *x = *(const double *const *)a, *y = *(const double *const *)b;
    return (*x > *y) - (*x < *y);
}

/* Axis indices by ascending value. */
static int64_t *order_of(const ws_axis *axis)
{
    const double **pointers = malloc((size_t)axis->count * sizeof *pointers);
    int64_t *order = malloc((size_t)axis->count * sizeof *order);
    WS_REQUIRE(pointers && order && "out of memory");
    for (int64_t i = 0; i < axis->count; i++) pointers[i] = &axis->values[i];
    qsort(pointers, (size_t)axis->count, sizeof *pointers, by_value);
    for (int64_t i = 0; i < axis->count; i++) order[i] = pointers[i] - axis->values;
    free(pointers);
    return order;
}

static void cut_strips(ws_scale *s, int64_t first)
{
    for (int64_t k = first; k < s->count; k++) {
        double before = k > first ? s->at[k] - s->at[k - 1] : NAN, after = k + 1 < s->count ? s->at[k + 1] - s->at[k] : NAN;
        if (isnan(before)) before = isnan(after) ? 1 : after;
        if (isnan(after)) after = before;
        s->low[k] = s->at[k] - before / 2;
        s->high[k] = s->at[k] + after / 2;
    }
}

void ws_scale_make(const ws_axis *axis, ws_scale *out)
{
    *out = (ws_scale){.axis = axis, .count = axis->count, .order = order_of(axis)};
    size_t bytes = (size_t)axis->count * sizeof(double);
    out->at = malloc(bytes);
    out->low = malloc(bytes);
    out->high = malloc(bytes);
    WS_REQUIRE(out->at && out->low && out->high && "out of memory");
    double least = axis->values[out->order[0]], most = axis->values[out->order[axis->count - 1]];
    int64_t first = least == 0 ? 1 : 0; /* of the values that a logarithmic scale can show */
    double positive = first < axis->count ? axis->values[out->order[first]] : 0;
    out->logarithmic = positive > 0 && least >= 0 && (most > LOGARITHMIC_FROM * positive);
    out->zero = out->logarithmic && least == 0;
    if (!out->logarithmic) first = 0;
    for (int64_t k = first; k < axis->count; k++) {
        double value = axis->values[out->order[k]];
        out->at[k] = out->logarithmic ? log10(value) : value;
    }
    cut_strips(out, first);
    out->to = out->high[axis->count - 1];
    out->from = out->low[first];
    if (out->zero) {
        double extent = out->to - out->from, top = out->from - ZERO_GAP * extent;
        out->high[0] = top;
        out->low[0] = out->from = top - ZERO_STRIP * extent;
        out->at[0] = (out->low[0] + out->high[0]) / 2;
    }
}

void ws_scale_free(ws_scale *scale)
{
    free(scale->order);
    free(scale->at);
    free(scale->low);
    free(scale->high);
}

int64_t ws_scale_find(const ws_scale *scale, double position)
{
    int64_t low = 0, high = scale->count - 1;
    while (low < high) { /* the last strip that begins at or below */
        int64_t middle = low + (high - low + 1) / 2;
        if (scale->low[middle] <= position) low = middle;
        else high = middle - 1;
    }
    return position >= scale->low[low] && position <= scale->high[low] ? low : -1;
}

void ws_scale_label(double value, char out[WS_NUMBER_ROOM])
{
    double power = log10(value), whole = round(power);
    if (value > 0 && fabs(power - whole) < 1e-9 && (whole >= 4 || whole <= -3)) snprintf(out, WS_NUMBER_ROOM, "10^{%.0f}", whole);
    else ws_text_rounded(value, 4, out);
}

static void add_tick(ws_text *script, int *any, const char *label, double position, int minor)
{
    ws_text_add(script, "%s'%s' %.10g%s", *any ? ", " : "", label, position, minor ? " 1" : "");
    *any = 1;
}

void ws_scale_add_ticks(const ws_scale *scale, char letter, ws_text *script)
{
    if (!scale->logarithmic) return; /* gnuplot's own are fine */
    char label[WS_NUMBER_ROOM];
    int any = 0;
    double low = scale->zero ? scale->low[1] : scale->from, decades = scale->to - low;
    int step = decades > 14 ? 4 : decades > 7 ? 2 : 1;
    ws_text_add(script, "set %ctics (", letter);
    if (scale->zero) add_tick(script, &any, "0", scale->at[0], 0);
    for (int power = (int)floor(low) - 1; power <= (int)ceil(scale->to); power++)
        for (int digit = 1; digit < 10; digit++) {
            double position = power + log10(digit);
            if (position < low || position > scale->to) continue;
            int labelled = digit == 1 ? power % step == 0 : decades < 1.5 && (digit == 2 || digit == 5);
            ws_scale_label(digit * pow(10, power), label);
            add_tick(script, &any, labelled ? label : "", position, !labelled);
        }
    ws_text_add(script, ")\n");
}

int ws_scale_levels(double low, double high, double *levels, int room)
{
    int count = 0;
    double decades = log10(high / low);
    if (decades >= 0.7) {
        static const double steps[] = {1, 2, 5};
        int each = decades >= 2.5 ? 1 : 3, skip = decades > 8 ? 2 : 1;
        for (int power = (int)floor(log10(low)); power <= (int)ceil(log10(high)); power++)
            for (int s = 0; s < each; s++) {
                double level = steps[s] * pow(10, power);
                if (power % skip == 0 && level >= low && level <= high && count < room) levels[count++] = level;
            }
        return count;
    }
    double unit = pow(10, floor(log10((high - low) / 4)));
    double step = (high - low) / unit > 20 ? 5 * unit : (high - low) / unit > 8 ? 2 * unit : unit;
    for (double level = ceil(low / step) * step; level <= high && count < room; level += step)
        if (level > 0) levels[count++] = level;
    return count;
}
