/* gnuplot.c: see gnuplot.h. No shell: names are passed as gnuplot strings in single quotes, in which only the quote itself is special. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "report/gnuplot.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "base/thread.h"

enum { LONGEST = 300 /* seconds */, MOST_AT_ONCE = 16 /* gnuplots, some 60 MB each */ };

static void add_assignment(ws_text *out, const char *name, const char *value)
{
    ws_text_add(out, "%s='", name);
    for (; *value; value++) ws_text_add(out, "%s%c", *value == '\'' ? "'" : "", *value);
    ws_text_add(out, "'; ");
}

static ws_code run(const char *script, const char *svg, const char *png, ws_error *error)
{
    const char *wish = getenv("WARMSWEEP_GNUPLOT"), *program = wish && *wish ? wish : "gnuplot";
    ws_text setup = {0};
    add_assignment(&setup, "data", script); /* the script's own name: its data lie beside it */
    add_assignment(&setup, "svg", svg);
    add_assignment(&setup, "png", png);
    char dash_e[] = "-e";
    char *argv[] = {(char *)(size_t)program, dash_e, setup.bytes, (char *)(size_t)script, NULL};
    ws_process_result result;
    ws_code code = ws_process_run(argv, LONGEST, NULL, &result, error);
    if (!code && !result.started)
        code = ws_error_set(error, WS_FAILED, "cannot run %s: %s; pictures need gnuplot (package gnuplot-nox); \"warmsweep report DIR\" draws them later", program,
                            strerror(result.reason));
    else if (!code && (result.timed_out || !WIFEXITED(result.status) || WEXITSTATUS(result.status)))
        code = ws_error_set(error, WS_FAILED, "%s failed on %s: %s%.2000s", program, script, result.timed_out ? "it took longer than five minutes; " : "",
                            result.output ? result.output : "");
    ws_process_free(&result);
    ws_text_free(&setup);
    return code;
}

static char *name_of(const char *folder, const char *name, const char *suffix)
{
    ws_text file = {0};
    ws_text_add(&file, "%s/%s%s", folder, name, suffix);
    return ws_text_take(&file);
}

void ws_gnuplot_add_title(ws_text *out, const char *text, size_t most)
{
    ws_text wrapped = {0};
    ws_text_add_wrapped(&wrapped, text, (int)most);
    ws_text_add(out, "\"");
    for (const char *c = wrapped.bytes; *c; c++) {
        if (*c == '\n') {
            if (c[1]) ws_text_add(out, "\\n");
        } else if (c > wrapped.bytes && *c == ' ' && (c[-1] == '\n' || c[-1] == ' ')) continue; /* the indent of a continued line */
        else if (*c == '"' || *c == '\\' || *c == '`') ws_text_add(out, "%s", *c == '"' ? "''" : "'");
        else if ((unsigned char)*c >= 32) ws_text_add_bytes(out, c, 1);
    }
    ws_text_add(out, "\"");
    ws_text_free(&wrapped);
}

static ws_code draw(const char *folder, const char *name, ws_error *error)
{
    char *script = name_of(folder, name, ".gp"), *svg = name_of(folder, name, ".svg"), *png = name_of(folder, name, ".png");
    char *new_svg = NULL, *new_png = NULL;
    ws_code code = ws_file_temporary(svg, &new_svg, error);
    if (!code && (code = ws_file_temporary(png, &new_png, error))) ws_file_abandon(new_svg);
    if (!code) {
        code = run(script, new_svg, new_png, error);
        if (!code && (!ws_file_exists(new_svg) || !ws_file_exists(new_png)))
            code = ws_error_set(error, WS_FAILED, "gnuplot drew nothing for %s (has it the svg and pngcairo terminals?)", script);
        if (code) {
            ws_file_abandon(new_svg);
            ws_file_abandon(new_png);
        } else {
            code = ws_file_commit(new_svg, svg, error);
            if (!code) code = ws_file_commit(new_png, png, error);
            else ws_file_abandon(new_png);
        }
    }
    free(script);
    free(svg);
    free(png);
    return code;
}

typedef struct picture {
    const char *name;
    ws_code code;
    ws_error error;
} picture;
typedef struct pictures {
    const char *folder;
    picture *picture;
} pictures;

static void draw_one(void *context, int64_t i)
{
    pictures *all = context;
    picture *p = &all->picture[i];
    p->code = draw(all->folder, p->name, &p->error);
}

ws_code ws_gnuplot_draw(const char *folder, ws_text *names, ws_error *error)
{
    char *lines = ws_text_take(names), *rest = lines;
    int64_t count = 0;
    for (const char *c = lines; *c; c++) count += *c == '\n';
    pictures all = {folder, calloc((size_t)count + 1, sizeof *all.picture)};
    WS_REQUIRE(all.picture && "out of memory");
    for (int64_t i = 0; i < count; i++) all.picture[i].name = strsep(&rest, "\n");
    const int processors = ws_thread_processors();
    ws_thread_each(count, processors < MOST_AT_ONCE ? processors : MOST_AT_ONCE, draw_one, &all);
    ws_code code = WS_OK;
    for (int64_t i = 0; i < count; i++) {
        const picture *p = &all.picture[i];
        if (!p->code) ws_text_add(names, "%s\n", p->name);
        else if (!code) code = ws_error_set(error, p->code, "%s", p->error.message);
    }
    free(all.picture);
    free(lines);
    return code;
}
