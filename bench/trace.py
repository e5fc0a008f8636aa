#!/usr/bin/env python3
"""trace.py: what do 64 points of a trace, equally spaced in log t, add to the time of a run? Gaps and step sizes alone, and with what needs the state again
(gradient norm, sharpness, edge).

One worker thread, from the start of the first trajectory to the last transaction of the journal. All trajectories run to the cap, but with `hits`
they end, and begin, each at another iteration. Outcomes with a trace are those without (of a tenth of the trajectories) before anything is timed. Runs
with and without take turns; the shortest of each counts, of wall time and of the processor time of all threads of the process, less that of a
process that runs one trajectory: start and end are the same with and without.

    bench/run trace
    python3 bench/trace.py --steps 10000 --only hits --output bench/results/trace.json     a part; other rows of the file stay
"""
import argparse
import json
import os
import pathlib
import resource
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
        many = max(1, 200000 // steps)
        for precision in ("float32", "float64"):
            yield "quadratic, d 2", sweep("quadratic", 2, precision, steps, 2000 * many)
            yield "quadratic, d 16", sweep("quadratic", 16, precision, steps, 1200 * many)
            yield "quadratic, d 16, hits", sweep("quadratic", 16, precision, steps, 1200 * many, hits=True)
            yield "quadratic, d 64", sweep("quadratic", 64, precision, steps, 600 * many)
            yield "quadratic, d 64, hits", sweep("quadratic", 64, precision, steps, 600 * many, hits=True)
            yield "quadratic, d 1024", sweep("quadratic", 1024, precision, steps, 30 * many)
            yield "cosh, d 64", sweep("cosh", 64, precision, steps, 60 * many)
            yield "radial cosh (coupled), d 64", sweep("radial-cosh", 64, precision, steps, 300 * many)
            yield "sgd, gaussian, d 64", sweep("quadratic", 64, precision, steps, 30 * many, noise="gaussian")


def run(program, folder, text):
    """Seconds of a run without its start, processor time of the whole process."""
    file = folder / "sweep.json"
    file.write_text(json.dumps(text))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([program, "run", file, "-o", folder / "run", "--force", "--no-report", "--quiet", "--json", "--threads", "1"], capture_output=True,
                          text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return json.loads(done.stdout)["seconds"], after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def shorter(text, part):
    peak = text["schedule"]["peak"]
    return dict(text, schedule={"peak": dict(peak, points=max(1, peak["points"] // part))})


def outcomes(program, folder):
    """All but the traces."""
    target = folder / "outcomes.csv"
    subprocess.run([program, "export", folder / "run", "--format", "csv", "-o", target], check=True)
    rows = [line.split(",") for line in target.read_text().splitlines()]
    kept = [i for i, name in enumerate(rows[0]) if not name.startswith("trace_")]
    return [[row[i] for i in kept] for row in rows]


def measure(program, folder, plain, repeat):
    """Best wall and processor seconds without a trace, of gap and step size, of all quantities; bytes of the journal."""
    steps = plain["stop"]["steps"]
    variants = [plain] + [dict(plain, record={"trace": {"at": {"log": [1, steps], "points": 64}, "quantities": q}}) for q in (ALL[:2], ALL)]
    seen = []
    for text in variants:
        run(program, folder, shorter(text, 10))
        seen.append(outcomes(program, folder))
    if seen[1] != seen[0] or seen[2] != seen[0]:
        raise SystemExit(f"the outcomes with a trace are not those without: {plain}")
    one = min(run(program, folder, shorter(plain, 1 << 40))[1] for _ in range(5))
    best = [(float("inf"), float("inf"))] * 3
    size = [0] * 3
    for _ in range(repeat):
        for i, text in enumerate(variants):
            wall, processor = run(program, folder, text)
            best[i] = (min(best[i][0], wall), min(best[i][1], processor - one))
            size[i] = (folder / "run" / "journal.sqlite").stat().st_size
    return best, size


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=os.environ.get("WARMSWEEP", "build/release/warmsweep"))
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--steps", type=int, nargs="*", default=[10000, 100000])
    parser.add_argument("--only", default="", help="jobs whose name has this")
    parser.add_argument("--precision", nargs="*", default=["float32", "float64"])
    parser.add_argument("--output")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as name:
        for what, plain in cases(options.steps):
            if options.only not in what or plain["precision"] not in options.precision:
                continue
            best, size = measure(options.program, pathlib.Path(name), plain, options.repeat)
            count = plain["schedule"]["peak"]["points"]
            percent = [[100 * (best[i][k] / best[0][k] - 1) for k in (0, 1)] for i in range(3)]
            row = {"job": what, "precision": plain["precision"], "steps": plain["stop"]["steps"], "trajectories": count, "seconds": best[0][0],
                   "processor_seconds": best[0][1], "gaps_percent": percent[1][0], "all_percent": percent[2][0], "gaps_processor_percent": percent[1][1],
                   "all_processor_percent": percent[2][1], "journal_bytes_a_trajectory": [s / count for s in size]}
            rows.append(row)
            print(f"{what:28} {row['precision']} {row['steps']:6} iterations, {best[0][0] / count * 1e6:8.1f} us a trajectory: gap and step size "
                  f"{percent[1][0]:+6.1f} % (processor {percent[1][1]:+6.1f}), all {percent[2][0]:+6.1f} % (processor {percent[2][1]:+6.1f}), "
                  f"journal {size[0] / count:.0f}, {size[1] / count:.0f}, {size[2] / count:.0f} bytes a trajectory", flush=True)
    if options.output:
        file = pathlib.Path(options.output)
        mine = {(r["job"], r["precision"], r["steps"]) for r in rows}
        others = json.loads(file.read_text())["rows"] if file.exists() else []
        rows += [r for r in others if (r["job"], r["precision"], r["steps"]) not in mine and "all_processor_percent" in r]
        rows.sort(key=lambda r: (r["steps"], r["precision"], r["job"]))
        file.write_text(json.dumps({"question": "time that 64 points of a trace add", "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
