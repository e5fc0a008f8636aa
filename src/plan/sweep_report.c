/* sweep_report.c: the "report" list of a sweep file: which pictures to draw. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plan/json.h"
#include "plan/sweep.h"

enum { MOST_REPORTS = 64 };

static int axis_index(const ws_sweep *s, const char *path)
{
    for (int a = 0; a < s->axis_count; a++)
        if (!strcmp(s->axes[a].path, path)) return a;
    return -1;
}

static int read_axis(ws_reading *r, const char *path, const cJSON *report, const char *key)
{
    const ws_sweep *s = r->sweep;
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(report, key);
    char child[96], words[1024] = "";
    snprintf(child, sizeof child, "%s.%s", path, key);
    for (int a = 0; a < s->axis_count; a++) {
        size_t used = strlen(words);
        snprintf(words + used, sizeof words - used, "%s%s", used ? "|" : "", s->axes[a].path);
    }
    if (!cJSON_IsString(value)) {
        ws_reading_complain(r, child, "%s; allowed: the path of an axis (a number with several values), such as \"schedule.peak\"",
                            value ? ws_json_type(value) : "missing");
        return -1;
    }
    int axis = axis_index(s, value->valuestring);
    if (axis < 0 && ws_reading_spoilt(r, value->valuestring)) return -1;
    if (axis < 0 && s->axis_count) ws_reading_suggest(r, child, "no axis", value->valuestring, words);
    else if (axis < 0) ws_reading_complain(r, child, "no axis \"%.60s\": this sweep has none", value->valuestring);
    return axis;
}

static int read_eps(ws_reading *r, const char *path, const cJSON *report)
{
    const ws_sweep *s = r->sweep;
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(report, "eps");
    char child[96], shown[80];
    if (!value) return -1;
    snprintf(child, sizeof child, "%s.eps", path);
    for (int e = 0; cJSON_IsNumber(value) && e < (int)s->list_count[WS_F_GAP]; e++)
        if (fabs(s->list[WS_F_GAP][e] - value->valuedouble) <= 1e-9 * fabs(value->valuedouble)) return e;
    if (ws_reading_spoilt_field(r, WS_F_GAP)) return -1;
    ws_json_show(value, shown, sizeof shown);
    ws_reading_complain(r, child, "%s; allowed: one of the numbers of stop.gap", shown);
    return -1;
}

/* One of the quantities that record.trace keeps. */
static int read_quantity(ws_reading *r, const char *path, const cJSON *report)
{
    const ws_sweep *s = r->sweep;
    const char *words = ws_fields[WS_F_TRACE_QUANTITIES].choices;
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(report, "quantity");
    char child[96];
    snprintf(child, sizeof child, "%s.quantity", path);
    int index = cJSON_IsString(value) ? ws_word_index(words, value->valuestring) : -1;
    if (!cJSON_IsString(value)) ws_reading_complain(r, child, "%s; allowed: one of the words %s", value ? ws_json_type(value) : "missing", words);
    else if (index < 0) ws_reading_suggest(r, child, "unknown value", value->valuestring, words);
    else if (ws_reading_spoilt(r, "record.trace")) return index;
    else if (!s->list_count[WS_F_TRACE_AT] || !((unsigned)s->number[WS_F_TRACE_QUANTITIES].value >> index & 1))
        ws_reading_complain(r, child, "\"%s\" is not traced; allowed: what record.trace keeps", value->valuestring);
    return index;
}

static void read_report(ws_reading *r, const cJSON *report, int index, ws_report *out)
{
    char path[48], child[160];
    snprintf(path, sizeof path, "report[%d]", index);
    if (!cJSON_IsObject(report)) {
        ws_reading_complain(r, path, "%s; allowed: an object", ws_json_type(report));
        return;
    }
    const cJSON *kind = cJSON_GetObjectItemCaseSensitive(report, "kind");
    int traces = cJSON_IsString(kind) && !strcmp(kind->valuestring, "trace");
    const char *keys = traces ? "kind|quantity|lines" : "kind|x|y|eps";
    for (const cJSON *key = report->child; key; key = key->next)
        if (ws_word_index(keys, key->string) < 0) {
            snprintf(child, sizeof child, "%s.%.60s", path, key->string);
            ws_reading_suggest(r, child, "unknown key", key->string, keys);
        }
    snprintf(child, sizeof child, "%s.kind", path);
    if (!cJSON_IsString(kind)) ws_reading_complain(r, child, "%s; allowed: phase, trace", kind ? ws_json_type(kind) : "missing");
    else if (!traces && strcmp(kind->valuestring, "phase")) ws_reading_suggest(r, child, "unknown value", kind->valuestring, "phase|trace");
    if (traces) {
        *out = (ws_report){WS_REPORT_TRACE, cJSON_HasObjectItem(report, "lines") ? read_axis(r, path, report, "lines") : -1, -1, -1, read_quantity(r, path, report)};
        return;
    }
    *out = (ws_report){WS_REPORT_PHASE, read_axis(r, path, report, "x"), read_axis(r, path, report, "y"), read_eps(r, path, report), 0};
    if (out->x_axis >= 0 && out->x_axis == out->y_axis) ws_reading_complain(r, path, "x and y are the same axis");
    if (!r->sweep->list_count[WS_F_GAP] && !ws_reading_spoilt_field(r, WS_F_GAP)) ws_reading_complain(r, path, "a phase diagram shows hitting iterations, and stop.gap asks for none");
}

void ws_sweep_reports(ws_reading *r, const cJSON *list)
{
    ws_sweep *s = r->sweep;
    ws_report *reports = ws_arena_new(&s->arena, MOST_REPORTS * sizeof *reports);
    s->plan.reports = reports;
    int x = axis_index(s, "schedule.peak"), y = axis_index(s, "schedule.warmup.steps");
    if (!list) {
        if (x >= 0 && y >= 0 && s->list_count[WS_F_GAP]) reports[s->plan.report_count++] = (ws_report){WS_REPORT_PHASE, x, y, -1, 0};
        for (int q = 0; q < WS_TRACED_COUNT && s->list_count[WS_F_TRACE_AT]; q++)
            if ((unsigned)s->number[WS_F_TRACE_QUANTITIES].value >> q & 1)
                reports[s->plan.report_count++] = (ws_report){WS_REPORT_TRACE, y >= 0 ? y : s->axis_count - 1, -1, -1, q};
        return;
    }
    if (!cJSON_IsArray(list)) {
        ws_reading_complain(r, "report", "%s; allowed: a list of objects", ws_json_type(list));
        return;
    }
    if (cJSON_GetArraySize(list) > MOST_REPORTS) {
        ws_reading_complain(r, "report", "%d pictures; allowed: at most %d", cJSON_GetArraySize(list), (int)MOST_REPORTS);
        return;
    }
    for (const cJSON *report = list->child; report; report = report->next, s->plan.report_count++)
        read_report(r, report, s->plan.report_count, &reports[s->plan.report_count]);
}
