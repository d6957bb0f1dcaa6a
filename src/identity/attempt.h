/*
 * Attempts to come in, as units of work count them: see attempt_limit.h for what is counted. A unit
 * that runs again has waited and failed once.
 */
#ifndef IDENTITY_ATTEMPT_H
#define IDENTITY_ATTEMPT_H

#include "kernel/ctx.h"

/* Seconds to wait before this attempt; 0: none. `of` names a key or a user. */
int64_t attempt_wait(struct ctx *ctx, struct text of);
void attempt_failed(struct ctx *ctx, struct text of);

#endif
