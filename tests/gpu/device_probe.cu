// device_probe.cu: the mathematics of kernels/ on a GPU, over arrays, under the names of host_probe.c; and facts of the device.
// Built by tests/gpu/pack into a shared library that tests/gpu/check loads.
#include <cuda_runtime.h>

#include <cstdio>

#include "../../kernels/target_cuda.h" // not by -I: kernels/ has a math.h
#include "../../kernels/math.h"
#include "../../kernels/random.h"

static char failure[256];
static bool good(cudaError_t result)
{
    if (result != cudaSuccess && !failure[0]) snprintf(failure, sizeof failure, "%s", cudaGetErrorString(result));
    return result == cudaSuccess;
}
/* What went wrong since the last call, or "". */
extern "C" const char *probe_failure(void)
{
    static char said[256];
    snprintf(said, sizeof said, "%s", failure);
    failure[0] = 0;
    return said;
}

/* Memory on the device for an array of the host; copied there, and back when told. */
struct mirror {
    void *host, *device = nullptr;
    size_t bytes;
    mirror(const void *from, size_t size) : host(const_cast<void *>(from)), bytes(size)
    {
        if (good(cudaMalloc(&device, bytes))) good(cudaMemcpy(device, host, bytes, cudaMemcpyHostToDevice));
    }
    void back() { good(cudaMemcpy(host, device, bytes, cudaMemcpyDeviceToHost)); }
    ~mirror() { cudaFree(device); }
    template <typename T> T *as() { return static_cast<T *>(device); }
};

enum { THREADS = 256, BLOCKS = 1056 };
#define FOR_EACH(i, n) for (long i = blockIdx.x * (long)blockDim.x + threadIdx.x; i < n; i += (long)gridDim.x * blockDim.x)

#define OVER(name, scalar, call)                                                                             \
    __global__ void kernel_##name(const scalar *in, scalar *more, scalar *out, long n)                       \
    {                                                                                                        \
        FOR_EACH(i, n)                                                                                       \
        {                                                                                                    \
            scalar x = in[i], y = more[i], z;                                                                \
            call;                                                                                            \
            out[i] = z;                                                                                      \
            more[i] = y;                                                                                     \
        }                                                                                                    \
    }                                                                                                        \
    extern "C" void probe_##name(const scalar *in, scalar *more, scalar *out, long n)                        \
    {                                                                                                        \
        mirror a(in, n * sizeof *in), b(more, n * sizeof *more), c(out, n * sizeof *out);                    \
        kernel_##name<<<BLOCKS, THREADS>>>(a.as<scalar>(), b.as<scalar>(), c.as<scalar>(), n);               \
        good(cudaGetLastError());                                                                            \
        b.back();                                                                                            \
        c.back();                                                                                            \
    }
#define BOTH(name)                                \
    OVER(name##_f32, float, z = name##_f32(x))    \
    OVER(name##_f64, double, z = name##_f64(x))
#define OPERATION(name, call32, call64)           \
    OVER(name##_f32, float, z = call32)           \
    OVER(name##_f64, double, z = call64)
BOTH(exp)
BOTH(expm1)
BOTH(log)
BOTH(log1p)
BOTH(sinh)
BOTH(cosh)
BOTH(tanh)
OVER(pow_f32, float, z = pow_f32(x, y))
OVER(pow_f64, double, z = pow_f64(x, y))
OVER(sincos_f32, float, sincos_f32(x, &z, &y))
OVER(sincos_f64, double, sincos_f64(x, &z, &y))
OPERATION(add, x + y, x + y)
OPERATION(multiply, x *y, x *y)
OPERATION(divide, x / y, x / y)
OPERATION(fma, fma_f32(x, y, x), fma_f64(x, y, x))
OPERATION(sqrt, sqrt_f32(x), sqrt_f64(x))
OPERATION(contract, x *y + x, x *y + x)

__global__ void kernel_philox_u32(random_key key, const unsigned *counters, unsigned *words, long n)
{
    FOR_EACH(i, n)
    {
        u32 w[4];
        for (int k = 0; k < 4; k++) w[k] = counters[i * 4 + k];
        philox_u32(&key, 1, w);
        for (int k = 0; k < 4; k++) words[i * 4 + k] = w[k];
    }
}
__global__ void kernel_philox_u64(random_key key, const unsigned *counters, unsigned *words, long n)
{
    FOR_EACH(i, n)
    {
        u64 w[4];
        for (int k = 0; k < 4; k++) w[k] = counters[i * 4 + k];
        philox_u64(&key, 1, w);
        for (int k = 0; k < 4; k++) words[i * 4 + k] = (unsigned)w[k];
    }
}
/* round keys of a seed, as the host makes them for a launch */
static random_key key_of(unsigned long long seed)
{
    random_key key;
    for (unsigned r = 0; r < 10; r++) {
        key.round[r][0] = (unsigned)seed + r * 0x9e3779b9u;
        key.round[r][1] = (unsigned)(seed >> 32) + r * 0xbb67ae85u;
    }
    return key;
}
#define PHILOX(width)                                                                                                            \
    extern "C" void probe_philox_##width(unsigned long long seed, const unsigned *counters, unsigned *words, long n)             \
    {                                                                                                                            \
        mirror a(counters, n * 16), b(words, n * 16);                                                                            \
        kernel_philox_##width<<<BLOCKS, THREADS>>>(key_of(seed), a.as<unsigned>(), b.as<unsigned>(), n);                         \
        good(cudaGetLastError());                                                                                                \
        b.back();                                                                                                                \
    }
PHILOX(u32)
PHILOX(u64)

__global__ void kernel_gaussian_f32(const unsigned *words, float *normals, long n)
{
    FOR_EACH(i, n) gaussian_pairs_f32(1, words + i * 2, normals + i * 2);
}
__global__ void kernel_gaussian_f64(const unsigned *words, double *normals, long n)
{
    FOR_EACH(i, n)
    {
        u64 longs[2];
        for (int k = 0; k < 2; k++) longs[k] = ((u64)words[i * 4 + 2 * k] << 32) | words[i * 4 + 2 * k + 1];
        gaussian_pairs_f64(1, longs, normals + i * 2);
    }
}
extern "C" void probe_gaussian_f32(const unsigned *words, float *normals, long n)
{
    mirror a(words, n * 8), b(normals, n * 8);
    kernel_gaussian_f32<<<BLOCKS, THREADS>>>(a.as<unsigned>(), b.as<float>(), n);
    good(cudaGetLastError());
    b.back();
}
extern "C" void probe_gaussian_f64(const unsigned *words, double *normals, long n)
{
    mirror a(words, n * 16), b(normals, n * 16);
    kernel_gaussian_f64<<<BLOCKS, THREADS>>>(a.as<unsigned>(), b.as<double>(), n);
    good(cudaGetLastError());
    b.back();
}

/* Facts that the bit contract was designed around. ftz: does the flushing instruction look before or after rounding? (The kernels never use it.) */
__global__ void kernel_facts(float a, float b, float c, float zero, double *out)
{
    float flushed, kept;
    asm volatile("fma.rn.ftz.f32 %0,%1,%2,%3;" : "=f"(flushed) : "f"(a), "f"(b), "f"(c));
    asm volatile("fma.rn.f32 %0,%1,%2,%3;" : "=f"(kept) : "f"(a), "f"(b), "f"(c));
    out[0] = flushed;
    out[1] = kept;
    out[2] = 0x1p-126f * (0.5f + zero); /* a denormal number stays */
    out[3] = 0x1p-1022 * (0.5 + zero);
    out[4] = __float_as_uint(zero / zero); /* bits of a fresh NaN: nobody looks at them */
    out[5] = (1.0f + 0x1p-12f + zero) * (1.0f + 0x1p-12f + zero) - (1.0f + 0x1p-11f); /* 0: not contracted */
}
extern "C" void probe_facts(double *out)
{
    for (int i = 0; i < 6; i++) out[i] = 0;
    mirror a(out, 6 * sizeof *out);
    kernel_facts<<<1, 1>>>(0x1p-76f, -0x1p-76f, 0x1p-126f, 0.0f, a.as<double>());
    good(cudaGetLastError());
    a.back();
}

/* "name|compute capability|driver|runtime|multiprocessors|memory" of device 0; "" and a failure when there is none. */
extern "C" const char *probe_device(void)
{
    static char text[512];
    cudaDeviceProp p;
    int driver = 0, runtime = 0;
    text[0] = 0;
    if (!good(cudaGetDeviceProperties(&p, 0))) return text;
    cudaDriverGetVersion(&driver);
    cudaRuntimeGetVersion(&runtime);
    snprintf(text, sizeof text, "%s|%d.%d|%d.%d|%d.%d|%d|%zu", p.name, p.major, p.minor, driver / 1000, driver % 1000 / 10, runtime / 1000, runtime % 1000 / 10,
             p.multiProcessorCount, p.totalGlobalMem);
    return text;
}
