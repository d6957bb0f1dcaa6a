/* Rows of api_key. Called by the identity noun alone. */
#ifndef IDENTITY_API_KEY_STORE_H
#define IDENTITY_API_KEY_STORE_H

#include "identity/api_key.h"

/* A key with what checks its secret. */
struct api_key_row {
    struct api_key key;
    struct text secret_hash; /* hexadecimal; empty for keys of the kind OIDC */
    struct text previous_secret_hash;
};

MUST_CHECK bool api_key_insert(struct ctx *ctx, const struct api_key *key, struct text secret_hash);
/* NULL when absent; deleted keys are found too. */
MUST_CHECK bool api_key_row_find(struct ctx *ctx, struct text id, struct api_key_row **out);
MUST_CHECK bool api_key_row_list(struct ctx *ctx, struct list *out);
/* Name, description, groups and what is trusted. */
MUST_CHECK bool api_key_row_update(struct ctx *ctx, const struct api_key *key);
/* The secret so far becomes the previous one, valid until key->previous_secret_until. */
MUST_CHECK bool api_key_row_reset(struct ctx *ctx, const struct api_key *key,
                                  struct text secret_hash);
MUST_CHECK bool api_key_row_revoke_previous(struct ctx *ctx, struct text id);
/* Those that end until then and were not warned of, the earliest first; of people's making. */
MUST_CHECK bool api_key_row_list_ending(struct ctx *ctx, int64_t until, int64_t limit,
                                        struct list *out);
MUST_CHECK bool api_key_mark_warned(struct ctx *ctx, struct text id);
/* Keys that end after one time and until another. */
MUST_CHECK bool api_key_count_ending(struct ctx *ctx, int64_t after, int64_t until, int64_t *out);
MUST_CHECK bool api_key_mark_deleted(struct ctx *ctx, struct text id);
MUST_CHECK bool api_key_mark_used(struct ctx *ctx, struct text id);
/* The worker keys of that name; they leave no trace. */
MUST_CHECK bool api_key_delete_workers(struct ctx *ctx, struct text name);

#endif
