"""plain_random.py: the program's random numbers in plain Python: Philox from the paper, and what data, batches and networks are made of."""
import math

MASK = 0xFFFFFFFF


def philox(counter, seed):
    """Plain Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011)."""
    c, k = list(counter), [seed & MASK, seed >> 32]
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k[0], p1 & MASK, (p0 >> 32) ^ c[3] ^ k[1], p0 & MASK]
        k = [(k[0] + 0x9E3779B9) & MASK, (k[1] + 0xBB67AE85) & MASK]
    return c


def gaussian(seed, stream, index):
    """ws_portable_gaussian: the first of the two normals that Box and Muller make of a block."""
    return gaussian_pair(philox((index & MASK, index >> 32, 0, stream), seed))[0]


def gaussian_pair(words):
    """Both normals of Box and Muller: of four words in float64, of two in float32 (kernels/random.h)."""
    if len(words) == 4:
        u, angle, bits = 1 - ((words[0] << 32 | words[1]) >> 12) * 2.0**-52, words[2] << 32 | words[3], 64
        place = ((angle >> 10) & (2**52 - 1)) * 2.0**-52 - 0.5
    else:
        u, angle, bits = (words[0] >> 1) * 2.0**-31 + 2.0**-32, words[1], 32
        place = ((angle & 0x3FFFFFFF) >> 7) * 2.0**-23 - 0.5
    turn = math.pi / 2 * (place + (angle >> (bits - 2)))
    radius = math.sqrt(-2 * math.log(u))
    return radius * math.cos(turn), radius * math.sin(turn)


def network(n, hidden, d, seed):
    """Inputs [n][m] and teacher [d] of objective tanh-net: streams 2 and 3 (src/plan/data_matrix.c)."""
    unit = d // hidden
    inputs = [[gaussian(seed, 2, (i << 32) + j) for j in range(unit - 1)] for i in range(n)]
    return inputs, [gaussian(seed, 3, w) / math.sqrt(hidden if w % unit == unit - 1 else unit - 1) for w in range(d)]


def batch_of(sampling, n, b, t, seed, replicate, low=0, high=0):
    """The rows of batch t, as the comment of kernels/noise/minibatch.h says."""
    word = lambda at, j: philox((at, j // 4 | high << 24, replicate, low), seed)[j % 4]
    if sampling == "with-replacement":
        return [word(t, j) * n >> 32 for j in range(b)]
    at, earlier = (t, 0) if sampling == "without-replacement" else divmod(t, n // b)
    free, rows = [b * earlier, b, n - b * earlier - b], []
    for i in range(n):
        place = word(at, i) * (n - i) >> 32
        which = 0 if place < free[0] else 1 if place < free[0] + free[1] else 2
        free[which] -= 1
        if which == 1:
            rows.append(i)
    return rows
