/* seldom_cpu.h: what is called where something happens in a batch, where step sizes change, and where a trajectory begins or ends.
 *
 * The text is compiled whole, or as two parts side by side (src/run/compile_cc.c): WS_PART 1 is the iterations and the look at their gaps (advance_cpu.h or
 * coupled_cpu.h, scan_cpu.h), 2 is these functions and what they call. They call nothing of part 1 (coupled_cpu.h stands in both: what
 * makes states inside a batch again is in it). */
#ifndef WS_SELDOM_CPU_H
#define WS_SELDOM_CPU_H

#ifdef WS_PART
#define SELDOM __attribute__((noinline, visibility("hidden")))
#define WS_HAS_OFTEN (WS_PART == 1)
#define WS_HAS_SELDOM (WS_PART == 2)
#else
#define SELDOM static __attribute__((noinline, unused))
#define WS_HAS_OFTEN 1
#define WS_HAS_SELDOM 1
#endif

#if WS_STEP_SIZES_OF_TIME
/* step_sizes_cpu.h: in the part that is compiled sooner: the iterations of one coordinate are little text */
#define WS_HAS_STEP_SIZES (WS_K > 1 ? WS_HAS_SELDOM : WS_HAS_OFTEN)
SELDOM void fill_column(block *b, int column);
#endif
/* prepare_cpu.h */
SELDOM const char *prepare(const ws_problem_values *values, void *coefficient_memory, void *start_memory, ws_problem *problem);
SELDOM const char *examine(const ws_problem_values *values, const double *point, double *gradient_here, ws_problem *problem);
SELDOM void step_sizes(const ws_cell *cell, long long first, long long count, double *eta);
SELDOM const char *self_check(void);
/* refill_cpu.h */
SELDOM int refill(block *b, const ws_kernel_run *run, int column, unsigned lanes, int more);
SELDOM void hand_back(block *b, const ws_kernel_run *run, int column, unsigned lanes);
/* observe_cpu.h */
SELDOM void note_events(block *b, int c, real low, real high, mask quiet);
SELDOM void observe_slot(block *b, const ws_kernel_run *run, int slot);
/* events_cpu.h */
SELDOM unsigned pass_events(block *b, const ws_kernel_run *run, int c, unsigned lanes, mask falling, mask due);
#endif
