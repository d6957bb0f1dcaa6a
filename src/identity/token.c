/* Exchanging keys for tokens, and tokens for actors. */
#include "identity/token.h"

#include "access/grant.h"
#include "audit/audit.h"
#include "base/encoding.h"
#include "identity/api_key_store.h"
#include "identity/secret.h"
#include "identity/session.h"
#include "identity/signing_keys.h"
#include "jose/jwt.h"
#include "jose/secret_hash.h"
#include "jose/token_cache.h"

enum { SECOND = 1000000, CLOCK_SKEW_SECONDS = 5, ACTOR_MAX_BYTES = 1 << 20 };

static const struct text issuer = TEXT_INIT("api-key");

/* An actor with the arena it lives in, as the cache holds it. */
struct cached_actor {
    struct actor actor;
    struct arena *arena;
};

void token_actor_free(void *actor)
{
    struct cached_actor *cached = actor;
    arena_free(cached->arena);
}

/* NULL without an error for a key that may not come in; the work done is the same either way. */
static bool check_secret(struct ctx *ctx, struct text id, struct text secret,
                         enum api_key_kind kind, struct api_key **out)
{
    struct api_key_row *row;
    struct text stored = TEXT("");
    *out = NULL;
    /* Says nothing about the key, so it may answer at once. */
    if (!secret_is_well_formed(secret))
        return true;
    if (!api_key_row_find(ctx, id, &row))
        return false;
    if (row && row->key.kind == kind &&
        !hex_decode(ctx->arena, row->secret_hash, &stored, ctx->error))
        return false;
    bool matches = secret_hash_matches(ctx->account->ring, secret, stored);
    if (row && matches && !row->key.deleted &&
        (row->key.expires_at == 0 || row->key.expires_at > ctx->now))
        *out = &row->key;
    return true;
}

static struct text username_of(struct arena *arena, const struct api_key *key)
{
    return text_format(arena, "api::%.*s", TEXT_ARG(key->id));
}

static int64_t earliest(int64_t a, int64_t b)
{
    return b && b < a ? b : a;
}

/* Makes the session and its token for a key that proved itself. */
static bool issue(struct ctx *ctx, const struct api_key *key, struct token **out)
{
    struct token *token = ARENA_NEW(ctx->arena, struct token);
    if (!token)
        return fail_no_memory(ctx);
    int64_t lifetime = ctx->account->settings->api_key_token_lifetime;
    struct session session = {.actor_kind = ACTOR_API_KEY,
                              .actor_id = key->id,
                              .method = SESSION_SECRET,
                              .groups = key->teams,
                              .expires_at = earliest(ctx->now + lifetime, key->expires_at)};
    *token = (struct token){.id = key->id, .login = key->name, .type = TEXT("API_KEY")};
    *out = token;
    if (!session_start(ctx, &session, issuer, ctx->actor->username, &token->jwt))
        return false;
    token->valid_until = session.expires_at;
    return true;
}

bool token_exchange(struct ctx *ctx, struct text id, struct text secret, struct token **out)
{
    struct api_key *key;
    *out = NULL;
    if (!check_secret(ctx, id, secret, API_KEY_SECRET, &key))
        return false;
    if (!key)
        return true;
    struct actor actor = {.kind = ACTOR_API_KEY,
                          .id = key->id,
                          .name = key->name,
                          .username = username_of(ctx->arena, key)};
    struct ctx as_key = *ctx;
    as_key.actor = &actor;
    return issue(&as_key, key, out) && api_key_mark_used(&as_key, key->id) &&
           audit_record(&as_key, &(struct audit_event){.action = "login.success",
                                                       .resource_type = "LOGIN",
                                                       .resource_id = key->id});
}

bool token_authenticate_cached(struct account *account, struct arena *arena, struct text bearer,
                               int64_t now, const struct actor **out)
{
    if (bearer.len == 0) {
        *out = &actor_anonymous;
        return true;
    }
    const struct cached_actor *cached =
        token_cache_find(account->actors, arena, bearer, now / SECOND);
    if (!cached || cached->actor.valid_until <= now ||
        (cached->actor.stale_at && cached->actor.stale_at <= now))
        return false;
    *out = &cached->actor;
    return true;
}

static bool verify(struct ctx *ctx, struct text bearer, struct jwt_claims *claims)
{
    struct jwt_expectation expectation = {.issuer = issuer,
                                          .audience = ctx->account->url,
                                          .only_audience = true,
                                          .now = ctx->now / SECOND,
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
    return jwt_verify(ctx->arena, &keys->verifying, bearer, &expectation, claims, ctx->error);
}

static bool refuse(struct ctx *ctx)
{
    return fail(ctx, ERR_UNAUTHENTICATED, "unauthorized: the token's session has ended");
}

/* The session and key behind verified claims, as an actor with its grants. */
static bool read_actor(struct ctx *ctx, struct text session_id, struct actor *actor)
{
    struct session *session;
    struct api_key_row *row;
    if (!session_find(ctx, session_id, &session))
        return false;
    if (!session || !session_is_alive(session, ctx->now))
        return refuse(ctx);
    if (!api_key_row_find(ctx, session->actor_id, &row))
        return false;
    if (!row || row->key.deleted)
        return refuse(ctx);
    *actor = (struct actor){
        .kind = ACTOR_API_KEY,
        .id = row->key.id,
        .name = row->key.name,
        .username = username_of(ctx->arena, &row->key),
        .session_id = session->id,
        .groups = row->key.teams,
        .claims = session->claims,
        .valid_until = earliest(session->expires_at, row->key.expires_at),
    };
    struct grant_subject subject = {
        .kind = SUBJECT_API_KEY, .id = actor->id, .groups = actor->groups};
    if (!grants_read(ctx, &subject, actor))
        return false;
    return actor->valid_until > ctx->now || refuse(ctx);
}

/* Reads the actor behind a verified token into memory of its own, as the cache keeps it. NULL on
 * failure. */
static struct cached_actor *read_cached_actor(struct ctx *ctx, struct text session_id)
{
    struct arena *arena = arena_new(ACTOR_MAX_BYTES);
    struct cached_actor *cached = arena ? ARENA_NEW(arena, struct cached_actor) : NULL;
    struct ctx reading = *ctx;
    reading.arena = arena;
    if (!cached || !read_actor(&reading, session_id, &cached->actor)) {
        arena_free(arena);
        fail_no_memory(ctx);
        return NULL;
    }
    cached->arena = arena;
    return cached;
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
    struct cached_actor *fresh = read_cached_actor(ctx, claims.id);
    if (!fresh)
        return false;
    const struct cached_actor *cached =
        token_cache_add(actors, ctx->arena, bearer, claims.expires_at, epoch, fresh);
    if (!cached)
        return fail_no_memory(ctx);
    *out = &cached->actor;
    return true;
}

bool worker_authenticate(struct ctx *ctx, struct text credential, const struct actor **out)
{
    size_t colon = text_find_byte(credential, ':', 0);
    struct text id = text_slice(credential, 0, colon);
    struct text secret = text_slice(credential, colon + 1, credential.len);
    struct api_key *key;
    if (!check_secret(ctx, id, secret, API_KEY_WORKER, &key))
        return false;
    if (!key)
        return fail(ctx, ERR_UNAUTHENTICATED, "unauthorized: this is no worker's credential");
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
