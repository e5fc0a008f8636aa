/* layout_cpu.h: how many trajectories run side by side, and what is kept in registers together: see block.h. Free choices: no bit of
 * an outcome depends on them.
 *
 * W trajectories side by side. A tile is what runs a batch in registers: TILE_LANES vectors of one trajectory's lanes (their sums are
 * folded in registers, too) by TILE_COLUMNS columns, WS_SLOTS coordinates of each. Enough of them to cover the latency of fma (4 cycles,
 * two or three chains a slot), few enough for the registers: half of them for coordinates, the rest for coefficients, sums, step sizes. */
#ifndef WS_LAYOUT_CPU_H
#define WS_LAYOUT_CPU_H

/* vectors of coordinates in registers: with 32 of them coefficients may come from memory, and the fewer tiles, the less there is to do between them;
 * a step of many instructions fills the pipes with fewer, but those of a Zen with AVX-512 in float32: its chain is 63 cycles and 8 vectors are 76 (Zen 5: d = 1024 1.14 times as
 * fast, 300 1.35). With a noise a vector is enough: its normals are made many at a time; but in one dimension the steps of several hide one another,
 * and so they do behind a noise that costs less than a step. */
#ifdef OBJECTIVE_LIGHT
#define WS_LIGHT 1
#else
#define WS_LIGHT 0
#endif
/* Among the light steps of walls a river's is a long chain, of which a larger tile has several side by side (Intel, d = 3 in float64: 1.25 times as fast). */
#ifdef OBJECTIVE_SINKS
#define WS_SHORT 0
#else
#define WS_SHORT WS_LIGHT
#endif
/* Where a column of short lanes would be one tile or two, a batch waits for the last steps of the one before: two or four smaller tiles take turns. (Zen 4:
 * d = 16 1.05, 4 1.04, 32 1.03 times as fast, short runs 1.02, decaying 1.06; not measured elsewhere.) */
#define WS_TILES_TURN (WS_ZEN4 && WS_SHORT && WS_K <= 4)
/* Where a sum is followed as it is made (WS_FOLLOWS) there must be registers for that. */
#define WS_TILES_ARE_SMALL (WS_SHORT && (WS_ZEN4 ? WS_K <= 2 : WS_VECTOR_BYTES == 32 && WS_K == 1))
/* Sixteen registers are few for steps of more than a hundred instructions each that the compiler mixes (Zen 3: exact-rho in float64 1.3 to 1.5 times as fast,
 * log-quadratic 1.18; the cosh 1.0, a power 0.9). */
#ifdef OBJECTIVE_LONG
#define WS_FORMULA_IS_LONG (WS_VECTOR_BYTES == 32)
#else
#define WS_FORMULA_IS_LONG 0
#endif
#define WS_CHAINS_ARE_LONG (WS_ZEN_512 && WS_PRECISION == 32)
#ifndef WS_TILE_WANTED
#ifndef DRAW_SIGN
#define DRAW_SIGN 0
#endif
/* x and the states of 8 vectors fit 32 registers; in float64 the divisions and roots of two states (Adam) are 0.94 to 0.99 times as fast with more of them (Zen 4) */
#define WS_TILE_OF_STATES (WS_VECTOR_BYTES == 64 && (WS_PRECISION == 32 || WS_STATES == 1) ? 8 : 4)
#define WS_TILE_OF_NOISE (WS_ZEN5 && (WS_K == 1 || DRAW_SIGN) ? 8 : WS_K == 1 ? 4 : 1)
#define WS_TILE_WANTED (!NOISE_NONE ? WS_TILE_OF_NOISE : WS_STATES > 0 ? WS_TILE_OF_STATES : WS_TILES_ARE_SMALL || WS_FORMULA_IS_LONG ? 4 : WS_VECTOR_BYTES == 64 && (WS_LIGHT || WS_CHAINS_ARE_LONG) && !WS_TILES_TURN ? 16 : 8)
#endif

#ifndef WS_W
#if WS_COUPLED
/* the fold and what follows from it is a chain of latency: more columns to hide it, as long as the states fit the first-level cache */
#if WS_DIM <= 64
#define WS_W (4 * WS_LANES)
#elif WS_DIM <= 256
#define WS_W (2 * WS_LANES)
#elif WS_DIM < 2048 || WS_L < WS_LANES
#define WS_W WS_LANES
#else
#define WS_W 1
#endif
#elif WS_DIM < 4
#define WS_W (8 * WS_LANES)
#elif WS_DIM < 8
#define WS_W (4 * WS_LANES)
#elif WS_DIM < 16
#define WS_W (2 * WS_LANES)
#elif WS_DIM < 512 || WS_L < WS_LANES || WS_K <= WS_TILE_WANTED
#define WS_W WS_LANES
#else
#define WS_W 1
#endif
#endif

#if WS_W == 1
ASSERT_STATIC(WS_L % WS_LANES == 0, one_trajectory_a_block_needs_at_least_a_vector_of_lanes);
#define WS_COLUMNS 1
#else
ASSERT_STATIC(WS_W % WS_LANES == 0, width_is_a_multiple_of_the_vector_length);
#define WS_COLUMNS (WS_W / WS_LANES)
#endif

/* coordinates of a lane that run a batch in registers together, with their states. A tile of one vector has the
 * longest chain of a sum and the least to do beside it: worth it where all of a lane fits, or the lanes are many vectors */
#ifndef WS_SLOTS_WANTED
#define WS_SLOTS_WANTED (!NOISE_NONE ? (WS_ZEN_512 ? 16 : 8) : WS_STATES > 0 || WS_FORMULA_IS_LONG ? 4 : WS_TILE_WANTED == 16 && (WS_K <= 16 || WS_L >= 4 * WS_LANES) ? 16 : 8)
#endif
#if NOISE_NONE
#define WS_APART 1 /* slots need not be stepped all at once: their noise can be drawn apart */
#elif defined(NOISE_GRAIN)
#define WS_APART (NOISE_SPAN == 1 && WS_SLOTS_WANTED % NOISE_GRAIN == 0)
#else
#define WS_APART 0
#endif
#if WS_APART && WS_SLOTS_WANTED < WS_K
#define WS_SLOTS WS_SLOTS_WANTED
#else
#define WS_SLOTS WS_K
#endif

#define WS_POWER_BELOW(n) ((n) >= 16 ? 16 : (n) >= 8 ? 8 : (n) >= 4 ? 4 : (n) >= 2 ? 2 : 1)
enum {
    WS_NV = WS_L * WS_W / WS_LANES,    /* vectors ("groups") of a block */
    WS_MANY = WS_NV / WS_COLUMNS,      /* vectors of a column */
    WS_TILE = WS_COUPLED ? 4 : WS_POWER_BELOW(WS_TILE_WANTED / WS_SLOTS),
    WS_TILE_LANES = WS_TILE < WS_MANY ? WS_TILE : WS_MANY,
    WS_TILE_COLUMNS = WS_TILE / WS_TILE_LANES < WS_COLUMNS ? WS_TILE / WS_TILE_LANES : WS_COLUMNS,
    WS_PARTS = WS_MANY / WS_TILE_LANES, /* tiles of a column: partial sums of an iteration */
    WS_LEVELS = __builtin_ctz(WS_PARTS), /* of their fold */
    WS_PASSES = (WS_K + WS_SLOTS - 1) / WS_SLOTS /* of a tile over its lanes' slots */
};

/* What a batch leaves in b->gap are the sums of its iterations; scan_column makes gaps of them where more than their order matters. */
#if defined(OBJECTIVE_GAP_SCALE) && WS_W > 1 && !WS_COUPLED && !defined(WS_TRACED) && !defined(WS_GAP_HASH) && !defined(WS_CURVE)
#define WS_GAPS_LATER 1
#else
#define WS_GAPS_LATER 0
#endif
/* GD with step sizes of at most 2 / a on a quadratic, or on what is nearly one near its minimum (OBJECTIVE_CONTRACTS): no coordinate's magnitude grows, nor does
 * its part of the gap or a sum of such parts, rounded as they are, since rounding keeps order. Gaps that never rise need not be looked at one by one, and where
 * the last one of a batch will be above its target the sums of all but the last two are not made (foresee, scan_cpu.h). */
#if NOISE_NONE && WS_STATES == 0 && (defined(OBJECTIVE_CONTRACTS) || (defined(OBJECTIVE_SINKS) && WS_W > 1)) && defined(OBJECTIVE_GAP_SCALE) && defined(METHOD_IS_GRADIENT) && !WS_COUPLED && \
    !defined(WS_TRACED) && !defined(WS_GAP_HASH) && !defined(WS_CURVE)
#define WS_CONTRACTS 1
#else
#define WS_CONTRACTS 0
#endif
/* An objective whose parts of the gap sink from where they are (OBJECTIVE_SINKS): rounded, a gap may rise by its roundings, those of a part and of its sum over slots and
 * lanes. Where two gaps are further apart than both of these the one is below the other. */
#if WS_CONTRACTS && defined(OBJECTIVE_SINKS)
#define WS_SINKS 1
#define WS_MARGIN (4 * (OBJECTIVE_SINKS + WS_K + 8) * WS_ROUNDING)
#else
#define WS_SINKS 0
#define WS_MARGIN 0
#endif
/* While step sizes stay, several batches are run as one: what is done between two of them, loads and stores, two sums, the look at these, is as long as the
 * steps of one where lanes are short. */
enum {
    WS_UNSEEN = WS_BATCH - 2, /* iterations of such a batch that make no sums */
    WS_MOST_SKIPS = 32        /* such batches that are run as one, at most: a power of two */
};

/* Whether they fall is then found as they are made, where a tile is whole columns and lanes are few: beside its fma, not after them. */
#define WS_FOLLOWS (WS_GAPS_LATER && NOISE_NONE && WS_L <= 2 && (WS_ZEN4 || WS_VECTOR_BYTES == 32) && WS_POWER_BELOW(WS_TILE_WANTED / WS_SLOTS) <= (WS_K == 1 ? 4 : 2))

/* Under a closed loop the gradient of a heavy separable objective is made beside the sums at the same x, which have most of it, and kept for the survey, the tries and the step. */
#if WS_COUPLED && !OBJECTIVE_COUPLED && !WS_SHORT && !defined(OBJECTIVE_HAS_STEP)
#define WS_KEEPS_GRADIENT 1
#else
#define WS_KEEPS_GRADIENT 0
#endif

/* Where trajectories are side by side and every coordinate is a sum of its own, a vector of x is a vector of sums: nothing is added up, and no coordinate looks for its own
 * part of the gradient. */
#if OBJECTIVE_WHOLE_POINT && WS_W > 1
#define WS_WHOLE 1
#else
#define WS_WHOLE 0
#endif

/* Slots that are zero in every lane of a tile are left out of a batch, where zero stays zero: all of a pass, or the first half of the last one. */
#if defined(OBJECTIVE_ZERO_STAYS) && defined(METHOD_ZERO_STAYS) && !WS_COUPLED && NOISE_NONE && WS_STATES == 0 && WS_DIM >= 4
#define WS_SKIPS_ZEROS 1
#else
#define WS_SKIPS_ZEROS 0
#endif
enum { WS_GONE_NONE, WS_GONE_SOME, WS_GONE_HALF, WS_GONE_ALL }; /* some: in some lanes only, or fewer slots: nothing is left out */
#endif
