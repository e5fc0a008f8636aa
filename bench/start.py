#!/usr/bin/env python3
"""start.py: how long from the command to the first trajectory, with a cold and with a warm cache of compiled kernels, and with a cold one on one thread, on
which the two parts of a kernel are compiled one after the other?

    bench/run start
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

SWEEPS = {
    "gd": {"objective": {"kind": "quadratic", "dimension": 64}, "method": {"kind": "gd"}},
    "sgd": {"objective": {"kind": "cosh", "dimension": 64}, "method": {"kind": "sgd"}, "noise": {"kind": "gaussian", "sigma": 0.1}},
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=os.environ.get("WARMSWEEP", "build/release/warmsweep"))
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--output")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        cache = folder / "cache"
        for kind, parts in SWEEPS.items():
            file = folder / "sweep.json"
            file.write_text(json.dumps({"precision": "float32", "start": {"kind": "sphere", "gap": 10}, "schedule": {"peak": 0.01},
                                        "stop": {"steps": 100, "gap": [1]}, **parts}))
            for warm, threads in ((False, 0), (True, 0), (False, 1)):
                times = []
                for _ in range(options.repeat):
                    if not warm:
                        shutil.rmtree(cache, ignore_errors=True)
                    done = subprocess.run([options.program, "run", file, "-o", folder / "run", "--force", "--no-report", "--quiet", "--json",
                                           *(["--threads", str(threads)] if threads else [])],
                                          env=dict(os.environ, WARMSWEEP_CACHE=str(cache)), capture_output=True, text=True, check=True)
                    times.append(json.loads(done.stdout)["start_seconds"])
                rows.append({"method": kind, "cache": "warm" if warm else "cold", "threads": threads or os.cpu_count(), "seconds": sorted(times)[len(times) // 2]})
                print(f"{kind:4} {rows[-1]['cache']}, threads {rows[-1]['threads']}: {rows[-1]['seconds'] * 1e3:7.1f} ms to the first trajectory (median of {options.repeat})")
    if options.output:
        pathlib.Path(options.output).write_text(json.dumps({"question": "start to first trajectory", "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
