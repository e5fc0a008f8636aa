"""test_presets.py: presets against the schedules of the libraries: formulas and rows of their documentation and sources, and, where a library
is installed, the library itself.

`warmsweep schedule --print` must show, for every iteration, the step size of the formula to a few units in the last place of the peak.
Rows are closed forms evaluated for 4 warmup steps of 12 in all, to four digits.
"""
import json
import math
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness

PEAK = 1.0


def printed(schedule, steps):
    file = harness.SCRATCH / "preset.json"
    file.write_text(json.dumps({"objective": {"kind": "quadratic", "dimension": 1}, "start": {"kind": "sphere", "gap": 1},
                                "schedule": {"peak": PEAK, **schedule}, "stop": {"steps": steps}}))
    lines = harness.program("schedule", file, "--print").splitlines()
    assert lines[0] == "t,step_size", lines[0]
    return [float(line.split(",")[1]) for line in lines[1:]]


def half_cosine(v):
    return 0.5 * (1 + math.cos(math.pi * v))


def after(W, warmup, rest):
    return lambda t: warmup(t) if t < W else rest(t)


def line(W):
    return lambda t: t / max(1, W)


def wsd_torchtitan(W, D, T, shape):
    S = T - W - D

    def f(t):
        if t < W:
            return (t + 1) / (W + 1)
        return 1.0 if t < W + S else shape((t + 1 - W - S) / (D + 1))
    return f


def two_lines(t, T=20, start=0.04, end=4e-6):
    a, b = int(0.3 * T), int(0.85 * T)
    if t < a:
        return start + (1 - start) * t / a
    if t < b:
        return 1 + (start - 1) * (t - a) / (b - a)
    return start + (end - start) * (t - b) / (T - b) if t < T else end


def triangular(up, down, low, mode):
    def f(t):
        cycle = math.floor(1 + t / (up + down))
        x = 1 + t / (up + down) - cycle
        ratio = up / (up + down)
        scale = x / ratio if x <= ratio else (x - 1) / (ratio - 1)
        return low + (1 - low) * scale * mode(cycle, t)
    return f


def warm_restarts(period, growth, low):
    def f(t):
        length = period
        while t >= length:
            t -= length
            length *= growth
        return low + (1 - low) * half_cosine(t / length)
    return f


def steps(n):
    return {"steps": n}


def kalra(t, W=4, T=12, E=0.1, k=1, p=1):
    if t < W:
        return ((t + 1) / W) ** k
    return E + (1 - E) * half_cosine((t - W + 2) / (T - W + 1)) ** p


# name -> schedule, formula, iterations, row
CASES = {
    "transformers-constant": ({"warmup": steps(4)}, after(4, line(4), lambda t: 1.0), 12, None),
    "transformers-linear": ({"warmup": steps(4), "decay": {"horizon": 12}}, after(4, line(4), lambda t: max(0.0, (12 - t) / 8)), 20,
                            "0 .25 .5 .75 1 .875 .75 .625 .5 .375 .25 .125 0"),
    "transformers-cosine": ({"warmup": steps(4), "decay": {"horizon": 12}}, after(4, line(4), lambda t: max(0.0, half_cosine((t - 4) / 8))), 25,
                            "0 .25 .5 .75 1 .9619 .8536 .6913 .5 .3087 .1464 .0381 0"),
    "transformers-cosine-restarts": ({"warmup": steps(4), "decay": {"horizon": 24, "cycles": 2}},
                                     after(4, line(4), lambda t: 0.0 if t >= 24 else half_cosine(2 * (t - 4) / 20 % 1)), 30, None),
    "transformers-polynomial": ({"warmup": steps(4), "decay": {"horizon": 12, "power": 2, "floor": 1e-7}},
                                after(4, line(4), lambda t: (1 - 1e-7) * (1 - (t - 4) / 8) ** 2 + 1e-7 if t <= 12 else 1e-7), 20, None),
    "transformers-inverse-sqrt": ({"warmup": steps(4)}, after(4, line(4), lambda t: 1 / math.sqrt((t + 4 - 4) / 4)), 30,
                                  "0 .25 .5 .75 1 .8944 .8165 .7559 .7071 .6667 .6325 .6030 .5774"),
    "transformers-cosine-warmup-min": ({"warmup": steps(4), "decay": {"horizon": 12, "floor": 0.1}},
                                       after(4, lambda t: (t + 1) / 4, lambda t: 0.1 + 0.9 * half_cosine((t - 3) / 8)), 20,
                                       ".25 .5 .75 1 .9657 .8682 .7222 .55 .3778 .2318 .1343 .1 .1343"),
    "transformers-cosine-warmup-rate-min": ({"warmup": {"steps": 4, "initial": 0.2}, "decay": {"horizon": 12, "floor": 0.1}},
                                            after(4, lambda t: 0.2 + 0.8 * t / 3, lambda t: 0.1 + 0.9 * half_cosine((t - 3) / 8)), 20, None),
    "transformers-wsd": ({"warmup": steps(4), "decay": {"horizon": 12, "length": 4, "shape": "cosine"}},
                         after(4, line(4), lambda t: 1.0 if t < 8 else half_cosine(min((t - 8) / 4, 1))), 20,
                         "0 .25 .5 .75 1 1 1 1 1 .8536 .5 .1464 0"),
    "optax-warmup-constant": ({"warmup": {"steps": 4, "initial": 0.1}}, after(4, lambda t: 0.1 + 0.9 * t / 4, lambda t: 1.0), 12, None),
    "optax-warmup-cosine": ({"warmup": {"steps": 4, "initial": 0.1}, "decay": {"horizon": 12, "floor": 0.05, "power": 2}},
                            after(4, lambda t: 0.1 + 0.9 * t / 4, lambda t: 0.95 * half_cosine(min(t - 4, 8) / 8) ** 2 + 0.05), 20, None),
    "optax-warmup-exponential": ({"warmup": {"steps": 4, "initial": 0.1}, "decay": {"gamma": 0.5, "every": 3, "floor": 0.01}},
                                 after(4, lambda t: 0.1 + 0.9 * t / 4, lambda t: max(0.5 ** ((t - 4) / 3), 0.01)), 40, None),
    "optax-cosine-onecycle": ({"warmup": {"steps": 6, "initial": 0.04}, "decay": {"horizon": 20, "floor": 4e-6}},
                              after(6, lambda t: 0.04 + 0.96 * (1 - half_cosine(t / 6)), lambda t: 4e-6 + (1 - 4e-6) * half_cosine(min(t - 6, 14) / 14)), 30, None),
    "optax-linear-onecycle": ({"warmup": {"steps": 6, "initial": 0.04}, "decay": {"horizon": 20, "floor": 4e-6, "mid": 0.04, "knee": 11 / 14}}, two_lines, 30, None),
    "torch-linear": ({"warmup": {"steps": 4, "initial": 0.25}}, after(4, lambda t: 0.25 + 0.75 * t / 4, lambda t: 1.0), 12, ".25 .4375 .625 .8125 1 1"),
    "torch-cosine": ({"decay": {"horizon": 8, "floor": 0.1}}, lambda t: 0.1 + 0.9 * half_cosine(t / 8), 40, None),
    "torch-polynomial": ({"decay": {"horizon": 8, "power": 3}}, lambda t: (1 - min(8, t) / 8) ** 3, 12, None),
    "torch-step": ({"decay": {"gamma": 0.1, "every": 3}}, lambda t: 0.1 ** (t // 3), 20, None),
    "torch-exponential": ({"decay": {"gamma": 0.9}}, lambda t: 0.9**t, 40, None),
    "torch-warm-restarts": ({"decay": {"period": 3, "growth": 2, "floor": 0.1}}, warm_restarts(3, 2, 0.1), 100, None),
    "torch-cyclic": ({"decay": {"up": 4, "down": 6, "floor": 0.1, "shrink": 0.5}}, triangular(4, 6, 0.1, lambda cycle, t: 0.5 ** (cycle - 1)), 50, None),
    "torch-onecycle": ({"warmup": {"steps": 5, "initial": 0.04}, "decay": {"horizon": 19, "floor": 4e-6}},
                       after(5, lambda t: 0.04 + 0.96 * (1 - half_cosine(t / 5)), lambda t: 4e-6 + (1 - 4e-6) * half_cosine((t - 5) / 14)), 20, None),
    "torchtitan": ({"warmup": steps(4), "decay": {"horizon": 12, "length": 4}}, wsd_torchtitan(4, 4, 12, lambda v: max(0.0, 1 - v)), 16,
                   ".2 .4 .6 .8 1 1 1 1 .8 .6 .4 .2 0"),
    "torchtitan-released": ({"warmup": steps(4), "decay": {"horizon": 13, "length": 4}},
                       after(4, lambda t: (t + 1) / 4, lambda t: 1.0 if t < 9 else max(0.0, 1 - (t - 8) / 4)), 16, ".25 .5 .75 1 1 1 1 1 1 .75 .5 .25 0"),
    "kalra-barkeshli": ({"warmup": {"steps": 4, "power": 1}, "decay": {"horizon": 12, "floor": 0.1}}, kalra, 20,
                        ".25 .5 .75 1 .8947 .7750 .6281 .4719 .3250 .2053 .1271 .1 .1271"),
    "fairseq-exponential": ({"warmup": {"steps": 10, "alpha": 1.5}}, after(10, lambda t: math.expm1(1.5 * t / 10) / math.expm1(1.5), lambda t: math.sqrt(10 / t)), 40, None),
    "fairseq-polynomial": ({"warmup": {"steps": 10, "power": 1.5}}, after(10, lambda t: (t / 10) ** 1.5, lambda t: math.sqrt(10 / t)), 40, None),
    "noam": ({"warmup": steps(10)}, lambda t: min((t + 1) ** -0.5, (t + 1) * 10**-1.5), 40, None),
}


class Presets(unittest.TestCase):
    printed = {}

    def of(self, name):
        """Step sizes of a case, computed once."""
        if name not in Presets.printed:
            schedule, _, iterations, _ = CASES[name]
            Presets.printed[name] = printed({"preset": name, **schedule}, iterations)
        return Presets.printed[name]

    def close(self, name, got, want, tolerance):
        self.assertEqual(len(got), len(want), name)
        for t, (a, b) in enumerate(zip(got, want)):
            self.assertLessEqual(abs(a - b), tolerance, (name, t, a, b))

    def test_formulas_and_rows(self):
        for name, (_, formula, iterations, row) in CASES.items():
            with self.subTest(name):
                got = self.of(name)
                self.close(name, got, [formula(t) for t in range(iterations)], 1e-15)  # a few units of the peak's last place
                if row:
                    want = [float(number) for number in row.split()]
                    self.close(name, got[: len(want)], want, 5.0001e-5)

    def test_every_preset_has_a_case(self):
        fields = harness.program("list", "fields")
        block = fields[fields.index("schedule.preset"):].splitlines()[0]
        self.assertEqual(set(block.split(": ", 1)[1].split("; ")[0].replace('"', "").split(", ")), set(CASES))

    def test_conventions_differ_where_they_should(self):
        # at W = 1: 0 then P, P at once, P/2 then P; W = 0 is no warmup in all
        first = {"t/W": 0.0, "(t+1)/W": 1.0, "(t+1)/(W+1)": 0.5, "t/(W-1)": 0.0}
        for convention, value in first.items():
            self.assertEqual(printed({"warmup": {"steps": 1, "convention": convention}}, 3), [value, 1.0, 1.0])
            self.assertEqual(printed({"warmup": {"steps": 0, "convention": convention}}, 3), [1.0, 1.0, 1.0])

    @harness.installed("torch", "transformers")
    def test_transformers(self):
        import torch
        from transformers import optimization as o

        def rates(make, n, **options):
            optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=PEAK)
            scheduler = make(optimizer, **options)
            result = []
            for _ in range(n):
                result.append(optimizer.param_groups[0]["lr"])
                optimizer.step()
                scheduler.step()
            return result

        for name, make, options in [
            ("transformers-constant", o.get_constant_schedule_with_warmup, {"num_warmup_steps": 4}),
            ("transformers-linear", o.get_linear_schedule_with_warmup, {"num_warmup_steps": 4, "num_training_steps": 12}),
            ("transformers-cosine", o.get_cosine_schedule_with_warmup, {"num_warmup_steps": 4, "num_training_steps": 12}),
            ("transformers-cosine-restarts", o.get_cosine_with_hard_restarts_schedule_with_warmup, {"num_warmup_steps": 4, "num_training_steps": 24, "num_cycles": 2}),
            ("transformers-polynomial", o.get_polynomial_decay_schedule_with_warmup, {"num_warmup_steps": 4, "num_training_steps": 12, "power": 2}),
            ("transformers-inverse-sqrt", o.get_inverse_sqrt_schedule, {"num_warmup_steps": 4}),
            ("transformers-cosine-warmup-min", o.get_cosine_with_min_lr_schedule_with_warmup_lr_rate,
             {"num_warmup_steps": 4, "num_training_steps": 12, "min_lr_rate": 0.1}),
            ("transformers-cosine-warmup-rate-min", o.get_cosine_with_min_lr_schedule_with_warmup_lr_rate,
             {"num_warmup_steps": 4, "num_training_steps": 12, "min_lr_rate": 0.1, "warmup_lr_rate": 0.2}),
            ("transformers-wsd", o.get_wsd_schedule, {"num_warmup_steps": 4, "num_decay_steps": 4, "num_stable_steps": 4}),
        ]:
            with self.subTest(name):
                got = self.of(name)
                self.close(name, got, rates(make, len(got), **options), 1e-15)
        # the same with other options: a floor, another part of the cosine, shapes, no warmup
        horizon = {"num_warmup_steps": 4, "num_training_steps": 12}
        for schedule, make, options in [
            ({"preset": "transformers-cosine", "warmup": steps(4), "decay": {"horizon": 12, "floor": 0.1}}, o.get_cosine_with_min_lr_schedule_with_warmup,
             {**horizon, "min_lr_rate": 0.1}),
            ({"preset": "transformers-cosine", "warmup": steps(4), "decay": {"horizon": 12, "cycles": 1.25}}, o.get_cosine_schedule_with_warmup, {**horizon, "num_cycles": 1.25}),
            ({"preset": "transformers-linear", "decay": {"horizon": 12}}, o.get_linear_schedule_with_warmup, {**horizon, "num_warmup_steps": 0}),
            ({"preset": "transformers-inverse-sqrt", "warmup": steps(4), "decay": {"timescale": 9}}, o.get_inverse_sqrt_schedule, {"num_warmup_steps": 4, "timescale": 9}),
            ({"preset": "transformers-wsd", "warmup": {"kind": "cosine", "steps": 4, "initial": 0.1}, "decay": {"horizon": 12, "length": 4, "shape": "one-minus-sqrt", "floor": 0.1}},
             o.get_wsd_schedule, {"num_warmup_steps": 4, "num_decay_steps": 4, "num_stable_steps": 4, "warmup_type": "cosine", "decay_type": "1-sqrt", "min_lr_ratio": 0.1}),
        ]:
            with self.subTest(schedule):
                self.close(str(schedule), printed(schedule, 20), rates(make, 20, **options), 1e-15)

    @harness.installed("torch")
    def test_torch(self):
        import torch
        from torch.optim import lr_scheduler as s

        def rates(make, n, lr=PEAK):
            optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr, momentum=0.9)
            scheduler = make(optimizer)
            result = []
            for i in range(n):
                result.append(optimizer.param_groups[0]["lr"])
                optimizer.step()
                if i < n - 1:
                    scheduler.step()
            return result

        for name, make in [
            ("torch-linear", lambda o: s.LinearLR(o, 0.25, 1.0, 4)),
            ("torch-cosine", lambda o: s.CosineAnnealingLR(o, 8, 0.1)),
            ("torch-polynomial", lambda o: s.PolynomialLR(o, 8, 3)),
            ("torch-step", lambda o: s.StepLR(o, 3, 0.1)),
            ("torch-exponential", lambda o: s.ExponentialLR(o, 0.9)),
            ("torch-warm-restarts", lambda o: s.CosineAnnealingWarmRestarts(o, 3, 2, 0.1)),
            ("torch-cyclic", lambda o: s.CyclicLR(o, 0.1, PEAK, 4, 6, "triangular2")),
            ("torch-onecycle", lambda o: s.OneCycleLR(o, PEAK, 20)),
        ]:
            with self.subTest(name):
                got = self.of(name)
                self.close(name, got, rates(make, len(got)), 1e-14)  # the library multiplies from step to step
        for schedule, make in [
            ({"preset": "torch-cyclic", "decay": {"up": 4, "down": 6, "floor": 0.1}}, lambda o: s.CyclicLR(o, 0.1, PEAK, 4, 6)),
            ({"preset": "torch-cyclic", "decay": {"up": 5, "down": 5, "floor": 0.1, "gamma": 0.95}}, lambda o: s.CyclicLR(o, 0.1, PEAK, 5, 5, "exp_range", 0.95)),
            ({"warmup": {"steps": 4, "initial": 0.25, "convention": "t/W"}, "decay": {"kind": "cosine", "horizon": 12, "floor": 0.1, "periodic": True}},
             lambda o: s.SequentialLR(o, [s.LinearLR(o, 0.25, 1.0, 4), s.CosineAnnealingLR(o, 8, 0.1)], [4])),
        ]:
            with self.subTest(schedule):
                self.close(str(schedule), printed(schedule, 30), rates(make, 30), 1e-14)

    @harness.installed("torch", "torchtitan")
    def test_torchtitan(self):
        import torch
        from torchtitan.components.optimizer.lr_scheduler import LRSchedulersContainer

        for shape, name in (("linear", "linear"), ("cosine", "cosine"), ("one-minus-sqrt", "sqrt")):
            for W, T, D, floor in ((4, 12, 4, 0.0), (0, 30, 30, 0.1), (10, 30, 20, 0.0), (7, 40, 13, 0.25)):
                schedule = {"preset": "torchtitan-released", "warmup": {"steps": W}, "decay": {"horizon": T + 1, "length": D, "shape": shape, "floor": floor}}
                optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=PEAK)
                config = LRSchedulersContainer.Config(warmup_steps=W, decay_ratio=D / T, decay_type=name, min_lr_factor=floor)
                schedulers = config.build(optimizers=[optimizer], training_steps=T)
                want = []
                for _ in range(T):
                    want.append(optimizer.param_groups[0]["lr"])
                    optimizer.step()
                    schedulers.step()
                with self.subTest(schedule):
                    self.close(str(schedule), printed(schedule, T), want, 1e-15)

    @harness.installed("jax", "optax")
    def test_optax(self):
        import jax
        import optax

        jax.config.update("jax_enable_x64", True)
        for name, schedule in [
            ("optax-warmup-constant", optax.warmup_constant_schedule(0.1, PEAK, 4)),
            ("optax-warmup-cosine", optax.warmup_cosine_decay_schedule(0.1, PEAK, 4, 12, 0.05, 2.0)),
            ("optax-warmup-exponential", optax.warmup_exponential_decay_schedule(0.1, PEAK, 4, 3, 0.5, end_value=0.01)),
            ("optax-cosine-onecycle", optax.cosine_onecycle_schedule(20, PEAK)),
            ("optax-linear-onecycle", optax.linear_onecycle_schedule(20, PEAK)),
        ]:
            with self.subTest(name):
                got = self.of(name)
                self.close(name, got, [float(schedule(t)) for t in range(len(got))], 1e-6)  # its counters are float32


if __name__ == "__main__":
    unittest.main()
