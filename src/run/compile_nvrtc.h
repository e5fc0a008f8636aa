/* compile_nvrtc.h: NVIDIA's run-time compiler: one kernel text compiled to the machine code of one GPU.
 *
 * The library is looked for when it is needed and loaded with dlopen: a program that was built with CUDA starts, and runs on the
 * cpu, where there is none; and the program needs no header of the toolkit for it (docs/dependencies.md). */
#ifndef WS_COMPILE_NVRTC_H
#define WS_COMPILE_NVRTC_H

#include "run/gpu.h"

/* open: $WARMSWEEP_NVRTC (a file), else libnvrtc where the system finds libraries, else in the toolkit's usual places; WS_FAILED: a
 * sentence that says what was looked for and what to install. target: "sm_90", the newest target that this NVRTC knows and a device
 * of this compute capability runs. compile: the kernel files are handed over as texts, no file is read; WS_FAILED carries the
 * compiler's own words. */
extern const ws_gpu_compiler ws_nvrtc_compiler;

#endif
