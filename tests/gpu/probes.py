"""probes.py: the same functions in two libraries (host_probe.c, device_probe.cu) on the same arguments, compared bit for bit; NaNs are equal."""
import concurrent.futures
import ctypes
import os

import numpy as np

UNARY = ["exp", "expm1", "log", "log1p", "sinh", "cosh", "tanh", "sqrt"]
BINARY = ["pow", "add", "multiply", "divide", "fma", "contract"]
FAMILIES = {"f32": (np.float32, np.uint32), "f64": (np.float64, np.uint64)}
PIECE = 1 << 22


def pointer(array):
    return array.ctypes.data_as(ctypes.c_void_p)


def check_failure(library):
    if hasattr(library, "probe_failure"):
        library.probe_failure.restype = ctypes.c_char_p
        text = library.probe_failure().decode()
        if text:
            raise RuntimeError(f"the device failed: {text}")


def call(library, name, first, second):
    """(out, second as it was left)"""
    second, out = second.copy(), np.empty_like(first)
    getattr(library, f"probe_{name}")(pointer(first), pointer(second), pointer(out), ctypes.c_long(len(first)))
    check_failure(library)
    return out, second


def differences(a, b, bits):
    """Places where the bits differ and not both are NaN."""
    return np.nonzero((a.view(bits) != b.view(bits)) & ~(np.isnan(a) & np.isnan(b)))[0]


def special(kind):
    info = np.finfo(kind)
    values = [0, info.smallest_subnormal, info.tiny, info.eps, 0.5, 1, 1 + info.eps, 2, np.pi, 88.72, 88.73, 103.9, 709.78, 709.79, 745.1, info.max, np.inf, np.nan]
    return np.array([s * v for v in values for s in (1, -1)], dtype=kind)


def arguments(kind, bits, small, dense, dice):
    """Arrays that cover every binade: a fixed stride through the bit patterns, or all of them, and special values."""
    yield special(kind)
    width = 8 * np.dtype(bits).itemsize
    count = 1 << (16 if small else 32 if dense and width == 32 else 26)
    stride = (1 << width) // count
    for begin in range(0, count, PIECE):
        index = np.arange(begin, min(count, begin + PIECE), dtype=np.uint64)
        offset = dice.integers(0, stride, len(index), dtype=np.uint64) if stride > 1 else np.uint64(0)
        yield (index * np.uint64(stride) + offset).astype(bits).view(kind)


def compare_function(host, device, family, name, small, dense):
    """(name, compared, differing, an example)"""
    kind, bits = FAMILIES[family]
    dice = np.random.default_rng(7)
    compared, differing, example = 0, 0, ""
    for first in arguments(kind, bits, small, dense and name in UNARY, dice):
        second = dice.permutation(first) if name in BINARY else np.ones_like(first)
        a, b = call(host, f"{name}_{family}", first, second), call(device, f"{name}_{family}", first, second)
        for x, y in zip(a, b):  # sincos leaves the cosine in the second
            places = differences(x, y, bits)
            if len(places) and not example:
                p = places[0]
                example = f"{name}({float(first[p]).hex()}, {float(second[p]).hex()}): {float(x[p]).hex()} and {float(y[p]).hex()}"
            differing += len(places)
        compared += len(first)
    return f"{name} {'float32' if family == 'f32' else 'float64'}", compared, differing, example


def compare_math(host, device, small, dense):
    """(name, compared, differing, an example) of every function, several at once: the processor's side is the slow one."""
    every = [(family, name) for family in FAMILIES for name in UNARY + BINARY + ["sincos"]]
    with concurrent.futures.ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        yield from pool.map(lambda one: compare_function(host, device, *one, small, dense), every)


def compare_philox(host, device, small, dense):
    dice = np.random.default_rng(11)
    n = 1 << (12 if small else 20)
    rounds = 1 if small else 16
    for width in ("u32", "u64"):
        differing = 0
        for _ in range(rounds):
            seed = int(dice.integers(0, 1 << 63))
            counters = dice.integers(0, 1 << 32, (n, 4), dtype=np.uint64).astype(np.uint32)
            words = [np.empty_like(counters) for _ in range(2)]
            for library, out in zip((host, device), words):
                getattr(library, f"probe_philox_{width}")(ctypes.c_ulonglong(seed), pointer(counters), pointer(out), ctypes.c_long(n))
                check_failure(library)
            differing += int(np.any(words[0] != words[1], axis=1).sum())
        yield f"philox4x32-10 blocks ({width})", n * rounds, differing, "a block"
    for family, words_each in (("f32", 2), ("f64", 4)):
        kind, bits = FAMILIES[family]
        differing = 0
        for _ in range(rounds):
            words = dice.integers(0, 1 << 32, (n, words_each), dtype=np.uint64).astype(np.uint32)
            words[:4] = [[0] * words_each, [0xffffffff] * words_each, [0] + [0xffffffff] * (words_each - 1), [0xffffffff] + [0] * (words_each - 1)]
            normals = [np.empty((n, 2), dtype=kind) for _ in range(2)]
            for library, out in zip((host, device), normals):
                getattr(library, f"probe_gaussian_{family}")(pointer(words), pointer(out), ctypes.c_long(n))
                check_failure(library)
            differing += len(differences(normals[0].ravel(), normals[1].ravel(), bits))
        yield f"normals {'float32' if family == 'f32' else 'float64'}", 2 * n * rounds, differing, "a pair"


def facts(device):
    """What the device says of itself and does with the cases the bit contract is about."""
    if not hasattr(device, "probe_device"):
        return {"device": "the processor", "denormal float32 kept": True, "denormal float64 kept": True, "product and sum round twice": True}
    device.probe_device.restype = ctypes.c_char_p
    name = device.probe_device().decode()
    check_failure(device)
    out = np.zeros(6)
    device.probe_facts(pointer(out))
    check_failure(device)
    words = name.split("|")
    result = dict(zip(("name", "compute capability", "driver", "runtime", "multiprocessors", "memory"), words))
    result.update({"fma 2^-126 - 2^-152 flushed (ftz)": float(out[0]).hex(), "fma 2^-126 - 2^-152 kept": float(out[1]).hex(),
                   "denormal float32 kept": bool(out[2] == 2.0**-127), "denormal float64 kept": bool(out[3] == 2.0**-1023),
                   "bits of 0/0 (float32)": f"{int(out[4]):08x}", "product and sum round twice": bool(out[5] == 0)})
    return result
