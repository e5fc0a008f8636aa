/* json_number.h: numbers of JSON that is written. cJSON prints 15 digits where the 16th is in doubt; a reader is to get every bit back. */
#ifndef WS_JSON_NUMBER_H
#define WS_JSON_NUMBER_H

#include <cjson/cJSON.h>

/* object[key] = value; null when it is no number or infinite, which JSON cannot say. */
void ws_json_number(cJSON *object, const char *key, double value);

#endif
