/* math_f64.h: elementary functions on f64, lane by lane, without branches, tables or a C library.
 *
 * Largest errors found against mpmath (tests/kernels/test_math.py asserts the bounds in brackets), in units in the last place:
 *   exp 0.83 [2], expm1 1.73 [2], log 0.75 [2], log1p 1.24 [2], sin 1.83 [2], cos 1.29 [2], sinh 1.73 [4], cosh 1.11 [4],
 *   tanh 2.03 [4], pow 3.55 [4] (1.6 away from denormal results); of sinhcosh 2.42 [4] and 1.81 [3]; sincos for |x| <= 2^20
 * NaN gives NaN, overflow gives infinity; results below the normal range are right to one unit of the smallest denormal more.
 * The polynomials are the fits of tests/kernels/math_coefficients.py. Bits of a NaN never decide anything: lanes that hold one are
 * put back at the end. Texts for both precisions differ in constants and degree only. */
#ifndef WS_MATH_F64_H
#define WS_MATH_F64_H

/* f64 infinity */
FN f64 infinity_f64(void) { return from_bits_f64(U64(0x7ff0000000000000ull)); }
FN f64 nan_f64(void) { return infinity_f64() - infinity_f64(); }
/* 2^n for n a whole number of the normal range */
FN f64 two_to_f64(u64 n) { return from_bits_f64((n + U64(1023u)) << 52); }
/* half of n, rounded down: n is signed */
FN u64 half_f64(u64 n) { return (u64)((i64)n >> 1); }
/* x between low and high; a NaN stays one */
FN f64 clamp_f64(f64 x, f64 low, f64 high) { return lesser_f64(high, greater_f64(low, x)); }

/* The largest whole number that is not above x, 0 <= x < 2^51. */
FN f64 whole_part_f64(f64 x)
{
    f64 near = (x + F64(0x1p52)) - F64(0x1p52);
    return sel_f64(lt_f64(x, near), near - F64(1.0), near);
}

/* x = n ln 2 + r + *low, |r| <= 0.35; n as a whole number in the integer lanes */
FN f64 reduce_ln2_f64(f64 x, u64 *n, f64 *low)
{
    f64 shifted = fma_f64(x, F64(0x1.71547652b82fep+0), F64(0x1.8p52));
    f64 whole = shifted - F64(0x1.8p52);
    *n = bits_f64(shifted) - U64(0x4338000000000000ull);
    f64 high = fma_f64(-whole, F64(0x1.62e42fefa4p-1), x); /* exact: the first part of ln 2 ends early */
    f64 r = fma_f64(-whole, F64(-0x1.8432a1b0e2634p-43), high);
    *low = fma_f64(-whole, F64(-0x1.8432a1b0e2634p-43), high - r);
    return r;
}
/* e^r - 1 for |r| <= 0.35, with the rest of r */
FN f64 expm1_reduced_f64(f64 r, f64 low)
{
    f64 p = F64(0x1.af5f9166805e5p-26);
    p = fma_f64(p, r, F64(0x1.28a2f979fd2cap-22));
    p = fma_f64(p, r, F64(0x1.71ddf7de5c3ccp-19));
    p = fma_f64(p, r, F64(0x1.a019a64166d56p-16));
    p = fma_f64(p, r, F64(0x1.a01a01b012868p-13));
    p = fma_f64(p, r, F64(0x1.6c16c17f49d97p-10));
    p = fma_f64(p, r, F64(0x1.111111110f63ep-7));
    p = fma_f64(p, r, F64(0x1.55555555520c5p-5));
    p = fma_f64(p, r, F64(0x1.5555555555559p-3));
    p = fma_f64(p, r, F64(0x1.0000000000005p-1));
    return r + fma_f64(r * r, p, low);
}
/* (1 + e) 2^n: the power of two is multiplied in two halves, so that every finite result is reached */
FN f64 scale_f64(f64 e, u64 n)
{
    u64 first = half_f64(n);
    return ((F64(1.0) + e) * two_to_f64(first)) * two_to_f64(n - first);
}
/* e^x 2^k */
FN f64 exp_scaled_f64(f64 x, int k)
{
    u64 n;
    f64 low, bounded = clamp_f64(x, F64(-746.0), F64(711.0));
    f64 r = reduce_ln2_f64(bounded, &n, &low);
    return scale_f64(expm1_reduced_f64(r, low), n + U64((unsigned long long)k)); /* a NaN stays one all the way */
}
FN f64 exp_f64(f64 x) { return exp_scaled_f64(x, 0); }
/* ... whose power of two is 2^away times a normal number. Of x >= 0 it is never small, of x <= 0 it never overflows: the same bits for less work. */
FN f64 exp_away_f64(f64 x, int away)
{
    u64 n;
    f64 low, r = reduce_ln2_f64(x, &n, &low);
    return ((F64(1.0) + expm1_reduced_f64(r, low)) * two_to_f64(n - U64((unsigned long long)away))) * two_to_f64(U64((unsigned long long)away));
}
FN f64 exp_of_positive_f64(f64 x) { return exp_away_f64(lesser_f64(F64(711.0), x), 512); }
FN f64 exp_of_negative_f64(f64 x) { return exp_away_f64(greater_f64(F64(-746.0), x), -512); }

FN f64 expm1_f64(f64 x)
{
    u64 n;
    f64 low, r = reduce_ln2_f64(clamp_f64(x, F64(-40.0), F64(710.0)), &n, &low);
    f64 e = expm1_reduced_f64(r, low);
    f64 half = two_to_f64(n - U64(1u)); /* 2^n overflows for the largest results */
    f64 result = fma_f64(half, e, half - F64(0.5));
    return sel_f64(lt_f64(abs_f64(x), F64(0x1p-60)), x, result + result);
}
/* ... where 2^n and 2^-n are normal numbers: the same bits for less work, but 0 of -0 */
FN f64 expm1_of_middle_f64(f64 x)
{
    u64 n;
    f64 low, r = reduce_ln2_f64(x, &n, &low), power = two_to_f64(n);
    return fma_f64(power, expm1_reduced_f64(r, low), power - F64(1.0));
}
/* ... of x <= 0: again 0 of -0 */
FN f64 expm1_of_negative_f64(f64 x) { return expm1_of_middle_f64(greater_f64(F64(-40.0), x)); }

/* x = 2^n (1 + f), for x > 0 finite: gives 1 + f, from sqrt(1/2) to sqrt(2), and n in the place of an exponent: n 2^52 */
FN f64 split_f64(f64 x, u64 *exponent)
{
    *exponent = (bits_f64(x) - U64(0x3fe6a09e667f3bcdull)) & U64(0xfff0000000000000ull);
    return from_bits_f64(bits_f64(x) - *exponent);
}
FN f64 whole_f64(u64 exponent) { return from_bits_f64((exponent >> 52) ^ U64(0x4330000000000800ull)) - F64(0x1p52 + 0x1p11); }
/* s (log(1 + f) + n ln 2) of f and n, s a power of two, which changes no rounding. By q = f / (2 + f):
 * log(1 + f) = f - (f^2/2 - q (f^2/2 + R(q^2))) */
FN void log_sums_f64(int count, const f64 *f, const f64 *n, double s, f64 *sum)
{
    f64 q[WS_MOST_AT_ONCE], z[WS_MOST_AT_ONCE], half[WS_MOST_AT_ONCE], p[WS_MOST_AT_ONCE];
    EACH(count) q[j] = f[j] / (F64(2.0) + f[j]);
    EACH(count) half[j] = F64(0.5 * s) * f[j] * f[j];
    EACH(count) z[j] = q[j] * q[j];
    EACH(count) p[j] = fma_f64(F64(0x1.2f0f4cbb2f684p-3 * s), z[j], F64(0x1.39a0b1c03dbcbp-3 * s));
    EACH(count) p[j] = fma_f64(p[j], z[j], F64(0x1.746649e261b8dp-3 * s));
    EACH(count) p[j] = fma_f64(p[j], z[j], F64(0x1.c71c51ceeacd2p-3 * s));
    EACH(count) p[j] = fma_f64(p[j], z[j], F64(0x1.24924942423edp-2 * s));
    EACH(count) p[j] = fma_f64(p[j], z[j], F64(0x1.999999997f6eep-2 * s));
    EACH(count) p[j] = fma_f64(p[j], z[j], F64(0x1.5555555555594p-1 * s));
    EACH(count) p[j] = fma_f64(z[j], p[j], half[j]);
    EACH(count) p[j] = fma_f64(q[j], p[j], n[j] * F64(-0x1.8432a1b0e2634p-43 * s)); /* the tail */
    EACH(count) sum[j] = fma_f64(n[j], F64(0x1.62e42fefa4p-1 * s), F64(s) * f[j] - (half[j] - p[j]));
}
FN f64 log_sum_f64(f64 f, f64 n)
{
    f64 sum;
    log_sums_f64(1, &f, &n, 1.0, &sum);
    return sum;
}
/* 2 log x for x > 0 finite and normal */
FN void twice_logs_f64(int count, const f64 *x, f64 *logs)
{
    u64 exponent[WS_MOST_AT_ONCE];
    f64 f[WS_MOST_AT_ONCE], n[WS_MOST_AT_ONCE];
    EACH(count) f[j] = split_f64(x[j], &exponent[j]) - F64(1.0);
    EACH(count) n[j] = whole_f64(exponent[j]);
    log_sums_f64(count, f, n, 2.0, logs);
}
/* log x for x > 0 finite; a finite number of any other x */
FN f64 log_of_positive_f64(f64 x)
{
    u64 n;
    m64 small = lt_f64(x, F64(0x1p-1022));
    f64 f = split_f64(sel_f64(small, x * F64(0x1p54), x), &n) - F64(1.0);
    return log_sum_f64(f, whole_f64(n) - sel_f64(small, F64(54.0), F64(0.0)));
}
FN f64 log_f64(f64 x)
{
    f64 result = log_of_positive_f64(x);
    result = sel_f64(eq_f64(x, F64(0.0)), -infinity_f64(), sel_f64(lt_f64(x, F64(0.0)), nan_f64(), result));
    return sel_f64(eq_f64(x, x), sel_f64(eq_f64(x, infinity_f64()), x, result), x);
}
FN f64 log1p_f64(f64 x)
{
    u64 n;
    f64 sum = F64(1.0) + x, back = sum - F64(1.0);
    f64 lost = (F64(1.0) - (sum - back)) + (x - back); /* 1 + x = sum + lost exactly */
    f64 f = split_f64(sum, &n) - F64(1.0);
    f = fma_f64(lost, from_bits_f64(U64(0x3ff0000000000000ull) - n), f);
    f64 result = log_sum_f64(f, whole_f64(n));
    result = sel_f64(eq_f64(sum, F64(0.0)), -infinity_f64(), sel_f64(lt_f64(sum, F64(0.0)), nan_f64(), result));
    result = sel_f64(lt_f64(abs_f64(x), F64(0x1p-60)), x, result);
    return sel_f64(eq_f64(x, x), sel_f64(eq_f64(x, infinity_f64()), x, result), x);
}
/* ... of -1 < x <= 1 but -0: the same bits for less work, because 1 is the larger of the two and nothing special can come out */
FN f64 log1p_of_unit_f64(f64 x)
{
    u64 n;
    f64 sum = F64(1.0) + x, lost = x - (sum - F64(1.0));
    f64 f = split_f64(sum, &n) - F64(1.0);
    return log_sum_f64(fma_f64(lost, from_bits_f64(U64(0x3ff0000000000000ull) - n), f), whole_f64(n));
}

/* sine and cosine of |r| <= pi/4 and a little more */
FN void sincos_quarters_f64(int count, const f64 *r, f64 *sine, f64 *cosine)
{
    f64 z[WS_MOST_AT_ONCE], p[WS_MOST_AT_ONCE], q[WS_MOST_AT_ONCE];
    EACH(count) z[j] = r[j] * r[j];
    EACH(count) p[j] = fma_f64(F64(0x1.5d8f9380c52e9p-33), z[j], F64(-0x1.ae5e590de3487p-26));
    EACH(count) q[j] = fma_f64(F64(-0x1.8fa97fffb3dcap-37), z[j], F64(0x1.1ee9e13bdbf9ap-29));
    EACH(count) p[j] = fma_f64(p[j], z[j], F64(0x1.71de356491acbp-19));
    EACH(count) q[j] = fma_f64(q[j], z[j], F64(-0x1.27e4f7f8c01f8p-22));
    EACH(count) p[j] = fma_f64(p[j], z[j], F64(-0x1.a01a019bf7b7ap-13));
    EACH(count) q[j] = fma_f64(q[j], z[j], F64(0x1.a01a019c974b8p-16));
    EACH(count) p[j] = fma_f64(p[j], z[j], F64(0x1.111111110f77cp-7));
    EACH(count) q[j] = fma_f64(q[j], z[j], F64(-0x1.6c16c16c1504ap-10));
    EACH(count) p[j] = fma_f64(p[j], z[j], F64(-0x1.5555555555548p-3));
    EACH(count) q[j] = fma_f64(q[j], z[j], F64(0x1.555555555554bp-5));
    EACH(count) sine[j] = fma_f64(r[j] * z[j], p[j], r[j]);
    EACH(count) q[j] = fma_f64(z[j], q[j], F64(-0.5));
    EACH(count) cosine[j] = fma_f64(z[j], q[j], F64(1.0));
}
/* ... turned by a number of quarters, which is given as bits 62 and 63: first by a quarter, */
FN void quarter_turn_f64(u64 quarters, f64 s, f64 c, f64 *sine, f64 *cosine)
{
    m64 odd = meet_u64(quarters, U64(0x4000000000000000ull));
    *sine = sel_f64(odd, c, s);
    *cosine = sel_minus_f64(odd, s, c);
}
/* then each by a half */
FN f64 half_turn_f64(u64 quarters, f64 x) { return from_bits_f64(bits_f64(x) ^ (quarters & U64(0x8000000000000000ull))); }
/* |x| <= 2^20: pi/2 in three parts, the first of which leaves no rounding */
FN void sincos_f64(f64 x, f64 *sine, f64 *cosine)
{
    f64 shifted = fma_f64(x, F64(0x1.45f306dc9c883p-1), F64(0x1.8p52));
    f64 whole = shifted - F64(0x1.8p52);
    u64 quarters = bits_f64(shifted) << 62;
    f64 r = fma_f64(-whole, F64(0x1.921fb544p+0), x);
    r = fma_f64(-whole, F64(0x1.0b4611a6p-34), r);
    r = fma_f64(-whole, F64(0x1.3198a2e037073p-69), r);
    f64 s, c;
    sincos_quarters_f64(1, &r, &s, &c);
    quarter_turn_f64(quarters, sel_f64(eq_f64(x, F64(0.0)), x, s), c, sine, cosine);
    *sine = half_turn_f64(quarters, *sine);
    *cosine = half_turn_f64(quarters, *cosine);
}

/* sinh r and cosh r - 1 for |r| <= 0.35 */
FN void sinhcosh_reduced_f64(f64 r, f64 *sine, f64 *more)
{
    f64 z = r * r;
    f64 p = F64(0x1.af5f9166805e5p-26);
    p = fma_f64(p, z, F64(0x1.71ddf7de5c3ccp-19));
    p = fma_f64(p, z, F64(0x1.a01a01b012868p-13));
    p = fma_f64(p, z, F64(0x1.111111110f63ep-7));
    p = fma_f64(p, z, F64(0x1.5555555555559p-3));
    *sine = fma_f64(r * z, p, r);
    f64 q = F64(0x1.28a1a6567e4d3p-22);
    q = fma_f64(q, z, F64(0x1.a019a8fe7c4c2p-16));
    q = fma_f64(q, z, F64(0x1.6c16c17d7bc98p-10));
    q = fma_f64(q, z, F64(0x1.5555555552fa1p-5));
    *more = z * fma_f64(z, q, F64(0.5));
}
/* sinh and cosh of x together, without a division; beyond +-707 those of +-707, whose product overflows many times. With x = n ln 2 + r:
 * sinh x = sinh r cosh(n ln 2) + cosh r sinh(n ln 2), and n = 0 leaves sinh r and cosh r as they are. What of r is lost in its rounding
 * is small beside the result for every n but 0, where there is nothing to lose. */
FN void sinhcosh_f64(f64 x, f64 *sine, f64 *cosine)
{
    x = clamp_f64(x, F64(-707.0), F64(707.0));
    f64 shifted = fma_f64(x, F64(0x1.71547652b82fep+0), F64(0x1.8p52));
    f64 whole = shifted - F64(0x1.8p52);
    u64 n = bits_f64(shifted) - U64(0x4338000000000000ull);
    f64 r = fma_f64(-whole, F64(-0x1.8432a1b0e2634p-43), fma_f64(-whole, F64(0x1.62e42fefa4p-1), x));
    f64 grown = from_bits_f64((U64(1022u) + n) << 52), shrunk = from_bits_f64((U64(1022u) - n) << 52); /* 2^n / 2, 2^-n / 2 */
    f64 even = grown + shrunk, odd = grown - shrunk;
    f64 s, more;
    sinhcosh_reduced_f64(r, &s, &more);
    *sine = fma_f64(s, even, fma_f64(more, odd, odd));
    *cosine = fma_f64(s, odd, fma_f64(more, even, even));
}
/* ... of |x| <= SINHCOSH_NEAR, for which n is 0: the same bits for half of the work. (Adding 0 gives -0 the sign that it has above.) */
FN void sinhcosh_near_f64(f64 x, f64 *sine, f64 *cosine)
{
    f64 s, more;
    sinhcosh_reduced_f64(x, &s, &more);
    *sine = s + F64(0.0);
    *cosine = more + F64(1.0);
}

FN f64 sinh_f64(f64 x)
{
    f64 magnitude = abs_f64(x), E = expm1_f64(magnitude);
    f64 small = F64(0.5) * (E + E / (E + F64(1.0)));
    f64 large = exp_scaled_f64(magnitude, -1);
    f64 result = sel_f64(lt_f64(magnitude, F64(0x1p-60)), magnitude, sel_f64(lt_f64(magnitude, F64(20.0)), small, large));
    return sel_f64(eq_f64(x, x), copysign_f64(result, x), x);
}
FN f64 cosh_f64(f64 x)
{
    f64 E = exp_scaled_f64(abs_f64(x), -1);
    return E + F64(0.25) / E;
}
FN f64 tanh_f64(f64 x)
{
    f64 E = expm1_of_middle_f64(F64(2.0) * lesser_f64(F64(20.0), abs_f64(x))); /* of a small x exactly 2 |x| */
    return copysign_f64(E / (E + F64(2.0)), x);
}

/* log(x) = high + *low for x > 0 finite and normal, *low with half the precision again: 2 atanh(s), s = f / (2 + f), in pairs */
FN f64 log_pair_f64(f64 f, f64 n, f64 *low)
{
    const f64 third = F64(0x1.5555555555555p-2), third_low = F64(0x1.5555555555555p-56);
    f64 d = F64(2.0) + f, d_low = (F64(2.0) - d) + f;
    f64 s = f / d, s_low = fma_f64(-s, d_low, fma_f64(-s, d, f)) / d;
    f64 z = s * s, z_low = fma_f64(s, s, -z) + F64(2.0) * (s * s_low);
    f64 p = F64(0x1.eb7900133b211p-5);
    p = fma_f64(p, z, F64(0x1.de25cfab065d9p-5));
    p = fma_f64(p, z, F64(0x1.1121147bebf8cp-4));
    p = fma_f64(p, z, F64(0x1.3b135ff4cb9c2p-4));
    p = fma_f64(p, z, F64(0x1.745d183e0e09dp-4));
    p = fma_f64(p, z, F64(0x1.c71c71c564101p-4));
    p = fma_f64(p, z, F64(0x1.2492492493151p-3));
    p = fma_f64(p, z, F64(0x1.9999999999995p-3));
    f64 a = z * third, a_low = fma_f64(z, third, -a) + fma_f64(z, third_low, z_low * third);
    f64 q = z * z * p, w = a + q, w_low = ((a - w) + q) + a_low;
    f64 t = s * w, t_low = fma_f64(s, w, -t) + fma_f64(s, w_low, s_low * w);
    f64 v = s + t, v_low = ((s - v) + t) + (t_low + s_low);
    f64 base = n * F64(0x1.62e42fefa4p-1), twice = F64(2.0) * v, high = base + twice;
    f64 rest = ((base - high) + twice) + fma_f64(F64(2.0), v_low, n * F64(-0x1.8432a1b0e2634p-43)), result = high + rest;
    *low = (high - result) + rest;
    return result;
}
/* x^y for x >= 0 (NaN for x < 0); x^0 = 1^y = 1 */
FN f64 pow_f64(f64 x, f64 y)
{
    u64 n;
    f64 low;
    m64 small = lt_f64(x, F64(0x1p-1022));
    f64 f = split_f64(sel_f64(small, x * F64(0x1p54), x), &n) - F64(1.0);
    f64 high = log_pair_f64(f, whole_f64(n) - sel_f64(small, F64(54.0), F64(0.0)), &low);
    f64 e = y * high;
    f64 e_low = fma_f64(y, high, -e) + y * low;
    e_low = sel_f64(lt_f64(abs_f64(e), F64(746.0)), e_low, F64(0.0)); /* 0 beyond: the result is 0 or infinite, and e itself may be */
    f64 rest, r = reduce_ln2_f64(clamp_f64(e, F64(-746.0), F64(711.0)), &n, &rest);
    f64 grown = expm1_reduced_f64(r, rest);
    f64 result = scale_f64(fma_f64(e_low, F64(1.0) + grown, grown), n);
    f64 limit = sel_f64(lt_f64(y, F64(0.0)), F64(0.0), infinity_f64()); /* of a growing base */
    result = sel_f64(eq_f64(x, infinity_f64()), limit, result);
    limit = sel_f64(lt_f64(y, F64(0.0)), infinity_f64(), F64(0.0));
    result = sel_f64(eq_f64(x, F64(0.0)), limit, result);
    result = sel_f64(lt_f64(x, F64(0.0)), nan_f64(), result);
    result = sel_f64(eq_f64(x, x), sel_f64(eq_f64(y, y), result, y), x);
    return sel_f64(or_m64(eq_f64(y, F64(0.0)), eq_f64(x, F64(1.0))), F64(1.0), result);
}
#endif
