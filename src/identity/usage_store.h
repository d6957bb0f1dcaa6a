/* Rows of actor_use. Called by usage.c alone. */
#ifndef IDENTITY_USAGE_STORE_H
#define IDENTITY_USAGE_STORE_H

#include "identity/usage.h"

/* Keeps the first one of a month. */
MUST_CHECK bool usage_row_insert(struct ctx *ctx, struct text month, const struct actor_use *use);
MUST_CHECK bool usage_row_list(struct ctx *ctx, struct text month, struct list *out);

#endif
