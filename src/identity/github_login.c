/* From GitHub's word to a session. */
#include "identity/github_login.h"

#include "base/json.h"
#include "identity/attempt.h"
#include "identity/github.h"
#include "identity/login.h"

/* What all attempts of this kind count against, besides their address. */
static const struct text attempts = TEXT_INIT("github");

static struct text print_claims(struct ctx *ctx, const struct github_person *person)
{
    struct json_printer printer;
    struct json_writer *writer = json_print_begin(&printer, ctx->arena);
    json_begin_object(writer);
    json_member_string(writer, "sub", person->subject);
    json_member_string(writer, "login", person->login);
    json_member_string(writer, "organization", ctx->account->settings->github_organization);
    json_end_object(writer);
    return json_print_end(&printer);
}

/* GitHub's no becomes ours; that it could not be asked stays an error. */
static bool refuse(struct ctx *ctx, const struct github_person *person, struct user_login *out)
{
    if (ctx->error->kind != ERR_UNAUTHENTICATED)
        return false;
    struct text problem = text_copy(ctx->arena, text_z(ctx->error->message));
    error_clear(ctx->error);
    attempt_failed(ctx, attempts);
    *out = (struct user_login){.problem = problem};
    return login_record_failure(ctx, SESSION_GITHUB, TEXT(""), problem) &&
           (!person->is_outsider || user_lose_ownership(ctx, person->subject));
}

static bool come_in(struct ctx *ctx, const struct github_person *person, struct user_login *out)
{
    const struct provider_person known = {
        .method = SESSION_GITHUB,
        .lifetime = ctx->account->settings->github_token_lifetime,
        .subject = person->subject,
        .username = person->login,
        .name = person->name,
        .groups = person->teams,
        .claims = print_claims(ctx, person),
        .is_administrator = person->is_administrator,
    };
    if (!user_login_by_provider(ctx, &known, TEXT(""), out))
        return false;
    if (!out->token)
        out->problem = text_format(ctx->arena, "unauthorized: %.*s", TEXT_ARG(out->problem));
    return true;
}

bool github_login(struct ctx *ctx, struct text token, struct user_login *out)
{
    struct github_person person;
    int64_t wait = attempt_wait(ctx, attempts);
    if (wait > 0)
        return fail(ctx, ERR_LIMIT, "too many failed attempts; try again in %" PRId64 " seconds",
                    wait);
    if (!github_person_read(ctx, token, &person))
        return refuse(ctx, &person, out);
    return come_in(ctx, &person, out);
}
