#!/usr/bin/env python3
"""growth.py: how do time and memory of a run grow with the number of trajectories, d, iterations, eps, axes, and those of its report with the number of cells?

Time is that from the start of the process to its end, kernels cached, journal included, one core; memory is the largest resident set (of the largest process, where a report draws
pictures).
Draws docs/growth.png with gnuplot: each panel changes one number of a sweep, logarithmic axes, grey: linear growth. Linear or better
means that no step of a series grows faster than the number itself, but for 30 % of noise.

    bench/run growth
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "peers"))
import machine  # noqa: E402


def sweep(peaks=1000, d=4, steps=50, gaps=1, **more):
    result = {"precision": "float32", "objective": {"kind": "quadratic", "dimension": d},
              "start": {"kind": "sphere", "gap": 100}, "method": {"kind": "gd"},
              "schedule": {"peak": {"log": [1e-3, 1e-2], "points": peaks}},
              # the ladder: half of it is passed at the start, half never
              "stop": {"steps": steps, "gap": [1e-20] + [10.0 * 1.3**k for k in range(1 - gaps // 2, gaps - gaps // 2)]}}
    for section, values in more.items():
        result.setdefault(section, {}).update(values)
    return result


def axes(count):
    """2^16 cells on count axes of as many values each."""
    points = round(65536 ** (1 / count))
    fields = [("schedule", "peak", 1e-3, 1e-2), ("warmup", "steps", 1, points), ("start", "gap", 100, 110), ("stop", "steps", 51, 50 + points),
              ("spectrum", "lmin", 0.01, 0.02), ("spectrum", "lmax", 1, 1.1), ("warmup", "power", 1, 2), ("decay", "floor", 0.1, 0.2)]
    result = sweep(1)
    result["objective"]["spectrum"] = {"law": "geometric"}
    result["schedule"].update(warmup={"kind": "polynomial", "power": 2}, decay={"kind": "cosine"})
    places = result | result["schedule"] | result["objective"]
    for section, key, low, high in fields[:count]:
        places[section][key] = {"linear": [low, high], "points": points}
    return result


def grid(n):
    """Peak by warmup, three eps, of which each has a picture."""
    return sweep(n, gaps=3, schedule={"warmup": {"kind": "linear", "steps": {"linear": [0, n - 1], "points": n}}})


SERIES = {  # what: (value, its sweep), ...
    "trajectories": [(n, sweep(n // 10, schedule={"warmup": {"steps": list(range(10))}})) for n in (10**3, 10**4, 10**5, 10**6, 10**7)],
    "d": [(d, sweep(256, d=d, steps=2000)) for d in (1, 4, 16, 64, 256, 1024, 4096, 16384)],
    "iterations": [(t, sweep(256, d=16, steps=t)) for t in (10**2, 10**3, 10**4, 10**5, 10**6)],
    "eps": [(n, sweep(10**6, gaps=n)) for n in (1, 4, 16, 64)],
    "axes": [(n, axes(n)) for n in (1, 2, 4, 8)],
    "cells of a report": [(n * n, grid(n)) for n in (10, 32, 100, 320, 1000)],
}


def measure(options, folder, text, reports):
    file, run = folder / "sweep.json", folder / "run"
    file.write_text(json.dumps(text))
    command = [options.program, "run", str(file), "-o", str(run), "--force", "--threads", "1", "--no-report", "--quiet", "--json"]
    environment = dict(os.environ, WARMSWEEP_CACHE=str(folder / "cache"))
    stopwatch, core = [sys.executable, str(HERE / "peers/stopwatch.py")], {min(os.sched_getaffinity(0))}

    def timed(seconds, command):
        done = subprocess.run([*options.launcher.split(), *stopwatch, seconds, *command], env=environment, capture_output=True, text=True,
                              check=True, preexec_fn=lambda: os.sched_setaffinity(0, core))
        return json.loads(done.stdout.splitlines()[-1])

    timed("0", command)  # compiles
    result = timed("1", command)
    printed = json.loads(result.pop("printed"))
    assert printed["complete"], "a run that is not complete measures nothing"
    if reports:
        result = timed("1", [options.program, "report", str(run)])
        result.pop("printed")
    if result["seconds"] > 1.1 * result["processor_seconds"]:  # something else used the core, or the disk was slow
        result.update(wall_seconds=result["seconds"], seconds=result["processor_seconds"])
    result.update(inner_seconds=printed["seconds"], trajectories=printed["trajectories"],
                  journal_MB=sum(f.stat().st_size for f in run.glob("journal*")) / 1e6)
    return result


def steps_too_fast(rows):
    """The steps of a series that grow faster than linearly: (from, to, exponent)."""
    import math
    found = []
    for quantity in ("seconds", "memory_MB"):
        for a, b in zip(rows, rows[1:]):
            if b[quantity] / a[quantity] > 1.3 * b["value"] / a["value"]:
                found.append(f"{quantity} from {a['value']} to {b['value']}: exponent "
                             f"{math.log(b[quantity] / a[quantity]) / math.log(b['value'] / a['value']):.2f}")
    return found


def draw(result, target, folder):
    lines = ["set terminal pngcairo size 1800,600 font 'sans,11'", f"set output '{target}'", "set logscale xy",
             "set format y '10^{%T}'", "set grid lc rgb '#dddddd'", "unset key", f"set multiplot layout 2,{len(SERIES)}"]
    for quantity, label, limits in (("seconds", "seconds", "1e-3:10"), ("memory_MB", "MB of memory", "1:1000")):
        lines.append(f"set yrange [{limits}]")
        for what, rows in result["series"].items():
            data = folder / f"{what}_{quantity}.txt"
            data.write_text("".join(f"{row['value']} {row[quantity]}\n" for row in rows))
            # linear growth through the last point
            last = rows[-1][quantity] / rows[-1]["value"]
            large = rows[-1]["value"] > 1000
            lines += [f"set xlabel '{what}'", f"set ylabel '{label}'", f"set format x '{'10^{%T}' if large else '%g'}'",
                      f"plot [{rows[0]['value'] / 1.3}:{rows[-1]['value'] * 1.3}] {last!r}*x lc rgb '#bbbbbb' dt 2,"
                      f" '{data}' with linespoints lw 2 pt 7 ps 0.8 lc rgb '#20609f'"]
    script = folder / "growth.gp"
    script.write_text("\n".join(lines) + "\n")
    subprocess.run(["gnuplot", str(script)], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=os.environ.get("WARMSWEEP", "build/release/warmsweep"))
    parser.add_argument("--launcher", default="", help="a command put before every measured one (numactl ..., a lock)")
    parser.add_argument("--output")
    parser.add_argument("--picture")
    parser.add_argument("--draw-only", action="store_true", help="of the figures in --output")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if options.draw_only:
            draw(json.loads(pathlib.Path(options.output).read_text()), options.picture, folder)
            return
        result = {"question": "growth of time and memory", **machine.facts(options.program), "series": {}}
        result.pop("packages")
        for what, points in SERIES.items():
            rows = result["series"][what] = []
            for value, text in points:
                rows.append({"value": value, **measure(options, folder, text, "report" in what)})
                row = rows[-1]
                print(f"{what:17} {value:>9}: {row['seconds']:8.3f} s, {row['memory_MB']:7.1f} MB, journal {row['journal_MB']:8.1f} MB",
                      flush=True)
            fast = steps_too_fast(rows)
            print(f"{what:17} {'linear or better' if not fast else 'FASTER THAN LINEAR: ' + '; '.join(fast)}", flush=True)
        small, large = result["series"]["trajectories"][0], result["series"]["trajectories"][-1]
        count = large["value"] - small["value"]
        each = result["bytes_per_trajectory"] = {"memory": (large["memory_MB"] - small["memory_MB"]) * 2**20 / count,
                                                 "journal": (large["journal_MB"] - small["journal_MB"]) * 1e6 / count}
        print(f"memory {each['memory']:.1f} bytes a trajectory, journal {each['journal']:.1f}")
        if options.output:
            pathlib.Path(options.output).write_text(json.dumps(result, indent=1) + "\n")
        if options.picture:
            draw(result, options.picture, folder)


if __name__ == "__main__":
    main()
