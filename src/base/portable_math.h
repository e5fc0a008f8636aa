/* portable_math.h: elementary functions in float64 whose bits are the same on every machine and with every C library.
 *
 * Tables that the host makes (spectra, directions) reach the kernels, so that a libm, whose last bits differ from version to
 * version, may not be used for them. These are the kernel dialect's own functions (kernels/math.h, kernels/random.h), compiled
 * here for one scalar lane, and powers for several: the one place where host code includes kernel text. Error bounds as stated there. */
#ifndef WS_PORTABLE_MATH_H
#define WS_PORTABLE_MATH_H

#include <stdint.h>

double ws_portable_exp(double x);
double ws_portable_log(double x);
double ws_portable_pow(double x, double y); /* x >= 0 */
/* result[i] = x^y[i], the bits of ws_portable_pow, several at a time. result may be y. */
void ws_portable_powers(double x, const double *y, int64_t count, double *result);
void ws_portable_powers_in_lanes(double x, const double *y, int64_t count, double *result); /* what it calls where the processor can */
double ws_portable_tanh(double x);
double ws_portable_sqrt(double x);
void ws_portable_sincos(double x, double *sine, double *cosine); /* radians, |x| <= 2^20 */
/* The index-th standard normal number of a stream; a pure function of its arguments. */
double ws_portable_gaussian(uint64_t seed, uint32_t stream, uint64_t index);

#endif
