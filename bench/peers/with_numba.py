"""with_numba.py JOB VARIANT REFERENCE SECONDS: the jobs in Numba: loops over trajectories (prange) and coordinates. Compiled before the
clock starts.

plain     the loops as they come, IEEE arithmetic
fast      fastmath, denormals flushed to zero
step      fast, and an iteration in a function of its own, which LLVM then vectorises; E: one exp for cosh and sinh; D: ziggurat
"""
import ctypes
import math
import os
import sys

threads = os.environ["NUMBA_NUM_THREADS"] = os.environ.get("OMP_NUM_THREADS", "1")
if sys.argv[2] != "plain":  # before Numba starts its threads, which inherit it
    ctypes.CDLL(os.environ["FTZ"]).flush_denormals()

import numba
import numpy as np
from numba import float32 as f4
from numba import int32 as i4
from numba import njit, prange
from numba import uint32 as u4
from numba import uint64 as u8

from jobs import CHECKPOINTS, DIVERGED, Job, load, measure

JOB, VARIANT = Job(sys.argv[1]), sys.argv[2]
FAST, STEP, BIG = VARIANT != "plain", VARIANT == "step", f4(DIVERGED)
QUADRATIC = JOB.quadratic


@njit(inline="always")
def step_size(eta, W, t):
    return eta * (f4(t + 1) / W) if W > f4(t + 1) else eta


@njit(fastmath=FAST)
def iterate_quadratic(a, x, s):
    f = f4(0)
    for i in range(a.size):
        g = a[i] * x[i]
        f += x[i] * g
        x[i] -= s * g
    return f4(0.5) * f


@njit(fastmath=FAST, error_model="numpy")
def iterate_cosh(a, x, s):
    f = f4(0)
    for i in range(x.size):
        e = math.exp(min(max(x[i], f4(-40)), f4(40)))
        r = f4(1) / e
        f += f4(0.5) * (e + r) - f4(1)
        x[i] -= s * (f4(0.5) * (e - r))
    return f


@njit(fastmath=FAST)
def iterate_noisy(a, x, z, s, sigma):
    f = f4(0)
    for i in range(a.size):
        g = a[i] * x[i]
        f += x[i] * g
        x[i] -= s * (g + sigma * z[i])
    return f4(0.5) * f


iterate = iterate_quadratic if QUADRATIC else iterate_cosh


@njit(parallel=True, fastmath=FAST, error_model="numpy")
def descend(a, eta, W, T, threshold, x0, hit, stop):
    for k in prange(eta.size):
        x = np.full(a.size, x0, np.float32)
        h, t = -1, 0
        while True:
            s = step_size(eta[k], W[k], t)
            if STEP:
                f = iterate(a, x, s)
            else:
                f = f4(0)
                for i in range(a.size):
                    if QUADRATIC:
                        g = a[i] * x[i]
                        f += f4(0.5) * (x[i] * g)
                        x[i] -= s * g
                    else:
                        f += math.cosh(x[i]) - f4(1)
                        x[i] -= s * math.sinh(x[i])
            if f <= threshold:
                h = t
                break
            if not f <= BIG or t == T:
                break
            t += 1
        hit[k], stop[k] = h, t


# ---- normal numbers: xoshiro128++ of its own for every trajectory; Box-Muller, or Marsaglia and Tsang's ziggurat
@njit(inline="always")
def rotate(x, k):
    return u4(u4(x << u4(k)) | (x >> u4(32 - k)))


@njit
def following(s):
    r, t = u4(rotate(u4(s[0] + s[3]), 7) + s[0]), u4(s[1] << u4(9))
    s[2] ^= s[0]
    s[3] ^= s[1]
    s[1] ^= s[2]
    s[0] ^= s[3]
    s[2] ^= t
    s[3] = rotate(s[3], 11)
    return r


@njit
def seeded(number):
    s, state = np.empty(4, np.uint32), u8(number) * u8(0x2545F4914F6CDD1D) + u8(12345)
    for j in range(0, 4, 2):
        state += u8(0x9E3779B97F4A7C15)
        z = state
        z = (z ^ (z >> u8(30))) * u8(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> u8(27))) * u8(0x94D049BB133111EB)
        z ^= z >> u8(31)
        s[j], s[j + 1] = u4(z & u8(0xFFFFFFFF)), u4(z >> u8(32))
    return s


def layers():
    k, w, f = np.zeros(128, np.uint32), np.zeros(128, np.float32), np.zeros(128, np.float32)
    scale, x, area = 2147483648.0, 3.442619855899, 9.91256303526217e-3
    below, q = x, area / math.exp(-0.5 * x * x)
    k[0], w[0], w[127], f[0], f[127] = int(x / q * scale), q / scale, x / scale, 1, math.exp(-0.5 * x * x)
    for i in range(126, 0, -1):
        x = math.sqrt(-2 * math.log(area / x + math.exp(-0.5 * x * x)))
        k[i + 1], below, f[i], w[i] = int(x / below * scale), x, math.exp(-0.5 * x * x), x / scale
    return k, w, f


LAYER_K, LAYER_W, LAYER_F = layers()


@njit
def ziggurat(s):
    h, unit = i4(following(s)), f4(5.9604645e-8)
    while True:
        layer = h & 127
        x = f4(h) * LAYER_W[layer]
        if abs(numba.int64(h)) < numba.int64(LAYER_K[layer]):
            return x
        if layer == 0:
            while True:
                x = -math.log(f4(following(s) >> u4(8)) * unit + f4(3e-8)) * f4(0.2904764)
                y = -math.log(f4(following(s) >> u4(8)) * unit + f4(3e-8))
                if y + y >= x * x:
                    return f4(3.442620) + x if h > 0 else -f4(3.442620) - x
        if LAYER_F[layer] + f4(following(s) >> u4(8)) * unit * (LAYER_F[layer - 1] - LAYER_F[layer]) < math.exp(f4(-0.5) * x * x):
            return x
        h = i4(following(s))


@njit(parallel=True, fastmath=FAST)
def descend_noisy(a, eta, W, sigma, T, threshold, x0, checkpoints, hit, stop, kept):
    half = a.size // 2
    for k in prange(eta.size):
        x, z, u = np.full(a.size, x0, np.float32), np.empty(a.size, np.float32), np.empty(a.size, np.uint32)
        s, h, t, c = seeded(k), -1, 0, 0
        while True:
            if STEP:
                for i in range(a.size):
                    z[i] = ziggurat(s)
            else:
                for i in range(a.size):
                    u[i] = following(s)
                for i in range(half):
                    p = (f4(i4(u[i] >> u4(8))) + f4(0.5)) * f4(1.0 / 16777216)
                    q = f4(i4(u[i + half] >> u4(8))) * f4(6.283185307179586 / 16777216)
                    m = math.sqrt(f4(-2) * math.log(p))
                    z[i], z[i + half] = m * math.cos(q), m * math.sin(q)
            f = iterate_noisy(a, x, z, step_size(eta[k], W[k], t), sigma)
            if h < 0 and f <= threshold:
                h = t
            if not f <= BIG:
                break
            if t == checkpoints[c]:
                kept[k, c] = f
                c += 1
            if t == T:
                break
            t += 1
        hit[k], stop[k] = h, t


def run(T):
    hit, stop, x0 = np.empty(JOB.count, np.int32), np.empty(JOB.count, np.int32), f4(JOB.x0)
    if JOB.kind != "sgd":
        descend(JOB.spectrum, JOB.eta, JOB.divisor, T, JOB.threshold, x0, hit, stop)
        return hit, stop, None
    kept, checkpoints = np.full((JOB.count, CHECKPOINTS), np.inf, np.float32), np.append(JOB.checkpoints, -1)
    descend_noisy(JOB.spectrum, JOB.eta, JOB.divisor, f4(JOB.sigma), T, JOB.threshold, x0, checkpoints, hit, stop, kept)
    return hit, stop, kept.reshape(-1, JOB.seeds, CHECKPOINTS).mean(1)


if __name__ == "__main__":
    numba.set_num_threads(int(threads))
    run(1)  # compiles
    measure(f"numba {VARIANT}", JOB, load(sys.argv[3]), lambda: run(JOB.T), float(sys.argv[4]))
