/* sweep.h: a sweep file after parsing, before it is a plan: what every field holds. Private to plan. */
#ifndef WS_PLAN_SWEEP_H
#define WS_PLAN_SWEEP_H

#include "base/arena.h"
#include "plan/catalogue.h"
#include "plan/fields.h"
#include "plan/plan.h"
#include "plan/presets.h"

typedef struct ws_number {
    int given;    /* stood in the file */
    int axis;     /* index of its axis, or -1 */
    double value; /* when it is no axis */
} ws_number;

enum { WS_SPOILT_MAX = 64 };

typedef struct ws_noise_field {
    ws_field_id id;
    char path[64];
} ws_noise_field;

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
    const char *source; /* objective.source */
    const ws_preset *preset; /* of the schedule, or NULL */
    const char *peak_unit;
    int eps_relative;
    int run_on_budget;
    /* made by grid.c: what every cell shares, and how the axes move problem and kernel */
    ws_plan_cell_values every_cell;
    int64_t problem_stride[WS_AXES_MAX], variant_stride[WS_AXES_MAX], schedule_stride[WS_AXES_MAX];
    int place[WS_AXES_MAX]; /* of an axis's value in ws_cell, in doubles; -1: elsewhere */
    int steps_axis, horizon_is_cap, own_noise;
    /* made by fingerprint.c: what tells the noise of cells apart */
    ws_noise_field *noise_fields;
    int noise_field_count;
} ws_sweep;

/* What a parser of one file carries around. */
typedef struct ws_reading {
    const char *name;
    const char *folder; /* of the sweep file, or NULL */
    ws_sweep *sweep;
    ws_error *error;
    char spoilt[WS_SPOILT_MAX][64]; /* paths of complaints: what hangs on them is not complained about again */
    int spoilt_count;
} ws_reading;

/* One more error line: "name: path: message". */
void ws_reading_complain(ws_reading *r, const char *path, const char *format, ...) __attribute__((format(printf, 3, 4)));
struct cJSON;
/* The same about what stands in the file: "name: path: VALUEmessage". Returns 1. */
int ws_reading_complain_of(ws_reading *r, const char *path, const struct cJSON *json, const char *format, ...) __attribute__((format(printf, 4, 5)));
/* 1: there was a complaint about this field, about an object that it stands in, or about too much to tell. */
int ws_reading_spoilt(const ws_reading *r, const char *path);
int ws_reading_spoilt_field(const ws_reading *r, ws_field_id id);
/* One more error line for a word that is none of "a|b|c": names the nearest and all of them. */
void ws_reading_suggest(ws_reading *r, const char *path, const char *what, const char *word, const char *words);
/* "a number > 0 and <= 1" */
void ws_field_range(const ws_field *field, char *text, size_t size);

/* Values of one number, list or range (values.c): appended to *values (malloc'ed). Complains and returns nonzero when wrong. */
int ws_values_read(ws_reading *r, const char *path, const ws_field *field, const struct cJSON *json, int units, double **values, int64_t *count,
                   const char **unit);
/* The report list, once axes are known (sweep_report.c). */
void ws_sweep_reports(ws_reading *r, const struct cJSON *list);
/* The data of an objective in a cell as lines of #define, "" when it has none (data_matrix.c). In the arena. */
const char *ws_data_text(ws_sweep *sweep, int64_t cell);
/* Rules of objective.rows, and that logistic regression has a solution (data_matrix.c). */
void ws_data_check(ws_reading *r);
void ws_data_solvable(ws_reading *r);
/* Direction of largest curvature at x = 0, [d], of an objective with data: where the mean of the margins falls (data_matrix.c). */
void ws_data_top(const ws_sweep *sweep, int64_t cell, int64_t d, double *direction);
/* That the coordinates of a network can be shared out among its units. */
void ws_data_network(ws_reading *r);
/* The minimiser w* of sum log(1 + e^{-z_i.w}), d <= 32: odds[i] = 1 / (1 + e^{z_i.w*}), evens[i] = 1 - odds[i]. 0: no finite one
 * (logistic_solve.c). */
int ws_logistic_solve(const double *rows, int64_t n, int64_t d, double *odds, double *evens);
/* Reads the header that objective.source names (own_source.c). */
void ws_sweep_source(ws_reading *r);
/* The preset that a schedule names, before its sections are read; and what it fixes, after (sweep_preset.c). */
void ws_sweep_preset_choose(ws_reading *r, const struct cJSON *schedule);
void ws_sweep_preset_apply(ws_reading *r);
/* What the preset says of a kind (warmups, decays) or NULL. */
const char *ws_sweep_preset_kind(const ws_sweep *s, ws_group group);
/* Rules that join several fields (rules.c). */
void ws_sweep_rules(ws_reading *r);
/* Everything of the public plan that follows from the parsed fields (grid.c). */
void ws_sweep_finish(ws_reading *r);
/* What a field holds in a cell: the value of its axis, or the one value (grid.c). */
double ws_sweep_value(const ws_sweep *sweep, int64_t cell, ws_field_id id);
/* Smallest and largest value of a field over the whole grid (grid.c). */
void ws_sweep_extent(const ws_sweep *sweep, ws_field_id id, double *low, double *high);
/* Cells that differ in some of the axes only: the axes whose bit is set in `axes` (grid.c). */
int64_t ws_subgrid_count(const ws_sweep *sweep, unsigned axes);
int64_t ws_subgrid_index(const ws_sweep *sweep, unsigned axes, int64_t cell);
int64_t ws_subgrid_cell(const ws_sweep *sweep, unsigned axes, int64_t index); /* its first cell */
unsigned ws_problem_axes(const ws_sweep *sweep);
unsigned ws_variant_axes(const ws_sweep *sweep);
/* Defines of the variant that a cell belongs to; lives in the arena (variant.c). */
const char *ws_variant_defines(ws_sweep *sweep, int64_t cell);
/* 128 bits over everything that decides an outcome (fingerprint.c). */
void ws_sweep_fingerprint(const ws_sweep *sweep, unsigned char out[16]);
/* The 40 bits that separate a cell's noise from that of others, once ws_sweep_noise_prepare was called (fingerprint.c). */
void ws_sweep_noise_prepare(ws_sweep *sweep);
void ws_sweep_noise_words(const ws_sweep *sweep, int64_t cell, unsigned *low, unsigned *high);
/* The per-coordinate table of the objective in a cell (spectrum.c): table [d], table[j] the j-th largest or as given. */
void ws_spectrum_fill(const ws_sweep *sweep, int64_t cell, int64_t d, double *table);

#endif
