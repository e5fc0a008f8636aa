/* instruction_sets.h: which instruction sets the compiler was allowed to use: data, so that it can be read before any code runs. */
#ifndef WS_INSTRUCTION_SETS_H
#define WS_INSTRUCTION_SETS_H

__attribute__((visibility("default"))) const unsigned ws_kernel_sets = 0u
#ifdef __SSE4_2__
    | WS_SET_SSE42
#endif
#ifdef __AVX__
    | WS_SET_AVX
#endif
#ifdef __AVX2__
    | WS_SET_AVX2
#endif
#ifdef __FMA__
    | WS_SET_FMA
#endif
#ifdef __BMI2__
    | WS_SET_BMI2
#endif
#ifdef __AVX512F__
    | WS_SET_AVX512F
#endif
#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512BW__) && defined(__AVX512VL__)
    | WS_SET_AVX512
#endif
    ;
#endif
