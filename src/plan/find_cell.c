/* find_cell.c: a cell by the values of its axes, as a person names it: "schedule.peak=0.1, schedule.warmup.steps=100". */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "plan/plan.h"

static void name_axes(const ws_plan *plan, ws_text *out)
{
    for (int a = 0; a < plan->axis_count; a++) {
        char first[WS_NUMBER_ROOM], last[WS_NUMBER_ROOM];
        const ws_axis *axis = &plan->axes[a];
        ws_text_rounded(axis->values[0], 6, first);
        ws_text_rounded(axis->values[axis->count - 1], 6, last);
        ws_text_add(out, "%s%s=%s...%s", a ? ", " : "", axis->path, first, last);
    }
    if (!plan->axis_count) ws_text_add(out, "none (the sweep has one cell)");
}

static ws_code fail(const ws_plan *plan, ws_error *error, const char *what)
{
    ws_text axes = {0};
    name_axes(plan, &axes);
    ws_code code = ws_error_set(error, WS_BAD_INPUT, "cell: %s; the axes are: %s", what, axes.bytes);
    ws_text_free(&axes);
    return code;
}

/* Index of the value on the axis, or -1; the nearest values go to `near`. */
static int64_t find_value(const ws_axis *axis, double value, char near[96])
{
    int64_t best = 0;
    for (int64_t i = 1; i < axis->count; i++)
        if (fabs(axis->values[i] - value) < fabs(axis->values[best] - value)) best = i;
    if (fabs(axis->values[best] - value) <= 1e-6 * fabs(axis->values[best])) return best;
    char a[WS_NUMBER_ROOM], b[WS_NUMBER_ROOM];
    int64_t other = axis->values[best] < value ? best + 1 : best - 1;
    ws_text_number(axis->values[best], a);
    if (other >= 0 && other < axis->count) snprintf(near, 96, "%s and %s", a, ws_text_number(axis->values[other], b));
    else snprintf(near, 96, "%s", a);
    return -1;
}

ws_code ws_plan_find_cell(const ws_plan *plan, const char *text, int64_t *cell, ws_error *error)
{
    int64_t index[64];
    char what[400];
    for (int a = 0; a < plan->axis_count; a++) index[a] = -1;
    for (const char *at = text; *at;) {
        at += strspn(at, " \t,");
        if (!*at) break;
        size_t length = strcspn(at, ",=");
        size_t name = length;
        while (name && isspace((unsigned char)at[name - 1])) name--;
        int axis = 0;
        while (axis < plan->axis_count && (strlen(plan->axes[axis].path) != name || memcmp(plan->axes[axis].path, at, name))) axis++;
        if (axis == plan->axis_count) {
            snprintf(what, sizeof what, "no axis \"%.*s\"", name > 100 ? 100 : (int)name, at);
            return fail(plan, error, what);
        }
        const char *number = at + length + 1;
        char *end = NULL;
        double value = at[length] == '=' ? strtod(number, &end) : NAN;
        if (!end || end == number || (*end && !strchr(", \t", *end)) || !isfinite(value)) {
            snprintf(what, sizeof what, "%s needs a number, as in %s=0.1", plan->axes[axis].path, plan->axes[axis].path);
            return fail(plan, error, what);
        }
        char near[96], shown[WS_NUMBER_ROOM];
        if (index[axis] >= 0) {
            snprintf(what, sizeof what, "%s is given twice", plan->axes[axis].path);
            return fail(plan, error, what);
        }
        index[axis] = find_value(&plan->axes[axis], value, near);
        if (index[axis] < 0) {
            snprintf(what, sizeof what, "%s=%s is not on the axis; nearest: %s", plan->axes[axis].path, ws_text_number(value, shown), near);
            return fail(plan, error, what);
        }
        at = end;
    }
    int64_t found = 0;
    for (int a = 0; a < plan->axis_count; a++) {
        if (index[a] < 0) {
            snprintf(what, sizeof what, "%s is not given", plan->axes[a].path);
            return fail(plan, error, what);
        }
        found = found * plan->axes[a].count + index[a];
    }
    *cell = found;
    return WS_OK;
}
