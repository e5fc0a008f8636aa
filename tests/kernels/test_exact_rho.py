"""test_exact_rho.py: gap, gradient and curvature of exact-rho against its solution in many digits, for rho from the smallest to the largest that
is allowed, over the whole range of the precision and up to the barrier; what is beyond the barrier; the bits of the table.

The error bound that docs/numerics.md states: (12 + 4 |ln E| + (12 + 3 b |m|) (g - 1)) u relative for the gap, E = v / y, g = y v' / v, b = 1 - y / y*,
m = ln(y / b): the last term is what an error of x, the coefficients and the logarithm is enlarged to. Gradient and curvature likewise.
"""
import ctypes
import hashlib
import math
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

import mpmath as mp
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import rho_curve

HERE = pathlib.Path(__file__).resolve().parent
KERNELS = rho_curve.SOURCE / "kernels"
FLAGS = ["-std=gnu11", "-O1", "-march=native", "-ffp-contract=off", "-fno-math-errno", "-fPIC", "-shared", "-Wno-psabi", f"-I{KERNELS}"]
RHOS = [0.1, 0.25, 1 / 3, 0.5, 0.75, 0.999, 1, 1.001, 1.5, 2, 8]
DIGITS = 45


class ExactRho(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.probes, running = {}, []
        for key in [(rho, precision) for rho in RHOS for precision in (32, 64)]:
            library = pathlib.Path(folder.name) / f"{len(cls.probes)}.so"
            running.append(subprocess.Popen([os.environ.get("CC", "cc"), *FLAGS, *rho_curve.flags(*key), f"-DWS_PRECISION={key[1]}", "-DWS_DIM=1",
                                             '-DWS_OBJECTIVE="objective/exact_rho.h"', str(HERE / "objective_probe.c"), "-o", str(library)]))
            if len(running) > 1 and running.pop(0).wait():
                raise AssertionError("a probe does not compile")
            cls.probes[key] = library
        assert not any(process.wait() for process in running)
        cls.probes = {key: ctypes.CDLL(str(library)).probe for key, library in cls.probes.items()}

    def evaluate(self, key, parameters, weight, x):
        """gap, gradient, curvature and (K0, K, rho) of one coordinate"""
        one, scalars = ctypes.c_double * 1, (ctypes.c_double * 5)()
        gradient, curvature = one(), one()
        self.probes[key]((ctypes.c_double * 8)(*parameters), one(weight), ctypes.c_long(1), one(x), gradient, curvature, scalars)
        return scalars[0], gradient[0], curvature[0], tuple(scalars)[2:]

    def points(self, rho, precision, cases):
        """(K0, K), weight, x: over the range in which neither f nor the scale of y leaves the normal numbers, and next to the barrier."""
        real, reach = (np.float32, 1e15) if precision == 32 else (np.float64, 1e120)
        random.seed(f"{rho} {precision}")
        for case in range(cases):
            p, w = [float(real(10 ** random.uniform(-1, 1))) for _ in range(2)], float(real(random.uniform(0.2, 1)))
            scale = rho_curve.scale([mp.mpf(v) for v in p], mp.mpf(w), mp.mpf(rho))
            if rho > 1.1:
                y = rho_curve.barrier(rho) * (1 - mp.mpf(10) ** random.uniform(-6 if precision == 32 else -14, 0) if case % 2 else 10 ** random.uniform(-9, 0))
            elif 0.9 < rho:
                y = mp.mpf(random.uniform(0.01, 1) * math.log(reach)) if case % 2 else mp.mpf(10) ** random.uniform(-9, 0)
            else:  # f grows like y^(2 / (1 - rho))
                y = mp.mpf(10) ** (random.uniform(-3, 3) if case % 2 else random.uniform(-math.log10(reach), (1 - rho) * math.log10(reach)))
            x = float(real(random.choice((-1, 1)) * float(y / scale)))
            if scale * abs(x) < rho_curve.barrier(rho) and abs(x) * scale > 1 / reach and abs(x) > 1 / reach:
                yield p, w, x

    def test_against_the_solution(self):
        for key in self.probes:
            rho, precision = key
            u = mp.mpf(2) ** (-24 if precision == 32 else -53)
            formula, seen, worst = rho_curve.formula(rho), 0, mp.mpf(0)
            with self.subTest(rho=rho, precision=precision), mp.workdps(DIGITS):
                for p, w, x in self.points(rho, precision, 40):
                    P, W, X = [mp.mpf(v) for v in p], mp.mpf(w), mp.mpf(x)
                    want = formula(P, [W], [X])
                    lnE, g, b, m = rho_curve.growth(P, W, X, rho)
                    k, steep = W * P[0], mp.exp(lnE) * g
                    gap, gradient, curvature, constants = self.evaluate(key, p, w, x)
                    if want > mp.mpf(10) ** (37 if precision == 32 else 300):
                        continue  # one of the factors may overflow
                    relative = (12 + 4 * abs(lnE) + (12 + 3 * b * abs(m)) * (g - 1)) * u
                    where = (key, p, w, x, float(g), float(lnE))
                    worst = max(worst, abs(gap / want - 1) / relative)
                    self.assertLessEqual(abs(gap / want - 1), relative, (*where, "gap"))
                    # f' = k x E^2 g and f'' = k ((1 + rho) (E g)^2 - rho): of y's error, g is enlarged once more, by y g' / g = rho g r - g + 1
                    r = 1 - 1 / steep**2  # of v^(2 rho): steep = v'
                    more = abs(rho * g * r - g + 1) * (12 + 3 * b * abs(m)) * u
                    self.assertLessEqual(abs(gradient / (k * X * mp.exp(2 * lnE) * g) - 1), relative + more + 10 * u, (*where, "gradient"))
                    bend = k * ((1 + mp.mpf(rho)) * steep**2 - mp.mpf(rho))
                    self.assertLessEqual(abs(curvature / bend - 1), (1 + 2 * mp.mpf(rho)) * (relative + 2 * more + 10 * u), (*where, "curvature"))
                    self.assertEqual(constants[1:], (p[1], float(rho)))
                    self.assertAlmostEqual(constants[0] / (w * p[0]), 1, places=12)
                    # f'' = w K0 + K f^rho
                    self.assertLess(abs((k + P[1] * want ** mp.mpf(rho)) / bend - 1), mp.mpf(10) ** -25, (*where, "the reference itself"))
                    seen += 1
                self.assertGreater(seen, 20)
                self.assertGreater(worst, 0.1, "the bound is far too wide")

    def test_beyond_the_barrier(self):
        for rho, precision in self.probes:
            largest = 3e38 if precision == 32 else 1e308
            for x in [float(rho_curve.barrier(rho)) * v * 2**0.5 for v in (1.0001, 1.5, 1e6)] if rho > 1 else []:
                # K0 = 1, K = 1 + rho: y = x / sqrt(2)
                gap, gradient, curvature, _ = self.evaluate((rho, precision), (1, 1 + rho), 1, -x)
                self.assertEqual((gap, gradient, curvature), (math.inf, -math.inf, math.inf), (rho, precision, x))
            gap, gradient, curvature, _ = self.evaluate((rho, precision), (1, 1 + rho), 1, largest)
            self.assertTrue(gap == gradient == curvature == math.inf or rho < 0.5, (rho, precision, gap, gradient, curvature))
            for x, weight in ((0.0, 1.0), (1e-30, 0.0), (0.0, 0.0)):  # the minimum; a flat coordinate
                gap, gradient, curvature, _ = self.evaluate((rho, precision), (1, 2), weight, x)
                self.assertEqual((gap, gradient, curvature), (0, 0, weight))
            for x in (math.inf, math.nan):
                gap = self.evaluate((rho, precision), (1, 2), 1, x)[0]
                self.assertTrue(gap == x or x != x and gap != gap, (rho, precision, x, gap))

    def test_no_growth_is_a_quadratic(self):
        for rho, precision in self.probes:
            gap, gradient, curvature, _ = self.evaluate((rho, precision), (2, 0), 0.5, 3.0)
            self.assertEqual((gap, gradient, curvature), (4.5, 3, 1))

    def test_pairs_of_doubles(self):
        """What the table is made with: 2^-100 and better."""
        random.seed(5)
        least = mp.mpf(2) ** -100
        for _ in range(200):
            high = random.uniform(-100, 100)
            low = abs(high) * random.uniform(-1, 1) * 2.0**-54
            with mp.workdps(60):
                got = rho_curve.library().ws_pair_exp(rho_curve.Pair(high, low))
                want = mp.exp(mp.mpf(high) + low)
                self.assertLess(abs(mp.mpf(got.high) + got.low - want), least * want * (1 + abs(high)), high)
                got = rho_curve.library().ws_pair_log(rho_curve.Pair(abs(high), low))
                want = mp.log(mp.mpf(abs(high)) + low)
                self.assertLess(abs(mp.mpf(got.high) + got.low - want), least * (1 + abs(want)), high)

    def test_table_has_the_same_bits_everywhere(self):
        """A digest of the constants that kernels are compiled with, coefficients by their order: a change of it is a change of outcomes."""
        for (rho, precision), digest in self.DIGESTS.items():
            sizes, pieces = rho_curve.text(rho, precision).split("OBJECTIVE_CURVE {")
            orders = zip(*(piece.split(", ") for piece in pieces.rstrip("}\n").split("}, {")))
            got = sizes + "OBJECTIVE_CURVE {" + "}, {".join(map(", ".join, orders)) + "}\n"
            got = hashlib.sha256(got.encode()).hexdigest()[:16]
            self.assertEqual(got, digest, (rho, precision))

    DIGESTS = {(0.25, 64): "60910865735b2872", (1, 32): "8434bfeea6777c59", (1.5, 64): "ef1ad37826125028"}


if __name__ == "__main__":
    unittest.main()
