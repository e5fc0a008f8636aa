/* portable_math.c: see portable_math.h. The kernel dialect with one scalar lane (WS_VECTOR_BYTES 0), so that a host value and a
 * kernel value come from the same text. Compiled with -ffp-contract=off like every kernel: a contracted multiply-add would
 * change the last bit of a table. */
#include "base/portable_math.h"

#define WS_VECTOR_BYTES 0
#include "kernels/target_c.h"

#include "kernels/math.h"
#include "kernels/random.h"

double ws_portable_exp(double x) { return exp_f64(x); }
double ws_portable_log(double x) { return log_f64(x); }
double ws_portable_pow(double x, double y) { return pow_f64(x, y); }
double ws_portable_tanh(double x) { return tanh_f64(x); }
double ws_portable_sqrt(double x) { return sqrt_f64(x); }
void ws_portable_sincos(double x, double *sine, double *cosine) { sincos_f64(x, sine, cosine); }

/* A block of Philox holds four words, thus several normals: the first one is this index's, so that no index shares a block. */
double ws_portable_gaussian(uint64_t seed, uint32_t stream, uint64_t index)
{
    return gaussian_f64(seed, (u32)index, (u32)(index >> 32), 0, stream);
}
