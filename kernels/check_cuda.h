/* check_cuda.h: the promises that the bit contract needs of compiler and machine, each by a number that a breach would change.
 * The sentences are WS_CUDA_BROKEN (record_cuda.h), in this order. */
#ifndef WS_CHECK_CUDA_H
#define WS_CHECK_CUDA_H

FN int what_is_broken(void)
{
    volatile float f1 = 1.0f + 0x1p-12f, f2 = -(1.0f + 0x1p-11f), tiny = 0x1p-126f, half = 0.5f, big = 0x1p24f, one = 1.0f;
    volatile double d1 = 1.0 + 0x1p-27, d2 = -(1.0 + 0x1p-26), small = 0x1p-1022, dhalf = 0.5, done = 1.0;
    volatile unsigned factor = 0xd2511f53u;
    if (fma_f32(f1, f1, f2) != 0x1p-24f) return 1;
    if (fma_f64(d1, d1, d2) != 0x1p-54) return 2;
    f32 apart = f1 * f1 + f2;
    f64 apart64 = d1 * d1 + d2;
    if (apart != 0.0f || apart64 != 0.0) return 3;
    f32 denormal = tiny * half;
    f64 denormal64 = small * dhalf;
    if (denormal == 0.0f || denormal64 == 0.0 || denormal + denormal != tiny) return 4;
    if (big + one != 0x1p24f || -big - one != -0x1p24f || (0x1p53 * done) + done != 0x1p53) return 5;
    if (bits_f32(sqrt_f32(2.0f * one)) != 0x3fb504f3u || one / (3.0f * one) != 0x1.555556p-2f ||
        bits_f64(sqrt_f64(2.0 * done)) != 0x3ff6a09e667f3bcdull || done / (3.0 * done) != 0x1.5555555555555p-2)
        return 6;
    f32 not_a_number = (one - one) / (one - one);
    if (LT(R(2.0f), R(1.0f)) || not_a_number == not_a_number || LE(not_a_number, one)) return 7;
    if (mulhi_u32(factor, factor) != 0xacc93119u || factor * factor != 0x025b34e9u) return 8;
    return 0;
}
#endif
