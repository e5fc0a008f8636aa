/* rho_curve.c: see rho_curve.h.
 *
 * f = s^2 / c^(1/rho) with v = s, y = |x| scaled (exact_rho.h): v' = sqrt(1 + v^(2 rho)), v(0) = 0. What is tabulated is h = ln(v / y), which is
 * smooth, over m = ln(y / b), b = 1 - y / y*: rho > 1 has a barrier y* = v^-1(infinity), rho <= 1 has none and b = 1. Along m
 *
 *     h' = G - b,   G' = G (rho G r - G + 2 b - 1),   r' = 2 rho G r (1 - r),   b' = -b (1 - b),
 *
 * G = b y v'/v, r = v^(2 rho) / (1 + v^(2 rho)): polynomials, whose Taylor series follow term by term. They are summed in pairs of doubles, from
 * the far left, where h = v^(2 rho) / (2 (1 + 2 rho)), center by center; each is the middle of a piece, for which the series is
 * economised (its highest terms are taken away as Chebyshev polynomials: Lanczos 1938). On the far left h = 0, on the far right a line.
 * Singularities of h stand at a distance of pi / (2 rho) (rho <= 1) or 1.5 and more (rho > 1) from the real axis: six times a piece's length. */
#include "plan/rho_curve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/pair.h"
#include "base/text.h"

enum { TERMS = 42, ECONOMISED = 30, MOST_PIECES = 2048, MOST_DEGREE = 12 };

/* Where the walk along m stands: Taylor coefficients in (m - here) * density, [0] the value. */
typedef struct walk {
    double rho, density;
    int barrier;
    ws_pair here, h[TERMS], G[TERMS], r[TERMS], b[TERMS];
} walk;

static ws_pair plain(double x) { return (ws_pair){x, 0}; }
static ws_pair scaled(ws_pair a, double factor) { return ws_pair_times(a, plain(factor)); }
static ws_pair convolved(const ws_pair *a, const ws_pair *b, int k)
{
    ws_pair sum = {0, 0};
    for (int i = 0; i <= k; i++) sum = ws_pair_add(sum, ws_pair_times(a[i], b[k - i]));
    return sum;
}

/* The coefficients that follow from those of order 0. */
static void expand(walk *w)
{
    ws_pair P[TERMS], S[TERMS]; /* G r, and rho G r - G + 2 b - 1 */
    for (int k = 0; k + 1 < TERMS; k++) {
        double part = w->density * (k + 1);
        P[k] = convolved(w->G, w->r, k);
        S[k] = ws_pair_less(ws_pair_add(scaled(P[k], w->rho), scaled(w->b[k], 2)), w->G[k]);
        if (!k) S[k] = ws_pair_less(S[k], plain(1));
        w->h[k + 1] = ws_pair_over(ws_pair_less(w->G[k], w->b[k]), plain(part));
        w->r[k + 1] = ws_pair_over(scaled(ws_pair_less(P[k], convolved(P, w->r, k)), 2 * w->rho), plain(part));
        w->G[k + 1] = ws_pair_over(convolved(w->G, S, k), plain(part));
        w->b[k + 1] = w->barrier ? ws_pair_over(ws_pair_less(convolved(w->b, w->b, k), w->b[k]), plain(part)) : plain(0);
    }
}

static ws_pair value(const ws_pair *series, ws_pair t)
{
    ws_pair sum = series[TERMS - 1];
    for (int k = TERMS - 2; k >= 0; k--) sum = ws_pair_add(ws_pair_times(sum, t), series[k]);
    return sum;
}
/* Goes to m = whole / density. */
static void go(walk *w, double whole)
{
    ws_pair t = ws_pair_less(plain(whole), scaled(w->here, w->density));
    w->h[0] = value(w->h, t);
    w->G[0] = value(w->G, t);
    w->r[0] = value(w->r, t);
    if (ws_pair_less(plain(1), w->r[0]).high < 0x1p-100) w->r[0] = plain(1); /* what is left decays ever faster, its Taylor series does not follow */
    w->b[0] = value(w->b, t);
    w->here = ws_pair_over(plain(whole), plain(w->density));
    expand(w);
}

/* sum (1/2)_n / (1 + b)_n 2^-n: 2F1(1/2, 1; 1 + b; 1/2) */
static ws_pair series_half(ws_pair b)
{
    ws_pair term = {1, 0}, sum = {1, 0};
    for (int n = 0; n < 120; n++) {
        term = ws_pair_over(scaled(term, 0.5 * (n + 0.5)), ws_pair_add(plain(n + 1), b));
        sum = ws_pair_add(sum, term);
    }
    return sum;
}
/* 1 / y* of rho > 1: y* = y(v = 1) + what is left from there, both integrals of 1 / sqrt(1 + v^(2 rho)) */
static ws_pair inverse_reach(double rho)
{
    ws_pair less = ws_pair_less(plain(rho), plain(1));
    ws_pair near = series_half(ws_pair_over(plain(1), plain(2 * rho)));
    ws_pair far = ws_pair_over(series_half(ws_pair_over(less, plain(2 * rho))), less);
    return ws_pair_over(plain(1), ws_pair_times(ws_pair_root_half, ws_pair_add(near, far)));
}

/* v^(2 rho) = 2^-60: what is left out is 2^-120 of 1, or of r */
static void begin(walk *w, ws_pair inverse)
{
    ws_pair h = ws_pair_over(plain(0x1p-60), scaled(ws_pair_add(plain(1), plain(2 * w->rho)), 2));
    ws_pair l = ws_pair_less(ws_pair_over(scaled(ws_pair_ln2, -60), plain(2 * w->rho)), h);
    ws_pair b = w->barrier ? ws_pair_less(plain(1), ws_pair_times(inverse, ws_pair_exp(l))) : plain(1);
    w->here = w->barrier ? ws_pair_less(l, ws_pair_log(b)) : l;
    w->h[0] = h;
    w->b[0] = b;
    w->r[0] = ws_pair_of(0x1p-60, -0x1p-120);
    w->G[0] = ws_pair_times(b, ws_pair_add(plain(1), scaled(h, 2 * w->rho)));
    expand(w);
}

/* The coefficients of T_k(2 t): T_(n+1) = 4 t T_n - T_(n-1) */
static void chebyshev(int k, double *c)
{
    double before[ECONOMISED] = {1}, now[ECONOMISED] = {0, 2}, next[ECONOMISED];
    for (int n = 1; n < k; n++) {
        for (int i = 0; i <= n + 1; i++) next[i] = (i ? 4 * now[i - 1] : 0) - before[i];
        memcpy(before, now, sizeof now);
        memcpy(now, next, (size_t)(n + 2) * sizeof *now);
    }
    memcpy(c, now, (size_t)(k + 1) * sizeof *now);
}
/* The series of h as a polynomial of the given degree on |t| <= 1/2, where a term is below 1/12 of the one before: those left out are below 2^-100. */
static void economise(const walk *w, int degree, double *c)
{
    double all[ECONOMISED], t[ECONOMISED];
    for (int k = 0; k < ECONOMISED; k++) all[k] = w->h[k].high;
    for (int k = ECONOMISED - 1; k > degree; k--) {
        chebyshev(k, t);
        double factor = all[k] / t[k];
        for (int i = 0; i <= k; i++) all[i] -= factor * t[i];
    }
    for (int k = 0; k <= degree; k++) c[k] = all[k];
}

/* On the far right h is a line of m. Its slope; 0 for rho = 1, where it never becomes one. */
static double last_slope(double rho) { return rho < 1 ? rho / (1 - rho) : rho > 1 ? 1 / (rho - 1) : 0; }

static int is_straight(const walk *w, double unit)
{
    double slope = last_slope(w->rho) / w->density, small = unit * fmax(1, w->h[0].high) / 32;
    return slope > 0 && fabs(w->h[2].high) < small && fabs(w->h[1].high - slope) < small;
}

char *ws_rho_curve(double rho, int precision)
{
    const int degree = precision == 32 ? 4 : 12, finer = precision == 32 ? 4 : 1;
    const double unit = precision == 32 ? 0x1p-25 : 0x1p-54, most = precision == 32 ? 90 : 712;
    walk w = {.rho = rho, .density = finer * (rho > 1 ? 4 : ceil(64 * rho) / 16), .barrier = rho > 1};
    ws_pair inverse = w.barrier ? inverse_reach(rho) : plain(0);
    /* beyond it a |x| of the precision is no longer told from the barrier */
    double farthest = w.barrier ? (precision == 32 ? 18 : 38) - ws_pair_log(inverse).high : HUGE_VAL;
    double(*c)[MOST_DEGREE + 1] = calloc(MOST_PIECES, sizeof *c); /* that of the far left stays 0 */
    WS_REQUIRE(c && "out of memory");
    begin(&w, inverse);
    int first = 0, pieces = 0, last = 0;
    for (int j = (int)ceil(w.here.high * w.density); !last; j++) {
        go(&w, j);
        int straight = is_straight(&w, unit / (finer * finer));
        last = straight || w.h[0].high > most || w.here.high > farthest;
        if (!pieces && w.h[0].high < unit / 16) continue;
        if (!pieces) first = j - ++pieces;
        WS_REQUIRE(pieces < MOST_PIECES);
        if (last) c[pieces][0] = w.h[0].high, c[pieces][1] = straight ? last_slope(rho) / w.density : w.h[1].high;
        else economise(&w, degree, c[pieces]);
        pieces++;
    }
    ws_text text = {0};
    ws_text_add(&text, "#define OBJECTIVE_CURVE_DEGREE %d\n#define OBJECTIVE_CURVE_PIECES %d\n#define OBJECTIVE_CURVE_FIRST %d\n", degree, pieces, first);
    ws_text_add(&text, "#define OBJECTIVE_CURVE_DENSITY %a\n#define OBJECTIVE_BARRIER %d\n#define OBJECTIVE_INVERSE_REACH %a\n#define OBJECTIVE_CURVE ", w.density, w.barrier,
                inverse.high);
    for (int i = 0; i < pieces; i++)
        for (int k = 0; k <= degree; k++) ws_text_add(&text, "%s%a", k ? ", " : i ? "}, {" : "{", c[i][k]);
    ws_text_add(&text, "}\n");
    free(c);
    return ws_text_take(&text);
}
