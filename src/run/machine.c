/* machine.c: see machine.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "run/machine.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/error.h"

/* The lines of the first processor in /proc/cpuinfo, up to an empty one: read once, the system takes its time to write them. */
static char **first_processor;
static pthread_once_t first_processor_once = PTHREAD_ONCE_INIT;
static void read_first_processor(void)
{
    FILE *file = fopen("/proc/cpuinfo", "re");
    size_t count = 0, size = 0;
    for (char *line = NULL;; line = NULL, size = 0) {
        int more = file && getline(&line, &size, file) > 0 && line[0] != '\n';
        first_processor = realloc(first_processor, (count + 1) * sizeof *first_processor);
        WS_REQUIRE(first_processor && "out of memory");
        first_processor[count++] = more ? line : NULL;
        if (more) continue;
        free(line);
        break;
    }
    if (file) fclose(file);
}

/* Calls for every line of the first processor, until one is all that was wanted. */
static void each_line(int (*use)(void *context, const char *line), void *context)
{
    pthread_once(&first_processor_once, read_first_processor);
    for (char **line = first_processor; *line && !use(context, *line); line++) {}
}

typedef struct name_use {
    char *text;
    size_t size;
} name_use;

static int use_name(void *context, const char *line)
{
    const name_use *use = context;
    const char *colon = strchr(line, ':');
    if (strncmp(line, "model name", 10) || !colon) return 0;
    colon += 1 + strspn(colon + 1, " \t");
    snprintf(use->text, use->size, "%.*s", (int)strcspn(colon, "\n"), colon);
    return 1;
}

void ws_machine_name(char *text, size_t size)
{
    struct utsname kind;
    name_use use = {text, size};
    text[0] = '\0';
    each_line(use_name, &use);
    if (!text[0]) snprintf(text, size, "%s", uname(&kind) ? "unknown processor" : kind.machine);
}

/* Lines whose values change with time or from core to core are no features. */
static int use_feature(void *context, const char *line)
{
    static const char *const wanted[] = {"vendor_id", "cpu family", "model", "stepping", "flags", "Features", "CPU implementer",
                                         "CPU part", "CPU variant", "isa"};
    char **text = context;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        if (strncmp(line, wanted[i], strlen(wanted[i]))) continue;
        size_t used = strlen(*text), more = strlen(line);
        *text = realloc(*text, used + more + 1);
        WS_REQUIRE(*text);
        memcpy(*text + used, line, more + 1);
        break;
    }
    return 0;
}

char *ws_machine_features(void)
{
    struct utsname kind;
    char *text = strdup(uname(&kind) ? "" : kind.machine);
    WS_REQUIRE(text);
    each_line(use_feature, &text);
    return text;
}

unsigned ws_machine_sets(void)
{
    unsigned sets = 0;
#if defined(__x86_64__) || defined(__i386__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("sse4.2")) sets |= WS_SET_SSE42;
    if (__builtin_cpu_supports("avx")) sets |= WS_SET_AVX;
    if (__builtin_cpu_supports("avx2")) sets |= WS_SET_AVX2;
    if (__builtin_cpu_supports("fma")) sets |= WS_SET_FMA;
    if (__builtin_cpu_supports("bmi2")) sets |= WS_SET_BMI2;
    if (__builtin_cpu_supports("avx512f")) {
        sets |= WS_SET_AVX512F;
        if (__builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
            sets |= WS_SET_AVX512;
    }
#endif
    return sets;
}

const char *ws_machine_set_name(unsigned sets)
{
#if defined(__x86_64__) || defined(__i386__)
    if (sets & WS_SET_AVX512) return "AVX-512";
    if (sets & WS_SET_AVX2) return "AVX2";
    if (sets & WS_SET_AVX) return "AVX";
    return "SSE2";
#else
    (void)sets;
    return "SIMD";
#endif
}

uint64_t ws_machine_memory(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    return pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size : UINT64_MAX;
}
