"""test_traces.py: traces in the files of a report: of every trajectory, their statistics over replicates against numpy, the hitting iterations of the mean
curve against closed forms and against what every iteration says, honesty about replicates that diverged or ended, pictures."""
import json
import math
import pathlib
import subprocess
import sys
import unittest
import xml.etree.ElementTree

import numpy
import pandas
import xarray

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness

QUANTITIES = ["gap", "step_size", "gradient_norm", "sharpness", "edge"]
LEVELS = [0.1, 0.25, 0.5, 0.75, 0.9]


def sphere(d, replicates, eps, at, eta=0.1, steps=400, start=100, **more):
    """f = |x|^2/2, gaussian noise; the floor of the mean gap is 1, it starts at `start`."""
    sigma = math.sqrt(2 * (2 - eta) / (eta * d))
    return {"objective": {"kind": "quadratic", "dimension": d, "spectrum": {"law": "explicit", "values": [1] * d}}, "start": {"kind": "sphere", "gap": start},
            "method": {"kind": "sgd"}, "noise": {"kind": "gaussian", "sigma": sigma}, "replicates": replicates, "schedule": {"peak": eta},
            "stop": {"steps": steps, "gap": eps, "run_on": "budget"}, "record": {"trace": {"at": at, "quantities": ["gap"]}}, **more}


def wild(run_on):
    """Heavy tails on steep walls: some replicates diverge, some reach, some do neither."""
    return {"precision": "float64", "objective": {"kind": "cosh", "dimension": [3, 5]}, "start": {"kind": "sphere", "gap": 20}, "method": {"kind": "sgd"},
            "noise": {"kind": "stable", "alpha": 1.3, "sigma": 0.05}, "replicates": 40, "schedule": {"peak": [0.02, 0.1, 0.4]},
            "stop": {"steps": 150, "gap": [1, 0.3], "diverged": 100, **({"run_on": run_on} if run_on else {})},
            "record": {"trace": {"at": [0, 1, 5, 16, 17, {"linear": [20, 140], "points": 7}, 150]}}}


def report(sweep, *arguments):
    directory = harness.run(sweep, *arguments)
    harness.program("report", directory)
    return directory, pandas.read_csv(directory / "cells.csv"), xarray.open_dataset(directory / "outcomes.nc")


class Traces(unittest.TestCase):
    def check_statistics(self, sweep):
        directory, cells, data = report(sweep)
        rows = harness.outcomes(directory)
        at = data["trace"].values
        count, n = len(cells), sweep["replicates"]
        self.assertEqual(data["trace_gap"].dims[-2:], ("replicate", "trace"))
        flat = {q: data[f"trace_{q}"].values.reshape(count, n, len(at)) for q in QUANTITIES}
        seen = set()
        for cell in range(count):
            mine = rows[cell * n:cell * n + n]
            for p, t in enumerate(at):
                values = {q: numpy.array([r[f"trace_{q}_{t}"] for r in mine]) for q in QUANTITIES}
                for q in QUANTITIES:
                    self.assertTrue(numpy.array_equal(flat[q][cell, :, p], values[q], equal_nan=True))
                running = sum(t <= r["end"] for r in mine)
                diverged = sum(t > r["end"] and r["status"] in ("diverged", "nonfinite") for r in mine)
                for name, want in (("running", running), ("diverged", diverged), ("ended", n - running - diverged)):
                    self.assertEqual(data[f"trace_{name}"].values.reshape(count, -1)[cell, p], want)
                seen |= {("diverged", diverged > 0), ("ended", running + diverged < n)}
                for q in QUANTITIES:
                    mean, error = (data[f"trace_{q}_{k}"].values.reshape(count, -1)[cell, p] for k in ("mean", "standard_error"))
                    quantile = data[f"trace_{q}_quantile"].values.reshape(count, len(at), 5)[cell, p]
                    known = values[q][~numpy.isnan(values[q])]
                    if q != "gap":
                        self.assertEqual(len(known), running)
                    elif diverged:
                        self.assertEqual(mean, math.inf)
                        self.assertTrue(math.isnan(error))
                        if running + diverged < n:
                            self.assertTrue(numpy.isnan(quantile).all())
                            continue
                        known = numpy.append(known, [math.inf] * diverged)
                        with numpy.errstate(invalid="ignore"):
                            want = numpy.quantile(known, LEVELS, method="inverted_cdf")  # without interpolation between infinities
                        for a, b in zip(quantile, want):
                            if math.isinf(a): self.assertGreaterEqual(sum(numpy.isinf(known)), 1)
                            else: self.assertGreaterEqual(a, b)
                        continue
                    elif running < n:
                        self.assertTrue(math.isnan(mean) and numpy.isnan(quantile).all(), "a gap that nobody knows has no part in a mean")
                        continue
                    if not len(known):
                        self.assertTrue(math.isnan(mean))
                        continue
                    self.assertTrue(math.isclose(mean, known.mean(), rel_tol=1e-12))
                    if len(known) > 1:
                        self.assertTrue(math.isclose(error, known.std(ddof=1) / math.sqrt(len(known)), rel_tol=1e-9, abs_tol=1e-14 * abs(mean)))
                    self.assertTrue(numpy.allclose(quantile, numpy.quantile(known, LEVELS, method="averaged_inverted_cdf"), rtol=1e-13))
            for e, eps in enumerate(sweep["stop"]["gap"]):
                low, high, how = (cells[f"mean_curve_{k}"][cell] for k in (f"low_{eps}", f"high_{eps}", f"{eps}_is"))
                means = data["trace_gap_mean"].values.reshape(count, -1)[cell]
                stored = [data[f"mean_curve_hit_{k}"].values.reshape(count, -1)[cell, e] for k in ("low", "high", "is")]
                self.assertTrue(numpy.array_equal([low, high], stored[:2], equal_nan=True))
                self.assertEqual(["exact", "between", ">trace", "never", "unknown"][int(stored[2])], how)
                self.assert_mean_hit(at, means, eps, low, high, how)
                seen.add(how)
        return seen

    def assert_mean_hit(self, at, means, eps, low, high, how):
        for p, mean in enumerate(means):
            if math.isnan(mean): return self.assertEqual((how, low), ("unknown", at[p - 1] + 1))
            if mean <= eps: return self.assertEqual((how, low, high), ("exact" if at[p] == p else "between", at[p] if at[p] == p else at[p - 1] + 1, at[p]))
            if math.isinf(mean): return self.assertEqual(how, "never")
        self.assertEqual((how, low), (">trace", at[-1] + 1))

    def test_statistics(self):
        seen = self.check_statistics(wild("budget"))
        self.assertTrue({("diverged", True), "between", "never"} <= seen, seen)
        seen = self.check_statistics(wild(None))
        self.assertTrue({("diverged", True), ("ended", True), "unknown"} <= seen, seen)

    def test_mean_curve_of_the_sphere(self):
        """E gap = 1 + 99 q^t, q = (1 - eta)^2: 1.05 at 37 and 3 at 19; never 0.5, which single trajectories in one dimension hit."""
        at = {"linear": [0, 100], "points": 101}
        for d, medians in ((1, (16, 20, 22)), (256, (19, 34, None))):
            directory, cells, _ = report(sphere(d, 4000 if d == 1 else 1000, [3, 1.05, 0.5], at, steps=100))
            found = json.loads(harness.program("report", directory, "--json"))["summary"]["comparisons"]
            summary = {row["eps"]: row for row in found}
            self.assertIn("mean curve: T = 37" if d > 1 else "mean curve: T = ", harness.program("report", directory))
            for eps, want, slack in ((3, 19, 0 if d > 1 else 1), (1.05, 37, 0 if d > 1 else 6)):
                self.assertEqual(cells[f"mean_curve_{eps}_is"][0], "exact")
                self.assertLessEqual(abs(cells[f"mean_curve_high_{eps}"][0] - want), slack, (d, eps))
            self.assertEqual(cells["mean_curve_0.5_is"][0], ">trace")
            for eps, median in zip((3, 1.05, 0.5), medians):
                choice = summary[eps]["constant"]
                if median is not None:
                    want = {"is": cells[f"mean_curve_{eps}_is"][0], "low": cells[f"mean_curve_low_{eps}"][0]}
                    self.assertEqual({k: choice["mean_curve"][k] for k in want}, want)
                if median is None: self.assertEqual(cells[f"median_{eps}_is"][0], ">cap")
                else: self.assertLessEqual(abs(cells[f"median_{eps}"][0] - median), 1, (d, eps))

    def test_bracket_holds_what_every_iteration_says(self):
        eps = {"relative": [0.5, 0.1, 0.02]}
        for precision in ("float32", "float64"):
            every = report(sphere(16, 50, eps, {"linear": [0, 200], "points": 201}, precision=precision, start=64, steps=200))[1]
            some = report(sphere(16, 50, eps, [0, {"log": [1, 200], "points": 20}], precision=precision, start=64, steps=200))[1]
            for e in (0.5, 0.1, 0.02):
                self.assertEqual(every[f"mean_curve_{e}_is"][0], "exact")
                exact = every[f"mean_curve_high_{e}"][0]
                self.assertTrue(some[f"mean_curve_low_{e}"][0] <= exact <= some[f"mean_curve_high_{e}"][0])
            self.assertEqual(some["mean_curve_0.02_is"][0], "between")

    def test_statistics_alone(self):
        sweep = wild("budget")
        _, cells, data = report(sweep)
        sweep["record"]["trace"]["keep"] = "statistics"
        directory, cells_alone, alone = report(sweep)
        self.assertTrue(cells.equals(cells_alone))
        self.assertFalse(any(f"trace_{q}" in alone for q in QUANTITIES))
        for name in alone:
            self.assertTrue(numpy.array_equal(alone[name].values, data[name].values, equal_nan=data[name].dtype.kind == "f"), name)
        self.assertFalse([key for key in harness.outcomes(directory)[0] if key.startswith("trace_")])

    def test_threads_shards_and_resume(self):
        """Means and quantiles are the same bits; so is the journal's trace after a verification on another layout."""
        _, cells, data = report(wild("budget"), "--threads", "1", "--chunk-size", "7")
        parts = [harness.run(wild("budget"), "--chunk-size", "7", "--shard", f"{i}/2") for i in range(2)]
        harness.program("report", parts[0])
        part = xarray.open_dataset(parts[0] / "outcomes.nc")
        self.assertLess(int(part["trace_running"].values[..., 0].sum()), int(data["trace_running"].values[..., 0].sum()))
        merged = harness.new_directory()
        harness.program("merge", *parts, "-o", merged)
        harness.program("verify", merged)
        harness.program("report", merged)
        self.assertTrue(cells.equals(pandas.read_csv(merged / "cells.csv")))
        again = xarray.open_dataset(merged / "outcomes.nc")
        for name in data:
            self.assertTrue(numpy.array_equal(again[name].values, data[name].values, equal_nan=data[name].dtype.kind == "f"), name)

    def test_pictures(self):
        sweep = wild("budget")
        sweep["report"] = [{"kind": "trace", "quantity": q, "lines": "schedule.peak"} for q in ("gap", "sharpness", "edge")]
        directory, _, _ = report(sweep)
        folder = directory / "report"
        names = sorted(path.stem for path in folder.glob("*.png"))
        self.assertEqual(names, sorted(f"trace-{i}-{q}-slice-{s}" for i, q in ((1, "gap"), (2, "sharpness"), (3, "edge")) for s in (1, 2)))
        words = {"gap": ["gap f(x) - f*", "eps", "40 replicates", "diverged"], "sharpness": ["2 / step size"], "edge": ["edge of stability"]}
        for name in names:
            self.assertGreater(int.from_bytes((folder / f"{name}.png").read_bytes()[16:20], "big"), 1000)
            root = xml.etree.ElementTree.parse(folder / f"{name}.svg").getroot()
            text = " ".join("".join(t.itertext()) for t in root.iter("{http://www.w3.org/2000/svg}text"))
            for word in words[name.split("-")[2]] + ["iteration t", "peak step size = 0.4"]: self.assertIn(word, text, name)
        self.assertEqual((folder / "report.html").read_text().count("<img "), 6)
        before = (folder / f"{names[0]}.png").read_bytes()
        (folder / f"{names[0]}.png").unlink()
        subprocess.run(["gnuplot", f"{names[0]}.gp"], cwd=folder, check=True, capture_output=True)
        self.assertEqual((folder / f"{names[0]}.png").read_bytes(), before)
        # without a wish: every quantity; one trajectory a line, a line that has no numbers, a grid of one cell
        del sweep["report"], sweep["noise"], sweep["method"], sweep["replicates"]
        directory, _, _ = report(dict(sweep, objective={"kind": "cosh", "dimension": 3}))
        self.assertEqual(sorted(path.stem for path in (directory / "report").glob("*.png")), sorted(f"trace-{i}-{q}" for i, q in enumerate(QUANTITIES, 1)))
        directory, _, _ = report(dict(sweep, objective={"kind": "cosh", "dimension": 3}, schedule={"peak": 0.1}, stop={"steps": 150, "gap": [30]}))
        self.assertEqual(len(list((directory / "report").glob("*.png"))), 5)

    def test_without_noise(self):
        sweep = {"objective": {"kind": "quadratic", "dimension": 4}, "start": {"gap": 1}, "schedule": {"peak": [0.1, 0.5]}, "stop": {"steps": 50, "gap": [0.1]},
                 "record": {"trace": {"at": [0, 10, 50]}}}
        directory, cells, data = report(sweep)
        self.assertEqual(data["trace_gap"].dims, ("schedule_peak", "replicate", "trace"))
        self.assertNotIn("trace_gap_mean", data)
        self.assertFalse([name for name in cells if "mean_curve" in name])
        harness.program("verify", directory)


if __name__ == "__main__":
    unittest.main()
