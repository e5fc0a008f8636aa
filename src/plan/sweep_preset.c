/* sweep_preset.c: a schedule's preset while a sweep file is read: chosen before the sections of the schedule are read, because it says
 * what their kinds are; what it fixes may not stand in the file; its values are set at the end. */
#include <math.h>

#include "plan/json.h"
#include "plan/sweep.h"

void ws_sweep_preset_choose(ws_reading *r, const cJSON *schedule)
{
    const cJSON *name = cJSON_GetObjectItemCaseSensitive(schedule, "preset");
    if (cJSON_IsString(name)) r->sweep->preset = ws_preset_find(name->valuestring); /* an unknown one is complained about as a field */
}

const char *ws_sweep_preset_kind(const ws_sweep *s, ws_group group)
{
    if (!s->preset) return NULL;
    return group == WS_WARMUPS ? s->preset->warmup : group == WS_DECAYS ? s->preset->decay : NULL;
}

/* The kinds that have no section in the file; what of theirs is required is missing then. */
static void choose_kind(ws_reading *r, ws_group group)
{
    ws_sweep *s = r->sweep;
    const char *kind = ws_sweep_preset_kind(s, group);
    if (s->entry[group] || !kind) return;
    s->entry[group] = ws_entry_find(group, kind);
    for (int id = 0; id < WS_FIELD_COUNT; id++) {
        const ws_field *field = &ws_fields[id];
        if (field->optional || !ws_field_applies(field, ws_group_section[group], kind)) continue;
        char path[64], allowed[160];
        ws_field_path(field, path);
        ws_field_range(field, allowed, sizeof allowed);
        ws_reading_complain(r, path, "missing with schedule.preset \"%s\"; allowed: %s", s->preset->name, allowed);
    }
}

void ws_sweep_preset_apply(ws_reading *r)
{
    ws_sweep *s = r->sweep;
    if (!s->preset) return;
    choose_kind(r, WS_WARMUPS);
    choose_kind(r, WS_DECAYS);
    for (int i = 0; i < WS_PRESET_FIELDS && s->preset->fixed[i].id; i++) s->number[s->preset->fixed[i].id].value = s->preset->fixed[i].value;
}
