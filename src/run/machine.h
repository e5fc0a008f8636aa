/* machine.h: what this computer is: for messages and for the key of a cached kernel. */
#ifndef WS_MACHINE_H
#define WS_MACHINE_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/record.h"

/* "AMD EPYC 7763 64-Core Processor", else the machine's kind ("aarch64"). */
void ws_machine_name(char *text, size_t size);
/* Everything that -march=native may depend on: model and feature lines of /proc/cpuinfo; malloc'ed. */
char *ws_machine_features(void);
/* WS_SET_* bits of kernels/record.h that this processor has. */
unsigned ws_machine_sets(void);
/* The widest vectors of a set of bits, as a word: "AVX-512", "AVX2", "AVX", "SSE2"; "SIMD" where the machine is not x86. */
const char *ws_machine_set_name(unsigned sets);
/* Bytes of memory of this computer. */
uint64_t ws_machine_memory(void);

#endif
