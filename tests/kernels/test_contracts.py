"""test_contracts.py: what WS_CONTRACTS (kernels/layout_cpu.h) rests on, number by number: parts of a sum do not fall while |x| grows, and no step of a
size that is said to contract makes a coordinate larger. In float32 for every number, in float64 for neighbours at random places. Of each objective
the first case, and broken promises in float32 alone; with WARMSWEEP_LONG (scripts/check layouts) every case, and those in float64, too."""
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
FLAGS = ["-std=gnu11", "-O2", "-march=native", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-w", "-Wno-psabi"]
CASES = {"quadratic": [([], 1), ([], 0.37), ([], 1e-3)], "cosh": [([1, 1], 1), ([0.75, 0.25], 0.3), ([2, 1000], 0.01)]}


def probe(name, objective, precision, kernels=harness.SOURCE / "kernels"):
    source, program = harness.SCRATCH / f"{name}.c", harness.SCRATCH / name
    source.write_text(nvrtc.defines(1, precision=precision, objective=objective, WS_COMPENSATED=0) + f'#include "{HERE}/contracts_probe.c"\n')
    subprocess.run([os.environ.get("CC", "cc"), *FLAGS, "-iquote", str(kernels), str(source), "-o", str(program), "-lm"], check=True)
    return program


def look(program, parameters, table, *places):
    numbers = [*parameters, *[0] * (8 - len(parameters)), table, *places]
    return subprocess.run([program, *map(str, numbers)], capture_output=True, text=True)


class Contracts(unittest.TestCase):
    def test_promises_hold(self):
        for objective, cases in CASES.items():
            for precision, places in ((32, ()), (64, (100000,))):
                program = probe(f"{objective}{precision}", objective, precision)
                for parameters, table in cases if LONG else cases[:1]:
                    done = look(program, parameters, table, *places)
                    self.assertEqual(done.returncode, 0, (objective, precision, parameters, table, done.stdout))
                    self.assertGreater(int(done.stdout), 10**8)

    def test_broken_promises_are_seen(self):
        """Steps that are a little too long, within reach of the minimum or everywhere, and a part of the sum that falls."""
        for name, objective, file, text, instead in (
                ("short", "cosh", "objective/cosh.h", "OBJECTIVE_CONTRACTS 1.09", "OBJECTIVE_CONTRACTS 1.08"),
                ("long", "quadratic", "objective/quadratic.h", "OBJECTIVE_CONTRACTS 1.0", "OBJECTIVE_CONTRACTS 0.999"),
                ("falls", "cosh", "objective/cosh.h", "s->q = FMA(c.A * S, S, s->q);", "s->q = FMA(c.A * S, S - R(3.0f) * S * S, s->q);")):
            kernels = harness.SCRATCH / f"kernels-{name}"
            shutil.copytree(harness.SOURCE / "kernels", kernels)
            whole = (kernels / file).read_text()
            self.assertEqual(whole.count(text), 1, text)
            (kernels / file).write_text(whole.replace(text, instead))
            for precision in (32, 64) if LONG else (32,):
                done = look(probe(f"{name}{precision}", objective, precision, kernels), [1, 1], 1, *[100000] * (precision == 64))
                self.assertEqual(done.returncode, 1, (name, precision, done.stdout))


if __name__ == "__main__":
    unittest.main()
