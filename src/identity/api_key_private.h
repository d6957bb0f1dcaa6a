/* What the files of API keys share. Nobody else includes it. */
#ifndef IDENTITY_API_KEY_PRIVATE_H
#define IDENTITY_API_KEY_PRIVATE_H

#include "audit/change.h"
#include "identity/api_key_store.h"

/* INVALID for what a key cannot be called, a description that is too long, and groups it cannot be
 * in. */
MUST_CHECK bool api_key_check(struct ctx *ctx, struct text name, struct text description,
                              struct text_list teams);

/* Gives the key a new secret, which is nowhere else; *digits is what is kept of it. A key that
 * trusts an identity provider gets none. */
MUST_CHECK bool api_key_make_secret(struct ctx *ctx, struct api_key *key, struct text *digits);

/* What the trail keeps of a key. */
void api_key_describe(struct change_side *side, const struct api_key *key);

#endif
