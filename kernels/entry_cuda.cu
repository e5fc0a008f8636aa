/* entry_cuda.cu: a kernel for a GPU: teams of threads that run trajectories of a queue, one after the other.
 *
 * The defines of a variant stand before this text; record_cuda.h says what it exports and how it is launched. A unit's loop: run
 * a batch of 16 iterations of every team's trajectory, look at the gaps, let teams whose trajectory ended take the next one. The grid is
 * persistent: blocks live until the queue is empty or the segment is over. Nothing here decides a bit of an outcome but through
 * trajectory.h, observe.h and the fold order of team_cuda.h, batch_cuda.h and coupled_cuda.h. */
#include "target_cuda.h"
#include "lanes.h"
#define WS_GROUPS 1
#define WS_SLOTS_WANTED 8
#include "trajectory.h"
#include "observe.h"
#include "record_cuda.h"
#include "mapping_cuda.h"
#include "team_cuda.h"
#include "method_cuda.h"
#include "batch_cuda.h"
#include "coupled_cuda.h"
#include "again_cuda.h"
#include "scan_cuda.h"
#include "slot_cuda.h"
#include "check_cuda.h"

ASSERT_STATIC(WS_P <= 32 || sizeof(board) <= WS_P / 32 * 48 + 16, the_board_has_room);
MODULE_VARIABLE(ws_cuda_facts, ws_cuda_kernel) = {
    WS_CUDA_ABI, WS_KERNEL_ABI, WS_PRECISION, WS_L, WS_DIM, OBJECTIVE_COEFFICIENTS, (int)sizeof(scalar_real),
    WS_BLOCK_THREADS, WS_BLOCK_SLOTS, WS_P, WS_IN_REGISTERS, WS_UNROLL * NOISE_SPAN, WS_UNITS * WS_UNIT_BYTES, WS_SLOT_BYTES,
};

/* Where the team's memory is. */
FN void find_places(team *m, const ws_cuda_launch *launch, char *shared)
{
    int thread = thread_here(), unit = thread / WS_UNIT, inside = thread % WS_UNIT, index = inside / WS_P;
    scalar_real *reals = (scalar_real *)(shared + unit * (unsigned)WS_UNIT_BYTES);
    m->launch = launch;
    m->p = inside % WS_P;
    m->shift = inside % 32 - m->p % 32;
    m->o = (observer *)((char *)launch->slots + ((unsigned long long)block_here() * WS_BLOCK_SLOTS + unit * WS_TEAMS + index) * WS_SLOT_BYTES);
    m->total = reals + index * WS_P;
    m->partial = m->total + m->p;
    reals += aligned_16(sizeof(scalar_real) * WS_FOLD_REALS) / sizeof(scalar_real);
    m->eta = reals + index;
    reals += aligned_16(sizeof(scalar_real) * WS_ETA_REALS) / sizeof(scalar_real);
    m->number = reals + index;
    reals += aligned_16(sizeof(scalar_real) * WS_NUMBER_REALS) / sizeof(scalar_real);
    m->level_at = reals + index;
    reals += aligned_16(sizeof(scalar_real) * WS_LEVEL_REALS) / sizeof(scalar_real);
    m->trials_at = reals + index;
    reals += aligned_16(sizeof(scalar_real) * WS_TRIAL_REALS) / sizeof(scalar_real);
    m->exchange = reals;
    reals += aligned_16(sizeof(scalar_real) * WS_EXCHANGE_REALS) / sizeof(scalar_real);
    m->board = (board *)reals;
    if (WS_HOME_SHARED) {
        m->home = (scalar_real *)(shared + unit * (unsigned)WS_UNIT_BYTES + WS_UNIT_BYTES_BARE) + index * WS_HOME_STRIDE;
        m->plane_step = (long long)WS_TEAMS * WS_HOME_STRIDE;
    } else {
        m->home = kept_state(m);
        m->plane_step = WS_HOME_STRIDE;
    }
    m->home_step = (1 + WS_STATES) * m->plane_step;
    m->now = m->live = 0;
    m->more = 1;
    m->t = m->due = 0;
    m->target = m->ceiling = R(0.0f);
    m->eta_until = m->numbers_until = 0.0;
#if METHOD_CONSTANTS > 0
    for (int j = 0; j < METHOD_CONSTANTS; j++) m->method[j] = R(0.0f);
#endif
#if !NOISE_NONE
    m->level = R(0.0f);
    m->replicate = m->cell_low = m->cell_high = 0;
#endif
    m->seen = no_extremes();
    use_problem(m, launch->cells[0].problem); /* a team without trajectory computes along: its numbers are never looked at */
}

/* A batch of every team of the unit. */
FN void run_and_look(team *m)
{
    sums total[WS_ROWS];
    real gaps[WS_ROWS];
    run_batch(m, total);
#pragma unroll
    for (int j = 0; j < WS_ROWS; j++) gaps[j] = gap(m->k, total[j]);
    int event = any_in_team(m, sees_event(m, gaps));
    if (!event) keep_extremes(m, gaps);
    int before = m->live;
    if (any_in_unit(event)) observe_batch(m, event, total);
#if FEEDBACK_TRIES
    if (before && m->p == 0) count_trials(m);
#endif
    m->t += WS_BATCH;
    m->now ^= 1;
    if (!any_in_unit(before && !m->live)) return;
    if (before && !m->live && m->p == 0) count_ended(m);
    refill(m);
}

KERNEL void __launch_bounds__(WS_BLOCK_THREADS, 1) ws_cuda_run(WHOLE_PARAMETER ws_cuda_launch launch)
{
    SHARED_BYTES(shared);
    team m;
    find_places(&m, &launch, shared);
    resume_slot(&m);
    refill(&m);
#pragma unroll 1
    for (unsigned batch = 0; batch < launch.batches && any_in_unit(m.live); batch++) {
        if (batch % 64 == 63 && any_in_unit(launch.stop != 0 && *launch.stop)) break;
        run_and_look(&m);
    }
    keep_slot(&m);
}

KERNEL void ws_cuda_check(int *result) { *result = what_is_broken(); }

KERNEL void ws_cuda_say(ws_cuda_facts *facts) { *facts = ws_cuda_kernel; }
