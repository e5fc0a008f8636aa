#!/usr/bin/env python3
"""gpu.py: how close to what the device allows does the cuda engine come, and how does it stand against what people write today?

    bench/gpu.py --build build/gpu [--quick] [--output result.json]      # after tests/gpu/pack; tests/gpu/check calls it last

Kernel time is measured by events on the device (`warmsweep run --json`: kernel_seconds); limits (gpu_limits.cu) in the same run. Every
outcome is verified before its figure counts: a sample is computed again by the cpu, bit for bit. Medians of --repeat runs. The targets are
printed with the figure beside them; a missed target is no failure of the program, a wrong outcome is (exit status 1).
"""
import argparse
import ctypes
import importlib.util
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
DIMENSIONS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096]
LONG_CELLS = {1: 1 << 20, 2: 1 << 20, 4: 1 << 19, 8: 1 << 18, 16: 1 << 18, 32: 1 << 17, 64: 1 << 16}


class Wrong(Exception):
    pass


class Bench:
    def __init__(self, options):
        self.options, self.rows, self.targets = options, [], []
        self.scratch = tempfile.TemporaryDirectory(prefix="warmsweep-bench-")
        self.folder = pathlib.Path(self.scratch.name)
        self.environment = dict(os.environ, WARMSWEEP_CACHE=str(self.folder / "cache"))
        self.limits = ctypes.CDLL(str(pathlib.Path(options.build).resolve() / "gpu_limits.so"))

    def limit(self, name, precision):
        function = getattr(self.limits, f"limit_{name}")
        function.restype = ctypes.c_double
        value = function(precision)
        if value < 0:
            raise Wrong(f"limit_{name}: CUDA error {-value:.0f}")
        return value

    def program(self, *arguments):
        done = subprocess.run([self.options.program, *map(str, arguments)], env=self.environment, capture_output=True, text=True)
        if done.returncode:
            raise Wrong(f"warmsweep {' '.join(map(str, arguments))}: exit {done.returncode}: {done.stdout[-500:]}{done.stderr[-2000:]}")
        return done.stdout

    def run(self, sweep, samples=8):
        """The run's facts, with the median of kernel_seconds and seconds; verified once."""
        file, directory = self.folder / "sweep.json", self.folder / "run"
        file.write_text(json.dumps(sweep))
        runs = []
        for turn in range(self.options.repeat):
            runs.append(json.loads(self.program("run", file, "-o", directory, "--force", "--engine", "cuda", "--no-report", "--json")))
            if turn == 0:
                self.program("verify", directory, "--engine", "cpu", "--samples", samples)
        facts = runs[0]
        for key in ("kernel_seconds", "seconds"):
            facts[key] = statistics.median(r[key] for r in runs)
        facts["updates"] = facts["updates_per_second"] * runs[0]["seconds"] if len(runs) == 1 else statistics.median(
            r["updates_per_second"] * r["seconds"] for r in runs)
        return facts

    def row(self, name, value, unit, limit=None, of=""):
        ratio = value / limit if limit else None
        self.rows.append({"name": name, "value": value, "unit": unit, "limit": limit, "of": of, "ratio": ratio})
        print(f"{name:44} {value:12.4g} {unit}" + (f"   {ratio:5.2f} of {of}" if limit else ""), flush=True)
        return ratio

    def target(self, name, value, wanted, least=True):
        met = None if value is None else value >= wanted if least else value <= wanted
        self.targets.append({"name": name, "value": value, "wanted": wanted, "least": least, "met": met})

    # ---- questions

    @staticmethod
    def sweep(d, precision, cells, steps, noisy=False):
        result = {"precision": precision, "objective": {"kind": "quadratic", "dimension": d, "spectrum": {"law": "geometric", "lmax": 1, "lmin": 0.01}},
                  "start": {"kind": "sphere", "gap": 1e4}, "schedule": {"peak": {"log": [1e-3, 1e-2], "points": cells}},
                  "stop": {"steps": steps, "gap": [1e-30]}}
        if noisy:
            result.update(method={"kind": "sgd"}, noise={"kind": "gaussian", "sigma": 1e-3})
        return result

    def shape(self, d, updates):
        cells = LONG_CELLS.get(d, 1 << 15)
        if self.options.quick:
            updates, cells = updates / 20, max(cells // 8, 4096)
        return cells, max(64, int(updates / cells / d))

    def gd(self):
        for precision in (32, 64):
            fma = self.limit("fma", precision)
            self.row(f"fma float{precision}", fma, "lane operations/s")
            for d in DIMENSIONS:
                guess = min(5e12, 2e11 * d) / (1 if precision == 32 else 2)
                cells, steps = self.shape(d, guess)
                facts = self.run(self.sweep(d, f"float{precision}", cells, steps))
                rate = facts["updates"] / facts["kernel_seconds"]
                ratio = self.row(f"GD quadratic float{precision}, d = {d}", rate, "updates/s", fma / 3, "a third of the fma rate")
                if d >= 128:
                    self.target(f"GD float{precision}, d = {d}: part of the issue limit", ratio, 0.7)
                if d <= 4 and precision == 32:
                    self.target(f"GD float32, d = {d}: trajectory-steps/s", rate / d, 1e11)

    def sgd(self):
        for precision in (32, 64):
            curand, own = self.limit("curand", precision), self.limit("normals", precision)
            self.row(f"normals float{precision}, drawn and added", own, "normals/s")
            if curand:
                self.row(f"normals float{precision}, cuRAND Philox to memory", curand, "normals/s")
            else:
                print("cuRAND: no libcurand on this machine: not compared")
            for d in (1, 4, 16, 64, 256, 1024, 4096):
                cells, steps = self.shape(d, 2e11 / (1 if precision == 32 else 4))
                facts = self.run(self.sweep(d, f"float{precision}", cells, steps, noisy=True))
                rate = facts["updates"] / facts["kernel_seconds"]
                ratio = self.row(f"SGD Gaussian float{precision}, d = {d}", rate, "updates/s", own, "merely drawing the normals")
                self.target(f"SGD float{precision}, d = {d}: part of drawing the normals", ratio, 0.7)
                if curand:
                    self.target(f"SGD float{precision}, d = {d}: times cuRAND", rate / curand, 1)

    def grid(self):
        sweep = self.sweep(16, "float32", 1024, 1000)
        sweep["schedule"]["warmup"] = {"kind": "linear", "steps": {"linear": [0, 1023], "points": 1024}}
        facts = self.run(sweep, samples=200)
        self.row("1024 x 1024 cells x 1000 steps, d = 16", facts["kernel_seconds"], "s of kernels")
        self.row("the same, with host and journal", facts["seconds"], "s")
        self.target("1024 x 1024 cells: seconds of kernels", facts["kernel_seconds"], 1, least=False)

    def short(self):
        """Runs of some tens of iterations, lengths apart by a factor of ten, four eps."""
        for d in (16, 64):
            sweep = self.sweep(d, "float32", 1 << (16 if self.options.quick else 20), 2000)
            sweep["objective"]["spectrum"]["lmin"] = 0.5
            sweep["schedule"]["peak"] = {"log": [0.05, 0.9], "points": sweep["schedule"]["peak"]["points"]}
            sweep["start"]["gap"] = 10
            sweep["stop"]["gap"] = [5, 1, 0.3, 0.1]
            facts = self.run(sweep, samples=200)
            rate = facts["updates"] / facts["kernel_seconds"]
            long = next((r["value"] for r in self.rows if r["name"] == f"GD quadratic float32, d = {d}"), None)
            ratio = self.row(f"short ragged runs, d = {d}", rate, "updates/s", long, "the long runs' rate")
            self.row(f"short ragged runs, d = {d}: iterations each", facts["updates"] / d / facts["trajectories"], "iterations")
            self.target(f"short runs, d = {d}: part of the long runs' rate", ratio, 0.5)

    def peers(self):
        folder = HERE / "peers" / "gpu"
        if not (HERE / "peers" / "jobs.py").exists() or not folder.exists():
            print("peers: bench/peers is not in this tree: not compared")
            return
        spec = importlib.util.spec_from_file_location("compare_gpu", folder / "compare.py")
        module = importlib.util.module_from_spec(spec)
        sys.path[:0] = [str(folder), str(folder.parent)]
        spec.loader.exec_module(module)
        module.compare(self)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build/gpu", help="folder that tests/gpu/pack made")
    parser.add_argument("--program", help="default: warmsweep in --build")
    parser.add_argument("--only", default="gd,sgd,grid,short,peers")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="a twentieth of the work: figures are rough")
    parser.add_argument("--output")
    options = parser.parse_args()
    options.program = options.program or str(pathlib.Path(options.build) / "warmsweep")
    words = options.only.split(",")
    for word in words:
        if word not in ("gd", "sgd", "grid", "short", "peers"):
            parser.error(f"--only {word}; allowed: gd, sgd, grid, short, peers")
    if not pathlib.Path(options.build, "gpu_limits.so").exists():
        parser.error(f"{options.build}/gpu_limits.so is not there: run tests/gpu/pack first")
    if pathlib.Path(options.build, "lib.tar.xz").exists() and not pathlib.Path(options.build, "lib").exists():
        parser.error(f"{options.build}/lib.tar.xz is still packed: tests/gpu/check --only facts unpacks it")
    devices = subprocess.run([options.program, "devices"], capture_output=True, text=True).stdout
    if "cuda: GPU" not in devices:
        print(devices.splitlines()[-1] if devices else "no program", "\nno GPU: nothing was measured")
        return 77
    bench, wrong = Bench(options), []
    for word in words:
        try:
            getattr(bench, word)()
        except Wrong as reason:
            wrong.append(f"{word}: {reason}")
            print(f"WRONG {word}: {reason}", flush=True)
    print()
    for t in bench.targets:
        value = "not measured" if t["value"] is None else f"{t['value']:.4g}"
        print(f"{'met   ' if t['met'] else 'MISSED'} {t['name']}: {value} ({'at least' if t['least'] else 'at most'} {t['wanted']:g})")
    if options.output:
        pathlib.Path(options.output).write_text(json.dumps({"question": "the cuda engine against the device's limits and its peers", "devices": devices.splitlines(),
                                                            "quick": options.quick, "rows": bench.rows, "targets": bench.targets, "wrong": wrong}, indent=1) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
