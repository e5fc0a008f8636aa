/* kernel_source.c: see kernel_source.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "run/kernel_source.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"

enum { LARGEST_FILE = 4 << 20, MOST_FILES = 4096 };

static int is_kernel_name(const char *name)
{
    const char *dot = strrchr(name, '.');
    return name[0] != '.' && dot && (!strcmp(dot, ".h") || !strcmp(dot, ".c") || !strcmp(dot, ".cu"));
}

static ws_code add_file(ws_kernel_text *text, const char *path, const char *name, ws_error *error)
{
    if (text->count == MOST_FILES)
        return ws_error_set(error, WS_BAD_INPUT, "$WARMSWEEP_KERNELS: more than %d files", (int)MOST_FILES);
    char *bytes;
    size_t length;
    ws_code code = ws_file_read(path, LARGEST_FILE, &bytes, &length, error);
    if (code) return code;
    ws_kernel_file *files = realloc(text->owned, sizeof *files * (size_t)(text->count + 1));
    char *kept = strdup(name);
    WS_REQUIRE(files && kept);
    files[text->count].name = kept;
    files[text->count].text = bytes;
    files[text->count].length = length;
    text->owned = files;
    text->files = files;
    text->count++;
    return WS_OK;
}

/* Adds every kernel file of `directory`; `prefix` is its path inside kernels/ with a slash, "" at the top. */
static ws_code add_directory(ws_kernel_text *text, const char *directory, const char *prefix, int depth, ws_error *error)
{
    DIR *list = opendir(directory);
    if (!list) return ws_error_set(error, WS_BAD_INPUT, "$WARMSWEEP_KERNELS: cannot read %s: %s", directory, strerror(errno));
    ws_code code = WS_OK;
    for (struct dirent *entry; !code && (entry = readdir(list));) {
        if (entry->d_name[0] == '.') continue;
        char *path = ws_file_join(directory, entry->d_name);
        char *name = NULL;
        WS_REQUIRE(asprintf(&name, "%s%s", prefix, entry->d_name) >= 0);
        struct stat facts;
        if (stat(path, &facts) == 0 && S_ISDIR(facts.st_mode)) {
            char *inner = NULL;
            WS_REQUIRE(asprintf(&inner, "%s/", name) >= 0);
            if (depth < 8) code = add_directory(text, path, inner, depth + 1, error);
            free(inner);
        } else if (is_kernel_name(entry->d_name)) {
            code = add_file(text, path, name, error);
        }
        free(path);
        free(name);
    }
    closedir(list);
    return code;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const ws_kernel_file *)a)->name, ((const ws_kernel_file *)b)->name);
}

ws_code ws_kernel_source_load(ws_kernel_text *text, ws_error *error)
{
    const char *directory = getenv("WARMSWEEP_KERNELS");
    text->files = ws_kernel_files;
    text->count = ws_kernel_file_count;
    text->owned = NULL;
    if (!directory || !*directory) return WS_OK;
    text->files = NULL;
    text->count = 0;
    ws_code code = add_directory(text, directory, "", 0, error);
    if (!code && text->count) qsort(text->owned, (size_t)text->count, sizeof *text->owned, by_name);
    int found = 0;
    for (int i = 0; i < text->count; i++) found |= !strcmp(text->files[i].name, "entry_cpu.c");
    if (!code && !found)
        code = ws_error_set(error, WS_BAD_INPUT, "$WARMSWEEP_KERNELS=%s: no entry_cpu.c in this directory", directory);
    if (code) ws_kernel_source_free(text);
    return code;
}

static void keep_file(ws_kernel_text *text, int index, const char *name, const char *bytes, size_t length)
{
    char *copy = malloc(length + 1), *kept = strdup(name);
    WS_REQUIRE(copy && kept && "out of memory");
    memcpy(copy, bytes, length);
    copy[length] = '\0';
    text->owned[index] = (ws_kernel_file){kept, copy, length};
}

/* A #line in front makes a compiler name the user's file. */
static void add_own(ws_kernel_text *text, const ws_plan *plan)
{
    const ws_kernel_file *files = text->files;
    char *name = ws_file_join("own", plan->source_name), *path = malloc(2 * strlen(plan->source_path) + 1), *end = path;
    WS_REQUIRE(path && "out of memory");
    for (const char *at = plan->source_path; *at; at++) {
        if (*at == '"' || *at == '\\') *end++ = '\\';
        *end++ = *at;
    }
    *end = '\0';
    ws_text whole = {0};
    ws_text_add(&whole, "#line 1 \"%s\"\n", path);
    ws_text_add_bytes(&whole, plan->source_text, plan->source_length);
    int embedded = !text->owned;
    text->owned = realloc(text->owned, sizeof *text->owned * (size_t)(text->count + 1));
    WS_REQUIRE(text->owned && "out of memory");
    for (int i = 0; embedded && i < text->count; i++) keep_file(text, i, files[i].name, files[i].text, files[i].length);
    keep_file(text, text->count++, name, whole.bytes, whole.length);
    text->files = text->owned;
    ws_text_free(&whole);
    free(path);
    free(name);
}

ws_code ws_kernel_source_of(const ws_plan *plan, const ws_run_options *options, ws_kernel_text *text, ws_error *error)
{
    memset(text, 0, sizeof *text);
    if (plan->source_name && !(options && options->allow_source))
        return ws_error_set(error, WS_BAD_INPUT, "%s: objective.source: %s would be compiled and run; if you trust it, say --allow-source", plan->name,
                            plan->source_path);
    ws_code code = ws_kernel_source_load(text, error);
    if (!code && plan->source_name) add_own(text, plan);
    return code;
}

void ws_kernel_source_free(ws_kernel_text *text)
{
    if (text->owned) {
        for (int i = 0; i < text->count; i++) {
            free((void *)(size_t)text->owned[i].name);
            free((void *)(size_t)text->owned[i].text);
        }
        free(text->owned);
    }
    memset(text, 0, sizeof *text);
}

/* Plain writes: the directory is private and short-lived, so that nothing needs a sync. */
ws_code ws_kernel_source_write(const ws_kernel_text *text, const char *directory, ws_error *error)
{
    for (int i = 0; i < text->count; i++) {
        char *path = ws_file_join(directory, text->files[i].name);
        char *slash = strrchr(path, '/');
        *slash = '\0';
        ws_code code = ws_file_make_directory(path, 0700, error);
        *slash = '/';
        if (!code) {
            FILE *file = fopen(path, "we");
            size_t length = text->files[i].length;
            int bad = !file || fwrite(text->files[i].text, 1, length, file) != length;
            if (file && fclose(file)) bad = 1;
            if (bad) code = ws_error_set(error, WS_FAILED, "cannot write %s: %s", path, strerror(errno));
        }
        free(path);
        if (code) return code;
    }
    return WS_OK;
}
