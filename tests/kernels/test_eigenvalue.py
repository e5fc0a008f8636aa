"""test_eigenvalue.py: kernels/eigenvalue.h: the largest eigenvalue against NumPy's, and its bounds, between which must be what is computed: what they decide is
not computed at all (hessian_is_too_sharp, kernels/again_cpu.h). Matrices of every size, of full rank and of rank one, with eigenvalues alike, of both signs, tiny and huge."""
import ctypes
import os
import pathlib
import subprocess
import tempfile
import unittest

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
KERNELS = pathlib.Path(os.environ.get("WARMSWEEP_SOURCE", HERE.parents[1])) / "kernels"
FLAGS = ["-std=gnu11", "-O2", "-march=native", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-fPIC", "-shared", "-w", "-Wno-psabi"]
EPS = {32: 2.0**-24, 64: 2.0**-53}


def matrices(rng, n):
    turn = np.linalg.qr(rng.normal(size=(n, n)))[0]
    for values in (rng.normal(size=n), np.abs(rng.normal(size=n)), np.r_[1, np.zeros(n - 1)], np.ones(n), -np.ones(n), 10.0 ** -rng.integers(0, 12, n), np.r_[-5, rng.random(n - 1)]):
        whole = (turn * values) @ turn.T
        yield (whole + whole.T) / 2
    yield np.diag(rng.normal(size=n))
    yield np.ones((n, n))


class Eigenvalue(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.probe = {}
        for bits in (32, 64):
            name = pathlib.Path(cls.folder.name) / f"eigenvalue{bits}.so"
            subprocess.run([os.environ.get("CC", "cc"), *FLAGS, f"-DWS_PRECISION={bits}", "-iquote", str(KERNELS), str(HERE / "eigenvalue_probe.c"), "-o", str(name)], check=True)
            cls.probe[bits] = ctypes.CDLL(str(name)).probe

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def look(self, bits, matrix):
        """The largest eigenvalue, what it is at most, at least, at most."""
        a, out = np.ascontiguousarray(matrix, np.float64), np.zeros(4)
        self.probe[bits](a.ctypes.data_as(ctypes.c_void_p), len(a), out.ctypes.data_as(ctypes.c_void_p))
        return map(float, out)

    def test_largest_and_bound(self):
        rng = np.random.default_rng(1)
        seen = 0
        for bits in (32, 64):
            for n in (1, 2, 3, 4, 7, 12, 16, 32):
                for matrix in matrices(rng, n):
                    if bits == 32:
                        matrix = matrix.astype(np.float32).astype(float)
                    size = np.linalg.norm(matrix)
                    for scale in (1.0, 2.0**-20, 2.0**30):
                        largest, bound, least, most = self.look(bits, matrix * scale)
                        self.assertAlmostEqual(largest / scale / size, np.linalg.eigvalsh(matrix)[-1] / size, delta=64 * n * EPS[bits])
                        self.assertGreaterEqual(bound, largest)
                        self.assertGreaterEqual(most, largest)
                        self.assertLessEqual(least, largest)
                        if scale * size > 2.0**-38:
                            self.assertLessEqual(bound, scale * size * (1 + 130 * n * n * EPS[bits]))
                        if scale * size > 2.0**-18 and scale * size < 2.0**31:
                            off, values = 260 * n * n * EPS[bits], np.linalg.eigvalsh(matrix)
                            self.assertLessEqual(most / scale, (values**4).sum() ** 0.25 * (1 + off))
                            self.assertGreaterEqual(least / scale, (values**3).sum() / (values**2).sum() - size * off)
                        seen += 1
        self.assertEqual(seen, 2 * 8 * 9 * 3)

    def test_where_squares_are_lost(self):
        """Nothing is said of what is no number, overflows or is so small that its squares vanish."""
        for bits, tiny, huge in ((32, 1e-30, 1e30), (64, 1e-200, 1e200)):
            for matrix in (np.full((3, 3), tiny), np.full((3, 3), huge), np.zeros((3, 3))):
                largest, *bounds = self.look(bits, matrix)
                self.assertEqual(bounds, [np.inf, -np.inf, np.inf])
                self.assertAlmostEqual(largest, 3 * matrix[0, 0], delta=1e-5 * abs(matrix[0, 0]))
            _, bound, least, most = self.look(bits, np.full((3, 3), np.nan))
            self.assertFalse(bound < np.inf or least > -np.inf or most < np.inf)
            for size in (1e-10, 1e15) if bits == 32 else (1e-80, 1e100):  # fourth powers are lost, squares are not
                largest, bound, least, most = self.look(bits, np.full((3, 3), size))
                self.assertTrue(bound < np.inf and (least, most) == (-np.inf, np.inf))


if __name__ == "__main__":
    unittest.main()
