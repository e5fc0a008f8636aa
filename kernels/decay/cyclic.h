/* cyclic.h: triangles between the floor and the peak after the warmup: `up` iterations up, `down` iterations down; cycle c has height
 * shrink^c, and gamma^n on top (Smith 2017; PyTorch's CyclicLR: triangular, triangular2 with shrink 1/2, exp_range with gamma).
 * Parameters: up, down, floor, shrink, gamma. */
#define DECAY_PARAMETERS 5
FN f64 decay_factor(f64 t, f64 warmup_steps, const f64 *p)
{
    f64 up = p[0], down = p[1], low = p[2];
    f64 gone = sel_f64(lt_f64(t, warmup_steps), F64(0.0), t - warmup_steps);
    f64 cycle = whole_part_f64(gone / (up + down)), place = gone - cycle * (up + down);
    f64 shape = sel_f64(lt_f64(place, up), place / up, ((up + down) - place) / down);
    shape = shape * decay_power(p[3], cycle) * decay_power(p[4], gone);
    return decay_between(t, warmup_steps, low, shape);
}
#include "endless.h"
