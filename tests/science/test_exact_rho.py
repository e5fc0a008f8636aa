"""test_exact_rho.py: gradient descent on exact-rho against a simulation whose solution of v' = sqrt(1 + v^(2 rho)) is a hypergeometric function in 30
digits; against rho-half and cosh, which it equals at rho = 1/2 and 1; and the barrier of rho > 1, beyond which a step ends a trajectory."""
import math
import pathlib
import sys
import unittest

import mpmath as mp

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness
import rho_curve

K0, K, WEIGHTS = 0.75, 1.5, [1.0, 0.375]


def sweep(rho, schedule, steps, precision="float64", **more):
    return {"precision": precision, "objective": {"kind": "exact-rho", "dimension": 2, "rho": rho, "K0": K0, "K": K, "spectrum": {"law": "explicit", "values": WEIGHTS}},
            "start": {"kind": "explicit", "values": more.pop("x0", [1.0, -1.5])}, "schedule": schedule, "stop": {"steps": steps, "gap": [1e-1, 1e-6]},
            "record": {"gap_at": [1, 5, 20]}, **more}


def look(x, rho):
    """Gap and gradient."""
    value, gradient = mp.mpf(0), []
    for w, xi in zip(map(mp.mpf, WEIGHTS), x):
        k = w * mp.mpf(K0)
        y = rho_curve.scale([mp.mpf(K0), mp.mpf(K)], w, rho) * abs(xi)
        v = rho_curve.solution(y, rho, 30)
        value += k / 2 * (xi * v / y) ** 2
        gradient.append(k * xi * (v / y) ** 2 * (y * mp.sqrt(1 + v ** (2 * rho)) / v))
    return value, gradient


class Trajectories(unittest.TestCase):
    def follow(self, rho, x0, step_size, most=400):
        """Gaps until below 1e-6."""
        rho, x, gaps = mp.mpf(rho), [mp.mpf(v) for v in x0], []
        while len(gaps) < most:
            gap, gradient = look(x, rho)
            gaps.append(gap)
            if gap <= 1e-6:
                break
            eta = step_size(gap)
            x = [a - eta * g for a, g in zip(x, gradient)]
        return gaps

    def test_against_a_simulation(self):
        for rho, x0 in ((0.25, [30.0, -20.0]), (0.75, [6.0, -4.0]), (1.5, [1.5, -2.0])):
            with mp.workdps(30):
                theory = self.follow(rho, x0, lambda gap: 1 / (K0 + K * gap ** mp.mpf(rho)))
                constant = self.follow(rho, x0, lambda gap: mp.mpf(0.09375))
            rows = harness.outcomes(harness.run(sweep(rho, {"kind": "theory"}, 1000, x0=x0))) + harness.outcomes(harness.run(sweep(rho, {"peak": 0.09375}, 1000, x0=x0)))
            for row, gaps in zip(rows, (theory, constant)):
                self.assertEqual(row["status"], "reached")
                for number, eps in ((1, 1e-1), (2, 1e-6)):
                    self.assertEqual(row[f"hit_{number}"], next(t for t, gap in enumerate(gaps) if gap <= eps), (rho, eps))
                for t in (1, 5, 20):
                    if t < len(gaps):
                        self.assertLess(abs(row[f"gap_at_{t}"] / gaps[t] - 1), 1e-11, (rho, t))

    def test_half_and_one_are_the_other_objectives(self):
        for rho, kind, name in ((0.5, "rho-half", "K"), (1, "cosh", "K1")):
            for precision, close in (("float32", 3e-4), ("float64", 1e-12)):
                schedule = {"peak": {"log": [1e-3, 0.1], "points": 5}, "warmup": {"kind": "linear", "steps": [0, 10]}}
                ours = sweep(rho, schedule, 5000, precision=precision, start={"kind": "weights", "values": [1, 0.8], "gap": 100})
                theirs = dict(ours, objective={"kind": kind, "dimension": 2, "K0": K0, name: K, "spectrum": {"law": "explicit", "values": WEIGHTS}})
                for a, b in zip(*(harness.outcomes(harness.run(text)) for text in (ours, theirs))):
                    self.assertEqual((a["status"], a["hit_1"], a["hit_2"]), (b["status"], b["hit_1"], b["hit_2"]), (rho, precision))
                    self.assertLess(abs(a["gap_at_1"] / b["gap_at_1"] - 1), close, (rho, precision))

    def test_barrier(self):
        """In one dimension: the step that lands just inside of -barrier, and the one that lands beyond."""
        rho, x0 = 1.5, 2.0
        with mp.workdps(30):
            reach = float(rho_curve.barrier(rho) / rho_curve.scale([mp.mpf(K0), mp.mpf(K)], mp.mpf(1), mp.mpf(rho)))
            gradient = float(look([mp.mpf(x0)], mp.mpf(rho))[1][0])
        peaks = [(x0 + part * reach) / gradient for part in (0.9, 0.99, 1.01, 5)]
        for precision in ("float32", "float64"):
            text = sweep(rho, {"peak": peaks}, 50, precision=precision, x0=[x0])
            text["objective"] |= {"dimension": 1, "spectrum": {"law": "explicit", "values": [1]}}
            text["stop"] |= {"diverged": 1e30}
            rows = harness.outcomes(harness.run(text))
            for row, beyond in zip(rows, (0, 0, 1, 1)):
                self.assertEqual(row["status"] == "nonfinite" and row["end"] == 1 and row["gap_at_1"] == math.inf, bool(beyond), (precision, row))
                self.assertFalse(any(value != value for key, value in row.items() if key in ("best_gap", "peak_gap")))
            self.assertGreater(rows[1]["gap_at_1"], 100 * rows[0]["gap_at_1"])
            self.assertTrue(math.isfinite(rows[1]["gap_at_1"]))

    def test_parameters_too_far_apart_are_refused(self):
        """The scale of y is (K / (1.1 K0))^5 / sqrt(2): beyond float32, not beyond float64."""
        for precision in ("float32", "float64"):
            text = sweep(0.1, {"peak": 1e-9}, 2, precision=precision)
            text["objective"] |= {"K0": 1, "K": 1e9}
            if precision == "float32":
                with self.assertRaisesRegex(AssertionError, "a coefficient of the objective overflows"):
                    harness.run(text)
            else:
                harness.run(text)


if __name__ == "__main__":
    unittest.main()
