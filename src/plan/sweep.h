/* sweep.h: a sweep file after parsing, before it is a plan: what every field holds. Private to plan. */
#ifndef WS_PLAN_SWEEP_H
#define WS_PLAN_SWEEP_H

#include "base/arena.h"
#include "plan/catalogue.h"
#include "plan/fields.h"
#include "plan/plan.h"

typedef struct ws_number {
    int given;    /* stood in the file */
    int axis;     /* index of its axis, or -1 */
    double value; /* when it is no axis */
} ws_number;

enum { WS_AXES_MAX = 16 };

typedef struct ws_sweep {
    ws_arena arena;
    ws_plan plan;
    const ws_entry *entry[WS_GROUP_COUNT]; /* NULL: none (no table; warmup of a closed-loop schedule) */
    ws_number number[WS_FIELD_COUNT];      /* numbers, choices (index of the word) and flags */
    const double *list[WS_FIELD_COUNT];    /* WS_NUMBERS, WS_WHOLES, WS_LADDER */
    int64_t list_count[WS_FIELD_COUNT];
    ws_axis axes[WS_AXES_MAX];
    ws_field_id axis_field[WS_AXES_MAX];
    int axis_count;
    const char *title;
    const char *peak_unit;
    int eps_relative;
    int run_on_budget;
} ws_sweep;

/* What a parser of one file carries around. */
typedef struct ws_reading {
    const char *name;
    ws_sweep *sweep;
    ws_error *error;
} ws_reading;

/* One more error line: "name: path: message". */
void ws_reading_complain(ws_reading *r, const char *path, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* "a number > 0 and <= 1" */
void ws_field_range(const ws_field *field, char *text, size_t size);

struct cJSON;
/* Values of one number, list or range (values.c): appended to *values (malloc'ed). Complains and returns nonzero when wrong. */
int ws_values_read(ws_reading *r, const char *path, const ws_field *field, const struct cJSON *json, int units, double **values, int64_t *count,
                   const char **unit);
/* The report list, once axes are known (sweep_report.c). */
void ws_sweep_reports(ws_reading *r, const struct cJSON *list);
/* Rules that join several fields (rules.c). */
void ws_sweep_rules(ws_reading *r);
/* Everything of the public plan that follows from the parsed fields (grid.c). */
void ws_sweep_finish(ws_reading *r);
/* The per-coordinate table of one problem; values by field (spectrum.c). Returns 0, or -1 for "all 1". */
int ws_spectrum_fill(const ws_sweep *sweep, const double *value, int64_t d, double *table);

#endif
