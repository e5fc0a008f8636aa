"""test_quadratic.py: hitting iterations of quadratics against their closed form.

gap_t = 1/2 sum a_i x_i^2 prod_{s<t} (1 - eta_s a_i)^2, evaluated with mpmath from the same float64 inputs that the sweep file
holds. A hitting iteration must be exact in float64 unless rounding can decide it (gap within 1e-9 of eps: such ties are counted and
must be rare). In float32 an iterate carries a relative error of at most about 3 t u (u = 2^-24: three roundings a step, and the
step size's own), the gap twice that and the summation's; the hitting iteration may move by as many steps as the gap needs to
fall by that factor, and no more.
"""
import pathlib
import sys
import unittest

import mpmath as mp

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness

mp.mp.dps = 40
EPS = [1e-1, 1e-3, 1e-6]
STEPS = 4000


def step_size(peak, warmup, convention, power, t):
    if t >= warmup:
        return mp.mpf(peak)
    u = {"t/W": mp.mpf(t) / warmup, "(t+1)/W": mp.mpf(t + 1) / warmup, "(t+1)/(W+1)": mp.mpf(t + 1) / (warmup + 1)}[convention]
    return mp.mpf(peak) * (u**power if power != 1 else u)


def closed_form(values, x0, peak, warmup, convention="(t+1)/W", power=1):
    """gap_0 ... gap_STEPS, cut behind the last eps hit"""
    x = [mp.mpf(v) for v in x0]
    a = [mp.mpf(v) for v in values]
    gaps = []
    for t in range(STEPS + 1):
        gaps.append(sum(ai * xi * xi for ai, xi in zip(a, x)) / 2)
        if gaps[-1] <= EPS[-1]:
            break
        eta = step_size(peak, warmup, convention, power, t)
        x = [xi * (1 - eta * ai) for xi, ai in zip(x, a)]
    return gaps


def first_below(gaps, eps):
    return next((t for t, g in enumerate(gaps) if g <= eps), None)


def sweep(values, x0, peaks, warmups, precision, warmup):
    return {"precision": precision,
            "objective": {"kind": "quadratic", "dimension": len(values), "spectrum": {"law": "explicit", "values": values}},
            "start": {"kind": "explicit", "values": x0}, "method": {"kind": "gd"},
            "schedule": {"peak": peaks, "warmup": {**warmup, "steps": warmups}},
            "stop": {"steps": STEPS, "gap": EPS}}


class Quadratic(unittest.TestCase):
    def compare(self, values, x0, peaks, warmups, precision="float64", convention="(t+1)/W", power=1):
        kind = {"kind": "linear"} if power == 1 else {"kind": "polynomial", "power": power}
        rows = harness.outcomes(harness.run(sweep(values, x0, peaks, warmups, precision, {**kind, "convention": convention})))
        self.assertEqual(len(rows), len(peaks) * len(warmups))
        compared = ties = 0
        for index, row in enumerate(rows):
            peak, W = peaks[index // len(warmups)], warmups[index % len(warmups)]
            gaps = closed_form(values, x0, peak, W, convention, power)
            for e, eps in enumerate(EPS):
                expected, found = first_below(gaps, eps), row[f"hit_{e + 1}"]
                if expected is None:
                    self.assertIn(found, ("", -1))
                    continue
                compared += 1
                if precision == "float64":
                    near = [t for t in (expected - 1, expected) if t >= 0 and abs(gaps[t] / eps - 1) < 1e-9]
                    ties += bool(near)
                    if not near:
                        self.assertEqual(found, expected, (peak, W, eps))
                else:
                    u = mp.mpf(2) ** -24
                    before = gaps[max(expected - 20, 0)]
                    rate = mp.log(before / gaps[expected]) / max(min(20, expected), 1)
                    slack = 1 + (8 * expected * u + 40 * u) / max(rate, u)
                    self.assertLessEqual(abs(found - expected), slack, (peak, W, eps))
        self.assertGreater(compared, 0)
        self.assertLessEqual(ties, compared // 20)

    def test_one_dimension(self):
        self.compare([1.0], [1.0], [0.01, 0.1, 0.3, 0.7, 1.3, 1.9, 1.99], [0, 1, 7, 100])

    def test_powers_of_two_land_on_the_threshold_exactly(self):
        # gap_t = 2^-(2t+1) exactly: eps is hit with equality
        rows = harness.outcomes(harness.run({
            "precision": "float64", "objective": {"kind": "quadratic", "dimension": 1, "spectrum": {"law": "explicit", "values": [1]}},
            "start": {"kind": "explicit", "values": [1]}, "method": {"kind": "gd"}, "schedule": {"peak": 0.5},
            "stop": {"steps": 100, "gap": [2.0**-1, 2.0**-3, 2.0**-41]}}))
        self.assertEqual([rows[0][f"hit_{e}"] for e in (1, 2, 3)], [0, 1, 20])

    def test_conventions_and_powers(self):
        values, x0 = [1.0, 0.3, 0.05], [1.0, -2.0, 3.0]
        for convention in ("t/W", "(t+1)/W", "(t+1)/(W+1)"):
            with self.subTest(convention):
                self.compare(values, x0, [0.2, 1.1, 1.8], [0, 1, 2, 50], convention=convention)
        self.compare(values, x0, [0.2, 1.1], [0, 3, 50], power=2)

    def test_many_coordinates(self):
        d = 37  # padding: not a multiple of the lanes
        values = [0.02 + 0.98 * i / (d - 1) for i in range(d)]
        self.compare(values, [1.0 + 0.1 * i for i in range(d)], [0.1, 1.0, 1.7], [0, 33])

    def test_float32(self):
        self.compare([1.0, 0.25, 0.0625], [1.0, 2.0, -3.0], [0.25, 1.0, 1.5], [0, 16, 100], precision="float32")


if __name__ == "__main__":
    unittest.main()
