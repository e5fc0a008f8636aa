/* host_probe.c: what device_probe.cu computes on a GPU, on the processor: the probes that tests/kernels uses, and single operations. */
#include "math_probe.c"

#define OPERATION(name, call32, call64)                                                  \
    OVER(probe_##name##_f32, f32, float, WS_LANES32, z = call32)                         \
    OVER(probe_##name##_f64, f64, double, WS_LANES64, z = call64)
OPERATION(add, x + y, x + y)
OPERATION(multiply, x * y, x * y)
OPERATION(divide, x / y, x / y)
OPERATION(fma, fma_f32(x, y, x), fma_f64(x, y, x))
OPERATION(sqrt, sqrt_f32(x), sqrt_f64(x))
OPERATION(contract, x *y + x, x *y + x) /* two roundings */

#include "random_probe.c"
