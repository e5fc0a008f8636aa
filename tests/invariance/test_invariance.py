"""test_invariance.py: the same sweep gives the same bits, however it is run.

The outcome compared is the whole export: every status, flag, iteration and gap in full precision, and a hash over the bits of
every gap of every trajectory (record.hash). One variation a time: threads, chunk size, trajectories side by side (W), width of
the vectors, compiler, instruction set, shards, cold and warm cache; and a run that is stopped and resumed. Each variation is a kernel to compile: of
SWEEPS each gets a fifth of them in turn; every other one of the many sweeps gets one of FEW; layouts are compiled soon (tests/quick-cc). With WARMSWEEP_LONG
(scripts/check invariance) all get all, of the compiler as it is.
"""
import os
import pathlib
import platform
import shutil
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness


def sweep(objective, precision="float64", schedule=None, method="gd", noise=None, start=None, replicates=1, steps=600, **more):
    result = {"precision": precision, "objective": objective, "start": start or {"kind": "sphere", "gap": 50},
              "method": {"kind": method} if isinstance(method, str) else method, "noise": noise or {"kind": "none"},
              "schedule": schedule or {"peak": {"log": [1e-3, 4], "points": 9},
                                       "warmup": {"kind": "linear", "steps": [0, 5, 100]}},
              "replicates": replicates, "seed": 7,
              "stop": {"steps": steps, "gap": [10, 0.1, 1e-3], "hold": 2, "run_on": 20},
              "record": {"gap_at": [0, 1, 15, 16, 17, 333], "hash": True}}
    result.update(more)
    return result


GEOMETRIC = {"law": "geometric", "lmax": 1, "lmin": 0.01}
SWEEPS = {
    "quadratic, float32, d 64": sweep({"kind": "quadratic", "dimension": 64, "spectrum": GEOMETRIC}, "float32"),
    "quadratic, d 1": sweep({"kind": "quadratic", "dimension": 1}),
    "cosh, float32, padded lanes": sweep({"kind": "cosh", "dimension": 100, "K0": 1, "K1": 1}, "float32", steps=200),
    "river, geometric warmup, cosine decay": sweep(
        {"kind": "river", "dimension": 3}, start={"kind": "explicit", "values": [0, 10, 6]},
        schedule={"peak": {"log": [1e-2, 2], "points": 7}, "decay": {"kind": "cosine", "horizon": 500, "floor": 0.1},
                  "warmup": {"kind": "geometric", "start": 0.01, "steps": [0, 40, 200]}}),
    "radial cosh (coupled)": sweep({"kind": "radial-cosh", "dimension": 40, "K0": 1, "K1": 1}),
    "power, real p": sweep({"kind": "power", "dimension": 17, "p": 3.5}, steps=300),
    "theory schedule (closed loop), float32": sweep(
        {"kind": "cosh", "dimension": 33, "K0": 1, "K1": 0.5}, "float32",
        schedule={"kind": "theory", "c0": [0.6, 1, 10], "c1": [1, 20]}, steps=200),
    "sgd, gaussian, float32": sweep({"kind": "quadratic", "dimension": 24, "spectrum": GEOMETRIC}, "float32", method="sgd",
                                    noise={"kind": "gaussian", "sigma": [0, 0.1]}, replicates=3, steps=200),
    "sgd, gaussian, one sigma a coordinate": sweep(
        {"kind": "quadratic", "dimension": 5}, method="sgd", replicates=4, steps=200,
        noise={"kind": "gaussian", "sigma": 0.1, "weights": [1, 2, 0, 0.5, 3], "common": False}),
    "sgd, rademacher, coupled": sweep({"kind": "radial-cosh", "dimension": 70, "K0": 1, "K1": 1}, "float32", method="sgd",
                                      noise={"kind": "rademacher", "sigma": 0.05}, replicates=2, steps=150),
}
# The other objectives, with the variations that change the most.
OBJECTIVES = {
    "rho half, float32": sweep({"kind": "rho-half", "dimension": 19, "K0": 1, "K": 2}, "float32", steps=200),
    "exact rho 3/4, float32": sweep({"kind": "exact-rho", "dimension": 19, "rho": 0.75, "K0": 1, "K": 2}, "float32", steps=150),
    "exact rho, a barrier": sweep({"kind": "exact-rho", "dimension": 9, "rho": 1.5}, steps=150),
    "exponential tail": sweep({"kind": "exp-tail", "dimension": 11}, steps=150),
    "log cosh, float32": sweep({"kind": "log-cosh", "dimension": 9}, "float32", steps=150),
    "double well": sweep({"kind": "double-well", "dimension": 5}, steps=150),
    "quadratic and power": sweep({"kind": "quadratic-power", "dimension": 70, "p": 3}, "float32", steps=150),
    "river with cosh walls": sweep({"kind": "river-cosh", "dimension": 12}, steps=150),
    "river valley (coupled)": sweep({"kind": "river-valley", "dimension": 10, "b": 0.5}, "float32", steps=150),
    "radial power (coupled), real p": sweep({"kind": "radial-power", "dimension": 9, "p": 3.5}, steps=150),
    "phase retrieval (coupled)": sweep({"kind": "phase-retrieval", "dimension": 33}, "float32", steps=150),
    "rosenbrock (coupled)": sweep({"kind": "rosenbrock", "dimension": 2}, steps=150),
    "rank one (coupled)": sweep({"kind": "rank-one", "dimension": 13}, steps=150),
    "logistic (coupled, data)": sweep({"kind": "logistic", "dimension": 5, "samples": 9}, "float32", start={"kind": "explicit", "values": [-3, 1, 0, 0, 1]}, steps=150),
    "logistic overlap (coupled, data)": sweep({"kind": "logistic-overlap", "dimension": 3, "samples": 30}, "float32", steps=150),
    "least squares (coupled, data)": sweep({"kind": "least-squares", "dimension": 9, "samples": 12}, steps=150),
    "exponential loss (coupled, data)": sweep({"kind": "exponential-loss", "dimension": 3, "samples": 4}, start={"kind": "explicit", "values": [-3, 1, 0]}, steps=150),
    "phase samples (coupled, data)": sweep({"kind": "phase-samples", "dimension": 9, "samples": 12}, "float32", steps=150),
    "tanh net (coupled, data)": sweep({"kind": "tanh-net", "dimension": 9, "hidden": 3, "samples": 8}, start={"kind": "sphere", "gap": 1}, method="sgd",
                                      noise={"kind": "minibatch", "batch": 3}, replicates=2, steps=150),
    "log mean cosh (coupled)": sweep({"kind": "log-mean-cosh", "dimension": 9}, "float32", steps=150),
    "rotated quadratic (coupled)": sweep({"kind": "rotated-quadratic", "dimension": 9}, steps=150),
    "log quadratic, a ramp above the limit": sweep({"kind": "log-quadratic", "dimension": 37}, steps=150),
    "chain (coupled)": sweep({"kind": "chain", "dimension": 9}, "float32", steps=150),
}
# Traces: with states run again inside a batch, of trajectories that end at different iterations; with the same few.
TRACE = {"trace": {"at": [0, 1, 2, 14, 15, 16, 31, 32, 40, {"linear": [50, 150], "points": 11}]}, "hash": True}
TRACED = {
    "trace, float32": sweep({"kind": "cosh", "dimension": 100, "K0": 1, "K1": 1}, "float32", steps=150, record=TRACE),
    "trace, padded, sgd": sweep({"kind": "quadratic", "dimension": 21, "spectrum": GEOMETRIC}, method="sgd", noise={"kind": "gaussian", "sigma": 0.1, "weights": "sqrt-spectrum"},
                                replicates=3, steps=150, record=TRACE),
    "trace, coupled, noise and step size of x": sweep(
        {"kind": "radial-cosh", "dimension": 70, "K0": 1, "K1": 1}, "float32", method="sgd", replicates=2, steps=150, record=TRACE,
        noise={"kind": "multiplicative", "B": 1, "law": "sign"}, schedule={"kind": "sharpness", "c": [0.3, 1]}),
    "trace, several problems": sweep({"kind": "quadratic", "dimension": 2, "spectrum": {"law": "geometric", "lmax": [1, 2, 3], "lmin": 0.1}}, steps=150, record=TRACE),
}
# Schedules and noises that look at x, with the same few.
SEEING = {
    "relative clip of a ramp, Student, float32, padded": sweep(
        {"kind": "cosh", "dimension": 33, "K0": 1, "K1": 0.5}, "float32", method="sgd", noise={"kind": "student", "nu": 2.5, "sigma": 0.05}, replicates=2, steps=150,
        schedule={"kind": "relative-clip", "ratio": [0.05, 0.5], "peak": [0.1, 1], "warmup": {"kind": "cosine", "steps": [0, 20]},
                  "decay": {"kind": "linear", "horizon": 120, "floor": 0.1}}),
    "ABC noise, clipped": sweep({"kind": "quadratic", "dimension": 12}, method="sgd", noise={"kind": "abc", "A": 0.1, "B": [1, 2], "C": 0.1, "batch": [1, 8]}, replicates=2,
                                steps=150, schedule={"kind": "clipped", "clip": 2, "peak": [0.1, 0.5]}),
    "sharpness, multiplicative noise, coupled": sweep(
        {"kind": "radial-cosh", "dimension": 70, "K0": 1, "K1": 1}, "float32", method="sgd", replicates=2, steps=100,
        noise={"kind": "multiplicative", "B": 1, "shared": True, "law": "sign"}, schedule={"kind": "sharpness", "c": [0.3, 1]}),
    "rows without replacement, clipped, float32": sweep(
        {"kind": "logistic-overlap", "dimension": 9, "samples": 50}, "float32", method="sgd", noise={"kind": "minibatch", "batch": [1, 8, 50], "sampling": "without-replacement"},
        replicates=2, steps=100, schedule={"kind": "clipped", "clip": 0.5, "peak": [0.1, 0.5]}),
    "rows in epochs": sweep({"kind": "least-squares", "dimension": 5, "samples": 12}, method="sgd", noise={"kind": "minibatch", "batch": [1, 5], "sampling": "epoch"},
                            replicates=3, steps=100),
    "backtracking, float32": sweep({"kind": "cosh", "dimension": 33, "K0": 1, "K1": 1}, "float32", method="sgd", noise={"kind": "gaussian", "sigma": 0.01},
                                   schedule={"kind": "armijo", "peak": [0.01, 0.3, 10, 1000], "beta": [0.5, 0.8]}, replicates=2, steps=100),
    "Polyak": sweep({"kind": "cosh", "dimension": 9, "K0": 1, "K1": 1}, schedule={"kind": "polyak", "c": [0.5, 1]}, steps=100),
    "alpha-stable, weights of the spectrum, restarts": sweep(
        {"kind": "quadratic", "dimension": 40, "spectrum": {"law": "power", "alpha": [0.5, 1]}}, "float32", method="sgd", replicates=2, steps=150,
        noise={"kind": "stable", "alpha": 1.5, "sigma": 0.01, "weights": "sqrt-spectrum"},
        schedule={"peak": [0.1, 0.5], "decay": {"kind": "warm-restarts", "period": 10, "growth": 2}}),
}
# Methods with states.
METHODS = {
    "heavy ball, float32, padded": sweep({"kind": "cosh", "dimension": 33, "K0": 1, "K1": 0.5}, "float32", steps=300,
                                         method={"kind": "momentum", "mu": [0, 0.9], "dampening": 0.1, "weight_decay": 0.01}),
    "Nesterov, noise": sweep({"kind": "quadratic", "dimension": 24, "spectrum": GEOMETRIC}, steps=150, replicates=2,
                             method={"kind": "nesterov", "mu": [0.5, 0.9]}, noise={"kind": "gaussian", "sigma": 0.1}),
    "Adam, float32": sweep({"kind": "cosh", "dimension": 9, "K0": 1, "K1": 0.5}, "float32", steps=150, method={"kind": "adam", "beta1": [0, 0.9], "weight_decay": 0.1},
                           schedule={"peak": {"log": [0.003, 0.3], "points": 5}, "warmup": {"steps": [0, 50]}}),
    "Lion, coupled": sweep({"kind": "radial-cosh", "dimension": 9, "K0": 1, "K1": 0.5}, steps=150, method={"kind": "lion"},
                           schedule={"peak": {"log": [0.003, 0.3], "points": 5}, "warmup": {"steps": [0, 50]}}),
    "SGD, average": sweep({"kind": "quadratic", "dimension": 24, "spectrum": GEOMETRIC}, "float32", steps=150, replicates=2,
                          method={"kind": "sgd", "compensated": True, "average": {"kind": "mean", "from": [0, 50]}}, noise={"kind": "gaussian", "sigma": 0.1}),
    "heavy ball, average, coupled": sweep({"kind": "radial-cosh", "dimension": 20, "K0": 1, "K1": 0.5}, steps=150,
                                          method={"kind": "momentum", "mu": 0.8, "average": {"kind": "ema", "beta": [0, 0.9]}}),
}
LONG = os.environ.get("WARMSWEEP_LONG")
THREADS = ("chunks of 7", "chunks of 1") # needs no kernel of its own
FEW = ["W = 64", "16-byte vectors", "baseline x86-64 without fma", "clang"]


def some_of(sweeps):
    return list(sweeps.items())[:: 1 if LONG else 2]


def table(directory):
    target = directory.parent / (directory.name + ".csv")
    harness.program("export", directory, "--format", "csv", "-o", target)
    text = target.read_text()
    target.unlink()
    return text


class Invariance(unittest.TestCase):
    maxDiff = 2000

    def variations(self):
        x86 = platform.machine() in ("x86_64", "AMD64")
        yield "two threads, chunks of 7", ["--threads", "2", "--chunk-size", "7"], {}
        yield "five threads, chunks of 1", ["--threads", "5", "--chunk-size", "1"], {}
        yield "no cache", [], {"WARMSWEEP_CACHE": ""}
        yield "W = 64", ["--width", "64"], {}
        yield "W = 16", ["--width", "16"], {}
        if x86:
            yield "16-byte vectors", ["--vector-bytes", "16"], {}
            yield "64-byte vectors", ["--vector-bytes", "64"], {}
            yield "baseline x86-64 without fma", ["--march", "x86-64"], {}
            flags = pathlib.Path("/proc/cpuinfo").read_text()
            if "avx2" in flags:
                yield "AVX2", ["--march", "x86-64-v3"], {}
            if "avx512vl" in flags:
                yield "AVX-512", ["--march", "x86-64-v4"], {}
        for compiler in ("gcc", "clang"):
            if shutil.which(compiler):
                yield compiler, ["--compiler", compiler], {}
        yield "without optimisation", ["--compiler", str(harness.QUICK)], {}

    def compare(self, name, text, variations):
        reference = table(harness.run(text, "--threads", "1"))
        self.assertGreater(len(reference.splitlines()), 1)
        for variation, options, environment in map(self.soon, variations):
            with self.subTest(sweep=name, variation=variation):
                self.assertEqual(table(harness.run(text, *options, **environment)), reference)

    @staticmethod
    def soon(variation):
        """A layout, compiled soon: how it is compiled is another variation."""
        name, options, environment = variation
        return variation if LONG or name.endswith(THREADS) or "--compiler" in options else (name, [*options, "--compiler", str(harness.QUICK)], environment)

    def few(self, number, more=()):
        """Of FEW that of the sweep of this number, with WARMSWEEP_LONG all, and what is named."""
        mine = FEW if LONG else [FEW[number % len(FEW)]]
        return [v for v in self.variations() if v[0] in mine or v[0] in more]

    def test_layouts(self):
        for number, (name, text) in enumerate(SWEEPS.items()):
            compiled = [v for v in self.variations() if not v[0].endswith(THREADS)]
            chosen = [v for v in self.variations() if v not in compiled]
            self.compare(name, text, chosen + (compiled if LONG else compiled[number % 5::5]))

    def test_layouts_of_every_objective(self):
        """kernels.layouts has each of them in one layout."""
        for number, (name, text) in enumerate(some_of(OBJECTIVES)):
            self.compare(name, text, self.few(number))

    def test_layouts_of_traces(self):
        for number, (name, text) in enumerate(some_of(TRACED)):
            self.compare(name, text, self.few(number, ["two threads, chunks of 7", "five threads, chunks of 1"]))
            if text["objective"]["dimension"] >= 64:
                self.compare(name, text, [("W = 1", ["--width", "1"], {})])

    def test_layouts_of_what_looks_at_x(self):
        for number, (name, text) in enumerate(some_of(SEEING)):
            self.compare(name, text, self.few(number))

    def test_layouts_of_methods_with_states(self):
        for number, (name, text) in enumerate(some_of(METHODS)):
            self.compare(name, text, self.few(number))

    def test_events_of_a_column_at_once(self):
        """Without a hash most hits and ends are found for all lanes together; with one an observer sees every gap."""
        stops = [{"steps": 90, "gap": [9999, 5000, 4999, 4998, 100, 1e-6]}, {"steps": [1, 16, 31, 200], "gap": [5000, 100], "diverged": 1.5},
                 {"steps": 77}, {"steps": 300, "gap": [5000, 100, 1], "run_on": 5}, {"steps": 300, "gap": [5000, 4900, 1], "hold": 3}]
        for precision, d in (("float32", 1), ("float64", 5), ("float32", 33)):
            for number, stop in enumerate(stops):
                text = sweep({"kind": "quadratic", "dimension": d, "spectrum": GEOMETRIC}, precision, start={"kind": "sphere", "gap": [6000, 1e4]},
                             schedule={"peak": {"log": [1e-2, 3.2], "points": 41}, "warmup": {"steps": [0, 20]}}, stop=stop, record={})
                if number == 1:
                    text["record"] = {"gap_at": [0, 17, 18]}
                seen = harness.outcomes(harness.run(dict(text, record=dict(text["record"], hash=True))))
                for row in seen:
                    del row["hash"]
                for arguments in ([], ["--vector-bytes", "16"]):
                    with self.subTest(precision=precision, d=d, stop=stop, arguments=arguments):
                        self.assertEqual(repr(harness.outcomes(harness.run(text, *arguments))), repr(seen))

    def test_one_trajectory_a_block(self):
        seeing = sweep({"kind": "quadratic", "dimension": 64, "spectrum": GEOMETRIC}, "float32", method="sgd", replicates=2, steps=100,
                       noise={"kind": "abc", "A": 0.1, "C": 0.1, "B": 2}, schedule={"kind": "relative-clip", "ratio": 0.1, "peak": [0.1, 1],
                                                                                  "warmup": {"steps": [0, 30]}})
        heavy = sweep({"kind": "quadratic", "dimension": 64, "spectrum": GEOMETRIC}, "float32", steps=200,
                      method={"kind": "adam", "compensated": True, "average": {"kind": "mean", "from": [0, 100]}})
        for text in (sweep({"kind": "quadratic", "dimension": 64, "spectrum": GEOMETRIC}, "float32"), seeing, heavy):
            self.assertEqual(table(harness.run(text, "--width", "1")), table(harness.run(text)))

    def test_memory_that_is_not_zero(self):
        """Every column of a row is written by the one who ends the trajectory (MALLOC_PERTURB_: glibc fills what it gives)."""
        for text in [text for group in (SWEEPS, TRACED, SEEING) for text in group.values()]:
            with self.subTest(text=text):
                self.assertEqual(table(harness.run(text, MALLOC_PERTURB_="90")), table(harness.run(text, MALLOC_PERTURB_="37")))

    def test_shards(self):
        text = sweep({"kind": "quadratic", "dimension": 12}, "float32")
        whole = harness.run(text, "--chunk-size", "2")
        parts = [harness.run(text, "--chunk-size", "2", "--shard", f"{i}/3") for i in range(3)]
        merged = harness.new_directory()
        harness.program("merge", *parts, "-o", merged)
        self.assertEqual(table(merged), table(whole))

    def test_killed_and_resumed(self):
        # enough chunks that a kill lands between two of them, at whatever moment it comes
        text = sweep({"kind": "quadratic", "dimension": 8}, "float64", steps=100000,
                     schedule={"peak": {"log": [1e-7, 1e-5], "points": 400}})
        text["record"] = {"hash": True}
        whole = table(harness.run(text))
        directory = harness.new_directory()
        file = harness.SCRATCH / "killed.json"
        import json

        file.write_text(json.dumps(text))
        arguments = [harness.PROGRAM, "run", file, "-o", directory, "--quiet", "--no-report", "--threads", "1", "--chunk-size", "4"]
        process = subprocess.Popen(arguments, env=harness.environment())
        journal = directory / "journal.sqlite"
        while process.poll() is None and not (journal.exists() and journal.stat().st_size > 40000):
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.wait()
        harness.program("resume", directory, "--quiet", "--no-report", "--threads", "2")
        self.assertEqual(table(directory), whole)

    def test_more_replicates_keep_the_earlier_ones(self):
        few = SWEEPS["sgd, gaussian, float32"]
        a = harness.outcomes(harness.run(few))
        b = harness.outcomes(harness.run(dict(few, replicates=5)))
        key = lambda row: (row["cell"], row["replicate"])
        later = {key(row): row for row in b}
        for row in a:
            same = lambda row: repr({k: v for k, v in row.items() if k != "trajectory"})  # repr: NaN equals NaN
            self.assertEqual(same(later[key(row)]), same(row))


if __name__ == "__main__":
    unittest.main()
