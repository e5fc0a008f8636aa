/* gi_adam.h: Adam whose second moment starts at the square of the first gradient; decoupled weight decay. */
#define ADAM_DECOUPLED 1
#define ADAM_GRADIENT_INITIALISED 1
#include "adam_step.h"
