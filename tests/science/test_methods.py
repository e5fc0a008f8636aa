"""test_methods.py: trajectories of every method, step for step in float64, against an independent simulation (methods_reference.py) on the same
gradients, and that simulation against the update of PyTorch or optax where they are installed (scripts/check oracles installs them).

The gap after every iteration is compared to a relative 1e-11 (rounding: a few units in the last place a step; the trajectories are
short enough and the objectives tame enough that it does not grow).
"""
import math
import pathlib
import sys
import unittest

import mpmath as mp
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness
from methods_reference import METHODS, average_weight

A = np.array([1.0, 0.7, 0.31, 0.11, 0.05, 2.3, 0.013, 0.9, 0.4])
X0 = np.array([1.5, -2.0, 0.7, 3.1, -0.4, 0.25, -5.0, 0.9, -1.1])
STEPS = 120
# objective: sweep, gap, gradient
OBJECTIVES = {
    "quadratic": ({"kind": "quadratic", "dimension": 9, "spectrum": {"law": "explicit", "values": A.tolist()}},
                  lambda x: 0.5 * np.sum(A * x * x), lambda x: A * x),
    "cosh": ({"kind": "cosh", "dimension": 9, "K0": 1, "K1": 0.5},
             lambda x: np.sum(4 * np.sinh(np.sqrt(0.5) * x / 2) ** 2), lambda x: np.sinh(np.sqrt(0.5) * x) / np.sqrt(0.5)),
    "radial-cosh": ({"kind": "radial-cosh", "dimension": 9, "K0": 1, "K1": 0.1},
                    lambda x: 20 * np.sinh(np.sqrt(0.1) * np.linalg.norm(x) / 2) ** 2,
                    lambda x: np.sinh(np.sqrt(0.1) * np.linalg.norm(x)) / np.sqrt(0.1) * x / np.linalg.norm(x)),
}
CASES = [  # kind, parameters, peak step size
    ("weight-decay", dict(weight_decay=0.03), 0.1),
    ("momentum", dict(), 0.02),
    ("momentum", dict(mu=0.5, dampening=0.3, weight_decay=0.02), 0.1),
    ("momentum", dict(mu=0.8, weight_decay=0.02, decoupled=True), 0.05),
    ("nesterov", dict(), 0.02),
    ("nesterov", dict(mu=0.6, weight_decay=0.01), 0.05),
    ("nesterov", dict(mu=0.7, weight_decay=0.05, decoupled=True), 0.03),
    ("adam", dict(), 0.03),
    ("adam", dict(beta1=0.5, beta2=0.9, epsilon=1e-3, weight_decay=0.1), 0.02),
    ("adamw", dict(beta2=0.95, weight_decay=0.1), 0.05),
    ("gi-adam", dict(), 0.1),
    ("gi-adam", dict(beta2=0.99, weight_decay=0.1), 0.05),
    ("rmsprop", dict(), 0.01),
    ("rmsprop", dict(mu=0.8, alpha=0.9, epsilon=1e-4, weight_decay=0.05), 0.003),
    ("sign", dict(weight_decay=0.1), 0.013),
    ("lion", dict(), 0.011),
    ("lion", dict(beta1=0.7, beta2=0.9, weight_decay=0.2), 0.017),
    ("accelerated", dict(), 0.2),
    ("accelerated", dict(r=5.5), 0.2),
]
WARMUP = 10
# Gaps on the quadratic after 1, 10 and 120 steps, by row of CASES.
GOLDEN = {
    0: [3.9166780992000003, 1.904963147602781, 0.08107708650000228],  # torch, weight-decay
    1: [3.9632685156618503, 1.7805860185449407, 0.09197402179998464],  # torch, momentum
    2: [3.9174672171612497, 1.4467707812109687, 0.06298888887293486],  # torch, momentum
    3: [3.9458548167903125, 0.9666954613229446, 0.061154282284999584],  # optax, momentum
    4: [3.953290045939278, 1.6794910873751596, 0.09197060030296826],  # torch, nesterov
    5: [3.9294386133504, 1.66047080559504, 0.09968182216026505],  # torch, nesterov
    6: [3.9449056342294173, 1.9821432788431048, 0.11368498322686989],  # optax, nesterov
    7: [3.9582970237689525, 3.171809171007385, 0.04761913693323945],  # torch, adam
    8: [3.9636628442638138, 3.4278550303751083, 0.10380579715944804],  # torch, adam
    9: [3.943647326540616, 2.5604442383719315, 5.211013240247532e-05],  # torch, adamw
    10: [3.9726777785029217, 3.7403053166298106, 0.20030806846326032],  # optax, gi-adam
    11: [3.9677196834732444, 3.418282007414458, 0.012113351855050936],  # optax, gi-adam
    12: [3.9209841588836123, 2.946034219788719, 0.2820357235792129],  # torch, rmsprop
    13: [3.9692871521274666, 3.439026808620195, 0.2259264196929338],  # torch, rmsprop
    14: [3.9663691234939376, 3.552721040991066, 0.18130914068957898],  # optax, sign
    15: [3.9684736987149996, 3.6601946128750003, 0.5654446578750026],  # optax, lion
    16: [3.9625587435767504, 3.364579535317744, 0.03248789154061893],  # optax, lion
}


def step_size(peak, t):
    return peak * min(1.0, (t + 1) / WARMUP)


def simulate(method, gap, gradient, peak, steps=STEPS, average=None):
    x = X0.copy()
    method.start(x)
    gaps, mean = [gap(x)], x
    for t in range(steps):
        x = method.step(t, x, gradient(x), step_size(peak, t))
        mean = mean + average_weight(average, t + 1) * (x - mean) if average else x
        gaps.append(gap(mean))
    return np.array(gaps)


def program_gaps(objective, method, peak, warmup=WARMUP, steps=STEPS):
    sweep = {"objective": objective, "start": {"kind": "explicit", "values": X0.tolist()}, "method": method,
             "schedule": {"peak": peak, "warmup": {"steps": warmup}}, "stop": {"steps": steps}, "record": {"gap_at": list(range(steps + 1))}}
    row = harness.outcomes(harness.run(sweep))[0]
    return np.array([row[f"gap_at_{t}"] for t in range(steps + 1)])


class Simulation(unittest.TestCase):
    def test_step_for_step(self):
        names = list(OBJECTIVES)
        for number, (kind, parameters, peak) in enumerate(CASES):
            objective, gap, gradient = OBJECTIVES[names[number % len(names)]]
            with self.subTest(objective=objective["kind"], method=kind, **parameters):
                expected = simulate(METHODS[kind](**parameters), gap, gradient, peak)
                found = program_gaps(objective, {"kind": kind, **parameters}, peak)
                np.testing.assert_allclose(found, expected, rtol=1e-11)

    def test_accelerated_is_the_textbook(self):
        """At a constant step: z' = x - eta g(x), x' = z' + (k-1)/(k+r-1) (z' - z), k = t + 1; and gap(z_k) <= (r-1)^2 |x_0|^2 / (2 eta (k+r-2)^2), curvature
        being at most 1/eta."""
        objective, gap, gradient = OBJECTIVES["quadratic"]
        eta = 1 / A.max()
        for r in (3, 5.5):
            x, z, gaps = X0, X0, [gap(X0)]
            for k in range(1, STEPS + 1):
                z, before = x - eta * gradient(x), z
                self.assertLessEqual(gap(z), (r - 1) ** 2 * (X0 @ X0) / (2 * eta * (k + r - 2) ** 2))
                x = z + (k - 1) / (k + r - 1) * (z - before)
                gaps.append(gap(x))
            np.testing.assert_allclose(program_gaps(objective, {"kind": "accelerated", "r": r}, eta, warmup=0), gaps, rtol=1e-10)

    def test_averages(self):
        cases = [("quadratic", "gd", 0.3, {"kind": "mean"}), ("cosh", "nesterov", 0.02, {"kind": "mean", "from": 40}),
                 ("radial-cosh", "momentum", 0.02, {"kind": "mean", "from": 7, "power": 3}), ("radial-cosh", "gd", 0.3, {"kind": "ema", "beta": 0.9}),
                 ("quadratic", "adam", 0.1, {"kind": "ema", "beta": 0.99, "from": 20})]
        for name, kind, peak, average in cases:
            with self.subTest(objective=name, method=kind, average=average):
                objective, gap, gradient = OBJECTIVES[name]
                expected = simulate(METHODS[kind](), gap, gradient, peak, average=average)
                np.testing.assert_allclose(program_gaps(objective, {"kind": kind, "average": average}, peak), expected, rtol=1e-11)

    def test_the_mean_is_the_mean(self):
        """The recursion against the definition: the mean of x_from ... x_t, without and with weights n (n+1) (n+2) of power 3."""
        gradient = OBJECTIVES["quadratic"][2]
        points = [X0]
        for t in range(STEPS):
            points.append(points[-1] - step_size(0.3, t) * gradient(points[-1]))
        for start, power in ((0, 0), (30, 0), (0, 3), (30, 3)):
            mean = X0
            for t in range(1, STEPS + 1):
                mean = mean + average_weight({"kind": "mean", "from": start, "power": power}, t) * (points[t] - mean)
            n = np.arange(1, STEPS - start + 2.0)
            weights = np.ones_like(n) if power == 0 else n * (n + 1) * (n + 2)
            np.testing.assert_allclose(mean, weights @ np.array(points[start:]) / weights.sum(), rtol=1e-12)

    def test_iterate_and_averages_of_one_trajectory(self):
        """from = stop.steps is the iterate, bit for bit, with the same noise: what is looked at changes no trajectory."""
        for objective in ({"kind": "quadratic", "dimension": 12, "spectrum": {"law": "uniform", "lmax": 1, "lmin": 0.5}}, {"kind": "radial-cosh", "dimension": 12, "K0": 1, "K1": 0.1}):
            sweep = {"objective": objective, "start": {"kind": "sphere", "gap": 10}, "method": {"kind": "sgd"}, "seed": 5, "replicates": 3,
                     "noise": {"kind": "gaussian", "sigma": 0.3, "common": False}, "schedule": {"peak": [0.5, 0.8]},
                     "stop": {"steps": 400, "gap": [1, 0.1, 0.02]}, "record": {"hash": True}}
            plain = harness.outcomes(harness.run(sweep))
            sweep["method"] = {"kind": "sgd", "average": {"kind": "mean", "from": [0, 100, 400]}}
            rows = harness.outcomes(harness.run(sweep))
            key = lambda row: (row["schedule.peak"], row["replicate"])
            iterate = {key(row): row["hash"] for row in rows if row["method.average.from"] == 400}
            self.assertEqual(iterate, {key(row): row["hash"] for row in plain})
            hits = lambda start: [row["hit_3"] for row in rows if row["method.average.from"] == start]
            self.assertTrue(all(h == -1 for h in hits(400)), hits(400))  # below the noise floor of the iterate ...
            self.assertTrue(all(h > 100 for h in hits(100)), hits(100))  # ... which the average is not bound by

    def test_of_the_libraries(self):
        """Gaps on the quadratic after 1, 10 and 120 steps, as PyTorch 2.15 and optax 0.2.8 computed them in float64."""
        _, gap, gradient = OBJECTIVES["quadratic"]
        for number, row in GOLDEN.items():
            kind, parameters, peak = CASES[number]
            with self.subTest(method=kind, **parameters):
                gaps = simulate(METHODS[kind](**parameters), gap, gradient, peak)
                np.testing.assert_allclose(gaps[[1, 10, 120]], row, rtol=1e-11)


def run(sweep, **more):
    return harness.outcomes(harness.run({"start": {"kind": "explicit", "values": [1.0]}, "objective": {"kind": "quadratic", "dimension": 1,
                                         "spectrum": {"law": "explicit", "values": [1.0]}}, **sweep, **more}))


class Semantics(unittest.TestCase):
    def test_stalled_when_no_state_moves(self):
        # steps of 1e-20 move no x; the momentum takes until mu^t is below half an ulp, Adam's corrections until beta2^t is below 2^-54
        for method, least, most in (({"kind": "gd"}, 0, 0), ({"kind": "momentum"}, 300, 400), ({"kind": "lion"}, 3000, 4500),
                                    ({"kind": "adam", "beta2": 0.99}, 3000, 4500), ({"kind": "gi-adam", "beta2": 0.99}, 3000, 4500),
                                    ({"kind": "gd", "average": {"kind": "mean"}}, 0, 0)):
            with self.subTest(**method):
                (row,) = run({"method": method, "schedule": {"peak": 1e-20}, "stop": {"steps": 20000, "gap": [0.1]}})
                self.assertEqual(row["status"], "stalled")
                self.assertTrue(least <= row["end"] <= most, row["end"])
                self.assertEqual(row["final_gap"], 0.5)

    def test_a_turning_point_is_no_stall(self):
        # the momentum carries x through the minimum; an average still moves when x does not
        (row,) = run({"method": {"kind": "momentum", "mu": 0.99}, "schedule": {"peak": 1e-3}, "stop": {"steps": 3000, "gap": [1e-12]}})
        self.assertEqual(row["status"], "reached")
        (row,) = run({"method": {"kind": "gd", "average": {"kind": "ema", "beta": 0.999}}, "schedule": {"peak": 1.0}, "stop": {"steps": 40000, "gap": [1e-30]}})
        self.assertEqual((row["status"], row["hit_1"]), ("reached", next(t for t in range(40000) if 0.5 * 0.999 ** (2 * t) <= 1e-30)))  # x_1 = 0

    def test_limits_of_stability(self):
        # on a quadratic of curvature 1: momentum 2 (1 + mu) / (1 - dampening), Nesterov 2 (1 + mu) / (1 + 2 mu), less eta weight_decay
        for method, limit in (({"kind": "gd"}, 2), ({"kind": "momentum", "mu": 0.9}, 3.8), ({"kind": "momentum", "mu": 0.5, "dampening": 0.25}, 4),
                              ({"kind": "nesterov", "mu": 0.5}, 1.5), ({"kind": "weight-decay", "weight_decay": 0.25}, 1.6),
                              ({"kind": "momentum", "mu": 0.5, "weight_decay": 0.5}, 2)):
            with self.subTest(**method):
                rows = run({"method": method, "schedule": {"peak": [0.99 * limit, 1.01 * limit]}, "stop": {"steps": 20000, "gap": [1, 1e-6], "diverged": 1e6}})
                self.assertEqual([row["status"] for row in rows], ["reached", "diverged"])
                self.assertEqual([row["flags"] & harness.FLAG_UNSTABLE for row in rows], [0, harness.FLAG_UNSTABLE])  # at the hit of 1 at t = 0
        for method in ({"kind": "adam"}, {"kind": "sign"}, {"kind": "gd", "average": {"kind": "mean"}}):
            rows = run({"method": method, "schedule": {"peak": [4]}, "stop": {"steps": 10, "gap": [1]}})
            self.assertEqual(rows[0]["flags"], 0, method)

    def test_hitting_iterations_of_heavy_ball(self):
        """Against the recursion x' = x - eta (a x + mu m) in 50 digits, where rounding cannot decide."""
        mp.mp.dps = 50
        values, mu, eps = [1.0, 0.3, 0.05], 0.8, [1e-2, 1e-6, 1e-12]
        for peak in (0.05, 0.7, 2.5, 3.5):
            (row,) = run({"objective": {"kind": "quadratic", "dimension": 3, "spectrum": {"law": "explicit", "values": values}},
                          "start": {"kind": "explicit", "values": [1, -2, 3]}, "method": {"kind": "momentum", "mu": mu}, "schedule": {"peak": peak},
                          "stop": {"steps": 20000, "gap": eps}})
            x, m, hits, t = [mp.mpf(1), mp.mpf(-2), mp.mpf(3)], [mp.mpf(0)] * 3, [], 0
            while len(hits) < 3:
                gap = sum(mp.mpf(a) * v * v for a, v in zip(values, x)) / 2
                self.assertGreater(abs(gap / eps[len(hits)] - 1), 1e-9, "rounding could decide: choose another peak")
                while len(hits) < 3 and gap <= eps[len(hits)]:
                    hits.append(t)
                m = [mp.mpf(mu) * n + mp.mpf(a) * v for n, a, v in zip(m, values, x)]
                x = [v - mp.mpf(peak) * n for v, n in zip(x, m)]
                t += 1
            self.assertEqual([row[f"hit_{i}"] for i in (1, 2, 3)], hits, peak)

    def test_tiny_states(self):
        """At x = 1 the gradient of a double well is 0 and the momentum decays by itself: at 2^-110 it becomes 0, without a flag, and the trajectory is
        stalled. (Denormal numbers would stay: 0.9 times the smallest ones is rounded back to them.)"""
        (row,) = run({"precision": "float32", "method": {"kind": "momentum", "mu": 0.9}, "schedule": {"peak": 0.05},
                      "objective": {"kind": "double-well", "dimension": 1}, "start": {"kind": "explicit", "values": [1.2]}, "stop": {"steps": 10000}})
        self.assertEqual((row["status"], row["final_gap"], row["flags"]), ("stalled", 0, 0))
        since = row["best_at"]  # the first iteration at x = 1
        self.assertLess(row["end"] - since, math.log(2) * 110 / -math.log(0.9) + 32)
        self.assertGreater(row["end"] - since, 300)


def with_torch(kind, parameters):
    """A PyTorch optimizer of the case, or None where it has none."""
    import torch
    p = dict(parameters)
    decay = p.pop("weight_decay", 0.0)
    if kind in ("gd", "weight-decay"):
        make, options = torch.optim.SGD, {}
    elif kind in ("momentum", "nesterov") and not p.pop("decoupled", False):
        make, options = torch.optim.SGD, dict(momentum=p.get("mu", 0.9), dampening=p.get("dampening", 0.0), nesterov=kind == "nesterov")
    elif kind in ("adam", "adamw"):
        make = torch.optim.Adam if kind == "adam" else torch.optim.AdamW
        options = dict(betas=(p.get("beta1", 0.9), p.get("beta2", 0.999)), eps=p.get("epsilon", 1e-8))
    elif kind == "rmsprop":
        make, options = torch.optim.RMSprop, dict(alpha=p.get("alpha", 0.99), eps=p.get("epsilon", 1e-8), momentum=p.get("mu", 0.0))
    else:
        return None
    return lambda x: make([x], lr=1.0, weight_decay=decay, **options)


def torch_gaps(kind, parameters, gap, gradient, peak):
    import torch
    make = with_torch(kind, parameters)
    if not make:
        return None
    x = torch.tensor(X0, requires_grad=True)
    optimizer, gaps = make(x), [gap(X0)]
    for t in range(STEPS):
        x.grad = torch.tensor(gradient(x.detach().numpy()))
        optimizer.param_groups[0]["lr"] = step_size(peak, t)
        optimizer.step()
        gaps.append(gap(x.detach().numpy()))
    return np.array(gaps)


def with_optax(kind, parameters, schedule):
    import optax
    p = dict(parameters)
    decay = p.pop("weight_decay", 0.0)
    if kind == "lion":
        return optax.lion(schedule, b1=p.get("beta1", 0.9), b2=p.get("beta2", 0.99), weight_decay=decay)
    if kind == "sign":
        return optax.chain(optax.scale_by_sign(), optax.add_decayed_weights(decay), optax.scale_by_learning_rate(schedule))
    if kind in ("momentum", "nesterov") and p.pop("decoupled", False):
        return optax.chain(optax.trace(p.get("mu", 0.9), nesterov=kind == "nesterov"), optax.add_decayed_weights(decay), optax.scale_by_learning_rate(schedule))
    if kind == "adamw":
        return optax.adamw(schedule, b1=p.get("beta1", 0.9), b2=p.get("beta2", 0.999), eps=p.get("epsilon", 1e-8), weight_decay=decay)
    if kind == "gi-adam":  # as its authors made it: Adam's state with the second moment set
        import jax
        adam = optax.scale_by_adam(b1=p.get("beta1", 0.9), b2=p.get("beta2", 0.999), eps=p.get("epsilon", 1e-8))
        rest = optax.chain(optax.add_decayed_weights(decay), optax.scale_by_learning_rate(schedule))

        def update(g, state, x):
            inner, outer, first = state
            if first:
                inner = inner._replace(nu=jax.numpy.square(g))
            d, inner = adam.update(g, inner, x)
            d, outer = rest.update(d, outer, x)
            return d, (inner, outer, False)
        return optax.GradientTransformation(lambda x: (adam.init(x), rest.init(x), True), update)
    return None


def optax_gaps(kind, parameters, gap, gradient, peak):
    import jax
    jax.config.update("jax_enable_x64", True)
    import optax
    optimizer = with_optax(kind, parameters, lambda t: peak * jax.numpy.minimum(1.0, (t + 1) / jax.numpy.float64(WARMUP)))
    if not optimizer:
        return None
    x = jax.numpy.array(X0)
    state, gaps = optimizer.init(x), [gap(X0)]
    for t in range(STEPS):
        d, state = optimizer.update(jax.numpy.array(gradient(np.array(x))), state, x)
        x = optax.apply_updates(x, d)
        gaps.append(gap(np.array(x)))
    return np.array(gaps)


class Libraries(unittest.TestCase):
    def compare(self, run, least):
        seen = 0
        for kind, parameters, peak in CASES:
            for objective in OBJECTIVES:
                _, gap, gradient = OBJECTIVES[objective]
                with self.subTest(objective=objective, method=kind, **parameters):
                    found = run(kind, parameters, gap, gradient, peak)
                    if found is None:
                        continue
                    seen += 1
                    np.testing.assert_allclose(simulate(METHODS[kind](**parameters), gap, gradient, peak), found, rtol=1e-10)
        self.assertGreaterEqual(seen, least)

    @harness.installed("torch")
    def test_pytorch(self):
        self.compare(torch_gaps, 30)

    @harness.installed("jax", "optax")
    def test_optax(self):
        self.compare(optax_gaps, 20)


if __name__ == "__main__":
    unittest.main()
