"""test_theory.py: predictions of theory with the numbers that were measured for them elsewhere: closed forms and limits of quadratics, the length
of a ramp that still contracts, the constant step and the adaptive one on a river, universal slopes of ramps on powers, upper bounds of the
adaptive step; with noise the exponent of the error in the budget. With WARMSWEEP_LONG=1 (scripts/check theory) that on larger grids.

Exponents of the speedup: test_exponents.py; boundary of stable warmups: test_warmup.py; catapults: test_catapult.py; local smoothness:
test_smoothness_fit.py; underflow and the log domain: test_log_domain.py. All numbers side by side: docs/theory-checks.md.
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

    def test_depth_of_a_ramp(self):
        # ln|x_W / x_0| = W h(a) for a ramp to eta = a: h = ((a - 1)/a) ln|a - 1| - 1; a = 3/2, 3, 5. W prime, so that no eta is 1
        W = 557  # beyond it the gap leaves the range of float64
        for a, h, scale in ((1.5, -1.23105, 1e150), (3, -0.53790, 1e100), (5, 0.10904, 1)):
            self.assertAlmostEqual((a - 1) / a * math.log(abs(a - 1)) - 1, h, places=5)
            (row,) = run({"kind": "log-quadratic", "dimension": 1}, {"kind": "explicit", "values": [scale]}, {"peak": a, "warmup": {"steps": W}}, {"steps": W, "diverged": 1e300},
                         record={"gap_at": [0, W]})
            depth = (math.log(row[f"gap_at_{W}"]) - math.log(row["gap_at_0"])) / 2
            self.assertAlmostEqual(depth, math.fsum(math.log(abs(1 - a * (s / W))) for s in range(1, W + 1)), places=9)
            self.assertLess(abs(depth / W - h), 1.5 / W, a)

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
        for square, T in ((10, 566), (10**1.5, 1682), (100, 5210), (10**2.5, 16368), (1000, 51652), (10**3.5, 163230), (10000, 516071)):
            limit = 2 / (1 + square)
            rows = self.river(math.sqrt(square), {"peak": [0.999 * limit, 1.002 * limit]}, 600000)
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

    def test_two_windows(self):
        # p = 3, k = 3: stable up to 0.20928 and again from 0.79072 to 1.14458. (Called fractal elsewhere; a plain simulation of 240 000 slopes and of
        # 200 000 more about each of the three turns finds these three turns and no other.)
        W, slopes = 400, [0.1 + 0.0005 * n for n in range(2200)]
        rows = run({"kind": "power", "dimension": 1, "p": 3}, {"kind": "explicit", "values": [1]},
                   {"peak": [a * W**3 for a in slopes], "warmup": {"kind": "polynomial", "power": 3, "steps": W}}, {"steps": W})
        stable = [row["status"] != "diverged" for row in rows]
        turns = [a for a, now, then in zip(slopes, stable, stable[1:]) if now != then]
        self.assertEqual(len(turns), 3)
        for a, turn in zip(turns, (0.20928, 0.79072, 1.14458)):
            self.assertTrue(a <= turn <= a + 0.0005, turns)


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

    def error(self, T, schedule, replicates, noise="gaussian"):
        """Smallest mean error of the cells, and the peak that has it."""
        Y = math.sqrt(T - 1)
        more = {"method": {"kind": "sgd"}, "noise": {"kind": noise, "sigma": 0.5}, "replicates": replicates} if noise else {}
        rows = run({"kind": "river", "dimension": 3}, {"kind": "explicit", "values": [0, Y, 0.6 * Y]}, schedule, {"steps": T}, **more)
        cells = {}
        for row in rows:
            cells.setdefault(row["schedule.peak"] if "schedule.warmup.start" not in row else 0, {}).setdefault(row["cell"], []).append(
                row["final_gap"] if row["status"] == "budget" else math.inf)
        return min((statistics.fmean(values), peak) for peak, those in cells.items() for values in those.values())

    def still(self, T, replicates, noise="gaussian"):
        """The best of three non-increasing schedules."""
        peaks = {"linear": [0.5 * 2 / T, 0.98 * 2 / T], "points": 13}
        return min(self.error(T, schedule, replicates, noise)[0] for schedule in (
            {"peak": peaks}, {"peak": peaks, "decay": {"kind": "cosine", "horizon": T}}, {"peak": peaks, "decay": {"kind": "inverse-sqrt", "timescale": 10}}))

    def warm(self, kind, T, replicates, noise="gaussian"):
        """The best of a grid of ramps."""
        top = 2 / math.sqrt(T) if noise else 1.9
        peaks = {"log": [0.25 * top, 2 * top if noise else top], "points": 13}
        if kind == "linear":
            parts = (0.3, 0.5, 0.7, 0.9, 1) if noise else (0.8, 0.9, 1, 1.1, 1.2)
            return self.error(T, {"peak": peaks, "warmup": {"kind": "linear", "steps": sorted({max(1, int(T * part)) for part in parts})}}, replicates, noise)
        steps = sorted({max(1, int(math.log(T) * part)) for part in (1, 1.5, 2, 3, 5)})
        return self.error(T, {"peak": peaks, "warmup": {"kind": "geometric", "start": [x / T for x in (0.1, 0.2, 0.3, 0.5, 0.7, 1)], "steps": steps}}, replicates, noise)

    @staticmethod
    def slope(budgets, values):
        return statistics.linear_regression([math.log(T) for T in budgets], [math.log(v) for v in values]).slope

    def test_square_root_of_the_budget(self):
        budgets = [256, 1024, 4096]
        still = [self.still(T, 64) for T in budgets]
        self.assertTrue(all(0.38 < e < 0.41 for e in still), still)
        self.assertLess(abs(self.slope(budgets, still)), 0.03)
        for kind, noise in (("linear", "gaussian"), ("linear", "rademacher"), ("geometric", "gaussian")):
            found = [self.warm(kind, T, 64, noise) for T in budgets]
            self.assertLess(abs(self.slope(budgets, [error for error, _ in found]) + 0.5), 0.08, (kind, noise, found))
            if kind == "linear":  # the best peak falls as 2 / sqrt(T)
                for T, (_, peak) in zip(budgets, found):
                    self.assertTrue(0.7 < peak * math.sqrt(T) / 2 < 2, (T, peak))

    def test_all_of_the_budget_without_noise(self):
        budgets = [256, 1024, 4096, 16384]
        still = [self.still(T, 1, None) for T in budgets]
        for kind, exponent in (("linear", 1.005), ("geometric", 1.008)):
            ratio = [a / self.warm(kind, T, 1, None)[0] for T, a in zip(budgets, still)]
            self.assertLess(abs(self.slope(budgets, ratio) - exponent), 0.006, kind)

    @long_only
    def test_square_root_of_the_budget_in_full(self):
        budgets = [2**n for n in range(6, 15)]
        still = [self.still(T, 256) for T in budgets]
        print(f"best non-increasing {still}")
        self.assertLess(abs(self.slope(budgets, still)), 0.01)
        for kind, noise, exponent in (("linear", "gaussian", 0.508), ("geometric", "gaussian", 0.506), ("linear", "rademacher", 0.536)):
            found = [self.warm(kind, T, 256, noise)[0] for T in budgets]
            ratio = self.slope(budgets, [a / b for a, b in zip(still, found)])
            print(f"{kind} warmup, {noise}: {found}\nexponent of the ratio {ratio:.3f}, measured elsewhere {exponent}")
            self.assertLess(abs(ratio - exponent), 0.05)

    @long_only
    def test_hitting_time_form(self):
        # to the gap 2.2 / sqrt(N), N = 1 + Y^2: the median of the best ramp against the best constant step
        speedup, warm = [], []
        for N in (256, 512, 1024, 2048, 4096, 8192):
            Y, eps = math.sqrt(N - 1), 2.2 / math.sqrt(N)

            def median(schedule, steps):
                cells = {}
                for row in run({"kind": "river", "dimension": 3}, {"kind": "explicit", "values": [0, Y, 0.6 * Y]}, schedule, {"steps": steps, "gap": [eps]},
                               method={"kind": "sgd"}, noise={"kind": "gaussian", "sigma": 0.5}, replicates=256):
                    cells.setdefault(row["cell"], []).append(row["hit_1"] if row["hit_1"] >= 0 else math.inf)
                return min(statistics.median(values) for values in cells.values())

            limit = 2 / N
            constant = median({"peak": {"linear": [0.8 * limit, 0.99 * limit], "points": 6}}, int(3 * N**1.5))
            top = 2 / math.sqrt(N)
            W = int(0.5 * N)
            warm.append(median({"peak": {"log": [0.25 * top, 4 * top], "points": 13}, "warmup": {"kind": "linear", "steps": sorted({max(1, int(W * f)) for f in (0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.4, 2)})}}, N))
            speedup.append(constant / warm[-1])
        elsewhere = [23.7, 36.6, 56.5, 89.7, 144, 211]
        print(f"hitting times to 2.2 / sqrt(N): ramps {warm}, speedups {[round(s, 1) for s in speedup]}, measured elsewhere {elsewhere}")
        for found, other in zip(speedup, elsewhere):
            self.assertLess(abs(found / other - 1), 0.2)  # of another grid


if __name__ == "__main__":
    unittest.main()
