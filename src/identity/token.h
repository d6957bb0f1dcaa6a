/*
 * Tokens: a key's id and secret, or an ID token that the key trusts, become a JWT that lives for
 * some hours. The token says who (`sub`) and which session (`jti`), never what one may do: that is
 * looked up for each request, so a deleted key, a revoked session or a changed role takes effect on
 * the very next one.
 *
 * Claims, as clients read them: `aud` is exactly the account's URL (the Terraform provider sends
 * every later request there), `iss` is "api-key" for keys, `exp` equals validUntil.
 */
#ifndef IDENTITY_TOKEN_H
#define IDENTITY_TOKEN_H

#include "kernel/ctx.h"

struct token {
    struct text id;    /* of the key or user */
    struct text login; /* name of the key, username of the user */
    struct text type;  /* API_KEY, USER */
    struct text jwt;
    int64_t valid_until; /* microseconds */
};

/* The exchange. *out is NULL for an unknown, deleted or expired key, a wrong secret, an ID token
 * that the key does not trust, and where login policies refuse: each is on the record with its
 * reason, and an unknown id costs and answers what a wrong secret does. LIMIT after too many
 * failures; UNAVAILABLE when an issuer cannot be asked. Needs a writing unit. */
MUST_CHECK bool token_exchange(struct ctx *ctx, struct text id, struct text secret,
                               struct token **out);

/* Who sent this request: the actor behind a bearer token. An empty token gives the anonymous actor;
 * a bad one fails with UNAUTHENTICATED. The actor lives as long as the unit's arena. Must be the
 * first thing a unit does: what it has read before could be older than what it is remembered as. */
MUST_CHECK bool token_authenticate(struct ctx *ctx, struct text bearer, const struct actor **out);
/* The same for what needs no database: true and the actor when the token was seen before and
 * nothing changed since. */
bool token_authenticate_cached(struct account *account, struct arena *arena, struct text bearer,
                               int64_t now, const struct actor **out);

/* A key of the kind WORKER authenticates with id and secret on every request ("id:secret"). */
MUST_CHECK bool worker_authenticate(struct ctx *ctx, struct text credential,
                                    const struct actor **out);

/* The free function of the account's actor cache. */
void token_actor_free(void *actor);

#endif
