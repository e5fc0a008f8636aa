"""test_trace.py: the numbers of a trace (record.trace) against formulas and plain simulations: which iteration they are of, exact gradient and
Hessian, both precisions, separable and coupled objectives, noise, closed loop, ends of every kind."""
import math
import pathlib
import sys
import unittest

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness

AT = [0, 1, 2, 7, 15, 16, 17, 31, 32, 40, 63, 64, 100, 119, 120]
QUANTITIES = ["gap", "step_size", "gradient_norm", "sharpness", "edge"]


def trace_of(row, at=AT):
    return {q: [row[f"trace_{q}_{t}"] for t in at] for q in QUANTITIES if f"trace_{q}_{at[0]}" in row}


def quadratic(a):
    return (lambda x: 0.5 * np.sum(a * x * x), lambda x: a * x, lambda x: np.max(a))


def cosh(K0, K1):
    c = math.sqrt(K1)
    return (lambda x: K0 / K1 * 2 * np.sum(np.sinh(c * x / 2) ** 2), lambda x: K0 / c * np.sinh(c * x), lambda x: K0 * np.max(np.cosh(c * x)))


def radial_cosh(K0, K1):
    c = math.sqrt(K1)
    norm = np.linalg.norm
    return (lambda x: K0 / K1 * 2 * np.sinh(c * norm(x) / 2) ** 2, lambda x: K0 / c * np.sinh(c * norm(x)) * x / norm(x), lambda x: K0 * np.cosh(c * norm(x)))


def double_well():
    return (lambda x: np.sum((x * x - 1) ** 2) / 4, lambda x: x * (x * x - 1), lambda x: max(0.0, np.max(3 * x * x - 1)))


def sweep(objective, start, schedule, steps=120, at=AT, **more):
    return {"objective": objective, "start": {"kind": "explicit", "values": list(start)}, "schedule": schedule,
            "stop": {"steps": steps}, "record": {"trace": {"at": list(at)}}, **more}


class Trace(unittest.TestCase):
    def near(self, row, want, tolerance, message, least=1e-300):
        got = trace_of(row)
        for q in want:
            for t, (a, b) in enumerate(zip(got[q], want[q])):
                if AT[t] > row["end"]: continue # stalled
                ok = a == b or (math.isnan(a) and math.isnan(b)) or abs(a - b) <= tolerance * abs(b) + least
                self.assertTrue(ok, (message, q, AT[t], a, b))

    def simulate(self, functions, x, eta_of, at=AT):
        gap, gradient, sharpness = functions
        want = {q: [] for q in QUANTITIES}
        for t in range(max(at) + 1):
            g, s = gradient(x), sharpness(x)
            eta = eta_of(t, x, gap(x), g, s)
            if t in at:
                for q, value in zip(QUANTITIES, (gap(x), eta, np.linalg.norm(g), s, eta * s / 2)):
                    want[q].append(float(value))
            x = x - eta * g
        return want

    def test_simulations(self):
        generator = np.random.default_rng(3)
        spectrum = np.geomspace(1, 0.01, 37)
        cases = [
            ({"kind": "quadratic", "dimension": 37, "spectrum": {"law": "explicit", "values": list(spectrum)}}, quadratic(spectrum), 37),
            ({"kind": "quadratic", "dimension": 1, "spectrum": {"law": "explicit", "values": [2]}}, quadratic(np.array([2.0])), 1),
            ({"kind": "quadratic", "dimension": 300, "spectrum": {"law": "explicit", "values": list(np.linspace(1, 0.1, 300))}}, quadratic(np.linspace(1, 0.1, 300)), 300),
            ({"kind": "cosh", "dimension": 19, "K0": 1, "K1": 2}, cosh(1, 2), 19),
            ({"kind": "double-well", "dimension": 3}, double_well(), 3),
            ({"kind": "radial-cosh", "dimension": 21, "K0": 1, "K1": 1}, radial_cosh(1, 1), 21),
        ]
        for objective, functions, d in cases:
            x = generator.standard_normal(d) / math.sqrt(d)
            for precision, tolerance in (("float64", 1e-11), ("float32", 3e-4))[:2 if d > 20 else 1]:
                text = sweep(objective, x, {"peak": [0.05, 0.2, 0.3], "warmup": {"steps": [0, 50]}}, precision=precision)
                for row in harness.outcomes(harness.run(text)):
                    peak, W = row["schedule.peak"], row["schedule.warmup.steps"]
                    want = self.simulate(functions, x, lambda t, *_: peak * (min(1, (t + 1) / W) if W else 1))
                    self.near(row, want, tolerance, (objective["kind"], d, precision, peak, W), 1e-13 if precision == "float64" else 2e-6)

    def test_closed_loop(self):
        x = np.array([1.5, -0.5, 2, 0.25, 1, 1, -1, 0.75, 0.1])
        rules = {"polyak": lambda t, x, gap, g, s: 0.7 * gap / (g @ g), "sharpness": lambda t, x, gap, g, s: 0.7 / s}
        for kind, rule in rules.items():
            text = sweep({"kind": "cosh", "dimension": 9, "K0": 1, "K1": 1}, x, {"kind": kind, "c": 0.7})
            for row in harness.outcomes(harness.run(text)):
                self.near(row, self.simulate(cosh(1, 1), x, rule), 1e-6 if kind == "polyak" else 1e-10, kind)

    def test_noise_leaves_the_gradient_exact(self):
        # f = |x|^2: |g|^2 = 4 gap whatever the noise; sharpness 2
        for precision, tolerance in (("float64", 1e-14), ("float32", 1e-6)):
            for noise in ({"kind": "gaussian", "sigma": 0.3}, {"kind": "abc", "A": 1, "C": 0.1, "law": "sign"})[:2 if precision == "float64" else 1]:
                text = sweep({"kind": "quadratic", "dimension": 11, "spectrum": {"law": "explicit", "values": [2] * 11}}, [1.0] * 11, {"peak": [0.1, 0.2]},
                             method={"kind": "sgd"}, noise=noise, replicates=5, precision=precision)
                text["record"]["gap_at"] = AT
                for row in harness.outcomes(harness.run(text)):
                    for i, t in enumerate(AT):
                        self.assertEqual(row[f"trace_gap_{t}"], row[f"gap_at_{t}"])
                        self.assertTrue(math.isclose(row[f"trace_gradient_norm_{t}"], 2 * math.sqrt(row[f"gap_at_{t}"]), rel_tol=tolerance), (noise, t))
                        self.assertEqual(row[f"trace_sharpness_{t}"], 2)
                        self.assertTrue(math.isclose(row[f"trace_edge_{t}"], row[f"trace_step_size_{t}"], rel_tol=tolerance))
                    self.assertEqual(len({row[f"trace_gap_{t}"] for t in AT}), len(AT))

    def test_methods(self):
        # the same identity under methods that keep more than x
        for method in ({"kind": "momentum", "mu": 0.9}, {"kind": "nesterov", "mu": 0.9}, {"kind": "adam"}, {"kind": "lion"}):
            for noise in (None, {"kind": "gaussian", "sigma": 0.3})[:2 if method["kind"] == "adam" else 1]:
                text = sweep({"kind": "quadratic", "dimension": 11, "spectrum": {"law": "explicit", "values": [2] * 11}}, [1.0] * 11, {"peak": [0.01, 0.02]}, method=method)
                if noise: text.update(noise=noise, replicates=3)
                for row in harness.outcomes(harness.run(text)):
                    for t in AT:
                        self.assertTrue(math.isclose(row[f"trace_gradient_norm_{t}"], 2 * math.sqrt(row[f"trace_gap_{t}"]), rel_tol=1e-14), (method, noise, t))
                        self.assertEqual((row[f"trace_sharpness_{t}"], row[f"trace_edge_{t}"]), (2, row[f"trace_step_size_{t}"]))

    def test_replay(self):
        # every iteration of one trajectory: the numbers of the trace at its points
        text = sweep({"kind": "radial-cosh", "dimension": 9}, [0.5] * 9, {"peak": [0.1, 3.5]}, method={"kind": "momentum", "mu": 0.5}, noise={"kind": "gaussian", "sigma": 0.01},
                     replicates=2, stop={"steps": 120, "gap": [1e-3], "diverged": 1e4}, at=[0, 1, 20, 50], precision="float32")
        directory = harness.run(text)
        for row in harness.outcomes(directory):
            out = harness.program("replay", directory, "--cell", f"schedule.peak={row['schedule.peak']}", "--replicate", row["replicate"], "--states")
            header, *lines = (line.split(",") for line in out.splitlines())
            self.assertEqual((header, len(lines)), (["t", "gap", "step_size", "gradient_norm", "sharpness", "edge"], row["end"] + 1))
            for t in (0, 1, 20, 50):
                if t <= row["end"]: self.assertEqual([repr(float(v)) for v in lines[t][1:]], [repr(float(row[f"trace_{q}_{t}"])) for q in QUANTITIES])

    def test_ends(self):
        # d = 1: |x| is multiplied by |1 - eta| in every step
        text = sweep({"kind": "quadratic", "dimension": 1}, [1.0], {"peak": [0.5, 1, 1.5, 3]}, steps=200, at=AT + [150, 200],
                     stop={"steps": 200, "gap": [1e-6], "diverged": 1e6})
        half, one, more, three = harness.outcomes(harness.run(text))
        self.assertEqual((half["status"], one["status"], more["status"], three["status"]), ("reached", "reached", "reached", "diverged"))
        for row, factor in ((half, 0.5), (one, 0), (more, -0.5), (three, -2)):
            for t in AT + [150, 200]:
                alive = t <= row["end"]
                want = 0.5 * factor ** (2 * t) if t else 0.5
                for q, value in zip(QUANTITIES, (want, row["schedule.peak"], math.sqrt(2 * want), 1, row["schedule.peak"] / 2)):
                    got = row[f"trace_{q}_{t}"]
                    if alive: self.assertTrue(math.isclose(got, value, rel_tol=1e-12, abs_tol=0), (row, q, t))
                    else: self.assertTrue(math.isnan(got), (q, t))
        # a stalled one: its gap stays, the rest ended with it
        text["stop"] = {"steps": 200}
        text["schedule"] = {"peak": [1]}
        (row,) = harness.outcomes(harness.run(text))
        self.assertEqual((row["status"], row["end"]), ("stalled", 16))
        self.assertEqual([row[f"trace_gap_{t}"] for t in (1, 16, 17, 200)], [0, 0, 0, 0])
        self.assertEqual(row["trace_sharpness_16"], 1)
        self.assertTrue(math.isnan(row["trace_sharpness_17"]) and math.isnan(row["trace_edge_200"]))
        # one that becomes no number: the last point is what it was then
        text["stop"] = {"steps": 200, "diverged": 1e300}
        text["schedule"] = {"peak": [1e200]}
        (row,) = harness.outcomes(harness.run(text))
        self.assertIn(row["status"], ("diverged", "nonfinite"))
        self.assertEqual(row["trace_gradient_norm_0"], 1)
        self.assertTrue(math.isnan(row["trace_gap_2"]))

    def test_other_quantities_do_not_matter(self):
        # the mask decides what is kept, not a bit of it; the rest of the outcome is that without a trace
        base = sweep({"kind": "cosh", "dimension": 9, "K0": 1, "K1": 1}, [1.0] * 9, {"peak": {"log": [0.01, 3], "points": 9}}, stop={"steps": 120, "gap": [1, 1e-3]})
        whole = harness.outcomes(harness.run(base))
        for some in (["gap"], ["step_size"], ["sharpness"], ["gradient_norm"], ["edge", "gap"]):
            base["record"]["trace"]["quantities"] = some
            for row, full in zip(harness.outcomes(harness.run(base)), whole):
                self.assertEqual({k.rsplit("_", 1)[0] for k in row if k.startswith("trace_")}, {f"trace_{q}" for q in some})
                for key in row:
                    self.assertEqual(repr(row[key]), repr(full[key]), (some, key))
        del base["record"]
        for row, full in zip(harness.outcomes(harness.run(base)), whole):
            for key in row:
                self.assertEqual(repr(row[key]), repr(full[key]))


if __name__ == "__main__":
    unittest.main()
