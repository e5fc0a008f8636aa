/* fields.c: see fields.h. */
#include "plan/fields.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Iterations are counted in batches of 16 in 32 bits (kernels/scan_cpu.h). */
#define MOST_STEPS 68719476720.0 /* 2^36 - 16 */
#define WHOLE_LIMIT 9007199254740991.0 /* 2^53 - 1: a double tells it from its neighbours */

const ws_field ws_fields[WS_FIELD_COUNT] = {
    [WS_F_TITLE] = {"", NULL, "title", WS_TEXT, .high = 500, .optional = 1, .fallback = NAN, .sentence = "Heading of pictures and tables; method and objective when absent."},
    [WS_F_PRECISION] = {"", NULL, "precision", WS_CHOICE, .optional = 1, .fallback = 1, .choices = "float32|float64",
                        .sentence = "Precision of the state and the gaps. Step sizes are always computed in float64."},
    [WS_F_SEED] = {"", NULL, "seed", WS_WHOLE, .low = 0, .high = WHOLE_LIMIT, .optional = 1, .fallback = 1, .unit = "",
                   .sentence = "Key of all random numbers."},
    [WS_F_REPLICATES] = {"", NULL, "replicates", WS_WHOLE, .low = 1, .high = 4294967295.0, .optional = 1, .fallback = 1, .unit = "trajectories",
                         .sentence = "Random repetitions of every cell; more than one needs a noise. Growing it keeps the earlier ones."},

    [WS_F_DIMENSION] = {"objective", NULL, "dimension", WS_WHOLE, .axis = 1, .low = 1, .high = 1048576, .unit = "coordinates", .label = "dimension d",
                        .sentence = "Number d of coordinates; some objectives have limits of their own."},
    [WS_F_COSH_K0] = {"objective", "cosh|radial-cosh|river-cosh|rho-half", "K0", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .low_open = 1, .optional = 1, .fallback = 1, .unit = "curvature",
                      .sentence = "Curvature at the minimum."},
    [WS_F_COSH_K1] = {"objective", "cosh|radial-cosh|river-cosh", "K1", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .low_open = 1, .optional = 1, .fallback = 1, .unit = "curvature/gap",
                      .sentence = "Growth of the curvature with the gap."},
    [WS_F_POWER_P] = {"objective", "power|radial-power|quadratic-power", "p", WS_NUMBER, .axis = 1, .low = 2, .high = 64, .unit = "1", .label = "power p",
                      .sentence = "The power; a constant of the compiled kernel, whole numbers are cheap.", .define = "OBJECTIVE_P"},
    [WS_F_RIVER_R] = {"objective", "river|river-cosh", "r", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .low_open = 1, .optional = 1, .fallback = 1, .unit = "gap", .sentence = "Height of the river."},
    [WS_F_RIVER_K] = {"objective", "river", "k", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .optional = 1, .fallback = 1, .unit = "curvature", .sentence = "Curvature of the walls at the river."},
    [WS_F_RIVER_C] = {"objective", "river", "c", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .optional = 1, .fallback = 1, .unit = "curvature/length^2",
                      .sentence = "Quartic growth of the walls."},
    [WS_F_HALF_K] = {"objective", "rho-half", "K", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .optional = 1, .fallback = 1, .unit = "curvature/gap^(1/2)",
                     .sentence = "Growth of the curvature with the root of the gap."},
    [WS_F_MIXED_K] = {"objective", "quadratic-power", "k", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .optional = 1, .fallback = 1, .unit = "curvature",
                      .sentence = "Curvature at the minimum."},
    [WS_F_POWER_C] = {"objective", "radial-power|quadratic-power", "c", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .low_open = 1, .optional = 1, .fallback = 1,
                      .unit = "gap/length^p", .sentence = "Factor of the power."},
    [WS_F_ROSENBROCK_B] = {"objective", "rosenbrock", "b", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .low_open = 1, .optional = 1, .fallback = 100, .unit = "gap",
                           .sentence = "Steepness of the valley."},
    [WS_F_VALLEY_G] = {"objective", "river-valley", "g", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .low_open = 1, .optional = 1, .fallback = 1, .unit = "curvature",
                       .sentence = "Half of the steepness at x_0 = 0."},
    [WS_F_VALLEY_B] = {"objective", "river-valley", "b", WS_NUMBER, .axis = 1, .low = -DBL_MAX, .high = DBL_MAX, .unit = "1/length",
                       .sentence = "Rate at which the steepness grows along the river; negative: falls."},
    [WS_F_TARGET] = {"objective", "rank-one|chain", "s", WS_NUMBER, .axis = 1, .low = -DBL_MAX, .high = DBL_MAX, .optional = 1, .fallback = 1, .unit = "length^d", .label = "target s",
                     .sentence = "The number to be factored."},
    [WS_F_SAMPLES] = {"objective", "least-squares|logistic|exponential-loss", "samples", WS_WHOLE, .axis = 1, .low = 1, .high = 256, .unit = "rows", .label = "samples n",
                      .sentence = "Number n of rows of the data, a constant of the compiled kernel.", .define = "OBJECTIVE_ROWS"},
    [WS_F_ROWS] = {"objective", "least-squares|logistic|exponential-loss", "rows", WS_NUMBERS, .low = -DBL_MAX, .high = DBL_MAX, .optional = 1, .fallback = NAN, .unit = "",
                   .sentence = "The data, row by row: samples * dimension numbers; a row is y_i x_i where there are labels. Random when absent: standard normal, "
                               "and for the two losses the sign of a row is that of its first number, so that the data can be separated."},
    [WS_F_DATA_SEED] = {"objective", "least-squares|logistic|exponential-loss", "data_seed", WS_WHOLE, .axis = 1, .low = 0, .high = 4294967295.0, .optional = 1, .fallback = 1, .unit = "",
                        .sentence = "Key of random data.", .define = "OBJECTIVE_DATA_SEED"},
    [WS_F_SOURCE] = {"objective", "source", "source", WS_TEXT, .high = 64, .fallback = NAN,
                     .sentence = "Name of the header: a plain file in the folder of the sweep file."},
    [WS_F_OWN_P0] = {"objective", "source", "p0", WS_NUMBER, .axis = 1, .low = -DBL_MAX, .high = DBL_MAX, .optional = 1, .fallback = 0, .unit = "", .sentence = "parameters[0] of the header."},
    [WS_F_OWN_P1] = {"objective", "source", "p1", WS_NUMBER, .axis = 1, .low = -DBL_MAX, .high = DBL_MAX, .optional = 1, .fallback = 0, .unit = "", .sentence = "parameters[1] of the header."},
    [WS_F_OWN_P2] = {"objective", "source", "p2", WS_NUMBER, .axis = 1, .low = -DBL_MAX, .high = DBL_MAX, .optional = 1, .fallback = 0, .unit = "", .sentence = "parameters[2] of the header."},
    [WS_F_OWN_P3] = {"objective", "source", "p3", WS_NUMBER, .axis = 1, .low = -DBL_MAX, .high = DBL_MAX, .optional = 1, .fallback = 0, .unit = "", .sentence = "parameters[3] of the header."},
    [WS_F_OWN_P4] = {"objective", "source", "p4", WS_NUMBER, .axis = 1, .low = -DBL_MAX, .high = DBL_MAX, .optional = 1, .fallback = 0, .unit = "", .sentence = "parameters[4] of the header."},
    [WS_F_OWN_P5] = {"objective", "source", "p5", WS_NUMBER, .axis = 1, .low = -DBL_MAX, .high = DBL_MAX, .optional = 1, .fallback = 0, .unit = "", .sentence = "parameters[5] of the header."},
    [WS_F_OWN_P6] = {"objective", "source", "p6", WS_NUMBER, .axis = 1, .low = -DBL_MAX, .high = DBL_MAX, .optional = 1, .fallback = 0, .unit = "", .sentence = "parameters[6] of the header."},
    [WS_F_OWN_P7] = {"objective", "source", "p7", WS_NUMBER, .axis = 1, .low = -DBL_MAX, .high = DBL_MAX, .optional = 1, .fallback = 0, .unit = "", .sentence = "parameters[7] of the header."},

    [WS_F_LMAX] = {"objective.spectrum", "uniform|geometric|power|spiked", "lmax", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .low_open = 1, .optional = 1, .fallback = 1,
                   .unit = "curvature", .sentence = "Largest value."},
    [WS_F_LMIN] = {"objective.spectrum", "uniform|geometric|spiked", "lmin", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .low_open = 1, .optional = 1, .fallback = 0.01,
                   .unit = "curvature", .sentence = "Smallest value, at most lmax."},
    [WS_F_ALPHA] = {"objective.spectrum", "power", "alpha", WS_NUMBER, .axis = 1, .low = 0, .high = 100, .optional = 1, .fallback = 1, .unit = "1", .sentence = "Exponent of the power law."},
    [WS_F_SPIKES] = {"objective.spectrum", "spiked", "k", WS_WHOLE, .axis = 1, .low = 0, .high = 1048576, .optional = 1, .fallback = 1, .unit = "coordinates", .sentence = "Number of large values, at most d."},
    [WS_F_GAMMA] = {"objective.spectrum", "mp", "gamma", WS_NUMBER, .axis = 1, .low = 0, .high = 0.99, .low_open = 1, .optional = 1, .fallback = 0.5, .unit = "1",
                    .sentence = "Ratio of dimension to samples."},
    [WS_F_SCALE] = {"objective.spectrum", "mp", "scale", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .low_open = 1, .optional = 1, .fallback = 1, .unit = "curvature", .sentence = "Factor on all values."},
    [WS_F_SPECTRUM_VALUES] = {"objective.spectrum", "explicit", "values", WS_NUMBERS, .low = 0, .high = DBL_MAX, .unit = "curvature", .sentence = "The d values; 0 is a flat coordinate."},

    [WS_F_START_GAP] = {"start", "sphere|equal-energy|top|weights", "gap", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .low_open = 1, .unit = "gap", .label = "gap at the start",
                        .sentence = "The gap at x_0; the radius is solved for it."},
    [WS_F_START_DRAW] = {"start", "sphere", "draw", WS_WHOLE, .axis = 1, .low = 0, .high = 4294967295.0, .optional = 1, .fallback = NAN, .unit = "", .label = "random start",
                         .sentence = "Which of the random directions of this seed; several are starts to average over. 0 when absent."},
    [WS_F_START_VALUES] = {"start", "weights|explicit", "values", WS_NUMBERS, .low = -DBL_MAX, .high = DBL_MAX, .unit = "length", .sentence = "The direction, or x_0 itself: d numbers."},

    [WS_F_SIGMA] = {"noise", "gaussian|rademacher", "sigma", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .unit = "gradient", .label = "noise sigma",
                    .sentence = "Standard deviation of one coordinate's noise."},
    [WS_F_NOISE_WEIGHTS] = {"noise", "gaussian|rademacher", "weights", WS_NUMBERS, .low = 0, .high = DBL_MAX, .optional = 1, .fallback = NAN, .unit = "1",
                            .sentence = "Factor w_i on sigma for each coordinate; all 1 when absent."},
    [WS_F_COMMON] = {"noise", "gaussian|rademacher", "common", WS_FLAG, .optional = 1, .fallback = 1,
                     .sentence = "true: all cells share the noise of a replicate (paired comparisons); false: every cell has its own."},

    [WS_F_PEAK] = {"schedule", "ramp", "peak", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .low_open = 1, .unit = "1/curvature", .label = "peak step size",
                   .sentence = "Largest step size, after the warmup. With \"unit\": \"1/sharpness\" in units of 1/sharpness at the start."},
    [WS_F_C0] = {"schedule", "theory", "c0", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .optional = 1, .fallback = 1, .unit = "1", .sentence = "Factor on K0."},
    [WS_F_C1] = {"schedule", "theory", "c1", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .low_open = 1, .optional = 1, .fallback = 1, .unit = "1", .sentence = "Factor on K."},
    [WS_F_THEORY_K0] = {"schedule", "theory", "K0", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .optional = 1, .fallback = NAN, .unit = "curvature", .sentence = "Smoothness constant; the objective's own when absent."},
    [WS_F_THEORY_K] = {"schedule", "theory", "K", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .optional = 1, .fallback = NAN, .unit = "curvature/gap^rho", .sentence = "Smoothness constant; the objective's own when absent."},
    [WS_F_RHO] = {"schedule", "theory", "rho", WS_NUMBER, .axis = 1, .low = 0, .high = 10, .optional = 1, .fallback = NAN, .unit = "1", .sentence = "Exponent of the gap; the objective's own when absent."},

    [WS_F_WARMUP_STEPS] = {"schedule.warmup", NULL, "steps", WS_WHOLE, .axis = 1, .low = 0, .high = MOST_STEPS, .optional = 1, .fallback = 0, .unit = "iterations", .label = "warmup steps W",
                           .sentence = "Warmup length W; 0 is no warmup."},
    [WS_F_CONVENTION] = {"schedule.warmup", NULL, "convention", WS_CHOICE, .optional = 1, .fallback = 1, .choices = "t/W|(t+1)/W|(t+1)/(W+1)",
                         .sentence = "What u is at iteration t (from 0): t/W as in transformers, optax and PyTorch, (t+1)/W, or (t+1)/(W+1) as in torchtitan."},
    [WS_F_WARMUP_POWER] = {"schedule.warmup", "polynomial", "power", WS_NUMBER, .axis = 1, .low = 0, .high = 100, .low_open = 1, .unit = "1", .label = "warmup power", .sentence = "Exponent of the ramp."},
    [WS_F_WARMUP_START] = {"schedule.warmup", "geometric", "start", WS_NUMBER, .axis = 1, .low = 0, .high = 1, .low_open = 1, .unit = "1", .label = "warmup start", .sentence = "First step size as a fraction of the peak."},
    [WS_F_HORIZON] = {"schedule.decay", "cosine", "horizon", WS_WHOLE, .axis = 1, .low = 1, .high = MOST_STEPS, .optional = 1, .fallback = NAN, .unit = "iterations", .label = "horizon",
                      .sentence = "Iteration at which the floor is reached; stop.steps when absent."},
    [WS_F_FLOOR] = {"schedule.decay", "cosine", "floor", WS_NUMBER, .axis = 1, .low = 0, .high = 1, .optional = 1, .fallback = 0, .unit = "1", .label = "floor", .sentence = "Last step size as a fraction of the peak."},

    [WS_F_STEPS] = {"stop", NULL, "steps", WS_WHOLE, .axis = 1, .low = 0, .high = MOST_STEPS, .unit = "iterations", .label = "iteration cap", .sentence = "Iteration cap: x_0 ... x_steps are looked at. With noise below 2^32 - 16."},
    [WS_F_GAP] = {"stop", NULL, "gap", WS_LADDER, .low = 0, .high = DBL_MAX, .low_open = 1, .optional = 1, .fallback = NAN, .unit = "gap",
                  .sentence = "Gap thresholds eps, a ladder of at most 64; {\"relative\": [...]} is in units of the gap at the start."},
    [WS_F_DIVERGED] = {"stop", NULL, "diverged", WS_NUMBER, .low = 1, .high = DBL_MAX, .low_open = 1, .optional = 1, .fallback = 1e12, .unit = "1",
                       .sentence = "A trajectory diverged when its gap exceeds this times max(gap at the start, 1)."},
    [WS_F_HOLD] = {"stop", NULL, "hold", WS_WHOLE, .low = 1, .high = MOST_STEPS, .optional = 1, .fallback = 1, .unit = "iterations", .sentence = "An eps counts when the gap stays at or below it for this many iterations."},
    [WS_F_RUN_ON] = {"stop", NULL, "run_on", WS_WHOLE, .low = 0, .high = MOST_STEPS, .optional = 1, .fallback = 0, .choices = "budget", .unit = "iterations",
                     .sentence = "Iterations to run on after the last hit; \"budget\" means up to stop.steps."},

    [WS_F_GAP_AT] = {"record", NULL, "gap_at", WS_WHOLES, .low = 0, .high = MOST_STEPS, .optional = 1, .fallback = NAN, .unit = "iterations", .sentence = "Iterations whose gap is kept, at most 4096."},
    [WS_F_HASH] = {"record", NULL, "hash", WS_FLAG, .optional = 1, .fallback = 0, .sentence = "true: keep a hash over the bits of every gap of a trajectory (slower; for comparisons of machines)."},
};

void ws_field_path(const ws_field *field, char path[64])
{
    snprintf(path, 64, "%s%s%s", field->section, *field->section ? "." : "", field->key);
}

int ws_word_index(const char *words, const char *word)
{
    size_t length = strlen(word);
    int index = 0;
    for (const char *at = words; at; index++) {
        const char *end = strchr(at, '|');
        size_t here = end ? (size_t)(end - at) : strlen(at);
        if (here == length && !memcmp(at, word, length)) return index;
        at = end ? end + 1 : NULL;
    }
    return -1;
}

int ws_field_applies(const ws_field *field, const char *section, const char *kind)
{
    if (strcmp(field->section, section)) return 0;
    return !field->kinds || (kind && ws_word_index(field->kinds, kind) >= 0);
}

int ws_field_position(const ws_field *field, const char *kind)
{
    int position = 0;
    for (const ws_field *f = ws_fields; f < field; f++)
        if (f->kinds && !f->define && f->type != WS_TEXT && f->type != WS_NUMBERS && ws_field_applies(f, field->section, kind)) position++;
    return position;
}
