/* batch_cpu.h: one batch of 16 iterations of a block: step sizes, states, sums, gaps. */
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
    v.last = (mask)(b->lane[g] < (scalar_vuint)(WS_DIM - (WS_K - 1) * WS_L));
#endif
#if !NOISE_NONE
    v.sigma = b->sigma[column];
    v.at.iteration = b->batch[column] * 16u;
    v.at.lane = b->lane[g];
    v.at.replicate = b->replicate[column];
    v.at.cell_low = b->noise_low[column];
    v.at.cell_high = b->noise_high[column];
#endif
    return v;
}

/* f64 -> real of n numbers */
FN void round_to_real(const double *from, scalar_real *to, int n)
{
    for (int i = 0; i < n; i++) to[i] = (scalar_real)from[i];
}

#ifndef WS_FEEDBACK
/* eta of the 16 iterations of every slot. Skipped while nothing changes. */
static void fill_eta(block *b)
{
    if (b->eta_settled) return;
    int settled = 1;
    f64 p[WS_SCHEDULE_PARAMETERS + 1];
    if (WS_W == 1) {
        double t = (double)b->slot[0].t;
        scalar_real eta[WS_BATCH];
        for (int j = 0; j < WS_SCHEDULE_PARAMETERS; j++) p[j] = b->schedule[j][0];
        for (int j = 0; j < WS_BATCH / WS_LANES64; j++) {
            f64 now;
            for (int i = 0; i < WS_LANES64; i++) now[i] = t + (double)(j * WS_LANES64 + i);
            b->step_size[j] = schedule_step_size(now, p);
        }
        round_to_real((const double *)b->step_size, eta, WS_BATCH);
        for (int s = 0; s < WS_BATCH; s++) b->eta[s] = R(eta[s]);
        settled = t >= b->settled[0];
    } else {
        for (int j = 0; j < WS_W / WS_LANES64; j++) {
            f64 start;
            for (int i = 0; i < WS_LANES64; i++) {
                const observer *o = &b->slot[j * WS_LANES64 + i];
                start[i] = (double)o->t;
                if (o->live && start[i] < b->settled[j * WS_LANES64 + i]) settled = 0;
            }
            for (int q = 0; q < WS_SCHEDULE_PARAMETERS; q++) p[q] = b->schedule[q][j];
            for (int s = 0; s < WS_BATCH; s++)
                b->step_size[s * (WS_W / WS_LANES64) + j] = schedule_step_size(start + (double)s, p);
        }
        round_to_real((const double *)b->step_size, (scalar_real *)b->eta, WS_BATCH * WS_W);
    }
    b->eta_settled = settled;
}
#else
/* eta of iteration s from the gaps of that iteration */
static void fill_eta_feedback(block *b, int s)
{
    f64 p[WS_SCHEDULE_PARAMETERS + 1];
    if (WS_W == 1) {
        for (int j = 0; j < WS_SCHEDULE_PARAMETERS; j++) p[j] = b->schedule[j][0];
        f64 eta = feedback_step_size(F64((double)b->gap.scalar[s]), p);
        b->eta[s] = R((scalar_real)lane_f64(eta, 0));
    } else {
        double now[WS_W] __attribute__((aligned(64))), eta[WS_W] __attribute__((aligned(64)));
        for (int i = 0; i < WS_W; i++) now[i] = (double)b->gap.scalar[s * WS_W + i];
        for (int j = 0; j < WS_W / WS_LANES64; j++) {
            for (int q = 0; q < WS_SCHEDULE_PARAMETERS; q++) p[q] = b->schedule[q][j];
            ((f64 *)eta)[j] = feedback_step_size(((f64 *)now)[j], p);
        }
        round_to_real(eta, (scalar_real *)&b->eta[s * WS_COLUMNS], WS_W);
    }
}
#endif

/* gaps of iterations [from, to) from their totals */
FN void fill_gaps(block *b, int from, int to)
{
    if (WS_W == 1) {
        constants k = constants_of(b, 0);
        for (int s = from; s < to; s++) b->gap.scalar[s] = get_lane((real[]){gap(k, totals(b, s, 0))}, 0);
    } else
        for (int s = from; s < to; s++)
            for (int c = 0; c < WS_COLUMNS; c++)
                b->gap.vector[s * WS_COLUMNS + c] = gap(constants_of(b, c), totals(b, s, c));
}

#if !WS_COUPLED
/* A batch of the groups g ... g + values - 1, from the present state to `to`. */
FN void advance_groups(block *b, int g, int values, int count, real *to, real *partial, int stride, mask *flushed, mask *moved)
{
    lane_values v[WS_GROUPS];
    advance_view a;
    for (int n = 0; n < values; n++) v[n] = values_of(b, g + n);
    a.c = &b->c[g * WS_K];
    a.v = v;
#if NOISE_NONE
    a.weights = 0;
    a.key = 0;
#else
    a.weights = WS_NOISE_WEIGHTS ? &b->weight[g * WS_K] : b->weight;
    a.key = &b->key;
#endif
    a.values = values;
    a.eta = &b->eta[g % WS_COLUMNS];
    a.eta_stride = a.eta_columns = WS_COLUMNS;
    a.out_stride = stride;
    advance(&a, &b->x[b->now][g * WS_K], to, count, partial, flushed, moved);
}
#endif

static void note_flushed(block *b, int g, mask flushed)
{
    unsigned lanes = LANES_OF(flushed);
    for (int i = 0; lanes; i++, lanes >>= 1)
        if (lanes & 1) b->slot[WS_W == 1 ? 0 : g % WS_COLUMNS * WS_LANES + i].flags |= WS_FLAG_UNDERFLOW;
}

#if !WS_COUPLED
static void run_batch(block *b)
{
    fill_eta(b);
    for (int g = 0; g < WS_NV; g += WS_NC) {
        mask flushed[WS_NC];
        int alive = 0;
        for (int n = 0; n < WS_NC_COLUMNS; n++) alive |= WS_W == 1 || LANES_OF(b->live[(g + n) % WS_COLUMNS]);
        if (!alive) continue;
        advance_groups(b, g, WS_NC, WS_BATCH, &b->x[b->now ^ 1][g * WS_K], &b->partial[g * OBJECTIVE_SUMS], WS_NV, flushed,
                       &b->moved[g]);
        for (int n = 0; n < WS_NC; n++)
            if (LANES_OF(flushed[n])) note_flushed(b, g + n, flushed[n]);
    }
    for (int s = 0; s < WS_BATCH; s++) fold_iteration(b, s);
    fill_gaps(b, 0, WS_BATCH);
}
#else
static void run_batch(block *b)
{
    real *from = b->x[b->now], *to = b->x[b->now ^ 1];
    for (int g = 0; g < WS_NV; g++) {
        mask flushed = LT(R(0.0f), R(0.0f));
        for (int k = 0; k < WS_K; k++) from[g * WS_K + k] = flush_tiny(from[g * WS_K + k], &flushed);
        if (LANES_OF(flushed)) note_flushed(b, g, flushed);
    }
#ifndef WS_FEEDBACK
    fill_eta(b);
#endif
    for (int s = 0; s < WS_BATCH; s++) {
        const real *x = s == 0 ? from : to;
        real *partial = &b->partial[s * WS_NV * OBJECTIVE_SUMS];
        for (int g = 0; g < WS_NV; g++) {
            lane_values v = values_of(b, g);
            sums p = accumulate_lane(x + g * WS_K, b->c + g * WS_K, &v);
            for (int i = 0; i < OBJECTIVE_SUMS; i++) partial[g * OBJECTIVE_SUMS + i] = ((real *)&p)[i];
        }
        fold_iteration(b, s);
        fill_gaps(b, s, s + 1);
#ifdef WS_FEEDBACK
        fill_eta_feedback(b, s);
#endif
        for (int g = 0; g < WS_NV; g++) {
            int column = g % WS_COLUMNS;
            lane_values v = values_of(b, g);
            const real *noise = 0;
#if !NOISE_NONE
            real *drawn = &b->noise[g * NOISE_SPAN * WS_K];
            if (s % NOISE_SPAN == 0)
                draw_noise(&b->key, &v, WS_NOISE_WEIGHTS ? &b->weight[g * WS_K] : b->weight, (unsigned)s, drawn);
            noise = drawn + s % NOISE_SPAN * WS_K;
#endif
            mask moved = step_lane(x + g * WS_K, to + g * WS_K, b->c + g * WS_K, &v, noise,
                                   totals(b, s, column), b->eta[s * WS_COLUMNS + column]);
            if (s == 0) b->moved[g] = moved;
        }
    }
}
#endif

/* Sharpness at iteration s of the batch just run, of one slot: its column is run again from the start of the batch. */
static double sharpness_at(block *b, int slot, int s)
{
    int column = WS_W == 1 ? 0 : slot / WS_LANES, simd = WS_W == 1 ? 0 : slot % WS_LANES;
    real largest = R(0.0f);
    for (int g = column; g < WS_NV; g += WS_COLUMNS) {
        real x[WS_GROUPS * WS_K];
        lane_values v = values_of(b, g);
        const coefficients *c = b->c + g * WS_K;
#if !WS_COUPLED
        mask flushed[WS_GROUPS], moved[WS_GROUPS];
        real unused[WS_BATCH * OBJECTIVE_SUMS];
        advance_groups(b, g, 1, s, x, unused, 1, flushed, moved);
#else
        for (int k = 0; k < WS_K; k++) x[k] = b->x[b->now][g * WS_K + k];
        for (int t = 0; t < s; t++) {
            const real *noise = 0;
#if !NOISE_NONE
            real drawn[NOISE_SPAN * WS_K];
            draw_noise(&b->key, &v, WS_NOISE_WEIGHTS ? &b->weight[g * WS_K] : b->weight, (unsigned)(t - t % NOISE_SPAN), drawn);
            noise = drawn + t % NOISE_SPAN * WS_K;
#endif
            step_lane(x, x, c, &v, noise, totals(b, t, column), b->eta[t * WS_COLUMNS + column]);
        }
#endif
        for (int k = 0; k < WS_K; k++) {
            real here = curvature(c[k], v.k, x[k], totals(b, s, column));
            largest = SEL(LT(largest, here), here, largest);
        }
    }
    scalar_real top = get_lane(&largest, simd);
    if (WS_W == 1)
        for (int i = 1; i < WS_LANES; i++)
            if (get_lane(&largest, i) > top) top = get_lane(&largest, i);
    real result = sharpness(constants_of(b, column), totals(b, s, column), R(top));
    return (double)get_lane(&result, simd);
}
#endif
