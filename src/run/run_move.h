/*
 * The one place where a run changes its state: checked against the table, written with its history
 * entry, mirrored on the stack, and followed by the next run of the queue. Called by run.c and
 * run_lease.c.
 */
#ifndef RUN_RUN_MOVE_H
#define RUN_RUN_MOVE_H

#include "run/run.h"

/* CONFLICT when the table has no such move. note may be empty. */
MUST_CHECK bool run_move(struct ctx *ctx, struct run *run, enum run_state to, enum run_cause cause,
                         struct text note);
/* Lets the stack's queue move on: preview runs at once, blocking ones when nothing blocks. */
MUST_CHECK bool run_schedule(struct ctx *ctx, struct text stack_id);

#endif
