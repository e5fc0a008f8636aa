/* ema.h: exponential moving average: a_t = beta a_{t-1} + (1 - beta) x_t for t > from, x_t itself up to there. Parameters: from, beta. */
#define AVERAGE_PARAMETERS 2
FN f64 average_weight(f64 t, const f64 *p) { return sel_f64(lt_f64(p[0], t), F64(1.0) - p[1], F64(1.0)); }
FN double average_settled(const double *p) { return p[0]; }
