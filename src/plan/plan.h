/* plan.h: a sweep file as an immutable plan: axes, cells, kernels to compile, problems to prepare, chunks.
 *
 * Pure: bytes in, plan out; nothing is computed on trajectories, compiled or written. A plan is read by any number of threads.
 * Every pointer inside belongs to the plan and lives until ws_plan_free. Letters as in kernels/record.h. */
#ifndef WS_PLAN_H
#define WS_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "kernels/record.h"
#include "plan/outcomes.h"

enum { WS_AXES_MAX = 16 }; /* of a sweep */

/* A number of the sweep file that was given several values. Axis 0 is the slowest, the last one the fastest; order of the file. */
typedef struct ws_axis {
    const char *path;     /* "schedule.warmup.steps" */
    const char *label;    /* for a picture: "warmup steps W" */
    const char *unit;     /* "iterations", "1", "1/sharpness", "" */
    int64_t count;        /* >= 2 */
    const double *values; /* [count] as written: in `unit` */
    int integer;          /* values are whole numbers */
} ws_axis;

/* One kernel to compile: cells that share every compile-time value. */
typedef struct ws_variant {
    int64_t dimension;   /* d */
    int lanes;           /* L(d) */
    const char *defines; /* 5 to 20 lines of #define that name the files and constants; ends with a newline */
} ws_variant;

/* What a cell may take from its problem once that is prepared. */
typedef enum ws_from { WS_FROM_NOTHING, WS_FROM_K0, WS_FROM_K, WS_FROM_RHO, WS_FROM_START_GAP, WS_FROM_START_NORM } ws_from;

typedef enum ws_report_kind { WS_REPORT_PHASE, WS_REPORT_TRACE } ws_report_kind;
typedef struct ws_report {
    ws_report_kind kind;
    int x_axis, y_axis; /* indices into axes; of a trace x_axis is that of its lines, or -1 */
    int eps;            /* index into eps, or -1: one picture for each */
    int quantity;       /* of a trace: place of its bit among WS_TRACED_* */
} ws_report;

typedef struct ws_plan {
    const char *name;         /* of the file, for messages */
    const char *title;
    const char *text;         /* the sweep file, byte for byte */
    size_t text_length;
    unsigned char fingerprint[16]; /* of everything that decides an outcome; the same for two files that differ in comments */

    const char *source_name;  /* objective.source: a header of the user's beside the sweep file, or NULL */
    const char *source_path;  /* where it was found, for messages */
    const char *source_text;  /* its bytes */
    size_t source_length;

    int precision;            /* 32 or 64 */
    const char *objective, *method, *noise, *start; /* kinds, as named in the catalogue */
    const char *average;         /* kind of the average whose outcomes these are; "" when they are those of the iterates */
    int compensated;             /* 1: steps with what rounding lost */
    const char *warmup, *decay;  /* "" where the schedule has none */
    const char *feedback;        /* kind of a closed-loop schedule; "" when it is open-loop */
    const char *peak_unit;    /* "" or "1/sharpness" */

    int axis_count;
    const ws_axis *axes;
    int64_t cells;            /* product of the axes, >= 1 */
    int64_t replicates;       /* >= 1 */
    int64_t trajectories;     /* cells * replicates; index = cell * replicates + replicate */
    uint64_t seed;

    int eps_count;            /* E >= 0, at most 64 */
    const double *eps;        /* [E] descending, as written */
    int eps_relative;         /* 1: in units of the gap at the start */
    int gap_at_count;         /* G, at most 4096 */
    const long long *gap_at;  /* [G] ascending, distinct */
    int trace_count;          /* P, at most 4096; 0: no trace */
    const long long *trace_at; /* [P] ascending, distinct */
    unsigned traced;          /* mask of WS_TRACED_*: what the trace keeps; 0: no trace */
    int trace_statistics;     /* 1: results hold statistics over replicates alone, not the trace of every trajectory */
    int hash;                 /* 1: keep a hash over every gap of a trajectory */
    int trials;               /* 1: the schedule tries step sizes, and the number of trials is an outcome */
    int noise_weights;        /* 1: problems have weights of the noise, see ws_plan_noise_weights */

    int64_t own_starts;       /* replicates that have a start of their own: problem p of replicate r is p * own_starts + r; 1: all have the same */

    int variant_count;
    const ws_variant *variants;
    int64_t problem_count;
    int64_t schedule_count;   /* step sizes as a function of the iteration, but for the peak; 1 where they are no function of it */
    int64_t chunk_size;       /* trajectories of a chunk (the last may be shorter) */
    int64_t chunk_count;

    int report_count;
    const ws_report *reports;

    int64_t steps_max;        /* largest iteration cap of any cell */
    double updates_max;       /* upper bound of coordinate updates of the whole sweep */

    const struct ws_sweep *sweep; /* private to src/plan */
} ws_plan;

/* Parses a sweep. `name` is used in messages. Every error of the file is reported at once, a line each:
 *   sweeps/x.json: schedule.peek: unknown key; did you mean "peak"? allowed: peak, warmup, decay, kind
 * Returns WS_OK, WS_BAD_INPUT, or WS_FAILED when out of memory. *plan is NULL on error. */
ws_code ws_plan_parse(const char *name, const char *text, size_t length, ws_plan **plan, ws_error *error);
/* The same for a sweep that lies, or might lie, in a folder: objective.source is looked for there. Without a folder it is refused. */
ws_code ws_plan_parse_in(const char *folder, const char *name, const char *text, size_t length, ws_plan **plan, ws_error *error);
/* Reads the file, then as above. A missing or unreadable file is WS_BAD_INPUT; at most 64 MiB are read. */
ws_code ws_plan_read(const char *path, ws_plan **plan, ws_error *error);
void ws_plan_free(ws_plan *plan);

/* One cell as the sweep file says it. `out->problem` is NULL; peak is in the sweep's unit, limit is the factor as written:
 * the engine makes them absolute once the problem is prepared (peak / start_sharpness, limit * max(start_gap, 1)). */
typedef struct ws_plan_cell_values {
    ws_cell cell;
    int64_t problem; /* index of its problem, of replicate 0 */
    int variant;     /* index of its kernel */
    int64_t schedule; /* index of its schedule among schedule_count */
    ws_from rule_from[WS_PARAMETERS_MAX]; /* parameters of cell.rule that were not given: what of the problem they are */
    int from_problem; /* one of them is */
} ws_plan_cell_values;
void ws_plan_cell(const ws_plan *plan, int64_t cell, ws_plan_cell_values *out);
/* Replicates of a cell that can share one ws_cell. */
static inline int64_t ws_plan_together(const ws_plan *plan) { return plan->own_starts > 1 ? 1 : plan->replicates; }
/* A cell and where it stands on every axis of the plan; zeros: the first one. */
typedef struct ws_plan_point {
    int64_t cell, at[WS_AXES_MAX];
} ws_plan_point;
/* To another cell: without a division where that is near and behind. */
void ws_plan_point_move(const ws_plan *plan, ws_plan_point *point, int64_t cell);
/* ws_plan_cell of a point, where *out already is a cell of this plan (made by ws_plan_cell, perhaps completed as above): cheaper. */
void ws_plan_cell_move(const ws_plan *plan, const ws_plan_point *point, ws_plan_cell_values *out);

/* The thresholds [E] of a problem, absolute, as a kernel compares with them: rounded to the precision. */
void ws_plan_eps(const ws_plan *plan, double start_gap, double *eps);

/* One problem. Tables are written into memory of the caller: table and direction, [d] each; out->table and out->direction
 * point to them (out->table is NULL when the objective has no table). Returns WS_OK or WS_BAD_INPUT (a table that cannot be
 * made from these values). */
ws_code ws_plan_problem(const ws_plan *plan, int64_t problem, ws_problem_values *out, double *table, double *direction,
                        ws_error *error);
/* Weights of the noise, [d], when plan->noise_weights; table as ws_plan_problem wrote it. */
void ws_plan_noise_weights(const ws_plan *plan, int64_t dimension, const double *table, double *weights);
int ws_plan_problem_variant(const ws_plan *plan, int64_t problem);

/* Position of a cell on an axis. */
int64_t ws_plan_axis_index(const ws_plan *plan, int64_t cell, int axis);
/* First trajectory and number of trajectories of a chunk. */
void ws_plan_chunk(const ws_plan *plan, int64_t chunk, int64_t *first, int64_t *count);
/* "schedule.peak=0.1, schedule.warmup.steps=100": the cell nearest to the given values; every axis must be named, the value must
 * be within 1e-6 (relative) of an axis value. WS_BAD_INPUT names the axes and the nearest values. "" is cell 0 without axes. */
ws_code ws_plan_find_cell(const ws_plan *plan, const char *text, int64_t *cell, ws_error *error);

/* What is kept of every trajectory. */
ws_shape ws_plan_shape(const ws_plan *plan);
/* The same while it runs: as a kernel leaves it. */
ws_shape ws_plan_packed_shape(const ws_plan *plan);

/* L(d): number of partial sums a trajectory's coordinates are dealt to; part of the bit contract. */
int ws_plan_lanes(int64_t dimension);

#endif
