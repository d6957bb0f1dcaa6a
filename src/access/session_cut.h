/*
 * The end of every session at once: when the rules by which sessions were granted change (another
 * management strategy, another login policy), only the author of the change goes on. One stored
 * line says so; whoever reads a session asks it.
 *
 * Written by `role` and `policy`, read by `identity`.
 */
#ifndef ACCESS_SESSION_CUT_H
#define ACCESS_SESSION_CUT_H

#include "kernel/ctx.h"

struct session_cut {
    int64_t at;         /* sessions that began until then have ended; 0: there was no cut */
    struct text except; /* id of the session that goes on; may be empty */
};

/* Ends every session but the one that the unit's actor has. Reaches other servers with the unit's
 * commit. */
MUST_CHECK bool session_cut_all_but_own(struct ctx *ctx);

MUST_CHECK bool session_cut_get(struct ctx *ctx, struct session_cut *out);
/* Whether the cut ended the session of that id, which began at `created_at`. */
bool session_cut_applies(const struct session_cut *cut, struct text session_id, int64_t created_at);

#endif
