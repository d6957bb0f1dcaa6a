/*
 * Seeing and ending sessions. Everybody sees and ends their own; administrators of root those of
 * all. A session that was ended is over on the next request, on every server.
 */
#ifndef IDENTITY_SESSION_ADMIN_H
#define IDENTITY_SESSION_ADMIN_H

#include "identity/session.h"

enum { SESSIONS_LISTED_MAX = 1000 };

/* Those that go on, the newest first: a list of struct session. */
MUST_CHECK bool session_list(struct ctx *ctx, struct list *out);
/* The actor's own alone, whatever it may see. */
MUST_CHECK bool session_list_own(struct ctx *ctx, struct list *out);
/* *out is NULL when it has ended, or is not to be seen. */
MUST_CHECK bool session_get(struct ctx *ctx, struct text id, struct session **out);

/* The same; the session is as it was. */
MUST_CHECK bool session_end(struct ctx *ctx, struct text id, struct session **out);
/* All of a key or user, by its id; empty for the actor's own. *count: how many went on. DENIED for
 * those of others without the right. */
MUST_CHECK bool session_end_all(struct ctx *ctx, struct text actor_id, int64_t *count);
/* The one that the actor came with. INVALID when there is none. */
MUST_CHECK bool session_end_own(struct ctx *ctx, struct session **out);

#endif
