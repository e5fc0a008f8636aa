/* summary.c: the answer: how trajectories ended, and for each eps the best step without warmup, the best warmup and the ratio of their
 * median hitting iterations, with what makes a person doubt it: edges of the grid, choices among many, censored cells. */
#include "report/summary.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/json_number.h"
#include "base/text.h"

enum { GROUPS_AS_TEXT = 12 };

static void add_counts(ws_text *out, const ws_analysis *a)
{
    ws_text_add(out, "  %lld trajectories:", (long long)a->finished);
    for (int s = 0, any = 0; s < WS_STATUS_COUNT; s++)
        if (a->status[s]) ws_text_add(out, "%s %s %lld", any++ ? "," : "", ws_status_names[s], (long long)a->status[s]);
    ws_text_add(out, "\n");
    for (int f = 0, any = 0; f < WS_FLAG_COUNT; f++) {
        if (!a->flag[f]) continue;
        ws_text_add(out, "%s %s %lld", any++ ? "," : "  flags:", ws_flag_names[f], (long long)a->flag[f]);
        int more = 0;
        for (int later = f + 1; later < WS_FLAG_COUNT; later++) more |= a->flag[later] > 0;
        if (!more) ws_text_add(out, "\n");
    }
    if (!a->complete)
        ws_text_add(out, "  INCOMPLETE: %lld of %lld trajectories are there\n", (long long)a->finished, (long long)a->plan->trajectories);
}

/* "schedule.peak = 0.1, schedule.warmup.steps = 10", of the tuned axes or of the others */
static char *name_cell(const ws_plan *plan, int64_t cell, int tuned)
{
    ws_text out = {0};
    char number[WS_NUMBER_ROOM];
    for (int a = 0, any = 0; a < plan->axis_count; a++)
        if (ws_analysis_is_tuned(&plan->axes[a]) == tuned)
            ws_text_add(&out, "%s%s = %s", any++ ? ", " : "", plan->axes[a].path, ws_text_rounded(ws_analysis_axis_value(plan, cell, a), 4, number));
    return ws_text_take(&out);
}

static void add_mean_hit(ws_text *out, const ws_mean_hit *hit)
{
    switch (hit->standing) {
    case WS_MEAN_EXACT: ws_text_add(out, "    %-14s mean curve: T = %.0f\n", "", hit->high); break;
    case WS_MEAN_BETWEEN: ws_text_add(out, "    %-14s mean curve: T = %.0f to %.0f\n", "", hit->low, hit->high); break;
    case WS_MEAN_LATER: ws_text_add(out, "    %-14s mean curve: not at any iteration of the trace\n", ""); break;
    case WS_MEAN_NEVER: ws_text_add(out, "    %-14s mean curve: never, a replicate diverged before\n", ""); break;
    case WS_MEAN_UNKNOWN: ws_text_add(out, "    %-14s mean curve: not known, a replicate ended before (stop.run_on \"budget\")\n", ""); break;
    default: break;
    }
}

/* A hit at eta * sharpness > 2 is passed by, not stayed at; after underflow it may be none at all (docs/numerics.md). */
static void add_doubt(ws_text *out, int flags)
{
    if (!(flags & WS_FLAG_UNSTABLE)) return;
    if (flags & WS_FLAG_UNDERFLOW)
        ws_text_add(out, "    %-14s caution: not to be trusted: its hits have step size * sharpness > 2 (flag \"unstable\") and modes that underflow set to zero; "
                         "exact arithmetic may diverge here\n", "");
    else
        ws_text_add(out, "    %-14s caution: its hits have step size * sharpness > 2 (flag \"unstable\"): it passes by; stop.hold and stop.run_on tell whether it stays\n", "");
}

static void add_choice(ws_text *out, const ws_analysis *a, const char *label, const ws_choice *choice)
{
    const ws_plan *plan = a->plan;
    if (!choice->offered) return;
    if (choice->cell < 0) {
        ws_text_add(out, "    %-14s none reaches it in half of its replicates\n", label);
        if (choice->stalled)
            ws_text_add(out, "    %-14s caution: %lld of %lld cells stalled, their steps round to nothing%s\n", "", (long long)choice->stalled, (long long)choice->offered,
                        plan->precision == 32 ? ": in float64 or with method.compensated they go on, and a speedup over them is no speedup" : "");
        return;
    }
    char number[WS_NUMBER_ROOM], *cell = name_cell(plan, choice->cell, 1);
    ws_text_add(out, "    %-14s T = %-8s %s\n", label, ws_text_rounded(choice->median, 6, number), cell);
    if (ws_trace_has_mean_hits(plan)) add_mean_hit(out, &choice->mean);
    if (choice->edge_axis >= 0)
        ws_text_add(out, "    %-14s caution: this is the end of the grid in %s; a better one may lie beyond\n", "", plan->axes[choice->edge_axis].path);
    add_doubt(out, a->flags[choice->cell]);
    free(cell);
}

static void add_interval(ws_text *out, const ws_ratio *r)
{
    char low[WS_NUMBER_ROOM], high[WS_NUMBER_ROOM];
    if (isnan(r->low)) return;
    ws_text_add(out, " (95 %% interval %s to %s, %lld pairs)", ws_text_rounded(r->low, 3, low),
                isinf(r->high) ? "above what the cap lets see" : ws_text_rounded(r->high, 3, high), (long long)r->pairs);
}

static void add_ratio(ws_text *out, const ws_comparison *row)
{
    char number[WS_NUMBER_ROOM];
    if (!isnan(row->ratio.value)) {
        ws_text_add(out, "    %-14s %s", "speedup", isinf(row->ratio.value) ? "no bound" : ws_text_rounded(row->ratio.value, 4, number));
        add_interval(out, &row->ratio);
        ws_text_add(out, "\n");
    } else if (!isnan(row->at_least))
        ws_text_add(out, "    %-14s more than %s: no step without warmup gets there within the cap\n", "speedup", ws_text_rounded(row->at_least, 4, number));
    if (!isnan(row->held_out.value)) {
        ws_text_add(out, "    %-14s %s", "held out", isinf(row->held_out.value) ? "no bound" : ws_text_rounded(row->held_out.value, 4, number));
        add_interval(out, &row->held_out);
        ws_text_add(out, ": cells chosen on one half of the replicates, ratio taken on the other\n");
    }
}

static void add_comparison(ws_text *out, const ws_analysis *a, const ws_comparison *row)
{
    const ws_plan *plan = a->plan;
    char number[WS_NUMBER_ROOM];
    ws_text_add(out, "  gap <= %s%s\n", ws_text_rounded(plan->eps[row->eps], 6, number), plan->eps_relative ? " of the gap at the start" : "");
    if (row->constant.offered) add_choice(out, a, strcmp(plan->decay, "constant") ? "no warmup" : "constant step", &row->constant);
    if (row->warmup.offered) add_choice(out, a, "warmup", &row->warmup);
    if (!row->constant.offered && !row->warmup.offered) add_choice(out, a, "best", &row->any);
    add_ratio(out, row);
}

char *ws_summary_text(const ws_analysis *a, const ws_comparisons *c, int columns)
{
    ws_text out = {0}, wrapped = {0};
    const ws_plan *plan = a->plan;
    ws_text_add(&out, "%s\n", plan->title);
    add_counts(&out, a);
    if (!plan->eps_count) ws_text_add(&out, "  stop.gap asks for no hitting iteration: see best, final and asked gaps in outcomes.nc\n");
    int64_t shown = plan->eps_count ? (c->shown < GROUPS_AS_TEXT ? c->shown : GROUPS_AS_TEXT) : 0;
    for (int64_t g = 0; g < shown; g++) {
        const ws_comparison *rows = &c->rows[g * plan->eps_count];
        char *name = name_cell(plan, rows->first_cell, 0);
        if (*name) ws_text_add(&out, "%s\n", name);
        free(name);
        for (int e = 0; e < plan->eps_count; e++) add_comparison(&out, a, &rows[e]);
    }
    if (c->group_count > shown && plan->eps_count)
        ws_text_add(&out, "%lld of %lld combinations of the other axes are left out here: see cells.csv\n", (long long)(c->group_count - shown), (long long)c->group_count);
    for (char *line = out.bytes; line && *line;) {
        char *end = strchr(line, '\n');
        *end = '\0';
        ws_text_add_wrapped(&wrapped, line, columns < 40 ? 40 : columns);
        if (wrapped.length && wrapped.bytes[wrapped.length - 1] != '\n') ws_text_add(&wrapped, "\n");
        line = end + 1;
    }
    ws_text_free(&out);
    return ws_text_take(&wrapped);
}

static void add_axis_values(cJSON *to, const ws_plan *plan, int64_t cell, int tuned)
{
    for (int a = 0; a < plan->axis_count; a++)
        if (tuned < 0 || ws_analysis_is_tuned(&plan->axes[a]) == tuned) ws_json_number(to, plan->axes[a].path, ws_analysis_axis_value(plan, cell, a));
}

static void add_choice_json(cJSON *to, const char *key, const ws_analysis *a, const ws_choice *choice)
{
    const ws_plan *plan = a->plan;
    if (!choice->offered) return;
    if (choice->cell < 0) {
        cJSON_AddNullToObject(to, key);
        return;
    }
    cJSON *out = cJSON_AddObjectToObject(to, key);
    ws_json_number(out, "cell", (double)choice->cell);
    ws_json_number(out, "median", choice->median);
    if (ws_trace_has_mean_hits(plan)) {
        cJSON *mean = cJSON_AddObjectToObject(out, "mean_curve");
        if (!isnan(choice->mean.low)) ws_json_number(mean, "low", choice->mean.low);
        if (!isnan(choice->mean.high)) ws_json_number(mean, "high", choice->mean.high);
        cJSON_AddStringToObject(mean, "is", ws_mean_standing_names[choice->mean.standing]);
    }
    add_axis_values(out, plan, choice->cell, 1);
    if (choice->edge_axis >= 0) cJSON_AddStringToObject(out, "at_the_end_of", plan->axes[choice->edge_axis].path);
    cJSON *flags = cJSON_AddArrayToObject(out, "flags"); /* of at least half of its trajectories */
    for (int f = 0; f < WS_FLAG_COUNT; f++)
        if (a->flags[choice->cell] >> f & 1) cJSON_AddItemToArray(flags, cJSON_CreateString(ws_flag_names[f]));
}

static void add_ratio_json(cJSON *to, const char *key, const ws_ratio *r)
{
    if (isnan(r->value)) return;
    cJSON *out = cJSON_AddObjectToObject(to, key);
    ws_json_number(out, "ratio", r->value);
    ws_json_number(out, "low", r->low);
    ws_json_number(out, "high", r->high);
    ws_json_number(out, "pairs", (double)r->pairs);
}

char *ws_summary_json(const ws_analysis *a, const ws_comparisons *c)
{
    const ws_plan *plan = a->plan;
    cJSON *top = cJSON_CreateObject(), *status = cJSON_AddObjectToObject(top, "status"), *flags = cJSON_AddObjectToObject(top, "flags");
    cJSON_AddStringToObject(top, "title", plan->title);
    ws_json_number(top, "trajectories", (double)plan->trajectories);
    ws_json_number(top, "finished", (double)a->finished);
    cJSON_AddBoolToObject(top, "complete", a->complete);
    for (int s = 0; s < WS_STATUS_COUNT; s++) ws_json_number(status, ws_status_names[s], (double)a->status[s]);
    for (int f = 0; f < WS_FLAG_COUNT; f++) ws_json_number(flags, ws_flag_names[f], (double)a->flag[f]);
    ws_json_number(top, "groups", (double)c->group_count);
    cJSON *list = cJSON_AddArrayToObject(top, "comparisons");
    for (int64_t i = 0; i < c->shown * plan->eps_count; i++) {
        const ws_comparison *row = &c->rows[i];
        cJSON *one = cJSON_CreateObject(), *group = cJSON_AddObjectToObject(one, "group");
        add_axis_values(group, plan, row->first_cell, 0);
        ws_json_number(one, "eps", plan->eps[row->eps]);
        add_choice_json(one, "constant", a, &row->constant);
        add_choice_json(one, "warmup", a, &row->warmup);
        add_choice_json(one, "best", a, &row->any);
        add_ratio_json(one, "speedup", &row->ratio);
        add_ratio_json(one, "held_out", &row->held_out);
        if (!isnan(row->at_least)) ws_json_number(one, "speedup_at_least", row->at_least);
        cJSON_AddItemToArray(list, one);
    }
    char *text = cJSON_Print(top);
    WS_REQUIRE(text && "out of memory");
    cJSON_Delete(top);
    return text;
}
