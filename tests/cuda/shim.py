"""shim.py: what the tests of the cuda kernel without a GPU share: a variant compiled twice, for the cpu and under the shim, and the
program that compares them (compare.c)."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import nvrtc

HERE = pathlib.Path(__file__).resolve().parent
_scratch = tempfile.TemporaryDirectory(prefix="warmsweep-shim-")
SCRATCH = pathlib.Path(_scratch.name)
CXX, CC = os.environ.get("CXX", "g++"), os.environ.get("CC", "gcc")
FLAGS = ["-march=native", "-ffp-contract=off", "-fno-math-errno", "-fPIC", "-shared", "-w"]
STATUS = ["reached", "budget", "diverged", "nonfinite", "stalled"]
FLAG = ["underflow", "unstable", "rebound"]


def missing():
    """A sentence when the shim cannot be built here."""
    for tool in (CXX, CC):
        if not shutil.which(tool):
            return f"no {tool}: the shim needs a C and a C++ compiler"
    if os.uname().machine != "x86_64":
        return "the shim switches stacks on x86-64 only"
    return None


def call(*command):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")


def compare_program():
    program = SCRATCH / "compare"
    if not program.exists():
        call(CC, "-O2", "-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE", "-iquote", nvrtc.SOURCE, "-iquote", HERE, HERE / "compare.c", "-o", program, "-ldl",
             "-lm")
    return program


def build_cuda(name, text, kernels=nvrtc.KERNELS):
    """The variant's text under the shim: a module for compare.c."""
    source, module = SCRATCH / f"{name}.cu", SCRATCH / f"{name}.cuda.so"
    source.write_text(text + '#include "entry_cuda.cu"\n')
    call(CXX, "-x", "c++", "-std=c++17", "-O0", *FLAGS, "-iquote", kernels, "-include", HERE / "shim.h", source, "-o", module)
    return module


def build_cpu(name, text):
    source, module = SCRATCH / f"{name}.c", SCRATCH / f"{name}.cpu.so"
    source.write_text(text + '#include "entry_cpu.c"\n')
    call(HERE.parent / "quick-cc", "-std=gnu11", *FLAGS, "-iquote", nvrtc.KERNELS, source, "-o", module)
    return module


def run(cpu, cuda, **options):
    """(exit status, counts of what was seen, text) of compare.c."""
    arguments = [f"{key}={','.join(map(str, value)) if isinstance(value, (list, tuple)) else value}" for key, value in options.items()]
    done = subprocess.run([compare_program(), cpu, cuda, *arguments], capture_output=True, text=True, timeout=300)
    counts = {name: int(number) for name, number in re.findall(r"([a-z]+) (\d+)", done.stdout.splitlines()[-1])} if done.stdout else {}
    segments = re.search(r"(\d+) segments", done.stdout)
    counts["segments"] = int(segments.group(1)) if segments else 0
    return done.returncode, counts, done.stdout + done.stderr
