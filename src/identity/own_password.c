/* From the password one has to the next. */
#include "identity/own_password.h"

#include "audit/audit.h"
#include "identity/attempt.h"
#include "identity/login.h"
#include "identity/session.h"
#include "identity/user_login.h"
#include "identity/user_store.h"
#include "kernel/password_work.h"

/* NULL without one to change. */
static bool find_own(struct ctx *ctx, struct user_row **out)
{
    *out = NULL;
    if (ctx->actor->kind != ACTOR_USER)
        return true;
    if (!user_row_find(ctx, ctx->actor->id, out))
        return false;
    if (*out && !(*out)->password_hash.at)
        *out = NULL;
    return true;
}

bool own_password_user(struct ctx *ctx, struct user **out)
{
    struct user_row *row;
    if (!find_own(ctx, &row))
        return false;
    *out = row ? &row->user : NULL;
    return true;
}

/* What can be said without any work. */
static struct text problem_of(struct ctx *ctx, const struct user_row *row, struct text current,
                              struct text password)
{
    if (!row)
        return TEXT("You have no password here: you come in through an identity provider.");
    if (text_equal_secret(current, password))
        return TEXT("The new password is the one you have.");
    return user_password_weakness(ctx->arena, password, &row->user);
}

static bool refuse_wrong(struct ctx *ctx, const struct user *user, struct text *problem)
{
    attempt_failed(ctx, user->username);
    *problem = TEXT("The current password is wrong.");
    return login_record_failure(ctx, SESSION_PASSWORD, user->id,
                                TEXT("the password is wrong, given to change it"));
}

static bool keep(struct ctx *ctx, struct user_row *row, struct text hash)
{
    struct change change;
    change_init(&change, ctx->arena);
    change_secret(&change.before, "password", row->password_hash);
    change_secret(&change.after, "password", hash);
    row->password_hash = hash;
    return user_row_update(ctx, row) &&
           session_revoke_others(ctx, ACTOR_USER, row->user.id, ctx->actor->session_id) &&
           access_changed(ctx) &&
           audit_record(ctx, &(struct audit_event){.action = "user.change_password",
                                                   .resource_type = "USER",
                                                   .resource_id = row->user.id,
                                                   .change = &change});
}

bool own_password_change(struct ctx *ctx, struct text current, struct text password,
                         struct text *problem)
{
    struct user_row *row;
    bool matches;
    struct text hash;
    if (!find_own(ctx, &row) || (row && !user_login_check_attempts(ctx, row->user.username)))
        return false;
    *problem = problem_of(ctx, row, current, password);
    if (problem->len)
        return true;
    if (!password_work_matches(ctx, current, row->password_hash, &matches))
        return false;
    if (!matches)
        return refuse_wrong(ctx, &row->user, problem);
    return password_work_hash(ctx, password, &hash) && keep(ctx, row, hash);
}
