"""test_math.py: kernels/math.h against mpmath, and the same bits from every compiler, vector width and instruction set.

Errors are in units in the last place of the exact result (below the normal range: of the smallest denormal, and one more is allowed).
Arguments: random over every binade of the domain, random near the places where an algorithm changes course, and special values.
"""
import ctypes
import os
import pathlib
import platform
import shutil
import subprocess
import tempfile
import unittest

import mpmath as mp
import numpy as np

import math_coefficients

mp.mp.dps = 50
HERE = pathlib.Path(__file__).resolve().parent
KERNELS = pathlib.Path(os.environ.get("WARMSWEEP_SOURCE", HERE.parents[1])) / "kernels"
FLAGS = ["-std=gnu11", "-O2", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-fPIC", "-shared", "-Wno-psabi"]
COUNT = 3000
LONG = os.environ.get("WARMSWEEP_LONG")
BOUND = {"exp": 2, "expm1": 2, "log": 2, "log1p": 2, "sin": 2, "cos": 2, "sinh": 4, "cosh": 4, "sinh of sinhcosh": 4, "cosh of sinhcosh": 3, "tanh": 4, "pow": 4}
PRECISION = {"f32": (np.float32, 24, -149, 128), "f64": (np.float64, 53, -1074, 1024)}
SINHCOSH_BOUND = {"f32": 86.0, "f64": 707.0}
LARGEST = {"f32": 88.7, "f64": 709.7}


def build(folder, name, *flags, compiler=None):
    library = pathlib.Path(folder) / f"{name}.so"
    subprocess.run([compiler or os.environ.get("CC", "cc"), *FLAGS, *flags, f"-I{KERNELS}", str(HERE / "math_probe.c"), "-o", str(library),
                    "-lm"], check=True)
    return ctypes.CDLL(str(library))


def call(library, name, family, x, y=None):
    kind = PRECISION[family][0]
    x = np.ascontiguousarray(x, kind)
    more = np.ascontiguousarray(np.ones_like(x) if y is None else y, kind).copy()
    out = np.zeros_like(x)
    pointer = lambda a: a.ctypes.data_as(ctypes.c_void_p)
    getattr(library, f"probe_{name}_{family}")(pointer(x), pointer(more), pointer(out), ctypes.c_long(len(x)))
    return (out, more) if name in ("sincos", "sinhcosh", "sinhcosh_near") else out


def ulp(exact, family):
    _, bits, least, _ = PRECISION[family]
    exponent = mp.frexp(exact)[1] if exact else least
    return mp.ldexp(1, max(exponent - bits, least))


def error(value, exact, family):
    """in ulp; overflow must be infinite and infinity an overflow"""
    _, bits, least, top = PRECISION[family]
    greatest = mp.ldexp(1, top) - mp.ldexp(1, top - bits - 1)
    if np.isinf(value):
        return 0 if abs(exact) * (1 + mp.ldexp(4, -bits)) >= greatest and mp.sign(exact) == mp.sign(mp.mpf(float(value))) else mp.inf
    if np.isnan(value):
        return mp.inf
    slack = 1 if abs(exact) < mp.ldexp(1, least + bits - 1) else 0  # a denormal result is rounded twice
    return max(abs(mp.mpf(float(value)) - exact) / ulp(exact, family) - slack, 0)


def spread(rng, low, high, count):
    """positive numbers, evenly over the binades of [low, high]"""
    return np.exp(rng.uniform(np.log(low), np.log(high), count))


def arguments(name, family, rng):
    kind, bits, least, top = PRECISION[family]
    large = LARGEST[family]
    small = 1e-38 if family == "f32" else 1e-300
    signs = rng.choice([-1.0, 1.0], COUNT)
    if name in ("exp", "sinh", "cosh", "sinhcosh", "tanh", "expm1"):
        x = np.concatenate([rng.uniform(-large * 1.17, large, COUNT), signs * spread(rng, 1e-12, large, COUNT), rng.uniform(-1.2, 1.2, COUNT),
                            np.log(2) * (np.arange(-60, 60) + 0.5) + rng.uniform(-1e-6, 1e-6, 120),  # where the reduction turns
                            rng.uniform(large - 0.1, large + 1, 200), rng.uniform(-1.18 * large, -1.14 * large, 200)])
    elif name == "log":
        x = np.concatenate([spread(rng, small * 1e-5, 1e38 if family == "f32" else 1e300, COUNT), rng.uniform(0.5, 2, COUNT),
                            1 + rng.uniform(-1, 1, 500) * 2.0 ** -rng.integers(1, bits, 500), np.sqrt(0.5) * (1 + rng.uniform(-1e-6, 1e-6, 200))])
    elif name == "log1p":
        x = np.concatenate([spread(rng, small, 1e38 if family == "f32" else 1e300, COUNT), rng.uniform(-1, 2, COUNT),
                            signs * spread(rng, 1e-15, 0.9, COUNT), -1 + spread(rng, 1e-16, 0.9, 500)])
    elif name == "sincos":
        x = np.concatenate([rng.uniform(-10, 10, COUNT), signs * spread(rng, 1e-12, 2.0**20, COUNT),
                            np.arange(-200, 200) * (np.pi / 2), np.round(rng.uniform(0, 6e5, 400)) * (np.pi / 2)])
    return x.astype(kind)


EXACT = {"exp": mp.exp, "expm1": mp.expm1, "log": mp.log, "log1p": mp.log1p, "sin": mp.sin, "cos": mp.cos, "sinh": mp.sinh, "cosh": mp.cosh,
         "tanh": mp.tanh}


class Math(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.native = build(cls.folder.name, "native", "-march=native")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def bounded(self, name, family, values, x, exact):
        worst, where = mp.mpf(0), None
        for value, argument in zip(values, x):
            wrong = error(value, exact(argument), family)
            if wrong > worst:
                worst, where = wrong, argument
        print(f"{name}_{family}: {float(worst):.3f} ulp at {where!r}", flush=True)
        self.assertLessEqual(worst, BOUND[name], f"{name}_{family} at {where!r}")

    def test_errors(self):
        for family in PRECISION:
            rng = np.random.default_rng(1)
            for name in ("exp", "expm1", "log", "log1p", "sinh", "cosh", "tanh"):
                with self.subTest(name=name, family=family):
                    x = arguments(name, family, rng)
                    x = x[np.isfinite(x) & ((x > 0) if name == "log" else (x > -1) if name == "log1p" else True)]
                    self.bounded(name, family, call(self.native, name, family, x), x, lambda v, f=EXACT[name]: f(mp.mpf(float(v))))
            x = arguments("sincos", family, rng)
            sine, cosine = call(self.native, "sincos", family, x)
            self.bounded("sin", family, sine, x, lambda v: mp.sin(mp.mpf(float(v))))
            self.bounded("cos", family, cosine, x, lambda v: mp.cos(mp.mpf(float(v))))

            x = arguments("sinhcosh", family, rng)
            x = x[np.abs(x) <= SINHCOSH_BOUND[family]]
            sine, cosine = call(self.native, "sinhcosh", family, x)
            self.bounded("sinh of sinhcosh", family, sine, x, lambda v: mp.sinh(mp.mpf(float(v))))
            self.bounded("cosh of sinhcosh", family, cosine, x, lambda v: mp.cosh(mp.mpf(float(v))))

    def test_sinhcosh_beyond_its_bound_and_symmetry(self):
        for family, bound in SINHCOSH_BOUND.items():
            at, beyond = call(self.native, "sinhcosh", family, [bound, -bound]), call(self.native, "sinhcosh", family, [np.inf, -np.inf])
            np.testing.assert_array_equal(at, beyond)
            with np.errstate(over="ignore"):
                self.assertTrue(np.isinf(at[0] * at[0]).all())
            x = np.abs(arguments("sinhcosh", family, np.random.default_rng(4)))
            plus, minus = call(self.native, "sinhcosh", family, x), call(self.native, "sinhcosh", family, -x)
            np.testing.assert_array_equal(plus[0], -minus[0])
            np.testing.assert_array_equal(plus[1], minus[1])
            sine, cosine = call(self.native, "sinhcosh", family, [0.0, 1e-42, np.nan])
            self.same(sine[0], 0.0, family)
            self.same(sine[1], PRECISION[family][0](1e-42), family)
            self.assertTrue(np.isnan(sine[2]) and np.isnan(cosine[2]) and cosine[0] == 1 and cosine[1] == 1)

    def test_near_zero_sinhcosh_needs_no_reduction(self):
        """The same bits, signs of zeros too."""
        near = 0.34375
        self.assertIn("#define SINHCOSH_NEAR 0.34375f", (KERNELS / "math.h").read_text())
        last = int(np.float32(near).view(np.uint32))
        every = np.append(np.arange(0, last, 251, dtype=np.uint32), last).astype(np.uint32).view(np.float32)
        rng = np.random.default_rng(5)
        for family, x in (("f32", every), ("f64", np.concatenate([[0.0, 5e-324, near], spread(rng, 1e-320, near, COUNT), rng.uniform(0, near, 100 * COUNT)]))):
            x = np.concatenate([x, -x, [np.nan]]).astype(PRECISION[family][0])
            bits = np.uint32 if family == "f32" else np.uint64
            for one, other in zip(call(self.native, "sinhcosh", family, x), call(self.native, "sinhcosh_near", family, x)):
                self.assertTrue(np.isnan(one[-1]) and np.isnan(other[-1]))
                np.testing.assert_array_equal(np.asarray(one[:-1]).view(bits), np.asarray(other[:-1]).view(bits))

    def test_parts_of_a_domain(self):
        """Functions of a part of the domain: the bits of the whole one. With WARMSWEEP_LONG of every float32 number. (Of -0 they may give 0.)"""
        infinity, largest, one = 0x7f800000, 0x7f7fffff, 0x3f800000  # bits of float32
        for part, whole, signs, least, top in (("exp_of_positive", "exp", [1], 0, infinity), ("exp_of_negative", "exp", [-1], 0, infinity),
                                               ("expm1_of_negative", "expm1", [-1], 0, infinity), ("log_of_positive", "log", [1], 1, largest),
                                               ("log1p_of_unit", "log1p", [1, -1], 0, one)):
            step = 1 << 24 if LONG else top + 1
            for first in range(least, top + 1, step):
                magnitudes = np.arange(first, min(first + step, top + 1), 1 if LONG else 251, dtype=np.uint32)
                self.of_the_whole(part, whole, signs, "f32", np.append(magnitudes, np.uint32(top)).view(np.float32))
            rng = np.random.default_rng(6)
            most = {infinity: np.inf, largest: np.finfo(float).max, one: 1.0}[top]
            near = min(most, 800.0)
            x = np.concatenate([[5e-324, 1e-310, 1.0, most], [] if least else [0.0], spread(rng, 1e-320, near, 10 * COUNT), rng.uniform(5e-324, near, 100 * COUNT)])
            self.of_the_whole(part, whole, signs, "f64", x)

    def of_the_whole(self, part, whole, signs, family, magnitudes):
        x = np.concatenate([sign * magnitudes for sign in signs])
        if part == "log1p_of_unit":
            x = x[x > -1]
        x[x == 0] = 0
        bits = np.uint32 if family == "f32" else np.uint64
        values, want = call(self.native, part, family, x), call(self.native, whole, family, x)
        np.testing.assert_array_equal(values.view(bits), want.view(bits))
        self.assertEqual(bool(np.isnan(call(self.native, part, family, [np.nan])[0])), part != "log_of_positive")

    def test_pow_errors(self):
        for family, (kind, bits, least, top) in PRECISION.items():
            with self.subTest(family):
                rng = np.random.default_rng(2)
                x = np.concatenate([spread(rng, 1e-30, 1e30, COUNT), rng.uniform(0.5, 2, COUNT), 1 + rng.uniform(-1, 1, 500) * 2.0 ** -rng.integers(1, bits, 500)])
                x = x.astype(kind)
                reach = LARGEST[family] * 1.1 / np.maximum(np.abs(np.log(x.astype(float))), 1e-10)
                y = (rng.uniform(-1, 1, len(x)) * np.minimum(reach, 1e12) * rng.choice([1, 0.1, 0.01], len(x))).astype(kind)
                # results in the denormal range
                x = np.concatenate([x, base := rng.uniform(0.01, 3, 2000).astype(kind)])
                least_log = -745 if family == "f64" else -103
                y = np.concatenate([y, (least_log * rng.uniform(0.94 if family == "f64" else 0.84, 1, 2000) / np.log(base.astype(float))).astype(kind)])
                pairs = list(zip(x, y))
                self.bounded("pow", family, call(self.native, "pow", family, x, y), pairs,
                             lambda pair: mp.power(mp.mpf(float(pair[0])), mp.mpf(float(pair[1]))))

    def test_special_values(self):
        inf, nan = np.inf, np.nan
        rows = {"exp": [(0, 1), (-0.0, 1), (inf, inf), (-inf, 0), (nan, nan), (1e30, inf), (-1e30, 0)],
                "expm1": [(0.0, 0.0), (-0.0, -0.0), (inf, inf), (-inf, -1), (nan, nan), (1e-42, 1e-42)],
                "log": [(1, 0.0), (0, -inf), (-0.0, -inf), (-1, nan), (inf, inf), (-inf, nan), (nan, nan)],
                "log1p": [(0.0, 0.0), (-0.0, -0.0), (-1, -inf), (-2, nan), (inf, inf), (nan, nan), (1e-42, 1e-42)],
                "sinh": [(0.0, 0.0), (-0.0, -0.0), (inf, inf), (-inf, -inf), (nan, nan)],
                "cosh": [(0.0, 1), (inf, inf), (-inf, inf), (nan, nan)],
                "tanh": [(0.0, 0.0), (-0.0, -0.0), (inf, 1), (-inf, -1), (nan, nan)]}
        powers = [(0, 2, 0.0), (0, -2, inf), (0, 0, 1), (1, inf, 1), (1, nan, 1), (nan, 0, 1), (inf, 2, inf), (inf, -2, 0), (2, inf, inf),
                  (2, -inf, 0), (0.5, inf, 0), (0.5, -inf, inf), (-1, 2, nan), (nan, 1, nan), (2, nan, nan), (4, 0.5, 2), (2, 10, 1024)]
        for family, (kind, *_rest) in PRECISION.items():
            for name, table in rows.items():
                got = call(self.native, name, family, [a for a, _ in table])
                for value, (argument, want) in zip(got, table):
                    self.same(value, kind(want), (name, family, argument))
            got = call(self.native, "pow", family, [p[0] for p in powers], [p[1] for p in powers])
            for value, (a, b, want) in zip(got, powers):
                self.same(value, kind(want), ("pow", family, a, b))
            sine, cosine = call(self.native, "sincos", family, [0.0, -0.0, inf, nan])
            for value, want in zip(list(sine) + list(cosine), [0.0, -0.0, nan, nan, 1, 1, nan, nan]):
                self.same(value, kind(want), ("sincos", family))

    def same(self, value, want, where):
        self.assertTrue((np.isnan(value) and np.isnan(want)) or (value == want and np.signbit(value) == np.signbit(want)), (*where, value, want))

    def test_bits_do_not_depend_on_the_machine(self):
        builds = [("scalar", ["-march=native", "-DWS_VECTOR_BYTES=0"], None), ("16", ["-march=native", "-DWS_VECTOR_BYTES=16"], None)]
        if platform.machine() in ("x86_64", "AMD64"):
            builds += [("32", ["-march=native", "-DWS_VECTOR_BYTES=32"], None), ("64", ["-march=native", "-DWS_VECTOR_BYTES=64"], None),
                       ("nofma", ["-march=x86-64"], None)]
        builds += [(c, ["-march=native", "-O3"], c) for c in ("gcc", "clang") if shutil.which(c)]
        for label, flags, compiler in builds:
            other = build(self.folder.name, label, *flags, compiler=compiler)
            for family in PRECISION:
                rng = np.random.default_rng(3)
                for name in ("exp", "expm1", "log", "log1p", "sinh", "cosh", "sinhcosh", "tanh", "sincos", "pow"):
                    with self.subTest(build=label, name=name, family=family):
                        x = arguments(name if name != "pow" else "log", family, rng)
                        y = rng.uniform(-5, 5, len(x))
                        a, b = (np.asarray(call(lib, name, family, x, y)) for lib in (self.native, other))
                        different = ~((a == b) | (np.isnan(a) & np.isnan(b)))
                        self.assertFalse(different.any(), f"{int(different.sum())} of {a.size} differ")
                        self.assertTrue((np.signbit(a) == np.signbit(b))[~np.isnan(a)].all())

    def test_coefficients_are_the_documented_fits(self):
        text = {family: (KERNELS / f"math_{family}.h").read_text() for family in PRECISION}
        number = {family: {float.fromhex(w.rstrip("f")) for w in __import__("re").findall(r"-?0x[0-9a-f.]+p[-+]?\d+f?", text[family])} for family in PRECISION}
        for name in math_coefficients.FITS:
            family = name.split("_")[1]
            for c in math_coefficients.fit(name)[0]:
                self.assertIn(c, number[family], name)


if __name__ == "__main__":
    unittest.main()
