/*
 * Tokens: a key's id and secret become a JWT that lives for some hours. The token says who (`sub`)
 * and which session (`jti`), never what one may do: that is looked up for each request, so a
 * deleted key, a revoked session or a changed role takes effect on the very next one.
 *
 * Claims, as clients read them: `aud` is exactly the account's URL (the Terraform provider sends
 * every later request there), `iss` is "api-key", `exp` equals validUntil.
 */
#ifndef IDENTITY_TOKEN_H
#define IDENTITY_TOKEN_H

#include "kernel/ctx.h"

struct token {
    struct text id;    /* of the key */
    struct text login; /* name of the key */
    struct text type;
    struct text jwt;
    int64_t valid_until; /* microseconds */
};

/* The exchange. *out is NULL for an unknown, deleted or expired key or a wrong secret: all cost and
 * answer the same. Needs a writing unit. */
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
