/* ftz.c: sets the processor's flush-to-zero and denormals-are-zero bits in the calling thread: what NumPy and Numba have no switch
 * for. */
#include <xmmintrin.h>

void flush_denormals(void);
void flush_denormals(void) { _mm_setcsr(_mm_getcsr() | 0x8040); }
