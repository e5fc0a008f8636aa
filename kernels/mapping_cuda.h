/* mapping_cuda.h: how trajectories are laid on the threads of a GPU. Free choices: no bit of an outcome depends on them.
 *
 * A trajectory is run by a team of P threads; thread p owns the M = L / P lanes p, p + P, p + 2P, ..., so that the first folds of the
 * canonical tree (upper half onto lower) are additions inside a thread. M is as large as registers allow: a thread should hold about
 * WS_HELD coordinates, because fold and stop rule cost a thread the same whatever it holds (docs/cuda.md has the counts).
 *   P <= 32: 32 / P teams share a warp and every warp of a block is on its own ("unit" = warp);
 *   P > 32:  one team a block (unit = block).
 * The state lives in two buffers of a team ("home"), before and after the batch, in shared memory where it fits and otherwise in the
 * slot's memory; during a batch of 16 iterations coordinates stand in registers, WS_HELD of a thread at once. */
#ifndef WS_MAPPING_CUDA_H
#define WS_MAPPING_CUDA_H

/* 32-bit registers of one coordinate in the hot loop: x, states of the method, coefficients, weight */
#define WS_COORDINATE_WORDS ((1 + WS_STATES + OBJECTIVE_COEFFICIENTS + WS_NOISE_WEIGHTS) * (WS_PRECISION / 32))

/* coordinates that a thread holds in registers at once */
#ifndef WS_HELD
#if NOISE_NONE
#define WS_HELD (WS_COORDINATE_WORDS <= 2 ? 32 : WS_COORDINATE_WORDS <= 4 ? 16 : 8)
#elif defined(NOISE_GRAIN)
#define WS_HELD (8 / NOISE_GRAIN * NOISE_GRAIN)
#else
#define WS_HELD WS_K /* this noise is drawn for whole lanes */
#endif
#endif

/* largest power of two <= n, for n >= 1 */
FN constexpr int floor_power(int n) { return n < 2 ? 1 : 2 * floor_power(n / 2); }
FN constexpr int least(int a, int b) { return a < b ? a : b; }

enum {
    WS_THREADS_MOST = 256, /* of a team */
    WS_M_WANTED = least(least(WS_L, 8), WS_HELD / WS_K > 0 ? floor_power(WS_HELD / WS_K) : 1),
    WS_P = least(WS_L / WS_M_WANTED, WS_THREADS_MOST),
    WS_M = WS_L / WS_P,
    WS_SINGLE = WS_M * WS_K <= WS_HELD, /* a thread's coordinates all fit into registers */
    WS_IN_REGISTERS = WS_SINGLE ? WS_M * WS_K : least(WS_HELD, WS_K),
    /* the hot loop: iterations of a pass, unrolled where an iteration is short */
    WS_UNROLL = !NOISE_NONE || WS_COUPLED ? 1 : WS_IN_REGISTERS <= 8 ? 4 : 2,
    WS_UNIT = WS_P < 32 ? 32 : WS_P,    /* threads that work in step */
    WS_TEAMS = WS_UNIT / WS_P,          /* of a unit */
    /* rows: the gaps of the 16 iterations are dealt to the threads of a team */
    WS_ROWS = WS_P < WS_BATCH ? WS_BATCH / WS_P : 1,     /* of a thread */
    WS_ROW_THREADS = WS_P > WS_BATCH ? WS_P / WS_BATCH : 1, /* that share one row */
    /* partial sums [WS_SUMS][16][stride], a column a thread; strides keep reads of a row free of bank conflicts */
    WS_FOLD_STRIDE = WS_P < 32 ? 33 : WS_P + WS_ROW_THREADS,
    WS_FOLD_REALS = WS_SUMS * WS_BATCH * WS_FOLD_STRIDE,
    WS_ETA_REALS = WS_BATCH * WS_TEAMS,
    WS_NUMBER_REALS = WS_NUMBERS * WS_BATCH * WS_TEAMS,
    /* an odd multiple of P: teams of a warp in different banks */
    WS_HOME_STRIDE = WS_P >= 32 ? (WS_DIM + 1) / 2 * 2 : ((WS_DIM + WS_P - 1) / WS_P | 1) * WS_P,
    WS_LEVEL_REALS = NOISE_SEES ? WS_BATCH * WS_TEAMS : 0,
    WS_TRIAL_REALS = FEEDBACK_TRIES ? WS_BATCH * WS_TEAMS : 0,
    /* coupled: folds of an iteration, two buffers */
    WS_FIRST_TRIAL_FOLD = WS_SUMS + (FEEDBACK_SEES ? 4 : NOISE_SEES ? 2 : 0),
    WS_FOLDS = WS_FIRST_TRIAL_FOLD + (FEEDBACK_TRIES ? OBJECTIVE_SUMS : 0),
    WS_EXCHANGE_REALS = WS_P > 32 ? 2 * WS_FOLDS * WS_P : 0,
};
/* bytes of a unit, each part aligned to 16 */
FN constexpr unsigned long long aligned_16(unsigned long long bytes) { return (bytes + 15) / 16 * 16; }
constexpr unsigned long long WS_UNIT_BYTES_BARE = aligned_16(sizeof(scalar_real) * WS_FOLD_REALS) + aligned_16(sizeof(scalar_real) * WS_ETA_REALS) +
                                                  aligned_16(sizeof(scalar_real) * WS_NUMBER_REALS) +
                                                  aligned_16(sizeof(scalar_real) * WS_LEVEL_REALS) + aligned_16(sizeof(scalar_real) * WS_TRIAL_REALS) +
                                                  aligned_16(sizeof(scalar_real) * WS_EXCHANGE_REALS) + (WS_P > 32 ? WS_P / 32 * 48 + 16 : 0); /* the board */
constexpr unsigned long long WS_HOME_BYTES = aligned_16(2 * sizeof(scalar_real) * (1 + WS_STATES) * WS_TEAMS * (unsigned long long)WS_HOME_STRIDE);
constexpr bool WS_HOME_SHARED = WS_UNIT_BYTES_BARE + WS_HOME_BYTES <= 96 * 1024;
constexpr unsigned WS_UNIT_BYTES = (unsigned)(WS_UNIT_BYTES_BARE + (WS_HOME_SHARED ? WS_HOME_BYTES : 0));
/* warps of a block: four, fewer where they would not fit into the 48 KiB that every device gives without asking */
constexpr int WS_UNITS = WS_P > 32 ? 1 : 4 * WS_UNIT_BYTES <= 48 * 1024 ? 4 : 2 * WS_UNIT_BYTES <= 48 * 1024 ? 2 : 1;
constexpr int WS_BLOCK_THREADS = WS_UNITS * WS_UNIT;
constexpr int WS_BLOCK_SLOTS = WS_UNITS * WS_TEAMS;

#endif
