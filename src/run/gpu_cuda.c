/* gpu_cuda.c: gpu.h on the CUDA runtime. Linked with the static runtime, which looks for the driver (libcuda.so.1) when it is first
 * used: the program starts on a machine that has none. Kernels are loaded as data by the runtime's library calls: no nvcc, no
 * driver API. */
#include "run/gpu.h"

#include <cuda_runtime_api.h>
#include <stdio.h>
#include <string.h>

#include "run/compile_nvrtc.h"

static _Thread_local char sentence[512]; /* of the last failure in this thread: what `explain` says */

static ws_gpu_result answer(cudaError_t result, const char *what)
{
    if (result == cudaSuccess) return WS_GPU_OK;
    if (result == cudaErrorNotReady) return WS_GPU_BUSY;
    snprintf(sentence, sizeof sentence, "%s: %s (%s)", what, cudaGetErrorString(result), cudaGetErrorName(result));
    cudaGetLastError(); /* or the next call would report it again */
    return result == cudaErrorMemoryAllocation || result == cudaErrorLaunchOutOfResources ? WS_GPU_MEMORY : WS_GPU_BROKEN;
}

static void explain(char *text, size_t size) { snprintf(text, size, "%s", sentence); }

/* Any error counts as "none": some drivers leave the count unset. */
static int count(char *reason, size_t size)
{
    int found = 0, driver = 0;
    cudaError_t result = cudaGetDeviceCount(&found);
    cudaGetLastError();
    if (result == cudaSuccess && found > 0) return found;
    if (cudaDriverGetVersion(&driver) != cudaSuccess) driver = 0;
    if (driver == 0)
        snprintf(reason, size, "no NVIDIA driver on this machine (libcuda.so.1)");
    else if (result == cudaErrorInsufficientDriver)
        snprintf(reason, size, "the NVIDIA driver is for CUDA %d.%d, this program needs one for CUDA %d.%d or newer", driver / 1000,
                 driver % 1000 / 10, CUDART_VERSION / 1000, CUDART_VERSION % 1000 / 10);
    else
        snprintf(reason, size, "no NVIDIA GPU: %s", result == cudaSuccess ? "the driver knows none" : cudaGetErrorString(result));
    return 0;
}

static ws_code facts(int device, ws_gpu_facts *out, ws_error *error)
{
    struct cudaDeviceProp p;
    int driver = 0;
    cudaError_t result = cudaGetDeviceProperties(&p, device);
    if (result != cudaSuccess) {
        cudaGetLastError();
        return ws_error_set(error, WS_FAILED, "GPU %d: %s", device, cudaGetErrorString(result));
    }
    cudaDriverGetVersion(&driver);
    *out = (ws_gpu_facts){
        .major = p.major, .minor = p.minor, .multiprocessors = p.multiProcessorCount, .memory = p.totalGlobalMem};
    snprintf(out->name, sizeof out->name, "%.100s", p.name);
    snprintf(out->driver, sizeof out->driver, "driver for CUDA %d.%d", driver / 1000, driver % 1000 / 10);
    return WS_OK;
}

static ws_gpu_result select_device(int device)
{
    ws_gpu_result result = answer(cudaSetDevice(device), "cannot use the GPU");
    return result ? result : answer(cudaFree(NULL), "cannot use the GPU"); /* makes the context: what fails, fails here */
}

static ws_gpu_result load(const void *image, size_t length, void **module)
{
    (void)length; /* machine code says its own size */
    cudaLibrary_t library = NULL;
    ws_gpu_result result =
        answer(cudaLibraryLoadData(&library, image, NULL, NULL, 0, NULL, NULL, 0), "the driver refuses a compiled kernel");
    *module = library;
    return result;
}

static void unload(void *module) { cudaLibraryUnload(module); }

static ws_gpu_result kernel(void *module, const char *name, void **out)
{
    cudaKernel_t found = NULL;
    ws_gpu_result result = answer(cudaLibraryGetKernel(&found, module, name), "a compiled kernel lacks its entry");
    *out = found;
    return result;
}

static ws_gpu_result fit(int device, void *k, int threads, size_t shared, int *blocks)
{
    int each = 0, processors = 0;
    *blocks = 0;
    ws_gpu_result result =
        answer(cudaKernelSetAttributeForDevice(k, cudaFuncAttributeMaxDynamicSharedMemorySize, (int)shared, device),
               "the GPU has too little shared memory for a kernel");
    if (!result)
        result =
            answer(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&each, k, threads, shared), "cannot place a kernel on the GPU");
    if (!result) result = answer(cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, device), "cannot ask the GPU");
    if (!result) *blocks = each * processors;
    return result;
}

static ws_gpu_result allocate(size_t bytes, void **memory)
{
    return answer(cudaMalloc(memory, bytes), "cannot get memory on the GPU");
}
static void release(void *memory) { cudaFree(memory); }

static ws_gpu_result allocate_host(size_t bytes, void **host, void **device)
{
    *host = *device = NULL;
    ws_gpu_result result =
        answer(cudaHostAlloc(host, bytes, cudaHostAllocMapped | cudaHostAllocPortable), "cannot get memory that the GPU sees");
    if (result) return result;
    result = answer(cudaHostGetDevicePointer(device, *host, 0), "the GPU cannot see memory of the host");
    if (result) {
        cudaFreeHost(*host);
        *host = NULL;
    }
    return result;
}
static void release_host(void *host) { cudaFreeHost(host); }

static ws_gpu_result stream_new(void **stream)
{
    cudaStream_t made = NULL;
    ws_gpu_result result = answer(cudaStreamCreateWithFlags(&made, cudaStreamNonBlocking), "cannot make a stream on the GPU");
    *stream = made;
    return result;
}
static void stream_free(void *stream) { cudaStreamDestroy(stream); }

static ws_gpu_result event_new(void **event)
{
    cudaEvent_t made = NULL;
    ws_gpu_result result = answer(cudaEventCreate(&made), "cannot make an event on the GPU");
    *event = made;
    return result;
}
static void event_free(void *event) { cudaEventDestroy(event); }

static ws_gpu_result fill(void *stream, void *memory, int byte, size_t bytes)
{
    return answer(cudaMemsetAsync(memory, byte, bytes, stream), "cannot set memory of the GPU");
}

static ws_gpu_result copy_to(void *stream, void *device, const void *host, size_t bytes)
{
    return answer(cudaMemcpyAsync(device, host, bytes, cudaMemcpyHostToDevice, stream), "cannot copy to the GPU");
}

static ws_gpu_result copy_from(void *stream, void *host, const void *device, size_t bytes)
{
    return answer(cudaMemcpyAsync(host, device, bytes, cudaMemcpyDeviceToHost, stream), "cannot copy from the GPU");
}

static ws_gpu_result launch(void *stream, void *k, int blocks, int threads, size_t shared, const void *parameters)
{
    void *arguments[] = {(void *)(size_t)parameters};
    dim3 grid = {(unsigned)blocks, 1, 1}, block = {(unsigned)threads, 1, 1};
    return answer(cudaLaunchKernel(k, grid, block, arguments, shared, stream), "cannot start a kernel");
}

static ws_gpu_result record(void *stream, void *event) { return answer(cudaEventRecord(event, stream), "the GPU fails"); }
static ws_gpu_result query(void *event) { return answer(cudaEventQuery(event), "the GPU fails"); }

static double elapsed(void *from, void *to)
{
    float milliseconds = 0;
    return cudaEventElapsedTime(&milliseconds, from, to) == cudaSuccess ? 1e-3 * (double)milliseconds : 0;
}

const ws_gpu *ws_gpu_devices(void)
{
    static const ws_gpu table = {&ws_nvrtc_compiler,
                                 count,
                                 facts,
                                 select_device,
                                 explain,
                                 load,
                                 unload,
                                 kernel,
                                 fit,
                                 allocate,
                                 release,
                                 allocate_host,
                                 release_host,
                                 stream_new,
                                 stream_free,
                                 event_new,
                                 event_free,
                                 fill,
                                 copy_to,
                                 copy_from,
                                 launch,
                                 record,
                                 query,
                                 elapsed};
    return &table;
}
