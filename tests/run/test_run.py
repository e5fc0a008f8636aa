"""test_run.py: runs that are stopped, killed, damaged, starved or in each other's way lose nothing and say what happened."""
import hashlib
import json
import os
import pathlib
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import unittest
from random import Random

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness

# 400 trajectories of 100000 iterations each: none reaches its eps, so that a run takes about a second
LONG = {"objective": {"kind": "quadratic", "dimension": 8}, "start": {"kind": "sphere", "gap": 10},
        "schedule": {"peak": {"log": [1e-7, 1e-6], "points": 400}}, "stop": {"steps": 400000, "gap": [1e-3]}, "record": {"hash": True}}
SHORT = dict(LONG, stop={"steps": 500, "gap": [5, 1e-3]})


def file_of(sweep, name):
    file = harness.SCRATCH / name
    file.write_text(json.dumps(sweep))
    return file


def table(directory):
    target = directory.parent / (directory.name + ".csv")
    harness.program("export", directory, "--format", "csv", "-o", target)
    text = target.read_text()
    target.unlink()
    return text


def start(*arguments, **options):
    return subprocess.Popen([harness.PROGRAM, *map(str, arguments)], env=harness.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True, **options)


def wait_for_chunk(process, directory):
    """Until a chunk is in the journal."""
    journal = directory / "journal.sqlite"
    while process.poll() is None:
        try:
            base = sqlite3.connect(f"file:{journal}?mode=ro", uri=True)
            try:
                if base.execute("SELECT count(*) FROM chunk").fetchone()[0]:
                    return
            finally:
                base.close()
        except sqlite3.Error:
            pass
        time.sleep(0.002)


class Stopped(unittest.TestCase):
    def test_signals(self):
        whole = None
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number):
                directory = harness.new_directory()
                process = start("run", file_of(LONG, "long.json"), "-o", directory, "--no-report", "--chunk-size", "8", "--threads", "2")
                wait_for_chunk(process, directory)
                process.send_signal(number)
                _, message = process.communicate(timeout=120)
                self.assertEqual(process.returncode, 75, message)
                self.assertIn(f"warmsweep resume {directory}", message)
                status = json.loads(harness.program("status", directory, "--json"))
                self.assertFalse(status["complete"])
                self.assertGreater(status["finished"], 0)
                self.assertEqual(status["finished"] % 8, 0)
                done = harness.program("resume", directory, "--no-report", "--json")
                self.assertTrue(json.loads(done)["complete"])
                whole = whole or table(harness.run(LONG))
                self.assertEqual(table(directory), whole)

    def test_two_interrupts_stop_at_once(self):
        never = dict(LONG, stop={"steps": 60000000000, "gap": [1e-300]})
        directory = harness.new_directory()
        process = start("run", file_of(never, "never.json"), "-o", directory, "--no-report")
        while process.poll() is None and not (directory / "journal.sqlite").exists():
            time.sleep(0.01)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        _, message = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 75, message)
        self.assertEqual(json.loads(harness.program("status", directory, "--json"))["finished"], 0)

    def test_what_is_kept_is_what_is_told(self):
        """Stopped at once, the trajectories of the open chunks are lost, and not counted as kept."""
        directory = harness.new_directory()
        process = start("run", file_of(LONG, "told.json"), "-o", directory, "--no-report", "--json", "--chunk-size", "64", "--threads", "2")
        wait_for_chunk(process, directory)
        process.send_signal(signal.SIGINT)
        time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        told, message = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 75, message)
        told, status = json.loads(told), json.loads(harness.program("status", directory, "--json"))
        self.assertEqual((told["finished"], told["status"]), (status["finished"], status["status"]))
        self.assertIn(f"{status['finished']} of 400 trajectories are kept", message)

    def test_stopped_while_it_compiles(self):
        compiler = harness.SCRATCH / "slow-cc"
        compiler.write_text('#!/bin/sh\ncase "$1" in --version) exec cc --version;; esac\nexec sleep 100\n')
        compiler.chmod(0o755)
        directory, cache = harness.new_directory(), harness.new_directory()
        process = subprocess.Popen([harness.PROGRAM, "run", file_of(SHORT, "short.json"), "-o", directory], stderr=subprocess.PIPE, text=True,
                                   env=harness.environment(WARMSWEEP_CC=str(compiler), WARMSWEEP_CACHE=str(cache)))
        while process.poll() is None and not list(cache.glob("compile-*/kernel.c")):
            time.sleep(0.01)
        for _ in range(2):
            process.send_signal(signal.SIGINT)
            time.sleep(0.2)
        _, message = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 75, message)
        self.assertIn("nothing is kept", message)
        self.assertFalse(directory.exists())
        self.assertEqual(list(cache.iterdir()), [])

    def test_time_limit(self):
        directory = harness.new_directory()
        process = start("run", file_of(LONG, "limit.json"), "-o", directory, "--no-report", "--chunk-size", "4", "--threads", "1", "--time-limit", "0.05")
        _, message = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 75, message)
        self.assertLess(json.loads(harness.program("status", directory, "--json"))["finished"], 400)

    def test_resume_computes_only_what_is_missing(self):
        directory = harness.run(SHORT, "--chunk-size", "50")
        base = sqlite3.connect(directory / "journal.sqlite")
        before = dict(base.execute("SELECT id, finished || seconds FROM chunk"))
        base.execute("DELETE FROM chunk WHERE id = 3")
        base.commit()
        base.close()
        harness.program("resume", directory, "--no-report", "--quiet")
        base = sqlite3.connect(directory / "journal.sqlite")
        after = dict(base.execute("SELECT id, finished || seconds FROM chunk"))
        base.close()
        self.assertEqual({k: v for k, v in before.items() if k != 3}, {k: v for k, v in after.items() if k != 3})
        self.assertIn(3, after)

    def test_resume_of_a_complete_run(self):
        directory = harness.run(SHORT)
        before = table(directory)
        harness.program("resume", directory, "--no-report", "--quiet")
        self.assertEqual(table(directory), before)


class Directories(unittest.TestCase):
    def test_a_run_is_not_overwritten(self):
        directory = harness.run(SHORT)
        before = table(directory)
        process = start("run", file_of(LONG, "other.json"), "-o", directory, "--no-report")
        _, message = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 2)
        for word in ("resume", "--force", str(directory)):
            self.assertIn(word, message)
        self.assertEqual(table(directory), before)

    def test_force_keeps_other_files(self):
        directory = harness.run(SHORT)
        (directory / "notes.txt").write_text("mine")
        harness.run(dict(SHORT, seed=2), "--force", directory=directory)
        self.assertEqual((directory / "notes.txt").read_text(), "mine")

    def test_two_at_once(self):
        directory = harness.new_directory()
        never = dict(LONG, stop={"steps": 60000000000, "gap": [1e-300]})
        first = start("run", file_of(never, "first.json"), "-o", directory, "--no-report", "--quiet")
        try:
            while first.poll() is None and not (directory / "journal.sqlite").exists():
                time.sleep(0.01)
            time.sleep(0.5)
            second = start("resume", directory, "--no-report", "--quiet")
            _, message = second.communicate(timeout=60)
            self.assertEqual(second.returncode, 1, message)
            self.assertIn("in use", message)
        finally:
            first.kill()
            first.communicate()

    def test_where_nothing_can_be_written(self):
        file = harness.SCRATCH / "a-file"
        file.write_text("")
        for directory in (file, file / "run", pathlib.Path("/proc/nowhere/run")):
            with self.subTest(directory):
                process = start("run", file_of(SHORT, "short.json"), "-o", directory, "--no-report")
                _, message = process.communicate(timeout=60)
                self.assertIn(process.returncode, (1, 2))
                self.assertIn(str(directory), message)

    def test_full_disk(self):
        """A limit on the size of files stands for a full disk: what was finished stays, and the run goes on from there."""
        directory = harness.new_directory()
        harness.run(SHORT)  # fills the cache of kernels
        many = dict(SHORT, schedule={"peak": {"log": [1e-7, 1e-6], "points": 20000}})

        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (300000, 300000))

        process = start("run", file_of(many, "many.json"), "-o", directory, "--no-report", "--quiet", "--chunk-size", "100", preexec_fn=limit)
        _, message = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 1, message)
        self.assertIn("journal.sqlite", message)
        status = json.loads(harness.program("status", directory, "--json"))
        self.assertGreater(status["finished"], 0)
        self.assertLess(status["finished"], 20000)
        harness.program("resume", directory, "--no-report", "--quiet")
        self.assertEqual(table(directory), table(harness.run(many)))


class Memory(unittest.TestCase):
    def peak_and_journal(self, peaks):
        """Bytes that a run of short trajectories with 64 eps needed, and wrote."""
        eps = [1e-20] + [10.0 * 1.3**k for k in range(-31, 32)]
        sweep = {"precision": "float32", "objective": {"kind": "quadratic", "dimension": 4}, "start": {"kind": "sphere", "gap": 100},
                 "schedule": {"peak": {"log": [1e-3, 1e-2], "points": peaks}}, "stop": {"steps": 50, "gap": eps}}
        directory = harness.new_directory()
        environment = harness.environment(ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=4")
        running = subprocess.Popen([harness.PROGRAM, "run", file_of(sweep, "many_eps.json"), "-o", directory, "--no-report", "--quiet"],
                                   env=environment, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(running.returncode, 0)
        written = (directory / "journal.sqlite").stat().st_size
        shutil.rmtree(directory)
        return usage.ru_maxrss * 1024, written

    def test_workers_wait_for_the_journal(self):
        """They compute faster than it writes; what is in flight stays small all the same."""
        few, many = self.peak_and_journal(40000), self.peak_and_journal(400000)
        self.assertGreater(many[1], 50e6)  # in memory they are four times as large
        self.assertLess(many[0], 2 * few[0])


class Log(unittest.TestCase):
    """A journal so long that its log is moved to the file while the run goes on (src/run/journal_log.c)."""

    SWEEP = {"precision": "float64", "objective": {"kind": "quadratic", "dimension": 1}, "start": {"kind": "sphere", "gap": 1e4},
             "schedule": {"peak": {"log": [0.04, 0.06], "points": 1000}}, "stop": {"steps": list(range(20, 620)), "gap": [5000, 500]},
             "record": {"gap_at": list(range(16))}}

    def kept(self, directory):
        """A digest of all chunks."""
        digest, base = hashlib.sha256(), sqlite3.connect(f"file:{directory}/journal.sqlite?mode=ro", uri=True)
        self.assertEqual(base.execute("PRAGMA integrity_check").fetchone()[0], "ok")
        for row in base.execute("SELECT id, first, count, outcomes FROM chunk ORDER BY id"):
            digest.update(repr(row[:3]).encode() + row[3])
        base.close()
        return digest.hexdigest()

    def begin(self):
        """A run and its directory, once some of the log is in the file and before the last chunk is in the log: at the end all of it is moved. On a machine that
        is too busy to see that in time, not the first one."""
        for _ in range(5):
            directory = harness.new_directory()
            process = start("run", file_of(self.SWEEP, "long_log.json"), "-o", directory, "--no-report", "--quiet")
            journal = directory / "journal.sqlite"
            while process.poll() is None:
                if journal.exists() and journal.stat().st_size > 1e7:
                    base = sqlite3.connect(f"file:{journal}?mode=ro", uri=True)
                    kept = base.execute("SELECT sum(count) FROM chunk").fetchone()[0]
                    base.close()
                    if kept < 600000:
                        return process, directory
                    break
                time.sleep(0.002)
            self.end(process)
        self.fail("the log was never moved before the end")

    def end(self, process):
        _, message = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0, message)

    def test_moved_while_it_runs(self):
        alone = harness.run(self.SWEEP)
        self.assertEqual([path.name for path in alone.glob("journal*")], ["journal.sqlite"])
        self.assertGreater((alone / "journal.sqlite").stat().st_size, 8e7)
        wanted = self.kept(alone)
        shutil.rmtree(alone)

        process, directory = self.begin()  # with a reader the log cannot begin anew
        reader = sqlite3.connect(f"file:{directory}/journal.sqlite?mode=ro", uri=True, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM chunk").fetchone()
        self.end(process)
        reader.close()
        self.assertEqual(self.kept(directory), wanted)
        shutil.rmtree(directory)

        process, directory = self.begin()
        process.kill()
        process.communicate(timeout=120)
        harness.program("resume", directory, "--no-report", "--quiet")
        self.assertEqual(self.kept(directory), wanted)
        shutil.rmtree(directory)


class Damage(unittest.TestCase):
    def damaged(self, change):
        directory = harness.run(SHORT, "--chunk-size", "50")
        base = sqlite3.connect(directory / "journal.sqlite")
        change(base)
        base.commit()
        base.close()
        return directory

    def check_found_and_mended(self, change):
        directory = self.damaged(change)
        done = subprocess.run([harness.PROGRAM, "verify", directory], env=harness.environment(), capture_output=True, text=True)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("damaged", done.stdout)
        for command in (["export", directory, "-o", harness.SCRATCH / "x.csv"], ["status", directory]):
            done = subprocess.run([harness.PROGRAM, *map(str, command)], env=harness.environment(), capture_output=True, text=True)
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertIn("chunk 2", done.stderr)
        self.assertFalse((harness.SCRATCH / "x.csv").exists())
        harness.program("resume", directory, "--no-report", "--quiet")
        self.assertEqual(table(directory), table(harness.run(SHORT)))

    def test_flipped_bit(self):
        def flip(base):
            blob = bytearray(base.execute("SELECT outcomes FROM chunk WHERE id = 2").fetchone()[0])
            blob[len(blob) // 2] ^= 1
            base.execute("UPDATE chunk SET outcomes = ? WHERE id = 2", (bytes(blob),))
        self.check_found_and_mended(flip)

    def test_truncated_blob(self):
        self.check_found_and_mended(lambda base: base.execute("UPDATE chunk SET outcomes = substr(outcomes, 1, 100) WHERE id = 2"))

    def test_a_chunk_of_another_place(self):
        directory = self.damaged(lambda base: base.execute("UPDATE chunk SET first = 0, count = 49 WHERE id = 2"))
        harness.program("resume", directory, "--no-report", "--quiet")
        self.assertEqual(table(directory), table(harness.run(SHORT)))

    def test_a_lie_with_a_right_checksum(self):
        """Outcomes that are whole but wrong: only computing them again tells."""
        other = harness.run(dict(SHORT, stop={"steps": 501, "gap": [5, 1e-3]}), "--chunk-size", "50")
        source = sqlite3.connect(other / "journal.sqlite")
        row = source.execute("SELECT checksum, outcomes FROM chunk WHERE id = 2").fetchone()
        source.close()
        directory = self.damaged(lambda base: base.execute("UPDATE chunk SET checksum = ?, outcomes = ? WHERE id = 2", row))
        done = subprocess.run([harness.PROGRAM, "verify", directory, "--json"], env=harness.environment(), capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        result = json.loads(done.stdout)
        self.assertEqual((result["chunks_bad"], result["differing"], result["first_differing"]), (0, 50, 100))

    def test_truncated_journal(self):
        directory = harness.run(SHORT, "--chunk-size", "50")
        journal = directory / "journal.sqlite"
        whole = journal.stat().st_size
        for size in (0, 100, 5000, *range(whole - 8000, whole, 500)):
            copy = harness.new_directory()
            shutil.copytree(directory, copy)
            with open(copy / "journal.sqlite", "r+b") as file:
                file.truncate(size)
            for command in ("status", "verify", "resume"):
                more = ["--no-report"] if command == "resume" else []
                done = subprocess.run([harness.PROGRAM, command, copy, *more], env=harness.environment(), capture_output=True, text=True, timeout=60)
                if command == "resume" and done.returncode == 0:  # SQLite could still find its way: the chunks that went are back
                    self.assertIn("computed again", done.stderr)
                    self.assertEqual(table(copy), table(directory))
                    continue
                self.assertIn(done.returncode, (1, 2), (size, command, done.stdout, done.stderr))
                self.assertTrue("journal.sqlite" in done.stderr or "damaged" in done.stdout, done.stderr)

    def test_random_damage(self):
        """Bits, bytes and pages that are wrong, empty or another's: a resumed run has every outcome, or says that it cannot."""
        directory = harness.run(SHORT, "--chunk-size", "50")
        whole, wanted, mended = (directory / "journal.sqlite").read_bytes(), table(directory), 0
        for seed in [48, 503, *range(40)]:  # of the first two a row was seen by who read all, and another by who asked for it
            random, damaged = Random(seed), bytearray(whole)
            for _ in range(random.choice([1, 1, 2, 5])):
                at, kind, size = random.randrange(len(whole)), random.randrange(4), random.choice([16, 512, 4096])
                block, source = at - at % size, random.randrange(0, len(whole), size)
                if kind == 0: damaged[at] ^= 1 << random.randrange(8)
                elif kind == 1: damaged[block:block + size] = bytes(size)
                elif kind == 2: damaged[block:block + size] = damaged[source:source + size]
                else: damaged[at:at + 8] = random.randbytes(min(8, len(whole) - at))
            copy = harness.new_directory()
            shutil.copytree(directory, copy)
            (copy / "journal.sqlite").write_bytes(damaged)
            with self.subTest(seed=seed):
                done = subprocess.run([harness.PROGRAM, "resume", copy, "--no-report"], env=harness.environment(), capture_output=True, text=True, timeout=60)
                self.assertIn(done.returncode, (0, 1, 2), done.stderr)
                if done.returncode: self.assertIn("journal.sqlite", done.stderr)
                else:
                    mended += 1
                    self.assertEqual(table(copy), wanted)
            shutil.rmtree(copy)
        self.assertGreater(mended, 10)

    def test_changed_sweep(self):
        directory = harness.run(SHORT)
        text = (directory / "sweep.json").read_text()
        (directory / "sweep.json").write_text(text.replace('"steps": 500', '"steps": 600'))
        done = subprocess.run([harness.PROGRAM, "status", directory], capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("another sweep", done.stderr)
        (directory / "sweep.json").write_text("// a comment changes nothing\n" + text)
        harness.program("status", directory)


class Cache(unittest.TestCase):
    def setUp(self):
        self.cache = harness.new_directory()

    def run_once(self, **more):
        directory = harness.new_directory()
        done = harness.program("run", file_of(SHORT, "cached.json"), "-o", directory, "--no-report", "--json", WARMSWEEP_CACHE=str(self.cache), **more)
        return json.loads(done)

    def test_compiled_once(self):
        self.assertEqual((self.run_once()["kernels_compiled"], self.run_once()["kernels_cached"]), (1, 1))
        self.assertEqual(self.cache.stat().st_mode & 0o777, 0o700)

    def test_damaged_kernels_are_compiled_again(self):
        self.run_once()
        (kernel,) = self.cache.glob("*.so")
        whole = kernel.read_bytes()
        for damage in (whole[:100], b"", whole[:-1], bytes([whole[0] ^ 1]) + whole[1:], whole[:2000] + bytes([whole[2000] ^ 16]) + whole[2001:]):
            kernel.write_bytes(damage)
            self.assertEqual(self.run_once()["kernels_compiled"], 1)
            self.assertEqual([file for file in self.cache.iterdir() if file.suffix != ".version"], [kernel])

    def test_what_the_compiler_says_is_kept(self):
        self.run_once()
        kept = list(self.cache.glob("*.version"))
        if not kept:
            self.skipTest("the compiler is a script or a wrapper")
        whole = kept[0].read_bytes()
        for damage in (whole[:20], b"", whole[:-1], whole[:-1] + bytes([whole[-1] ^ 1])):
            kept[0].write_bytes(damage)
            self.assertEqual(self.run_once()["kernels_cached"], 1)
            self.assertEqual(kept[0].read_bytes(), whole)
        copy = self.cache.parent / (self.cache.name + "-gcc")
        shutil.copy(shutil.which("cc") or shutil.which("gcc") or shutil.which("clang"), copy)
        for count in (2, 3):  # another file, then a changed one; whether it can compile is not asked
            os.utime(copy, (count, count))
            subprocess.run([harness.PROGRAM, "run", file_of(SHORT, "copied.json"), "-o", harness.new_directory(), "--no-report"],
                           env=harness.environment(WARMSWEEP_CACHE=str(self.cache), WARMSWEEP_CC=str(copy)), capture_output=True, timeout=60)
            self.assertEqual(len(list(self.cache.glob("*.version"))), count)

    def test_a_cache_that_others_may_write_is_not_used(self):
        self.cache.mkdir()
        self.cache.chmod(0o777)
        result = self.run_once()
        self.assertEqual(result["kernels_compiled"], 1)
        self.assertIn("written by others", result["warning"])
        self.assertEqual(list(self.cache.iterdir()), [])

    def test_a_cache_that_cannot_be(self):
        self.cache.write_text("a file")
        self.assertIn(str(self.cache), self.run_once()["warning"])


class Compiler(unittest.TestCase):
    def fails(self, *words, **environment):
        directory = harness.new_directory()
        done = subprocess.run([harness.PROGRAM, "run", file_of(SHORT, "nocc.json"), "-o", directory, "--no-report"],
                              env=harness.environment(**environment), capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 1, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertFalse(directory.exists())

    def test_none(self):
        self.fails("gcc", "clang", PATH="/nonexistent")

    def test_a_wrong_one(self):
        self.fails("/nonexistent/cc", WARMSWEEP_CC="/nonexistent/cc")
        self.fails("false", WARMSWEEP_CC="false")

    def test_one_that_breaks_the_contract(self):
        """A compiler that contracts or flushes is found out by the self check."""
        wrapper = harness.SCRATCH / "fast-cc"
        wrapper.write_text('#!/bin/sh\ncase "$1" in --version) exec cc --version;; esac\nexec cc "$@" -ffast-math\n')
        wrapper.chmod(0o755)
        self.fails("bit contract", WARMSWEEP_CC=str(wrapper), WARMSWEEP_CACHE="")

    def test_its_own_words(self):
        kernels = harness.new_directory()
        shutil.copytree(harness.SOURCE / "kernels", kernels)
        (kernels / "objective" / "quadratic.h").write_text("this is not C;\n")
        self.fails("quadratic.h:1", "error", WARMSWEEP_KERNELS=str(kernels), WARMSWEEP_CACHE="")


class Shards(unittest.TestCase):
    def test_disagreement_and_strangers(self):
        a = harness.run(SHORT, "--chunk-size", "50", "--shard", "0/2")
        b = harness.run(SHORT, "--chunk-size", "50", "--shard", "1/2")
        stranger = harness.run(dict(SHORT, seed=5), "--chunk-size", "50", "--shard", "1/2")
        other_cut = harness.run(SHORT, "--chunk-size", "60", "--shard", "1/2")
        for shards, word in (([a, stranger], "different sweeps"), ([a, other_cut], "different sizes"), ([a, harness.SCRATCH / "none"], "none")):
            output = harness.new_directory()
            done = subprocess.run([harness.PROGRAM, "merge", *map(str, shards), "-o", output], capture_output=True, text=True)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(word, done.stderr)
            self.assertFalse((output / "journal.sqlite").exists())
        output = harness.new_directory()
        harness.program("merge", a, b, a, "-o", output)
        self.assertEqual(table(output), table(harness.run(SHORT)))
        half = harness.new_directory()
        harness.program("merge", a, "-o", half)
        self.assertFalse(json.loads(harness.program("status", half, "--json"))["complete"])
        harness.program("resume", half, "--no-report", "--quiet")
        self.assertEqual(table(half), table(output))


class Replay(unittest.TestCase):
    def test_every_kind_of_cell(self):
        sweep = {"precision": "float32", "objective": {"kind": "cosh", "dimension": [3, 9], "K0": 1, "K1": 1}, "start": {"kind": "sphere", "gap": 20},
                 "method": {"kind": "sgd"}, "noise": {"kind": "gaussian", "sigma": 0.01}, "replicates": 3,
                 "schedule": {"peak": [0.01, 0.3, 3], "warmup": {"steps": [0, 20]}}, "stop": {"steps": 300, "gap": [1, 0.1], "run_on": 5},
                 "record": {"gap_at": [7, 100], "hash": True}}
        directory = harness.run(sweep)
        rows = harness.outcomes(directory)
        for row in rows[::5]:
            cell = ",".join(f"{axis}={row[axis]!r}" for axis in ("objective.dimension", "schedule.peak", "schedule.warmup.steps"))
            done = subprocess.run([harness.PROGRAM, "replay", directory, "--cell", cell, "--replicate", str(row["replicate"])],
                                  env=harness.environment(), capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("the same as the stored outcome", done.stderr)
            curve = [line.split(",") for line in done.stdout.splitlines()[1:]]
            self.assertEqual(len(curve), row["end"] + 1)
            gaps = [float(gap) for _, gap, _ in curve]
            if row["end"] > 7:
                self.assertEqual(gaps[7], row["gap_at_7"])
            self.assertTrue(gaps[-1] == row["final_gap"] or gaps[-1] != gaps[-1])
            if row["hit_1"] >= 0:
                self.assertLessEqual(gaps[row["hit_1"]], 1)
                self.assertGreater(min(gaps[:row["hit_1"]]), 1)
            for t, (_, _, eta) in enumerate(curve[:-1]):
                want = row["schedule.peak"] * min(1, (t + 1) / row["schedule.warmup.steps"]) if row["schedule.warmup.steps"] else row["schedule.peak"]
                self.assertAlmostEqual(float(eta) / want, 1, places=6)

    def test_wrong_cells(self):
        directory = harness.run(SHORT)
        for cell, words in (("schedule.peak=7", ["nearest"]), ("schedule.peek=1e-7", ["schedule.peak"]), ("", ["schedule.peak"]),
                            ("schedule.peak=abc", ["number"]), ("schedule.peak=1e-7,schedule.peak=1e-7", ["twice"])):
            done = subprocess.run([harness.PROGRAM, "replay", directory, "--cell", cell], capture_output=True, text=True)
            self.assertEqual(done.returncode, 2, done.stderr)
            for word in words:
                self.assertIn(word, done.stderr)


if __name__ == "__main__":
    unittest.main()
