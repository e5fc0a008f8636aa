/* method_cuda.h: the states of a method beside the coordinates of a team, and the numbers of an iteration (method.h).
 *
 * A state of the trajectory ("home") is 1 + WS_STATES planes of coordinates, x first; they stand m->plane_step apart. Numbers of the 16
 * iterations stand in shared memory beside the step sizes. */
#ifndef WS_METHOD_CUDA_H
#define WS_METHOD_CUDA_H

/* States of the coordinate at a place of a home, and back; 0 for padding. */
FN void load_states(const team *m, const scalar_real *home, int place, int valid, real *state)
{
    for (int q = 0; q < WS_STATES; q++) state[q] = valid ? home[m->p + place + (1 + q) * m->plane_step] : (scalar_real)0;
}
FN void store_states(const team *m, scalar_real *home, int place, const real *state)
{
    for (int q = 0; q < WS_STATES; q++) home[m->p + place + (1 + q) * m->plane_step] = state[q];
}

/* Numbers [WS_NUMBERS] of iteration s of the batch. */
FN void numbers_of(const team *m, int s, real *number)
{
    for (int q = 0; q < WS_NUMBERS; q++) number[q] = m->number[(s * WS_NUMBERS + q) * WS_TEAMS];
}
/* The team's numbers of 16 iterations, where they still change. */
FN void fill_numbers(const team *m)
{
#if WS_NUMBERS > 0
    if (!m->live || !((double)m->t < m->numbers_until)) return;
    double p[WS_ROOM(WS_STEP_PARAMETERS)], n[WS_NUMBERS];
    step_parameters(m->o->job.cell, p);
    for (int j = 0; j < WS_ROWS; j++) {
        int s = j * WS_P + m->p;
        if (s >= WS_BATCH) continue;
        step_numbers((double)m->t, s, p, n);
        for (int q = 0; q < WS_NUMBERS; q++) m->number[(s * WS_NUMBERS + q) * WS_TEAMS] = (scalar_real)n[q];
    }
#endif
}

/* What a thread knows of the method of the trajectory in the slot. */
FN void adopt_method(team *m, const ws_cell *cell)
{
#if WS_STEP_PARAMETERS > 0
    double p[WS_STEP_PARAMETERS];
    step_parameters(cell, p);
#if METHOD_CONSTANTS > 0
    double constant[METHOD_CONSTANTS];
    step_constants(p, constant);
    for (int j = 0; j < METHOD_CONSTANTS; j++) m->method[j] = (scalar_real)constant[j];
#endif
    m->numbers_until = step_settled(p) + WS_BATCH;
    if (m->numbers_until <= (double)m->t) m->numbers_until = (double)m->t + 1.0;
#endif
    (void)m;
    (void)cell;
}

/* The states of a trajectory that begins at `start`: 0; the average is x_0. */
FN void start_states(const team *m, const scalar_real *start, scalar_real *home)
{
#if WS_STATES > 0
#pragma unroll 1
    for (int n = 0; n < WS_M; n++)
#pragma unroll 1
        for (int k = 0; k < WS_K; k++) {
            real state[WS_STATES];
            if (!is_coordinate(m, n, k)) continue;
            for (int q = 0; q < WS_STATES; q++) state[q] = WS_AVERAGED && q == WS_AVERAGE_STATE ? start[m->p + place_of(n, k)] : (scalar_real)0;
            store_states(m, home, place_of(n, k), state);
        }
#else
    (void)m;
    (void)start;
    (void)home;
#endif
}
#endif
