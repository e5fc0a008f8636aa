/* phase_diagram.c: see phase_diagram.h.
 *
 * The picture is a raster on which every point has the colour of the cell whose strip it lies in (scale.h): nothing is interpolated, and
 * a grid of a million cells costs no more than one of ten. Colours are levels of log T_eps; statuses have colours of their own.
 * On top: level lines of T_eps, the best x of every y, the best constant step and the best cell. gnuplot adds axes and text. */
#include "report/phase_diagram.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "report/contour.h"
#include "report/gnuplot.h"
#include "report/palette.h"
#include "report/scale.h"

enum { RASTER_X = 720, RASTER_Y = 720, STRIPE = 6, MOST_LEVELS = 7 };

/* One picture: two axes, one eps, the other axes fixed. */
typedef struct picture {
    const ws_analysis *analysis;
    const ws_plan *plan;
    int x_axis, y_axis, eps;
    int64_t slice, slices; /* which combination of the other axes */
    ws_scale x, y;
    int64_t nx, ny;
    double *level;         /* [ny][nx] log10 T_eps in ascending order of both axes, NaN without a number */
    unsigned char *state;  /* [ny][nx] */
    double low, high;      /* of level; low > high: no number anywhere */
} picture;

/* The cell at the given places of both axes (indices on the axes) in this slice. */
static int64_t cell_at(const picture *p, int64_t ix, int64_t iy)
{
    int64_t cell = 0, stride = 1, rest = p->slice;
    for (int a = p->plan->axis_count - 1; a >= 0; a--) {
        int64_t count = p->plan->axes[a].count, index;
        if (a == p->x_axis) index = ix;
        else if (a == p->y_axis) index = iy;
        else {
            index = rest % count;
            rest /= count;
        }
        cell += stride * index;
        stride *= count;
    }
    return cell;
}

static ws_code gather(picture *p, ws_error *error)
{
    const ws_analysis *a = p->analysis;
    size_t n = (size_t)p->nx * (size_t)p->ny, base = (size_t)p->eps * (size_t)p->plan->cells;
    p->level = malloc(n * sizeof *p->level);
    p->state = malloc(n);
    if (!p->level || !p->state) return ws_error_set(error, WS_FAILED, "out of memory for a picture of %zu cells", n);
    p->low = INFINITY;
    p->high = -INFINITY;
    for (int64_t j = 0; j < p->ny; j++)
        for (int64_t i = 0; i < p->nx; i++) {
            size_t cell = base + (size_t)cell_at(p, p->x.order[i], p->y.order[j]), at = (size_t)(j * p->nx + i);
            p->state[at] = a->state[cell];
            p->level[at] = NAN;
            if (p->state[at] != WS_CELL_NUMBER) continue;
            p->level[at] = log10(a->median[cell] > 1 ? a->median[cell] : 1); /* 0 iterations look like 1 */
            if (p->level[at] < p->low) p->low = p->level[at];
            if (p->level[at] > p->high) p->high = p->level[at];
        }
    if (p->low <= p->high && p->high - p->low < 0.3) { /* nearly equal: not all of the palette for a few iterations */
        double middle = (p->low + p->high) / 2;
        p->low = middle - 0.15 > 0 ? middle - 0.15 : 0;
        p->high = p->low + 0.3;
    }
    return WS_OK;
}

static uint32_t colour_at(const picture *p, int64_t i, int64_t j, int stripe)
{
    if (i < 0 || j < 0) return 0xffffff;
    size_t at = (size_t)(j * p->nx + i);
    if (p->state[at] == WS_CELL_NUMBER) return ws_palette_level((p->level[at] - p->low) / (p->high - p->low));
    return stripe ? ws_palette_stripe(p->state[at]) : ws_palette_state(p->state[at]);
}

/* RGB bytes, the lowest row first. */
static void fill_raster(const picture *p, unsigned char *rgb)
{
    int64_t *column = malloc(RASTER_X * sizeof *column);
    WS_REQUIRE(column && "out of memory");
    for (int c = 0; c < RASTER_X; c++) column[c] = ws_scale_find(&p->x, p->x.from + (p->x.to - p->x.from) * (c + 0.5) / RASTER_X);
    for (int r = 0; r < RASTER_Y; r++) {
        int64_t row = ws_scale_find(&p->y, p->y.from + (p->y.to - p->y.from) * (r + 0.5) / RASTER_Y);
        for (int c = 0; c < RASTER_X; c++) {
            uint32_t colour = colour_at(p, column[c], row, (r + c) / STRIPE % 2);
            *rgb++ = (unsigned char)(colour >> 16);
            *rgb++ = (unsigned char)(colour >> 8);
            *rgb++ = (unsigned char)colour;
        }
    }
    free(column);
}

static void add_titles(const picture *p, ws_text *out)
{
    char eps[WS_NUMBER_ROOM], number[WS_NUMBER_ROOM];
    ws_text line = {0};
    const ws_plan *plan = p->plan;
    ws_text_add(&line, "%s until the gap is at most %s%s", plan->replicates > 1 ? "Median iterations" : "Iterations",
                ws_text_rounded(plan->eps[p->eps], 4, eps), plan->eps_relative ? " of the gap at the start" : "");
    int64_t cell = cell_at(p, 0, 0);
    for (int a = 0, any = 0; a < plan->axis_count; a++)
        if (a != p->x_axis && a != p->y_axis)
            ws_text_add(&line, "%s%s = %s", any++ ? ", " : "; ", plan->axes[a].path, ws_text_rounded(ws_analysis_axis_value(plan, cell, a), 4, number));
    if (p->slices > WS_PHASE_SLICES_MAX) ws_text_add(&line, " (the first of %lld slices)", (long long)p->slices);
    if (!p->analysis->complete)
        ws_text_add(&line, ". INCOMPLETE: %.3g %% of the trajectories", 100.0 * (double)p->analysis->finished / (double)plan->trajectories);
    ws_text title = {0};
    ws_text_add(&title, "%s", plan->title);
    ws_text_add(out, "set title ");
    ws_gnuplot_add_title(out, title.bytes, 44);
    ws_text_add(out, " . \"\\n\" . ");
    ws_gnuplot_add_title(out, line.bytes, 48);
    ws_text_add(out, " noenhanced\n");
    ws_text_free(&line);
    ws_text_free(&title);
}

static void add_axis_label(const ws_axis *axis, char letter, ws_text *out)
{
    ws_text label = {0};
    const char *unit = strcmp(axis->unit, "1") && strcmp(axis->unit, "coordinates") && !strstr(axis->label, "steps") ? axis->unit : "";
    ws_text_add(&label, "%s%s%s%s", axis->label, *unit ? " [" : "", unit, *unit ? "]" : "");
    ws_text_add(out, "set %clabel ", letter);
    ws_text_add_quoted(out, label.bytes);
    ws_text_add(out, " noenhanced%s\n", letter == 'x' ? " offset 0,0.4" : "");
    ws_text_free(&label);
}

/* Level lines as one data block, and a label on each level. Returns whether there are any. */
static int add_contours(const picture *p, ws_text *out)
{
    double levels[MOST_LEVELS];
    if (!(p->low < p->high)) return 0;
    int count = ws_scale_levels(pow(10, p->low), pow(10, p->high), levels, MOST_LEVELS);
    ws_text lines = {0}, labels = {0};
    for (int l = 0; l < count; l++) {
        ws_text one = {0};
        int64_t segments = ws_contour_add(p->level, p->x.at, p->nx, p->y.at, p->ny, p->y.zero ? 1 : 0, log10(levels[l]), &one);
        if (segments > 2) { /* the label stands near the middle of the list, which goes upwards; neighbours are staggered */
            const char *at = one.bytes;
            double x0, y0, x1, y1;
            for (int64_t s = 0; s < segments * (l % 2 ? 2 : 3) / 5; s++) at = strstr(at, "\n\n") + 2;
            char label[WS_NUMBER_ROOM];
            ws_scale_label(levels[l], label);
            if (sscanf(at, "%lf %lf\n%lf %lf", &x0, &y0, &x1, &y1) == 4) ws_text_add(&labels, "%.6g %.6g \"%s\"\n", (x0 + x1) / 2, (y0 + y1) / 2, label);
        }
        if (one.bytes) ws_text_add_bytes(&lines, one.bytes, one.length);
        ws_text_free(&one);
    }
    int any = lines.length > 0;
    if (any) ws_text_add(out, "$contours << EOD\n%sEOD\n", lines.bytes);
    int labelled = labels.length > 0;
    if (labelled) ws_text_add(out, "$labels << EOD\n%sEOD\n", labels.bytes);
    ws_text_free(&lines);
    ws_text_free(&labels);
    return any + labelled;
}

/* For each y the x of the smallest T_eps. Returns the number of rows that have one; the best of row 0 and of all in the indices. */
static int64_t add_best(const picture *p, ws_text *out, int64_t *constant, int64_t *best)
{
    int64_t rows = 0;
    *constant = *best = -1;
    ws_text_add(out, "$best << EOD\n");
    for (int64_t j = 0; j < p->ny; j++) {
        int64_t least = -1;
        for (int64_t i = 0; i < p->nx; i++)
            if (p->state[j * p->nx + i] == WS_CELL_NUMBER && (least < 0 || p->level[j * p->nx + i] < p->level[j * p->nx + least])) least = i;
        if (least < 0) continue;
        rows++;
        if (j == 0 && p->y.zero) {
            *constant = least;
            continue; /* has a mark of its own */
        }
        if (*best < 0 || p->level[j * p->nx + least] < p->level[*best]) *best = j * p->nx + least;
        ws_text_add(out, "%.8g %.8g\n", p->x.at[least], p->y.at[j]);
    }
    ws_text_add(out, "EOD\n");
    return rows;
}

static void add_mark(const picture *p, ws_text *out, const char *block, int64_t i, int64_t j)
{
    ws_text_add(out, "$%s << EOD\n%.8g %.8g\nEOD\n", block, p->x.at[i], p->y.at[j]);
}

static void add_colour_bar(const picture *p, ws_text *out)
{
    double levels[12];
    ws_text_add(out, "set palette defined (");
    for (int i = 0; i < WS_PALETTE_ANCHORS; i++) ws_text_add(out, "%s%d '#%06x'", i ? ", " : "", i, ws_palette_anchors[i]);
    ws_text_add(out, ")\nset cbrange [%.8g:%.8g]\nset cbtics (", p->low, p->high);
    int count = ws_scale_levels(pow(10, p->low), pow(10, p->high), levels, 12);
    for (int l = 0; l < count; l++) {
        char label[WS_NUMBER_ROOM];
        ws_scale_label(levels[l], label);
        ws_text_add(out, "%s'%s' %.8g", l ? ", " : "", label, log10(levels[l]));
    }
    ws_text_add(out, ")\nset cblabel 'iterations T' offset 1.2,0\nset colorbox user origin graph 1.03,0 size graph 0.05,1\n");
}

/* Statuses that the picture shows, in the order of the palette. */
static void add_status_keys(const picture *p, ws_text *plot)
{
    static const unsigned char states[] = {WS_STATUS_BUDGET, WS_STATUS_DIVERGED, WS_STATUS_NONFINITE, WS_STATUS_STALLED, WS_CELL_EMPTY};
    for (size_t s = 0; s < sizeof states; s++) {
        if (!memchr(p->state, states[s], (size_t)(p->nx * p->ny))) continue;
        ws_text_add(plot, ", \\\n  NaN with boxes fillstyle solid 1 border lc rgb '#808080' fc rgb '#%06x' title '%s'",
                    ws_palette_stripe(states[s]), ws_palette_state_label(states[s]));
    }
}

static char *make_script(const picture *p, const char *name)
{
    ws_text out = {0}, plot = {0};
    int64_t constant, best, rows;
    ws_text_add(&out, "# \"gnuplot %s.gp\" in this folder draws %s.svg and %s.png again from %s.rgb\n"
                      "if (!exists('svg')) svg = '%s.svg'\nif (!exists('png')) png = '%s.png'\nif (!exists('data')) data = '%s.gp'\n"
                      "data = data[1:strlen(data)-3] . '.rgb'\nset encoding utf8\n", name, name, name, name, name, name, name);
    add_titles(p, &out);
    add_axis_label(&p->plan->axes[p->x_axis], 'x', &out);
    add_axis_label(&p->plan->axes[p->y_axis], 'y', &out);
    ws_text_add(&out, "set xrange [%.10g:%.10g]\nset yrange [%.10g:%.10g]\n", p->x.from, p->x.to, p->y.from, p->y.to);
    ws_scale_add_ticks(&p->x, 'x', &out);
    ws_scale_add_ticks(&p->y, 'y', &out);
    ws_text_add(&out, "set tics out nomirror\nset key below horizontal center maxcols 2 Left reverse samplen 1.2 spacing 1.1 height 0.4 font ',13'\nset rmargin at screen 0.75\nset lmargin at screen 0.17\n");
    int numbers = p->low <= p->high;
    if (numbers) add_colour_bar(p, &out);
    int contours = numbers ? add_contours(p, &out) : 0;
    rows = add_best(p, &out, &constant, &best);
    if (constant >= 0) add_mark(p, &out, "constant", constant, 0);
    if (best >= 0) add_mark(p, &out, "top", best % p->nx, best / p->nx);
    double dx = (p->x.to - p->x.from) / RASTER_X, dy = (p->y.to - p->y.from) / RASTER_Y;
    ws_text_add(&plot, "plot data binary array=(%d,%d) format='%%uchar' origin=(%.12g,%.12g) dx=%.12g dy=%.12g using 1:2:3 with rgbimage notitle", RASTER_X,
                RASTER_Y, p->x.from + dx / 2, p->y.from + dy / 2, dx, dy);
    if (numbers) ws_text_add(&plot, ", \\\n  NaN with points palette notitle");
    if (contours) ws_text_add(&plot, ", \\\n  $contours with lines lc rgb '#000000' lw 0.7 notitle");
    if (contours > 1) ws_text_add(&plot, ", \\\n  $labels using 1:2:3 with labels font ',11' textcolor rgb '#000000' boxed notitle");
    if (rows > (constant >= 0))
        ws_text_add(&plot, ", \\\n  $best with %s lc rgb '#d40000' lw 2.5%s title 'best %s'", rows <= 24 ? "linespoints" : "lines", rows <= 24 ? " pt 7 ps 0.6" : "",
                    strcmp(p->plan->axes[p->x_axis].path, "schedule.peak") ? "x for each y" : "step size for each row");
    char number[WS_NUMBER_ROOM];
    const char *same = p->y.zero && !strcmp(p->plan->axes[p->y_axis].path, "schedule.warmup.steps") ? "best constant" : "best at 0";
    if (constant >= 0)
        ws_text_add(&plot, ", \\\n  $constant with points pt 9 ps 1.6 lc rgb '#d40000' title '%s: T = %s'", same,
                    ws_text_rounded(pow(10, p->level[constant]), 4, number));
    if (best >= 0)
        ws_text_add(&plot, ", \\\n  $top with points pt 7 ps 1.5 lc rgb '#d40000' title 'best%s: T = %s'", p->y.zero ? " warmup" : "",
                    ws_text_rounded(pow(10, p->level[best]), 4, number));
    add_status_keys(p, &plot);
    ws_text_add(&out, "set style textbox opaque noborder fillcolor rgb '#ffffff' margins 0.4,0.3\nset boxwidth 1\n");
    ws_text_add(&out, "set terminal svg size 600,600 font 'sans,15' background '#ffffff'\nset output svg\n%s\n", plot.bytes);
    ws_text_add(&out, "set terminal pngcairo size 1200,1200 fontscale 2 linewidth 2 pointscale 2 font 'sans,15'\nset output png\nreplot\nset output\n");
    ws_text_free(&plot);
    return ws_text_take(&out);
}

static ws_code write_script(const picture *p, const char *folder, const char *name, ws_error *error)
{
    size_t bytes = (size_t)RASTER_X * RASTER_Y * 3;
    unsigned char *rgb = malloc(bytes);
    WS_REQUIRE(rgb && "out of memory");
    fill_raster(p, rgb);
    char *script = make_script(p, name);
    ws_text raster_path = {0}, script_path = {0};
    ws_text_add(&raster_path, "%s/%s.rgb", folder, name);
    ws_text_add(&script_path, "%s/%s.gp", folder, name);
    ws_code code = ws_file_write(raster_path.bytes, rgb, bytes, error);
    if (!code) code = ws_file_write(script_path.bytes, script, strlen(script), error);
    ws_text_free(&raster_path);
    ws_text_free(&script_path);
    free(script);
    free(rgb);
    return code;
}

ws_code ws_phase_write(const ws_analysis *analysis, int report, const char *folder, ws_text *names, ws_error *error)
{
    const ws_plan *plan = analysis->plan;
    const ws_report *r = &plan->reports[report];
    picture p = {.analysis = analysis, .plan = plan, .x_axis = r->x_axis, .y_axis = r->y_axis};
    ws_scale_make(&plan->axes[r->x_axis], &p.x);
    ws_scale_make(&plan->axes[r->y_axis], &p.y);
    p.nx = p.x.count;
    p.ny = p.y.count;
    p.slices = plan->cells / (p.nx * p.ny);
    ws_code code = WS_OK;
    int64_t drawn = p.slices > WS_PHASE_SLICES_MAX ? 1 : p.slices;
    for (p.slice = 0; !code && p.slice < drawn; p.slice++)
        for (p.eps = 0; !code && p.eps < plan->eps_count; p.eps++) {
            if (r->eps >= 0 && p.eps != r->eps) continue;
            char number[WS_NUMBER_ROOM];
            ws_text name = {0};
            ws_text_add(&name, "phase-%d-eps-%s", report + 1, ws_text_number(plan->eps[p.eps], number));
            if (drawn > 1) ws_text_add(&name, "-slice-%lld", (long long)p.slice + 1);
            code = gather(&p, error);
            if (!code) code = write_script(&p, folder, name.bytes, error);
            if (!code) ws_text_add(names, "%s\n", name.bytes);
            free(p.level);
            free(p.state);
            ws_text_free(&name);
        }
    ws_scale_free(&p.x);
    ws_scale_free(&p.y);
    return code;
}
