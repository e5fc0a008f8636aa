/* math_f32.h: elementary functions on f32, lane by lane, without branches, tables or a C library.
 *
 * Largest errors found against mpmath (tests/kernels/test_math.py asserts the bounds in brackets), in units in the last place:
 *   exp 0.83 [2], expm1 1.11 [2], log 0.78 [2], log1p 1.18 [2], sin 1.38 [2], cos 1.41 [2], sinh 1.59 [4], cosh 1.09 [4],
 *   tanh 1.95 [4], pow 1.53 [4]; of sinhcosh 1.85 [4] and 2.19 [3]; sincos for |x| <= 2^20
 * NaN gives NaN, overflow gives infinity; results below the normal range are right to one unit of the smallest denormal more.
 * The polynomials are the fits of tests/kernels/math_coefficients.py. Bits of a NaN never decide anything: lanes that hold one are
 * put back at the end. Texts for both precisions differ in constants and degree only. */
#ifndef WS_MATH_F32_H
#define WS_MATH_F32_H

/* f32 infinity */
FN f32 infinity_f32(void) { return from_bits_f32(U32(0x7f800000u)); }
FN f32 nan_f32(void) { return infinity_f32() - infinity_f32(); }
/* 2^n for n a whole number of the normal range */
FN f32 two_to_f32(u32 n) { return from_bits_f32((n + U32(127u)) << 23); }
/* half of n, rounded down: n is signed */
FN u32 half_f32(u32 n) { return (u32)((i32)n >> 1); }
/* x between low and high; a NaN stays one */
FN f32 clamp_f32(f32 x, f32 low, f32 high) { return lesser_f32(high, greater_f32(low, x)); }

/* x = n ln 2 + r + *low, |r| <= 0.35; n as a whole number in the integer lanes */
FN f32 reduce_ln2_f32(f32 x, u32 *n, f32 *low)
{
    f32 shifted = fma_f32(x, F32(0x1.715476p+0f), F32(0x1.8p23f));
    f32 whole = shifted - F32(0x1.8p23f);
    *n = bits_f32(shifted) - U32(0x4b400000u);
    f32 high = fma_f32(-whole, F32(0x1.62e4p-1f), x); /* exact: the first part of ln 2 ends early */
    f32 r = fma_f32(-whole, F32(0x1.7f7d1cp-20f), high);
    *low = fma_f32(-whole, F32(0x1.7f7d1cp-20f), high - r);
    return r;
}
/* e^r - 1 for |r| <= 0.35, with the rest of r */
FN f32 expm1_reduced_f32(f32 r, f32 low)
{
    f32 p = F32(0x1.a28f18p-13f);
    p = fma_f32(p, r, F32(0x1.6d4394p-10f));
    p = fma_f32(p, r, F32(0x1.110fe2p-7f));
    p = fma_f32(p, r, F32(0x1.5554fp-5f));
    p = fma_f32(p, r, F32(0x1.555556p-3f));
    p = fma_f32(p, r, F32(0x1p-1f));
    return r + fma_f32(r * r, p, low);
}
/* (1 + e) 2^n: the power of two is multiplied in two halves, so that every finite result is reached */
FN f32 scale_f32(f32 e, u32 n)
{
    u32 first = half_f32(n);
    return ((F32(1.0f) + e) * two_to_f32(first)) * two_to_f32(n - first);
}
/* e^x 2^k */
FN f32 exp_scaled_f32(f32 x, int k)
{
    u32 n;
    f32 low, bounded = clamp_f32(x, F32(-104.0f), F32(90.0f));
    f32 r = reduce_ln2_f32(bounded, &n, &low);
    return scale_f32(expm1_reduced_f32(r, low), n + U32((unsigned)k)); /* a NaN stays one all the way */
}
FN f32 exp_f32(f32 x) { return exp_scaled_f32(x, 0); }
/* ... whose power of two is 2^away times a normal number. Of x >= 0 it is never small, of x <= 0 it never overflows: the same bits for less work. */
FN f32 exp_away_f32(f32 x, int away)
{
    u32 n;
    f32 low, r = reduce_ln2_f32(x, &n, &low);
    return ((F32(1.0f) + expm1_reduced_f32(r, low)) * two_to_f32(n - U32((unsigned)away))) * two_to_f32(U32((unsigned)away));
}
FN f32 exp_of_positive_f32(f32 x) { return exp_away_f32(lesser_f32(F32(90.0f), x), 64); }
FN f32 exp_of_negative_f32(f32 x) { return exp_away_f32(greater_f32(F32(-104.0f), x), -64); }

FN f32 expm1_f32(f32 x)
{
    u32 n;
    f32 low, r = reduce_ln2_f32(clamp_f32(x, F32(-20.0f), F32(89.0f)), &n, &low);
    f32 e = expm1_reduced_f32(r, low);
    f32 half = two_to_f32(n - U32(1u)); /* 2^n overflows for the largest results */
    f32 result = fma_f32(half, e, half - F32(0.5f));
    return sel_f32(lt_f32(abs_f32(x), F32(0x1p-30f)), x, result + result);
}
/* ... where 2^n and 2^-n are normal numbers: the same bits for less work, but 0 of -0 */
FN f32 expm1_of_middle_f32(f32 x)
{
    u32 n;
    f32 low, r = reduce_ln2_f32(x, &n, &low), power = two_to_f32(n);
    return fma_f32(power, expm1_reduced_f32(r, low), power - F32(1.0f));
}
/* ... of x <= 0: again 0 of -0 */
FN f32 expm1_of_negative_f32(f32 x) { return expm1_of_middle_f32(greater_f32(F32(-20.0f), x)); }

/* x = 2^n (1 + f), for x > 0 finite: gives 1 + f, from sqrt(1/2) to sqrt(2), and n in the place of an exponent: n 2^23 */
FN f32 split_f32(f32 x, u32 *exponent)
{
    *exponent = (bits_f32(x) - U32(0x3f3504f3u)) & U32(0xff800000u);
    return from_bits_f32(bits_f32(x) - *exponent);
}
FN f32 whole_f32(u32 exponent) { return from_int_f32((i32)exponent) * F32(0x1p-23f); }
/* s (log(1 + f) + n ln 2) of s f and n / unit. s and unit are powers of two, which scale every number here and change no rounding. */
FN void log_sums_f32(int count, const f32 *f, const f32 *n, float s, float unit, f32 *sum)
{
    const float r = 1.0f / s;
    f32 p[WS_MOST_AT_ONCE];
    EACH(count) p[j] = fma_f32(F32(-0x1.3a035ep-4f * (r * r * r * r * r * r * r * r * r)), f[j], F32(0x1.05ee74p-3f * (r * r * r * r * r * r * r * r)));
    EACH(count) p[j] = fma_f32(p[j], f[j], F32(-0x1.0d88e2p-3f * (r * r * r * r * r * r * r)));
    EACH(count) p[j] = fma_f32(p[j], f[j], F32(0x1.22c28cp-3f * (r * r * r * r * r * r)));
    EACH(count) p[j] = fma_f32(p[j], f[j], F32(-0x1.546f34p-3f * (r * r * r * r * r)));
    EACH(count) p[j] = fma_f32(p[j], f[j], F32(0x1.99a132p-3f * (r * r * r * r)));
    EACH(count) p[j] = fma_f32(p[j], f[j], F32(-0x1.000238p-2f * (r * r * r)));
    EACH(count) p[j] = fma_f32(p[j], f[j], F32(0x1.555552p-2f * (r * r)));
    EACH(count) p[j] = fma_f32(f[j], p[j], F32(-0.5f * r));
    EACH(count) p[j] = fma_f32(f[j] * f[j], p[j], n[j] * F32(0x1.7f7d1cp-20f * (s * unit)));
    EACH(count) sum[j] = fma_f32(n[j], F32(0x1.62e4p-1f * (s * unit)), f[j] + p[j]);
}
FN f32 log_sum_f32(f32 f, f32 n)
{
    f32 sum;
    log_sums_f32(1, &f, &n, 1.0f, 1.0f, &sum);
    return sum;
}
/* 2 log x for x > 0 finite and normal */
FN void twice_logs_f32(int count, const f32 *x, f32 *logs)
{
    u32 exponent[WS_MOST_AT_ONCE];
    f32 f[WS_MOST_AT_ONCE], n[WS_MOST_AT_ONCE];
    EACH(count) f[j] = split_f32(x[j], &exponent[j]);
    EACH(count) n[j] = from_int_f32((i32)exponent[j]);
    EACH(count) f[j] = fma_f32(f[j], F32(2.0f), F32(-2.0f));
    log_sums_f32(count, f, n, 2.0f, 0x1p-23f, logs);
}
/* log x for x > 0 finite; a finite number of any other x */
FN f32 log_of_positive_f32(f32 x)
{
    u32 n;
    m32 small = lt_f32(x, F32(0x1p-126f));
    f32 f = split_f32(sel_f32(small, x * F32(0x1p25f), x), &n) - F32(1.0f);
    return log_sum_f32(f, whole_f32(n) - sel_f32(small, F32(25.0f), F32(0.0f)));
}
FN f32 log_f32(f32 x)
{
    f32 result = log_of_positive_f32(x);
    result = sel_f32(eq_f32(x, F32(0.0f)), -infinity_f32(), sel_f32(lt_f32(x, F32(0.0f)), nan_f32(), result));
    return sel_f32(eq_f32(x, x), sel_f32(eq_f32(x, infinity_f32()), x, result), x);
}
FN f32 log1p_f32(f32 x)
{
    u32 n;
    f32 sum = F32(1.0f) + x, back = sum - F32(1.0f);
    f32 lost = (F32(1.0f) - (sum - back)) + (x - back); /* 1 + x = sum + lost exactly */
    f32 f = split_f32(sum, &n) - F32(1.0f);
    f = fma_f32(lost, from_bits_f32(U32(0x3f800000u) - n), f);
    f32 result = log_sum_f32(f, whole_f32(n));
    result = sel_f32(eq_f32(sum, F32(0.0f)), -infinity_f32(), sel_f32(lt_f32(sum, F32(0.0f)), nan_f32(), result));
    result = sel_f32(lt_f32(abs_f32(x), F32(0x1p-30f)), x, result);
    return sel_f32(eq_f32(x, x), sel_f32(eq_f32(x, infinity_f32()), x, result), x);
}
/* ... of -1 < x <= 1 but -0: the same bits for less work, because 1 is the larger of the two and nothing special can come out */
FN f32 log1p_of_unit_f32(f32 x)
{
    u32 n;
    f32 sum = F32(1.0f) + x, lost = x - (sum - F32(1.0f));
    f32 f = split_f32(sum, &n) - F32(1.0f);
    return log_sum_f32(fma_f32(lost, from_bits_f32(U32(0x3f800000u) - n), f), whole_f32(n));
}

/* sine and cosine of |r| <= pi/4 and a little more */
FN void sincos_quarters_f32(int count, const f32 *r, f32 *sine, f32 *cosine)
{
    f32 z[WS_MOST_AT_ONCE], p[WS_MOST_AT_ONCE], q[WS_MOST_AT_ONCE];
    EACH(count) z[j] = r[j] * r[j];
    EACH(count) p[j] = fma_f32(F32(-0x1.98a304p-13f), z[j], F32(0x1.11054ep-7f));
    EACH(count) q[j] = fma_f32(F32(0x1.9982dcp-16f), z[j], F32(-0x1.6c0ad6p-10f));
    EACH(count) p[j] = fma_f32(p[j], z[j], F32(-0x1.55554p-3f));
    EACH(count) q[j] = fma_f32(q[j], z[j], F32(0x1.555548p-5f));
    EACH(count) sine[j] = fma_f32(r[j] * z[j], p[j], r[j]);
    EACH(count) q[j] = fma_f32(z[j], q[j], F32(-0.5f));
    EACH(count) cosine[j] = fma_f32(z[j], q[j], F32(1.0f));
}
/* ... turned by a number of quarters, which is given as bits 30 and 31: first by a quarter, */
FN void quarter_turn_f32(u32 quarters, f32 s, f32 c, f32 *sine, f32 *cosine)
{
    m32 odd = meet_u32(quarters, U32(0x40000000u));
    *sine = sel_f32(odd, c, s);
    *cosine = sel_minus_f32(odd, s, c);
}
/* then each by a half */
FN f32 half_turn_f32(u32 quarters, f32 x) { return from_bits_f32(bits_f32(x) ^ (quarters & U32(0x80000000u))); }
/* |x| <= 2^20: pi/2 in three parts, the first of which leaves no rounding */
FN void sincos_f32(f32 x, f32 *sine, f32 *cosine)
{
    f32 shifted = fma_f32(x, F32(0x1.45f306p-1f), F32(0x1.8p23f));
    f32 whole = shifted - F32(0x1.8p23f);
    u32 quarters = bits_f32(shifted) << 30;
    f32 r = fma_f32(-whole, F32(0x1.921fb6p+0f), x);
    r = fma_f32(-whole, F32(-0x1.777a5cp-25f), r);
    r = fma_f32(-whole, F32(-0x1.ee59dap-50f), r);
    f32 s, c;
    sincos_quarters_f32(1, &r, &s, &c);
    quarter_turn_f32(quarters, sel_f32(eq_f32(x, F32(0.0f)), x, s), c, sine, cosine);
    *sine = half_turn_f32(quarters, *sine);
    *cosine = half_turn_f32(quarters, *cosine);
}

/* sinh r and cosh r - 1 for |r| <= 0.35 */
FN void sinhcosh_reduced_f32(f32 r, f32 *sine, f32 *more)
{
    f32 z = r * r;
    f32 p = F32(0x1.122a2ap-7f);
    p = fma_f32(p, z, F32(0x1.5554acp-3f));
    *sine = fma_f32(r * z, p, r);
    f32 q = F32(0x1.6d517p-10f);
    q = fma_f32(q, z, F32(0x1.5554e4p-5f));
    *more = z * fma_f32(z, q, F32(0.5f));
}
/* sinh and cosh of x together, without a division; beyond +-86 those of +-86, whose product overflows many times. With x = n ln 2 + r:
 * sinh x = sinh r cosh(n ln 2) + cosh r sinh(n ln 2), and n = 0 leaves sinh r and cosh r as they are. What of r is lost in its rounding
 * is small beside the result for every n but 0, where there is nothing to lose. */
FN void sinhcosh_f32(f32 x, f32 *sine, f32 *cosine)
{
    x = clamp_f32(x, F32(-86.0f), F32(86.0f));
    f32 shifted = fma_f32(x, F32(0x1.715476p+0f), F32(0x1.8p23f));
    f32 whole = shifted - F32(0x1.8p23f);
    u32 n = bits_f32(shifted) - U32(0x4b400000u);
    f32 r = fma_f32(-whole, F32(0x1.7f7d1cp-20f), fma_f32(-whole, F32(0x1.62e4p-1f), x));
    f32 grown = from_bits_f32((U32(126u) + n) << 23), shrunk = from_bits_f32((U32(126u) - n) << 23); /* 2^n / 2, 2^-n / 2 */
    f32 even = grown + shrunk, odd = grown - shrunk;
    f32 s, more;
    sinhcosh_reduced_f32(r, &s, &more);
    *sine = fma_f32(s, even, fma_f32(more, odd, odd));
    *cosine = fma_f32(s, odd, fma_f32(more, even, even));
}
/* ... of |x| <= SINHCOSH_NEAR, for which n is 0: the same bits for half of the work. (Adding 0 gives -0 the sign that it has above.) */
FN void sinhcosh_near_f32(f32 x, f32 *sine, f32 *cosine)
{
    f32 s, more;
    sinhcosh_reduced_f32(x, &s, &more);
    *sine = s + F32(0.0f);
    *cosine = more + F32(1.0f);
}

FN f32 sinh_f32(f32 x)
{
    f32 magnitude = abs_f32(x), E = expm1_f32(magnitude);
    f32 small = F32(0.5f) * (E + E / (E + F32(1.0f)));
    f32 large = exp_scaled_f32(magnitude, -1);
    f32 result = sel_f32(lt_f32(magnitude, F32(0x1p-30f)), magnitude, sel_f32(lt_f32(magnitude, F32(9.0f)), small, large));
    return sel_f32(eq_f32(x, x), copysign_f32(result, x), x);
}
FN f32 cosh_f32(f32 x)
{
    f32 E = exp_scaled_f32(abs_f32(x), -1);
    return E + F32(0.25f) / E;
}
FN f32 tanh_f32(f32 x)
{
    f32 E = expm1_of_middle_f32(F32(2.0f) * lesser_f32(F32(10.0f), abs_f32(x))); /* of a small x exactly 2 |x| */
    return copysign_f32(E / (E + F32(2.0f)), x);
}

/* log(x) = high + *low for x > 0 finite and normal, *low with half the precision again: 2 atanh(s), s = f / (2 + f), in pairs */
FN f32 log_pair_f32(f32 f, f32 n, f32 *low)
{
    const f32 third = F32(0x1.555556p-2f), third_low = F32(-0x1.555556p-27f);
    f32 d = F32(2.0f) + f, d_low = (F32(2.0f) - d) + f;
    f32 s = f / d, s_low = fma_f32(-s, d_low, fma_f32(-s, d, f)) / d;
    f32 z = s * s, z_low = fma_f32(s, s, -z) + F32(2.0f) * (s * s_low);
    f32 p = F32(0x1.dfbdbp-4f);
    p = fma_f32(p, z, F32(0x1.2451d2p-3f));
    p = fma_f32(p, z, F32(0x1.999a02p-3f));
    f32 a = z * third, a_low = fma_f32(z, third, -a) + fma_f32(z, third_low, z_low * third);
    f32 q = z * z * p, w = a + q, w_low = ((a - w) + q) + a_low;
    f32 t = s * w, t_low = fma_f32(s, w, -t) + fma_f32(s, w_low, s_low * w);
    f32 v = s + t, v_low = ((s - v) + t) + (t_low + s_low);
    f32 base = n * F32(0x1.62e4p-1f), twice = F32(2.0f) * v, high = base + twice;
    f32 rest = ((base - high) + twice) + fma_f32(F32(2.0f), v_low, n * F32(0x1.7f7d1cp-20f)), result = high + rest;
    *low = (high - result) + rest;
    return result;
}
/* x^y for x >= 0 (NaN for x < 0); x^0 = 1^y = 1 */
FN f32 pow_f32(f32 x, f32 y)
{
    u32 n;
    f32 low;
    m32 small = lt_f32(x, F32(0x1p-126f));
    f32 f = split_f32(sel_f32(small, x * F32(0x1p25f), x), &n) - F32(1.0f);
    f32 high = log_pair_f32(f, whole_f32(n) - sel_f32(small, F32(25.0f), F32(0.0f)), &low);
    f32 e = y * high;
    f32 e_low = fma_f32(y, high, -e) + y * low;
    e_low = sel_f32(lt_f32(abs_f32(e), F32(104.0f)), e_low, F32(0.0f)); /* 0 beyond: the result is 0 or infinite, and e itself may be */
    f32 rest, r = reduce_ln2_f32(clamp_f32(e, F32(-104.0f), F32(90.0f)), &n, &rest);
    f32 grown = expm1_reduced_f32(r, rest);
    f32 result = scale_f32(fma_f32(e_low, F32(1.0f) + grown, grown), n);
    f32 limit = sel_f32(lt_f32(y, F32(0.0f)), F32(0.0f), infinity_f32()); /* of a growing base */
    result = sel_f32(eq_f32(x, infinity_f32()), limit, result);
    limit = sel_f32(lt_f32(y, F32(0.0f)), infinity_f32(), F32(0.0f));
    result = sel_f32(eq_f32(x, F32(0.0f)), limit, result);
    result = sel_f32(lt_f32(x, F32(0.0f)), nan_f32(), result);
    result = sel_f32(eq_f32(x, x), sel_f32(eq_f32(y, y), result, y), x);
    return sel_f32(or_m32(eq_f32(y, F32(0.0f)), eq_f32(x, F32(1.0f))), F32(1.0f), result);
}
#endif
