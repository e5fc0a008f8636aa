"""with_torch.py JOB VARIANT REFERENCE SECONDS: the jobs in PyTorch on the CPU: all trajectories as one tensor, no gradients recorded.

batched   finished trajectories have step 0 and stay         compact   finished rows are dropped when less than 0.9 are active
jit       batched, the step in torch.jit.script              ..._ftz   with torch.set_flush_denormal(True)
optim     a torch.optim.SGD with LambdaLR and backward() for one trajectory after the other, as training code does it; a sample of
          trajectories, at most SECONDS (not for job D)
"""
import os
import sys
import time

import numpy as np
import torch

from jobs import CHECKPOINTS, DIVERGED, Job, fault, finish, load, measure

torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))


@torch.jit.script
def scripted_quadratic(X, spectrum, step):
    G = X * spectrum
    return X - step * G, 0.5 * (X * G).sum(1)


@torch.jit.script
def scripted_cosh(X, step):
    return X - step * torch.sinh(X), (torch.cosh(X) - 1.0).sum(1)


class State:
    def __init__(self, job):
        n = job.count
        self.hit, self.stop = torch.full((n,), -1, dtype=torch.int32), torch.full((n,), job.T, dtype=torch.int32)
        self.index, self.active = torch.arange(n), torch.ones(n, dtype=torch.bool)
        self.eta, self.W = torch.from_numpy(job.eta).clone(), torch.from_numpy(job.divisor).clone()
        self.X = torch.full((n, job.d), float(job.x0))
        self.scratch()

    def scratch(self):
        self.G, self.P = torch.empty_like(self.X), torch.empty_like(self.X)

    def compact(self):
        keep = self.active
        self.X, self.G, self.index, self.eta, self.W = self.X[keep], self.G[keep], self.index[keep], self.eta[keep], self.W[keep]
        self.P, self.active = torch.empty_like(self.X), torch.ones(self.index.numel(), dtype=torch.bool)

    def step_sizes(self, t):
        return (self.eta * torch.clamp(float(t + 1) / self.W, max=1.0) * self.active)[:, None]


def deterministic(job, compact, scripted):
    s, spectrum, threshold = State(job), torch.from_numpy(job.spectrum), float(job.threshold)
    for t in range(job.T + 1):
        step = s.step_sizes(t)
        if scripted:
            s.X, f = scripted_quadratic(s.X, spectrum, step) if job.quadratic else scripted_cosh(s.X, step)
        elif job.quadratic:
            torch.mul(s.X, spectrum, out=s.G)
            torch.mul(s.X, s.G, out=s.P)
            f = s.P.sum(1).mul_(0.5)
            s.X.addcmul_(s.G, step, value=-1.0)
        else:
            torch.cosh(s.X, out=s.P)
            f = s.P.sub_(1.0).sum(1)
            torch.sinh(s.X, out=s.G)
            s.X.addcmul_(s.G, step, value=-1.0)
        reached = f <= threshold
        done = (reached | ~(f <= DIVERGED)) & s.active
        if bool(done.any()):
            s.hit[s.index[reached & s.active]] = t
            s.stop[s.index[done]] = t
            s.active &= ~done
            left = int(s.active.sum())
            if left == 0:
                break
            if compact and left < 0.9 * s.active.numel():
                s.compact()
    return s.hit.numpy(), s.stop.numpy(), None


def noisy(job, compact):
    s, spectrum, threshold, k = State(job), torch.from_numpy(job.spectrum), float(job.threshold), 0
    random, infinity = torch.Generator().manual_seed(1234), torch.tensor(float("inf"))
    kept = torch.full((CHECKPOINTS, job.count), float("inf"))
    for t in range(job.T + 1):
        torch.mul(s.X, spectrum, out=s.G)
        torch.mul(s.X, s.G, out=s.P)
        f = s.P.sum(1).mul_(0.5)
        reached = (f <= threshold) & (s.hit[s.index] < 0) & s.active
        if bool(reached.any()):
            s.hit[s.index[reached]] = t
        done = ~(f <= DIVERGED) & s.active
        if bool(done.any()):
            s.stop[s.index[done]] = t
            s.active &= ~done
            if compact:
                f = f[s.active]
                s.compact()
        if t == job.checkpoints[k]:
            kept[k, s.index] = torch.where(s.active, f, infinity)
            k += 1
        if t == job.T:
            break
        s.P.normal_(generator=random)
        s.G.add_(s.P, alpha=job.sigma)
        s.X.addcmul_(s.G, s.step_sizes(t), value=-1.0)
    return s.hit.numpy(), s.stop.numpy(), kept.view(CHECKPOINTS, -1, job.seeds).mean(2).T.numpy()


def train(job, k):
    """(hit, stop) of trajectory k with an optimiser."""
    spectrum, threshold, W = torch.from_numpy(job.spectrum), float(job.threshold), float(job.divisor[k])
    x = torch.full((job.d,), float(job.x0), requires_grad=True)
    optimiser = torch.optim.SGD([x], lr=float(job.eta[k]))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda t: min(1.0, (t + 1) / W))
    for t in range(job.T + 1):
        optimiser.zero_grad()
        f = 0.5 * (spectrum * x * x).sum() if job.quadratic else (torch.cosh(x) - 1).sum()
        value = f.item()
        if value <= threshold:
            return t, t
        if not value <= DIVERGED or t == job.T:
            return -1, t
        f.backward()
        optimiser.step()
        schedule.step()


def sample(job, reference, seconds):
    order, rows, answers = np.random.default_rng(2).permutation(job.count), [], []
    start, used = time.perf_counter(), time.process_time()
    while time.perf_counter() - start < seconds:
        rows.append(order[len(rows)])
        answers.append(train(job, rows[-1]))
    seconds, processor = time.perf_counter() - start, time.process_time() - used
    hit, stop = np.array(answers).T
    wrong = fault(job, (hit, stop, None), reference, rows)
    finish("torch optim", wrong, seconds, processor, int(stop.sum()) * job.d, sampled_trajectories=len(rows))


def main():
    name, variant, reference, seconds = sys.argv[1], sys.argv[2], load(sys.argv[3]), float(sys.argv[4])
    job = Job(name)
    if variant == "optim":
        return sample(job, reference, seconds)
    torch.set_grad_enabled(False)
    if variant.endswith("_ftz") and not torch.set_flush_denormal(True):
        sys.exit("with_torch.py: this processor cannot flush denormals")
    compact, scripted = variant.startswith("compact"), variant.startswith("jit")
    if scripted:  # the first calls compile
        for _ in range(3):
            (scripted_quadratic(torch.ones(2, job.d), torch.from_numpy(job.spectrum), torch.ones(2, 1)) if job.quadratic
             else scripted_cosh(torch.ones(2, job.d), torch.ones(2, 1)))

    def run():
        return noisy(job, compact) if job.kind == "sgd" else deterministic(job, compact, scripted)

    measure(f"torch {variant}", job, reference, run, seconds)


if __name__ == "__main__":
    main()
