/* adam.h: Adam; weight decay, if any, is a part of the gradient. */
#define ADAM_DECOUPLED 0
#define ADAM_GRADIENT_INITIALISED 0
#include "adam_step.h"
