/* Rights and transactions of an operation's fields. */
#include "doors/spacelift/spacelift_request.h"

#include "access/decision.h"
#include "identity/token.h"

#include <string.h>

/* Whoever is known may look; lists then show what they can see. Anything else needs the action
 * somewhere, and the noun decides where. */
static bool holds_action(const struct actor *actor, enum action action)
{
    return action == ACTION_SPACE_READ || access_holds_anywhere(actor, action);
}

static bool authorize(struct graphql_call *call)
{
    struct spacelift_request *request = call->context;
    const struct actor *actor = request->ctx.actor;
    const struct graphql_access *access = &call->field->access;
    enum action action;
    refusals_enter(&request->refusals, &request->ctx, call);
    if (access->kind == GRAPHQL_ACCESS_PUBLIC)
        return true;
    if (actor->kind == ACTOR_ANONYMOUS) {
        request->needs_token = true;
        return error_set(call->error, ERR_UNAUTHENTICATED, "unauthorized: this needs a token");
    }
    if (action_parse(access->action, &action) && holds_action(actor, action))
        return true;
    refusals_note_action(&request->refusals, &request->ctx, access->action);
    return error_set(call->error, ERR_DENIED, "unauthorized: %.*s is not granted to %.*s",
                     TEXT_ARG(access->action), TEXT_ARG(actor->username));
}

static bool begin_field(struct graphql_call *call)
{
    struct spacelift_request *request = call->context;
    request->ctx.mutation = call->field->name;
    return db_block_begin(request->ctx.session, &request->block, call->error);
}

/* Writes what was refused, whatever became of the field: its own error stays as it is. */
static void record_refusals(struct spacelift_request *request, struct error *error)
{
    struct ctx *ctx = &request->ctx;
    refusals_note_denied(&request->refusals, ctx);
    ctx->error = error;
    if (!refusals_record(&request->refusals, ctx))
        request->is_unrecorded = true;
    refusals_forget(&request->refusals);
}

static bool end_field(struct graphql_call *call, bool succeeded)
{
    struct spacelift_request *request = call->context;
    struct error error = {0};
    bool kept = db_block_end(request->ctx.session, &request->block, succeeded, call->error);
    record_refusals(request, &error);
    return kept;
}

/* Clients look for the word to tell a bad token from other failures. */
static bool say_unauthorized(struct error *error)
{
    struct error cause = *error;
    if (cause.kind != ERR_UNAUTHENTICATED || strstr(cause.message, "unauthorized"))
        return false;
    error_clear(error);
    return error_set(error, ERR_UNAUTHENTICATED, "unauthorized: %s", cause.message);
}

bool spacelift_authenticate(struct ctx *ctx, struct http_request *http, const struct actor **out)
{
    struct text header = http_header_get(http, TEXT("Authorization"));
    struct text bearer = http_authorization_get(http, TEXT("Bearer"));
    if (header.len && bearer.len == 0)
        return fail(ctx, ERR_UNAUTHENTICATED, "unauthorized: expected a bearer token");
    return token_authenticate(ctx, bearer, out) || say_unauthorized(ctx->error);
}

void spacelift_request_init(struct spacelift_request *request, struct http_request *http,
                            const struct ctx *ctx)
{
    *request = (struct spacelift_request){.http = http, .ctx = *ctx};
    refusals_init(&request->refusals, ctx->arena);
}

bool spacelift_request_run(struct spacelift_request *request, struct graphql_operation *operation,
                           struct buffer *out)
{
    const struct graphql_run run = {
        .context = request, .authorize = authorize, .begin = begin_field, .end = end_field};
    struct error *unit_error = request->ctx.error;
    bool written = graphql_run(operation, &run, out, unit_error);
    request->ctx.error = unit_error;
    request->ctx.mutation = TEXT("");
    refusals_note_denied(&request->refusals, &request->ctx);
    if (written && db_session_mode(request->ctx.session) == DB_WRITE)
        record_refusals(request, unit_error);
    if (request->is_unrecorded)
        return fail(&request->ctx, ERR_UNAVAILABLE, "a refusal could not be put on record");
    return written;
}
