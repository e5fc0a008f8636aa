"""test_sinks.py: what objectives promise by OBJECTIVE_SINKS (kernels/objective.h), on which WS_SINKS (kernels/layout_cpu.h) rests: with the step sizes of which it is said that a coordinate
sinks no part of the sum rises, at that step or later, by more than its roundings. At random places, with the largest such step size and smaller ones, from number to
number and from step to step."""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "cuda")]
import harness
import nvrtc  # the text of a variant

LONG = os.environ.get("WARMSWEEP_LONG")
FLAGS = ["-std=gnu11", "-march=native", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-w", "-Wno-psabi"]
PLACES = 200000 if LONG else 2000


def power(p):
    return {"OBJECTIVE_P": p, "OBJECTIVE_P_INTEGER": int(p == int(p))}


# objective, what else its kernel is told, and of each case: parameters, the number of the table, the coordinate
CASES = {
    "river": ("river", {}, [([1, 1, 1], 1, 0), ([1, 1, 1], 1, 1), ([0.3, 0, 0.01], 1, 1), ([40, 0, 1], 1, 0)]),
    "river cosh": ("river_cosh", {}, [([1, 1, 1], 1, 0), ([1, 1, 1], 1, 1), ([0.75, 30, 1], 1, 1)]),
    "log cosh": ("log_cosh", {}, [([], 1, 0), ([], 0.37, 0)]),
    "rho half": ("rho_half", {}, [([1, 1], 1, 0), ([0.1, 30], 0.37, 0)]),
    "quadratic power": ("quadratic_power", power(4), [([1, 1], 1, 0), ([0, 3], 0.37, 0)]),
    "quadratic power 2.5": ("quadratic_power", power(2.5), [([1, 1], 1, 0)]),
    "quadratic power 32": ("quadratic_power", power(32), [([1, 1], 1, 0)]),
}


def probe(name, objective, precision, more, kernels=harness.SOURCE / "kernels"):
    source, program = harness.SCRATCH / f"{name.replace(' ', '-')}.c", harness.SCRATCH / name.replace(" ", "-")
    source.write_text(nvrtc.defines(1, precision=precision, objective=objective, WS_COMPENSATED=0, **more) + f'#include "{HERE}/sinks_probe.c"\n')
    subprocess.run([str(HERE.parent / "quick-cc"), *FLAGS, "-iquote", str(kernels), str(source), "-o", str(program), "-lm"], check=True)
    return program


def look(program, parameters, table, coordinate):
    numbers = [*parameters, *[0] * (8 - len(parameters)), table, coordinate, PLACES]
    return subprocess.run([program, *map(str, numbers)], capture_output=True, text=True)


class Sinks(unittest.TestCase):
    def test_every_objective_has_a_case(self):
        promise = {file.stem for file in (harness.SOURCE / "kernels/objective").glob("*.h") if "#define OBJECTIVE_SINKS" in file.read_text()}
        self.assertEqual(promise, {objective for objective, _, _ in CASES.values()})

    def test_promises_hold(self):
        for name, (objective, more, cases) in CASES.items():
            for precision in (32, 64):
                program = probe(f"{name}{precision}", objective, precision, more)
                for case in cases:
                    done = look(program, *case)
                    self.assertEqual(done.returncode, 0, (name, precision, case, done.stdout, done.stderr))
                    self.assertGreater(int(done.stdout.split()[0]), PLACES * 16, (name, precision, case, done.stdout))

    def test_broken_promises_are_seen(self):
        """Steps that are too long, and fewer roundings than there are."""
        river = "objective/river.h", "LE(eta * FMA(c.c, x * x, c.k), LONGEST)"
        for name, file, text, instead, case in (
                ("river", *river, "LE(R(0.9f) * eta * FMA(c.c, x * x, c.k), LONGEST)", ([1, 1, 1], 1, 1)),
                ("log cosh", "objective/log_cosh.h", "LE(eta * c.w, LONGEST)", "LE(R(0.999f) * eta * c.w, LONGEST)", ([], 1, 0)),
                ("rho half", "objective.h", "LE(eta * ABS(gradient(c, k, x, no_sums())), LONGEST * ABS(x))", "LE(eta * ABS(gradient(c, k, x, no_sums())), R(2.1f) * ABS(x))", ([1, 1], 1, 0)),
                ("river cosh", "objective/river_cosh.h", "LE(eta * ABS(wall_gradient(c, x)), LONGEST * ABS(x))", "LE(eta, R(2.0f))", ([1, 1, 1], 1, 1)),
                ("river cosh", "objective/river_cosh.h", "#define OBJECTIVE_SINKS 16", "#define OBJECTIVE_SINKS 1", ([1, 1, 1], 1, 1))):
            kernels = harness.SCRATCH / "broken"
            shutil.rmtree(kernels, ignore_errors=True)
            shutil.copytree(harness.SOURCE / "kernels", kernels)
            whole = (kernels / file).read_text()
            self.assertEqual(whole.count(text), 1, text)
            (kernels / file).write_text(whole.replace(text, instead))
            objective, more, _ = CASES[name]
            done = look(probe("broken-probe", objective, 32, more, kernels), *case)
            self.assertEqual(done.returncode, 1, (name, instead, done.stdout))


if __name__ == "__main__":
    unittest.main()
