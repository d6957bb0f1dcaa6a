/* Rows of session. Called by session.c and session_admin.c alone. */
#ifndef IDENTITY_SESSION_STORE_H
#define IDENTITY_SESSION_STORE_H

#include "identity/session.h"

MUST_CHECK bool session_row_insert(struct ctx *ctx, const struct session *session);
/* Without the name of its actor, which most requests do not need; and with it. */
MUST_CHECK bool session_row_find(struct ctx *ctx, struct text id, struct session **out);
MUST_CHECK bool session_row_find_named(struct ctx *ctx, struct text id, struct session **out);
/* kept: the id of one that goes on, or empty. */
MUST_CHECK bool session_row_revoke_all(struct ctx *ctx, enum actor_kind kind, struct text id,
                                       struct text kept);
/* Those that go on, the newest first, with the names of their actors; of one actor when its id is
 * given. */
MUST_CHECK bool session_row_list(struct ctx *ctx, struct text actor_id, int64_t limit,
                                 struct list *out);
MUST_CHECK bool session_row_revoke(struct ctx *ctx, struct text id);
/* Of a key or user, whichever has the id; *count: how many went on. */
MUST_CHECK bool session_row_revoke_of(struct ctx *ctx, struct text actor_id, int64_t *count);
MUST_CHECK bool session_row_delete_expired(struct ctx *ctx);

#endif
