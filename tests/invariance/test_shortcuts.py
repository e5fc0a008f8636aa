"""test_shortcuts.py: what a CPU kernel leaves out changes no outcome.

Coordinates that are zero in every lane are not worked on (WS_SKIPS_ZEROS), gaps are made of their sums only where more than the order of the
sums matters (WS_GAPS_LATER; a hash of every gap forbids it), whether the sums of few lanes fall is found as they are made (WS_FOLLOWS), when the best gaps of a
column that only sinks were is not written at every batch (only_sinks), sums of steps that contract, or by which the gap sinks, are not made where no target is near (WS_CONTRACTS, WS_SINKS), what is dear in step sizes is made once for trajectories of one schedule and kept for
those that come later, as far as there is room (factors_cpu.h, factor_table_cpu.h), factors that are 1 are not computed (ramp.h), a long lane's noise is drawn a few slots at a time (WS_APART), and near its minimum an
objective is computed in a cheaper way (WS_NEAR), batch by batch; a batch that goes off is run again; up to 32 batches are run as one (WS_MOST_SKIPS); and the step sizes of a
warmup are made without asking where it ends (make_rising). Each sweep is run as it is, with kernels whose text says that nothing of all this is done or that every guess is
made, and with every gap hashed; all outcomes but the hash are the same. Each of these kernels takes seconds to compile: without WARMSWEEP_LONG (scripts/check invariance) every
fourth sweep has one of them in turn, every twelfth a hash; of what shows that the test can fail a third is done, with the first sweep that shows it.
"""
import os
import pathlib
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness

LONG = os.environ.get("WARMSWEEP_LONG")
SPECTRUM = {"law": "geometric", "lmax": 1, "lmin": 0.01}


def quadratic(d, precision="float32", peak=None, steps=3000, start=None, **more):
    objective = {"kind": "quadratic", "dimension": d}
    if d > 1:
        objective["spectrum"] = SPECTRUM
    return {"precision": precision, "objective": objective, "start": start or {"kind": "sphere", "gap": 50}, "method": {"kind": "gd"},
            "schedule": {"peak": peak or {"log": [0.05, 2.2], "points": 7}, "warmup": {"steps": [0, 40, 900]}}, "seed": 3,
            "stop": {"steps": steps, "gap": [10, 1e-6, 1e-20, 1e-36]}, "record": {"gap_at": [0, 15, 16, 17, 1000, 2999]}, **more}


def cosh(d, *more, **options):
    return {**quadratic(d, *more, **options), "objective": {"kind": "cosh", "dimension": d, "K0": 1, "K1": 1}}


def sinks_then_rises(d, steps=400):
    """From iteration 207 on, the last one of a batch; in one dimension the best gap is that one. Nothing else happens."""
    return quadratic(d, stop={"steps": steps, "gap": [1e-30]}, record={}, schedule={"peak": [0.5, 1], "decay": {"kind": "table", "points": [[0, 0.1], [206, 0.1], [207, 6], [300, 6]]}})


def rises_once(d):
    """Within a batch that ends on a fall, and ends before its best gap is reached again."""
    sweep = quadratic(d, stop={"steps": 212, "gap": [1e-30]}, record={},
                      schedule={"peak": [0.5, 1], "decay": {"kind": "table", "points": [[0, 0.1], [200, 0.1], [201, 6], [202, 0.1], [212, 0.1]]}})
    return {**sweep, "objective": {"kind": "quadratic", "dimension": d, "spectrum": {"law": "uniform", "lmin": 1, "lmax": 1}}}


def to_zero(d, precision, peaks):
    """At once: all its modes are equal. Nothing else happens."""
    sweep = quadratic(d, precision, peak={"log": peaks, "points": 60 if d < 512 else 8}, stop={"steps": 12000, "gap": []}, record={})
    return {**sweep, "objective": {"kind": "quadratic", "dimension": d, "spectrum": {"law": "uniform", "lmin": 1, "lmax": 1}}}


def near(sweep):
    """The same on a cosh, from so near its minimum that it stays there."""
    return {**sweep, "objective": {"kind": "cosh", "dimension": sweep["objective"]["dimension"], "K0": 1, "K1": 1}, "start": {"kind": "sphere", "gap": 1e-2}}


def sinking(kind, d, precision="float32", peak=None, steps=3000, gap=(5, 0.5, 1e-2), **objective):
    """Down the walls and along a river, or down a slope: steps that are too long at first, later, or always."""
    start = {"kind": "explicit", "values": [-1.0] + [4 / (d - 1) ** 0.5] * (d - 1)} if "river" in kind else {"kind": "sphere", "gap": 50}
    return {**quadratic(d, precision, peak=peak or {"log": [0.01, 4], "points": 40}, steps=steps, start=start, stop={"steps": steps, "gap": list(gap)}, record={}),
            "objective": {"kind": kind, "dimension": d, **objective}}


def scheduled(decay, d=1, precision="float32", peak=None, warmup=0, gap=1e-30, rule={}, **more):
    """Trajectories that begin together, mostly with one schedule but for the peak; with a gap that is reached they end one by one, and others begin."""
    return quadratic(d, precision, stop={"steps": 500, "gap": [gap]}, record={"gap_at": [30, 500]},
                     schedule={"peak": peak or {"log": [0.01, 0.3], "points": 300}, "warmup": {"kind": "linear", "steps": warmup}, "decay": decay, **rule}, **more)


# its steps are too long to stay where sinh and cosh are those of a small number; 2100: of three passes the second adds to sums that wait
LEAVES = [("cosh leaves its minimum", 20, "float32"), ("cosh leaves its minimum, d 3, float64", 3, "float64"),
          ("cosh leaves its minimum, d 2100", 2100, "float32"), ("cosh leaves its minimum, d 1030, float64", 1030, "float64")]
# first coordinates are zero from the start
ALONG_THE_LAST = [0.0] * 16 + [0.5] * 24

SCHEDULED = {
    "cosine": scheduled({"kind": "cosine", "floor": 0.1}),  # a product and a sum, which must round twice
    "cosine, d 4, float64, warmups": scheduled({"kind": "cosine", "floor": 0.1}, 4, "float64", warmup=[50, 60]),
    "polynomial, powers of 1 and others": scheduled({"kind": "polynomial", "power": [0.5, 1, 2]}),
    "noam, warmup": scheduled({"kind": "noam"}, warmup=100),
    "cosine, ragged": scheduled({"kind": "cosine", "floor": 0.1}, gap=1e-2, warmup=[0, 30, 200]),
    "inverse, ragged, d 16, float64": scheduled({"kind": "inverse", "rate": [0.01, 0.02, 0.03]}, 16, "float64", gap=1e-2, warmup=[0, 20]),
    "noam, ragged": scheduled({"kind": "noam"}, gap=1e-2, warmup=[10, 100], peak={"log": [0.1, 1], "points": 300}),
    "exponential, ragged, clipped": scheduled({"kind": "exponential", "floor": 0.1}, 3, gap=1e-2, warmup=[0, 20], rule={"kind": "clipped", "clip": 2}),
    "open loop, ragged": quadratic(2, stop={"steps": 500, "gap": [1e-2]}, record={"gap_at": [30]}, start={"kind": "sphere", "gap": {"log": [1, 100], "points": 100}},
                                   schedule={"kind": "open-theory", "c": [0.1, 0.2], "K0": 1, "K": [1, 2], "rho": 1, "gap": 10, "radius": 5}),
    "linear, many horizons": scheduled({"kind": "linear", "floor": 0.1, "horizon": [40, 50, 60, 70, 80, 90, 100, 110]}, gap=1e-2),
    "inverse, many caps": {**scheduled({"kind": "inverse", "rate": 0.01}), "stop": {"steps": [100, 300, 3000], "gap": [1e-30]}},
    "cyclic": scheduled({"kind": "cyclic", "up": 7, "down": 30, "floor": 0.1, "gamma": [0.999, 1]}, peak=[0.1, 0.2, 0.3]),
    "polynomial, stands still, d 4": scheduled({"kind": "polynomial", "power": 8}, 4, peak={"log": [0.01, 1.9], "points": 40}, warmup=[0, 20]),
    "polynomial, stands still, d 16, float64": scheduled({"kind": "polynomial", "power": [12, 16]}, 16, "float64", peak={"log": [0.01, 1.9], "points": 40}),
    "polynomial, stands still, d 1030": scheduled({"kind": "polynomial", "power": [8, 10]}, 1030, peak=[0.01, 0.1, 1]),
    "wsd, sgd": scheduled({"kind": "wsd", "fraction": 0.3}, 3, method={"kind": "sgd"}, noise={"kind": "gaussian", "sigma": 1e-3}, replicates=16, warmup=20),
}
SWEEPS = {
    **{f"d {d}": quadratic(d) for d in (1, 3, 4, 5, 16, 40, 64, 100)},
    **{f"d {d}, sinks, then rises": sinks_then_rises(d) for d in (1, 4, 40)},
    **{f"d {d}, rises once": rises_once(d) for d in (4, 1030)},
    **{f"cosh, d {d}, rises once": near(rises_once(d)) for d in (4, 1030)},
    "d 1, sinks": sinks_then_rises(1, 200),
    **{f"d {d}, nothing to reach": quadratic(d, steps=700, peak={"log": [1e-9, 1.99], "points": 60}, stop={"steps": 700, "gap": []}, record={}) for d in (1, 20, 1030)},
    **{f"d {d}, held, run on": quadratic(d, steps=700, peak={"log": [0.05, 2.1], "points": 40}, stop={"steps": 700, "gap": [1, 1e-3], "hold": 5, "run_on": 40}, record={})
       for d in (2, 20, 1030)},
    **SCHEDULED,
    **{f"many batches, caps, d {d}": quadratic(d, precision, peak={"log": [1e-4, 1.9], "points": 150}, stop={"steps": [700, 3000, 12000], "gap": [1, 1e-3]}, record={})
       for d, precision in ((1, "float32"), (2, "float64"), (5, "float32"), (20, "float32"))},
    **{f"many batches, to zero, d {d}": to_zero(d, precision, peaks) for d, precision, peaks in (
        (1, "float32", [0.01, 1.9]), (5, "float32", [0.01, 1.9]), (20, "float32", [0.05, 0.0501]), (40, "float64", [0.2, 1.9]), (1030, "float32", [0.01, 1.9]))},
    "many batches, caps, d 1030": quadratic(1030, peak={"log": [1e-3, 1.9], "points": 20}, stop={"steps": 6000, "gap": [1, 1e-3]}, record={}),
    **{f"d {d}, warmups from {initial}": quadratic(d, precision, steps=400, schedule={"peak": {"log": [0.05, 2.2], "points": 7}, "warmup": {"steps": [0, 1, 15, 16, 17, 40, 300], "initial": initial}})
       for d, precision, initial in ((1, "float32", 0), (2, "float64", 0), (20, "float32", 0), (1, "float64", 0.1), (20, "float32", 0.1))},
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
    "cosh": cosh(20, steps=800),
    "cosh, d 1": cosh(1, steps=1000),
    **{f"cosh, d {d}, comes from afar": cosh(d, precision, peak=[0.001, 0.002, 0.004], stop={"steps": 700, "gap": [1e-9]}, record={})
       for d, precision in ((2, "float32"), (20, "float64"), (1030, "float32"))},
    "cosh, d 70, float64, momentum and an average": cosh(
        70, "float64", method={"kind": "momentum", "mu": 0.5, "average": {"kind": "mean", "from": [10, 400]}}, steps=400),
    **{f"cosh, d {d}, sinks": near(quadratic(d, precision, steps=1200)) for d, precision in ((1, "float64"), (3, "float32"), (16, "float32"), (70, "float64"), (1030, "float32"))},
    "rho half, d 4, rises once": {**rises_once(4), "objective": {"kind": "rho-half", "dimension": 4, "K0": 1, "K": 1}},
    "quadratic power, d 4, rises once": {**rises_once(4), "objective": {"kind": "quadratic-power", "dimension": 4, "k": 1, "c": 1, "p": 4}},
    "river, d 3": sinking("river", 3),
    "river, d 40, float64": sinking("river", 40, "float64"),
    "river, d 2, hardly moves": sinking("river", 2, peak={"log": [1e-7, 1e-4], "points": 60}, gap=()),
    "river cosh, d 3, float64": sinking("river-cosh", 3, "float64"),
    "river cosh, d 20, hardly moves": sinking("river-cosh", 20, peak={"log": [1e-8, 1e-5], "points": 60}, gap=()),
    "log cosh, d 1": sinking("log-cosh", 1),
    "log cosh, d 20, float64": sinking("log-cosh", 20, "float64"),
    "rho half, d 5": sinking("rho-half", 5, K0=1, K=1),
    "quadratic power, d 20": sinking("quadratic-power", 20, k=1, c=1, p=4),
    "quadratic power, d 2, float64": sinking("quadratic-power", 2, "float64", k=1, c=1, p=2.5),
    "cosh, held, run on": near(quadratic(20, steps=700, peak={"log": [0.05, 2.1], "points": 40}, stop={"steps": 700, "gap": [1e-3, 1e-6], "hold": 5, "run_on": 40}, record={})),
    **{name: cosh(d, precision, start={"kind": "sphere", "gap": 1e-3}, peak=[1.9, 2.5, 4, 1e30, 1e39], steps=200) for name, d, precision in LEAVES},
    "cosh, sgd leaves its minimum": cosh(20, method={"kind": "sgd"}, noise={"kind": "gaussian", "sigma": 0.1}, start={"kind": "sphere", "gap": 1e-3},
                                         peak=[0.1, 1, 2.5], replicates=3, steps=300),
}


# whatever the processor and the tile
FOLLOWS = ("layout_cpu.h", " && (WS_ZEN4 || WS_VECTOR_BYTES == 32) && WS_POWER_BELOW(WS_TILE_WANTED / WS_SLOTS) <= (WS_K == 1 ? 4 : 2))", ")")


# a table that is too small: schedules whose last batches alone have room, and schedules that have none or are forgotten
CROWDED = [("block.h", "WS_SCHEDULES = 32,", "WS_SCHEDULES = 7,"), ("block.h", "WS_FACTORS = 32768,", "WS_FACTORS = 36,")]


# no batch is said to need sums before it was seen, nor any of as many as there can be
GUESSES = [("scan_cpu.h", "if (far) b->skips[c] = n;", "b->skips[c] = n;"),
           ("scan_cpu.h", "if (far) return all_far(b, c, 2 * n, (last * shrinks) * shrinks) ? 2 * n : n;", "return n < WS_MOST_SKIPS ? 2 * n : n;"),
           ("scan_cpu.h", " && is_far(b, 2 * n, last * shrinks * shrinks)", ""),
           ("scan_cpu.h", "for (; n && !is_far(b, n, last * shrinks); n /= 2)", "while (0)")]


class Shortcuts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.without = cls.kernels("without", ("layout_cpu.h", "#define WS_SKIPS_ZEROS 1", "#define WS_SKIPS_ZEROS 0"),
                                  ("layout_cpu.h", "#define WS_APART (NOISE_SPAN", "#define WS_APART (0 && NOISE_SPAN"),
                                  ("layout_cpu.h", "#define WS_FOLLOWS (WS_GAPS_LATER", "#define WS_FOLLOWS (0 && WS_GAPS_LATER"),
                                  ("layout_cpu.h", "#define WS_CONTRACTS 1", "#define WS_CONTRACTS 0"),
                                  ("scan_cpu.h", "if (falls && only_sinks(b, c, waits)) return 1;", ""),
                                  ("step_sizes_cpu.h", "if (!settled && make_rising(b, column, live, start)) rises = 1;", "if (0) {}"),
                                  ("objective.h", "#define WS_NEAR 1", "#define WS_NEAR 0"))
        cls.unshared = cls.kernels(
            "unshared", ("step_sizes_cpu.h", "if (!settled && take_factors(b, column, live)) {", "if (0) {"),
            ("step_sizes_cpu.h", "if (!settled && are_together(b, column, live, start)) {", "if (0) {"),
            ("ramp.h", "return lanes_m64(bent) ? sel_f64(bent, pow_f64(shape, power), shape) : shape;", "return sel_f64(bent, pow_f64(shape, power), shape);"),
            ("ramp.h", "return lanes_m64(not_m64(eq_f64(base, F64(1.0)))) ? pow_f64(base, n) : F64(1.0);", "return pow_f64(base, n);"),
            ("ramp.h", "if (!lanes_m64(lt_f64(t, W))) return F64(1.0);", ""), ("ramp.h", "if (!lanes_m64(le_f64(p[1], t))) return F64(1.0);", ""))
        cls.crowded = cls.kernels("crowded", *CROWDED)
        cls.follows = cls.kernels("follows", FOLLOWS)
        cls.guesses = cls.kernels("guesses", *GUESSES)

    @staticmethod
    def kernels(name, *changes):
        folder = harness.SCRATCH / name
        shutil.copytree(harness.SOURCE / "kernels", folder)
        for file, text, instead in changes:
            whole = (folder / file).read_text()
            assert whole.count(text) == 1, text
            (folder / file).write_text(whole.replace(text, instead))
        return str(folder)

    def outcome(self, sweep, *options, **environment):
        """In chunks each of which has something of every schedule: one that was forgotten comes again."""
        rows = harness.outcomes(harness.run(sweep, "--engine", "cpu", "--chunk-size", "600", *options, **environment))
        return [[(key, repr(value)) for key, value in row.items() if key != "hash"] for row in rows]

    def test_outcomes_are_the_same(self):
        for number, (name, sweep) in enumerate(list(SWEEPS.items())[:: 1 if LONG else 4]):
            with self.subTest(name):
                rows = self.outcome(sweep)
                if LONG or number % 3 == 0 and sweep["objective"]["dimension"] <= 300 and name not in SCHEDULED:
                    self.assertEqual(rows, self.outcome({**sweep, "record": {**sweep["record"], "hash": True}}))
                d, still = sweep["objective"]["dimension"], "stands still" in name
                contracts = sweep["method"]["kind"] == "gd" and (still or name not in SCHEDULED)
                others = [self.unshared, self.crowded] if name in SCHEDULED and d < 1030 else [self.without, self.follows] if d < 5 else [self.without]
                others += [self.without] * (still and d < 1030) + [self.guesses] * contracts
                for kernels in others if LONG else [others[number % len(others)]]:
                    self.assertEqual(rows, self.outcome(sweep, WARMSWEEP_KERNELS=kernels))

    def test_zeros_are_met(self):
        """Else the test above would show nothing."""
        for name in ("d 16", "d 64", "d 300 (a lane in one pass)", "d 2100 (passes of 16)"):
            rows = harness.outcomes(harness.run(SWEEPS[name], "--engine", "cpu"))
            self.assertGreater(sum(1 for row in rows if row["flags"] & harness.FLAG_UNDERFLOW), len(rows) // 2, name)

    def test_gaps_sink(self):
        """Else the first test would show nothing: sums that are said to fall and rise, a best gap of a batch later, and a peak that is passed over are seen."""
        wrong = [
            ("d 1, sinks, then rises", "batch_cpu.h", "now->falling &= (vint)(here - now->before);", ""),
            ("d 4, sinks, then rises", "batch_cpu.h", "now->falling &= (vint)(here - now->before);", ""),
            ("d 1, sinks, then rises", "scan_cpu.h", "best_batch = b->batch[c] - vuint_of(1);", "best_batch = b->batch[c];"),
            ("d 1, sinks", "scan_cpu.h", "LESSER(LESSER(e->best, e->peak), b->ceiling[c])", "LESSER(e->best, b->ceiling[c])"),
        ]
        for number, (name, *change) in enumerate(wrong):
            kernels = self.kernels(f"sinks{number}", FOLLOWS, change)
            self.assertTrue(self.outcome(SWEEPS[name]) != self.outcome(SWEEPS[name], WARMSWEEP_KERNELS=kernels), f"{name}: {change}")

    def test_sums_are_not_made(self):
        """Else the first test would show nothing: steps that are said to contract and do not, gaps that stand still, and a batch that is not made again are seen.
        On one thread, and with the same vectors on every machine: what is side by side is no matter of chance then."""
        scan, still, caps, zero = "scan_cpu.h", "polynomial, stands still, d ", "many batches, caps, d ", "many batches, to zero, d "
        wrong = [
            ([("step_sizes_cpu.h", "b->contracts[column] = asked && !(live", "b->contracts[column] = 1 || !(live")], ["d 4, rises once", "d 1030, rises once", "cosh, d 4, rises once", "cosh, d 1030, rises once"]),
            ([(scan, "return b->contracts[c] && !b->far[c / WS_TILE_COLUMNS];", "return b->contracts[c];"), ("advance_cpu.h", "near = first = 0;", "near = 0;")],
             ["cosh, d 2, comes from afar", "cosh, d 20, comes from afar", "cosh, d 1030, comes from afar"]),
            ([(scan, "AND_LT(AND_LT(is_quiet(b, c, n - 1), sum, surely(b->gap.vector[(WS_BATCH - 2) * WS_COLUMNS + c])), GREATER", "AND_LT(is_quiet(b, c, n - 1), GREATER"), (scan, "!(last < before && ", "!(")],
             [still + "4", still + "16, float64", still + "1030"]),
            (GUESSES + [(scan, "if (b->skipped[c / WS_TILE_COLUMNS]) advance_again(b, c);", "")], ["d 1", "d 4", "d 64", "d 1030 (several passes, padded)"]),
            ([("step_sizes_cpu.h", "settled || rises ? WS_BATCH - 1 : 0", "WS_BATCH - 1")], ["d 4, rises once", "cosh, d 4, rises once"]),
            ([("step_sizes_cpu.h", "start[j] + F64(WS_BATCH - 1), p[1][i])", "start[j], p[1][i])")], ["d 1, warmups from 0", "d 2, warmups from 0", "d 20, warmups from 0"]),
            ([("step_sizes_cpu.h", " & lanes_m64(eq_f64(p[2][i], F64(0.0)))", "")], ["d 1, warmups from 0.1", "d 20, warmups from 0.1"]),
            ([("advance_cpu.h", "step_unseen(b, v, column, size, last, s, at, x);", ";")], ["cosh, d 3, sinks", "cosh, d 70, sinks", "cosh, d 1030, sinks", "d 1", "d 4", "d 16", "d 100", "d 300 (a lane in one pass)", "d 2100 (passes of 16)"]),
            ([("step_sizes_cpu.h", "all = AND(all, sinks(b->c[g * WS_K + slot], k, b->x[b->now][g * WS_K + slot], eta));", ";")], ["rho half, d 4, rises once", "quadratic power, d 4, rises once"]),
            # of several batches: zeros and flags of some that were taken back, or never kept; a column that went on alone; what is due
            ([(scan, "b->flushed[c] |= b->flushed_later[c];", ""), (scan, "b->flushed[0] |= b->flushed_later[0];", "")], [caps + "5", caps + "20", caps + "1030"]),
            (GUESSES + [("advance_cpu.h", "tend_slots(b, to, b->flushed_later,", "tend_slots(b, to, b->flushed,")], [caps + "20"]),
            (GUESSES + [("advance_cpu.h", "if (b->skipped[column / WS_TILE_COLUMNS] > 1) forget_zeros(b, column);", "")], [zero + "20", zero + "1030"]),
            ([("advance_cpu.h", "if (!LANES_OF(LT(least_of(least), R(WS_TINY)))) continue;", "continue;")], [zero + str(d) for d in (1, 5, 40, 1030)]),
            (GUESSES + [(scan, "if (!all) advance_again(b, column);", "")], [caps + "1", caps + "2", caps + "5"]),
            (GUESSES + [(scan, "AND_LT(AND_LT(is_quiet(b, c, n - 1), sum,", "AND_LT(AND_LT(LT(R(0.0f), R(1.0f)), sum,"), (scan, " && o->due >= end", "")],
             [caps + str(d) for d in (1, 2, 5, 20, 1030)]),
        ]
        for number, (change, names) in enumerate(wrong if LONG else wrong[1::3]):
            kernels = self.kernels(f"unseen{number}", *change)
            for name in names if LONG else names[:1]:
                right, out = (self.outcome(SWEEPS[name], "--threads", "1", "--vector-bytes", "64", **which) for which in ({}, {"WARMSWEEP_KERNELS": kernels}))
                self.assertTrue(out != right, f"{name}: {change}")

    def test_roundings_are_allowed_for(self):
        """A river whose gap is wrong by up to 63 of its last places, and says so, with steps that shrink until it sinks by less in a batch: outcomes are those of every gap. They would not be if two
        gaps were compared as if they were exact, in one column or another of alike trajectories."""
        noisy = [("objective/river.h", "s->q = FMA(c.r, softplus_minus(x), s->q);",
                  "s->q = FMA(c.r * FROM_BITS(BITS(R(1.0f)) + ((BITS(x) ^ BITS(x) >> 7u) & 63u)), softplus_minus(x), s->q);"),
                 ("objective/river.h", "#define OBJECTIVE_SINKS 8", "#define OBJECTIVE_SINKS 128")]
        every, some, exact = (self.kernels(f"noisy{number}", *noisy, *change) for number, change in enumerate((
            [("layout_cpu.h", "#define WS_CONTRACTS 1", "#define WS_CONTRACTS 0")], [], [("layout_cpu.h", "#define WS_MARGIN (4 * (", "#define WS_MARGIN (0 * (")])))
        for precision, unit in (("float32", 1), ("float64", 2.0**-29)) if LONG else (("float32", 1),):
            sweep = sinking("river", 2, precision, steps=500, gap=[1.3132616875182228 * (1 - 6.67e-5 * n * unit) for n in range(1, 25)])
            sweep["start"]["values"] = [-1, 0]
            sweep["schedule"] = {"peak": {"log": [1e-5 * unit, 1.01e-5 * unit], "points": 2000}, "decay": {"kind": "polynomial", "power": 2}}
            right, out, wrong = (self.outcome(sweep, "--threads", "1", WARMSWEEP_KERNELS=kernels) for kernels in (every, some, exact))
            self.assertEqual(out, right, precision)
            self.assertTrue(wrong != right, precision)

    def test_schedules_are_shared(self):
        """Else the first test would show nothing. When the next chunk is there is chance, and so is what comes beside
        what and whether a wrong row is taken: less so on one thread, in one of ten runs, and with the same vectors on every machine."""
        table = "factor_table_cpu.h"
        wrong = [
            ("together", [("factors_cpu.h", "here[j] = step_size_of_factors(", "here[j] = F64(1.001) * step_size_of_factors(")],
             ["cosine", "noam, warmup", "wsd, sgd"]),
            ("each", [(table, "transpose(row[j], eta);", "transpose(row[0], eta);")], [name for name in SCHEDULED if "ragged" in name and "clipped" not in name]),
            ("ramps", [(table, "* WS_LANES + i] = ((const double *)&here)[s];", "* WS_LANES + i] = 1.001 * ((const double *)&here)[s];")], ["exponential, ragged, clipped"]),
            ("lost", CROWDED + [(table, "if (its->made - its->first >= its->rows) its->first++;", "")], ["cosine, ragged"]),
            ("forgotten", CROWDED + [(table, "its->rows = 0; /*", "; /*")], ["linear, many horizons"]),
            ("settled", [(table, "make_row(b, slot, its->last, 0)", "make_row(b, slot, its->last - 1, 0)")], ["linear, many horizons"]),
            ("in use", CROWDED + [(table, "table->list[n].users && overlaps", "0 && overlaps")], ["linear, many horizons"]),
        ]
        for change, texts, names in wrong if LONG else wrong[::3]:
            kernels = self.kernels(change, *texts)
            for name in names if LONG else names[:1]:
                right = self.outcome(SWEEPS[name])
                seen = any(self.outcome(SWEEPS[name], "--threads", "1", "--vector-bytes", "64", WARMSWEEP_KERNELS=kernels) != right for _ in range(10))
                self.assertTrue(seen, f"{name}: {change}")

    def test_the_minimum_is_near(self):
        """Else the test above would show nothing: a cosh that is wrong there is seen, and so is a batch that goes off and stands."""
        wrong = self.kernels("wrong", ("objective/cosh.h", "return gradient_at(c, x, 1)", "return R(1.5f) * gradient_at(c, x, 1)"))
        stands = self.kernels("stands", ("advance_cpu.h", "if (!near || is_near(farthest)) break;", "break;"))
        noisy = "cosh, sgd leaves its minimum"
        for name in ("cosh", "cosh, d 1", "cosh, d 70, float64, momentum and an average", noisy) if LONG else ("cosh", noisy):
            self.assertTrue(self.outcome(SWEEPS[name]) != self.outcome(SWEEPS[name], WARMSWEEP_KERNELS=wrong), name)
        for name in [name for name, _, _ in LEAVES if LONG or name == LEAVES[0][0]] + [noisy]:
            self.assertTrue(self.outcome(SWEEPS[name]) != self.outcome(SWEEPS[name], WARMSWEEP_KERNELS=stands), name)


if __name__ == "__main__":
    unittest.main()
