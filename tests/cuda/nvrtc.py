"""nvrtc.py: what the CUDA tests share: the text of a variant, and NVRTC, which compiles it without a GPU and without headers."""
import ctypes
import ctypes.util
import glob
import os
import pathlib

SOURCE = pathlib.Path(os.environ.get("WARMSWEEP_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
KERNELS = SOURCE / "kernels"
OPTIONS = ["--std=c++17", "-fmad=false", "-ftz=false", "-prec-div=true", "-prec-sqrt=true"]  # WS_CUDA_OPTIONS of record_cuda.h


def lanes(d):
    """L(d) of docs/bits.md."""
    if d < 8:
        return 1
    wanted, result = (d // 4 if d < 2048 else d // 32), 1
    while 2 * result <= wanted and (d >= 2048 or result < 32):
        result *= 2
    return result


def defines(d, precision=32, objective="quadratic", noise="none", method="gradient_descent", schedule=("linear", "constant"),
            weights=0, **more):
    """The #define lines of a variant, as src/plan/variant.c writes them."""
    lines = [f"WS_PRECISION {precision}", f"WS_DIM {d}", f"WS_L {lanes(d)}", f'WS_OBJECTIVE "objective/{objective}.h"',
             f'WS_METHOD "method/{method}.h"', f'WS_NOISE "noise/{noise}.h"', f"WS_NOISE_WEIGHTS {weights}"]
    if schedule[0] == "feedback":
        lines.append(f'WS_FEEDBACK "feedback/{schedule[1]}.h"')
        schedule = ("linear", "constant")  # read by the rules that scale a ramp
    if schedule[0] == "open_loop":
        lines.append(f'WS_OPEN_LOOP "open_loop/{schedule[1]}.h"')
    else:
        lines += [f'WS_WARMUP "warmup/{schedule[0]}.h"', f'WS_DECAY "decay/{schedule[1]}.h"', "WS_WARMUP_CONVENTION 1"]
    lines += [f"{name} {value}" for name, value in more.items()]
    return "".join(f"#define {line}\n" for line in lines)


class Nvrtc:
    """None of the functions is called where `find` gives None: no toolkit."""

    def __init__(self, library):
        self.library = library
        files = sorted([*KERNELS.rglob("*.h"), *KERNELS.rglob("*.cu")])
        self.names = [str(p.relative_to(KERNELS)).encode() for p in files]
        self.texts = [p.read_bytes() for p in files]

    @staticmethod
    def find():
        found = ctypes.util.find_library("nvrtc")
        places = glob.glob("/usr/local/cuda*/lib64/libnvrtc.so*") + glob.glob("/usr/lib/*/libnvrtc.so*")
        for name in ([found] if found else []) + sorted(places):
            try:
                return Nvrtc(ctypes.CDLL(name))
            except OSError:
                continue
        return None

    def targets(self):
        """Numbers of the architectures that this NVRTC compiles for: 80, 90, ..."""
        count = ctypes.c_int()
        self.library.nvrtcGetNumSupportedArchs(ctypes.byref(count))
        result = (ctypes.c_int * count.value)()
        self.library.nvrtcGetSupportedArchs(result)
        return sorted(result)

    def compile(self, text, target=90, options=OPTIONS):
        """(cubin or None, log)."""
        n = self.library
        handle, size = ctypes.c_void_p(), ctypes.c_size_t()
        array = ctypes.c_char_p * len(self.names)
        assert n.nvrtcCreateProgram(ctypes.byref(handle), text.encode(), b"variant.cu", len(self.names), array(*self.texts),
                                    array(*self.names)) == 0
        options = [o.encode() for o in [f"-arch=sm_{target}", *options]]
        failed = n.nvrtcCompileProgram(handle, len(options), (ctypes.c_char_p * len(options))(*options))
        n.nvrtcGetProgramLogSize(handle, ctypes.byref(size))
        log = ctypes.create_string_buffer(size.value)
        n.nvrtcGetProgramLog(handle, log)
        cubin = None
        if not failed:
            n.nvrtcGetCUBINSize(handle, ctypes.byref(size))
            memory = ctypes.create_string_buffer(size.value)
            n.nvrtcGetCUBIN(handle, memory)
            cubin = memory.raw
        n.nvrtcDestroyProgram(ctypes.byref(handle))
        return cubin, log.value.decode()
