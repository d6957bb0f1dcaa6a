/*
 * The state that Terraform and OpenTofu keep of a stack, for their `http` backend: versions,
 * sealed, and one lock. Only the run that holds the stack may read or write it; the engines see
 * plain HTTP.
 */
#ifndef STACK_STACK_STATE_H
#define STACK_STACK_STATE_H

#include "stack/stack.h"

/* The newest version; the empty text (at == NULL) when there is none. */
MUST_CHECK bool stack_state_read(struct ctx *ctx, struct text stack_id, struct text *content);
/* Adds a version. lock_id: what the engine says it holds; CONFLICT when another lock is held,
 * INVALID when the content is no state. */
MUST_CHECK bool stack_state_write(struct ctx *ctx, struct text stack_id, struct text run_id,
                                  struct text lock_id, struct text content);
/* info: the engine's JSON document with its ID. *held is what holds the lock when it was not given,
 * else at == NULL. */
MUST_CHECK bool stack_state_lock(struct ctx *ctx, struct text stack_id, struct text run_id,
                                 struct text info, struct text *held);
/* The lock of that info, or any lock of the run when the info is empty. */
MUST_CHECK bool stack_state_unlock(struct ctx *ctx, struct text stack_id, struct text run_id,
                                   struct text info);
/* Frees what a run that ended has left locked. */
MUST_CHECK bool stack_state_release(struct ctx *ctx, struct text run_id);

#endif
