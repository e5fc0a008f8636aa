/* describe_catalogue.c: the catalogue and the table of fields as text for a terminal and as Markdown. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "plan/catalogue.h"
#include "plan/describe.h"
#include "plan/fields.h"
#include "plan/sweep.h"

/* "objectives" lists two groups: what a person looks for under one word. */
static const struct {
    const char *word;
    ws_group groups[3];
    int count;
} words[] = {
    {"objectives", {WS_OBJECTIVES, WS_SPECTRA}, 2},
    {"starts", {WS_STARTS}, 1},
    {"methods", {WS_METHODS, WS_AVERAGES}, 2},
    {"noises", {WS_NOISES}, 1},
    {"schedules", {WS_SCHEDULES, WS_WARMUPS, WS_DECAYS}, 3},
};
enum { WORDS = sizeof words / sizeof *words };

/* Word number `index` of a field's choices. */
static void add_choice(ws_text *out, const ws_field *field, int index)
{
    const char *at = field->choices;
    for (int i = 0; i < index; i++) at = strchr(at, '|') + 1;
    ws_text_add(out, "\"%.*s\"", (int)strcspn(at, "|"), at);
}

static void add_default(ws_text *out, const ws_field *field)
{
    char number[WS_NUMBER_ROOM];
    if (!field->optional) ws_text_add(out, "required");
    else if (field->type == WS_FLAG) ws_text_add(out, "%s", field->fallback != 0 ? "true" : "false");
    else if (isnan(field->fallback)) ws_text_add(out, "none");
    else if (field->type == WS_CHOICE) add_choice(out, field, (int)field->fallback);
    else if (field->type == WS_WORDS) ws_text_add(out, "all of them");
    else ws_text_add(out, "%s", ws_text_number(field->fallback, number));
}

static void add_allowed(ws_text *out, const ws_field *field)
{
    char range[160];
    switch (field->type) {
    case WS_TEXT: ws_text_add(out, "a text of one line and at most %.0f bytes", field->high); return;
    case WS_FLAG: ws_text_add(out, "true, false"); return;
    case WS_WORDS: ws_text_add(out, "a list of some of "); /* fall through */
    case WS_CHOICE:
        for (const char *at = field->choices; at; at = strchr(at, '|') ? strchr(at, '|') + 1 : NULL)
            ws_text_add(out, "%s\"%.*s\"", at == field->choices ? "" : ", ", (int)strcspn(at, "|"), at);
        return;
    case WS_POINTS: ws_text_add(out, "a list of points [x, y], x ascending, y >= 0"); return;
    default: break;
    }
    ws_field_range(field, range, sizeof range);
    if (field->type == WS_NUMBERS) ws_text_add(out, "a list, each %s", range);
    else if (field->type == WS_WHOLES) ws_text_add(out, "a list, each %s", range);
    else if (field->type == WS_LADDER) ws_text_add(out, "one or several, each %s", range);
    else ws_text_add(out, "%s%s", range, field->axis ? "; may be an axis" : "");
    if (field->choices) ws_text_add(out, ", or \"%s\"", field->choices);
}

static void add_field_text(ws_text *out, const ws_field *field, const char *indent)
{
    char path[64];
    ws_field_path(field, path);
    ws_text_add(out, "%s%s", indent, path);
    if (field->unit && *field->unit) ws_text_add(out, " [%s]", field->unit);
    ws_text_add(out, ": ");
    add_allowed(out, field);
    if (field->optional) {
        ws_text_add(out, "; default ");
        add_default(out, field);
    }
    ws_text_add(out, "\n%s    %s\n", indent, field->sentence);
}

/* What is known of an entry beside its parameters, one fact a line behind `before`. */
static void add_facts(ws_text *out, const ws_entry *entry, const char *before, const char *after)
{
    if (!entry->facts) return;
    const ws_objective_facts *facts = entry->facts;
    if (entry->group == WS_OBJECTIVES) ws_text_add(out, "%sSmoothness, |Hessian| <= K0 + K gap^rho: %s.%s", before, facts->smoothness ? facts->smoothness : "none known", after);
    if (facts->least && facts->least == facts->most) ws_text_add(out, "%sDimension: %d.%s", before, facts->least, after);
    else if (facts->least) ws_text_add(out, "%sDimension: at least %d.%s", before, facts->least, after);
    else if (facts->most) ws_text_add(out, "%sDimension: at most %d.%s", before, facts->most, after);
    if (facts->table) ws_text_add(out, "%sWeights by coordinate: objective.spectrum.%s", before, after);
    ws_text_add(out, "%sExample: sweeps/%s.%s", before, facts->sweep, after);
}

static void add_entry_text(ws_text *out, const ws_entry *entry)
{
    ws_text_add(out, "  %s   %s\n      %s\n", entry->name, entry->formula, entry->sentence);
    add_facts(out, entry, "      ", "\n");
    if (*entry->citation) ws_text_add(out, "      %s\n", entry->citation);
    for (int id = 0; id < WS_FIELD_COUNT; id++)
        if (ws_fields[id].kinds && ws_field_applies(&ws_fields[id], ws_group_section[entry->group], entry->name)) add_field_text(out, &ws_fields[id], "      ");
}

static void add_group_text(ws_text *out, ws_group group)
{
    ws_text_add(out, "%s (%s.%s)\n", ws_group_title[group], ws_group_section[group], ws_group_key[group]);
    for (int i = 0; i < ws_entry_count; i++)
        if (ws_entries[i].group == group) add_entry_text(out, &ws_entries[i]);
    ws_text_add(out, "\n");
}

static void add_presets_text(ws_text *out)
{
    ws_text_add(out, "presets (schedule.preset): the schedules of libraries, step for step; sweeps/presets/NAME.json is an example of each\n");
    for (int i = 0; i < ws_preset_count; i++) {
        const ws_preset *p = &ws_presets[i];
        ws_text_add(out, "  %s   warmup %s, decay %s\n      %s\n", p->name, p->warmup ? p->warmup : "of the file", p->decay, p->sentence);
    }
    ws_text_add(out, "\n");
}

char *ws_catalogue_text(const char *what)
{
    ws_text out = {0};
    int fields = !what || !strcmp(what, "fields"), known = fields;
    for (int w = 0; w < WORDS; w++) {
        if (what && strcmp(what, words[w].word)) continue;
        known = 1;
        for (int g = 0; g < words[w].count; g++) add_group_text(&out, words[w].groups[g]);
        if (!strcmp(words[w].word, "schedules")) add_presets_text(&out);
    }
    for (int g = 0; what && !known && g < WS_GROUP_COUNT; g++) { /* one that stands with others under a word */
        if (strcmp(what, ws_group_title[g])) continue;
        add_group_text(&out, (ws_group)g);
        known = 1;
    }
    if (!known) return NULL;
    if (fields) {
        ws_text_add(&out, "fields\n");
        for (int id = 0; id < WS_FIELD_COUNT; id++) add_field_text(&out, &ws_fields[id], "  ");
    }
    return ws_text_take(&out);
}

static void add_cell(ws_text *out, const char *text)
{
    for (; *text; text++) { /* what a Markdown table would take for its own */
        if (*text == '|') ws_text_add(out, "\\|");
        else if (*text == '<') ws_text_add(out, "&lt;");
        else ws_text_add(out, "%c", *text);
    }
}

static void add_field_row(ws_text *out, const ws_field *field)
{
    char path[64];
    ws_text allowed = {0};
    ws_field_path(field, path);
    add_allowed(&allowed, field);
    ws_text_add(out, "| `%s` | ", path);
    if (field->kinds) {
        add_cell(out, field->kinds);
        ws_text_add(out, " | ");
    } else ws_text_add(out, "all | ");
    add_cell(out, allowed.bytes);
    ws_text_add(out, " | ");
    add_default(out, field);
    ws_text_add(out, " | %s | ", field->unit ? field->unit : "");
    add_cell(out, field->sentence);
    ws_text_add(out, " |\n");
    ws_text_free(&allowed);
}

static const char format_head[] =
    "# The sweep file\n\n"
    "Generated from the table of fields (`src/plan/fields.c`) by `scripts/generate-docs`; do not edit.\n\n"
    "A sweep is one JSON object; `//` and `/* */` comments are accepted. Any field that may be an axis takes a number or several:\n\n"
    "| form | meaning |\n|---|---|\n"
    "| `0.1` | one value |\n"
    "| `[0.1, 0.2, {\"log\": [1, 10], \"points\": 5}]` | a list; ranges may stand in it |\n"
    "| `{\"log\": [a, b], \"points\": n}` | n values from a to b in equal ratios, ends included; whole-number fields are rounded, and what meets is one value |\n"
    "| `{\"linear\": [a, b], \"points\": n}` | n values in equal steps |\n"
    "| `{\"value\": v, \"unit\": u}`, `{\"list\": [...], \"unit\": u}`, `{\"log\": ..., \"unit\": u}` | with a unit (`schedule.peak` only): `\"absolute\"` or `\"1/sharpness\"` of the start |\n\n"
    "Several values make an axis, named by its path. Values of an axis ascend. Cells are the product of all axes, the last one of the file\n"
    "varying fastest; a cell has `replicates` trajectories. At most 16 axes, 2^40 cells, 2^53 trajectories.\n\n"
    "Every error of a file is reported at once, with the file, the path, the value and what is allowed, before anything is compiled.\n"
    "`warmsweep plan FILE` checks a file and says how large it is. A JSON Schema: `warmsweep list schema`\n"
    "(`docs/sweep.schema.json`).\n\n"
    "## Sections\n\n"
    "`objective`, `start`, `schedule` and `stop` are required. Where a section has a `kind` (`objective.spectrum`: a `law`), it is one of:\n\n";

char *ws_sweep_format_markdown(void)
{
    ws_text out = {0};
    ws_text_add(&out, "%s", format_head);
    ws_text_add(&out, "| key | one of | default |\n|---|---|---|\n");
    for (int g = 0; g < WS_GROUP_COUNT; g++) {
        ws_text_add(&out, "| `%s.%s` |", ws_group_section[g], ws_group_key[g]);
        for (int i = 0, first = 1; i < ws_entry_count; i++)
            if (ws_entries[i].group == (ws_group)g) {
                ws_text_add(&out, "%s `%s`", first ? "" : ",", ws_entries[i].name);
                first = 0;
            }
        const char *fallback = g == WS_SPECTRA ? "quadratic, log-quadratic and rotated-quadratic: geometric from 1 to 0.01; others: all 1" : ws_group_default[g];
        ws_text_add(&out, " | %s |\n", fallback ? fallback : "required");
    }
    ws_text_add(&out, "\nWhat each is: [catalogue.md](catalogue.md), or `warmsweep list`.\n\n## Fields\n\n"
                      "| field | of kind | allowed | default | unit | meaning |\n|---|---|---|---|---|---|\n");
    for (int id = 0; id < WS_FIELD_COUNT; id++) add_field_row(&out, &ws_fields[id]);
    ws_text_add(&out,
                "\n## What goes together\n\nKinds of different sections go together, but: `armijo`, whose trials are along the gradient, with methods `gd` and `sgd` alone;\n"
                "`minibatch` with objectives that have rows; `log-quadratic` in float64 with `gd`, without noise, average and compensated steps, and not with\n"
                "`relative-clip`. A rule that looks at the gap looks at that of the iterate, also when the outcomes are those of an average; |g| is that of the\n"
                "gradient with its noise, before momentum and weight decay. `tests/science/test_pairs.py` follows a run for every pair.\n"
                "\n## Pictures\n\n`report` is a list of pictures, at most 64, each an object with a `kind`:\n\n"
                "* `\"phase\"`: median T_eps over two axes, `x` and `y` (their paths), and optionally `eps` (one of `stop.gap`; without it a picture is drawn\n"
                "  for each).\n"
                "* `\"trace\"`: a traced `quantity` against the iteration, and optionally `lines`, the path of an axis: a line for each of its values (seven of\n"
                "  more). With several replicates a line is their mean, a dashed one the median, a band goes from the 10 %% to the 90 %% quantile.\n\n"
                "Other axes are fixed: a picture for each combination, of more than six the first alone. When `report` is absent, a phase diagram is drawn if both\n"
                "`schedule.peak` and `schedule.warmup.steps` are axes, and a picture of every traced quantity.\n"
                "\n## Traces\n\n`record.trace` keeps numbers of every trajectory at the same iterations, whatever else happens: `\"at\": {\"log\": [1, 1e5], \"points\": 64}`, or every\n"
                "iteration: `\"at\": {\"linear\": [0, 4000], \"points\": 4001}`. They are kept in the journal (at most 8 bytes a point and quantity, 4 in float32), compared by `verify`, and in\n"
                "`outcomes.nc` `trace_gap(axes..., replicate, trace)` and so on; in an export columns `trace_gap_100`. With several replicates `outcomes.nc` also\n"
                "has, for each cell and point, `trace_running` (replicates not ended before), `trace_diverged` and `trace_ended`, and of every quantity mean,\n"
                "standard error and quantiles:\n\n"
                "* of the gap over all replicates: a diverged one counts as infinite, and where one ended for another reason, its later gaps are not known and\n"
                "  neither is a mean (NaN). `stop.run_on` `\"budget\"` lets trajectories run on after their last hit, so that it is.\n"
                "* of the other quantities over the replicates that still run.\n\n"
                "The first iteration at which the mean gap is at or below an eps stands beside the quantiles of T_eps, of single trajectories, in `cells.csv`:\n"
                "`mean_curve_low_EPS` <= T <= `mean_curve_high_EPS`, and `mean_curve_EPS_is` says what is known: `exact` (all iterations up to it are in the trace: low is\n"
                "high), `between` (unless the mean was below eps between two earlier iterations of the trace), `>trace` (above eps at every one), `never` (a replicate\n"
                "diverged before: the mean is infinite), `unknown` (a replicate ended before). The two are different questions with different answers\n"
                "(`sweeps/mean_curve.json`). Of gradient norm, sharpness and edge: a trajectory is run again from the start of a batch of 16\n"
                "iterations to the point. |g|^2 is summed in the precision of the state, so that in float32 norms beyond about 1e-22 and 1e19 become 0 and infinite. With `method.average` gap,\n"
                "gradient norm and sharpness are those of the average. edge is that of gradient descent: momentum and preconditioning have other limits.\n");
    return ws_text_take(&out);
}

/* What a preset fixes, as the sweep file would say it. */
static void add_fixed(ws_text *out, const ws_preset *preset)
{
    char path[64], number[WS_NUMBER_ROOM];
    for (int i = 0; i < WS_PRESET_FIELDS && preset->fixed[i].id; i++) {
        const ws_field *field = &ws_fields[preset->fixed[i].id];
        ws_field_path(field, path);
        ws_text_add(out, "%s%s ", i ? ", " : "", strchr(path, '.') + 1);
        if (field->type == WS_CHOICE) add_choice(out, field, (int)preset->fixed[i].value);
        else ws_text_add(out, "%s", field->type == WS_FLAG ? (preset->fixed[i].value != 0 ? "true" : "false") : ws_text_number(preset->fixed[i].value, number));
    }
}

static void add_presets_markdown(ws_text *out)
{
    ws_text_add(out, "\n## Presets: `schedule.preset`\n\nThe schedules of libraries, step for step. A preset says what warmup and decay are and fixes conventions; steps, horizon\n"
                     "and the like are the sweep file's. [sweeps/presets](../sweeps/presets) has an example of each.\n\n| preset | warmup | decay | fixed | in the library |\n|---|---|---|---|---|\n");
    for (int i = 0; i < ws_preset_count; i++) {
        const ws_preset *p = &ws_presets[i];
        ws_text_add(out, "| `%s` | %s | %s | ", p->name, p->warmup ? p->warmup : "any", p->decay);
        add_fixed(out, p);
        ws_text_add(out, " | %s |\n", p->sentence);
    }
}

char *ws_catalogue_markdown(void)
{
    ws_text out = {0};
    ws_text_add(&out, "# Catalogue\n\nGenerated from `src/plan/catalogue.c` and `src/plan/fields.c` by `scripts/generate-docs`; do not edit.\n"
                      "How to add an entry: [extending.md](extending.md).\n");
    for (int g = 0; g < WS_GROUP_COUNT; g++) {
        ws_text_add(&out, "\n## %c%s: `%s.%s`\n", ws_group_title[g][0] - 32, ws_group_title[g] + 1, ws_group_section[g], ws_group_key[g]);
        for (int i = 0; i < ws_entry_count; i++) {
            const ws_entry *e = &ws_entries[i];
            if (e->group != (ws_group)g) continue;
            ws_text_add(&out, "\n### %s\n\n`%s`\n\n%s\n", e->name, e->formula, e->sentence);
            if (*e->citation) ws_text_add(&out, "\nSource: %s.\n", e->citation);
            if (e->file) ws_text_add(&out, "\nText: `kernels/%s`.\n", e->file);
            add_facts(&out, e, "\n", "\n");
            int some = 0;
            for (int id = 0; id < WS_FIELD_COUNT; id++) {
                const ws_field *f = &ws_fields[id];
                if (!f->kinds || !ws_field_applies(f, ws_group_section[g], e->name)) continue;
                if (!some++) ws_text_add(&out, "\n| parameter | of kind | allowed | default | unit | meaning |\n|---|---|---|---|---|---|\n");
                add_field_row(&out, f);
            }
        }
    }
    add_presets_markdown(&out);
    return ws_text_take(&out);
}
