/* Rows of role. Called by the role noun alone. */
#ifndef ROLE_ROLE_STORE_H
#define ROLE_ROLE_STORE_H

#include "role/role.h"

MUST_CHECK bool role_row_insert(struct ctx *ctx, const struct role *role);
/* Name, description, actions. */
MUST_CHECK bool role_row_update(struct ctx *ctx, const struct role *role);
MUST_CHECK bool role_row_delete(struct ctx *ctx, struct text id);
/* By id or slug, whoever asks; NULL when absent. */
MUST_CHECK bool role_row_find(struct ctx *ctx, struct text id, struct role **out);
MUST_CHECK bool role_row_list(struct ctx *ctx, struct list *out);

#endif
