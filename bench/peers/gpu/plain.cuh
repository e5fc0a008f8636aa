/* plain.cuh: the jobs of jobs.py as a CUDA programmer writes them in an hour: one trajectory by TEAM threads (1, a warp, or a block),
 * state and coefficients in registers, the sum by shuffles and shared memory every iteration, one launch, results written once.
 *
 * Constants: D coordinates, TEAM (1, 32 or a multiple of 32; divides D), KIND (0 quadratic, 1 cosh, 2 SGD on the quadratic), and
 * FAST (1: the fast intrinsic functions). The noise is xoshiro128++ with Box and Muller. */
#define EACH (D / TEAM)

struct generator { unsigned a, b, c, d; };
__device__ __forceinline__ unsigned rotated(unsigned x, int by) { return (x << by) | (x >> (32 - by)); }
__device__ __forceinline__ unsigned word(generator &g)
{
    unsigned result = rotated(g.a + g.d, 7) + g.a, kept = g.b << 9;
    g.c ^= g.a;
    g.d ^= g.b;
    g.b ^= g.c;
    g.a ^= g.d;
    g.c ^= kept;
    g.d = rotated(g.d, 11);
    return result;
}
__device__ __forceinline__ unsigned long long mixed(unsigned long long &state)
{
    unsigned long long z = state += 0x9e3779b97f4a7c15ull;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}
__device__ __forceinline__ void two_normals(generator &g, float &one, float &two)
{
    float u = ((float)(word(g) >> 8) + 0.5f) * 0x1p-24f, angle = ((float)(word(g) >> 8) * 0x1p-23f - 1.0f) * 3.14159265f, s, c;
#if FAST
    float radius = sqrtf(-2.0f * __logf(u));
    __sincosf(angle, &s, &c);
#else
    float radius = sqrtf(-2.0f * logf(u));
    sincosf(angle, &s, &c);
#endif
    one = radius * c;
    two = radius * s;
}
/* The sum over the team, known to all of it. */
__device__ __forceinline__ float team_sum(float f, float *shared)
{
#if TEAM >= 32
    for (int far = 16; far; far >>= 1) f += __shfl_xor_sync(0xffffffffu, f, far);
#endif
#if TEAM > 32
    __syncthreads();
    if (threadIdx.x % 32 == 0) shared[threadIdx.x / 32] = f;
    __syncthreads();
    f = 0;
    for (int i = 0; i < TEAM / 32; i++) f += shared[i];
#endif
    return f;
}
extern "C" __global__ void peer(const float *__restrict__ spectrum, const float *__restrict__ etas, const float *__restrict__ Ws, int count, int T, float threshold,
                                float x0, float sigma, const int *__restrict__ checkpoints, int *__restrict__ hits, int *__restrict__ stops, float *__restrict__ f_at)
{
    __shared__ float shared[32];
    int thread = blockIdx.x * blockDim.x + threadIdx.x, k = thread / TEAM, lane = thread % TEAM;
    if (k >= count) return; /* whole teams */
    float x[EACH], a[EACH], eta = etas[k], W = Ws[k];
#pragma unroll
    for (int j = 0; j < EACH; j++) {
        x[j] = x0;
        a[j] = spectrum[lane + j * TEAM];
    }
    int hit = -1, t = 0, next = 0;
#if KIND == 2
    unsigned long long state = thread * 0x2545f4914f6cdd1dull + 12345, p = mixed(state), q = mixed(state);
    generator g = {(unsigned)p, (unsigned)(p >> 32), (unsigned)q, (unsigned)(q >> 32)};
#endif
    for (;; t++) {
        float s = (float)(t + 1) < W ? eta * ((float)(t + 1) / W) : eta, f = 0;
#if KIND == 0
#pragma unroll
        for (int j = 0; j < EACH; j++) {
            float gradient = a[j] * x[j];
            f += x[j] * gradient;
            x[j] -= s * gradient;
        }
#elif KIND == 1
#pragma unroll
        for (int j = 0; j < EACH; j++) {
#if FAST
            float e = __expf(fminf(fmaxf(x[j], -40.0f), 40.0f)), r = __frcp_rn(e);
            f += 0.5f * (e + r) - 1.0f;
            x[j] -= s * (0.5f * (e - r));
#else
            f += coshf(x[j]) - 1.0f;
            x[j] -= s * sinhf(x[j]);
#endif
        }
#else
#pragma unroll
        for (int j = 0; j < EACH; j += 2) {
            float one, two, g0 = a[j] * x[j], g1 = a[j + 1] * x[j + 1];
            two_normals(g, one, two);
            f += x[j] * g0;
            f += x[j + 1] * g1;
            x[j] -= s * (g0 + sigma * one);
            x[j + 1] -= s * (g1 + sigma * two);
        }
#endif
        f = team_sum(f, shared);
        if (KIND != 1) f *= 0.5f;
#if KIND == 2
        if (hit < 0 && f <= threshold) hit = t;
        if (!(f <= 1e12f)) break;
        if (t == checkpoints[next]) {
            if (lane == 0) f_at[k * 32 + next] = f;
            next++;
        }
        if (t == T) break;
#else
        if (f <= threshold) {
            hit = t;
            break;
        }
        if (!(f <= 1e12f) || t == T) break;
#endif
    }
    if (lane == 0) {
        hits[k] = hit;
        stops[k] = t;
    }
}
