"""with_cupy.py JOB VARIANT REFERENCE SECONDS: the jobs in CuPy. Compiled before the clock starts; outcomes are back on the host when it stops.

thread, warp, block     plain.cuh as a RawKernel, a trajectory by one thread, 32 or 256; ..._exact: without the fast functions
arrays                  no kernel of one's own: batched arrays, finished rows dropped every 50 iterations (not for job D)
"""
import pathlib
import sys

import cupy as cp
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from jobs import CHECKPOINTS, DIVERGED, Job, load, measure

KINDS = {"quadratic": 0, "cosh": 1, "sgd": 2}
TEAMS = {"thread": 1, "warp": 32, "block": 256}


def kernel(job, variant):
    name, _, exact = variant.partition("_")
    team = TEAMS[name]
    text = pathlib.Path(__file__).with_name("plain.cuh").read_text()
    defines = f"#define D {job.d}\n#define TEAM {team}\n#define KIND {KINDS[job.kind]}\n#define FAST {0 if exact else 1}\n"
    compiled = cp.RawKernel(defines + text, "peer", options=("--std=c++17",))
    block = team if team > 32 else 64
    grid = (job.count * team + block - 1) // block
    spectrum, eta, W = (cp.asarray(a) for a in (job.spectrum, job.eta, job.divisor))
    checkpoints = cp.asarray(np.append(job.checkpoints, -1).astype(np.int32))
    hit, stop = cp.empty(job.count, cp.int32), cp.empty(job.count, cp.int32)
    f = cp.empty((job.count if job.kind == "sgd" else 1, CHECKPOINTS), cp.float32)

    def run():
        f.fill(cp.inf)
        compiled((grid,), (block,), (spectrum, eta, W, np.int32(job.count), np.int32(job.T), np.float32(job.threshold), np.float32(job.x0),
                                     np.float32(job.sigma), checkpoints, hit, stop, f))
        mean = cp.asnumpy(f.reshape(-1, job.seeds, CHECKPOINTS).mean(1)) if job.kind == "sgd" else None
        return cp.asnumpy(hit), cp.asnumpy(stop), mean

    return run


def arrays(job, every=50):
    spectrum, one = cp.asarray(job.spectrum), cp.float32(1)

    def run():
        hits, stops, index = cp.full(job.count, -1, cp.int32), cp.full(job.count, job.T, cp.int32), cp.arange(job.count)
        eta, W, X = cp.asarray(job.eta), cp.asarray(job.divisor), cp.full((job.count, job.d), job.x0, cp.float32)
        hit, stop, active = hits.copy(), stops.copy(), cp.ones(job.count, bool)
        for t in range(job.T + 1):
            if job.quadratic:
                G = X * spectrum
                f = 0.5 * (X * G).sum(1)
            else:
                f, G = (cp.cosh(X) - one).sum(1), cp.sinh(X)
            reached = (f <= job.threshold) & active
            done = (reached | ~(f <= DIVERGED)) & active
            hit, stop, active = cp.where(reached, t, hit), cp.where(done, t, stop), active & ~done
            if t % every == every - 1 or t == job.T:
                left = int(active.sum())
                hits[index], stops[index] = hit, stop
                if left == 0:
                    break
                if left < 0.8 * index.size:
                    k = cp.nonzero(active)[0]
                    index, X, eta, W, hit, stop, active, G = (a[k] for a in (index, X, eta, W, hit, stop, active, G))
            step = cp.where(active, eta * cp.minimum(one, cp.float32(t + 1) / W), cp.float32(0))
            X = cp.where(active[:, None], X - step[:, None] * G, X)
        return cp.asnumpy(hits), cp.asnumpy(stops), None

    return run


def main():
    job, variant, reference, seconds = Job(sys.argv[1]), sys.argv[2], load(sys.argv[3]), float(sys.argv[4])
    run = arrays(job) if variant == "arrays" else kernel(job, variant)
    run()
    measure(f"cupy {variant}", job, reference, run, seconds)


if __name__ == "__main__":
    main()
