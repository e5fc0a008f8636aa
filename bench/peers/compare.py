#!/usr/bin/env python3
"""compare.py: the jobs of jobs.py with warmsweep and with every peer that is there: verified, then timed, in one run.

Called by scripts/bench, which builds and installs what it needs. Prints a table a job, rates against d, two cores, a job of minutes,
the targets; writes one JSON file. Of warmsweep the whole job is timed, from the start of the process to its end, with journal,
without pictures, kernels compiled before (`cold` is the same with an empty cache). Of the peers only the work itself: no start-up, no
imports, no compilation. Everything runs on one core unless it says so; where something else used that core meanwhile (the best time is
more than 1.1 times the processor time), the processor time counts, and the row is marked with *.
"""
import argparse
import csv
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys

import numpy as np

import machine
import tables
from jobs import CHECKPOINTS, Job, differing, fault, load

HERE = pathlib.Path(__file__).resolve().parent
FLAG_UNDERFLOW = 1
FAST_MATH = ["-ffast-math", "-DONE_EXP", "-DFTZ"]  # -DFTZ: also where the compiler's start-up code does not flush denormals
PLAIN = {  # name: source, compiler, options
    "c gcc": ("plain.c", "gcc", []),
    "c gcc fast": ("plain.c", "gcc", FAST_MATH),
    "c gcc fast 512": ("plain.c", "gcc", [*FAST_MATH, "-mprefer-vector-width=512"]),
    "c clang": ("plain.c", "clang", []),
    "c clang fast": ("plain.c", "clang", [*FAST_MATH, "-fveclib=libmvec"]),
}
BESIDE = {  # GD on the quadratic alone
    "beside gcc fast": ("beside.c", "gcc", [*FAST_MATH, "-mprefer-vector-width=512"]),
    "beside clang fast": ("beside.c", "clang", FAST_MATH),
}
SCRIPTS = {
    "numpy": ["loop", "batched", "compact", "compact_ftz"],
    "torch": ["optim", "batched", "compact", "compact_ftz", "jit"],
    "jax": ["vmap", "while", "scan", "compact"],
    "numba": ["plain", "fast", "step"],
}
DIMENSIONS = (1, 2, 4, 8, 16, 64, 256, 1024, 4096, 16384)


class Bench:
    def __init__(self, options):
        self.options = options
        self.build = pathlib.Path(options.build)
        self.build.mkdir(parents=True, exist_ok=True)
        self.cores = sorted(os.sched_getaffinity(0))
        self.missing, self.binaries = [], {}
        self.prepare()

    def prepare(self):
        base = ["-std=gnu11", "-O3", "-march=native", "-fopenmp"]
        reference = ["-ffp-contract=off", "-DREAL=double", "-DMARGIN", HERE / "plain.c"]
        subprocess.run(["gcc", *base, *reference, "-o", self.build / "reference", "-lm"], check=True)
        subprocess.run(["gcc", "-O2", "-shared", "-fPIC", HERE / "ftz.c", "-o", self.build / "ftz.so"], check=True)
        for name, (source, compiler, more) in (PLAIN | BESIDE).items():
            target = self.build / name.replace(" ", "_")
            command = [compiler, *base, *more, HERE / source, "-o", target, "-lm"]
            if shutil.which(compiler) is None or subprocess.run(command).returncode:
                self.missing.append(name)
            else:
                self.binaries[name] = target
        for tool in list(SCRIPTS):
            if subprocess.run([sys.executable, "-c", f"import {tool}"], capture_output=True).returncode:
                self.missing.append(tool)
        if self.missing:
            print(f"Not there, left out: {', '.join(self.missing)}", flush=True)

    def launch(self, command, cores=1, seconds=3600, **environment):
        """Runs a measured command pinned to cores; its JSON, or {"wrong": why}."""
        count = str(cores)
        environment = dict(os.environ, OMP_NUM_THREADS=count, NUMBA_NUM_THREADS=count, OPENBLAS_NUM_THREADS=count,
                           MKL_NUM_THREADS=count, JAX_PLATFORMS="cpu", FTZ=str((self.build / "ftz.so").resolve()), **environment)
        environment.pop("OPENBLAS_CORETYPE", None)  # let it choose the processor's own kernels
        try:
            done = subprocess.run([*self.options.launcher.split(), *map(str, command)], capture_output=True, text=True,
                                  timeout=seconds, env=environment, preexec_fn=lambda: os.sched_setaffinity(0, self.cores[:cores]))
        except subprocess.TimeoutExpired:
            return {"wrong": f"not finished after {seconds} s"}
        if done.returncode:
            last = done.stderr.strip().splitlines()
            return {"wrong": f"exit {done.returncode}: {last[-1] if last else ''}"}
        result = json.loads(done.stdout.strip().splitlines()[-1])
        if isinstance(result, dict) and not result.get("wrong"):
            result["wall_seconds"], result["busy"] = result["seconds"], cores == 1 and result["seconds"] > 1.1 * result["processor_seconds"]
            if result["busy"]:
                result["seconds"] = result["processor_seconds"]
            if "updates" in result:
                result["updates_per_second"] = result["updates"] / result["seconds"]
        return result

    def limit(self, kind):
        """Updates per second that the core could do at best, measured now; None where there is no yardstick."""
        if kind == "cosh":
            return None
        binary = self.build.parent / ("normals32" if kind == "sgd" else "peak_fma")
        return float(self.launch([binary, "0.5"])) / (1 if kind == "sgd" else 3)

    def reference(self, job):
        """The float64 table; kept between runs as long as job and program are the same."""
        text = self.build / f"{job.name.replace(':', '_')}.txt"
        job.write_text(text)
        digest = hashlib.sha256(b"".join(f.read_bytes() for f in (text, HERE / "plain.c", HERE / "peer.h"))).hexdigest()[:16]
        stem = self.build / f"reference-{digest}"
        if not stem.with_name(stem.name + ".stop").exists():
            self.launch([self.build / "reference", text, len(self.cores), 0, stem, "ziggurat"], cores=len(self.cores))
        return text, stem

    # ---- warmsweep
    def warmsweep(self, job, reference, cores=1, cold=False, seconds=3.0, verify=True):
        sweep, run = self.build / "sweep.json", self.build / "run"
        sweep.write_text(json.dumps(job.sweep()))
        cache = self.build / "cache"
        if cold:
            shutil.rmtree(cache, ignore_errors=True)
        command = [self.options.program, "run", sweep, "-o", run, "--force", "--threads", cores, "--no-report", "--quiet", "--json"]
        for limit in (0, seconds) if seconds else (0,):  # the first run compiles
            result = self.launch([sys.executable, HERE / "stopwatch.py", limit, *command], cores=cores, WARMSWEEP_CACHE=str(cache))
        if result.get("wrong"):
            return result
        printed = json.loads(result.pop("printed"))
        result.update({"inner_seconds": printed["seconds"], "wrong": None})
        if not verify:
            return result
        answer, flags = self.outcomes(job, run)
        wanted, flagged = load(reference), (flags & FLAG_UNDERFLOW) != 0
        result["wrong"] = fault(job, answer, wanted, flagged=flagged)
        if job.kind != "sgd":
            result["flagged_outcomes_that_differ"] = int((differing(job, answer, wanted) & flagged).sum())
        result["updates"] = int(answer[1].sum()) * job.d
        result["updates_per_second"] = result["updates"] / result["seconds"]
        return result

    def outcomes(self, job, run):
        """((hit, stop, mean f), flags) of a run, through the program's own export."""
        text = self.build / "outcomes.csv"
        subprocess.run([self.options.program, "export", run, "--format", "csv", "-o", text], check=True)
        with open(text, newline="") as file:
            rows = csv.reader(file)
            head = next(rows)
            gaps = [k for k, name in enumerate(head) if name.startswith("gap_at")]
            columns = [next(k for k, name in enumerate(head) if name.startswith(start)) for start in ("hit_", "end", "flags")]
            table = np.array([[float(row[k] or "nan") for k in columns + gaps] for row in rows])
        f = None
        if gaps:
            f = np.nan_to_num(table[:, 3:], nan=np.inf).reshape(-1, job.seeds, CHECKPOINTS).mean(1)
        hit, stop, flags = table[:, :3].astype(np.int64).T
        return (hit, stop, f), flags

    # ---- peers
    def in_c(self, name, job, text, reference, cores=1, seconds=2.0):
        """A C peer; of job D the best of its generators."""
        best = None
        for normals in (["ziggurat", "vector"] if job.kind == "sgd" else ["boxmuller"]):
            out = self.build / "answer"
            result = self.launch([self.binaries[name], text, cores, seconds, out, normals], cores=cores)
            if not result.get("wrong"):
                wrong = fault(job, load(out), load(reference))
                result = {"wrong": wrong} if wrong else result | {"wrong": None}
            if job.kind == "sgd":
                result["normals"] = normals
            if best is None or best["wrong"] or (not result["wrong"] and result["seconds"] < best["seconds"]):
                best = result
        return best

    def peers(self, job, text, reference):
        wanted = self.options.peers.split(",")
        for name in self.binaries:
            if "c" in wanted and (name in PLAIN or job.kind == "quadratic"):
                yield name, self.in_c(name, job, text, reference)
        for tool, variants in SCRIPTS.items():
            if tool in self.missing or tool not in wanted:
                continue
            for variant in variants:
                # job D: hardly a row is ever dropped, and no iteration is left out
                if job.kind == "sgd" and (variant in ("optim", "jit", "batched") or (tool == "jax" and variant != "scan")):
                    continue
                yield f"{tool} {variant}", self.launch([sys.executable, HERE / f"with_{tool}.py", job.name, variant, reference, 2])

    # ---- questions
    def job(self, name):
        job = Job(name)
        text, reference = self.reference(job)
        limit = self.limit(job.kind)
        cold = self.warmsweep(job, reference, cold=True, seconds=0, verify=False)
        mine = self.warmsweep(job, reference)
        again = self.limit(job.kind)
        mine.update(cold_seconds=cold.get("seconds"), limit=limit and max(limit, again))
        rows = {"warmsweep": mine}
        tables.begin(job, mine)
        for tool, result in self.peers(job, text, reference):
            rows[tool] = result
            tables.row(tool, result, mine)
        return rows

    def dimension(self, d):
        job = Job(f"Q{d}")
        text, reference = self.reference(job)
        limit, mine, rows = self.limit(job.kind), self.warmsweep(job, reference), {}
        for name in self.binaries:
            if "fast" in name:
                rows[name] = self.in_c(name, job, text, reference)
        if "numba" not in self.missing:
            rows["numba step"] = self.launch([sys.executable, HERE / "with_numba.py", job.name, "step", reference, 2])
        rows["warmsweep"] = mine | {"limit": max(limit, self.limit(job.kind))}
        return rows

    def two_cores(self, name):
        job = Job(name)
        text, reference = self.reference(job)
        one, two = self.warmsweep(job, reference), self.warmsweep(job, reference, cores=2)
        c = [self.in_c(n, job, text, reference, cores=2) for n in self.binaries if "fast" in n and n in PLAIN]
        best = min((r for r in c if not r["wrong"]), key=lambda r: r["seconds"], default=None)
        return {"one": one, "two": two, "best c on two": best}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default="build/release/warmsweep")
    parser.add_argument("--build", default="build/bench/peers", help="where programs, references and runs go")
    parser.add_argument("--jobs", default="A,B,C,D,E")
    parser.add_argument("--peers", default="c,numpy,torch,jax,numba")
    parser.add_argument("--parts", default="jobs,dimensions,cores,long", help="what to measure")
    parser.add_argument("--launcher", default="", help="a command put before every measured one (numactl ..., a lock)")
    parser.add_argument("--output", default="bench/results/peers.json")
    parser.add_argument("--resume", action="store_true", help="measure only what the output file does not hold yet")
    options = parser.parse_args()
    bench, parts, output = Bench(options), options.parts.split(","), pathlib.Path(options.output)
    facts = {"question": "warmsweep against its peers on the same jobs, one core", **machine.facts(options.program), "missing": bench.missing}
    result = facts | {"jobs": {}, "dimensions": {}, "cores": {}}
    if options.resume and output.exists():
        before = json.loads(output.read_text())
        if any(before.get(key) != value for key, value in facts.items()):
            sys.exit(f"compare.py: {output} is of another program, machine or version; it cannot be resumed")
        result = before

    def once(section, name, measure):
        """Measures what the file does not hold yet and writes the file at once: a run of half an hour may be stopped."""
        if str(name) not in result[section]:
            result[section][str(name)] = measure(name)
            output.write_text(json.dumps(result, indent=1) + "\n")
        return result[section][str(name)]

    for name in options.jobs.split(",") if "jobs" in parts else []:
        once("jobs", name, bench.job)
    if result["jobs"]:
        result["targets"] = tables.targets(result["jobs"])
    if "dimensions" in parts:
        tables.begin_dimensions()
        for d in DIMENSIONS:
            tables.dimension(d, once("dimensions", d, bench.dimension))
    if "cores" in parts and len(bench.cores) > 1:
        tables.cores({name: once("cores", name, bench.two_cores) for name in ("A", "D")})
    if "long" in parts and "D" in result["jobs"]:
        job = Job("D:256")
        mine = bench.warmsweep(job, None, cores=len(bench.cores), seconds=0, verify=False)
        result["long"] = tables.long_job(job, mine, result["jobs"]["D"], len(bench.cores))
    output.write_text(json.dumps(result, indent=1) + "\n")
    print(f"\nwritten: {output}")


if __name__ == "__main__":
    main()
