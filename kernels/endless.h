/* endless.h: of a decay that goes up and down without end: its factor never settles and is never sure not to rise again. */
FN double decay_settled(double warmup_steps, const double *p)
{
    (void)warmup_steps;
    (void)p;
    return SCHEDULE_NEVER;
}
FN double decay_falling(double warmup_steps, const double *p)
{
    (void)warmup_steps;
    (void)p;
    return SCHEDULE_NEVER;
}
