/* linear.h: linear warmup, phi(u) = u (Kalra & Barkeshli 2024; transformers, optax, PyTorch under their own conventions of u). */
#define WARMUP_PARAMETERS 0
#define WARMUP_LIGHT
FN f64 warmup_factor(f64 u, const f64 *parameters)
{
    (void)parameters;
    return u;
}
