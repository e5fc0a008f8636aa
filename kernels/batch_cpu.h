/* batch_cpu.h: what the batches of coupled and uncoupled blocks share: access to a block, flags, whether sums fall. */
#ifndef WS_BATCH_CPU_H
#define WS_BATCH_CPU_H

FN constants constants_of(const block *b, int column)
{
    constants k;
    __builtin_memset(&k, 0, sizeof k);
    for (int j = 0; j < OBJECTIVE_CONSTANTS; j++) ((real *)&k)[j] = b->constant[j][column];
    return k;
}

FN lane_values values_of(const block *b, int g)
{
    lane_values v;
    int column = g % WS_COLUMNS;
    v.k = constants_of(b, column);
#if WS_PADDED
    v.last = LT_INT(b->lane[g], vuint_of(WS_DIM - (WS_K - 1) * WS_L));
#endif
#if !NOISE_NONE
    v.level = b->level[column];
    v.at.iteration = b->batch[column] * 16u;
    v.at.lane = b->lane[g];
    v.at.replicate = b->replicate[column];
    v.at.cell_low = b->noise_low[column];
    v.at.cell_high = b->noise_high[column];
#ifdef DRAW_SHARED
    v.at.shared = b->shared[RANDOM_SHARED == RANDOM_SHARED_TIMES ? g : column];
#endif
#endif
#if METHOD_CONSTANTS > 0
    for (int j = 0; j < METHOD_CONSTANTS; j++) v.method[j] = b->method[j][column];
#endif
    return v;
}

/* f64 -> real: values of as many lanes as one of `real` has */
FN real round_to_real(const f64 *from)
{
#if WS_PRECISION == 32
    return join_f32(narrow_f64(from[0]), narrow_f64(from[1]));
#else
    return *from;
#endif
}

#if WS_COUPLED
/* sum i of the tile `part` of a column at the iteration at hand */
FN real *partial_of(block *b, int part, int column, int i) { return &b->partial[(part * WS_COLUMNS + column) * WS_SUMS + i]; }
/* `first` 0: sums of x; OBJECTIVE_SUMS: those of the average, where they stand apart */
FN void store_sums(block *b, int part, int column, int first, sums value)
{
    for (int i = 0; i < OBJECTIVE_SUMS; i++) *partial_of(b, part, column, first + i) = ((real *)&value)[i];
}
/* Totals of the sums of x of a column at iteration s, for what is asked after the batch. */
FN void keep_total(block *b, int s, int column, const sums *value)
{
    for (int i = 0; i < OBJECTIVE_SUMS; i++) b->total[(s * WS_COLUMNS + column) * OBJECTIVE_SUMS + i] = ((const real *)value)[i];
}
FN sums total_of(const block *b, int s, int column)
{
    sums t;
    for (int i = 0; i < OBJECTIVE_SUMS; i++) ((real *)&t)[i] = b->total[(s * WS_COLUMNS + column) * OBJECTIVE_SUMS + i];
    return t;
}
#else
/* sum i of iteration s that waits on a level of the fold, of column c of the tile at hand (advance_cpu.h) */
FN real *waiting_sum(block *b, int level, int s, int c, int i)
{
    return &b->partial[((level * WS_BATCH + s) * WS_TILE_COLUMNS + c) * WS_SUMS + i];
}
#endif

FN const random_key *key_of(const block *b)
{
#if NOISE_NONE
    (void)b;
    return 0;
#else
    return &b->key;
#endif
}

/* relative sizes of the noise of group g, [K] */
FN const real *weights_of(const block *b, int g)
{
#if NOISE_NONE
    (void)b;
    (void)g;
    return 0;
#else
    return WS_NOISE_WEIGHTS ? &b->weight[g * WS_K] : b->weight;
#endif
}

/* iteration at the start of the batch */
FN long long iteration_of(const block *b, int slot)
{
    int column = WS_W == 1 ? 0 : slot / WS_LANES, simd = WS_W == 1 ? 0 : slot % WS_LANES;
    return (long long)((const scalar_vuint *)&b->batch[column])[simd] * WS_BATCH;
}

/* some trajectory of the columns first ... first + n - 1 is under way */
FN int columns_live(const block *b, int first, int n)
{
    unsigned any = WS_W == 1;
    for (int c = first; c < first + n; c++) any |= LANES_OF(b->live[c]);
    return any != 0;
}

/* What the lanes of a trajectory share of the random numbers of the batch. */
FN void share_lanes(block *b)
{
#if defined(DRAW_SHARED) && RANDOM_SHARED == RANDOM_SHARED_LANES
    for (int column = 0; column < WS_COLUMNS; column++)
        if (columns_live(b, column, 1)) draw_share(&b->key, values_of(b, column).at, b->shared[column]);
#else
    (void)b;
#endif
}
/* What the batches of the trajectories of a column share of theirs. */
FN void share_times(block *b, int column)
{
#if defined(DRAW_SHARED) && RANDOM_SHARED == RANDOM_SHARED_TIMES
    for (int g = column; g < WS_NV; g += WS_COLUMNS) draw_share(&b->key, values_of(b, g).at, b->shared[g]);
#else
    (void)b;
    (void)column;
#endif
}

/* Where the tiny-value rule set a coordinate of group g to zero: for the flag of its trajectory (flags_of). `flushes`: b->flushed, or what becomes part of it. */
FN void note_flushed(unsigned *flushes, int g, mask flushed)
{
    if (WS_W == 1) flushes[0] |= LANES_OF(flushed) != 0;
    else flushes[g % WS_COLUMNS] |= LANES_OF(flushed);
}
/* Flags of a slot's trajectory: those of its observer and what was noted since. */
FN int flags_of(const block *b, int slot)
{
    const unsigned flushed = WS_W == 1 ? b->flushed[0] : b->flushed[slot / WS_LANES] >> slot % WS_LANES & 1;
    return b->slot[slot].flags | (flushed ? WS_FLAG_UNDERFLOW : 0);
}

/* Nothing is known to be zero any more in the tiles that a column belongs to. */
FN void forget_zeros(block *b, int column)
{
#if WS_SKIPS_ZEROS
    __builtin_memset(&b->gone[column / WS_TILE_COLUMNS * WS_PARTS * WS_PASSES], 0, WS_PARTS * WS_PASSES);
#else
    (void)b;
    (void)column;
#endif
}

/* Do the sums of a batch fall, from each iteration to the next? Numbers without a sign fall where the differences of their bits are negative: cheaper than
 * to compare them. The sums are no negative numbers, and after a NaN the last one is a NaN. */
typedef struct trend {
#if WS_FOLLOWS
    vuint before; /* bits of the last sum */
    vint falling; /* negative: they fell up to it */
#else
    char nothing;
#endif
} trend;
FN trend no_trend(void)
{
#if WS_FOLLOWS
    return (trend){BITS(R((scalar_real)__builtin_nan(""))), (vint)(vuint_of(0) - vuint_of(1))}; /* above any number; negative */
#else
    return (trend){0};
#endif
}
FN void follow(trend *now, real sum)
{
#if WS_FOLLOWS
    const vuint here = BITS(sum);
    now->falling &= (vint)(here - now->before);
    now->before = here;
#else
    (void)now;
    (void)sum;
#endif
}
FN void note_fallen(block *b, int column, const trend *now)
{
#if WS_FOLLOWS
    UNROLLED
    for (int c = 0; c < WS_TILE_COLUMNS; c++) b->fell[column + c] = NEGATIVE_LANES(now[c].falling);
#else
    (void)b;
    (void)column;
    (void)now;
#endif
}

FN void store_gap(block *b, int s, int column, real value)
{
#if WS_W == 1
    (void)column;
    b->gap.scalar[s] = get_lane(&value, 0);
#else
    b->gap.vector[s * WS_COLUMNS + column] = value;
#endif
}

#endif
