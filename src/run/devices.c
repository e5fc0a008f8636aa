/* devices.c: what a sweep can run on: see run.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdio.h>

#include "base/version.h"
#include "run/compile_cc.h"
#include "run/machine.h"

ws_code ws_run_devices(const ws_run_options *options, char **text, ws_error *error)
{
    char name[128];
    ws_compiler compiler;
    ws_error reason = {0};
    int threads = ws_machine_threads(), found = ws_compiler_find(options, &compiler, &reason) == WS_OK;
    ws_machine_name(name, sizeof name);
    int length = asprintf(text, "cpu: %s, %d core%s, %s, %.1f GB of memory, compiler %s\n", name, threads, threads > 1 ? "s" : "",
                          ws_machine_set_name(ws_machine_sets()), (double)ws_machine_memory() / 1e9, found ? compiler.banner : "none");
    if (length < 0) return ws_error_set(error, WS_FAILED, "out of memory");
    if (found) ws_compiler_free(&compiler);
    return WS_OK;
}

const char *ws_run_build_text(void) { return "engines: cpu; built " WS_CUDA_TEXT "\n"; }
