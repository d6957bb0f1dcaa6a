/* Runs as actors, from their rows. Called by actor_read.c alone. */
#ifndef IDENTITY_RUN_ACTOR_STORE_H
#define IDENTITY_RUN_ACTOR_STORE_H

#include "kernel/ctx.h"

/* The stack of a run that is on lease, and whether its bindings count; at == NULL for any other
 * run. */
MUST_CHECK bool run_actor_find(struct ctx *ctx, struct text run_id, struct text *stack_id,
                               bool *has_bindings);

#endif
