/* again_cuda.h: the batch just run once more, up to an iteration inside it, from the state before it. */
#ifndef WS_AGAIN_CUDA_H
#define WS_AGAIN_CUDA_H

/* Totals and step sizes of the batch stand in shared memory. `first` 0: totals of what is looked at. */
FN sums totals_from(const team *m, int s, int first)
{
    sums t;
    for (int q = 0; q < OBJECTIVE_SUMS; q++) ((real *)&t)[q] = m->total[((first + q) * WS_BATCH + s) * WS_FOLD_STRIDE];
    complete(m->k, &t);
    return t;
}
FN sums totals_at(const team *m, int s) { return totals_from(m, s, 0); }
#if WS_TRACED_OF_STATE
typedef traced visited;
FN visited not_visited(void) { return no_traced(); }
#else
typedef int visited;
FN visited not_visited(void) { return 0; }
#endif
/* The largest curvature at iteration s among the thread's coordinates; gives whether (s = 1) the first step changed any of them or of
 * their states. With a trace also what it keeps of the state, `kept`: lanes come in the order in which sums fold (batch_cuda.h, advance_lanes). */
FN int visit_again(const team *m, int s, real *largest, visited *kept)
{
    constexpr int SIZE = NOISE_NONE ? 1 :
#ifdef NOISE_GRAIN
                                    NOISE_GRAIN;
#else
                                    WS_K;
#endif
    const scalar_real *from = m->home + m->now * m->home_step;
    int moved = 0;
#if WS_TRACED_OF_STATE
    real waiting[WS_M > 1 ? 16 : 1];
#else
    (void)kept;
#endif
#pragma unroll 1
    for (int turn = 0; turn < WS_M; turn++) {
        int n = turn;
#if WS_TRACED_OF_STATE
        traced mine = no_traced();
        n = 0;
        for (int bit = 1; bit < WS_M; bit *= 2) n = 2 * n + ((turn & bit) != 0);
#endif
        lane_values v = values_of(m, lane_of(m, n));
#pragma unroll 1
        for (int first = 0; first < WS_K; first += SIZE) {
            held<1, SIZE> h;
            mask flushed = 0;
            for (int j = 0; j < SIZE; j++) {
                int valid = first + j < WS_K && is_coordinate(m, n, first + j), place = place_of(n, first + j);
                h.x[j] = flush_tiny(valid ? from[m->p + place] : (scalar_real)0, &flushed);
                h.c[j] = coefficients_at(m, place, valid);
                h.weight[j] = weight_at(m, place, valid);
                load_states(m, from, place, valid, &h.state[j * WS_STATES]);
                flush_states(&h.state[j * WS_STATES], &flushed);
            }
#pragma unroll 1
            for (int start = 0; start < s; start += NOISE_SPAN) {
                real noise[NOISE_SPAN * SIZE];
                draw_slots<SIZE>(m, &v, (unsigned)start, first, noise);
#pragma unroll
                for (int i = 0; i < NOISE_SPAN; i++) {
                    if (start + i >= s) break;
                    sums total = totals_from(m, start + i, WS_SUMS - OBJECTIVE_SUMS); /* of x */
                    if (NOISE_ROWS) complete_step(key_of(m), &v, (unsigned)(start + i), &total);
                    real number[WS_ROOM(WS_NUMBERS)], before[WS_ROOM(WS_STATES)];
                    numbers_of(m, start + i, number);
#if NOISE_SEES
                    v.level = m->level_at[(start + i) * WS_TEAMS];
#endif
                    for (int j = 0; j < SIZE; j++) {
                        real *state = &h.state[j * WS_STATES];
                        for (int q = 0; q < WS_STATES; q++) before[q] = state[q];
                        real next = step_slot(first + j == WS_K - 1, h.c[j], &v, h.x[j], total, m->eta[(start + i) * WS_TEAMS],
                                              scaled(h.weight[j], noise[i * SIZE + j]), state, number);
                        moved |= next != h.x[j] && first + j < WS_K;
                        for (int q = 0; q < WS_STATES; q++) moved |= state[q] != before[q] && first + j < WS_K;
                        h.x[j] = next;
                    }
                }
            }
            for (int j = 0; j < SIZE; j++) {
                if (first + j >= WS_K) continue;
                real here = curvature(h.c[j], m->k, h.x[j], totals_at(m, s < WS_BATCH ? s : 0));
                *largest = SEL(LT(*largest, here), here, *largest);
#if WS_TRACED_OF_STATE
                trace_slot(first + j == WS_K - 1, h.c[j], &v, observed(h.x[j], &h.state[j * WS_STATES]), totals_at(m, s < WS_BATCH ? s : 0), &mine);
#endif
            }
        }
#if WS_TRACED_OF_STATE
        int level = 0;
        for (; (turn >> level) & 1; level++) mine.square = waiting[level] + mine.square;
        waiting[level] = mine.square;
        kept->square = mine.square;
        kept->curvature = SEL(LT(kept->curvature, mine.curvature), mine.curvature, kept->curvature);
#endif
    }
    return moved;
}
#endif
