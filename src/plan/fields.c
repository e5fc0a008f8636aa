/* fields.c: see fields.h. */
#include "plan/fields.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Iterations are counted in batches of 16 in 32 bits (kernels/scan_cpu.h). */
#define MOST_STEPS 68719476720.0 /* 2^36 - 16 */
#define MOST_BETA 0.9999999 /* part of a moving average that is kept: 1 - beta^t stays far from 0 */
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
    [WS_F_COSH_K0] = {"objective", "cosh|radial-cosh|river-cosh|rho-half|exact-rho", "K0", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .low_open = 1, .optional = 1, .fallback = 1, .unit = "curvature",
                      .sentence = "Curvature at the minimum."},
    [WS_F_COSH_K1] = {"objective", "cosh|radial-cosh|river-cosh", "K1", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .low_open = 1, .optional = 1, .fallback = 1, .unit = "curvature/gap",
                      .sentence = "Growth of the curvature with the gap."},
    [WS_F_POWER_P] = {"objective", "power|radial-power|quadratic-power", "p", WS_NUMBER, .axis = 1, .low = 2, .high = 64, .unit = "1", .label = "power p",
                      .sentence = "The power; a constant of the compiled kernel, whole numbers are cheap.", .define = "OBJECTIVE_P"},
    [WS_F_RIVER_R] = {"objective", "river|river-cosh", "r", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .low_open = 1, .optional = 1, .fallback = 1, .unit = "gap", .sentence = "Height of the river."},
    [WS_F_RIVER_K] = {"objective", "river", "k", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .optional = 1, .fallback = 1, .unit = "curvature", .sentence = "Curvature of the walls at the river."},
    [WS_F_RIVER_C] = {"objective", "river", "c", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .optional = 1, .fallback = 1, .unit = "curvature/length^2",
                      .sentence = "Quartic growth of the walls."},
    [WS_F_HALF_K] = {"objective", "rho-half|exact-rho", "K", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .optional = 1, .fallback = 1, .unit = "curvature/gap^rho",
                     .sentence = "Growth of the curvature with the gap to the power rho; 1/2 for rho-half."},
    [WS_F_EXACT_RHO] = {"objective", "exact-rho", "rho", WS_NUMBER, .axis = 1, .low = 0.1, .high = 8, .unit = "1", .label = "rho", .define = "OBJECTIVE_RHO",
                        .sentence = "The power rho; a constant of the compiled kernel."},
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
    [WS_F_SAMPLES] = {"objective", "least-squares|logistic|logistic-overlap|exponential-loss|phase-samples|tanh-net", "samples", WS_WHOLE, .axis = 1, .low = 1, .high = 256, .unit = "rows", .label = "samples n",
                      .sentence = "Number n of rows of the data, a constant of the compiled kernel.", .define = "OBJECTIVE_ROWS"},
    [WS_F_ROWS] = {"objective", "least-squares|logistic|logistic-overlap|exponential-loss|phase-samples", "rows", WS_NUMBERS, .low = -DBL_MAX, .high = DBL_MAX, .optional = 1, .fallback = NAN, .unit = "",
                   .sentence = "The data, row by row: samples * dimension numbers; a row is y_i x_i where there are labels. Random when absent: standard normal, "
                               "with the sign of its first number for logistic and exponential-loss, so that the data can be separated; with 1 added to it for logistic-overlap."},
    [WS_F_DATA_SEED] = {"objective", "least-squares|logistic|logistic-overlap|exponential-loss|phase-samples|tanh-net", "data_seed", WS_WHOLE, .axis = 1, .low = 0, .high = 4294967295.0, .optional = 1, .fallback = 1, .unit = "",
                        .sentence = "Key of random data.", .define = "OBJECTIVE_DATA_SEED"},
    [WS_F_HIDDEN] = {"objective", "tanh-net", "hidden", WS_WHOLE, .axis = 1, .low = 1, .high = 16, .unit = "units", .label = "hidden units h", .define = "OBJECTIVE_HIDDEN",
                     .sentence = "Units of the hidden layer, a constant of the compiled kernel. Each has dimension/hidden coordinates: its input weights and one output weight."},
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
    [WS_F_START_OWN] = {"start", "sphere", "per_replicate", WS_FLAG, .optional = 1, .fallback = 0, .apart = 1,
                        .sentence = "true: replicate r of every cell has a random direction of its own, that of draw r; false: all replicates have the same. The starts stay in memory: "
                                    "at most 1048576 problems, one for each replicate and combination of objective and gap."},
    [WS_F_START_VALUES] = {"start", "weights|explicit", "values", WS_NUMBERS, .low = -DBL_MAX, .high = DBL_MAX, .unit = "length", .sentence = "The direction, or x_0 itself: d numbers."},

    [WS_F_MU] = {"method", "momentum|nesterov", "mu", WS_NUMBER, .axis = 1, .low = 0, .high = MOST_BETA, .optional = 1, .fallback = 0.9, .unit = "1", .label = "momentum mu",
                 .sentence = "Part of the momentum that is kept in a step."},
    [WS_F_RMS_MU] = {"method", "rmsprop", "mu", WS_NUMBER, .axis = 1, .low = 0, .high = MOST_BETA, .optional = 1, .fallback = 0, .unit = "1", .label = "momentum mu",
                     .sentence = "Part of the momentum that is kept in a step."},
    [WS_F_GROWTH_R] = {"method", "accelerated", "r", WS_NUMBER, .axis = 1, .low = 1, .high = 1e6, .optional = 1, .fallback = 3, .unit = "1",
                       .sentence = "How slowly the momentum grows: mu_t = (t-1)/(t+r-1)."},
    [WS_F_DAMPENING] = {"method", "momentum", "dampening", WS_NUMBER, .axis = 1, .low = 0, .high = 1, .optional = 1, .fallback = 0, .unit = "1",
                        .sentence = "1 - dampening is the factor on a gradient, from the second one on."},
    [WS_F_BETA1] = {"method", "adam|adamw|gi-adam|lion", "beta1", WS_NUMBER, .axis = 1, .low = 0, .high = MOST_BETA, .optional = 1, .fallback = 0.9, .unit = "1",
                    .sentence = "Part of the first moment that is kept (Lion: in the sign)."},
    [WS_F_BETA2] = {"method", "adam|adamw|gi-adam", "beta2", WS_NUMBER, .axis = 1, .low = 0, .high = MOST_BETA, .optional = 1, .fallback = 0.999, .unit = "1",
                    .sentence = "Part of the second moment that is kept."},
    [WS_F_LION_BETA2] = {"method", "lion", "beta2", WS_NUMBER, .axis = 1, .low = 0, .high = MOST_BETA, .optional = 1, .fallback = 0.99, .unit = "1",
                         .sentence = "Part of the momentum that is kept."},
    [WS_F_ALPHA_SQUARE] = {"method", "rmsprop", "alpha", WS_NUMBER, .axis = 1, .low = 0, .high = MOST_BETA, .optional = 1, .fallback = 0.99, .unit = "1",
                           .sentence = "Part of the second moment that is kept."},
    [WS_F_EPSILON] = {"method", "adam|adamw|gi-adam|rmsprop", "epsilon", WS_NUMBER, .axis = 1, .low = 1e-140, .high = DBL_MAX, .optional = 1, .fallback = 1e-8, .unit = "gradient", .label = "epsilon",
                      .sentence = "Added to the root of the second moment; float32: at least 1e-16."},
    [WS_F_WEIGHT_DECAY] = {"method", "weight-decay|momentum|nesterov|adam|adamw|gi-adam|rmsprop|sign|lion", "weight_decay", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .optional = 1, .fallback = 0, .unit = "curvature", .label = "weight decay",
                           .sentence = "Weight decay: a quadratic of this curvature about x = 0 joins the gradient, or (decoupled) the step. The gap stays that of the objective alone."},
    [WS_F_DECOUPLED] = {"method", "momentum|nesterov", "decoupled", WS_FLAG, .optional = 1, .fallback = 0, .define = "METHOD_DECOUPLED",
                        .sentence = "true: weight decay joins the step, beside the momentum; false: it joins the gradient."},

    [WS_F_COMPENSATED] = {"method", NULL, "compensated", WS_FLAG, .optional = 1, .fallback = 0, .define = "WS_COMPENSATED",
                          .sentence = "true: what a step's rounding loses is kept beside x and joins the next step (Kahan): float32 that neither stalls nor drifts."},

    [WS_F_AVERAGE_FROM] = {"method.average", "mean|ema", "from", WS_WHOLE, .axis = 1, .low = 0, .high = MOST_STEPS, .optional = 1, .fallback = 0, .unit = "iterations", .label = "average from iteration",
                           .sentence = "First iteration that the average holds; before it the average is the iterate."},
    [WS_F_AVERAGE_POWER] = {"method.average", "mean", "power", WS_NUMBER, .axis = 1, .low = 0, .high = 1e6, .optional = 1, .fallback = 0, .unit = "1",
                            .sentence = "Weights grow like this power of the iteration; 0: the plain mean."},
    [WS_F_AVERAGE_BETA] = {"method.average", "ema", "beta", WS_NUMBER, .axis = 1, .low = 0, .high = MOST_BETA, .unit = "1",
                           .sentence = "Part of the average that is kept in a step."},

    [WS_F_SIGMA] = {"noise", "gaussian|rademacher|student|stable", "sigma", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .unit = "gradient", .label = "noise sigma",
                    .sentence = "Size of one coordinate's noise: its standard deviation where the distribution has variance 1."},
    [WS_F_NOISE_A] = {"noise", "abc", "A", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .optional = 1, .fallback = 0, .unit = "gradient^2/gap", .label = "noise A", .sentence = "Part of the noise that grows with the gap."},
    [WS_F_NOISE_FACTOR] = {"noise", "multiplicative", "B", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .unit = "1", .label = "noise B", .sentence = "Variance of the noise in units of the gradient's square."},
    [WS_F_NOISE_B] = {"noise", "abc", "B", WS_NUMBER, .axis = 1, .low = 1, .high = DBL_MAX, .optional = 1, .fallback = 1, .unit = "1", .label = "noise B", .sentence = "Factor on |g|^2, the gradient's own part included."},
    [WS_F_NOISE_C] = {"noise", "abc", "C", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .optional = 1, .fallback = 0, .unit = "gradient^2", .label = "noise C", .sentence = "Constant part of the noise, of all coordinates together."},
    [WS_F_BATCH] = {"noise", "gaussian|rademacher|multiplicative|abc|minibatch", "batch", WS_WHOLE, .axis = 1, .low = 1, .high = WHOLE_LIMIT, .optional = 1, .fallback = 1, .unit = "samples", .label = "batch size", .later = 1,
                    .sentence = "Batch size: the noise is divided by its square root; with minibatch the number of rows in a batch."},
    [WS_F_NU] = {"noise", "student", "nu", WS_NUMBER, .axis = 1, .low = 0.125, .high = 1e6, .unit = "1", .label = "degrees of freedom nu", .define = "NOISE_NU",
                 .sentence = "Degrees of freedom; a constant of the compiled kernel."},
    [WS_F_ALPHA_STABLE] = {"noise", "stable", "alpha", WS_NUMBER, .axis = 1, .low = 0.5, .high = 2, .unit = "1", .label = "stability alpha", .define = "NOISE_ALPHA",
                           .sentence = "Exponent of the tails: 2 is normal with variance 2, 1 Cauchy; a constant of the compiled kernel."},
    [WS_F_NOISE_LAW] = {"noise", "multiplicative|abc", "law", WS_CHOICE, .optional = 1, .fallback = 0, .choices = "normal|sign", .define = "NOISE_LAW", .sentence = "Distribution of xi: standard normal, or +1 and -1."},
    [WS_F_NOISE_SHARED] = {"noise", "multiplicative", "shared", WS_FLAG, .optional = 1, .fallback = 0, .define = "NOISE_SHARED", .sentence = "true: one xi for all coordinates; false: one for each."},
    [WS_F_SAMPLING] = {"noise", "minibatch", "sampling", WS_CHOICE, .optional = 1, .fallback = 0, .choices = "with-replacement|without-replacement|epoch", .define = "NOISE_SAMPLING",
                       .sentence = "Which rows a batch has: independent draws, a random subset at every iteration, or the next rows of a random order that is drawn anew "
                                   "for every epoch of samples/batch iterations (rows that fill no batch are left out of it)."},
    [WS_F_NOISE_WEIGHTS] = {"noise", "gaussian|rademacher|student|stable", "weights", WS_NUMBERS, .low = 0, .high = DBL_MAX, .optional = 1, .fallback = NAN, .choices = "sqrt-spectrum", .unit = "1", .apart = 1,
                            .sentence = "Factor w_i on sigma for each coordinate; all 1 when absent. \"sqrt-spectrum\": the roots of objective.spectrum, a covariance like the Hessian."},
    [WS_F_COMMON] = {"noise", "gaussian|rademacher|student|stable|multiplicative|abc|minibatch", "common", WS_FLAG, .optional = 1, .fallback = 1, .apart = 1,
                     .sentence = "true: all cells share the noise of a replicate (paired comparisons); false: every cell has its own."},

    [WS_F_PRESET] = {"schedule", "ramp|normalized|clipped|relative-clip|gap-ramp|armijo", "preset", WS_CHOICE, .optional = 1, .fallback = NAN, .apart = 1,
                     .choices =
                     "transformers-constant|transformers-linear|transformers-cosine|transformers-cosine-restarts|"
                     "transformers-polynomial|transformers-inverse-sqrt|transformers-cosine-warmup-min|"
                     "transformers-cosine-warmup-rate-min|transformers-wsd|optax-warmup-constant|optax-warmup-cosine|"
                     "optax-warmup-exponential|optax-cosine-onecycle|optax-linear-onecycle|torch-linear|torch-cosine|"
                     "torch-polynomial|torch-step|torch-exponential|torch-warm-restarts|torch-cyclic|torch-onecycle|"
                     "torchtitan|torchtitan-released|kalra-barkeshli|fairseq-exponential|fairseq-polynomial|noam",
                     .sentence = "A library's schedule, step for step: fixes the kinds of warmup and decay and the conventions; see the catalogue."},
    [WS_F_PEAK] = {"schedule", "ramp|normalized|clipped|relative-clip|gap-ramp|armijo", "peak", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .low_open = 1, .unit = "1/curvature", .label = "peak step size", .apart = 1,
                   .sentence = "Largest step size, after the warmup. With \"unit\": \"1/sharpness\" in units of 1/sharpness at the start."},
    [WS_F_C0] = {"schedule", "theory", "c0", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .optional = 1, .fallback = 1, .unit = "1", .sentence = "Factor on K0."},
    [WS_F_C1] = {"schedule", "theory", "c1", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .low_open = 1, .optional = 1, .fallback = 1, .unit = "1", .sentence = "Factor on K."},
    [WS_F_RULE_C] = {"schedule", "theory-min|polyak|sharpness", "c", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .low_open = 1, .optional = 1, .fallback = 1, .unit = "1", .label = "factor c", .sentence = "Factor on the step size."},
    [WS_F_OPEN_C] = {"schedule", "open-theory", "c", WS_NUMBER, .axis = 1, .low = 0, .high = 2, .low_open = 1, .optional = 1, .fallback = 0.25, .unit = "1", .label = "factor c", .sentence = "Factor on the step size, below 2; the bound is proven for 1/4."},
    [WS_F_THEORY_K0] = {"schedule", "theory|theory-min|open-theory", "K0", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .optional = 1, .fallback = NAN, .from = WS_FROM_K0, .unit = "curvature", .sentence = "Smoothness constant; the objective's own when absent."},
    [WS_F_THEORY_K] = {"schedule", "theory|theory-min|open-theory", "K", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .optional = 1, .fallback = NAN, .from = WS_FROM_K, .unit = "curvature/gap^rho", .sentence = "Smoothness constant; the objective's own when absent."},
    [WS_F_RHO] = {"schedule", "theory|theory-min|open-theory", "rho", WS_NUMBER, .axis = 1, .low = 0, .high = 10, .optional = 1, .fallback = NAN, .from = WS_FROM_RHO, .unit = "1", .sentence = "Exponent of the gap; the objective's own when absent."},

    [WS_F_OPEN_GAP] = {"schedule", "open-theory", "gap", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .low_open = 1, .optional = 1, .fallback = NAN, .from = WS_FROM_START_GAP, .unit = "gap", .sentence = "Gap at the start, D_0; the start's own when absent."},
    [WS_F_OPEN_RADIUS] = {"schedule", "open-theory", "radius", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .low_open = 1, .optional = 1, .fallback = NAN, .from = WS_FROM_START_NORM, .unit = "length",
                          .sentence = "Distance of the start from the minimum; |x_0| when absent, right for a minimum at 0."},
    [WS_F_CLIP] = {"schedule", "clipped", "clip", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .low_open = 1, .unit = "gradient", .label = "clipping norm", .sentence = "Largest norm of a gradient."},
    [WS_F_CLIP_RATIO] = {"schedule", "relative-clip", "ratio", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .low_open = 1, .unit = "1", .label = "clipping ratio", .sentence = "Largest length of a step as a part of |x|."},
    [WS_F_RAMP_GAP] = {"schedule", "gap-ramp", "gap", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .low_open = 1, .unit = "gap", .label = "gap C of the full step", .sentence = "Gap C at and below which the step size is the ramp's."},

    [WS_F_ARMIJO_BETA] = {"schedule", "armijo", "beta", WS_NUMBER, .axis = 1, .low = 0.01, .high = 0.99, .optional = 1, .fallback = 0.5, .unit = "1", .label = "shrinking beta", .sentence = "Factor on the step size after a trial that was not accepted."},
    [WS_F_ARMIJO_C] = {"schedule", "armijo", "c", WS_NUMBER, .axis = 1, .low = 0, .high = 1, .optional = 1, .fallback = 1e-4, .unit = "1", .label = "slope c", .sentence = "Part of eta |g|^2 by which the gap must fall."},
    [WS_F_BACKTRACKS] = {"schedule", "armijo", "backtracks", WS_WHOLE, .axis = 1, .low = 0, .high = 1000, .optional = 1, .fallback = 60, .unit = "trials", .label = "backtracks", .sentence = "Most times that the step size of one iteration shrinks; after them the step is taken whatever its gap."},

    [WS_F_WARMUP_STEPS] = {"schedule.warmup", NULL, "steps", WS_WHOLE, .axis = 1, .low = 0, .high = MOST_STEPS, .optional = 1, .fallback = 0, .unit = "iterations", .label = "warmup steps W",
                           .sentence = "Warmup length W; 0 is no warmup."},
    [WS_F_INITIAL] = {"schedule.warmup", NULL, "initial", WS_NUMBER, .axis = 1, .low = 0, .high = 1, .optional = 1, .fallback = 0, .unit = "1", .label = "initial step size / peak", .later = 1,
                      .sentence = "Step size at u = 0 as a fraction of the peak: initial + (1 - initial) phi(u)."},
    [WS_F_CONVENTION] = {"schedule.warmup", NULL, "convention", WS_CHOICE, .optional = 1, .fallback = 1, .choices = "t/W|(t+1)/W|(t+1)/(W+1)|t/(W-1)", .define = "WS_WARMUP_CONVENTION",
                         .sentence = "What u is at iteration t (from 0): t/W as in transformers, optax and PyTorch, (t+1)/W, (t+1)/(W+1) as in torchtitan, or t/(W-1)."},
    [WS_F_WARMUP_POWER] = {"schedule.warmup", "polynomial", "power", WS_NUMBER, .axis = 1, .low = 0, .high = 100, .low_open = 1, .unit = "1", .label = "warmup power", .sentence = "Exponent of the ramp."},
    [WS_F_WARMUP_START] = {"schedule.warmup", "geometric", "start", WS_NUMBER, .axis = 1, .low = 0, .high = 1, .low_open = 1, .unit = "1", .label = "warmup start", .sentence = "First step size as a fraction of the peak."},
    [WS_F_WARMUP_ALPHA] = {"schedule.warmup", "exponential", "alpha", WS_NUMBER, .axis = 1, .low = 0, .high = 100, .low_open = 1, .unit = "1", .label = "warmup alpha", .sentence = "Rate of the ramp; 0 would be linear."},
    [WS_F_WARMUP_MID] = {"schedule.warmup", "double-linear", "mid", WS_NUMBER, .axis = 1, .low = 0, .high = 1, .unit = "1", .label = "warmup mid", .sentence = "Fraction of the peak where the lines meet."},
    [WS_F_WARMUP_KNEE] = {"schedule.warmup", "double-linear", "knee", WS_NUMBER, .axis = 1, .low = 0.0009765625, .high = 0.9990234375, .optional = 1, .fallback = 0.5, .unit = "1", .label = "warmup knee", .sentence = "u where the lines meet."},
    [WS_F_HORIZON] = {"schedule.decay", "cosine|linear|polynomial|one-minus-sqrt|exponential|wsd|two-lines|cosine-restarts", "horizon", WS_WHOLE, .axis = 1, .low = 1, .high = MOST_STEPS, .optional = 1, .fallback = NAN, .unit = "iterations", .label = "horizon",
                      .sentence = "Iteration at which the floor is reached; stop.steps when absent."},
    [WS_F_CYCLIC_UP] = {"schedule.decay", "cyclic", "up", WS_WHOLE, .axis = 1, .low = 1, .high = MOST_STEPS, .unit = "iterations", .label = "iterations up", .sentence = "Iterations from the floor to the peak."},
    [WS_F_CYCLIC_DOWN] = {"schedule.decay", "cyclic", "down", WS_WHOLE, .axis = 1, .low = 1, .high = MOST_STEPS, .unit = "iterations", .label = "iterations down", .sentence = "Iterations from the peak to the floor."},
    [WS_F_RESTART_PERIOD] = {"schedule.decay", "warm-restarts", "period", WS_WHOLE, .axis = 1, .low = 1, .high = MOST_STEPS, .unit = "iterations", .label = "first period", .sentence = "Length of the first half cosine."},
    [WS_F_RESTART_GROWTH] = {"schedule.decay", "warm-restarts", "growth", WS_WHOLE, .axis = 1, .low = 1, .high = 1024, .optional = 1, .fallback = 1, .unit = "1", .label = "growth of the period", .sentence = "Every half cosine is this many times as long as the one before."},
    [WS_F_DECAY_GAMMA] = {"schedule.decay", "geometric|step", "gamma", WS_NUMBER, .axis = 1, .low = 0, .high = 1, .low_open = 1, .unit = "1", .label = "decay gamma", .sentence = "Ratio of the step size after `every` iterations."},
    [WS_F_DECAY_EVERY] = {"schedule.decay", "geometric|step", "every", WS_WHOLE, .axis = 1, .low = 1, .high = MOST_STEPS, .optional = 1, .fallback = 1, .unit = "iterations", .label = "iterations a ratio", .sentence = "Iterations in which the step size falls by gamma."},
    [WS_F_FLOOR] = {"schedule.decay", "cosine|linear|polynomial|one-minus-sqrt|wsd|two-lines|cosine-restarts|warm-restarts|cyclic|geometric|step", "floor", WS_NUMBER, .axis = 1, .low = 0, .high = 1, .optional = 1, .fallback = 0, .unit = "1", .label = "floor", .sentence = "Smallest step size as a fraction of the peak."},
    [WS_F_EXPONENTIAL_FLOOR] = {"schedule.decay", "exponential", "floor", WS_NUMBER, .axis = 1, .low = 0, .high = 1, .low_open = 1, .unit = "1", .label = "floor", .sentence = "Last step size as a fraction of the peak."},
    [WS_F_CYCLES] = {"schedule.decay", "cosine", "cycles", WS_NUMBER, .axis = 1, .low = 0, .high = 1e4, .low_open = 1, .optional = 1, .fallback = 0.5, .unit = "1", .label = "cycles", .later = 1,
                     .sentence = "Periods of the cosine up to the horizon; 1/2 goes from the peak to the floor once."},
    [WS_F_RESTARTS] = {"schedule.decay", "cosine-restarts", "cycles", WS_WHOLE, .axis = 1, .low = 1, .high = 1e6, .optional = 1, .fallback = 1, .unit = "1", .label = "cycles", .sentence = "Half cosines up to the horizon."},
    [WS_F_DECAY_POWER] = {"schedule.decay", "cosine|polynomial", "power", WS_NUMBER, .axis = 1, .low = 0, .high = 100, .low_open = 1, .optional = 1, .fallback = 1, .unit = "1", .label = "decay power", .later = 1,
                          .sentence = "Exponent of the decay's shape."},
    [WS_F_PERIODIC] = {"schedule.decay", "cosine", "periodic", WS_FLAG, .optional = 1, .fallback = 0,
                       .sentence = "true: the cosine runs on after the horizon, as in transformers and PyTorch; false: the last value is kept."},
    [WS_F_TIMESCALE] = {"schedule.decay", "inverse-sqrt", "timescale", WS_WHOLE, .axis = 1, .low = 0, .high = MOST_STEPS, .optional = 1, .fallback = 0, .unit = "iterations", .label = "timescale",
                        .sentence = "Iterations after which the step size has fallen by sqrt(2); 0: the warmup steps, or 10000 without a warmup."},
    [WS_F_INVERSE_RATE] = {"schedule.decay", "inverse", "rate", WS_NUMBER, .axis = 1, .low = 0, .high = DBL_MAX, .unit = "1/iteration", .label = "decay rate", .sentence = "One over the iterations in which the step size halves (power 1)."},
    [WS_F_INVERSE_POWER] = {"schedule.decay", "inverse", "power", WS_NUMBER, .axis = 1, .low = 0, .high = 100, .low_open = 1, .optional = 1, .fallback = 1, .unit = "1", .label = "decay power", .sentence = "Exponent of the decay."},
    [WS_F_WSD_LENGTH] = {"schedule.decay", "wsd", "length", WS_WHOLE, .axis = 1, .low = 0, .high = MOST_STEPS, .optional = 1, .fallback = NAN, .unit = "iterations", .label = "decay length", .sentence = "Iterations of the decay, the last before the horizon; this or fraction."},
    [WS_F_WSD_FRACTION] = {"schedule.decay", "wsd", "fraction", WS_NUMBER, .axis = 1, .low = 0, .high = 1, .optional = 1, .fallback = NAN, .unit = "1", .label = "decay fraction", .sentence = "Part of the horizon that the decay takes; this or length."},
    [WS_F_WSD_SHAPE] = {"schedule.decay", "wsd", "shape", WS_CHOICE, .optional = 1, .fallback = 0, .choices = "linear|cosine|one-minus-sqrt", .define = "DECAY_SHAPE", .sentence = "Shape of the decay."},
    [WS_F_DECAY_MID] = {"schedule.decay", "two-lines", "mid", WS_NUMBER, .axis = 1, .low = 0, .high = 1, .unit = "1", .label = "mid", .sentence = "Fraction of the peak where the lines meet."},
    [WS_F_DECAY_KNEE] = {"schedule.decay", "two-lines", "knee", WS_NUMBER, .axis = 1, .low = 0.0009765625, .high = 0.9990234375, .optional = 1, .fallback = 0.5, .unit = "1", .label = "knee", .sentence = "v where the lines meet."},
    [WS_F_CYCLIC_SHRINK] = {"schedule.decay", "cyclic", "shrink", WS_NUMBER, .axis = 1, .low = 0, .high = 1, .low_open = 1, .optional = 1, .fallback = 1, .unit = "1", .label = "shrink", .sentence = "Height of a cycle over that of the one before."},
    [WS_F_CYCLIC_GAMMA] = {"schedule.decay", "cyclic", "gamma", WS_NUMBER, .axis = 1, .low = 0, .high = 1, .low_open = 1, .optional = 1, .fallback = 1, .unit = "1", .label = "gamma", .sentence = "Factor on the height in every iteration."},
    [WS_F_DECAY_CONVENTION] = {"schedule.decay", "cosine|linear|polynomial|one-minus-sqrt|exponential|wsd|two-lines|cosine-restarts|inverse-sqrt", "convention", WS_CHOICE, .optional = 1, .fallback = 0, .choices = "(t-W)/(H-W)|(t-W+1)/(H-W)|(t-W+1)/(H-W+1)|(t-W+2)/(H-W+1)",
                               .define = "WS_DECAY_CONVENTION", .sentence = "Which part of the decay is over at iteration t; W here is where the decay begins, H the horizon."},
    [WS_F_DECAY_POINTS] = {"schedule.decay", "table", "points", WS_POINTS, .low = 0, .high = MOST_STEPS, .unit = "iterations", .apart = 1,
                           .sentence = "Points [iterations after the warmup, factor], at least 2 and at most 64."},

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
    [WS_F_TRACE_AT] = {"record.trace", NULL, "at", WS_WHOLES, .low = 0, .high = MOST_STEPS, .unit = "iterations",
                       .sentence = "Iterations of the trace, at most 4096; none after the largest stop.steps."},
    [WS_F_TRACE_QUANTITIES] = {"record.trace", NULL, "quantities", WS_WORDS, .optional = 1, .fallback = 31, .choices = "gap|step_size|gradient_norm|sharpness|edge",
                               .sentence = "What is kept at each of them: the gap, the step size eta_t of the step from x_t, the norm of the exact gradient (whatever the noise), the sharpness, "
                                           "and edge = eta_t * sharpness / 2, which is 1 at the edge of stability. NaN after the end of the trajectory; the gap of a stalled one stays."},
    [WS_F_TRACE_KEEP] = {"record.trace", NULL, "keep", WS_CHOICE, .optional = 1, .fallback = 0, .choices = "trajectories|statistics",
                         .sentence = "What outcomes.nc and an export hold: the trace of every trajectory and its statistics, or its statistics over the replicates of a cell alone."},
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
        if (f->kinds && !f->define && !f->apart && f->type != WS_TEXT && f->type != WS_NUMBERS && ws_field_applies(f, field->section, kind)) position++;
    return position;
}
