/* fake_gpu.c: src/run/gpu.h on a device that is not there (shim_device.h): linked with main.c it is a `warmsweep` whose GPUs are
 * the processor, slow, with the same bits, and with faults on demand.
 *
 * What is asked of a stream waits until somebody asks for an event of it, and then happens piece by piece: memory that the engine
 * uses again or frees too early shows. New memory is filled with rubbish; bringing rubbish to the host is a fault, and so is a
 * kernel that looks at memory of the host while it runs (a microsecond each time, on a GPU).
 *
 * Environment:  FAKE_GPU_COUNT    devices (1)
 *               FAKE_GPU_MEMORY   bytes of each (2e9)
 *               FAKE_GPU_BLOCKS   blocks that run at once (3)
 *               FAKE_GPU_ORDER    order of turns, as shim_device.h (0)
 *               FAKE_GPU_SLOW     factor by which kernels claim to be slower than they are (1)
 *               FAKE_GPU_FAULT    number of the launch, in this process, that faults (none)
 *               FAKE_GPU_GONE     the same, and then device 0 answers nothing at all
 *               FAKE_GPU_FORGETS  number of the launch whose first row is not written
 *               FAKE_GPU_HANGS    number of the launch that never ends
 *               FAKE_GPU_LIES     number of the launch that gets the last bit of its first row's best gap wrong
 *               FAKE_GPU_CHECK    what ws_cuda_check finds (0)
 *               FAKE_GPU_REFUSES  "1": no device can be used
 *               FAKE_GPU_COMPILER "none": there is none
 *               FAKE_GPU_LOG      a file: a line for every launch of ws_cuda_run: device, count, blocks, batches, resume */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "run/gpu.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/process.h"
#include "kernels/record_cuda.h"
#include "shim_device.h"

enum { MOST_DEVICES = 16, HEAD = 256, OF_DEVICE = 0x64657669, OF_HOST = 0x686f7374, RUBBISH = 0xa5 };

static _Thread_local int here; /* device of this thread */
static _Thread_local char sentence[256];
static _Atomic long long used[MOST_DEVICES]; /* bytes */
static _Atomic int launches, gone;
static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;

static double knob(const char *name, double usual)
{
    const char *text = getenv(name);
    return text && *text ? atof(text) : usual;
}

static ws_gpu_result fails(ws_gpu_result result, const char *why)
{
    snprintf(sentence, sizeof sentence, "%s", why);
    return result;
}
static ws_gpu_result alive(void)
{
    return gone && here == 0 ? fails(WS_GPU_BROKEN, "the device fell off the bus (fake)") : WS_GPU_OK;
}
static void explain(char *text, size_t size) { snprintf(text, size, "%s", sentence); }

/* ---- compiler: the shim's */

static ws_code compiler_open(void **self, ws_error *error)
{
    const char *wish = getenv("FAKE_GPU_COMPILER");
    *self = NULL;
    if (wish && !strcmp(wish, "none")) return ws_error_set(error, WS_FAILED, "no NVRTC (fake)");
    *self = malloc(1);
    return WS_OK;
}
static void compiler_close(void *self) { free(self); }
static const char *compiler_banner(const void *self)
{
    (void)self;
    return "shim";
}
static void compiler_identity(const void *self, char *text, size_t size)
{
    unsigned long long hash = 14695981039346656037ull;
    char *bytes = NULL;
    size_t length = 0;
    ws_error error;
    (void)self;
    WS_REQUIRE(ws_file_read(SHIM_FOLDER "/shim.h", 1 << 24, &bytes, &length, &error) == WS_OK);
    for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)bytes[i]) * 1099511628211ull;
    free(bytes);
    snprintf(text, size, "shim %llx", hash);
}
static ws_code compiler_target(const void *self, int major, int minor, char target[16], ws_error *error)
{
    (void)self;
    (void)error;
    snprintf(target, 16, "shim_%d%d", major, minor);
    return WS_OK;
}

static ws_code run_compiler(const char *folder, const char *source, const char *output, ws_error *error)
{
    char include[4096], text[4096], result_name[4096];
    snprintf(include, sizeof include, "%s", folder);
    snprintf(text, sizeof text, "%s", source);
    snprintf(result_name, sizeof result_name, "%s", output);
    char *argv[] = {"g++",
                    "-x",
                    "c++",
                    "-std=c++17",
                    "-O1",
                    "-march=native",
                    "-ffp-contract=off",
                    "-fno-math-errno",
                    "-fPIC",
                    "-shared",
                    "-w",
                    "-iquote",
                    include,
                    "-iquote",
                    SHIM_FOLDER,
                    "-include",
                    SHIM_FOLDER "/shim.h",
                    text,
                    "-o",
                    result_name,
                    NULL};
    ws_process_result result;
    ws_code code = ws_process_run(argv, 300, NULL, &result, error);
    if (!code && (!result.started || !WIFEXITED(result.status) || WEXITSTATUS(result.status)))
        code = ws_error_set(error, WS_FAILED, "shim: %.8000s", result.started ? result.output : "no g++");
    ws_process_free(&result);
    return code;
}

static ws_code compiler_compile(const void *self, const ws_kernel_text *kernels, const char *defines, const char *target,
                                char **image, size_t *length, ws_error *error)
{
    char folder[] = "/tmp/fake-gpu-XXXXXX", *text = NULL;
    ws_error ignored;
    (void)self;
    (void)target;
    WS_REQUIRE(mkdtemp(folder));
    char *source = ws_file_join(folder, "kernel.cu"), *output = ws_file_join(folder, "kernel.so");
    int size = asprintf(&text, "%s#include \"entry_cuda.cu\"\n", defines);
    ws_code code = ws_kernel_source_write(kernels, folder, error);
    if (!code) code = ws_file_write(source, text, (size_t)size, error);
    if (!code) code = run_compiler(folder, source, output, error);
    if (!code) code = ws_file_read(output, 1 << 26, image, length, error);
    ws_file_remove_tree(folder, &ignored);
    free(text);
    free(source);
    free(output);
    return code;
}

/* ---- devices and memory */

static int count(char *reason, size_t size)
{
    int devices = (int)knob("FAKE_GPU_COUNT", 1);
    if (!devices) snprintf(reason, size, "no GPU (fake)");
    return devices;
}
static ws_code facts(int device, ws_gpu_facts *out, ws_error *error)
{
    (void)error;
    *out = (ws_gpu_facts){.major = 9, .minor = 0, .multiprocessors = 1, .memory = (uint64_t)knob("FAKE_GPU_MEMORY", 2e9)};
    snprintf(out->name, sizeof out->name, "Fake GPU");
    snprintf(out->driver, sizeof out->driver, "no driver");
    (void)device;
    return WS_OK;
}
static ws_gpu_result select_device(int device)
{
    here = device;
    return knob("FAKE_GPU_REFUSES", 0) > 0 ? fails(WS_GPU_BROKEN, "all devices are busy (fake)") : WS_GPU_OK;
}

/* Before every block stands its size, its device and what it is. */
static void *new_block(size_t bytes, size_t kind)
{
    size_t *head = aligned_alloc(HEAD, (bytes + 2 * HEAD - 1) / HEAD * HEAD);
    WS_REQUIRE(head);
    memset(head, RUBBISH, bytes + HEAD);
    head[0] = bytes;
    head[1] = (size_t)here;
    head[2] = kind;
    return (char *)head + HEAD;
}
static size_t *head_of(const void *block) { return (size_t *)((uintptr_t)block - HEAD); }

static ws_gpu_result allocate(size_t bytes, void **memory)
{
    *memory = NULL;
    if (alive()) return WS_GPU_BROKEN;
    long long more = (long long)bytes;
    if ((double)(atomic_fetch_add(&used[here], more) + more) > knob("FAKE_GPU_MEMORY", 2e9)) {
        used[here] -= more;
        return fails(WS_GPU_MEMORY, "out of memory (fake)");
    }
    *memory = new_block(bytes, OF_DEVICE);
    return WS_GPU_OK;
}
static void release(void *memory)
{
    used[head_of(memory)[1]] -= (long long)head_of(memory)[0];
    free(head_of(memory));
}
static ws_gpu_result allocate_host(size_t bytes, void **host, void **device)
{
    *host = *device = new_block(bytes, OF_HOST);
    return alive();
}
static void release_host(void *host) { free(head_of(host)); }

/* ---- modules */

typedef struct module {
    void *library;
    shim_launch_function *launch;
    struct module_kernel {
        struct module *of;
        char name[32];
    } kernel[4];
    int kernels;
} module;

static ws_gpu_result load(const void *image, size_t length, void **out)
{
    char path[] = "/tmp/fake-gpu-XXXXXX";
    int file = mkstemp(path);
    module *m = calloc(1, sizeof *m);
    WS_REQUIRE(m && file >= 0 && write(file, image, length) == (ssize_t)length);
    close(file);
    m->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    unlink(path);
    WS_REQUIRE(m->library);
    void *function = dlsym(m->library, SHIM_LAUNCH);
    memcpy(&m->launch, &function, sizeof function);
    *out = m;
    return alive();
}
static void unload(void *module_)
{
    dlclose(((module *)module_)->library);
    free(module_);
}
static ws_gpu_result kernel(void *module_, const char *name, void **out)
{
    module *m = module_;
    struct module_kernel *k = &m->kernel[m->kernels++ % 4];
    k->of = m;
    snprintf(k->name, sizeof k->name, "%s", name);
    *out = k;
    return alive();
}
static ws_gpu_result fit(int device, void *k, int threads, size_t shared, int *blocks)
{
    (void)device;
    (void)k;
    (void)threads;
    *blocks = shared > SHIM_SHARED_MOST ? 0 : (int)knob("FAKE_GPU_BLOCKS", 3);
    return alive();
}

/* ---- streams: lists of what is to be done */

typedef struct event {
    double at;
    int waiting;
    struct stream *stream;
} event; /* waiting: records that have not happened */
typedef enum action { FILL, COPY, BRING, LAUNCH, RECORD } action;
typedef struct deed {
    action what;
    void *to;
    const void *from;
    size_t bytes;
    int byte, blocks, threads, hangs;
    union {
        ws_cuda_launch run;
        int *check;
    } parameters;
    struct deed *next;
} deed;
typedef struct stream {
    deed *first, *last;
} stream;

static ws_gpu_result add(void *stream_, deed what)
{
    stream *s = stream_;
    deed *d = malloc(sizeof *d);
    WS_REQUIRE(d);
    *d = what;
    d->next = NULL;
    if (s->last)
        s->last->next = d;
    else
        s->first = d;
    s->last = d;
    return alive();
}
static ws_gpu_result stream_new(void **out)
{
    *out = calloc(1, sizeof(stream));
    return alive();
}
static void stream_free(void *s)
{
    for (deed *d = ((stream *)s)->first; d;) {
        deed *next = d->next;
        free(d);
        d = next;
    }
    free(s);
}
static ws_gpu_result event_new(void **out)
{
    *out = calloc(1, sizeof(event));
    return alive();
}
static void event_free(void *e) { free(e); }
static ws_gpu_result fill(void *s, void *memory, int byte, size_t bytes)
{
    return add(s, (deed){.what = FILL, .to = memory, .byte = byte, .bytes = bytes});
}
static ws_gpu_result copy_to(void *s, void *to, const void *from, size_t bytes)
{
    return add(s, (deed){.what = COPY, .to = to, .from = from, .bytes = bytes});
}
static ws_gpu_result copy_from(void *s, void *to, const void *from, size_t bytes)
{
    return add(s, (deed){.what = BRING, .to = to, .from = from, .bytes = bytes});
}
static ws_gpu_result launch(void *s, void *kernel_, int blocks, int threads, size_t shared, const void *parameters)
{
    struct module_kernel *k = kernel_;
    deed d = {.what = LAUNCH, .to = k, .bytes = shared, .blocks = blocks, .threads = threads};
    if (!strcmp(k->name, "ws_cuda_run"))
        memcpy(&d.parameters.run, parameters, sizeof d.parameters.run);
    else
        memcpy(&d.parameters.check, parameters, sizeof d.parameters.check);
    return add(s, d);
}
static ws_gpu_result record(void *s, void *e)
{
    ((event *)e)->waiting++;
    ((event *)e)->stream = s;
    return add(s, (deed){.what = RECORD, .to = e});
}

static void log_launch(const deed *d)
{
    const char *path = getenv("FAKE_GPU_LOG");
    if (!path) return;
    pthread_mutex_lock(&log_lock);
    FILE *file = fopen(path, "a");
    const ws_cuda_launch *l = &d->parameters.run;
    if (file) {
        fprintf(file, "%d %u %d %u %d\n", here, l->count, d->blocks, l->batches, l->resume);
        fclose(file);
    }
    pthread_mutex_unlock(&log_lock);
}

/* Whether a word of these bytes was never written since it was allocated; as compute-sanitizer's initcheck finds it. */
static int has_rubbish(const void *memory, size_t bytes)
{
    unsigned long long word, rubbish;
    memset(&rubbish, RUBBISH, sizeof rubbish);
    for (size_t i = 0; i + sizeof word <= bytes; i += sizeof word) {
        memcpy(&word, (const char *)memory + i, sizeof word);
        if (word == rubbish) return 1;
    }
    return 0;
}
static ws_gpu_result bring(const deed *d)
{
    if (has_rubbish(d->from, d->bytes)) return fails(WS_GPU_BROKEN, "memory that was never written is brought to the host (fake)");
    memcpy(d->to, d->from, d->bytes);
    return WS_GPU_OK;
}

static ws_gpu_result do_launch(const deed *d)
{
    const struct module_kernel *k = d->to;
    int run = !strcmp(k->name, "ws_cuda_run"), number = run ? ++launches : 0;
    if (run) log_launch(d);
    if (run && head_of((const void *)(uintptr_t)d->parameters.run.stop)[2] != OF_DEVICE)
        return fails(WS_GPU_BROKEN, "every warp looks at memory of the host (fake)");
    if (run && number == (int)knob("FAKE_GPU_FAULT", -1))
        return fails(WS_GPU_BROKEN, "an illegal memory access was encountered (fake)");
    if (run && number == (int)knob("FAKE_GPU_GONE", -1)) {
        gone = 1;
        return alive();
    }
    const char *wrong = k->of->launch(k->name, (unsigned)d->blocks, (unsigned)d->threads, (unsigned)d->bytes, &d->parameters,
                                      (unsigned)knob("FAKE_GPU_ORDER", 0));
    if (wrong) return fails(WS_GPU_BROKEN, wrong);
    if (!strcmp(k->name, "ws_cuda_check") && knob("FAKE_GPU_CHECK", 0) != 0) *d->parameters.check = (int)knob("FAKE_GPU_CHECK", 0);
    if (run && number == (int)knob("FAKE_GPU_FORGETS", -1)) {
        d->parameters.run.out.status[0] = 255;
        d->parameters.run.counters->ended = d->parameters.run.count;
    }
    if (run && number == (int)knob("FAKE_GPU_LIES", -1)) *(unsigned long long *)(void *)d->parameters.run.out.best_gap ^= 1;
    return WS_GPU_OK;
}

static ws_gpu_result do_one(stream *s)
{
    deed *d = s->first;
    ws_gpu_result result = WS_GPU_OK;
    if (d->hangs) return WS_GPU_OK;
    if (d->what == LAUNCH && launches + 1 == (int)knob("FAKE_GPU_HANGS", -1) && d->threads > 1) {
        d->hangs = 1;
        launches++;
        return WS_GPU_OK;
    }
    if (d->what == FILL)
        memset(d->to, d->byte, d->bytes);
    else if (d->what == COPY)
        memcpy(d->to, d->from, d->bytes);
    else if (d->what == BRING)
        result = bring(d);
    else if (d->what == LAUNCH)
        result = do_launch(d);
    else {
        ((event *)d->to)->waiting--;
        ((event *)d->to)->at = ws_clock_now();
    }
    s->first = d->next;
    if (!s->first) s->last = NULL;
    free(d);
    return result;
}

static ws_gpu_result query(void *event_)
{
    event *e = event_;
    if (alive()) return WS_GPU_BROKEN;
    if (!e->waiting) return WS_GPU_OK;
    ws_gpu_result result = do_one(e->stream);
    return result ? result : e->waiting ? WS_GPU_BUSY : WS_GPU_OK;
}
static double elapsed(void *from, void *to) { return (((event *)to)->at - ((event *)from)->at) * knob("FAKE_GPU_SLOW", 1); }

const ws_gpu *ws_gpu_devices(void)
{
    static const ws_gpu_compiler compiler = {compiler_open,     compiler_close,  compiler_banner,
                                             compiler_identity, compiler_target, compiler_compile};
    static const ws_gpu table = {&compiler,  count,    facts,   select_device, explain,      load,       unload,      kernel,
                                 fit,        allocate, release, allocate_host, release_host, stream_new, stream_free, event_new,
                                 event_free, fill,     copy_to, copy_from,     launch,       record,     query,       elapsed};
    return &table;
}
