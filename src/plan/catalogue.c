/* catalogue.c: see catalogue.h. */
#include "plan/catalogue.h"

#include "plan/fields.h"

#include <stddef.h>
#include <string.h>

#define SGDR "Loshchilov, Hutter 2017, arXiv 1608.03983"
#define GAIDO "Gaido et al. 2025, arXiv 2505.23420"
#define WARMUP_PAPER "Liu, Ge, Pan, Kang, Zhang 2025, arXiv 2509.07972"
#define GOYAL "Goyal et al. 2017, arXiv 1706.02677"
#define VASWANI "Vaswani et al. 2017, arXiv 1706.03762"
#define ROBBINS_MONRO "Robbins, Monro 1951, Annals of Mathematical Statistics 22"
#define NOISY_QUADRATIC "Zhang et al. 2019, arXiv 1907.04164"
#define SEPARABLE "Soudry, Hoffer, Nacson, Gunasekar, Srebro 2018, arXiv 1710.10345"
#define ELEMENTARY "elementary"
#define SIBLING_PAPER "Alimisis, Islamov, Lucchi 2025, arXiv 2510.03164"

/* what the host must know of an entry; of most only the file of sweeps/ that shows what it is for */
#define FACTS(...) &(const ws_objective_facts) {__VA_ARGS__}
#define EXAMPLE(file) FACTS(.sweep = file)

const ws_entry ws_entries[] = {
    {WS_OBJECTIVES, "quadratic", "objective/quadratic.h", "1/2 sum a_i x_i^2",
     "Diagonal quadratic: curvature does not grow with the gap, so that warmup cannot help; the control, with closed-form hitting times.", NOISY_QUADRATIC,
     FACTS(.table = 1, .eigenvalues = 1, .smoothness = "any rho, K0 = max a, K = 0", .sweep = "quadratic_control.json")},
    {WS_OBJECTIVES, "log-quadratic", "objective/log_quadratic.h", "1/2 sum a_i x_i^2, state ln|x_i|",
     "The diagonal quadratic in the log domain: no mode underflows, so that a ramp above 2/a_i is judged as exact arithmetic judges it. For gd in float64.", NOISY_QUADRATIC,
     FACTS(.table = 1, .eigenvalues = 1, .logarithmic = 1, .smoothness = "any rho, K0 = max a, K = 0", .sweep = "log_quadratic.json")},
    {WS_OBJECTIVES, "cosh", "objective/cosh.h", "sum w_i K0/K1 (cosh(sqrt(K1) x_i) - 1)",
     "Separable cosh: in one dimension f'' = K0 + K1 f exactly, the (rho = 1) generalised smoothness with equality.", WARMUP_PAPER,
     FACTS(.table = 1, .smoothness = "rho = 1, K0 = objective.K0 max w, K = K1; equality in one dimension", .sweep = "theory_schedule.json")},
    {WS_OBJECTIVES, "radial-cosh", "objective/radial_cosh.h", "K0/K1 (cosh(sqrt(K1) |x|) - 1)",
     "Radial cosh: the same one-dimensional dynamics in every dimension; the coupled counterpart of cosh.", "Zhang, He, Sra, Jadbabaie 2020, arXiv 1905.11881",
     FACTS(.smoothness = "rho = 1, K0 = objective.K0, K = K1; equality", .sweep = "radial.json")},
    {WS_OBJECTIVES, "power", "objective/power.h", "sum a_i |x_i|^p / p",
     "Separable power: curvature vanishes at the minimum, rho = (p-2)/p, K0 = 0.", WARMUP_PAPER,
     FACTS(.table = 1, .smoothness = "rho = (p-2)/p, K0 = 0, K = (p-1) p^rho (max a)^(2/p); equality in one dimension", .sweep = "power.json")},
    {WS_OBJECTIVES, "river", "objective/river.h", "r log(1 + e^-x_0) + sum_j (k y_j^2/2 + c y_j^4/4)",
     "River with walls: a start high on a wall forbids large constant steps, the way along the river needs a fixed sum of steps.", WARMUP_PAPER,
     FACTS(.least = 2, .top = 1, .smoothness = "rho = 1/2, K0 = max(k, r/4), K = 6 sqrt(c)", .sweep = "river_wall.json")},
    {WS_OBJECTIVES, "radial-power", "objective/radial_power.h", "c |x|^p / p",
     "Radial power: the dynamics of one coordinate of power in every dimension; rho = (p-2)/p, K0 = 0. Coupled.", WARMUP_PAPER,
     FACTS(.smoothness = "rho = (p-2)/p, K0 = 0, K = (p-1) p^rho c^(2/p); equality", .sweep = "radial_power.json")},
    {WS_OBJECTIVES, "quadratic-power", "objective/quadratic_power.h", "sum w_i (k x_i^2/2 + c |x_i|^p / p)",
     "Quadratic plus power: rho = (p-2)/p is tuned by p at a K0 = k > 0.", WARMUP_PAPER,
     FACTS(.table = 1, .smoothness = "rho = (p-2)/p, K0 = k max w, K = (p-1) p^rho (c max w)^(2/p)", .sweep = "rho_family.json")},
    {WS_OBJECTIVES, "rho-half", "objective/rho_half.h", "sum (q_i |x_i| + K x_i^2/12)^2, q_i = sqrt(w_i K0/2)",
     "In one dimension f'' = K0 + K f^(1/2) exactly: generalised smoothness with rho = 1/2 and equality; calibrates a fitted exponent.",
     WARMUP_PAPER,
     FACTS(.table = 1, .smoothness = "rho = 1/2, K0 = objective.K0 max w, K = objective.K; equality in one dimension", .sweep = "rho_half.json")},
    {WS_OBJECTIVES, "exact-rho", "objective/exact_rho.h", "sum s(x_i)^2, s'^2 = w_i K0/2 + K s^(2 rho)/(2 (1 + rho)), s(0) = 0",
     "In one dimension f'' = K0 + K f^rho exactly, for any rho > 0: an axis over rho changes nothing but the exponent. rho = 1/2 is rho-half, rho = 1 is cosh, both much cheaper (this one is a table); rho > 1 has a barrier, "
     "a finite |x_i| from which on the gap is infinite (status `nonfinite`).",
     WARMUP_PAPER,
     FACTS(.table = 1, .curve = 1, .smoothness = "rho = objective.rho, K0 = objective.K0 max w, K = objective.K; equality in one dimension", .sweep = "exact_rho.json")},
    {WS_OBJECTIVES, "river-cosh", "objective/river_cosh.h", "r log(1 + e^-x_0) + sum_j K0/K1 (cosh(sqrt(K1) y_j) - 1)",
     "River with walls of exponential growth: rho = 1.", WARMUP_PAPER,
     FACTS(.least = 2, .top = 1, .smoothness = "rho = 1, K0 = max(objective.K0, r/4), K = K1", .sweep = "river_cosh.json")},
    {WS_OBJECTIVES, "river-valley", "objective/river_valley.h", "1/2 g (1 + e^(b x_0)) |y|^2 + log(1 + e^-x_0)",
     "Valley whose steepness changes along the river: b > 0 sharpens on the way (a decay is needed), b < 0 flattens (warmup helps). No "
     "global smoothness constants.", "Wen et al. 2024, arXiv 2410.05192",
     FACTS(.least = 2, .top = 1, .sweep = "river_valley.json")},
    {WS_OBJECTIVES, "log-cosh", "objective/log_cosh.h", "sum w_i log cosh x_i",
     "Smooth Huber loss: curvature rises as the gap falls, so that warmup is the wrong medicine; the opposite control.", "Huber 1964, Annals of Mathematical Statistics 35",
     FACTS(.table = 1, .smoothness = "any rho, K0 = max w, K = 0", .sweep = "log_cosh_decay.json")},
    {WS_OBJECTIVES, "exp-tail", "objective/exp_tail.h", "sum w_i phi(x_i), phi = x^2 (|x| <= 1), 2 e^(|x|-1) - 1 outside",
     "Quadratic core with an exponential tail, twice differentiable: rho = 1, K0 = 2, K = 1.", SIBLING_PAPER,
     FACTS(.table = 1, .smoothness = "rho = 1, K0 = 2 max w, K = 1", .sweep = "exp_tail.json")},
    {WS_OBJECTIVES, "double-well", "objective/double_well.h", "sum w_i (x_i^2 - 1)^2 / 4",
     "Nonconvex, rho = 1/2; a start at x_i = 0 stays there.", WARMUP_PAPER,
     FACTS(.table = 1, .smoothness = "rho = 1/2, K0 = 2 max w, K = 6 sqrt(max w)", .sweep = "double_well.json")},
    {WS_OBJECTIVES, "rosenbrock", "objective/rosenbrock.h", "u^2 + b (v - 2u - u^2)^2, u = x - 1, v = y - 1",
     "The classic curved valley about its minimum, d = 2; the usual start (-1.2, 1) is (u, v) = (-2.2, 0).", "Rosenbrock 1960, The Computer Journal 3",
     FACTS(.least = 2, .most = 2, .top = 1, .smoothness = "rho = 1, K0 = 2 + 20 b, K = 16 b + 2", .sweep = "rosenbrock.json")},
    {WS_OBJECTIVES, "phase-retrieval", "objective/phase_retrieval.h", "3/4 (|x|^2 - 1)^2 + |x_1|^2 + ... + |x_(d-1)|^2",
     "Phase retrieval of e_0 in the limit of many samples: nonconvex, coupled, rho = 1/2.", "Candes, Li, Soltanolkotabi 2015, arXiv 1407.1065",
     FACTS(.least = 2, .smoothness = "rho = 1/2, K0 = 8, K = 6 sqrt(3)", .sweep = "phase_retrieval.json")},
    {WS_OBJECTIVES, "rank-one", "objective/rank_one.h", "1/2 |u v^T - s e_0 e_0^T|^2, u the first half of x",
     "Rank-one factorisation; d = 2 is (u v - s)^2/2, the model of the catapult. No global smoothness constants.",
     "Lewkowycz et al. 2020, arXiv 2003.02218",
     FACTS(.least = 2, .sweep = "catapult.json")},
    {WS_OBJECTIVES, "chain", "objective/chain.h", "1/2 (x_0 x_1 ... x_(d-1) - s)^2",
     "Deep scalar network of d layers: saddle at 0, catapults. No global smoothness constants.", "Saxe, McClelland, Ganguli 2014, arXiv 1312.6120",
     FACTS(.most = 16, .sweep = "chain.json")},
    {WS_OBJECTIVES, "rotated-quadratic", "objective/rotated_quadratic.h", "1/2 z^T diag(a) z, z = (I - 2 v v^T / v^T v) x, v_i = 1 + i",
     "The diagonal quadratic in other axes: rounding feeds the modes that a diagonal run loses to underflow. Coupled.", "Householder 1958, Journal of the ACM 5",
     FACTS(.table = 1, .eigenvalues = 1, .reflected = 1, .most = 16, .smoothness = "any rho, K0 = max a, K = 0", .sweep = "rotated_quadratic.json")},
    {WS_OBJECTIVES, "log-mean-cosh", "objective/log_mean_cosh.h", "log(1/d sum cosh x_i)",
     "Softmax coupling with curvature below 1, which rises as the gap falls.", ELEMENTARY,
     FACTS(.most = 32, .smoothness = "any rho, K0 = 1, K = 0", .sweep = "log_mean_cosh.json")},
    {WS_OBJECTIVES, "least-squares", "objective/least_squares.h", "1/(2n) sum_i (z_i.x)^2",
     "Least squares about the solution: the quadratic of a data matrix of n rows.", "Legendre 1805, Nouvelles methodes pour la determination des orbites des cometes",
     FACTS(.most = 32, .data = 1, .smoothness = "any rho, K0 = largest eigenvalue of Z^T Z / n, K = 0", .sweep = "least_squares.json")},
    {WS_OBJECTIVES, "logistic", "objective/logistic.h", "1/n sum_i log(1 + e^(-z_i.x))",
     "Logistic regression on separable data (z_i = label times features): the minimum is at infinity, curvature vanishes on the way.", SEPARABLE,
     FACTS(.most = 32, .data = 2, .smoothness = "rho = 1, K0 = 0, K = max |z_i|^2", .sweep = "logistic.json")},
    {WS_OBJECTIVES, "logistic-overlap", "objective/logistic_overlap.h", "1/n sum_i log(1 + e^(-z_i.(w* + x))) less its minimum",
     "Logistic regression on overlapping data, about its solution w*, which the program finds: bounded curvature, a weak effect of warmup.", "Cox 1958, Journal of the Royal Statistical Society B 20",
     FACTS(.most = 32, .data = 3, .smoothness = "any rho, K0 = largest eigenvalue of Z^T Z / (4n), K = 0", .sweep = "logistic_overlap.json")},
    {WS_OBJECTIVES, "exponential-loss", "objective/exponential_loss.h", "1/n sum_i e^(-z_i.x)",
     "Exponential loss on separable data: K0 = 0, rho = 1, and it overflows where logistic regression is linear.", SEPARABLE,
     FACTS(.most = 32, .data = 2, .smoothness = "rho = 1, K0 = 0, K = max |z_i|^2", .sweep = "exponential_loss.json")},
    {WS_OBJECTIVES, "phase-samples", "objective/phase_samples.h", "1/(4n) sum_i ((z_i.(e_0 + x))^2 - (z_i.e_0)^2)^2",
     "Phase retrieval from n samples, about the solution e_0; x = -2 e_0 is the other one. Nonconvex, rho = 1/2.", "Sun, Qu, Wright 2018, arXiv 1602.06664",
     FACTS(.most = 32, .data = 1, .smoothness = "rho = 1/2, K0 = largest eigenvalue of 2 Z^T diag(z_i0^2) Z / n, K = 6 max |z_i|^2", .sweep = "phase_samples.json")},
    {WS_OBJECTIVES, "tanh-net", "objective/tanh_net.h", "1/(2n) sum_i (sum_k v_k tanh(W_k.z_i) - y_i)^2, (v, W) = teacher + x",
     "Network of one hidden layer, about a random teacher that made the targets y_i (f* = 0 at x = 0): nonconvex, no global smoothness constants.", "Saad, Solla 1995, Physical Review E 52",
     FACTS(.least = 2, .most = 32, .data = 4, .sweep = "tanh_net.json")},
    {WS_OBJECTIVES, "source", NULL, "a header beside the sweep file",
     "An objective of your own, compiled like the others (docs/own-objective.md); run with --allow-source. \"kind\" may be left out.", "the header's own",
     FACTS(.table = 1, .smoothness = "as the header says", .sweep = "own_objective.json")},

    {WS_SPECTRA, "uniform", NULL, "lmin + (lmax - lmin) i/(d-1)", "Evenly spaced.", ELEMENTARY, EXAMPLE("power.json")},
    {WS_SPECTRA, "geometric", NULL, "lmax (lmin/lmax)^(i/(d-1))", "Evenly spaced in the logarithm.", ELEMENTARY, EXAMPLE("quadratic_control.json")},
    {WS_SPECTRA, "power", NULL, "lmax (i+1)^-alpha", "Power law.", NOISY_QUADRATIC, EXAMPLE("abc_noise.json")},
    {WS_SPECTRA, "spiked", NULL, "lmax k times, then lmin", "A few large values above a flat rest.", "Johnstone 2001, Annals of Statistics 29", EXAMPLE("spiked_spectrum.json")},
    {WS_SPECTRA, "mp", NULL, "quantiles (i+1/2)/d of the Marchenko-Pastur law, times scale", "Spectrum of a random Gram matrix, largest first.", "Marchenko, Pastur 1967, Mathematics of the USSR-Sbornik 1", EXAMPLE("marchenko_pastur.json")},
    {WS_SPECTRA, "explicit", NULL, "values", "The d values as given.", ELEMENTARY, EXAMPLE("rho_family.json")},

    {WS_STARTS, "sphere", NULL, "radius * z / |z|, z normal", "A random direction, as far out as the gap asks; start.draw chooses which one of the seed, start.per_replicate gives every replicate its own.", "Muller 1959, Communications of the ACM 2", EXAMPLE("radial.json")},
    {WS_STARTS, "equal-energy", NULL, "radius / sqrt(curvature_i)", "Every coordinate (rotated-quadratic: every axis) holds the same energy in the quadratic model of the minimum.", ELEMENTARY, EXAMPLE("quadratic_control.json")},
    {WS_STARTS, "top", NULL, "radius * e_j", "Along the coordinate (rotated-quadratic: the axis) of largest curvature; with data along the top eigenvector of the Hessian at x = 0, to the side where the mean of the margins falls.", ELEMENTARY, EXAMPLE("open_theory.json")},
    {WS_STARTS, "weights", NULL, "radius * values", "Along a given direction.", ELEMENTARY, EXAMPLE("river_wall.json")},
    {WS_STARTS, "explicit", NULL, "values", "The point x_0 itself.", ELEMENTARY, EXAMPLE("quickstart.json")},

    {WS_METHODS, "gd", "method/gradient_descent.h", "x - eta g", "Gradient descent with the exact gradient.", "Cauchy 1847, Comptes Rendus 25", EXAMPLE("quickstart.json")},
    {WS_METHODS, "sgd", "method/gradient_descent.h", "x - eta (g + noise)", "Gradient descent with additive noise on the gradient.", ROBBINS_MONRO, EXAMPLE("sgd_noise.json")},
    {WS_METHODS, "weight-decay", "method/weight_decay.h", "x - eta (g + weight_decay x)",
     "Gradient descent with weight decay; without momentum the coupled (L2) and the decoupled form are the same. The gap stays that of the objective.", "Krogh, Hertz 1992, NeurIPS 4", EXAMPLE("weight_decay.json")},
    {WS_METHODS, "momentum", "method/momentum.h", "m' = mu m + (1 - dampening) g, x - eta m'",
     "Heavy ball, as torch.optim.SGD: the first gradient is taken whole. Weight decay: g + weight_decay x, or decoupled, x - eta (m' + weight_decay x).",
     "Polyak 1964, USSR Computational Mathematics and Mathematical Physics 4", EXAMPLE("momentum.json")},
    {WS_METHODS, "nesterov", "method/nesterov.h", "m' = mu m + g, x - eta (g + mu m')",
     "Nesterov's momentum, as torch.optim.SGD: x is the point that looks ahead. Weight decay as for momentum.",
     "Nesterov 1983, Soviet Mathematics Doklady 27; Sutskever, Martens, Dahl, Hinton 2013, ICML", EXAMPLE("nesterov.json")},

    {WS_METHODS, "accelerated", "method/accelerated.h", "m' = mu_t m + g, x - eta (g + mu_(t+1) m'), mu_t = (t-1)/(t+r-1)",
     "Nesterov's method for convex objectives: the momentum grows with t; x is the point that looks ahead. r = 3 is the classical one.",
     "Nesterov 1983, Soviet Mathematics Doklady 27; r: Su, Boyd, Candes 2014, arXiv 1503.01243", EXAMPLE("accelerated.json")},
    {WS_METHODS, "adam", "method/adam.h", "m' = beta1 m + (1 - beta1) g, v' = beta2 v + (1 - beta2) g^2, x - eta (m'/(1 - beta1^(t+1))) / (sqrt(v'/(1 - beta2^(t+1))) + epsilon)",
     "Adam, as torch.optim.Adam: weight decay joins the gradient. No `unstable` flag: its limit is one of the preconditioned sharpness.", "Kingma, Ba 2015, arXiv 1412.6980", EXAMPLE("adam_warmup.json")},
    {WS_METHODS, "adamw", "method/adamw.h", "Adam's step, less eta weight_decay x", "Adam with decoupled weight decay, as torch.optim.AdamW (whose default is 0.01; here it is 0).",
     "Loshchilov, Hutter 2019, arXiv 1711.05101", EXAMPLE("adamw.json")},
    {WS_METHODS, "gi-adam", "method/gi_adam.h", "Adam with v = g_0^2 at t = 0",
     "Gradient-initialised Adam: the second moment starts at the first gradient's square, bias corrections stay, so that the first step is sqrt(1 - beta2) as long as Adam's: a warmup of its own.",
     "Kalra, Barkeshli 2024, arXiv 2406.09405", EXAMPLE("gi_adam.json")},
    {WS_METHODS, "rmsprop", "method/rmsprop.h", "v' = alpha v + (1 - alpha) g^2, m' = mu m + g / (sqrt(v') + epsilon), x - eta m'",
     "RMSprop, as torch.optim.RMSprop without centering: weight decay joins the gradient.", "Tieleman, Hinton 2012, Coursera: Neural Networks for Machine Learning, lecture 6.5", EXAMPLE("rmsprop.json")},
    {WS_METHODS, "sign", "method/sign_descent.h", "x - eta (sign(g) + weight_decay x)", "Sign descent; with a noise signSGD.", "Bernstein, Wang, Azizzadenesheli, Anandkumar 2018, arXiv 1802.04434", EXAMPLE("sign_descent.json")},
    {WS_METHODS, "lion", "method/lion.h", "x - eta (sign(beta1 m + (1 - beta1) g) + weight_decay x), m' = beta2 m + (1 - beta2) g", "Lion: the sign of a momentum, with decoupled weight decay.",
     "Chen et al. 2023, arXiv 2302.06675", EXAMPLE("lion.json")},

    {WS_AVERAGES, "none", NULL, "x_t", "Outcomes are those of the iterates.", ELEMENTARY, EXAMPLE("quickstart.json")},
    {WS_AVERAGES, "mean", "average/mean.h", "a_t = a_(t-1) + w (x_t - a_(t-1)), w = (power + 1)/(n + power), n = t - from + 1",
     "Mean of x_from ... x_t: of all (Polyak-Ruppert), of a tail (from > 0), or with weights that grow like a power of the iteration (close to the mean of the last part). "
     "Before `from`, and so with `from` = stop.steps, it is the iterate: several values of `from` are averages of one trajectory beside it.",
     "Polyak, Juditsky 1992, SIAM J. Control Optim. 30; power: Shamir, Zhang 2013, arXiv 1212.1824", EXAMPLE("average.json")},
    {WS_AVERAGES, "ema", "average/ema.h", "a_t = beta a_(t-1) + (1 - beta) x_t, x_t itself for t <= from",
     "Exponential moving average of the iterates; beta = 0 is the iterate.", "Tarvainen, Valpola 2017, arXiv 1703.01780", EXAMPLE("ema.json")},

    {WS_NOISES, "none", "noise/none.h", "0", "The exact gradient.", ELEMENTARY, EXAMPLE("quickstart.json")},
    {WS_NOISES, "gaussian", "noise/gaussian.h", "sigma w_i z, z normal", "Additive Gaussian noise, independent in every iteration and coordinate.", "Mandt, Hoffman, Blei 2017, arXiv 1704.04289", EXAMPLE("sgd_noise.json")},
    {WS_NOISES, "rademacher", "noise/rademacher.h", "+-sigma w_i", "Additive noise of two values with equal chance.", ELEMENTARY, EXAMPLE("rademacher.json")},
    {WS_NOISES, "student", "noise/student.h", "sigma w_i T, T Student-t", "Additive heavy-tailed noise: variance sigma^2 nu/(nu-2) for nu > 2, infinite below.", "Bailey 1994, Mathematics of Computation 62", EXAMPLE("heavy_tails.json")},
    {WS_NOISES, "stable", "noise/stable.h", "sigma w_i X, E e^(ikX) = e^-|k|^alpha", "Additive symmetric alpha-stable noise: infinite variance below alpha = 2, no mean at alpha <= 1.",
     "Chambers, Mallows, Stuck 1976, JASA 71", EXAMPLE("stable_noise.json")},
    {WS_NOISES, "multiplicative", "noise/multiplicative.h", "sqrt(B/batch) xi g", "Noise in proportion to the gradient, for every coordinate or one factor for all.", "Vaswani, Bach, Schmidt 2019, arXiv 1810.07288", EXAMPLE("multiplicative_noise.json")},
    {WS_NOISES, "abc", "noise/abc.h", "sqrt((A gap + (B-1)|g|^2 + C)/(d batch)) xi", "E |g + noise|^2 = A gap + B |g|^2 + C exactly, at batch 1.",
     "Khaled, Richtarik 2020, arXiv 2002.03329", EXAMPLE("abc_noise.json")},
    {WS_NOISES, "minibatch", "noise/minibatch.h", "g of the mean over a batch of rows, less g",
     "Minibatch sampling of an objective of rows: the gradient is that of a random batch, the gap that of all rows.", "Robbins, Monro 1951, Annals of Mathematical Statistics 22", EXAMPLE("minibatch.json")},

    {WS_SCHEDULES, "ramp", NULL, "peak * warmup(t) * decay(t)", "An open-loop schedule: warmup to the peak, then the decay.", GOYAL, EXAMPLE("quickstart.json")},
    {WS_SCHEDULES, "theory", "feedback/theory.h", "1 / (c0 K0 + c1 K gap^rho)",
     "The step size that the descent lemma of generalised smoothness allows; looks at the gap. (10, 20) are the constants of the citation.",
     SIBLING_PAPER, EXAMPLE("theory_schedule.json")},

    {WS_SCHEDULES, "theory-min", "feedback/theory_min.h", "c min(1/K0, gap^-rho/(3^rho K))", "The same idea as a minimum of two; looks at the gap.", WARMUP_PAPER, EXAMPLE("theory_min.json")},
    {WS_SCHEDULES, "open-theory", "open_loop/theory.h", "c / (K0 + K D_t^rho), dD/dt = -c(1 - c/2) D^2 / (radius^2 (K0 + K D^rho)), D_0 = gap",
     "The theory's step sizes for a convex objective as a warmup that looks at t only: polynomial for K0 = 0, rho < 1, geometric for rho = 1.", WARMUP_PAPER, EXAMPLE("open_theory.json")},
    {WS_SCHEDULES, "polyak", "feedback/polyak.h", "c gap / |g|^2", "Polyak's step size; g with the noise.", "Polyak 1987, Introduction to Optimization", EXAMPLE("polyak.json")},
    {WS_SCHEDULES, "sharpness", "feedback/sharpness.h", "c / sharpness", "A constant part of the edge of stability, 2 / sharpness.", "Cohen et al. 2021, arXiv 2103.00065", EXAMPLE("sharpness_step.json")},
    {WS_SCHEDULES, "normalized", "feedback/normalized.h", "peak warmup(t) decay(t) / |g|", "Normalised gradient: the peak is the length of a step; g with the noise.", "Hazan, Levy, Shalev-Shwartz 2015, arXiv 1507.02030", EXAMPLE("normalized.json")},
    {WS_SCHEDULES, "clipped", "feedback/clipped.h", "peak warmup(t) decay(t) min(1, clip/|g|)", "Gradient clipping by norm; g with the noise. It is the step that is scaled: with a momentum that is not clipping before the momentum.", "Pascanu, Mikolov, Bengio 2013, arXiv 1211.5063", EXAMPLE("clipping.json")},
    {WS_SCHEDULES, "relative-clip", "feedback/relative_clip.h", "min(peak warmup(t) decay(t), ratio |x|/|g|)", "A step changes x by at most a part of its length; g with the noise.",
     "Qi et al. 2025, arXiv 2505.21910", EXAMPLE("relative_clip.json")},
    {WS_SCHEDULES, "armijo", "feedback/armijo.h", "peak warmup(t) decay(t) beta^j, the first with gap(x - eta g) <= gap(x) - c eta |g|^2",
     "Backtracking: every step begins with the ramp's step size and shrinks it until the gap falls enough. The trials, evaluations of the gap, are counted: the outcome `trials`, with its mean in cells.csv. "
     "g with the noise.", "Armijo 1966, Pacific Journal of Mathematics 16", FACTS(.tries = 1, .sweep = "armijo.json")},
    {WS_SCHEDULES, "gap-ramp", "feedback/gap_ramp.h", "peak warmup(t) decay(t) min(1, C/gap)", "A warmup that the gap itself makes.", SIBLING_PAPER, EXAMPLE("gap_ramp.json")},

    {WS_WARMUPS, "linear", "warmup/linear.h", "u", "Linear in the iteration.", GOYAL, EXAMPLE("quickstart.json")},
    {WS_WARMUPS, "polynomial", "warmup/polynomial.h", "u^power", "A power of linear warmup; power 1/2 is the square-root ramp.", GAIDO, EXAMPLE("river_wall.json")},
    {WS_WARMUPS, "sqrt", "warmup/sqrt.h", "sqrt(u)", "Square-root ramp.", ELEMENTARY, EXAMPLE("warmup_sqrt.json")},
    {WS_WARMUPS, "cosine", "warmup/cosine.h", "(1 - cos(pi u))/2", "Half a cosine: slow at both ends.", ELEMENTARY, EXAMPLE("warmup_cosine.json")},
    {WS_WARMUPS, "exponential", "warmup/exponential.h", "(e^(alpha u) - 1)/(e^alpha - 1)", "Exponential ramp from 0 to the peak.", GAIDO, EXAMPLE("warmup_exponential.json")},
    {WS_WARMUPS, "double-linear", "warmup/double_linear.h", "mid u/knee, then mid + (1-mid)(u-knee)/(1-knee)", "Two lines, that meet at the fraction mid of the peak.", GAIDO, EXAMPLE("warmup_double_linear.json")},
    {WS_WARMUPS, "one-minus-sqrt", "warmup/one_minus_sqrt.h", "1 - sqrt(1-u)", "Slow at first, steep at the peak.", "transformers, get_wsd_schedule", EXAMPLE("warmup_one_minus_sqrt.json")},
    {WS_WARMUPS, "geometric", "warmup/geometric.h", "start^(1-u)", "From a fraction of the peak to the peak in equal ratios.", ELEMENTARY, EXAMPLE("exp_tail.json")},

    {WS_DECAYS, "constant", "decay/constant.h", "1", "The peak is kept.", ELEMENTARY, EXAMPLE("quickstart.json")},
    {WS_DECAYS, "cosine", "decay/cosine.h", "floor + (1-floor) ((1 + cos(2 pi cycles v))/2)^power, v = (t-W)/(horizon-W)",
     "Half a cosine from the peak to the floor at the horizon; or another part of it.", SGDR, EXAMPLE("sgd_noise.json")},
    {WS_DECAYS, "linear", "decay/linear.h", "floor + (1-floor)(1-v)", "A line from the peak to the floor at the horizon.", "Defazio et al. 2023, arXiv 2310.07831", EXAMPLE("presets/transformers-linear.json")},
    {WS_DECAYS, "polynomial", "decay/polynomial.h", "floor + (1-floor)(1-v)^power", "A power of the way that is left to the horizon.", "Chen et al. 2017, arXiv 1606.00915", EXAMPLE("presets/transformers-polynomial.json")},
    {WS_DECAYS, "one-minus-sqrt", "decay/one_minus_sqrt.h", "floor + (1-floor)(1 - sqrt(v))", "Steep at first.", "Hagele et al. 2024, arXiv 2405.18392", EXAMPLE("decay_one_minus_sqrt.json")},
    {WS_DECAYS, "exponential", "decay/exponential.h", "floor^v", "Equal ratios from the peak to the floor at the horizon.", ELEMENTARY, EXAMPLE("decay_exponential.json")},
    {WS_DECAYS, "geometric", "decay/geometric.h", "max(floor, gamma^((t-W)/every))", "A constant ratio, without a horizon.", ELEMENTARY, EXAMPLE("presets/torch-exponential.json")},
    {WS_DECAYS, "step", "decay/step.h", "max(floor, gamma^floor((t-W)/every))", "A staircase.", "He et al. 2016, arXiv 1512.03385", EXAMPLE("presets/torch-step.json")},
    {WS_DECAYS, "inverse-sqrt", "decay/inverse_sqrt.h", "sqrt(s/(s + t-W)), s = timescale", "One over the root of the time.", VASWANI, EXAMPLE("presets/transformers-inverse-sqrt.json")},
    {WS_DECAYS, "inverse", "decay/inverse.h", "(1 + rate (t-W))^-power", "1/t decay.", ROBBINS_MONRO, EXAMPLE("decay_inverse.json")},
    {WS_DECAYS, "wsd", "decay/wsd.h", "1 until the last D iterations before the horizon, then shape((t-horizon+D)/D)",
     "Warmup, stable, decay: the peak is kept, the decay comes last.", "Hu et al. 2024, arXiv 2404.06395", EXAMPLE("presets/torchtitan.json")},
    {WS_DECAYS, "two-lines", "decay/two_lines.h", "1 to mid at v = knee, then to floor at v = 1", "Two lines; with a linear warmup the linear one-cycle policy.", "Smith, Topin 2017, arXiv 1708.07120", EXAMPLE("presets/optax-linear-onecycle.json")},
    {WS_DECAYS, "noam", "decay/noam.h", "peak (t+1)^-1/2, in the warmup times W^-1/2", "The schedule of the transformer; peak is its scale, the largest step size is peak/sqrt(W).",
     VASWANI, EXAMPLE("presets/noam.json")},
    {WS_DECAYS, "cosine-restarts", "decay/cosine_restarts.h", "floor + (1-floor)(1 + cos(pi (cycles v mod 1)))/2", "Equal half cosines, each from the peak, up to the horizon.", SGDR, EXAMPLE("presets/transformers-cosine-restarts.json")},
    {WS_DECAYS, "warm-restarts", "decay/warm_restarts.h", "half cosines over period, period growth, period growth^2, ...", "Half cosines that grow, without end.", SGDR, EXAMPLE("presets/torch-warm-restarts.json")},
    {WS_DECAYS, "cyclic", "decay/cyclic.h", "floor + (1-floor) triangle(t-W) shrink^cycle gamma^(t-W)", "Triangles between the floor and the peak.", "Smith 2017, arXiv 1506.01186", EXAMPLE("presets/torch-cyclic.json")},
    {WS_DECAYS, "table", "decay/table.h", "lines between (t-W, factor)", "A table of points.", ELEMENTARY, EXAMPLE("decay_table.json")},
};
const int ws_entry_count = (int)(sizeof ws_entries / sizeof *ws_entries);

const char *const ws_group_section[WS_GROUP_COUNT] = {"objective", "objective.spectrum", "start", "method", "method.average", "noise",
                                                      "schedule", "schedule.warmup", "schedule.decay"};
const char *const ws_group_key[WS_GROUP_COUNT] = {"kind", "law", "kind", "kind", "kind", "kind", "kind", "kind", "kind"};
const char *const ws_group_title[WS_GROUP_COUNT] = {"objectives", "spectra", "starts", "methods", "averages", "noises", "schedules", "warmups", "decays"};
const char *const ws_group_default[WS_GROUP_COUNT] = {NULL, NULL, "sphere", "gd", "none", "none", "ramp", "linear", "constant"};

const ws_objective_facts *ws_entry_facts(const ws_entry *entry)
{
    static const ws_objective_facts none;
    return entry && entry->facts ? entry->facts : &none;
}

const ws_entry *ws_entry_find(ws_group group, const char *name)
{
    for (int i = 0; i < ws_entry_count; i++)
        if (ws_entries[i].group == group && !strcmp(ws_entries[i].name, name)) return &ws_entries[i];
    return NULL;
}

int ws_schedule_is_closed_loop(const ws_entry *entry) { return entry->file && !strncmp(entry->file, "feedback/", 9); }
int ws_schedule_has_ramp(const ws_entry *entry) { return ws_field_applies(&ws_fields[WS_F_PEAK], "schedule", entry->name); }
