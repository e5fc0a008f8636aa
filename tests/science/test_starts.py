"""test_starts.py: random directions: every draw is a start of its own with the wanted gap, draw 0 is what stands without a draw, and a
draw does not depend on which others are in the sweep."""
import math
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness


def rows(start, d=6):
    sweep = {"objective": {"kind": "quadratic", "dimension": d, "spectrum": {"law": "geometric", "lmin": 0.01}},
             "start": {"kind": "sphere", "gap": 10, **start}, "schedule": {"peak": 1.9}, "stop": {"steps": 2000, "gap": [1e-3]},
             "record": {"gap_at": [0, 7], "hash": True}}
    return harness.outcomes(harness.run(sweep))


class Draws(unittest.TestCase):
    def test_draws(self):
        without, zero, many = rows({}), rows({"draw": 0}), rows({"draw": [0, 1, 2, 3, 1000000, 4294967295]})
        self.assertEqual(without[0]["hash"], zero[0]["hash"])
        self.assertEqual(without[0]["hash"], many[0]["hash"])
        self.assertEqual(len({row["hash"] for row in many}), 6)
        for row in many:
            self.assertTrue(math.isclose(row["gap_at_0"], 10, rel_tol=1e-12))
        (alone,) = rows({"draw": 1000000})
        self.assertEqual(alone["hash"], many[4]["hash"])

    def test_directions_are_uniform(self):
        # gap_7 / gap_0 of a direction z: a ratio of sums; its mean over uniform directions is that over normals
        found = [row["gap_at_7"] / row["gap_at_0"] for row in rows({"draw": {"linear": [0, 999], "points": 1000}}, d=2)]
        mean = sum(found) / len(found)
        # d = 2: eigenvalues 1 and 0.01, z = (cos a, sin a), a uniform
        angles = [2 * math.pi * (k + 0.5) / 4096 for k in range(4096)]
        decays = [(1 - 1.9 * v) ** 14 for v in (1, 0.01)]
        ratio = [(decays[0] * math.cos(a) ** 2 + decays[1] * 0.01 * math.sin(a) ** 2) / (math.cos(a) ** 2 + 0.01 * math.sin(a) ** 2) for a in angles]
        want = sum(ratio) / 4096
        deviation = math.sqrt(sum((v - want) ** 2 for v in ratio) / 4096)
        self.assertLess(abs(mean - want), 3.5 * deviation / math.sqrt(1000))


if __name__ == "__main__":
    unittest.main()
