#!/usr/bin/env python3
"""batch.py: how near to its limit is a batch of 16 iterations, the kernel alone, when nothing else uses the core?

    gd, coupled   limit: a third of the fma rate
    sums          the same; gd that makes the sums of every iteration (WS_CONTRACTS, kernels/layout_cpu.h)
    cosh, near    limit: one sinh and cosh for each update; from x = 1 and from x = 0.3, near the minimum (kernels/objective/cosh.h)
    exp           the same as cosh; limit: one exponential and one division for each update, which a sinh and cosh need as they are usually written (cancellation
                  aside)
    sgd           limit: drawing the noise of the batch

Compiles the kernel of each row as a sweep would have it compiled, with batch.c, which times short windows of it and of its limit in turn. The first
ratio is that of the shortest windows (1 in 200), the second that of the medians.

    bench/run batch            # prints a table, writes bench/results/batch.json
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "peers"))
import machine

SOURCE = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(SOURCE / "tests/cuda"))
import nvrtc  # the text of a variant

CC = os.environ.get("CC", "cc")
FLAGS = ["-std=gnu11", "-O2", "-march=native", "-fno-gcse", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-w", "-Wno-psabi"]  # compile_cc.c
KINDS = {
    "gd": (1, dict(), (1, 4, 16, 64, 256, 1024, 4096, 16384)),
    "sums": (1, dict(BATCH_SUMS=1), (1, 4, 16, 64, 256, 1024, 4096, 16384)),
    "coupled": (1, dict(objective="radial_cosh"), (64, 256, 1024, 4096)),
    "cosh": (3, dict(objective="cosh"), (16, 64, 1024)),
    "exp": (4, dict(objective="cosh"), (16, 64, 1024)),
    "near": (3, dict(objective="cosh", BATCH_START=0.3), (16, 64, 1024)),
    "sgd": (2, dict(noise="gaussian"), (1, 4, 16, 64, 256, 1024)),
}


def ratios(folder, limit, precision, d, options):
    source, program = folder / "batch.c", folder / "batch"
    source.write_text(nvrtc.defines(d, precision=precision, WS_COMPENSATED=0, BATCH_LIMIT=limit, **{"BATCH_START": 1.0, "BATCH_SUMS": 0, **options}) + f'#include "{SOURCE}/bench/batch.c"\n')
    subprocess.run([CC, *FLAGS, "-iquote", SOURCE / "kernels", source, "-o", program, "-lm"], check=True)
    done = subprocess.run([program], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"batch.py: {options} float{precision} d = {d}: the batch is not what it should be")
    return tuple(map(float, done.stdout.split()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.environ.get("WARMSWEEP", "build/release/warmsweep"))
    parser.add_argument("--repeat", type=int, default=3, help="take the best of so many")
    parser.add_argument("--output")
    options = parser.parse_args()
    if options.repeat < 1:
        parser.error(f"--repeat {options.repeat}: at least 1")
    if not shutil.which(CC):
        raise SystemExit(f"batch.py: no C compiler \"{CC}\": install gcc or set CC")
    rows = []
    with tempfile.TemporaryDirectory() as name:
        for precision in (32, 64):
            for kind, (limit, more, dimensions) in KINDS.items():
                for d in dimensions:
                    best, usual = max(ratios(pathlib.Path(name), limit, precision, d, more) for _ in range(options.repeat))
                    rows.append({"kind": kind, "precision": f"float{precision}", "d": d, "ratio": best, "median_ratio": usual})
                    print(f"{kind:9} float{precision} d = {d:5}: {best:5.2f} of the limit, {usual:5.2f} in the median", flush=True)
    if options.output:
        pathlib.Path(options.output).write_text(json.dumps({"question": "a batch of the kernel alone against its limit", **machine.facts(options.program), "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
