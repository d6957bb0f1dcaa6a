/* Rows of signing_key. Called by signing_keys.c alone. */
#ifndef IDENTITY_SIGNING_KEY_STORE_H
#define IDENTITY_SIGNING_KEY_STORE_H

#include "base/list.h"
#include "kernel/ctx.h"

struct signing_key_row {
    struct text id;
    struct text sealed_key;
    int64_t created_at;
    int64_t signs_until;
    int64_t verifies_until;
};

/* Those that still verify, newest first: a list of struct signing_key_row. */
MUST_CHECK bool signing_key_list(struct ctx *ctx, struct list *out);
/* Whether one may sign now. */
MUST_CHECK bool signing_key_signs(struct ctx *ctx, bool *out);
MUST_CHECK bool signing_key_insert(struct ctx *ctx, const struct signing_key_row *row);
MUST_CHECK bool signing_key_delete_expired(struct ctx *ctx);

#endif
