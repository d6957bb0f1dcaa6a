/* Reading the actor behind a session. */
#include "identity/actor_read.h"

#include "access/grant.h"
#include "base/clock.h"
#include "base/json.h"
#include "identity/api_key_store.h"
#include "identity/run_actor_store.h"
#include "identity/session.h"
#include "identity/user.h"

static const struct text run_prefix = TEXT_INIT("run::");

struct text run_username(struct arena *arena, struct text stack_id, struct text run_id)
{
    return text_format(arena, "%.*s%.*s/%.*s", TEXT_ARG(run_prefix), TEXT_ARG(stack_id),
                       TEXT_ARG(run_id));
}

struct text run_id_of_username(struct text username)
{
    size_t slash = text_find_byte(username, '/', 0);
    return text_starts_with(username, run_prefix) ? text_slice(username, slash + 1, username.len)
                                                  : TEXT("");
}

static bool refuse(struct ctx *ctx)
{
    return fail(ctx, ERR_UNAUTHENTICATED, "unauthorized: the token's session has ended");
}

static int64_t earliest(int64_t a, int64_t b)
{
    return b && b < a ? b : a;
}

/* The session, when it still counts. */
static bool find_live(struct ctx *ctx, struct text id, struct text issuer, struct session **out)
{
    struct session_cut cut;
    if (!session_find(ctx, id, out) || !session_cut_get(ctx, &cut))
        return false;
    const struct session *session = *out;
    if (!session || !session_is_alive(session, ctx->now) ||
        !text_equal(issuer, session_issuer(session->actor_kind)) || session_was_cut(session, &cut))
        return refuse(ctx);
    return true;
}

/* Login policies may have put other teams in place of those that were reported. */
static bool has_teams_of_policies(struct ctx *ctx, const struct session *session, bool *out)
{
    const struct json *verdict;
    *out = false;
    if (session->verdict.len <= TEXT("{}").len)
        return true;
    if (!json_parse(ctx->arena, session->verdict, NULL, &verdict, ctx->error))
        return false;
    *out = json_get_z(verdict, "teams") != NULL;
    return true;
}

/* Those of the key itself may change while a session lasts; what was reported at the login stays.
 */
static bool choose_groups(struct ctx *ctx, const struct session *session, const struct api_key *key,
                          struct text_list *out)
{
    bool fixed = key->oidc && key->oidc->mappings_count > 0;
    if (!fixed && !has_teams_of_policies(ctx, session, &fixed))
        return false;
    *out = fixed ? session->groups : key->teams;
    return true;
}

static bool read_key(struct ctx *ctx, const struct session *session, struct actor *out,
                     struct grant_subject *subject)
{
    struct api_key_row *row;
    if (!api_key_row_find(ctx, session->actor_id, &row))
        return false;
    if (!row || row->key.deleted)
        return refuse(ctx);
    out->id = row->key.id;
    out->name = row->key.name;
    out->username = api_key_username(ctx->arena, row->key.id);
    out->valid_until = earliest(session->expires_at, row->key.expires_at);
    subject->kind = SUBJECT_API_KEY;
    return choose_groups(ctx, session, &row->key, &out->groups);
}

static bool read_user(struct ctx *ctx, const struct session *session, struct actor *out,
                      struct grant_subject *subject)
{
    struct user *user;
    if (!user_get_any(ctx, session->actor_id, &user))
        return false;
    if (!user || user->status != USER_ACTIVE)
        return refuse(ctx);
    out->id = user->id;
    out->name = user_shown_name(user);
    out->username = user_actor_name(ctx->arena, user);
    out->groups = session->groups;
    out->valid_until = session->expires_at;
    subject->kind = SUBJECT_USER;
    subject->is_owner = user->is_owner;
    return true;
}

static bool read_run(struct ctx *ctx, const struct session *session, struct actor *out,
                     struct grant_subject *subject)
{
    struct run_actor run;
    bool found;
    if (!run_actor_find(ctx, session->actor_id, &run, &found))
        return false;
    if (!found)
        return refuse(ctx);
    out->id = session->actor_id;
    out->name = run.stack_id;
    out->username = run_username(ctx->arena, run.stack_id, session->actor_id);
    out->valid_until = session->expires_at;
    subject->kind = SUBJECT_STACK;
    subject->id = run.is_administrative ? TEXT("") : run.stack_id;
    subject->only_reads = run.is_proposed;
    return true;
}

static bool read_who(struct ctx *ctx, const struct session *session, struct actor *out,
                     struct grant_subject *subject)
{
    switch (session->actor_kind) {
    case ACTOR_API_KEY: return read_key(ctx, session, out, subject);
    case ACTOR_USER: return read_user(ctx, session, out, subject);
    case ACTOR_RUN: return read_run(ctx, session, out, subject);
    default: return refuse(ctx);
    }
}

bool actor_read(struct ctx *ctx, struct text session_id, struct text issuer, struct actor *out)
{
    struct session *session;
    if (!find_live(ctx, session_id, issuer, &session))
        return false;
    struct grant_subject subject = {.verdict = session->verdict};
    *out = (struct actor){
        .kind = session->actor_kind, .session_id = session->id, .claims = session->claims};
    if (!read_who(ctx, session, out, &subject))
        return false;
    if (out->kind != ACTOR_RUN)
        subject.id = out->id;
    subject.groups = out->groups;
    if (!grants_read(ctx, &subject, out))
        return false;
    /* A lease ends without a word to those who remember the actor. */
    if (out->kind == ACTOR_RUN)
        out->stale_at = ctx->now + CLOCK_SECOND;
    return (out->valid_until > ctx->now || refuse(ctx));
}
