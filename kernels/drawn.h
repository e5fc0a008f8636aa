/* drawn.h: numbers of a noise that are those of its draw, one for every coordinate: what noises include behind their draw. */
#define NOISE_SPAN DRAW_SPAN /* iterations that are drawn together */

FN void noise_draw(const random_key *key, random_position at, unsigned step, real *noise) { draw_numbers(key, at, step, noise); }
#ifdef DRAW_ALONE /* one iteration, with little code: noise[K] */
#define NOISE_ALONE
FN void noise_draw_alone(const random_key *key, random_position at, unsigned step, real *noise) { draw_alone(key, at, step, noise); }
#endif
#ifdef DRAW_GRAIN /* slots can be drawn apart, so many at once */
#define NOISE_GRAIN DRAW_GRAIN
FN void noise_draw_slots(const random_key *key, random_position at, unsigned step, int first, int count, real *noise)
{
    draw_some(key, at, step, first, count, noise);
}
#endif
