/* gpu_none.c: gpu.h of a program that was built without the CUDA toolkit: there is no device, and a sentence says why. */
#include "run/gpu.h"

#include <stdio.h>

static int count(char *reason, size_t size)
{
    snprintf(reason, size, "this program was built without the CUDA toolkit");
    return 0;
}

const ws_gpu *ws_gpu_devices(void)
{
    static const ws_gpu table = {.count = count};
    return &table;
}
