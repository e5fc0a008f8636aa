/* sweep.c: a sweep file's JSON against the table of fields. Every error of a file is reported, a line each; nothing is changed
 * outside the ws_sweep. */
#include "plan/sweep.h"

#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "plan/json.h"

/* Objects inside objects. Group -1: no kind to choose. */
static const struct {
    const char *parent, *key, *path;
    int group, required;
} sections[] = {
    {"", "objective", "objective", WS_OBJECTIVES, 1}, {"", "start", "start", WS_STARTS, 1},
    {"", "method", "method", WS_METHODS, 0},          {"", "noise", "noise", WS_NOISES, 0},
    {"", "schedule", "schedule", WS_SCHEDULES, 1},    {"", "stop", "stop", -1, 1},
    {"", "record", "record", -1, 0},                  {"record", "trace", "record.trace", -1, 0},
    {"objective", "spectrum", "objective.spectrum", WS_SPECTRA, 0},
    {"method", "average", "method.average", WS_AVERAGES, 0},
    {"schedule", "warmup", "schedule.warmup", WS_WARMUPS, 0}, {"schedule", "decay", "schedule.decay", WS_DECAYS, 0},
};
enum { SECTIONS = sizeof sections / sizeof *sections };

void ws_reading_complain(ws_reading *r, const char *path, const char *format, ...)
{
    char text[1280];
    int used = snprintf(text, 200, "%s%s", path, *path ? ": " : "");
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + used, sizeof text - (size_t)used, format, arguments);
    va_end(arguments);
    ws_json_printable(text);
    ws_error_add(r->error, WS_BAD_INPUT, "%s: %s", r->name, text);
    if (r->spoilt_count < WS_SPOILT_MAX) snprintf(r->spoilt[r->spoilt_count], sizeof *r->spoilt, "%s", path);
    r->spoilt_count++;
}

int ws_reading_complain_of(ws_reading *r, const char *path, const cJSON *json, const char *format, ...)
{
    char shown[80], text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    ws_json_show(json, shown, sizeof shown);
    ws_reading_complain(r, path, "%s%s", shown, text);
    return 1;
}

int ws_reading_spoilt(const ws_reading *r, const char *path)
{
    if (r->spoilt_count > WS_SPOILT_MAX) return 1;
    for (int i = 0; i < r->spoilt_count; i++) {
        const char *bad = r->spoilt[i], *dot = strrchr(bad, '.');
        size_t length = strlen(bad);
        if (dot && (!strcmp(dot, ".kind") || !strcmp(dot, ".law"))) length = (size_t)(dot - bad); /* the kind decides about all of an object */
        if (!strncmp(path, bad, length) && (path[length] == '\0' || path[length] == '.')) return 1;
    }
    return 0;
}

int ws_reading_spoilt_field(const ws_reading *r, ws_field_id id)
{
    char path[64];
    ws_field_path(&ws_fields[id], path);
    return ws_reading_spoilt(r, path);
}

/* Levenshtein distance of two short words, small letters and capitals alike */
static size_t distance(const char *a, const char *b)
{
    size_t n = strlen(b), row[65];
    if (n > 64 || strlen(a) > 64) return 64;
    for (size_t j = 0; j <= n; j++) row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t above = row[j];
            size_t best = diagonal + ((a[i - 1] | 32) != (b[j - 1] | 32));
            if (above + 1 < best) best = above + 1;
            if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
            row[j] = best;
            diagonal = above;
        }
    }
    return row[n];
}

/* "; did you mean "peak"?; allowed: peak, warmup" from words a|b|c */
void ws_reading_suggest(ws_reading *r, const char *path, const char *what, const char *word, const char *words)
{
    char list[1024] = "", near[64] = "";
    size_t best = strlen(word) > 64 ? 0 : strlen(word) / 2 + 1;
    for (const char *at = words; at && *at;) {
        const char *end = strchr(at, '|');
        char one[64];
        snprintf(one, sizeof one, "%.*s", end ? (int)(end - at) : (int)strlen(at), at);
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", used ? ", " : "", one);
        if (distance(word, one) < best) {
            best = distance(word, one);
            snprintf(near, sizeof near, "%s", one);
        }
        at = end ? end + 1 : NULL;
    }
    char hint[96] = "";
    if (*near) snprintf(hint, sizeof hint, "; did you mean \"%s\"?", near);
    ws_reading_complain(r, path, "%s \"%.60s\"%s%s allowed: %s", what, word, hint, *near ? "" : ";", list);
}

static void add_word(char *words, size_t size, const char *word)
{
    size_t used = strlen(words);
    snprintf(words + used, size - used, "%s%s", used ? "|" : "", word);
}

static void add_axis(ws_reading *r, const char *path, ws_field_id id, double *values, int64_t count, const char *unit)
{
    ws_sweep *s = r->sweep;
    const ws_field *field = &ws_fields[id];
    if (s->axis_count == WS_AXES_MAX) {
        ws_reading_complain(r, path, "more than %d axes", (int)WS_AXES_MAX);
        return;
    }
    for (int64_t i = 1; i < count; i++)
        if (!(values[i - 1] < values[i])) {
            char here[WS_NUMBER_ROOM], before[WS_NUMBER_ROOM];
            ws_reading_complain(r, path, "values must ascend: %s comes after %s", ws_text_number(values[i], here), ws_text_number(values[i - 1], before));
            return;
        }
    double *kept = ws_arena_new(&s->arena, (size_t)count * sizeof *kept);
    memcpy(kept, values, (size_t)count * sizeof *kept);
    s->axes[s->axis_count] = (ws_axis){ws_arena_text(&s->arena, path), field->label ? field->label : ws_arena_text(&s->arena, path),
                                       *unit ? unit : (field->unit ? field->unit : ""), count, kept, field->type == WS_WHOLE};
    s->axis_field[s->axis_count] = id;
    s->number[id].axis = s->axis_count++;
}

static void read_numbers(ws_reading *r, const char *path, ws_field_id id, const cJSON *json)
{
    ws_sweep *s = r->sweep;
    const ws_field *field = &ws_fields[id];
    double *values = NULL;
    int64_t count = 0;
    const char *unit = "";
    if (ws_values_read(r, path, field, json, id == WS_F_PEAK, &values, &count, &unit)) return;
    if (id == WS_F_PEAK) s->peak_unit = unit;
    if (count == 1)
        s->number[id].value = values[0];
    else if (field->axis)
        add_axis(r, path, id, values, count, unit);
    else
        ws_reading_complain(r, path, "%lld values; this field takes one", (long long)count);
    free(values);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}
static int descending(const void *a, const void *b) { return ascending(b, a); }

static void read_list(ws_reading *r, const char *path, ws_field_id id, const cJSON *json)
{
    ws_sweep *s = r->sweep;
    const ws_field *field = &ws_fields[id];
    double *values = NULL;
    int64_t count = 0;
    const char *unit = "";
    char number[WS_NUMBER_ROOM];
    if (field->type == WS_LADDER && cJSON_IsObject(json) && cJSON_GetObjectItemCaseSensitive(json, "relative")) {
        if (cJSON_GetArraySize(json) != 1) ws_reading_complain(r, path, "\"relative\" stands alone in its object");
        s->eps_relative = 1;
        json = cJSON_GetObjectItemCaseSensitive(json, "relative");
    }
    if (cJSON_IsArray(json) && !json->child && field->type != WS_NUMBERS) return; /* none asked for */
    if (ws_values_read(r, path, field, json, 0, &values, &count, &unit)) return;
    int64_t most = field->type == WS_LADDER ? 64 : field->type == WS_WHOLES ? 4096 : 1048576;
    if (count > most) ws_reading_complain(r, path, "%lld values; at most %lld are allowed", (long long)count, (long long)most);
    if (field->type != WS_NUMBERS) {
        qsort(values, (size_t)count, sizeof *values, field->type == WS_LADDER ? descending : ascending);
        for (int64_t i = 1; i < count; i++)
            if (values[i] == values[i - 1]) ws_reading_complain(r, path, "%s is given twice", ws_text_number(values[i], number));
    }
    double *kept = ws_arena_new(&s->arena, (size_t)count * sizeof *kept);
    memcpy(kept, values, (size_t)count * sizeof *kept);
    free(values);
    s->list[id] = kept;
    s->list_count[id] = count;
}

/* A heading: shown on terminals and in pictures. */
static int is_line(const cJSON *json, size_t most)
{
    if (!cJSON_IsString(json) || strlen(json->valuestring) > most) return 0;
    for (const unsigned char *c = (const unsigned char *)json->valuestring; *c; c++)
        if (*c < ' ' || *c == 0x7f) return 0;
    return 1;
}

/* [[x, y], ...] as x, y, x, y, ... */
static void read_points(ws_reading *r, const char *path, ws_field_id id, const cJSON *json)
{
    enum { MOST_POINTS = 64 };
    ws_sweep *s = r->sweep;
    const ws_field *field = &ws_fields[id];
    int count = cJSON_IsArray(json) ? cJSON_GetArraySize(json) : 0, n = 0;
    char shown[80];
    if (count < 2 || count > MOST_POINTS) {
        ws_json_show(json, shown, sizeof shown);
        ws_reading_complain(r, path, "%s; allowed: a list of 2 to %d points [x, y]", shown, (int)MOST_POINTS);
        return;
    }
    double *kept = ws_arena_new(&s->arena, 2 * (size_t)count * sizeof *kept);
    for (const cJSON *point = json->child; point; point = point->next, n++) {
        const cJSON *x = cJSON_GetArrayItem(point, 0), *y = cJSON_GetArrayItem(point, 1);
        ws_json_show(point, shown, sizeof shown);
        if (!cJSON_IsArray(point) || cJSON_GetArraySize(point) != 2 || !cJSON_IsNumber(x) || !cJSON_IsNumber(y)
            || !(x->valuedouble >= field->low && x->valuedouble <= field->high && y->valuedouble >= 0 && isfinite(y->valuedouble))) {
            ws_reading_complain(r, path, "%s; allowed: two numbers, x from %.17g to %.17g and y >= 0", shown, field->low, field->high);
            return;
        }
        if (n && !(kept[2 * n - 2] < x->valuedouble)) {
            ws_reading_complain(r, path, "x must ascend: %.17g comes after %.17g", x->valuedouble, kept[2 * n - 2]);
            return;
        }
        kept[2 * n] = x->valuedouble;
        kept[2 * n + 1] = y->valuedouble;
    }
    s->list[id] = kept;
    s->list_count[id] = 2 * count;
}

/* Some of the words of `choices` as a mask. */
static void read_words(ws_reading *r, const char *path, ws_field_id id, const cJSON *json)
{
    const ws_field *field = &ws_fields[id];
    unsigned mask = 0;
    if (!cJSON_IsArray(json) || !json->child) {
        ws_reading_complain_of(r, path, json, " is %s; allowed: a list of some of the words %s", ws_json_type(json), field->choices);
        return;
    }
    for (const cJSON *word = json->child; word; word = word->next) {
        int index = cJSON_IsString(word) ? ws_word_index(field->choices, word->valuestring) : -1;
        if (index < 0 && cJSON_IsString(word)) ws_reading_suggest(r, path, "unknown value", word->valuestring, field->choices);
        else if (index < 0) ws_reading_complain_of(r, path, word, " is %s; allowed: one of the words %s", ws_json_type(word), field->choices);
        else if (mask >> index & 1) ws_reading_complain(r, path, "\"%s\" is given twice", word->valuestring);
        else mask |= 1u << index;
    }
    r->sweep->number[id].value = mask;
}

static void read_field(ws_reading *r, const char *path, ws_field_id id, const cJSON *json)
{
    ws_sweep *s = r->sweep;
    const ws_field *field = &ws_fields[id];
    char shown[80];
    ws_json_show(json, shown, sizeof shown);
    if (s->preset && !isnan(ws_preset_value(s->preset, id))) {
        ws_reading_complain(r, path, "%s: fixed by schedule.preset \"%s\"; allowed: leave it out", shown, s->preset->name);
        return;
    }
    s->number[id].given = 1;
    if (field->type == WS_TEXT) {
        if (is_line(json, (size_t)field->high)) *(id == WS_F_SOURCE ? &s->source : &s->title) = ws_arena_text(&s->arena, json->valuestring);
        else ws_reading_complain_of(r, path, json, " is %s; allowed: a text of one line and at most %.0f bytes", ws_json_type(json), field->high);
    } else if (field->type == WS_FLAG) {
        if (cJSON_IsBool(json)) s->number[id].value = cJSON_IsTrue(json);
        else ws_reading_complain_of(r, path, json, " is %s; allowed: true, false", ws_json_type(json));
    } else if (field->type == WS_WORDS) {
        read_words(r, path, id, json);
    } else if (field->type == WS_CHOICE || (field->choices && cJSON_IsString(json))) {
        int index = cJSON_IsString(json) ? ws_word_index(field->choices, json->valuestring) : -1;
        if (index < 0 && cJSON_IsString(json)) ws_reading_suggest(r, path, "unknown value", json->valuestring, field->choices);
        else if (index < 0) ws_reading_complain_of(r, path, json, " is %s; allowed: one of the words %s", ws_json_type(json), field->choices);
        else if (id == WS_F_RUN_ON) s->run_on_budget = 1;
        else s->number[id].value = index;
    } else if (field->type == WS_NUMBERS || field->type == WS_WHOLES || field->type == WS_LADDER)
        read_list(r, path, id, json);
    else if (field->type == WS_POINTS)
        read_points(r, path, id, json);
    else
        read_numbers(r, path, id, json);
}

static const ws_entry *read_kind(ws_reading *r, const char *path, ws_group group, const cJSON *object)
{
    const char *key = ws_group_key[group];
    const cJSON *kind = cJSON_GetObjectItemCaseSensitive(object, key);
    char words[1024] = "", kind_path[96];
    snprintf(kind_path, sizeof kind_path, "%s.%s", path, key);
    for (int i = 0; i < ws_entry_count; i++)
        if (ws_entries[i].group == group) add_word(words, sizeof words, ws_entries[i].name);
    if (!kind && group == WS_OBJECTIVES && cJSON_HasObjectItem(object, "source")) return ws_entry_find(group, "source");
    const char *fixed = ws_sweep_preset_kind(r->sweep, group);
    if (fixed) {
        if (kind && !(cJSON_IsString(kind) && !strcmp(kind->valuestring, fixed)))
            ws_reading_complain(r, kind_path, "fixed by schedule.preset \"%s\"; allowed: \"%s\", or nothing", r->sweep->preset->name, fixed);
        return ws_entry_find(group, fixed);
    }
    if (!kind) {
        if (ws_group_default[group]) return ws_entry_find(group, ws_group_default[group]);
        ws_reading_complain(r, kind_path, "missing; allowed: one of %s", words);
        return NULL;
    }
    if (!cJSON_IsString(kind)) {
        ws_reading_complain(r, kind_path, "%s; allowed: one of the words %s", ws_json_type(kind), words);
        return NULL;
    }
    const ws_entry *entry = ws_entry_find(group, kind->valuestring);
    if (!entry) ws_reading_suggest(r, kind_path, "unknown value", kind->valuestring, words);
    return entry;
}

static int has_section(const ws_sweep *s, int i)
{
    if (!strcmp(sections[i].key, "spectrum")) return ws_entry_facts(s->entry[WS_OBJECTIVES])->table;
    if (!strcmp(sections[i].parent, "schedule")) return s->entry[WS_SCHEDULES] && ws_schedule_has_ramp(s->entry[WS_SCHEDULES]);
    return 1;
}

static void read_section(ws_reading *r, const char *path, int group, const cJSON *object);

/* One key of an object: a section, a field, or unknown. */
static void read_child(ws_reading *r, const char *path, const char *kind, int group, const cJSON *child)
{
    char words[1024] = "", child_path[96];
    snprintf(child_path, sizeof child_path, "%s%s%.60s", path, *path ? "." : "", child->string);
    if (group >= 0) {
        if (!strcmp(child->string, ws_group_key[group])) return;
        add_word(words, sizeof words, ws_group_key[group]);
    }
    for (int i = 0; i < SECTIONS; i++) {
        if (strcmp(sections[i].parent, path) || !has_section(r->sweep, i)) continue;
        if (!strcmp(sections[i].key, child->string)) {
            read_section(r, sections[i].path, sections[i].group, child);
            return;
        }
        add_word(words, sizeof words, sections[i].key);
    }
    for (int id = 0; id < WS_FIELD_COUNT; id++) {
        if (!ws_field_applies(&ws_fields[id], path, kind)) continue;
        if (!strcmp(ws_fields[id].key, child->string)) {
            read_field(r, child_path, (ws_field_id)id, child);
            return;
        }
        add_word(words, sizeof words, ws_fields[id].key);
    }
    if (!*path) {
        if (!strcmp(child->string, "report")) return; /* read last: it names axes */
        add_word(words, sizeof words, "report");
    }
    ws_reading_suggest(r, *path ? path : "top level", "unknown key", child->string, words);
}

static void read_section(ws_reading *r, const char *path, int group, const cJSON *object)
{
    ws_sweep *s = r->sweep;
    if (!cJSON_IsObject(object)) {
        ws_reading_complain_of(r, path, object, " is %s; allowed: an object", ws_json_type(object));
        return;
    }
    const ws_entry *entry = NULL;
    if (group >= 0) {
        entry = read_kind(r, path, (ws_group)group, object);
        s->entry[group] = entry;
        if (!entry) return; /* what is allowed depends on the kind */
        if (group == WS_SCHEDULES && ws_schedule_has_ramp(entry)) ws_sweep_preset_choose(r, object);
    }
    const char *kind = entry ? entry->name : NULL;
    for (const cJSON *child = object->child; child; child = child->next) read_child(r, path, kind, group, child);
    for (int i = 0; i < SECTIONS; i++)
        if (sections[i].required && !strcmp(sections[i].parent, path) && !cJSON_GetObjectItemCaseSensitive(object, sections[i].key))
            ws_reading_complain(r, sections[i].path, "missing: this object is required");
    for (int id = 0; id < WS_FIELD_COUNT; id++) {
        const ws_field *field = &ws_fields[id];
        if (!ws_field_applies(field, path, kind) || field->optional || cJSON_GetObjectItemCaseSensitive(object, field->key)) continue;
        char field_path[64], allowed[160] = "a list of numbers";
        ws_field_path(field, field_path);
        if (field->type == WS_POINTS) snprintf(allowed, sizeof allowed, "a list of points [x, y]");
        else if (field->type != WS_NUMBERS) ws_field_range(field, allowed, sizeof allowed);
        ws_reading_complain(r, field_path, "missing; allowed: %s", allowed);
    }
}

static int by_name(const void *a, const void *b) { return strcmp((*(const cJSON *const *)a)->string, (*(const cJSON *const *)b)->string); }

/* JSON does not say which of two equal keys counts: neither does, anywhere in the file. */
static void complain_of_twins(ws_reading *r, const char *path, const cJSON *json)
{
    size_t count = (size_t)cJSON_GetArraySize(json), n = 0;
    const cJSON **children = cJSON_IsObject(json) ? malloc((count + 1) * sizeof *children) : NULL;
    WS_REQUIRE((children || !cJSON_IsObject(json)) && "out of memory");
    for (const cJSON *child = json->child; child; child = child->next) {
        char inner[96];
        if (children) children[n++] = child;
        snprintf(inner, sizeof inner, "%s%s%.60s", path, *path && child->string ? "." : "", child->string ? child->string : "");
        if (child->child) complain_of_twins(r, inner, child);
    }
    if (children) qsort(children, n, sizeof *children, by_name);
    for (size_t i = 1; i < n; i++)
        if (!strcmp(children[i]->string, children[i - 1]->string))
            ws_reading_complain(r, path, "\"%.60s\" is given twice", children[i]->string);
    free(children);
}

static void set_defaults(ws_sweep *s)
{
    for (int id = 0; id < WS_FIELD_COUNT; id++) {
        s->number[id].axis = -1;
        s->number[id].value = ws_fields[id].fallback;
    }
    s->entry[WS_METHODS] = ws_entry_find(WS_METHODS, "gd");
    s->entry[WS_AVERAGES] = ws_entry_find(WS_AVERAGES, "none");
    s->entry[WS_NOISES] = ws_entry_find(WS_NOISES, "none");
    s->peak_unit = "";
}

ws_code ws_plan_parse(const char *name, const char *text, size_t length, ws_plan **plan, ws_error *error)
{
    return ws_plan_parse_in(NULL, name, text, length, plan, error);
}

ws_code ws_plan_parse_in(const char *folder, const char *name, const char *text, size_t length, ws_plan **plan, ws_error *error)
{
    ws_error own;
    if (!error) error = &own;
    error->code = WS_OK;
    error->message[0] = '\0';
    *plan = NULL;
    cJSON *json;
    ws_code code = ws_json_parse(name, text, length, &json, error);
    if (code) return code;
    ws_sweep *s = calloc(1, sizeof *s);
    WS_REQUIRE(s && "out of memory");
    ws_reading r = {.name = name, .folder = folder, .sweep = s, .error = error};
    set_defaults(s);
    complain_of_twins(&r, "", json);
    if (cJSON_IsObject(json)) {
        read_section(&r, "", -1, json);
        ws_sweep_source(&r);
        ws_sweep_preset_apply(&r);
        ws_sweep_rules(&r);
        ws_sweep_reports(&r, cJSON_GetObjectItemCaseSensitive(json, "report"));
    } else ws_reading_complain(&r, "", "%s; a sweep file is a JSON object", ws_json_type(json));
    if (error->code == WS_OK) {
        s->plan.name = ws_arena_text(&s->arena, name);
        char *copy = ws_arena_new(&s->arena, length + 1);
        memcpy(copy, text, length);
        s->plan.text = copy;
        s->plan.text_length = length;
        s->plan.sweep = s;
        if (error->code == WS_OK) ws_data_network(&r);
        if (error->code == WS_OK) ws_data_solvable(&r);
        if (error->code == WS_OK) ws_sweep_finish(&r);
    }
    cJSON_Delete(json);
    if (error->code != WS_OK) {
        ws_arena_free(&s->arena);
        free(s);
        return error->code;
    }
    *plan = &s->plan;
    return WS_OK;
}

ws_code ws_plan_read(const char *path, ws_plan **plan, ws_error *error)
{
    char *text;
    size_t length;
    *plan = NULL;
    ws_code code = ws_file_read(path, (size_t)64 << 20, &text, &length, error);
    if (code) {
        if (error) error->code = WS_BAD_INPUT;
        return WS_BAD_INPUT;
    }
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
    WS_REQUIRE(folder && "out of memory");
    code = ws_plan_parse_in(folder, path, text, length, plan, error);
    free(folder);
    free(text);
    return code;
}

void ws_plan_free(ws_plan *plan)
{
    if (!plan) return;
    ws_sweep *s = (ws_sweep *)((char *)plan - offsetof(ws_sweep, plan));
    ws_arena_free(&s->arena);
    free(s);
}
