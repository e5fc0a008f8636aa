"""test_pairs.py: features together: schedules that look at x, methods with states, averages, compensated steps, traces, noises,
minibatches, precisions and objectives. Every pair of them is in a run that is followed step for step by NumPy, or is refused by the
plan with an error that names both.

The combinations are chosen greedily so that few of them have all pairs. Without WARMSWEEP_LONG the methods and noises are those
that differ most; with it (scripts/check pairs) all, and the cuda engine on a GPU that is not there gives the same files.
"""

import itertools
import json
import os
import pathlib
import random
import subprocess
import sys
import unittest

import numpy as np
from scipy.optimize import brentq

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1]), str(pathlib.Path(__file__).resolve().parents[1] / "cuda")]
import harness
from methods_reference import METHODS, average_weight
from plain_random import batch_of, gaussian_pair, philox

LONG = bool(os.environ.get("WARMSWEEP_LONG"))
STEPS, WARMUP, SEED, PEAKS, REPLICATES = 24, 6, 12345, (0.05, 0.2), 2
ROWS = np.round(np.random.default_rng(3).normal(size=(12, 9)) * 8) / 16
START = np.array([1.5, -2.0, 0.75, 0.5, -1.25, 1.0, -0.5, 0.25, 1.75])
VALUES = np.array([1.0, 0.6, 0.15, 0.8, 0.4, 0.05, 0.3, 0.9, 0.7])


def objectives(d):
    """What the sweep file says; gap, gradient, Hessian at x."""
    rows, values = ROWS[:, :d], VALUES[:d]
    return {
        "least-squares": (
            {"samples": len(rows), "rows": rows.reshape(-1).tolist()},
            lambda x: np.mean((rows @ x) ** 2) / 2,
            lambda x: rows.T @ (rows @ x) / len(rows),
            lambda x: rows.T @ rows / len(rows),
        ),
        "cosh": (
            {"K0": 1, "K1": 0.5},
            lambda x: np.sum(4 * np.sinh(np.sqrt(0.5) * x / 2) ** 2),
            lambda x: np.sinh(np.sqrt(0.5) * x) / np.sqrt(0.5),
            lambda x: np.diag(np.cosh(np.sqrt(0.5) * x)),
        ),
        "log-quadratic": (
            {"spectrum": {"law": "explicit", "values": values.tolist()}},
            lambda x: values @ x**2 / 2,
            lambda x: values * x,
            lambda x: np.diag(values),
        ),
    }


SMOOTH = {"K0": 1.0, "K": 0.5, "rho": 0.5}
SCHEDULES = {
    "ramp": {"peak": list(PEAKS)},
    "theory": {"c0": [4, 10], "c1": 4, **SMOOTH},
    "theory-min": {"c": [0.1, 0.3], **SMOOTH},
    "open-theory": {"c": [0.25, 0.5], **SMOOTH, "gap": 10, "radius": 3},
    "polyak": {"c": [0.3, 0.7]},
    "sharpness": {"c": [0.2, 1]},
    "normalized": {"peak": list(PEAKS)},
    "clipped": {"peak": list(PEAKS), "clip": 0.5},
    "relative-clip": {"peak": list(PEAKS), "ratio": 0.05},
    "gap-ramp": {"peak": list(PEAKS), "gap": 0.5},
    "armijo": {"peak": [0.3, 6], "c": 0.3, "beta": 0.5, "backtracks": 3},
}
RAMPED = ("ramp", "normalized", "clipped", "relative-clip", "gap-ramp", "armijo")
PARAMETERS = {
    "weight-decay": {"weight_decay": 0.05},
    "momentum": {"mu": 0.6, "weight_decay": 0.02},
    "nesterov": {"mu": 0.6},
    "adam": {"beta2": 0.9, "epsilon": 1e-3},
    "adamw": {"beta2": 0.9, "epsilon": 1e-3, "weight_decay": 0.1},
    "gi-adam": {"beta2": 0.9, "epsilon": 1e-3},
    "rmsprop": {"alpha": 0.9, "epsilon": 1e-2},
    "lion": {"beta1": 0.7, "beta2": 0.9},
}
AVERAGES = {"none": None, "mean": {"kind": "mean", "from": 3, "power": 1}, "ema": {"kind": "ema", "from": 2, "beta": 0.7}}
NOISES = {
    "none": {"kind": "none"},
    "gaussian": {"kind": "gaussian", "sigma": 0.1, "batch": 4},
    "rademacher": {"kind": "rademacher", "sigma": 0.1},
    "multiplicative": {"kind": "multiplicative", "B": 0.25, "law": "sign"},
    "abc": {"kind": "abc", "A": 0.1, "B": 1.2, "C": 0.01, "law": "sign"},
    "minibatch": {"kind": "minibatch", "batch": 3},
    "minibatch without": {"kind": "minibatch", "batch": 3, "sampling": "without-replacement"},
    "minibatch epochs": {"kind": "minibatch", "batch": 3, "sampling": "epoch"},
}
AXES = {
    "schedule": list(SCHEDULES),
    "method": list(METHODS) if LONG else ["gd", "momentum", "accelerated", "adam", "sign"],
    "average": list(AVERAGES),
    "compensated": [False, True],
    "trace": [False, True],
    "noise": list(NOISES) if LONG else ["none", "gaussian", "abc", "minibatch epochs"],
    "objective": list(objectives(3)),
    "dimension": [3, 9],  # one lane; two with padding
    "precision": ["float64", "float32"],
}


def refused(chosen):
    """The two features that do not go together, as the error has them; None where all do."""
    method, objective, noise = chosen.get("method", "gd"), chosen.get("objective"), chosen.get("noise", "none")
    if chosen.get("schedule") == "armijo" and method != "gd":
        return 'schedule.kind: "armijo"', f'method "{method}"'
    if noise.startswith("minibatch") and objective not in (None, "least-squares"):
        return 'noise.kind: "minibatch"', f'objective "{objective}"'
    if objective == "log-quadratic":
        for key, default, said in (
            ("precision", "float64", 'precision: "float32"'),
            ("method", "gd", f'method.kind: "{method}"'),
            ("compensated", False, "method.compensated: true"),
            ("average", "none", f'method.average.kind: "{chosen.get("average")}"'),
            ("noise", "none", f'noise.kind: "{noise}"'),
        ):
            if chosen.get(key, default) != default:
                return said, 'objective "log-quadratic"'
        if chosen.get("schedule") == "relative-clip":
            return 'schedule.kind: "relative-clip"', 'objective "log-quadratic"'
    return None


def pairs(chosen):
    return set(itertools.combinations(sorted(chosen.items()), 2))


def cover():
    """Combinations that hold every pair that is not refused, and the pairs that are."""
    choose, names = random.Random(1), list(AXES)
    every = [dict(((a, va), (b, vb))) for a, b in itertools.combinations(names, 2) for va in AXES[a] for vb in AXES[b]]
    against, missing, found = [p for p in every if refused(p)], set(), []
    for p in every:
        if not refused(p):
            missing |= pairs(p)
    while missing:
        best = 0, None
        for _ in range(60):
            whole = dict(choose.choice(sorted(missing, key=str)))
            for name in choose.sample(names, len(names)):
                if name not in whole:
                    whole[name] = choose.choice([value for value in AXES[name] if not refused({**whole, name: value})])
            best = max(best, (len(pairs(whole) & missing), whole), key=lambda pair: pair[0])
        found.append(best[1])
        missing -= pairs(best[1])
    return found, against


def sweep(chosen):
    chosen = {
        "schedule": "ramp",
        "method": "gd",
        "average": "none",
        "compensated": False,
        "trace": False,
        "noise": "none",
        "objective": "cosh",
        "dimension": 3,
        "precision": "float64",
        **chosen,
    }
    kind, noise, average = chosen["method"], NOISES[chosen["noise"]], AVERAGES[chosen["average"]]
    schedule = {"kind": chosen["schedule"], **SCHEDULES[chosen["schedule"]]}
    if chosen["schedule"] in RAMPED:
        schedule["warmup"] = {"steps": WARMUP}
    method = {"kind": "sgd" if kind == "gd" and noise["kind"] != "none" else kind, **PARAMETERS.get(kind, {})}
    if chosen["compensated"]:
        method["compensated"] = True
    if average:
        method["average"] = average
    at = list(range(STEPS + 1))
    return {
        "precision": chosen["precision"],
        "objective": {
            "kind": chosen["objective"],
            "dimension": chosen["dimension"],
            **objectives(chosen["dimension"])[chosen["objective"]][0],
        },
        "start": {"kind": "explicit", "values": START[: chosen["dimension"]].tolist()},
        "method": method,
        "noise": noise,
        "schedule": schedule,
        "seed": SEED,
        "replicates": REPLICATES if noise["kind"] != "none" else 1,
        "stop": {"steps": STEPS, "diverged": 1e300},
        "record": {"trace": {"at": at}} if chosen["trace"] else {"gap_at": at},
    }


def place(coordinate, d):
    """Lanes, lane, slot of it, slots of a lane (docs/bits.md, for d < 16)."""
    lanes = 1 if d < 8 else 2
    return lanes, coordinate % lanes, coordinate // lanes, -(-d // lanes)


def sign(t, coordinate, d, replicate):
    """Bit of a block of draw_sign.h."""
    _, lane, slot, slots = place(coordinate, d)
    room = 1 << (slots - 1).bit_length()
    bit = t % (128 // room) * room + slot
    return 1 if philox((t // (128 // room), lane, replicate, 0), SEED)[bit // 32] >> bit % 32 & 1 else -1


def normal(t, coordinate, d, replicate, precision):
    """draw_normal.h, for three slots or more: whole blocks of two normals in float64, of four in float32."""
    lanes, lane, slot, _ = place(coordinate, d)
    a_block = 2 if precision == "float64" else 4
    words = philox((t, lane + slot // a_block * lanes, replicate, 0), SEED)
    return gaussian_pair(words if a_block == 2 else words[slot % 4 // 2 * 2 :][:2])[slot % 2]


class Follower:
    """One trajectory in NumPy."""

    def __init__(self, chosen, text, cell, replicate):
        self.chosen, self.replicate = chosen, replicate
        self.schedule = {key: value[cell] if isinstance(value, list) else value for key, value in text["schedule"].items()}
        self.noise, self.average = text["noise"], AVERAGES[chosen["average"]]
        self.d = chosen["dimension"]
        _, self.gap, self.gradient, self.hessian = objectives(self.d)[chosen["objective"]]
        self.method = METHODS[chosen["method"]](**PARAMETERS.get(chosen["method"], {}))
        self.trials = 0

    def noisy(self, t, x, g):
        noise, draw = self.noise, lambda f, *more: np.array([f(t, i, self.d, self.replicate, *more) for i in range(self.d)])
        if noise["kind"] == "gaussian":
            return g + noise["sigma"] / np.sqrt(noise["batch"]) * draw(normal, self.chosen["precision"])
        if noise["kind"] == "rademacher":
            return g + noise["sigma"] * draw(sign)
        if noise["kind"] == "multiplicative":
            return g + np.sqrt(noise["B"]) * draw(sign) * g
        if noise["kind"] == "abc":
            return g + np.sqrt((noise["A"] * self.gap(x) + (noise["B"] - 1) * (g @ g) + noise["C"]) / self.d) * draw(sign)
        if noise["kind"] == "minibatch":
            rows = ROWS[:, : self.d][
                batch_of(noise.get("sampling", "with-replacement"), len(ROWS), noise["batch"], t, SEED, self.replicate)
            ]
            return rows.T @ (rows @ x) / noise["batch"]
        return g

    def step_size(self, t, x, g):
        s, gap, size = self.schedule, self.gap(x), np.sqrt(g @ g)
        ramp = s.get("peak", 0) * min(1, (t + 1) / WARMUP)
        if s["kind"] == "theory":
            return 1 / (s["c0"] * s["K0"] + s["c1"] * s["K"] * gap ** s["rho"])
        if s["kind"] == "theory-min":
            return s["c"] * min(1 / s["K0"], gap ** -s["rho"] / (3 ** s["rho"] * s["K"]))
        if s["kind"] == "open-theory":
            # D of dD/dt = -c (1 - c/2) D^2 / (radius^2 (K0 + K D^rho)): K0/D + K D^(rho - 1)/(1 - rho) grows evenly
            grown = lambda D: s["K0"] / D + s["K"] * D ** (s["rho"] - 1) / (1 - s["rho"])
            target = grown(s["gap"]) + s["c"] * (1 - s["c"] / 2) / s["radius"] ** 2 * t
            return s["c"] / (
                s["K0"] + s["K"] * brentq(lambda D: grown(D) - target, 1e-6, s["gap"] * 2, xtol=1e-15, rtol=1e-14) ** s["rho"]
            )
        if s["kind"] == "polyak":
            return s["c"] * gap / size**2
        if s["kind"] == "sharpness":
            return s["c"] / self.sharpness(x)
        if s["kind"] == "armijo":
            for j in range(s["backtracks"] + 1):
                self.trials += 1
                if self.gap(x - ramp * g) <= gap - s["c"] * ramp * size**2 or j == s["backtracks"]:
                    return ramp
                ramp *= s["beta"]
        return {
            "ramp": lambda: ramp,
            "normalized": lambda: ramp / size,
            "clipped": lambda: ramp * min(1, s["clip"] / size),
            "relative-clip": lambda: min(ramp, s["ratio"] * np.sqrt(x @ x) / size),
            "gap-ramp": lambda: ramp * min(1, s["gap"] / gap),
        }[s["kind"]]()

    def sharpness(self, x):
        return np.linalg.eigvalsh(self.hessian(x))[-1]

    def run(self):
        """For t = 0 ... STEPS: gap, step size, norm of the gradient, sharpness, edge; the first and the last three at the average."""
        x, mean, found = START[: self.d].copy(), START[: self.d].copy(), []
        self.method.start(x)
        for t in range(STEPS + 1):
            before = self.trials
            g = self.noisy(t, x, self.gradient(x))
            eta = self.step_size(t, x, g)
            steep = self.gradient(mean)
            found.append((self.gap(mean), eta, np.sqrt(steep @ steep), self.sharpness(mean), eta * self.sharpness(mean) / 2))
            if t == STEPS:
                self.trials = before  # of the iterations before the end
                break
            x = self.method.step(t, x, g, eta)
            mean = mean + average_weight(self.average, t + 1) * (x - mean) if self.average else x
        return np.array(found)


class Pairs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.together, cls.against = cover()
        cls.compiler = harness.SOURCE / "tests/quick-cc"

    def compare(self, precision, found, want, name):
        """In float32 rules that divide by a small gradient and methods of signs amplify rounding: tight for a few iterations only."""
        tolerance = np.where(np.arange(len(want)) <= 8, 1e-3, 0.1) if precision == "float32" else np.full(len(want), 1e-9)
        found, allowed = np.array(found), tolerance * (abs(want) + 1e-3)
        worst = np.argmax(abs(found - want) / allowed)  # a NaN where there is one
        self.assertLessEqual(abs(found - want)[worst], allowed[worst], (name, worst, found, want))

    def test_together(self):
        for chosen in self.together:
            with self.subTest(**chosen):
                text = sweep(chosen)
                rows = harness.outcomes(harness.run(text, "--compiler", self.compiler))
                self.assertEqual(len(rows), 2 * text["replicates"])
                for row in rows:
                    follower = Follower(chosen, text, row["cell"], row["replicate"])
                    names = ("gap", "step_size", "gradient_norm", "sharpness", "edge")
                    for name, want in zip(names if chosen["trace"] else names[:1], follower.run().T):
                        key = f"trace_{name}" if chosen["trace"] else "gap_at"
                        self.compare(chosen["precision"], [row[f"{key}_{t}"] for t in range(STEPS + 1)], want, name)
                    if chosen["schedule"] == "armijo":
                        self.assertEqual(row["trials"], follower.trials)

    @unittest.skipUnless(LONG, "minutes: scripts/check pairs")
    def test_together_on_the_other_engine(self):
        import test_engine

        for chosen in self.together:
            with self.subTest(**chosen):
                text = sweep(chosen)
                here, there = harness.run(text, "--compiler", self.compiler), test_engine.run(text)
                self.assertEqual(test_engine.table(here), test_engine.table(there))

    def test_against(self):
        """Both features are in the error, and the file is refused before anything is compiled."""
        self.assertGreater(len(self.against), 15)
        for chosen in self.against:
            with self.subTest(**chosen):
                file = harness.SCRATCH / "against.json"
                file.write_text(json.dumps(sweep(chosen)))
                done = subprocess.run([harness.PROGRAM, "plan", file], env=harness.environment(), capture_output=True, text=True)
                self.assertEqual(done.returncode, 2, done.stderr)
                line = next(line for line in done.stderr.splitlines() if refused(chosen)[0] in line)
                self.assertIn(refused(chosen)[1], line)

    def test_no_pair_is_left_out(self):
        held = set().union(*(pairs(chosen) for chosen in self.together + self.against))
        for a, b in itertools.combinations(sorted(AXES), 2):
            for va, vb in itertools.product(AXES[a], AXES[b]):
                self.assertIn(((a, va), (b, vb)), held)


if __name__ == "__main__":
    unittest.main()
