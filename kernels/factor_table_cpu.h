/* factor_table_cpu.h: factors of schedules (factors_cpu.h), remembered: the trajectory that first comes to a batch of its schedule makes them, the others
 * find them, whenever they get there. Remembered or made anew, they have the same bits.
 *
 * A schedule that trajectories of the block have owns some rows of the memory. The first is for the batches after it has settled; the others hold its
 * batches `first` ... `made` - 1: all from 0 on where there is room, else the last ones. It is forgotten when its memory is wanted and no trajectory has it.
 * A trajectory for whose schedule there is no memory, or that has fallen too far behind, has its step sizes made apart, and so has all of its column. */
#ifndef WS_FACTOR_TABLE_CPU_H
#define WS_FACTOR_TABLE_CPU_H

#if WS_REMEMBERS
/* Has a slot this schedule? */
FN int has_schedule(const block *b, int slot, const known_schedule *its)
{
    unsigned long long differ = !its->rows;
    for (int q = 0; q < WS_KEYS; q++) differ |= double_bits(its->key[q]) ^ double_bits(((const double *)b->schedule[WS_RAMP + q])[slot]);
    return !differ;
}
/* A slot's schedule if it is known, or 0. The one found last is the likeliest. */
FN known_schedule *find_schedule(block *b, int slot)
{
    factor_table *table = &b->table;
    if (has_schedule(b, slot, &table->list[table->found])) return &table->list[table->found];
    for (int n = 0; n < WS_SCHEDULES; n++)
        if (has_schedule(b, slot, &table->list[n])) return &table->list[n];
    return 0;
}
FN int overlaps(const known_schedule *its, unsigned at, unsigned rows) { return its->base < at + rows && at < its->base + its->rows; }
/* Behind the last row of a schedule in use that has some of the `rows` from `at` on; 0: none has. */
FN unsigned past_used(const factor_table *table, unsigned at, unsigned rows)
{
    for (int n = 0; n < WS_SCHEDULES; n++)
        if (table->list[n].users && overlaps(&table->list[n], at, rows)) return table->list[n].base + table->list[n].rows;
    return 0;
}
/* A place for a schedule of so many rows, or 0: behind what was given last, past schedules in use, over those that are not. */
FN known_schedule *place_schedule(factor_table *table, unsigned rows)
{
    unsigned at = 0, past = 1;
    known_schedule *place = 0;
    for (int turn = 0; turn < 2 && past; turn++)
        for (at = turn ? 0 : table->next; at + rows <= WS_FACTORS && (past = past_used(table, at, rows)); at = past) {}
    if (past) return 0;
    for (int n = 0; n < WS_SCHEDULES; n++) {
        known_schedule *its = &table->list[n];
        if (its->users) continue;
        if (overlaps(its, at, rows)) its->rows = 0; /* forgotten */
        if (!place || !its->rows) place = its;
    }
    if (!place) return 0;
    place->base = at;
    place->rows = rows;
    table->next = at + rows;
    return place;
}
/* Makes the factors of a slot's schedule in its batch `here`, in a row of it. */
FN const f64 *make_row(block *b, int slot, unsigned here, unsigned row)
{
    f64 *factor = b->table.factor[b->its[slot]->base + row];
    make_factors(b, slot, (double)here * WS_BATCH, factor);
    return factor;
}
/* The schedules of trajectories that were put into slots of a column, at their first batch. b->apart: slots that have none in the table. */
APART void look_up_schedules(block *b, int column, unsigned fresh)
{
    factor_table *table = &b->table;
    for (; fresh; fresh &= fresh - 1) {
        const int simd = __builtin_ctz(fresh), slot = column * WS_LANES + simd;
        known_schedule *its = find_schedule(b, slot);
        if (!its) {
            const double settled = ((const double *)b->settled)[slot] / WS_BATCH, cap = (double)b->slot[slot].job.cell->steps / WS_BATCH + 1.0;
            const double last = settled < 0xfffffff0u ? settled + 1.0 : 0xfffffff0u;
            const double wanted = last < cap ? last : cap; /* of this trajectory; another's cap may be later */
            its = place_schedule(table, 1 + (wanted < WS_FACTORS_EACH ? (unsigned)wanted : WS_FACTORS_EACH));
            if (its) {
                its->last = (unsigned)last;
                its->first = its->made = 0;
                its->settled = 0;
                for (int q = 0; q < WS_KEYS; q++) its->key[q] = ((const double *)b->schedule[WS_RAMP + q])[slot];
            }
        } else if (!its->users && its->first) its->first = its->made = 0; /* nobody needs the last ones now */
        if (!its) {
            b->apart[column] |= 1u << simd;
            continue;
        }
        its->users++;
        table->found = (int)(its - table->list);
        b->its[slot] = its;
    }
    b->unasked[column] = 0;
}
/* A slot has no schedule in the table any more: */
FN void drop_schedule(block *b, int slot)
{
    b->its[slot]->users--;
    b->its[slot] = &b->table.nobody;
}
/* its trajectory has ended. */
FN void leave_schedule(block *b, int slot)
{
    drop_schedule(b, slot);
    b->apart[slot / WS_LANES] &= ~(1u << slot % WS_LANES);
    b->unasked[slot / WS_LANES] |= 1u << slot % WS_LANES;
}
/* Those of a slot in a batch in which they are not there: made, or 0. `made`: so many of a column were. */
static __attribute__((noinline)) const f64 *make_missing(block *b, int slot, unsigned batch, int *made)
{
    known_schedule *its = b->its[slot];
    if (batch >= its->last) {
        its->settled = 1;
        return make_row(b, slot, its->last, 0);
    }
    if (batch != its->made || ++*made > WS_FACTORS_MADE) {
        drop_schedule(b, slot);
        b->apart[slot / WS_LANES] |= 1u << slot % WS_LANES;
        return 0;
    }
    its->made++;
    if (its->made - its->first >= its->rows) its->first++;
    return make_row(b, slot, batch, 1 + batch % (its->rows - 1));
}
/* Those of a slot in a batch, good until the next call; 0: not to be had. */
FN const f64 *factors_of(block *b, int slot, unsigned batch, int *made)
{
    const known_schedule *its = b->its[slot];
    unsigned row = 0;
    if (batch >= its->last) {
        if (!its->settled) return make_missing(b, slot, batch, made);
    } else {
        const unsigned room = its->rows - 1;
        if (batch - its->first >= its->made - its->first) return make_missing(b, slot, batch, made);
        row = 1 + (batch < room ? batch : batch % room);
    }
    const f64 *factor = b->table.factor[its->base + row];
    for (int i = 0; i < WS_FACTOR_ROWS * 2; i++) __builtin_prefetch((const char *)(factor + WS_FACTOR_ROWS * WS_FACTOR_VECTORS) + 64 * i); /* for the next batch */
    return factor;
}
/* Step sizes of a column whose slots are wherever they are: rows are trajectories, and become columns. */
FN int take_each(block *b, int column)
{
    const scalar_vuint *batch = (const scalar_vuint *)&b->batch[column];
    row_part row[WS_FACTOR_VECTORS][WS_LANES];
    int made = 0;
    for (int i = 0; i < WS_LANES; i++) {
        const int slot = column * WS_LANES + i;
        const f64 peak = F64(((const double *)b->schedule[0])[slot]), *factor = factors_of(b, slot, (unsigned)batch[i], &made);
        if (!factor) return 0;
        for (int j = 0; j < WS_FACTOR_VECTORS; j++) {
            const f64 here = step_size_of_factors(peak, factor[j], factor[(WS_FACTOR_ROWS - 1) * WS_FACTOR_VECTORS + j]);
#if WS_KEEPS_RAMP
            for (int s = 0; s < WS_LANES64; s++) b->ramp[(column * WS_BATCH + j * WS_LANES64 + s) * WS_LANES + i] = ((const double *)&here)[s];
#endif
            row[j][i] = row_part_of(here);
        }
    }
    for (int j = 0; j < WS_FACTOR_VECTORS; j++) {
        real eta[WS_LANES64];
        transpose(row[j], eta);
        UNROLLED
        for (int s = 0; s < WS_LANES64; s++) b->eta[(j * WS_LANES64 + s) * WS_COLUMNS + column] = eta[s];
    }
    return 1;
}
/* Step sizes of a column for a batch, from factors; 0: not of all its slots. */
FN int take_factors(block *b, int column, unsigned live)
{
    const unsigned fresh = b->unasked[column] & live;
    if (fresh) look_up_schedules(b, column, fresh);
    if (b->apart[column]) return 0;
    const int first = column * WS_LANES + __builtin_ctz(live);
    const scalar_vuint batch = ((const scalar_vuint *)b->batch)[first];
    int together = !(live & ~LANES_OF(EQ_INT(b->batch[column], vuint_of(batch)))), made = 0;
    for (unsigned left = live; together && left; left &= left - 1) together = b->its[column * WS_LANES + __builtin_ctz(left)] == b->its[first];
    if (!together) return take_each(b, column);
    const f64 *factor = factors_of(b, first, (unsigned)batch, &made);
    if (factor) put_together(b, column, factor);
    return factor != 0;
}
/* Before the first trajectory. */
FN void begin_table(block *b)
{
    b->table.nobody.rows = 1; /* an empty slot's are 0 */
    b->table.nobody.settled = 1;
    for (int slot = 0; slot < WS_W; slot++) b->its[slot] = &b->table.nobody;
    for (int i = 0; i < WS_FACTOR_ROWS * WS_FACTOR_VECTORS; i++) b->table.factor[WS_FACTORS][i] = F64(0.0);
    b->table.nobody.base = WS_FACTORS;
}
#else
FN void begin_table(block *b) { (void)b; }
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
