"""test_schedules.py: every warmup and decay, at every iteration, against a plain NumPy simulation written from the papers and libraries; and
the two hints that engines rely on, by brute force: from `settled` on the step size never changes, from `falling` on it never rises.

The simulation uses the same formula where the kernel's is the natural one; then only exp, log, pow, sin and cos differ (the dialect's own
against the C library's), by at most the units in the last place that ULP allows. One ulp is that of the largest of the numbers that the
formula adds: a factor that cancels (1 - v near the end) has fewer digits than the peak, in both.
"""
import ctypes
import itertools
import math
import os
import pathlib
import subprocess
import tempfile
import unittest

import mpmath as mp
import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
KERNELS = pathlib.Path(os.environ.get("WARMSWEEP_SOURCE", HERE.parents[1])) / "kernels"
FLAGS = ["-std=gnu11", "-O1", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-fPIC", "-shared", "-w"]
PEAK = 0.7310585786300049
NEVER = 1e300
_folder = tempfile.TemporaryDirectory()


def build(*defines):
    name = pathlib.Path(_folder.name) / ("".join(c if c.isalnum() else "-" for c in "".join(defines)) + ".so")
    if not name.exists():
        subprocess.run([os.environ.get("CC", "cc"), *FLAGS, *("-D" + d for d in defines), f"-I{KERNELS}", str(HERE / "schedule_probe.c"),
                        "-o", str(name), "-lm"], check=True)
    return ctypes.CDLL(str(name))


def numbers(values):
    return (ctypes.c_double * 8)(*values)


def schedule(library, count, W=0, initial=0.0, warmup=(), decay=(), rule=(), peak=PEAK):
    """eta_0 ... eta_{count-1} in float64, settled, falling"""
    eta, hints = np.zeros(count), np.zeros(2)
    library.probe_schedule(ctypes.c_double(peak), ctypes.c_double(W), ctypes.c_double(initial), numbers(warmup), numbers(decay), numbers(rule),
                           ctypes.c_int(count), eta.ctypes.data_as(ctypes.c_void_p), hints.ctypes.data_as(ctypes.c_void_p))
    return eta, hints[0], hints[1]


def ramp(warmup="linear", decay="constant", convention=1, decay_convention=0, *more):
    return build(f'WS_WARMUP="warmup/{warmup.replace("-", "_")}.h"', f'WS_DECAY="decay/{decay.replace("-", "_")}.h"',
                 f"WS_WARMUP_CONVENTION={convention}", f"WS_DECAY_CONVENTION={decay_convention}", *more)


# ---- the simulation: phi(u), and the factor at n iterations after the warmup (g of them "gone" by the convention) ----
def double_linear(u, mid, knee):
    return mid * u / knee if u <= knee else mid + (1 - mid) * (u - knee) / (1 - knee)


WARMUPS = {
    "linear": (lambda u: u, [()]),
    "polynomial": (lambda u, k: u**k, [(2,), (0.5,), (3.3,)]),
    "sqrt": (lambda u: math.sqrt(u), [()]),
    "cosine": (lambda u: 0.5 * (1 - math.cos(math.pi * u)), [()]),
    "exponential": (lambda u, a: math.expm1(a * u) / math.expm1(a), [(1.5,), (4,), (1e-9,)]),
    "geometric": (lambda u, s: s ** (1 - u), [(0.01,), (1,)]),
    "double-linear": (double_linear, [(0.1, 0.5), (0.9, 0.25), (0, 0.125)]),
    "one-minus-sqrt": (lambda u: 1 - math.sqrt(1 - u), [()]),
}


def between(low, shape):
    return low + (1 - low) * shape


def part(g, D):
    return g / D if g < D else 1.0


def rest(g, D):
    return (D - g) / D if g < D else 0.0


def cosine(t, W, a, b, H, low, cycles, power, periodic):
    g, D = t - W + a, H - W + b
    v = (g / D if D > 0 else 1.0) if periodic else part(g, D)
    shape = 0.5 * (1 + math.cos(2 * math.pi * cycles * v))
    return between(low, shape if power == 1 else shape**power)


def wsd(t, W, a, b, H, low, length, fraction, shape):
    D = fraction * H if math.isnan(length) else length
    begin = max(H - D, W)
    if t < begin:
        return 1.0
    g, whole = t - begin + a, H - begin + b
    v = part(g, whole)
    return between(low, [rest(g, whole), 0.5 * (1 + math.cos(math.pi * v)), 1 - math.sqrt(v)][shape])


def two_lines(t, W, a, b, H, low, mid, knee):
    v = part(t - W + a, H - W + b)
    return low if v >= 1 else 1 + (mid - 1) * v / knee if v < knee else mid + (low - mid) * (v - knee) / (1 - knee)


def cosine_restarts(t, W, a, b, H, low, cycles):
    v = part(t - W + a, H - W + b)
    return between(low, 0.0 if v >= 1 else 0.5 * (1 + math.cos(math.pi * math.fmod(cycles * v, 1.0))))


def warm_restarts(t, W, a, b, period, growth, low):
    n, length = t - W, period
    while n >= length:
        n -= length
        length *= growth
    return between(low, 0.5 * (1 + math.cos(math.pi * (n / length))))


def cyclic(t, W, a, b, up, down, low, shrink, gamma):
    n = t - W
    cycle, place = divmod(n, up + down)
    return between(low, (place / up if place < up else (up + down - place) / down) * shrink**cycle * gamma**n)


def inverse_sqrt(t, W, a, b, s):
    s = s or W or 10000
    return math.sqrt(s / (s + (t - W + a)))


POINTS = [(5, 0.5), (10, 1.0), (40, 0.25), (41, 0.3), (100, 0.0)]
nan = math.nan
# factor(t, W, a, b, parameters), parameters, takes a convention
DECAYS = {
    "constant": (lambda t, W, a, b: 1.0, [()], False),
    "linear": (lambda t, W, a, b, H, f: between(f, rest(t - W + a, H - W + b)), [(90, 0), (90, 0.25), (3, 0.5)], True),
    "polynomial": (lambda t, W, a, b, H, f, k: between(f, rest(t - W + a, H - W + b) ** k), [(90, 0, 1), (90, 0.1, 2), (70, 0, 0.7)], True),
    "one-minus-sqrt": (lambda t, W, a, b, H, f: between(f, 1 - math.sqrt(part(t - W + a, H - W + b))), [(90, 0), (90, 0.25)], True),
    "exponential": (lambda t, W, a, b, H, f: f ** part(t - W + a, H - W + b), [(90, 0.01), (90, 0.5)], True),
    "geometric": (lambda t, W, a, b, g, n, f: max(f, g ** ((t - W) / n)), [(0.5, 10, 0), (0.9, 1, 0.05), (1, 1, 0)], False),
    "step": (lambda t, W, a, b, g, n, f: max(f, g ** ((t - W) // n)), [(0.5, 10, 0), (0.9, 1, 0.05), (0.1, 7, 1e-3)], False),
    "inverse-sqrt": (inverse_sqrt, [(0,), (25,)], True),
    "inverse": (lambda t, W, a, b, k, p: 1 / (1 + k * (t - W)) if p == 1 else (1 + k * (t - W)) ** -p, [(0.01, 1), (0.5, 0.5), (0, 1)], False),
    "noam": (lambda t, W, a, b: 1 / math.sqrt(t + 1), [()], False),
    "cosine": (cosine, [(90, 0, 0.5, 1, 0), (90, 0.1, 0.5, 2, 0), (60, 0.1, 1.5, 1, 0), (60, 0, 0.5, 1, 1), (2, 0.5, 0.5, 1, 0), (60, 0.2, 0.25, 1, 0)], True),
    "two-lines": (two_lines, [(90, 1e-3, 0.04, 0.7), (90, 0.5, 0.1, 0.25)], True),
    "cosine-restarts": (cosine_restarts, [(90, 0, 1), (90, 0.1, 4), (100, 0, 7)], True),
    "warm-restarts": (warm_restarts, [(10, 1, 0), (7, 2, 0.1), (3, 3, 0), (1, 2, 0)], False),
    "cyclic": (cyclic, [(10, 10, 0.1, 1, 1), (4, 9, 0, 0.5, 1), (1, 1, 0.5, 1, 0.99)], False),
    "wsd": (lambda *p: wsd(*p, 0), [(100, 0, 30, nan), (100, 0.1, nan, 0.2), (100, 0, 1000, nan), (50, 0, 0, nan)], True),
}
# eta(ramp, gap, |g|^2, |x|^2, sharpness, parameters)
RULES = {
    "theory": (lambda r, D, g, x, s, c0, c1, K0, K, rho: 1 / (c0 * K0 + c1 * K * D**rho), [(1, 1, 1, 6, 0.5), (10, 20, 2, 1, 1)]),
    "theory-min": (lambda r, D, g, x, s, c, K0, K, rho: c * min(1 / K0, D**-rho / (3**rho * K)), [(1, 1, 6, 0.5), (0.5, 2, 1, 1)]),
    "polyak": (lambda r, D, g, x, s, c: c * D / g, [(1,), (0.3,)]),
    "normalized": (lambda r, D, g, x, s: r / math.sqrt(g), [()]),
    "clipped": (lambda r, D, g, x, s, G: r if math.sqrt(g) <= G else r * G / math.sqrt(g), [(1,), (100,)]),
    "relative-clip": (lambda r, D, g, x, s, q: min(r, q * math.sqrt(x) / math.sqrt(g)), [(0.1,)]),
    "sharpness": (lambda r, D, g, x, s, c: c / s, [(1,), (1.9,)]),
    "gap-ramp": (lambda r, D, g, x, s, C: r if D <= C else r * (C / D), [(1,), (1e3,)]),
    "armijo": (lambda r, D, g, x, s, beta, c, most: r, [(0.5, 0.1, 3)]),  # the first trial; the others: tests/science/test_armijo.py
}
EXACT = set(RULES) - {"theory", "theory-min"}
CONVENTIONS = [(lambda t, W: t / W), (lambda t, W: (t + 1) / W), (lambda t, W: (t + 1) / (W + 1)), (lambda t, W: t / max(1, W - 1))]
DECAY_CONVENTIONS = [(0, 0), (1, 0), (1, 1), (2, 1)]
ULP = 8  # 2 of a shape's last operations, the rest from exp, log, pow and sincos (kernels/math_f64.h: at most 4 each, times an exponent's size)
WS = [0, 1, 2, 12]


class Schedules(unittest.TestCase):
    COUNT = 160

    def close(self, got, want, what, exact=False):
        got, want = np.asarray(got), np.asarray(want)
        self.assertTrue(np.isfinite(got).all(), (what, got))
        if exact:
            bad = np.nonzero(got != want)[0]
        else:
            bad = np.nonzero(abs(got - want) > ULP * np.spacing(np.maximum(abs(want), PEAK / 8)))[0]
        self.assertFalse(len(bad), (what, [(int(t), float(got[t]), float(want[t])) for t in bad[:3]]))

    def test_warmups(self):
        for (kind, (phi, cases)), (convention, u) in itertools.product(WARMUPS.items(), enumerate(CONVENTIONS)):
            library = ramp(kind, convention=convention)
            for p, W, initial in itertools.product(cases, WS, (0.0, 0.25)):
                got, settled, falling = schedule(library, 20, W, initial, warmup=p)
                want = [PEAK * (initial + (1 - initial) * phi(u(t, W), *p)) if t < W else PEAK for t in range(20)]
                self.close(got, want, (kind, convention, p, W, initial), exact=kind in ("linear", "sqrt", "double-linear"))
                self.assertEqual((settled, falling), (W, W))

    def test_decays(self):
        for kind, (factor, cases, conventional) in DECAYS.items():
            for convention in range(4 if conventional else 1):
                library = ramp("linear", kind, 1, convention, *(["DECAY_SHAPE=0"] if kind == "wsd" else []))
                self.decay(kind, library, factor, cases, DECAY_CONVENTIONS[convention])
        for shape in (1, 2):
            self.decay("wsd", ramp("linear", "wsd", 1, 2, f"DECAY_SHAPE={shape}"), lambda *p: wsd(*p, shape), DECAYS["wsd"][1], (1, 1))
        table = ",".join(f"{x},{y}" for x, y in POINTS)
        library = ramp("linear", "table", 1, 0, f"DECAY_TABLE_POINTS={len(POINTS)}", f"DECAY_TABLE={table}")
        self.decay("table", library, lambda t, W, a, b: float(np.interp(t - W, *zip(*POINTS))), [()], (0, 0))

    def decay(self, kind, library, factor, cases, convention):
        for p, W in itertools.product(cases, WS):
            got, settled, falling = schedule(library, self.COUNT, W, decay=p)
            before = PEAK / math.sqrt(W) if kind == "noam" and W else PEAK
            want = [before * ((t + 1) / W) if t < W else PEAK * factor(t, W, *convention, *p) for t in range(self.COUNT)]
            what = (kind, p, W, convention)
            self.close(got, want, what)
            self.hints(got, settled, falling, what)

    def hints(self, eta, settled, falling, what):
        """By brute force; and neither may be needlessly late, or skipping and stall detection are lost."""
        last_change = max((t for t in range(1, len(eta)) if eta[t] != eta[t - 1]), default=0)
        self.assertLessEqual(last_change, settled, what)
        # a rounding error of sincos or pow is not a rise
        last_rise = max((t for t in range(1, len(eta)) if eta[t] > eta[t - 1] + 4 * np.spacing(PEAK)), default=0)
        self.assertLessEqual(last_rise, falling, what)
        if settled < NEVER and last_change:
            self.assertLessEqual(settled, last_change + 3, what)
        if falling < NEVER and what[0] not in ("cosine", "cosine-restarts", "table", "two-lines"):
            self.assertLessEqual(falling, max(what[2], last_rise), what)

    def test_every_kind_is_compared(self):
        kinds = lambda folder: {p.stem.replace("_", "-") for p in (KERNELS / folder).glob("*.h")}
        self.assertEqual(kinds("warmup"), set(WARMUPS))
        self.assertEqual(kinds("decay"), set(DECAYS) | {"table"})
        self.assertEqual(kinds("feedback"), set(RULES))
        self.assertEqual(kinds("open_loop"), {"theory"})

    def test_closed_loop_rules(self):
        rng = np.random.default_rng(4)
        looks = np.exp(rng.uniform(-20, 20, (400, 5)))
        for kind, (rule, cases) in RULES.items():
            library = build(f'WS_FEEDBACK="feedback/{kind.replace("-", "_")}.h"', 'WS_WARMUP="warmup/linear.h"', 'WS_DECAY="decay/constant.h"',
                            "WS_WARMUP_CONVENTION=1")
            for p in cases:
                got = np.zeros(len(looks))
                library.probe_feedback(numbers(p), ctypes.c_int(len(looks)), looks.ctypes.data_as(ctypes.c_void_p), got.ctypes.data_as(ctypes.c_void_p))
                want = np.array([rule(*look, *p) for look in looks])
                # pow: 4 units, and rounding of what it is made of
                self.assertLessEqual(float(abs(got / want - 1).max()), ULP * 2.0**-52, (kind, p))
                if kind in EXACT:
                    self.assertTrue((got == want).all(), (kind, p))

    def test_a_rule_without_a_value_does_not_move(self):
        for kind, look in (("polyak", (1, 0, 0, 1, 1)), ("polyak", (1, 2, 0, 1, 1)), ("normalized", (1, 2, 0, 1, 1)), ("sharpness", (1, 2, 3, 1, 0)),
                           ("theory", (1, 0, 0, 0, 0)), ("relative-clip", (1, 0, 0, 0, 0))):
            library = build(f'WS_FEEDBACK="feedback/{kind.replace("-", "_")}.h"', 'WS_WARMUP="warmup/linear.h"', 'WS_DECAY="decay/constant.h"',
                            "WS_WARMUP_CONVENTION=1")
            eta, look = np.zeros(1), np.array(look, float)
            library.probe_guarded(numbers((1, 1, 0, 1, 1)), ctypes.c_int(1), look.ctypes.data_as(ctypes.c_void_p), eta.ctypes.data_as(ctypes.c_void_p))
            self.assertTrue(eta[0] in (0, look[0]), (kind, look, eta))

    def test_open_theory(self):
        """Against the flow's own equation in 40 digits; the closed forms of K0 = 0; and that it bounds the recursion it stands for."""
        library = build('WS_OPEN_LOOP="open_loop/theory.h"')
        mp.mp.dps = 40
        for c, K0, K, rho, gap, radius in [(0.25, 0, 6, 0.5, 1e4, 30), (0.25, 1, 1, 1, 5e3, 9), (1, 2, 0.5, 0.3, 100, 4), (0.25, 0, 1, 1, 1e3, 10),
                                           (0.5, 1e-6, 3, 0.75, 1e6, 50), (0.25, 1, 0, 0.5, 10, 3), (1.5, 3, 3, 0, 10, 3), (0.25, 1e3, 1e-3, 0.9, 1e2, 5)]:
            eta, settled, falling = schedule(library, 3000, rule=(c, K0, K, rho, gap, radius))
            self.assertEqual((settled, falling), (NEVER, NEVER))
            self.assertTrue((np.diff(eta) >= -4 * np.spacing(eta[:-1])).all(), "it rises")
            h = mp.mpf(c) * (1 - mp.mpf(c) / 2) / mp.mpf(radius) ** 2
            D = mp.mpf(gap)
            for t in range(3000):
                if t in (0, 1, 2, 10, 100, 999, 2999):
                    # D from the step size, put into the flow's equation
                    if K and rho:
                        at = ((mp.mpf(c) / mp.mpf(float(eta[t])) - K0) / K) ** (1 / mp.mpf(rho))
                        q = 1 - mp.mpf(rho)
                        area = K0 * (1 / at - 1 / mp.mpf(gap)) + K * ((at**-q - mp.mpf(gap) ** -q) / q if q else mp.log(gap / at))
                        # a unit in the last place of eta moves D by this much
                        slack = 64 * mp.mpf(2) ** -52 * (c / mp.mpf(float(eta[t]))) / (K * rho * at**rho) * (K0 / at + K * at**-q)
                        self.assertLessEqual(abs(area - h * t), 1e-13 * h * t + slack, (rho, t))
                    self.assertLessEqual(mp.mpf(float(eta[t])) * (1 - mp.mpf(10) ** -12), c / (K0 + K * D**rho), (rho, t))
                D = D - h * D**2 / (K0 + K * D**rho)
            if K0 == 0 and rho < 1:
                t = np.arange(3000)
                closed = c / K * (gap ** -(1 - rho) + (1 - rho) * float(h) / K * t) ** (rho / (1 - rho))
                self.assertLess(float(abs(eta / closed - 1).max()), 1e-13)
            if K0 == 0 and rho == 1:
                self.assertLess(float(abs(eta / (c / (K * gap) * np.exp(float(h) / K * np.arange(3000))) - 1).max()), 1e-12)


if __name__ == "__main__":
    unittest.main()
