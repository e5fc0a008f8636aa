"""machine.py: what a benchmark ran on: processor, compilers, versions, commit. Says nothing of whose machine it is."""
import importlib.metadata
import os
import platform
import shutil
import subprocess


def _first_line(*command):
    if shutil.which(command[0]) is None:
        return None
    lines = subprocess.run(command, capture_output=True, text=True).stdout.splitlines()
    return lines[0] if lines else None


def facts(program):
    lines = open("/proc/cpuinfo").read().splitlines() if os.path.exists("/proc/cpuinfo") else []
    found = {line.split(":")[0].strip(): line.split(":", 1)[1].strip() for line in reversed(lines) if ":" in line}
    flags = found.get("flags", "").split()
    vectors = "AVX-512" if "avx512f" in flags else "AVX2" if "avx2" in flags else "baseline"
    versions = {}
    for package in ("numpy", "torch", "jax", "numba"):
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            versions[package] = None
    commit = _first_line("git", "describe", "--always", "--dirty", "--exclude", "*")
    return {"processor": found.get("model name", platform.machine()),
            "family_and_model": f"{found.get('cpu family')}, {found.get('model')}", "vectors": vectors,
            "usable_cores": len(os.sched_getaffinity(0)), "gcc": _first_line("gcc", "--version"),
            "clang": _first_line("clang", "--version"), "python": platform.python_version(), "packages": versions,
            "warmsweep": _first_line(program, "--version"), "commit": commit}
