/* values.c: one value or several: a number, a list (ranges nested in it), {"log"|"linear": [a, b], "points": n}, with a unit where
 * the field has one. Several values must ascend: an axis is a scale. Range points are made with portable functions, so that they
 * have the same bits everywhere. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/portable_math.h"
#include "base/text.h"
#include "plan/json.h"
#include "plan/sweep.h"

enum { MOST_VALUES = 10000000, MOST_COMPLAINTS = 20 /* about one list */, SOME_POINTS = 256 /* made at a time */ };

void ws_field_range(const ws_field *field, char *text, size_t size)
{
    const char *what = field->type == WS_WHOLE || field->type == WS_WHOLES ? "a whole number" : "a number";
    char low[48] = "", high[48] = "", number[WS_NUMBER_ROOM];
    if (field->low > -1e300) snprintf(low, sizeof low, " %s %s", field->low_open ? ">" : ">=", ws_text_number(field->low, number));
    if (field->high < 1e300) snprintf(high, sizeof high, "%s <= %s", *low ? " and" : "", ws_text_number(field->high, number));
    snprintf(text, size, "%s%s%s", what, low, high);
}

static int check(ws_reading *r, const char *path, const ws_field *field, double value)
{
    int whole = field->type == WS_WHOLE || field->type == WS_WHOLES;
    if (isfinite(value) && value <= field->high && (field->low_open ? value > field->low : value >= field->low) && (!whole || value == floor(value)))
        return 0;
    char allowed[160], number[WS_NUMBER_ROOM];
    ws_field_range(field, allowed, sizeof allowed);
    ws_reading_complain(r, path, "%s is not allowed; allowed: %s", isfinite(value) ? ws_text_number(value, number) : "a number beyond 1.8e308", allowed);
    return 1;
}

static int append(ws_reading *r, const char *path, double **values, int64_t *count, double value)
{
    if (*count == MOST_VALUES) {
        ws_reading_complain(r, path, "more than %d values", (int)MOST_VALUES);
        return 1;
    }
    if (*count == 0 || (*count & (*count - 1)) == 0) {
        size_t room = *count ? 2 * (size_t)*count : 1;
        double *more = realloc(*values, room * sizeof *more);
        WS_REQUIRE(more && "out of memory");
        *values = more;
    }
    (*values)[(*count)++] = value;
    return 0;
}

/* Points first to first + count - 1 of `points` from a to b. */
static void range_points(int logarithmic, double a, double b, int64_t points, int64_t first, int64_t count, double *value)
{
    for (int64_t i = 0; i < count; i++) value[i] = (double)(first + i) / (double)(points - 1);
    if (logarithmic) ws_portable_powers(b / a, value, count, value);
    for (int64_t i = 0; i < count; i++) value[i] = logarithmic ? a * value[i] : a + (b - a) * value[i];
    if (first == 0) value[0] = a;
    if (points > 1 && first + count == points) value[count - 1] = b;
}

static int read_range(ws_reading *r, const char *path, const ws_field *field, const cJSON *json, const char *kind, double **values, int64_t *count)
{
    const cJSON *ends = cJSON_GetObjectItemCaseSensitive(json, kind), *points = cJSON_GetObjectItemCaseSensitive(json, "points");
    const cJSON *from = cJSON_GetArrayItem(ends, 0), *to = cJSON_GetArrayItem(ends, 1);
    if (!cJSON_IsArray(ends) || cJSON_GetArraySize(ends) != 2 || !cJSON_IsNumber(from) || !cJSON_IsNumber(to))
        return ws_reading_complain_of(r, path, json, ": \"%s\" takes a list of two numbers, [from, to]", kind);
    double a = from->valuedouble, b = to->valuedouble;
    if (!cJSON_IsNumber(points) || points->valuedouble != floor(points->valuedouble) || points->valuedouble < 1 || points->valuedouble > MOST_VALUES)
        return ws_reading_complain_of(r, path, json, ": \"points\" must be a whole number from 1 to %d", (int)MOST_VALUES);
    int logarithmic = !strcmp(kind, "log");
    if (!isfinite(a) || !isfinite(b) || (logarithmic && !(a > 0 && b > 0)) || !(a < b || (a == b && points->valuedouble == 1)))
        return ws_reading_complain_of(r, path, json, ": a range goes from a smaller to a larger%s number", logarithmic ? " positive" : "");
    int64_t n = (int64_t)points->valuedouble, first = *count;
    int whole = field->type == WS_WHOLE || field->type == WS_WHOLES;
    double some[SOME_POINTS];
    for (int64_t i = 0; i < n; i++) {
        if (i % SOME_POINTS == 0) range_points(logarithmic, a, b, n, i, n - i < SOME_POINTS ? n - i : SOME_POINTS, some);
        double value = some[i % SOME_POINTS];
        if (whole) value = floor(value + 0.5);
        if (whole && *count > first && (*values)[*count - 1] == value) continue; /* a dense range of whole numbers meets some twice */
        if (check(r, path, field, value) || append(r, path, values, count, value)) return 1;
    }
    return 0;
}

static int read_any(ws_reading *r, const char *path, const ws_field *field, const cJSON *json, int units, int depth, double **values,
                    int64_t *count, const char **unit);

static int read_object(ws_reading *r, const char *path, const ws_field *field, const cJSON *json, int units, double **values, int64_t *count,
                       const char **unit)
{
    const cJSON *inner = NULL;
    const char *range = NULL;
    int forms = 0;
    for (const cJSON *child = json->child; child; child = child->next) {
        const char *key = child->string;
        if (!strcmp(key, "log") || !strcmp(key, "linear")) {
            range = key;
            forms++;
        } else if (!strcmp(key, "value") || !strcmp(key, "list")) {
            inner = child;
            forms++;
        } else if (!strcmp(key, "unit") && units) {
            if (!cJSON_IsString(child) || (strcmp(child->valuestring, "absolute") && strcmp(child->valuestring, "1/sharpness")))
                return ws_reading_complain_of(r, path, json, ": \"unit\" is \"absolute\" or \"1/sharpness\"");
            *unit = strcmp(child->valuestring, "absolute") ? "1/sharpness" : "";
        } else if (strcmp(key, "points")) {
            ws_reading_suggest(r, path, "unknown key", key, units ? "log|linear|points|value|list|unit" : "log|linear|points|value|list");
            return 1;
        }
    }
    if (forms != 1) return ws_reading_complain_of(r, path, json, ": exactly one of log, linear, value, list is needed");
    if (!range && cJSON_GetObjectItemCaseSensitive(json, "points")) return ws_reading_complain_of(r, path, json, ": \"points\" belongs to log or linear");
    if (range) return read_range(r, path, field, json, range, values, count);
    return read_any(r, path, field, inner, 0, 1, values, count, unit);
}

static int read_any(ws_reading *r, const char *path, const ws_field *field, const cJSON *json, int units, int depth, double **values,
                    int64_t *count, const char **unit)
{
    if (cJSON_IsNumber(json)) {
        if (check(r, path, field, json->valuedouble)) return 1;
        return append(r, path, values, count, json->valuedouble);
    }
    if (cJSON_IsArray(json) && depth < 3) {
        int bad = 0;
        for (const cJSON *child = json->child; child && bad < MOST_COMPLAINTS; child = child->next)
            bad += read_any(r, path, field, child, 0, depth + 1, values, count, unit);
        return bad;
    }
    if (cJSON_IsObject(json) && depth < 3) return read_object(r, path, field, json, units, values, count, unit);
    char shown[80], allowed[160];
    ws_json_show(json, shown, sizeof shown);
    ws_field_range(field, allowed, sizeof allowed);
    ws_reading_complain(r, path, "%s is %s; allowed: %s%s", shown, ws_json_type(json), allowed, field->axis ? ", a list of them, or a range" : "");
    return 1;
}

int ws_values_read(ws_reading *r, const char *path, const ws_field *field, const cJSON *json, int units, double **values, int64_t *count,
                   const char **unit)
{
    int bad = read_any(r, path, field, json, units, 0, values, count, unit);
    if (!bad && *count == 0) {
        ws_reading_complain(r, path, "an empty list: at least one value is needed");
        bad = 1;
    }
    if (bad) {
        free(*values);
        *values = NULL;
        *count = 0;
    }
    return bad;
}
