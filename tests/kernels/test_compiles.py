"""test_compiles.py: kernels compile for every instruction set, whatever machine this is: words of target_c.h that only another processor or another
compiler reads are else first met by who has them. Nothing is run."""
import concurrent.futures
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1]), str(pathlib.Path(__file__).resolve().parents[1] / "cuda")]
import harness
import nvrtc  # the text of a variant

SETS = ["x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4", "znver3", "skylake-avx512"]
BYTES = [16, 32, 64]  # chosen whatever the set
VARIANTS = [(1, 32, {"noise": "gaussian"}), (64, 32, {}), (300, 64, {}), (64, 64, {"noise": "student", "NOISE_NU": "3.0"}), (40, 32, {"objective": "cosh"}), (64, 64, {"objective": "radial_cosh"})]
FLAGS = ["-std=gnu11", "-O0", "-DWS_CALLS", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-w", "-Wno-psabi"]


@unittest.skipUnless(platform.machine() in ("x86_64", "AMD64"), "other instruction sets than x86's have no words of their own")
class Compiles(unittest.TestCase):
    def test_every_set(self):
        compilers = [c for c in ("gcc", "clang") if shutil.which(c)]
        self.assertTrue(compilers, "neither gcc nor clang is here")
        jobs = [(c, ["-march=" + march], v) for c in compilers for march in SETS for v in VARIANTS]
        jobs += [(c, ["-march=x86-64-v4", f"-DWS_VECTOR_BYTES={size}"], v) for c in compilers for size in BYTES for v in VARIANTS]
        if not os.environ.get("WARMSWEEP_LONG"):  # each set and size with a third of the variants, each variant with a third of the sets and sizes
            jobs = [job for n, job in enumerate(jobs) if (n // len(VARIANTS) + n) % 3 == 0]
        with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            def compile_(numbered):
                n, (compiler, flags, (d, precision, more)) = numbered
                source = pathlib.Path(folder) / f"{n}.c"
                source.write_text(nvrtc.defines(d, precision=precision, WS_COMPENSATED=0, **more) + '#include "entry_cpu.c"\n')
                done = subprocess.run([compiler, *FLAGS, *flags, "-iquote", harness.SOURCE / "kernels", "-S", source, "-o", "/dev/null"], capture_output=True, text=True)
                return done.returncode, done.stderr[:2000]
            for job, (code, message) in zip(jobs, pool.map(compile_, enumerate(jobs))):
                with self.subTest(compiler=job[0], flags=job[1], variant=job[2]):
                    self.assertEqual(code, 0, message)


if __name__ == "__main__":
    unittest.main()
