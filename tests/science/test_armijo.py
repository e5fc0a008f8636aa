"""test_armijo.py: Armijo backtracking step for step against NumPy: step sizes, gaps and the number of trials, over many step sizes side by
side, so that neighbours in a vector backtrack differently often; with a noise; its limits and what is refused."""
import csv
import math
import pathlib
import sys
import unittest

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness
from plain_random import batch_of


def sweep(objective, start, schedule, steps=60, **more):
    return {"objective": objective, "start": {"kind": "explicit", "values": list(start)}, "schedule": {"kind": "armijo", **schedule},
            "stop": {"steps": steps, "diverged": 1e300}, "record": {"trace": {"at": list(range(steps + 1)), "quantities": ["gap", "step_size"]}}, **more}


def backtrack(value, gradient, x, eta, beta, c, most):
    """(step size, trials)"""
    g = gradient(x)
    for trials in range(1, most + 2):
        if trials == most + 1 or value(x - eta * g) <= value(x) - c * (eta * (g @ g)):
            return eta, trials
        eta *= beta


def quadratic(values):
    a = np.array(values)
    return {"kind": "quadratic", "dimension": len(a), "spectrum": {"law": "explicit", "values": values}}, lambda x: a @ x**2 / 2, lambda x: a * x


# gap and gradient of the objective, a start
FAMILIES = {
    "quadratic": (*quadratic([3.0, 1.0, 0.25, 0.1, 2.0, 0.5, 0.7, 1.5, 0.3]), np.linspace(-1, 2, 9)),
    "cosh": ({"kind": "cosh", "dimension": 3}, lambda x: 2 * np.sum(np.sinh(x / 2) ** 2), np.sinh, np.array([5.0, -1.0, 2.5])),
    "radial cosh": ({"kind": "radial-cosh", "dimension": 12}, lambda x: 2 * np.sinh(np.linalg.norm(x) / 2) ** 2,
                    lambda x: np.sinh(np.linalg.norm(x)) / np.linalg.norm(x) * x, np.linspace(-1, 2, 12)),
    "rosenbrock": ({"kind": "rosenbrock", "dimension": 2}, lambda x: x[0] ** 2 + 100 * (x[1] - 2 * x[0] - x[0] ** 2) ** 2,
                   lambda x: np.array([2 * x[0] - 400 * (x[1] - 2 * x[0] - x[0] ** 2) * (1 + x[0]), 200 * (x[1] - 2 * x[0] - x[0] ** 2)]), np.array([-2.2, 0.0])),
}


class Armijo(unittest.TestCase):
    def follow(self, row, value, gradients, start, peak, beta, c, most, steps, tolerance):
        """Steps and trials of one trajectory; `gradients` are those of iteration 0, 1, ..."""
        x, trials = start.copy(), 0
        for t in range(steps + 1):
            np.seterr(over="ignore")  # a trial may overflow
            if value(x) < 1e-16:
                return  # rounding decides from here on
            self.assertTrue(math.isclose(row[f"trace_gap_{t}"], value(x), rel_tol=tolerance, abs_tol=1e-14), (t, row[f"trace_gap_{t}"], value(x)))
            eta, tried = backtrack(value, lambda x, t=t: gradients(t, x), x, peak, beta, c, most)
            self.assertTrue(math.isclose(row[f"trace_step_size_{t}"], eta, rel_tol=1e-13), (t, row[f"trace_step_size_{t}"], eta))
            if t < row["end"]:
                trials += tried
            x = x - eta * gradients(t, x)
        self.assertEqual(row["trials"], trials)

    def test_step_for_step(self):
        for name, (objective, value, gradient, start) in FAMILIES.items():
            peaks, betas = [1e-3, 0.02, 0.3, 1.7, 8.0, 100.0, 1e4], [0.3, 0.5]
            for c in (1e-4, 0.3):
                rows = harness.outcomes(harness.run(sweep(objective, start, {"peak": peaks, "beta": betas, "c": c}, steps=25)))
                self.assertEqual(len(rows), 14)
                self.assertGreater(len({row["trials"] for row in rows}), 3)
                for row in rows:
                    with self.subTest(name, c=c, peak=row["schedule.peak"], beta=row["schedule.beta"]):
                        self.follow(row, value, lambda t, x: gradient(x), start, row["schedule.peak"], row["schedule.beta"], c, 60, 25, 1e-7)

    def test_of_a_batch_of_rows(self):
        # the gradient is that of the batch, the gap of a trial that of all rows
        Z, start, seed = np.random.default_rng(5).normal(size=(9, 3)), np.array([1.0, -2.0, 0.5]), 12345
        text = sweep({"kind": "least-squares", "dimension": 3, "samples": 9, "rows": Z.reshape(-1).tolist()}, start, {"peak": [0.1, 1, 10], "c": 0.2, "backtracks": 3},
                     steps=40, method={"kind": "sgd"}, noise={"kind": "minibatch", "batch": 2}, replicates=2, seed=seed)
        for row in harness.outcomes(harness.run(text)):
            def gradients(t, x):
                rows = Z[batch_of("with-replacement", 9, 2, t, seed, row["replicate"])]
                return (rows @ x) @ rows / 2
            self.follow(row, lambda x: np.mean((Z @ x) ** 2) / 2, gradients, start, row["schedule.peak"], 0.5, 0.2, 3, 40, 1e-6)

    def test_counts_up_to_the_end(self):
        # ends inside a batch of 16, at its border and at the cap; eta = 1 of a quadratic with a = 1/2 halves x: never a backtrack
        objective, value, gradient = quadratic([0.5])
        for gap, end in ((0.3, 2), (5e-9, 15), (1e-9, 16), (3e-10, 17), (1e-300, 60)):
            row, = harness.outcomes(harness.run(sweep(objective, [4.0], {"peak": 1}, stop={"steps": 60, "gap": [gap]}, record={})))
            self.assertEqual((row["end"], row["trials"]), (end, end))
        # eta = 4 shoots over: gap stays, refused; 2 would land on 0, accepted at the second trial
        row, = harness.outcomes(harness.run(sweep(objective, [4.0], {"peak": 4}, stop={"steps": 60, "gap": [1e-3]}, record={})))
        self.assertEqual((row["end"], row["trials"], row["final_gap"]), (1, 2, 0.0))
        row, = harness.outcomes(harness.run(sweep(objective, [4.0], {"peak": 0.5, "backtracks": 0}, stop={"steps": 60, "gap": [1e-3]}, record={})))
        self.assertEqual(row["trials"], row["end"])

    def test_mean_of_a_cell(self):
        objective, value, gradient = quadratic([0.5, 3.0])
        text = sweep(objective, [4.0, 1.0], {"peak": [1, 5]}, method={"kind": "sgd"}, noise={"kind": "gaussian", "sigma": 0.1}, replicates=5,
                     stop={"steps": 40}, record={})
        directory = harness.run(text)
        harness.program("report", directory)
        rows = harness.outcomes(directory)
        with open(directory / "cells.csv", newline="") as file:
            for cell, line in enumerate(csv.DictReader(file)):
                trials = [row["trials"] for row in rows if row["cell"] == cell]
                self.assertEqual((len(trials), float(line["mean_of_trials"])), (5, sum(trials) / 5))

    def test_limit_of_backtracks(self):
        # none of three trials is small enough: the last is taken, and the run diverges
        objective, value, gradient = quadratic([1.0])
        row, = harness.outcomes(harness.run(sweep(objective, [1.0], {"peak": 1000, "backtracks": 2}, stop={"steps": 60, "diverged": 1e6}, record={})))
        self.assertEqual((row["status"], row["trials"]), ("diverged", 3 * row["end"]))
        self.assertAlmostEqual(row["final_gap"], 249.0 ** (2 * row["end"]) / 2, delta=row["final_gap"] * 1e-12)

    def test_gap_falls_wherever_it_starts(self):
        rows = harness.outcomes(harness.run(sweep({"kind": "cosh", "dimension": 8}, np.linspace(3, 9, 8), {"peak": {"log": [1e-6, 1e6], "points": 25}}, steps=40, precision="float32")))
        for row in rows:
            gaps = [row[f"trace_gap_{t}"] for t in range(row["end"] + 1)]
            self.assertTrue(all(b <= a for a, b in zip(gaps, gaps[1:])), row["schedule.peak"])
            self.assertNotIn(row["status"], ("diverged", "nonfinite"))
        self.assertGreater(max(row["trials"] / row["end"] for row in rows), 5)

    def test_what_it_does_not_go_with(self):
        objective, _, _ = quadratic([1.0])
        with self.assertRaises(AssertionError) as caught:
            harness.run(sweep(objective, [1.0], {"peak": 1}, method={"kind": "momentum", "mu": 0.9}))
        self.assertIn('schedule.kind: "armijo" with method "momentum"', str(caught.exception))

    def test_files_have_the_trials(self):
        import xarray

        objective, _, _ = quadratic([0.5])
        directory = harness.run(sweep(objective, [4.0], {"peak": [1, 4]}, stop={"steps": 60, "gap": [1e-3]}, record={}))
        harness.program("export", directory, "--format", "netcdf", "-o", directory / "x.nc")
        with xarray.open_dataset(directory / "x.nc") as file:
            self.assertEqual([int(n) for n in file["trials"].values.reshape(-1)], [row["trials"] for row in harness.outcomes(directory)])
        self.assertIn("2 trajectories computed again", harness.program("verify", directory))


if __name__ == "__main__":
    unittest.main()
