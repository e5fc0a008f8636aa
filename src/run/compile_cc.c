/* compile_cc.c: see compile_cc.h. The text handed to the compiler is the variant's defines and one #include; the kernel files lie
 * beside it, so that a message of the compiler names a file that a person can open. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "run/compile_cc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"
#include "base/stop.h"
#include "base/thread.h"
#include "run/compiler_version.h"

/* -ffp-contract=off is the bit contract's; no-math-errno and no-trapping-math change no value; no-gcse: kernels
 * compile sooner and run no slower, but one that asks for it (advance_cpu.h). One string a word. */
static const char *const fixed_flags[] = {"-std=gnu11", "-O2", "-fno-gcse", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-fvisibility=hidden",
                                          "-fPIC", "-shared", "-w", "-Wno-psabi"};
enum { FIXED = sizeof fixed_flags / sizeof *fixed_flags, LONGEST_COMPILE = 600 /* seconds */, PARTS = 2, MOST_WORDS = 6 };

static ws_code ask_version(ws_compiler *c, int *found, ws_error *error)
{
    char version[] = "--version";
    char *argv[] = {c->path, version, NULL};
    ws_process_result result;
    ws_code code = ws_process_run(argv, 30, NULL, &result, error);
    *found = !code && result.started && !result.timed_out && WIFEXITED(result.status) && WEXITSTATUS(result.status) == 0;
    if (*found) {
        c->version = strdup(result.output);
        WS_REQUIRE(c->version && "out of memory");
    }
    ws_process_free(&result);
    return code;
}

static ws_code read_version(ws_compiler *c, const ws_kernel_cache *cache, int *found, ws_error *error)
{
    char *kept = cache ? ws_compiler_version_path(cache, c->path) : NULL;
    size_t length;
    ws_code code = WS_OK;
    *found = kept && ws_kernel_cache_read(kept, &c->version, &length);
    if (*found) c->version[length] = '\0'; /* where the footer was */
    else {
        code = ask_version(c, found, error);
        ws_error ignored;
        if (kept && *found) ws_kernel_cache_keep_bytes(c->version, strlen(c->version), kept, &ignored);
    }
    if (*found) snprintf(c->banner, sizeof c->banner, "%.*s", (int)strcspn(c->version, "\n"), c->version);
    free(kept);
    return code;
}

ws_code ws_compiler_find(const ws_run_options *options, const ws_kernel_cache *cache, ws_compiler *c, ws_error *error)
{
    memset(c, 0, sizeof *c);
    const char *march = options && options->march && *options->march ? options->march : "native";
    if (strlen(march) >= sizeof c->march || strspn(march, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-+._=") != strlen(march))
        return ws_error_set(error, WS_BAD_INPUT, "march \"%.60s\": letters, digits and -+._= only", march);
    snprintf(c->march, sizeof c->march, "%s", march);
    const char *wish = options ? options->compiler : NULL, *from = "the option";
    if (!wish || !*wish) {
        wish = getenv("WARMSWEEP_CC");
        from = "$WARMSWEEP_CC";
    }
    static const char *const usual[] = {"cc", "gcc", "clang"};
    int wished = wish && *wish, found = 0;
    for (int i = 0; !found && i < (wished ? 1 : 3); i++) {
        c->path = strdup(wished ? wish : usual[i]);
        WS_REQUIRE(c->path && "out of memory");
        ws_code code = read_version(c, cache, &found, error);
        if (code || !found) {
            free(c->path);
            c->path = NULL;
        }
        if (code) return code;
    }
    if (found) return WS_OK;
    if (wished) return ws_error_set(error, WS_FAILED, "no C compiler: %s names \"%s\", which does not run", from, wish);
    return ws_error_set(error, WS_FAILED, "no C compiler: neither cc, gcc nor clang runs; kernels are compiled when a sweep starts: install gcc or clang, or "
                                          "set WARMSWEEP_CC");
}

void ws_compiler_free(ws_compiler *c)
{
    free(c->path);
    free(c->version);
    memset(c, 0, sizeof *c);
}

/* "native" is spelt -mcpu where the architecture is not x86. */
static void march_flag(const ws_compiler *c, char flag[96])
{
#if defined(__x86_64__) || defined(__i386__)
    snprintf(flag, 96, "-march=%s", c->march);
#else
    snprintf(flag, 96, "%s%s", strcmp(c->march, "native") ? "-march=" : "-mcpu=", c->march);
#endif
}

void ws_compiler_flags(const ws_compiler *c, char *text, size_t size)
{
    char march[96];
    march_flag(c, march);
    size_t used = (size_t)snprintf(text, size, "%s", march);
    for (int i = 0; i < FIXED && used < size; i++) used += (size_t)snprintf(text + used, size - used, " %s", fixed_flags[i]);
}

typedef struct compilation {
    const ws_compiler *compiler;
    const char *directory, *output;
    const volatile sig_atomic_t *stop;
    ws_code code[PARTS];
    ws_error error[PARTS];
} compilation;

/* The compiler with its flags and `count` words after them. */
static ws_code run_compiler(const compilation *job, const char *const *words, int count, ws_error *error)
{
    const ws_compiler *c = job->compiler;
    char march[96], *argv[1 + 1 + FIXED + MOST_WORDS + 1];
    int n = 0;
    march_flag(c, march);
    argv[n++] = c->path;
    argv[n++] = march;
    for (int i = 0; i < FIXED; i++) argv[n++] = (char *)(size_t)fixed_flags[i];
    for (int i = 0; i < count; i++) argv[n++] = (char *)(size_t)words[i];
    argv[n] = NULL;
    ws_process_result result;
    ws_code code = ws_process_run(argv, LONGEST_COMPILE, job->stop, &result, error);
    if (!code && (!result.started || result.timed_out || !WIFEXITED(result.status) || WEXITSTATUS(result.status))) {
        int stopped = ws_stop_asked(job->stop) >= 2;
        const char *why = !result.started ? strerror(result.reason) : stopped ? "stopped" : result.timed_out ? "it took longer than ten minutes" : "it says";
        code = ws_error_set(error, stopped ? WS_STOPPED : WS_FAILED, "%s cannot compile a kernel: %s:\n%.8000s", c->path, why, result.output ? result.output : "");
    }
    ws_process_free(&result);
    return code;
}

static char *object_of(const compilation *job, int64_t part)
{
    char *path = NULL;
    WS_REQUIRE(asprintf(&path, "%s/part%d.o", job->directory, (int)part + 1) > 0);
    return path;
}

static void compile_part(void *context, int64_t part)
{
    compilation *job = context;
    char define[32], *include = NULL, *source = ws_file_join(job->directory, "kernel.c"), *object = object_of(job, part);
    WS_REQUIRE(asprintf(&include, "-I%s", job->directory) > 0);
    snprintf(define, sizeof define, "-DWS_PART=%d", (int)part + 1);
    const char *words[] = {include, define, "-c", source, "-o", object};
    job->code[part] = run_compiler(job, words, sizeof words / sizeof *words, &job->error[part]);
    free(include);
    free(source);
    free(object);
}

static ws_code link_parts(const compilation *job, ws_error *error)
{
    char *object[PARTS];
    for (int i = 0; i < PARTS; i++) object[i] = object_of(job, i);
    const char *words[] = {object[0], object[1], "-o", job->output};
    ws_code code = run_compiler(job, words, sizeof words / sizeof *words, error);
    for (int i = 0; i < PARTS; i++) free(object[i]);
    return code;
}

/* The parts of the text (seldom_cpu.h), side by side where there are threads, and one library of them. */
static ws_code compile_in(compilation *job, int threads, ws_error *error)
{
    ws_thread_each(PARTS, threads, compile_part, job);
    for (int i = 0; i < PARTS; i++)
        if (job->code[i]) {
            if (error) *error = job->error[i];
            return job->code[i];
        }
    return link_parts(job, error);
}

ws_code ws_compiler_run(const ws_compiler *c, const ws_kernel_text *kernels, const char *defines, const char *scratch, const char *output, int threads,
                        const volatile sig_atomic_t *stop, ws_error *error)
{
    char *directory = NULL, *text = NULL;
    WS_REQUIRE(asprintf(&directory, "%s/compile-XXXXXX", scratch) > 0);
    if (!mkdtemp(directory)) {
        ws_code code = ws_error_set(error, WS_FAILED, "cannot make a directory in %s: %s", scratch, strerror(errno));
        free(directory);
        return code;
    }
    ws_code code = ws_kernel_source_write(kernels, directory, error);
    char *path = ws_file_join(directory, "kernel.c");
    int length = asprintf(&text, "%s#include \"entry_cpu.c\"\n", defines);
    WS_REQUIRE(length > 0);
    if (!code) {
        FILE *file = fopen(path, "we");
        int bad = !file || fwrite(text, 1, (size_t)length, file) != (size_t)length;
        if (file && fclose(file)) bad = 1;
        if (bad) code = ws_error_set(error, WS_FAILED, "cannot write %s: %s", path, strerror(errno));
    }
    if (!code) {
        compilation job = {.compiler = c, .directory = directory, .output = output, .stop = stop};
        code = compile_in(&job, threads, error);
    }
    ws_error ignored;
    ws_file_remove_tree(directory, &ignored);
    free(path);
    free(text);
    free(directory);
    return code;
}
