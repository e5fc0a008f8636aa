/* rho_curve.h: the one function that f'' = K0 + K f^rho needs, as polynomial pieces: what kernels/objective/exact_rho.h reads. Private to plan. */
#ifndef WS_PLAN_RHO_CURVE_H
#define WS_PLAN_RHO_CURVE_H

/* The lines of #define of OBJECTIVE_CURVE and its sizes for a rho > 0 and a precision of 32 or 64 bits; malloc'ed. */
char *ws_rho_curve(double rho, int precision);

#endif
