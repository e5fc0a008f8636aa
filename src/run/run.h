/* run.h: runs a plan on an engine into a run directory; resumes, replays and verifies it.
 *
 * A run directory holds sweep.json (the file as run) and journal.sqlite. The functions below block; they start and join their
 * own threads; callbacks are called from the calling thread only. Strings in options are read, never kept. */
#ifndef WS_RUN_H
#define WS_RUN_H

#include <signal.h>
#include <stdint.h>

#include "base/error.h"
#include "plan/outcomes.h"
#include "plan/plan.h"

typedef struct ws_progress {
    int64_t trajectories, finished;      /* of this shard; finished includes what an earlier run had done */
    int64_t status[WS_STATUS_COUNT];     /* finished trajectories by status (of this run and of resumed chunks) */
    double seconds;                      /* since this call began to compute */
    double updates_per_second;           /* coordinate updates, of this call */
    double rate;                         /* trajectories per second, of this call, smoothed */
    double eta;                          /* seconds left, or < 0 when unknown */
} ws_progress;

#define WS_DEVICES_MAX 64

typedef struct ws_run_options {
    const char *directory;       /* of the run */
    const char *engine;          /* "cpu", "cuda", or "auto" (NULL): cuda when there is a usable GPU */
    const int *devices;          /* [device_count] GPUs to use, as "warmsweep devices" numbers them */
    int device_count;            /* 0: all */
    int force;                   /* 1: a finished or different run there is overwritten */
    int threads;                 /* 0: one per core this process may use */
    int shard, shard_count;      /* chunks whose index mod shard_count == shard; 0, 1: all */
    double time_limit;           /* seconds; 0: none. Chunks in hand are finished after it */
    int64_t chunk_size;          /* 0: the plan's. Ignored on resume (the journal's counts) */
    /* run-time compiler and layout; NULL or 0: the default */
    const char *compiler;        /* command, else $WARMSWEEP_CC, else cc, gcc, clang: the first on PATH */
    const char *march;           /* -march= value, else "native" */
    int width;                   /* W, trajectories side by side; 0: chosen by dimension */
    int vector_bytes;            /* 16, 32, 64; 0: the widest */
    const char *cache_directory; /* else $WARMSWEEP_CACHE, else $XDG_CACHE_HOME/warmsweep, else ~/.cache/warmsweep; "" = none */
    int allow_source;            /* 1: objective.source may be compiled and run */
    const volatile sig_atomic_t *stop; /* 1: finish the chunks in hand and return WS_STOPPED; 2: return at once */
    void (*progress)(void *context, const ws_progress *progress); /* about ten times a second, and once at the end; may be NULL */
    void *context;
} ws_run_options;

typedef struct ws_run_result {
    ws_progress progress;      /* as at the end */
    int complete;              /* every chunk of the plan is in the journal */
    double compile_seconds;    /* of all kernels, 0 when all came from the cache */
    double kernel_seconds;     /* of GPUs: the time that their kernels ran, all GPUs together */
    double start_seconds;      /* from the call to the first trajectory */
    int kernels_compiled, kernels_cached;
    char engine[8];            /* "cpu", "cuda" */
    char device[128];          /* "AMD EPYC, 2 threads, AVX2" */
    char compiler[128];        /* first line of the compiler's own version text */
    char warning[256];         /* something a person should know (a cache that cannot be used); "" if nothing */
} ws_run_result;

/* The engine that options choose. */
typedef struct ws_run_engine {
    int cuda;
    int device[WS_DEVICES_MAX], device_count;
    char devices[128];         /* "2 x NVIDIA H100 80GB HBM3" */
    char text[160];            /* "cpu", "cuda on 2 x NVIDIA H100 80GB HBM3" */
    char remark[512];          /* why "auto" does not use a GPU that is there; "" */
} ws_run_engine;
/* WS_BAD_INPUT: no such engine or GPU here, and a sentence why; WS_FAILED: the GPU's or its compiler's reason. */
ws_code ws_run_choose(const ws_run_options *options, ws_run_engine *engine, ws_error *error);

/* Starts a run (or continues one of the same plan: resume = 1). With resume = 0 a directory that holds a run already is refused
 * (WS_BAD_INPUT, the message says which command continues or overwrites it) unless options->force.
 * WS_OK: this shard is complete. WS_STOPPED: stopped early, the journal holds every finished chunk. WS_FAILED: the machine's
 * reason; the journal stays intact. */
ws_code ws_run(const ws_plan *plan, const ws_run_options *options, int resume, ws_run_result *result, ws_error *error);

/* Reads DIR/sweep.json (checked against the journal's fingerprint) as a plan whose chunk_size is the journal's. */
ws_code ws_run_load(const char *directory, ws_plan **plan, ws_error *error);

/* Removes what a run and its report write into a directory, and nothing else. */
ws_code ws_run_remove(const char *directory, ws_error *error);

/* Merges shards of one sweep into a new run directory. Refuses directories of different sweeps, naming them. Chunks present
 * in several must be bit for bit the same. */
ws_code ws_run_merge(const char *const *directories, int count, const char *output, int force, ws_error *error);

/* Recomputes one trajectory with its whole curve. curve and eta are malloc'ed here, [outcome end + 1] numbers each, and freed by the
 * caller; *outcome holds one row. The trajectory is run twice: its end is known before the curve's memory is asked for. */
ws_code ws_run_replay(const ws_plan *plan, const ws_run_options *options, int64_t trajectory, ws_outcomes *outcome, double **curve,
                      double **eta, ws_error *error);
/* The same trajectory once more, with what needs the state at every iteration 0 ... end (of ws_run_replay): a row whose trace [end + 1] has gradient norm,
 * sharpness and edge, by their places among WS_TRACED_*. Free with ws_outcomes_free. */
ws_code ws_run_replay_states(const ws_plan *plan, const ws_run_options *options, int64_t trajectory, int64_t end, ws_outcomes *traces, ws_error *error);

/* Step sizes of a cell as the kernel computes them: eta[count] from iteration first on. WS_BAD_INPUT for a closed-loop schedule. */
ws_code ws_run_step_sizes(const ws_plan *plan, const ws_run_options *options, int64_t cell, int64_t first, int64_t count,
                          double *eta, ws_error *error);

typedef struct ws_verify_result {
    int64_t chunks, chunks_bad;            /* every stored chunk's checksum and decoding */
    int64_t sampled, differing;            /* trajectories recomputed, and those whose outcome is not bit for bit the same */
    int64_t first_differing;               /* index, or -1 */
    char layout[256];                      /* how they were recomputed: compiler, ISA, W */
} ws_verify_result;
/* Checks the integrity of a run and recomputes `samples` evenly spread trajectories with the layout of options (which a caller
 * chooses different from the run's). WS_OK even when something differs: the result says so. */
ws_code ws_run_verify(const char *directory, const ws_plan *plan, const ws_run_options *options, int64_t samples,
                      ws_verify_result *result, ws_error *error);

/* Compiles a user's header and checks it at random points of `dimension` coordinates and parameters[8]: gap, gradient, sharpness,
 * smoothness constants, padding, and the same bits in several layouts. *text (malloc'ed) has a line a check, *failures counts those
 * that failed. A header that does not compile is an error. Calling it is consent to run it. */
ws_code ws_run_check_objective(const char *path, const ws_run_options *options, int64_t dimension, const double *parameters, char **text,
                               int *failures, ws_error *error);

/* One line a device: "cpu: AMD EPYC, 2 cores, AVX2, compiler gcc (Debian 12.2.0-14) 12.2.0", "cuda: GPU 0: ..." or why there is none;
 * malloc'ed text. */
ws_code ws_run_devices(const ws_run_options *options, char **text, ws_error *error);
/* A line about how this program was built: engines, CUDA toolkit; ends with a newline. */
const char *ws_run_build_text(void);

#endif
