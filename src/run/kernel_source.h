/* kernel_source.h: the text of kernels/, as the program carries it or as a directory holds it.
 *
 * cmake/embed_kernels.cmake writes the array at build time. For development, $WARMSWEEP_KERNELS names a directory that is read
 * instead, so that a changed kernel needs no build. Names are paths inside kernels/ ("objective/cosh.h"), sorted. */
#ifndef WS_KERNEL_SOURCE_H
#define WS_KERNEL_SOURCE_H

#include <stddef.h>

#include "base/error.h"
#include "plan/plan.h"
#include "run/run.h"

typedef struct {
    const char *name;
    const char *text;
    size_t length;
} ws_kernel_file;
extern const ws_kernel_file ws_kernel_files[];
extern const int ws_kernel_file_count;

typedef struct ws_kernel_text {
    const ws_kernel_file *files;
    int count;
    ws_kernel_file *owned; /* NULL when the embedded text is used */
} ws_kernel_text;

/* Embedded text, or that of $WARMSWEEP_KERNELS. A directory without entry_cpu.c is WS_BAD_INPUT. */
ws_code ws_kernel_source_load(ws_kernel_text *text, ws_error *error);
/* The same with the plan's own objective among them, as own/NAME. It is somebody's source: WS_BAD_INPUT unless options->allow_source. */
ws_code ws_kernel_source_of(const ws_plan *plan, const ws_run_options *options, ws_kernel_text *text, ws_error *error);
void ws_kernel_source_free(ws_kernel_text *text);
/* Writes all files below an existing directory. */
ws_code ws_kernel_source_write(const ws_kernel_text *text, const char *directory, ws_error *error);

#endif
