/* catalogue.h: what a sweep can be made of: one row an entry. Private to plan.
 *
 * Adding an objective, a warmup, ... is one header under kernels/ and one row here (its parameters are rows of fields.c). */
#ifndef WS_PLAN_CATALOGUE_H
#define WS_PLAN_CATALOGUE_H

typedef enum ws_group {
    WS_OBJECTIVES,
    WS_SPECTRA,
    WS_STARTS,
    WS_METHODS,
    WS_AVERAGES,
    WS_NOISES,
    WS_SCHEDULES,
    WS_WARMUPS,
    WS_DECAYS,
    WS_GROUP_COUNT
} ws_group;

/* What the host must know of an objective. Entries of other groups have only `sweep`, and schedules `tries`. */
typedef struct ws_objective_facts {
    int table;       /* has a per-coordinate table (objective.spectrum) */
    int eigenvalues; /* the table is the Hessian's eigenvalues: a geometric law when absent, not all 1 */
    int least, most; /* allowed dimensions; 0: no limit of its own */
    int data;        /* has a data matrix; 2: of rows that one direction separates, 3: of rows that none does; 4: inputs of a network with a teacher */
    int curve;       /* has the function of objective.rho that rho_curve.c makes */
    int reflected;   /* the table's axes are the coordinates' ones, reflected: I - 2 v v^T / v^T v, v_i = 1 + i */
    int top;         /* without a table: the coordinate that start "top" means */
    int logarithmic; /* the state is ln|x_i|: float64, method gd, no noise, nothing that looks at x */
    int tries;       /* a schedule that evaluates the gap to choose a step size, a number of times that is an outcome */
    const char *smoothness; /* "rho = 1, K0 = ..., K = ...": |Hessian| <= K0 + K gap^rho; NULL: none known */
    const char *sweep;      /* the file of sweeps/ that shows what it is for */
} ws_objective_facts;

typedef struct ws_entry {
    ws_group group;
    const char *name;     /* as in the sweep file */
    const char *file;     /* under kernels/, or NULL when the host makes it */
    const char *formula;
    const char *sentence;
    const char *citation; /* "elementary" where there is nobody to name */
    const ws_objective_facts *facts; /* NULL: nothing of it */
} ws_entry;

extern const ws_entry ws_entries[];
extern const int ws_entry_count;
/* The section of the sweep file that a group's entries are chosen in ("objective.spectrum"), the key that names one ("law"), the
 * plural for headings, and the entry that is meant when the section is absent (or NULL). */
extern const char *const ws_group_section[WS_GROUP_COUNT];
extern const char *const ws_group_key[WS_GROUP_COUNT];
extern const char *const ws_group_title[WS_GROUP_COUNT];
extern const char *const ws_group_default[WS_GROUP_COUNT];

/* Never NULL. */
const ws_objective_facts *ws_entry_facts(const ws_entry *entry);
/* A schedule whose text is under kernels/feedback/: it looks at x. */
int ws_schedule_is_closed_loop(const ws_entry *entry);
/* A schedule that has a peak, and with it a warmup and a decay. */
int ws_schedule_has_ramp(const ws_entry *entry);
const ws_entry *ws_entry_find(ws_group group, const char *name);

#endif
