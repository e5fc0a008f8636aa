/* adamw.h: Adam with decoupled weight decay. */
#define ADAM_DECOUPLED 1
#define ADAM_GRADIENT_INITIALISED 0
#include "adam_step.h"
