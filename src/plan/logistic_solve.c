/* logistic_solve.c: the solution of logistic regression, min over w of sum log(1 + e^{-z_i.w}), by Newton's method with halved steps, in
 * float64 with portable functions: the same bits on every machine. */
#include <math.h>
#include <string.h>

#include "base/portable_math.h"
#include "plan/sweep.h"

enum { MOST = 32, STEPS = 100, HALVINGS = 40 };

static double sigmoid_minus(double m)
{
    double e = ws_portable_exp(-fabs(m));
    return (m < 0 ? 1 : e) / (1 + e);
}
static double margin(const double *row, const double *w, int64_t d)
{
    double m = 0;
    for (int64_t j = 0; j < d; j++) m += row[j] * w[j];
    return m;
}
static double total_loss(const double *rows, int64_t n, int64_t d, const double *w)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        double m = margin(rows + i * d, w, d);
        sum += (m < 0 ? -m : 0) + ws_portable_log(1 + ws_portable_exp(-fabs(m)));
    }
    return sum;
}

/* Solves H step = g by Cholesky's factors; 0 when H is not positive beyond rounding. */
static int solve(double h[MOST][MOST], const double *g, double *step, int64_t d)
{
    for (int64_t j = 0; j < d; j++) {
        double before = h[j][j];
        for (int64_t k = 0; k < j; k++) h[j][j] -= h[j][k] * h[j][k];
        if (!(h[j][j] > 1e-10 * before)) return 0;
        h[j][j] = ws_portable_sqrt(h[j][j]);
        for (int64_t i = j + 1; i < d; i++) {
            for (int64_t k = 0; k < j; k++) h[i][j] -= h[i][k] * h[j][k];
            h[i][j] /= h[j][j];
        }
    }
    for (int64_t i = 0; i < d; i++) {
        step[i] = g[i];
        for (int64_t k = 0; k < i; k++) step[i] -= h[i][k] * step[k];
        step[i] /= h[i][i];
    }
    for (int64_t i = d - 1; i >= 0; i--) {
        for (int64_t k = i + 1; k < d; k++) step[i] -= h[k][i] * step[k];
        step[i] /= h[i][i];
    }
    return 1;
}

int ws_logistic_solve(const double *rows, int64_t n, int64_t d, double *odds, double *evens)
{
    double w[MOST] = {0}, next[MOST], g[MOST], step[MOST], h[MOST][MOST];
    for (int t = 0; t < STEPS; t++) {
        memset(g, 0, sizeof g);
        memset(h, 0, sizeof h);
        for (int64_t i = 0; i < n; i++) {
            const double *row = rows + i * d;
            double m = margin(row, w, d), p = sigmoid_minus(m), bend = p * sigmoid_minus(-m);
            for (int64_t a = 0; a < d; a++) {
                g[a] += p * row[a];
                for (int64_t b = 0; b <= a; b++) h[a][b] += bend * row[a] * row[b];
            }
        }
        if (!solve(h, g, step, d)) return 0;
        double before = total_loss(rows, n, d, w), part = 1, length = 0, size = 0, gain = 0;
        for (int64_t j = 0; j < d; j++) gain += g[j] * step[j]; /* twice what the step is to gain; below what the loss can show it is let be */
        for (int halving = 0; halving < HALVINGS; halving++, part /= 2) {
            for (int64_t j = 0; j < d; j++) next[j] = w[j] + part * step[j];
            if (gain <= 1e-9 * before || total_loss(rows, n, d, next) <= before) break;
        }
        for (int64_t j = 0; j < d; j++) {
            length = fmax(length, fabs(step[j]));
            size = fmax(size, fabs(next[j]));
            w[j] = next[j];
        }
        if (size > 1000) return 0; /* on its way to infinity */
        if (length > 1e-14 * (1 + size) && t < STEPS - 1) continue;
        for (int64_t i = 0; i < n; i++) {
            double m = margin(rows + i * d, w, d);
            odds[i] = sigmoid_minus(m);
            evens[i] = sigmoid_minus(-m);
        }
        return length <= 1e-8 * (1 + size);
    }
    return 0;
}
