/* Starting, finding and ending sessions. */
#include "identity/session.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/ulid.h"
#include "identity/session_store.h"
#include "identity/signing_keys.h"
#include "jose/jwt.h"

const char *session_method_name(enum session_method method)
{
    static const char *const names[] = {[SESSION_SECRET] = "SECRET",
                                        [SESSION_OIDC] = "OIDC",
                                        [SESSION_GITHUB] = "GITHUB",
                                        [SESSION_PASSWORD] = "PASSWORD",
                                        [SESSION_RUN] = "RUN"};
    return names[method];
}

static const char *const actor_kinds[] = {
    [ACTOR_API_KEY] = "API_KEY", [ACTOR_USER] = "USER", [ACTOR_RUN] = "RUN"};

const char *session_actor_kind_name(enum actor_kind kind)
{
    return actor_kinds[kind];
}

enum actor_kind session_actor_kind(struct text name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(actor_kinds); i++) {
        if (actor_kinds[i] && text_equal_z(name, actor_kinds[i]))
            return (enum actor_kind)i;
    }
    return ACTOR_ANONYMOUS;
}

struct text session_issuer(enum actor_kind kind)
{
    switch (kind) {
    case ACTOR_API_KEY: return TEXT("api-key");
    case ACTOR_RUN: return TEXT("spacelift");
    default: return TEXT("user");
    }
}

static struct text print_claims(struct ctx *ctx, const struct session *session, struct text issuer,
                                struct text subject)
{
    struct buffer buffer;
    struct json_writer writer;
    buffer_init(&buffer, ctx->arena, JWS_MAX_BYTES / 2);
    json_writer_init(&writer, &buffer);
    json_begin_object(&writer);
    json_member_string(&writer, "iss", issuer);
    json_member_string(&writer, "sub", subject);
    json_key_z(&writer, "aud");
    json_begin_array(&writer);
    json_string(&writer, ctx->account->url);
    json_end_array(&writer);
    json_member_string(&writer, "jti", session->id);
    json_member_int64(&writer, "iat", ctx->now / CLOCK_SECOND);
    json_member_int64(&writer, "nbf", ctx->now / CLOCK_SECOND);
    json_member_int64(&writer, "exp", session->expires_at / CLOCK_SECOND);
    json_end_object(&writer);
    return buffer.failed ? (struct text){NULL, 0} : buffer_text(&buffer);
}

static bool sign(struct ctx *ctx, struct text claims, struct text *jwt)
{
    const struct signing_key_set *keys = signing_keys_get(ctx->account->signing_keys, ctx->arena);
    if (!claims.at || arena_failed(ctx->arena))
        return fail_no_memory(ctx);
    if (!keys || !keys->signing)
        return fail(ctx, ERR_UNAVAILABLE, "there is no key to sign tokens with");
    return jwt_sign(ctx->arena, keys->signing, TEXT("JWT"), claims, jwt, ctx->error);
}

bool session_start(struct ctx *ctx, struct session *session, struct text issuer,
                   struct text subject, struct text *jwt)
{
    session->id = ulid_make(ctx->arena);
    session->created_at = ctx->now;
    session->created_from = ctx->address;
    /* `exp` counts seconds; clients compare it with validUntil. */
    session->expires_at -= session->expires_at % CLOCK_SECOND;
    if (!session->claims.len)
        session->claims = TEXT("{}");
    if (!session->verdict.len)
        session->verdict = TEXT("{}");
    return session_row_insert(ctx, session) &&
           sign(ctx, print_claims(ctx, session, issuer, subject), jwt);
}

bool session_find(struct ctx *ctx, struct text id, struct session **out)
{
    return session_row_find(ctx, id, out);
}

bool session_is_alive(const struct session *session, int64_t now)
{
    return session->revoked_at == 0 && session->expires_at > now;
}

bool session_was_cut(const struct session *session, const struct session_cut *cut)
{
    return session->actor_kind != ACTOR_RUN &&
           session_cut_applies(cut, session->id, session->created_at);
}

bool session_revoke_all_of_actor(struct ctx *ctx, enum actor_kind kind, struct text id)
{
    return session_row_revoke_all(ctx, kind, id, TEXT(""));
}

bool session_revoke_others(struct ctx *ctx, enum actor_kind kind, struct text id, struct text kept)
{
    return session_row_revoke_all(ctx, kind, id, kept);
}

bool session_delete_expired(struct ctx *ctx)
{
    return session_row_delete_expired(ctx);
}
