"""test_report.py: results open in the programs that people use, say what the outcomes say, and pictures are drawn."""
import csv
import json
import os
import pathlib
import re
import subprocess
import sys
import unittest
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness

SWEEP = {"title": "A <b>title</b> & \"quotes\" 'n' `backticks`", "precision": "float32",
         "objective": {"kind": "quadratic", "dimension": [2, 5], "spectrum": {"law": "geometric", "lmax": 1, "lmin": 0.1}},
         "start": {"kind": "sphere", "gap": 10}, "method": {"kind": "sgd"}, "noise": {"kind": "gaussian", "sigma": 0.05}, "replicates": 20,
         "schedule": {"peak": {"log": [0.01, 3], "points": 6}, "warmup": {"steps": [0, 1, 30]}},
         "stop": {"steps": 150, "gap": [1, 0.01, 1e-4]}, "record": {"gap_at": [10, 150]}}


def full_run(sweep, *arguments, expect=0, **environment):
    """With the report."""
    directory = harness.new_directory()
    file = harness.SCRATCH / f"{directory.name}.json"
    file.write_text(json.dumps(sweep))
    out = harness.program("run", file, "-o", directory, "--quiet", *arguments, expect=expect, **environment)
    return directory, out


class Report(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory, _ = full_run(SWEEP)
        cls.rows = harness.outcomes(cls.directory)

    def test_xarray(self):
        import numpy
        import xarray

        data = xarray.open_dataset(self.directory / "outcomes.nc")
        axes = ("objective.dimension", "schedule.peak", "schedule.warmup.steps")
        names = [name for name in data.sizes]
        self.assertEqual([data.sizes[n] for n in data["status"].dims], [2, 6, 3, 20])
        self.assertEqual(data["status"].dims[-1], "replicate")
        for axis, dimension in zip(axes, data["status"].dims):
            self.assertIn(axis.replace(".", "_"), dimension.replace(".", "_"))
            self.assertIn("units", data[dimension].attrs, names)
        self.assertEqual(json.loads(data.attrs["sweep"])["replicates"], 20)
        hit = data["hit"]
        self.assertEqual(hit.dims[-1], "eps")
        self.assertTrue(numpy.allclose(data["eps"].values, [1, 0.01, 1e-4]))
        flat_status = data["status"].values.reshape(-1)
        flat_hit, flat_end = hit.values.reshape(-1, 3), data["end"].values.reshape(-1)
        flat_final = data["final_gap"].values.reshape(-1)
        for i, row in enumerate(self.rows):
            self.assertEqual(harness.STATUS[int(flat_status[i])], row["status"])
            self.assertEqual(int(flat_end[i]), row["end"])
            self.assertTrue(flat_final[i] == row["final_gap"] or flat_final[i] != flat_final[i])
            for e in range(3):
                got = flat_hit[i][e]
                self.assertEqual(-1 if got != got else int(got), row[f"hit_{e + 1}"])
        gap_at = data["gap"].values.reshape(-1, 2)
        self.assertEqual([float(v) for v in gap_at[:, 0] if v == v], [r["gap_at_10"] for r in self.rows if r["gap_at_10"] == r["gap_at_10"]])
        self.assertEqual(data["hit"].attrs["units"], "iterations")

    def test_pandas(self):
        import numpy
        import pandas

        cells = pandas.read_csv(self.directory / "cells.csv")
        self.assertEqual(len(cells), 36)
        for index, cell in cells.iterrows():
            rows = self.rows[index * 20:index * 20 + 20]
            for status in harness.STATUS:
                self.assertEqual(cell[status], sum(r["status"] == status for r in rows))
            self.assertEqual(cell["flag_unstable"], sum(r["flags"] & 2 > 0 for r in rows))
            for e, eps in enumerate(("1", "0.01", "0.0001"), 1):
                hits = sorted(r[f"hit_{e}"] if r[f"hit_{e}"] >= 0 else numpy.inf for r in rows)
                self.assertEqual(cell[f"hits_{eps}"], sum(numpy.isfinite(hits)))
                median = (hits[9] + hits[10]) / 2
                if numpy.isfinite(median):
                    self.assertEqual((cell[f"median_{eps}"], cell[f"median_{eps}_is"]), (median, "exact"))
                else:
                    self.assertTrue(numpy.isnan(cell[f"median_{eps}"]))
                    self.assertIn(cell[f"median_{eps}_is"], (">cap", "never"))
                finite = [h for h in hits if numpy.isfinite(h)]
                if finite:
                    self.assertAlmostEqual(cell[f"mean_of_hits_{eps}"], numpy.mean(finite))
                    self.assertAlmostEqual(cell[f"expected_running_time_{eps}"], (sum(finite) + 150 * (20 - len(finite))) / len(finite))
                self.assertAlmostEqual(cell[f"restricted_mean_{eps}"], numpy.mean([min(h, 150) for h in hits]))
        trajectories = harness.SCRATCH / "trajectories.csv"
        harness.program("export", self.directory, "-o", trajectories)
        frame = pandas.read_csv(trajectories)
        self.assertEqual(len(frame), 720)
        self.assertEqual(frame["final_gap"].dtype, float)

    def test_export_to_what_is_no_file(self):
        """A pipe or a device is written to as it stands; a file that took its place would be a surprise."""
        target = harness.SCRATCH / "plain.csv"
        harness.program("export", self.directory, "-o", target)
        text = target.read_text()
        self.assertEqual(harness.program("export", self.directory, "-o", "-"), text)
        with open(harness.SCRATCH / "appended", "w") as file:
            file.write("before\n")
            file.flush()
            subprocess.run([harness.PROGRAM, "export", self.directory, "-o", "/dev/stdout"], stdout=file, env=harness.environment(), check=True)
        self.assertEqual((harness.SCRATCH / "appended").read_text(), "before\n" + text)
        pipe = harness.SCRATCH / "pipe"
        os.mkfifo(pipe)
        with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE, text=True) as reader:
            harness.program("export", self.directory, "-o", pipe)
            self.assertEqual(reader.communicate(timeout=60)[0], text)
        self.assertTrue(pipe.is_fifo())
        for name in (pipe, "-"):
            done = subprocess.run([harness.PROGRAM, "export", self.directory, "--format", "netcdf", "-o", name], env=harness.environment(), capture_output=True,
                                  text=True, timeout=60)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(f"cannot write {name}: a file is needed", done.stderr)
        self.assertTrue(pipe.is_fifo())
        if os.path.exists("/dev/full"):
            link = harness.SCRATCH / "full" # if it were replaced, then not the device
            link.symlink_to("/dev/full")
            done = subprocess.run([harness.PROGRAM, "export", self.directory, "-o", link], env=harness.environment(), capture_output=True, text=True, timeout=60)
            self.assertEqual((done.returncode, done.stderr), (1, f"warmsweep: cannot write {link}: No space left on device\n"))
            self.assertTrue(link.is_char_device())

    def test_summary(self):
        import statistics

        summary = json.loads(harness.program("report", self.directory, "--json"))["summary"]
        self.assertEqual(summary["status"], {s: sum(r["status"] == s for r in self.rows) for s in harness.STATUS})
        self.assertEqual(len(summary["comparisons"]), 2 * 3)
        for comparison in summary["comparisons"]:
            e = {1: 1, 0.01: 2, 1e-4: 3}[comparison["eps"]]
            medians = {}
            for start in range(0, 720, 20):
                rows = self.rows[start:start + 20]
                if rows[0]["objective.dimension"] != comparison["group"]["objective.dimension"]:
                    continue
                median = statistics.median(r[f"hit_{e}"] if r[f"hit_{e}"] >= 0 else float("inf") for r in rows)
                medians[rows[0]["schedule.peak"], rows[0]["schedule.warmup.steps"]] = median
            for kind, wanted in (("constant", lambda w: w == 0), ("warmup", lambda w: w > 0)):
                best = min(m for (_, w), m in medians.items() if wanted(w))
                if best == float("inf"):
                    self.assertIsNone(comparison[kind])
                else:
                    self.assertEqual(comparison[kind]["median"], best)
            if comparison["constant"] and comparison["warmup"] and comparison["warmup"]["median"] > 0:
                ratio = comparison["speedup"]
                self.assertAlmostEqual(ratio["ratio"], comparison["constant"]["median"] / comparison["warmup"]["median"])
                self.assertLessEqual(ratio["low"], ratio["ratio"])

    def test_pictures(self):
        names = sorted(path.name for path in (self.directory / "report").iterdir())
        pictures = [name[:-4] for name in names if name.endswith(".png")]
        self.assertEqual(len(pictures), 6)  # two dimensions by three eps
        with_numbers = 0
        for name in pictures:
            png = (self.directory / "report" / f"{name}.png").read_bytes()
            self.assertEqual(png[:8], b"\x89PNG\r\n\x1a\n")
            self.assertGreaterEqual(int.from_bytes(png[16:20], "big"), 1000)
            svg = (self.directory / "report" / f"{name}.svg").read_text()
            root = xml.etree.ElementTree.fromstring(svg)
            text = " ".join("".join(t.itertext()) for t in root.iter("{http://www.w3.org/2000/svg}text"))
            for word in ("peak step size", "warmup steps"):
                self.assertIn(word, text)
            with_numbers += "iterations T" in text
            self.assertTrue({f"{name}.gp", f"{name}.rgb"} <= set(names))
        self.assertGreaterEqual(with_numbers, 4)
        # the script draws the same again on its own
        folder = self.directory / "report"
        before = (folder / f"{pictures[0]}.png").read_bytes()
        (folder / f"{pictures[0]}.png").unlink()
        subprocess.run(["gnuplot", f"{pictures[0]}.gp"], cwd=folder, check=True, capture_output=True)
        self.assertEqual((folder / f"{pictures[0]}.png").read_bytes(), before)

    def test_html(self):
        text = (self.directory / "report/report.html").read_text()
        self.assertNotIn("<b>title</b>", text)
        self.assertIn("&lt;b&gt;title&lt;/b&gt;", text)
        self.assertEqual(text.count("<img "), 6)
        self.assertNotIn("<script", text)
        for outside in ("http://", "https://"):
            self.assertNotIn(f'src="{outside}', text)
            self.assertNotIn(f'href="{outside}', text)
        import html.parser

        opened = []

        class Check(html.parser.HTMLParser):
            def handle_starttag(self, tag, attributes):
                if tag not in ("meta", "img"):
                    opened.append(tag)

            def handle_endtag(self, tag):
                assert opened.pop() == tag

        Check().feed(text)
        self.assertEqual(opened, [])

    def test_without_gnuplot(self):
        directory = harness.new_directory()
        file = harness.SCRATCH / "nognuplot.json"
        file.write_text(json.dumps(dict(SWEEP, replicates=1)))
        done = subprocess.run([harness.PROGRAM, "run", file, "-o", directory], env=harness.environment(WARMSWEEP_GNUPLOT="/nonexistent/gnuplot"),
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("gnuplot", done.stderr)
        for name in ("outcomes.nc", "cells.csv", "report/report.html", "journal.sqlite"):
            self.assertTrue((directory / name).exists(), name)
        harness.program("report", directory)
        self.assertEqual(len(list((directory / "report").glob("*.png"))), 6)

    def test_gnuplot_that_fails(self):
        directory = harness.new_directory()
        file = harness.SCRATCH / "badgnuplot.json"
        file.write_text(json.dumps(dict(SWEEP, replicates=1)))
        done = subprocess.run([harness.PROGRAM, "run", file, "-o", directory], env=harness.environment(WARMSWEEP_GNUPLOT="false"),
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertFalse(list((directory / "report").glob("*.png")) + list((directory / "report").glob("*.tmp*")))

    def test_gnuplot_that_fails_on_some(self):
        """They are drawn side by side: the others are all there, in their order, and the first that is not is named."""
        directory = harness.run(dict(SWEEP, replicates=1))
        fails = harness.SCRATCH / "fails-on-some"
        fails.write_text("#!/bin/sh\ncase $* in *eps-0.01*) echo no such luck; exit 3 ;; esac\nexec gnuplot \"$@\"\n")
        fails.chmod(0o755)
        done = subprocess.run([harness.PROGRAM, "report", directory], env=harness.environment(WARMSWEEP_GNUPLOT=str(fails)), capture_output=True, text=True)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertRegex(done.stderr, r"fails-on-some failed on \S*/phase-1-eps-0.01-slice-1.gp: no such luck")
        names = [f"phase-1-eps-{eps}-slice-{part}" for part in (1, 2) for eps in ("1", "0.0001")]
        self.assertEqual(sorted(path.stem for path in (directory / "report").glob("*.png")), sorted(names))
        self.assertFalse(list((directory / "report").glob("*.tmp*")))
        page = (directory / "report/report.html").read_text()
        self.assertEqual(re.findall(r'phase-1-eps-[\w.]+-slice-\d(?=" src=)', page), names)

    def test_incomplete(self):
        directory = harness.run(SWEEP, "--chunk-size", "64", "--shard", "0/2")
        text = harness.program("report", directory)
        self.assertIn("INCOMPLETE", text)
        header, *lines = (directory / "cells.csv").read_text().splitlines()
        self.assertTrue(all(line.split(",")[header.split(",").index("run_complete")] == "0" for line in lines))
        self.assertGreater(sum(int(line.split(",")[header.split(",").index("missing")]) for line in lines), 0)
        svg = next((directory / "report").glob("*.svg")).read_text()
        self.assertIn("INCOMPLETE", svg)
        self.assertIn("not run", svg)

    def test_more_replicates_than_memory(self):
        """4 thousand million replicates, a few of which are there: said or done, never aborted."""
        sweep = {"precision": "float32", "objective": {"kind": "quadratic", "dimension": 1}, "start": {"gap": 10}, "method": {"kind": "sgd"},
                 "noise": {"kind": "gaussian", "sigma": 0.1}, "replicates": 4294967295, "schedule": {"peak": [0.1, 0.2]}, "stop": {"steps": 3, "gap": [5, 1]}}
        directory = harness.run(sweep, "--shard", "0/130000")
        done = subprocess.run([harness.PROGRAM, "report", directory], capture_output=True, text=True,
                              env=harness.environment(ASAN_OPTIONS="allocator_may_return_null=1"))
        self.assertIn(done.returncode, (0, 1), done.stderr)
        if done.returncode:
            self.assertIn("4294967295 replicates", done.stderr)

    def test_odd_shapes(self):
        """All diverged; nothing asked; one row; grids of 2 x 2; ladders relative to the start; other axes than the usual."""
        simple = {"objective": {"kind": "quadratic", "dimension": 2}, "start": {"kind": "sphere", "gap": 1},
                  "schedule": {"peak": [0.1, 0.5], "warmup": {"steps": [0, 3]}}, "stop": {"steps": 50, "gap": [0.1]}}
        sweeps = {
            "all diverged": dict(simple, schedule={"peak": [10, 20, 30], "warmup": {"steps": [0, 1]}}),
            "no eps": dict(simple, stop={"steps": 50}),
            "hit at the start": dict(simple, stop={"steps": 50, "gap": [5]}),
            "relative": dict(simple, stop={"steps": 50, "gap": {"relative": [0.5, 0.1]}}),
            "one cell": dict(simple, schedule={"peak": 0.1}),
            "units of 1/sharpness": dict(simple, schedule={"peak": {"list": [0.5, 1, 1.9], "unit": "1/sharpness"}, "warmup": {"steps": [0, 3]}}),
            "axes of the objective": dict(simple, objective={"kind": "quadratic", "dimension": [2, 30], "spectrum": {"law": "geometric", "lmin": [0.1, 0.5]}},
                                          report=[{"kind": "phase", "x": "objective.spectrum.lmin", "y": "objective.dimension"}], schedule={"peak": 0.5}),
            "never": dict(simple, stop={"steps": 0, "gap": [0.1]}),
        }
        for name, sweep in sweeps.items():
            with self.subTest(name):
                directory, _ = full_run(sweep)
                text = harness.program("report", directory)
                self.assertIn("trajectories", text)
                wanted = {"no eps": 0, "one cell": 0, "relative": 2}.get(name, 1)
                pictures = list((directory / "report").glob("*.png"))
                self.assertEqual(len(pictures), wanted)
                if name == "one cell":
                    self.assertEqual(sorted(p.name for p in (directory / "report").iterdir()), ["report.html"])


class Sweeps(unittest.TestCase):
    def test_every_example_is_a_sweep(self):
        files = sorted((harness.SOURCE / "sweeps").rglob("*.json"))
        self.assertGreaterEqual(len(files), 7)
        for file in files:
            plan = json.loads(harness.program("plan", file, "--json"))
            self.assertGreater(plan["trajectories"], 10)
            if file.name == "quickstart.json":
                self.assertGreaterEqual(plan["trajectories"], 100000)

    @staticmethod
    def written(sweep):
        file = harness.SCRATCH / "written.json"
        file.write_text(json.dumps(sweep))
        return file

    def test_schema(self):
        import re

        import jsonschema

        schema = json.loads(harness.program("list", "schema"))
        jsonschema.Draft202012Validator.check_schema(schema)
        check = jsonschema.Draft202012Validator(schema)
        for file in sorted((harness.SOURCE / "sweeps").rglob("*.json")):
            check.validate(json.loads(re.sub(r"(?m)^\s*//.*$", "", file.read_text())))
        check.validate(SWEEP)
        good = {"objective": {"kind": "cosh", "dimension": 4}, "start": {"gap": 1}, "schedule": {"peak": 1}, "stop": {"steps": 1}}
        check.validate(good)
        for change in ({"objective": {"kind": "cosch", "dimension": 4}}, {"objective": {"kind": "cosh", "dimension": 0}}, {"colour": 1},
                       {"stop": {"steps": -1}}, {"schedule": {"peek": 1}}, {"start": {"kind": "explicit", "gap": 1}}, {"replicates": 0},
                       {"schedule": {"peak": []}}, {"schedule": {"peak": {"log": [0, 1], "points": 3}}}, {"schedule": {"peak": {"value": 1, "points": 3}}},
                       {"title": "two\nlines"}, {"schedule": {"peak": 1, "decay": {"horizon": 9}}}, {"schedule": {"peak": 1, "warmup": {"power": 2}}},
                       {"schedule": {"peak": 1, "preset": "torch-stop"}}, {"schedule": {"peak": 1, "preset": "torch-step", "decay": {"gama": 0.5}}}):
            self.assertFalse(check.is_valid({**good, **change}), change)
        for schedule in ({"preset": "torch-step", "decay": {"gamma": 0.5}}, {"preset": "transformers-cosine", "warmup": {"steps": 5}, "decay": {"horizon": 9, "floor": 0.1}},
                         {"preset": "kalra-barkeshli", "warmup": {"steps": 5, "power": 2}}, {"preset": "torchtitan", "decay": {"kind": "wsd", "horizon": 9, "length": 3}},
                         {"kind": "clipped", "clip": 1, "preset": "noam", "warmup": {"steps": 4}}):
            check.validate({**good, "schedule": {"peak": 1, **schedule}})
            harness.program("plan", self.written({**good, "schedule": {"peak": 1, **schedule}}))

    def test_generated_documents_are_up_to_date(self):
        for what, name in (("sweep-format", "sweep-format.md"), ("catalogue", "catalogue.md"), ("schema", "sweep.schema.json")):
            self.assertEqual(harness.program("list", what), (harness.SOURCE / "docs" / name).read_text(), f"run scripts/generate-docs: {name}")


if __name__ == "__main__":
    unittest.main()
