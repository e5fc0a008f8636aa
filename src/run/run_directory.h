/* run_directory.h: whose a directory is before a run writes into it. */
#ifndef WS_RUN_DIRECTORY_H
#define WS_RUN_DIRECTORY_H

#include "base/error.h"
#include "plan/plan.h"

/* May a new run of the plan be written here? WS_BAD_INPUT with the reason when a run or somebody's files would be overwritten and
 * force is 0. A run that was killed before it began holds nothing and is no reason. */
ws_code ws_run_directory_check(const char *directory, const ws_plan *plan, int force, ws_error *error);
/* 1: a journal lies here. */
int ws_run_directory_holds_run(const char *directory);
/* Takes the directory for this process: *lock is a descriptor, to be closed when done. */
ws_code ws_run_directory_lock(const char *directory, int *lock, ws_error *error);
enum { WS_MADE_DIRECTORY = 1, WS_MADE_SWEEP = 2, WS_MADE_SOURCE = 4 };
/* Writes sweep.json (WS_MADE_SWEEP) and the header that objective.source names (WS_MADE_SOURCE). */
ws_code ws_run_directory_write(const char *directory, const ws_plan *plan, int what, ws_error *error);
/* Makes the directory, locks it, checks it again, removes what an earlier run left, and writes sweep.json and the header beside it. *made: which of them are
 * new. On failure nothing is locked, and what was made is gone again. */
ws_code ws_run_directory_begin(const char *directory, const ws_plan *plan, int force, int *lock, int *made, ws_error *error);
/* Takes back what begin and an unfinished start made. */
void ws_run_directory_undo(const char *directory, const ws_plan *plan, int made);

#endif
