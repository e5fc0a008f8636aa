"""jobs.py: the jobs that warmsweep and its peers are timed on, exactly, and what a right answer is.

x_{t+1} = x_t - s_t g(x_t), s_t = eta min(1, (t+1)/W) (W = 0: no warmup), state float32; f(x_t) is looked at for t = 0 ... T. A
trajectory hits at the first t with f <= threshold = eps f(x_0). It stops there (job D: never), when f > 1e12, and at T; `stop` is
the iteration where it stopped, thus the number of updates it needed; hit = -1 when it never hit. Trajectories are numbered
(eta index * number of W + W index) * seeds + seed.

  A  quadratic, d = 64, eigenvalues 1 ... 1/100 in equal ratios, x_0 = 1       B  the same, d = 4       C  the same, d = 1024
  D  A's quadratic, SGD, noise 0.01 on every coordinate of the gradient, own noise for every trajectory, 16 seeds a cell; also the
     mean of f over the seeds at 32 iterations
  E  sum of cosh(x_i) - 1, d = 64, x_0 = 6
  Qd the same as A in any dimension d (Q16), for rates against d

W are whole numbers (a warmup length is one in warmsweep): in equal ratios from 1 to 1000, rounded up to the next one not yet taken.
eta, from 0.001 to e in equal ratios, and the eigenvalues are float32 numbers, so that every tool starts from the same bits. (The last
eta is not round so that no step times an eigenvalue is exactly 1, from where rounding alone decides.)

Right is: A, B, C, Q the very table of hits that float64 gives, but within one iteration where f comes closer than 1e-4 to the
threshold in float64 (a few trajectories in a hundred); E within one iteration (cosh(x) - 1 loses digits where it is computed as written); the
iteration of a divergence within one; D the closed form of E f within its sampling error, and the mean hits of the float64 run.
"""
import json
import math
import pathlib
import resource
import sys
import time

import numpy as np

DIVERGED = 1e12
CHECKPOINTS = 32
_QUADRATIC = dict(kind="quadratic", d=64, cells=(64, 64), seeds=1, T=10000, eps=1e-6, x0=1.0, sigma=0.0)
JOBS = {
    "A": _QUADRATIC,
    "B": dict(_QUADRATIC, d=4),
    "C": dict(_QUADRATIC, d=1024, cells=(16, 16)),
    "D": dict(_QUADRATIC, kind="sgd", cells=(32, 32), seeds=16, T=2000, eps=1e-2, sigma=0.01),
    "E": dict(_QUADRATIC, kind="cosh", T=2000, x0=6.0),
}


def ratios(low, high, count):
    return np.array([low * math.exp(i / max(count - 1, 1) * math.log(high / low)) for i in range(count)])


def warmups(count):
    """0 and count - 1 different whole numbers from 1 to about 1000, in ratios as equal as that allows."""
    result = [0]
    for wanted in ratios(1, 1000, count - 1):
        result.append(max(round(wanted), result[-1] + 1))
    return np.array(result)


def parameters(name):
    """Of a named job; "Q16" is the quadratic in 16 dimensions on a grid of up to 1e10 updates, "D:256" is D on 256 x 256 cells."""
    if name.startswith("Q"):
        d = int(name[1:])
        side = 2 ** round(math.log2(math.sqrt(1e10 / (6000 * d))))
        return dict(_QUADRATIC, d=d, cells=(min(max(side, 8), 256),) * 2)
    base, _, side = name.partition(":")
    return dict(JOBS[base], cells=(int(side),) * 2) if side else dict(JOBS[base])


class Job:
    """The numbers of a job; eta and W have an entry a trajectory, float32; `divisor` is W with 1 for 0 (the same schedule)."""

    def __init__(self, name):
        self.name = name
        self.__dict__.update(parameters(name))
        d = self.d
        self.spectrum = np.array([math.exp(-i / max(d - 1, 1) * math.log(100)) for i in range(d)]).astype(np.float32)
        self.eta_axis = ratios(1e-3, math.e, self.cells[0]).astype(np.float32)
        self.W_axis = warmups(self.cells[1])
        eta, W = np.meshgrid(self.eta_axis, self.W_axis.astype(np.float32), indexing="ij")
        self.eta, self.W = np.repeat(eta.ravel(), self.seeds), np.repeat(W.ravel(), self.seeds)
        self.divisor = np.where(self.W == 0, np.float32(1), self.W)
        self.count = self.eta.size
        self.quadratic = self.kind != "cosh"
        self.start_gap = (0.5 * float(self.spectrum.astype(np.float64).sum()) * self.x0**2 if self.quadratic
                          else d * (math.cosh(self.x0) - 1))
        self.threshold = np.float32(self.eps * self.start_gap)
        checkpoints = []
        for k in range(CHECKPOINTS):
            wanted = round(math.exp(k / (CHECKPOINTS - 1) * math.log(self.T)))
            checkpoints.append(wanted if not checkpoints else max(wanted, checkpoints[-1] + 1))
        self.checkpoints = np.array(checkpoints)

    def sweep(self):
        """The job as a sweep file of warmsweep."""
        objective = {"kind": "quadratic" if self.quadratic else "cosh", "dimension": self.d}
        if self.quadratic:
            objective["spectrum"] = {"law": "explicit", "values": [float(a) for a in self.spectrum]}
        result = {
            "title": f"Job {self.name} of bench/peers", "precision": "float32", "objective": objective,
            "start": {"kind": "explicit", "values": [self.x0] * self.d}, "method": {"kind": "gd"},
            "schedule": {"peak": [float(eta) for eta in self.eta_axis],
                         "warmup": {"kind": "linear", "steps": [int(W) for W in self.W_axis], "convention": "(t+1)/W"}},
            "stop": {"steps": self.T, "gap": [float(self.threshold)], "diverged": DIVERGED / max(self.start_gap, 1.0)},
        }
        if self.kind == "sgd":
            result.update(method={"kind": "sgd"}, noise={"kind": "gaussian", "sigma": self.sigma, "common": False},
                          replicates=self.seeds, seed=1, record={"gap_at": [int(t) for t in self.checkpoints]})
            result["stop"]["run_on"] = "budget"
        return result

    def write_text(self, file):
        """For programs in C: kind, numbers, spectrum, eta axis, W axis, checkpoints; floats read back exactly."""
        kinds = {"quadratic": 0, "cosh": 1, "sgd": 2}
        lines = [f"{kinds[self.kind]} {self.d} {self.cells[0]} {self.cells[1]} {self.seeds} {self.T}",
                 f"{float(self.threshold)!r} {self.x0!r} {self.sigma!r}"]
        for array in (self.spectrum, self.eta_axis, self.W_axis, self.checkpoints):
            lines.append(" ".join(repr(float(value)) if array.dtype == np.float32 else str(value) for value in array))
        pathlib.Path(file).write_text("\n".join(lines) + "\n")

    def expected_f(self):
        """Exact E f at the checkpoints of job D, cells x checkpoints, float64: E x_i^2 obeys a linear recursion."""
        eta, W = np.repeat(self.eta_axis.astype(float), self.cells[1]), np.tile(self.W_axis.astype(float), self.cells[0])
        spectrum, square = self.spectrum.astype(float), np.full((eta.size, self.d), self.x0**2)
        result = np.full((eta.size, CHECKPOINTS), np.inf)
        with np.errstate(all="ignore"):
            for t in range(self.T + 1):
                for k in np.flatnonzero(self.checkpoints == t):
                    result[:, k] = 0.5 * square @ spectrum
                step = (eta * np.minimum(1, (t + 1) / np.maximum(W, 1)))[:, None]
                square = (1 - step * spectrum) ** 2 * square + (step * self.sigma) ** 2
        return result


def load(stem):
    """(hit, stop, mean f, margin) as plain.c wrote them beside each other; None for those that it did not write."""
    def column(end, kind):
        file = pathlib.Path(f"{stem}.{end}")
        return np.fromfile(file, kind) if file.exists() else None

    hit, stop, f, margin = column("hit", np.int32), column("stop", np.int32), column("f", np.float32), column("margin", np.float32)
    return hit, stop, None if f is None else f.reshape(-1, CHECKPOINTS), margin


def differing(job, answer, reference, rows=None):
    """Of deterministic jobs: which outcomes are not those of the reference. rows: the trajectories that the answer covers."""
    chosen = slice(None) if rows is None else rows
    hit, stop = (np.asarray(a, np.int64) for a in answer[:2])
    wanted_hit, wanted_stop = (a[chosen].astype(np.int64) for a in reference[:2])
    mine, theirs = (np.where((h < 0) & (s == job.T), job.T + 1, h) for h, s in ((hit, stop), (wanted_hit, wanted_stop)))
    allowed = (reference[3][chosen] < 1e-4) if job.quadratic else 1
    return (np.abs(mine - theirs) > allowed) | (np.abs(stop - wanted_stop) > 1)


def fault(job, answer, reference, rows=None, flagged=None):
    """None when the answer (hit, stop, mean f) is right, else what is wrong with it. rows: the trajectories it covers. flagged: which
    outcomes of warmsweep carry the flag underflow; up to 1 % may differ and be flagged: a mode that a warmup shrinks by 2^60 does not
    grow back under its tiny-value rule, and the flag says so."""
    hit, stop, chosen = *(np.asarray(a, np.int64) for a in answer[:2]), slice(None) if rows is None else rows
    wanted_hit, wanted_stop = (a[chosen] for a in reference[:2])
    if hit.shape != wanted_hit.shape:
        return f"{hit.size} outcomes instead of {wanted_hit.size}"
    if job.kind != "sgd":
        bad = differing(job, answer, reference, rows)
        if flagged is not None and (bad & flagged).sum() <= 0.01 * bad.size:
            bad &= ~flagged
        if bad.any():
            k = np.flatnonzero(bad)[0]
            return (f"{int(bad.sum())} of {bad.size} outcomes differ, the first at eta = {job.eta[chosen][k]:g}, "
                    f"W = {job.W[chosen][k]:g}: hit {hit[k]}, stop {stop[k]} instead of {wanted_hit[k]}, {wanted_stop[k]}")
        return None
    if rows is not None:
        return None if (np.abs(stop - wanted_stop) <= 50).all() else "a trajectory stopped elsewhere"
    exact, f = job.expected_f(), np.asarray(answer[2], float)
    calm = (np.repeat(job.eta_axis, job.cells[1]) < 1.9)[:, None] & np.isfinite(exact)
    if not np.isfinite(f[calm]).all():
        return "mean f is not finite where E f is"
    error = f[calm] / exact[calm] - 1
    # 16 seeds of a sum of many squares: relative deviations of 1e-2, their mean over 32 000 numbers a few 1e-4
    if abs(error.mean()) > 2e-3 or not 0 < np.sqrt((error**2).mean()) < 0.03:
        return f"mean f against its closed form: mean error {error.mean():.2g}, rms {np.sqrt((error ** 2).mean()):.2g}"
    mine, theirs = (np.where(a >= 0, a, np.nan).reshape(-1, job.seeds).mean(1) for a in (hit, wanted_hit))
    both = np.isfinite(mine) & np.isfinite(theirs)
    if both.sum() < 0.95 * np.isfinite(theirs).sum() or abs((mine - theirs)[both].mean()) > 0.2:
        return f"mean hitting iterations differ by {np.nanmean(mine - theirs):.2g} from those of float64"
    return None


def measure(tool, job, reference, run, seconds, **facts):
    """Runs, verifies, times; run() gives the answer. More runs within `seconds`, at most five; the best counts. Prints JSON."""
    times, processor, total = [], [], 0.0
    while not times or (total < seconds and len(times) < 5):
        start, used = time.perf_counter(), time.process_time()
        answer = run()
        times.append(time.perf_counter() - start)
        processor.append(time.process_time() - used)
        total += times[-1]
        wrong = fault(job, answer, reference)
        if wrong:
            break
    finish(tool, wrong, min(times), min(processor), int(np.asarray(answer[1], np.int64).sum()) * job.d, runs=len(times), **facts)


def finish(tool, wrong, seconds, processor, updates, **facts):
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    result = {"tool": tool, "wrong": wrong} if wrong else {"tool": tool, "seconds": seconds, "processor_seconds": processor,
                                                           "updates": updates, "memory_MB": round(memory, 1)}
    print(json.dumps(result | facts), flush=True)


if __name__ == "__main__":  # jobs.py JOB: its sweep file
    print(json.dumps(Job(sys.argv[1]).sweep(), indent=1))
