/* Rows of the audit trail. Called by audit.c alone. */
#ifndef AUDIT_AUDIT_STORE_H
#define AUDIT_AUDIT_STORE_H

#include "audit/audit.h"
#include "base/list.h"

/* Slugs of the roles that the actor has been granted, each once. */
MUST_CHECK bool audit_roles_of_actor(struct ctx *ctx, struct text_list *out);
MUST_CHECK bool audit_head_get(struct ctx *ctx, int64_t *sequence, struct text *hash);
MUST_CHECK bool audit_entry_insert(struct ctx *ctx, const struct audit_entry *entry);
/* The entries after `sequence`, oldest first, at most `limit`. */
MUST_CHECK bool audit_entry_list(struct ctx *ctx, int64_t after, int64_t limit, struct list *out);

#endif
