/*
 * From a session to the actor that it stands for, with all that is true now: the session has not
 * ended, the key or user behind it may still come in, and its grants are gathered anew.
 */
#ifndef IDENTITY_ACTOR_READ_H
#define IDENTITY_ACTOR_READ_H

#include "kernel/ctx.h"

/* issuer: `iss` of the token that named the session. In the unit's arena. UNAUTHENTICATED when the
 * session has ended, whatever ended it. */
MUST_CHECK bool actor_read(struct ctx *ctx, struct text session_id, struct text issuer,
                           struct actor *out);

/* How a run is called in histories and in the audit trail: "run::<stack>/<run>". */
struct text run_username(struct arena *arena, struct text stack_id, struct text run_id);
/* The run behind such a name; empty for any other. */
struct text run_id_of_username(struct text username);

#endif
