"""test_rows.py: which rows a batch has (noise/minibatch.h): against plain Python, the same for every vector and compiler, and the
distributions that the three ways of sampling promise."""
import ctypes
import math
import pathlib
import shutil
import sys
import unittest

import numpy as np
import scipy.stats

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1]), str(pathlib.Path(__file__).resolve().parent)]
from plain_random import batch_of
from test_random import build, pointer

SAMPLINGS = ["with-replacement", "without-replacement", "epoch"]


def rows_of(precision, n, sampling, seed, replicate, low, high, first, iterations, batch, *flags, compiler=None):
    library = build(f"rows-{precision}-{n}-{sampling}{''.join(flags).replace('=', '-')}{compiler or ''}", f"-DWS_PRECISION={precision}", "-DWS_DIM=2", "-DWS_L=1",
                    f"-DOBJECTIVE_ROWS={n}", f"-DNOISE_SAMPLING={sampling}", '-DWS_NOISE="noise/minibatch.h"', *flags, compiler=compiler)
    out = np.zeros((iterations, n))
    library.probe_rows(ctypes.c_ulonglong(seed), ctypes.c_uint(replicate), ctypes.c_uint(low), ctypes.c_uint(high), ctypes.c_uint(first),
                       ctypes.c_int(iterations), ctypes.c_double(batch), pointer(out))
    return out


class Rows(unittest.TestCase):
    PLACE = (0x123456789ABCDEF, 5, 7, 9)

    def test_indices(self):
        for precision in (32, 64):
            for sampling in (0, 1, 2):
                for n, b in ((7, 3), (256, 32) if sampling + precision // 32 == 2 else (7, 7), *([(7, 23)] if sampling == 0 else [])):
                    got = rows_of(precision, n, sampling, *self.PLACE, 32, 20, b)
                    want = [np.bincount(batch_of(SAMPLINGS[sampling], n, b, 32 + t, *self.PLACE), minlength=n) for t in range(20)]
                    self.assertTrue((got == want).all(), (precision, sampling, n, b))

    def test_same_bits(self):
        for sampling in (0, 1, 2):
            want = rows_of(32, 30, sampling, *self.PLACE, 0, 40, 4)
            self.assertTrue((rows_of(64, 30, sampling, *self.PLACE, 0, 40, 4) == want).all())
            for flags, compiler in ((["-DWS_VECTOR_BYTES=16"], None), (["-DWS_VECTOR_BYTES=64"], None), (["-O3"], shutil.which("clang") and "clang")):
                for precision in (32, 64):
                    self.assertTrue((rows_of(precision, 30, sampling, *self.PLACE, 0, 40, 4, *flags, compiler=compiler) == want).all())

    def test_batches_are_what_they_say(self):
        shares = {sampling: rows_of(32, 23, sampling, 3, 0, 0, 0, 0, 6000, 5) for sampling in (0, 1, 2)}
        for sampling, share in shares.items():
            self.assertTrue((share.sum(axis=1) == 5).all())
            self.assertEqual(share.max() > 1, sampling == 0)
        epochs = shares[2].reshape(1500, 4, 23).sum(axis=1)  # 23 rows in batches of 5: four batches, three rows left out
        self.assertEqual(epochs.max(), 1)
        self.assertTrue((epochs.sum(axis=1) == 20).all())
        self.assertGreater(len({tuple(epoch) for epoch in epochs}), 1000, "every epoch has its own order")

    def test_distribution(self):
        for sampling in (0, 1, 2):
            share = rows_of(64, 6, sampling, 4, 0, 0, 0, 0, 60000, 2)
            # every row alike; without replacement the counts vary less than those of independent draws: their variance is (n-b)/(n-1) of it
            counts = share.sum(axis=0)
            factor = {0: 1, 1: 4 / 5, 2: 0}[sampling]
            if factor:
                statistic = ((counts - 20000) ** 2 / 20000).sum() / factor
                self.assertGreater(scipy.stats.chi2(5).sf(statistic), 1e-4, sampling)
                self.assertGreater(scipy.stats.chi2(5).cdf(statistic), 1e-4, sampling)
            else:
                self.assertTrue((counts == 20000).all(), "every row once an epoch")
            # every pair of rows alike: 15 pairs, and the 6 doubles with replacement
            pairs = np.zeros((6, 6))
            for row in share:
                i = np.flatnonzero(row)
                pairs[i[0], i[-1]] += 1
            counts = list(pairs[np.triu_indices(6, 1)]) + list(np.diag(pairs) if sampling == 0 else [])
            chances = [2 / 36] * 15 + [1 / 36] * 6 if sampling == 0 else [1 / 15] * 15
            self.assertGreater(scipy.stats.chisquare(counts, [60000 * p for p in chances]).pvalue, 1e-4, sampling)
            # batches of one iteration say nothing about the next one; inside an epoch the next batch is of the other rows
            both = (share[0::3] * share[1::3]).sum(axis=1)
            if sampling == 2:
                self.assertEqual(both.max(), 0)
            else:
                self.assertLess(abs(both.mean() - 4 / 6), 6 * both.std() / math.sqrt(len(both)))

    def test_order_of_an_epoch(self):
        # n = 4, b = 1: the four batches of an epoch are a permutation, all 24 of them alike
        share = rows_of(32, 4, 2, 8, 0, 0, 0, 0, 4 * 24000, 1).argmax(axis=1).reshape(-1, 4)
        kinds, counts = np.unique(share @ [64, 16, 4, 1], return_counts=True)
        self.assertEqual(len(kinds), 24)
        self.assertGreater(scipy.stats.chisquare(counts).pvalue, 1e-4)


if __name__ == "__main__":
    unittest.main()
