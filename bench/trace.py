#!/usr/bin/env python3
"""trace.py: what do 64 points of a trace, equally spaced in log t, add to the time of a run? Gaps and step sizes alone, and with what needs the state again
(gradient norm, sharpness, edge).

One core, from the start of the first trajectory to the last transaction of the journal, which holds 8 bytes a point and quantity. `aligned`:
trajectories all run to the cap; `hits`: they end, and begin, each at another iteration. Outcomes with a trace are those without before
anything is timed. Runs with and without take turns; the shortest of each counts.

    bench/run trace
"""
import argparse
import json
import os
import pathlib
import subprocess
import tempfile

ALL = ["gap", "step_size", "gradient_norm", "sharpness", "edge"]


def sweep(objective, d, precision, steps, count, noise=None, hits=False):
    text = {"precision": precision, "objective": {"kind": objective, "dimension": d}, "start": {"kind": "sphere", "gap": 10},
            "schedule": {"peak": {"log": [100 / steps, 300 / steps] if hits else [0.1 / steps, 10 / steps], "points": count}}, "stop": {"steps": steps}}
    if hits:
        text["stop"]["gap"] = [1e-2]
    if noise:
        text.update(method={"kind": "sgd"}, noise={"kind": noise, "sigma": 0.1})
    return text


def cases(lengths):
    for steps in lengths:
        many = max(1, 50000 // steps)
        for precision in ("float32", "float64"):
            yield "quadratic, d 2", sweep("quadratic", 2, precision, steps, 2000 * many)
            yield "quadratic, d 64", sweep("quadratic", 64, precision, steps, 600 * many)
            yield "quadratic, d 64, hits", sweep("quadratic", 64, precision, steps, 600 * many, hits=True)
            yield "quadratic, d 1024", sweep("quadratic", 1024, precision, steps, 60 * many)
            yield "cosh, d 64", sweep("cosh", 64, precision, steps, 100 * many)
            yield "radial cosh (coupled), d 64", sweep("radial-cosh", 64, precision, steps, 400 * many)
            yield "sgd, gaussian, d 64", sweep("quadratic", 64, precision, steps, 50 * many, noise="gaussian")


def run(program, folder, text):
    """Seconds of a run without its start."""
    file = folder / "sweep.json"
    file.write_text(json.dumps(text))
    done = subprocess.run([program, "run", file, "-o", folder / "run", "--force", "--no-report", "--quiet", "--json", "--threads", "1"], capture_output=True,
                          text=True, check=True)
    told = json.loads(done.stdout)
    return told["seconds"]


def outcomes(program, folder):
    """All but the traces."""
    target = folder / "outcomes.csv"
    subprocess.run([program, "export", folder / "run", "--format", "csv", "-o", target], check=True)
    rows = [line.split(",") for line in target.read_text().splitlines()]
    kept = [i for i, name in enumerate(rows[0]) if not name.startswith("trace_")]
    return [[row[i] for i in kept] for row in rows]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=os.environ.get("WARMSWEEP", "build/release/warmsweep"))
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--steps", type=int, nargs="*", default=[10000, 100000])
    parser.add_argument("--output")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for what, plain in cases(options.steps):
            steps = plain["stop"]["steps"]
            variants = [plain] + [dict(plain, record={"trace": {"at": {"log": [1, steps], "points": 64}, "quantities": q}}) for q in (ALL[:2], ALL)]
            seen = []
            for text in variants:
                run(options.program, folder, text)
                seen.append(outcomes(options.program, folder))
            if seen[1] != seen[0] or seen[2] != seen[0]:
                raise SystemExit(f"{what}: the outcomes with a trace are not those without")
            best = [run(options.program, folder, text) for text in variants]
            for _ in range(options.repeat - 1):
                best = [min(b, run(options.program, folder, text)) for b, text in zip(best, variants)]
            row = {"job": what, "precision": plain["precision"], "steps": steps, "trajectories": plain["schedule"]["peak"]["points"], "seconds": best[0],
                   "gaps_percent": 100 * (best[1] / best[0] - 1), "all_percent": 100 * (best[2] / best[0] - 1)}
            rows.append(row)
            print(f"{what:28} {row['precision']} {steps:6} iterations, {best[0] / row['trajectories'] * 1e6:8.1f} us a trajectory: gap and step size "
                  f"{row['gaps_percent']:+6.1f} %, all {row['all_percent']:+6.1f} %", flush=True)
    if options.output:
        pathlib.Path(options.output).write_text(json.dumps({"question": "time that 64 points of a trace add", "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
