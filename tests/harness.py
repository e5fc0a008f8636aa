"""harness.py: what Python tests share: run a sweep with the program under test and read its outcomes.

Environment: WARMSWEEP is the program, WARMSWEEP_SOURCE the repository. Compiled kernels are cached in one directory for the whole
test process, so that a kernel is compiled once for many sweeps; in WARMSWEEP_TEST_CACHE where it is set (scripts/test), for many tests.
"""
import importlib.util
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ.get("WARMSWEEP_SOURCE", pathlib.Path(__file__).resolve().parents[1]))
PROGRAM = os.environ.get("WARMSWEEP", str(SOURCE / "build/release/warmsweep"))
QUICK = SOURCE / "tests/quick-cc"
STATUS = ["reached", "budget", "diverged", "nonfinite", "stalled"]
FLAG_UNDERFLOW, FLAG_UNSTABLE, FLAG_REBOUND = 1, 2, 4

_scratch = tempfile.TemporaryDirectory(prefix="warmsweep-test-")
SCRATCH = pathlib.Path(_scratch.name)
_count = 0


def installed(*names):
    """Decorator of a test that compares with libraries: skipped where one is missing. WARMSWEEP_ORACLES=1 (scripts/check oracles, which
    installs them) forbids to skip."""
    missing = [name for name in names if importlib.util.find_spec(name) is None]
    if missing and os.environ.get("WARMSWEEP_ORACLES"):
        raise ModuleNotFoundError(", ".join(missing))
    return unittest.skipIf(missing, f"not installed: {', '.join(missing)}")


def environment(**more):
    result = dict(os.environ, WARMSWEEP_CACHE=os.environ.get("WARMSWEEP_TEST_CACHE") or str(SCRATCH / "cache"), CUDA_VISIBLE_DEVICES="-1")
    result.update(more)
    return result


def program(*arguments, expect=0, **more):
    """Runs the program; returns its standard output. Any other exit code than `expect` fails with both streams."""
    done = subprocess.run([PROGRAM, *map(str, arguments)], env=environment(**more), capture_output=True, text=True, timeout=600)
    if done.returncode != expect:
        raise AssertionError(f"warmsweep {' '.join(map(str, arguments))}: exit {done.returncode}, expected {expect}\n"
                             f"{done.stdout}\n{done.stderr}")
    return done.stdout


def new_directory():
    global _count
    _count += 1
    return SCRATCH / f"run{_count}"


def run(sweep, *arguments, directory=None, **more):
    """Runs a sweep (a dict, or the text of a file) without pictures; returns the run directory."""
    directory = directory or new_directory()
    file = SCRATCH / f"{directory.name}.json"
    file.write_text(sweep if isinstance(sweep, str) else json.dumps(sweep))
    program("run", file, "-o", directory, "--quiet", "--no-report", *arguments, **more)
    return directory


def outcomes(directory):
    """Every trajectory's outcome: list of dicts with the columns of `warmsweep export --format csv`, numbers as numbers;
    hit_1, hit_2, ... are the hitting iterations of the ladder from the largest eps down."""
    import csv

    target = directory.parent / (directory.name + ".csv")
    program("export", directory, "--format", "csv", "-o", target)
    with open(target, newline="") as file:
        rows = list(csv.DictReader(file))
    target.unlink()
    for row in rows:
        for number, key in enumerate([key for key in row if key.startswith("hit_")], 1):
            row[f"hit_{number}"] = row.pop(key)  # in the order of the ladder, whatever the eps
        for key, value in row.items():
            if key == "hash":
                continue
            try:
                row[key] = int(value)
            except ValueError:
                try:
                    row[key] = float(value)
                except ValueError:
                    pass
    return rows
