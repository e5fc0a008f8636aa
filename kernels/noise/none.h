/* none.h: no noise: gradient descent. */
#define NOISE_NONE 1
#define NOISE_SPAN 1
#define NOISE_SEES 0
#define NOISE_PARAMETERS 0
