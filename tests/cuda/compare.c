/* compare.c: the same trajectories on a cpu kernel and on the cuda kernel under the shim; every byte of every outcome must be equal.
 *
 *     compare CPU.so CUDA.so [key=value ...]
 *
 * The sweep is made up here: problems with random directions and spectra, cells whose step sizes go from far too small (they stall)
 * over convergence to divergence, several warmups, holds, caps. Prints how many outcomes of each status and flag were seen; exit
 * status 1 when an outcome differs, 2 when the kernel could not be run. */
#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/record.h"
#include "kernels/record_cuda.h"
#include "shim_device.h"

enum { PROBLEMS = 2, GAPS_AT = 6, EPS = 5, POINTS = 12, GUARD = 4096 };
static const long long gaps_at[GAPS_AT] = {0, 1, 15, 16, 17, 150}, points[POINTS] = {0, 1, 2, 13, 15, 16, 30, 31, 33, 47, 64, 100}; /* of a trace */

/* what a command line may say */
typedef struct request {
    long long cells, replicates, steps, hold, run_on, batches, blocks, order, list, offset, seed, separate, theory, hash;
    double gap, low, high; /* gap of the start; peaks from low to high, in units of 1 / sharpness */
    double parameters[WS_PARAMETERS_MAX], rule[WS_PARAMETERS_MAX], warmup[WS_PARAMETERS_MAX], decay[WS_PARAMETERS_MAX], noise[WS_PARAMETERS_MAX];
    double method[WS_PARAMETERS_MAX], average[WS_PARAMETERS_MAX];
} request;

typedef struct sweep {
    request ask;
    const ws_kernel_api *api;
    ws_problem problem[PROBLEMS];
    ws_cell *cell;
    double *weights;
    unsigned *list;   /* rows to run, or NULL */
    long long rows, count; /* rows of the columns; trajectories to run */
    long long next;   /* of the queue that the cpu kernel takes from */
    ws_columns *out;
} sweep;

static unsigned long long state = 88172645463325252ull;
static double uniform(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (double)(state >> 11) * 0x1p-53;
}

/* ---- columns ---- */
typedef struct column { void **at; size_t bytes; const char *name; } column;
enum { BEFORE_TRACE = 11, COLUMNS = BEFORE_TRACE + WS_TRACED_COUNT + 1 };
static void list_columns(ws_columns *c, column *list)
{
    static const char *const traced[WS_TRACED_COUNT] = {"trace of gaps", "trace of step sizes", "trace of gradient norms", "trace of sharpnesses", "trace of edges"};
    const column all[BEFORE_TRACE + 1] = {{(void **)&c->status, 1, "status"}, {(void **)&c->flags, 1, "flags"}, {(void **)&c->end, 8, "end"},
                                 {(void **)&c->hit, 8 * EPS, "hit"}, {(void **)&c->final_gap, 8, "final gap"},
                                 {(void **)&c->best_gap, 8, "best gap"}, {(void **)&c->best_at, 8, "best at"}, {(void **)&c->peak_gap, 8, "peak gap"},
                                 {(void **)&c->peak_at, 8, "peak at"}, {(void **)&c->gap_at, 8 * GAPS_AT, "gap at"}, {(void **)&c->trials, 8, "trials"}, {(void **)&c->hash, 8, "hash"}};
    memcpy(list, all, BEFORE_TRACE * sizeof *all);
    for (int q = 0; q < WS_TRACED_COUNT; q++) list[BEFORE_TRACE + q] = (column){(void **)&c->trace[q], 8 * POINTS, traced[q]};
    list[COLUMNS - 1] = all[BEFORE_TRACE];
}
static void new_columns(ws_columns *c, long long rows, int hash)
{
    column list[COLUMNS];
    list_columns(c, list);
    c->hash = NULL;
    for (int i = 0; i < COLUMNS - !hash; i++) {
        *list[i].at = malloc((size_t)rows * list[i].bytes);
        memset(*list[i].at, 0xee, (size_t)rows * list[i].bytes);
    }
}
static void free_columns(ws_columns *c)
{
    column list[COLUMNS];
    list_columns(c, list);
    for (int i = 0; i < COLUMNS; i++) free(*list[i].at);
}

/* ---- the sweep ---- */
static const char *new_problem(sweep *s, int index)
{
    const ws_kernel_api *api = s->api;
    size_t d = (size_t)api->dimension;
    ws_problem *p = &s->problem[index];
    ws_problem_values values = {.gap = s->ask.gap * (1 + index)};
    memcpy(values.parameters, s->ask.parameters, sizeof values.parameters);
    double *table = malloc(d * sizeof *table), *direction = malloc(d * sizeof *direction), *eps = malloc(EPS * sizeof *eps), norm = 0;
    for (size_t i = 0; i < d; i++) {
        table[i] = pow(100.0, -uniform()) * (index ? 0.7 : 1.0);
        direction[i] = uniform() - 0.5;
        norm += direction[i] * direction[i];
    }
    for (size_t i = 0; i < d; i++) direction[i] /= sqrt(norm);
    values.table = table;
    values.direction = direction;
    void *coefficients = calloc((size_t)api->coefficients * d + 8, (size_t)api->real_bytes), *start = calloc(d + 8, (size_t)api->real_bytes);
    const char *wrong = api->prepare(&values, coefficients, start, p);
    const double ladder[EPS] = {1.5, 0.5, 1e-2, 1e-4, 1e-7};
    for (int e = 0; e < EPS; e++) {
        eps[e] = ladder[e] * p->start_gap;
        if (api->precision == 32) eps[e] = (double)(float)eps[e];
    }
    p->eps = eps;
    free(table);
    free(direction);
    return wrong;
}

static void new_cell(sweep *s, long long index)
{
    const request *ask = &s->ask;
    ws_cell *c = &s->cell[index];
    memset(c, 0, sizeof *c);
    c->problem = &s->problem[index % PROBLEMS];
    double place = ask->cells > 1 ? (double)index / (double)(ask->cells - 1) : 0.5;
    c->peak = ask->low * pow(ask->high / ask->low, place) / c->problem->start_sharpness;
    if (index % 7 == 3) c->peak *= 1e-10; /* stalls */
    c->warmup_steps = (double)(index % 3 == 0 ? 0 : index % 3 == 1 ? 5 : 40);
    memcpy(c->warmup, ask->warmup, sizeof c->warmup);
    memcpy(c->decay, ask->decay, sizeof c->decay);
    memcpy(c->rule, ask->rule, sizeof c->rule);
    if (ask->theory) {
        c->rule[2] = c->problem->K0;
        c->rule[3] = c->problem->K;
        c->rule[4] = c->problem->rho;
    }
    memcpy(c->noise, ask->noise, sizeof c->noise);
    memcpy(c->method, ask->method, sizeof c->method);
    memcpy(c->average, ask->average, sizeof c->average);
    if (index % 5 == 4) c->noise[0] = 0.0;
    c->limit = 1e4 * (c->problem->start_gap > 1 ? c->problem->start_gap : 1);
    if (s->api->precision == 32) c->limit = (double)(float)c->limit;
    c->steps = ask->steps - index % 37;
    if (index % 11 == 5) c->steps = index % 4; /* short ones */
    c->hold = index % 2 ? ask->hold : 1;
    c->run_on = index % 4 == 1 ? ask->run_on : 0;
    if (ask->separate) {
        c->noise_low = (unsigned)index + 1;
        c->noise_high = 3;
    }
}

static long long row_of_place(const sweep *s, long long place) { return s->list ? s->list[place] : place; }

/* ---- the cpu kernel ---- */
static int take(void *context, ws_trajectory *const *next, int wanted)
{
    sweep *s = context;
    int taken = 0;
    for (; taken < wanted && s->next < s->count; taken++) {
        long long row = row_of_place(s, s->next++), index = s->ask.offset + row;
        memset(next[taken], 0, sizeof *next[taken]);
        next[taken]->cell = &s->cell[index / s->ask.replicates];
        next[taken]->out = s->out;
        next[taken]->row = row;
        next[taken]->replicate = (unsigned)(index % s->ask.replicates);
    }
    return taken;
}
static void done(void *context, const ws_trajectory *const *ended, int count)
{
    (void)context;
    (void)ended;
    (void)count;
}
static ws_kernel_run shared_part(const sweep *s)
{
    ws_kernel_run run;
    memset(&run, 0, sizeof run);
    run.seed = (unsigned long long)s->ask.seed;
    run.eps_count = EPS;
    run.gap_at_count = GAPS_AT;
    run.gap_at = gaps_at;
    run.trace_count = POINTS; /* looked at by kernels with WS_TRACED */
    run.trace_at = points;
    return run;
}
static void run_cpu(sweep *s)
{
    static int go_on;
    ws_kernel_run run = shared_part(s);
    run.abort = &go_on;
    run.context = s;
    run.take = take;
    run.done = done;
    void *arena = aligned_alloc(64, (s->api->arena_bytes + 63) / 64 * 64);
    s->next = 0;
    s->api->run(&run, arena);
    free(arena);
}

/* ---- the cuda kernel ---- */
static const char *run_cuda(sweep *s, const ws_cuda_facts *facts, shim_launch_function *launch, ws_cuda_counters *counters, long long *segments)
{
    const request *ask = &s->ask;
    int broken = -1, *place = &broken;
    const char *wrong = launch("ws_cuda_check", 1, 1, 0, &place, 0);
    if (wrong) return wrong;
    if (broken) {
        static const char *const sentence[] = {WS_CUDA_BROKEN};
        return sentence[broken - 1];
    }
    ws_cuda_launch l;
    memset(&l, 0, sizeof l);
    l.run = shared_part(s);
    l.out = *s->out;
    unsigned low = (unsigned)ask->seed, high = (unsigned)((unsigned long long)ask->seed >> 32);
    for (int r = 0; r < 10; r++) {
        l.key[r][0] = low + (unsigned)r * 0x9e3779b9u;
        l.key[r][1] = high + (unsigned)r * 0xbb67ae85u;
    }
    l.cells = s->cell;
    l.order = s->list;
    l.count = (unsigned)s->count;
    l.offset = (unsigned)ask->offset;
    l.replicates = (unsigned)ask->replicates;
    l.batches = (unsigned)ask->batches;
    memset(counters, 0, sizeof *counters);
    l.counters = counters;
    size_t bytes = (size_t)ask->blocks * (size_t)facts->slots * facts->slot_bytes;
    char *slots = aligned_alloc(256, bytes + GUARD);
    memset(slots, 0xa5, bytes + GUARD);
    l.slots = slots;
    for (*segments = 0; !wrong && counters->ended < (unsigned long long)s->count; ++*segments) {
        unsigned long long before = counters->iterations + counters->ended;
        l.resume = *segments > 0;
        /* the order changes from segment to segment: nothing may depend on it */
        unsigned order = (unsigned)ask->order <= 1 ? (unsigned)ask->order : (unsigned)(ask->order + *segments);
        wrong = launch("ws_cuda_run", (unsigned)ask->blocks, (unsigned)facts->threads, facts->shared_bytes, &l, order);
        if (!wrong && counters->iterations + counters->ended == before) wrong = "a launch got no further";
    }
    for (int i = 0; i < GUARD && !wrong; i++)
        if ((unsigned char)slots[bytes + (size_t)i] != 0xa5) wrong = "the kernel wrote behind its slots";
    free(slots);
    return wrong;
}

/* ---- comparison ---- */
static int report(const sweep *s, ws_columns *cpu, ws_columns *cuda)
{
    column a[COLUMNS], b[COLUMNS];
    list_columns(cpu, a);
    list_columns(cuda, b);
    int differences = 0;
    for (long long row = 0; row < s->rows; row++)
        for (int i = 0; i < COLUMNS - !s->ask.hash; i++) {
            const char *x = (const char *)*a[i].at + (size_t)row * a[i].bytes, *y = (const char *)*b[i].at + (size_t)row * b[i].bytes;
            if (!memcmp(x, y, a[i].bytes)) continue;
            if (++differences > 8) continue;
            unsigned long long u = 0, v = 0;
            memcpy(&u, x, a[i].bytes < 8 ? a[i].bytes : 8);
            memcpy(&v, y, a[i].bytes < 8 ? a[i].bytes : 8);
            printf("row %lld %s: cpu %016llx cuda %016llx (status %d %d, end %lld %lld)\n", row, a[i].name, u, v, cpu->status[row], cuda->status[row],
                   cpu->end[row], cuda->end[row]);
        }
    return differences;
}

static int read_request(request *ask, int count, char **text)
{
    *ask = (request){.cells = 12, .replicates = 1, .steps = 120, .hold = 3, .run_on = 9, .batches = 1000000, .blocks = 2, .seed = 7, .theory = 1, .hash = 1,
                     .gap = 50, .noise = {0.05, 1}, .low = 0.02, .high = 4};
    const struct { const char *name; long long *whole; double *number; int most; } known[] = {
        {"cells", &ask->cells, NULL, 1}, {"replicates", &ask->replicates, NULL, 1}, {"steps", &ask->steps, NULL, 1}, {"hold", &ask->hold, NULL, 1},
        {"run_on", &ask->run_on, NULL, 1}, {"batches", &ask->batches, NULL, 1}, {"blocks", &ask->blocks, NULL, 1}, {"order", &ask->order, NULL, 1},
        {"list", &ask->list, NULL, 1}, {"offset", &ask->offset, NULL, 1}, {"seed", &ask->seed, NULL, 1}, {"separate", &ask->separate, NULL, 1},
        {"theory", &ask->theory, NULL, 1}, {"hash", &ask->hash, NULL, 1}, {"gap", NULL, &ask->gap, 1}, {"noise", NULL, ask->noise, WS_PARAMETERS_MAX}, {"low", NULL, &ask->low, 1}, {"high", NULL, &ask->high, 1},
        {"parameters", NULL, ask->parameters, WS_PARAMETERS_MAX}, {"feedback", NULL, ask->rule, WS_PARAMETERS_MAX},
        {"warmup", NULL, ask->warmup, WS_PARAMETERS_MAX}, {"decay", NULL, ask->decay, WS_PARAMETERS_MAX},
        {"method", NULL, ask->method, WS_PARAMETERS_MAX}, {"average", NULL, ask->average, WS_PARAMETERS_MAX}};
    for (int i = 0; i < count; i++) {
        char *value = strchr(text[i], '=');
        size_t k = 0, n = sizeof known / sizeof *known;
        if (value)
            for (*value++ = 0; k < n && strcmp(known[k].name, text[i]); k++) {}
        if (!value || k == n) return fprintf(stderr, "unknown: %s\n", text[i]);
        if (known[k].whole) *known[k].whole = strtoll(value, NULL, 10);
        else
            for (int j = 0; j < known[k].most && *value; j++) {
                known[k].number[j] = strtod(value, &value);
                if (*value == ',') value++;
            }
    }
    return 0;
}

int main(int count, char **text)
{
    sweep s = {0};
    if (count < 3 || read_request(&s.ask, count - 3, text + 3)) return 2;
    state += (unsigned long long)s.ask.seed << 20; /* of the problems, too */
    void *cpu = dlopen(text[1], RTLD_NOW | RTLD_LOCAL), *cuda = cpu ? dlopen(text[2], RTLD_NOW | RTLD_LOCAL) : NULL;
    if (!cuda) return fprintf(stderr, "%s\n", dlerror()), 2;
    s.api = dlsym(cpu, "ws_kernel");
    const ws_cuda_facts *facts = dlsym(cuda, "ws_cuda_kernel");
    shim_launch_function *launch;
    *(void **)&launch = dlsym(cuda, SHIM_LAUNCH);
    if (facts->abi != WS_CUDA_ABI || facts->kernel_abi != WS_KERNEL_ABI || facts->dimension != s.api->dimension || facts->lanes != s.api->lanes ||
        facts->precision != s.api->precision || facts->threads != facts->slots * facts->threads_a_trajectory)
        return fprintf(stderr, "the kernels are of different variants\n"), 2;
    const char *wrong = NULL;
    for (int i = 0; i < PROBLEMS && !wrong; i++) wrong = new_problem(&s, i);
    if (wrong) return fprintf(stderr, "%s\n", wrong), 2;
    s.cell = calloc((size_t)s.ask.cells, sizeof *s.cell);
    for (long long i = 0; i < s.ask.cells; i++) new_cell(&s, i);
    s.rows = s.count = s.ask.cells * s.ask.replicates - s.ask.offset;
    if (s.ask.list) { /* every second row, the last first */
        s.count = (s.rows + 1) / 2;
        s.list = malloc((size_t)s.count * sizeof *s.list);
        for (long long i = 0; i < s.count; i++) s.list[i] = (unsigned)((s.count - 1 - i) * 2);
    }
    s.weights = malloc((size_t)s.api->dimension * sizeof *s.weights);
    for (long long i = 0; i < s.api->dimension; i++) s.weights[i] = (double)(1 + i % 3) * 0.5;
    for (int i = 0; i < PROBLEMS; i++) s.problem[i].noise_weights = s.weights;
    ws_columns of_cpu, of_cuda;
    ws_cuda_counters counters;
    long long segments = 0, iterations = 0, statuses[WS_STATUS_COUNT] = {0}, flags[3] = {0};
    new_columns(&of_cpu, s.rows, s.ask.hash != 0);
    new_columns(&of_cuda, s.rows, s.ask.hash != 0);
    s.out = &of_cpu;
    run_cpu(&s);
    s.out = &of_cuda;
    wrong = run_cuda(&s, facts, launch, &counters, &segments);
    if (wrong) return fprintf(stderr, "%s\n", wrong), 2;
    int differences = report(&s, &of_cpu, &of_cuda);
    for (long long i = 0; i < s.count; i++) {
        long long row = row_of_place(&s, i);
        iterations += of_cpu.end[row];
        statuses[of_cpu.status[row]]++;
        for (int f = 0; f < 3; f++) flags[f] += of_cpu.flags[row] >> f & 1;
    }
    if (!differences && (counters.iterations != (unsigned long long)iterations || counters.ended != (unsigned long long)s.count))
        differences += printf("counters: %llu iterations of %lld, %llu ended of %lld\n", counters.iterations, iterations, counters.ended, s.count);
    printf("%lld trajectories, %lld iterations, %lld segments; reached %lld budget %lld diverged %lld nonfinite %lld stalled %lld; underflow %lld "
           "unstable %lld rebound %lld; %d differences\n",
           s.count, iterations, segments, statuses[0], statuses[1], statuses[2], statuses[3], statuses[4], flags[0], flags[1], flags[2], differences);
    for (int i = 0; i < PROBLEMS; i++) {
        free((void *)(size_t)s.problem[i].coefficients);
        free((void *)(size_t)s.problem[i].start);
        free((void *)(size_t)s.problem[i].eps);
    }
    free_columns(&of_cpu);
    free_columns(&of_cuda);
    free(s.cell);
    free(s.list);
    free(s.weights);
    return differences != 0;
}
