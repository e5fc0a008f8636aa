#!/usr/bin/env python3
"""updates.py: how many coordinate updates a second does one core do, against what the machine allows?

    gd        GD on the quadratic; limit: a third of the peak fma rate (an update is a multiplication and two fma; float64 lanes count double)
    sums      the same with kernels that make the sums of every iteration, whether one looks at them or not (WS_CONTRACTS, kernels/layout_cpu.h)
    coupled   GD on the radial cosh, whose gradient needs |x|; limit: the same
    cosh      GD on the separable cosh; limit: one sinh and cosh for each update and nothing else
    river     GD with warmups of every length down the walls of a river and along it (the quickstart's sweep); limit: one sinh and cosh for an iteration along the river, a quadratic's
              update for each wall
    loop      GD on the separable cosh with clipped gradients, whose step size waits for every gradient; limit: that of the cosh
    least     GD on least squares of 64 rows of data; limit: two fma for each number of the data
    logistic  GD on the logistic loss of 64 rows; limit: the same, and one sinh and cosh a row (it needs an exponential, a logarithm and a division)
    sgd       SGD with Gaussian noise on the quadratic; limit: merely making the normals with the same generator
    decaying  GD on an ill-conditioned quadratic, most modes long gone to zero; limit: the rate of gd in the same run
    warmup    GD with eight linear warmups that last all the time or half of it; limit: the rate of gd in the same run
    cosine    GD with eight warmups and a cosine decay over 10^4 steps; trajectories end one by one; limit: the rate of gd in the same run
    inverse   the same with a decay as 1 / (1 + t / 1000), a power
    short     GD, about 50 iterations each, four eps; limit: the rate of gd in the same run
    many      four million of these, peak by cap, whose journal is long; limit: the rate of short in the same run
    ragged    a ragged grid of peak by warmup; limit: the rate of gd in the same run
    threads   the same on two threads; limit: twice the rate of one

Every run is verified (outcomes recomputed with another layout, bit for bit) before its figure counts. Limit and rate are measured
alternately, the best of `--repeat` each; a row's turns are minutes apart, so that a neighbour's busy minute is not all of it.

    bench/run updates            # builds what it needs, prints a table, writes bench/results/updates.json
"""
import argparse
import functools
import json
import os
import pathlib
import platform
import shutil
import subprocess
import tempfile

CELLS = 256  # a multiple of every number of trajectories side by side, so that no lane idles at the end
QUADRATIC = {"kind": "quadratic", "spectrum": {"law": "geometric", "lmax": 1, "lmin": 0.01}}
FRESH = {"kind": "quadratic", "spectrum": {"law": "geometric", "lmax": 1, "lmin": 0.5}}
SOURCE = pathlib.Path(__file__).resolve().parents[1]
COSTS = {"gd": 6e9, "sums": 6e9, "coupled": 3e9, "cosh": 1e9, "sgd": 5e8}  # updates of a run: about half a second


def long_run(kind, precision, d):
    """Every trajectory runs to its cap, its gap falls all the way (by more than a rounding), and no coordinate gets near the smallest floats: the slowest
    mode falls to exp(-15), the fastest of the quadratic to exp(-30)."""
    steps = max(200, int(COSTS[kind] / (CELLS * d)) // 16 * 16)
    objective = {"coupled": {"kind": "radial-cosh"}, "cosh": {"kind": "cosh"}}.get(kind, FRESH)
    slowest = 1 if objective is not FRESH or d == 1 else 0.5
    peak = min(1e-2, 15 / (steps * slowest))
    result = {"precision": precision, "objective": {**objective, "dimension": d}, "start": {"kind": "sphere", "gap": 5},
              "method": {"kind": "sgd" if kind == "sgd" else "gd"},
              "schedule": {"peak": {"log": [peak / 10, peak], "points": CELLS}}, "stop": {"steps": steps, "gap": [1e-30]}}
    if kind == "sgd":
        result["noise"] = {"kind": "gaussian", "sigma": 1e-3}
    return result


def decaying(precision, d):
    spectrum = {"law": "geometric", "lmax": 1, "lmin": 1e-6}
    return {"precision": precision, "objective": {"kind": "quadratic", "dimension": d, "spectrum": spectrum}, "start": {"kind": "sphere", "gap": 5},
            "schedule": {"peak": {"linear": [0.8, 1.2], "points": CELLS}}, "stop": {"steps": 100000, "gap": [1e-30]}}


def changing(precision, d, decay, peak):
    """A sweep of peak by warmup; every trajectory gets where it is to get, after a tenth of the steps or all of them."""
    return {"precision": precision, "objective": {**FRESH, "dimension": d}, "start": {"kind": "sphere", "gap": 5},
            "schedule": {"peak": {"log": [peak, 10 * peak], "points": max(64, 16384 // d)}, "warmup": {"kind": "linear", "steps": {"linear": [0, 3500], "points": 8}},
                         "decay": decay}, "stop": {"steps": 10000, "gap": [1e-6]}}


def warmup(precision, d):
    text = changing(precision, d, {"kind": "constant"}, 4e-3)
    text["schedule"]["warmup"]["steps"]["linear"] = [5000, 12000]
    return text


def cosine(precision, d):
    return changing(precision, d, {"kind": "cosine"}, 4e-3)


def inverse(precision, d):
    return changing(precision, d, {"kind": "inverse", "rate": 1e-3}, 1.5e-2)


def river(precision, d):
    return {"precision": precision, "objective": {"kind": "river", "dimension": d}, "start": {"kind": "explicit", "values": [0] + [10 / (d - 1) ** 0.5] * (d - 1)},
            "schedule": {"peak": {"log": [1e-3, 10], "points": 100 if d < 64 else 20}, "warmup": {"kind": "linear", "steps": [0, {"log": [1, 10000], "points": 39}]}},
            "stop": {"steps": 20000, "gap": [1, 0.1, 0.01], "diverged": 1e6}}


def loop(precision, d):
    result = long_run("cosh", precision, d)
    result["schedule"].update(kind="clipped", clip=2)
    result["stop"]["steps"] = max(200, result["stop"]["steps"] // 4)
    return result


ROWS = 64


def data(kind, precision, d):
    """No trajectory gets where it is to get: all run to their caps."""
    return {"precision": precision, "objective": {"kind": kind, "dimension": d, "samples": ROWS}, "start": {"kind": "explicit", "values": [-1.0] + [0.1] * (d - 1)},
            "schedule": {"peak": {"log": [1e-3, 1e-2], "points": CELLS}}, "stop": {"steps": 160000 // d, "gap": [1e-30]}}


def short(precision, d):
    peaks = [0.04, 0.06] if d == 1 else [0.4, 0.6]
    return {"precision": precision, "objective": {**QUADRATIC, "dimension": d}, "start": {"kind": "sphere", "gap": 1e4},
            "schedule": {"peak": {"log": peaks, "points": 200000 if d < 256 else 20000}}, "stop": {"steps": 200, "gap": [5000, 2000, 500, 100]}}


def many(precision, d):
    text = short(precision, d)
    text["schedule"]["peak"]["points"] = 2000
    text["stop"]["steps"] = list(range(200, 2200))
    return text


def ragged(precision, d):
    return {"precision": precision, "objective": {**QUADRATIC, "dimension": d}, "start": {"kind": "sphere", "gap": 1e4},
            "schedule": {"peak": {"log": [1e-3, 3], "points": 128}, "warmup": {"steps": [0, {"log": [1, 1000], "points": 127}]}},
            "stop": {"steps": 10000, "gap": [1e-2]}}


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder, self.rows = options, folder, []
        shutil.copytree(SOURCE / "kernels", folder / "sums")
        layout, word = folder / "sums/layout_cpu.h", "#define WS_CONTRACTS "
        text = layout.read_text()
        if text.count(word + "1") != 1:
            raise SystemExit(f"updates.py: {layout.name} has no line \"{word}1\": row sums would be row gd again")
        layout.write_text(text.replace(word + "1", word + "0"))

    def number(self, name, seconds=0.3):
        done = subprocess.run([self.options.yardsticks / name, str(seconds)], capture_output=True, text=True, check=True)
        return float(done.stdout)

    def limit(self, kind, precision):
        bits = precision[5:]
        if kind in ("gd", "sums", "coupled"):
            return self.number("peak_fma") / 3 / (2 if bits == "64" else 1)
        return self.number(("normals" if kind == "sgd" else "exponentials") + bits)

    def river_limit(self, precision, d):
        return d / (1 / self.limit("cosh", precision) + (d - 1) / self.limit("gd", precision))

    def data_limit(self, kind, precision, d):
        numbers = 2 * d * ROWS / (3 * self.limit("gd", precision))
        return d / (numbers + (ROWS / self.limit("cosh", precision) if kind == "logistic" else 0))

    def rate(self, text, threads=1, verify=False, **environment):
        file, run = self.folder / "sweep.json", self.folder / "run"
        file.write_text(json.dumps(text))
        done = subprocess.run([self.options.program, "run", file, "-o", run, "--force", "--engine", "cpu", "--threads", str(threads),
                               "--no-report", "--quiet", "--json"], capture_output=True, text=True, check=True, env={**os.environ, **environment})
        if verify:
            subprocess.run([self.options.program, "verify", run, "--samples", "8"], capture_output=True, check=True)
        return json.loads(done.stdout)["updates_per_second"]

    def add(self, kind, precision, d, text, limit):
        """`limit`: a function that measures it, or the row whose rate it is: (kind, times)."""
        self.rows.append({"kind": kind, "precision": precision, "d": d, "text": text, "of": limit, "updates_per_second": 0.0, "limit": 0.0})

    def measure(self, turn):
        for row in self.rows:
            if callable(row["of"]):
                row["limit"] = max(row["limit"], row["of"]())
            threads = 2 if row["kind"] == "threads" else 1
            others = {"WARMSWEEP_KERNELS": str(self.folder / "sums")} if row["kind"] == "sums" else {}
            row["updates_per_second"] = max(row["updates_per_second"], self.rate(row["text"], threads=threads, verify=turn == 0, **others))

    def finish(self):
        rates = {(row["kind"], row["precision"], row["d"]): row["updates_per_second"] for row in self.rows}
        for row in self.rows:
            of = row.pop("of")
            row.pop("text")
            if not callable(of):
                row["limit"] = of[1] * rates[of[0], row["precision"], row["d"]]
            row["ratio"] = row["updates_per_second"] / row["limit"]
            print(f"{row['kind']:9} {row['precision']} d = {row['d']:5}: {row['updates_per_second'] / 1e9:7.3f} G updates/s of {row['limit'] / 1e9:7.3f}   {row['ratio']:5.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.environ.get("WARMSWEEP", "build/release/warmsweep"))
    parser.add_argument("--yardsticks", type=pathlib.Path, required=True, help="folder of peak_fma, normals32, normals64, exponentials32, exponentials64")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--output")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(options, pathlib.Path(name))
        for precision in ("float32", "float64"):
            for kind, dimensions in {"gd": (1, 4, 16, 64, 256, 1024, 4096, 16384), "sums": (1, 4, 16, 64, 256, 1024), "coupled": (64, 256, 1024, 4096),
                                     "cosh": (16, 64, 1024), "sgd": (1, 4, 16, 64, 256, 1024)}.items():
                for d in dimensions:
                    bench.add(kind, precision, d, long_run(kind, precision, d), functools.partial(bench.limit, kind, precision))
            for d in (3, 64):
                bench.add("river", precision, d, river(precision, d), functools.partial(bench.river_limit, precision, d))
            for kind, name in (("least", "least-squares"), ("logistic", "logistic")):
                for d in (4, 8, 16, 32):
                    bench.add(kind, precision, d, data(name, precision, d), functools.partial(bench.data_limit, kind, precision, d))
            for d in (4, 16, 64, 256):
                bench.add("loop", precision, d, loop(precision, d), functools.partial(bench.limit, "cosh", precision))
            bench.add("decaying", precision, 64, decaying(precision, 64), ("gd", 1))
            for kind in (warmup, cosine, inverse, short):
                for d in (1, 4, 16, 64, 256):
                    bench.add(kind.__name__, precision, d, kind(precision, d), ("gd", 1))
            for d in (1, 16):
                bench.add("many", precision, d, many(precision, d), ("short", 1))
            if (os.cpu_count() or 1) > 1:
                bench.add("ragged", precision, 64, ragged(precision, 64), ("gd", 1))
                bench.add("threads", precision, 64, ragged(precision, 64), ("ragged", 2))
        for turn in range(options.repeat):
            print(f"turn {turn + 1} of {options.repeat}", flush=True)
            bench.measure(turn)
        bench.finish()
    if options.output:
        processor = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
        flags = next((line for line in open("/proc/cpuinfo") if line.startswith("flags")), "")
        sets = "AVX-512" if "avx512vl" in flags else "AVX2" if "avx2" in flags else "baseline"
        pathlib.Path(options.output).write_text(json.dumps({"question": "coordinate updates per second of one core", "processor": processor,
                                                            "instruction_set": sets, "rows": bench.rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
