// gpu_limits.cu: what the device allows, measured by events in the same process and minute as what is compared with it: bench/gpu.py.
// Built by tests/gpu/pack into a shared library. Every function returns a rate a second, or a negative number: minus a CUDA error.
#include <cuda_runtime.h>
#include <dlfcn.h>

#include <algorithm>
#include <vector>

#include "../kernels/target_cuda.h" // not by -I: kernels/ has a math.h
#include "../kernels/math.h"
#include "../kernels/random.h"

enum { THREADS = 256, RUNS = 7 };

static int blocks_of(int each)
{
    int processors = 1;
    cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, 0);
    return processors * each;
}

/* Median of the seconds of a launch, after one that warms up; < 0: minus the error. */
template <typename Launch> static double seconds_of(Launch launch)
{
    cudaEvent_t begin, end;
    cudaEventCreate(&begin);
    cudaEventCreate(&end);
    std::vector<double> all;
    cudaError_t result = cudaSuccess;
    for (int i = 0; i <= RUNS && result == cudaSuccess; i++) {
        cudaEventRecord(begin);
        launch();
        cudaEventRecord(end);
        result = cudaEventSynchronize(end);
        if (result == cudaSuccess) result = cudaGetLastError();
        float ms = 0;
        cudaEventElapsedTime(&ms, begin, end);
        if (i) all.push_back(1e-3 * ms);
    }
    cudaEventDestroy(begin);
    cudaEventDestroy(end);
    if (result != cudaSuccess) return -static_cast<double>(result);
    std::sort(all.begin(), all.end());
    return all[all.size() / 2];
}

/* 16 chains of fma a thread: enough of them to hide the latency of any device, so that issue is what counts. */
template <typename T> __global__ void fma_chains(T *out, T a, T b, int n)
{
    T x[16];
    for (int j = 0; j < 16; j++) x[j] = static_cast<T>(threadIdx.x + j);
    for (int i = 0; i < n; i++)
#pragma unroll
        for (int j = 0; j < 16; j++) x[j] = fma(x[j], a, b);
    T sum = 0;
    for (int j = 0; j < 16; j++) sum += x[j];
    if (sum == static_cast<T>(12345.678)) out[threadIdx.x] = sum; /* never, and the compiler does not know */
}
template <typename T> static double fma_rate(void)
{
    const int blocks = blocks_of(8), n = sizeof(T) == 4 ? 20000 : 10000;
    T *out;
    if (cudaMalloc(&out, THREADS * sizeof *out) != cudaSuccess) return -2;
    double seconds = seconds_of([&] { fma_chains<T><<<blocks, THREADS>>>(out, static_cast<T>(0.999), static_cast<T>(0.001), n); });
    cudaFree(out);
    return seconds < 0 ? seconds : 16.0 * n * THREADS * blocks / seconds;
}
extern "C" double limit_fma(int precision) { return precision == 32 ? fma_rate<float>() : fma_rate<double>(); }

/* Normals as the kernels draw them, added up and nothing else. */
__global__ void draw_f32(random_key key, float *out, unsigned n)
{
    unsigned thread = blockIdx.x * blockDim.x + threadIdx.x;
    float sum = 0;
    for (unsigned t = 0; t < n; t++) {
        u32 words[4] = {t, thread, 0, 0};
        f32 z[4];
        philox_u32(&key, 1, words);
        gaussian_pairs_f32(2, words, z);
        sum += (z[0] + z[1]) + (z[2] + z[3]);
    }
    if (sum == 12345.678f) out[0] = sum;
}
__global__ void draw_f64(random_key key, double *out, unsigned n)
{
    unsigned thread = blockIdx.x * blockDim.x + threadIdx.x;
    double sum = 0;
    for (unsigned t = 0; t < n; t++) {
        u64 words[4] = {t, thread, 0, 0}, longs[2];
        f64 z[2];
        philox_long(&key, 1, 0, words, longs);
        gaussian_pairs_f64(1, longs, z);
        sum += z[0] + z[1];
    }
    if (sum == 12345.678) out[0] = sum;
}
extern "C" double limit_normals(int precision)
{
    random_key key = {};
    for (unsigned r = 0; r < 10; r++) {
        key.round[r][0] = 1 + r * 0x9e3779b9u;
        key.round[r][1] = r * 0xbb67ae85u;
    }
    const int blocks = blocks_of(8);
    const unsigned n = precision == 32 ? 2000 : 400;
    void *out;
    if (cudaMalloc(&out, 64) != cudaSuccess) return -2;
    double seconds = seconds_of([&] {
        if (precision == 32) draw_f32<<<blocks, THREADS>>>(key, static_cast<float *>(out), n);
        else draw_f64<<<blocks, THREADS>>>(key, static_cast<double *>(out), n);
    });
    cudaFree(out);
    return seconds < 0 ? seconds : (precision == 32 ? 4.0 : 2.0) * n * THREADS * blocks / seconds;
}

/* Normals that cuRAND's Philox generator writes to memory. 0: there is no libcurand. */
extern "C" double limit_curand(int precision)
{
    void *library = nullptr;
    for (const char *name : {"libcurand.so.10", "libcurand.so"})
        if (!library) library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!library) return 0;
    enum { PHILOX4_32_10 = 161 };
    auto create = reinterpret_cast<int (*)(void **, int)>(dlsym(library, "curandCreateGenerator"));
    auto floats = reinterpret_cast<int (*)(void *, float *, size_t, float, float)>(dlsym(library, "curandGenerateNormal"));
    auto doubles = reinterpret_cast<int (*)(void *, double *, size_t, double, double)>(dlsym(library, "curandGenerateNormalDouble"));
    void *generator = nullptr, *out = nullptr;
    const size_t n = size_t(1) << 28;
    if (!create || !floats || !doubles || create(&generator, PHILOX4_32_10)) return 0;
    cudaError_t result = cudaMalloc(&out, n * (precision / 8));
    if (result != cudaSuccess) return -static_cast<double>(result);
    int failed = 0;
    double seconds = seconds_of([&] {
        failed |= precision == 32 ? floats(generator, static_cast<float *>(out), n, 0, 1) : doubles(generator, static_cast<double *>(out), n, 0, 1);
    });
    cudaFree(out);
    return failed ? -1 : seconds < 0 ? seconds : n / seconds;
}
