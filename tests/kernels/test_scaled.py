"""test_scaled.py: batches in which coordinates are about to become tiny have the same bits, gap by gap, whether they run at the scale of
kernels/scaled_cpu.h or as they are."""
import pathlib
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness

GEOMETRIC, POWER, UNIFORM = {"law": "geometric", "lmin": 0.01}, {"law": "power", "alpha": 3}, {"law": "uniform", "lmin": 0.25}
STEEP = {"law": "geometric", "lmin": 1e-9}
FAST = [(5, GEOMETRIC, 1e4), (13, POWER, 1e-8), (16, GEOMETRIC, 1e4), (40, UNIFORM, 1e-16), (40, STEEP, 1e-3), (70, GEOMETRIC, 1e-30), (256, POWER, 1e2)]
# slow modes stay near the threshold for hundreds of batches, the ones before them zero; a lane's last one, too; none, or all, of what follows is large
SLOW = [(16, {"law": "geometric", "lmin": 1e-3}, 1e-30), (40, {"law": "geometric", "lmin": 1e-5}, 1e4), (64, {"law": "geometric", "lmin": 1e-4}, 1e-20),
        (70, {"law": "geometric", "lmin": 1e-3}, 1e-10), (130, {"law": "power", "alpha": 2}, 1e-25)]
CASES = [(300, *case) for case in FAST] + [(20000, *case) for case in SLOW]


class Scaled(unittest.TestCase):
    def test_same_bits(self):
        scaled, usual = harness.new_directory(), harness.new_directory()  # whatever processor this is
        for dear, kernels in ((1, scaled), (0, usual)):
            shutil.copytree(harness.SOURCE / "kernels", kernels)
            text = (kernels / "scaled_cpu.h").read_text()
            self.assertIn("#ifndef WS_DENORMALS_ARE_DEAR", text)
            (kernels / "scaled_cpu.h").write_text(f"#define WS_DENORMALS_ARE_DEAR {dear}\n{text}")
        tiny = 0
        for steps, dimension, spectrum, gap in CASES:
            sweep = {"precision": "float32", "objective": {"kind": "quadratic", "dimension": dimension, "spectrum": {"lmax": 1, **spectrum}},
                     "start": {"kind": "sphere", "gap": gap}, "schedule": {"peak": {"log": [0.3, 2.1], "points": 150}},
                     "stop": {"steps": steps, "gap": [gap * 1e-3, gap * 1e-9, 1e-40]}, "record": {"hash": True}}
            with self.subTest(dimension=dimension, gap=gap, steps=steps):
                rows = harness.outcomes(harness.run(sweep, WARMSWEEP_KERNELS=str(scaled)))
                self.assertEqual(rows, harness.outcomes(harness.run(sweep, WARMSWEEP_KERNELS=str(usual))))
                tiny += sum(row["flags"] & harness.FLAG_UNDERFLOW for row in rows)
        self.assertGreater(tiny, 100)


if __name__ == "__main__":
    unittest.main()
