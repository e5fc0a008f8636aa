/* portable_powers.c: ws_portable_powers_in_lanes, see portable_math.h: the kernel dialect with as many lanes as its compiler's flags allow. On x86-64
 * these are those of AVX2 with fma (CMakeLists.txt), and portable_math.c asks the processor first. */
#include <string.h>

#include "base/portable_math.h"
#include "kernels/target_c.h"

#include "kernels/math.h"

void ws_portable_powers_in_lanes(double x, const double *y, int64_t count, double *result)
{
    for (int64_t i = 0; i < count; i += WS_LANES64) {
        size_t size = sizeof(double) * (size_t)(count - i < WS_LANES64 ? count - i : WS_LANES64);
        f64 exponents = F64(0.0);
        memcpy(&exponents, y + i, size);
        f64 powers = pow_f64(F64(x), exponents);
        memcpy(result + i, &powers, size);
    }
}
