/* From a key's secret, or an ID token, to a token of ours. */
#include "identity/token.h"

#include "base/list.h"
#include "identity/api_key_store.h"
#include "identity/attempt.h"
#include "identity/id_token.h"
#include "identity/key_proof.h"
#include "identity/login.h"
#include "identity/secret.h"

static int64_t earliest(int64_t a, int64_t b)
{
    return b && b < a ? b : a;
}

static bool complete(struct ctx *ctx, const struct api_key *key, enum session_method method,
                     struct text_list groups, struct text claims, struct token **out)
{
    int64_t lifetime = ctx->account->settings->api_key_token_lifetime;
    struct login login = {.kind = ACTOR_API_KEY,
                          .method = method,
                          .actor_id = key->id,
                          .login = key->name,
                          .name = key->name,
                          .username = api_key_username(ctx->arena, key->id),
                          .groups = groups,
                          .claims = claims,
                          .expires_at = earliest(ctx->now + lifetime, key->expires_at),
                          .last_used_at = key->last_used_at};
    return login_complete(ctx, &login, out) && (!*out || api_key_mark_used(ctx, key->id));
}

/* key: NULL when it is not known whose the attempt was; the id that was given may be anything. */
static bool refuse(struct ctx *ctx, const struct api_key *key, struct text id,
                   enum session_method method, struct text reason)
{
    attempt_failed(ctx, id);
    return login_record_failure(ctx, method, key ? key->id : TEXT(""), reason);
}

static bool exchange_secret(struct ctx *ctx, struct text id, struct text secret, struct token **out)
{
    struct key_proof proof;
    if (!key_prove_secret(ctx, id, secret, API_KEY_SECRET, &proof))
        return false;
    if (proof.problem)
        return refuse(ctx, proof.key, id, SESSION_SECRET, text_z(proof.problem));
    return complete(ctx, proof.key, SESSION_SECRET, proof.key->teams, TEXT(""), out);
}

static bool exchange_id_token(struct ctx *ctx, struct text id, struct text id_token,
                              struct token **out)
{
    struct api_key_row *row;
    struct id_token_report report;
    if (!api_key_row_find(ctx, id, &row))
        return false;
    if (!row || row->key.kind != API_KEY_OIDC)
        return refuse(ctx, NULL, id, SESSION_OIDC, TEXT("there is no such key"));
    const char *problem = key_problem(&row->key, ctx->now);
    if (problem)
        return refuse(ctx, &row->key, id, SESSION_OIDC, text_z(problem));
    if (!id_token_examine(ctx, row->key.oidc, id_token, &report))
        return false;
    struct text reason = id_token_reason(ctx->arena, &report);
    if (report.is_unavailable)
        return fail(ctx, ERR_UNAVAILABLE, "the ID token cannot be checked: %.*s", TEXT_ARG(reason));
    if (!report.is_accepted)
        return refuse(ctx, &row->key, id, SESSION_OIDC, reason);
    return complete(ctx, &row->key, SESSION_OIDC,
                    report.has_groups ? report.groups : row->key.teams, report.claims, out);
}

/* A JWT has two dots, which no secret of ours has. */
static bool is_id_token(struct text secret)
{
    size_t first = text_find_byte(secret, '.', 0);
    return text_find_byte(secret, '.', first + 1) < secret.len;
}

bool token_exchange(struct ctx *ctx, struct text id, struct text secret, struct token **out)
{
    int64_t wait = attempt_wait(ctx, id);
    *out = NULL;
    if (wait > 0)
        return fail(ctx, ERR_LIMIT, "too many failed attempts; try again in %" PRId64 " seconds",
                    wait);
    if (is_id_token(secret))
        return exchange_id_token(ctx, id, secret, out);
    /* A slip of the keyboard: told before the database is asked, and not worth a record. */
    if (!secret_is_well_formed(secret)) {
        attempt_failed(ctx, id);
        return true;
    }
    return exchange_secret(ctx, id, secret, out);
}
