"""math_coefficients.py: where the polynomial coefficients of kernels/math_f32.h and math_f64.h come from.

For each row of FITS it fits a polynomial p to g by least squares at Chebyshev points, which comes within a factor two of the
smallest possible maximum of |weight (p - g)|. It then rounds the coefficients to the working precision from the lowest degree up,
fitting the rest again after each rounding, so that the later ones make good what the earlier lost. A weight is the factor that
turns an error of p into a relative error of the function. All in 100 digits (mpmath).

`python3 tests/kernels/math_coefficients.py` prints the coefficients from the lowest degree up, as hex floats, with the largest
weighted error that remains; test_math.py asserts that the headers hold exactly these numbers.
"""
import mpmath as mp

mp.mp.dps = 100
POINTS = 100


def exp_tail(r):  # expm1(r) = r + r^2 p(r)
    return (mp.expm1(r) - r) / r**2


def log_tail(f):  # log1p(f) = f - f^2/2 + f^3 p(f)
    return (mp.log1p(f) - f + f**2 / 2) / f**3


def atanh_tail(z):  # log((1+s)/(1-s)) = 2 s + s z p(z), z = s^2
    s = mp.sqrt(z)
    return (2 * mp.atanh(s) - 2 * s) / (s * z)


def atanh_tail_after_third(z):  # atanh(s) = s (1 + z (1/3 + z p(z))), z = s^2
    s = mp.sqrt(z)
    return (mp.atanh(s) / s - 1 - z / 3) / z**2


def sin_tail(z):  # sin(r) = r + r z p(z), z = r^2
    r = mp.sqrt(z)
    return (mp.sin(r) - r) / (r * z)


def cos_tail(z):  # cos(r) = 1 - z/2 + z^2 p(z)
    return (mp.cos(mp.sqrt(z)) - 1 + z / 2) / z**2


def sinh_tail(z):  # sinh(r) = r + r z p(z), z = r^2
    r = mp.sqrt(z)
    return (mp.sinh(r) - r) / (r * z)


def cosh_tail(z):  # cosh(r) = 1 + z/2 + z^2 p(z)
    return (mp.cosh(mp.sqrt(z)) - 1 - z / 2) / z**2


HALF_LN2 = mp.mpf("0.347")  # ln(2)/2 and a margin for the rounding of n
ROOT = (mp.sqrt("0.5") - 1, mp.sqrt(2) - 1)  # mantissas from sqrt(1/2) to sqrt(2)
S_SQUARE = (mp.mpf(0), mp.mpf("0.02945"))  # ((sqrt 2 - 1) / (sqrt 2 + 1))^2

# name: (g, interval, weight, number of coefficients, bits of the precision)
FITS = {
    "exp_f32": (exp_tail, (-HALF_LN2, HALF_LN2), lambda r: abs(r), 6, 24),
    "exp_f64": (exp_tail, (-HALF_LN2, HALF_LN2), lambda r: abs(r), 10, 53),
    "sinh_f32": (sinh_tail, (mp.mpf(0), HALF_LN2**2), lambda z: z, 2, 24),
    "sinh_f64": (sinh_tail, (mp.mpf(0), HALF_LN2**2), lambda z: z, 5, 53),
    "cosh_f32": (cosh_tail, (mp.mpf(0), HALF_LN2**2), lambda z: z**2, 2, 24),
    "cosh_f64": (cosh_tail, (mp.mpf(0), HALF_LN2**2), lambda z: z**2, 4, 53),
    "log_f32": (log_tail, ROOT, lambda f: f**2, 8, 24),
    "log_f64": (atanh_tail, S_SQUARE, lambda z: z / 2, 7, 53),
    "pow_f32": (atanh_tail_after_third, S_SQUARE, lambda z: z**2, 3, 24),
    "pow_f64": (atanh_tail_after_third, S_SQUARE, lambda z: z**2, 8, 53),
    # float32 sincos: 0.82 instead of pi/4, since 2/pi in float32 times 2^20 may miss the nearest quadrant
    "sin_f32": (sin_tail, (mp.mpf(0), mp.mpf("0.82") ** 2), lambda z: z, 3, 24),
    "cos_f32": (cos_tail, (mp.mpf(0), mp.mpf("0.82") ** 2), lambda z: z**2, 3, 24),
    "sin_f64": (sin_tail, (mp.mpf(0), mp.mpf("0.7855") ** 2), lambda z: z, 6, 53),
    "cos_f64": (cos_tail, (mp.mpf(0), mp.mpf("0.7855") ** 2), lambda z: z**2, 6, 53),
}


def rounded(x, bits):
    mantissa, exponent = mp.frexp(x)
    return mp.ldexp(mp.nint(mp.ldexp(mantissa, bits)), exponent - bits)


def least_squares(values, weights, points, powers):
    """Coefficients of x^j, j in powers, that minimise sum (weight (p - value))^2."""
    rows = mp.matrix(len(points), len(powers))
    right = mp.matrix(len(points), 1)
    for i, (x, value, weight) in enumerate(zip(points, values, weights)):
        for j, power in enumerate(powers):
            rows[i, j] = weight * x**power
        right[i] = weight * value
    return mp.lu_solve(rows.T * rows, rows.T * right)


def fit(name):
    g, (low, high), weight, count, bits = FITS[name]
    points = [low + (high - low) * (1 - mp.cos(mp.pi * (2 * i + 1) / POINTS / 2)) / 2 for i in range(POINTS)]
    values = [g(x) for x in points]
    weights = [weight(x) for x in points]
    fixed = []
    while len(fixed) < count:
        rest = [v - sum(c * x**j for j, c in enumerate(fixed)) for x, v in zip(points, values)]
        fixed.append(rounded(least_squares(rest, weights, points, range(len(fixed), count))[0], bits))
    error = max(abs(w * (sum(c * x**j for j, c in enumerate(fixed)) - v)) for x, v, w in zip(points, values, weights))
    return [float(c) for c in fixed], error


if __name__ == "__main__":
    for name in FITS:
        coefficients, error = fit(name)
        print(f"{name}: error 2^{float(mp.log(error, 2)):.1f}")
        for c in coefficients:
            print(f"    {c.hex()}  {c:.17g}")
