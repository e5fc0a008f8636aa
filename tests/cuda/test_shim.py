"""test_shim.py: the kernel for GPUs, run on the CPU under the shim, gives the bytes of the cpu kernel: every column of every outcome and
the hash over every gap. The hash makes the kernel show every gap to its observer, so that variants are compiled without it as well: then
uneventful batches are passed over as in a real run. Every other variant has one of the two, in turn; with WARMSWEEP_LONG=1 (scripts/check cuda) each has both.

Variants cover the mappings: one thread a trajectory, several lanes a thread, padded lanes, a whole warp, slots in groups, a block (L
above a warp), several lanes a thread of a block with the state in global memory; coupled and not, with noise and without, closed
loops, both precisions. Each is run with one block and with several, in ascending, descending and shuffled order of turns, in one launch
and in segments, with rows in order and from a list. A kernel from which a barrier was removed must be caught (scripts/check cuda).
"""
import concurrent.futures
import math
import os
import pathlib
import re
import shutil
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parents[1])]
import nvrtc
import rho_curve
import shim

def data(n, d):
    """Rows whose first number is positive."""
    rows = [[abs(math.sin(7 * i + 3 * j + 1)) if j == 0 else math.sin(7 * i + 3 * j + 1) for j in range(d)] for i in range(n)]
    return dict(OBJECTIVE_ROWS=n, OBJECTIVE_DATA=",".join(repr(v) for row in rows for v in row))


GAUSSIAN, RADEMACHER = dict(noise="gaussian"), dict(noise="rademacher")
# Methods with states, averages, compensated steps.
COUPLED = dict(METHOD_DECOUPLED=0)  # weight decay as a part of the gradient
METHODS = {
    "momentum d 5, one thread": (dict(d=5, method="momentum", precision=64, **COUPLED), dict(method=[0.9, 0.1, 0.01])),
    "momentum d 40, padded": (dict(d=40, method="momentum", METHOD_DECOUPLED=1), dict(method=[0.5, 0, 0.01], steps=200)),
    "nesterov d 17000, global memory": (dict(d=17000, method="nesterov", **COUPLED), dict(method=[0.8, 0], cells=4, steps=40)),
    "accelerated d 40, average": (dict(d=40, method="accelerated", WS_AVERAGE='"average/mean.h"'), dict(method=[3], average=[5, 0])),
    "momentum, coupled d 130, double, noise": (dict(d=130, objective="radial_cosh", precision=64, method="momentum", **GAUSSIAN, **COUPLED),
                                               dict(parameters=[1, 1], gap=5, replicates=2, method=[0.7, 0.2, 0])),
    "adam d 3, double": (dict(d=3, method="adam", precision=64), dict(method=[0.9, 0.999, 1e-8, 0.1], low=0.01, high=0.2)),
    "gi-adam d 33, noise": (dict(d=33, method="gi_adam", **GAUSSIAN), dict(method=[0.5, 0.9, 1e-6, 0], replicates=2, low=0.01, high=0.2)),
    "rmsprop d 2100, a block": (dict(d=2100, method="rmsprop"), dict(method=[0.5, 0.99, 1e-4, 0], cells=6, steps=40, low=0.001, high=0.02)),
    "sign d 17, double": (dict(d=17, method="sign_descent", precision=64), dict(method=[0.01], low=0.01, high=0.2)),
    "lion, coupled d 20": (dict(d=20, objective="radial_cosh", method="lion"), dict(parameters=[1, 1], gap=5, method=[0.9, 0.99, 0.1], low=0.01, high=0.2)),
    "average d 5, noise": (dict(d=5, WS_AVERAGE='"average/mean.h"', precision=64, **GAUSSIAN), dict(average=[20, 0], replicates=2)),
    "average d 100, momentum, trace": (dict(d=100, method="momentum", WS_AVERAGE='"average/ema.h"', WS_TRACED=31, **COUPLED),
                                       dict(method=[0.5, 0, 0], average=[3, 0.9], steps=600)),
    "average d 2047, nesterov, slots in groups": (dict(d=2047, method="nesterov", WS_AVERAGE='"average/mean.h"', **COUPLED),
                                                  dict(method=[0.8, 0.01], average=[0, 3], cells=6, steps=50)),
    "average, coupled d 20, adam, trace": (dict(d=20, objective="radial_cosh", method="adam", WS_AVERAGE='"average/ema.h"', WS_TRACED=31),
                                           dict(parameters=[1, 1], gap=5, method=[0.9, 0.999, 1e-8, 0], average=[5, 0.5], low=0.01, high=0.3)),
    "average, coupled d 2100, a block": (dict(d=2100, objective="radial_cosh", WS_AVERAGE='"average/mean.h"'),
                                         dict(parameters=[1, 1], gap=5, cells=6, steps=40, average=[10, 0])),
    "average, coupled d 17000, in memory": (dict(d=17000, objective="radial_cosh", WS_AVERAGE='"average/mean.h"', **GAUSSIAN),
                                            dict(parameters=[1, 1], gap=5, cells=4, steps=20, average=[5, 0])),
    "average, coupled, minibatch": (dict(d=9, objective="least_squares", noise="minibatch", NOISE_SAMPLING=0, WS_AVERAGE='"average/mean.h"', **data(7, 9)),
                                    dict(gap=5, noise=[2], average=[10, 0], replicates=2, high=1)),
    "average, weight decay, closed loop d 50": (dict(d=50, objective="cosh", schedule=("feedback", "theory"), method="weight_decay", WS_AVERAGE='"average/ema.h"'),
                                                dict(parameters=[1, 1], feedback=[1, 1], gap=5, method=[0.01], average=[0, 0.5])),
    "compensated d 40, coupled, adam, average": (dict(d=40, objective="radial_cosh", method="adam", WS_COMPENSATED=1, WS_AVERAGE='"average/ema.h"'),
                                                 dict(parameters=[1, 1], gap=5, method=[0.9, 0.99, 1e-8, 0.1], average=[0, 0.9], low=0.01, high=0.3)),
    "momentum, trace, d 40, noise": (dict(d=40, method="momentum", WS_TRACED=31, **GAUSSIAN, **COUPLED), dict(replicates=2, method=[0.9, 0.1, 0.01])),
}
VARIANTS = {
    # name: (options of nvrtc.defines, options of compare.c)
    "d 1": (dict(d=1), {}),
    "d 2, noise of several iterations a block": (dict(d=2, **GAUSSIAN, weights=1), dict(replicates=3)),
    "d 3, double": (dict(d=3, precision=64), {}),
    "d 7, noise": (dict(d=7, **GAUSSIAN), dict(replicates=3, separate=1)),
    "d 8": (dict(d=8), {}),
    "d 17, padded, several lanes a thread": (dict(d=17), {}),
    "d 33, double, noise": (dict(d=33, precision=64, **GAUSSIAN), dict(replicates=2)),
    "d 64, signs": (dict(d=64, **RADEMACHER), dict(replicates=2)),
    "d 100, underflow": (dict(d=100), dict(steps=1200, cells=8, low=0.4, high=1.5)),
    "d 127, double": (dict(d=127, precision=64), {}),
    "d 300, signs, double, weights": (dict(d=300, precision=64, **RADEMACHER, weights=1), dict(replicates=2, cells=8, steps=60)),
    "d 1000, noise": (dict(d=1000, **GAUSSIAN), dict(replicates=2, cells=6, steps=60)),
    "d 1024": (dict(d=1024), {}),
    "d 1500, double, slots in groups": (dict(d=1500, precision=64), dict(cells=9, steps=70)),
    "d 2047, noise, slots in groups": (dict(d=2047, **GAUSSIAN, weights=1), dict(cells=6, steps=50)),
    "d 2100, a block, padded": (dict(d=2100), dict(cells=9, steps=90)),
    "d 4096, a block, noise": (dict(d=4096, **GAUSSIAN), dict(cells=6, steps=50)),
    "d 4096, a block, double": (dict(d=4096, precision=64), dict(cells=6, steps=70)),
    "d 17000, lanes in turns, global memory": (dict(d=17000), dict(cells=6, steps=70)),
    "cosh d 5, sums that overflow": (dict(d=5, objective="cosh"), dict(parameters=[1, 1], gap=5, high=1e12, low=0.1)),
    "cosh d 40, geometric, cosine": (dict(d=40, objective="cosh", schedule=("geometric", "cosine")),
                                     dict(parameters=[1, 2], gap=9, warmup=0.01, decay=[80, 0.1])),
    "river d 70, double": (dict(d=70, objective="river", precision=64), dict(parameters=[1, 10, 1], gap=50)),
    "power d 12": (dict(d=12, objective="power", OBJECTIVE_P=4, OBJECTIVE_P_INTEGER=1), dict(high=40)),
    "exact rho d 12": (dict(d=12, objective="exact_rho", **rho_curve.defines(0.75, 32)), dict(parameters=[1, 2], gap=50, high=5)),
    "exact rho d 40, double, a barrier": (dict(d=40, objective="exact_rho", precision=64, **rho_curve.defines(1.5, 64)), dict(parameters=[1, 1], gap=9, low=0.1, high=5)),
    "logarithms d 20, double": (dict(d=20, objective="log_quadratic", precision=64), dict(low=0.4, high=4)),
    "coupled d 1": (dict(d=1, objective="radial_cosh"), dict(parameters=[1, 1], gap=5)),
    "coupled d 20": (dict(d=20, objective="radial_cosh"), dict(parameters=[1, 1], gap=5)),
    "coupled d 130, double, noise": (dict(d=130, objective="radial_cosh", precision=64, **GAUSSIAN),
                                     dict(parameters=[1, 1], gap=5, replicates=2)),
    "coupled d 2047, in memory": (dict(d=2047, objective="radial_cosh", **RADEMACHER), dict(parameters=[1, 1], gap=5, cells=6, steps=40)),
    "coupled d 2100, a block": (dict(d=2100, objective="radial_cosh"), dict(parameters=[1, 1], gap=5, cells=9, steps=60)),
    "coupled d 17000, lanes in turns": (dict(d=17000, objective="radial_cosh", **GAUSSIAN),
                                        dict(parameters=[1, 1], gap=5, cells=4, steps=20)),
    "whole point, d 9": (dict(d=9, objective="chain", precision=64), dict(parameters=[1], gap=5, high=2)),
    "data, d 9": (dict(d=9, objective="logistic", precision=64, **data(7, 9)), dict(gap=2, high=50)),
    "data, d 3, closed loop": (dict(d=3, objective="least_squares", schedule=("feedback", "theory"), **data(4, 3)), dict(gap=5, feedback=[0.6, 1])),
    "rows with replacement, d 9": (dict(d=9, objective="logistic", noise="minibatch", NOISE_SAMPLING=0, **data(7, 9)), dict(gap=2, high=50, replicates=2, noise=[3])),
    "rows in epochs, clipped, d 3, double": (dict(d=3, objective="least_squares", precision=64, noise="minibatch", NOISE_SAMPLING=2, schedule=("feedback", "clipped"),
                                                  **data(11, 3)), dict(gap=5, feedback=[1, 1], replicates=3, noise=[4], separate=1)),
    "backtracking, d 3": (dict(d=3, objective="cosh", schedule=("feedback", "armijo")), dict(parameters=[1, 1], gap=30, high=50, theory=0, feedback=[0.5, 1e-4, 20])),
    "backtracking, d 20, double, noise": (dict(d=20, objective="radial_cosh", precision=64, schedule=("feedback", "armijo"), **GAUSSIAN),
                                          dict(parameters=[1, 1], gap=5, high=50, theory=0, feedback=[0.3, 0.3, 4], replicates=2)),
    "backtracking, d 2047, in memory, signs, weights": (dict(d=2047, schedule=("feedback", "armijo"), **RADEMACHER, weights=1),
                                                        dict(gap=5, high=50, theory=0, feedback=[0.5, 0.1, 10], cells=6, steps=40, noise=[0.001])),
    "backtracking, d 2100, a block, double": (dict(d=2100, objective="cosh", precision=64, schedule=("feedback", "armijo")),
                                              dict(parameters=[1, 1], gap=30, high=50, theory=0, feedback=[0.5, 1e-4, 20], cells=5, steps=40)),
    "phase samples, d 9, double": (dict(d=9, objective="phase_samples", precision=64, **data(7, 9)), dict(gap=2, high=2)),
    "tanh net, d 8": (dict(d=8, objective="tanh_net", OBJECTIVE_HIDDEN=2, OBJECTIVE_TEACHER="1,-0.5,0.25,0.75,-1,0.5,0.125,-1.5", OBJECTIVE_FIELD="0.5,-0.25,1,0.75",
                           OBJECTIVE_ACTIVE="0.46211715,-0.24491866,0.76159416,0.63514895", noise="minibatch", NOISE_SAMPLING=1, **data(2, 3)),
                      dict(gap=0.5, high=20, noise=[1], replicates=2)),
    "whole point, d 2": (dict(d=2, objective="rosenbrock"), dict(parameters=[8], gap=5, high=0.3)),
    "rank one d 13, noise": (dict(d=13, objective="rank_one", **GAUSSIAN), dict(parameters=[1], gap=5, replicates=2)),
    "river valley d 40, double": (dict(d=40, objective="river_valley", precision=64), dict(parameters=[1, 0.5], gap=5)),
    "phase retrieval d 33": (dict(d=33, objective="phase_retrieval"), dict(gap=5)),
    "closed loop d 50, noise": (dict(d=50, objective="cosh", schedule=("feedback", "theory"), **GAUSSIAN),
                                dict(parameters=[1, 1], feedback=[1, 1], gap=5, replicates=2)),
    "closed loop d 2100, double": (dict(d=2100, objective="cosh", precision=64, schedule=("feedback", "theory")),
                                   dict(parameters=[1, 1], feedback=[0.6, 1], gap=5, cells=4, steps=30)),
    "trace, d 3, double": (dict(d=3, precision=64, WS_TRACED=31), {}),
    "trace, d 100, noise, weights": (dict(d=100, **GAUSSIAN, weights=1, WS_TRACED=31), dict(replicates=2)),
    "trace of edges, d 1024": (dict(d=1024, WS_TRACED=16), dict(cells=9)),
    "trace, d 2100, a block, padded": (dict(d=2100, WS_TRACED=31), dict(cells=9, steps=90)),
    "trace, d 17000, lanes in turns": (dict(d=17000, WS_TRACED=12), dict(cells=4, steps=40)),
    "trace, coupled d 20": (dict(d=20, objective="radial_cosh", WS_TRACED=31), dict(parameters=[1, 1], gap=5)),
    "trace, data, d 9": (dict(d=9, objective="logistic", precision=64, WS_TRACED=31, **data(7, 9)), dict(gap=2, high=50)),
    "trace, coupled d 2047, in memory, signs": (dict(d=2047, objective="radial_cosh", **RADEMACHER, WS_TRACED=31), dict(parameters=[1, 1], gap=5, cells=4, steps=40)),
    "trace, closed loop d 50, noise": (dict(d=50, objective="cosh", schedule=("feedback", "theory"), **GAUSSIAN, WS_TRACED=31),
                                       dict(parameters=[1, 1], feedback=[1, 1], gap=5, replicates=2)),
    **METHODS,
}
RUNS = [dict(hash=1, blocks=1, order=0), dict(hash=1, blocks=3, order=1, batches=2, offset=1), dict(hash=0, blocks=1, order=1),
        dict(hash=0, blocks=2, order=77, batches=2, list=1)]


def text_of(options, hash):
    options = dict(options, **(dict(WS_GAP_HASH=1) if hash else {}))
    return nvrtc.defines(options.pop("d"), **options)


LONG = os.environ.get("WARMSWEEP_LONG")
OF_MANY_LAUNCHES = ("d 17, padded, several lanes a thread", "d 1000, noise", "coupled d 20", "d 2100, a block, padded")
if not LONG:
    VARIANTS = {name: variant for i, (name, variant) in enumerate(VARIANTS.items()) if i % 2 == 0 or name in OF_MANY_LAUNCHES}


def build_all(variants, prefix):
    """{name: (cpu module, {hash: cuda module})}, hash 0 or 1"""
    def build(i, options):
        hashes = (0, 1) if LONG else (i % 2,)
        return shim.build_cpu(f"{prefix}{i}", text_of(options, 1)), {hash: shim.build_cuda(f"{prefix}{i}hash{hash}", text_of(options, hash)) for hash in hashes}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = {name: pool.submit(build, i, options) for i, (name, (options, _)) in enumerate(variants.items())}
        return {name: job.result() for name, job in jobs.items()}


def compare(modules, **options):
    cpu, cuda = modules
    return shim.run(cpu, cuda[options["hash"]], **options)


class Shim(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if shim.missing():
            raise unittest.SkipTest(shim.missing())
        shim.compare_program()
        cls.modules = build_all(VARIANTS, "v")

    def test_bytes_are_those_of_the_cpu_kernel(self):
        seen, segments = {}, 0
        for name, (_, options) in VARIANTS.items():
            for more in (more for more in RUNS if more["hash"] in self.modules[name][1]):
                with self.subTest(variant=name, **more):
                    status, counts, text = compare(self.modules[name], **options, **more)
                    self.assertEqual(status, 0, text)
                    segments = max(segments, counts["segments"])
                    for key, value in counts.items():
                        seen[key] = seen.get(key, 0) + value
        for word in shim.STATUS + shim.FLAG:
            self.assertGreater(seen[word], 0, f"no outcome was or had '{word}': the comparison shows less than it says")
        self.assertGreater(segments, 20)

    def test_a_chunk_in_many_launches_and_other_seeds(self):
        for name in OF_MANY_LAUNCHES:
            for seed in (1, 2**63 + 12345):
                with self.subTest(variant=name, seed=seed):
                    options = dict(VARIANTS[name][1], cells=5, steps=70, seed=seed - 2**64 if seed > 2**63 else seed)
                    status, counts, text = compare(self.modules[name], **options, blocks=1, batches=1, order=5, hash=max(self.modules[name][1]))
                    self.assertEqual(status, 0, text)
                    self.assertGreater(counts["segments"], 4)


@unittest.skipUnless(LONG, "WARMSWEEP_LONG is not set (scripts/check cuda)")
class RemovedBarriers(unittest.TestCase):
    """Every place where the kernel waits is taken out once. (order_memory is not one: threads have met there already.)"""

    BARRIER = re.compile(r"\b(sync_unit|sync_block|sync_warp)\(\);")
    WITNESSES = {
        "d 64": (dict(d=64), {}),
        "d 1024": (dict(d=1024), {}),
        "d 2100": (dict(d=2100), dict(cells=9, steps=60)),
        "d 2100, one coordinate too steep": (dict(d=2100), dict(cells=1, steps=0, low=2.0002, high=2.0002, seed=1)),
        "coupled d 40": (dict(d=40, objective="radial_cosh"), dict(parameters=[1, 1], gap=5)),
        "coupled d 2100": (dict(d=2100, objective="radial_cosh"), dict(parameters=[1, 1], gap=5, cells=9, steps=40)),
    }

    def places(self):
        """[(file, n)]: the n-th barrier of a file; the definitions of the words are not places."""
        result = []
        for name in ("team_cuda.h", "batch_cuda.h", "coupled_cuda.h", "scan_cuda.h", "slot_cuda.h"):
            text = (nvrtc.KERNELS / name).read_text()
            for n, match in enumerate(self.BARRIER.finditer(text)):
                line = text[text.rfind("\n", 0, match.start()) + 1:text.index("\n", match.end())]
                if not re.match(r"\s*(if \(WS_P > 32\)|else if \(WS_P > 1\)|if \(WS_P > 1 && WS_P <= 32\)) sync_", line):
                    result.append((name, n))
        return result

    def mutant(self, number, name, n):
        kernels = shim.SCRATCH / f"kernels{number}"
        shutil.copytree(nvrtc.KERNELS, kernels)
        text = (kernels / name).read_text()
        match = list(self.BARRIER.finditer(text))[n]
        (kernels / name).write_text(text[:match.start()] + ";" + text[match.end():])
        return kernels

    def caught(self, number, place, cpu):
        kernels = self.mutant(number, *place)
        for witness, (options, more) in self.WITNESSES.items():
            module = shim.build_cuda(f"m{number}", text_of(options, 0), kernels)
            for order in (1, 0, 3):
                status, _, _ = shim.run(cpu[witness], module, **more, hash=0, blocks=2, order=order, batches=3)
                if status:
                    return witness
        return None

    def test_every_one_is_missed(self):
        if shim.missing():
            self.skipTest(shim.missing())
        shim.compare_program()
        places = self.places()
        self.assertGreater(len(places), 7)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            built = pool.map(lambda item: shim.build_cpu(f"w{item[0]}", text_of(item[1][0], 0)), enumerate(self.WITNESSES.values()))
            cpu = dict(zip(self.WITNESSES, built))
            found = list(pool.map(lambda i: self.caught(i, places[i], cpu), range(len(places))))
        for place, witness in zip(places, found):
            with self.subTest(file=place[0], barrier=place[1]):
                self.assertIsNotNone(witness, "nothing changes without this barrier: it is not needed, or not tested")


if __name__ == "__main__":
    if shim.missing():
        print(shim.missing())
        sys.exit(77)
    unittest.main()
