"""test_check.py: tests/gpu/check itself, without a GPU: what it says when there is none, that its comparisons compare, that they find a lie."""
import ctypes
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness

GPU = harness.SOURCE / "tests/gpu"
sys.path.insert(0, str(GPU))
import draw_sweeps
import probes

FAKE = pathlib.Path(os.environ.get("CMAKE_BINARY", harness.SOURCE / "build/release")) / "tests/warmsweep-fake-gpu"


def check(*arguments, expect=0, **more):
    output = harness.new_directory().with_suffix(".json")
    done = subprocess.run([sys.executable, GPU / "check", "--output", output, *map(str, arguments)], env=harness.environment(**more), capture_output=True,
                          text=True, timeout=300)
    if done.returncode != expect:
        raise AssertionError(f"exit {done.returncode}, expected {expect}\n{done.stdout}\n{done.stderr}")
    return done.stdout + done.stderr, json.loads(output.read_text()) if output.exists() else None


class NoGpu(unittest.TestCase):
    def test_says_so(self):
        text, result = check("--program", harness.PROGRAM, expect=77, CUDA_VISIBLE_DEVICES="-1")
        self.assertIn("no GPU", text)
        self.assertIsNone(result)

    def test_bench_needs_its_limits(self):
        done = subprocess.run([sys.executable, harness.SOURCE / "bench/gpu.py", "--build", harness.SCRATCH], capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("tests/gpu/pack", done.stderr)

    def test_wrong_arguments(self):
        for arguments, word in ((["--only", "maths"], "maths"), (["--sweeps", "-1"], "-1"), (["--build", "/nowhere", "--device", "cpu"], "cpu")):
            self.assertIn(word, check(*arguments, "--program", harness.PROGRAM, expect=2)[0])


@unittest.skipUnless(FAKE.exists() and shutil.which("g++"), "g++ is needed: the shim compiles kernels with it")
class OnTheShim(unittest.TestCase):
    def test_parts(self):
        text, result = check("--device", "shim", "--program", FAKE, "--sweeps", "2", "--jobs", "2", "--only", "random,resume,together,sanitizer,bench")
        self.assertEqual(result["states"]["FAILED"], 0, text)
        states = {(row["part"], row["state"]) for row in result["rows"]}
        self.assertLessEqual({("random", "ok"), ("resume", "ok"), ("together", "ok"), ("sanitizer", "skipped"), ("bench", "skipped")}, states)
        self.assertTrue(result["commit"] and result["version"])

    def test_a_wrong_bit_is_found(self):
        text, result = check("--device", "shim", "--program", FAKE, "--sweeps", "1", "--only", "random", expect=1, FAKE_GPU_LIES="1")
        self.assertEqual(result["states"]["FAILED"], 2)  # the sweep, and the sum
        self.assertRegex(text, r"chunk 0 .* differs in [1-9]\d* of \d+ bytes \(kept as .*differs-")

    def test_a_failing_device_is_found(self):
        _, result = check("--device", "shim", "--program", FAKE, "--sweeps", "1", "--only", "random", expect=1, FAKE_GPU_FAULT="1")
        self.assertIn("illegal memory access", result["rows"][0]["detail"])


class Probes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = harness.new_directory()
        folder.mkdir()
        subprocess.run([GPU / "build_host_probe", folder], check=True, env=dict(os.environ, MARCH="native"))
        cls.host, cls.scalar = (ctypes.CDLL(str(folder / name)) for name in ("host_probe.so", "scalar_probe.so"))

    def test_two_compilations_agree(self):
        for compare in (probes.compare_math, probes.compare_philox):
            rows = list(compare(self.host, self.scalar, True, False))
            self.assertEqual([row for row in rows if row[2]], [])
            self.assertGreater(min(row[1] for row in rows), 4000)

    def test_another_function_differs(self):
        class Liar:
            def __getattr__(liar, name):
                if name == "probe_failure":
                    raise AttributeError(name)
                return getattr(self.scalar, name.replace("probe_exp_f32", "probe_expm1_f32").replace("probe_contract_f64", "probe_fma_f64"))

        wrong = {row[0]: row[3] for row in probes.compare_math(self.host, Liar(), True, False) if row[2]}
        self.assertEqual(set(wrong), {"exp float32", "contract float64"})
        self.assertIn("exp(", wrong["exp float32"])

    def test_a_device_has_the_same_names(self):
        text = (GPU / "device_probe.cu").read_text()
        for name in probes.UNARY + probes.BINARY + ["sincos"]:
            self.assertRegex(text, rf"\b(BOTH|OPERATION)\({name}\b|\bOVER\({name}_f32")


class Drawing(unittest.TestCase):
    def test_everything_is_drawn_and_the_seed_decides(self):
        schema = json.loads(harness.program("list", "schema"))
        one, two = draw_sweeps.Drawer(schema, 1), draw_sweeps.Drawer(schema, 1)
        kinds = one.kinds("objective")
        for i in range(200):
            sweep = one.draw(kinds[i % len(kinds)])
            self.assertEqual(sweep, two.draw(kinds[i % len(kinds)]))
            one.count(sweep)
        self.assertEqual(one.missing(), [])
        self.assertNotEqual(draw_sweeps.Drawer(schema, 2).draw(), draw_sweeps.Drawer(schema, 1).draw())

    def test_most_are_valid(self):
        schema = json.loads(harness.program("list", "schema"))
        drawer, valid = draw_sweeps.Drawer(schema, 3), 0
        for _ in range(40):
            file = harness.SCRATCH / "drawn.json"
            file.write_text(json.dumps(drawer.draw("quadratic")))
            valid += subprocess.run([harness.PROGRAM, "plan", file], capture_output=True).returncode == 0
        self.assertGreater(valid, 20)


if __name__ == "__main__":
    unittest.main()
