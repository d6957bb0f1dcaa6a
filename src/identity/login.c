/* Policies, session, use and record of a login. */
#include "identity/login.h"

#include "access/grant.h"
#include "audit/audit.h"
#include "base/json.h"
#include "identity/usage.h"
#include "policy/login_policy.h"

/* Policies are not asked about owners and administrative keys, so that nobody can be locked out by
 * one. */
static bool read_admin(struct ctx *ctx, const struct login *login, bool *out)
{
    struct grant_subject subject = {.kind = SUBJECT_API_KEY, .id = login->actor_id};
    *out = login->is_owner;
    return login->kind != ACTOR_API_KEY || grants_administer(ctx, &subject, out);
}

/* For rehearsals of policies that do not decide yet. */
static bool record(struct ctx *ctx, const struct login *login, struct login_attempt *attempt)
{
    return read_admin(ctx, login, &attempt->admin) &&
           (attempt->admin || login_policy_record(ctx, attempt));
}

static bool decide(struct ctx *ctx, const struct login *login, struct login_verdict *out)
{
    enum strategy strategy;
    struct login_attempt attempt = {.kind = login->kind,
                                    .actor_id = login->actor_id,
                                    .login = login->login,
                                    .name = login->name,
                                    .member = true,
                                    .machine = login->kind == ACTOR_API_KEY,
                                    .teams = login->groups,
                                    .creator_ip = ctx->address};
    *out = (struct login_verdict){.allowed = true, .teams = login->groups, .json = TEXT("{}")};
    if (!strategy_get(ctx, &strategy))
        return false;
    /* What is asked for policies alone is not paid for without them. */
    if (strategy == STRATEGY_USER_MANAGEMENT)
        return !login_policy_take_turn(ctx, &attempt) || record(ctx, login, &attempt);
    return read_admin(ctx, login, &attempt.admin) &&
           login_policy_decide(ctx, strategy, &attempt, out);
}

bool login_record_failure(struct ctx *ctx, enum session_method method, struct text actor_id,
                          struct text reason)
{
    struct json_printer printer;
    struct json_writer *writer = json_print_begin(&printer, ctx->arena);
    json_begin_object(writer);
    json_member_string(writer, "method", text_z(session_method_name(method)));
    json_member_string(writer, "reason", reason);
    json_end_object(writer);
    return audit_record(ctx, &(struct audit_event){.action = "login.failure",
                                                   .resource_type = "LOGIN",
                                                   .resource_id = actor_id,
                                                   .body = json_print_end(&printer)});
}

static bool start(struct ctx *ctx, const struct login *login, const struct login_verdict *verdict,
                  struct token **out)
{
    struct token *token = ARENA_NEW(ctx->arena, struct token);
    if (!token)
        return fail_no_memory(ctx);
    struct session session = {.actor_kind = login->kind,
                              .actor_id = login->actor_id,
                              .method = login->method,
                              .groups = verdict->teams,
                              .claims = login->claims,
                              .verdict = verdict->json,
                              .user_agent = login->user_agent,
                              .expires_at = login->expires_at};
    *token = (struct token){.id = login->actor_id,
                            .login = login->login,
                            .type = login->kind == ACTOR_API_KEY ? TEXT("API_KEY") : TEXT("USER")};
    if (!session_start(ctx, &session, session_issuer(login->kind), ctx->actor->username,
                       &token->jwt))
        return false;
    token->valid_until = session.expires_at;
    *out = token;
    return true;
}

bool login_complete(struct ctx *ctx, const struct login *login, struct token **out)
{
    struct login_verdict verdict;
    struct actor actor = {.kind = login->kind,
                          .id = login->actor_id,
                          .name = login->name,
                          .username = login->username,
                          .claims = login->claims};
    struct ctx as_actor = *ctx;
    as_actor.actor = &actor;
    *out = NULL;
    if (!decide(&as_actor, login, &verdict))
        return false;
    if (!verdict.allowed)
        return login_record_failure(&as_actor, login->method, login->actor_id, verdict.reason);
    return start(&as_actor, login, &verdict, out) && usage_note(&as_actor, login->last_used_at) &&
           audit_record(&as_actor, &(struct audit_event){.action = "login.success",
                                                         .resource_type = "LOGIN",
                                                         .resource_id = login->actor_id});
}
