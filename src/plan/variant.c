/* variant.c: the compile-time side of a cell: the lines of #define that name the files and constants of its kernel. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plan/rho_curve.h"
#include "plan/sweep.h"

int ws_plan_lanes(int64_t dimension)
{
    if (dimension < 8) return 1;
    int64_t wanted = dimension < 2048 ? dimension / 4 : dimension / 32, lanes = 1;
    while (2 * lanes <= wanted && (dimension >= 2048 || lanes < 32)) lanes *= 2;
    return (int)lanes;
}

/* The constants of one section: fields with a `define`. */
static const char *add_constants(ws_sweep *s, int64_t cell, ws_group group, const char *text)
{
    for (int id = 0; id < WS_FIELD_COUNT; id++) {
        const ws_field *field = &ws_fields[id];
        if (!field->define || !ws_field_applies(field, ws_group_section[group], s->entry[group]->name)) continue;
        double value = ws_sweep_value(s, cell, (ws_field_id)id);
        text = ws_arena_format(&s->arena, "%s#define %s %.17g\n", text, field->define, value);
        if (field->type == WS_NUMBER) text = ws_arena_format(&s->arena, "%s#define %s_INTEGER %d\n", text, field->define, value == floor(value));
    }
    return text;
}

const char *ws_variant_defines(ws_sweep *s, int64_t cell)
{
    int64_t d = (int64_t)ws_sweep_value(s, cell, WS_F_DIMENSION);
    const char *objective = s->plan.source_name ? ws_arena_format(&s->arena, "own/%s", s->plan.source_name) : s->entry[WS_OBJECTIVES]->file;
    const ws_entry *schedule = s->entry[WS_SCHEDULES];
    const char *text = ws_arena_format(&s->arena,
                                       "#define WS_PRECISION %d\n#define WS_DIM %lld\n#define WS_L %d\n#define WS_OBJECTIVE \"%s\"\n"
                                       "#define WS_METHOD \"%s\"\n#define WS_NOISE \"%s\"\n#define WS_NOISE_WEIGHTS %d\n",
                                       s->plan.precision, (long long)d, ws_plan_lanes(d), objective,
                                       s->entry[WS_METHODS]->file, s->entry[WS_NOISES]->file, s->number[WS_F_NOISE_WEIGHTS].given);
    if (s->entry[WS_AVERAGES]->file) text = ws_arena_format(&s->arena, "%s#define WS_AVERAGE \"%s\"\n", text, s->entry[WS_AVERAGES]->file);
    if (schedule->file)
        text = ws_arena_format(&s->arena, "%s#define %s \"%s\"\n", text, ws_schedule_is_closed_loop(schedule) ? "WS_FEEDBACK" : "WS_OPEN_LOOP",
                               schedule->file);
    if (ws_schedule_has_ramp(schedule))
        text = ws_arena_format(&s->arena, "%s#define WS_WARMUP \"%s\"\n#define WS_DECAY \"%s\"\n", text, s->entry[WS_WARMUPS]->file,
                               s->entry[WS_DECAYS]->file);
    if (s->list_count[WS_F_DECAY_POINTS]) {
        text = ws_arena_format(&s->arena, "%s#define DECAY_TABLE_POINTS %d\n#define DECAY_TABLE", text, (int)s->list_count[WS_F_DECAY_POINTS] / 2);
        for (int64_t i = 0; i < s->list_count[WS_F_DECAY_POINTS]; i++)
            text = ws_arena_format(&s->arena, "%s%s %.17g", text, i ? "," : "", s->list[WS_F_DECAY_POINTS][i]);
        text = ws_arena_format(&s->arena, "%s\n", text);
    }
    text = ws_arena_format(&s->arena, "%s%s", text, ws_data_text(s, cell));
    if (ws_entry_facts(s->entry[WS_OBJECTIVES])->curve) {
        char *curve = ws_rho_curve(ws_sweep_value(s, cell, WS_F_EXACT_RHO), s->plan.precision);
        text = ws_arena_format(&s->arena, "%s%s", text, curve);
        free(curve);
    }
    for (int g = 0; g < WS_GROUP_COUNT; g++)
        if (s->entry[g]) text = add_constants(s, cell, (ws_group)g, text);
    if (s->list_count[WS_F_TRACE_AT]) text = ws_arena_format(&s->arena, "%s#define WS_TRACED %.0f\n", text, s->number[WS_F_TRACE_QUANTITIES].value);
    if (s->number[WS_F_HASH].value != 0) text = ws_arena_format(&s->arena, "%s#define WS_GAP_HASH 1\n", text);
    return text;
}
