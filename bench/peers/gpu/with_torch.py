"""with_torch.py JOB VARIANT REFERENCE SECONDS: the jobs in PyTorch on the GPU (DEVICE=cpu: there), all trajectories as one tensor, no gradients
recorded.

eager     masked steps; every 50 iterations the host asks whether any is left      compact   and finished rows are dropped
graph     100 masked steps as one CUDA graph, replayed (not on the cpu)
"""
import os
import pathlib
import sys

import numpy as np
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from jobs import CHECKPOINTS, DIVERGED, Job, load, measure

DEVICE = os.environ.get("DEVICE", "cuda")
torch.set_grad_enabled(False)


class State:
    """Everything of the batch, updated in place without asking the device anything: also what a CUDA graph records."""

    def __init__(self, job):
        self.job = job
        self.eta, self.W, self.spectrum = (torch.from_numpy(np.ascontiguousarray(a)).to(DEVICE) for a in (job.eta, job.divisor, job.spectrum))
        self.X = torch.empty((job.count, job.d), device=DEVICE)
        self.G, self.P = torch.empty_like(self.X), torch.empty_like(self.X)
        self.hit, self.stop = (torch.empty(job.count, dtype=torch.int32, device=DEVICE) for _ in range(2))
        self.active = torch.empty(job.count, dtype=torch.bool, device=DEVICE)
        self.t = torch.zeros((), dtype=torch.int32, device=DEVICE)
        self.reset()

    def reset(self):
        self.X.fill_(self.job.x0)
        self.hit.fill_(-1)
        self.stop.fill_(self.job.T)
        self.active.fill_(True)
        self.t.zero_()

    def look(self):
        if self.job.quadratic:
            torch.mul(self.X, self.spectrum, out=self.G)
            torch.mul(self.X, self.G, out=self.P)
            return self.P.sum(1) * 0.5
        torch.cosh(self.X, out=self.P)
        torch.sinh(self.X, out=self.G)
        return (self.P - 1).sum(1)

    def step(self):
        f, live = self.look(), self.active & (self.t <= self.job.T)
        reached = (f <= float(self.job.threshold)) & live
        done = (reached | ~(f <= DIVERGED)) & live
        self.hit.copy_(torch.where(reached, self.t, self.hit))
        self.stop.copy_(torch.where(done, self.t, self.stop))
        self.active.logical_and_(~done)
        size = torch.where(self.active, self.eta * torch.clamp((self.t + 1) / self.W, max=1.0), torch.zeros_like(self.eta))
        self.X.addcmul_(self.G, size[:, None], value=-1.0)
        self.t.add_(1)

    def answer(self):
        return self.hit.cpu().numpy(), self.stop.cpu().numpy(), None


def eager(job, every=50):
    def run():
        state = State(job)
        for t in range(job.T + 1):
            state.step()
            if t % every == every - 1 and not bool(state.active.any()):
                break
        return state.answer()

    return run


def compact(job, every=50):
    def run():
        state = State(job)
        hits, stops, index = state.hit.clone(), state.stop.clone(), torch.arange(job.count, device=DEVICE)
        for t in range(job.T + 1):
            state.step()
            if t % every == every - 1 or t == job.T:
                left = int(state.active.sum())
                if left < 0.8 * index.numel() or t == job.T:
                    hits[index], stops[index] = state.hit, state.stop
                    k = state.active.nonzero()[:, 0]
                    index = index[k]
                    for name in ("X", "eta", "W", "hit", "stop", "active"):
                        setattr(state, name, getattr(state, name)[k])
                    state.G, state.P = torch.empty_like(state.X), torch.empty_like(state.X)
                if left == 0:
                    break
        return hits.cpu().numpy(), stops.cpu().numpy(), None

    return run


def graph(job, steps=100):
    state, side = State(job), torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            state.step()
    torch.cuda.current_stream().wait_stream(side)
    recorded = torch.cuda.CUDAGraph()
    with torch.cuda.graph(recorded):
        for _ in range(steps):
            state.step()

    def run():
        state.reset()
        for _ in range(0, job.T + 1, steps):
            recorded.replay()
            if not bool(state.active.any()):
                break
        return state.answer()

    return run


def noisy(job):
    """Job D: no trajectory stops at its hit; f at the checkpoints."""

    def run():
        state = State(job)
        f_at = torch.full((CHECKPOINTS, job.count), torch.inf, device=DEVICE)
        rows = {int(t): k for k, t in enumerate(job.checkpoints)}
        generator = torch.Generator(device=DEVICE).manual_seed(1)
        never = torch.full((job.count,), torch.inf, device=DEVICE)
        for t in range(job.T + 1):
            f, now = state.look(), state.t.fill_(t)
            state.hit = torch.where((f <= float(job.threshold)) & (state.hit < 0) & state.active, now, state.hit)
            wild = ~(f <= DIVERGED) & state.active
            state.stop = torch.where(wild, now, state.stop)
            state.active = state.active & ~wild
            if t in rows:
                f_at[rows[t]] = torch.where(state.active, f, never)
            size = torch.where(state.active, state.eta * torch.clamp(float(t + 1) / state.W, max=1.0), torch.zeros_like(state.eta))
            state.P.normal_(generator=generator)
            state.G.add_(state.P, alpha=job.sigma)
            state.X.addcmul_(state.G, size[:, None], value=-1.0)
        mean = f_at.view(CHECKPOINTS, -1, job.seeds).mean(2).T.cpu().numpy()
        return state.hit.cpu().numpy(), state.stop.cpu().numpy(), mean

    return run


def main():
    job, variant, reference, seconds = Job(sys.argv[1]), sys.argv[2], load(sys.argv[3]), float(sys.argv[4])
    form = noisy if job.kind == "sgd" else {"eager": eager, "compact": compact, "graph": graph}[variant]
    run = form(job)
    run()
    measure(f"torch {variant}", job, reference, run, seconds)


if __name__ == "__main__":
    main()
