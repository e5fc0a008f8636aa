/* json.h: sweep files as JSON with comments. Private to plan. */
#ifndef WS_PLAN_JSON_H
#define WS_PLAN_JSON_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "base/error.h"

/* Parses JSON in UTF-8; // and block comments count as blanks. Errors name line and column. */
ws_code ws_json_parse(const char *name, const char *text, size_t length, cJSON **json, ws_error *error);
/* "a number", "an object", ... for messages. */
const char *ws_json_type(const cJSON *value);
/* The value as written, cut to a few words; in `text`. */
void ws_json_show(const cJSON *value, char *text, size_t size);
/* Control characters become '?': what stood in a file must not steer the terminal that shows a message. */
void ws_json_printable(char *text);

#endif
