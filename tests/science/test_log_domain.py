"""test_log_domain.py: log-quadratic, the diagonal quadratic whose state is ln|x_i|, against arithmetic of many digits.

References keep logarithms of mpmath's numbers (40 digits) or of NumPy's long doubles; eta_t and a_i are the float64 numbers that the
program uses. The three ramps of `Underflow` are known to end otherwise in float32, in float64 and in exact arithmetic: their outcomes
in each are asserted, and that the false ones are flagged.
"""
import json
import math
import pathlib
import random
import subprocess
import sys
import unittest

import mpmath as mp
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness

mp.mp.dps = 40


def geometric(d, kappa):
    return [(1.0 / kappa) ** (i / (d - 1)) for i in range(d)]


def sweep(kind, values, start, peaks, warmups, eps, steps, precision="float64", warmup="linear", **more):
    result = {"precision": precision, "objective": {"kind": kind, "dimension": len(values), "spectrum": {"law": "explicit", "values": values}},
              "start": start, "schedule": {"peak": peaks, "warmup": {"kind": warmup, "steps": warmups}}, "stop": {"steps": steps, "gap": eps}}
    result.update(more)
    return result


def run(*arguments, **more):
    return harness.outcomes(harness.run(sweep(*arguments, **more)))


def exact_end(values, x0, peak, W, eps, steps, limit=1e12):
    """Status and iteration in logarithms: long doubles keep M ~ 1000 to 1e-16."""
    a = np.array(values, dtype=np.longdouble)
    M = np.log(np.abs(np.array(x0, dtype=np.longdouble)))
    first = None
    for t in range(steps + 1):
        gap = np.sum(a / 2 * np.exp(np.minimum(2 * M, 1000)))
        first = gap if first is None else first
        if gap > limit * max(first, 1):
            return "diverged", t
        if gap <= eps:
            return "reached", t
        eta = np.longdouble(peak * ((t + 1) / W) if t < W else peak)
        with np.errstate(divide="ignore"):
            M += np.log(np.abs(1 - eta * a))
    return "budget", steps


class Underflow(unittest.TestCase):
    """kappa = 10^4, d = 64, geometric spectrum, gap 1 shared equally, eps = 10^-6; ramps to peaks above 2 / a_0."""
    VALUES = geometric(64, 1e4)
    START = {"kind": "equal-energy", "gap": 1}
    # peak, W: T that float32 reports, and plain float64 (None: diverges). The mode of a = 1 falls to about e^(-2 W / peak) on the ramp.
    RAMPS = {(4.5, 2620): (12286, 12286), (4.5, 1000): (11476, None), (2.2, 500): (22703, None)}

    def test_false_hits(self):
        for (peak, W), (single, double) in self.RAMPS.items():
            with self.subTest(peak=peak, W=W):
                x0 = [math.sqrt(2 / (64 * a)) for a in self.VALUES]
                status, end = exact_end(self.VALUES, x0, peak, W, 1e-6, 40000)
                self.assertEqual(status, "diverged")
                (exact,) = run("log-quadratic", self.VALUES, self.START, peak, W, [1e-6], 40000)
                self.assertEqual((exact["status"], exact["end"], exact["hit_1"]), ("diverged", end, -1))
                self.assertEqual(exact["flags"] & harness.FLAG_UNDERFLOW, 0)
                for precision in ("float32", "float64"):
                    # plain float64 would end the shallower two as exact arithmetic does; the tiny-value rule acts at 2^-500 already
                    (row,) = run("quadratic", self.VALUES, self.START, peak, W, [1e-6], 40000, precision=precision)
                    self.assertEqual((row["status"], row["hit_1"]), ("reached", single), precision)
                    self.assertEqual(row["flags"], harness.FLAG_UNDERFLOW | harness.FLAG_UNSTABLE, precision)
                self.assertEqual(double, self.plain(peak, W))

    def test_a_false_winner_is_named(self):
        # the best of the grid is a false hit: the summary says so; in the log domain it is not there
        for kind, flags, words in (("quadratic", {"underflow", "unstable"}, True), ("log-quadratic", set(), False)):
            directory = harness.run(sweep(kind, self.VALUES, self.START, [1.5, 4.5], [0, 1000], [1e-6], 60000))
            text = harness.program("report", directory)
            self.assertEqual("not to be trusted" in " ".join(text.split()), words, text)
            comparison = json.loads(harness.program("report", directory, "--json"))["summary"]["comparisons"][0]
            self.assertEqual(set(comparison["warmup"]["flags"]), flags)
            self.assertEqual(comparison["warmup"]["schedule.peak"], 4.5 if words else 1.5)

    def plain(self, peak, W):
        """T in plain float64, without the tiny-value rule; None when it diverges."""
        a = np.array(self.VALUES)
        x = np.sqrt(2 / (64 * a))
        for t in range(40000):
            gap = np.sum(a * x * x) / 2
            if not gap <= 1e12:
                return None
            if gap <= 1e-6:
                return t
            x = x - (peak * ((t + 1) / W) if t < W else peak) * (a * x)

    def test_depth_of_the_ramp(self):
        # ln|x_W / x_0| of a ramp to a = 3 is W h(3), h(a) = ((a - 1)/a) ln|a - 1| - 1 = -0.5379; the plateau wins back ln 2 a step
        W = 10007
        depth = math.fsum(math.log(abs(1 - 3 * (s / W))) for s in range(1, W + 1))
        self.assertAlmostEqual(depth / W, -0.53781, places=5)
        self.assertAlmostEqual(2 / 3 * math.log(2) - 1, -0.53790, places=5)
        for limit in (1e12, 1e100):
            end = W + math.floor((math.log(2 * limit) / 2 - depth) / math.log(2)) + 1
            (row,) = run("log-quadratic", [1.0], {"kind": "explicit", "values": [1]}, 3, W, [], 30000, stop={"steps": 30000, "diverged": limit})
            self.assertEqual((row["status"], row["end"]), ("diverged", end))


class Exact(unittest.TestCase):
    def reference(self, values, x0, etas):
        """gap_0, gap_1, ... of the step sizes; the largest finite |ln|x_i|| on the way"""
        a = [mp.mpf(v) for v in values]
        M = [mp.log(abs(mp.mpf(v))) if v else -mp.inf for v in x0]
        gaps, reach = [], mp.mpf(0)
        for eta in etas:
            reach = max([reach, *(abs(Mi) for Mi in M if mp.isfinite(Mi))])
            gaps.append(sum(ai * mp.exp(2 * Mi) for ai, Mi in zip(a, M)) / 2)
            factor = [abs(1 - mp.mpf(eta) * ai) for ai in a]
            M = [Mi + mp.log(f) if f else -mp.inf for Mi, f in zip(M, factor)]
        return gaps, reach

    def test_gaps(self):
        random.seed(5)
        asked = [0, 1, 2, 15, 16, 17, 100, 250, 299]
        for d, peaks in ((1, [1e-12, 0.3, 1.0, 1.999]), (5, [0.01, 1.25, 3.9]), (37, [0.5, 2.5]), (130, [1.5])):
            values = [1.0] + [round(random.uniform(0.001, 1), 12) for _ in range(d - 1)]
            x0 = [random.choice((-1, 1)) * 10 ** random.uniform(-3, 3) for _ in range(d)]
            x0[d // 2] = 0.0 if d > 1 else x0[0]
            rows = run("log-quadratic", values, {"kind": "explicit", "values": x0}, peaks, [0, 120], [], 300, record={"gap_at": asked},
                       stop={"steps": 300, "diverged": 1e300})
            self.assertEqual(len(rows), 2 * len(peaks))
            for row, (peak, W) in zip(rows, [(p, W) for p in peaks for W in (0, 120)]):
                want, reach = self.reference(values, x0, [peak * ((t + 1) / W) if t < W else peak for t in range(300)])
                for t in asked:
                    got = row[f"gap_at_{t}"]
                    # M is rounded once a step, by at most u |M|; the gap's relative error is twice that of M
                    slack = mp.mpf(2) ** -53 * (40 + 2 * reach + 2 * t * (4 + reach))
                    self.assertLessEqual(abs(mp.mpf(got) - want[t]), slack * want[t] + mp.mpf(2) ** -1070, (d, peak, W, t))

    def test_as_the_quadratic_where_nothing_underflows(self):
        values = geometric(20, 300)
        rows = [run(kind, values, {"kind": "sphere", "gap": 10}, {"log": [0.01, 2.2], "points": 40}, [0, 1, 7, 60], [1, 1e-3, 1e-9], 4000)
                for kind in ("quadratic", "log-quadratic")]
        self.assertEqual(len(rows[0]), 160)
        for plain, logarithmic in zip(*rows):
            plain["flags"] &= ~harness.FLAG_UNDERFLOW  # of sharp modes that are gone for good
            for key in ("status", "end", "hit_1", "hit_2", "hit_3", "flags", "best_at", "peak_at"):
                self.assertEqual(plain[key], logarithmic[key], (key, plain, logarithmic))

    def test_exact_kill(self):
        # eta = 1 kills the mode of a = 1, eta = 2 that of a = 1/2: nothing is left, and nothing comes back at eta = 5
        (row,) = run("log-quadratic", [1.0, 0.5], {"kind": "explicit", "values": [3, -5]}, 5.0, 5, [1e-300], 400)
        self.assertEqual((row["status"], row["hit_1"], row["best_gap"]), ("reached", 2, 0.0))
        (row,) = run("log-quadratic", [1.0, 0.5], {"kind": "explicit", "values": [3, -5]}, 5.0, 5, [], 400)
        self.assertEqual((row["final_gap"], row["status"]), (0.0, "stalled"))
        # one unit of the last place beside it the mode comes back
        (row,) = run("log-quadratic", [1.0, 0.5 + 2.0**-53], {"kind": "explicit", "values": [3, -5]}, 5.0, 5, [1e-300], 4000)
        self.assertEqual(row["status"], "diverged")

    def test_below_every_number(self):
        # one mode falls to e^-4000 and grows again while the other keeps the gap: a two-mode ramp into the plateau a = 4.2
        a, W, peak, steps = [1.0, 1e-4], 8000, 4.2, 9000
        x0 = [1.0, 1.0]
        status, end = exact_end(a, x0, peak, W, 1e-30, 20000)
        (row,) = run("log-quadratic", a, {"kind": "explicit", "values": x0}, peak, W, [1e-30], 20000)
        self.assertEqual((row["status"], row["end"]), (status, end))
        self.assertEqual(status, "diverged")

    def test_closed_loop(self):
        # Polyak's step size: gap / |g|^2, in the log domain as in plain arithmetic
        values, x0 = [1.0, 0.25, 0.0625], [1.0, -2.0, 3.0]
        (row,) = harness.outcomes(harness.run({
            "objective": {"kind": "log-quadratic", "dimension": 3, "spectrum": {"law": "explicit", "values": values}},
            "start": {"kind": "explicit", "values": x0}, "schedule": {"kind": "polyak"}, "stop": {"steps": 2000, "gap": [1e-3, 1e-12]}}))
        x, a, hits = [mp.mpf(v) for v in x0], [mp.mpf(v) for v in values], {}
        for t in range(2000):
            gap = sum(ai * xi**2 for ai, xi in zip(a, x)) / 2
            for eps in (1e-3, 1e-12):
                if gap <= eps:
                    hits.setdefault(eps, t)
            if len(hits) == 2:
                break
            eta = gap / sum((ai * xi) ** 2 for ai, xi in zip(a, x))
            x = [xi * (1 - eta * ai) for ai, xi in zip(a, x)]
        self.assertEqual([row["hit_1"], row["hit_2"]], [hits[1e-3], hits[1e-12]])


class Control(unittest.TestCase):
    """On a quadratic a warmup cannot help but by a peak beyond 2 / a_max, and by a lucky step size that kills a cluster of modes at once. Best of the
    grid without a warmup over that with one, gap 1 to 1e-6. Elsewhere: 1.000, 1.08, 1.01, 1.002 for kappa = 3, 10, 100, 1000 on generic spectra,
    1.43 on two clusters (kappa 3), 1.12 ... 1.30 with peaks up to 4.59, then up to 3.3 on two clusters."""

    def gain(self, values, kappa, top):
        peaks = {"linear": [2 - 10 / kappa if kappa >= 100 and top == 2 else 0.5, top], "points": 101 if top == 2 else 201}  # the latter with 3 itself
        warmups = [0, 1, 2, 3, 5, 6, 8, 13, 16, 20, 32, 64, 100] + ([160, 200, 250, 400] if kappa >= 100 else [])
        best = {}
        for row in run("log-quadratic", values, {"kind": "equal-energy", "gap": 1}, peaks, [W for W in warmups if W <= 9 * kappa + 20], [1e-6], 30 * kappa):
            if row["hit_1"] != -1:
                key = row["schedule.warmup.steps"] > 0
                best[key] = min(best.get(key, math.inf), row["hit_1"])
        return best[False] / best[True]

    def test_warmup_cannot_help(self):
        # peaks at most 2 / a_max: at most 1 + 3 / kappa
        for kappa, d in ((3, 32), (10, 32), (100, 32), (1000, 48)):
            for values in (geometric(d, kappa), [1 - (1 - 1 / kappa) * i / (d - 1) for i in range(d)]):
                found = self.gain(values, kappa, 2)
                self.assertTrue(1 <= found <= 1 + min(3 / kappa, 0.15), (kappa, found))

    def test_peaks_beyond_the_limit(self):
        for kappa in (10, 100):
            found = self.gain(geometric(32, kappa), kappa, 4.5)
            self.assertTrue(1.1 < found < 1.3, (kappa, found))

    def test_two_clusters(self):
        values = [1.0] * 4 + [1 / 3] * 28
        self.assertAlmostEqual(self.gain(values, 3, 2), 10 / 7)
        self.assertTrue(2 < self.gain(values, 3, 4.5) < 3.4)  # a ramp of three steps to 3: 1, 2, 3


class Refused(unittest.TestCase):
    def refuse(self, expected, **more):
        text = sweep("log-quadratic", [1.0, 0.5], {"kind": "explicit", "values": [1, 1]}, 1.0, 0, [1e-3], 100, **more)
        file = harness.SCRATCH / "refused.json"
        file.write_text(json.dumps(text))
        done = subprocess.run([harness.PROGRAM, "plan", file], env=harness.environment(), capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn(expected, done.stderr)

    def test_what_makes_no_sense(self):
        self.refuse('precision: "float32" with objective "log-quadratic"', precision="float32")
        self.refuse('method.kind: "sgd" with objective "log-quadratic"; allowed: gd', method={"kind": "sgd"}, noise={"kind": "gaussian", "sigma": 1})
        self.refuse('noise.kind: "gaussian" with objective "log-quadratic"; allowed: none', method={"kind": "sgd"}, noise={"kind": "gaussian", "sigma": 1})
        self.refuse('schedule.kind: "relative-clip"', schedule={"kind": "relative-clip", "ratio": 0.1, "peak": 1})


if __name__ == "__main__":
    unittest.main()
