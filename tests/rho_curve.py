"""rho_curve.py: what tests share of the objective exact-rho: its solution in many digits, from a hypergeometric function, and the table that the
program gives its kernel.

    f = (k x^2 / 2) (v / y)^2,  v'(y) = sqrt(1 + v^(2 rho)), v(0) = 0,  y = sqrt(k / 2) (K / ((1 + rho) k))^(1 / (2 rho)) |x|,  k = w K0
"""
import ctypes
import functools
import os
import pathlib
import re
import subprocess
import tempfile

import mpmath as mp

SOURCE = pathlib.Path(os.environ.get("WARMSWEEP_SOURCE", pathlib.Path(__file__).resolve().parents[1]))
_folder = tempfile.TemporaryDirectory(prefix="warmsweep-curve-")
FOLDER = pathlib.Path(_folder.name)


class Pair(ctypes.Structure):
    _fields_ = [("high", ctypes.c_double), ("low", ctypes.c_double)]


@functools.cache
def library():
    files = ["plan/rho_curve.c", "base/pair.c", "base/portable_math.c", "base/portable_powers.c", "base/text.c", "base/error.c"]
    subprocess.run([os.environ.get("CC", "cc"), "-O2", "-ffp-contract=off", "-fPIC", "-shared", "-D_GNU_SOURCE", f"-I{SOURCE / 'src'}", f"-I{SOURCE}",
                    *(str(SOURCE / "src" / file) for file in files), "-o", str(FOLDER / "curve.so"), "-lm"], check=True)
    result = ctypes.CDLL(str(FOLDER / "curve.so"))
    result.ws_rho_curve.restype = ctypes.c_char_p
    for function in (result.ws_pair_exp, result.ws_pair_log):
        function.restype, function.argtypes = Pair, [Pair]
    return result


@functools.cache
def text(rho, precision):
    """The lines of #define, as in the kernel that the program compiles."""
    return f"#define OBJECTIVE_RHO {float(rho)!r}\n" + library().ws_rho_curve(ctypes.c_double(rho), precision).decode()


def defines(rho, precision):
    return dict(re.findall(r"(?m)^#define (\S+) (.*)$", text(rho, precision)))


def flags(rho, precision):
    """For a compiler: a header that is included first."""
    file = FOLDER / f"{float(rho)!r}-{precision}.h"
    if not file.exists():
        file.write_text(text(rho, precision))
    return ["-include", str(file)]


def barrier(rho):
    """y*, where v is infinite; none for rho <= 1."""
    rho = mp.mpf(rho)
    return mp.beta(1 / (2 * rho), (rho - 1) / (2 * rho)) / (2 * rho) if rho > 1 else mp.inf


def inverse(v, rho):
    """y(v) = integral of 1 / sqrt(1 + v^(2 rho)), in closed form where there is one"""
    if rho == 1:
        return mp.asinh(v)
    if rho == 0.5:
        return 2 * v / (1 + mp.sqrt(1 + v))
    if rho == 0.25:  # (4/3) (z - 1)^2 (z + 2), z = sqrt(1 + sqrt(v))
        root = mp.sqrt(v)
        z = mp.sqrt(1 + root)
        return 4 * (root / (1 + z)) ** 2 * (z + 2) / 3
    return v * mp.hyp2f1(mp.mpf(1) / 2, 1 / (2 * rho), 1 + 1 / (2 * rho), -(v ** (2 * rho)))


@functools.lru_cache(maxsize=100000)
def solution(y, rho, digits):
    """v(y): Newton's method for ln v, on which ln y is concave: from the left it does not overshoot. y* for rho > 1 is the caller's business."""
    with mp.workdps(20):
        v = +y
        for _ in range(400):
            here = inverse(v, rho)
            step = (mp.log(y) - mp.log(here)) * here * mp.sqrt(1 + v ** (2 * rho)) / v
            v *= mp.exp(step)
            if abs(step) < mp.mpf(10) ** -10:
                break
    done = 16
    while done < 2 * digits:
        done *= 2
        with mp.workdps(min(done, digits) + 10):
            v += (y - inverse(v, rho)) * mp.sqrt(1 + v ** (2 * rho))
    return v


def scale(p, w, rho):
    """y / |x| of a coordinate of weight w; p = (K0, K)."""
    k = w * p[0]
    return mp.sqrt(k / 2) * (p[1] / ((1 + rho) * k)) ** (1 / (2 * rho))


def formula(rho, digits=None):
    """The gap as a function of (K0, K), weights and the point."""
    rho = mp.mpf(rho)

    def value(p, w, x):
        total = mp.mpf(0)
        for wi, xi in zip(w, x):
            if xi:
                y = scale(p, wi, rho) * abs(xi)
                total += wi * p[0] / 2 * (xi * solution(y, rho, digits or mp.mp.dps) / y) ** 2
        return total
    return value


def growth(p, w, x, rho):
    """Of a coordinate: ln E = ln(v / y); g = y v' / v, by which an error of y is enlarged; b = 1 - y / y*; m = ln(y / b)."""
    rho = mp.mpf(rho)
    y = scale(p, w, rho) * abs(x)
    v, b = solution(y, rho, mp.mp.dps), 1 - y / barrier(rho)
    return mp.log(v / y), y * mp.sqrt(1 + v ** (2 * rho)) / v, b, mp.log(y / b)
