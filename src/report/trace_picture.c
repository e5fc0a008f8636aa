/* trace_picture.c: see trace_picture.h.
 *
 * With several replicates a line is their mean, broken where it is not known or infinite (trace.h), a dashed one their median, and a band goes
 * from the 10 % to the 90 % quantile. Both axes are logarithmic where the numbers allow it; iteration 0 then has no place. The edge of
 * stability is drawn where it belongs: 1 for `edge`, 2 / eta_t beside the sharpness. The numbers stand in the script. */
#include "report/trace_picture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "report/analysis.h"
#include "report/gnuplot.h"
#include "report/trace.h"

enum { MOST_LINES = 7, MOST_SLICES = 6 };
static const char *const colours[MOST_LINES] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#222222"}; /* told apart by any eye */
static const char *const labels[WS_TRACED_COUNT] = {"gap f(x) - f*", "step size", "gradient norm", "sharpness", "step size x sharpness / 2"};

typedef struct picture {
    ws_results *results;
    const ws_plan *plan;
    int axis, quantity; /* axis of the lines, or -1 */
    int64_t slice, slices;
    int lines;
    int64_t index[MOST_LINES], cell[MOST_LINES], diverged[MOST_LINES], count[MOST_LINES];
    int edges;          /* 2 / eta_t is drawn */
    int logarithmic;    /* iterations: 0 is not drawn */
    double low, high;   /* of all numbers; low > high: there are none */
    ws_text data;
} picture;

static int64_t cell_at(const picture *p, int64_t index)
{
    int64_t cell = 0, stride = 1, rest = p->slice;
    for (int a = p->plan->axis_count - 1; a >= 0; a--) {
        int64_t count = p->plan->axes[a].count, here = a == p->axis ? index : rest % count;
        if (a != p->axis) rest /= count;
        cell += stride * here;
        stride *= count;
    }
    return cell;
}

static void add_number(picture *p, int shown, double value)
{
    char number[WS_NUMBER_ROOM];
    ws_text_add(&p->data, " %s", isfinite(value) ? ws_text_rounded(value, 8, number) : "NaN");
    if (!shown || !isfinite(value)) return;
    if (value < p->low) p->low = value;
    if (value > p->high) p->high = value;
}

/* $lineN: iteration, mean, median, 10 %, 90 %, 2 / eta. */
static void add_line(picture *p, int line, const ws_trace_statistics *s)
{
    const int q = p->quantity;
    ws_text_add(&p->data, "$line%d << EOD\n", line + 1);
    for (int t = 0; t < s->points; t++) {
        const int shown = !p->logarithmic || p->plan->trace_at[t] > 0;
        const double *quantile = s->quantile[q] + t * WS_QUANTILES;
        ws_text_add(&p->data, "%lld", p->plan->trace_at[t]);
        add_number(p, shown, s->mean[q][t]);
        add_number(p, shown, quantile[WS_MEDIAN]);
        add_number(p, shown, quantile[0]);
        add_number(p, shown, quantile[WS_QUANTILES - 1]);
        if (p->edges) add_number(p, shown, 2 / s->mean[1][t]);
        ws_text_add(&p->data, "\n");
    }
    ws_text_add(&p->data, "EOD\n");
}

static ws_code gather(picture *p, ws_error *error)
{
    ws_trace_statistics s;
    ws_cell_outcomes cell = {.traces = 1};
    ws_code code = ws_trace_statistics_new(p->plan, 1u << p->quantity | (p->edges ? WS_TRACED_STEP_SIZE : 0), 1, &s, error);
    if (code) return code;
    int64_t values = p->axis < 0 ? 1 : p->plan->axes[p->axis].count;
    p->lines = values < MOST_LINES ? (int)values : MOST_LINES;
    p->low = INFINITY;
    p->high = -INFINITY;
    for (int l = 0; l < p->lines && !code; l++) {
        p->index[l] = p->lines < 2 ? 0 : (l * (values - 1) + (p->lines - 1) / 2) / (p->lines - 1);
        p->cell[l] = cell_at(p, p->index[l]);
        code = ws_results_cell(p->results, p->cell[l], &cell, error);
        if (!code) code = ws_trace_statistics_of(p->plan, &cell, &s, error);
        if (code) break;
        p->count[l] = cell.count;
        p->diverged[l] = 0;
        for (int64_t i = 0; i < cell.count; i++) p->diverged[l] += cell.status[i] == WS_STATUS_DIVERGED || cell.status[i] == WS_STATUS_NONFINITE;
        add_line(p, l, &s);
    }
    ws_cell_outcomes_free(&cell);
    ws_trace_statistics_free(&s);
    return code;
}

static void add_titles(const picture *p, ws_text *out)
{
    char number[WS_NUMBER_ROOM];
    const ws_plan *plan = p->plan;
    ws_text line = {0};
    if (plan->replicates > 1) ws_text_add(&line, "Mean, median (dashed) and 10 %% to 90 %% (band) of %lld replicates", (long long)plan->replicates);
    else ws_text_add(&line, "Traces");
    for (int a = 0, any = 0; a < plan->axis_count; a++)
        if (a != p->axis)
            ws_text_add(&line, "%s%s = %s", any++ ? ", " : "; ", plan->axes[a].path, ws_text_rounded(ws_analysis_axis_value(plan, p->cell[0], a), 4, number));
    if (p->slices > MOST_SLICES) ws_text_add(&line, " (the first of %lld combinations)", (long long)p->slices);
    if (p->axis >= 0 && plan->axes[p->axis].count > p->lines) ws_text_add(&line, "; %d of %lld values", p->lines, (long long)plan->axes[p->axis].count);
    int64_t finished;
    int complete;
    ws_results_count(p->results, &finished, &complete);
    if (!complete) ws_text_add(&line, ". INCOMPLETE: %.3g %% of the trajectories", 100.0 * (double)finished / (double)plan->trajectories);
    ws_text_add(out, "set title ");
    ws_gnuplot_add_title(out, plan->title, 48);
    ws_text_add(out, " . \"\\n\" . ");
    ws_gnuplot_add_title(out, line.bytes, 56);
    ws_text_add(out, " noenhanced\n");
    ws_text_free(&line);
}

static void add_line_title(const picture *p, int l, ws_text *out)
{
    char number[WS_NUMBER_ROOM];
    ws_text title = {0};
    if (p->axis < 0) ws_text_add(&title, "%s", ws_trace_names[p->quantity]);
    else {
        const ws_axis *axis = &p->plan->axes[p->axis];
        ws_text_add(&title, "%s = %s", axis->label, ws_text_rounded(axis->values[p->index[l]], 4, number));
    }
    if (!p->count[l]) ws_text_add(&title, " (not run)");
    else if (p->diverged[l] == p->count[l]) ws_text_add(&title, " (diverged)");
    else if (p->diverged[l]) ws_text_add(&title, " (%lld of %lld diverged)", (long long)p->diverged[l], (long long)p->count[l]);
    ws_text_add(out, " title ");
    ws_text_add_quoted(out, title.bytes);
    ws_text_add(out, " noenhanced");
    ws_text_free(&title);
}

static void add_plot(const picture *p, ws_text *plot)
{
    int several = p->plan->replicates > 1, any = 0;
    for (int l = 0; several && l < p->lines; l++)
        ws_text_add(plot, "%s$line%d using 1:4:5 with filledcurves fc rgb '%s' fillstyle transparent solid 0.18 noborder notitle", any++ ? ", \\\n  " : "plot ",
                    l + 1, colours[l]);
    for (int l = 0; l < p->lines; l++) {
        ws_text_add(plot, "%s$line%d using 1:2 with lines lw 2 lc rgb '%s'", any++ ? ", \\\n  " : "plot ", l + 1, colours[l]);
        add_line_title(p, l, plot);
        if (several) ws_text_add(plot, ", \\\n  $line%d using 1:3 with lines dt 2 lw 1 lc rgb '%s' notitle", l + 1, colours[l]);
        if (p->edges)
            ws_text_add(plot, ", \\\n  $line%d using 1:6 with lines dt 3 lw 1.5 lc rgb '%s' %s", l + 1, colours[l], l ? "notitle" : "title '2 / step size (dotted)'");
    }
    if (p->quantity == 4) ws_text_add(plot, ", \\\n  1 with lines dt 3 lw 1.5 lc rgb '#000000' title 'edge of stability'");
    if (p->quantity == 0 && !p->plan->eps_relative)
        for (int e = 0; e < p->plan->eps_count; e++)
            if (p->plan->eps[e] >= p->low && p->plan->eps[e] <= p->high)
                ws_text_add(plot, ", \\\n  %.17g with lines dt 3 lw 1 lc rgb '#888888' %s", p->plan->eps[e], e ? "notitle" : "title 'eps'");
}

static char *make_script(const picture *p, const char *name)
{
    ws_text out = {0}, plot = {0};
    const long long *at = p->plan->trace_at;
    ws_text_add(&out, "# \"gnuplot %s.gp\" in this folder draws %s.svg and %s.png again\n"
                      "if (!exists('svg')) svg = '%s.svg'\nif (!exists('png')) png = '%s.png'\nset encoding utf8\nset datafile missing 'NaN'\n", name, name, name, name, name);
    ws_text_add_bytes(&out, p->data.bytes, p->data.length);
    add_titles(p, &out);
    ws_text_add(&out, "set xlabel 'iteration t' offset 0,0.4\nset ylabel '%s'\nset tics out nomirror\nset grid lc rgb '#dddddd' lw 0.5\n", labels[p->quantity]);
    if (p->logarithmic && p->low <= p->high)
        ws_text_add(&out, "set logscale x\nset format x '10^{%%T}'\nset xrange [%lld:%lld]\n", at[at[0] == 0], at[p->plan->trace_count - 1]);
    if (p->low > 0 && p->high > 4 * p->low) ws_text_add(&out, "set logscale y\nset format y '10^{%%T}'\n");
    if (p->low > 0 && p->high > 4 * p->low && p->high < 1e3 * p->low) ws_text_add(&out, "set format y '%%g'\n");
    ws_text_add(&out, "set key below horizontal center maxcols 2 Left reverse samplen 1.6 spacing 1.1 height 0.6 font ',13'\n");
    if (p->low <= p->high) add_plot(p, &plot);
    else ws_text_add(&plot, "set xrange [0:1]\nset yrange [0:1]\nset label 'no numbers: nothing has been run, or all ended before' at graph 0.5,0.5 center\nplot NaN notitle");
    ws_text_add(&out, "set terminal svg size 760,600 font 'sans,15' background '#ffffff'\nset output svg\n%s\n", plot.bytes);
    ws_text_add(&out, "set terminal pngcairo size 1520,1200 fontscale 2 linewidth 2 pointscale 2 font 'sans,15'\nset output png\nreplot\nset output\n");
    ws_text_free(&plot);
    return ws_text_take(&out);
}

static ws_code write_script(const picture *p, const char *folder, const char *name, ws_error *error)
{
    char *script = make_script(p, name);
    ws_text path = {0};
    ws_text_add(&path, "%s/%s.gp", folder, name);
    ws_code code = ws_file_write(path.bytes, script, strlen(script), error);
    ws_text_free(&path);
    free(script);
    return code;
}

ws_code ws_trace_write(ws_results *results, int report, const char *folder, ws_text *names, ws_error *error)
{
    const ws_plan *plan = ws_results_plan(results);
    const ws_report *r = &plan->reports[report];
    picture p = {.results = results, .plan = plan, .axis = r->x_axis, .quantity = r->quantity};
    p.edges = r->quantity == 3 && (plan->traced & WS_TRACED_STEP_SIZE);
    const int first = plan->trace_count > 1 && plan->trace_at[0] == 0;
    p.logarithmic = plan->trace_count - first > 1 && (double)plan->trace_at[plan->trace_count - 1] >= 16.0 * (double)plan->trace_at[first];
    p.slices = plan->cells / (p.axis < 0 ? 1 : plan->axes[p.axis].count);
    int64_t drawn = p.slices > MOST_SLICES ? 1 : p.slices;
    ws_code code = WS_OK;
    for (p.slice = 0; !code && p.slice < drawn; p.slice++) {
        ws_text name = {0};
        ws_text_add(&name, "trace-%d-%s", report + 1, ws_trace_names[p.quantity]);
        if (drawn > 1) ws_text_add(&name, "-slice-%lld", (long long)p.slice + 1);
        code = gather(&p, error);
        if (!code) code = write_script(&p, folder, name.bytes, error);
        if (!code) ws_text_add(names, "%s\n", name.bytes);
        ws_text_free(&p.data);
        ws_text_free(&name);
    }
    return code;
}
