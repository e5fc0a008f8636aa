/* fingerprint.c: which sweep is this? XXH3 over a canonical text of everything that decides an outcome or its place: fields by
 * path with every bit of their values, chosen entries, axes in order. Titles, comments, reports and the way a number was written
 * are left out. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "plan/sweep.h"

typedef struct canonical {
    XXH3_state_t state; /* of what was flushed */
    ws_text text;
} canonical;

/* Numbers can be many: their text is hashed as it is made. */
static void flush(canonical *c)
{
    XXH3_128bits_update(&c->state, c->text.bytes, c->text.length);
    c->text.length = 0;
}

static void add_numbers(canonical *c, const double *values, int64_t count)
{
    enum { OFTEN = 1 << 14 };
    for (int64_t i = 0; i < count; i++) {
        ws_text_add_bytes(&c->text, " ", 1);
        ws_text_add_hexadecimal(&c->text, values[i]);
        if (c->text.length >= OFTEN) flush(c);
    }
}

/* A field that nothing of this sweep reads has no place in an identity. */
static int matters(const ws_sweep *s, const ws_field *field)
{
    if (!*field->section) return strcmp(field->key, "title") != 0;
    if (!strcmp(field->section, "record.trace")) return s->list_count[WS_F_TRACE_AT] > 0;
    for (int g = 0; g < WS_GROUP_COUNT; g++)
        if (!strcmp(ws_group_section[g], field->section)) return s->entry[g] && ws_field_applies(field, field->section, s->entry[g]->name);
    return 1;
}

void ws_sweep_fingerprint(const ws_sweep *s, unsigned char out[16])
{
    canonical all = {.text = {0}};
    ws_text *text = &all.text;
    XXH3_128bits_reset(&all.state);
    ws_text_add(text, "warmsweep abi %d\n", WS_KERNEL_ABI);
    for (int g = 0; g < WS_GROUP_COUNT; g++)
        if (s->entry[g]) ws_text_add(text, "%s=%s\n", ws_group_section[g], s->entry[g]->name);
    for (int id = 0; id < WS_FIELD_COUNT; id++) {
        const ws_field *field = &ws_fields[id];
        if (!matters(s, field) || id == WS_F_TRACE_KEEP) continue; /* which says what a report shows */
        ws_text_add(text, "%s.%s=", field->section, field->key);
        if (s->number[id].axis >= 0) ws_text_add(text, "axis %d", s->number[id].axis);
        else ws_text_add(text, "%a", s->number[id].value);
        add_numbers(&all, s->list[id], s->list_count[id]);
        ws_text_add(text, "\n");
    }
    for (int a = 0; a < s->axis_count; a++) {
        ws_text_add(text, "axis %s", s->axes[a].path);
        add_numbers(&all, s->axes[a].values, s->axes[a].count);
        ws_text_add(text, "\n");
    }
    ws_text_add(text, "relative=%d budget=%d unit=%s\n", s->eps_relative, s->run_on_budget, s->peak_unit);
    if (s->plan.source_name) ws_text_add(text, "source %016llx\n", (unsigned long long)XXH3_64bits(s->plan.source_text, s->plan.source_length));
    flush(&all);
    XXH128_canonical_t digest;
    XXH128_canonicalFromHash(&digest, XXH3_128bits_digest(&all.state));
    memcpy(out, digest.digest, 16);
    ws_text_free(text);
}

/* Over the cell's values by path, so that a grown grid keeps the noise of its earlier cells; the iteration cap is left out, so that
 * a longer run continues a shorter one; so is what is looked at only (an average), which changes no trajectory. Two cells share their noise
 * with a chance of 2^-40. */
enum { PATH = 64, WORD = PATH + 8 }; /* bytes that are hashed of a field */

void ws_sweep_noise_prepare(ws_sweep *s)
{
    s->noise_fields = ws_arena_new(&s->arena, sizeof *s->noise_fields * WS_FIELD_COUNT);
    s->noise_field_count = 0;
    for (int id = 0; id < WS_FIELD_COUNT; id++) {
        const ws_field *field = &ws_fields[id];
        if (!strcmp(field->section, ws_group_section[WS_AVERAGES]) || !field->axis || id == WS_F_STEPS || !matters(s, field)) continue;
        ws_noise_field *next = &s->noise_fields[s->noise_field_count++];
        memset(next, 0, sizeof *next);
        next->id = (ws_field_id)id;
        ws_field_path(field, next->path);
    }
}

void ws_sweep_noise_words(const ws_sweep *s, int64_t cell, unsigned *low, unsigned *high)
{
    unsigned char bytes[WORD * WS_FIELD_COUNT], *end = bytes;
    _Static_assert(sizeof s->noise_fields->path == PATH, "a path is hashed with its zeros");
    for (int n = 0; n < s->noise_field_count; n++) {
        const ws_field *field = &ws_fields[s->noise_fields[n].id];
        double value = ws_sweep_value(s, cell, s->noise_fields[n].id);
        if (isnan(value) || (field->later && value == field->fallback)) continue;
        memcpy(end, s->noise_fields[n].path, PATH);
        uint64_t bits;
        memcpy(&bits, &value, 8);
        for (int i = 0; i < 8; i++) end[PATH + i] = (unsigned char)(bits >> 8 * i);
        end += WORD;
    }
    uint64_t hash = XXH3_64bits(bytes, (size_t)(end - bytes));
    *low = (unsigned)hash;
    *high = (unsigned)(hash >> 32) & 0xffu;
}
