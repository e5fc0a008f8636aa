"""test_own_objective.py: an objective of the user's own: consent, where it may lie, what its check finds, messages of the compiler, and
that it is the same as a built-in one."""
import json
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness

TEMPLATE = (harness.SOURCE / "sweeps/own_objective.h").read_text()
COSH = (harness.SOURCE / "kernels/objective/cosh.h").read_text()
SWEEP = {"objective": {"source": "mine.h", "dimension": 9, "p0": 0.75, "p1": 0.5}, "start": {"kind": "sphere", "gap": 50},
         "schedule": {"peak": {"log": [1e-3, 1], "points": 5}, "warmup": {"steps": [0, 20]}},
         "stop": {"steps": 300, "gap": [1, 1e-3]}, "record": {"hash": True}}


def call(*arguments):
    return subprocess.run([harness.PROGRAM, *map(str, arguments)], env=harness.environment(), capture_output=True, text=True, timeout=300)


class OwnObjective(unittest.TestCase):
    def setUp(self):
        self.folder = harness.new_directory()
        self.folder.mkdir()
        self.target = harness.new_directory()

    def write(self, header, name="mine.h", **objective):
        (self.folder / "mine.h").write_text(header)
        sweep = dict(SWEEP, objective={**SWEEP["objective"], "source": name, **objective})
        file = self.folder / "sweep.json"
        file.write_text(json.dumps(sweep))
        return file

    def run_sweep(self, file, *more):
        return call("run", file, "-o", self.target, "--quiet", "--no-report", *more)

    def test_the_same_as_a_built_in_one(self):
        done = self.run_sweep(self.write(COSH), "--allow-source")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("mine.h (--allow-source)", done.stderr)
        built_in = dict(SWEEP, objective={"kind": "cosh", "dimension": 9, "K0": 0.75, "K1": 0.5})
        self.assertEqual(repr(harness.outcomes(self.target)), repr(harness.outcomes(harness.run(built_in))))

    def test_parameters_are_axes(self):
        done = self.run_sweep(self.write(COSH, p1=[0.25, 0.5]), "--allow-source")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(harness.outcomes(self.target)), 20)

    def test_nothing_is_compiled_without_consent(self):
        file = self.write(COSH)
        done = self.run_sweep(file)
        self.assertEqual(done.returncode, 2)
        self.assertIn("--allow-source", done.stderr)
        self.assertIn("mine.h", done.stderr)
        self.assertFalse(self.target.exists())
        self.assertEqual(call("plan", file).returncode, 0)
        self.assertEqual(self.run_sweep(file, "--allow-source").returncode, 0)
        for command in ("resume", "replay", "verify"):
            more = ["--cell", "schedule.peak=1,schedule.warmup.steps=0"] if command == "replay" else []
            done = call(command, self.target, *more)
            self.assertEqual(done.returncode, 2 if command != "resume" else done.returncode, done.stderr)
            self.assertIn("--allow-source", done.stderr, command)
            self.assertEqual(call(command, self.target, *more, "--allow-source").returncode, 0, command)
        for command in ("status", "export"):
            self.assertEqual(call(command, self.target).returncode, 0)

    def test_a_changed_header_is_another_sweep(self):
        self.assertEqual(self.run_sweep(self.write(COSH), "--allow-source").returncode, 0)
        copy = self.target / "mine.h"
        self.assertEqual(copy.read_text(), COSH)
        copy.write_text(COSH + "/* */\n")
        done = call("resume", self.target, "--allow-source")
        self.assertEqual(done.returncode, 2)
        self.assertIn("another sweep", done.stderr)

    def test_a_header_of_somebody_in_the_run_directory_stays(self):
        self.target.mkdir()
        (self.target / "mine.h").write_text("mine")
        done = self.run_sweep(self.write(COSH), "--allow-source")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertEqual((self.target / "mine.h").read_text(), "mine")

    def test_only_a_plain_file_beside_the_sweep(self):
        (self.folder.parent / "outside.h").write_text(COSH)
        (self.folder / "link.h").symlink_to(self.folder.parent / "outside.h")
        (self.folder / "folder.h").mkdir()
        for name, word in (("../outside.h", "beside the sweep file"), (str(self.folder / "mine.h"), "beside the sweep file"), ("link.h", "not a plain file"),
                           ("folder.h", "not a plain file"), ("absent.h", "No such file"), ("mine.c", "ending in .h"), (".h", "ending in .h"), (7, "a text")):
            done = call("plan", self.write(COSH, name=name))
            self.assertEqual(done.returncode, 2, name)
            self.assertIn("objective.source", done.stderr)
            self.assertIn(word, done.stderr)

    def test_the_compiler_names_the_file_and_line(self):
        wrong = TEMPLATE.replace("s.q;", "s.nothing;")
        line = next(i for i, text in enumerate(wrong.splitlines(), 1) if "s.nothing" in text)
        file = self.write(wrong)
        for done in (self.run_sweep(file, "--allow-source"), call("check-objective", self.folder / "mine.h")):
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"{self.folder}/mine.h:{line}:", done.stderr)
        self.assertFalse(self.target.exists())

    def test_a_header_that_says_wrongly_that_K_is_zero(self):
        done = self.run_sweep(self.write(COSH + "#define OBJECTIVE_K_IS_ZERO\n"), "--allow-source")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("OBJECTIVE_K_IS_ZERO", done.stderr)

    def test_check_objective(self):
        failed = lambda text: {row.split()[1] for row in text.splitlines() if row.startswith("FAILED")}
        wrong = TEMPLATE.replace("k.width * s.q", "k.width * s.q - R(4.0f)").replace("FMA(c.w, square", "R(0.5f) + FMA(c.w, square")
        cases = [("the template", TEMPLATE, set()),
                 ("three", wrong.replace("return c.w / (below * SQRT(below))", "return c.w"), {"gap", "promises", "sharpness"}),
                 ("two", TEMPLATE.replace("return c.w * x / SQRT", "return R(1.00001f) * c.w * x / SQRT")
                  .replace("scalar_larger(*K0, c[0])", "0.9 * c[0]"), {"gradient", "smoothness"}),
                 ("bits", TEMPLATE.replace("return c.w * x / SQRT", "return (R(1.0f) + R(0x1p-20f * WS_LANES)) * c.w * x / SQRT"), {"bits"})]
        for name, header, expected in cases:
            with self.subTest(name):
                self.write(header)
                done = call("check-objective", self.folder / "mine.h", "--dimension", 6)
                self.assertEqual(done.returncode, 1 if expected else 0, done.stdout + done.stderr)
                self.assertLessEqual(expected, failed(done.stdout), done.stdout)
                if name != "bits":
                    self.assertEqual(failed(done.stdout), expected, done.stdout)

    def test_check_objective_tries_promises(self):
        """What a header says of itself for speed alone changes outcomes where it is false (every promise: kernels.objectives)."""
        header = (harness.SOURCE / "kernels/objective/log_cosh.h").read_text()
        self.write(header.replace("return LE(eta * c.w, LONGEST);", "return LE(eta * c.w, R(16.0f));"))
        done = call("check-objective", self.folder / "mine.h", "--dimension", 5)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertRegex(done.stdout, "FAILED +promises +OBJECTIVE_SINKS")

    def test_built_in_objectives_pass(self):
        options = {"chain": ["--dimension", 5]}
        for header in ("river_valley", "rank_one", "chain"):
            with self.subTest(header):
                done = call("check-objective", harness.SOURCE / f"kernels/objective/{header}.h", *options.get(header, []))
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
