"""test_catapult.py: the catapult: exact recurrences, the two and the four, random starts, ramps.

f = (u v - s)^2 / 2 with r = u v - s, L = u^2 + v^2: exactly r' = r (1 - eta L + eta^2 r (r + s)),
L' = L + eta r^2 (eta L - 4) - 4 eta s r and (u^2 - v^2)' = (u^2 - v^2) (1 - eta^2 r^2). Near a minimum of sharpness L_0 a step below 2 / L_0
descends, between 2 and 4 it is thrown up and converges, above 4 it diverges (Lewkowycz et al., arXiv 2003.02218).
"""
import math
import pathlib
import sys
import unittest

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness

SETTINGS = [(s, r, L) for s in (0, 1) for r in (0.01, 0.3) for L in (10, 40, 160)]


def point(s, r, L):
    """u >= v with u v = s + r and u^2 + v^2 = L."""
    u = math.sqrt((L + math.sqrt(L * L - 4 * (s + r) ** 2)) / 2)
    return [u, (s + r) / u]


def catapult(s, x, peaks, objective="rank-one", **record):
    return {"objective": {"kind": objective, "dimension": 2, "s": s}, "start": {"kind": "explicit", "values": x},
            "schedule": {"peak": peaks}, "stop": {"steps": 20000, "gap": [1e-10], "diverged": 1e8}, "record": record}


class Catapult(unittest.TestCase):
    def outcomes(self, s, r, L, multiples, **more):
        return harness.outcomes(harness.run(catapult(s, point(s, r, L), [m / L for m in multiples], **more)))

    def test_two_and_four(self):
        for s, r, L in SETTINGS:
            with self.subTest(s=s, r=r, L=L):
                start = r * r / 2
                for row in self.outcomes(s, r, L, [0.5, 1.5, 1.9] if r > 0.1 else [0.5, 1.5, 1.99]):
                    self.assertEqual(row["status"], "reached")
                    self.assertLessEqual(row["peak_gap"], start * (1 + 1e-12))
                for row in self.outcomes(s, r, L, [2.1, 2.5, 3, 3.5, 3.9]):
                    self.assertEqual(row["status"], "reached")
                    self.assertGreater(row["peak_gap"], start * 1.5)
                for row in self.outcomes(s, r, L, [4.1, 4.5, 5, 8]):
                    self.assertEqual(row["status"], "diverged")

    def test_how_sharp_the_two_and_the_four_are(self):
        # from next to the minimum: monotone up to 2, thrown up and back from 2.002 to 4, diverged from 4.05; how high at 2.5: 27 to 7e6 times
        heights, final = [], []
        every = {"trace": {"at": {"linear": [0, 40], "points": 41}, "quantities": ["gap", "gradient_norm"]}}
        for s, r, L in SETTINGS:
            start = r * r / 2
            below, above, highest, beyond = self.outcomes(s, r, L, [1.96 if r > 0.1 else 1.999, 2.002 if r < 0.1 else 2.06, 3.98, 4.05])
            self.assertEqual((below["status"], above["status"], highest["status"], beyond["status"]), ("reached", "reached", "reached", "diverged"), (s, r, L))
            self.assertLessEqual(below["peak_gap"], start * (1 + 1e-12))
            self.assertGreater(above["peak_gap"], start)
            (row,) = self.outcomes(s, r, L, [2.5], **every)
            heights.append(row["peak_gap"] / start)
            final.append(2.5 / L * row[f"trace_gradient_norm_{row['end']}"] ** 2 / (2 * row[f"trace_gap_{row['end']}"]))  # eta L at the end
        self.assertAlmostEqual(min(heights) / 26.676, 1, places=3)
        self.assertAlmostEqual(max(heights) / 6.926e6, 1, places=3)
        self.assertEqual([round(min(final), 2), round(max(final), 2)], [1.27, 1.37])

    def test_exact_recurrences(self):
        at = list(range(0, 40))
        for objective in ("rank-one", "chain"):
            for s, r0, L0 in SETTINGS:
                for row in harness.outcomes(harness.run(catapult(s, point(s, r0, L0), [1.5 / L0, 2.5 / L0], objective, gap_at=at))):
                    eta = (1.5 if row["cell"] == 0 else 2.5) / L0
                    r, L = r0, L0
                    for t in at:
                        if t > row["end"] or r * r / 2 < 1e-8:
                            break
                        self.assertTrue(math.isclose(row[f"gap_at_{t}"], r * r / 2, rel_tol=1e-6), (objective, s, r0, L0, t))
                        r, L = r * (1 - eta * L + eta**2 * r * (r + s)), L + eta * r * r * (eta * L - 4) - 4 * eta * s * r


def plain(u, v, s, eta, steps, noise=0.0, random=None, eps=0.0, limit=1e8):
    """Descent of many (u, v) side by side, eta(t) a number or one for each: which reached eps, which went above the limit."""
    reached, gone = np.zeros(np.shape(u), bool), np.zeros(np.shape(u), bool)
    for t in range(steps + 1):
        r = u * v - s
        reached |= (r * r / 2 <= eps) & ~gone
        gone |= ~(r * r / 2 <= limit) & ~reached
        step, runs = eta(t), ~(gone | reached)
        push = noise * random.standard_normal((2, *np.shape(u))) if noise else (0.0, 0.0)
        u, v = np.where(runs, u - step * (r * v + push[0]), u), np.where(runs, v - step * (r * u + push[1]), v)
    return reached, gone


class States(unittest.TestCase):
    """u and v themselves, but for sign and order, from what a trace keeps: with the gap r^2 / 2, the norm of the gradient is |r| L^(1/2) and the
    sharpness L / 2 + (D^2 / 4 + (2 r + s)^2)^(1/2), D = u^2 - v^2. The sign of r is that of the recurrence."""

    def states(self, row, s):
        for t in range(row["end"] + 1):
            gap, norm, sharpness = (row[f"trace_{name}_{t}"] for name in ("gap", "gradient_norm", "sharpness"))
            L, r = norm * norm / (2 * gap), math.sqrt(2 * gap)
            yield [(x, L, 4 * ((sharpness - L / 2) ** 2 - (2 * x + s) ** 2)) for x in (r, -r)]

    def test_exact_identities(self):
        trace = {"at": {"linear": [0, 200], "points": 201}, "quantities": ["gap", "gradient_norm", "sharpness"]}
        worst = [0.0, 0.0, 0.0]
        steps = 0
        for objective in ("rank-one", "chain"):
            for s, r0, L0 in SETTINGS:
                multiples = (1.5, 2.5, 3.5)
                rows = harness.outcomes(harness.run(catapult(s, point(s, r0, L0), [m / L0 for m in multiples], objective, trace=trace) | {
                    "stop": {"steps": 200, "gap": [1e-6 * r0**2], "diverged": 1e8}}))
                for m, row in zip(multiples, rows):
                    eta, sign = m / L0, 1
                    states = list(self.states(row, s))
                    for now, then in zip(states, states[1:]):
                        r, L, square = now[sign < 0]
                        expected = r * (1 - eta * L + eta**2 * r * (r + s))
                        sign = math.copysign(1, expected)
                        r1, L1, square1 = then[sign < 0]
                        error = (abs(r1 - expected) / (abs(r) * (1 + eta * L) + 1e-4),
                                 abs(L1 - (L + eta * r * r * (eta * L - 4) - 4 * eta * s * r)) / L,
                                 abs(square1 - square * (1 - eta**2 * r * r) ** 2) / (L + abs(r)) ** 2)
                        worst = [max(pair) for pair in zip(worst, error)]
                        steps += 1
        self.assertGreater(steps, 500)
        for found, bound in zip(worst, (1e-11, 1e-13, 1e-13)):
            self.assertLess(found, bound, worst)


class FarStarts(unittest.TestCase):
    """Random directions with a gap of 50, s = 1, and any peak: far from a minimum the four is a cliff, but not a law. Which part converges below and
    above it depends on how the starts are drawn; that the program's part is that of a plain simulation of other starts of the same law
    is what is asked here. (Fractions .986 .893 .795 .716 .178 .077 were measured elsewhere, from starts whose law was not written down.)"""
    EDGES = [0, 2, 3, 3.5, 4, 4.5, 5]

    def fractions(self, x, converged):
        return [(int(np.sum((x >= a) & (x < b))), int(np.sum(converged[(x >= a) & (x < b)]))) for a, b in zip(self.EDGES, self.EDGES[1:])]

    def test_fractions_that_converge(self):
        peaks, number = [0.002 * 1.35**k for k in range(24)], 1024
        rows = harness.outcomes(harness.run({
            "objective": {"kind": "rank-one", "dimension": 2, "s": 1}, "start": {"kind": "sphere", "gap": 50, "per_replicate": True}, "schedule": {"peak": peaks},
            "replicates": number, "stop": {"steps": 3000, "gap": [1e-4, 1e-10]}, "record": {"trace": {"at": [0], "quantities": ["gap", "gradient_norm"]}}}))
        L = np.array([row["trace_gradient_norm_0"] ** 2 / (2 * row["trace_gap_0"]) for row in rows])
        eta = np.array([row["schedule.peak"] for row in rows])
        ours = self.fractions(eta * L, np.array([row["hit_2"] >= 0 for row in rows]))
        # the same law: a uniform angle; u v - 1 = +10 or -10, as the angle has u v > 0 or < 0
        random = np.random.default_rng(1)
        angle = random.uniform(0, 2 * np.pi, 2048)
        far = np.sqrt(np.where(np.sin(2 * angle) > 0, 11, -9) * 2 / np.sin(2 * angle))
        u, v = (np.tile(far * f(angle), len(peaks)) for f in (np.cos, np.sin))
        eta = np.repeat(peaks, len(angle))
        with np.errstate(over="ignore", invalid="ignore"):
            reached, _ = plain(u, v, 1, lambda t: eta, 3000, eps=1e-10, limit=50e12)
        theirs = self.fractions(eta * (u * u + v * v), reached)
        for (n, k), (m, j) in zip(ours, theirs):
            self.assertGreater(n, 200)
            p = (k + j) / (n + m)
            self.assertLess(abs(k / n - j / m), 4 * math.sqrt(p * (1 - p) * (1 / n + 1 / m)) + 1 / n, (ours, theirs))
        parts = [k / n for n, k in ours]
        self.assertGreater(parts[0], 0.95)
        self.assertLess(parts[4], parts[3] - 0.3)  # the cliff
        # a few of them land on a minimum that is too sharp for their step, which is no convergence: a first hit of 1e-4 with a flag
        landed = [row for row in rows if row["hit_1"] >= 0 and row["flags"] & harness.FLAG_UNSTABLE]
        self.assertTrue(1 <= len(landed) <= 20, len(landed))


class Ramps(unittest.TestCase):
    """How high a ramp of W steps may go (in units of 1 / L_0). The noise is what grows, by eta L - 1 a step, from where the ramp passes 2; at a
    slope a (of eta L a step) it has grown by e^((3 ln 3 - 2) / a) where the ramp passes 4. There it must be of the size that lowers L. So
    1 / a rises by ln(10) / (3 ln 3 - 2) for each decade that the noise is smaller: the limit is that of a noise, and a random number.

    Elsewhere 24.8 (L_0 = 40) and 21.9 (160) were measured for W = 300 and 221 for W = 3000 with "a noise of 1e-6". With 1e-6 on the gradient no
    trajectory survives these; with 1e-6 on the point, which is 1e-6 L_0 / 2 on the gradient where eta L_0 = 2, most do."""

    def survived(self, L, W, peaks, noise, replicates, on=0):
        rows = harness.outcomes(harness.run({
            "objective": {"kind": "rank-one", "dimension": 2, "s": 1}, "start": {"kind": "explicit", "values": point(1, 0.01, L)},
            "schedule": {"peak": [m / L for m in peaks], "warmup": {"steps": W}}, "method": {"kind": "sgd"}, "noise": {"kind": "gaussian", "sigma": noise},
            "replicates": replicates, "stop": {"steps": W + on, "diverged": 1e8}}))
        alive = np.array([row["status"] == "budget" for row in rows]).reshape(len(peaks), replicates)
        return alive.mean(axis=1)

    def simulated(self, L, W, peaks, noise, number, seed=0):
        u, v = (np.full((len(peaks), number), x) for x in point(1, 0.01, L))
        m = np.array(peaks)[:, None]
        _, gone = plain(u, v, 1, lambda t: m / L * min(1, (t + 1) / W), W, noise, np.random.default_rng(seed))
        return 1 - gone.mean(axis=1)

    def test_short_ramps_change_nothing(self):
        for W in (0, 30):
            for L in (40, 160):
                self.assertEqual(list(self.survived(L, W, [3.95, 4.05], 1e-6, 16, on=3000)), [1, 0], (W, L))

    def test_the_limit_is_random(self):
        for L, peaks in ((40, [16, 18, 20, 21.1, 22, 23, 24.8]), (160, [14, 16, 18, 19.1, 20, 21, 21.9])):
            ours, theirs = self.survived(L, 300, peaks, 1e-6, 512), self.simulated(L, 300, peaks, 1e-6, 2048)
            for m, p, q in zip(peaks, ours, theirs):
                mean = (512 * p + 2048 * q) / 2560
                self.assertLess(abs(p - q), 4 * math.sqrt(mean * (1 - mean) * (1 / 512 + 1 / 2048)) + 1 / 512, (L, m))
            self.assertEqual((ours[0], ours[-1]), (1, 0))
            self.assertTrue(0.5 < ours[3] < 0.8, ours)

    def test_a_noise_on_the_point(self):
        for L, W, peak, least in ((40, 300, 24.8, 0.6), (160, 300, 21.9, 0.8), (160, 3000, 221, 0.6), (40, 3000, 60, 0.9)):
            self.assertGreater(self.survived(L, W, [peak], 1e-6 * L / 2, 128)[0], least, (L, W))
        self.assertEqual(self.survived(160, 3000, [221], 1e-6, 128)[0], 0)

    def test_slope_and_noise(self):
        peaks = [10 * 1.02**k for k in range(70)]
        for L in (40, 160):
            median = [max(m for m, p in zip(peaks, self.survived(L, 300, peaks, noise, 64)) if p >= 0.5) for noise in (1e-9, 1e-6, 1e-3)]
            gain = math.log(1e3) / (3 * math.log(3) - 2)
            for low, high in zip(median, median[1:]):
                self.assertLess(abs((300 / low - 300 / high) / gain - 1), 0.1, (L, median))


if __name__ == "__main__":
    unittest.main()
