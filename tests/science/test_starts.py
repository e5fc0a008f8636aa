"""test_starts.py: random directions: every draw is a start of its own with the wanted gap, draw 0 is what stands without a draw, and a
draw does not depend on which others are in the sweep. start.per_replicate: replicate r starts where draw r does."""
import csv
import io
import math
import pathlib
import sys
import unittest

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness


def rows(start, d=6):
    sweep = {"objective": {"kind": "quadratic", "dimension": d, "spectrum": {"law": "geometric", "lmin": 0.01}},
             "start": {"kind": "sphere", "gap": 10, **start}, "schedule": {"peak": 1.9}, "stop": {"steps": 2000, "gap": [1e-3]},
             "record": {"gap_at": [0, 7], "hash": True}}
    return harness.outcomes(harness.run(sweep))


class Top(unittest.TestCase):
    """With data the start lies on the top eigenvector of the Hessian at x = 0: of a quadratic every step shrinks the gap by (1 - eta L)^2."""

    def test_least_squares(self):
        Z = np.random.default_rng(2).normal(size=(9, 4))
        top = np.linalg.eigvalsh(Z.T @ Z / 9)[-1]
        objective = {"kind": "least-squares", "dimension": 4, "samples": 9, "rows": Z.reshape(-1).tolist()}
        row, = harness.outcomes(harness.run({"objective": objective, "start": {"kind": "top", "gap": 3}, "schedule": {"peak": 0.2},
                                             "stop": {"steps": 9}, "record": {"gap_at": [0, 1, 9]}}))
        for t in (0, 1, 9):
            self.assertTrue(math.isclose(row[f"gap_at_{t}"], 3 * (1 - 0.2 * top) ** (2 * t), rel_tol=1e-9), t)

    def test_axes_of_a_rotated_quadratic(self):
        # the same gaps as the diagonal one from the same start in its axes
        for kind in ("top", "equal-energy"):
            gaps = []
            for objective in ("quadratic", "rotated-quadratic"):
                row, = harness.outcomes(harness.run({"objective": {"kind": objective, "dimension": 5, "spectrum": {"law": "explicit", "values": [0.3, 2, 0.01, 1.5, 0.7]}},
                                                     "start": {"kind": kind, "gap": 3}, "schedule": {"peak": 0.3}, "stop": {"steps": 20}, "record": {"gap_at": [0, 1, 5, 20]}}))
                gaps.append([row[f"gap_at_{t}"] for t in (0, 1, 5, 20)])
            np.testing.assert_allclose(gaps[1], gaps[0], rtol=1e-11, err_msg=kind)
        # on the top axis every step shrinks the gap by (1 - eta L)^2
        result = harness.run({"objective": {"kind": "rotated-quadratic", "dimension": 3, "spectrum": {"law": "explicit", "values": [1, 2, 0.5]}},
                              "start": {"kind": "top", "gap": 3}, "schedule": {"peak": 0.25}, "stop": {"steps": 9}})
        self.assertTrue(math.isclose(harness.outcomes(result)[0]["final_gap"], 3 * 0.25**9, rel_tol=1e-12))

    def test_small_steps_of_others(self):
        # so near to x = 0 the others are quadratic, too: one step of eta = 1/2 sharpness leaves a quarter of the gap
        for objective in ({"kind": "logistic-overlap", "dimension": 3, "samples": 40}, {"kind": "phase-samples", "dimension": 3, "samples": 12},
                          {"kind": "tanh-net", "dimension": 9, "hidden": 3, "samples": 20}):
            row, = harness.outcomes(harness.run({"objective": objective, "start": {"kind": "top", "gap": 1e-14}, "schedule": {"peak": {"value": 0.5, "unit": "1/sharpness"}},
                                                 "stop": {"steps": 1}}))
            self.assertTrue(math.isclose(row["final_gap"], 0.25e-14, rel_tol=1e-4), (objective, row["final_gap"]))
        # logistic regression: where the loss rises
        row, = harness.outcomes(harness.run({"objective": {"kind": "logistic", "dimension": 3, "samples": 20}, "start": {"kind": "top", "gap": 5},
                                             "schedule": {"peak": 0.1}, "stop": {"steps": 1}}))
        self.assertLess(row["final_gap"], 5)


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

    def test_one_for_each_replicate(self):
        sweep = {"objective": {"kind": "quadratic", "dimension": [3, 20], "spectrum": {"law": "geometric", "lmin": [0.01, 0.1]}},
                 "start": {"kind": "sphere", "gap": 10, "draw": [0, 1, 2, 3, 4]}, "schedule": {"peak": {"list": [0.3, 1.9], "unit": "1/sharpness"}},
                 "stop": {"steps": 500, "gap": {"relative": [1e-3]}}, "record": {"hash": True}}
        drawn = {(row["objective.dimension"], row["objective.spectrum.lmin"], row["start.draw"], row["schedule.peak"]): row["hash"]
                 for row in harness.outcomes(harness.run(sweep))}
        self.assertEqual(len(set(drawn.values())), 40)
        own = dict(sweep, start={"kind": "sphere", "gap": 10, "per_replicate": True}, replicates=5)
        directory = harness.run(own, "--chunk-size", "3", "--threads", "2")
        rows = harness.outcomes(directory)
        of = lambda row: (row["objective.dimension"], row["objective.spectrum.lmin"], row["replicate"], row["schedule.peak"])
        self.assertEqual({of(row): row["hash"] for row in rows}, drawn)
        # more replicates keep the earlier ones
        more = harness.outcomes(harness.run(dict(own, replicates=7)))
        self.assertEqual({of(row): row["hash"] for row in more if row["replicate"] < 5}, drawn)
        # a noise of size 0 changes nothing; the commands that look at one trajectory find its start
        quiet = dict(own, method={"kind": "sgd"}, noise={"kind": "gaussian", "sigma": 0})
        self.assertEqual({of(row): row["hash"] for row in harness.outcomes(harness.run(quiet))}, drawn)
        self.assertIn("0 differ", harness.program("verify", directory))
        last = next(row for row in rows if of(row)[:3] == (20, 0.1, 4) and row["schedule.peak"] == 1.9)
        replay = lambda *more: list(csv.DictReader(io.StringIO(harness.program(
            "replay", directory, "--replicate", "4", "--cell", "objective.dimension=20,objective.spectrum.lmin=0.1,schedule.peak=1.9", *more))))
        curve, states = replay(), replay("--states")
        self.assertEqual((float(curve[-1]["gap"]), len(curve) - 1), (last["final_gap"], last["end"]))
        self.assertEqual([row["gap"] for row in states], [row["gap"] for row in curve])
        # the norm is that of this replicate's gradient: between those that the gap allows
        for row in states:
            self.assertTrue(math.sqrt(2 * 0.1 * float(row["gap"])) * 0.999999 <= float(row["gradient_norm"]) <= math.sqrt(2 * float(row["gap"])) * 1.000001, row)

    def test_what_is_refused(self):
        sweep = {"objective": {"kind": "quadratic", "dimension": 2}, "start": {"kind": "sphere", "gap": 1, "per_replicate": True}, "schedule": {"peak": 1},
                 "stop": {"steps": 10}}
        for more, words in (({"start": {**sweep["start"], "draw": 1}}, "start.draw: given together with start.per_replicate"),
                            ({"replicates": 1048577}, "start.per_replicate: 1048577 starts"),
                            ({"replicates": 2, "start": {"kind": "sphere", "gap": 1}}, "allowed: 1 (or start.per_replicate true)")):
            with self.assertRaises(AssertionError) as caught:
                harness.run({**sweep, **more})
            self.assertIn(words, str(caught.exception))
            self.assertIn("exit 2", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
