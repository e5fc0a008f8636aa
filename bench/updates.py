#!/usr/bin/env python3
"""updates.py: how many coordinate updates a second does one core do, against what the machine allows?

GD on the quadratic against a third of the peak fma rate (an update is a multiplication and two fma; float64 lanes count double), and SGD
with Gaussian noise against merely making the normals with the same generator. Every run is verified (outcomes recomputed with
another layout, bit for bit) before its figure counts. Limit and rate are measured alternately, best of `--repeat`.

    bench/run updates            # builds what it needs, prints a table, writes bench/results/updates.json
"""
import argparse
import json
import os
import pathlib
import platform
import subprocess
import tempfile


def limit(binary, seconds):
    return float(subprocess.run([binary, str(seconds)], capture_output=True, text=True, check=True).stdout)


def sweep(kind, precision, d, updates):
    cells = 256  # a multiple of every W, so that no lane idles at the end
    steps = max(200, int(updates / (cells * d)))
    result = {"precision": precision, "objective": {"kind": "quadratic", "dimension": d,
                                                    "spectrum": {"law": "geometric", "lmax": 1, "lmin": 0.01}},
              "start": {"kind": "sphere", "gap": 1e4}, "method": {"kind": kind},
              "schedule": {"peak": {"log": [1e-3, 1e-2], "points": cells}}, "stop": {"steps": steps, "gap": [1e-30]}}
    if kind == "sgd":
        result["noise"] = {"kind": "gaussian", "sigma": 1e-3}
    return result


def rate(program, folder, text, verify):
    file, run = folder / "sweep.json", folder / "run"
    file.write_text(json.dumps(text))
    done = subprocess.run([program, "run", file, "-o", run, "--force", "--threads", "1", "--no-report", "--quiet", "--json",
                           "--chunk-size", "256"], capture_output=True, text=True, check=True)
    if verify:
        subprocess.run([program, "verify", run, "--samples", "8"], capture_output=True, check=True)
    return json.loads(done.stdout)["updates_per_second"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=os.environ.get("WARMSWEEP", "build/release/warmsweep"))
    parser.add_argument("--fma", required=True)
    parser.add_argument("--normals32", required=True)
    parser.add_argument("--normals64", required=True)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--output")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for kind, precision in (("gd", "float32"), ("gd", "float64"), ("sgd", "float32"), ("sgd", "float64")):
            for d in (1, 4, 16, 64, 256, 1024, 4096):
                text = sweep(kind, precision, d, 1.5e10 if kind == "gd" else 1e9)
                best_rate = best_limit = 0.0
                for turn in range(options.repeat):
                    if kind == "gd":
                        peak = limit(options.fma, 0.3) / 3 / (2 if precision == "float64" else 1)
                    else:
                        peak = limit(options.normals32 if precision == "float32" else options.normals64, 0.3)
                    best_limit = max(best_limit, peak)
                    best_rate = max(best_rate, rate(options.program, folder, text, verify=turn == 0))
                rows.append({"method": kind, "precision": precision, "d": d, "updates_per_second": best_rate, "limit": best_limit,
                             "ratio": best_rate / best_limit})
                print(f"{kind:4} {precision} d = {d:5}: {best_rate / 1e9:7.3f} G updates/s of {best_limit / 1e9:7.3f}"
                      f"   {best_rate / best_limit:5.2f}", flush=True)
    if options.output:
        processor = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
        pathlib.Path(options.output).write_text(json.dumps({"question": "coordinate updates per second of one core", "processor": processor,
                                                            "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
