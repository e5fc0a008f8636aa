/* compile_cc.h: the system's C compiler: which one, what it says of itself, and one kernel compiled to a shared library. */
#ifndef WS_COMPILE_CC_H
#define WS_COMPILE_CC_H

#include <signal.h>

#include "run/kernel_cache.h"
#include "run/run.h"

typedef struct ws_compiler {
    char *path;    /* as it is run: absolute, or as the user gave it */
    char *version; /* everything it prints for --version */
    char banner[128]; /* the first line of it */
    char march[64];
} ws_compiler;

/* options->compiler, else $WARMSWEEP_CC, else the first of cc, gcc, clang on PATH. WS_FAILED names what was looked for and what to
 * install. What it says of itself may come from the cache (NULL: it is asked). */
ws_code ws_compiler_find(const ws_run_options *options, const ws_kernel_cache *cache, ws_compiler *compiler, ws_error *error);
void ws_compiler_free(ws_compiler *compiler);

/* The options that decide the machine code, as one text: part of a kernel's identity. */
void ws_compiler_flags(const ws_compiler *compiler, char *text, size_t size);

/* Compiles `defines` (complete lines) followed by entry_cpu.c to the shared library `output`, in a private directory below
 * `scratch` that is removed again, in two parts, side by side if there are `threads` for both. WS_FAILED carries the compiler's own
 * words. */
ws_code ws_compiler_run(const ws_compiler *compiler, const ws_kernel_text *kernels, const char *defines, const char *scratch,
                        const char *output, int threads, const volatile sig_atomic_t *stop, ws_error *error);

#endif
