/*
 * The token that a run has in its environment, as SPACELIFT_API_TOKEN: with it the run asks this
 * server, with the rights of the role bindings of its stack. It is a session of its own for each
 * lease, and ends with it.
 */
#ifndef RUN_RUN_TOKEN_H
#define RUN_RUN_TOKEN_H

#include "run/run.h"

/* Clients read the id of the stack out of the token's subject: "<stack>/<run>". */
MUST_CHECK bool run_token_start(struct ctx *ctx, const struct run *run, struct text *jwt);
MUST_CHECK bool run_token_end(struct ctx *ctx, const struct run *run);

#endif
