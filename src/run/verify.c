/* verify.c: are the stored outcomes whole, and do they come out again? See run.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/thread.h"
#include "run/backend.h"
#include "run/journal.h"

/* Evenly spread over the trajectories whose chunk is whole. */
static int64_t choose(const ws_plan *plan, const unsigned char *have, int64_t samples, int64_t *chosen)
{
    int64_t stored = 0, taken = 0, seen = 0, first, count;
    for (int64_t c = 0; c < plan->chunk_count; c++) {
        ws_plan_chunk(plan, c, &first, &count);
        if (have[c]) stored += count;
    }
    if (samples > stored) samples = stored;
    for (int64_t c = 0; c < plan->chunk_count && taken < samples; c++) {
        ws_plan_chunk(plan, c, &first, &count);
        if (!have[c]) continue;
        /* sample k is number floor((k + 1/2) stored / samples) of the stored ones */
        for (;;) {
            int64_t place = (int64_t)(((double)taken + 0.5) * (double)stored / (double)samples);
            if (taken == samples || place >= seen + count) break;
            chosen[taken++] = first + place - seen;
        }
        seen += count;
    }
    return taken;
}

/* Another compiler and narrower vectors than the run's, when the caller asked for nothing. */
static ws_code choose_layout(const char *stored, const ws_run_options *asked, ws_run_options *out)
{
    *out = *asked;
    if (asked->compiler || asked->march || asked->width || asked->vector_bytes) return WS_OK;
    const char *other = strstr(stored, "clang") ? "gcc" : "clang";
    ws_compiler compiler;
    ws_error ignored;
    ws_run_options probe = *asked;
    probe.compiler = other;
    if (ws_compiler_find(&probe, NULL, &compiler, &ignored) == WS_OK) {
        out->compiler = other;
        ws_compiler_free(&compiler);
    }
#if defined(__x86_64__)
    out->vector_bytes = 16;
#else
    out->width = 64;
#endif
    return WS_OK;
}

static ws_code compare(ws_journal *journal, const ws_plan *plan, const int64_t *trajectory, int64_t count, const ws_outcomes *again,
                       ws_verify_result *result, ws_error *error)
{
    int64_t loaded = -1, first = 0, rows = 0;
    ws_outcomes stored = {0};
    ws_code code = WS_OK;
    size_t eps = (size_t)plan->eps_count, asked = (size_t)plan->gap_at_count;
    for (int64_t i = 0; !code && i < count; i++) {
        int64_t chunk = trajectory[i] / plan->chunk_size;
        if (chunk != loaded) {
            ws_outcomes_free(&stored);
            loaded = chunk;
            ws_plan_chunk(plan, chunk, &first, &rows);
            code = ws_journal_read_chunk(journal, chunk, &stored, error);
            if (code) break;
        }
        const ws_columns *a = &stored.columns, *b = &again->columns;
        size_t r = (size_t)(trajectory[i] - first), s = (size_t)i;
        int same = a->status[r] == b->status[s] && a->flags[r] == b->flags[s] && a->end[r] == b->end[s] && a->best_at[r] == b->best_at[s] &&
                   a->peak_at[r] == b->peak_at[s] && !memcmp(a->hit + r * eps, b->hit + s * eps, eps * sizeof *a->hit) &&
                   !memcmp(a->final_gap + r, b->final_gap + s, 8) && !memcmp(a->best_gap + r, b->best_gap + s, 8) &&
                   !memcmp(a->peak_gap + r, b->peak_gap + s, 8) && !memcmp(a->gap_at + r * asked, b->gap_at + s * asked, asked * 8) &&
                   (!plan->trials || a->trials[r] == b->trials[s]) && (!plan->hash || a->hash[r] == b->hash[s]);
        size_t row = (size_t)plan->trace_count * sizeof(double);
        for (int q = 0; q < WS_TRACED_COUNT; q++) same &= !a->trace[q] || !memcmp((const char *)a->trace[q] + r * row, (const char *)b->trace[q] + s * row, row);
        if (same) continue;
        if (!result->differing) result->first_differing = trajectory[i];
        result->differing++;
    }
    ws_outcomes_free(&stored);
    return code;
}

/* Runs the chosen trajectories again and compares. The engine is the cpu unless options say cuda: auto would take the one that ran, and a
 * check should differ. */
static ws_code recompute(ws_journal *journal, const ws_plan *plan, const ws_run_options *options, const int64_t *chosen, ws_verify_result *result,
                         ws_error *error)
{
    ws_run_options own = *options;
    if ((!own.engine || !strcmp(own.engine, "auto")) && !own.device_count) own.engine = "cpu";
    int threads = own.threads ? own.threads : ws_thread_processors();
    char device[128], compiler[120];
    ws_kernels kernels;
    ws_problems problems;
    ws_backend backend;
    ws_outcomes again;
    ws_code code = ws_backend_load(plan, &own, threads, &kernels, &backend, error);
    if (!code) {
        ws_backend_describe(&backend, &kernels, 1, device, sizeof device, compiler, sizeof compiler);
        if (backend.engine.cuda) snprintf(result->layout, sizeof result->layout, "%.130s, %.119s", backend.engine.text, compiler);
        else ws_kernels_describe(&kernels, result->layout, sizeof result->layout);
        code = ws_problems_prepare(plan, &kernels, -1, 1, &problems, error);
        if (!code) {
            ws_engine_setup setup = {.plan = plan, .kernels = &kernels, .problems = &problems, .threads = threads, .stop = own.stop};
            code = ws_backend_list(&backend, &setup, chosen, result->sampled, &again, error);
            if (!code) {
                code = compare(journal, plan, chosen, result->sampled, &again, result, error);
                ws_outcomes_free(&again);
            }
            ws_problems_free(&problems);
        }
        ws_kernels_free(&kernels);
        ws_backend_free(&backend);
    }
    return code;
}

ws_code ws_run_verify(const char *directory, const ws_plan *plan, const ws_run_options *options, int64_t samples, ws_verify_result *result,
                      ws_error *error)
{
    memset(result, 0, sizeof *result);
    result->first_differing = -1;
    ws_journal *journal;
    ws_code code = ws_journal_open(directory, plan, WS_JOURNAL_READ, &journal, error);
    if (code) return code;
    if (samples > plan->trajectories) samples = plan->trajectories;
    unsigned char *have = calloc((size_t)plan->chunk_count, 1);
    int64_t *chosen = malloc((size_t)(samples + 1) * sizeof *chosen);
    WS_REQUIRE(have && chosen && "out of memory");
    code = ws_journal_check(journal, have, NULL, &result->chunks_bad, 0, error);
    for (int64_t c = 0; c < plan->chunk_count; c++) result->chunks += have[c];
    result->chunks += result->chunks_bad;
    result->sampled = code ? 0 : choose(plan, have, samples, chosen);
    if (!code && result->sampled) {
        ws_run_options layout;
        char *stored = ws_journal_fact(journal, "compiler");
        choose_layout(stored, options, &layout);
        free(stored);
        code = recompute(journal, plan, &layout, chosen, result, error);
    }
    free(have);
    free(chosen);
    ws_journal_close(journal);
    return code;
}
