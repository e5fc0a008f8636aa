"""test_theory.py: predictions of theory with the numbers that were measured for them elsewhere: closed forms and limits of quadratics, the length
of a ramp that still contracts, the constant step and the adaptive one on a river, universal slopes of ramps on powers, upper bounds of the
adaptive step. With WARMSWEEP_LONG=1 (scripts/check theory) also scaling exponents, which need larger grids.

Boundary of stable warmups: test_warmup.py; catapults: test_catapult.py; underflow and the log domain: test_log_domain.py.
"""
import json
import math
import os
import pathlib
import statistics
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness

LONG = bool(os.environ.get("WARMSWEEP_LONG"))
long_only = unittest.skipUnless(LONG, "minutes: scripts/check theory")


def run(objective, start, schedule, stop, **more):
    return harness.outcomes(harness.run({"objective": objective, "start": start, "schedule": schedule, "stop": stop, **more}))


class Quadratic(unittest.TestCase):
    def one(self, peaks, steps, eps=1e-6, x=1):
        return run({"kind": "quadratic", "dimension": 1}, {"kind": "explicit", "values": [x]}, {"peak": peaks}, {"steps": steps, "gap": [eps]})

    def test_one_dimension(self):
        # T = ceil(ln(gap_0 / eps) / (-2 ln|1 - eta|)): 33 of them
        etas = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.6, 0.9, 1.3, 1.7, 1.97]
        for eps in (1e-2, 1e-5, 1e-8):
            for eta, row in zip(etas, self.one(etas, 20000, eps)):
                self.assertEqual(row["hit_1"], math.ceil(math.log(0.5 / eps) / (-2 * math.log(abs(1 - eta)))), (eta, eps))

    def test_at_and_above_the_limit(self):
        for eta, status, end in ((2, "budget", 200000), (2.1, "diverged", 145), (2.0001, "diverged", 138163)):
            (row,) = self.one(eta, 200000, x=2)  # gap 2: the limit is 1e12 times that
            self.assertEqual((row["status"], row["end"], row["hit_1"]), (status, end, -1), eta)

    def test_many_dimensions_by_bisection(self):
        # the first t at which the closed form 1/2 sum a x^2 (1 - eta a)^(2 t) is below eps
        for d in (16, 64, 256):
            for kappa in (10, 100, 10000):
                a = [(1 / kappa) ** (i / (d - 1)) for i in range(d)]
                eta, eps = 1.8, 1e-3
                gap = lambda t: math.fsum(1 / d * (1 - eta * v) ** (2 * t) for v in a)
                low, high = 0, 10**6
                while high - low > 1:
                    middle = (low + high) // 2
                    low, high = (low, middle) if gap(middle) <= eps else (middle, high)
                (row,) = run({"kind": "quadratic", "dimension": d, "spectrum": {"law": "geometric", "lmax": 1, "lmin": 1 / kappa}},
                             {"kind": "equal-energy", "gap": 1}, {"peak": eta}, {"steps": 10**6, "gap": [eps]})
                self.assertEqual(row["hit_1"], high, (d, kappa))

    def test_how_far_a_ramp_may_go(self):
        # a full ramp contracts iff its peak is below a* = 4.59112, where (1 - 1/a) ln(a - 1) = 1; powers 1/2, 2, 3: 3.389, 6.271, 7.379
        self.assertAlmostEqual((1 - 1 / 4.59112) * math.log(3.59112), 1, places=5)
        W = 10007  # a prime: no eta a is 1
        for warmup, limit in (({"kind": "linear"}, 4.59112), ({"kind": "sqrt"}, 3.389), ({"kind": "polynomial", "power": 2}, 6.271), ({"kind": "polynomial", "power": 3}, 7.379)):
            rows = run({"kind": "log-quadratic", "dimension": 1}, {"kind": "explicit", "values": [1]},
                       {"peak": [limit * 0.998, limit * 1.002], "warmup": {**warmup, "steps": W}}, {"steps": W, "diverged": 1e300}, record={"gap_at": [W]})
            self.assertLess(rows[0]["final_gap"], 0.5, warmup)
            self.assertGreater(rows[1]["peak_gap"], 0.5, warmup)


class River(unittest.TestCase):
    """Walls Y and 0.6 Y high; to a gap of 0.01."""
    OBJECTIVE = {"kind": "river", "dimension": 3}

    def river(self, Y, schedule, steps, eps=0.01):
        return run(self.OBJECTIVE, {"kind": "explicit", "values": [0, Y, 0.6 * Y]}, schedule, {"steps": steps, "gap": [eps]})

    def test_best_constant_step(self):
        # 0.999 of 2 / (1 + Y^2), above which all diverge or circle; T = S (1 + Y^2) / 2, S = 103.101
        for square, T in ((10, 566), (31.6, None), (100, 5210), (1000, 51652), (10000, 516071)):
            limit = 2 / (1 + square)
            rows = self.river(math.sqrt(square), {"peak": [0.999 * limit, 1.002 * limit]}, 600000)
            if T:
                self.assertEqual(rows[0]["hit_1"], T, square)
            self.assertLess(abs(rows[0]["hit_1"] / (103.101 * (1 + square) / 2) - 1), 0.005)
            self.assertEqual((rows[1]["status"], rows[1]["hit_1"]), ("diverged", -1))

    def test_adaptive(self):
        # 1 / (K0 + K gap^(1/2)): 222 ... 234 steps from gap 36 to 2.8e7; with c = 1/1.9: 116 ... 122
        for square, slow, fast in ((10, 222, 116), (10000, 234, 122)):
            (row,) = self.river(math.sqrt(square), {"kind": "theory"}, 10000)
            self.assertEqual(row["hit_1"], slow)
            (row,) = self.river(math.sqrt(square), {"kind": "theory", "c0": 1 / 1.9, "c1": 1 / 1.9}, 10000)
            self.assertEqual(row["hit_1"], fast)

    def test_best_of_the_grid(self):
        # Y = 100: linear 1095, geometric 60 of the constant's 516071
        peaks = {"linear": [0.5, 1.95], "points": 30}
        linear = self.river(100, {"peak": peaks, "warmup": {"kind": "linear", "steps": {"linear": [2000, 12000], "points": 201}}}, 1300)
        best = min(row["hit_1"] for row in linear if row["hit_1"] >= 0)
        self.assertLessEqual(abs(best / 1095 - 1), 0.02)
        geometric = self.river(100, {"peak": peaks, "warmup": {"kind": "geometric", "start": [1e-5, 3e-5, 1e-4, 3e-4], "steps": {"linear": [2, 30], "points": 29}}}, 1300)
        self.assertLessEqual(abs(min(row["hit_1"] for row in geometric if row["hit_1"] >= 0) / 60 - 1), 0.1)


class Slopes(unittest.TestCase):
    # largest a for which z' = z (1 - a (t + 1)^k |z|^(p - 2)) from 1 stays bounded
    FOUND = {3: {0.5: 1.7441, 1: 1.5478, 2: 1.2870}, 4: {0.5: 1.8535, 1: 1.7272, 2: 1.5251, 3: 1.3766}, 6: {0.5: 1.9207, 1: 1.8476, 2: 1.7176, 3: 1.6070}}

    def test_universal_slopes(self):
        W = 400
        for p, slopes in self.FOUND.items():
            for k, a in slopes.items():
                below, above = run({"kind": "power", "dimension": 1, "p": p}, {"kind": "explicit", "values": [1]},
                                   {"peak": [(a - 0.0002) * W**k, (a + 0.0002) * W**k], "warmup": {"kind": "polynomial", "power": k, "steps": W}}, {"steps": W})
                self.assertEqual((below["status"], above["status"]), ("budget", "diverged"), (p, k))


class UpperBounds(unittest.TestCase):
    def test_adaptive_on_convex_objectives(self):
        # T <= 2^(1+rho) R^2 [K0 (1/eps - 1/gap_0) + K J] + log2(gap_0 / eps) + 1, J = the integral of s^(rho-2) from eps to gap_0
        for objective, rho, K0, K in (({"kind": "cosh", "dimension": 1}, 1, 1, 1), ({"kind": "power", "dimension": 1, "p": 4}, 0.5, 0, 6), ({"kind": "power", "dimension": 1, "p": 3}, 1 / 3, 0, 2 * 3 ** (1 / 3)),
                                      ({"kind": "rho-half", "dimension": 1, "K": 2}, 0.5, 1, 2)):
            for gap in (1.0, 100.0, 1e4):
                for x in (self.start(objective, gap),):
                    rows = run(objective, {"kind": "top", "gap": gap}, {"kind": "theory"}, {"steps": 10**6, "gap": [gap / 10, gap / 1000, gap / 1e6]})
                    for eps, T in zip((gap / 10, gap / 1000, gap / 1e6), (rows[0][f"hit_{e}"] for e in (1, 2, 3))):
                        J = math.log(gap / eps) if rho == 1 else (gap ** (rho - 1) - eps ** (rho - 1)) / (rho - 1)
                        bound = 2 ** (1 + rho) * x * x * (K0 * (1 / eps - 1 / gap) + K * J) + math.log2(gap / eps) + 1
                        self.assertGreaterEqual(T, 0)
                        self.assertLessEqual(T, bound, (objective, gap, eps))

    @staticmethod
    def start(objective, gap):
        if objective["kind"] == "cosh":
            return math.acosh(1 + gap)
        if objective["kind"] == "power":
            return (objective["p"] * gap) ** (1 / objective["p"])
        q, K = math.sqrt(0.5), objective["K"]
        return (-q + math.sqrt(q * q + K * math.sqrt(gap) / 3)) / (K / 6)


class Noise(unittest.TestCase):
    """River, noise 0.5 in every coordinate, 1 + Y^2 = T iterations: the error of the best non-increasing schedule stays, that of the best linear
    warmup falls as T^(-1/2), their ratio grows as T^(1/2)."""

    def error(self, T, schedule, replicates):
        Y = math.sqrt(T - 1)
        rows = run({"kind": "river", "dimension": 3}, {"kind": "explicit", "values": [0, Y, 0.6 * Y]}, schedule, {"steps": T}, method={"kind": "sgd"},
                   noise={"kind": "gaussian", "sigma": 0.5}, replicates=replicates)
        cells = {}
        for row in rows:
            cells.setdefault(row["cell"], []).append(row["final_gap"] if row["status"] == "budget" else math.inf)
        return min(statistics.fmean(values) for values in cells.values())

    def exponents(self, budgets, replicates):
        still, warm = [], []
        for T in budgets:
            limit = 2 / T
            constant = {"linear": [0.5 * limit, 0.98 * limit], "points": 13}
            still.append(min(self.error(T, schedule, replicates) for schedule in (
                {"peak": constant}, {"peak": constant, "decay": {"kind": "cosine", "horizon": T}}, {"peak": constant, "decay": {"kind": "inverse-sqrt", "timescale": 10}})))
            top = 2 / math.sqrt(T)
            warm.append(self.error(T, {"peak": {"log": [0.25 * top, 2 * top], "points": 13}, "warmup": {"kind": "linear", "steps": sorted({max(1, int(T * part)) for part in (0.3, 0.5, 0.7, 0.9, 1)})}}, replicates))
        slope = lambda values: statistics.linear_regression([math.log(T) for T in budgets], [math.log(v) for v in values]).slope
        return slope(still), slope(warm), still, warm

    def test_square_root_of_the_budget(self):
        still, warm, errors, _ = self.exponents([256, 1024, 4096], 64)
        self.assertLess(abs(still), 0.03)
        self.assertTrue(all(0.3 < e < 0.5 for e in errors), errors)
        self.assertLess(abs(warm + 0.5), 0.08)

    @long_only
    def test_square_root_of_the_budget_in_full(self):
        still, warm, errors, warmed = self.exponents([2**n for n in range(6, 15)], 256)
        print(f"best non-increasing {errors}\nlinear warmup {warmed}\nexponents {still:.3f} {warm:.3f}, of the ratio {still - warm:.3f}")
        self.assertLess(abs(still), 0.01)
        self.assertLess(abs(still - warm - 0.5), 0.05)


class Speedup(unittest.TestCase):
    @long_only
    def test_exponents_of_the_speedup(self):
        # to a gap of 0.3 with slope 0.9 a*_k: T ~ T_const^(1/(k+1)); sqrt, linear, quadratic, cubic gain 1/3, 1/2, 2/3, 3/4
        squares = [10**n for n in (2, 2.5, 3, 3.5, 4, 4.5, 5)]
        constant = []
        for square in squares:
            (row,) = self.river(square, {"peak": 0.999 * 2 / (1 + square)})
            constant.append(row["hit_1"])
        for k, a, gain, measured in ((0.5, 1.8535, 1 / 3, 0.334), (1, 1.7272, 1 / 2, 0.499), (2, 1.5251, 2 / 3, 0.666), (3, 1.3766, 3 / 4, 0.745)):
            ratio = []
            for square, T in zip(squares, constant):
                W = 10**5
                (row,) = self.river(square, {"peak": 0.9 * a / (1 + square) * W**k, "warmup": {"kind": "polynomial", "power": k, "steps": W}})
                ratio.append(T / row["hit_1"])
            slope = statistics.linear_regression([math.log(T) for T in constant[-4:]], [math.log(r) for r in ratio[-4:]]).slope
            print(f"warmup u^{k}: speedup ~ T_const^{slope:.3f}, theory {gain:.3f}, measured elsewhere {measured}")
            self.assertLess(abs(slope - measured), 0.004)

    def river(self, square, schedule):
        Y = math.sqrt(square)
        return run(River.OBJECTIVE, {"kind": "explicit", "values": [0, Y, 0.6 * Y]}, schedule, {"steps": 10**6, "gap": [0.3]})


if __name__ == "__main__":
    unittest.main()
