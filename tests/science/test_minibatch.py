"""test_minibatch.py: sampling of rows through whole runs: step for step against NumPy on the same rows, which Python derives from Philox;
the second moment of THEORY section 5, 'E|g_B|^2 = (1 - 1/b)|g|^2 + mean |g_i|^2 / b', and its factor (n - b)/(n - 1) without replacement;
a batch of all rows is the exact gradient, bit for bit."""
import math
import pathlib
import statistics
import sys
import unittest

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness
from plain_random import batch_of, network

SAMPLINGS = ["with-replacement", "without-replacement", "epoch"]


def data(n, d, seed, shift=0.0):
    return np.random.default_rng(seed).normal(size=(n, d)) + np.eye(1, d)[0] * shift


def sweep(kind, rows, start, noise, peak=0.2, steps=40, replicates=3, **more):
    return {"objective": {"kind": kind, "dimension": rows.shape[1], "samples": rows.shape[0], "rows": rows.reshape(-1).tolist()},
            "start": {"kind": "explicit", "values": list(start)}, "method": {"kind": "sgd"}, "noise": {"kind": "minibatch", **noise},
            "schedule": {"peak": peak}, "replicates": replicates, "seed": 2**33 + 5, "stop": {"steps": steps, "diverged": 1e300},
            "record": {"gap_at": list(range(steps + 1))}, **more}


def solution(Z):
    """The minimiser of sum log(1 + e^{-z.w}), by Newton's method."""
    w = np.zeros(Z.shape[1])
    for _ in range(60):
        p = 1 / (1 + np.exp(Z @ w))
        w = w + np.linalg.solve((Z * (p * (1 - p))[:, None]).T @ Z, Z.T @ p)
    return w


# gap of all rows, gradient of each: functions of the point
def family(kind, Z):
    m = lambda x: Z @ x
    if kind == "least-squares":
        return lambda x: np.mean(m(x) ** 2) / 2, lambda x: m(x)[:, None] * Z
    if kind == "logistic":
        return lambda x: np.mean(np.logaddexp(0, -m(x))), lambda x: (-1 / (1 + np.exp(m(x))))[:, None] * Z
    if kind == "exponential-loss":
        return lambda x: np.mean(np.exp(-m(x))), lambda x: -np.exp(-m(x))[:, None] * Z
    if kind == "phase-samples":
        missed = lambda x: m(x) * (m(x) + 2 * Z[:, 0])
        return lambda x: np.mean(missed(x) ** 2) / 4, lambda x: (missed(x) * (m(x) + Z[:, 0]))[:, None] * Z
    w = solution(Z)
    # a row's own gradient at the solution is not 0: that is the noise there
    return (lambda x: np.mean(np.logaddexp(0, -m(w + x)) - np.logaddexp(0, -m(w))), lambda x: (-1 / (1 + np.exp(m(w + x))))[:, None] * Z)


class Minibatch(unittest.TestCase):
    def test_step_for_step(self):
        cases = {"least-squares": data(9, 3, 1), "logistic": np.abs(data(7, 2, 2)), "exponential-loss": np.abs(data(6, 2, 3)),
                 "logistic-overlap": data(40, 2, 4, shift=0.5), "phase-samples": data(10, 3, 6) / 2}
        for kind, Z in cases.items():
            start, n = np.linspace(-1.5, 1.0, Z.shape[1]), len(Z)
            value, gradients = family(kind, Z)
            for sampling in SAMPLINGS if kind == "least-squares" else [SAMPLINGS[len(kind) % 3]]:
                for b in (1, 4):
                    rows = harness.outcomes(harness.run(sweep(kind, Z, start, {"batch": b, "sampling": sampling},
                                                              record={"gap_at": list(range(41)), "trace": {"at": [0, 5, 21], "quantities": ["gradient_norm"]}})))
                    for replicate, row in enumerate(rows):
                        x = start.copy()
                        for t in range(41):
                            want = value(x)
                            self.assertTrue(math.isclose(row[f"gap_at_{t}"], want, rel_tol=1e-9, abs_tol=1e-13), (kind, sampling, b, replicate, t, row[f"gap_at_{t}"], want))
                            if t in (0, 5, 21):  # the exact gradient is traced
                                self.assertTrue(math.isclose(row[f"trace_gradient_norm_{t}"], np.linalg.norm(gradients(x).mean(axis=0)), rel_tol=1e-9), (kind, sampling, b, t))
                            x = x - 0.2 * gradients(x)[batch_of(sampling, n, b, t, 2**33 + 5, replicate)].mean(axis=0)

    def test_of_a_network(self):
        n, hidden, d, seed, peak = 11, 2, 6, 4, 0.3
        inputs, teacher = (np.array(part) for part in network(n, hidden, d, seed))

        def output(weights):
            units = weights.reshape(hidden, d // hidden)
            active = np.tanh(inputs @ units[:, :-1].T)
            return active @ units[:, -1], active, units[:, -1]

        targets, _, _ = output(teacher)
        start = np.array([0.5, -1, 0.25, 1, 0.5, -0.75])
        text = sweep("tanh-net", inputs, start, {"batch": 3, "sampling": "epoch"}, peak=peak, replicates=2)
        text["objective"] = {"kind": "tanh-net", "dimension": d, "hidden": hidden, "samples": n, "data_seed": seed}
        for replicate, row in enumerate(harness.outcomes(harness.run(text))):
            x = start.copy()
            for t in range(41):
                made, active, last = output(teacher + x)
                r = made - targets
                self.assertTrue(math.isclose(row[f"gap_at_{t}"], np.mean(r**2) / 2, rel_tol=1e-9), (t, row[f"gap_at_{t}"], np.mean(r**2) / 2))
                gradients = np.concatenate([((r * last[k])[:, None] * np.stack([*((1 - active[:, k] ** 2)[:, None] * inputs).T, active[:, k] / last[k]], axis=1))
                                            for k in range(hidden)], axis=1)
                x = x - peak * gradients[batch_of("epoch", n, 3, t, 2**33 + 5, replicate)].mean(axis=0)

    def test_all_rows_are_the_exact_gradient(self):
        Z = data(12, 5, 5)
        for kind, rows, precision, sampling in (("least-squares", Z, "float32", "without-replacement"), ("logistic", np.abs(Z), "float64", "epoch")):
            noisy = sweep(kind, rows, [1, -2, 0.5, 1, 3], {"batch": 12, "sampling": sampling}, replicates=1, precision=precision)
            exact = dict(noisy, method={"kind": "gd"}, noise={"kind": "none"})
            gaps = [[row[f"gap_at_{t}"] for t in range(41)] for text in (noisy, exact) for row in harness.outcomes(harness.run(text))]
            self.assertEqual(gaps[0], gaps[1])

    def test_second_moment(self):
        # Z^T Z / n = I: f(x - eta g_B) = f - eta g.g_B + eta^2/2 |g_B|^2, so that the mean gap after one step shows E |g_B|^2
        Z = np.array([[1, 1, 1], [1, -1, 1], [1, 1, -1], [1, -1, -1], [-1, 1, 1], [-1, -1, 1], [-1, 1, -1], [-1, -1, -1]], float)
        start, eta, count = np.array([1.0, -2.0, 0.5]), 1.0, 3000
        value, gradients = family("least-squares", Z)
        each = gradients(start)
        g, n = each.mean(axis=0), len(Z)
        square, mean_square = g @ g, (each**2).sum(axis=1).mean()
        for sampling in SAMPLINGS:
            text = sweep("least-squares", Z, start, {"batch": [1, 2, 5], "sampling": sampling}, peak=eta, steps=1, replicates=count)
            every = harness.outcomes(harness.run(text))
            for b in (1, 2, 5):
                factor = 1 if sampling == "with-replacement" else (n - b) / (n - 1)
                want = square + factor / b * (mean_square - square)
                if sampling == "with-replacement":
                    self.assertAlmostEqual(want, (1 - 1 / b) * square + mean_square / b)
                moment = [2 / eta**2 * (row["final_gap"] - value(start) + eta * square) for row in every if row["noise.batch"] == b]
                self.assertEqual(len(moment), count)
                self.assertLess(abs(statistics.fmean(moment) - want), 6 * statistics.stdev(moment) / math.sqrt(count), (sampling, b))

    def test_one_row_at_a_time(self):
        # b = 1: the gap after a step is one of n numbers, each as often as the others
        import scipy.stats

        Z, start = data(5, 2, 6), np.array([1.0, 2.0])
        value, gradients = family("least-squares", Z)
        text = sweep("least-squares", Z, start, {}, peak=0.3, steps=1, replicates=5000)
        gaps = np.array([row["final_gap"] for row in harness.outcomes(harness.run(text))])
        wanted = np.array([value(start - 0.3 * g) for g in gradients(start)])
        which = np.abs(gaps[:, None] - wanted).argmin(axis=1)
        self.assertLess(np.abs(gaps / wanted[which] - 1).max(), 1e-12)
        self.assertGreater(scipy.stats.chisquare(np.bincount(which, minlength=5)).pvalue, 1e-4)

    def test_floor(self):
        # least squares with an exact solution converges at a constant step, with any batch; overlapping labels stop at a floor
        Z = data(10, 3, 7)
        row, = harness.outcomes(harness.run(sweep("least-squares", Z, [1, 1, 1], {"batch": 2}, peak=0.1, steps=1500, replicates=1,
                                                  stop={"steps": 1500, "gap": [1e-12]}, record={})))
        self.assertEqual(row["status"], "reached")
        row, = harness.outcomes(harness.run(sweep("logistic-overlap", data(40, 2, 4, shift=0.5), [0, 0], {"batch": 4}, steps=1500, replicates=1, record={})))
        self.assertGreater(row["final_gap"], 1e-4)
        self.assertEqual(row["best_at"], 0)

    def test_growing_keeps_earlier_outcomes(self):
        Z, noise = data(10, 3, 8), {"sampling": "epoch", "common": False}
        few = harness.outcomes(harness.run(sweep("least-squares", Z, [1, 1, 1], {**noise, "batch": 2}, replicates=2)))
        more = harness.outcomes(harness.run(sweep("least-squares", Z, [1, 1, 1], {**noise, "batch": [2, 4]}, replicates=3)))
        self.assertEqual([r["final_gap"] for r in more[:2]], [r["final_gap"] for r in few])
        self.assertEqual(len({r["final_gap"] for r in more}), 6)

    def test_what_cannot_be_sampled_is_refused(self):
        for text, words in (
                (sweep("least-squares", data(4, 2, 9), [1, 1], {"batch": 5, "sampling": "epoch"}), 'noise.batch: 5 without replacement; allowed: at most objective.samples, 4'),
                (sweep("least-squares", data(4, 2, 9), [1, 1], {"batch": 65537}), 'noise.batch: 65537 with "minibatch"; allowed: at most 65536'),
                (dict(sweep("least-squares", data(4, 2, 9), [1] * 7, {}), objective={"kind": "tanh-net", "dimension": 7, "hidden": [1, 3], "samples": 4}),
                 "objective.dimension: 7 with 3 hidden units; allowed: hidden * (inputs + 1)"),
                (dict(sweep("least-squares", data(4, 2, 9), [1, 1], {}), objective={"kind": "cosh", "dimension": 2}),
                 'noise.kind: "minibatch" with objective "cosh", which has no rows')):
            with self.assertRaises(AssertionError) as caught:
                harness.run(text)
            self.assertIn(words, str(caught.exception))
            self.assertIn("exit 2", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
