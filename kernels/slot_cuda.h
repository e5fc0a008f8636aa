/* slot_cuda.h: a slot: the memory of one trajectory in flight, kept between launches; how a team takes a trajectory from the queue, goes
 * on with one, and lays it down at the end of a segment. */
#ifndef WS_SLOT_CUDA_H
#define WS_SLOT_CUDA_H

typedef struct slot {
    observer o;
    long long counted; /* iterations that are in the counters already */
    long long now;     /* which of the two states is the present one */
#if FEEDBACK_TRIES
    long long trials;
#endif
} slot;

constexpr unsigned long long WS_SLOT_HEAD = (sizeof(slot) + 255) / 256 * 256;
/* both states where they do not live in shared memory, else one */
constexpr unsigned long long WS_SLOT_BYTES =
    (WS_SLOT_HEAD + (WS_HOME_SHARED ? 1 : 2) * (1 + WS_STATES) * sizeof(scalar_real) * (unsigned long long)WS_HOME_STRIDE + 255) / 256 * 256;

FN slot *slot_of(const team *m) { return (slot *)m->o; }
FN scalar_real *kept_state(const team *m) { return (scalar_real *)((char *)m->o + WS_SLOT_HEAD); }

/* The team's own coordinates of a plane. */
FN void copy_state(const team *m, const scalar_real *from, scalar_real *to)
{
#pragma unroll 1
    for (int n = 0; n < WS_M; n++)
#pragma unroll 4
        for (int k = 0; k < WS_K; k++)
            if (is_coordinate(m, n, k)) to[m->p + place_of(n, k)] = from[m->p + place_of(n, k)];
}
/* All planes of a home, those of the slot's memory being WS_HOME_STRIDE apart. */
FN void take_home(const team *m)
{
    for (int q = 0; q <= WS_STATES; q++) copy_state(m, kept_state(m) + q * (long long)WS_HOME_STRIDE, m->home + m->now * m->home_step + q * m->plane_step);
}
FN void lay_home_down(const team *m)
{
    for (int q = 0; q <= WS_STATES; q++) copy_state(m, m->home + m->now * m->home_step + q * m->plane_step, kept_state(m) + q * (long long)WS_HOME_STRIDE);
}

FN void use_problem(team *m, const ws_problem *problem)
{
    m->c = (const scalar_real *)problem->coefficients;
#if !NOISE_NONE
    m->weights = problem->noise_weights;
#endif
    for (int j = 0; j < OBJECTIVE_CONSTANTS; j++) ((real *)&m->k)[j] = (scalar_real)problem->constants[j];
}

#if !NOISE_NONE
/* Size of the noise; where it follows x it is found at every iteration. */
FN real level_of_cell(const ws_cell *cell)
{
#if NOISE_SEES
    (void)cell;
    return R(0.0f);
#else
    double p[NOISE_PARAMETERS];
    seen nothing;
    nothing.gap = nothing.gradient = nothing.state = nothing.sharpness = 0.0;
    for (int j = 0; j < NOISE_PARAMETERS; j++) p[j] = cell->noise[j];
    return (scalar_real)noise_level(nothing, p);
#endif
}
#endif

/* Everything that a thread knows of the trajectory in the slot. */
FN void adopt(team *m)
{
    const observer *o = m->o;
    const ws_cell *cell = o->job.cell;
    use_problem(m, cell->problem);
    m->live = 1;
    m->t = o->t;
    m->target = (scalar_real)o->target;
    m->ceiling = (scalar_real)o->ceiling;
    m->due = o->due;
    m->eta_until = schedule_settled(cell) + WS_BATCH;
    if (m->eta_until <= (double)m->t) m->eta_until = (double)m->t + 1.0;
    adopt_method(m, cell);
#if !NOISE_NONE
    m->level = level_of_cell(cell);
    m->replicate = o->job.replicate;
    m->cell_low = cell->noise_low;
    m->cell_high = cell->noise_high;
#endif
    m->seen = no_extremes();
}

/* First thread of a team without trajectory: the next one of the queue stands in the slot (1), or there is none (0). */
FN int take_next(const team *m)
{
    const ws_cuda_launch *launch = m->launch;
    unsigned long long place = add_atomic(&launch->counters->taken, 1);
    if (place >= launch->count) return 0;
    unsigned row = launch->order ? launch->order[place] : (unsigned)place, index = launch->offset + row;
    unsigned cell = launch->replicates == 1 ? index : index / launch->replicates;
    observer *o = m->o;
    o->job.cell = launch->cells + cell;
    o->job.out = &launch->out;
    o->job.row = row;
    o->job.replicate = index - cell * launch->replicates + launch->cells[cell].first_replicate;
    slot_of(m)->counted = 0;
#if FEEDBACK_TRIES
    slot_of(m)->trials = 0;
#endif
    observer_begin(o, &launch->run);
    return 1;
}

/* All threads of a unit: teams without trajectory take one. */
FN void refill(team *m)
{
    int taken = 0;
    if (m->p == 0 && !m->live && m->more) taken = take_next(m) ? 1 : -1;
    taken = from_leader(m, taken);
    order_memory();
    if (taken < 0) m->more = 0;
    if (taken <= 0) return;
    adopt(m);
    const scalar_real *start = (const scalar_real *)m->o->job.cell->problem->start;
    copy_state(m, start, m->home + m->now * m->home_step);
    start_states(m, start, m->home + m->now * m->home_step);
}

/* First thread: the outcome is written. */
FN void count_ended(const team *m)
{
    ws_cuda_counters *counters = m->launch->counters;
    add_atomic(&counters->iterations, (unsigned long long)(m->launch->out.end[m->o->job.row] - slot_of(m)->counted));
    add_atomic(&counters->ended, 1);
}

#if FEEDBACK_TRIES
/* First thread, after a batch was looked at: the trials of the iterations that count, of a team that had a trajectory. */
FN void count_trials(const team *m)
{
    const observer *o = m->o;
    long long steps = m->live ? (long long)WS_BATCH : m->launch->out.end[o->job.row] - m->t;
    for (int s = 0; s < steps; s++) slot_of(m)->trials += (long long)m->trials_at[s * WS_TEAMS];
    if (!m->live) m->launch->out.trials[o->job.row] = slot_of(m)->trials;
}
#endif

/* Goes on with what the slot holds. */
FN void resume_slot(team *m)
{
    if (m->launch->resume && m->o->live) {
        m->now = (int)slot_of(m)->now;
        adopt(m);
        if (WS_HOME_SHARED) take_home(m);
    }
    if (m->p != 0) return;
    if (m->live) m->o->job.out = &m->launch->out; /* of this launch */
    else m->o->live = 0;
}

/* All threads of a unit: the end of a segment. */
FN void keep_slot(team *m)
{
    extremes all = extremes_of_team(m);
    if (!m->live) return;
    if (m->p == 0) {
        observer *o = m->o;
        join_observer(o, &all);
        o->t = m->t;
        slot_of(m)->now = m->now;
        add_atomic(&m->launch->counters->iterations, (unsigned long long)(m->t - slot_of(m)->counted));
        slot_of(m)->counted = m->t;
    }
    if (WS_HOME_SHARED) lay_home_down(m);
}
#endif
