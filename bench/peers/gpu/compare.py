"""compare.py: the jobs of jobs.py on one GPU, warmsweep and every peer that is there, verified against the float64 table and then timed, in one
run: the last part of bench/gpu.py. Of all, the time of the work with outcomes back on the host counts: no start-up, no imports, no
compilation; of warmsweep the journal is in it."""
import csv
import json
import os
import pathlib
import subprocess
import sys

import numpy as np

from jobs import CHECKPOINTS, Job, fault, load

HERE = pathlib.Path(__file__).resolve().parent
# grids large enough for a GPU
JOBS, QUICK_JOBS = ["A:256", "B:512", "C:64", "D:64", "E:256"], ["A", "B", "C", "D", "E"]
PEERS = {"jax": (HERE.parent / "with_jax.py", ["vmap", "while", "scan", "compact"], ["scan"]),
         "torch": (HERE / "with_torch.py", ["eager", "compact", "graph"], ["eager"]),
         "cupy": (HERE / "with_cupy.py", ["thread", "warp", "block", "warp_exact", "arrays"], ["thread", "warp"]),
         "numba": (HERE / "with_numba.py", ["thread", "warp"], ["thread", "warp"])}
HAND_WRITTEN = ("cupy thread", "cupy warp", "cupy block", "numba")


def fits(tool, variant, job):
    """A team's threads divide the coordinates; a thread's registers hold few."""
    team = {"thread": 1, "warp": 32, "block": 256}.get(variant.split("_")[0])
    if tool not in ("cupy", "numba") or team is None:
        return True
    return job.d % team == 0 and job.d // team <= 64 and not (job.kind == "sgd" and job.d // team % 2)


def reference(bench, job):
    program = bench.folder / "reference"
    if not program.exists():
        subprocess.run(["gcc", "-std=gnu11", "-O3", "-march=native", "-fopenmp", "-ffp-contract=off", "-DREAL=double", "-DMARGIN", HERE.parent / "plain.c", "-o",
                        program, "-lm"], check=True)
    text, stem = bench.folder / f"{job.name}.txt".replace(":", "_"), bench.folder / f"{job.name}-reference".replace(":", "_")
    job.write_text(text)
    subprocess.run([program, text, str(len(os.sched_getaffinity(0))), "0", stem, "ziggurat"], check=True, stdout=subprocess.DEVNULL)
    return stem


def outcomes(bench, job, run):
    """((hit, stop, mean f), carries the flag underflow) of a run."""
    text = bench.folder / "outcomes.csv"
    bench.program("export", run, "--format", "csv", "-o", text)
    with open(text, newline="") as file:
        rows = csv.reader(file)
        head = next(rows)
        gaps = [k for k, name in enumerate(head) if name.startswith("gap_at")]
        columns = [next(k for k, name in enumerate(head) if name.startswith(start)) for start in ("hit_", "end", "flags")]
        table = np.array([[float(row[k] or "nan") for k in columns + gaps] for row in rows])
    f = np.nan_to_num(table[:, 3:], nan=np.inf).reshape(-1, job.seeds, CHECKPOINTS).mean(1) if gaps else None
    hit, stop, flags = table[:, :3].astype(np.int64).T
    return (hit, stop, f), (flags & 1) != 0


def warmsweep(bench, job, stem):
    file, run, best = bench.folder / "job.json", bench.folder / "job", None
    file.write_text(json.dumps(job.sweep()))
    for _ in range(bench.options.repeat):
        facts = json.loads(bench.program("run", file, "-o", run, "--force", "--engine", "cuda", "--no-report", "--json"))
        best = facts["seconds"] if best is None else min(best, facts["seconds"])
    answer, underflow = outcomes(bench, job, run)
    return best, fault(job, answer, load(stem), flagged=underflow), int(answer[1].sum()) * job.d


def launch(script, job, variant, stem):
    environment = {k: v for k, v in os.environ.items() if k != "JAX_PLATFORMS"}
    try:
        done = subprocess.run([sys.executable, script, job.name, variant, stem, "3"], capture_output=True, text=True, timeout=300, env=environment)
    except subprocess.TimeoutExpired:
        return {"wrong": "not finished after 300 s"}
    if done.returncode:
        return {"wrong": f"exit {done.returncode}: {(done.stderr.strip().splitlines() or [''])[-1]}"}
    return json.loads(done.stdout.strip().splitlines()[-1])


def compare(bench):
    there = {}
    for tool in PEERS:
        done = subprocess.run([sys.executable, "-c", f"import {tool}"], capture_output=True)
        there[tool] = done.returncode == 0
        if not there[tool]:
            print(f"peers: {tool} is not installed here: left out", flush=True)
    for name in QUICK_JOBS if bench.options.quick else JOBS:
        job = Job(name)
        stem = reference(bench, job)
        seconds, wrong, updates = warmsweep(bench, job, stem)
        if wrong:
            raise RuntimeError(f"job {name}: {wrong}")
        bench.row(f"job {name}: warmsweep", seconds, "s")
        for tool, (script, variants, noisy) in PEERS.items():
            for variant in (noisy if job.kind == "sgd" else variants) if there[tool] else []:
                if not fits(tool, variant, job):
                    continue
                result = launch(script, job, variant, stem)
                label = f"{tool} {variant}"
                if result.get("wrong"):
                    print(f"job {name}: {label}: not counted: {result['wrong']}", flush=True)
                    bench.rows.append({"name": f"job {name}: {label}", "wrong": result["wrong"]})
                    continue
                ratio = result["seconds"] / seconds
                bench.row(f"job {name}: {label}", result["seconds"], "s")
                if label.startswith(HAND_WRITTEN):
                    bench.target(f"job {name}: times {label}", ratio, 1)
                elif tool in ("jax", "torch"):
                    bench.target(f"job {name}: times {label}", ratio, 50)
