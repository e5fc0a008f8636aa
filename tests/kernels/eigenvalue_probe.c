/* eigenvalue_probe.c: kernels/eigenvalue.h as a library: a matrix [n][n] in, its largest eigenvalue, the bound of that and its closer bounds out: [4]. WS_PRECISION is given. */
#include "target_c.h"

#include "precision.h"

#include "math.h"

#include "eigenvalue.h"

void probe(const double *matrix, int n, double *out)
{
    real a[32 * 32], found[4];
    for (int i = 0; i < n * n; i++) a[i] = R((scalar_real)matrix[i]);
    found[1] = largest_symmetric_bound(a, n);
    largest_symmetric_bounds(a, n, &found[2], &found[3]);
    found[0] = largest_symmetric(a, n);
    for (int i = 0; i < 4; i++) out[i] = (double)((scalar_real *)&found[i])[0];
}
