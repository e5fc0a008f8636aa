/* describe_schema.c: the JSON Schema (draft 2020-12) of a sweep file, from the tables of fields and of the catalogue. It says what one
 * field may hold; rules that join fields are the parser's. Comments in sweep files are not JSON: strip them before validating. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/error.h"
#include "base/json_number.h"
#include "plan/catalogue.h"
#include "plan/describe.h"
#include "plan/fields.h"

static cJSON *object(void)
{
    cJSON *result = cJSON_CreateObject();
    WS_REQUIRE(result && "out of memory");
    return result;
}

static cJSON *reference(const char *name)
{
    cJSON *result = object();
    cJSON_AddStringToObject(result, "$ref", name);
    return result;
}

static cJSON *number_schema(const ws_field *field)
{
    cJSON *result = object();
    int whole = field->type == WS_WHOLE || field->type == WS_WHOLES;
    cJSON_AddStringToObject(result, "type", whole ? "integer" : "number");
    if (field->low > -1e300) ws_json_number(result, field->low_open ? "exclusiveMinimum" : "minimum", field->low);
    if (field->high < 1e300) ws_json_number(result, "maximum", field->high);
    return result;
}

static cJSON *words_schema(const char *words)
{
    cJSON *result = object(), *list = cJSON_AddArrayToObject(result, "enum");
    for (const char *at = words; at; at = strchr(at, '|') ? strchr(at, '|') + 1 : NULL) {
        char word[64] = "";
        strncat(word, at, strcspn(at, "|") < 63 ? strcspn(at, "|") : 63);
        cJSON_AddItemToArray(list, cJSON_CreateString(word));
    }
    return result;
}

/* A number, a list of numbers and ranges, or a range. */
static cJSON *values_schema(const ws_field *field)
{
    cJSON *result = object(), *forms = cJSON_AddArrayToObject(result, "anyOf"), *list = object(), *items = object();
    cJSON_AddItemToArray(forms, number_schema(field));
    cJSON *inner = cJSON_AddArrayToObject(items, "anyOf");
    cJSON_AddItemToArray(inner, number_schema(field));
    cJSON_AddItemToArray(inner, reference("#/$defs/range"));
    cJSON_AddStringToObject(list, "type", "array");
    cJSON_AddItemToObject(list, "items", items);
    if (field->type != WS_LADDER && field->type != WS_WHOLES) ws_json_number(list, "minItems", 1); /* those may ask for nothing */
    cJSON_AddItemToArray(forms, list);
    cJSON_AddItemToArray(forms, reference("#/$defs/range"));
    return result;
}

static cJSON *field_schema(const ws_field *field)
{
    cJSON *result;
    switch (field->type) {
    case WS_TEXT:
        result = object();
        cJSON_AddStringToObject(result, "type", "string");
        ws_json_number(result, "maxLength", field->high); /* of bytes, so at least of letters */
        cJSON_AddStringToObject(result, "pattern", "^[^\\u0000-\\u001f\\u007f]*$");
        break;
    case WS_FLAG:
        result = object();
        cJSON_AddStringToObject(result, "type", "boolean");
        break;
    case WS_CHOICE: result = words_schema(field->choices); break;
    case WS_WORDS:
        result = object();
        cJSON_AddStringToObject(result, "type", "array");
        cJSON_AddItemToObject(result, "items", words_schema(field->choices));
        cJSON_AddNumberToObject(result, "minItems", 1);
        cJSON_AddTrueToObject(result, "uniqueItems");
        break;
    case WS_NUMBERS:
    case WS_WHOLES:
        result = values_schema(field);
        if (field->choices) cJSON_AddItemToArray(cJSON_GetObjectItem(result, "anyOf"), words_schema(field->choices));
        break;
    case WS_LADDER: {
        result = values_schema(field);
        cJSON *relative = object(), *properties = cJSON_AddObjectToObject(relative, "properties");
        cJSON_AddStringToObject(relative, "type", "object");
        cJSON_AddItemToObject(properties, "relative", values_schema(field));
        cJSON_AddItemToObject(relative, "required", cJSON_CreateStringArray((const char *const[]){"relative"}, 1));
        cJSON_AddFalseToObject(relative, "additionalProperties");
        cJSON_AddItemToArray(cJSON_GetObjectItem(result, "anyOf"), relative);
        break;
    }
    case WS_POINTS: {
        cJSON *point = object(), *points = object();
        cJSON_AddStringToObject(point, "type", "array");
        cJSON_AddItemToObject(point, "items", number_schema(field));
        cJSON_AddNumberToObject(point, "minItems", 2);
        cJSON_AddNumberToObject(point, "maxItems", 2);
        result = points;
        cJSON_AddStringToObject(result, "type", "array");
        cJSON_AddItemToObject(result, "items", point);
        cJSON_AddNumberToObject(result, "minItems", 2);
        cJSON_AddNumberToObject(result, "maxItems", 64);
        break;
    }
    default:
        result = field->axis ? values_schema(field) : number_schema(field);
        if (field->choices) {
            cJSON *either = object(), *forms = cJSON_AddArrayToObject(either, "anyOf");
            cJSON_AddItemToArray(forms, result);
            cJSON_AddItemToArray(forms, words_schema(field->choices));
            result = either;
        }
    }
    cJSON_AddStringToObject(result, "description", field->sentence);
    if (field->unit && *field->unit) cJSON_AddStringToObject(result, "x-unit", field->unit);
    if (field->optional && !isnan(field->fallback) && field->type != WS_CHOICE && field->type != WS_WORDS && field->type != WS_FLAG) ws_json_number(result, "default", field->fallback);
    return result;
}

/* A preset fixes the kinds of warmup and decay: with it they need not be named. Schedules that can have one are said in both forms, and so
 * are the sections inside them. */
typedef enum form { WITHOUT_PRESET, WITH_PRESET } form;

static cJSON *section_schema(const char *section, int group, form which);

/* Sections inside a section, as sweep.c nests them. */
static void add_inner_sections(cJSON *properties, const char *section, form which)
{
    for (int g = 0; g < WS_GROUP_COUNT; g++) {
        size_t length = strlen(section);
        const char *path = ws_group_section[g];
        const char *name = *section ? (!strncmp(path, section, length) && path[length] == '.' ? path + length + 1 : NULL) : path;
        char definition[80];
        if (!name || strchr(name, '.')) continue;
        snprintf(definition, sizeof definition, "#/$defs/%s%s", path, which == WITH_PRESET ? ".preset" : ""); /* a section inside others is written once */
        cJSON_AddItemToObject(properties, name, *section ? reference(definition) : section_schema(path, g, WITHOUT_PRESET));
    }
    if (!*section) {
        cJSON_AddItemToObject(properties, "stop", section_schema("stop", -1, WITHOUT_PRESET));
        cJSON_AddItemToObject(properties, "record", section_schema("record", -1, WITHOUT_PRESET));
    }
    if (!strcmp(section, "record")) cJSON_AddItemToObject(properties, "trace", section_schema("record.trace", -1, which));
}

/* Whether a section has to say that it is of this kind. */
static int names_kind(int group, const char *kind, form which)
{
    if (which == WITH_PRESET && group != WS_SCHEDULES) return 0;
    return kind && strcmp(kind, "source") && (!ws_group_default[group] || strcmp(kind, ws_group_default[group]));
}

/* For every kind: its own fields, the required ones among them, and nothing else. */
static cJSON *kind_schema(const char *section, int group, const char *kind, form which)
{
    cJSON *result = object(), *properties = object(), *required = cJSON_CreateArray();
    cJSON_AddStringToObject(result, "type", "object");
    if (group >= 0) {
        cJSON *one = object();
        if (kind) cJSON_AddStringToObject(one, "const", kind);
        cJSON_AddItemToObject(properties, ws_group_key[group], one);
        if (names_kind(group, kind, which)) cJSON_AddItemToArray(required, cJSON_CreateString(ws_group_key[group]));
    }
    for (int id = 0; id < WS_FIELD_COUNT; id++) {
        const ws_field *field = &ws_fields[id];
        if (!ws_field_applies(field, section, kind) || (id == WS_F_PRESET && which == WITHOUT_PRESET)) continue;
        cJSON_AddItemToObject(properties, field->key, field_schema(field));
        if (!field->optional || id == WS_F_PRESET) cJSON_AddItemToArray(required, cJSON_CreateString(field->key));
    }
    const ws_entry *entry = group >= 0 && kind ? ws_entry_find((ws_group)group, kind) : NULL;
    int inner = group == WS_OBJECTIVES ? ws_entry_facts(entry)->table : group == WS_SCHEDULES ? ws_schedule_has_ramp(entry) : 1;
    if (inner) add_inner_sections(properties, section, which);
    if (!*section)
        for (const char *const *name = (const char *const[]){"objective", "start", "schedule", "stop", NULL}; *name; name++)
            cJSON_AddItemToArray(required, cJSON_CreateString(*name));
    cJSON_AddItemToObject(result, "properties", properties);
    cJSON_AddItemToObject(result, "required", required);
    cJSON_AddFalseToObject(result, "additionalProperties");
    return result;
}

static cJSON *section_schema(const char *section, int group, form which)
{
    if (group < 0) return kind_schema(section, group, NULL, which);
    cJSON *result = object(), *forms = cJSON_AddArrayToObject(result, which == WITH_PRESET ? "anyOf" : "oneOf");
    for (int i = 0; i < ws_entry_count; i++) {
        const ws_entry *entry = &ws_entries[i];
        if (entry->group != (ws_group)group) continue;
        cJSON_AddItemToArray(forms, kind_schema(section, group, entry->name, which));
        if (group == WS_SCHEDULES && ws_field_applies(&ws_fields[WS_F_PRESET], section, entry->name))
            cJSON_AddItemToArray(forms, kind_schema(section, group, entry->name, WITH_PRESET));
    }
    return result;
}

static const char range_text[] =
    "{\"type\":\"object\",\"properties\":{\"log\":{\"$ref\":\"#/$defs/ends\",\"items\":{\"exclusiveMinimum\":0}},\"linear\":{\"$ref\":\"#/$defs/ends\"},\"points\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":10000000},"
    "\"value\":{\"type\":\"number\"},\"list\":{\"type\":\"array\"},\"unit\":{\"enum\":[\"absolute\",\"1/sharpness\"]}},\"additionalProperties\":false,"
    "\"oneOf\":[{\"required\":[\"log\",\"points\"]},{\"required\":[\"linear\",\"points\"]},"
    "{\"required\":[\"value\"],\"not\":{\"required\":[\"points\"]}},{\"required\":[\"list\"],\"not\":{\"required\":[\"points\"]}}]}";
static const char ends_text[] = "{\"type\":\"array\",\"items\":{\"type\":\"number\"},\"minItems\":2,\"maxItems\":2}";
static const char report_text[] =
    "{\"type\":\"array\",\"maxItems\":64,\"items\":{\"oneOf\":[{\"type\":\"object\",\"properties\":{\"kind\":{\"const\":\"phase\"},\"x\":{\"type\":\"string\"},"
    "\"y\":{\"type\":\"string\"},\"eps\":{\"type\":\"number\"}},\"required\":[\"kind\",\"x\",\"y\"],\"additionalProperties\":false},"
    "{\"type\":\"object\",\"properties\":{\"kind\":{\"const\":\"trace\"},\"quantity\":{\"$ref\":\"#/$defs/quantity\"},"
    "\"lines\":{\"type\":\"string\"}},\"required\":[\"kind\",\"quantity\"],\"additionalProperties\":false}]}}";

char *ws_schema_text(void)
{
    cJSON *top = kind_schema("", -1, NULL, WITHOUT_PRESET), *defs = object();
    cJSON_AddItemToObject(cJSON_GetObjectItem(top, "properties"), "report", cJSON_Parse(report_text));
    cJSON_AddItemToObject(defs, "range", cJSON_Parse(range_text));
    cJSON_AddItemToObject(defs, "ends", cJSON_Parse(ends_text));
    cJSON_AddItemToObject(defs, "quantity", words_schema(ws_fields[WS_F_TRACE_QUANTITIES].choices));
    for (int g = 0; g < WS_GROUP_COUNT; g++)
        if (strchr(ws_group_section[g], '.')) cJSON_AddItemToObject(defs, ws_group_section[g], section_schema(ws_group_section[g], g, WITHOUT_PRESET));
    for (int g = WS_WARMUPS; g <= WS_DECAYS; g++) {
        char name[80];
        snprintf(name, sizeof name, "%s.preset", ws_group_section[g]);
        cJSON_AddItemToObject(defs, name, section_schema(ws_group_section[g], g, WITH_PRESET));
    }
    cJSON_AddItemToObject(top, "$defs", defs);
    cJSON_AddStringToObject(top, "$schema", "https://json-schema.org/draft/2020-12/schema");
    cJSON_AddStringToObject(top, "title", "warmsweep sweep file");
    char *text = cJSON_Print(top);
    cJSON_Delete(top);
    WS_REQUIRE(text && "out of memory");
    size_t length = strlen(text);
    char *result = realloc(text, length + 2);
    WS_REQUIRE(result && "out of memory");
    memcpy(result + length, "\n", 2);
    return result;
}
