/* rules.c: rules that join several fields of a sweep file. What one field allows is its row in fields.c. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "plan/sweep.h"

#define MOST_CELLS 1099511627776.0          /* 2^40 */
#define MOST_TRAJECTORIES 9007199254740992.0 /* 2^53 */
#define MOST_NOISY_STEPS 4294967279.0       /* 2^32 - 17: noise counts blocks of iterations in 32 bits */
#define MOST_VARIANTS 1024
#define MOST_OWN_STARTS 1048576

/* Rules look only at what was read without complaint: a mistake is reported once. */
static int sound(const ws_reading *r, ws_field_id id) { return !ws_reading_spoilt_field(r, id); }

static int is(const ws_sweep *s, ws_group group, const char *name) { return s->entry[group] && !strcmp(s->entry[group]->name, name); }

static void check_list(ws_reading *r, ws_field_id id)
{
    const ws_sweep *s = r->sweep;
    const ws_number *dimension = &s->number[WS_F_DIMENSION];
    if (!s->list_count[id] || !sound(r, id) || !sound(r, WS_F_DIMENSION)) return;
    char path[64];
    ws_field_path(&ws_fields[id], path);
    if (dimension->axis >= 0)
        ws_reading_complain(r, path, "a list for every coordinate needs one dimension; objective.dimension has several");
    else if ((double)s->list_count[id] != dimension->value)
        ws_reading_complain(r, path, "%lld values; allowed: objective.dimension = %.0f of them", (long long)s->list_count[id], dimension->value);
}

static void check_noise(ws_reading *r)
{
    ws_sweep *s = r->sweep;
    if (ws_reading_spoilt(r, "method") || ws_reading_spoilt(r, "noise")) return;
    int none = is(s, WS_NOISES, "none");
    if (s->number[WS_F_NOISE_WEIGHTS].given && !s->list_count[WS_F_NOISE_WEIGHTS] && s->entry[WS_OBJECTIVES] && !ws_entry_facts(s->entry[WS_OBJECTIVES])->table)
        ws_reading_complain(r, "noise.weights", "\"sqrt-spectrum\" with objective \"%s\", which has no spectrum; allowed: a list of numbers", s->entry[WS_OBJECTIVES]->name);
    if (is(s, WS_METHODS, "gd") && !none)
        ws_reading_complain(r, "noise.kind", "\"%s\" with method \"gd\"; allowed: none (or method.kind \"sgd\")", s->entry[WS_NOISES]->name);
    if (is(s, WS_METHODS, "sgd") && none)
        ws_reading_complain(r, "noise.kind", "method \"sgd\" needs a noise: \"warmsweep list noises\" (or method.kind \"gd\")");
    if (none && sound(r, WS_F_REPLICATES) && s->number[WS_F_REPLICATES].value > 1 && s->number[WS_F_START_OWN].value == 0)
        ws_reading_complain(r, "replicates", "%.0f without noise: all of a cell would be the same; allowed: 1 (or start.per_replicate true)", s->number[WS_F_REPLICATES].value);
    double low, high;
    ws_sweep_extent(s, WS_F_STEPS, &low, &high);
    if (!none && sound(r, WS_F_STEPS) && high > MOST_NOISY_STEPS) ws_reading_complain(r, "stop.steps", "%.0f with noise; allowed: at most %.0f", high, MOST_NOISY_STEPS);
}

/* A second moment below the tiny-value rule of states becomes 0 (docs/bits.md): epsilon must be above its root, that the quotient notices nothing. */
static void check_method(ws_reading *r)
{
    const ws_sweep *s = r->sweep;
    double low, high;
    if (ws_reading_spoilt(r, "method") || !sound(r, WS_F_EPSILON) || s->number[WS_F_PRECISION].value != 0) return;
    if (!ws_field_applies(&ws_fields[WS_F_EPSILON], "method", s->entry[WS_METHODS]->name)) return;
    ws_sweep_extent(s, WS_F_EPSILON, &low, &high);
    if (low < 1e-16) ws_reading_complain(r, "method.epsilon", "%.17g with precision float32; allowed: at least 1e-16 (smaller ones with float64)", low);
}

/* Batches of rows. */
static void check_minibatch(ws_reading *r)
{
    enum { MOST_DRAWN = 65536 };
    ws_sweep *s = r->sweep;
    if (!is(s, WS_NOISES, "minibatch") || !s->entry[WS_OBJECTIVES]) return;
    if (!ws_entry_facts(s->entry[WS_OBJECTIVES])->data) {
        ws_reading_complain(r, "noise.kind", "\"minibatch\" with objective \"%s\", which has no rows; allowed: an objective with objective.samples", s->entry[WS_OBJECTIVES]->name);
        return;
    }
    double batch_low, batch_high, rows_low, rows_high;
    ws_sweep_extent(s, WS_F_BATCH, &batch_low, &batch_high);
    ws_sweep_extent(s, WS_F_SAMPLES, &rows_low, &rows_high);
    if (!sound(r, WS_F_BATCH) || !sound(r, WS_F_SAMPLES) || !sound(r, WS_F_SAMPLING)) return;
    if (s->number[WS_F_SAMPLING].value == 0 && batch_high > MOST_DRAWN)
        ws_reading_complain(r, "noise.batch", "%.0f with \"minibatch\"; allowed: at most %d", batch_high, (int)MOST_DRAWN);
    if (s->number[WS_F_SAMPLING].value != 0 && batch_high > rows_low)
        ws_reading_complain(r, "noise.batch", "%.0f without replacement; allowed: at most objective.samples, %.0f", batch_high, rows_low);
}

static void check_objective(ws_reading *r)
{
    ws_sweep *s = r->sweep;
    double d_low, d_high, low, high, other;
    ws_sweep_extent(s, WS_F_DIMENSION, &d_low, &d_high);
    const ws_entry *objective = s->entry[WS_OBJECTIVES];
    const ws_objective_facts *facts = objective ? ws_entry_facts(objective) : NULL;
    int dimension = sound(r, WS_F_DIMENSION);
    if (facts && dimension && d_low < facts->least)
        ws_reading_complain(r, "objective.dimension", "%.0f; allowed with \"%s\": at least %d", d_low, objective->name, facts->least);
    if (facts && dimension && facts->most && d_high > facts->most)
        ws_reading_complain(r, "objective.dimension", "%.0f; allowed with \"%s\": at most %d", d_high, objective->name, facts->most);
    if (is(s, WS_SPECTRA, "spiked") && dimension && sound(r, WS_F_SPIKES)) {
        ws_sweep_extent(s, WS_F_SPIKES, &low, &high);
        if (high > d_low) ws_reading_complain(r, "objective.spectrum.k", "%.0f; allowed: at most the dimension, %.0f", high, d_low);
    }
    if ((is(s, WS_SPECTRA, "uniform") || is(s, WS_SPECTRA, "geometric") || is(s, WS_SPECTRA, "spiked")) && sound(r, WS_F_LMAX) && sound(r, WS_F_LMIN)) {
        char least[WS_NUMBER_ROOM], most[WS_NUMBER_ROOM];
        ws_sweep_extent(s, WS_F_LMAX, &low, &other);
        ws_sweep_extent(s, WS_F_LMIN, &other, &high);
        if (high > low) ws_reading_complain(r, "objective.spectrum.lmin", "%s; allowed: at most lmax, %s", ws_text_number(high, most), ws_text_number(low, least));
        if (is(s, WS_SPECTRA, "geometric") && other == 0) ws_reading_complain(r, "objective.spectrum.lmin", "0 in a geometric law; allowed: > 0");
    }
    if (is(s, WS_SPECTRA, "explicit") && sound(r, WS_F_SPECTRUM_VALUES)) {
        double sum = 0;
        for (int64_t i = 0; i < s->list_count[WS_F_SPECTRUM_VALUES]; i++) sum += s->list[WS_F_SPECTRUM_VALUES][i];
        if (!(sum > 0)) ws_reading_complain(r, "objective.spectrum.values", "all are 0; allowed: at least one > 0");
    }
    check_list(r, WS_F_SPECTRUM_VALUES);
    check_list(r, WS_F_START_VALUES);
    check_list(r, WS_F_NOISE_WEIGHTS);
    ws_data_check(r);
    if (is(s, WS_STARTS, "weights") && sound(r, WS_F_START_VALUES)) {
        int some = 0;
        for (int64_t i = 0; i < s->list_count[WS_F_START_VALUES]; i++) some |= s->list[WS_F_START_VALUES][i] != 0;
        if (!some) ws_reading_complain(r, "start.values", "all are 0; allowed: a direction");
    }
}

/* A state that is the logarithm of x is one of gradient descent, and none that |x| can be taken of. */
static void check_logarithmic(ws_reading *r)
{
    ws_sweep *s = r->sweep;
    const ws_entry *objective = s->entry[WS_OBJECTIVES];
    if (!objective || !ws_entry_facts(objective)->logarithmic) return;
    const char *name = objective->name;
    if (s->number[WS_F_PRECISION].value == 0) ws_reading_complain(r, "precision", "\"float32\" with objective \"%s\", whose logarithms need more digits; allowed: float64", name);
    if (!is(s, WS_METHODS, "gd")) ws_reading_complain(r, "method.kind", "\"%s\" with objective \"%s\"; allowed: gd", s->entry[WS_METHODS]->name, name);
    if (s->number[WS_F_COMPENSATED].value != 0) ws_reading_complain(r, "method.compensated", "true with objective \"%s\"; allowed: false", name);
    if (!is(s, WS_AVERAGES, "none")) ws_reading_complain(r, "method.average.kind", "\"%s\" with objective \"%s\"; allowed: none", s->entry[WS_AVERAGES]->name, name);
    if (!is(s, WS_NOISES, "none")) ws_reading_complain(r, "noise.kind", "\"%s\" with objective \"%s\"; allowed: none", s->entry[WS_NOISES]->name, name);
    if (is(s, WS_SCHEDULES, "relative-clip")) ws_reading_complain(r, "schedule.kind", "\"relative-clip\" looks at |x|, which objective \"%s\" does not keep; allowed: all others", name);
}

static void check_schedule(ws_reading *r)
{
    ws_sweep *s = r->sweep;
    if (ws_reading_spoilt(r, "schedule")) return;
    if (ws_field_applies(&ws_fields[WS_F_RHO], "schedule", s->entry[WS_SCHEDULES]->name)) {
        int given = s->number[WS_F_THEORY_K0].given + s->number[WS_F_THEORY_K].given + s->number[WS_F_RHO].given;
        if (given != 0 && given != 3)
            ws_reading_complain(r, "schedule", "K0, K and rho belong together; allowed: all three, or none (the objective's own)");
        double low, high;
        ws_sweep_extent(s, WS_F_RHO, &low, &high);
        if (is(s, WS_SCHEDULES, "open-theory") && high > 1) ws_reading_complain(r, "schedule.rho", "%.17g with \"open-theory\"; allowed: at most 1", high);
        ws_sweep_extent(s, WS_F_EXACT_RHO, &low, &high);
        if (is(s, WS_SCHEDULES, "open-theory") && is(s, WS_OBJECTIVES, "exact-rho") && !s->number[WS_F_RHO].given && sound(r, WS_F_EXACT_RHO) && high > 1)
            ws_reading_complain(r, "objective.rho", "%.17g with schedule \"open-theory\"; allowed: at most 1 (or schedule.K0, K and rho given)", high);
    }
    if (ws_entry_facts(s->entry[WS_SCHEDULES])->tries && !ws_reading_spoilt(r, "method") && !is(s, WS_METHODS, "gd") && !is(s, WS_METHODS, "sgd"))
        ws_reading_complain(r, "schedule.kind", "\"%s\" with method \"%s\", whose step does not go along the gradient; allowed: gd, sgd", s->entry[WS_SCHEDULES]->name, s->entry[WS_METHODS]->name);
    if (!ws_schedule_has_ramp(s->entry[WS_SCHEDULES])) return;
    if (is(s, WS_DECAYS, "wsd") && s->number[WS_F_WSD_LENGTH].given + s->number[WS_F_WSD_FRACTION].given != 1)
        ws_reading_complain(r, "schedule.decay", "a \"wsd\" decay needs one of length, fraction");
    if (is(s, WS_DECAYS, "noam") && (s->number[WS_F_CONVENTION].value != 1 || (s->entry[WS_WARMUPS] && !is(s, WS_WARMUPS, "linear"))))
        ws_reading_complain(r, "schedule.decay.kind", "\"noam\" with another warmup; allowed: a linear warmup of convention \"(t+1)/W\"");
    if (!s->entry[WS_WARMUPS]) s->entry[WS_WARMUPS] = ws_entry_find(WS_WARMUPS, "linear");
    if (!s->entry[WS_DECAYS]) s->entry[WS_DECAYS] = ws_entry_find(WS_DECAYS, "constant");
}

static void check_trace(ws_reading *r)
{
    const ws_sweep *s = r->sweep;
    int64_t count = s->list_count[WS_F_TRACE_AT];
    double low, high;
    ws_sweep_extent(s, WS_F_STEPS, &low, &high);
    if (!count || !sound(r, WS_F_TRACE_AT) || !sound(r, WS_F_STEPS)) return;
    if (s->list[WS_F_TRACE_AT][count - 1] > high)
        ws_reading_complain(r, "record.trace.at", "%.0f; allowed: at most the largest stop.steps, %.0f", s->list[WS_F_TRACE_AT][count - 1], high);
    if (s->number[WS_F_TRACE_KEEP].value != 0 && s->list_count[WS_F_GAP] && !s->run_on_budget && sound(r, WS_F_RUN_ON) && sound(r, WS_F_TRACE_KEEP))
        ws_reading_complain(r, "record.trace.keep", "\"statistics\" of trajectories that end after their last hit, each at another iteration; allowed: "
                                                   "stop.run_on \"budget\" with it, or keep \"trajectories\"");
}

static void check_sizes(ws_reading *r)
{
    ws_sweep *s = r->sweep;
    double cells = 1, variants = 1, problems = s->number[WS_F_REPLICATES].value;
    for (int a = 0; a < s->axis_count; a++) {
        cells *= (double)s->axes[a].count;
        if (ws_variant_axes(s) >> a & 1) variants *= (double)s->axes[a].count;
        if (ws_problem_axes(s) >> a & 1) problems *= (double)s->axes[a].count;
    }
    if (cells > MOST_CELLS) ws_reading_complain(r, "", "%.4g cells; allowed: at most 2^40", cells);
    else if (cells * s->number[WS_F_REPLICATES].value > MOST_TRAJECTORIES)
        ws_reading_complain(r, "replicates", "%.4g trajectories; allowed: at most 2^53", cells * s->number[WS_F_REPLICATES].value);
    if (s->number[WS_F_START_OWN].value != 0 && s->number[WS_F_START_DRAW].given)
        ws_reading_complain(r, "start.draw", "given together with start.per_replicate; allowed: one of them");
    if (s->number[WS_F_START_OWN].value != 0 && problems > MOST_OWN_STARTS)
        ws_reading_complain(r, "start.per_replicate", "%.0f starts (replicates times values of objective and start); allowed: at most %d", problems, MOST_OWN_STARTS);
    if (variants > MOST_VARIANTS) ws_reading_complain(r, "objective", "%.0f kernels to compile (one a dimension and power); allowed: at most %d", variants, MOST_VARIANTS);
}

void ws_sweep_rules(ws_reading *r)
{
    ws_sweep *s = r->sweep;
    if (s->entry[WS_OBJECTIVES] && ws_entry_facts(s->entry[WS_OBJECTIVES])->eigenvalues && !s->entry[WS_SPECTRA])
        s->entry[WS_SPECTRA] = ws_entry_find(WS_SPECTRA, "geometric");
    check_noise(r);
    check_method(r);
    check_minibatch(r);
    check_objective(r);
    check_logarithmic(r);
    check_schedule(r);
    check_trace(r);
    check_sizes(r);
}
