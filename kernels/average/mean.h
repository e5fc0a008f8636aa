/* mean.h: the average of x_from, ..., x_t, the weight of an iterate growing like a power of its place in it: w_t = (power + 1) / (n + power) for
 * the n-th of them. power 0 is the plain mean (Polyak, Juditsky 1992; a tail or suffix average for from > 0), 3 close to a mean of the last part
 * (Shamir, Zhang 2013). Before `from` the average is x_t itself. Parameters: from, power. */
#define AVERAGE_PARAMETERS 2
FN f64 average_weight(f64 t, const f64 *p)
{
    f64 n = (t - p[0]) + F64(1.0);
    return sel_f64(lt_f64(t, p[0]), F64(1.0), (p[1] + F64(1.0)) / (n + p[1]));
}
FN double average_settled(const double *p)
{
    (void)p;
    return SCHEDULE_NEVER;
}
