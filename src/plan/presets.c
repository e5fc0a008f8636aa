/* presets.c: see presets.h. Read in the sources of the libraries (2026): transformers/optimization.py, optax/schedules,
 * torch/optim/lr_scheduler.py, torchtitan/components/lr_scheduler.py, dayal-kalra/why-warmup, hlt-mt/FBK-fairseq. */
#include "plan/presets.h"

#include <math.h>
#include <string.h>

/* choices of WS_F_CONVENTION and WS_F_DECAY_CONVENTION */
enum { T_OF_W = 0, T1_OF_W = 1, T1_OF_W1 = 2, T_OF_W_1 = 3 };
enum { AS_IT_IS = 0, ONE_MORE = 1, ONE_MORE_OF_ONE_MORE = 2, TWO_MORE_OF_ONE_MORE = 3 };

const ws_preset ws_presets[] = {
    {"transformers-constant", "linear", "constant", "get_constant_schedule_with_warmup", {{WS_F_CONVENTION, T_OF_W}, {WS_F_INITIAL, 0}}},
    {"transformers-linear", "linear", "linear", "get_linear_schedule_with_warmup; horizon is num_training_steps",
     {{WS_F_CONVENTION, T_OF_W}, {WS_F_INITIAL, 0}, {WS_F_FLOOR, 0}, {WS_F_DECAY_CONVENTION, AS_IT_IS}}},
    {"transformers-cosine", "linear", "cosine", "get_cosine_schedule_with_warmup, and with floor get_cosine_with_min_lr_schedule_with_warmup",
     {{WS_F_CONVENTION, T_OF_W}, {WS_F_INITIAL, 0}, {WS_F_DECAY_POWER, 1}, {WS_F_PERIODIC, 1}, {WS_F_DECAY_CONVENTION, AS_IT_IS}}},
    {"transformers-cosine-restarts", "linear", "cosine-restarts", "get_cosine_with_hard_restarts_schedule_with_warmup",
     {{WS_F_CONVENTION, T_OF_W}, {WS_F_INITIAL, 0}, {WS_F_FLOOR, 0}, {WS_F_DECAY_CONVENTION, AS_IT_IS}}},
    {"transformers-polynomial", "linear", "polynomial", "get_polynomial_decay_schedule_with_warmup; floor is lr_end / peak",
     {{WS_F_CONVENTION, T_OF_W}, {WS_F_INITIAL, 0}, {WS_F_DECAY_CONVENTION, AS_IT_IS}}},
    {"transformers-inverse-sqrt", "linear", "inverse-sqrt", "get_inverse_sqrt_schedule", {{WS_F_CONVENTION, T_OF_W}, {WS_F_INITIAL, 0}, {WS_F_DECAY_CONVENTION, AS_IT_IS}}},
    {"transformers-cosine-warmup-min", "linear", "cosine", "get_cosine_with_min_lr_schedule_with_warmup_lr_rate without warmup_lr_rate",
     {{WS_F_CONVENTION, T1_OF_W}, {WS_F_INITIAL, 0}, {WS_F_DECAY_POWER, 1}, {WS_F_PERIODIC, 1}, {WS_F_DECAY_CONVENTION, ONE_MORE}}},
    {"transformers-cosine-warmup-rate-min", "linear", "cosine", "the same with warmup_lr_rate, which is initial",
     {{WS_F_CONVENTION, T_OF_W_1}, {WS_F_DECAY_POWER, 1}, {WS_F_PERIODIC, 1}, {WS_F_DECAY_CONVENTION, ONE_MORE}}},
    {"transformers-wsd", NULL, "wsd", "get_wsd_schedule; length is num_decay_steps, the horizon the sum of all steps, initial and floor are min_lr_ratio",
     {{WS_F_CONVENTION, T_OF_W}, {WS_F_DECAY_CONVENTION, AS_IT_IS}}},
    {"optax-warmup-constant", "linear", "constant", "warmup_constant_schedule; initial is init_value / peak_value", {{WS_F_CONVENTION, T_OF_W}}},
    {"optax-warmup-cosine", "linear", "cosine", "warmup_cosine_decay_schedule; horizon is decay_steps, power its exponent, floor end_value / peak_value",
     {{WS_F_CONVENTION, T_OF_W}, {WS_F_CYCLES, 0.5}, {WS_F_PERIODIC, 0}, {WS_F_DECAY_CONVENTION, AS_IT_IS}}},
    {"optax-warmup-exponential", "linear", "geometric", "warmup_exponential_decay_schedule, not a staircase; gamma is decay_rate, every transition_steps",
     {{WS_F_CONVENTION, T_OF_W}}},
    {"optax-cosine-onecycle", "cosine", "cosine", "cosine_onecycle_schedule; steps is int(pct_start T), horizon T",
     {{WS_F_CONVENTION, T_OF_W}, {WS_F_CYCLES, 0.5}, {WS_F_DECAY_POWER, 1}, {WS_F_PERIODIC, 0}, {WS_F_DECAY_CONVENTION, AS_IT_IS}}},
    {"optax-linear-onecycle", "linear", "two-lines", "linear_onecycle_schedule; steps is int(pct_start T), knee where int(pct_final T) is, horizon T",
     {{WS_F_CONVENTION, T_OF_W}, {WS_F_DECAY_CONVENTION, AS_IT_IS}}},
    {"torch-linear", "linear", "constant", "LinearLR to end_factor 1; initial is start_factor, steps total_iters", {{WS_F_CONVENTION, T_OF_W}}},
    {"torch-cosine", "linear", "cosine", "CosineAnnealingLR; horizon is T_max",
     {{WS_F_WARMUP_STEPS, 0}, {WS_F_CYCLES, 0.5}, {WS_F_DECAY_POWER, 1}, {WS_F_PERIODIC, 1}, {WS_F_DECAY_CONVENTION, AS_IT_IS}}},
    {"torch-polynomial", "linear", "polynomial", "PolynomialLR; horizon is total_iters", {{WS_F_WARMUP_STEPS, 0}, {WS_F_FLOOR, 0}, {WS_F_DECAY_CONVENTION, AS_IT_IS}}},
    {"torch-step", "linear", "step", "StepLR; every is step_size", {{WS_F_WARMUP_STEPS, 0}, {WS_F_FLOOR, 0}}},
    {"torch-exponential", "linear", "geometric", "ExponentialLR", {{WS_F_WARMUP_STEPS, 0}, {WS_F_DECAY_EVERY, 1}, {WS_F_FLOOR, 0}}},
    {"torch-warm-restarts", "linear", "warm-restarts", "CosineAnnealingWarmRestarts; period is T_0, growth T_mult, floor eta_min / peak", {{WS_F_WARMUP_STEPS, 0}}},
    {"torch-cyclic", "linear", "cyclic", "CyclicLR; peak is max_lr, floor base_lr / max_lr; triangular2 is shrink 1/2, exp_range is gamma", {{WS_F_WARMUP_STEPS, 0}}},
    {"torch-onecycle", "cosine", "cosine", "OneCycleLR; steps is pct_start total_steps - 1, horizon total_steps - 1, initial 1/div_factor",
     {{WS_F_CONVENTION, T_OF_W}, {WS_F_CYCLES, 0.5}, {WS_F_DECAY_POWER, 1}, {WS_F_PERIODIC, 0}, {WS_F_DECAY_CONVENTION, AS_IT_IS}}},
    {"torchtitan", "linear", "wsd", "build_lr_schedulers at commit 0e13811, with (t+1)/(W+1); not that of the releases; length is the number of decay steps, horizon the number of training steps",
     {{WS_F_CONVENTION, T1_OF_W1}, {WS_F_INITIAL, 0}, {WS_F_DECAY_CONVENTION, ONE_MORE_OF_ONE_MORE}}},
    {"torchtitan-released", "linear", "wsd", "the lr_scheduler of the releases 0.1.0 to 0.3.0; length is the number of decay steps, horizon the number of training steps and one more",
     {{WS_F_CONVENTION, T1_OF_W}, {WS_F_INITIAL, 0}, {WS_F_DECAY_CONVENTION, ONE_MORE}}},
    {"kalra-barkeshli", "polynomial", "cosine", "why-warmup: warmup of exponent power, then a cosine",
     {{WS_F_CONVENTION, T1_OF_W}, {WS_F_CYCLES, 0.5}, {WS_F_PERIODIC, 1}, {WS_F_DECAY_CONVENTION, TWO_MORE_OF_ONE_MORE}}},
    {"fairseq-exponential", "exponential", "inverse-sqrt", "exponential warmup of Gaido et al., then sqrt(W/t)",
     {{WS_F_CONVENTION, T_OF_W}, {WS_F_INITIAL, 0}, {WS_F_TIMESCALE, 0}, {WS_F_DECAY_CONVENTION, AS_IT_IS}}},
    {"fairseq-polynomial", "polynomial", "inverse-sqrt", "polynomial warmup of Gaido et al., then sqrt(W/t)",
     {{WS_F_CONVENTION, T_OF_W}, {WS_F_INITIAL, 0}, {WS_F_TIMESCALE, 0}, {WS_F_DECAY_CONVENTION, AS_IT_IS}}},
    {"noam", "linear", "noam", "the transformer's schedule; peak is its scale", {{WS_F_CONVENTION, T1_OF_W}, {WS_F_INITIAL, 0}}},
};
const int ws_preset_count = (int)(sizeof ws_presets / sizeof *ws_presets);

const ws_preset *ws_preset_find(const char *name)
{
    for (int i = 0; i < ws_preset_count; i++)
        if (!strcmp(ws_presets[i].name, name)) return &ws_presets[i];
    return NULL;
}

double ws_preset_value(const ws_preset *preset, ws_field_id id)
{
    for (int i = 0; i < WS_PRESET_FIELDS && preset->fixed[i].id; i++)
        if (preset->fixed[i].id == id) return preset->fixed[i].value;
    return NAN;
}
