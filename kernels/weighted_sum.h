/* weighted_sum.h: for separable objectives  f(x) = sum w_i phi(x_i):  the table's weight is the one coefficient, the gap the one sum, whose parts are not negative. */
#define OBJECTIVE_COUPLED 0
#define OBJECTIVE_COEFFICIENTS 1
#define OBJECTIVE_CONSTANTS 0
#define OBJECTIVE_SUMS 1
#define OBJECTIVE_GAP_SCALE 1.0f

typedef struct { real w; } coefficients;
typedef nothing constants;
typedef struct { real q; } sums;
