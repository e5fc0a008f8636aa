/* compile_nvrtc.c: see compile_nvrtc.h. The text handed over is the variant's defines and one #include; every kernel file goes
 * along under its own name, so that a message of the compiler names a file that a person can open. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "run/compile_nvrtc.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "kernels/record_cuda.h"

static const char *const fixed_flags[] = {WS_CUDA_OPTIONS};
enum { FIXED = sizeof fixed_flags / sizeof *fixed_flags, MOST_TARGETS = 64 };

/* The part of NVRTC's interface that is used; its results are 0 for success. */
typedef struct nvrtc {
    void *library;
    char banner[32], identity[64];
    const char *(*error_string)(int result);
    int (*version)(int *major, int *minor);
    int (*target_count)(int *count);
    int (*targets)(int *list);
    int (*create)(void **program, const char *text, const char *name, int headers, const char *const *header_texts,
                  const char *const *header_names);
    int (*destroy)(void **program);
    int (*compile)(void *program, int options, const char *const *option);
    int (*image_size)(void *program, size_t *size);
    int (*image)(void *program, char *bytes);
    int (*log_size)(void *program, size_t *size);
    int (*log)(void *program, char *text);
} nvrtc;

/* Fills a function pointer from a library. (POSIX lets a void * hold a function; ISO C has no cast for it.) */
static int find(void *library, const char *name, void *function)
{
    void *address = dlsym(library, name);
    memcpy(function, &address, sizeof address);
    return address != NULL;
}

static int find_all(nvrtc *n)
{
    return find(n->library, "nvrtcGetErrorString", &n->error_string) && find(n->library, "nvrtcVersion", &n->version) &&
           find(n->library, "nvrtcGetNumSupportedArchs", &n->target_count) &&
           find(n->library, "nvrtcGetSupportedArchs", &n->targets) && find(n->library, "nvrtcCreateProgram", &n->create) &&
           find(n->library, "nvrtcDestroyProgram", &n->destroy) && find(n->library, "nvrtcCompileProgram", &n->compile) &&
           find(n->library, "nvrtcGetCUBINSize", &n->image_size) && find(n->library, "nvrtcGetCUBIN", &n->image) &&
           find(n->library, "nvrtcGetProgramLogSize", &n->log_size) && find(n->library, "nvrtcGetProgramLog", &n->log);
}

/* Version and size of the loaded file: two builds of one version differ in size. */
static int identify(nvrtc *n)
{
    int major = 0, minor = 0;
    struct link_map *map;
    struct stat facts = {0};
    if (n->version(&major, &minor)) return 0;
    snprintf(n->banner, sizeof n->banner, "NVRTC %d.%d", major, minor);
    if (dlinfo(n->library, RTLD_DI_LINKMAP, &map) == 0) stat(map->l_name, &facts);
    snprintf(n->identity, sizeof n->identity, "%s, %lld bytes", n->banner, (long long)facts.st_size);
    return 1;
}

static int try_library(nvrtc *n, const char *name)
{
    n->library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!n->library) return 0;
    if (find_all(n) && identify(n)) return 1;
    dlclose(n->library);
    n->library = NULL;
    return 0;
}

/* libnvrtc.so.13, .12, .11 (older ones cannot make machine code from text), then the name that only a toolkit has. */
static int try_names(nvrtc *n, const char *directory)
{
    static const char *const names[] = {"libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2", "libnvrtc.so"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = directory ? ws_file_join(directory, names[i]) : strdup(names[i]);
        WS_REQUIRE(path && "out of memory");
        int found = try_library(n, path);
        free(path);
        if (found) return 1;
    }
    return 0;
}

static int try_toolkit(nvrtc *n, const char *root)
{
    static const char *const folders[] = {"lib64", "lib", "targets/x86_64-linux/lib"};
    int found = 0;
    for (int i = 0; root && *root && !found && i < 3; i++) {
        char *directory = ws_file_join(root, folders[i]);
        found = try_names(n, directory);
        free(directory);
    }
    return found;
}

static void close_nvrtc(void *self)
{
    nvrtc *n = self;
    if (n->library) dlclose(n->library);
    free(n);
}

static ws_code open_nvrtc(void **self, ws_error *error)
{
    nvrtc *n = calloc(1, sizeof *n);
    WS_REQUIRE(n && "out of memory");
    const char *wish = getenv("WARMSWEEP_NVRTC");
    int wished = wish && *wish;
    int found = wished ? try_library(n, wish)
                       : try_names(n, NULL) || try_toolkit(n, getenv("CUDA_HOME")) || try_toolkit(n, getenv("CUDA_PATH")) ||
                             try_toolkit(n, "/usr/local/cuda");
    *self = n;
    if (found) return WS_OK;
    close_nvrtc(n);
    *self = NULL;
    if (wished)
        return ws_error_set(error, WS_FAILED, "no NVRTC: $WARMSWEEP_NVRTC names \"%s\", which is no libnvrtc of CUDA 11.2 or newer",
                            wish);
    return ws_error_set(
        error, WS_FAILED,
        "no NVRTC: kernels for a GPU are compiled by libnvrtc.so.13 or .12 of the CUDA toolkit, which is neither where the "
        "system looks for libraries nor in $CUDA_HOME, $CUDA_PATH or /usr/local/cuda: install it, or set WARMSWEEP_NVRTC "
        "to the file");
}

static const char *banner(const void *self) { return ((const nvrtc *)self)->banner; }

static void identity(const void *self, char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, "%s", ((const nvrtc *)self)->identity);
    for (int i = 0; i < FIXED && used < size; i++) used += (size_t)snprintf(text + used, size - used, " %s", fixed_flags[i]);
}

/* Machine code runs on devices of the same major and the same or a later minor capability. */
static ws_code target_of(const void *self, int major, int minor, char target[16], ws_error *error)
{
    const nvrtc *n = self;
    int list[MOST_TARGETS], count = 0, best = 0, newest = 0;
    if (n->target_count(&count) || count > MOST_TARGETS || n->targets(list))
        return ws_error_set(error, WS_FAILED, "%s does not say its targets", n->banner);
    for (int i = 0; i < count; i++) {
        if (list[i] / 10 == major && list[i] % 10 <= minor && list[i] > best) best = list[i];
        if (list[i] > newest) newest = list[i];
    }
    if (!best)
        return ws_error_set(
            error, WS_FAILED,
            "%s compiles for compute capabilities up to %d.%d and not for a device of %d.%d: install %s CUDA toolkit", n->banner,
            newest / 10, newest % 10, major, minor, 10 * major + minor > newest ? "a newer" : "an older");
    snprintf(target, 16, "sm_%d", best);
    return WS_OK;
}

static ws_code fail(const nvrtc *n, void *program, int result, ws_error *error)
{
    size_t size = 0;
    char *log = NULL;
    if (program && n->log_size(program, &size) == 0 && size > 1 && (log = calloc(size + 1, 1)) && n->log(program, log)) *log = '\0';
    ws_code code = ws_error_set(error, WS_FAILED, "%s cannot compile a kernel: %s%s%.8000s", n->banner, n->error_string(result),
                                log ? ":\n" : "", log ? log : "");
    free(log);
    return code;
}

static int create(const nvrtc *n, const ws_kernel_text *kernels, const char *text, void **program)
{
    const char **texts = calloc((size_t)kernels->count, sizeof *texts), **names = calloc((size_t)kernels->count, sizeof *names);
    WS_REQUIRE(texts && names && "out of memory");
    for (int i = 0; i < kernels->count; i++) {
        texts[i] = kernels->files[i].text; /* ends with a NUL, embedded or read */
        names[i] = kernels->files[i].name;
    }
    int result = n->create(program, text, "kernel.cu", kernels->count, texts, names);
    free(texts);
    free(names);
    return result;
}

static ws_code compile(const void *self, const ws_kernel_text *kernels, const char *defines, const char *target, char **image,
                       size_t *length, ws_error *error)
{
    const nvrtc *n = self;
    char architecture[48], *text = NULL;
    const char *options[FIXED + 1];
    void *program = NULL;
    *image = NULL;
    snprintf(architecture, sizeof architecture, "--gpu-architecture=%s", target);
    options[0] = architecture;
    for (int i = 0; i < FIXED; i++) options[i + 1] = fixed_flags[i];
    WS_REQUIRE(asprintf(&text, "%s#include \"entry_cuda.cu\"\n", defines) > 0);
    int result = create(n, kernels, text, &program);
    if (!result) result = n->compile(program, FIXED + 1, options);
    if (!result) result = n->image_size(program, length);
    if (!result) {
        *image = malloc(*length + 1);
        WS_REQUIRE(*image && "out of memory");
        result = n->image(program, *image);
    }
    ws_code code = result ? fail(n, program, result, error) : WS_OK;
    if (code) {
        free(*image);
        *image = NULL;
    }
    if (program) n->destroy(&program);
    free(text);
    return code;
}

const ws_gpu_compiler ws_nvrtc_compiler = {open_nvrtc, close_nvrtc, banner, identity, target_of, compile};
