/* problems.h: the problems of a plan as the kernels prepared them, and cells made absolute with them. */
#ifndef WS_PROBLEMS_H
#define WS_PROBLEMS_H

#include "run/kernel.h"

typedef struct ws_problems {
    int64_t count;
    ws_problem *problem; /* [count] */
    void **memory;       /* [count] coefficients, start and eps of each */
} ws_problems;

/* Prepares every problem (only >= 0: that one alone) on `threads` threads. WS_BAD_INPUT: a start that does not exist, named by the
 * plan's file; WS_FAILED: not enough memory. On error nothing is left to free. */
ws_code ws_problems_prepare(const ws_plan *plan, const ws_kernels *kernels, int64_t only, int threads, ws_problems *problems, ws_error *error);
/* Bytes of memory[i]: coefficients, start and eps of problem i, one block. */
size_t ws_problems_bytes(const ws_plan *plan, const ws_kernels *kernels, int64_t problem);
void ws_problems_free(ws_problems *problems);

/* A cell of the plan with its problem: peak and limit absolute, what a rule takes from the problem filled in. */
void ws_problems_cell(const ws_plan *plan, const ws_problems *problems, int64_t cell, int64_t replicate, ws_plan_cell_values *out);
/* What of that ws_plan_cell and ws_plan_cell_move leave to do. */
void ws_problems_cell_complete(const ws_plan *plan, const ws_problems *problems, int64_t replicate, ws_plan_cell_values *out);

#endif
