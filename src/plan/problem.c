/* problem.c: what the host says of one problem: the objective's parameters, its table, the direction of the start. The kernel makes
 * coefficients and start of it in its own arithmetic (kernels/prepare_cpu.h). */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/portable_math.h"
#include "plan/sweep.h"

/* Stream of the random numbers of a start's direction; noise uses stream words of its own. */
enum { DIRECTION_STREAM = 1 };

static void fill_direction(const ws_sweep *s, int64_t cell, int64_t replicate, int64_t d, const double *table, double *direction)
{
    const char *kind = s->entry[WS_STARTS]->name;
    if (!strcmp(kind, "sphere")) {
        double square = 0, draw = ws_sweep_value(s, cell, WS_F_START_DRAW);
        uint64_t first = (isnan(draw) ? (uint64_t)replicate : (uint64_t)draw) << 32; /* numbers of other directions lie beyond every dimension */
        for (int64_t i = 0; i < d; i++) {
            direction[i] = ws_portable_gaussian((uint64_t)s->number[WS_F_SEED].value, DIRECTION_STREAM, first + (uint64_t)i);
            square += direction[i] * direction[i];
        }
        double length = ws_portable_sqrt(square);
        for (int64_t i = 0; i < d; i++) direction[i] /= length;
    } else if (!strcmp(kind, "top") && ws_entry_facts(s->entry[WS_OBJECTIVES])->data) {
        ws_data_top(s, cell, d, direction);
    } else if (!strcmp(kind, "top")) {
        int64_t top = table ? 0 : ws_entry_facts(s->entry[WS_OBJECTIVES])->top;
        for (int64_t i = 1; table && i < d; i++)
            if (table[i] > table[top]) top = i;
        for (int64_t i = 0; i < d; i++) direction[i] = i == top;
    } else if (!strcmp(kind, "equal-energy")) {
        for (int64_t i = 0; i < d; i++) direction[i] = 1;
    } else
        memcpy(direction, s->list[WS_F_START_VALUES], (size_t)d * sizeof *direction); /* weights, explicit */
}

/* (I - 2 v v^T / v^T v) y, v_i = 1 + i (kernels/objective/rotated_quadratic.h) */
static void reflect(int64_t d, double *y)
{
    double along = 0, square = (double)(d * (d + 1) * (2 * d + 1)) / 6;
    for (int64_t i = 0; i < d; i++) along += (double)(i + 1) * y[i];
    for (int64_t i = 0; i < d; i++) y[i] -= 2 * along / square * (double)(i + 1);
}
/* Starts that are told of the axes of a table, whose coordinates are others. `weigh`: by the eigenvalues. */
static ws_code along_axes(int64_t d, const double *table, int weigh, double *direction, ws_error *error)
{
    for (int64_t i = 0; weigh && i < d; i++) {
        if (!(table[i] > 0)) return ws_error_set(error, WS_BAD_INPUT, "the curvature at the minimum is zero: no start of equal energy");
        direction[i] /= ws_portable_sqrt(table[i]);
    }
    reflect(d, direction);
    return WS_OK;
}

ws_code ws_plan_problem(const ws_plan *plan, int64_t problem, ws_problem_values *out, double *table, double *direction, ws_error *error)
{
    const ws_sweep *s = plan->sweep;
    int64_t cell = ws_subgrid_cell(s, ws_problem_axes(s), problem / plan->own_starts), d = (int64_t)ws_sweep_value(s, cell, WS_F_DIMENSION);
    memset(out, 0, sizeof *out);
    for (int id = 0, n = 0; id < WS_FIELD_COUNT; id++) {
        const ws_field *field = &ws_fields[id];
        if (!field->kinds || field->define || field->type == WS_TEXT || field->type == WS_NUMBERS || !ws_field_applies(field, "objective", s->entry[WS_OBJECTIVES]->name)) continue;
        WS_REQUIRE(n < WS_PARAMETERS_MAX);
        out->parameters[n++] = ws_sweep_value(s, cell, (ws_field_id)id);
    }
    if (ws_entry_facts(s->entry[WS_OBJECTIVES])->table) {
        ws_spectrum_fill(s, cell, d, table);
        out->table = table;
    }
    fill_direction(s, cell, problem % plan->own_starts, d, out->table, direction);
    out->direction = direction;
    out->gap = !strcmp(s->entry[WS_STARTS]->name, "explicit") ? 0 : ws_sweep_value(s, cell, WS_F_START_GAP);
    int weigh = !strcmp(s->entry[WS_STARTS]->name, "equal-energy"), axes = weigh || !strcmp(s->entry[WS_STARTS]->name, "top");
    if (axes && ws_entry_facts(s->entry[WS_OBJECTIVES])->reflected) return along_axes(d, out->table, weigh, direction, error);
    out->weigh = weigh;
    return WS_OK;
}

void ws_plan_noise_weights(const ws_plan *plan, int64_t d, const double *table, double *weights)
{
    const double *given = plan->sweep->list[WS_F_NOISE_WEIGHTS];
    for (int64_t i = 0; i < d; i++) weights[i] = given ? given[i] : ws_portable_sqrt(table[i]);
}

void ws_plan_eps(const ws_plan *plan, double start_gap, double *eps)
{
    for (int e = 0; e < plan->eps_count; e++) {
        eps[e] = plan->eps_relative ? plan->eps[e] * start_gap : plan->eps[e];
        if (plan->precision == 32) eps[e] = eps[e] > FLT_MAX ? FLT_MAX : (double)(float)eps[e];
    }
}

int ws_plan_problem_variant(const ws_plan *plan, int64_t problem)
{
    const ws_sweep *s = plan->sweep;
    return (int)ws_subgrid_index(s, ws_variant_axes(s), ws_subgrid_cell(s, ws_problem_axes(s), problem / plan->own_starts));
}
