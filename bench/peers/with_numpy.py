"""with_numpy.py JOB VARIANT REFERENCE SECONDS: the jobs in NumPy.

loop      one trajectory at a time, vectors of length d: what a quick script does. Timed on a sample of whole trajectories spread over
          the grid, at most SECONDS; the rate is that of the sample.
batched   one array of trajectories x d; a finished trajectory has step 0 and stays until the last one is done
compact   the same; finished rows are dropped when less than 0.9 of the rows are still active
..._ftz   with denormals flushed to zero, for which NumPy has no switch: a C library of five lines (FTZ names it) sets the bits
"""
import ctypes
import os
import sys
import time

import numpy as np

from jobs import CHECKPOINTS, DIVERGED, Job, fault, finish, load, measure

HALF, ONE = np.float32(0.5), np.float32(1)


def look(job, X, G, F):
    """f of every row, the gradient in G."""
    if job.quadratic:
        np.multiply(X, job.spectrum, out=G)
        f = np.einsum("ij,ij->i", X, G)
        f *= HALF
        return f
    np.cosh(X, out=F)
    np.subtract(F, ONE, out=F)
    np.sinh(X, out=G)
    return F.sum(1)


def deterministic(job, compact):
    n, T = job.count, job.T
    hit, stop, index = np.full(n, -1, np.int32), np.full(n, T, np.int32), np.arange(n)
    eta, W, active = job.eta.copy(), job.divisor.copy(), np.ones(n, bool)
    X = np.full((n, job.d), np.float32(job.x0), np.float32)
    G, F = np.empty_like(X), None if job.quadratic else np.empty_like(X)
    for t in range(T + 1):
        f = look(job, X, G, F)
        reached = f <= job.threshold
        done = (reached | ~(f <= np.float32(DIVERGED))) & active
        if done.any():
            hit[index[reached & active]] = t
            stop[index[done]] = t
            active &= ~done
            left = int(active.sum())
            if left == 0:
                break
            if compact and left < 0.9 * active.size:
                X, G, index, eta, W = X[active], G[active], index[active], eta[active], W[active]
                F = None if job.quadratic else np.empty_like(X)
                active = np.ones(left, bool)
        if t == T:
            break
        step = eta * np.minimum(ONE, np.float32(t + 1) / W) * active
        np.multiply(G, step[:, None], out=G)
        np.subtract(X, G, out=X)
    return hit, stop, None


def noisy(job, compact):
    n, T = job.count, job.T
    random, sigma = np.random.Generator(np.random.SFC64(1234)), np.float32(job.sigma)
    hit, stop, index = np.full(n, -1, np.int32), np.full(n, T, np.int32), np.arange(n)
    eta, W, active = job.eta.copy(), job.divisor.copy(), np.ones(n, bool)
    X = np.full((n, job.d), np.float32(job.x0), np.float32)
    G, Z, kept, k = np.empty_like(X), np.empty_like(X), np.full((CHECKPOINTS, n), np.inf, np.float32), 0
    for t in range(T + 1):
        f = look(job, X, G, None)
        reached = (f <= job.threshold) & (hit[index] < 0) & active
        if reached.any():
            hit[index[reached]] = t
        done = ~(f <= np.float32(DIVERGED)) & active
        if done.any():
            stop[index[done]] = t
            active &= ~done
            if compact:
                X, G, f, index, eta, W = X[active], G[active], f[active], index[active], eta[active], W[active]
                Z, active = Z[:index.size], np.ones(index.size, bool)
        if t == job.checkpoints[k]:
            kept[k, index] = np.where(active, f, np.inf)
            k += 1
        if t == T:
            break
        random.standard_normal(out=Z, dtype=np.float32)
        Z *= sigma
        G += Z
        step = eta * np.minimum(ONE, np.float32(t + 1) / W) * active
        np.multiply(G, step[:, None], out=G)
        np.subtract(X, G, out=X)
    return hit, stop, kept.reshape(CHECKPOINTS, -1, job.seeds).mean(2).T


def one(job, k, random):
    """(hit, stop) of trajectory k."""
    x, hit = np.full(job.d, np.float32(job.x0), np.float32), -1
    eta, W, sigma, a = job.eta[k], job.divisor[k], np.float32(job.sigma), job.spectrum
    for t in range(job.T + 1):
        if job.quadratic:
            g = a * x
            f = HALF * (x @ g)
        else:
            f, g = (np.cosh(x) - ONE).sum(), np.sinh(x)
        if hit < 0 and f <= job.threshold:
            hit = t
            if job.kind != "sgd":
                break
        if not f <= DIVERGED or t == job.T:
            break
        if job.kind == "sgd":
            g = g + sigma * random.standard_normal(job.d, dtype=np.float32)
        x = x - eta * min(ONE, np.float32(t + 1) / W) * g
    return hit, t


def sample(job, reference, seconds):
    random, order = np.random.default_rng(1), np.random.default_rng(2).permutation(job.count)
    rows, answers, start, used = [], [], time.perf_counter(), time.process_time()
    while time.perf_counter() - start < seconds and len(rows) < job.count:
        rows.append(order[len(rows)])
        answers.append(one(job, rows[-1], random))
    seconds, processor = time.perf_counter() - start, time.process_time() - used
    hit, stop = np.array(answers).T
    wrong = fault(job, (hit, stop, None), reference, rows)
    finish("numpy loop", wrong, seconds, processor, int(stop.sum()) * job.d, sampled_trajectories=len(rows))


def main():
    name, variant, reference, seconds = sys.argv[1], sys.argv[2], load(sys.argv[3]), float(sys.argv[4])
    if variant.endswith("_ftz"):
        ctypes.CDLL(os.environ["FTZ"]).flush_denormals()
    job, compact = Job(name), variant.startswith("compact")
    with np.errstate(all="ignore"):  # a frozen row may hold inf
        if variant == "loop":
            return sample(job, reference, seconds)
        measure(f"numpy {variant}", job, reference, lambda: (noisy if job.kind == "sgd" else deterministic)(job, compact), seconds)


if __name__ == "__main__":
    main()
