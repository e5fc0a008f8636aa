/* spectrum.c: the per-coordinate table of an objective: eigenvalues, weights. Every law is a formula in float64 with the dialect's
 * own elementary functions, so that a table has the same bits on every machine; d = 1 is lmax in all laws but mp and explicit. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/portable_math.h"
#include "plan/sweep.h"

static const double pi = 3.14159265358979323846;

/* Quantiles (i + 1/2)/d of the Marchenko-Pastur law of ratio gamma < 1, largest first: x = middle + half cos(angle), mass by the
 * trapezoidal rule on 20001 points of the angle, quantiles by linear interpolation between them. */
static void marchenko_pastur(double gamma, double scale, int64_t d, double *table)
{
    enum { POINTS = 20001 };
    double root = ws_portable_sqrt(gamma), a = (1 - root) * (1 - root), b = (1 + root) * (1 + root);
    double middle = (a + b) / 2, half = (b - a) / 2;
    double *mass = malloc(POINTS * sizeof *mass);
    WS_REQUIRE(mass && "out of memory");
    double density = 0, sum = 0;
    for (int k = 0; k < POINTS; k++) {
        double sine, cosine, step = pi / (POINTS - 1);
        ws_portable_sincos(pi * k / (POINTS - 1), &sine, &cosine);
        double here = (half * sine) * (half * sine) / (2 * pi * gamma * (middle + half * cosine));
        if (k) sum += 0.5 * (here + density) * step;
        density = here;
        mass[k] = sum;
    }
    for (int64_t i = 0, k = 0; i < d; i++) {
        double wanted = ((double)i + 0.5) / (double)d * sum, sine, cosine;
        while (k < POINTS - 2 && mass[k + 1] < wanted) k++;
        double angle = pi * ((double)k + (wanted - mass[k]) / (mass[k + 1] - mass[k])) / (POINTS - 1);
        ws_portable_sincos(angle, &sine, &cosine);
        table[i] = scale * (middle + half * cosine);
    }
    free(mass);
}

void ws_spectrum_fill(const ws_sweep *s, int64_t cell, int64_t d, double *table)
{
    const char *law = s->entry[WS_SPECTRA] ? s->entry[WS_SPECTRA]->name : "";
    double lmax = ws_sweep_value(s, cell, WS_F_LMAX), lmin = ws_sweep_value(s, cell, WS_F_LMIN);
    double alpha = ws_sweep_value(s, cell, WS_F_ALPHA);
    int64_t spikes = (int64_t)ws_sweep_value(s, cell, WS_F_SPIKES);
    if (!strcmp(law, "mp")) {
        marchenko_pastur(ws_sweep_value(s, cell, WS_F_GAMMA), ws_sweep_value(s, cell, WS_F_SCALE), d, table);
        return;
    }
    for (int64_t i = 0; i < d; i++) {
        double u = d > 1 ? (double)i / (double)(d - 1) : 0;
        if (!*law) table[i] = 1;
        else if (!strcmp(law, "explicit")) table[i] = s->list[WS_F_SPECTRUM_VALUES][i];
        else if (d == 1) table[i] = lmax;
        else if (!strcmp(law, "uniform")) table[i] = lmin + (lmax - lmin) * (double)i / (double)(d - 1);
        else if (!strcmp(law, "geometric")) table[i] = i == 0 ? lmax : lmax * ws_portable_pow(lmin / lmax, u);
        else if (!strcmp(law, "power")) table[i] = lmax * ws_portable_pow((double)i + 1, -alpha);
        else table[i] = i < spikes ? lmax : lmin; /* spiked */
    }
}
