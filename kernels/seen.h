/* seen.h: what a closed-loop schedule or a noise may look at before the step from x_t.
 *
 * The gap comes with every iteration. The rest is asked for by the bits of FEEDBACK_SEES and NOISE_SEES, because it costs another
 * pass over the coordinates and another fold (survey_lane in trajectory.h): a lane adds its coordinates in ascending order, lanes are
 * folded upper half onto lower half, as all sums are. The sums have the precision of the state. */
#ifndef WS_SEEN_H
#define WS_SEEN_H

#define SEES_GRADIENT 1
#define SEES_STATE 2
#define SEES_SHARPNESS 4

/* Members that were not asked for are 0. */
typedef struct seen {
    f64 gap;
    f64 gradient;  /* |g|^2: for a rule of the gradient that the step takes (with the noise), for a noise of the exact one */
    f64 state;     /* |x|^2 */
    f64 sharpness; /* largest eigenvalue of the Hessian */
} seen;
#endif
