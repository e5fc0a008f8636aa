"""test_objectives.py: every objective's gap, gradient, sharpness and smoothness against its textbook formula in many digits.

A row of OBJECTIVES holds nothing but the gap as a function of the point, in mpmath. Gradient and dense Hessian are central
differences of it in 420 digits, so that they are independent of the header's formulas. Points are numbers of the precision (random
scales from tiny to the verge of overflow, and points near the minimum), so that the only errors are those of the header's
arithmetic. Tolerance in units of u (2^-24, 2^-53): 30 for elementary functions and products, 2 for each coordinate that is added,
and what the row says of the condition of its formula (an argument that is rounded once, a product that nears its target).
"""
import ctypes
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import unittest

import mpmath as mp
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import rho_curve

mp.mp.dps = 420
HERE = pathlib.Path(__file__).resolve().parent
SOURCE = pathlib.Path(os.environ.get("WARMSWEEP_SOURCE", HERE.parents[1]))
KERNELS = SOURCE / "kernels"
FLAGS = ["-std=gnu11", "-O1", "-march=native", "-ffp-contract=off", "-fno-math-errno", "-fPIC", "-shared", "-Wno-psabi"]
THETAS = [0.1, 0.5, 1, 1.5, 1.9, 1.999]


def cosh_less_one(x):
    return 2 * mp.sinh(x / 2) ** 2


def softplus_minus(x):
    return mp.log1p(mp.exp(-x)) if x > -1000 else -x + mp.log1p(mp.exp(x))


def norm(x):
    return mp.sqrt(sum(v**2 for v in x))


def quadratic(p, w, x):
    return sum(wi * xi**2 for wi, xi in zip(w, x)) / 2


def cosh(p, w, x):
    return sum(wi * p[0] / p[1] * cosh_less_one(mp.sqrt(p[1]) * xi) for wi, xi in zip(w, x))


def radial_cosh(p, w, x):
    return p[0] / p[1] * cosh_less_one(mp.sqrt(p[1]) * norm(x))


def power(n):
    return lambda p, w, x: sum(wi * abs(xi) ** n for wi, xi in zip(w, x)) / n


def radial_power(n):
    return lambda p, w, x: p[0] * norm(x) ** n / n


def quadratic_power(n):
    return lambda p, w, x: sum(wi * (p[0] * xi**2 / 2 + p[1] * abs(xi) ** n / n) for wi, xi in zip(w, x))


def rho_half(p, w, x):
    return sum((mp.sqrt(wi * p[0] / 2) * abs(xi) + p[1] * xi**2 / 12) ** 2 for wi, xi in zip(w, x))


def exact_rho(rho):
    """In fewer digits than the differences, whose steps are 1e-60 and more of a coordinate: all of them are relative."""
    return rho_curve.formula(rho, 260)


def off_exact_rho(rho, p):
    """What an error of x, of its scale and of the logarithm is enlarged by, at the worst weight of the points (test_exact_rho.py is sharper)."""
    def condition(x):
        with mp.workdps(30):
            rates = [rho_curve.growth(list(map(mp.mpf, p)), mp.mpf(w), v, rho) for v in x if v for w in (1e-6, 1)]
            return max([abs(lnE) + (4 + b * abs(m)) * (g - 1) for lnE, g, b, m in rates], default=0)
    return condition


def river(p, w, x):
    return p[0] * softplus_minus(x[0]) + sum(p[1] * y**2 / 2 + p[2] * y**4 / 4 for y in x[1:])


def river_cosh(p, w, x):
    return p[2] * softplus_minus(x[0]) + sum(p[0] / p[1] * cosh_less_one(mp.sqrt(p[1]) * y) for y in x[1:])


def river_valley(p, w, x):
    return p[0] * (1 + mp.exp(p[1] * x[0])) * sum(y**2 for y in x[1:]) / 2 + softplus_minus(x[0])


def log_cosh(p, w, x):
    return sum(wi * mp.log1p(cosh_less_one(xi)) for wi, xi in zip(w, x))


def exp_tail(p, w, x):
    return sum(wi * (xi**2 if abs(xi) <= 1 else 2 * mp.exp(abs(xi) - 1) - 1) for wi, xi in zip(w, x))


def double_well(p, w, x):
    return sum(wi * (xi**2 - 1) ** 2 / 4 for wi, xi in zip(w, x))


def rosenbrock(p, w, x):
    return x[0] ** 2 + p[0] * ((1 + x[1]) - (1 + x[0]) ** 2) ** 2


def phase_retrieval(p, w, x):
    return mp.mpf(3) / 4 * (norm(x) ** 2 - 1) ** 2 + sum(v**2 for v in x[1:])


def rank_one(p, w, x):
    u, v = x[: len(x) // 2], x[len(x) // 2 :]
    return sum((a * b - (p[0] if i == j == 0 else 0)) ** 2 for i, a in enumerate(u) for j, b in enumerate(v)) / 2


def chain(p, w, x):
    return (mp.fprod(x) - p[0]) ** 2 / 2


def rotated(p, w, x):
    along = 2 * sum((i + 1) * xi for i, xi in enumerate(x)) / sum((i + 1) ** 2 for i in range(len(x)))
    return sum(wi * (xi - (i + 1) * along) ** 2 for i, (wi, xi) in enumerate(zip(w, x))) / 2


def off_rotated(p, x):
    return 8 * len(x) * norm(x)


def log_mean_cosh(p, w, x):
    return mp.log1p(sum(cosh_less_one(xi) for xi in x) / len(x))


DATA = [[0.5, 1.25, -0.75], [1.5, -0.25, 0.625], [0.875, 2.0, 1.0], [2.5, -1.5, 0.125], [0.25, -0.375, -1.75]]


def data_of(d):
    return [row[:d] for row in DATA]


def data_defines(d):
    return [f"-DOBJECTIVE_ROWS={len(DATA)}", "-DOBJECTIVE_DATA=" + ",".join(str(v) for row in data_of(d) for v in row)]


def of_margins(loss):
    return lambda p, w, x: sum(loss(mp.fdot(row, x)) for row in data_of(len(x))) / len(DATA)


ODDS = [0.375, 0.25, 0.625, 0.0625, 0.5]


def overlap_defines(d):
    cumulants = []
    for q in ODDS:
        k2, lean = q * (1 - q), 1 - 2 * q
        cumulants += [k2, -lean / 6, (1 - 6 * k2) / 24, -lean * (1 - 12 * k2) / 120, (1 - 30 * k2 + 120 * k2 * k2) / 720]
    return [*data_defines(d), "-DOBJECTIVE_ODDS=" + ",".join(map(str, ODDS)), "-DOBJECTIVE_EVENS=" + ",".join(str(1 - q) for q in ODDS),
            "-DOBJECTIVE_CUMULANTS=" + ",".join(map(str, cumulants))]


def overlap(p, w, x):
    """The rows' own terms; the linear part is in each of them, so that any odds will do."""
    total = mp.mpf(0)
    for row, q in zip(data_of(len(x)), map(mp.mpf, ODDS)):
        m = mp.fdot(row, x)
        total += mp.log(1 - q + q * mp.exp(-m)) + q * m
    return total / len(DATA)


# rows of opposite sign cancel in the gradient
def off_margins(slope):
    def off(p, x):
        return sum(abs(slope(mp.fdot(row, x))) * (1 + sum(abs(v * xi) for v, xi in zip(row, x))) * max(map(abs, row)) for row in data_of(len(x)))
    return off


def phase_samples(p, w, x):
    return sum((mp.fdot(row, [1 + x[0], *x[1:]]) ** 2 - mp.mpf(row[0]) ** 2) ** 2 for row in data_of(len(x))) / (4 * len(DATA))


def off_phase_samples(p, x):
    total = mp.mpf(0)
    for row in data_of(len(x)):
        m, q = sum(abs(v * xi) for v, xi in zip(row, x)), abs(row[0])
        total += m * (m + 2 * q) * (m + q) * max(map(abs, row))
    return total


# two units: inputs of three rows, weights of the teacher (its field and what it makes of it follow)
NET_INPUTS, NET_TEACHER = [[0.5, 1.25], [-1.5, 0.75], [0.875, -0.25]], {4: [0.75, 0.5, -1.25, 1.0], 6: [0.75, -0.5, 0.5, -1.25, 0.25, 1.0]}


def net(d):
    """Inputs, teacher by unit, its field by row and unit."""
    m, teacher = d // 2 - 1, NET_TEACHER[d]
    units = [teacher[: d // 2], teacher[d // 2 :]]
    inputs = [row[:m] for row in NET_INPUTS]
    return inputs, units, [[sum(v * z for v, z in zip(unit, row)) for unit in units] for row in inputs]


def net_defines(d):
    inputs, units, field = net(d)
    lists = {"DATA": sum(inputs, []), "TEACHER": NET_TEACHER[d], "FIELD": sum(field, []), "ACTIVE": [float(mp.tanh(a)) for row in field for a in row]}
    return ["-DOBJECTIVE_ROWS=3", "-DOBJECTIVE_HIDDEN=2", *(f"-DOBJECTIVE_{name}=" + ",".join(map(repr, values)) for name, values in lists.items())]


def tanh_net(p, w, x):
    inputs, units, field = net(len(x))
    m, total = len(x) // 2 - 1, mp.mpf(0)
    for row, fields in zip(inputs, field):
        r = mp.mpf(0)
        for k, (unit, a) in enumerate(zip(units, fields)):
            mine = x[k * (m + 1) : (k + 1) * (m + 1)]
            r += (unit[m] + mine[m]) * mp.tanh(a + mp.fdot(mine[:m], row)) - unit[m] * mp.tanh(a)
        total += r**2
    return total / 6


def off_net(p, x):
    return (1 + sum(map(abs, x))) ** 3 * 10


def at(value, condition=0, near=None, dimensions=(2, 3, 9), defines=(), loose=None, positive=False, rho=None):
    """value: gap; condition a: tolerance 6 a |x| u more, or 6 a(x) u; positive: coordinates are magnitudes; near: a minimiser (first coordinates, rest 0); loose(p, x):
    what the gradient may be off beyond its own size, relative to the same tolerance; rho: the kernel has the table of it."""
    return {"rho": rho, "value": value, "condition": condition, "near": near, "dimensions": dimensions, "defines": defines, "loose": loose, "positive": positive}


def power_of(n):
    return [f"-DOBJECTIVE_P={n}", f"-DOBJECTIVE_P_INTEGER={int(n == int(n))}"]


# products that near a target and sums of opposite sign: the error is relative to the largest term
def off_rosenbrock(p, x):
    return 4 * p[0] * (abs(x[1]) + 2 * abs(x[0]) + x[0] ** 2) * (1 + abs(1 + x[0])) + 2 * abs(x[0])


def off_valley(p, x):
    grown = p[0] * mp.exp(p[1] * x[0])
    return abs(p[1]) * grown * sum(y**2 for y in x[1:]) + 1


def off_phase(p, x):
    return (3 * (norm(x) ** 2 + 1) + 2) * norm(x)


def off_rank_one(p, x):
    return (norm(x) ** 2 + abs(p[0])) * norm(x)


def off_chain(p, x):
    others = max(abs(mp.fprod(x[:i] + x[i + 1 :])) for i in range(len(x)))
    return len(x) * others * (abs(mp.fprod(x)) + abs(p[0]))


# name: (header, formula and condition, parameters, largest |x| in float32 / float64)
OBJECTIVES = {
    "quadratic": ("quadratic", at(quadratic), [], (1e8, 1e100)),
    "log quadratic": ("log_quadratic", at(quadratic, lambda x: max(abs(mp.log(v)) if v else 0 for v in x), positive=True), [], (1e8, 1e100)),
    "cosh": ("cosh", at(cosh, 0.5), [0.75, 0.25], (60, 600)),
    "radial cosh": ("radial_cosh", at(radial_cosh, 0.5), [0.75, 0.25], (60, 600)),
    "power 3": ("power", at(power(3), defines=power_of(3)), [], (1e6, 1e60)),
    "power 6": ("power", at(power(6), defines=power_of(6)), [], (1e4, 1e40)),
    "power 2.5": ("power", at(power(mp.mpf("2.5")), defines=power_of(2.5)), [], (1e6, 1e60)),
    "radial power 4": ("radial_power", at(radial_power(4), defines=power_of(4)), [0.75], (1e6, 1e60)),
    "radial power 3.5": ("radial_power", at(radial_power(mp.mpf("3.5")), defines=power_of(3.5)), [0.75], (1e6, 1e60)),
    "quadratic power 4": ("quadratic_power", at(quadratic_power(4), defines=power_of(4)), [1.5, 0.25], (1e6, 1e60)),
    "quadratic power 3": ("quadratic_power", at(quadratic_power(3), defines=power_of(3)), [1.5, 0.25], (1e6, 1e60)),
    "rho half": ("rho_half", at(rho_half), [0.75, 1.5], (1e6, 1e60)),
    "exact rho 1/4": ("exact_rho", at(exact_rho(0.25), off_exact_rho(0.25, [0.75, 1.5]), dimensions=(1, 2, 3), rho=0.25), [0.75, 1.5], (1e6, 1e60)),
    "exact rho 3/2": ("exact_rho", at(exact_rho(1.5), off_exact_rho(1.5, [0.75, 0.01]), dimensions=(1, 2), rho=1.5), [0.75, 0.01], (24, 24)),
    "river": ("river", at(river), [0.5, 1.25, 0.75], (80, 600)),
    "river cosh": ("river_cosh", at(river_cosh, 0.5), [0.75, 0.25, 0.5], (60, 600)),
    "river valley, steeper": ("river_valley", at(river_valley, 1, loose=off_valley), [0.5, 0.75], (30, 300)),
    "river valley, flatter": ("river_valley", at(river_valley, 1, loose=off_valley), [0.5, -0.75], (30, 300)),
    "log cosh": ("log_cosh", at(log_cosh), [], (40, 300)),
    "exponential tail": ("exp_tail", at(exp_tail, 1), [], (60, 600)),
    "double well": ("double_well", at(double_well, near=[1, -1, 1, 1, -1, 1, 1, 1, -1]), [], (1e4, 1e40)),
    "rosenbrock": ("rosenbrock", at(rosenbrock, near=[0, 0], dimensions=(2,), loose=off_rosenbrock), [8], (1e4, 1e40)),
    "phase retrieval": ("phase_retrieval", at(phase_retrieval, near=[1], loose=off_phase), [], (1e4, 1e40)),
    "rank one": ("rank_one", at(rank_one, near=[1], dimensions=(2, 3, 4, 7), loose=off_rank_one), [1.5], (1e4, 1e40)),
    "least squares": ("least_squares", at(of_margins(lambda m: m**2 / 2), dimensions=(2, 3), loose=off_margins(lambda m: abs(m) + 1e-30), defines=data_defines),
                      [], (1e6, 1e60)),
    "logistic": ("logistic", at(of_margins(softplus_minus), 4, dimensions=(2, 3), loose=off_margins(lambda m: 1 / (1 + mp.exp(m))), defines=data_defines), [], (15, 150)),
    "logistic overlap": ("logistic_overlap", at(overlap, 4, dimensions=(2, 3), loose=off_margins(lambda m: 1), defines=overlap_defines), [], (10, 60)),
    "exponential loss": ("exponential_loss", at(of_margins(lambda m: mp.exp(-m)), 4, dimensions=(2, 3), loose=off_margins(lambda m: mp.exp(-m)), defines=data_defines),
                         [], (15, 150)),
    "phase samples": ("phase_samples", at(phase_samples, near=[-2], dimensions=(2, 3), loose=off_phase_samples, defines=data_defines), [], (1e4, 1e40)),
    "tanh net": ("tanh_net", at(tanh_net, dimensions=(4, 6), loose=off_net, defines=net_defines), [], (2, 2)),
    "rotated quadratic": ("rotated_quadratic", at(rotated, loose=off_rotated, dimensions=(1, 2, 5)), [], (1e8, 1e100)),
    "log mean cosh": ("log_mean_cosh", at(log_mean_cosh, dimensions=(1, 2, 4)), [], (40, 300)),
    "chain": ("chain", at(chain, near=[1] * 9, dimensions=(1, 2, 3, 5), loose=off_chain), [1.5], (50, 1e8)),
}
RADIAL = ("radial", "logistic overlap", "rotated", "log mean", "least", "logistic", "tanh", "exponential loss", "river valley", "rosenbrock", "phase", "rank", "chain")  # no curvature by coordinate


def derivatives(value, x):
    """Gradient and dense Hessian by central differences."""
    h = [mp.mpf(10) ** -60 * (abs(v) if v else mp.mpf(10) ** -60) for v in x]
    d = len(x)

    def moved(*steps):
        y = list(x)
        for i, sign in steps:
            y[i] += sign * h[i]
        return value(y)

    here = value(x)
    up, down = [moved((i, 1)) for i in range(d)], [moved((i, -1)) for i in range(d)]
    gradient = [(a - b) / (2 * step) for a, b, step in zip(up, down, h)]
    hessian = mp.matrix(d, d)
    for i in range(d):
        hessian[i, i] = (up[i] - 2 * here + down[i]) / h[i] ** 2
        for j in range(i):
            cross = moved((i, 1), (j, 1)) - moved((i, 1), (j, -1)) - moved((i, -1), (j, 1)) + moved((i, -1), (j, -1))
            hessian[i, j] = hessian[j, i] = cross / (4 * h[i] * h[j])
    return here, gradient, hessian


def eigenvalues(hessian):
    """Smallest and largest, and the size of the matrix: in float64, relative to its largest entry."""
    size = max(abs(v) for v in hessian)
    if size == 0:
        return mp.mpf(0), mp.mpf(0), mp.mpf(0)
    scaled = np.array((hessian / size).tolist(), dtype=np.float64)
    values = np.linalg.eigvalsh(scaled)
    return size * mp.mpf(float(values[0])), size * mp.mpf(float(values[-1])), size


class Objectives(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.probes = {}
        jobs = []
        for name, (header, row, _, _) in OBJECTIVES.items():
            fixed = re.search("WS_DIM|margins.h|rows.h|whole_point.h", (KERNELS / f"objective/{header}.h").read_text())
            for precision in (32, 64):
                for d in row["dimensions"] if fixed else [1]:
                    library = cls.folder / f"{len(jobs)}.so"
                    command = [os.environ.get("CC", "cc"), *FLAGS, f"-DWS_PRECISION={precision}", f"-DWS_DIM={d}", *(row["defines"](d) if callable(row["defines"]) else row["defines"]),
                               *(rho_curve.flags(row["rho"], precision) if row["rho"] else []),
                               f'-DWS_OBJECTIVE="objective/{header}.h"', f"-I{KERNELS}", str(HERE / "objective_probe.c"), "-o", str(library)]
                    jobs.append((command, [(name, precision, n) for n in ([d] if fixed else row["dimensions"])], library))
        running = []
        for command, _, _ in jobs:
            running.append(subprocess.Popen(command, stderr=subprocess.PIPE, text=True))
            if len(running) > 1:
                cls.finish(running.pop(0))
        for process in running:
            cls.finish(process)
        for _, keys, library in jobs:
            probe = ctypes.CDLL(str(library)).probe
            probe.restype = ctypes.c_char_p
            cls.probes.update((key, probe) for key in keys)

    @staticmethod
    def finish(process):
        _, text = process.communicate()
        if process.returncode:
            raise AssertionError(text)

    def evaluate(self, probe, parameters, table, x):
        d = len(x)
        array = ctypes.c_double * d
        gradient, curvature, scalars = array(), array(), (ctypes.c_double * 5)()
        broken = probe((ctypes.c_double * 8)(*parameters), array(*table), ctypes.c_long(d), array(*x), gradient, curvature, scalars)
        self.assertIsNone(broken, (parameters, table, x))
        return list(gradient), list(curvature), list(scalars)

    def points(self, row, largest, precision, cases):
        real = np.float32 if precision == 32 else np.float64
        for case in range(cases):
            d = random.choice(row["dimensions"])
            centre = [0.0] * d
            if row["near"] and case % 3 == 1:
                centre = [float(v) for v in (row["near"] + [0] * d)[:d]]
                scale = 10 ** random.uniform(-6, 0)
            elif largest > 1000:
                scale = largest ** random.uniform(-0.5, 1)
            else:
                scale = largest * 10 ** random.uniform(-8, 0)
            x = [float(real(c + scale * random.uniform(-1, 1))) for c in centre]
            if row["positive"]:
                x = [abs(v) for v in x]
            if case == 0:
                x = centre = [0.0] * d
            table = [float(real(random.uniform(0.1, 1))) for _ in range(d)]
            yield x, table

    def extremes(self, row, largest, precision, cases):
        """Points whose coordinates are 0, nearly 0, next to 1 and to a minimiser, and on the verge of overflow, side by side."""
        real, one_up = (np.float32, 1 + 2.0**-23) if precision == 32 else (np.float64, 1 + 2.0**-52)
        for case in range(cases):
            d = random.choice(row["dimensions"][:2])
            centre = [float(v) for v in ((row["near"] or []) + [0] * d)[:d]]
            x = []
            for c in centre:
                tiny = random.choice((1e-36, 1e-19) if precision == 32 else (1e-100, 1e-30))
                size = random.choice((0.0, tiny, 1.0, one_up, 2 - one_up, 0.5, largest * 0.999, largest**0.5))
                x.append(float(real(random.choice((size, -size, c * one_up, c * (2 - one_up), c)))))
            if row["positive"]:
                x = [abs(v) for v in x]
            yield x, [float(real(random.choice((0.1, 1.0, 1e-6)))) for _ in range(d)]

    def check(self, name, precision, cases=40 if os.environ.get("WARMSWEEP_LONG") else 20, extreme=False):
        _, row, parameters, largest = OBJECTIVES[name]
        u = mp.mpf(2) ** (-24 if precision == 32 else -53)
        least = mp.mpf(2) ** (-140 if precision == 32 else -1060)  # below lie denormal numbers
        random.seed(f"{name} {precision}")
        for x, table in (self.extremes if extreme else self.points)(row, largest[precision == 64], precision, cases):
            d = len(x)
            tiny = max(least, mp.mpf(10) ** (-50 if not all(x) else -100 if extreme else -400))  # the differences at 0 and at a minimiser are no better
            probe = self.probes[name, precision, d]
            gradient, curvature, (gap, sharpness, K0, K, rho) = self.evaluate(probe, parameters, table, x)
            p, w, point = [mp.mpf(v) for v in parameters], [mp.mpf(v) for v in table], [mp.mpf(v) for v in x]
            value = lambda y: row["value"](p, w, y)
            want, want_gradient, hessian = derivatives(value, point)
            smallest, highest, size = eigenvalues(hessian)
            reach = norm(point) if name.startswith("radial") else max(abs(v) for v in point)
            condition = row["condition"](point) if callable(row["condition"]) else row["condition"] * reach
            relative = (30 + 2 * d + 6 * condition) * u
            loose = row["loose"](p, point) if row["loose"] else mp.mpf(0)
            # an error e of the gradient's terms moves the gap by |g| e / curvature at most, that is by e^2 / curvature near a minimum
            gap_loose = (loose * relative) * norm(want_gradient) / max(size, least) + (loose * relative) ** 2 / max(size, least)
            where = (name, precision, x, table)
            self.close(gap, want, relative * abs(want) + 4 * gap_loose + tiny, (*where, "gap"))
            for i in range(d):
                self.close(gradient[i], want_gradient[i], relative * (abs(want_gradient[i]) + loose) + tiny, (*where, "gradient", i))
            self.close(max(sharpness, 0), max(highest, mp.mpf(0)), (relative + d * mp.mpf(2) ** -50) * 4 * size + tiny, (*where, "sharpness"))
            if not name.startswith(RADIAL):
                for i in range(d):
                    self.close(curvature[i], hessian[i, i], relative * max(abs(hessian[i, i]), 1) + tiny, (*where, "curvature", i))
            if K0 >= 0 and want > 0:
                self.is_smooth(value, point, want, want_gradient, max(abs(smallest), abs(highest)), (K0, K, rho), where)

    def is_smooth(self, value, x, gap, gradient, curvature, constants, where):
        """|Hessian| <= l(gap) = K0 + K gap^rho, and what follows: the bound of the gradient and the descent lemma."""
        K0, K, rho = map(mp.mpf, constants)
        grown = K * gap**rho if K else mp.mpf(0)
        bound, slack = K0 + grown, 1 + mp.mpf(2) ** -22
        self.assertLessEqual(curvature, bound * slack, (*where, "not as smooth as it says"))
        # the gradient that a Hessian below l(gap) along the flow allows (lemma A): |g|^2 <= 2 times the integral of l
        square = sum(g**2 for g in gradient)
        self.assertLessEqual(square, 2 * (K0 * gap + grown * gap / (1 + rho)) * slack, (*where, "the gradient is too large"))
        # lemma B: a step of theta / l(gap), theta < 2, descends by eta (1 - theta/2) |g|^2, and no point on the way is higher
        for theta in map(mp.mpf, THETAS):
            eta = theta / (bound * slack)
            after, way = (value([xi - part * eta * g for xi, g in zip(x, gradient)]) for part in (1, mp.mpf(random.random())))
            self.assertLessEqual(way, gap * (1 + mp.mpf(2) ** -100), (*where, "the way leaves the sublevel set", float(theta)))
            least = gap - eta * (1 - theta / 2) * square
            self.assertLessEqual(after, least + gap * mp.mpf(2) ** -100, (*where, "no descent", float(theta)))

    def close(self, value, want, tolerance, where):
        self.assertLessEqual(abs(mp.mpf(value) - want), tolerance, (*where, value, mp.nstr(want, 12)))

    def test_float32(self):
        for name in OBJECTIVES:
            with self.subTest(name):
                self.check(name, 32)

    def test_float64(self):
        for name in OBJECTIVES:
            with self.subTest(name):
                self.check(name, 64)

    def test_extreme_points(self):
        for name in OBJECTIVES:
            for precision in (32, 64):
                with self.subTest(name, precision=precision), mp.workdps(600):
                    self.check(name, precision, 12, extreme=True)

    # the families in which one dimension attains |Hessian| = K0 + K gap^rho everywhere, and with it lemma A's bound
    ATTAINED = {"cosh": "cosh", "power 3": "power", "power 6": "power", "rho half": "rho_half", "exact rho 1/4": "exact_rho", "exact rho 3/2": "exact_rho",
                "exponential tail": None, "double well": None}

    def test_constants_are_the_smallest(self):
        random.seed(9)
        for name in self.ATTAINED:
            _, row, parameters, _ = OBJECTIVES[name]
            outside = 3.0 if self.ATTAINED[name] is None else 0.01  # the last two attain it far out only
            for _ in range(10):
                x = [random.choice((-1, 1)) * random.uniform(outside, 20)]
                table = [1.0] if self.ATTAINED[name] is None else [random.uniform(0.1, 1)]
                gradient, _, (gap, sharpness, K0, K, rho) = self.evaluate(self.probes[name, 64, row["dimensions"][0]], parameters, table, x)
                self.assertAlmostEqual(sharpness / (K0 + K * gap**rho), 1, places=1 if self.ATTAINED[name] is None else 12, msg=name)
                if self.ATTAINED[name]:
                    self.assertAlmostEqual(gradient[0] ** 2 / (2 * K0 * gap + 2 * K * gap ** (1 + rho) / (1 + rho)), 1, places=12, msg=name)

    def test_every_objective_is_tested(self):
        headers = {path.stem for path in (KERNELS / "objective").glob("*.h")}
        self.assertEqual(headers, {header for header, *_ in OBJECTIVES.values()})
        rows = set(re.findall(r'WS_OBJECTIVES, "[^"]+", "objective/(\w+)\.h"', (SOURCE / "src/plan/catalogue.c").read_text()))
        self.assertEqual(headers, rows)


class Promises(unittest.TestCase):
    """What a header promises for speed (kernels/promises_cpu.h) holds at every point of the tests above; here a broken promise is seen."""

    def look(self, name, header, x, *defines):
        with tempfile.TemporaryDirectory() as folder:
            file, library = pathlib.Path(folder) / "mine.h", pathlib.Path(folder) / "probe.so"
            file.write_text(header)
            subprocess.run([os.environ.get("CC", "cc"), *FLAGS, "-O0", "-DWS_PRECISION=64", f"-DWS_DIM={len(x)}", f'-DWS_OBJECTIVE="{file}"', *defines, f"-I{KERNELS}",
                            str(HERE / "objective_probe.c"), "-o", str(library)], check=True)
            array, room = ctypes.c_double * len(x), ctypes.c_double * 5
            probe = ctypes.CDLL(str(library)).probe
            probe.restype = ctypes.c_char_p
            return probe((ctypes.c_double * 8)(1, 1, 1), array(*[1] * len(x)), ctypes.c_long(len(x)), array(*x), array(), array(), room())

    def test_broken_promises_are_seen(self):
        for word, name, *changes in (
                ("OBJECTIVE_WHOLE_POINT: put", "chain", "s->w[i] = R(0.0f) + x;", "s->w[i] = R(0.0f) + x + x;"),
                ("OBJECTIVE_WHOLE_POINT: gradient", "chain", "room[i] = r * others", "room[i] = r + others"),
                ("OBJECTIVE_ZERO_STAYS: the gr", "quadratic", "return c.a * x;", "return FMA(c.a, x, R(0x1p-60f));"),
                ("OBJECTIVE_IS_SQUARES", "cosh", "typedef struct { real q; } sums;", "typedef struct { real q; } sums;\n#define OBJECTIVE_IS_SQUARES"),
                ("OBJECTIVE_REACH", "cosh", "OBJECTIVE_REACH SINHCOSH_NEAR", "OBJECTIVE_REACH 1.5f"),
                ("OBJECTIVE_CONTRACTS: .gr", "quadratic", "OBJECTIVE_CONTRACTS 1.0", "OBJECTIVE_CONTRACTS 0.99"),
                ("OBJECTIVE_SINKS: a step", "log_cosh", "return LE(eta * c.w, LONGEST);", "return LE(eta * c.w, R(16.0f));")):
            header = (KERNELS / f"objective/{name}.h").read_text()
            self.assertIsNone(self.look(name, header, [1.25, -0.5]), name)
            for text, instead in zip(changes[::2], changes[1::2]):
                self.assertEqual(header.count(text), 1, (name, text))
                header = header.replace(text, instead)
            self.assertRegex((self.look(name, header, [1.25, -0.5]) or b"nothing").decode(), word)


if __name__ == "__main__":
    unittest.main()
