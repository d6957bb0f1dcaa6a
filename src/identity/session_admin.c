/* Rules of seeing and ending sessions. */
#include "identity/session_admin.h"

#include "access/decision.h"
#include "access/session_cut.h"
#include "audit/audit.h"
#include "identity/session_store.h"

static bool sees_all(struct ctx *ctx, bool *out)
{
    struct decision decision;
    if (!access_decide(ctx, ACTION_SPACE_ADMIN, TEXT("root"), &decision))
        return false;
    *out = decision.allowed;
    return true;
}

static bool is_own(const struct ctx *ctx, const struct session *session)
{
    return session->actor_kind == ctx->actor->kind && text_equal(session->actor_id, ctx->actor->id);
}

/* Leaves those that the newest cut has ended out. */
static bool drop_cut(struct ctx *ctx, struct list *sessions)
{
    struct session_cut cut;
    struct session *items = sessions->items;
    size_t kept = 0;
    if (!session_cut_get(ctx, &cut))
        return false;
    for (size_t i = 0; i < sessions->len; i++) {
        if (!session_cut_applies(&cut, items[i].id, items[i].created_at))
            items[kept++] = items[i];
    }
    sessions->len = kept;
    return true;
}

bool session_list(struct ctx *ctx, struct list *out)
{
    bool all;
    if (!access_require_actor(ctx) || !sees_all(ctx, &all))
        return false;
    struct text whose = all ? TEXT("") : ctx->actor->id;
    return session_row_list(ctx, whose, SESSIONS_LISTED_MAX, out) && drop_cut(ctx, out);
}

bool session_list_own(struct ctx *ctx, struct list *out)
{
    return session_row_list(ctx, ctx->actor->id, SESSIONS_LISTED_MAX, out) && drop_cut(ctx, out);
}

bool session_get(struct ctx *ctx, struct text id, struct session **out)
{
    bool all;
    struct session *session;
    struct session_cut cut;
    *out = NULL;
    if (!access_require_actor(ctx) || !sees_all(ctx, &all) ||
        !session_row_find_named(ctx, id, &session) || !session_cut_get(ctx, &cut))
        return false;
    if (session && session_is_alive(session, ctx->now) && (all || is_own(ctx, session)) &&
        !session_cut_applies(&cut, session->id, session->created_at))
        *out = session;
    return true;
}

static bool record(struct ctx *ctx, const char *action, struct text id, struct text actor_id)
{
    return access_changed(ctx) &&
           audit_record(ctx, &(struct audit_event){.action = action,
                                                   .resource_type = "SESSION",
                                                   .resource_id = id,
                                                   .related_type = "USER",
                                                   .related_id = actor_id});
}

bool session_end(struct ctx *ctx, struct text id, struct session **out)
{
    if (!session_get(ctx, id, out))
        return false;
    if (!*out)
        return true;
    return session_row_revoke(ctx, id) && record(ctx, "session.delete", id, (*out)->actor_id);
}

bool session_end_all(struct ctx *ctx, struct text actor_id, int64_t *count)
{
    struct text whose = actor_id.len ? actor_id : ctx->actor->id;
    if (!access_require_actor(ctx))
        return false;
    if (!text_equal(whose, ctx->actor->id) &&
        !access_require(ctx, ACTION_SPACE_ADMIN, TEXT("root"), NULL))
        return false;
    return session_row_revoke_of(ctx, whose, count) &&
           record(ctx, "session.delete_all", TEXT(""), whose);
}

bool session_end_own(struct ctx *ctx, struct session **out)
{
    if (ctx->actor->session_id.len == 0)
        return fail(ctx, ERR_INVALID, "there is no session to end");
    return session_end(ctx, ctx->actor->session_id, out);
}
