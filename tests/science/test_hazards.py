"""test_hazards.py: what floating-point arithmetic and first hits do to an outcome, each with numbers that were known before: stalls, slow
drift, unstable hits, rebounds, ties, overflow. (Underflow: test_log_domain.py, where exact arithmetic is at hand.)

Every case here is one where a table of hitting iterations would mislead; the outcome must have a status of its own or a flag.
"""
import json
import math
import pathlib
import random
import subprocess
import sys
import unittest

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness


def run(objective, values, schedule, stop, precision="float64", **more):
    return harness.outcomes(harness.run({"precision": precision, "objective": objective, "start": {"kind": "explicit", "values": values},
                                         "schedule": schedule, "stop": stop, **more}))


def quadratic(*values):
    return {"kind": "quadratic", "dimension": len(values), "spectrum": {"law": "explicit", "values": list(values)}}


class Stall(unittest.TestCase):
    # the way along a river at the step 1.9 / (1 + Y^2) to a gap of 0.01, walls Y and 0.6 Y high
    RIVER = {"kind": "river", "dimension": 3}

    def river(self, Y, precision, steps=10**7, **more):
        (row,) = run(self.RIVER, [0, Y, 0.6 * Y], {"peak": 1.9 / (1 + Y * Y)}, {"steps": steps, "gap": [0.01]}, precision, **more)
        return row

    def test_slow_baseline_in_float32(self):
        # float64 as known; float32 drifts and is 0.02 %, 0.35 %, 5 % late, and at Y = 400 it stands still for ever
        for Y, double, single in ((50, 135712, 135742), (100, 542690, 544611), (200, 2170600, 2279700)):
            self.assertEqual([self.river(Y, precision)["hit_1"] for precision in ("float64", "float32")], [double, single])
        row = self.river(400, "float32")
        self.assertEqual((row["status"], row["hit_1"]), ("stalled", -1))
        self.assertLess(abs(row["final_gap"] - math.log1p(math.exp(-4.0))), 1e-3)  # x = 4: where half an ulp outgrows the step
        self.assertEqual(self.river(400, "float64")["hit_1"], 8682242)

    def test_compensated_float32(self):
        # what rounding loses is kept beside x: the iterations of float64 but for one in millions, and no stall where float32 alone has one
        for Y, double in ((50, 135712), (100, 542690), (400, 8682242)):
            row = self.river(Y, "float32", method={"kind": "gd", "compensated": True})
            self.assertEqual(row["status"], "reached")
            self.assertLessEqual(abs(row["hit_1"] - double), 1 + 1e-6 * double, Y)
        (row,) = run(quadratic(1), [1], {"peak": 2.0**-26}, {"steps": 1000, "gap": [0.1]}, "float32", method={"kind": "gd", "compensated": True})
        self.assertEqual(row["status"], "budget")  # stalled without
        self.assertLess(abs(row["final_gap"] / (0.5 * (1 - 2.0**-26) ** 2000) - 1), 2.0**-22)

    def test_a_stalled_baseline_is_named(self):
        # walls of 400: in float32 no constant step arrives, and the speedup of a warmup has no meaning
        directory = harness.run({"precision": "float32", "objective": self.RIVER, "start": {"kind": "explicit", "values": [0, 400, 240]},
                                 "schedule": {"peak": [1e-5, 1.9], "warmup": {"kind": "linear", "steps": [0, 250000]}}, "stop": {"steps": 10**7, "gap": [0.01]}})
        text = " ".join(harness.program("report", directory).split())
        self.assertIn("1 of 2 cells stalled, their steps round to nothing: in float64 or with method.compensated they go on", text)

    def test_a_step_of_half_an_ulp(self):
        # from x = 1, where floats below are 2^-24 apart: 2^-25 is a tie and goes to even, back to 1; the next float above it moves
        for precision, half in (("float32", 2.0**-25), ("float64", 2.0**-54)):
            next_up = half * (1 + (2.0**-23 if precision == "float32" else 2.0**-52))
            rows = run(quadratic(1), [1], {"peak": [half / 2, half, next_up, 2 * half]}, {"steps": 1000, "gap": [0.1]}, precision)
            # two steps of the third: then its product with x is half an ulp, too
            self.assertEqual([row["status"] for row in rows], ["stalled", "stalled", "stalled", "budget"], precision)
            self.assertEqual([row["end"] for row in rows], [0, 0, 16, 1000])
            self.assertEqual([row["final_gap"] < 0.5 for row in rows], [False, False, True, True])

    def test_not_while_the_step_can_still_grow(self):
        # 2^-30 moves nothing, the ramp's later steps do
        (row,) = run(quadratic(1), [1], {"peak": 0.5, "warmup": {"kind": "linear", "steps": 2**20}}, {"steps": 2**21, "gap": [1e-3]}, "float32")
        self.assertEqual(row["status"], "reached")
        rows = run(quadratic(1), [1], {"peak": 2.0**-26, "warmup": {"kind": "linear", "steps": 100}}, {"steps": 10**6, "gap": [1e-3]}, "float32")
        self.assertEqual(rows[0]["status"], "stalled")
        self.assertGreaterEqual(rows[0]["end"], 99)

    def test_noise_moves_it_on(self):
        rows = run(quadratic(1), [1], {"peak": 2.0**-26}, {"steps": 500, "gap": [0.1]}, "float32", method={"kind": "sgd"},
                   noise={"kind": "gaussian", "sigma": 1})
        self.assertEqual(rows[0]["status"], "budget")


class Hits(unittest.TestCase):
    def test_a_hit_before_divergence(self):
        # a ramp of 100 steps to eta a = 2.1 hits 1e-6 at 23 and diverges at 1239
        schedule = {"peak": 2.1, "warmup": {"kind": "linear", "steps": 100}}
        (row,) = run(quadratic(1), [1], schedule, {"steps": 5000, "gap": [1e-6]})
        self.assertEqual((row["status"], row["hit_1"], row["flags"]), ("reached", 23, 0))  # the truth about a first hit, and no more
        (row,) = run(quadratic(1), [1], schedule, {"steps": 5000, "gap": [1e-6], "run_on": "budget"})
        self.assertEqual((row["status"], row["end"], row["hit_1"], row["flags"]), ("diverged", 1239, 23, harness.FLAG_REBOUND))
        (row,) = run(quadratic(1), [1], schedule, {"steps": 5000, "gap": [1e-6], "hold": 2000})
        self.assertEqual((row["status"], row["end"], row["hit_1"]), ("diverged", 1239, -1))

    def test_rebound_is_not_a_wiggle_above_eps(self):
        # gaps 1/2, 1/32, ...: falls all the way, so that running on flags nothing
        (row,) = run(quadratic(1), [1], {"peak": 0.75}, {"steps": 300, "gap": [0.1, 0.01], "run_on": "budget"})
        self.assertEqual((row["status"], row["flags"] & harness.FLAG_REBOUND), ("reached", 0))

    def test_unstable_at_the_hit(self):
        for multiple, flag in ((1.999, 0), (2.0, 0), (2.001, harness.FLAG_UNSTABLE), (50, harness.FLAG_UNSTABLE)):
            for precision in ("float32", "float64"):
                (row,) = run(quadratic(1, 0.5), [1e-3, 1e-3], {"peak": multiple}, {"steps": 100, "gap": [1e-3]}, precision)
                self.assertEqual((row["status"], row["hit_1"], row["flags"]), ("reached", 0, flag), multiple)

    def test_a_mode_that_the_tiny_value_rule_does_not_see_die(self):
        # float32: 2^37, 2^-59, then 2^-155, which is 0, 16 iterations apart; never between 0 and 2^-60 when the rule looks. At eta = 2.5 it
        # would grow again; the hit comes from the other mode and is not true, and eta * sharpness > 2 tells
        schedule = {"peak": 63 / 64, "decay": {"kind": "table", "points": [[0, 1], [47, 1], [48, 2.5 * 64 / 63], [10**6, 2.5 * 64 / 63]]}}
        (row,) = run(quadratic(1, 0.001), [2.0**37, 1], schedule, {"steps": 5000, "gap": [1e-5]}, "float32")
        self.assertEqual((row["status"], row["flags"]), ("reached", harness.FLAG_UNSTABLE))
        (row,) = run({**quadratic(1, 0.001), "kind": "log-quadratic"}, [2.0**37, 1], schedule, {"steps": 5000, "gap": [1e-5]})
        self.assertEqual(row["status"], "diverged")

    def test_lucky_landings_on_unstable_minima(self):
        # f = (u v - 1)^2 / 2 from far away at large steps: some trajectories land on a minimum whose sharpness forbids to stay
        random.seed(11)
        lucky = calm = 0
        for case in range(30):
            x = [random.uniform(-4, 4), random.uniform(-4, 4)]
            peaks = [c / (x[0] ** 2 + x[1] ** 2) for c in (1.5, 2.5, 3.2, 3.8)]
            rows = run({"kind": "rank-one", "dimension": 2, "s": 1}, x, {"peak": peaks}, {"steps": 3000, "gap": [1e-2], "diverged": 1e8})
            for peak, row in zip(peaks, rows):
                u, v = x
                for t in range(row["end"]):
                    r = u * v - 1
                    u, v = u - peak * r * v, v - peak * r * u
                gap = (u * v - 1) ** 2 / 2
                if row["status"] != "reached" or not math.isclose(gap, row["final_gap"], rel_tol=1e-6):
                    continue  # diverged, or so chaotic that a plain simulation has lost the bits
                product = peak * np.linalg.eigvalsh([[v * v, 2 * u * v - 1], [2 * u * v - 1, u * u]])[-1]
                self.assertEqual(bool(row["flags"] & harness.FLAG_UNSTABLE), product > 2, (x, peak, product))
                lucky += product > 2
                calm += product < 2
        self.assertGreater(lucky, 2)
        self.assertGreater(calm, 40)


class Sensitive(unittest.TestCase):
    def test_polyak_on_a_quadratic_is_chaotic(self):
        # starts that differ in the last place: with a constant step the same hit, with Polyak's one that differs by tens of percent
        def hits(schedule):
            found = []
            for k in range(8):
                values = [v * (1 + k * 2.0**-52) if i % 2 else v for i, v in enumerate([0.4, 0.8, 1.2, 1.6, 2.0, 1.6, 1.2, 0.8, 0.4])]
                (row,) = run({"kind": "quadratic", "dimension": 9, "spectrum": {"law": "geometric"}}, values, schedule, {"steps": 3000, "gap": [1e-6]})
                found.append(row["hit_1"])
            return found

        self.assertEqual(len(set(hits({"peak": 1.9}))), 1)
        chaotic = hits({"kind": "polyak"})
        self.assertGreater(max(chaotic) - min(chaotic), 5, chaotic)


class Ties(unittest.TestCase):
    def test_equality_is_a_hit(self):
        # gap_t = 2^-(2 t + 1) exactly
        for precision in ("float32", "float64"):
            (row,) = run(quadratic(1), [1], {"peak": 0.5}, {"steps": 50, "gap": [0.5, 0.125, 2.0**-13]}, precision)
            self.assertEqual([row["hit_1"], row["hit_2"], row["hit_3"]], [0, 1, 6])
            below = [0.5 * (1 - 2.0**-20), 0.125 * (1 - 2.0**-20), 2.0**-13 * (1 - 2.0**-20)]
            (row,) = run(quadratic(1), [1], {"peak": 0.5}, {"steps": 50, "gap": below}, precision)
            self.assertEqual([row["hit_1"], row["hit_2"], row["hit_3"]], [1, 2, 7])

    def test_eps_is_rounded_to_the_precision(self):
        # 2^-13 less a part that float32 does not have: there it is 2^-13 itself, and hit one iteration earlier
        for precision, T in (("float32", 6), ("float64", 7)):
            (row,) = run(quadratic(1), [1], {"peak": 0.5}, {"steps": 50, "gap": [2.0**-13 * (1 - 2.0**-40)]}, precision)
            self.assertEqual(row["hit_1"], T)

    def test_period_two_at_the_limit(self):
        # eta a = 2: x, -x, x, ...: neither a hit nor divergence nor a standstill
        (row,) = run(quadratic(1), [1], {"peak": 2.0}, {"steps": 1000, "gap": [0.4]})
        self.assertEqual((row["status"], row["end"], row["final_gap"], row["flags"]), ("budget", 1000, 0.5, 0))


class Overflow(unittest.TestCase):
    # where the gap of one coordinate overflows: x^2 at 1.8e19 and 1.3e154, x^4 at 4.3e9 and 1.2e77, cosh at 89 and 710
    EDGES = [(quadratic(1), (1.844e19, 1.3407e154)), ({"kind": "power", "dimension": 1, "p": 4}, (4.294e9, 1.1579e77)), ({"kind": "cosh", "dimension": 1}, (89.4, 710.4))]

    def refused(self, objective, x, precision):
        file = harness.SCRATCH / "overflow.json"
        file.write_text(json.dumps({"precision": precision, "objective": objective, "start": {"kind": "explicit", "values": [x]},
                                    "schedule": {"peak": 1e-9}, "stop": {"steps": 0, "gap": [1e-3]}}))
        done = subprocess.run([harness.PROGRAM, "run", file, "-o", harness.new_directory(), "--quiet", "--no-report"], env=harness.environment(),
                              capture_output=True, text=True)
        if done.returncode == 0:
            return False
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("the gap at the start overflows", done.stderr)
        return True

    def test_a_start_beyond_the_range_is_an_error(self):
        for objective, edges in self.EDGES:
            for precision, edge in zip(("float32", "float64"), edges):
                self.assertFalse(self.refused(objective, edge * 0.99, precision), (objective, precision))
                self.assertTrue(self.refused(objective, edge * 1.01, precision), (objective, precision))

    def test_a_jump_beyond_the_range_is_an_outcome(self):
        # one step from a small gap to infinity: nonfinite, not a hit and not a hole; a smaller jump is diverged
        for precision, huge, large in (("float32", 1e25, 1e8), ("float64", 1e200, 1e8)):
            for objective in (quadratic(1), {"kind": "power", "dimension": 1, "p": 4}, {"kind": "double-well", "dimension": 1}):
                rows = run(objective, [2], {"peak": [large, huge]}, {"steps": 100, "gap": [1e-30]}, precision)
                self.assertEqual([row["status"] for row in rows], ["diverged", "nonfinite"], (objective, precision))
                self.assertEqual([row["end"] for row in rows], [1, 1])
                self.assertEqual([row["hit_1"] for row in rows], [-1, -1])
            rows = run({"kind": "cosh", "dimension": 1}, [2], {"peak": [10, 1e5]}, {"steps": 100, "gap": [1e-30]}, precision)
            self.assertEqual([row["status"] for row in rows], ["diverged", "nonfinite"], precision)

    def test_the_limit_of_divergence_is_within_the_range(self):
        # 1e12 times a gap of 1e30 is no number of float32: the largest float32 is the limit then
        (row,) = run(quadratic(1), [1e15], {"peak": 2.5}, {"steps": 1000, "gap": [1e-3]}, "float32")
        self.assertEqual(row["status"], "nonfinite")
        self.assertTrue(np.isfinite(row["peak_gap"]) and row["peak_gap"] > 1e36)

    def test_a_catapult_is_not_divergence(self):
        # loss thrown up 7e6 times on the way to the minimum: the default limit of 1e12 lets it pass, one of 1e3 would not
        u = math.sqrt((160 + math.sqrt(160 * 160 - 4 * 1.01**2)) / 2)
        x = [u, 1.01 / u]
        (row,) = run({"kind": "rank-one", "dimension": 2, "s": 1}, x, {"peak": 2.5 / 160}, {"steps": 5000, "gap": [1e-10]})
        self.assertEqual(row["status"], "reached")
        self.assertGreater(row["peak_gap"], 1e3 * 0.01**2 / 2)


if __name__ == "__main__":
    unittest.main()
