/* Runs as actors, from their rows. Called by actor_read.c alone. */
#ifndef IDENTITY_RUN_ACTOR_STORE_H
#define IDENTITY_RUN_ACTOR_STORE_H

#include "kernel/ctx.h"

struct run_actor {
    struct text stack_id;
    bool is_administrative; /* of the stack: its bindings mean nothing */
    bool is_proposed;       /* nobody has agreed to what the run executes */
};

/* A run that is on lease; false in *found for any other. */
MUST_CHECK bool run_actor_find(struct ctx *ctx, struct text run_id, struct run_actor *out,
                               bool *found);

#endif
