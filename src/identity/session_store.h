/* Rows of session. Called by session.c alone. */
#ifndef IDENTITY_SESSION_STORE_H
#define IDENTITY_SESSION_STORE_H

#include "identity/session.h"

MUST_CHECK bool session_row_insert(struct ctx *ctx, const struct session *session);
MUST_CHECK bool session_row_find(struct ctx *ctx, struct text id, struct session **out);
MUST_CHECK bool session_row_revoke_all(struct ctx *ctx, enum actor_kind kind, struct text id);
MUST_CHECK bool session_row_delete_expired(struct ctx *ctx);

#endif
