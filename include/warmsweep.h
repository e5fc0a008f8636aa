/* warmsweep.h: sweeps of gradient-descent trajectories from C: read a sweep file, run it, read outcomes, write the report.
 *
 * Handles are opaque. A handle is used by one thread at a time; different handles by different threads. Strings and arrays that a
 * function returns belong to the handle and live until it is closed. No function prints, exits or keeps global state.
 *
 * A function that can fail returns a warmsweep_code. `message` (may be NULL) is filled with a sentence for a person, without a final
 * newline, several lines when several things are wrong; WARMSWEEP_MESSAGE bytes are enough for every message.
 *
 * Letters in shapes: E gap thresholds (eps), G asked iterations, P iterations of the trace. Trajectory index = cell * replicates + replicate; the last axis varies
 * fastest in the cell index. Iterations are counted from 0; a hitting iteration of -1 means "never".
 *
 * Link with: pkg-config --libs warmsweep. */
#ifndef WARMSWEEP_H
#define WARMSWEEP_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum warmsweep_code {
    WARMSWEEP_OK = 0,
    WARMSWEEP_FAILED = 1,    /* the machine said no: disk, memory, compiler */
    WARMSWEEP_BAD_INPUT = 2, /* the sweep file or an argument is wrong */
    WARMSWEEP_STOPPED = 75   /* stopped early on request, resumable */
} warmsweep_code;

#define WARMSWEEP_MESSAGE 16384

/* Status of an outcome, and flags (or-ed). */
enum { WARMSWEEP_REACHED, WARMSWEEP_BUDGET, WARMSWEEP_DIVERGED, WARMSWEEP_NONFINITE, WARMSWEEP_STALLED, WARMSWEEP_STATUS_COUNT };
enum { WARMSWEEP_UNDERFLOW = 1, WARMSWEEP_UNSTABLE = 2, WARMSWEEP_REBOUND = 4 };

/* What a trace may hold (record.trace.quantities): places of warmsweep_block.trace. */
enum {
    WARMSWEEP_TRACE_GAP,
    WARMSWEEP_TRACE_STEP_SIZE,
    WARMSWEEP_TRACE_GRADIENT_NORM,
    WARMSWEEP_TRACE_SHARPNESS,
    WARMSWEEP_TRACE_EDGE, /* step size * sharpness / 2 */
    WARMSWEEP_TRACE_COUNT
};

/* "0.1.0" */
const char *warmsweep_version(void);

/* ---- a sweep file as an immutable plan */
typedef struct warmsweep_sweep warmsweep_sweep;

/* Reads and checks a file; nothing is compiled or written. Close with warmsweep_sweep_close. */
warmsweep_code warmsweep_sweep_read(const char *path, warmsweep_sweep **sweep, char message[WARMSWEEP_MESSAGE]);
/* The same from memory; `name` is used in messages. */
warmsweep_code warmsweep_sweep_parse(const char *name, const char *text, size_t length, warmsweep_sweep **sweep, char message[WARMSWEEP_MESSAGE]);
/* The sweep of a run directory. */
warmsweep_code warmsweep_sweep_of_run(const char *directory, warmsweep_sweep **sweep, char message[WARMSWEEP_MESSAGE]);
void warmsweep_sweep_close(warmsweep_sweep *sweep); /* NULL is fine */

int64_t warmsweep_cells(const warmsweep_sweep *sweep);
int64_t warmsweep_replicates(const warmsweep_sweep *sweep);
int64_t warmsweep_trajectories(const warmsweep_sweep *sweep);
int warmsweep_eps_count(const warmsweep_sweep *sweep);        /* E */
const double *warmsweep_eps(const warmsweep_sweep *sweep);    /* [E] gap, descending, as the file says them */
int warmsweep_gap_at_count(const warmsweep_sweep *sweep);     /* G */
int warmsweep_trace_count(const warmsweep_sweep *sweep);           /* P */
const long long *warmsweep_trace_at(const warmsweep_sweep *sweep); /* [P] iterations, ascending */
int warmsweep_axis_count(const warmsweep_sweep *sweep);
/* axis: 0 ... axis_count - 1, else NULL / 0 */
const char *warmsweep_axis_path(const warmsweep_sweep *sweep, int axis);      /* "schedule.peak" */
const char *warmsweep_axis_unit(const warmsweep_sweep *sweep, int axis);      /* "1/curvature" */
int64_t warmsweep_axis_length(const warmsweep_sweep *sweep, int axis);        /* n */
const double *warmsweep_axis_values(const warmsweep_sweep *sweep, int axis);  /* [n], ascending, in the axis's unit */
/* Position of a cell on an axis. */
int64_t warmsweep_axis_index(const warmsweep_sweep *sweep, int64_t cell, int axis);

/* ---- running it */
typedef struct warmsweep_progress {
    int64_t trajectories, finished;           /* finished: what an earlier run had done included */
    int64_t status[WARMSWEEP_STATUS_COUNT];   /* of the finished ones */
    double seconds, updates_per_second, eta;  /* s, coordinate updates/s, s left (< 0: unknown) */
} warmsweep_progress;

typedef struct warmsweep_options {
    const char *directory;  /* of the run; needed */
    int resume;             /* 1: continue the run that is there */
    int force;              /* 1: overwrite a run that is there */
    const char *engine;     /* "cpu", "cuda", or NULL, "auto": cuda when there is a usable GPU. The outcomes are the same bits */
    const int *devices;     /* [device_count] GPUs to use, numbered as `warmsweep devices` does; NULL: all */
    int device_count;
    int threads;            /* 0: one for each core this process may use */
    int shard, shard_count; /* chunks whose index mod shard_count is shard; 0, 0: all */
    double time_limit;      /* s; 0: none */
    const char *compiler;   /* NULL: $WARMSWEEP_CC, cc, gcc, clang */
    const char *cache;      /* directory of compiled kernels; NULL: the default, "": none */
    int allow_source;       /* 1: a header that objective.source names may be compiled and run */
    const volatile sig_atomic_t *stop; /* NULL, or: 1 finish what is in hand, 2 stop at once */
    void (*progress)(void *context, const warmsweep_progress *progress); /* NULL, or called from the calling thread, about ten times a second */
    void *context;
} warmsweep_options;

/* Runs (or continues) a sweep; blocks; zero-initialise the options. WARMSWEEP_STOPPED: what is finished is in the journal. */
warmsweep_code warmsweep_run(const warmsweep_sweep *sweep, const warmsweep_options *options, char message[WARMSWEEP_MESSAGE]);
/* outcomes.nc, cells.csv, report/ in the run directory; needs gnuplot for the pictures. */
warmsweep_code warmsweep_report(const char *directory, char message[WARMSWEEP_MESSAGE]);

/* ---- outcomes of a run */
typedef struct warmsweep_results warmsweep_results;

/* `sweep` comes from warmsweep_sweep_of_run and stays open as long as the results. The chunks there now are what is read. */
warmsweep_code warmsweep_results_open(const char *directory, const warmsweep_sweep *sweep, warmsweep_results **results, char message[WARMSWEEP_MESSAGE]);
void warmsweep_results_close(warmsweep_results *results);
/* Trajectories that are there. */
int64_t warmsweep_results_finished(const warmsweep_results *results);

/* Outcomes of `count` trajectories that lie one after the other in the results, handed to warmsweep_results_each. */
typedef struct warmsweep_block {
    int64_t first, count;       /* trajectories */
    const unsigned char *status, *flags; /* [count] */
    const long long *end;       /* [count] iteration at which it ended */
    const long long *hit;       /* [count][E] hitting iteration T_eps, -1: never */
    const double *final_gap, *best_gap, *peak_gap; /* [count] */
    const long long *best_at, *peak_at;            /* [count] iteration */
    const double *gap_at;       /* [count][G], NaN after the end */
    const double *trace[WARMSWEEP_TRACE_COUNT]; /* [count][P] each, NaN after the end; NULL: not asked for */
    const long long *trials;    /* [count] evaluations of the gap by a schedule that tries step sizes, up to the end; NULL: it tries none */
} warmsweep_block;

/* Calls `each` for every stored block in ascending order, checksums verified. A nonzero return of `each` ends it, and is returned. */
warmsweep_code warmsweep_results_each(warmsweep_results *results, int (*each)(void *context, const warmsweep_block *block), void *context,
                                      char message[WARMSWEEP_MESSAGE]);

#ifdef __cplusplus
}
#endif
#endif
