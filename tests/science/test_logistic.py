"""test_logistic.py: logistic regression about its solution against the plain formula: the sweep gives rows of data, NumPy finds the minimiser
by its own Newton iteration, and gaps along a trajectory are differences of the textbook loss. And which data are refused."""
import pathlib
import sys
import unittest

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness


def sweep(rows, x0, kind="logistic-overlap", **more):
    rows = np.asarray(rows, dtype=float)
    return {"objective": {"kind": kind, "dimension": rows.shape[1], "samples": rows.shape[0], "rows": rows.ravel().tolist(), **more},
            "start": {"kind": "explicit", "values": list(x0)}, "schedule": {"peak": 1.0}, "stop": {"steps": 200, "gap": []},
            "record": {"gap_at": [0, 1, 10, 50]}}


class Logistic(unittest.TestCase):
    def test_gaps_are_differences_of_the_loss(self):
        random = np.random.default_rng(3)
        for n, d in ((40, 3), (12, 1), (256, 8)):
            rows = random.normal(size=(n, d))
            rows[:, 0] += 1
            x0 = random.normal(size=d)
            (row,) = harness.outcomes(harness.run(sweep(rows, x0)))
            loss = lambda w: np.mean(np.logaddexp(0, -rows @ w))
            chance = lambda w: 1 / (1 + np.exp(rows @ w))
            w = np.zeros(d)
            for _ in range(60):
                p = chance(w)
                w = w + np.linalg.solve((rows.T * (p * (1 - p))) @ rows, rows.T @ p)
            least, x = loss(w), w + x0
            for t in range(51):
                if t in (0, 1, 10, 50):
                    self.assertAlmostEqual(row[f"gap_at_{t}"], loss(x) - least, delta=1e-13 + 1e-10 * (loss(x) - least), msg=(n, d, t))
                x = x + rows.T @ chance(x) / n
            self.assertGreater(row["gap_at_50"], 0)

    def test_random_data_overlap(self):
        text = sweep([[1.0]], [0])
        text["objective"] = {"kind": "logistic-overlap", "dimension": 4, "samples": 64, "data_seed": [1, 2, 3]}
        text["start"] = {"kind": "sphere", "gap": 1}
        gaps = [row["gap_at_50"] for row in harness.outcomes(harness.run(text))]
        self.assertEqual(len(set(gaps)), 3)

    def test_data_without_solution_are_refused(self):
        separable, overlapping = [[1, 0.5], [2, -1], [0.1, 3]], [[1, 0], [-1, 0.25], [0.5, 1], [0.25, -1]]
        for rows, kind, more, word in ((separable, "logistic-overlap", {}, "objective.samples"), ([[1, 0], [-1, 0]], "logistic-overlap", {}, "objective.samples"),
                                       ([[1, 0], [-1, 0], [0, 1]], "logistic", {}, "positive margin"), (overlapping, "logistic", {"samples": 3}, "samples * dimension"),
                                       (separable, "logistic", {"data_seed": 2}, "one of them")):
            with self.subTest(kind=kind, word=word):
                with self.assertRaises(AssertionError) as caught:
                    harness.run(sweep(rows, [0, 0], kind, **more))
                self.assertIn("exit 2", str(caught.exception))
                self.assertIn(word, str(caught.exception))


if __name__ == "__main__":
    unittest.main()
