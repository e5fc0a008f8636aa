/* record.h: the plain structs that cross the border between host and kernel: the only file under kernels/ that host code
 * includes. No pointers to functions but the two of ws_kernel_run; every array says its shape. Letters: d dimension,
 * L lanes of a trajectory, E gap thresholds (eps), G asked iterations, P iterations of the trace, n trajectories of a chunk.
 *
 * A number that depends on the sweep's precision is float or double in memory ("real"); everything else is float64. */
#ifndef WS_RECORD_H
#define WS_RECORD_H

/* Raised whenever a struct below changes meaning: a cached kernel of another ABI is not loaded. */
#define WS_KERNEL_ABI 7

/* Room for the parameters of one catalogue entry, in the order of its row. */
#define WS_PARAMETERS_MAX 8
#define WS_CONSTANTS_MAX 8

/* Status of an outcome. */
#define WS_STATUS_REACHED 0   /* every eps was hit (and the asked further iterations were run) */
#define WS_STATUS_BUDGET 1    /* the iteration cap came first: censored */
#define WS_STATUS_DIVERGED 2  /* the gap rose above the limit */
#define WS_STATUS_NONFINITE 3 /* the gap became NaN or infinite */
#define WS_STATUS_STALLED 4   /* a step changed no coordinate and none will */
#define WS_STATUS_COUNT 5

/* Flags of an outcome, or-ed together. */
#define WS_FLAG_UNDERFLOW 1 /* a coordinate was set to zero by the tiny-value rule */
#define WS_FLAG_UNSTABLE 2  /* eta * sharpness > 2 at a recorded hit */
#define WS_FLAG_REBOUND 4   /* the gap rose above an eps again after it was hit */

/* What a trace may keep at its iterations: bits of the mask, and the place of the quantity's column. */
#define WS_TRACED_GAP 1u
#define WS_TRACED_STEP_SIZE 2u     /* eta_t, of the step from x_t */
#define WS_TRACED_GRADIENT_NORM 4u /* |g(x_t)| of the exact gradient, whatever the noise */
#define WS_TRACED_SHARPNESS 8u
#define WS_TRACED_EDGE 16u         /* eta_t * sharpness / 2 */
#define WS_TRACED_COUNT 5

/* "never hit" in a column of hitting iterations; also best_at / peak_at of a trajectory without a finite gap */
#define WS_NEVER (-1LL)

/* Instruction sets that a compiled CPU kernel may use: it exports the set it was compiled for as `ws_kernel_sets`, so that the host
 * can refuse to call it where they are missing. */
#define WS_SET_SSE42 1u
#define WS_SET_AVX 2u
#define WS_SET_AVX2 4u
#define WS_SET_FMA 8u
#define WS_SET_BMI2 16u
#define WS_SET_AVX512 32u /* F, DQ, BW and VL */
#define WS_SET_AVX512F 64u

/* One objective with its parameters and start: shared by all cells that differ in nothing else. */
typedef struct ws_problem {
    const void *coefficients; /* real [C][d]: per-coordinate coefficients of the objective, C = OBJECTIVE_COEFFICIENTS */
    const void *start;        /* real [d]: x_0 */
    double constants[WS_CONSTANTS_MAX]; /* scalar constants of the objective, in the order of its header */
    const double *eps;        /* [E]: gap thresholds, descending, already rounded to the precision */
    const double *noise_weights; /* [d] relative standard deviation of each coordinate's noise, or NULL: all 1 */
    double start_gap;         /* f(x_0) - f*, as the kernel computes it */
    double start_sharpness;   /* largest eigenvalue of the Hessian at x_0 */
    double start_norm;        /* |x_0| */
    double rho, K0, K;        /* the objective's smoothness constants: |Hessian| <= K0 + K gap^rho; K0 < 0: none known */
} ws_problem;

/* One cell of the grid: everything that may differ from one trajectory to the next but the replicate. */
typedef struct ws_cell {
    const ws_problem *problem;
    double peak;                        /* peak step size, absolute */
    double warmup_steps;                /* W; 0 = no warmup */
    double initial;                     /* step size at u = 0 as a fraction of the peak */
    double warmup[WS_PARAMETERS_MAX];   /* parameters of the warmup shape */
    double decay[WS_PARAMETERS_MAX];    /* parameters of the decay; decay[0] is the horizon where there is one */
    double rule[WS_PARAMETERS_MAX];     /* parameters of a schedule that is more than warmup and decay */
    double noise[WS_PARAMETERS_MAX];    /* parameters of the noise's size */
    double method[WS_PARAMETERS_MAX];   /* parameters of the method */
    double average[WS_PARAMETERS_MAX];  /* parameters of the average */
    double limit;                       /* diverged when gap > limit (absolute) */
    long long steps;                    /* iteration cap: gaps of x_0 ... x_steps are looked at */
    long long hold;                     /* an eps counts when the gap stays below it for this many iterations, >= 1 */
    long long run_on;                   /* iterations to run on after the last hit */
    unsigned first_replicate;           /* in a list of cells on a GPU (record_cuda.h): number of the first of its replicates that stand there */
    unsigned noise_low, noise_high;     /* words that separate the noise of cells; 0 = common random numbers */
} ws_cell;

/* Outcomes of n trajectories, one array a column. A row is one trajectory. */
typedef struct ws_columns {
    unsigned char *status;    /* [n] WS_STATUS_* */
    unsigned char *flags;     /* [n] WS_FLAG_* */
    long long *end;           /* [n] iteration at which the trajectory ended */
    long long *hit;           /* [n][E] hitting iteration T_eps or WS_NEVER */
    double *final_gap;        /* [n] gap at the end iteration (canonical NaN when NaN) */
    double *best_gap;         /* [n] smallest gap up to the end (+inf when there was no number) */
    long long *best_at;       /* [n] first iteration of the smallest gap */
    double *peak_gap;         /* [n] largest gap up to the end (-inf when there was no number) */
    long long *peak_at;       /* [n] first iteration of the largest gap */
    double *gap_at;           /* [n][G] gap at the asked iterations; NaN after the end */
    /* [n][P] each, NULL: not traced; NaN after the end (a stalled gap stays). A kernel writes numbers of its precision, but an edge, which is
     * double and, where step size and sharpness are traced, left out; for readers all of them are double */
    void *trace[WS_TRACED_COUNT];
    long long *trials;        /* [n] gaps that a rule evaluated to choose step sizes, up to the end; NULL: the schedule tries none */
    unsigned long long *hash; /* [n] hash over the bits of every gap, or NULL when not asked for */
} ws_columns;

/* A trajectory handed to the kernel: which cell, which replicate, where the outcome goes. */
typedef struct ws_trajectory {
    const ws_cell *cell;
    const ws_columns *out;
    long long row;      /* of `out` */
    unsigned replicate;
    void *owner;        /* the caller's; given back with `done` */
    double *curve;      /* [steps+1] every gap, or NULL; only kernels compiled with WS_CURVE fill it */
    double *curve_eta;  /* [steps+1] every step size, or NULL */
} ws_trajectory;

/* One call of the kernel: runs trajectories until `take` has no more. Called by one thread; several calls may run at once. */
typedef struct ws_kernel_run {
    unsigned long long seed;
    int eps_count;             /* E */
    int gap_at_count;          /* G */
    const long long *gap_at;   /* [G] ascending */
    int trace_count;           /* P; only kernels compiled with WS_TRACED (the mask) look at it */
    const long long *trace_at; /* [P] ascending */
    const volatile int *abort; /* nonzero: return at once, trajectories unfinished */
    void *context;
    /* Several at once, since those that run side by side often end together. Returns how many of next[0], ... are filled, fewer than
     * `wanted` when there are no more. */
    int (*take)(void *context, ws_trajectory *const *next, int wanted);
    void (*done)(void *context, const ws_trajectory *const *done, int count); /* their rows are written */
} ws_kernel_run;

/* What the host says of one problem; the kernel computes coefficients and start in its own arithmetic. */
typedef struct ws_problem_values {
    double parameters[WS_PARAMETERS_MAX]; /* the objective's scalar parameters, in the order of its row */
    const double *table;     /* [d] the objective's per-coordinate parameter (a spectrum, weights), or NULL: all 1 */
    const double *direction; /* [d] the start is radius * direction */
    double gap;              /* radius is solved for this gap; 0: radius is 1, the direction is the start itself */
    int weigh;               /* 1: divide direction i by sqrt(curvature at 0): every coordinate has the same energy */
} ws_problem_values;

/* What a compiled CPU kernel exports, under the name `ws_kernel`. */
typedef struct ws_kernel_api {
    int abi;                 /* WS_KERNEL_ABI: looked at first */
    int precision;           /* 32 or 64 */
    long long dimension;     /* d */
    int lanes;               /* L */
    int width;               /* W trajectories side by side */
    int coefficients;        /* C */
    int real_bytes;          /* 4 or 8 */
    unsigned long long arena_bytes; /* working memory of one `run`, aligned to 64 */
    /* NULL when the machine and the compiler keep the bit contract; else a sentence that says what they broke */
    const char *(*self_check)(void);
    /* Computes coefficients real [C][d], start real [d] (memory of the caller) and every field of *problem but `eps`.
     * NULL when done; else a sentence: why there is no such start. */
    const char *(*prepare)(const ws_problem_values *values, void *coefficients, void *start, ws_problem *problem);
    void (*run)(ws_kernel_run *run, void *arena);
    /* Step sizes eta_t, rounded to the precision, for t = first ... first+count-1. Of a closed-loop schedule that scales a ramp:
     * the ramp; of one that does not: NaN. */
    void (*step_sizes)(const ws_cell *cell, long long first, long long count, double *eta);
    /* The objective at a point [d] (rounded to the precision): gap and sharpness in start_gap and start_sharpness of *problem, smoothness
     * constants beside them, gradient [d]. NULL, or a sentence: what is wrong with the objective's header. For checks. */
    const char *(*examine)(const ws_problem_values *values, const double *point, double *gradient, ws_problem *problem);
    int by_schedule; /* 1: faster when trajectories that share their schedule run side by side */
} ws_kernel_api;

#endif
