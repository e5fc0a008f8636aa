/* advance_cpu.h: a batch of 16 iterations of an uncoupled block, a tile at a time.
 *
 * Coordinates do not see each other, so that WS_SLOTS of them run the whole batch in registers before the next ones come; the sums of
 * the 16 iterations wait in memory between two such runs of a lane. A lane adds its coordinates in ascending order all the same. The
 * sums of a tile's lanes are folded in registers: they are chosen WS_PARTS apart, as the canonical fold meets them. The tiles of a column
 * come in such an order that the fold can be carried on at once, where load and addition cost nothing beside the tile's fma. */
#ifndef WS_ADVANCE_CPU_H
#define WS_ADVANCE_CPU_H

/* A step of many instructions is a long chain; the next vector's chain waits outside the processor's window until this one is nearly done. GCC
 * puts instructions of several vectors side by side when it is asked to. A light step is best left in its order, and normals are drawn side by side
 * as they are written (random.h), but it pays to put the steps of a few slots beside the normals of later iterations (Zen 4 and 5: d = 64 1.05 times as fast; other processors with
 * AVX-512, float64 alone: d = 1 1.03, 4 1.11, 16 and 64 1.08 times; with AVX2 0.93 to 0.99 times). What a stable number is made of goes side by side, too (Zen 3: 1.5 to 1.7
 * times as fast, in float64 1.3 to 1.4 times). */
#ifndef DRAW_NORMAL
#define DRAW_NORMAL 0
#endif
#ifndef DRAW_LONG
#define DRAW_LONG 0
#endif
#define WS_STEPS_BESIDE_NORMALS (WS_ZEN_512 ? DRAW_NORMAL && WS_K > 1 && NOISE_SPAN > 1 : WS_VECTOR_BYTES == 64 && WS_PRECISION == 64)
#if defined(__GNUC__) && !defined(__clang__) && (NOISE_NONE ? !WS_LIGHT : WS_STEPS_BESIDE_NORMALS || DRAW_LONG)
#define WS_SCHEDULED 1
#pragma GCC push_options
#pragma GCC optimize("schedule-insns", "sched-pressure")
#if WS_ZEN_512 && NOISE_NONE && WS_PRECISION == 32
#pragma GCC optimize("no-sched-critical-path-heuristic") /* vectors in turn: the cosh 1.01 to 1.05 times as fast; in float64 0.98 times, normals 0.97 */
#endif
#if NOISE_NONE ? WS_PRECISION == 32 : WS_PRECISION == 64
#pragma GCC optimize("gcse") /* the cosh 1.1 times as fast, in float64 0.95 times; normals in float64 1.03 times, in float32 0.98 times */
#endif
#endif

/* A compiler that takes a Zen 4 or 5 for a Zen 3 plans for the pipes of the latter: what it does for any processor runs sooner on them, the cosh by a
 * tenth, GD at d = 64 by a fortieth; only the quadratic's long runs of fma do not. */
#if defined(__GNUC__) && !defined(__clang__) && WS_ZEN_512 && defined(__znver3__) && !(WS_LIGHT && WS_W == 1)
#define WS_TUNED 1
#pragma GCC push_options
#pragma GCC target("tune=generic")
#endif

/* Where tiles follow one another, an iteration ends in conditions: which sums wait for this one (fold_part)? GCC moves the steps behind them, since only
 * the next iteration looks at x, and keeps in memory what they need until then. Without that: GD at d = 64 1.04 times as fast, the cosh 1.5 times. */
#if defined(__GNUC__) && !defined(__clang__) && NOISE_NONE && WS_L * WS_SLOTS > WS_TILE_WANTED
#define WS_STEPS_STAY 1
#pragma GCC push_options
#pragma GCC optimize("no-tree-sink")
#endif

/* The part of a column that comes i-th: i with its bits reversed. The canonical fold, upper half onto lower half, is then that of a
 * stack: part 0 waits for part PARTS / 2, their sum for that of the next two, and so on. */
FN int part_in_order(int i)
{
    int part = 0;
    for (int bit = 1; bit < WS_PARTS; bit *= 2, i /= 2) part = 2 * part + i % 2;
    return part;
}
FN int waiting_for(int i) { return WS_PARTS == 1 ? 0 : __builtin_ctz(~(unsigned)i); }
/* The i-th part's sums of iteration s: onto those that wait for it, one after the other (`waiting` of them, the number of ones at
 * the end of i: waiting_for), then to wait itself. After the last part: the gap; with W = 1, or if they are `asked` for, the totals, those
 * to be folded inside their vector. `now`: of the column (follow). */
FN void fold_part(block *b, int s, int column, int c, int waiting, int asked, constants k, sums value, trend *now)
{
    UNROLLED
    for (int level = 0; level < WS_LEVELS; level++) {
        if (level == waiting) break;
        for (int i = 0; i < OBJECTIVE_SUMS; i++) ((real *)&value)[i] = *waiting_sum(b, level, s, c, i) + ((real *)&value)[i];
    }
    if (WS_FOLLOWS) follow(now, *(const real *)&value);
    if (WS_W > 1 && waiting == WS_LEVELS) store_gap(b, s, column + c, WS_GAPS_LATER ? *(const real *)&value : gap(k, value));
    if (WS_W == 1 || waiting < WS_LEVELS || asked)
        for (int i = 0; i < OBJECTIVE_SUMS; i++) *waiting_sum(b, waiting, s, c, i) = ((real *)&value)[i];
}

/* What a coordinate and its average reach (objective.h). */
FN void note_reach(coefficients c, constants k, real x, const real *state, real *farthest)
{
    *farthest = GREATEST(*farthest, reach(c, k, x));
    if (WS_AVERAGED) *farthest = GREATEST(*farthest, reach(c, k, observed(x, state)));
}
/* Iteration s of slots k ... k + size - 1 of a tile: x and kept, [vector][slot][state], are in registers; noise [vector][NOISE_SPAN][size], of which the
 * iteration takes number `drawn`. `wait` [iteration][sum][vector]: sums of earlier slots, read unless `begin`; written unless `last`: then they are
 * folded. `traced`: there are points of the trace, `looked` waits like `wait`. `at`: coefficients from the first slot on. `farthest` is 0, or the objective is
 * near its minimum, and the largest magnitude that is reached is put there (a slot without a trajectory stays at 0). */
FN void iterate_once(block *b, const lane_values *v, int part, int waiting, int column, int k, int size, int begin, int last, int s, const real *noise,
                     int drawn, real *RESTRICT wait, int traced, unsigned wanted, real *RESTRICT looked, const coefficients *at, real *x, real *kept, real *farthest,
                     trend *now)
{
    enum { TILE = WS_TILE_LANES * WS_TILE_COLUMNS };
#if WS_TRACED_OF_STATE
    if (traced && wanted >> s & 1) look_at_slots(b, v, part, column, k, size, begin, last, s, x, kept, looked + s * 2 * TILE);
#else
    (void)wanted;
    (void)looked;
#endif
    sums partial[TILE];
    real *store = wait + s * OBJECTIVE_SUMS * TILE;
    UNROLLED
    for (int n = 0; n < TILE; n++) {
        partial[n] = no_sums();
        if (!begin)
            for (int i = 0; i < OBJECTIVE_SUMS; i++) ((real *)&partial[n])[i] = store[i * TILE + n];
    }
    const real *eta = &b->eta[s * WS_COLUMNS + column];
    UNROLLED
    for (int j = 0; j < size; j++) {
        UNROLLED
        for (int n = 0; n < TILE; n++) {
            real here = x[n * WS_SLOTS + j], *state = &kept[(n * WS_SLOTS + j) * WS_STATES];
            const coefficients c = at[beside(n) + j];
            const real number = NOISE_NONE ? R(0.0f) : noise[(n * NOISE_SPAN + drawn) * size + j], *numbers = numbers_of(b, s, column + n % WS_TILE_COLUMNS);
            if (farthest) {
                note_reach(c, v[n].k, here, state, farthest);
                accumulate_near(c, v[n].k, observed(here, state), &partial[n]);
                x[n * WS_SLOTS + j] = step_along(last && j == size - 1, &v[n], here, gradient_near(c, v[n].k, here, partial[n]), eta[n % WS_TILE_COLUMNS],
                                                 number, state, numbers);
            } else {
                accumulate(c, v[n].k, observed(here, state), &partial[n]);
                x[n * WS_SLOTS + j] = step_slot(last && j == size - 1, c, &v[n], here, partial[n], eta[n % WS_TILE_COLUMNS], number, state, numbers);
            }
        }
    }
    if (last) {
        UNROLLED
        for (int c = 0; c < WS_TILE_COLUMNS; c++) fold_part(b, s, column, c, waiting, traced, v[c].k, fold_tile(partial + c), &now[c]);
    } else
        for (int i = 0; i < OBJECTIVE_SUMS; i++) {
            UNROLLED
            for (int n = 0; n < TILE; n++) store[i * TILE + n] = ((real *)&partial[n])[i];
        }
}

#if WS_CONTRACTS
/* Iteration s of `size` slots of a tile without their sums, near the minimum where the objective has a reach. */
FN void step_unseen(const block *b, const lane_values *v, int column, int size, int last, int s, const coefficients *at, real *x)
{
    const real *eta = &b->eta[s * WS_COLUMNS + column];
    UNROLLED
    for (int j = 0; j < size; j++) {
        UNROLLED
        for (int n = 0; n < WS_TILE_LANES * WS_TILE_COLUMNS; n++) {
            real *here = &x[n * WS_SLOTS + j];
            const coefficients c = at[beside(n) + j];
            const real g = WS_NEAR ? gradient_near(c, v[n].k, *here, no_sums()) : gradient(c, v[n].k, *here, no_sums());
            *here = step_along(last && j == size - 1, &v[n], *here, g, eta[n % WS_TILE_COLUMNS], R(0.0f), 0, 0);
        }
    }
}
#endif

#if WS_K == 1 || WS_NEAR /* numbers come from memory anyhow; written out, eight columns, or steps near the minimum and far from it, are more code than pays */
#define UNROLLED_STEPS ROLLED
#else
#define UNROLLED_STEPS UNROLLED
#endif
/* The 16 iterations, or those from `first` on. Those whose noise is drawn together are written out: where it stands is then known to the compiler. `near`: the
 * objective is near its minimum (objective.h), as far as that can be said before; `farthest`: as in iterate_once. */
FN void iterate_slots(block *b, const lane_values *v, int part, int waiting, int column, int k, int size, int begin, int last, int first,
                      real *RESTRICT wait, int traced, real *RESTRICT looked, real *x, real *kept, int near, real *farthest)
{
    enum { TILE = WS_TILE_LANES * WS_TILE_COLUMNS };
    real noise[NOISE_NONE ? 1 : TILE * NOISE_SPAN * WS_SLOTS];
#if WS_TRACED_OF_STATE
    const unsigned wanted = traced ? wanted_of_tile(b, column) : 0;
#else
    const unsigned wanted = 0;
#endif
    const coefficients *at = b->c + first_place(part, column) + k;
    OPAQUE(at);
    trend now[WS_TILE_COLUMNS];
    for (int c = 0; c < WS_TILE_COLUMNS; c++) now[c] = no_trend();
    if (NOISE_NONE && near) { /* a loop of its own: with both ways in one loop the cosh is 0.86 times as fast */
        for (int s = first; s < WS_BATCH; s++)
            iterate_once(b, v, part, waiting, column, k, size, begin, last, s, noise, 0, wait, traced, wanted, looked, at, x, kept, farthest, now);
        if (last) note_fallen(b, column, now);
        return;
    }
    for (int s = first; s < WS_BATCH; s += NOISE_SPAN) {
        if (!NOISE_NONE)
            for (int n = 0; n < TILE; n++)
                draw_noise(key_of(b), &v[n], weights_of(b, tile_group(part, column, n)), (unsigned)s, k, size, noise + n * NOISE_SPAN * size);
        if (near) {
            UNROLLED_STEPS
            for (int i = 0; i < NOISE_SPAN; i++)
                iterate_once(b, v, part, waiting, column, k, size, begin, last, s + i, noise, i, wait, traced, wanted, looked, at, x, kept, farthest, now);
            continue;
        }
        UNROLLED_STEPS
        for (int i = 0; i < NOISE_SPAN; i++)
            iterate_once(b, v, part, waiting, column, k, size, begin, last, s + i, noise, i, wait, traced, wanted, looked, at, x, kept, 0, now);
    }
    if (last) note_fallen(b, column, now);
}

#include "scaled_cpu.h"

/* The smallest magnitudes of a tile are found in several chains: one alone would wait 4 cycles for each vector. */
enum { WS_CHAINS_OF_LEAST = 4 };
FN real least_of(const real chain[WS_CHAINS_OF_LEAST]) { return LEAST(LEAST(chain[0], chain[1]), LEAST(chain[2], chain[3])); }

#if WS_SKIPS_ZEROS
FN unsigned char *gone_of(block *b, int part, int column, int k) { return &b->gone[(column / WS_TILE_COLUMNS * WS_PARTS + part) * WS_PASSES + k / WS_SLOTS]; }
#endif

/* Slots k ... k + size - 1 of a tile to registers. */
FN void load_slots(const real *from, int part, int column, int k, int size, real *x)
{
    from += first_place(part, column) + k;
    OPAQUE(from);
    UNROLLED
    for (int n = 0; n < WS_TILE_LANES * WS_TILE_COLUMNS; n++) {
        UNROLLED
        for (int j = 0; j < size; j++) x[n * WS_SLOTS + j] = from[beside(n) + j];
    }
}

/* The smallest magnitudes of a tile's x, at most 1, in the chains of `least`. Zeros look tiny where they are not passed over. */
FN void find_least(const real *x, int size, int passes_zeros, real least[WS_CHAINS_OF_LEAST])
{
    UNROLLED
    for (int i = 0; i < WS_CHAINS_OF_LEAST; i++) least[i] = R(1.0f);
    UNROLLED
    for (int n = 0; n < WS_TILE_LANES * WS_TILE_COLUMNS; n++) {
        UNROLLED
        for (int j = 0; j < size; j++) {
            real *chain = &least[(n * size + j) % WS_CHAINS_OF_LEAST];
            *chain = passes_zeros ? LEAST_NONZERO(*chain, x[n * WS_SLOTS + j]) : LEAST(*chain, x[n * WS_SLOTS + j]);
        }
    }
}

/* What slots k ... k + size - 1 of a tile that look tiny need, all of a pass or its second half when the first one is gone: the tiny-value rule, and, if
 * zeros are `noted`, which of them are zero in every lane: they stay zero, and add nothing to a sum. Returns the smallest magnitudes that are not zero.
 * Where modes are many, one or another becomes tiny in most batches: all in one pass. `all`: the state at hand, that of the block or one on the way to the next;
 * `flushes`: as in note_flushed. */
static __attribute__((noinline)) real tend_slots(block *b, real *all, unsigned *flushes, int part, int column, int k, int size, int noted)
{
    enum { TILE = WS_TILE_LANES * WS_TILE_COLUMNS };
    real least[WS_CHAINS_OF_LEAST];
    mask flushed[WS_TILE_COLUMNS];
    vuint any[2] = {vuint_of(0), vuint_of(0)}; /* of the bits of the first half and the second */
    UNROLLED
    for (int i = 0; i < WS_CHAINS_OF_LEAST; i++) least[i] = R(1.0f);
    UNROLLED
    for (int c = 0; c < WS_TILE_COLUMNS; c++) flushed[c] = LT(R(0.0f), R(0.0f));
    UNROLLED
    for (int half = 0; half < 2; half++)
        for (int j = half ? size / 2 : 0; j < (half ? size : size / 2); j++) { /* no array of registers: size is no constant here */
            UNROLLED
            for (int n = 0; n < TILE; n++) {
                real *at = &all[tile_group(part, column, n) * WS_K + k + j], *chain = &least[n % WS_CHAINS_OF_LEAST];
                const real x = flush_tiny(*at, &flushed[n % WS_TILE_COLUMNS]);
                *at = x;
                any[half] |= BITS(x);
                *chain = LEAST_NONZERO(*chain, x);
            }
        }
    UNROLLED
    for (int c = 0; c < WS_TILE_COLUMNS; c++) note_flushed(flushes, column + c, flushed[c]);
#if WS_SKIPS_ZEROS
    if (noted) {
        const unsigned first = LANES_OF(NOT(EQ_INT(any[0], vuint_of(0)))), second = LANES_OF(NOT(EQ_INT(any[1], vuint_of(0))));
        int gone = !first && !second ? WS_GONE_ALL : !first || k % WS_SLOTS ? WS_GONE_HALF : WS_GONE_SOME;
        for (int c = 0; c < WS_TILE_COLUMNS; c++)
            if (!b->finite_eta[column + c]) gone = WS_GONE_NONE; /* an infinite step of length 0 is a NaN */
        *gone_of(b, part, column, k) = (unsigned char)gone;
    }
#else
    (void)noted;
#endif
    return least_of(least);
}

/* ... their states, without those that are tiny, and where they stand. */
FN void load_states(block *b, int part, int column, int k, int size, real *kept)
{
    if (WS_STATES == 0) return;
    UNROLLED
    for (int n = 0; n < WS_TILE_LANES * WS_TILE_COLUMNS; n++) {
        mask here = LT(R(0.0f), R(0.0f));
        const real *state = states_at(b, b->now, tile_group(part, column, n) * WS_K + k);
        UNROLLED
        for (int j = 0; j < size; j++) {
            UNROLLED
            for (int q = 0; q < WS_STATES; q++) kept[(n * WS_SLOTS + j) * WS_STATES + q] = state[j * WS_STATES + q];
            flush_states(&kept[(n * WS_SLOTS + j) * WS_STATES], &here);
        }
        note_flushed(b->flushed, tile_group(part, column, n), here);
    }
}
FN void store_states(block *b, int part, int column, int k, int size, const real *kept)
{
    UNROLLED
    for (int n = 0; n < WS_TILE_LANES * WS_TILE_COLUMNS; n++) {
        UNROLLED
        for (int j = 0; j < size; j++) {
            UNROLLED
            for (int q = 0; q < WS_STATES; q++)
                states_at(b, b->now ^ 1, tile_group(part, column, n) * WS_K + k + j)[q] = kept[(n * WS_SLOTS + j) * WS_STATES + q];
        }
    }
}
FN void store_slots(int part, int column, int k, int size, const real *x, real *to)
{
    to += first_place(part, column) + k;
    OPAQUE(to);
    UNROLLED
    for (int n = 0; n < WS_TILE_LANES * WS_TILE_COLUMNS; n++) {
        UNROLLED
        for (int j = 0; j < size; j++) to[beside(n) + j] = x[n * WS_SLOTS + j];
    }
}

FN int is_near(real farthest) { return !LANES_OF(LT(R(OBJECTIVE_REACH), farthest)); }
#if WS_NEAR
/* Do slots k ... k + size - 1 of a tile begin the batch near the minimum? */
FN int begins_near(const block *b, const lane_values *v, int part, int column, int k, int size, const real *x, const real *kept)
{
    const coefficients *at = b->c + first_place(part, column) + k;
    real farthest = R(0.0f);
    if (b->away[column]) return 0;
    UNROLLED
    for (int n = 0; n < WS_TILE_LANES * WS_TILE_COLUMNS; n++) {
        UNROLLED
        for (int j = 0; j < size; j++) {
            const int i = n * WS_SLOTS + j;
            note_reach(at[beside(n) + j], v[n].k, x[i], &kept[i * WS_STATES], &farthest);
            if (i == 0 && !is_near(farthest)) return 0; /* most often that is enough */
        }
    }
    return is_near(farthest);
}
/* They went off, and the batch is run once more. Where noise keeps them at the edge, that would be so for every other batch. */
FN void note_away(block *b, int column) { b->away[column] = 16; }
#else
FN int begins_near(const block *b, const lane_values *v, int part, int column, int k, int size, const real *x, const real *kept) { return 0; }
FN void note_away(block *b, int column) { (void)b; }
#endif

/* ... from the present state to `to`. `skips`: so many batches without sums but the last two. */
FN void advance_slots(block *b, const lane_values *v, int part, int waiting, int column, int k, int size, int begin, int last, int skips,
                     real *RESTRICT wait, real *RESTRICT to, int traced, real *RESTRICT looked)
{
    enum { TILE = WS_TILE_LANES * WS_TILE_COLUMNS };
    const real *from = b->x[b->now];
    real x[TILE * WS_SLOTS], kept[WS_ROOM(TILE * WS_SLOTS * WS_STATES)];
    load_slots(from, part, column, k, size, x);
#if WS_SKIPS_ZEROS
    int zeros = !traced && *gone_of(b, part, column, k) != WS_GONE_NONE; /* in a run that converges fast modes are zero for most of its time */
#else
    int zeros = 0;
#endif
    real least[WS_CHAINS_OF_LEAST];
    if (zeros) find_least(x, size, 1, least);
    else find_least(x, size, 0, least);
#if WS_SCALES
    const int may_scale = begin && last && !traced && !skips; /* two sums meet few denormal terms */
    const real looks_tiny = may_scale ? R(WS_NEAR_TINY) : R(WS_TINY);
#else
    const real looks_tiny = R(WS_TINY);
#endif
    if (LANES_OF(LT(least_of(least), looks_tiny))) {
        const real smallest = tend_slots(b, b->x[b->now], b->flushed, part, column, k, size, !traced);
#if WS_SCALES
        if (may_scale && LANES_OF(LT(smallest, R(WS_NEAR_TINY))) && advance_scaled(b, part, waiting, column, k, to)) return;
#endif
        load_slots(from, part, column, k, size, x); /* else they would be saved for the calls, always */
    }
    load_states(b, part, column, k, size, kept);
    int first = 0;
#if WS_CONTRACTS
    if (skips) {
        const coefficients *at = b->c + first_place(part, column) + k;
        OPAQUE(at);
        for (;; skips--) {
            const int count = skips > 1 ? WS_BATCH : WS_UNSEEN;
            for (int s = 0; s < count; s++) step_unseen(b, v, column, size, last, s, at, x);
            if (skips == 1) break;
            if (zeros) find_least(x, size, 1, least);
            else find_least(x, size, 0, least);
            if (!LANES_OF(LT(least_of(least), R(WS_TINY)))) continue;
            store_slots(part, column, k, size, x, to);
            tend_slots(b, to, b->flushed_later, part, column, k, size, 1);
            load_slots(to, part, column, k, size, x);
            zeros = 1;
        }
        first = WS_UNSEEN;
    }
#else
    (void)skips;
#endif
    /* worth a loop of its own where nothing waits; else, with two parts, one sum does: unless the compiler knows, it makes sums under that condition */
    const int whole = WS_LIGHT && NOISE_NONE && WS_STATES == 0 && begin && last && k == 0 && !traced;
    if (whole && waiting == 0) {
        iterate_slots(b, v, part, 0, column, k, size, begin, last, first, wait, traced, looked, x, kept, 0, 0);
    } else {
        enum { WAIT = WS_BATCH * OBJECTIVE_SUMS * TILE };
        const int overwrites = !begin && !last;
        real farthest = R(0.0f), before[WS_NEAR && WS_PASSES > 1 ? WAIT : 1];
        int near = WS_NEAR && (skips || (!traced && begins_near(b, v, part, column, k, size, x, kept)));
        if (near && overwrites) __builtin_memcpy(before, wait, sizeof before);
        for (;;) {
            iterate_slots(b, v, part, WS_LEVELS == 1 && whole ? 1 : waiting, column, k, size, begin, last, first, wait, traced, looked, x, kept, near,
                          &farthest);
            if (!near || is_near(farthest)) break;
            near = first = 0;
            note_away(b, column);
            if (overwrites) __builtin_memcpy(wait, before, sizeof before);
            load_slots(from, part, column, k, size, x);
            load_states(b, part, column, k, size, kept);
        }
#if WS_CONTRACTS && WS_NEAR
        if (!near) b->far[column / WS_TILE_COLUMNS] = 1;
#endif
    }
    store_slots(part, column, k, size, x, to);
    store_states(b, part, column, k, size, kept);
}

#if WS_SKIPS_ZEROS
FN void put_zeros(int part, int column, int k, int size, real *to)
{
    for (int n = 0; n < WS_TILE_LANES * WS_TILE_COLUMNS; n++)
        for (int j = 0; j < size; j++) to[tile_group(part, column, n) * WS_K + k + j] = R(0.0f);
}
#endif

/* One tile, all its slots. Slots that are gone are left out: in a run that converges these are the fast modes, for most of its time. */
FN void advance_all(block *b, int part, int waiting, int column, int skips, real *RESTRICT to, int traced)
{
    enum { TILE = WS_TILE_LANES * WS_TILE_COLUMNS, MORE = (WS_PASSES - 1) * WS_SLOTS, HALF = (WS_K - MORE) / 2 };
    lane_values v[TILE];
    real wait[MORE > 0 ? WS_BATCH * TILE * OBJECTIVE_SUMS : 1], looked[WS_TRACED_OF_STATE && MORE > 0 ? WS_BATCH * 2 * TILE : 1];
    for (int n = 0; n < TILE; n++) v[n] = values_of(b, tile_group(part, column, n));
    int begin = 1; /* nothing waits yet (zeros would do, but to write them takes 4 % of the time of a pass) */
    for (int k = 0; k < MORE; k += WS_SLOTS) {
#if WS_SKIPS_ZEROS
        if (!traced && *gone_of(b, part, column, k) == WS_GONE_ALL) {
            put_zeros(part, column, k, WS_SLOTS, to);
            continue;
        }
        /* half of a pass of 8 slots would not be worth a loop of its own */
        if (WS_SLOTS == 16 && !traced && *gone_of(b, part, column, k) == WS_GONE_HALF) {
            put_zeros(part, column, k, WS_SLOTS / 2, to);
            advance_slots(b, v, part, waiting, column, k + WS_SLOTS / 2, WS_SLOTS / 2, begin, 0, skips, wait, to, traced, looked);
            begin = 0;
            continue;
        }
#endif
        advance_slots(b, v, part, waiting, column, k, WS_SLOTS, begin, 0, skips, wait, to, traced, looked);
        begin = 0;
    }
#if WS_SKIPS_ZEROS
    if (!traced && *gone_of(b, part, column, MORE) >= WS_GONE_HALF) {
        put_zeros(part, column, MORE, HALF, to);
        advance_slots(b, v, part, waiting, column, MORE + HALF, WS_K - MORE - HALF, begin, 1, skips, wait, to, traced, looked);
        return;
    }
#endif
    advance_slots(b, v, part, waiting, column, MORE, WS_K - MORE, begin, 1, skips, wait, to, traced, looked);
}
static __attribute__((noinline)) void advance_tile(block *b, int part, int waiting, int column, int skips, real *RESTRICT to)
{
    advance_all(b, part, waiting, column, skips, to, 0);
}
#if WS_TRACED_OF_STATE
static __attribute__((noinline)) void advance_tile_traced(block *b, int part, int waiting, int column, real *RESTRICT to)
{
    advance_all(b, part, waiting, column, 0, to, 1);
}
#endif

/* How many batches do the columns of a tile run now without sums but the last two? */
FN int note_skipping(block *b, int column)
{
    int skips = 0;
#if WS_CONTRACTS
    skips = WS_MOST_SKIPS;
    for (int c = column; c < column + WS_TILE_COLUMNS && skips; c++) {
        if (!columns_live(b, c, 1)) continue;
        const int its = b->contracts[c] ? b->skips[c] : 0;
        skips = its < skips ? its : skips;
    }
    b->skipped[column / WS_TILE_COLUMNS] = skips;
#else
    (void)b;
    (void)column;
#endif
    return skips;
}
/* A batch of all tiles of their columns. */
FN void advance_columns(block *b, int column, int skips)
{
    real *to = b->x[b->now ^ 1];
#if WS_CONTRACTS
    b->far[column / WS_TILE_COLUMNS] = 0;
    for (int c = 0; c < WS_TILE_COLUMNS; c++) b->flushed_later[column + c] = 0;
#endif
    for (int i = 0; i < WS_PARTS; i++) advance_tile(b, part_in_order(i), waiting_for(i), column, skips, to);
}
#if WS_CONTRACTS
/* Whose sums were skipped: one batch from where they began, with all of them. */
static __attribute__((noinline)) void advance_again(block *b, int column)
{
    if (b->skipped[column / WS_TILE_COLUMNS] > 1) forget_zeros(b, column); /* what is zero now need not be after the first of them */
    advance_columns(b, column - column % WS_TILE_COLUMNS, 0);
    b->skipped[column / WS_TILE_COLUMNS] = 0;
#if WS_W == 1
    fold_batch(b);
#endif
}
#endif

static void run_batch(block *b)
{
    fill_eta(b);
    share_lanes(b);
    fill_numbers(b);
    for (int column = 0; column < WS_COLUMNS; column += WS_TILE_COLUMNS) {
        if (!columns_live(b, column, WS_TILE_COLUMNS)) continue;
#if WS_NEAR
        b->away[column] -= b->away[column] > 0;
#endif
#if WS_TRACED_OF_STATE
        if (wanted_of_tile(b, column)) {
            for (int i = 0; i < WS_PARTS; i++) advance_tile_traced(b, part_in_order(i), waiting_for(i), column, b->x[b->now ^ 1]);
            keep_points(b, column);
            continue;
        }
#endif
        advance_columns(b, column, note_skipping(b, column));
    }
#if WS_W == 1
    fold_batch(b);
#endif
}
#ifdef WS_STEPS_STAY
#pragma GCC pop_options
#endif
#ifdef WS_TUNED
#pragma GCC pop_options
#endif
#ifdef WS_SCHEDULED
#pragma GCC pop_options
#endif
#endif
