/* Rules of seeing and ending sessions. */
#include "identity/session_admin.h"

#include "access/decision.h"
#include "audit/audit.h"
#include "identity/session_store.h"

/* Whether the actor sees the sessions of all, and why. */
static bool decide(struct ctx *ctx, struct decision *out)
{
    return access_require_actor(ctx) && access_decide(ctx, ACTION_SPACE_ADMIN, root_space, out);
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
        if (!session_was_cut(&items[i], &cut))
            items[kept++] = items[i];
    }
    sessions->len = kept;
    return true;
}

bool session_list(struct ctx *ctx, struct list *out)
{
    struct decision all;
    if (!decide(ctx, &all))
        return false;
    struct text whose = all.allowed ? TEXT("") : ctx->actor->id;
    return session_row_list(ctx, whose, SESSIONS_LISTED_MAX, out) && drop_cut(ctx, out);
}

bool session_list_own(struct ctx *ctx, struct list *out)
{
    return session_row_list(ctx, ctx->actor->id, SESSIONS_LISTED_MAX, out) && drop_cut(ctx, out);
}

/* NULL when it has ended, or is not to be seen. */
static bool find(struct ctx *ctx, struct text id, const struct decision *all, struct session **out)
{
    struct session *session;
    struct session_cut cut;
    *out = NULL;
    if (!session_row_find_named(ctx, id, &session) || !session_cut_get(ctx, &cut))
        return false;
    if (session && session_is_alive(session, ctx->now) && !session_was_cut(session, &cut) &&
        (all->allowed || is_own(ctx, session)))
        *out = session;
    return true;
}

bool session_get(struct ctx *ctx, struct text id, struct session **out)
{
    struct decision all;
    return decide(ctx, &all) && find(ctx, id, &all, out);
}

/* one: any session of whom it is about, which says what kind of actor that is; NULL when there was
 * none. decision: NULL for one's own. */
static bool record(struct ctx *ctx, const char *action, struct text id, struct text actor_id,
                   const struct session *one, const struct decision *decision)
{
    return audit_record(
        ctx,
        &(struct audit_event){.action = action,
                              .resource_type = "SESSION",
                              .resource_id = id,
                              .related_type = one ? session_actor_kind_name(one->actor_kind) : NULL,
                              .related_id = actor_id,
                              .decision = decision});
}

bool session_end(struct ctx *ctx, struct text id, struct session **out)
{
    struct decision all;
    if (!decide(ctx, &all) || !find(ctx, id, &all, out))
        return false;
    const struct session *session = *out;
    if (!session)
        return true;
    return session_row_revoke(ctx, id) && access_changed(ctx) &&
           record(ctx, "session.delete", id, session->actor_id, session,
                  is_own(ctx, session) ? NULL : &all);
}

bool session_end_all(struct ctx *ctx, struct text actor_id, int64_t *count)
{
    struct decision decision = {.allowed = false};
    struct list newest;
    struct text whose = actor_id.len ? actor_id : ctx->actor->id;
    bool own = text_equal(whose, ctx->actor->id);
    if (!access_require_actor(ctx) || (!own && !access_require_administrator(ctx, &decision)))
        return false;
    return session_row_list(ctx, whose, 1, &newest) && session_row_revoke_of(ctx, whose, count) &&
           access_changed(ctx) &&
           record(ctx, "session.delete_all", TEXT(""), whose, list_at(&newest, 0),
                  own ? NULL : &decision);
}

bool session_end_own(struct ctx *ctx, struct session **out)
{
    if (ctx->actor->session_id.len == 0)
        return fail(ctx, ERR_INVALID, "there is no session to end");
    return session_end(ctx, ctx->actor->session_id, out);
}
