/* fields.h: the one table of the sweep file's fields. Parser, axes, schema and documentation are derived from it. Private to plan. */
#ifndef WS_PLAN_FIELDS_H
#define WS_PLAN_FIELDS_H

#include "plan/plan.h"

typedef enum ws_field_id {
    WS_F_TITLE, WS_F_PRECISION, WS_F_SEED, WS_F_REPLICATES,
    WS_F_DIMENSION, WS_F_COSH_K0, WS_F_COSH_K1, WS_F_POWER_P, WS_F_RIVER_R, WS_F_RIVER_K, WS_F_RIVER_C,
    WS_F_HALF_K, WS_F_EXACT_RHO, WS_F_MIXED_K, WS_F_POWER_C, WS_F_ROSENBROCK_B, WS_F_VALLEY_G, WS_F_VALLEY_B, WS_F_TARGET, WS_F_SAMPLES, WS_F_ROWS, WS_F_DATA_SEED, WS_F_HIDDEN,
    WS_F_SOURCE, WS_F_OWN_P0, WS_F_OWN_P1, WS_F_OWN_P2, WS_F_OWN_P3, WS_F_OWN_P4, WS_F_OWN_P5, WS_F_OWN_P6, WS_F_OWN_P7,
    WS_F_LMAX, WS_F_LMIN, WS_F_ALPHA, WS_F_SPIKES, WS_F_GAMMA, WS_F_SCALE, WS_F_SPECTRUM_VALUES,
    WS_F_START_GAP, WS_F_START_DRAW, WS_F_START_OWN, WS_F_START_VALUES,
    WS_F_MU, WS_F_RMS_MU, WS_F_GROWTH_R, WS_F_DAMPENING, WS_F_BETA1, WS_F_BETA2, WS_F_LION_BETA2, WS_F_ALPHA_SQUARE, WS_F_EPSILON, WS_F_WEIGHT_DECAY, WS_F_DECOUPLED, WS_F_COMPENSATED, WS_F_AVERAGE_FROM, WS_F_AVERAGE_POWER, WS_F_AVERAGE_BETA,
    WS_F_SIGMA, WS_F_NOISE_A, WS_F_NOISE_FACTOR, WS_F_NOISE_B, WS_F_NOISE_C, WS_F_BATCH, WS_F_NU, WS_F_ALPHA_STABLE, WS_F_NOISE_LAW, WS_F_NOISE_SHARED, WS_F_SAMPLING, WS_F_NOISE_WEIGHTS, WS_F_COMMON,
    WS_F_PRESET, WS_F_PEAK, WS_F_C0, WS_F_C1, WS_F_RULE_C, WS_F_OPEN_C, WS_F_THEORY_K0, WS_F_THEORY_K, WS_F_RHO, WS_F_OPEN_GAP, WS_F_OPEN_RADIUS,
    WS_F_CLIP, WS_F_CLIP_RATIO, WS_F_RAMP_GAP, WS_F_ARMIJO_BETA, WS_F_ARMIJO_C, WS_F_BACKTRACKS,
    WS_F_WARMUP_STEPS, WS_F_INITIAL, WS_F_CONVENTION, WS_F_WARMUP_POWER, WS_F_WARMUP_START, WS_F_WARMUP_ALPHA, WS_F_WARMUP_MID, WS_F_WARMUP_KNEE,
    WS_F_HORIZON, WS_F_CYCLIC_UP, WS_F_CYCLIC_DOWN, WS_F_RESTART_PERIOD, WS_F_RESTART_GROWTH, WS_F_DECAY_GAMMA, WS_F_DECAY_EVERY, WS_F_FLOOR, WS_F_EXPONENTIAL_FLOOR,
    WS_F_CYCLES, WS_F_RESTARTS, WS_F_DECAY_POWER, WS_F_PERIODIC, WS_F_TIMESCALE, WS_F_INVERSE_RATE, WS_F_INVERSE_POWER, WS_F_WSD_LENGTH, WS_F_WSD_FRACTION, WS_F_WSD_SHAPE,
    WS_F_DECAY_MID, WS_F_DECAY_KNEE, WS_F_CYCLIC_SHRINK, WS_F_CYCLIC_GAMMA, WS_F_DECAY_CONVENTION, WS_F_DECAY_POINTS,
    WS_F_STEPS, WS_F_GAP, WS_F_DIVERGED, WS_F_HOLD, WS_F_RUN_ON,
    WS_F_GAP_AT, WS_F_HASH, WS_F_TRACE_AT, WS_F_TRACE_QUANTITIES, WS_F_TRACE_KEEP,
    WS_FIELD_COUNT
} ws_field_id;

typedef enum ws_field_type {
    WS_TEXT,    /* any text */
    WS_CHOICE,  /* one of `choices` */
    WS_WORDS,   /* a list of some of `choices`: the value is a mask of them */
    WS_FLAG,    /* true or false */
    WS_NUMBER,  /* a number, or several: then an axis (when `axis`) */
    WS_WHOLE,   /* a whole number, or several */
    WS_NUMBERS, /* a list of d numbers */
    WS_WHOLES,  /* a list of ascending whole numbers */
    WS_LADDER,  /* gap thresholds */
    WS_POINTS   /* a list of pairs [x, y], x ascending; x in `low` ... `high`, y >= 0 */
} ws_field_type;

typedef struct ws_field {
    const char *section; /* "objective", "" at the top */
    const char *kinds;   /* "cosh|radial-cosh": entries of the section that have it, or NULL: all */
    const char *key;
    ws_field_type type;
    int axis;            /* may be given several values */
    double low, high;    /* allowed range */
    int low_open;        /* low itself is not allowed */
    int optional;        /* absent: `fallback`, or what the sentence says when it is NaN */
    double fallback;
    const char *choices; /* "float32|float64"; WS_CHOICE; the first that `fallback` counts is the default */
    const char *unit;    /* "iterations", "1", ... */
    const char *label;   /* for a picture's axis, or NULL: the path */
    const char *sentence;
    int later;           /* 1: came after version 0.1: at its fallback it is no part of what separates the noise of cells */
    int apart;           /* 1: not one of the run-time parameters that a kernel finds by their order */
    ws_from from;        /* absent: taken from the problem once it is prepared */
    const char *define;  /* a constant of the compiled kernel: #define NAME value and NAME_INTEGER 0|1; NULL: a number at run time */
} ws_field;

extern const ws_field ws_fields[WS_FIELD_COUNT];

/* "objective.K0" */
void ws_field_path(const ws_field *field, char path[64]);
/* `word` is one of the words of "a|b|c"; -1 when not, else its index. */
int ws_word_index(const char *words, const char *word);
/* Position of a field among the run-time parameters of its kind (those with `kinds`, without `define`, not `apart`), in the order of the table:
 * the order in which a kernel finds them. */
int ws_field_position(const ws_field *field, const char *kind);
/* The field is one of the section when the entry `kind` (may be NULL) is chosen there. */
int ws_field_applies(const ws_field *field, const char *section, const char *kind);

#endif
