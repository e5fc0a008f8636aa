"""test_directory.py: whose a directory is: a run overwrites nothing that is somebody else's, holds its own against other processes, survives
kill -9 at any instant, and can be looked at where nothing can be written."""
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness

SHORT = {"objective": {"kind": "quadratic", "dimension": 8}, "start": {"kind": "sphere", "gap": 10},
         "schedule": {"peak": {"log": [1e-7, 1e-6], "points": 400}}, "stop": {"steps": 500, "gap": [5, 1e-3]}, "record": {"hash": True}}
MANY = dict(SHORT, schedule={"peak": {"log": [1e-7, 1e-6], "points": 4000}}, stop={"steps": 20000, "gap": [1e-3]})
NEVER = dict(SHORT, stop={"steps": 60000000000, "gap": [1e-300]})


def file_of(sweep, name):
    file = harness.SCRATCH / name
    file.write_text(json.dumps(sweep))
    return file


def call(*arguments, **options):
    environment = options.pop("environment", {})
    return subprocess.run([harness.PROGRAM, *map(str, arguments)], env=harness.environment(**environment), capture_output=True, text=True,
                          timeout=120, **options)


def table(directory):
    target = harness.SCRATCH / "table.csv"
    harness.program("export", directory, "-o", target)
    return target.read_text()


class Foreign(unittest.TestCase):
    def directory_with(self, *names):
        directory = harness.new_directory()
        for name in names:
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            (directory / name).write_text("mine")
        return directory

    def test_files_of_somebody(self):
        for name in ("sweep.json", "cells.csv", "outcomes.nc", "report/thesis.tex"):
            with self.subTest(name):
                directory = self.directory_with(name)
                done = call("run", file_of(SHORT, "short.json"), "-o", directory)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn(name.split("/")[0], done.stderr)
                self.assertIn(str(directory), done.stderr)
                self.assertEqual([p.read_text() for p in directory.rglob("*") if p.is_file()], ["mine"])

    def test_force_takes_only_what_runs_are_made_of(self):
        directory = self.directory_with("notes.txt", "report/thesis.tex", "report/phase-1-eps-9.png", "cells.csv")
        self.assertEqual(call("run", file_of(SHORT, "short.json"), "-o", directory, "--force").returncode, 0)
        self.assertEqual((directory / "report/thesis.tex").read_text(), "mine")
        self.assertEqual((directory / "notes.txt").read_text(), "mine")
        self.assertFalse((directory / "report/phase-1-eps-9.png").exists())
        self.assertNotEqual((directory / "cells.csv").read_text(), "mine")
        self.assertEqual(call("report", directory).returncode, 0)
        self.assertEqual((directory / "report/thesis.tex").read_text(), "mine")

    def test_the_sweep_lies_in_its_own_run_directory(self):
        directory = harness.new_directory()
        directory.mkdir()
        text = json.dumps(SHORT) + " // the only copy"
        (directory / "sweep.json").write_text(text)

        def no_disk():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

        harness.run(SHORT)  # fills the cache of kernels
        for more in ([], ["--force"]):
            done = call("run", directory / "sweep.json", "-o", directory, "--no-report", *more, preexec_fn=no_disk)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("journal.sqlite", done.stderr)
            self.assertEqual([(p.name, p.read_text()) for p in directory.iterdir()], [("sweep.json", text)])
        self.assertEqual(call("run", directory / "sweep.json", "-o", directory, "--no-report").returncode, 0)
        self.assertEqual(table(directory), table(harness.run(SHORT)))

    def test_a_start_that_fails_leaves_nothing(self):
        harness.run(SHORT)
        directory = harness.new_directory()

        def little_disk():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

        done = call("run", file_of(SHORT, "short.json"), "-o", directory, preexec_fn=little_disk)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(str(directory / "journal.sqlite"), done.stderr)
        self.assertFalse(directory.exists())


class Locked(unittest.TestCase):
    def test_force_does_not_take_a_running_run(self):
        directory = harness.new_directory()
        first = subprocess.Popen([harness.PROGRAM, "run", file_of(NEVER, "never.json"), "-o", directory, "--no-report", "--quiet"], env=harness.environment(),
                                 stderr=subprocess.PIPE, text=True)
        try:
            while first.poll() is None and call("status", directory).returncode:
                time.sleep(0.05)
            before = sorted(path.name for path in directory.iterdir())
            for command in (["run", file_of(SHORT, "short.json"), "-o", directory, "--force"], ["merge", harness.run(SHORT), "-o", directory, "--force"]):
                done = call(*command)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn("in use", done.stderr)
            self.assertEqual(sorted(path.name for path in directory.iterdir()), before)
            self.assertEqual(json.loads(harness.program("status", directory, "--json"))["trajectories"], 400)
        finally:
            first.kill()
            first.communicate()


class Merge(unittest.TestCase):
    def test_onto_itself_by_another_name(self):
        a = harness.run(SHORT, "--chunk-size", "50", "--shard", "0/2")
        b = harness.run(SHORT, "--chunk-size", "50", "--shard", "1/2")
        before = table(a)
        link = harness.SCRATCH / "link"
        link.symlink_to(a)
        for name in (str(a) + "/", str(a.parent / "." / "x" / ".." / a.name).replace("x/../", "./"), str(link)):
            done = call("merge", a, b, "-o", name, "--force")
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("both read and written", done.stderr)
        self.assertEqual(table(a), before)

    def test_a_merge_that_fails_leaves_what_was_there(self):
        a = harness.run(SHORT, "--chunk-size", "50", "--shard", "0/2")
        b = harness.run(SHORT, "--chunk-size", "50", "--shard", "1/2")
        base = sqlite3.connect(b / "journal.sqlite")
        base.execute("UPDATE chunk SET outcomes = substr(outcomes, 1, 100) WHERE id = 3")
        base.commit()
        base.close()
        output = harness.run(dict(SHORT, seed=7))
        before, names = table(output), sorted(p.name for p in output.iterdir())
        done = call("merge", a, b, "-o", output, "--force")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("chunk 3 is damaged", done.stderr)
        self.assertEqual(table(output), before)
        self.assertEqual(sorted(p.name for p in output.iterdir()), names)
        fresh = harness.new_directory()
        self.assertEqual(call("merge", a, b, "-o", fresh).returncode, 1)
        self.assertFalse(fresh.exists())


class Killed(unittest.TestCase):
    def test_at_random_instants(self):
        """kill -9 again and again, from the first milliseconds on; what comes out in the end is what an undisturbed run gives."""
        random.seed(11)
        file = file_of(MANY, "many.json")
        whole = table(harness.run(MANY))
        directory = harness.new_directory()
        kills = 0
        while True:
            there = (directory / "journal.sqlite").exists() and call("status", directory).returncode == 0
            command = ["resume", directory] if there else ["run", file, "-o", directory]
            process = subprocess.Popen([harness.PROGRAM, *map(str, command), "--no-report", "--quiet", "--chunk-size", "40"][:None if not there else -2],
                                       env=harness.environment(), stderr=subprocess.PIPE, text=True)
            try:
                _, message = process.communicate(timeout=random.uniform(0.001, 0.12) if kills < 15 else 100)
                self.assertEqual(process.returncode, 0, message)
                break
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                kills += 1
        self.assertGreater(kills, 3)
        self.assertEqual(table(directory), whole)
        self.assertEqual(call("verify", directory).returncode, 0)

    def test_before_the_run_began(self):
        """A journal without its first transaction is no run: nothing has to be forced."""
        for content in (b"", None):
            directory = harness.new_directory()
            directory.mkdir()
            (directory / "sweep.json").write_text(json.dumps(SHORT))
            journal = directory / "journal.sqlite"
            if content is None:
                base = sqlite3.connect(journal)
                base.execute("PRAGMA journal_mode=WAL")
                base.close()
            else:
                journal.write_bytes(content)
            done = call("resume", directory)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("before it began", done.stderr)
            done = call("run", file_of(SHORT, "short.json"), "-o", directory, "--no-report")
            self.assertEqual(done.returncode, 0, done.stderr)
        (directory / "journal.sqlite").write_bytes(b"this is no database, but it may be dear to somebody" * 100)
        done = call("run", file_of(SHORT, "short.json"), "-o", directory, "--no-report")
        self.assertEqual(done.returncode, 2, done.stderr)
        done = call("status", directory)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("not a database", done.stderr)


def as_nobody():
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)


class ReadOnly(unittest.TestCase):
    """As somebody who may read and not write."""

    def setUp(self):
        harness.SCRATCH.chmod(0o755)
        self.options = {"environment": {"WARMSWEEP_CACHE": ""}}
        if os.geteuid() == 0:
            self.options["preexec_fn"] = as_nobody
        try:
            call("--version", **self.options)
        except (PermissionError, subprocess.SubprocessError):
            self.skipTest("the program cannot be started by another user here")
        self.directory = harness.run(SHORT, "--chunk-size", "50")

    def tearDown(self):
        for path in [self.directory, *self.directory.rglob("*")]:
            path.chmod(0o755)

    def protect(self):
        for path in [*self.directory.rglob("*"), self.directory]:
            path.chmod(0o555 if path.is_dir() else 0o444)

    def test_what_reads(self):
        self.protect()
        for command in (["status"], ["verify"], ["replay", "--cell", "schedule.peak=1e-7"], ["export", "-o", "/dev/null/x"]):
            done = call(command[0], self.directory, *command[1:], **self.options)
            self.assertEqual(done.returncode, 1 if command[0] == "export" else 0, (command, done.stdout, done.stderr))

    def test_a_log_of_a_killed_run_stays_readable(self):
        base = sqlite3.connect(self.directory / "journal.sqlite")
        base.execute("PRAGMA journal_mode=WAL")
        base.close()
        self.protect()
        self.assertEqual(call("status", self.directory, **self.options).returncode, 0)

    def test_what_writes(self):
        before = shutil.copytree(self.directory, harness.new_directory())
        self.protect()
        for command in (["resume", self.directory], ["report", self.directory], ["export", self.directory], ["run", file_of(SHORT, "short.json"), "-o", self.directory / "x"],
                        ["run", file_of(SHORT, "short.json"), "-o", self.directory, "--force"], ["merge", before, "-o", self.directory, "--force"]):
            done = call(*command, **self.options)
            self.assertEqual(done.returncode, 1, (command, done.stdout, done.stderr))
            self.assertIn(str(self.directory), done.stderr)
        self.assertEqual(table(self.directory), table(before))


class OtherFormat(unittest.TestCase):
    def test_a_journal_of_another_version(self):
        """It is refused, with what was found and what is read, and left as it is."""
        directory = harness.run(SHORT, "--chunk-size", "50")
        with sqlite3.connect(directory / "journal.sqlite") as base:
            base.execute("UPDATE run SET value = '1' WHERE key = 'format'")
        base.close()
        before = (directory / "journal.sqlite").read_bytes()
        for command in (["resume", directory], ["verify", directory], ["report", directory], ["export", directory, "-o", harness.SCRATCH / "other.csv"],
                        ["merge", directory, "-o", harness.new_directory()]):
            done = call(*command)
            self.assertIn(done.returncode, (1, 2), (command, done.stdout, done.stderr))
            self.assertRegex(done.stderr, 'the journal.s format is "1"; this program reads "[2-9]"', command)
            self.assertIn("journal.sqlite", done.stderr, command)
        self.assertEqual((directory / "journal.sqlite").read_bytes(), before)


if __name__ == "__main__":
    unittest.main()
