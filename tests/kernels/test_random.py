"""test_random.py: Philox against published answers and other implementations, normals against mpmath and against the distribution, and
where in the stream each coordinate's noise stands, against a plain Philox in Python written from the papers and the headers' comments."""
import ctypes
import math
import os
import pathlib
import platform
import shutil
import subprocess
import tempfile
import unittest

import mpmath as mp
import numpy as np
import scipy.stats

mp.mp.dps = 40
HERE = pathlib.Path(__file__).resolve().parent
KERNELS = pathlib.Path(os.environ.get("WARMSWEEP_SOURCE", HERE.parents[1])) / "kernels"
FLAGS = ["-std=gnu11", "-O2", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-fPIC", "-shared", "-Wno-psabi"]
CUDA = pathlib.Path(os.environ.get("CUDA_HOME", "/usr/local/cuda")) / "include/curand_philox4x32_x.h"
RANDOM123 = pathlib.Path("/usr/include/Random123/philox.h")
MASK = 0xFFFFFFFF

# Salmon, Moraes, Dror, Shaw 2011; kat_vectors of Random123: counter, key, words
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((MASK,) * 4, (MASK, MASK), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    ((0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0), (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1)),
]

_folder = tempfile.TemporaryDirectory()
FOLDER = pathlib.Path(_folder.name)


def philox(counter, key):
    """Plain Philox4x32-10."""
    c, k = list(counter), list(key)
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k[0], p1 & MASK, (p0 >> 32) ^ c[3] ^ k[1], p0 & MASK]
        k = [(k[0] + 0x9E3779B9) & MASK, (k[1] + 0xBB67AE85) & MASK]
    return c


def build(name, *flags, compiler=None, source=HERE / "random_probe.c"):
    library = FOLDER / f"{name}.so"
    if not library.exists():
        subprocess.run([compiler or os.environ.get("CC", "cc"), *FLAGS, *flags, f"-I{KERNELS}", str(source), "-o", str(library), "-lm"], check=True)
    return ctypes.CDLL(str(library))


def pointer(array):
    return array.ctypes.data_as(ctypes.c_void_p)


def words_of(library, family, seed, counters):
    counters = np.ascontiguousarray(counters, np.uint32)
    out = np.zeros_like(counters)
    getattr(library, f"probe_philox_{family}")(ctypes.c_ulonglong(seed), pointer(counters), pointer(out), ctypes.c_long(len(counters)))
    return out


def normals_of(library, family, words):
    width = 2 if family == "f32" else 4
    words = np.ascontiguousarray(words, np.uint32).reshape(-1, width)
    out = np.zeros((len(words), 2), np.float32 if family == "f32" else np.float64)
    getattr(library, f"probe_gaussian_{family}")(pointer(words), pointer(out), ctypes.c_long(len(words)))
    return out


def noise_of(kind, precision, d, lanes, seed, replicate, low, high, first, iterations, *flags):
    """Compiled without optimisation, in a quarter of the time, unless a flag says otherwise."""
    library = build(f"noise-{kind}-{precision}-{d}-{lanes}{''.join(flags).replace('=', '-')}", "-O0", f"-DWS_PRECISION={precision}", f"-DWS_DIM={d}", f"-DWS_L={lanes}",
                    f'-DWS_NOISE="noise/{kind}.h"', *flags)
    out = np.zeros((iterations, d))
    library.probe_noise(ctypes.c_ulonglong(seed), ctypes.c_uint(replicate), ctypes.c_uint(low), ctypes.c_uint(high), ctypes.c_uint(first),
                        ctypes.c_int(iterations), pointer(out))
    return out


def lanes_of(d):
    if d < 8:
        return 1
    return 2 ** int(math.log2(d // 4)) if d < 128 else 32


class Philox(unittest.TestCase):
    def test_known_answers(self):
        for counter, key, words in KNOWN:
            self.assertEqual(tuple(philox(counter, key)), words)
            for family in ("u32", "u64"):
                got = words_of(build("plain"), family, key[0] | key[1] << 32, [counter])
                self.assertEqual(tuple(int(w) for w in got[0]), words)

    def other(self, name, source):
        file = FOLDER / f"{name}.c"
        file.write_text(source)
        library = build(name, source=file)
        rng = np.random.default_rng(1)
        for _ in range(20):
            seed = int(rng.integers(0, 2**64, dtype=np.uint64))
            counters = rng.integers(0, 2**32, (1000, 4), dtype=np.uint64).astype(np.uint32)
            want = np.zeros_like(counters)
            library.other(ctypes.c_ulonglong(seed), pointer(counters), pointer(want), ctypes.c_long(1000))
            for family in ("u32", "u64"):
                self.assertTrue((words_of(build("plain"), family, seed, counters) == want).all())

    @unittest.skipUnless(RANDOM123.exists(), "Random123 is not installed (librandom123-dev)")
    def test_random123(self):
        self.other("random123", """
            #include <Random123/philox.h>
            void other(unsigned long long seed, const unsigned *in, unsigned *out, long n)
            {
                for (long i = 0; i < n; i++) {
                    philox4x32_ctr_t c = {{in[4 * i], in[4 * i + 1], in[4 * i + 2], in[4 * i + 3]}};
                    philox4x32_key_t k = {{(unsigned)seed, (unsigned)(seed >> 32)}};
                    philox4x32_ctr_t r = philox4x32(c, k);
                    for (int j = 0; j < 4; j++) out[4 * i + j] = r.v[j];
                }
            }""")

    @unittest.skipUnless(CUDA.exists(), "the CUDA toolkit is not installed")
    def test_curand(self):
        self.other("curand", f"""
            typedef struct {{ unsigned x, y, z, w; }} uint4;
            typedef struct {{ unsigned x, y; }} uint2;
            #define QUALIFIERS static inline __attribute__((unused))
            #define __device__
            #define __forceinline__ inline
            #define __host__
            #define __align__(n)
            /* the header's C++ overloads are not of interest: only the block function is read */
            {self.curand_block()}
            void other(unsigned long long seed, const unsigned *in, unsigned *out, long n)
            {{
                for (long i = 0; i < n; i++) {{
                    uint4 c = {{in[4 * i], in[4 * i + 1], in[4 * i + 2], in[4 * i + 3]}};
                    uint2 k = {{(unsigned)seed, (unsigned)(seed >> 32)}};
                    uint4 r = curand_Philox4x32_10(c, k);
                    out[4 * i] = r.x; out[4 * i + 1] = r.y; out[4 * i + 2] = r.z; out[4 * i + 3] = r.w;
                }}
            }}""")

    @staticmethod
    def curand_block():
        """From the constants and from mulhilo32 on to the end of curand_Philox4x32_10, as the toolkit has it, host branches chosen."""
        text = CUDA.read_text()
        defines = [line for line in text.splitlines() if line.startswith("#define PHILOX_")]
        begin = text.index("QUALIFIERS unsigned int mulhilo32")
        end = text.index("}", text.index("return", text.index("uint4 curand_Philox4x32_10", begin))) + 1
        return "\n".join(defines) + "\n#define NV_IF_ELSE_TARGET(which, a, b) a\n#define NV_IS_HOST 0\n" + text[begin:end]


class Gaussian(unittest.TestCase):
    def exact(self, family, words):
        """The formula of kernels/random.h in exact arithmetic."""
        if family == "f32":
            w, v = (int(x) for x in words)
            u = self.rounded32(w)
            quarter, place = v >> 30, mp.mpf((v & 0x3FFFFFFF) >> 7) * mp.mpf(2) ** -23 - mp.mpf(1) / 2
        else:
            w = (int(words[0]) << 32) | int(words[1])
            v = (int(words[2]) << 32) | int(words[3])
            u = 1 - mp.mpf(w >> 12) * mp.mpf(2) ** -52
            quarter, place = v >> 62, mp.mpf((v >> 10) & 0xFFFFFFFFFFFFF) * mp.mpf(2) ** -52 - mp.mpf(1) / 2
        radius, angle = mp.sqrt(-2 * mp.log(u)), mp.pi / 2 * (place + quarter)
        return radius * mp.cos(angle), radius * mp.sin(angle)

    @staticmethod
    def rounded32(w):
        """(31 bits + 1/2) 2^-31 in float32: the integer is rounded first, then one fma"""
        whole = int(np.float32(w >> 1))
        exact = mp.mpf(whole) * mp.mpf(2) ** -31 + mp.mpf(2) ** -32
        return mp.mpf(float(np.float32(float(exact))))  # a float64 holds it exactly

    def test_against_mpmath(self):
        rng = np.random.default_rng(2)
        edge = [0, 1, 2, 3, 0x7F, 0x80, 0x3FFFFFFF, 0x40000000, 0x7FFFFFFF, 0x80000000, 0xBFFFFFFF, 0xC0000000, MASK - 1, MASK]
        for family, bits, width in (("f32", 24, 2), ("f64", 53, 4)):
            words = rng.integers(0, 2**32, (1500, width), dtype=np.uint64).astype(np.uint32)
            corners = np.array(np.meshgrid(*[edge if width == 2 else edge[::3] for _ in range(width)])).reshape(width, -1).T.astype(np.uint32)
            words = np.concatenate([words, corners])
            got = normals_of(build("plain"), family, words)
            self.assertTrue(np.isfinite(got).all())
            worst = 0
            for w, pair in zip(words, got):
                for value, want in zip(pair, self.exact(family, w)):
                    unit = mp.ldexp(1, (mp.frexp(want)[1] if want else -100) - bits)
                    worst = max(worst, abs(mp.mpf(float(value)) - want) / unit)
            self.assertLessEqual(worst, 6, family)
        largest = normals_of(build("plain"), "f32", [[0, 0x20000000]])
        self.assertLessEqual(abs(largest).max(), 6.67)

    def test_distribution(self):
        counters = np.zeros((200000, 4), np.uint32)
        counters[:, 0] = np.arange(200000)
        words = words_of(build("plain"), "u32", 42, counters)
        for family in ("f32", "f64"):
            z = normals_of(build("plain"), family, words).astype(float)
            for sample in (z[:, 0], z[:, 1], z.reshape(-1)):
                n = len(sample)
                # six standard errors of the mean, variance, skewness and kurtosis of n normals
                self.assertLess(abs(sample.mean()), 6 / math.sqrt(n))
                self.assertLess(abs(sample.var() - 1), 6 * math.sqrt(2 / n))
                self.assertLess(abs(scipy.stats.skew(sample)), 6 * math.sqrt(6 / n))
                self.assertLess(abs(scipy.stats.kurtosis(sample)), 6 * math.sqrt(24 / n))
                self.assertGreater(scipy.stats.kstest(sample, "norm").pvalue, 1e-4)
                edges = scipy.stats.norm.ppf(np.linspace(0, 1, 101))
                self.assertGreater(scipy.stats.chisquare(np.histogram(sample, edges)[0]).pvalue, 1e-4)
            self.assertLess(abs(np.corrcoef(z[:, 0], z[:, 1])[0, 1]), 6 / math.sqrt(len(z)))
            self.assertLess(abs(np.corrcoef(z[:-1, 0], z[1:, 0])[0, 1]), 6 / math.sqrt(len(z)))
            self.assertLess(abs(np.corrcoef(z[:, 0] ** 2, z[:, 1] ** 2)[0, 1]), 6 / math.sqrt(len(z)))

    def test_host_normal(self):
        library = build("plain")
        library.probe_host_gaussian.restype = ctypes.c_double
        got = library.probe_host_gaussian(ctypes.c_ulonglong(7), 1, 2, 3, 4)
        words = np.array(philox((1, 2, 3, 4), (7, 0)), np.uint32)
        self.assertEqual(got, normals_of(library, "f64", [words])[0, 0])


class Positions(unittest.TestCase):
    """Which words serve which iteration and coordinate."""
    SEED, REPLICATE, LOW, HIGH = 0x123456789ABCDEF, 77, 0xCAFEBABE, 0x5A

    def block(self, iteration_block, coordinate_block):
        return philox((iteration_block, coordinate_block | self.HIGH << 24, self.REPLICATE, self.LOW), (self.SEED & MASK, self.SEED >> 32))

    def normal(self, precision, t, coordinate, d, lanes):
        a_block = 4 if precision == 32 else 2
        K, lane, k = -(-d // lanes), coordinate % lanes, coordinate // lanes
        if K <= 2 and K < a_block:
            span = a_block // K
            words, place = self.block(t // span, lane), t % span * K + k
        else:
            words, place = self.block(t, lane + k // a_block * lanes), k % a_block
        if precision == 64:
            return normals_of(build("plain"), "f64", [words])[0, place]
        return float(normals_of(build("plain"), "f32", [words[:2], words[2:]]).reshape(-1)[place])

    def test_gaussian(self):
        for precision in (32, 64):
            for d in (1, 2, 3, 5, 9, 24, 70, 130):
                lanes, first = lanes_of(d), 48
                got = noise_of("gaussian", precision, d, lanes, self.SEED, self.REPLICATE, self.LOW, self.HIGH, first, 37)
                for t in (0, 1, 2, 3, 15, 16, 36):
                    for coordinate in sorted({0, 1 % d, d // 2, d - 1}):
                        self.assertEqual(got[t, coordinate], self.normal(precision, first + t, coordinate, d, lanes), (precision, d, t, coordinate))

    def sign(self, t, coordinate, d, lanes):
        K, lane, k = -(-d // lanes), coordinate % lanes, coordinate // lanes
        slots = 1 << max(K - 1, 0).bit_length()
        if slots <= 128:
            period = 128 // slots
            words, bit = self.block(t // period, lane), t % period * slots + k
        else:
            words, bit = self.block(t, lane + k // 128 * lanes), k % 128
        return 1.0 if words[bit // 32] >> bit % 32 & 1 else -1.0

    def test_rademacher(self):
        for precision in (32, 64):
            for d, lanes in ((1, 1), (2, 1), (3, 1), (7, 1), (24, 4), (70, 16), (300, 32), (9000, 32), (140, 1)):
                first = 112
                got = noise_of("rademacher", precision, d, lanes, self.SEED, self.REPLICATE, self.LOW, self.HIGH, first, 50)
                for t in (0, 1, 7, 15, 16, 31, 49):
                    for coordinate in sorted({0, 1 % d, d // 2, d - 1}):
                        self.assertEqual(got[t, coordinate], self.sign(first + t, coordinate, d, lanes), (precision, d, t, coordinate))
                self.assertTrue((abs(got) == 1).all())

    def test_balance_and_independence(self):
        signs = noise_of("rademacher", 32, 24, 4, 5, 0, 0, 0, 0, 4000)
        n = signs.size
        self.assertLess(abs(signs.mean()), 6 / math.sqrt(n))
        normals = noise_of("gaussian", 32, 24, 4, 5, 0, 0, 0, 0, 4000)
        for x in (signs, normals):
            for shifted in (x[1:] * x[:-1], x[:, 1:] * x[:, :-1], x[:, 4:] * x[:, :-4], x[2:] * x[:-2]):
                self.assertLess(abs(shifted.mean()), 6 / math.sqrt(shifted.size))
        self.assertGreater(scipy.stats.chisquare([(signs > 0).sum(), (signs < 0).sum()]).pvalue, 1e-6)

    def test_replicates_cells_and_seeds_differ(self):
        base = noise_of("gaussian", 64, 5, 1, 1, 0, 0, 0, 0, 32)
        for change in ((2, 0, 0, 0), (1, 1, 0, 0), (1, 0, 1, 0), (1, 0, 0, 1)):
            other = noise_of("gaussian", 64, 5, 1, *change, 0, 32)
            self.assertFalse((other == base).any())


class HeavyTails(unittest.TestCase):
    """Student's t and alpha-stable numbers: where each stands in the stream, its formula, and the distribution."""
    PLACE = (0x123456789ABCDEF, 7, 0xCAFEBABE, 0x5A)  # seed, replicate, cell words

    def uniforms(self, precision, words, a_block, index):
        """The two uniforms in (0, 1) of number `index` of a block: in the middle of 2^-23 or 2^-52 cells."""
        if precision == 32:
            return tuple((int(w) >> 9) * 2.0**-23 + 2.0**-24 for w in words[2 * index:2 * index + 2])
        pairs = ((int(words[0]) << 32 | int(words[1])), (int(words[2]) << 32 | int(words[3])))
        return tuple(mp.mpf(w >> 12) * mp.mpf(2) ** -52 + mp.mpf(2) ** -53 for w in pairs)

    def block_of(self, precision, t, coordinate, d, lanes):
        """Words of the block that serves it, and its place there."""
        seed, replicate, low, high = self.PLACE
        a_block, K, lane, k = (2 if precision == 32 else 1), -(-d // lanes), coordinate % lanes, coordinate // lanes
        if K < a_block:
            counter, place = (t // (a_block // K), lane), t % (a_block // K) * K + k
        else:
            counter, place = (t, lane + k // a_block * lanes), k % a_block
        return philox((counter[0], counter[1] | high << 24, replicate, low), (seed & MASK, seed >> 32)), place

    def stable(self, v, w, alpha):
        U = mp.pi * (mp.mpf(v) - mp.mpf(1) / 2)
        return mp.sin(alpha * U) / mp.cos(U) ** (1 / mp.mpf(alpha)) * (mp.cos((1 - alpha) * U) / -mp.log(w)) ** ((1 - mp.mpf(alpha)) / alpha)

    def student(self, precision, words, place, nu):
        """From the normals of the same words: their radius^2 is -2 log u, their angle the same."""
        if precision == 32:
            a, b = (float(x) for x in normals_of(build("plain"), "f32", [words[2 * place:2 * place + 2]])[0])
        else:
            a, b = (float(x) for x in normals_of(build("plain"), "f64", [words])[0])
        energy = mp.mpf(a) ** 2 + mp.mpf(b) ** 2
        return mp.sqrt(nu * mp.expm1(energy / nu)) * a / mp.sqrt(energy)

    def test_numbers_and_places(self):
        for precision, tolerance in ((32, 2e-5), (64, 1e-12)):
            for d in (1, 5, 70):
                lanes, first = lanes_of(d), 48
                for kind, value in (("student", 2.5), ("stable", 1.5)):
                    flag = f"-DNOISE_NU={value}" if kind == "student" else f"-DNOISE_ALPHA={value}"
                    got = noise_of(kind, precision, d, lanes, *self.PLACE, first, 20, flag)
                    for t, coordinate in ((0, 0), (1, d - 1), (7, d // 2), (16, 0), (19, d - 1)):
                        words, place = self.block_of(precision, first + t, coordinate, d, lanes)
                        want = self.student(precision, words, place, value) if kind == "student" else \
                            self.stable(*self.uniforms(precision, words, None, place), value)
                        self.assertLess(abs(got[t, coordinate] / want - 1), tolerance, (kind, precision, d, t, coordinate))

    def sample(self, kind, precision, flag):
        x = noise_of(kind, precision, 24, 4, 3, 0, 0, 0, 0, 6000, flag)
        self.assertTrue(np.isfinite(x).all())
        for shifted in (np.sign(x[1:] * x[:-1]), np.sign(x[:, 1:] * x[:, :-1]), np.sign(x)):
            self.assertLess(abs(shifted.mean()), 6 / math.sqrt(shifted.size))
        return x.reshape(-1)

    def test_student(self):
        for precision in (32, 64):
            for nu in (1, 30):
                x = self.sample("student", precision, f"-DNOISE_NU={nu}")
                self.assertGreater(scipy.stats.kstest(x, scipy.stats.t(nu).cdf).pvalue, 1e-4)
                edges = scipy.stats.t(nu).ppf(np.linspace(0, 1, 51))
                self.assertGreater(scipy.stats.chisquare(np.histogram(x, edges)[0]).pvalue, 1e-4)
                if nu == 30:
                    self.assertLess(abs(x.var() / (nu / (nu - 2)) - 1), 6 * math.sqrt(2.3 / len(x)))

    def test_stable(self):
        for precision in (32, 64):
            for alpha in (0.6, 1, 2):
                x = self.sample("stable", precision, f"-DNOISE_ALPHA={alpha}")
                for k in (0.2, 0.5, 1, 2):  # the characteristic function, within six standard errors
                    c = np.cos(k * x)
                    self.assertLess(abs(c.mean() - math.exp(-(k**alpha))), 6 * c.std() / math.sqrt(len(x)), (precision, alpha, k))
                law = {1: scipy.stats.cauchy(), 2: scipy.stats.norm(0, math.sqrt(2))}.get(alpha)
                if law:
                    self.assertGreater(scipy.stats.kstest(x, law.cdf).pvalue, 1e-4)

    def test_one_number_for_all_coordinates(self):
        for law, kind in ((0, "gaussian"), (1, "rademacher")):
            for precision in (32, 64):
                got = noise_of("multiplicative", precision, 24, 4, *self.PLACE, 16, 20, f"-DNOISE_LAW={law}", "-DNOISE_SHARED=1")
                self.assertTrue((got == noise_of(kind, precision, 1, 1, *self.PLACE, 16, 20)).all())
                self.assertEqual(len(np.unique(got[:, 0])), 2 if law else 20)


class SameBits(unittest.TestCase):
    def variants(self):
        x86 = platform.machine() == "x86_64"
        for compiler in ("gcc", "clang"):
            if shutil.which(compiler):
                yield compiler, ["-O3"], compiler
        for size in (0, 16, 32, 64):
            yield f"bytes{size}", [f"-DWS_VECTOR_BYTES={size}", "-O2"], None
        if x86:
            yield "baseline", ["-march=x86-64", "-O3"], None
            if "avx2" in pathlib.Path("/proc/cpuinfo").read_text():
                yield "avx2", ["-march=x86-64-v3", "-O3"], None

    def test_what_lanes_and_times_share_is_made_before(self):
        for precision in (32, 64):
            for d, lanes, noise in ((24, 4, ("gaussian",)), (5, 1, ("gaussian",)), (14, 2, ("multiplicative", "-DNOISE_LAW=0", "-DNOISE_SHARED=1"))):
                place = (noise[0], precision, d, lanes, 2**40 + 5, 3, 0xCAFEBABE, 0x5A, 32, 37, *noise[1:])
                alone = noise_of(*place)
                for shared in (1, 2):
                    self.assertTrue((noise_of(*place, f"-DRANDOM_SHARED={shared}") == alone).all(), (precision, d, shared))

    def test_an_iteration_alone(self):
        for precision, d, lanes in ((32, 3, 3), (32, 4, 2), (32, 14, 2), (64, 1, 1), (64, 5, 1)):
            place = ("gaussian", precision, d, lanes, 2**40 + 5, 3, 0xCAFEBABE, 0x5A, 32, 37)
            self.assertTrue((noise_of(*place, "-DPROBE_ALONE") == noise_of(*place)).all(), (precision, d))

    def test_everywhere(self):
        counters = np.random.default_rng(3).integers(0, 2**32, (5000, 4), dtype=np.uint64).astype(np.uint32)
        plain = build("plain")
        words = words_of(plain, "u32", 9, counters)
        want = {family: normals_of(plain, family, words).tobytes() for family in ("f32", "f64")}
        noises = [("gaussian", 32, 24, 4), ("gaussian", 64, 5, 1), ("rademacher", 32, 70, 16), ("rademacher", 64, 3, 1)]
        drawn = {noise: noise_of(*noise, 3, 1, 0, 0, 0, 33).tobytes() for noise in noises}
        for number, (name, flags, compiler) in enumerate(self.variants()):
            with self.subTest(name):
                library = build(name, *flags, compiler=compiler)
                for family in ("u32", "u64"):
                    self.assertTrue((words_of(library, family, 9, counters) == words).all())
                for family in ("f32", "f64"):
                    self.assertEqual(normals_of(library, family, words).tobytes(), want[family])
                if compiler is None and name != "bytes0":
                    for noise in noises if os.environ.get("WARMSWEEP_LONG") else noises[number % 2::2]:
                        self.assertEqual(noise_of(*noise, 3, 1, 0, 0, 0, 33, *flags).tobytes(), drawn[noise])


if __name__ == "__main__":
    unittest.main()
