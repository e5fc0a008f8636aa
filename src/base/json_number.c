/* json_number.c: see json_number.h. */
#include "base/json_number.h"

#include <math.h>

#include "base/text.h"

void ws_json_number(cJSON *object, const char *key, double value)
{
    char text[WS_NUMBER_ROOM];
    if (isfinite(value)) cJSON_AddRawToObject(object, key, ws_text_number(value, text));
    else cJSON_AddNullToObject(object, key);
}
