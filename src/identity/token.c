/* From tokens, and workers' credentials, to actors. */
#include "identity/token.h"

#include "access/space_tree.h"
#include "base/clock.h"
#include "identity/actor_read.h"
#include "identity/key_proof.h"
#include "identity/secret.h"
#include "identity/signing_keys.h"
#include "jose/jwt.h"
#include "jose/token_cache.h"

/* An actor with 100,000 grants takes some 60 MB; most take a few KB. */
enum { CLOCK_SKEW_SECONDS = 5, ACTOR_MAX_BYTES = 128 << 20 };

/* An actor with the arena it lives in, as the cache holds it. */
struct cached_actor {
    struct actor actor;
    struct jwt_claims proved; /* by the token's signature: id, issuer and end */
    struct arena *arena;
};

void token_actor_free(void *actor)
{
    struct cached_actor *cached = actor;
    arena_free(cached->arena);
}

bool token_authenticate_cached(struct account *account, struct arena *arena, struct text bearer,
                               int64_t now, const struct actor **out)
{
    account_forget_what_may_be_old(account);
    if (bearer.len == 0) {
        *out = &actor_anonymous;
        return true;
    }
    const struct cached_actor *cached =
        token_cache_find(account->actors, arena, bearer, now / CLOCK_SECOND);
    if (!cached || cached->actor.valid_until <= now ||
        (cached->actor.stale_at && cached->actor.stale_at <= now))
        return false;
    *out = &cached->actor;
    return true;
}

/* A signature that was found good stays so while its key verifies, whatever has changed since. */
static bool was_verified(struct ctx *ctx, struct text bearer, const struct jose_key *key,
                         struct jwt_claims *claims)
{
    const struct cached_actor *known =
        token_cache_find_stale(ctx->account->actors, ctx->arena, bearer, ctx->now / CLOCK_SECOND);
    if (!known || !key)
        return false;
    *claims = known->proved;
    return true;
}

static bool verify(struct ctx *ctx, struct text bearer, struct jwt_claims *claims)
{
    /* The issuer depends on the session; actor_read compares it. */
    struct jwt_expectation expectation = {.audience = ctx->account->url,
                                          .only_audience = true,
                                          .now = ctx->now / CLOCK_SECOND,
                                          .skew = CLOCK_SKEW_SECONDS};
    struct jws jws;
    const struct signing_key_set *keys = signing_keys_get(ctx->account->signing_keys, ctx->arena);
    if (!jws_parse(ctx->arena, bearer, &jws, ctx->error))
        return false;
    /* Another server may have made the key a moment ago. */
    if ((!keys || !jws_find_key(&jws, &keys->verifying)) && !signing_keys_catch_up(ctx))
        return false;
    keys = signing_keys_get(ctx->account->signing_keys, ctx->arena);
    if (arena_failed(ctx->arena))
        return fail_no_memory(ctx);
    if (!keys)
        return fail(ctx, ERR_UNAVAILABLE, "there is no key to check tokens with");
    return was_verified(ctx, bearer, jws_find_key(&jws, &keys->verifying), claims) ||
           jwt_verify(ctx->arena, &keys->verifying, bearer, &expectation, claims, ctx->error);
}

/* Reads the actor behind a verified token into memory of its own, as the cache keeps it. NULL on
 * failure. */
static struct cached_actor *read_cached_actor(struct ctx *ctx, const struct jwt_claims *claims)
{
    struct arena *arena = arena_new(ACTOR_MAX_BYTES);
    struct cached_actor *cached = arena ? ARENA_NEW(arena, struct cached_actor) : NULL;
    struct ctx reading = *ctx;
    reading.arena = arena;
    if (!cached || !actor_read(&reading, claims->id, claims->issuer, &cached->actor)) {
        arena_free(arena);
        fail_no_memory(ctx);
        return NULL;
    }
    cached->arena = arena;
    cached->proved = (struct jwt_claims){.issuer = text_copy(arena, claims->issuer),
                                         .id = cached->actor.session_id,
                                         .expires_at = claims->expires_at};
    if (!arena_failed(arena))
        return cached;
    arena_free(arena);
    fail_no_memory(ctx);
    return NULL;
}

bool token_authenticate(struct ctx *ctx, struct text bearer, const struct actor **out)
{
    if (token_authenticate_cached(ctx->account, ctx->arena, bearer, ctx->now, out))
        return true;
    struct token_cache *actors = ctx->account->actors;
    uint64_t epoch = token_cache_epoch(actors);
    /* What a writing unit reads might still be rolled back: an epoch that has passed keeps it out.
     */
    if (db_session_mode(ctx->session) == DB_WRITE)
        epoch--;
    struct jwt_claims claims;
    if (!verify(ctx, bearer, &claims))
        return false;
    /* The tree before anything else is read, so that what was read can be shared. */
    struct cached_actor *fresh = space_tree_get(ctx) ? read_cached_actor(ctx, &claims) : NULL;
    if (!fresh)
        return false;
    const struct cached_actor *cached =
        token_cache_add(actors, ctx->arena, bearer, claims.expires_at, epoch, fresh);
    if (!cached)
        return fail_no_memory(ctx);
    *out = &cached->actor;
    return true;
}

static bool refuse_worker(struct ctx *ctx)
{
    return fail(ctx, ERR_UNAUTHENTICATED, "unauthorized: this is no worker's credential");
}

bool worker_authenticate(struct ctx *ctx, struct text credential, const struct actor **out)
{
    size_t colon = text_find_byte(credential, ':', 0);
    struct text id = text_slice(credential, 0, colon);
    struct text secret = text_slice(credential, colon + 1, credential.len);
    struct key_proof proof;
    if (!secret_is_well_formed(secret))
        return refuse_worker(ctx);
    if (!key_prove_secret(ctx, id, secret, API_KEY_WORKER, &proof))
        return false;
    const struct api_key *key = proof.key;
    if (proof.problem)
        return refuse_worker(ctx);
    struct actor *actor = ARENA_NEW(ctx->arena, struct actor);
    if (!actor)
        return fail_no_memory(ctx);
    *actor =
        (struct actor){.kind = ACTOR_WORKER,
                       .id = key->id,
                       .name = key->name,
                       .username = text_format(ctx->arena, "worker::%.*s", TEXT_ARG(key->name)),
                       .valid_until = key->expires_at ? key->expires_at : INT64_MAX};
    *out = actor;
    return true;
}
