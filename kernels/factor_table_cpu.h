/* factor_table_cpu.h: factors of schedules (factors_cpu.h), remembered: the trajectory that first comes to a batch of its schedule makes them, the others
 * find them, whenever they get there. Remembered or made anew, they have the same bits.
 *
 * A schedule that trajectories of the block have owns `length` batches of the memory, and of its batches `first` ... `made` - 1 stand there: all from 0 on
 * where they fit, else the last ones. It is forgotten when its memory is wanted and no trajectory has it. A trajectory for whose schedule there is no memory,
 * or that is not where the others of its schedule are, has its step sizes made apart, and so has all of its column. */
#ifndef WS_FACTOR_TABLE_CPU_H
#define WS_FACTOR_TABLE_CPU_H

#if WS_REMEMBERS
/* Number of a slot's schedule in the table. */
FN int known_of(const block *b, int slot) { return (int)((const scalar_vuint *)b->known)[slot]; }
/* Has a slot this schedule? */
FN int has_schedule(const block *b, int slot, const known_schedule *its)
{
    unsigned long long differ = !its->length;
    for (int q = 0; q < WS_KEYS; q++) differ |= double_bits(its->key[q]) ^ double_bits(((const double *)b->schedule[WS_RAMP + q])[slot]);
    return !differ;
}
/* Number of a slot's schedule, or -1: it is not known. The one found last is the likeliest. */
FN int find_schedule(const block *b, int slot)
{
    const factor_table *table = &b->table;
    if (has_schedule(b, slot, &table->list[table->found])) return table->found;
    for (int n = 0; n < WS_SCHEDULES; n++)
        if (has_schedule(b, slot, &table->list[n])) return n;
    return -1;
}
/* Behind the last of a schedule in use that has memory among `length` batches from `at` on; 0: none has. */
FN unsigned past_used(const factor_table *table, unsigned at, unsigned length)
{
    for (int n = 0; n < WS_SCHEDULES; n++) {
        const known_schedule *its = &table->list[n];
        if (its->users && its->base < at + length && at < its->base + its->length) return its->base + its->length;
    }
    return 0;
}
/* A number and memory for a schedule of `length` batches, or -1: behind what was given last, past schedules in use, over those that are not. */
FN int place_schedule(factor_table *table, unsigned length)
{
    unsigned at = 0, past = 1;
    int number = -1;
    for (int turn = 0; turn < 2 && past; turn++)
        for (at = turn ? 0 : table->next; at + length <= WS_FACTORS && (past = past_used(table, at, length)); at = past) {}
    if (past) return -1;
    for (int n = 0; n < WS_SCHEDULES; n++) {
        known_schedule *its = &table->list[n];
        if (its->users) continue;
        if (its->base < at + length && at < its->base + its->length) its->length = 0; /* forgotten */
        if (number < 0 || !its->length) number = n;
    }
    if (number < 0) return -1;
    table->list[number].base = at;
    table->next = at + length;
    return number;
}
/* The schedules of trajectories that were put into slots of a column; b->apart: slots that have none in the table. */
APART void look_up_schedules(block *b, int column)
{
    factor_table *table = &b->table;
    for (unsigned left = b->unasked[column] & LANES_OF(b->live[column]); left; left &= left - 1) {
        const int simd = __builtin_ctz(left), slot = column * WS_LANES + simd;
        const ws_cell *cell = b->slot[slot].job.cell;
        /* in batch `last` the factors are the same, and in all that come */
        const double end = ((const double *)b->settled)[slot] / WS_BATCH, cap = (double)cell->steps / WS_BATCH, last = end < 0xfffffffeu ? end + 1.0 : 0xffffffffu;
        int n = find_schedule(b, slot);
        if (n < 0) {
            const double wanted = (last < cap ? last : cap) + 1.0; /* a trajectory with another cap may go on: then the first ones make room */
            const unsigned length = wanted < WS_FACTORS_EACH ? (unsigned)wanted : WS_FACTORS_EACH;
            n = place_schedule(table, length);
            if (n >= 0) {
                known_schedule *mine = &table->list[n];
                mine->length = length;
                mine->first = mine->made = 0;
                mine->last = (unsigned)last;
                for (int q = 0; q < WS_KEYS; q++) mine->key[q] = ((const double *)b->schedule[WS_RAMP + q])[slot];
            }
        }
        if (n < 0) b->apart[column] |= 1u << simd;
        else {
            table->list[n].users++;
            table->found = n;
            ((scalar_vuint *)b->known)[slot] = (scalar_vuint)n;
        }
    }
    b->unasked[column] = 0;
}
/* A slot's trajectory has ended, or there was none. */
FN void leave_schedule(block *b, int slot)
{
    const int column = slot / WS_LANES;
    const unsigned bit = 1u << slot % WS_LANES;
    if (!(b->unasked[column] & bit) && !(b->apart[column] & bit)) b->table.list[known_of(b, slot)].users--;
    b->apart[column] &= ~bit;
    b->unasked[column] |= bit;
}
/* Those of a slot in batch number `batch`, good until the next call; 0: not to be had. `made`: those of a column that were made. */
FN const f64 *factors_of(block *b, int slot, unsigned batch, int *made)
{
    known_schedule *its = &b->table.list[known_of(b, slot)];
    const unsigned here = batch < its->last ? batch : its->last;
    f64 *factor = b->table.factor[its->base + (here < its->length ? here : here % its->length)];
    if (here - its->first >= its->made - its->first) {
        if ((here != its->made && b->round - its->used < 2) || ++*made > WS_FACTORS_MADE) {
            leave_schedule(b, slot);
            b->unasked[slot / WS_LANES] &= ~(1u << slot % WS_LANES);
            b->apart[slot / WS_LANES] |= 1u << slot % WS_LANES;
            return 0;
        }
        if (here != its->made) its->first = here; /* nobody needs those that are there */
        make_factors(b, slot, (double)here * WS_BATCH, factor);
        its->made = here + 1;
        if (its->made - its->first > its->length) its->first++;
    }
    its->used = b->round;
    __builtin_prefetch(factor + WS_FACTOR_ROWS * WS_FACTOR_VECTORS);
    if (WS_FACTOR_VECTORS * WS_VECTOR_BYTES > 64) __builtin_prefetch((const char *)(factor + WS_FACTOR_ROWS * WS_FACTOR_VECTORS) + 64);
    return factor;
}
/* Rows become columns: interleaving the first half of the rows with the second rotates the bits of a number's row and column, taken together, by one. */
FN void transpose(real *row)
{
#if WS_LANES == 16
#define LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif WS_LANES == 8
#define LOW 0, 8, 1, 9, 2, 10, 3, 11
#define HIGH 4, 12, 5, 13, 6, 14, 7, 15
#elif WS_LANES == 4
#define LOW 0, 4, 1, 5
#define HIGH 2, 6, 3, 7
#else
#define LOW 0, 2
#define HIGH 1, 3
#endif
    UNROLLED
    for (int n = 1; n < WS_LANES; n *= 2) {
        real next[WS_LANES];
        UNROLLED
        for (int i = 0; i < WS_LANES / 2; i++) {
            next[2 * i] = SHUFFLE(row[i], row[i + WS_LANES / 2], LOW);
            next[2 * i + 1] = SHUFFLE(row[i], row[i + WS_LANES / 2], HIGH);
        }
        UNROLLED
        for (int i = 0; i < WS_LANES; i++) row[i] = next[i];
    }
#undef LOW
#undef HIGH
}
/* Step sizes of a column whose slots are wherever they are: rows are trajectories, and become columns. */
FN int take_each(block *b, int column, unsigned live)
{
    enum { ROWS = WS_BATCH / WS_LANES };
    const scalar_vuint *batch = (const scalar_vuint *)&b->batch[column];
    real eta[ROWS][WS_LANES];
    int made = 0;
    for (int i = 0; i < WS_LANES; i++) {
        const int slot = column * WS_LANES + i;
        f64 row[WS_FACTOR_VECTORS];
        const f64 *factor = live >> i & 1 ? factors_of(b, slot, (unsigned)batch[i], &made) : b->table.nothing;
        if (!factor) return 0;
        for (int j = 0; j < WS_FACTOR_VECTORS; j++)
            row[j] = step_size_of_factors(F64(((const double *)b->schedule[0])[slot]), factor[j], factor[(WS_FACTOR_ROWS - 1) * WS_FACTOR_VECTORS + j]);
#if WS_KEEPS_RAMP
        for (int s = 0; s < WS_BATCH; s++) b->ramp[(column * WS_BATCH + s) * WS_LANES + i] = ((const double *)row)[s];
#endif
        for (int r = 0; r < ROWS; r++) round_to_real((const double *)row + r * WS_LANES, (scalar_real *)&eta[r][i], WS_LANES);
    }
    for (int r = 0; r < ROWS; r++) {
        transpose(eta[r]);
        for (int s = 0; s < WS_LANES; s++) b->eta[(r * WS_LANES + s) * WS_COLUMNS + column] = eta[r][s];
    }
    return 1;
}
/* Step sizes of a column for a batch, from factors; 0: not of all its slots. */
FN int take_factors(block *b, int column, unsigned live)
{
    if (b->unasked[column] & live) look_up_schedules(b, column);
    if (b->apart[column]) return 0;
    const int slot = __builtin_ctz(live);
    const scalar_vuint batch = ((const scalar_vuint *)&b->batch[column])[slot], known = ((const scalar_vuint *)&b->known[column])[slot];
    const unsigned same = LANES_OF(AND(EQ_INT(b->batch[column], vuint_of(batch)), EQ_INT(b->known[column], vuint_of(known))));
    if (live & ~same) return take_each(b, column, live);
    int made = 0;
    const f64 *factor = factors_of(b, column * WS_LANES + slot, (unsigned)batch, &made);
    if (factor) put_together(b, column, factor);
    return factor != 0;
}
/* Once a batch of the block. */
FN void count_round(block *b) { b->round++; }
#else
FN void count_round(block *b) { (void)b; }
FN void leave_schedule(block *b, int slot)
{
    (void)b;
    (void)slot;
}
FN int take_factors(block *b, int column, unsigned live)
{
    (void)b;
    (void)column;
    (void)live;
    return 0;
}
#endif
#endif
