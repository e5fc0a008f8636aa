"""test_objectives.py: every objective's gap, gradient, curvature, sharpness and smoothness bound against mpmath.

The point and the parameters are exact in the precision, so that the only errors are those of the header's arithmetic. Tolerance in
units of u (2^-24, 2^-53): 30 for the elementary functions and products, 2 for each coordinate that is added, and for cosh 4 |a x|,
because the argument a x is rounded once and exp has that condition number.
"""
import ctypes
import os
import pathlib
import random
import subprocess
import tempfile
import unittest

import mpmath as mp

mp.mp.dps = 60
HERE = pathlib.Path(__file__).resolve().parent
KERNELS = pathlib.Path(os.environ.get("WARMSWEEP_SOURCE", HERE.parents[1])) / "kernels"
FLAGS = ["-std=gnu11", "-O2", "-march=native", "-ffp-contract=off", "-fno-math-errno", "-fPIC", "-shared", "-Wno-psabi"]


def quadratic(p, w, x):
    return sum(wi * xi**2 for wi, xi in zip(w, x)) / 2, [wi * xi for wi, xi in zip(w, x)], list(w)


def cosh(p, w, x):
    a, A = mp.sqrt(p[0 + 1]), [wi * p[0] / p[1] for wi in w]
    return (sum(2 * Ai * mp.sinh(a * xi / 2) ** 2 for Ai, xi in zip(A, x)), [Ai * a * mp.sinh(a * xi) for Ai, xi in zip(A, x)],
            [Ai * a * a * mp.cosh(a * xi) for Ai, xi in zip(A, x)])


def radial_cosh(p, w, x):
    a, A = mp.sqrt(p[1]), p[0] / p[1]
    r = mp.sqrt(sum(xi**2 for xi in x))
    slope = A * a * mp.sinh(a * r) / r if r else A * a * a
    return 2 * A * mp.sinh(a * r / 2) ** 2, [slope * xi for xi in x], [A * a * a * mp.cosh(a * r)] * len(x)


def power(exponent):
    def function(p, w, x):
        return (sum(wi * abs(xi) ** exponent for wi, xi in zip(w, x)) / exponent,
                [wi * abs(xi) ** (exponent - 2) * xi for wi, xi in zip(w, x)],
                [wi * (exponent - 1) * abs(xi) ** (exponent - 2) for wi, xi in zip(w, x)])
    return function


def river(p, w, x):
    r, k, c = p[:3]
    sigmoid = 1 / (1 + mp.exp(x[0]))
    gap = r * mp.log1p(mp.exp(-x[0])) + sum(k * y**2 / 2 + c * y**4 / 4 for y in x[1:])
    return gap, [-r * sigmoid] + [y * (k + c * y * y) for y in x[1:]], [r * sigmoid / (1 + mp.exp(-x[0]))] + [k + 3 * c * y * y for y in x[1:]]


# name: file, defines, formula, parameters, table used, condition (a), largest |x| in float32 / float64
OBJECTIVES = {
    "quadratic": ("quadratic.h", [], quadratic, [], 0, (1e8, 1e100)),
    "cosh": ("cosh.h", [], cosh, [0.75, 0.25], 0.5, (60, 600)),
    "radial cosh": ("radial_cosh.h", [], radial_cosh, [0.75, 0.25], 0.5, (60, 600)),
    "power 3": ("power.h", ["-DOBJECTIVE_P=3", "-DOBJECTIVE_P_INTEGER=1"], power(mp.mpf(3)), [], 0, (1e6, 1e60)),
    "power 6": ("power.h", ["-DOBJECTIVE_P=6", "-DOBJECTIVE_P_INTEGER=1"], power(mp.mpf(6)), [], 0, (1e4, 1e40)),
    "power 2.5": ("power.h", ["-DOBJECTIVE_P=2.5", "-DOBJECTIVE_P_INTEGER=0"], power(mp.mpf("2.5")), [], 0, (1e6, 1e60)),
    "river": ("river.h", [], river, [0.5, 1.25, 0.75], 0, (80, 600)),
}


class Objectives(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def build(self, file, defines, precision):
        library = pathlib.Path(self.folder.name) / f"{abs(hash((file, tuple(defines), precision)))}.so"
        command = [os.environ.get("CC", "cc"), *FLAGS, f"-DWS_PRECISION={precision}", f'-DWS_OBJECTIVE="objective/{file}"', *defines,
                   f"-I{KERNELS}", str(HERE / "objective_probe.c"), "-o", str(library), "-lm"]
        subprocess.run(command, check=True)
        return ctypes.CDLL(str(library)).probe

    def evaluate(self, probe, parameters, table, x):
        d = len(x)
        array = ctypes.c_double * d
        gradient, curvature, scalars = array(), array(), (ctypes.c_double * 5)()
        probe((ctypes.c_double * 8)(*parameters), array(*table), ctypes.c_long(d), array(*x), gradient, curvature, scalars)
        return list(gradient), list(curvature), list(scalars)

    def check(self, name, precision):
        file, defines, formula, parameters, a, largest = OBJECTIVES[name]
        probe = self.build(file, defines, precision)
        u = mp.mpf(2) ** (-24 if precision == 32 else -53)
        step = 2.0**-20 if precision == 32 else 2.0**-40  # mantissas short enough to be exact in the precision
        largest = largest[precision == 64]
        random.seed(precision)
        for case in range(200):
            d = random.choice([2, 3, 9])
            scale = largest ** random.uniform(-0.5, 1) if largest > 1000 else largest * 10 ** random.uniform(-8, 0)
            scale = 2.0 ** round(mp.log(scale, 2))
            x = [scale * step * round(random.uniform(-1, 1) / step) for _ in range(d)]
            table = [step * round(random.uniform(0.1, 1) / step) for _ in range(d)]
            if case == 0:
                x = [0.0] * d
            gradient, curvature, (gap, sharpness, K0, K, rho) = self.evaluate(probe, parameters, table, x)
            want_gap, want_gradient, want_curvature = formula([mp.mpf(v) for v in parameters], [mp.mpf(v) for v in table],
                                                              [mp.mpf(v) for v in x])
            size = max(abs(v) for v in x) if name != "radial cosh" else mp.sqrt(sum(mp.mpf(v) ** 2 for v in x))
            tolerance = (30 + 2 * d + 6 * a * size) * u
            least = mp.mpf(2) ** (-140 if precision == 32 else -1060)  # below lie denormal numbers
            self.close(gap, want_gap, tolerance, least, (name, precision, x, "gap"))
            for i in range(d):
                self.close(gradient[i], want_gradient[i], tolerance, least, (name, precision, x, "gradient", i))
                if name != "radial cosh":
                    self.close(curvature[i], want_curvature[i], tolerance, least, (name, precision, x, "curvature", i))
            self.close(sharpness, max(want_curvature), tolerance, least, (name, precision, x, "sharpness"))
            if want_gap > 0:
                bound = mp.mpf(K0) + (mp.mpf(K) * want_gap ** mp.mpf(rho) if K else 0)
                self.assertLessEqual(max(want_curvature), bound * (1 + 1e-6), (name, x, "not as smooth as it says"))

    def close(self, value, want, tolerance, least, where):
        self.assertLessEqual(abs(mp.mpf(value) - want), tolerance * abs(want) + least, (*where, value, mp.nstr(want, 12)))

    def test_float32(self):
        for name in OBJECTIVES:
            with self.subTest(name):
                self.check(name, 32)

    def test_float64(self):
        for name in OBJECTIVES:
            with self.subTest(name):
                self.check(name, 64)


if __name__ == "__main__":
    unittest.main()
