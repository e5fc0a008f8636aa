/* describe_plan.c: how large a plan is and what to beware of: `warmsweep plan`. Nothing is computed on trajectories. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/json_number.h"
#include "base/text.h"
#include "plan/describe.h"
#include "plan/outcomes.h"
#include "plan/sweep.h"

/* Coordinate updates per second of one AVX2 core, for an order of magnitude only (docs/performance.md has measured ones). */
static double nominal_rate(const ws_plan *plan)
{
    double rate = strcmp(plan->noise, "none") ? 4e8 : strcmp(plan->objective, "quadratic") ? 1e9 : 8e9;
    return plan->precision == 64 ? rate / 2 : rate;
}

static double bytes_of_outcomes(const ws_plan *plan)
{
    return (double)ws_outcomes_row_bytes(ws_plan_shape(plan)) * (double)plan->trajectories;
}

static void span(double seconds, char text[48])
{
    if (seconds < 120) snprintf(text, 48, "%.2g s", seconds);
    else if (seconds < 7200) snprintf(text, 48, "%.0f min", seconds / 60);
    else if (seconds < 172800) snprintf(text, 48, "%.1f h", seconds / 3600);
    else snprintf(text, 48, "%.3g days", seconds / 86400);
}

static void bytes_text(double bytes, char text[48])
{
    const char *unit[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    int i = 0;
    while (bytes >= 1000 && i < 5) {
        bytes /= 1000;
        i++;
    }
    snprintf(text, 48, "%.3g %s", bytes, unit[i]);
}

/* Smallest eps as an absolute gap: with relative thresholds of the smallest gap at the start that the file gives. */
static double smallest_eps(const ws_plan *plan)
{
    if (!plan->eps_count) return NAN;
    double eps = plan->eps[plan->eps_count - 1], low, high;
    if (!plan->eps_relative) return eps;
    if (!strcmp(plan->start, "explicit")) return NAN;
    ws_sweep_extent(plan->sweep, WS_F_START_GAP, &low, &high);
    return eps * low;
}

/* A ramp from 0 to a peak p > 2 (in units of 1/sharpness) takes the sharpest mode of a quadratic down by e^(-2 W/p) before it brings it back. */
static void caution_of_underflow(const ws_plan *plan, ws_text *out)
{
    double low, high, steps, unused;
    if (strcmp(plan->objective, "quadratic") || strcmp(plan->method, "gd") || !*plan->peak_unit || !*plan->warmup) return;
    ws_sweep_extent(plan->sweep, WS_F_PEAK, &low, &high);
    ws_sweep_extent(plan->sweep, WS_F_WARMUP_STEPS, &unused, &steps);
    double depth = 2 * steps / (low > 2 ? low : 2), deepest = plan->precision == 32 ? 60 * log(2) : 500 * log(2);
    if (high > 2 && depth > deepest)
        ws_text_add(out, "ramps to peaks above 2/sharpness take modes down to e^-%.0f, which become zero and do not grow again (flag \"underflow\"); "
                         "objective \"log-quadratic\" keeps them\n", depth);
}

char *ws_plan_cautions(const ws_plan *plan)
{
    ws_text out = {0};
    double eps = smallest_eps(plan), tiny = plan->precision == 32 ? 0x1p-60 : 0x1p-500, least = plan->precision == 32 ? 0x1p-126 : 0x1p-1022;
    if (eps < least)
        ws_text_add(&out, "eps %.3g is below the smallest normal number of float%d: gaps near it are not accurate\n", eps, plan->precision);
    /* a coordinate of size x carries a gap of about x^2 times its curvature, or |x|^p */
    double power = 2, unused;
    if (!strcmp(plan->objective, "power") || !strcmp(plan->objective, "radial-power")) ws_sweep_extent(plan->sweep, WS_F_POWER_P, &unused, &power);
    int logarithmic = ws_entry_facts(plan->sweep->entry[WS_OBJECTIVES])->logarithmic;
    if (eps > 0 && eps < pow(tiny, power) && !logarithmic)
        ws_text_add(&out, "eps %.3g asks for coordinates below 2^%d, which become zero (flag \"underflow\"); use %s or a larger eps\n", eps,
                    plan->precision == 32 ? -60 : -500, plan->precision == 32 ? "float64" : "a scaled objective");
    if (plan->precision == 32 && !plan->compensated && !strcmp(plan->objective, "river"))
        ws_text_add(&out, "float32: a step along the river smaller than 6e-8 of its position changes nothing (status \"stalled\")\n");
    double low, high;
    ws_sweep_extent(plan->sweep, WS_F_STEPS, &low, &high);
    if (plan->precision == 32 && !plan->compensated && high > 1e5)
        ws_text_add(&out, "float32 rounds away part of every step: hits after 1e5 iterations can be 1 %% late or more, or never come (status \"stalled\"); use float64 or method.compensated for slow baselines\n");
    caution_of_underflow(plan, &out);
    if (plan->gap_at_count && (double)plan->gap_at[plan->gap_at_count - 1] > low)
        ws_text_add(&out, "record.gap_at has iterations after the smallest stop.steps (%.0f): NaN in those cells\n", low);
    if (plan->trace_count && (double)plan->trace_at[plan->trace_count - 1] > low)
        ws_text_add(&out, "record.trace.at has iterations after the smallest stop.steps (%.0f): NaN in those cells\n", low);
    if (plan->trace_count && plan->replicates > 1 && plan->eps_count && !plan->sweep->run_on_budget)
        ws_text_add(&out, "record.trace: a mean over replicates is known only while all of them run; stop.run_on \"budget\" makes them run on after their last hit\n");
    if (!plan->eps_count && !plan->gap_at_count && !plan->trace_count) ws_text_add(&out, "none of stop.gap, record.gap_at, record.trace asks for anything but the final, best and peak gap\n");
    if (bytes_of_outcomes(plan) > 1e11) ws_text_add(&out, "the journal may become larger than 100 GB\n");
    return ws_text_take(&out);
}

char *ws_plan_text(const ws_plan *plan)
{
    ws_text out = {0};
    char a[48], b[48], low[WS_NUMBER_ROOM], high[WS_NUMBER_ROOM];
    ws_text_add(&out, "%s\n  %s, %s%s%s, noise %s, start %s, %sfloat%d\n", plan->title, plan->objective, plan->method, *plan->average ? ", outcomes of the average " : "",
                plan->average, plan->noise, plan->start, plan->compensated ? "compensated " : "", plan->precision);
    for (int i = 0; i < plan->axis_count; i++) {
        const ws_axis *axis = &plan->axes[i];
        ws_text_add(&out, "  axis %-26s %8lld values from %s to %s%s%s\n", axis->path, (long long)axis->count, ws_text_rounded(axis->values[0], 4, low),
                    ws_text_rounded(axis->values[axis->count - 1], 4, high), *axis->unit && strcmp(axis->unit, "1") ? " " : "",
                    strcmp(axis->unit, "1") ? axis->unit : "");
    }
    ws_text_add(&out, "  cells %lld x replicates %lld = %lld trajectories, in %lld chunks of %lld\n", (long long)plan->cells, (long long)plan->replicates,
                (long long)plan->trajectories, (long long)plan->chunk_count, (long long)plan->chunk_size);
    ws_text_add(&out, "  kernels to compile %d, problems to prepare %lld\n", plan->variant_count, (long long)plan->problem_count);
    bytes_text(bytes_of_outcomes(plan), a);
    ws_text_add(&out, "  outcomes take at most %s of the journal\n", a);
    span(plan->updates_max / nominal_rate(plan), b);
    ws_text_add(&out, "  at most %.3g coordinate updates: %s on one core at a nominal %.1g/s, if every trajectory runs to its cap\n", plan->updates_max, b,
                nominal_rate(plan));
    char *cautions = ws_plan_cautions(plan);
    for (char *line = strtok(cautions, "\n"); line; line = strtok(NULL, "\n")) ws_text_add(&out, "  caution: %s\n", line);
    free(cautions);
    return ws_text_take(&out);
}

char *ws_plan_json(const ws_plan *plan)
{
    cJSON *top = cJSON_CreateObject(), *axes = cJSON_AddArrayToObject(top, "axes"), *cautions = cJSON_AddArrayToObject(top, "cautions");
    char fingerprint[33];
    for (int i = 0; i < 16; i++) sprintf(fingerprint + 2 * i, "%02x", plan->fingerprint[i]);
    cJSON_AddStringToObject(top, "title", plan->title);
    cJSON_AddStringToObject(top, "fingerprint", fingerprint);
    for (int i = 0; i < plan->axis_count; i++) {
        cJSON *axis = cJSON_CreateObject();
        cJSON_AddStringToObject(axis, "path", plan->axes[i].path);
        ws_json_number(axis, "count", (double)plan->axes[i].count);
        ws_json_number(axis, "first", plan->axes[i].values[0]);
        ws_json_number(axis, "last", plan->axes[i].values[plan->axes[i].count - 1]);
        cJSON_AddStringToObject(axis, "unit", plan->axes[i].unit);
        cJSON_AddItemToArray(axes, axis);
    }
    ws_json_number(top, "cells", (double)plan->cells);
    ws_json_number(top, "replicates", (double)plan->replicates);
    ws_json_number(top, "trajectories", (double)plan->trajectories);
    ws_json_number(top, "chunks", (double)plan->chunk_count);
    ws_json_number(top, "chunk_size", (double)plan->chunk_size);
    ws_json_number(top, "kernels", plan->variant_count);
    ws_json_number(top, "problems", (double)plan->problem_count);
    ws_json_number(top, "journal_bytes", bytes_of_outcomes(plan));
    ws_json_number(top, "updates_at_most", plan->updates_max);
    ws_json_number(top, "seconds_at_most_on_one_nominal_core", plan->updates_max / nominal_rate(plan));
    char *lines = ws_plan_cautions(plan);
    for (char *line = strtok(lines, "\n"); line; line = strtok(NULL, "\n")) cJSON_AddItemToArray(cautions, cJSON_CreateString(line));
    free(lines);
    char *text = cJSON_Print(top), *result;
    cJSON_Delete(top);
    WS_REQUIRE(text && "out of memory");
    size_t length = strlen(text);
    result = realloc(text, length + 2);
    WS_REQUIRE(result && "out of memory");
    memcpy(result + length, "\n", 2);
    return result;
}
