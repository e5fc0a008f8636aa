/* presets.h: schedules of libraries, step for step: which warmup, which decay, which conventions. Private to plan. */
#ifndef WS_PLAN_PRESETS_H
#define WS_PLAN_PRESETS_H

#include "plan/fields.h"

enum { WS_PRESET_FIELDS = 5 };

/* What a preset fixes; everything else (steps, horizon, ...) is the sweep file's. */
typedef struct ws_preset {
    const char *name;
    const char *warmup, *decay; /* kinds; NULL: the file's choice */
    const char *sentence;       /* the library's name for it and how its arguments are written here */
    struct {
        ws_field_id id;
        double value;
    } fixed[WS_PRESET_FIELDS];  /* the list ends at an id of 0 (a title: never fixed) */
} ws_preset;

extern const ws_preset ws_presets[];
extern const int ws_preset_count;

/* NULL when there is none of this name. */
const ws_preset *ws_preset_find(const char *name);
/* The value that a preset fixes, or NaN. */
double ws_preset_value(const ws_preset *preset, ws_field_id id);

#endif
