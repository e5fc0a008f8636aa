"""test_bad_input.py: wrong sweep files and command lines get a sentence that names file, path, value and what is allowed, exit code 2,
and nothing is compiled or written."""
import json
import pathlib
import random
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness

GOOD = {"objective": {"kind": "cosh", "dimension": 4, "K0": 1, "K1": 1}, "start": {"kind": "sphere", "gap": 10},
        "schedule": {"peak": [0.1, 0.2], "warmup": {"kind": "linear", "steps": [0, 10]}},
        "stop": {"steps": 100, "gap": [1, 0.1]}}


def changed(path, value):
    """GOOD with the number at "a.b.c" replaced (or removed: value is ...)."""
    result = json.loads(json.dumps(GOOD))
    *parents, key = path.split(".")
    inside = result
    for parent in parents:
        inside = inside.setdefault(parent, {})
    if value is ...:
        del inside[key]
    else:
        inside[key] = value
    return result


# what is wrong -> words that the message must hold
CASES = [
    (changed("objective.kind", "cosch"), ["objective.kind", "cosch", 'did you mean "cosh"', "radial-cosh"]),
    (changed("objective.kind", 3), ["objective.kind", "a number"]),
    (changed("objective.dimension", 0), ["objective.dimension", "0", "whole number >= 1"]),
    (changed("objective.dimension", 2.5), ["objective.dimension", "2.5", "whole number"]),
    (changed("objective.dimension", "4"), ["objective.dimension", '"4"', "a text"]),
    (changed("objective.K0", -1), ["objective.K0", "-1", "> 0"]),
    (changed("objective.r", 1), ["objective", '"r"', "allowed"]),
    (changed("objective.dimension", ...), ["objective.dimension", "missing"]),
    (changed("schedule.peek", 1), ["schedule", "peek", 'did you mean "peak"']),
    (changed("schedule.peak", [0.2, 0.1]), ["schedule.peak", "ascend"]),
    (changed("schedule.peak", []), ["schedule.peak", "empty"]),
    (changed("schedule.peak", {"log": [0, 1], "points": 3}), ["schedule.peak", "positive"]),
    (changed("schedule.peak", {"log": [1, 2]}), ["schedule.peak", "points"]),
    (changed("schedule.peak", {"log": [1, 2], "points": 3, "unti": "1/sharpness"}), ["schedule.peak", "unti", "unit"]),
    (changed("schedule.peak", {"value": 1, "unit": "sharpness"}), ["schedule.peak", "1/sharpness"]),
    (changed("schedule.warmup.convention", "t/w"), ["schedule.warmup.convention", "t/w", 'did you mean "t/W"']),
    (changed("schedule.warmup.steps", -1), ["schedule.warmup.steps", "-1"]),
    (changed("schedule.warmup.steps", 1e12), ["schedule.warmup.steps"]),
    (changed("stop.gap", [1, 1]), ["stop.gap", "twice"]),
    (changed("stop.gap", [0]), ["stop.gap", "> 0"]),
    (changed("stop.gap", {"log": [1e-9, 1], "points": 65}), ["stop.gap", "64"]),
    (changed("stop.steps", ...), ["stop.steps", "missing"]),
    (changed("stop.diverged", 1), ["stop.diverged", "> 1"]),
    (changed("stop.run_on", "budgte"), ["stop.run_on", 'did you mean "budget"']),
    (changed("replicates", 3), ["replicates", "noise"]),
    (changed("schedule.warmup.initial", 1.5), ["schedule.warmup.initial", "1.5", "<= 1"]),
    (changed("schedule.warmup.kind", "sqroot"), ["schedule.warmup.kind", "sqroot", 'did you mean "sqrt"']),
    (changed("schedule.warmup", {"kind": "exponential"}), ["schedule.warmup.alpha", "missing"]),
    (changed("schedule.warmup", {"kind": "double-linear", "mid": 0.1, "knee": 1}), ["schedule.warmup.knee", "1", "0.99"]),
    (changed("schedule.decay", {"kind": "wsd"}), ["schedule.decay", "length", "fraction"]),
    (changed("schedule.decay", {"kind": "wsd", "length": 3, "fraction": 0.1}), ["schedule.decay", "length", "fraction"]),
    (changed("schedule.decay", {"kind": "step"}), ["schedule.decay.gamma", "missing"]),
    (changed("schedule.decay", {"kind": "exponential", "floor": 0}), ["schedule.decay.floor", "> 0"]),
    (changed("schedule.decay", {"kind": "linear", "rate": 1}), ["schedule.decay", '"rate"', "horizon"]),
    (changed("schedule.decay", {"kind": "table", "points": [[0, 1]]}), ["schedule.decay.points", "2 to 64"]),
    (changed("schedule.decay", {"kind": "table", "points": [[5, 1], [5, 2]]}), ["schedule.decay.points", "ascend", "5"]),
    (changed("schedule.decay", {"kind": "table", "points": [[0, 1], [5, -2]]}), ["schedule.decay.points", "-2", "y >= 0"]),
    (changed("schedule.decay", {"kind": "table", "points": [[0, 1], 5]}), ["schedule.decay.points", "5", "two numbers"]),
    (changed("schedule.decay", {"kind": "cyclic", "up": 5}), ["schedule.decay.down", "missing"]),
    (changed("schedule.decay", {"kind": "warm-restarts", "period": 0}), ["schedule.decay.period", "0", ">= 1"]),
    (changed("schedule.decay", {"kind": "noam"}) | {"schedule": {"peak": 1, "warmup": {"kind": "cosine", "steps": 4}, "decay": {"kind": "noam"}}}, ["noam", "linear", "(t+1)/W"]),
    (changed("schedule.preset", "transformer-cosine"), ["schedule.preset", 'did you mean "transformers-cosine"']),
    (changed("schedule.preset", "torch-step"), ["schedule.decay.gamma", "missing", "torch-step"]),
    (changed("schedule.preset", "torchtitan") | {"schedule": {"peak": 1, "preset": "torchtitan", "decay": {"kind": "cosine", "horizon": 9}}}, ["schedule.decay.kind", "torchtitan", "wsd"]),
    (changed("schedule", {"peak": 1, "preset": "transformers-linear", "warmup": {"convention": "t/W"}}), ["schedule.warmup.convention", "transformers-linear"]),
    (changed("schedule", {"kind": "clipped", "peak": 1}), ["schedule.clip", "missing"]),
    (changed("schedule", {"kind": "polyak", "peak": 1}), ["schedule", '"peak"', "allowed", "c"]),
    (changed("schedule", {"kind": "theory-min", "K0": 1}), ["K0, K and rho belong together"]),
    (changed("schedule", {"kind": "open-theory", "K0": 1, "K": 1, "rho": 1.5}), ["schedule.rho", "1.5", "at most 1"]),
    (changed("method", {"kind": "gd", "average": {"kind": "ema"}}), ["method.average.beta", "missing"]),
    (changed("method", {"kind": "gd", "average": {"kind": "mean", "from": -1}}), ["method.average.from", "-1", ">= 0"]),
    (changed("method", {"kind": "gd", "average": {"kind": "suffix"}}), ["method.average.kind", "suffix", "mean, ema"]),
    (changed("method", {"kind": "adams"}), ["method.kind", 'did you mean "adam"']),
    (changed("method", {"kind": "adam", "beta2": 1}), ["method.beta2", "1", "<= 0.9999999"]),
    (changed("method", {"kind": "adam", "mu": 0.9}), ["method", '"mu"', "allowed", "beta1"]),
    (changed("method", {"kind": "momentum", "decoupled": 1}), ["method.decoupled", "1", "true, false"]),
    (changed("method", {"kind": "adamw", "epsilon": 1e-20}) | {"precision": "float32"}, ["method.epsilon", "float32", "1e-16"]),
    (changed("noise", {"kind": "student", "nu": 0, "sigma": 1}) | {"method": {"kind": "sgd"}}, ["noise.nu", "0", "0.125"]),
    (changed("noise", {"kind": "stable", "alpha": 2.5, "sigma": 1}) | {"method": {"kind": "sgd"}}, ["noise.alpha", "2.5", "<= 2"]),
    (changed("noise", {"kind": "abc", "B": 0.5}) | {"method": {"kind": "sgd"}}, ["noise.B", "0.5", ">= 1"]),
    (changed("noise", {"kind": "gaussian", "sigma": 1, "batch": 0}) | {"method": {"kind": "sgd"}}, ["noise.batch", "0", ">= 1"]),
    (changed("noise", {"kind": "abc", "law": "gauss"}) | {"method": {"kind": "sgd"}}, ["noise.law", "gauss", "normal"]),
    (changed("noise", {"kind": "gaussian", "sigma": 1, "weights": "spectrum"}) | {"method": {"kind": "sgd"}}, ["noise.weights", "sqrt-spectrum"]),
    (changed("objective", {"kind": "river", "dimension": 4}) | {"method": {"kind": "sgd"}, "noise": {"kind": "gaussian", "sigma": 1, "weights": "sqrt-spectrum"}},
     ["noise.weights", "river", "spectrum"]),
    (changed("noise.kind", "gaussian"), ["noise", "sigma"]),
    (changed("noise", {"kind": "gaussian", "sigma": 1}), ["noise.kind", "gd"]),
    (changed("method.kind", "sgd"), ["noise.kind", "sgd"]),
    (changed("start", {"kind": "explicit", "values": [1, 2]}), ["start.values", "2 values", "4"]),
    (changed("start", {"kind": "weights", "values": [0, 0, 0, 0], "gap": 1}), ["start.values", "direction"]),
    (changed("start.gap", 0), ["start.gap", "> 0"]),
    (changed("report", [{"kind": "phase", "x": "schedule.peak", "y": "schedule.warmup.step"}]), ["report[0].y", 'did you mean "schedule.warmup.steps"']),
    (changed("report", [{"kind": "fase", "x": "schedule.peak", "y": "schedule.warmup.steps"}]), ["report[0].kind", 'did you mean "phase"']),
    (changed("report", [{"kind": "phase", "x": "schedule.peak", "y": "schedule.warmup.steps", "eps": 7}]), ["report[0].eps", "7", "stop.gap"]),
    (changed("objective", {"kind": "exact-rho", "dimension": 4}), ["objective.rho", "missing"]),
    (changed("objective", {"kind": "exact-rho", "dimension": 4, "rho": 0}), ["objective.rho", "0", ">= 0.1"]),
    (changed("objective", {"kind": "exact-rho", "dimension": 4, "rho": [1, 9]}), ["objective.rho", "9", "<= 8"]),
    (changed("objective", {"kind": "exact-rho", "dimension": 4, "rho": 1, "K0": 0}), ["objective.K0", "0", "> 0"]),
    (changed("objective", {"kind": "exact-rho", "dimension": 4, "rho": 1, "K": -1}), ["objective.K", "-1", ">= 0"]),
    (changed("objective", {"kind": "exact-rho", "dimension": 4, "rho": [0.5, 1.5]}) | {"schedule": {"kind": "open-theory"}}, ["objective.rho", "1.5", "open-theory", "at most 1"]),
    (changed("objective", {"kind": "river", "dimension": 1}), ["objective.dimension", "at least 2"]),
    (changed("objective", {"kind": "quadratic", "dimension": 4, "spectrum": {"law": "uniform", "lmax": 1, "lmin": 2}}), ["lmin", "at most lmax"]),
    (changed("objective", {"kind": "quadratic", "dimension": 4, "spectrum": {"law": "spiked", "k": 5}}), ["objective.spectrum.k", "5", "4"]),
    (changed("record.gap_at", [1, 1]), ["record.gap_at", "twice"]),
    (changed("record.trace", {}), ["record.trace.at", "missing"]),
    (changed("record.trace", [1]), ["record.trace", "an object"]),
    (changed("record.trace", {"at": [1, {"log": [1, 100], "points": 5}]}), ["record.trace.at", "twice"]),
    (changed("record.trace", {"at": [0, 101]}), ["record.trace.at", "101", "stop.steps", "100"]),
    (changed("record.trace", {"at": [0.5]}), ["record.trace.at", "0.5", "whole number"]),
    (changed("record.trace", {"at": {"linear": [0, 5000], "points": 5001}}), ["record.trace.at", "5001", "at most 4096"]),
    (changed("record.trace", {"at": [1], "quantities": ["gap", "sharpnes"]}), ["record.trace.quantities", "sharpnes", 'did you mean "sharpness"']),
    (changed("record.trace", {"at": [1], "quantities": "gap"}), ["record.trace.quantities", "a list of some of the words", "edge"]),
    (changed("record.trace", {"at": [1], "quantities": []}), ["record.trace.quantities", "a list of some of the words"]),
    (changed("record.trace", {"at": [1], "quantities": ["gap", "gap"]}), ["record.trace.quantities", '"gap"', "twice"]),
    (changed("record.trace", {"at": [1], "quantities": [2]}), ["record.trace.quantities", "2 is a number"]),
    (changed("record.trace", {"at": [1], "keep": "statistics"}), ["record.trace.keep", "stop.run_on", "budget"]),
    (changed("record.trace", {"at": [1], "every": 3}), ["record.trace", "every", "quantities"]),
    (changed("report", [{"kind": "trace", "quantity": "gap"}]), ["report[0].quantity", "gap", "not traced"]),
    (changed("report", [{"kind": "trace"}]), ["report[0].quantity", "missing", "gradient_norm"]),
    (changed("report", [{"kind": "trace", "quantity": "gaps"}]), ["report[0].quantity", "gaps", 'did you mean "gap"']),
    (changed("report", [{"kind": "trace", "quantity": "gap", "x": "schedule.peak"}]), ["report[0].x", "unknown key", "lines"]),
    (changed("report", [{"kind": "traec", "quantity": "gap"}]), ["report[0].kind", 'did you mean "trace"']),
    (changed("precision", "float16"), ["precision", "float16", "float32"]),
    (changed("seed", -1), ["seed", "-1"]),
    (changed("title", 3), ["title", "a text"]),
    (changed("title", "\x1b[31mred"), ["title", "one line"]),
    (changed("title", "x" * 501), ["title", "500 bytes"]),
    (changed("seed", 9007199254740993), ["seed", "9007199254740991"]),
    (changed("schedule.peak", {"value": 1, "points": 3}), ["schedule.peak", "points"]),
    (changed("schedule.peak", [0.1, "a", None, -1]), ['"a" is a text', "null", "-1 is not allowed"]),
    (changed("\x1b[31mred", 1), ["?[31mred"]),
    (changed("k" * 5000, 1), ["unknown key"]),
]

TEXTS = [
    ("", ["empty"]),
    ("{", ["ends too early"]),
    ("[1, 2]", ["a list", "object"]),
    ('{"title": "a", "title": "b"}', ["title", "twice"]),
    ('{"stop": {"steps": 1, "steps": 2}}', ["stop", "steps", "twice"]),
    ('{"schedule": {"peak": {"log": [1, 2], "points": 3, "points": 4}}}', ["schedule.peak", "points", "twice"]),
    ('{"report": [{"kind": "phase", "x": "a", "x": "b"}]}', ["report", "x", "twice"]),
    ('{"ti\\u0000tle": "a"}', [":1:5:", "zero byte"]),
    (b'{"title": "caf\xe9"}', [":1:15:", "UTF-8"]),
    (b'{} // caf\xe9', [":1:10:", "UTF-8"]),
    (b'{"title": "\xed\xa0\x80"}', ["UTF-8"]),
    (b'{"title": "\xc0\xaf"}', ["UTF-8"]),
    ("{} trailing", ["trailing"]),
    ('{"stop": {"steps": NaN}}', [":1:"]),
    ("/* never ends", ["comment"]),
    ('{"a": 1\x00}', ["zero byte"]),
    ('{"x": ' + "[" * 5000 + "]" * 5000 + "}", ["nested", "64"]),
    ('{"stop": {"steps": 1e999}}', ["stop.steps", "beyond"]),
    *(('{"seed":\n  %s}' % number, ["bad.json:2:3:", "not a JSON number", "no zero before other digits"])
      for number in ("00.1", "01", "-01", "00", "1.", "-.5", "1.e5", "1e", "1e+", "-", "1.2.3", "1-2")),
    ('{"seed": .5}', [":1:10:"]),
    ('{"seed": +1}', [":1:10:"]),
    ('{"seed": 0x10}', [":1:", "0"]),
]


class BadInput(unittest.TestCase):
    def refuse(self, text, words, command="plan"):
        file = harness.SCRATCH / "bad.json"
        file.write_bytes(text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text)
        done = subprocess.run([harness.PROGRAM, command, file], env=harness.environment(), capture_output=True, timeout=60, cwd=harness.SCRATCH)
        message = done.stderr.decode("utf-8", "replace")
        self.assertEqual(done.returncode, 2, message)
        self.assertEqual(done.stdout, b"")
        self.assertIn("bad.json", message)
        for word in words:
            self.assertIn(word, message)
        return message

    def test_the_good_one_is_good(self):
        file = harness.SCRATCH / "good.json"
        file.write_text(json.dumps(GOOD))
        plan = json.loads(harness.program("plan", file, "--json"))
        self.assertEqual((plan["cells"], plan["trajectories"], plan["cautions"]), (4, 4, []))

    def test_one_mistake(self):
        for sweep, words in CASES:
            with self.subTest(words):
                message = self.refuse(json.dumps(sweep), words)
                self.assertLess(len(message), 4000)

    def test_not_json(self):
        for text, words in TEXTS:
            with self.subTest(text[:40]):
                self.refuse(text, words)

    def test_all_mistakes_at_once(self):
        sweep = changed("schedule.peek", 1)
        sweep["stop"]["gap"] = -1
        sweep["objective"]["dimension"] = 0
        sweep["colour"] = "red"
        message = self.refuse(json.dumps(sweep), ["peek", "stop.gap", "objective.dimension", "colour"])
        self.assertGreaterEqual(len(message.strip().splitlines()), 4)

    def test_rules_and_pictures_at_once(self):
        """Rules that join fields and the list of pictures are looked at in the same pass, each mistake is named once."""
        sweep = changed("objective", {"kind": "quadratic", "dimension": 4, "K0": 1, "spectrum": {"law": "uniform", "lmax": 1, "lmin": 2}})
        sweep["method"] = {"kind": "sgd"}
        sweep["replicates"] = 0
        sweep["start"] = {"kind": "explicit", "values": [1, 2]}
        sweep["schedule"]["warmup"]["steps"] = [0, -1]
        sweep["report"] = [{"kind": "phase", "x": "schedule.peek", "y": "schedule.warmup.steps", "eps": 3}]
        message = self.refuse(json.dumps(sweep), ["K0", "noise.kind", "replicates", "report[0].x", "schedule.warmup.steps: -1", "report[0].eps"])
        self.assertEqual(len(message.strip().splitlines()), 6, message)
        sweep["objective"].pop("K0")
        message = self.refuse(json.dumps(sweep), ["lmin: 2", "start.values: 2 values", "noise.kind", "replicates", "report[0].x"])
        self.assertEqual(len(message.strip().splitlines()), 7, message)

    def test_a_thousand_mistakes(self):
        text = json.dumps({f"key{i}": i for i in range(1000)})
        self.assertLess(len(self.refuse(text, ["key0"])), 20000)

    def test_a_hundred_thousand_keys(self):
        """Within the harness's minute: no work that grows with the square of a file."""
        self.refuse(json.dumps({"stop": {f"key{i}": i for i in range(200000)}}), ["key0"])

    def test_nothing_is_written(self):
        bad = json.dumps(changed("stop.steps", -1))
        before = sorted(harness.SCRATCH.iterdir())
        self.refuse(bad, ["stop.steps"], "run")
        after = [path for path in sorted(harness.SCRATCH.iterdir()) if path.name != "bad.json"]
        self.assertEqual(after, [path for path in before if path.name != "bad.json"])

    def test_damaged_bytes(self):
        random.seed(3)
        text = json.dumps(GOOD).encode()
        for _ in range(150):
            bytes_ = bytearray(text)
            for _ in range(random.randrange(1, 4)):
                what, place = random.randrange(3), random.randrange(len(bytes_))
                if what == 0:
                    bytes_[place] = random.randrange(256)
                elif what == 1:
                    del bytes_[place:place + random.randrange(1, 9)]
                else:
                    bytes_[place:place] = bytes(random.randrange(256) for _ in range(3))
            file = harness.SCRATCH / "damaged.json"
            file.write_bytes(bytes_)
            done = subprocess.run([harness.PROGRAM, "plan", file], capture_output=True, timeout=60)
            self.assertIn(done.returncode, (0, 2), done.stderr)

    def test_a_start_that_does_not_exist(self):
        # the gap of the river at the minimum of its walls is log 2: no sphere has less
        sweep = changed("objective", {"kind": "river", "dimension": 4})
        sweep["start"]["gap"] = 0.1
        file = harness.SCRATCH / "nowhere.json"
        file.write_text(json.dumps(sweep))
        directory = harness.new_directory()
        done = subprocess.run([harness.PROGRAM, "run", file, "-o", directory], env=harness.environment(), capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("gap", done.stderr)
        self.assertFalse(directory.exists())

    def test_command_lines(self):
        file = harness.SCRATCH / "good2.json"
        file.write_text(json.dumps(GOOD))
        for arguments, words in [
            ([], ["Usage"]), (["fly"], ["fly", "run"]), (["run"], ["SWEEP"]), (["run", file, "--threads", "0"], ["threads", "1"]),
            (["run", file, "--threads", "two"], ["two"]), (["run", file, "--shard", "4/4"], ["4/4"]), (["run", file, "--shard", "x"], ["shard"]),
            (["run", file, "--engine", "cuda"], ["cuda", "allowed here"]), (["run", file, "--devices", "0"], ["cuda"]),
            (["run", file, "--devices", "0,0"], ["0,0", "each once"]), (["run", file, "--devices", "x"], ["x"]), (["run", file, "--devices", ""], ["devices"]),
            (["run", file, "--devices", "0", "--engine", "cpu"], ["--devices"]), (["run", file, "--engine", "tpu"], ["tpu"]), (["run", file, "--time-limit", "-1"], ["time-limit"]),
            (["run", file, "--chunk-size", "0"], ["chunk-size"]), (["run", file, "--vector-bytes", "24"], ["24"]), (["run", file, "--bogus"], ["bogus"]),
            (["run", "/nowhere/x.json"], ["/nowhere/x.json", "No such file"]), (["plan", "/"], ["/"]), (["status", "/nowhere"], ["/nowhere"]),
            (["resume", harness.SCRATCH], ["journal.sqlite"]), (["export", harness.SCRATCH, "--format", "xls"], ["xls", "csv"]),
            (["list", "cakes"], ["cakes", "objectives"]), (["merge", harness.SCRATCH], ["-o"]), (["plan", file, "--force"], ["force"]),
        ]:
            with self.subTest(arguments):
                done = subprocess.run([harness.PROGRAM, *map(str, arguments)], env=harness.environment(CUDA_VISIBLE_DEVICES="-1"), capture_output=True,
                                      text=True, timeout=60)
                self.assertEqual(done.returncode, 2, (done.stdout, done.stderr))
                for word in words:
                    self.assertIn(word, done.stderr)


if __name__ == "__main__":
    unittest.main()
