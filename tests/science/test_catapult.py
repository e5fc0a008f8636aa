"""test_catapult.py: two measured laws of nonconvex and of river objectives.

Catapult, f = (u v - s)^2 / 2 with r = u v - s, L = u^2 + v^2: exactly r' = r (1 - eta L + eta^2 r (r + s)) and
L' = L + eta r^2 (eta L - 4) - 4 eta s r. Near a minimum of sharpness L_0 a step below 2 / L_0 descends, between 2 and 4 it is thrown up
and converges, above 4 it diverges (Lewkowycz et al., arXiv 2003.02218).

Boundary of stability on the river with walls: a ramp (t/W)^k to the peak eta_p from y_0 = Y survives iff W >= (eta_p (1 + Y^2) / a_k)^(1/k), with
a universal a_k = 1.7272, 1.5251, 1.3766 for k = 1, 2, 3.
"""
import math
import pathlib
import sys
import unittest

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
        heights = []
        for s, r, L in SETTINGS:
            start = r * r / 2
            below, above, highest, beyond = self.outcomes(s, r, L, [1.96 if r > 0.1 else 1.999, 2.002 if r < 0.1 else 2.06, 3.98, 4.05])
            self.assertEqual((below["status"], above["status"], highest["status"], beyond["status"]), ("reached", "reached", "reached", "diverged"), (s, r, L))
            self.assertLessEqual(below["peak_gap"], start * (1 + 1e-12))
            self.assertGreater(above["peak_gap"], start)
            (row,) = self.outcomes(s, r, L, [2.5])
            heights.append(row["peak_gap"] / start)
        self.assertAlmostEqual(min(heights) / 26.676, 1, places=3)
        self.assertAlmostEqual(max(heights) / 6.926e6, 1, places=3)

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


class Boundary(unittest.TestCase):
    def test_smallest_stable_warmup(self):
        for power, smallest, universal in ((1, 11002, 1.7272), (2, 112, 1.5251), (3, 24, 1.3766)):
            with self.subTest(power=power):
                around = list(range(max(1, smallest - 60), smallest + 61))
                sweep = {"objective": {"kind": "river", "dimension": 3}, "start": {"kind": "explicit", "values": [0, 100, 60]},
                         "schedule": {"peak": 1.9, "warmup": {"kind": "polynomial", "power": power, "steps": around}},
                         "stop": {"steps": 20000, "gap": [0.01]}}
                reached = [row["status"] == "reached" for row in harness.outcomes(harness.run(sweep))]
                stable = [W for W, good in zip(around, reached) if good]
                self.assertEqual(min(stable), smallest)
                self.assertEqual(len(stable), around[-1] - smallest + 1, "the boundary is one place")
                formula = (1.9 * 10001 / universal) ** (1 / power)
                self.assertLess(abs(smallest - formula), 1.1)


if __name__ == "__main__":
    unittest.main()
