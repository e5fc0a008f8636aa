/* grid.c: from the fields of a sweep to the public plan: cells, problems and kernels by mixed-radix arithmetic over the axes, so that
 * nothing is stored per cell. The last axis varies fastest. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "plan/outcomes.h"
#include "plan/sweep.h"

double ws_sweep_value(const ws_sweep *s, int64_t cell, ws_field_id id)
{
    int axis = s->number[id].axis;
    return axis < 0 ? s->number[id].value : s->axes[axis].values[ws_plan_axis_index(&s->plan, cell, axis)];
}

void ws_sweep_extent(const ws_sweep *s, ws_field_id id, double *low, double *high)
{
    int axis = s->number[id].axis;
    *low = axis < 0 ? s->number[id].value : s->axes[axis].values[0];
    *high = axis < 0 ? s->number[id].value : s->axes[axis].values[s->axes[axis].count - 1]; /* axes ascend */
}

static unsigned axes_of(const ws_sweep *s, int (*wanted)(const ws_field *field, ws_field_id id))
{
    unsigned mask = 0;
    for (int a = 0; a < s->axis_count; a++)
        if (wanted(&ws_fields[s->axis_field[a]], s->axis_field[a])) mask |= 1u << a;
    return mask;
}
static int of_problem(const ws_field *field, ws_field_id id)
{
    (void)id;
    return !strncmp(field->section, "objective", 9) || !strcmp(field->section, "start");
}
static int of_variant(const ws_field *field, ws_field_id id)
{
    return id == WS_F_DIMENSION || field->define != NULL;
}
/* ... of the step size as a function of t, but for the peak, which is a factor of it */
static int of_ramp(const ws_field *field, ws_field_id id)
{
    (void)id;
    return !strcmp(field->section, "schedule.warmup") || !strcmp(field->section, "schedule.decay");
}
static int of_open_loop(const ws_field *field, ws_field_id id)
{
    (void)id;
    return !strcmp(field->section, "schedule");
}
unsigned ws_problem_axes(const ws_sweep *s) { return axes_of(s, of_problem); }
unsigned ws_variant_axes(const ws_sweep *s) { return axes_of(s, of_variant); }

static unsigned schedule_axes(const ws_sweep *s)
{
    const ws_entry *schedule = s->entry[WS_SCHEDULES];
    if (!ws_schedule_has_ramp(schedule)) return ws_schedule_is_closed_loop(schedule) ? 0 : axes_of(s, of_open_loop);
    unsigned axes = axes_of(s, of_ramp);
    if (s->horizon_is_cap && s->steps_axis >= 0) axes |= 1u << s->steps_axis;
    return axes;
}

int64_t ws_subgrid_count(const ws_sweep *s, unsigned axes)
{
    int64_t count = 1;
    for (int a = 0; a < s->axis_count; a++)
        if (axes >> a & 1) count *= s->axes[a].count;
    return count;
}

int64_t ws_subgrid_index(const ws_sweep *s, unsigned axes, int64_t cell)
{
    int64_t index = 0, radix = 1;
    for (int a = s->axis_count - 1; a >= 0; a--) {
        int64_t here = cell % s->axes[a].count;
        cell /= s->axes[a].count;
        if (!(axes >> a & 1)) continue;
        index += radix * here;
        radix *= s->axes[a].count;
    }
    return index;
}

int64_t ws_subgrid_cell(const ws_sweep *s, unsigned axes, int64_t index)
{
    int64_t cell = 0, stride = 1;
    for (int a = s->axis_count - 1; a >= 0; a--) {
        if (axes >> a & 1) {
            cell += stride * (index % s->axes[a].count);
            index /= s->axes[a].count;
        }
        stride *= s->axes[a].count;
    }
    return cell;
}

int64_t ws_plan_axis_index(const ws_plan *plan, int64_t cell, int axis)
{
    const ws_sweep *s = plan->sweep;
    for (int a = s->axis_count - 1; a > axis; a--) cell /= s->axes[a].count;
    return cell % s->axes[axis].count;
}

void ws_plan_chunk(const ws_plan *plan, int64_t chunk, int64_t *first, int64_t *count)
{
    *first = chunk * plan->chunk_size;
    *count = plan->trajectories - *first < plan->chunk_size ? plan->trajectories - *first : plan->chunk_size;
}

/* Where a field goes in a cell: a double of it, or NULL. Parameters of warmup, decay, rule and noise stand in the order of the table. */
static double *place_of(const ws_sweep *s, ws_field_id id, ws_cell *cell)
{
    const ws_field *field = &ws_fields[id];
    const struct {
        ws_group group;
        double *list;
    } lists[] = {{WS_WARMUPS, cell->warmup}, {WS_DECAYS, cell->decay}, {WS_SCHEDULES, cell->rule}, {WS_NOISES, cell->noise}, {WS_METHODS, cell->method}, {WS_AVERAGES, cell->average}};
    if (id == WS_F_PEAK) return &cell->peak;
    if (id == WS_F_WARMUP_STEPS) return &cell->warmup_steps;
    if (id == WS_F_INITIAL) return &cell->initial;
    if (field->define || field->apart) return NULL;
    for (int i = 0; i < (int)(sizeof lists / sizeof *lists); i++) {
        const ws_entry *entry = s->entry[lists[i].group];
        if (!entry || !field->kinds || !ws_field_applies(field, ws_group_section[lists[i].group], entry->name)) continue;
        int position = ws_field_position(field, entry->name);
        WS_REQUIRE(position < WS_PARAMETERS_MAX);
        return &lists[i].list[position];
    }
    return NULL;
}

/* What all cells share, and how far a step along each axis moves problem and kernel. */
static void prepare_cells(ws_sweep *s)
{
    const ws_plan *plan = &s->plan;
    ws_plan_cell_values *out = &s->every_cell;
    s->steps_axis = -1;
    out->cell.limit = s->number[WS_F_DIVERGED].value;
    out->cell.hold = (long long)s->number[WS_F_HOLD].value;
    out->cell.run_on = s->run_on_budget ? 1LL << 62 : (long long)s->number[WS_F_RUN_ON].value;
    for (int id = 0; id < WS_FIELD_COUNT; id++) {
        double *place = place_of(s, (ws_field_id)id, &out->cell);
        if (s->number[id].axis >= 0 || !place) continue;
        *place = s->number[id].value;
        if (!ws_fields[id].from || s->number[id].given) continue;
        out->rule_from[place - out->cell.rule] = ws_fields[id].from;
        out->from_problem = 1;
    }
    out->cell.steps = s->number[WS_F_STEPS].axis < 0 ? (long long)s->number[WS_F_STEPS].value : 0;
    for (int a = 0; a < s->axis_count; a++) {
        double *place = place_of(s, s->axis_field[a], &out->cell);
        s->place[a] = place ? (int)(place - (double *)&out->cell) : -1;
        if (s->axis_field[a] == WS_F_STEPS) s->steps_axis = a;
    }
    s->horizon_is_cap = ws_field_applies(&ws_fields[WS_F_HORIZON], "schedule.decay", plan->decay) && isnan(s->number[WS_F_HORIZON].value) && s->number[WS_F_HORIZON].axis < 0;
    s->own_noise = strcmp(plan->noise, "none") && s->number[WS_F_COMMON].value == 0;
    if (s->own_noise) ws_sweep_noise_prepare(s);
    const unsigned problems = ws_problem_axes(s), variants = ws_variant_axes(s), schedules = schedule_axes(s);
    int64_t problem_stride = 1, variant_stride = 1, schedule_stride = 1;
    for (int a = s->axis_count - 1; a >= 0; a--) {
        s->problem_stride[a] = problems >> a & 1 ? problem_stride : 0;
        s->variant_stride[a] = variants >> a & 1 ? variant_stride : 0;
        s->schedule_stride[a] = schedules >> a & 1 ? schedule_stride : 0;
        if (schedules >> a & 1) schedule_stride *= s->axes[a].count;
        if (problems >> a & 1) problem_stride *= s->axes[a].count;
        if (variants >> a & 1) variant_stride *= s->axes[a].count;
    }
}

/* Called once a trajectory, most often for the next cell or for that one row of the grid further: a division takes 40 to 90 cycles on processors of
 * before 2019. */
void ws_plan_point_move(const ws_plan *plan, ws_plan_point *point, int64_t cell)
{
    int64_t more = cell - point->cell;
    if (more < 0) {
        memset(point->at, 0, sizeof point->at);
        more = cell;
    }
    point->cell = cell;
    for (int a = plan->axis_count - 1; more && a >= 0; a--) {
        const int64_t count = plan->axes[a].count, here = point->at[a] + more;
        more = here < count ? 0 : here < 2 * count ? 1 : here / count;
        point->at[a] = here - more * count;
    }
}

/* Called once a trajectory: no search, only what cells differ in is written. */
void ws_plan_cell_move(const ws_plan *plan, const ws_plan_point *point, ws_plan_cell_values *out)
{
    const ws_sweep *s = plan->sweep;
    int64_t variant = 0, schedule = 0;
    out->cell.peak = s->every_cell.cell.peak;
    out->cell.limit = s->every_cell.cell.limit;
    out->problem = 0;
    for (int a = s->axis_count - 1; a >= 0; a--) {
        const int64_t here = point->at[a];
        const double value = s->axes[a].values[here];
        if (s->place[a] >= 0) ((double *)&out->cell)[s->place[a]] = value;
        else if (a == s->steps_axis) out->cell.steps = (long long)value;
        out->problem += here * s->problem_stride[a];
        variant += here * s->variant_stride[a];
        schedule += here * s->schedule_stride[a];
    }
    out->problem *= plan->own_starts;
    out->variant = (int)variant;
    out->schedule = schedule;
    if (s->horizon_is_cap) out->cell.decay[0] = (double)out->cell.steps;
    if (s->own_noise) ws_sweep_noise_words(s, point->cell, &out->cell.noise_low, &out->cell.noise_high);
}

void ws_plan_cell(const ws_plan *plan, int64_t index, ws_plan_cell_values *out)
{
    ws_plan_point point = {0};
    *out = plan->sweep->every_cell;
    ws_plan_point_move(plan, &point, index);
    ws_plan_cell_move(plan, &point, out);
}

static double mean_value(const ws_sweep *s, ws_field_id id)
{
    int axis = s->number[id].axis;
    if (axis < 0) return s->number[id].value;
    double sum = 0;
    for (int64_t i = 0; i < s->axes[axis].count; i++) sum += s->axes[axis].values[i];
    return sum / (double)s->axes[axis].count;
}

/* A chunk is large enough that the journal is no cost (a tenth of a second of one core at least, when all of it runs to the cap), small
 * enough that little is lost at a kill and that its outcomes stay below 1 MiB: at its end a run waits for the journal to take the last one.
 * A multiple of 8: no column in memory needs padding. A function of the plan alone. */
static int64_t chunk_size(const ws_plan *p)
{
    double updates = p->updates_max / (double)p->trajectories;
    double size = updates > 0 ? ceil(1e9 / updates) : 65536;
    double bytes = (double)ws_outcomes_row_bytes(ws_plan_shape(p));
    double most = floor(1048576 / bytes) < 65536 ? floor(1048576 / bytes) : 65536;
    if (size > most) size = most;
    size = size < 64 ? 64 : floor(size / 8) * 8;
    while ((double)p->trajectories / size > 16777216) size *= 2; /* a row each in the journal */
    return size > (double)p->trajectories ? p->trajectories : (int64_t)size;
}

ws_shape ws_plan_shape(const ws_plan *p)
{
    return (ws_shape){p->eps_count, p->gap_at_count, p->hash, p->trace_count, p->traced, p->trials, p->precision == 32, 0};
}
ws_shape ws_plan_packed_shape(const ws_plan *p)
{
    ws_shape shape = ws_plan_shape(p);
    shape.packed = 1;
    return shape;
}

static const long long *iterations(ws_sweep *s, ws_field_id id, int *count)
{
    *count = (int)s->list_count[id];
    long long *list = ws_arena_new(&s->arena, sizeof *list * (size_t)(*count + 1));
    for (int i = 0; i < *count; i++) list[i] = (long long)s->list[id][i];
    return list;
}

static void fill_outcome_fields(ws_sweep *s)
{
    ws_plan *p = &s->plan;
    p->eps_count = (int)s->list_count[WS_F_GAP];
    p->eps = s->list[WS_F_GAP];
    p->eps_relative = s->eps_relative;
    p->gap_at = iterations(s, WS_F_GAP_AT, &p->gap_at_count);
    p->trace_at = iterations(s, WS_F_TRACE_AT, &p->trace_count);
    p->traced = p->trace_count ? (unsigned)s->number[WS_F_TRACE_QUANTITIES].value : 0;
    p->trace_statistics = p->trace_count && s->number[WS_F_TRACE_KEEP].value != 0;
    p->hash = s->number[WS_F_HASH].value != 0;
    p->trials = ws_entry_facts(s->entry[WS_SCHEDULES])->tries;
    p->noise_weights = s->number[WS_F_NOISE_WEIGHTS].given;
}

void ws_sweep_finish(ws_reading *r)
{
    ws_sweep *s = r->sweep;
    ws_plan *p = &s->plan;
    p->sweep = s;
    p->precision = s->number[WS_F_PRECISION].value != 0 ? 64 : 32;
    p->objective = s->entry[WS_OBJECTIVES]->name;
    p->method = s->entry[WS_METHODS]->name;
    p->noise = s->entry[WS_NOISES]->name;
    p->start = s->entry[WS_STARTS]->name;
    p->average = s->entry[WS_AVERAGES]->file ? s->entry[WS_AVERAGES]->name : "";
    p->compensated = s->number[WS_F_COMPENSATED].value != 0;
    p->title = s->title ? s->title : ws_arena_format(&s->arena, *p->average ? "%s, %s of the iterates, on %s" : "%s%s on %s", p->method, p->average, p->objective);
    const ws_entry *schedule = s->entry[WS_SCHEDULES];
    p->feedback = ws_schedule_is_closed_loop(schedule) ? schedule->name : "";
    p->warmup = ws_schedule_has_ramp(schedule) ? s->entry[WS_WARMUPS]->name : "";
    p->decay = ws_schedule_has_ramp(schedule) ? s->entry[WS_DECAYS]->name : "";
    p->peak_unit = s->peak_unit;
    p->axis_count = s->axis_count;
    p->axes = s->axes;
    p->cells = ws_subgrid_count(s, ~0u);
    p->replicates = (int64_t)s->number[WS_F_REPLICATES].value;
    p->trajectories = p->cells * p->replicates;
    p->seed = (uint64_t)s->number[WS_F_SEED].value;
    fill_outcome_fields(s);
    double low, high;
    ws_sweep_extent(s, WS_F_STEPS, &low, &high);
    p->steps_max = (int64_t)high;
    p->updates_max = (double)p->trajectories * mean_value(s, WS_F_STEPS) * mean_value(s, WS_F_DIMENSION);
    p->own_starts = s->number[WS_F_START_OWN].value != 0 ? p->replicates : 1;
    p->problem_count = ws_subgrid_count(s, ws_problem_axes(s)) * p->own_starts;
    unsigned variant_axes = ws_variant_axes(s);
    p->variant_count = (int)ws_subgrid_count(s, variant_axes);
    ws_variant *variants = ws_arena_new(&s->arena, sizeof *variants * (size_t)p->variant_count);
    for (int v = 0; v < p->variant_count; v++) {
        int64_t cell = ws_subgrid_cell(s, variant_axes, v), d = (int64_t)ws_sweep_value(s, cell, WS_F_DIMENSION);
        variants[v] = (ws_variant){d, ws_plan_lanes(d), ws_variant_defines(s, cell)};
    }
    p->variants = variants;
    p->chunk_size = chunk_size(p);
    p->chunk_count = (p->trajectories + p->chunk_size - 1) / p->chunk_size;
    prepare_cells(s);
    p->schedule_count = ws_subgrid_count(s, schedule_axes(s));
    ws_sweep_fingerprint(s, p->fingerprint);
}
