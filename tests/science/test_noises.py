"""test_noises.py: noises through whole runs, where one step shows them: on f = |x|^2/2 with step size 1 the exact gradient takes x to 0, and what
is left of x_1 is the noise. Signs have |xi|^2 = d exactly, so that sizes are numbers, not statistics."""
import math
import pathlib
import statistics
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness

D = 8
START = [3.0, -1.0, 0.5, 2.0, -0.25, 1.0, 4.0, -2.0]
SQUARE = sum(x * x for x in START)


def sphere(noise, peak=1.0, steps=1, replicates=4, start=START, values=None, **more):
    return {"objective": {"kind": "quadratic", "dimension": len(start), "spectrum": {"law": "explicit", "values": values or [1.0] * len(start)}},
            "start": {"kind": "explicit", "values": start}, "method": {"kind": "sgd"}, "noise": noise, "schedule": {"peak": peak},
            "replicates": replicates, "seed": 11, "stop": {"steps": steps, "diverged": 1e300}, **more}


def final_gaps(sweep):
    return [row["final_gap"] for row in harness.outcomes(harness.run(sweep))]


class Noises(unittest.TestCase):
    def test_abc_has_its_second_moment(self):
        for A, B, C, batch in ((2, 3, 5, 1), (0, 1, 7, 4), (1.5, 1, 0, 2)):
            noise = {"kind": "abc", "A": A, "B": B, "C": C, "batch": batch, "law": "sign"}
            want = (A * SQUARE / 2 + (B - 1) * SQUARE + C) / batch / 2
            for gap in final_gaps(sphere(noise)):
                self.assertTrue(math.isclose(gap, want, rel_tol=1e-14), (gap, want))
        # normal: E |g~|^2 = A gap + B |g|^2 + C, within six standard errors of a mean of d n squares
        n = 4000
        gaps = final_gaps(sphere({"kind": "abc", "A": 2, "B": 3, "C": 5}, replicates=n))
        want = (2 * SQUARE / 2 + 2 * SQUARE + 5) / 2
        self.assertLess(abs(statistics.fmean(gaps) / want - 1), 6 * math.sqrt(2 / (D * n)))

    def test_abc_follows_the_gap(self):
        # the second step's noise has the size of the first one's result, on a coupled objective too
        for values in (None, [1.0] * D):
            gaps = harness.outcomes(harness.run(sphere({"kind": "abc", "A": 1, "law": "sign"}, steps=2, values=values, record={"gap_at": [1, 2]})))
            for row in gaps:
                self.assertTrue(math.isclose(row["gap_at_1"], SQUARE / 4, rel_tol=1e-14))
                self.assertTrue(math.isclose(row["gap_at_2"], SQUARE / 8, rel_tol=1e-14))

    def test_batch_size_divides_the_variance(self):
        for noise in ({"kind": "gaussian", "sigma": 2}, {"kind": "multiplicative", "B": 3}):
            rows = harness.outcomes(harness.run(sphere({**noise, "batch": [1, 4, 64]}, replicates=3)))
            one, four, many = (rows[3 * i:3 * i + 3] for i in range(3))
            for a, b, c in zip(one, four, many):
                # cells share the noise of a replicate
                self.assertTrue(math.isclose(a["final_gap"], 4 * b["final_gap"], rel_tol=1e-13))
                self.assertTrue(math.isclose(a["final_gap"], 64 * c["final_gap"], rel_tol=1e-13))

    def test_multiplicative(self):
        # one coordinate, a sign: x_1 / x_0 = 1 - a (1 +- sqrt B)
        a, B = 0.25, 4
        ratios = {round(math.sqrt(2 * gap), 12) for gap in final_gaps(sphere({"kind": "multiplicative", "B": B, "law": "sign"}, peak=a, start=[1.0], replicates=64))}
        self.assertEqual(ratios, {abs(1 - a * 3), abs(1 + a * 1)})
        # one xi for all: every coordinate shrinks by the same factor
        shared = harness.outcomes(harness.run(sphere({"kind": "multiplicative", "B": B, "shared": True}, peak=a, replicates=8)))
        alone = harness.outcomes(harness.run(sphere({"kind": "multiplicative", "B": B}, peak=a, start=[1.0], replicates=8)))
        for row, one in zip(shared, alone):
            self.assertTrue(math.isclose(row["final_gap"], SQUARE * one["final_gap"], rel_tol=1e-13))

    def test_multiplicative_converges_where_its_mean_diverges(self):
        # a = .4743, B = 4: E ln |x_400| = 200 (ln .4229 + ln 1.4743) = -94.5 while E x^2 grows
        a, n = 0.4743, 400
        gaps = final_gaps(sphere({"kind": "multiplicative", "B": 4, "law": "sign"}, peak=a, steps=400, start=[1.0], replicates=n))
        logs = sorted(0.5 * math.log(2 * gap) for gap in gaps)
        low, high = math.log(abs(1 - 3 * a)), math.log(1 + a)
        deviation = 200 * abs(high - low) / math.sqrt(400)
        self.assertLess(abs(statistics.median(logs) - 200 * (low + high)), 6 * 1.2533 * deviation / math.sqrt(n))
        self.assertGreater(a, 2 / (1 + 4), "mean-square unstable")

    def test_weights_from_the_spectrum(self):
        values = [1.0, 0.5, 0.25, 0.125]
        noise = {"kind": "gaussian", "sigma": 0.5}
        by_word = sphere({**noise, "weights": "sqrt-spectrum"}, peak=0.5, steps=60, start=[0.0] * 4, values=values, replicates=3000)
        by_list = sphere({**noise, "weights": [math.sqrt(v) for v in values]}, peak=0.5, steps=60, start=[0.0] * 4, values=values, replicates=3000)
        gaps = final_gaps(by_word)
        self.assertEqual(gaps, final_gaps(by_list))
        # m_t = (1 - q^t) eta c / (2 - eta h), c = sigma^2: every mode's variance, NQM
        want = sum(0.5 * h * (1 - (1 - 0.5 * h) ** 120) * 0.5 * 0.25 / (2 - 0.5 * h) for h in values)
        self.assertLess(abs(statistics.fmean(gaps) - want), 6 * statistics.stdev(gaps) / math.sqrt(len(gaps)))
        # the spectrum may be an axis
        sweep = dict(by_word, replicates=2)
        sweep["objective"] = {"kind": "quadratic", "dimension": 4, "spectrum": {"law": "geometric", "lmin": [0.01, 0.1]}}
        self.assertEqual(len(set(final_gaps(sweep))), 4)

    def test_heavy_tails_reach_the_trajectory(self):
        # x_1 is the noise itself: its quartiles are those of the distribution
        import scipy.stats

        for noise, law in (({"kind": "student", "nu": 1.5}, scipy.stats.t(1.5)), ({"kind": "stable", "alpha": 1}, scipy.stats.cauchy())):
            for precision in ("float32", "float64"):
                gaps = final_gaps(sphere({**noise, "sigma": 2}, start=[0.0], replicates=4000, precision=precision))
                sizes = [math.sqrt(2 * gap) / 2 for gap in gaps]
                self.assertGreater(scipy.stats.kstest(sizes, lambda x: 2 * law.cdf(x) - 1).pvalue, 1e-4, (noise, precision))

    def test_growing_keeps_earlier_outcomes(self):
        for noise in ({"kind": "student", "nu": 3, "sigma": 0.1}, {"kind": "stable", "alpha": 1.5, "sigma": 0.1}, {"kind": "multiplicative", "B": 2, "shared": True},
                      {"kind": "abc", "A": 0.1, "C": 0.1, "common": False}):
            few = final_gaps(sphere(noise, peak=0.1, steps=50, replicates=3))
            more = final_gaps(sphere(noise, peak=[0.1, 0.2], steps=50, replicates=7))
            self.assertEqual(more[:3], few)
            self.assertEqual(len(set(more)), 14)


if __name__ == "__main__":
    unittest.main()
