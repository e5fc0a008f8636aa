"""test_exponents.py: how a speedup grows with the height of a wall: exponents in T_const, the iterations of the best constant step.

A ramp u^k limited by its first steps needs T ~ T_const^(1/(k+1)), so that the speedup grows as T_const^(k/(k+1)): 1/3, 1/2, 2/3,
3/4 for k = 1/2, 1, 2, 3, and as T_const^(1 - o(1)) for a geometric ramp and for the step size that looks at the gap. Hitting
iterations and exponents are compared with those that were measured elsewhere in NumPy; where those are the best of an unknown grid,
within 2 % and two iterations.
"""

import math
import pathlib
import statistics
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness

RIVER = {"kind": "river", "dimension": 3}
PEAKS = [0.3, 0.5, 0.7, 0.9, 1.1, 1.3, 1.5, 1.7, 1.8, 1.9, 1.95]
# the largest slope a of a ramp (eta_t N = a (t+1)^k) on a wall of the height ratio N
SLOPES = {0.5: 1.8535, 1: 1.7272, 2: 1.5251, 3: 1.3766}


def hits(objective, start, schedule, eps, steps):
    """First hits of all cells, -1 for none."""
    return [
        row["hit_1"]
        for row in harness.outcomes(
            harness.run({"objective": objective, "start": start, "schedule": schedule, "stop": {"steps": steps, "gap": [eps]}})
        )
    ]


def least(found):
    return min((T for T in found if T >= 0), default=math.inf)


def walls(Y):
    return {"kind": "explicit", "values": [0, Y, 0.6 * Y]}


def slope(x, y):
    return statistics.linear_regression([math.log(v) for v in x], [math.log(v) for v in y]).slope


def gain(constant, T):
    """Exponent of constant / T in constant."""
    return slope(constant, [c / t for c, t in zip(constant, T)])


def geometric(objective, Y, eps):
    starts = [10 ** (-n / 4) for n in range(28, 0, -1)]
    return least(
        hits(
            objective,
            walls(Y),
            {"peak": [1, 1.3, 1.5, 1.7, 1.9, 1.95], "warmup": {"kind": "geometric", "start": starts, "steps": list(range(1, 31))}},
            eps,
            300,
        )
    )


class BestOfTheGrid(unittest.TestCase):
    """To a gap of 0.01: the ramp ends before the river does, and the best of its peaks is taken."""

    # warmup, its power, the slope of its first steps; T at Y^2 = 10 and at 10^4
    SHAPES = {
        "sqrt": ({"kind": "sqrt"}, 0.5, SLOPES[0.5], 96, 8990),
        "linear": ({"kind": "linear"}, 1, SLOPES[1], 59, 1095),
        "quadratic": ({"kind": "polynomial", "power": 2}, 2, SLOPES[2], 55, 129),
        "cubic": ({"kind": "polynomial", "power": 3}, 3, SLOPES[3], 55, 71),
        "cosine": ({"kind": "cosine"}, 2, SLOPES[2] * 4 / math.pi**2, 55, 140),
    }

    def best(self, name, square, peaks, eps=0.01):
        warmup, k, a, *_ = self.SHAPES[name]
        found = []
        for peak in peaks:
            W = (peak * (1 + square) / a) ** (1 / k)
            steps = sorted({max(1, round(W * f)) for f in [0.9 + 0.01 * i for i in range(31)] + [1.5, 2, 3]})
            found += hits(RIVER, walls(math.sqrt(square)), {"peak": peak, "warmup": {**warmup, "steps": steps}}, eps, 12000)
        return least(found)

    def test_lowest_and_highest_wall(self):
        for name, (*_, low, high) in self.SHAPES.items():
            for square, T in ((10, low), (10000, high)):
                with self.subTest(name, square=square):
                    peaks = PEAKS[::2] if name != "sqrt" else [0.01, 0.02, 0.03, 1.5, 2]
                    self.assertLessEqual(abs(self.best(name, square, peaks) - T), 2 + 0.02 * T)
        for square, T in ((10, 55), (10000, 60)):
            self.assertLessEqual(abs(geometric(RIVER, math.sqrt(square), 0.01) - T), 2)

    def test_exponents(self):
        squares, constant = [10**2.5, 10**3, 10**3.5, 10**4], [16368, 51652, 163230, 516071]  # test_theory.py finds these T_const
        for name, exponent, tolerance, peaks in (
            ("sqrt", 0.334, 0.01, [0.02, 0.045, 0.1, 0.2]),
            ("linear", 0.500, 0.01, PEAKS[1::2]),
            ("quadratic", 0.81, 0.01, [1.8, 1.95]),
            ("cubic", 0.94, 0.01, [1.8, 1.95]),
        ):
            with self.subTest(name):
                found = [self.best(name, square, peaks) for square in squares]
                self.assertLess(abs(gain(constant, found) - exponent), tolerance, found)
        self.assertLess(abs(gain(constant, [geometric(RIVER, math.sqrt(square), 0.01) for square in squares]) - 0.985), 0.01)
        adaptive = [hits(RIVER, walls(math.sqrt(square)), {"kind": "theory"}, 0.01, 1000)[0] for square in squares]
        self.assertLess(abs(gain(constant, adaptive) - 0.992), 0.003)


class Asymptotic(unittest.TestCase):
    """To a gap of 0.3, at 0.9 of the largest slope: the ramp is still on when the river ends."""

    # T at Y^2 = 100 and 10^5.5, exponent of the speedup over the last four
    FOUND = {
        "constant": (148, 466840, 0),
        0.5: (41, 8894, 0.334),
        1: (19, 1095, 0.499),
        2: (8, 127, 0.666),
        3: (5, 41, 0.745),
        "geometric": (9, 20, 0.920),
        "adaptive": (23, 38, 0.950),
    }

    def schedule(self, name, N):
        if name == "constant":
            return {"peak": 0.999 * 2 / N}
        if name == "adaptive":
            return {"kind": "theory"}
        if name == "geometric":  # doubles at every step, from 0.9 / N
            return {"peak": 0.9 / N * 2.0**39, "warmup": {"kind": "geometric", "start": 2.0**-40, "steps": 40}}
        W = 10**5
        return {"peak": 0.9 * SLOPES[name] / N * W**name, "warmup": {"kind": "polynomial", "power": name, "steps": W}}

    def test_exponents(self):
        squares = [10 ** (2 + n / 2) for n in range(8)]
        T = {
            name: [hits(RIVER, walls(math.sqrt(square)), self.schedule(name, 1 + square), 0.3, 10**6)[0] for square in squares]
            for name in self.FOUND
        }
        for name, (low, high, exponent) in self.FOUND.items():
            with self.subTest(name):
                self.assertEqual((T[name][0], T[name][-1]), (low, high))
                self.assertLess(abs(gain(T["constant"][-4:], T[name][-4:]) - exponent), 0.006 if name == "geometric" else 0.001)


class Cosh(unittest.TestCase):
    """Walls of cosh (rho = 1), Y = 9 ... 12: no power of N, the same exponents."""

    OBJECTIVE = {"kind": "river-cosh", "dimension": 3}

    def ramp(self, Y, k, peaks):
        found = []
        for peak in peaks:
            W = (peak * math.sinh(Y) / Y) ** (1 / k)
            steps = sorted({max(1, round(W * (0.3 + 0.02 * i))) for i in range(60)})
            found += hits(
                self.OBJECTIVE, walls(Y), {"peak": peak, "warmup": {"kind": "polynomial", "power": k, "steps": steps}}, 0.01, 40000
            )
        return least(found)

    def test_exponents(self):
        heights = (9, 10, 11, 12)
        constant = [
            least(hits(self.OBJECTIVE, walls(Y), {"peak": [f * 2 * Y / math.sinh(Y) for f in (0.99, 0.999)]}, 0.01, 10**6))
            for Y in heights
        ]
        self.assertEqual(constant[-1], 349936)
        T = {
            "linear": [self.ramp(Y, 1, PEAKS[1::2]) for Y in heights],
            "sqrt": [self.ramp(Y, 0.5, [0.02, 0.03, 0.045, 0.1, 0.15]) for Y in heights],
            "geometric": [geometric(self.OBJECTIVE, Y, 0.01) for Y in heights],
            "adaptive": [hits(self.OBJECTIVE, walls(Y), {"kind": "theory"}, 0.01, 1000)[0] for Y in heights],
        }
        for name, last, exponent in (
            ("linear", 858, 0.502),
            ("sqrt", None, 0.339),
            ("geometric", 60, 0.984),
            ("adaptive", None, 0.983),
        ):
            with self.subTest(name):
                if last:
                    self.assertLessEqual(abs(T[name][-1] - last), 1 + 0.01 * last)
                self.assertLess(abs(gain(constant, T[name]) - exponent), 0.01, T[name])


class Powers(unittest.TestCase):
    """K0 = 0, eight unequal coordinates: T_const ~ (gap_0 / eps)^rho, linear ramps gain T_const^(1/2)."""

    def test_exponents(self):
        weights = [0.5 + n / 14 for n in range(8)]
        # p: decades of gap_0 / eps, adaptive T at the last, exponents of T_const, of the linear speedup, of the adaptive one
        for p, (decades, last, constant, linear, adaptive) in {
            3: (9, 24, 0.347, 0.471, 0.83),
            4: (9, 41, 0.520, 0.501, 0.89),
            6: (8, 58, 0.695, 0.508, 0.90),
        }.items():
            T, W = {"constant": [], "linear": [], "adaptive": []}, 10**6
            ratios = [10.0**n for n in range(decades - 3, decades + 1)]
            objective, a = {"kind": "power", "dimension": 8, "p": p}, {3: 1.5478, 4: 1.7272, 6: 1.8476}[p]
            for ratio in ratios:
                start = {"kind": "weights", "gap": ratio, "values": weights}
                steep = (p * ratio / sum(w**p for w in weights)) ** ((p - 2) / p)  # |x|^(p-2) of the largest coordinate
                T["constant"].append(
                    least(
                        hits(
                            objective,
                            start,
                            {"peak": [f * 2 / steep for f in (0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 0.9999)]},
                            1,
                            10**6,
                        )
                    )
                )
                T["linear"].append(
                    least(
                        hits(
                            objective,
                            start,
                            {"peak": [f * a / steep * W for f in (0.7, 0.8, 0.85, 0.9, 0.95, 0.98)], "warmup": {"steps": W}},
                            1,
                            W,
                        )
                    )
                )
                T["adaptive"] += hits(objective, start, {"kind": "theory"}, 1, 1000)
            with self.subTest(p=p):
                self.assertEqual(T["adaptive"][-1], last)
                self.assertLess(abs(slope(ratios, T["constant"]) - constant), 0.012)
                self.assertLess(abs(gain(T["constant"], T["linear"]) - linear), 0.015, T)
                self.assertLess(abs(gain(T["constant"], T["adaptive"]) - adaptive), 0.01)


if __name__ == "__main__":
    unittest.main()
