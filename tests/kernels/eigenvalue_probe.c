/* eigenvalue_probe.c: kernels/eigenvalue.h as a library: a matrix [n][n] in, its largest eigenvalue and the bound of that out. WS_PRECISION is given. */
#include "target_c.h"

#include "precision.h"

#include "math.h"

#include "eigenvalue.h"

void probe(const double *matrix, int n, double *largest, double *bound)
{
    real a[32 * 32], b;
    for (int i = 0; i < n * n; i++) a[i] = R((scalar_real)matrix[i]);
    b = largest_symmetric_bound(a, n);
    *bound = (double)((scalar_real *)&b)[0];
    b = largest_symmetric(a, n);
    *largest = (double)((scalar_real *)&b)[0];
}
