/* catalogue.c: see catalogue.h. */
#include "plan/catalogue.h"

#include <stddef.h>
#include <string.h>

#define WARMUP_PAPER "Liu, Ge, Pan, Kang, Zhang 2025, arXiv 2509.07972"

const ws_entry ws_entries[] = {
    {WS_OBJECTIVES, "quadratic", "objective/quadratic.h", "1/2 sum a_i x_i^2",
     "Diagonal quadratic: curvature does not grow with the gap, so that warmup cannot help; the control, with closed-form hitting times.", "", 1},
    {WS_OBJECTIVES, "cosh", "objective/cosh.h", "sum w_i K0/K1 (cosh(sqrt(K1) x_i) - 1)",
     "Separable cosh: in one dimension f'' = K0 + K1 f exactly, the (rho = 1) generalised smoothness with equality.", WARMUP_PAPER, 1},
    {WS_OBJECTIVES, "radial-cosh", "objective/radial_cosh.h", "K0/K1 (cosh(sqrt(K1) |x|) - 1)",
     "Radial cosh: the same one-dimensional dynamics in every dimension; the coupled counterpart of cosh.", "", 0},
    {WS_OBJECTIVES, "power", "objective/power.h", "sum a_i |x_i|^p / p",
     "Separable power: curvature vanishes at the minimum, rho = (p-2)/p, K0 = 0.", "", 1},
    {WS_OBJECTIVES, "river", "objective/river.h", "r log(1 + e^-x_0) + sum_j (k y_j^2/2 + c y_j^4/4)",
     "River with walls: a start high on a wall forbids large constant steps, the way along the river needs a fixed sum of steps.", WARMUP_PAPER, 0},

    {WS_SPECTRA, "uniform", NULL, "lmin + (lmax - lmin) i/(d-1)", "Evenly spaced.", "", 0},
    {WS_SPECTRA, "geometric", NULL, "lmax (lmin/lmax)^(i/(d-1))", "Evenly spaced in the logarithm.", "", 0},
    {WS_SPECTRA, "power", NULL, "lmax (i+1)^-alpha", "Power law.", "", 0},
    {WS_SPECTRA, "spiked", NULL, "lmax k times, then lmin", "A few large values above a flat rest.", "", 0},
    {WS_SPECTRA, "mp", NULL, "quantiles (i+1/2)/d of the Marchenko-Pastur law, times scale", "Spectrum of a random Gram matrix, largest first.", "", 0},
    {WS_SPECTRA, "explicit", NULL, "values", "The d values as given.", "", 0},

    {WS_STARTS, "sphere", NULL, "radius * z / |z|, z normal", "A random direction (one for the whole sweep, from the seed), as far out as the gap asks.", "", 0},
    {WS_STARTS, "equal-energy", NULL, "radius / sqrt(curvature_i)", "Every coordinate holds the same energy in the quadratic model of the minimum.", "", 0},
    {WS_STARTS, "top", NULL, "radius * e_j", "Along the coordinate of largest curvature.", "", 0},
    {WS_STARTS, "weights", NULL, "radius * values", "Along a given direction.", "", 0},
    {WS_STARTS, "explicit", NULL, "values", "The point x_0 itself.", "", 0},

    {WS_METHODS, "gd", "method/gradient_descent.h", "x - eta g", "Gradient descent with the exact gradient.", "", 0},
    {WS_METHODS, "sgd", "method/gradient_descent.h", "x - eta (g + noise)", "Gradient descent with additive noise on the gradient.", "", 0},

    {WS_NOISES, "none", "noise/none.h", "0", "The exact gradient.", "", 0},
    {WS_NOISES, "gaussian", "noise/gaussian.h", "sigma w_i z, z normal", "Additive Gaussian noise, independent in every iteration and coordinate.", "", 0},
    {WS_NOISES, "rademacher", "noise/rademacher.h", "+-sigma w_i", "Additive noise of two values with equal chance.", "", 0},

    {WS_SCHEDULES, "ramp", NULL, "peak * warmup(t) * decay(t)", "An open-loop schedule: warmup to the peak, then the decay.", "", 0},
    {WS_SCHEDULES, "theory", "feedback/theory.h", "1 / (c0 K0 + c1 K gap^rho)",
     "The step size that the descent lemma of generalised smoothness allows; looks at the gap. (10, 20) are the constants of the citation.",
     "Alimisis, Islamov, Lucchi 2025, arXiv 2510.03164", 0},

    {WS_WARMUPS, "linear", "warmup/linear.h", "u", "Linear in the iteration.", "", 0},
    {WS_WARMUPS, "polynomial", "warmup/polynomial.h", "u^power", "A power of linear warmup; power 1/2 is the square-root ramp.", "", 0},
    {WS_WARMUPS, "geometric", "warmup/geometric.h", "start^(1-u)", "From a fraction of the peak to the peak in equal ratios.", "", 0},

    {WS_DECAYS, "constant", "decay/constant.h", "1", "The peak is kept.", "", 0},
    {WS_DECAYS, "cosine", "decay/cosine.h", "floor + (1-floor) (1 + cos(pi v))/2, v = (t-W)/(horizon-W)", "Half a cosine from the peak to the floor at the horizon.",
     "Loshchilov, Hutter 2017, arXiv 1608.03983", 0},
};
const int ws_entry_count = (int)(sizeof ws_entries / sizeof *ws_entries);

const char *const ws_group_section[WS_GROUP_COUNT] = {"objective", "objective.spectrum", "start", "method", "noise",
                                                      "schedule", "schedule.warmup", "schedule.decay"};
const char *const ws_group_key[WS_GROUP_COUNT] = {"kind", "law", "kind", "kind", "kind", "kind", "kind", "kind"};
const char *const ws_group_title[WS_GROUP_COUNT] = {"objectives", "spectra", "starts", "methods", "noises", "schedules", "warmups", "decays"};
const char *const ws_group_default[WS_GROUP_COUNT] = {NULL, NULL, "sphere", "gd", "none", "ramp", "linear", "constant"};

const ws_entry *ws_entry_find(ws_group group, const char *name)
{
    for (int i = 0; i < ws_entry_count; i++)
        if (ws_entries[i].group == group && !strcmp(ws_entries[i].name, name)) return &ws_entries[i];
    return NULL;
}
