"""test_methods.py: trajectories of every method, step for step in float64, against an independent simulation (methods_reference.py) on the same
gradients, and that simulation against the update of PyTorch or optax where they are installed (scripts/check methods installs them).

The gap after every iteration is compared to a relative 1e-11 (rounding: a few units in the last place a step; the trajectories are
short enough and the objectives tame enough that it does not grow).
"""
import importlib.util
import pathlib
import sys
import unittest

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness
from methods_reference import METHODS

A = np.array([1.0, 0.7, 0.31, 0.11, 0.05, 2.3, 0.013, 0.9, 0.4])
X0 = np.array([1.5, -2.0, 0.7, 3.1, -0.4, 0.25, -5.0, 0.9, -1.1])
STEPS = 120
# objective: sweep, gap, gradient
OBJECTIVES = {
    "quadratic": ({"kind": "quadratic", "dimension": 9, "spectrum": {"law": "explicit", "values": A.tolist()}},
                  lambda x: 0.5 * np.sum(A * x * x), lambda x: A * x),
    "cosh": ({"kind": "cosh", "dimension": 9, "K0": 1, "K1": 0.5},
             lambda x: np.sum(4 * np.sinh(np.sqrt(0.5) * x / 2) ** 2), lambda x: np.sinh(np.sqrt(0.5) * x) / np.sqrt(0.5)),
    "radial-cosh": ({"kind": "radial-cosh", "dimension": 9, "K0": 1, "K1": 0.1},
                    lambda x: 20 * np.sinh(np.sqrt(0.1) * np.linalg.norm(x) / 2) ** 2,
                    lambda x: np.sinh(np.sqrt(0.1) * np.linalg.norm(x)) / np.sqrt(0.1) * x / np.linalg.norm(x)),
}
CASES = [  # kind, parameters, peak step size
    ("weight-decay", dict(weight_decay=0.03), 0.1),
    ("momentum", dict(), 0.02),
    ("momentum", dict(mu=0.5, dampening=0.3, weight_decay=0.02), 0.1),
    ("momentum", dict(mu=0.8, weight_decay=0.02, decoupled=True), 0.05),
    ("nesterov", dict(), 0.02),
    ("nesterov", dict(mu=0.6, weight_decay=0.01), 0.05),
    ("nesterov", dict(mu=0.7, weight_decay=0.05, decoupled=True), 0.03),
]
WARMUP = 10


def step_size(peak, t):
    return peak * min(1.0, (t + 1) / WARMUP)


def simulate(method, gap, gradient, peak, steps=STEPS):
    x = X0.copy()
    method.start(x)
    gaps = [gap(x)]
    for t in range(steps):
        x = method.step(t, x, gradient(x), step_size(peak, t))
        gaps.append(gap(x))
    return np.array(gaps)


def program_gaps(objective, method, peak, precision="float64", steps=STEPS):
    sweep = {"precision": precision, "objective": objective, "start": {"kind": "explicit", "values": X0.tolist()}, "method": method,
             "schedule": {"peak": peak, "warmup": {"steps": WARMUP}}, "stop": {"steps": steps}, "record": {"gap_at": list(range(steps + 1))}}
    row = harness.outcomes(harness.run(sweep))[0]
    return np.array([row[f"gap_at_{t}"] for t in range(steps + 1)])


class Simulation(unittest.TestCase):
    def test_step_for_step(self):
        for name, (objective, gap, gradient) in OBJECTIVES.items():
            for kind, parameters, peak in CASES:
                with self.subTest(objective=name, method=kind, **parameters):
                    expected = simulate(METHODS[kind](**parameters), gap, gradient, peak)
                    found = program_gaps(objective, {"kind": kind, **parameters}, peak)
                    np.testing.assert_allclose(found, expected, rtol=1e-11)


if __name__ == "__main__":
    unittest.main()
