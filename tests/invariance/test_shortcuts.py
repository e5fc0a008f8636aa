"""test_shortcuts.py: what a CPU kernel leaves out changes no outcome.

Coordinates that are zero in every lane are not worked on (WS_SKIPS_ZEROS), gaps are made of their sums only where more than the order of the
sums matters (WS_GAPS_LATER; a hash of every gap forbids it), and a long lane's noise is drawn a few slots at a time (WS_APART). Each sweep is run as it
is, with every gap hashed (up to d = 300; WARMSWEEP_LONG: all), and with kernels whose text says that zeros are worked on and noise is drawn for whole lanes; all outcomes but the hash are the
same.
"""
import os
import pathlib
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness

SPECTRUM = {"law": "geometric", "lmax": 1, "lmin": 0.01}


def quadratic(d, precision="float32", peak=None, steps=3000, start=None, **more):
    objective = {"kind": "quadratic", "dimension": d}
    if d > 1:
        objective["spectrum"] = SPECTRUM
    return {"precision": precision, "objective": objective, "start": start or {"kind": "sphere", "gap": 50}, "method": {"kind": "gd"},
            "schedule": {"peak": peak or {"log": [0.05, 2.2], "points": 7}, "warmup": {"steps": [0, 40, 900]}}, "seed": 3,
            "stop": {"steps": steps, "gap": [10, 1e-6, 1e-20, 1e-36]}, "record": {"gap_at": [0, 15, 16, 17, 1000, 2999]}, **more}


# first coordinates are zero from the start
ALONG_THE_LAST = [0.0] * 16 + [0.5] * 24

SWEEPS = {
    **{f"d {d}": quadratic(d) for d in (1, 3, 4, 5, 16, 40, 64, 100)},
    "d 300 (a lane in one pass)": quadratic(300, steps=2000),
    "d 1030 (several passes, padded)": quadratic(1030, steps=1500, peak={"log": [0.3, 1.9], "points": 3}),
    "d 2048 (passes of 16)": quadratic(2048, steps=1500, peak=[0.5, 1.1]),
    "d 2048, fast modes alone": quadratic(2048, steps=1500, peak=[0.5, 1.1], start={"kind": "explicit", "values": [0.5] * 512 + [0.0] * 1536}),
    "d 2100 (passes of 16)": quadratic(2100, steps=1500, peak=[0.5, 1.1]),
    "float64": quadratic(40, "float64"),
    "d 1030, float64": quadratic(1030, "float64", steps=1500, peak=[0.5, 1.1]),
    "all modes below the smallest numbers": quadratic(16, peak=[1.0, 1.5, 1.9], steps=6000),
    "starts at zero": quadratic(40, start={"kind": "explicit", "values": ALONG_THE_LAST}),
    "step sizes that overflow": quadratic(40, start={"kind": "explicit", "values": ALONG_THE_LAST}, peak=[0.1, 1e30, 3e38, 1e39, 1e300], steps=200),
    "a step size that overflows later": quadratic(
        40, start={"kind": "explicit", "values": ALONG_THE_LAST}, steps=200,
        schedule={"peak": 1e300, "decay": {"kind": "table", "points": [[0, 1e-300], [50, 1e-300], [51, 1], [100, 1]]}}),
    "sgd": quadratic(16, method={"kind": "sgd"}, noise={"kind": "gaussian", "sigma": [0, 1e-3]}, replicates=2, steps=500),
    "sgd, d 1030, weights, float64": quadratic(1030, "float64", method={"kind": "sgd"}, noise={"kind": "gaussian", "sigma": 1e-3, "weights": "sqrt-spectrum"}, steps=100),
    "sgd, d 600, Student, momentum": quadratic(600, method={"kind": "momentum", "mu": 0.5}, noise={"kind": "student", "nu": 3, "sigma": 1e-3}, steps=100),
    "cosh": {**quadratic(20, steps=800), "objective": {"kind": "cosh", "dimension": 20, "K0": 1, "K1": 1}},
}


class Shortcuts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kernels = harness.SCRATCH / "kernels"
        shutil.copytree(harness.SOURCE / "kernels", cls.kernels)
        layout = cls.kernels / "layout_cpu.h"
        text = layout.read_text()
        for shortcut, without in (("#define WS_SKIPS_ZEROS 1", "#define WS_SKIPS_ZEROS 0"), ("#define WS_APART (NOISE_SPAN", "#define WS_APART (0 && NOISE_SPAN")):
            assert text.count(shortcut) == 1
            text = text.replace(shortcut, without)
        layout.write_text(text)

    def outcome(self, sweep, **environment):
        rows = harness.outcomes(harness.run(sweep, "--engine", "cpu", **environment))
        return [[(key, repr(value)) for key, value in row.items() if key != "hash"] for row in rows]

    def test_outcomes_are_the_same(self):
        for name, sweep in SWEEPS.items():
            with self.subTest(name):
                rows = self.outcome(sweep)
                if os.environ.get("WARMSWEEP_LONG") or sweep["objective"]["dimension"] <= 300:
                    self.assertEqual(rows, self.outcome({**sweep, "record": {**sweep["record"], "hash": True}}))
                self.assertEqual(rows, self.outcome(sweep, WARMSWEEP_KERNELS=str(self.kernels)))

    def test_zeros_are_met(self):
        """Else the test above would show nothing."""
        for name in ("d 16", "d 64", "d 300 (a lane in one pass)", "d 2100 (passes of 16)"):
            rows = harness.outcomes(harness.run(SWEEPS[name], "--engine", "cpu"))
            self.assertGreater(sum(1 for row in rows if row["flags"] & harness.FLAG_UNDERFLOW), len(rows) // 2, name)


if __name__ == "__main__":
    unittest.main()
