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


class Accelerated(Method):
    defaults = dict(r=3)

    def growing(self, t):
        return max(0.0, (t - 1) / (t + self.r - 1))

    def step(self, t, x, g, eta):
        self.m = self.growing(t) * self.m + g
        return x - eta * (g + self.growing(t + 1) * self.m)


class Adam(Method):
    defaults = dict(beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.0)
    decoupled = False

    def step(self, t, x, g, eta):
        if not self.decoupled:
            g = g + self.weight_decay * x
        self.m = self.beta1 * self.m + (1 - self.beta1) * g
        self.v = self.second_moment(t, g)
        m_hat, v_hat = self.m / (1 - self.beta1 ** (t + 1)), self.v / (1 - self.beta2 ** (t + 1))
        d = m_hat / (np.sqrt(v_hat) + self.epsilon)
        return x - eta * (d + (self.weight_decay * x if self.decoupled else 0))

    def second_moment(self, t, g):
        return self.beta2 * self.v + (1 - self.beta2) * g * g


class AdamW(Adam):
    decoupled = True


class GiAdam(AdamW):
    def second_moment(self, t, g):
        if t == 0:
            self.v = g * g
        return super().second_moment(t, g)


class Rmsprop(Method):
    defaults = dict(mu=0.0, alpha=0.99, epsilon=1e-8, weight_decay=0.0)

    def step(self, t, x, g, eta):
        g = g + self.weight_decay * x
        self.v = self.alpha * self.v + (1 - self.alpha) * g * g
        self.m = self.mu * self.m + g / (np.sqrt(self.v) + self.epsilon)
        return x - eta * self.m


class Sign(Method):
    defaults = dict(weight_decay=0.0)

    def step(self, t, x, g, eta):
        return x - eta * (np.sign(g) + self.weight_decay * x)


class Lion(Method):
    defaults = dict(beta1=0.9, beta2=0.99, weight_decay=0.0)

    def step(self, t, x, g, eta):
        d = np.sign(self.beta1 * self.m + (1 - self.beta1) * g) + self.weight_decay * x
        self.m = self.beta2 * self.m + (1 - self.beta2) * g
        return x - eta * d


def average_weight(average, t):
    """Weight of x_t in the average at t, of a `method.average`."""
    start, power = average.get("from", 0), average.get("power", 0)
    if average["kind"] == "ema":
        return 1 - average["beta"] if t > start else 1.0
    return (power + 1) / (t - start + 1 + power) if t >= start else 1.0


METHODS = {"gd": Gd, "weight-decay": WeightDecay, "momentum": Momentum, "nesterov": Nesterov, "accelerated": Accelerated, "adam": Adam, "adamw": AdamW, "gi-adam": GiAdam,
           "rmsprop": Rmsprop, "sign": Sign, "lion": Lion}
