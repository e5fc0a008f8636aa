"""test_outcomes.py: every column of an outcome against a naive reference, bit for bit.

The reference below is one loop over iterations of quadratics with up to five coordinates in Python floats (IEEE float64), with an
exact fma through fractions, written from docs/bits.md and not from the kernels. It has no batches, no lanes, no early exits: every
rule of an outcome appears once, in the plainest form.
"""
import math
import pathlib
import random
import sys
import unittest
from fractions import Fraction

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness

TINY = 2.0**-500


def fma(a, b, c):
    if not (math.isfinite(a) and math.isfinite(b) and math.isfinite(c)):
        return a * b + c
    exact = Fraction(a) * Fraction(b) + Fraction(c)
    if exact == 0:
        return a * b + c
    try:
        return float(exact)
    except OverflowError:
        return math.inf if exact > 0 else -math.inf


def simulate(values, x0, peak, warmup, eps, steps, diverged, hold, run_on, gap_at):
    x, hits, since = list(x0), [-1] * len(eps), [-1] * len(eps)
    flags, reached_at, confirmed = 0, None, 0
    best, best_at, peak_gap, peak_at = math.inf, -1, -math.inf, -1
    recorded = {}
    limit = None
    for t in range(steps + 1):
        if t % 16 == 0:
            for i, v in enumerate(x):
                if 0 < abs(v) < TINY:
                    x[i], flags = 0.0, flags | harness.FLAG_UNDERFLOW
        total = 0.0
        for a, v in zip(values, x):
            total = fma(a * v, v, total)
        gap = 0.5 * total
        if limit is None:
            limit = diverged * max(gap, 1.0)
        eta = peak if t >= warmup else peak * ((t + 1) / warmup)
        if t in gap_at:
            recorded[t] = gap
        status = None
        if not math.isfinite(gap):
            status = "nonfinite"
        else:
            if gap < best:
                best, best_at = gap, t
            if gap > peak_gap:
                peak_gap, peak_at = gap, t
            if confirmed and gap > eps[confirmed - 1]:
                flags |= harness.FLAG_REBOUND
            if gap > limit:
                status = "diverged"
        if status is None:
            before = confirmed
            for e in range(confirmed, len(eps)):
                if gap > eps[e]:
                    for later in range(e, len(eps)):
                        since[later] = -1
                    break
                if since[e] < 0:
                    since[e] = t
                if t - since[e] + 1 >= hold:
                    hits[e], confirmed, reached_at = since[e], e + 1, t
            if confirmed > before and eta * max(values) > 2.0:
                flags |= harness.FLAG_UNSTABLE
            done = eps and confirmed == len(eps)
            if done and t - reached_at >= run_on:
                status = "reached"
            elif t == steps:
                status = "reached" if done else "budget"
        after = [fma(-eta, a * v, v) for a, v in zip(values, x)]
        pending = confirmed < len(eps) and since[confirmed] >= 0
        if status is None and t % 16 == 0 and after == x and t >= warmup and not pending and not (eps and confirmed == len(eps)):
            status = "stalled"
            for later in gap_at:
                if later > t and later <= steps:
                    recorded[later] = gap
        if status:
            return {"status": status, "flags": flags, "end": t, "hits": hits, "final_gap": gap, "best_gap": best, "best_at": best_at,
                    "peak_gap": peak_gap, "peak_at": peak_at, "gap_at": [recorded.get(g, math.nan) for g in gap_at]}
        x = after


def same(a, b):
    return a == b or (a != a and b != b)


class Outcomes(unittest.TestCase):
    def compare(self, values, x0, peaks, warmups, eps, steps, diverged=1e12, hold=1, run_on=0, gap_at=()):
        stop = {"steps": steps, "gap": eps, "diverged": diverged, "hold": hold, "run_on": run_on}
        directory = harness.run({
            "objective": {"kind": "quadratic", "dimension": len(values), "spectrum": {"law": "explicit", "values": values}},
            "start": {"kind": "explicit", "values": x0}, "method": {"kind": "gd"},
            "schedule": {"peak": peaks, "warmup": {"kind": "linear", "steps": warmups}},
            "stop": stop, "record": {"gap_at": list(gap_at)}})
        seen = set()
        for index, row in enumerate(harness.outcomes(directory)):
            peak, W = peaks[index // len(warmups)], warmups[index % len(warmups)]
            want = simulate(values, x0, peak, W, eps, steps, diverged, hold, steps + 1 if run_on == "budget" else run_on, gap_at)
            for key in ("status", "flags", "end", "best_at", "peak_at"):
                self.assertEqual(row[key], want[key], (key, peak, W, want, row))
            for key in ("final_gap", "best_gap", "peak_gap"):
                self.assertTrue(same(row[key], want[key]), (key, peak, W, want, row))
            self.assertEqual([row[f"hit_{e + 1}"] for e in range(len(eps))], want["hits"], (peak, W))
            for g, value in zip(gap_at, want["gap_at"]):
                self.assertTrue(same(row[f"gap_at_{g}"], value), (g, peak, W, want, row))
            seen.add(want["status"])
            seen.update(f for f in (1, 2, 4) if want["flags"] & f)
        return seen

    def test_random_sweeps(self):
        random.seed(5)
        seen = set()
        for case in range(12):
            d = random.choice([1, 2, 3, 5])
            values = [1.0] + [round(10 ** random.uniform(-3, 0), 6) for _ in range(d - 1)]
            x0 = [round(random.uniform(-3, 3), 4) for _ in range(d)]
            peaks = sorted({round(random.uniform(0.05, 1.0) * random.choice([1, 2, 2.2, 3]), 5) for _ in range(6)})
            warmups = sorted({0, 1, random.randrange(2, 40), random.randrange(40, 400)})
            with self.subTest(case):
                seen |= self.compare(values, x0, peaks, warmups, [1.0, 1e-2, 1e-5], random.choice([0, 1, 15, 16, 17, 300, 401]),
                                     diverged=random.choice([1e12, 1e3, 10.0]), hold=random.choice([1, 1, 2, 5, 40]),
                                     run_on=random.choice([0, 0, 7, 33, "budget"]), gap_at=(0, 1, 15, 16, 31, 100, 299))
        self.assertLessEqual({"reached", "budget", "diverged", 2, 4}, seen, "the random sweeps miss a status or a flag")

    def test_underflow_flag(self):
        seen = self.compare([1.0, 0.001], [1.0, 1.0], [0.9], [0], [1e-9], 3000)
        self.assertIn(1, seen)

    def test_stalled(self):
        # x lands on 0 exactly, the other coordinate has no curvature
        self.assertIn("stalled", self.compare([1.0, 0.0], [1.0, 1.0], [1.0], [0, 5], [], 1000, gap_at=(3, 500)))

    def test_nonfinite_and_the_limit(self):
        seen = self.compare([1.0], [1e150], [3.0, 1e160], [0], [1e-3], 500, diverged=1e300)
        self.assertTrue({"nonfinite", "diverged"} & seen)

    def test_no_steps(self):
        self.compare([1.0], [1.0], [0.5], [0], [0.5, 0.1], 0, gap_at=(0,))


if __name__ == "__main__":
    unittest.main()
