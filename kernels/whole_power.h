/* whole_power.h: |x|^(p-2), p = OBJECTIVE_P a constant of the kernel; a whole p (OBJECTIVE_P_INTEGER 1) costs multiplications only. */
#ifndef WS_WHOLE_POWER_H
#define WS_WHOLE_POWER_H
FN real power_less_two(real x)
{
    real magnitude = ABS(x);
#if OBJECTIVE_P_INTEGER
    real result = R(1.0f), square = magnitude;
    for (int n = OBJECTIVE_P - 2; n > 0; n >>= 1) {
        if (n & 1) result = result * square;
        if (n > 1) square = square * square;
    }
    return result;
#else
    return POW(magnitude, R((scalar_real)(OBJECTIVE_P - 2.0)));
#endif
}
/* K of c |x|^p / p: |Hessian| = K gap^rho, rho = (p - 2) / p */
FN double power_growth(double c)
{
    const double p = OBJECTIVE_P;
    return (p - 1.0) * scalar_pow(p, (p - 2.0) / p) * scalar_pow(c, 2.0 / p);
}
#endif
