/* html_page.c: see html_page.h. No script, no link, nothing from elsewhere: pictures are data URLs (each SVG keeps its own names that
 * way), so that the page can be mailed or archived. Every text of the user is escaped. */
#include "report/html_page.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"

static void add_base64(ws_text *out, const unsigned char *bytes, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < length; i += 3) {
        unsigned word = (unsigned)bytes[i] << 16 | (i + 1 < length ? (unsigned)bytes[i + 1] << 8 : 0) | (i + 2 < length ? bytes[i + 2] : 0u);
        char four[4];
        for (int d = 0; d < 4; d++) four[d] = digits[word >> (18 - 6 * d) & 63];
        if (i + 1 >= length) four[2] = '=';
        if (i + 2 >= length) four[3] = '=';
        ws_text_add_bytes(out, four, 4);
    }
}

static void add_escaped(ws_text *out, const char *text) { ws_text_add_xml(out, text, strlen(text)); }

static ws_code add_picture(ws_text *out, const char *folder, const char *name, ws_error *error)
{
    ws_text path = {0};
    char *svg;
    size_t length;
    ws_text_add(&path, "%s/%s.svg", folder, name);
    ws_code code = ws_file_read(path.bytes, (size_t)256 << 20, &svg, &length, error);
    ws_text_free(&path);
    if (code) return code;
    ws_text_add(out, "<figure><img alt=\"Picture ");
    add_escaped(out, name);
    ws_text_add(out, "\" src=\"data:image/svg+xml;base64,");
    add_base64(out, (const unsigned char *)svg, length);
    ws_text_add(out, "\"><figcaption>");
    add_escaped(out, name);
    ws_text_add(out, "</figcaption></figure>\n");
    free(svg);
    return WS_OK;
}

static void add_facts(ws_text *out, ws_results *results)
{
    static const char *const keys[] = {"version", "engine", "device", "compiler", "started", "fingerprint"};
    ws_text_add(out, "<h2>Run</h2>\n<table>\n");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        char *value = ws_results_fact(results, keys[i]);
        ws_text_add(out, "<tr><th>%s</th><td>", keys[i]);
        add_escaped(out, value);
        ws_text_add(out, "</td></tr>\n");
        free(value);
    }
    ws_text_add(out, "</table>\n");
}

ws_code ws_html_write(const char *folder, ws_results *results, const char *summary, const char *names, ws_error *error)
{
    const ws_plan *plan = ws_results_plan(results);
    ws_text out = {0};
    ws_text_add(&out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>");
    add_escaped(&out, plan->title);
    ws_text_add(&out, "</title>\n<style>\nbody{font:16px/1.45 sans-serif;max-width:68em;margin:2em auto;padding:0 1em;color:#222}\n"
                      "pre{background:#f5f5f5;padding:.8em;overflow-x:auto;font-size:14px}\nfigure{display:inline-block;margin:0 1em 1em 0;vertical-align:top}\n"
                      "img{max-width:100%%;width:32em}\nth{text-align:left;padding-right:1em;font-weight:normal;color:#666;vertical-align:top}\n"
                      "figcaption{color:#666;font-size:14px}\n</style>\n</head>\n<body>\n<h1>");
    add_escaped(&out, plan->title);
    ws_text_add(&out, "</h1>\n<pre>");
    add_escaped(&out, summary);
    ws_text_add(&out, "</pre>\n");
    ws_code code = WS_OK;
    for (const char *at = names; !code && at && *at;) {
        size_t length = strcspn(at, "\n");
        char *name = strndup(at, length);
        WS_REQUIRE(name && "out of memory");
        code = add_picture(&out, folder, name, error);
        free(name);
        at += length + (at[length] == '\n');
    }
    if (!code) {
        add_facts(&out, results);
        ws_text_add(&out, "<h2>Sweep</h2>\n<pre>");
        ws_text_add_xml(&out, plan->text, plan->text_length);
        ws_text_add(&out, "</pre>\n</body>\n</html>\n");
        char *path = ws_file_join(folder, "report.html");
        code = ws_file_write(path, out.bytes, out.length, error);
        free(path);
    }
    ws_text_free(&out);
    return code;
}
