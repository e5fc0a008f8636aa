"""methods_reference.py: one step of every method in NumPy, written from its definition and not from the kernels: what test_methods.py compares
the program with, and with what it compares the libraries where they are installed.

A method is a class with defaults of the catalogue: `start(x)` makes its states, `step(t, x, g, eta)` returns the next x.
"""
import numpy as np


class Method:
    defaults = {}

    def __init__(self, **parameters):
        for name, value in {**self.defaults, **parameters}.items():
            setattr(self, name, value)

    def start(self, x):
        self.m, self.v = np.zeros_like(x), np.zeros_like(x)


class Gd(Method):
    def step(self, t, x, g, eta):
        return x - eta * g


class WeightDecay(Method):
    defaults = dict(weight_decay=0.0)

    def step(self, t, x, g, eta):
        return x - eta * (g + self.weight_decay * x)


class Momentum(Method):
    defaults = dict(mu=0.9, dampening=0.0, weight_decay=0.0, decoupled=False)

    def step(self, t, x, g, eta):
        if not self.decoupled:
            g = g + self.weight_decay * x
        self.m = g.copy() if t == 0 else self.mu * self.m + (1 - self.dampening) * g
        return x - eta * (self.m + (self.weight_decay * x if self.decoupled else 0))


class Nesterov(Method):
    defaults = dict(mu=0.9, weight_decay=0.0, decoupled=False)

    def step(self, t, x, g, eta):
        if not self.decoupled:
            g = g + self.weight_decay * x
        self.m = self.mu * self.m + g
        return x - eta * (g + self.mu * self.m + (self.weight_decay * x if self.decoupled else 0))


METHODS = {"gd": Gd, "weight-decay": WeightDecay, "momentum": Momentum, "nesterov": Nesterov}
