"""with_numba.py JOB VARIANT REFERENCE SECONDS: the jobs in Numba for CUDA, a trajectory by one thread or by a warp (not with the simulator,
NUMBA_ENABLE_CUDASIM=1). Compiled before the clock starts; job D's generator states are made before it too."""
import math
import pathlib
import sys

import numpy as np
from numba import cuda, float32 as f4, int32 as i4
from numba.cuda.random import create_xoroshiro128p_states, xoroshiro128p_normal_float32

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from jobs import CHECKPOINTS, DIVERGED, Job, load, measure

JOB, TEAM = Job(sys.argv[1]), {"thread": 1, "warp": 32}[sys.argv[2]]
EACH, QUADRATIC, BIG, BLOCK = JOB.d // TEAM, JOB.quadratic, f4(DIVERGED), 64


@cuda.jit(fastmath=True)
def still(spectrum, etas, Ws, count, T, threshold, x0, hits, stops):
    thread = cuda.grid(1)
    k, lane = thread // TEAM, thread % TEAM
    if k >= count:
        return
    x, a = cuda.local.array(EACH, f4), cuda.local.array(EACH, f4)
    for j in range(EACH):
        x[j] = x0
        a[j] = spectrum[lane + j * TEAM]
    eta, W, hit, t = etas[k], Ws[k], i4(-1), i4(0)
    while True:
        s = eta
        if f4(t + 1) < W:
            s = eta * (f4(t + 1) / W)
        f = f4(0)
        for j in range(EACH):
            if QUADRATIC:
                g = a[j] * x[j]
                f += x[j] * g
                x[j] -= s * g
            else:
                e = math.exp(min(max(x[j], f4(-40)), f4(40)))
                r = f4(1) / e
                f += f4(0.5) * (e + r) - f4(1)
                x[j] -= s * (f4(0.5) * (e - r))
        if TEAM == 32:
            far = 16
            while far > 0:
                f += cuda.shfl_xor_sync(0xFFFFFFFF, f, far)
                far >>= 1
        if QUADRATIC:
            f *= f4(0.5)
        if f <= threshold:
            hit = t
            break
        if f > BIG or t == T:
            break
        t += 1
    if lane == 0:
        hits[k] = hit
        stops[k] = t


@cuda.jit(fastmath=True)
def noisy(spectrum, etas, Ws, count, T, threshold, x0, sigma, checkpoints, states, hits, stops, f_at):
    thread = cuda.grid(1)
    k, lane = thread // TEAM, thread % TEAM
    if k >= count:
        return
    x, a = cuda.local.array(EACH, f4), cuda.local.array(EACH, f4)
    for j in range(EACH):
        x[j] = x0
        a[j] = spectrum[lane + j * TEAM]
    eta, W, hit, t, next_one = etas[k], Ws[k], i4(-1), i4(0), i4(0)
    while True:
        s = eta
        if f4(t + 1) < W:
            s = eta * (f4(t + 1) / W)
        f = f4(0)
        for j in range(EACH):
            g = a[j] * x[j]
            f += x[j] * g
            x[j] -= s * (g + sigma * xoroshiro128p_normal_float32(states, thread))
        if TEAM == 32:
            far = 16
            while far > 0:
                f += cuda.shfl_xor_sync(0xFFFFFFFF, f, far)
                far >>= 1
        f *= f4(0.5)
        if hit < 0 and f <= threshold:
            hit = t
        if f > BIG:
            break
        if t == checkpoints[next_one]:
            if lane == 0:
                f_at[k, next_one] = f
            next_one += 1
        if t == T:
            break
        t += 1
    if lane == 0:
        hits[k] = hit
        stops[k] = t


def main():
    job, reference, seconds = JOB, load(sys.argv[3]), float(sys.argv[4])
    grid = (job.count * TEAM + BLOCK - 1) // BLOCK
    spectrum, eta, W = (cuda.to_device(np.ascontiguousarray(a)) for a in (job.spectrum, job.eta, job.divisor))
    checkpoints = cuda.to_device(np.append(job.checkpoints, -1).astype(np.int32))
    hit, stop = cuda.device_array(job.count, np.int32), cuda.device_array(job.count, np.int32)
    states = create_xoroshiro128p_states(grid * BLOCK, seed=1) if job.kind == "sgd" else None

    def run():
        mean = None
        if job.kind == "sgd":
            f = cuda.to_device(np.full((job.count, CHECKPOINTS), np.inf, np.float32))
            noisy[grid, BLOCK](spectrum, eta, W, job.count, job.T, np.float32(job.threshold), np.float32(job.x0), np.float32(job.sigma), checkpoints, states,
                               hit, stop, f)
            mean = f.copy_to_host().reshape(-1, job.seeds, CHECKPOINTS).mean(1)
        else:
            still[grid, BLOCK](spectrum, eta, W, job.count, job.T, np.float32(job.threshold), np.float32(job.x0), hit, stop)
        return hit.copy_to_host(), stop.copy_to_host(), mean

    run()
    measure(f"numba {sys.argv[2]}", job, reference, run, seconds)


if __name__ == "__main__":
    main()
