/*
 * Changing an API key: what it is called, its groups, and its secret. A new secret can leave the
 * one before it valid for a while, so that programs move over one after the other. Administrators
 * of root do this.
 */
#ifndef IDENTITY_API_KEY_CHANGE_H
#define IDENTITY_API_KEY_CHANGE_H

#include "identity/api_key.h"

/* What is not given stays as it is. */
struct api_key_update {
    struct text name;        /* at == NULL: not given */
    struct text description; /* the same */
    bool has_teams;
    struct text_list teams;
    bool has_mappings; /* of the kind OIDC */
    const struct oidc_mapping *mappings;
    size_t mappings_count;
};

/* NOT_FOUND, in all of these, for a key that does not exist. */
MUST_CHECK bool api_key_update(struct ctx *ctx, struct text id, const struct api_key_update *update,
                               struct api_key **out);

/* Longest time that a secret may outlive its successor, in seconds. */
enum { API_KEY_GRACE_MAX = 30 * 86400 };

/* A new secret, in the key that is given back. Without a grace the one before it ends at once, and
 * so do the tokens it was exchanged for. INVALID for a key of the kind OIDC. */
MUST_CHECK bool api_key_reset(struct ctx *ctx, struct text id, int64_t grace_seconds,
                              struct api_key **out);
/* Ends the secret before this one, and the tokens of either. */
MUST_CHECK bool api_key_revoke_previous(struct ctx *ctx, struct text id, struct api_key **out);

#endif
