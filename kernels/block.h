/* block.h: how trajectories are laid on SIMD lanes of a CPU.
 *
 * A block is W trajectories ("slots") of L lanes each: V = L W combined lanes, combined lane v = lane * W + slot, cut into
 * NV = V / WS_LANES vectors ("groups"). With W a multiple of the vector length, group g holds lane g / C of the slots of column
 * g mod C, C = W / WS_LANES: it vectorises over trajectories. With W = 1, group g holds the lanes g * WS_LANES ... of the one
 * trajectory: it vectorises over coordinates. The rest of the text does not see which.
 *
 * W and what stands in registers together: layout_cpu.h. */
#ifndef WS_BLOCK_H
#define WS_BLOCK_H

/* Best and peak gap so far of the trajectories of a column, each with its batch and the iteration in it. */
typedef struct extremes {
#if WS_W == 1 /* the observer's own */
    double best, peak;
    long long best_at, peak_at;
#else
    real best, peak;
    vuint best_batch, best_step, peak_batch, peak_step;
#endif
} extremes;

#if defined(WS_FEEDBACK) && WS_RAMP
#define WS_KEEPS_RAMP 1
#else
#define WS_KEEPS_RAMP 0
#endif
/* Factors of schedules: factors_cpu.h. */
#ifdef DECAY_OF_WARMUP
#define WS_FACTOR_ROWS 2 /* of the warmup and of the decay: the peak is multiplied by one after the other */
#else
#define WS_FACTOR_ROWS 1
#endif
enum {
    WS_KEYS = WS_RAMP ? RAMP_PARAMETERS - 1 : WS_SCHEDULE_PARAMETERS, /* all parameters of the function of t but the peak, which is the first */
    WS_EACH = WS_LANES / WS_LANES64,                                  /* values of float64 in a column */
    WS_FACTOR_VECTORS = WS_BATCH / WS_LANES64                         /* of a row */
};
#if WS_STEP_SIZES_OF_TIME && WS_W > 1 && !(defined(WARMUP_LIGHT) && defined(DECAY_LIGHT))
#define WS_REMEMBERS 1
enum {
    WS_SCHEDULES = 32,                    /* that the table knows at a time */
    WS_FACTORS = 32768,                   /* rows in it, of a batch each: 4 MiB, of two factors 8 */
    WS_FACTORS_EACH = WS_FACTORS / 2 - 1, /* the most that a schedule gets, beside the one it settles at: 262 thousand iterations */
    WS_FACTORS_MADE = 8                   /* of a column in a batch, at most: to make all at once, in vectors of slots, costs less */
};
typedef struct known_schedule {
    double key[WS_KEYS];
    unsigned base, rows, first, made; /* see factor_table_cpu.h; no rows: no schedule */
    unsigned last;                    /* from this batch on the factors stay as they are */
    int settled;                      /* these stand there */
    int users;                        /* slots that have this schedule */
} known_schedule;
typedef struct factor_table {
    known_schedule list[WS_SCHEDULES];
    known_schedule nobody; /* that of slots that have none */
    int found;             /* number of the one that was looked up last */
    unsigned next;         /* behind the rows that were given last */
    f64 factor[WS_FACTORS + 1][WS_FACTOR_ROWS * WS_FACTOR_VECTORS];
} factor_table;
#else
#define WS_REMEMBERS 0
#endif

typedef struct block {
    real x[2][WS_NV * WS_K]; /* state at the start of the batch, and after it: slots of a group are neighbours */
#if WS_STATES > 0
    real state[2][WS_NV * WS_K * WS_STATES]; /* of the method, beside each x */
#endif
    coefficients c[WS_NV * WS_K]; /* empty structs when there are none */
    real constant[WS_CONSTANTS_MAX][WS_COLUMNS];
    vuint lane[WS_NV];       /* canonical lane of every combined lane */
    real eta[WS_BATCH * WS_COLUMNS];
#if WS_COUPLED
    real partial[WS_PARTS * WS_COLUMNS * WS_SUMS];          /* of the iteration at hand: [tile of a column][column][sum] */
    real total[WS_BATCH * WS_COLUMNS * OBJECTIVE_SUMS];     /* of x: [iteration][column][sum] */
#if WS_KEEPS_GRADIENT
    real slope[WS_NV * WS_K]; /* the gradient at the iteration at hand, beside each x */
#endif
#else
    real partial[(WS_LEVELS + 1) * WS_BATCH * WS_TILE_COLUMNS * WS_SUMS]; /* [level of the fold][iteration][column of the tile][sum] */
#endif
    union {
        real vector[WS_W == 1 ? WS_BATCH / WS_LANES : WS_BATCH * WS_COLUMNS];
        scalar_real scalar[WS_BATCH * WS_W];
    } gap;
    /* by slot, as vectors, for the scan of uneventful gaps (W > 1) */
    real target[WS_COLUMNS], ceiling[WS_COLUMNS];
    /* of the column at hand, where a slot has an event: lowest and highest gap of the batch, the first iteration above the ceiling or not above
     * the target */
    real low, high;
    vuint first_event;
    extremes extreme[WS_COLUMNS], before; /* before: those of the column at hand, as they were before the batch */
    vuint batch[WS_COLUMNS]; /* t / 16 */
    vuint due[WS_COLUMNS];   /* the batch in which something happens whatever the gap */
    mask live[WS_COLUMNS];
    /* the same, for events of a whole column (events_cpu.h) */
    vuint hits[WS_COLUMNS], last_step[WS_COLUMNS]; /* eps hit so far; cap in the batch in which it falls */
    unsigned unseen[WS_COLUMNS];                   /* slots whose observer was shown nothing and has not begun, a bit a lane */
    mask plain[WS_COLUMNS], capped[WS_COLUMNS];    /* a hit counts at once and the last one ends; what is due is the cap */
    real calm[WS_COLUMNS];                         /* no hit at such a step size or a smaller one is unstable */
    real ladder[WS_EPS_MAX][WS_COLUMNS];           /* eps of each slot */
#if !NOISE_NONE
    real level[WS_COLUMNS];  /* size of the noise */
    vuint replicate[WS_COLUMNS], noise_low[WS_COLUMNS], noise_high[WS_COLUMNS];
    real weight[WS_NOISE_WEIGHTS ? WS_NV * WS_K : 1];
#if WS_COUPLED
    real noise[WS_NV * NOISE_SPAN * WS_K];
#endif
#if NOISE_SEES
    f64 noise_size[NOISE_PARAMETERS][WS_W > WS_LANES64 ? WS_W / WS_LANES64 : 1];
    real level_at[WS_BATCH * WS_COLUMNS]; /* at every iteration of the batch */
#endif
    random_key key;
#ifdef DRAW_SHARED
    u64 shared[RANDOM_SHARED == RANDOM_SHARED_TIMES ? WS_NV : WS_COLUMNS][DRAW_SHARED]; /* share_lanes, share_times */
#endif
#endif
#if FEEDBACK_TRIES
    real trials_at[WS_BATCH * WS_COLUMNS]; /* of every iteration of the batch */
    long long trials[WS_W];                /* of the iterations before it */
#endif
#if WS_KEEPS_RAMP
    double ramp[WS_BATCH * WS_W] __attribute__((aligned(64))); /* what the rule scales: [column][iteration][slot of the column] */
#endif
#ifdef WS_TRACED
    unsigned wanted[WS_COLUMNS]; /* iterations of the batch at which a slot of the column has a point of the trace, a bit each */
    int aligned[WS_COLUMNS];     /* all that have some have the same ones */
#endif
#if WS_TRACED_OF_STATE
    real square[WS_BATCH * WS_COLUMNS * WS_PARTS], bend[WS_BATCH * WS_COLUMNS * WS_PARTS]; /* |g|^2 and curvature of these: [iteration][column][part] */
    real norm[WS_BATCH * WS_COLUMNS], sharp[WS_BATCH * WS_COLUMNS];
#endif
#if METHOD_CONSTANTS > 0
    real method[METHOD_CONSTANTS][WS_COLUMNS];
#endif
#if WS_NUMBERS > 0
    real number[WS_BATCH * WS_COLUMNS * WS_NUMBERS]; /* [iteration][column][number] */
    f64 step[WS_ROOM(WS_STEP_PARAMETERS)][WS_W > WS_LANES64 ? WS_W / WS_LANES64 : 1];
    double numbers_settle[WS_W];     /* from this iteration on they stay */
    int numbers_settled[WS_COLUMNS]; /* those of the column hold for every coming batch */
#endif
    f64 schedule[WS_SCHEDULE_PARAMETERS + 1][WS_W > WS_LANES64 ? WS_W / WS_LANES64 : 1];
    f64 settled[WS_W > WS_LANES64 ? WS_W / WS_LANES64 : 1]; /* from this iteration on a slot's step size stays */
    observer slot[WS_W];
    const ws_problem *problem[WS_W]; /* whose coefficients stand in the slot */
    unsigned flushed[WS_COLUMNS];    /* slots of the column a coordinate of which was set to zero, a bit a lane; W = 1: 1 */
    unsigned ended[WS_COLUMNS];      /* slots of the column that ended in the batch just scanned, a bit a lane */
#if WS_SKIPS_ZEROS
    unsigned char gone[WS_COLUMNS / WS_TILE_COLUMNS * WS_PARTS * WS_PASSES]; /* WS_GONE_*: what is known to be zero: [columns of a tile][part][pass] */
    int finite_eta[WS_COLUMNS];      /* eta of the batch is finite */
#endif
    int now;                         /* which x is the present state */
    int eta_settled[WS_COLUMNS];     /* eta of the column holds for every coming batch */
    int alive;                       /* live slots */
    vuint hit_batch[WS_EPS_MAX][WS_COLUMNS], hit_step[WS_EPS_MAX][WS_COLUMNS]; /* when each eps was hit: those that a slot's observer does not know; behind
                                                                                * all that every batch needs */
#if WS_GAPS_LATER && NOISE_NONE
    int sunk[WS_COLUMNS];      /* the best gap of every live slot is the last one of the batch before: best_batch and best_step do not stand in `extreme` */
#endif
#if WS_CONTRACTS
#if !WS_SINKS
    real contracting[WS_COLUMNS]; /* by a step of at most this size no coordinate grows */
#endif
    int contracts[WS_COLUMNS]; /* such are all steps of the batch, of every live slot */
    int sinks_on[WS_COLUMNS];  /* ... and were in the batch before, in which the column sank */
    int skips[WS_COLUMNS];     /* so many coming batches need no sums but the last two */
    int skipped[WS_COLUMNS / WS_TILE_COLUMNS]; /* of a tile's columns: what is at hand are so many batches that made no others */
    unsigned flushed_later[WS_COLUMNS]; /* as `flushed`, in those behind the first of them */
    int far[WS_COLUMNS / WS_TILE_COLUMNS];     /* ... and some coordinate was not near the minimum, or is not known to have been */
#endif
#if WS_FOLLOWS
    unsigned fell[WS_COLUMNS]; /* slots of the column whose sums fell from each iteration of the batch to the next, a bit a lane */
#endif
#if WS_NEAR
    int away[WS_COLUMNS]; /* of a tile's first column: for so many batches it is not taken to be near its minimum (advance_cpu.h) */
#endif
#if WS_REMEMBERS
    unsigned unasked[WS_COLUMNS], apart[WS_COLUMNS]; /* slots of the column whose schedule was not looked up, whose is not in the table: a bit a lane */
    known_schedule *its[WS_W]; /* the slot's in the table */
    factor_table table; /* the last: large, and most often not touched */
#endif
} block;

/* Where coordinate k of a lane of a slot stands: vector, SIMD lane. */
typedef struct place { int index, simd; } place;

FN place place_of(int slot, int lane, int k)
{
    int v = lane * WS_W + slot;
    place p;
    p.index = v / WS_LANES * WS_K + k;
    p.simd = v % WS_LANES;
    return p;
}

FN void set_lane(real *vector, int simd, scalar_real value) { ((scalar_real *)vector)[simd] = value; }
FN scalar_real get_lane(const real *vector, int simd) { return ((const scalar_real *)vector)[simd]; }
#endif
