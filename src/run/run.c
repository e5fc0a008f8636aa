/* run.c: a sweep from plan to journal: see run.h. Order of what can fail: the directory is looked at, kernels are compiled, problems are
 * prepared; only then is anything written. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "run/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/thread.h"
#include "base/version.h"
#include "run/backend.h"
#include "run/journal.h"
#include "run/run_directory.h"

typedef struct running {
    const ws_plan *plan;
    const ws_run_options *options;
    const ws_backend *backend;
    ws_journal *journal;
    unsigned char *have; /* [chunk_count] */
    int shard, shard_count;
    int64_t next;        /* chunk */
    ws_run_result *result;
    int64_t status_before[WS_STATUS_COUNT], before; /* what an earlier run had done */
    int64_t kept_status[WS_STATUS_COUNT], kept;     /* what this one has in the journal */
    double start;
    int lock, made;      /* descriptor that holds the directory, or -1; WS_MADE_ bits */
    int begun;           /* the facts of the run are in the journal */
} running;

static int64_t next_chunk(void *context)
{
    running *r = context;
    for (; r->next < r->plan->chunk_count; r->next++)
        if (!r->have[r->next] && r->next % r->shard_count == r->shard) return r->next++;
    return -1;
}

static ws_code finished(void *context, int64_t chunk, const ws_outcomes *outcomes, double seconds, ws_error *error)
{
    running *r = context;
    int64_t first, count;
    ws_plan_chunk(r->plan, chunk, &first, &count);
    ws_code code = ws_journal_add_chunk(r->journal, chunk, first, outcomes, ws_backend_name(r->backend), seconds, error);
    if (code) return code;
    r->have[chunk] = 1;
    r->kept += count;
    for (int64_t i = 0; i < count; i++) r->kept_status[outcomes->columns.status[i]]++;
    return WS_OK;
}

static void tick(void *context, int64_t trajectories, const int64_t status[WS_STATUS_COUNT], double updates, double seconds)
{
    running *r = context;
    ws_progress *p = &r->result->progress;
    p->finished = r->before + trajectories;
    for (int s = 0; s < WS_STATUS_COUNT; s++) p->status[s] = r->status_before[s] + status[s];
    p->seconds = seconds;
    p->updates_per_second = seconds > 0 ? updates / seconds : 0;
    p->rate = seconds > 0 ? (double)trajectories / seconds : 0;
    p->eta = p->rate > 0 ? (double)(p->trajectories - p->finished) / p->rate : -1;
    if (r->options->progress) r->options->progress(r->options->context, p);
}

static ws_code begin_journal(running *r, int resume, ws_error *error)
{
    const char *directory = r->options->directory;
    ws_code code = resume ? ws_run_directory_lock(directory, &r->lock, error)
                          : ws_run_directory_begin(directory, r->plan, r->options->force, &r->lock, &r->made, error);
    if (!code) {
        code = ws_journal_open(directory, r->plan, resume ? WS_JOURNAL_CONTINUE : WS_JOURNAL_NEW, &r->journal, error);
        if (!code) code = ws_journal_begin(r->journal, error); /* all facts, or none: a run that was killed here never began */
    }
    return code;
}

/* A fact of every part of a run: what an earlier part said comes first, "cuda; cpu". */
static ws_code add_fact(ws_journal *j, const char *key, const char *value, int resume, ws_error *error)
{
    char *before = resume ? ws_journal_fact(j, key) : NULL, *both = NULL;
    int known = before && strstr(before, value);
    ws_code code = WS_OK;
    if (!before || !*before) code = ws_journal_set(j, key, value, error);
    else if (!known) {
        WS_REQUIRE(asprintf(&both, "%s; %s", before, value) > 0);
        code = ws_journal_set(j, key, both, error);
    }
    free(before);
    free(both);
    return code;
}

static ws_code write_facts(running *r, const ws_kernels *kernels, int threads, int resume, ws_error *error)
{
    char text[64], device[128], layout[256];
    ws_journal *j = r->journal;
    ws_backend_describe(r->backend, kernels, threads, device, sizeof device, layout, sizeof layout);
    ws_clock_stamp(text);
    ws_code code = resume ? WS_OK : ws_journal_set(j, "started", text, error);
    if (!code) code = ws_journal_set(j, "version", WS_VERSION, error);
    if (!code) code = add_fact(j, "engine", ws_backend_name(r->backend), resume, error);
    if (!code) code = add_fact(j, "device", r->result->device, resume, error);
    if (!code) code = add_fact(j, "compiler", layout, resume, error);
    snprintf(text, sizeof text, "%d/%d", r->shard, r->shard_count);
    if (!code) code = ws_journal_set(j, "shard", text, error);
    return code;
}

/* Reads what is done; a resumed run keeps the shard that it was started with. */
static ws_code take_stock(running *r, int resume, ws_error *error)
{
    int64_t bad;
    ws_code code = ws_journal_check(r->journal, r->have, r->status_before, &bad, resume, error);
    if (code) return code;
    if (bad) snprintf(r->result->warning, sizeof r->result->warning, "%lld damaged chunks of the journal are computed again", (long long)bad);
    if (resume) {
        char *shard = ws_journal_fact(r->journal, "shard");
        int i = 0, n = 1;
        if (sscanf(shard, "%d/%d", &i, &n) == 2 && n >= 1 && i >= 0 && i < n) {
            r->shard = i;
            r->shard_count = n;
        }
        free(shard);
    }
    r->before = 0;
    r->result->progress.trajectories = 0;
    for (int64_t c = 0; c < r->plan->chunk_count; c++) {
        int64_t first, count;
        ws_plan_chunk(r->plan, c, &first, &count);
        if (r->have[c]) r->before += count;
        if (r->have[c] || c % r->shard_count == r->shard) r->result->progress.trajectories += count;
    }
    return WS_OK;
}

static ws_code run_prepared(running *r, int resume, const ws_kernels *kernels, const ws_problems *problems, int threads, ws_error *error)
{
    ws_code code = begin_journal(r, resume, error);
    if (!code) code = take_stock(r, resume, error);
    if (!code) code = write_facts(r, kernels, threads, resume, error);
    if (!code) code = ws_journal_add_problems(r->journal, problems->problem, problems->count, error);
    if (!code) code = ws_journal_commit(r->journal, error);
    r->begun = resume || !code;
    if (!code) {
        double now = ws_clock_now();
        r->result->start_seconds = now - r->start;
        ws_engine_setup setup = {.plan = r->plan, .kernels = kernels, .problems = problems, .threads = threads, .stop = r->options->stop,
                                 .deadline = r->options->time_limit > 0 ? now + r->options->time_limit : 0, .next_chunk = next_chunk,
                                 .finished = finished, .tick = tick, .context = r, .kernel_seconds = &r->result->kernel_seconds};
        code = ws_backend_run(r->backend, &setup, error);
        if (code == WS_STOPPED) ws_error_set(error, WS_STOPPED, "stopped early");
    }
    /* progress counted trajectories; whoever stopped at once lost those of the open chunks */
    r->result->progress.finished = r->before + r->kept;
    for (int s = 0; s < WS_STATUS_COUNT; s++) r->result->progress.status[s] = r->status_before[s] + r->kept_status[s];
    r->result->complete = 1;
    for (int64_t c = 0; c < r->plan->chunk_count; c++)
        if (!r->have[c]) r->result->complete = 0;
    /* a stop that came after the last chunk of this shard stopped nothing */
    if (code == WS_STOPPED && next_chunk(r) < 0) {
        r->next = 0;
        if (next_chunk(r) < 0) code = WS_OK;
    }
    return code;
}

ws_code ws_run(const ws_plan *given, const ws_run_options *options, int resume, ws_run_result *result, ws_error *error)
{
    ws_run_result own;
    if (!result) result = &own;
    memset(result, 0, sizeof *result);
    ws_plan plan = *given; /* with another chunk size, when asked for */
    running r = {.plan = &plan, .options = options, .result = result, .shard = options->shard, .start = ws_clock_now(), .lock = -1};
    r.shard_count = options->shard_count > 0 ? options->shard_count : 1;
    if (r.shard < 0 || r.shard >= r.shard_count)
        return ws_error_set(error, WS_BAD_INPUT, "shard %d of %d; allowed: 0/%d to %d/%d", r.shard, r.shard_count, r.shard_count, r.shard_count - 1, r.shard_count);
    if (options->chunk_size < 0 || options->chunk_size > 1 << 24)
        return ws_error_set(error, WS_BAD_INPUT, "chunk size %lld; allowed: 1 to %d", (long long)options->chunk_size, 1 << 24);
    if (options->chunk_size && !resume) {
        plan.chunk_size = options->chunk_size < plan.trajectories ? options->chunk_size : plan.trajectories;
        plan.chunk_count = (plan.trajectories + plan.chunk_size - 1) / plan.chunk_size;
    }
    ws_code code = WS_OK;
    if (!resume) code = ws_run_directory_check(options->directory, &plan, options->force, error);
    else if (!ws_run_directory_holds_run(options->directory))
        code = ws_error_set(error, WS_BAD_INPUT, "%s: no run to resume here (no journal.sqlite)", options->directory);
    if (code) return code;
    int threads = options->threads > 0 ? options->threads : ws_thread_processors();
    ws_kernels kernels;
    ws_problems problems;
    ws_backend backend;
    char layout[256];
    code = ws_backend_load(&plan, options, threads, &kernels, &backend, error);
    if (code) return code;
    r.backend = &backend;
    ws_backend_describe(&backend, &kernels, threads, result->device, sizeof result->device, layout, sizeof layout);
    snprintf(result->engine, sizeof result->engine, "%s", ws_backend_name(&backend));
    snprintf(result->compiler, sizeof result->compiler, "%.127s", backend.engine.cuda ? layout : kernels.compiler.banner);
    snprintf(result->warning, sizeof result->warning, "%.255s", *kernels.cache.warning ? kernels.cache.warning : backend.engine.remark);
    result->kernels_compiled = kernels.compiled + backend.cuda.compiled;
    result->kernels_cached = kernels.cached + backend.cuda.cached;
    result->compile_seconds = kernels.compile_seconds + backend.cuda.compile_seconds;
    code = ws_problems_prepare(&plan, &kernels, -1, threads, &problems, error);
    if (!code) {
        r.have = calloc((size_t)plan.chunk_count, 1);
        if (!r.have) code = ws_error_set(error, WS_FAILED, "out of memory for a list of %lld chunks", (long long)plan.chunk_count);
        if (!code) code = run_prepared(&r, resume, &kernels, &problems, threads, error);
        ws_journal_close(r.journal);
        if (r.lock >= 0) {
            if (!r.begun) ws_run_directory_undo(options->directory, r.plan, r.made);
            close(r.lock);
        }
        free(r.have);
        ws_problems_free(&problems);
    }
    ws_backend_free(&backend);
    ws_kernels_free(&kernels);
    return code;
}

ws_code ws_run_load(const char *directory, ws_plan **plan, ws_error *error)
{
    *plan = NULL;
    if (!ws_run_directory_holds_run(directory)) return ws_error_set(error, WS_BAD_INPUT, "%s is not a run directory (no journal.sqlite)", directory);
    char *path = ws_file_join(directory, "sweep.json");
    ws_code code = ws_plan_read(path, plan, error);
    free(path);
    if (!code) code = ws_journal_adopt(directory, *plan, error);
    if (code) {
        ws_plan_free(*plan);
        *plan = NULL;
    }
    return code;
}
