"""test_cuda_compiles.py: NVRTC compiles the mathematics of every catalogue entry for the GPU, from strings alone.

Needs libnvrtc (the CUDA toolkit), no GPU and no headers; says that it is skipped where the library is not installed. The text handed
over is trajectory.h and observe.h behind target_cuda.h, with a kernel that uses them, so that everything is instantiated.
"""
import ctypes
import ctypes.util
import glob
import itertools
import os
import pathlib
import unittest

KERNELS = pathlib.Path(os.environ.get("WARMSWEEP_SOURCE", pathlib.Path(__file__).resolve().parents[2])) / "kernels"
OPTIONS = ["-arch=sm_90", "-fmad=false", "-ftz=false", "-prec-div=true", "-prec-sqrt=true", "--std=c++17"]

KERNEL = """
#define WS_GROUPS 1
#define WS_SLOTS_WANTED 8
#include "target_cuda.h"
#include "trajectory.h"
#include "observe.h"
extern "C" __global__ void one_batch(real *x, const coefficients *c, lane_values *v, const random_key *key, const real *weights,
                                     const real *eta, real *out, observer *o, const ws_kernel_run *run)
{
    mask flushed = LT(R(0.0f), R(0.0f));
    int hits;
    real noise[NOISE_SPAN * WS_K];
    sums s = no_sums();
    draw_noise(key, v, weights, 0, noise);
    for (int k = 0; k < WS_K; k++) {
        x[k] = flush_tiny(x[k], &flushed);
        accumulate(c[k], v->k, x[k], &s);
        x[k] = step_slot(k == WS_K - 1, c[k], v, x[k], s, eta[0], NOISE_NONE ? R(0.0f) : noise[k]);
    }
    out[0] = gap(v->k, s);
#if WS_SEES
    survey looked = no_survey();
    for (int k = 0; k < WS_K; k++) survey_slot(k == WS_K - 1, c[k], v, x[k], s, 1, NOISE_NONE ? R(0.0f) : noise[k], &looked);
    out[3] = looked.sum[0] + looked.sum[1] + looked.curvature;
#endif
    if (observer_see(o, run, 0, (double)out[0], &hits) || observer_finish(o, run, 0, (double)out[0])) out[0] = R(1.0f);
    double p[WS_SCHEDULE_PARAMETERS + 1];
    schedule_parameters(o->job.cell, p);
#ifdef WS_FEEDBACK
    seen at = {1.0, 2.0, 3.0, 4.0};
    out[1] = (real)schedule_feedback(0.5, at, p);
#else
    out[1] = (real)schedule_step_size(1.0, p);
#endif
    if (flushed) out[2] = R(2.0f);
}
"""


def library():
    names = glob.glob("/usr/local/cuda*/lib64/libnvrtc.so*") + glob.glob("/usr/lib/*/libnvrtc.so*")
    found = ctypes.util.find_library("nvrtc")
    for name in ([found] if found else []) + sorted(names):
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    return None


def compile_text(nvrtc, text):
    """Returns (ok, log)."""
    files = [p for p in sorted(KERNELS.rglob("*.h"))]
    names = [str(p.relative_to(KERNELS)).encode() for p in files]
    texts = [p.read_bytes() for p in files]
    handle = ctypes.c_void_p()
    array = ctypes.c_char_p * len(files)
    assert nvrtc.nvrtcCreateProgram(ctypes.byref(handle), text.encode(), b"variant.cu", len(files), array(*texts), array(*names)) == 0
    options = [o.encode() for o in OPTIONS]
    result = nvrtc.nvrtcCompileProgram(handle, len(options), (ctypes.c_char_p * len(options))(*options))
    size = ctypes.c_size_t()
    nvrtc.nvrtcGetProgramLogSize(handle, ctypes.byref(size))
    log = ctypes.create_string_buffer(size.value)
    nvrtc.nvrtcGetProgramLog(handle, log)
    nvrtc.nvrtcDestroyProgram(ctypes.byref(handle))
    return result == 0, log.value.decode()


def variant(precision, objective, noise, schedule, d=40, L=8):
    lines = [f"#define WS_PRECISION {precision}", f"#define WS_DIM {d}", f"#define WS_L {L}",
             f'#define WS_OBJECTIVE "objective/{objective}.h"', '#define WS_METHOD "method/gradient_descent.h"',
             f'#define WS_NOISE "noise/{noise}.h"', "#define WS_NOISE_WEIGHTS 1", "#define OBJECTIVE_P 3.5", "#define OBJECTIVE_P_INTEGER 0",
             "#define OBJECTIVE_ROWS 2", f"#define OBJECTIVE_DATA {', '.join(['0x1.8p-1'] * 2 * d)}",
             "#define NOISE_NU 2.5", "#define NOISE_ALPHA 1.5", "#define NOISE_LAW 0", "#define NOISE_SHARED 1", "#define DECAY_SHAPE 2",
             "#define DECAY_TABLE_POINTS 2", "#define DECAY_TABLE 0, 1, 10, 0.5"]
    if schedule[0] == "feedback":
        lines.append(f'#define WS_FEEDBACK "feedback/{schedule[1]}.h"')
        schedule = ("linear", "constant")
    if schedule[0] == "open_loop":
        lines.append(f'#define WS_OPEN_LOOP "open_loop/{schedule[1]}.h"')
    else:
        lines += [f'#define WS_WARMUP "warmup/{schedule[0]}.h"', f'#define WS_DECAY "decay/{schedule[1]}.h"',
                  "#define WS_WARMUP_CONVENTION 1"]
    return "\n".join(lines) + KERNEL


SMALL = {"chain": 6, "rosenbrock": 2, "least_squares": 6, "logistic": 6, "exponential_loss": 6}  # objectives of few coordinates


def kinds(folder):
    return sorted(p.stem for p in (KERNELS / folder).glob("*.h"))


class Compiles(unittest.TestCase):
    def setUp(self):
        self.nvrtc = library()
        if self.nvrtc is None:
            self.skipTest("libnvrtc is not installed")

    def check(self, *arguments, **more):
        ok, log = compile_text(self.nvrtc, variant(*arguments, **more))
        self.assertTrue(ok, f"{arguments}\n{log}")

    def test_objectives(self):
        for objective, precision in itertools.product(kinds("objective"), (32, 64)):
            with self.subTest(objective=objective, precision=precision):
                d = SMALL.get(objective, 40)
                self.check(precision, objective, "none", ("linear", "constant"), d=d, L=8 if d == 40 else 1)

    def test_noises(self):
        for noise, precision, (d, L) in itertools.product(kinds("noise"), (32, 64), [(1, 1), (40, 8), (33, 16)]):
            with self.subTest(noise=noise, precision=precision, d=d):
                self.check(precision, "quadratic", noise, ("linear", "constant"), d=d, L=L)

    def test_schedules(self):
        for warmup, decay in [(warmup, "constant") for warmup in kinds("warmup")] + [("linear", decay) for decay in kinds("decay")]:
            with self.subTest(warmup=warmup, decay=decay):
                self.check(64, "quadratic", "none", (warmup, decay))
        for feedback in kinds("feedback"):
            with self.subTest(feedback=feedback):
                self.check(32, "cosh", "gaussian", ("feedback", feedback))
                self.check(64, "radial_cosh", "abc", ("feedback", feedback))
        for open_loop in kinds("open_loop"):
            with self.subTest(open_loop=open_loop):
                self.check(64, "power", "none", ("open_loop", open_loop))

    def test_a_wrong_text_is_refused(self):
        ok, log = compile_text(self.nvrtc, "this is not C")
        self.assertFalse(ok)
        self.assertIn("error", log)


if __name__ == "__main__":
    unittest.main()
