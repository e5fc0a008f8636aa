/* tiny.h: the tiny-value rule (docs/bits.md), at every iteration that is a multiple of 16. */
#ifndef WS_TINY_H
#define WS_TINY_H

/* 0 < |x| < WS_TINY becomes 0. *flushed gathers where that happened. */
FN mask is_tiny(real x)
{
    real magnitude = ABS(x);
    return AND(LT(magnitude, R(WS_TINY)), LT(R(0.0f), magnitude));
}
FN real flush_tiny(real x, mask *flushed)
{
    mask tiny = is_tiny(x);
    *flushed = OR(*flushed, tiny);
    return SEL(tiny, R(0.0f), x);
}
#endif
