/* shim_device.h: a GPU that is not there: what a kernel text compiled with shim.h offers to a host program.
 *
 * A module is a shared library made from the variant's text (its defines, then #include "entry_cuda.cu") by
 *
 *     g++ -x c++ -std=c++17 -O2 -march=native -ffp-contract=off -fno-math-errno -fPIC -shared -w \
 *         -iquote kernels -include tests/cuda/shim.h variant.cu -o module.so
 *
 * and loaded with dlopen. Device memory is plain memory. Beside `ws_cuda_kernel` (a ws_cuda_facts) it exports the function below. */
#ifndef SHIM_DEVICE_H
#define SHIM_DEVICE_H

/* Runs a kernel, "ws_cuda_run" (parameters: a ws_cuda_launch), "ws_cuda_check" (parameters: an int *, the place of the result) or "ws_cuda_say" (a
 * ws_cuda_facts *, likewise), to its end.
 * order: 0: threads and blocks take turns in ascending order, 1: descending, another number: shuffled by it.
 * NULL, or a sentence: what the kernel did wrong (threads of a warp at different barriers, threads that left the others waiting, too much shared
 * memory). Several threads of the host may launch at once. */
#define SHIM_LAUNCH "shim_launch"
typedef const char *shim_launch_function(const char *kernel, unsigned blocks, unsigned threads, unsigned shared_bytes, const void *parameters,
                                         unsigned order);

/* What the device claims to be. */
enum { SHIM_SHARED_MOST = 160 * 1024 };
#endif
