"""test_layouts.py: gap and gradient of every objective through the kernels that trajectories run in, in the layouts that a dimension can have,
against the textbook formula in 50 digits.

The gap of x_0 shows the sums, that of x_1 = x_0 - eta g the gradient of every coordinate: the last one of a padded lane, those beyond the
first slots of a lane, those of the last lane. (test_objectives.py looks at an objective's header alone, invariance at bits.) Without
WARMSWEEP_LONG a kernel for each objective, precisions and dimensions taken in turns; with it (scripts/check layouts) all dimensions in both precisions
with all widths, of the objectives that WARMSWEEP_ONLY names.
"""
import os
import pathlib
import random
import re
import sys
import unittest

import mpmath as mp
import numpy as np

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1]), str(pathlib.Path(__file__).resolve().parent)]
import harness
import test_objectives as formulas
from plain_random import network

LONG = bool(os.environ.get("WARMSWEEP_LONG"))
ONLY = os.environ.get("WARMSWEEP_ONLY", "").split()  # all objectives when empty
ALONE, RIVER, WHOLE = range(3)  # what the derivative by coordinate i needs to know of the point: x_i; x_0 and x_i; all
MANY, SOME, FEW = [1, 5, 13, 70, 260, 2100], [2, 9, 40, 70, 260], [2, 5, 9, 16]
DATA = [[0.5, 1.25, -0.75, 0.25, -1.5], [1.5, -0.25, 0.625, -0.5, 0.75], [0.875, 2.0, 1.0, 1.25, -0.125]]

# kind: (formula, its parameters as in the sweep file, has a spectrum, needs, dimensions)
KINDS = {
    "quadratic": (formulas.quadratic, {}, 1, ALONE, MANY),
    "log-quadratic": (formulas.quadratic, {}, 1, ALONE, MANY),
    "cosh": (formulas.cosh, {"K0": 0.75, "K1": 0.25}, 1, ALONE, MANY),
    "radial-cosh": (formulas.radial_cosh, {"K0": 0.75, "K1": 0.25}, 0, WHOLE, SOME),
    "power": (formulas.power(3), {"p": 3}, 1, ALONE, MANY),
    "river": (formulas.river, {"r": 0.5, "k": 1.25, "c": 0.75}, 0, RIVER, MANY[1:]),
    "radial-power": (formulas.radial_power(4), {"c": 0.75, "p": 4}, 0, WHOLE, SOME),
    "quadratic-power": (formulas.quadratic_power(4), {"k": 1.5, "c": 0.25, "p": 4}, 1, ALONE, MANY),
    "rho-half": (formulas.rho_half, {"K0": 0.75, "K": 1.5}, 1, ALONE, MANY),
    "exact-rho": (formulas.exact_rho(0.25), {"K0": 0.75, "K": 1.5, "rho": 0.25}, 1, ALONE, MANY[:-1]),
    "river-cosh": (formulas.river_cosh, {"K0": 0.75, "K1": 0.25, "r": 0.5}, 0, RIVER, MANY[1:]),
    "river-valley": (formulas.river_valley, {"g": 0.5, "b": 0.75}, 0, WHOLE, SOME),
    "log-cosh": (formulas.log_cosh, {}, 1, ALONE, MANY),
    "exp-tail": (formulas.exp_tail, {}, 1, ALONE, MANY),
    "double-well": (formulas.double_well, {}, 1, ALONE, MANY),
    "rosenbrock": (formulas.rosenbrock, {"b": 8}, 0, WHOLE, [2]),
    "phase-retrieval": (formulas.phase_retrieval, {}, 0, WHOLE, SOME),
    "rank-one": (formulas.rank_one, {"s": 1.5}, 0, WHOLE, [2, 3, 9, 40]),
    "chain": (formulas.chain, {"s": 1.5}, 0, WHOLE, FEW),
    "rotated-quadratic": (formulas.rotated, {}, 1, WHOLE, FEW),
    "log-mean-cosh": (formulas.log_mean_cosh, {}, 0, WHOLE, FEW + [32]),
    "least-squares": (lambda m: m**2 / 2, {}, 0, WHOLE, [2, 5]),
    "logistic": (formulas.softplus_minus, {}, 0, WHOLE, [2, 5]),
    "logistic-overlap": (None, {}, 0, WHOLE, [2, 5]),
    "exponential-loss": (lambda m: mp.exp(-m), {}, 0, WHOLE, [2, 5]),
    "phase-samples": (None, {}, 0, WHOLE, [2, 5]),
    "tanh-net": (None, {"hidden": 3}, 0, WHOLE, [6, 9, 30]),
}
SPREAD = [[1.0, 0.5, 0.25, -1, 0.5], [-0.5, 1.0, -0.75, 0.5, 1], [-0.25, -1.5, 0.5, 0.25, -0.5], [0.5, 0.25, -0.5, 1, -1], [-1.0, 0.25, 0.75, -0.5, 0.25]]
OVERLAP = SPREAD + [[-0.5 * v for v in row] for row in SPREAD]  # no direction separates a row from its opposite


def lanes(d):
    wanted, L = (d // 4 if d < 2048 else d // 32), 1
    while 2 * L <= wanted and (d >= 2048 or L < 32):
        L *= 2
    return L if d >= 8 else 1


def margins(rows, loss):
    return lambda p, w, x: sum(loss(mp.fdot(row, x)) for row in rows) / len(rows)


def overlap(rows):
    """Less its minimum, which Newton's method finds."""
    d = len(rows[0])
    at = mp.matrix(d, 1)
    for _ in range(60):
        odds = [1 / (1 + mp.exp(mp.fdot(row, at))) for row in rows]
        gradient = mp.matrix([-sum(q * row[j] for q, row in zip(odds, rows)) for j in range(d)])
        hessian = mp.matrix(d, d)
        for q, row in zip(odds, rows):
            for i in range(d):
                for j in range(d):
                    hessian[i, j] += q * (1 - q) * row[i] * row[j]
        at -= mp.lu_solve(hessian, gradient)
    assert mp.norm(gradient) < mp.mpf(10) ** -40
    loss = margins(rows, formulas.softplus_minus)
    least = loss(None, None, list(at))
    return lambda p, w, x: loss(p, w, [a + b for a, b in zip(at, x)]) - least


def phase_samples(rows):
    return lambda p, w, x: sum((mp.fdot(row, [1 + x[0], *x[1:]]) ** 2 - mp.mpf(row[0]) ** 2) ** 2 for row in rows) / (4 * len(rows))


def teacher(inputs, weights, hidden):
    def output(w, row):
        units = [w[i : i + len(w) // hidden] for i in range(0, len(w), len(w) // hidden)]
        return sum(unit[-1] * mp.tanh(mp.fdot(unit[:-1], row)) for unit in units)

    weights = [mp.mpf(v) for v in weights]
    return lambda p, w, x: sum((output([a + b for a, b in zip(weights, x)], row) - output(weights, row)) ** 2 for row in inputs) / (2 * len(inputs))


class Layouts(unittest.TestCase):
    def formula(self, kind, d):
        """The gap as a function of (parameters, table, x), and what the sweep file says of the data."""
        value = KINDS[kind][0]
        if kind == "tanh-net":
            return teacher(*network(7, 3, d, 1), 3), {"samples": 7}
        if kind == "phase-samples":
            rows = [row[:d] for row in DATA]
            return phase_samples(rows), {"samples": len(rows), "rows": [v for row in rows for v in row]}
        if kind not in ("least-squares", "logistic", "logistic-overlap", "exponential-loss"):
            return value, {}
        rows = [row[:d] for row in (OVERLAP if kind == "logistic-overlap" else DATA)]
        data = {"samples": len(rows), "rows": [v for row in rows for v in row]}
        return (overlap(rows) if kind == "logistic-overlap" else margins(rows, value)), data

    def gradient(self, value, needs, p, w, x):
        result, h = [], mp.mpf(10) ** -16
        for i in range(len(x)):
            chosen = [i] if needs == ALONE else sorted({0, i}) if needs == RIVER else range(len(x))
            up, down = ([x[j] + (h * sign if j == i else 0) for j in chosen] for sign in (1, -1))
            table = [w[j] for j in chosen]
            result.append((value(p, table, up) - value(p, table, down)) / (2 * h))
        return result

    def check(self, kind, d, precision, options=()):
        _, named, has_table, needs, _ = KINDS[kind]
        random.seed(f"{kind} {d} {precision}")
        real = np.float32 if precision == 32 else np.float64
        x = [float(real(random.choice((-1, 1)) * random.uniform(0.3, 1.5))) for _ in range(d)]
        table = [float(real(random.uniform(0.2, 1))) for _ in range(d)]
        value, data = self.formula(kind, d)
        eta = 2.0**-7
        objective = {"kind": kind, "dimension": d, **named, **data}
        if has_table:
            objective["spectrum"] = {"law": "explicit", "values": table}
        rows = harness.outcomes(harness.run({"precision": f"float{precision}", "objective": objective, "start": {"kind": "explicit", "values": x},
                                             "schedule": {"peak": [eta / 2, eta]}, "stop": {"steps": 1}, "record": {"gap_at": [0, 1]}}, *options))
        p = [mp.mpf(v) for key, v in named.items() if key not in ("p", "rho")]
        w, point = list(map(mp.mpf, table if has_table else [1.0] * d)), list(map(mp.mpf, x))
        first, g = value(p, w, point), self.gradient(value, needs, p, w, point)
        steep = formulas.norm(g)
        u = mp.mpf(2) ** (-24 if precision == 32 else -53)
        relative = (60 + 2 * (-(-d // lanes(d)) + 6)) * u
        for row, step in zip(rows, (eta / 2, eta)):
            second = value(p, w, [a - step * b for a, b in zip(point, g)])
            moved = 2 * steep * (relative * step * steep + u * formulas.norm(point))
            self.assertGreater(abs(second - first), 4 * moved, "the step is lost in the tolerance")
            self.assertLessEqual(abs(row["gap_at_0"] - first), relative * first + u * (kind in ("rosenbrock", "logistic-overlap", "chain", "rank-one")), (kind, d, precision))
            self.assertLessEqual(abs(row["gap_at_1"] - second), relative * second + moved, (kind, d, precision))

    def test_every_objective(self):
        self.assertLessEqual(set(ONLY), set(KINDS))
        for number, (kind, (*_, dimensions)) in enumerate(KINDS.items()):
            if ONLY and kind not in ONLY:
                continue
            precisions = (64,) if kind == "log-quadratic" else (32, 64) if LONG else ((32, 64)[number % 2],)  # the plan refuses the former in float32
            for precision in precisions:
                for d in dimensions if LONG else [dimensions[number // 2 % len(dimensions)]]:
                    widths = [[], ["--width", "16"], ["--width", "64"], *([["--width", "1"]] if lanes(d) >= 16 else [])]
                    for options in widths if LONG else [[]]:
                        with self.subTest(kind, d=d, precision=precision, options=options), mp.workdps(50):
                            self.check(kind, d, precision, options)

    def test_none_is_left_out(self):
        listed = harness.program("list", "objectives").split("\nspectra")[0]
        self.assertEqual(set(KINDS), set(re.findall(r"(?m)^  (\S+)", listed)) - {"source"})


if __name__ == "__main__":
    unittest.main()
