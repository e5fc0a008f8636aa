/* ramp.h: the step size of a warmup to the peak and a decay from it: see schedule.h.
 *
 * A decay header defines decay_factor(t, W, parameters), decay_settled (from which iteration on the factor never changes) and
 * decay_falling (... never rises, not below W). Before W the factor is 1 in all but the one that says DECAY_OF_WARMUP. The words below say where in the decay an
 * iteration is: the decay begins at `begin` and ends at the horizon H; n of D iterations are gone. WS_DECAY_CONVENTION:
 * 0: n = t - begin, D = H - begin; 1: one more is gone (transformers, one of its schedules); 2: one more, of D + 1 (torchtitan);
 * 3: two more, of D + 1 (Kalra & Barkeshli). */
#ifndef WS_RAMP_H
#define WS_RAMP_H

#ifndef WS_DECAY_CONVENTION
#define WS_DECAY_CONVENTION 0
#endif
#if WS_DECAY_CONVENTION < 0 || WS_DECAY_CONVENTION > 3
#error "WS_DECAY_CONVENTION is 0, 1, 2 or 3"
#endif

/* n / D, correctly rounded, for whole numbers below 2^48 and r = 1 / D rounded: a division is dearer than all the rest of a step size. The
 * rest of the first guess is exact, so that the corrected one is wrong by less than 2^-104 of it before its rounding (Markstein 1990), and
 * no such quotient is closer than 2^-102 of it to the middle between two numbers of float64. */
FN f64 whole_quotient(f64 n, f64 D, f64 r)
{
    f64 q = n * r;
    return fma_f64(fma_f64(-q, D, n), r, q);
}

FN f64 decay_gone(f64 t, f64 begin) { return (t - begin) + F64(WS_DECAY_CONVENTION == 0 ? 0.0 : WS_DECAY_CONVENTION == 3 ? 2.0 : 1.0); }
FN f64 decay_length(f64 begin, f64 horizon) { return (horizon - begin) + F64(WS_DECAY_CONVENTION >= 2 ? 1.0 : 0.0); }
/* n / D, and 1 from the horizon on; n at least 0. Both are whole numbers, here and below: 1 / D is made once for many iterations. */
FN f64 decay_part(f64 gone, f64 length) { return sel_f64(lt_f64(gone, length), whole_quotient(gone, length, F64(1.0) / length), F64(1.0)); }
/* (D - n) / D, and 0 from the horizon on */
FN f64 decay_rest(f64 gone, f64 length) { return sel_f64(lt_f64(gone, length), whole_quotient(length - gone, length, F64(1.0) / length), F64(0.0)); }
/* shape^power, and shape itself where the power is 1: most often it is in all lanes, and a power is dearer than all the rest of a step size */
FN f64 decay_shaped(f64 shape, f64 power)
{
    const m64 bent = not_m64(eq_f64(power, F64(1.0)));
    return lanes_m64(bent) ? sel_f64(bent, pow_f64(shape, power), shape) : shape;
}
/* base^n, of bases that most often are 1 */
FN f64 decay_power(f64 base, f64 n) { return lanes_m64(not_m64(eq_f64(base, F64(1.0)))) ? pow_f64(base, n) : F64(1.0); }
/* 1 at shape = 1, floor at shape = 0; 1 before the decay begins */
FN f64 decay_between(f64 t, f64 begin, f64 low, f64 shape)
{
    return sel_f64(lt_f64(t, begin), F64(1.0), low + (F64(1.0) - low) * shape);
}
/* the later of W and the iteration from which n >= D */
FN double decay_end(double warmup_steps, double horizon) { return horizon > warmup_steps ? horizon : warmup_steps; }

#include WS_WARMUP
#include WS_DECAY
#define RAMP_PARAMETERS (5 + WARMUP_PARAMETERS + DECAY_PARAMETERS)

/* u = n / D while a warmup of W lasts */
#if WS_WARMUP_CONVENTION == 0
#define WARMUP_GONE(t) (t)
#define WARMUP_LENGTH(W) (W)
#elif WS_WARMUP_CONVENTION == 1
#define WARMUP_GONE(t) ((t) + F64(1.0))
#define WARMUP_LENGTH(W) (W)
#elif WS_WARMUP_CONVENTION == 2
#define WARMUP_GONE(t) ((t) + F64(1.0))
#define WARMUP_LENGTH(W) ((W) + 1.0)
#elif WS_WARMUP_CONVENTION == 3
#define WARMUP_GONE(t) (t)
#define WARMUP_LENGTH(W) ((W) > 1.0 ? (W) - 1.0 : 1.0)
#else
#error "WS_WARMUP_CONVENTION is 0, 1, 2 or 3"
#endif

/* p: peak, W, initial, D, 1 / D, then the parameters of the warmup and of the decay. A factor that is 1 in all lanes is not computed. */
FN f64 ramp_warmup(f64 t, const f64 *p)
{
    f64 W = p[1], initial = p[2];
    if (!lanes_m64(lt_f64(t, W))) return F64(1.0);
    f64 u = whole_quotient(WARMUP_GONE(t), p[3], p[4]);
    f64 phi = initial + (F64(1.0) - initial) * warmup_factor(u, p + 5);
    return sel_f64(lt_f64(t, W), phi, F64(1.0));
}
FN f64 ramp_decay(f64 t, const f64 *p)
{
#ifndef DECAY_OF_WARMUP
    if (!lanes_m64(le_f64(p[1], t))) return F64(1.0);
#endif
    return decay_factor(t, p[1], p + 5 + WARMUP_PARAMETERS);
}
/* in this order: trajectories that differ in the peak alone share the two factors */
FN f64 ramp_of_factors(f64 peak, f64 warmup, f64 decay) { return (peak * warmup) * decay; }
FN f64 ramp_step_size(f64 t, const f64 *p) { return ramp_of_factors(p[0], ramp_warmup(t, p), ramp_decay(t, p)); }

FN void ramp_parameters(const ws_cell *cell, double *p)
{
    p[0] = cell->peak;
    p[1] = cell->warmup_steps;
    p[2] = cell->initial;
    p[3] = WARMUP_LENGTH(cell->warmup_steps);
    p[4] = 1.0 / p[3];
    for (int i = 0; i < WARMUP_PARAMETERS; i++) p[5 + i] = cell->warmup[i];
    for (int i = 0; i < DECAY_PARAMETERS; i++) p[5 + WARMUP_PARAMETERS + i] = cell->decay[i];
}
#endif
