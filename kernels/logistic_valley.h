/* logistic_valley.h: log(1 + e^{-x}) and its derivatives without overflow or cancellation, for objectives with a logistic valley. */
#ifndef WS_LOGISTIC_VALLEY_H
#define WS_LOGISTIC_VALLEY_H
FN real softplus_minus(real x)
{
    real magnitude = ABS(x);
    return SEL(LT(x, R(0.0f)), magnitude, R(0.0f)) + LOG1P_OF_UNIT(EXP_OF_NEGATIVE(-magnitude));
}
/* 1 / (1 + e^{x}) */
FN real sigmoid_minus(real x)
{
    real e = EXP_OF_NEGATIVE(-ABS(x));
    return SEL(LT(x, R(0.0f)), R(1.0f), e) / (R(1.0f) + e);
}
/* p (1 - p), p = 1 / (1 + e^{x}); the product itself would cancel on the far side */
FN real sigmoid_slope(real x)
{
    real e = EXP_OF_NEGATIVE(-ABS(x)), below = R(1.0f) + e;
    return e / (below * below);
}
#endif
