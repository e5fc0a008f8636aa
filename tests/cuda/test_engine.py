"""test_engine.py: the cuda engine from command line to journal, on a GPU that is not there (fake_gpu.c).

The kernels are the real ones, run by the shim; what is compared with the cpu engine is the whole export: every status, flag, iteration and
gap in full precision, and a hash over the bits of every gap. Devices are made small, slow, forgetful and faulty.
"""
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness

FAKE = pathlib.Path(os.environ.get("CMAKE_BINARY", harness.SOURCE / "build/release")) / "tests/warmsweep-fake-gpu"

SMALL = {"precision": "float32", "objective": {"kind": "quadratic", "dimension": 16, "spectrum": {"law": "geometric", "lmax": 1, "lmin": 0.01}},
         "start": {"kind": "sphere", "gap": 50},
         "schedule": {"peak": {"log": [1e-3, 4], "points": 9}, "warmup": {"kind": "linear", "steps": [0, 5, 100]}},
         "stop": {"steps": 600, "gap": [10, 0.1, 1e-3], "hold": 2, "run_on": 20}, "record": {"gap_at": [0, 1, 15, 16, 17, 333], "hash": True}}
NOISY = {"precision": "float32", "objective": {"kind": "quadratic", "dimension": 5}, "start": {"kind": "sphere", "gap": 50}, "method": {"kind": "sgd"},
         "noise": {"kind": "gaussian", "sigma": 0.1, "weights": [1, 2, 0, 0.5, 3], "common": False}, "replicates": 7, "seed": 9007199254740881,
         "schedule": {"peak": {"log": [1e-2, 1], "points": 6}}, "stop": {"steps": 200, "gap": [10, 1]}, "record": {"gap_at": [3], "hash": True}}
# problems that differ (K1) and kernels that differ (dimension); replicates, so that rows are left out between chunks
MIXED = {"objective": {"kind": "cosh", "K0": 1, "K1": [0.5, 1, 2], "dimension": [3, 9, 40]}, "start": {"kind": "sphere", "gap": 20}, "method": {"kind": "sgd"},
         "noise": {"kind": "gaussian", "sigma": 0.01}, "replicates": 5, "schedule": {"peak": [0.01, 0.3, 3]},
         "stop": {"steps": 100, "gap": [1]}, "record": {"hash": True}}
# every replicate has a start, and so a problem, of its own
OWN_STARTS = dict(MIXED, start={"kind": "sphere", "gap": 20, "per_replicate": True})
# few trajectories on a block, so that a small device has few in hand
WIDE = dict(SMALL, objective=dict(SMALL["objective"], dimension=256))
LONG = dict(WIDE, stop={"steps": 3000, "gap": [1e-9]}, schedule={"peak": {"log": [1e-3, 1e-2], "points": 200}}, record={"hash": True})


def fake(*arguments, expect=0, **more):
    """Runs the program with the fake GPU; gives its standard output and standard error."""
    done = subprocess.run([FAKE, *map(str, arguments)], env=harness.environment(**more), capture_output=True, text=True, timeout=300)
    if done.returncode != expect:
        raise AssertionError(f"{' '.join(map(str, arguments))}: exit {done.returncode}, expected {expect}\n{done.stdout}\n{done.stderr}")
    return done.stdout, done.stderr


def file_of(sweep):
    file = harness.SCRATCH / f"{abs(hash(json.dumps(sweep)))}.json"
    file.write_text(json.dumps(sweep))
    return file


def run(sweep, *arguments, directory=None, **more):
    directory = directory or harness.new_directory()
    fake("run", file_of(sweep), "-o", directory, "--quiet", "--no-report", "--engine", "cuda", *arguments, **more)
    return directory


def table(directory):
    target = directory.parent / (directory.name + ".csv")
    harness.program("export", directory, "--format", "csv", "-o", target)
    text = target.read_text()
    target.unlink()
    return text


def journal(directory, sql):
    base = sqlite3.connect(f"file:{directory / 'journal.sqlite'}?mode=ro", uri=True)
    try:
        return base.execute(sql).fetchall()
    finally:
        base.close()


class Launches:
    """What the fake devices were asked to run."""

    def __init__(self):
        self.file = harness.new_directory().with_suffix(".log")

    def rows(self):
        names = ("device", "count", "blocks", "batches", "resume")
        return [dict(zip(names, map(int, line.split()))) for line in self.file.read_text().splitlines()]


class Case(unittest.TestCase):
    maxDiff = 2000
    expected = {}

    @classmethod
    def setUpClass(cls):
        if not FAKE.exists() or not shutil.which("g++"):
            raise unittest.SkipTest("g++ is needed: the shim compiles kernels with it")

    def of_cpu(self, sweep):
        key = json.dumps(sweep)
        if key not in self.expected:
            self.expected[key] = table(harness.run(sweep, "--engine", "cpu"))
        return self.expected[key]

    def check(self, sweep, *arguments, **more):
        directory = run(sweep, *arguments, **more)
        self.assertEqual(table(directory), self.of_cpu(sweep))
        return directory


class SameOutcomes(Case):
    def test_default(self):
        directory = self.check(SMALL)
        self.assertEqual(journal(directory, "SELECT DISTINCT engine FROM chunk"), [("cuda",)])
        facts = dict(journal(directory, "SELECT key, value FROM run"))
        self.assertEqual((facts["engine"], facts["device"]), ("cuda", "Fake GPU"))
        self.assertIn("shim", facts["compiler"])

    def test_trace(self):
        trace = {"trace": {"at": [0, 1, 2, 15, 16, 40, 100]}, "hash": True}
        for sweep in (dict(NOISY, record=trace), dict(MIXED, record=trace)):
            directory = self.check(sweep, "--chunk-size", "11")
            fake("verify", directory)

    def test_noise(self):
        self.check(NOISY)
        self.check(NOISY, "--chunk-size", "3", FAKE_GPU_ORDER="1")

    def test_kernels_and_problems(self):
        self.check(MIXED)
        self.check(MIXED, "--chunk-size", "4", FAKE_GPU_COUNT="2")
        self.check(OWN_STARTS)
        self.check(OWN_STARTS, "--chunk-size", "4", FAKE_GPU_COUNT="2")

    def test_own_objective(self):
        """A header of the user's own is part of what the device's compiler gets, and of the key of the compiled kernel."""
        folder = harness.new_directory()
        folder.mkdir()
        text = (harness.SOURCE / "sweeps/own_objective.h").read_text()
        lines = (harness.SOURCE / "sweeps/own_objective.json").read_text().splitlines()
        sweep = json.loads("\n".join(line for line in lines if not line.startswith("//")))
        sweep["schedule"]["peak"] = [0.01, 0.1]
        sweep["record"] = {"hash": True}
        tables = []
        for number, header in enumerate((text, text.replace("k.width * k.width * s.q", "R(2.0f) * k.width * k.width * s.q"))):
            (folder / "own_objective.h").write_text(header)
            file = folder / f"own{number}.json"
            file.write_text(json.dumps(sweep))
            both = []
            for engine in ("cuda", "cpu"):
                directory = harness.new_directory()
                fake("run", file, "-o", directory, "--quiet", "--no-report", "--engine", engine, "--allow-source")
                both.append(table(directory))
            self.assertEqual(both[0], both[1])
            tables += both[:1]
        self.assertNotEqual(tables[0], tables[1])

    def test_devices(self):
        log = Launches()
        self.check(LONG, "--chunk-size", "1", FAKE_GPU_COUNT="3", FAKE_GPU_BLOCKS="1", FAKE_GPU_LOG=str(log.file), FAKE_GPU_SLOW="1000")
        self.assertEqual({row["device"] for row in log.rows()}, {0, 1, 2})
        log = Launches()
        self.check(SMALL, "--devices", "2,0", FAKE_GPU_COUNT="3", FAKE_GPU_LOG=str(log.file))
        self.assertLessEqual({row["device"] for row in log.rows()}, {0, 2})

    def test_segments(self):
        """A device that is slow: launches get short, trajectories go on from where they were."""
        log = Launches()
        self.check(SMALL, FAKE_GPU_SLOW="1e7", FAKE_GPU_BLOCKS="500", FAKE_GPU_LOG=str(log.file))
        rows = log.rows()
        self.assertGreater(sum(row["resume"] for row in rows), 3)
        self.assertEqual(min(row["batches"] for row in rows), 1)

    def test_shards(self):
        """Chunks that do not follow each other, cut inside of a cell's replicates."""
        parts = [run(NOISY, "--chunk-size", "4", "--shard", f"{i}/3") for i in range(3)]
        merged = harness.new_directory()
        harness.program("merge", *parts, "-o", merged)
        self.assertEqual(table(merged), self.of_cpu(NOISY))

    def test_compiled_once(self):
        cache = harness.new_directory()
        counts = []
        for _ in range(2):
            out, _ = fake("run", file_of(NOISY), "-o", harness.new_directory(), "--no-report", "--json", "--engine", "cuda", WARMSWEEP_CACHE=str(cache))
            counts.append((json.loads(out)["kernels_compiled"], json.loads(out)["kernels_cached"]))
        self.assertEqual(counts, [(2, 0), (0, 2)])
        (kernel,) = cache.glob("*.cubin")
        kernel.write_bytes(kernel.read_bytes()[:-1])
        out, _ = fake("run", file_of(NOISY), "-o", harness.new_directory(), "--no-report", "--json", "--engine", "cuda", WARMSWEEP_CACHE=str(cache))
        self.assertEqual((json.loads(out)["kernels_compiled"], json.loads(out)["kernels_cached"]), (1, 1))


class Memory(Case):
    def test_little(self):
        """Smaller and smaller devices: batches get smaller; the outcomes stay."""
        counts = []
        for memory in ("1e6", "60e3", "40e3"):
            log = Launches()
            self.check(WIDE, "--chunk-size", "5", FAKE_GPU_MEMORY=memory, FAKE_GPU_BLOCKS="40", FAKE_GPU_LOG=str(log.file))
            counts.append((max(row["count"] for row in log.rows()), max(row["blocks"] for row in log.rows())))
        self.assertEqual(counts[0][0], 27)
        self.assertLess(counts[1][1], counts[0][1])  # fewer slots first,
        self.assertLess(counts[2][0], counts[0][0])  # then fewer trajectories

    def test_slots_of_one_batch(self):
        """Where the slots of two batches do not fit, batches follow one another, and do not get smaller and smaller."""
        log = Launches()
        self.check(LONG, "--chunk-size", "1", FAKE_GPU_MEMORY="60e3", FAKE_GPU_BLOCKS="1", FAKE_GPU_SLOW="1000", FAKE_GPU_LOG=str(log.file))
        counts = [row["count"] for row in log.rows() if not row["resume"]]
        self.assertGreater(len(counts), 4)
        self.assertGreaterEqual(min(counts[:-1]), counts[0], counts)

    def test_many_problems(self):
        """Problems that do not all fit leave the device again."""
        many = dict(MIXED, objective={"kind": "cosh", "dimension": 200, "K0": {"linear": [1, 2], "points": 60}, "K1": 1}, replicates=1,
                    stop={"steps": 30, "gap": [1]})
        self.check(many, FAKE_GPU_MEMORY="200e3", FAKE_GPU_BLOCKS="2")

    def test_too_little(self):
        directory = harness.new_directory()
        _, message = fake("run", file_of(SMALL), "-o", directory, "--no-report", "--quiet", "--engine", "cuda", expect=1, FAKE_GPU_MEMORY="3000")
        for word in ("GPU 0", "Fake GPU", "one trajectory does not fit", "out of memory"):
            self.assertIn(word, message)
        fake("resume", directory, "--no-report", "--quiet")
        self.assertEqual(table(directory), self.of_cpu(SMALL))


class Failures(Case):
    def check_resumes(self, directory, sweep):
        for chunk, count in journal(directory, "SELECT id, count FROM chunk"):
            self.assertGreater(count, 0, chunk)
        harness.program("resume", directory, "--no-report", "--quiet", "--engine", "cpu")
        self.assertEqual(table(directory), self.of_cpu(sweep))

    def fails(self, sweep, words, **more):
        directory = harness.new_directory()
        _, message = fake("run", file_of(sweep), "-o", directory, "--no-report", "--quiet", "--engine", "cuda", "--chunk-size", "4", expect=1,
                          FAKE_GPU_BLOCKS="1", **more)
        for word in words:
            self.assertIn(word, message)
        self.check_resumes(directory, sweep)

    def test_fault(self):
        self.fails(SMALL, ["GPU 0 (Fake GPU)", "illegal memory access", "warmsweep resume"], FAKE_GPU_FAULT="1")
        self.fails(WIDE, ["illegal memory access"], FAKE_GPU_FAULT="2")

    def test_gone(self):
        self.fails(WIDE, ["fell off the bus"], FAKE_GPU_GONE="2")
        self.fails(MIXED, ["GPU 0", "fell off the bus"], FAKE_GPU_GONE="1")

    def test_a_row_without_outcome(self):
        self.fails(WIDE, ["row 0", "without an outcome"], FAKE_GPU_FORGETS="2")

    def test_what_was_finished_is_kept(self):
        directory = harness.new_directory()
        fake("run", file_of(LONG), "-o", directory, "--no-report", "--quiet", "--engine", "cuda", "--chunk-size", "1", expect=1, FAKE_GPU_BLOCKS="1",
             FAKE_GPU_FAULT="6", FAKE_GPU_SLOW="1000")
        self.assertGreater(journal(directory, "SELECT count(*) FROM chunk")[0][0], 0)
        self.check_resumes(directory, LONG)

    def test_a_device_that_breaks_the_contract(self):
        directory = harness.new_directory()
        _, message = fake("run", file_of(SMALL), "-o", directory, "--no-report", "--quiet", "--engine", "cuda", expect=1, FAKE_GPU_CHECK="4")
        self.assertIn("breaks the bit contract: denormal numbers are flushed", message)

    def test_kernel_text_that_does_not_compile(self):
        kernels = harness.new_directory()
        shutil.copytree(harness.SOURCE / "kernels", kernels)
        (kernels / "entry_cuda.cu").write_text("this is not C;\n")
        directory = harness.new_directory()
        _, message = fake("run", file_of(SMALL), "-o", directory, "--no-report", "--quiet", "--engine", "cuda", expect=1, WARMSWEEP_KERNELS=str(kernels))
        self.assertIn("entry_cuda.cu:1", message)
        self.assertFalse(directory.exists())


class Stopped(Case):
    def start(self, directory, *arguments, **more):
        return subprocess.Popen([FAKE, "run", file_of(LONG), "-o", directory, "--no-report", "--engine", "cuda", *arguments], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, env=harness.environment(FAKE_GPU_BLOCKS="1", FAKE_GPU_SLOW="1000", **more))

    def wait_for_chunk(self, process, directory):
        while process.poll() is None:
            try:
                if journal(directory, "SELECT count(*) FROM chunk")[0][0]:
                    return
            except sqlite3.Error:
                pass
            time.sleep(0.002)

    def test_stopped_and_resumed_on_the_other_engine(self):
        for engine in ("cuda", "cpu"):
            directory = harness.new_directory()
            process = self.start(directory, "--chunk-size", "2")
            self.wait_for_chunk(process, directory)
            process.send_signal(signal.SIGINT)
            _, message = process.communicate(timeout=120)
            self.assertEqual(process.returncode, 75, message)
            finished = journal(directory, "SELECT count(*) FROM chunk")[0][0]
            self.assertLess(finished, 100)
            fake("resume", directory, "--no-report", "--quiet", "--engine", engine)
            self.assertEqual(table(directory), self.of_cpu(LONG))
            engines = dict(journal(directory, "SELECT engine, count(*) FROM chunk GROUP BY engine"))
            self.assertEqual(engines.get("cpu", 0), 100 - finished if engine == "cpu" else 0)
            self.assertEqual(journal(directory, "SELECT value FROM run WHERE key = 'engine'")[0][0], "cuda; cpu" if engine == "cpu" else "cuda")

    def test_at_once(self):
        never = dict(LONG, stop={"steps": 40000000000, "gap": [1e-30]}, schedule={"peak": 1e-6})
        directory = harness.new_directory()
        process = subprocess.Popen([FAKE, "run", file_of(never), "-o", directory, "--no-report", "--engine", "cuda"], stderr=subprocess.PIPE, text=True,
                                   env=harness.environment(FAKE_GPU_SLOW="1000"))
        while process.poll() is None and not (directory / "journal.sqlite").exists():
            time.sleep(0.01)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        self.assertIsNone(process.poll())
        process.send_signal(signal.SIGINT)
        _, message = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 75, message)

    def test_a_kernel_that_never_ends(self):
        """Two interrupts end the program all the same."""
        directory = harness.new_directory()
        process = self.start(directory, "--chunk-size", "1", FAKE_GPU_HANGS="4", ASAN_OPTIONS="detect_leaks=0")
        self.wait_for_chunk(process, directory)
        for _ in range(2):
            time.sleep(0.2)
            process.send_signal(signal.SIGINT)
        _, message = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 75, message)
        self.assertIn("warmsweep resume", message)
        fake("resume", directory, "--no-report", "--quiet", "--engine", "cpu")
        self.assertEqual(table(directory), self.of_cpu(LONG))

    def test_time_limit(self):
        directory = harness.new_directory()
        process = self.start(directory, "--chunk-size", "1", "--time-limit", "0.02")
        _, message = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 75, message)
        fake("resume", directory, "--no-report", "--quiet", "--engine", "cuda")
        self.assertEqual(table(directory), self.of_cpu(LONG))


class Choice(Case):
    def engine_of(self, *arguments, **more):
        directory = harness.new_directory()
        _, message = fake("run", file_of(SMALL), "-o", directory, "--no-report", *arguments, **more)
        return journal(directory, "SELECT value FROM run WHERE key = 'engine'")[0][0], message

    def test_auto(self):
        engine, message = self.engine_of()
        self.assertEqual(engine, "cuda")
        self.assertIn("engine cuda on Fake GPU", message)
        engine, message = self.engine_of(FAKE_GPU_COUNT="0")
        self.assertEqual(engine, "cpu")
        self.assertIn("engine cpu", message)
        engine, message = self.engine_of(FAKE_GPU_COMPILER="none")
        self.assertEqual(engine, "cpu")
        self.assertIn("the GPU is not used: no NVRTC", message)
        engine, message = self.engine_of(FAKE_GPU_REFUSES="1")
        self.assertEqual(engine, "cpu")
        self.assertIn("the GPU is not used: GPU 0 (Fake GPU): all devices are busy", message)
        self.assertIn("2 x Fake GPU", self.engine_of(FAKE_GPU_COUNT="2")[1])

    def test_what_is_not_there(self):
        for arguments, environment, code, words in ((["--engine", "cuda"], {"FAKE_GPU_COUNT": "0"}, 2, ["no GPU", "auto, cpu"]),
                                                    (["--devices", "2"], {"FAKE_GPU_COUNT": "2"}, 2, ["--devices 2", "0 to 1"]),
                                                    (["--engine", "cuda"], {"FAKE_GPU_COMPILER": "none"}, 1, ["no NVRTC"]),
                                                    (["--engine", "cuda"], {"FAKE_GPU_REFUSES": "1"}, 1, ["GPU 0", "busy"])):
            directory = harness.new_directory()
            _, message = fake("run", file_of(SMALL), "-o", directory, *arguments, expect=code, **environment)
            for word in words:
                self.assertIn(word, message)
            self.assertFalse(directory.exists())

    def test_devices(self):
        out, _ = fake("devices", FAKE_GPU_COUNT="2")
        self.assertEqual(out.count("Fake GPU"), 2)
        self.assertIn("compute capability 9.0", out)
        self.assertIn("not used: no GPU", fake("devices", FAKE_GPU_COUNT="0")[0])
        self.assertIn("not used: no NVRTC", fake("devices", FAKE_GPU_COMPILER="none")[0])


class Verify(Case):
    def test_both_ways(self):
        for sweep in (SMALL, NOISY, MIXED):
            a, b = run(sweep), harness.run(sweep, "--engine", "cpu")
            for directory, engine in ((a, "cpu"), (b, "cuda")):
                out, _ = fake("verify", directory, "--engine", engine, "--samples", "40", "--json")
                result = json.loads(out)
                self.assertEqual((result["differing"], result["chunks_bad"]), (0, 0))
                self.assertGreaterEqual(result["sampled"], 27)
                self.assertIn("Fake GPU" if engine == "cuda" else "side by side", result["layout"])

    def test_a_lie(self):
        directory = harness.run(SMALL, "--engine", "cpu", "--chunk-size", "9")
        other = harness.run(dict(SMALL, seed=2, stop=dict(SMALL["stop"], steps=601)), "--engine", "cpu", "--chunk-size", "9")
        row = journal(other, "SELECT checksum, outcomes FROM chunk WHERE id = 1")[0]
        base = sqlite3.connect(directory / "journal.sqlite")
        base.execute("UPDATE chunk SET checksum = ?, outcomes = ? WHERE id = 1", row)
        base.commit()
        base.close()
        out, _ = fake("verify", directory, "--engine", "cuda", "--json", expect=1)
        self.assertGreater(json.loads(out)["differing"], 0)


if __name__ == "__main__":
    unittest.main()
