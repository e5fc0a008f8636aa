"""with_jax.py JOB VARIANT REFERENCE SECONDS: the jobs in JAX on the CPU. Compiled before the clock starts.

vmap      one trajectory as lax.while_loop, vmap over the grid: the idiomatic form
while     one lax.while_loop over the batch, finished trajectories masked
scan      T + 1 masked steps in one lax.scan; job D's only form
compact   lax.scan of 250 steps; then the host drops finished rows and pads to a power of two, so that few shapes are compiled
"""
import sys

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jobs import DIVERGED, Job, load, measure


def look(job, X):
    """f and gradient; the last axis holds the coordinates."""
    if not job.quadratic:
        return (jnp.cosh(X) - 1).sum(-1), jnp.sinh(X)
    G = jnp.asarray(job.spectrum) * X
    return 0.5 * (X * G).sum(-1), G


def step_size(eta, W, t):
    return eta * jnp.minimum(1.0, (t + 1).astype(jnp.float32) / W)


def masked_step(job, eta, W, state, t):
    X, hit, stop, active = state
    f, G = look(job, X)
    live = active & (t <= job.T)
    reached = (f <= job.threshold) & live
    done = (reached | ~(f <= DIVERGED)) & live
    active = active & ~done
    X = jnp.where(active[:, None], X - step_size(eta, W, t)[:, None] * G, X)
    return X, jnp.where(reached, t, hit), jnp.where(done, t, stop), active


def begin(job, count):
    return (jnp.full((count, job.d), job.x0, jnp.float32), jnp.full((count,), -1, jnp.int32), jnp.full((count,), job.T, jnp.int32),
            jnp.ones((count,), bool))


def vmapped(job):
    def trajectory(eta, W):
        x = jnp.full((job.d,), job.x0, jnp.float32)

        def go_on(state):
            _, f, _, t = state
            return (f > job.threshold) & (f <= DIVERGED) & (t < job.T)

        def body(state):
            x, _, g, t = state
            x = x - step_size(eta, W, t) * g
            return (x, *look(job, x), t + 1)

        _, f, _, t = lax.while_loop(go_on, body, (x, *look(job, x), jnp.int32(0)))
        return jnp.where(f <= job.threshold, t, -1), t

    return jax.vmap(trajectory)


def batched_while(job):
    def run(eta, W):
        state, _ = lax.while_loop(lambda c: c[0][3].any() & (c[1] <= job.T), lambda c: (masked_step(job, eta, W, *c), c[1] + 1),
                                  (begin(job, job.count), jnp.int32(0)))
        return state[1], state[2]

    return run


def scanned(job):
    def run(eta, W):
        times = jnp.arange(job.T + 1, dtype=jnp.int32)
        state, _ = lax.scan(lambda c, t: (masked_step(job, eta, W, c, t), None), begin(job, job.count), times)
        return state[1], state[2]

    return run


def noisy(job):
    def run(eta, W):
        key = jax.random.PRNGKey(1)

        def body(state, t):
            X, hit, stop, active = state
            f, G = look(job, X)
            hit = jnp.where((f <= job.threshold) & (hit < 0) & active, t, hit)
            wild = ~(f <= DIVERGED) & active
            active = active & ~wild
            z = jax.random.normal(jax.random.fold_in(key, t), X.shape, jnp.float32)
            X = jnp.where(active[:, None], X - step_size(eta, W, t)[:, None] * (G + job.sigma * z), X)
            return (X, hit, jnp.where(wild, t, stop), active), jnp.where(active, f, jnp.inf).reshape(-1, job.seeds).mean(1)

        state, f = lax.scan(body, begin(job, job.count), jnp.arange(job.T + 1, dtype=jnp.int32))
        return state[1], state[2], f[jnp.asarray(job.checkpoints)].T

    return run


def compacted(job, steps=250):
    @jax.jit
    def advance(eta, W, state, first):
        return lax.scan(lambda c, k: (masked_step(job, eta, W, c, first + k), None), state, jnp.arange(steps, dtype=jnp.int32))[0]

    def run(eta, W):
        hit, stop, index = np.full(job.count, -1, np.int32), np.full(job.count, job.T, np.int32), np.arange(job.count)
        state = begin(job, job.count)
        for t in range(0, job.T + 1, steps):
            state = advance(eta, W, state, jnp.int32(t))
            hit[index], stop[index], active = (np.asarray(part)[:index.size] for part in state[1:])
            left = int(active.sum())
            if left == 0:
                break
            size = 1 << (left - 1).bit_length()
            if size < state[0].shape[0]:
                rows = np.flatnonzero(active)
                index = index[rows]
                padded = jnp.asarray(np.concatenate([rows, np.full(size - left, rows[0])]))
                eta, W = eta[padded], W[padded]
                state = (state[0][padded], state[1][padded], state[2][padded], jnp.asarray(np.arange(size) < left))
        return hit, stop

    return run


def main():
    name, variant, reference, seconds = sys.argv[1], sys.argv[2], load(sys.argv[3]), float(sys.argv[4])
    job = Job(name)
    eta, W = jnp.asarray(job.eta), jnp.asarray(job.divisor)
    if variant == "compact":
        call = compacted(job)
        call(eta, W)  # compiles every shape
    else:
        form = noisy if job.kind == "sgd" else {"vmap": vmapped, "while": batched_while, "scan": scanned}[variant]
        call = jax.jit(form(job)).lower(eta, W).compile()

    def run():
        answer = [np.asarray(part) for part in call(eta, W)]
        return answer if len(answer) == 3 else (*answer, None)

    measure(f"jax {variant}", job, reference, run, seconds)


if __name__ == "__main__":
    main()
