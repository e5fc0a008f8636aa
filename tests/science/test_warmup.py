"""test_warmup.py: what theory says of warmups, with numbers: where a ramp becomes too steep, what a ramp costs on a quadratic, that on a quadratic
the order of step sizes does not matter, and that the theory's open-loop schedule keeps its promise."""
import math
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness


class Boundary(unittest.TestCase):
    """River with walls 100 and 60 high (Y^2 = 1e4), peak 1.9: the smallest number of warmup steps that is stable. Along the line
    W = (peak N / a)^(1/k), N = 1 + Y^2, a = 1.7272, 1.5251, 1.3766 for k = 1, 2, 3; found 11002, 112, 24 elsewhere, and all of them by the
    plain simulation below."""
    FOUND = {"linear": ({"kind": "linear"}, 11002), "quadratic": ({"kind": "polynomial", "power": 2}, 112), "cubic": ({"kind": "polynomial", "power": 3}, 24),
             "cosine": ({"kind": "cosine"}, 176), "exponential 1.5": ({"kind": "exponential", "alpha": 1.5}, 4741),
             "exponential 4": ({"kind": "exponential", "alpha": 4}, 824)}

    def test_smallest_stable_warmup(self):
        for name, (warmup, found) in self.FOUND.items():
            steps = list(range(max(1, found - 60), found + 61))  # one place, not several
            rows = harness.outcomes(harness.run({
                "objective": {"kind": "river", "dimension": 3}, "start": {"kind": "explicit", "values": [0, 100, 60]},
                "schedule": {"peak": 1.9, "warmup": {**warmup, "steps": steps}}, "stop": {"steps": found + 1000}}))
            stable = [W for W, row in zip(steps, rows) if row["status"] == "budget"]
            self.assertEqual(stable, [W for W in steps if W >= found], name)

    PHI = {"linear": lambda u: u, "quadratic": lambda u: u**2, "cubic": lambda u: u**3, "cosine": lambda u: (1 - math.cos(math.pi * u)) / 2,
           "exponential 1.5": lambda u: math.expm1(1.5 * u) / math.expm1(1.5), "exponential 4": lambda u: math.expm1(4 * u) / math.expm1(4)}

    def test_a_plain_simulation_finds_the_same(self):
        for name, phi in self.PHI.items():
            found = self.FOUND[name][1]
            for W in (found - 1, found):
                y = 100.0  # the higher wall decides; the river has no part in it
                for t in range(W + 1000):
                    y -= 1.9 * (phi((t + 1) / W) if t < W else 1.0) * (y + y**3)
                    if not abs(y) < 1e6:
                        break
                self.assertEqual(abs(y) < 1e6, W == found, (name, W))

    def test_exponents_of_the_line(self):
        # smallest stable W at the peaks 0.3 and 1.9, in two looks, each of a part in 60; wider walls where W is small
        for name, exponent, square in (("linear", 1, 1e4), ("quadratic", 1 / 2, 1e6), ("cubic", 1 / 3, 1e7), ("cosine", 1 / 2, 1e6), ("exponential 1.5", 1, 1e4), ("exponential 4", 1, 1e4)):
            warmup, found = self.FOUND[name]
            smallest = []
            for peak in (0.3, 1.9):
                W, spread = found * (peak / 1.9 * (1 + square) / 10001) ** exponent, 0.3
                for _ in range(2):
                    steps = sorted({max(1, round(W * (1 + spread * n / 60))) for n in range(-60, 61)})
                    rows = harness.outcomes(harness.run({
                        "objective": {"kind": "river", "dimension": 3}, "start": {"kind": "explicit", "values": [0, math.sqrt(square), 0.6 * math.sqrt(square)]},
                        "schedule": {"peak": peak, "warmup": {**warmup, "steps": steps}}, "stop": {"steps": steps[-1] + 500}}))
                    W, spread = min(n for n, row in zip(steps, rows) if row["status"] == "budget"), 0.01
                smallest.append(W)
            slope = math.log(smallest[1] / smallest[0]) / math.log(1.9 / 0.3)
            self.assertLess(abs(slope - exponent), 0.015, (name, smallest))

    def test_the_line(self):
        for k, slope in ((1, 1.7272), (2, 1.5251), (3, 1.3766)):
            predicted = (1.9 * 10001 / slope) ** (1 / k)
            found = self.FOUND[("linear", "quadratic", "cubic")[k - 1]][1]
            self.assertLess(abs(found / predicted - 1), 0.005, k)


class Quadratic(unittest.TestCase):
    SPECTRUM = {"kind": "quadratic", "dimension": 24, "spectrum": {"law": "geometric", "lmax": 1, "lmin": 1e-3}}

    def final(self, schedule, steps):
        rows = harness.outcomes(harness.run({"objective": self.SPECTRUM, "start": {"kind": "sphere", "gap": 10}, "schedule": schedule, "stop": {"steps": steps}}))
        return [row["final_gap"] for row in rows]

    def test_time_reversal(self):
        # the step sizes of a ramp of W steps, then n at the peak; and backwards: n at the peak, then a line down
        for W, n in ((50, 200), (300, 10)):
            up = self.final({"peak": [0.5, 1.2, 1.9], "warmup": {"steps": W}}, W + n)
            down = self.final({"peak": [0.5, 1.2, 1.9], "decay": {"kind": "wsd", "horizon": W + n, "length": W}}, W + n)
            for a, b in zip(up, down):
                self.assertTrue(math.isclose(a, b, rel_tol=1e-12), (W, a, b))

    def test_what_a_ramp_costs(self):
        # in one dimension, at small steps: as many iterations as the ramp's sum falls short of W
        def hit(peak, warmup=None):
            schedule = {"peak": peak, "warmup": warmup} if warmup else {"peak": peak}
            (row,) = harness.outcomes(harness.run({"objective": {"kind": "quadratic", "dimension": 1}, "start": {"kind": "sphere", "gap": 1}, "schedule": schedule,
                                                   "stop": {"steps": 100000, "gap": [1e-6]}}))
            return row["hit_1"]

        for warmup, W, lost, peak in (({"kind": "linear"}, 1000, 499, 1e-3), ({"kind": "polynomial", "power": 2}, 1000, 666, 1e-3), ({"kind": "sqrt"}, 1000, 333, 1e-3),
                                      ({"kind": "cosine"}, 1001, 500, 1e-3), ({"kind": "linear", "initial": 0.5}, 1000, 250, 1e-3), ({"kind": "linear"}, 30000, 15000, 1e-4)):
            self.assertLessEqual(abs(hit(peak, {**warmup, "steps": W}) - hit(peak) - lost), 1, warmup)


class OpenTheory(unittest.TestCase):
    def test_the_gap_stays_below_the_bound(self):
        # f = |x|^p / p: rho = (p-2)/p, K0 = 0, radius |x_0|; D_t in closed form
        for p in (3, 4, 6):
            rho, gap = (p - 2) / p, 100.0
            K, radius = (p - 1) * p**rho, (p * gap) ** (1 / p)
            at = [0, 1, 2, 10, 100, 1000, 5000]
            (row,) = harness.outcomes(harness.run({
                "objective": {"kind": "power", "dimension": 1, "p": p}, "start": {"kind": "top", "gap": gap}, "schedule": {"kind": "open-theory"},
                "stop": {"steps": 5000}, "record": {"gap_at": at}}))
            speed = 0.25 * (1 - 0.125) / (K * radius**2)
            for t in at:
                bound = (gap ** -(1 - rho) + (1 - rho) * speed * t) ** (-1 / (1 - rho))
                self.assertLessEqual(row[f"gap_at_{t}"], bound * (1 + 1e-9), (p, t))
            self.assertEqual(row["peak_at"], 0)

    def test_linear_where_rho_is_a_half(self):
        file = harness.SCRATCH / "open.json"
        import json

        file.write_text(json.dumps({"objective": {"kind": "power", "dimension": 1, "p": 4}, "start": {"kind": "top", "gap": 100},
                                    "schedule": {"kind": "open-theory"}, "stop": {"steps": 200}}))
        eta = [float(line.split(",")[1]) for line in harness.program("schedule", file, "--print").splitlines()[1:]]
        steps = [b - a for a, b in zip(eta, eta[1:])]
        self.assertLess(max(steps) / min(steps) - 1, 1e-9)


if __name__ == "__main__":
    unittest.main()
