/* never.h: an iteration that does not come: "from which iteration on" has no answer. */
#ifndef WS_NEVER_H
#define WS_NEVER_H
#define SCHEDULE_NEVER 1e300 /* later than every iteration */
#endif
