/* From HTTP to the engine and back. */
#include "doors/spacelift/spacelift_door.h"

#include "access/action.h"
#include "base/log.h"
#include "doors/spacelift/spacelift_request.h"
#include "identity/token.h"
#include "spacelift_schema.h"

enum { RESPONSE_MAX_BYTES = 32 << 20 };

static const struct text media_type = TEXT_INIT("application/json");

const struct graphql_schema *spacelift_door_schema(void)
{
    return &spacelift_schema;
}

static void answer_error(struct http_request *request, unsigned status, const struct error *error)
{
    struct buffer body;
    buffer_init(&body, request->arena, 8 * ERROR_MESSAGE_SIZE);
    graphql_write_error(&body, error);
    if (body.failed)
        request_unit_refuse(request);
    else
        http_respond(request, status, media_type, buffer_text(&body));
}

/* Whoever is known may look; lists then show what they can see. Anything else needs the action
 * somewhere, and the noun decides where. */
static bool holds_action(const struct actor *actor, enum action action)
{
    if (action == ACTION_SPACE_READ)
        return true;
    for (size_t i = 0; i < actor->grant_count; i++) {
        if (action_set_allows(&actor->grants[i].actions, action))
            return true;
    }
    return false;
}

static bool authorize(struct graphql_call *call)
{
    struct spacelift_request *request = call->context;
    const struct actor *actor = request->unit.ctx.actor;
    const struct graphql_access *access = &call->field->access;
    enum action action;
    if (access->kind == GRAPHQL_ACCESS_PUBLIC)
        return true;
    if (actor->kind == ACTOR_ANONYMOUS) {
        request->needs_token = true;
        return error_set(call->error, ERR_UNAUTHENTICATED, "unauthorized: this needs a token");
    }
    if (action_parse(access->action, &action) && holds_action(actor, action))
        return true;
    return error_set(call->error, ERR_DENIED, "unauthorized: %.*s is not granted to %.*s",
                     TEXT_ARG(access->action), TEXT_ARG(actor->username));
}

static bool begin_field(struct graphql_call *call)
{
    struct spacelift_request *request = call->context;
    return db_block_begin(request->unit.ctx.session, &request->block, call->error);
}

static bool end_field(struct graphql_call *call, bool succeeded)
{
    struct spacelift_request *request = call->context;
    return db_block_end(request->unit.ctx.session, &request->block, succeeded, call->error);
}

/* Clients look for the word in the body of a 401 and then offer to log in again. Always false. */
static bool say_unauthorized(struct error *error)
{
    const struct error cause = *error;
    error_clear(error);
    return error_set(error, cause.kind, "unauthorized: %s", cause.message);
}

static bool authenticate(struct ctx *ctx, struct http_request *request, const struct actor **out)
{
    struct text header = http_header_get(request, TEXT("Authorization"));
    struct text bearer = http_authorization_get(request, TEXT("Bearer"));
    if (header.len && bearer.len == 0)
        return fail(ctx, ERR_UNAUTHENTICATED, "unauthorized: expected a bearer token");
    if (token_authenticate(ctx, bearer, out))
        return true;
    return ctx->error->kind == ERR_UNAUTHENTICATED && say_unauthorized(ctx->error);
}

static bool work(struct ctx *ctx, struct request_unit *unit)
{
    struct spacelift_request *request = (struct spacelift_request *)unit;
    const struct graphql_run run = {
        .context = request, .authorize = authorize, .begin = begin_field, .end = end_field};
    request->needs_token = false;
    buffer_init(&request->response, ctx->arena, RESPONSE_MAX_BYTES);
    struct error *unit_error = ctx->error;
    bool written = graphql_run(request->operation, &run, &request->response, unit_error);
    ctx->error = unit_error;
    return written;
}

/* Without a token there is no GraphQL answer for clients: they look at the status. */
static void answer(struct request_unit *unit, const struct error *error)
{
    struct spacelift_request *request = (struct spacelift_request *)unit;
    if (error)
        answer_error(unit->request, (unsigned)error_http_status(error->kind), error);
    else
        http_respond(unit->request,
                     request->needs_token
                         ? 401
                         : graphql_http_status(&request->exchange, request->operation),
                     graphql_http_media_type(&request->exchange), buffer_text(&request->response));
}

/* The body's size is bounded by the server, per route. */
static struct graphql_http_options http_options(void)
{
    struct graphql_http_options options = graphql_http_default_options;
    options.limits.max_bytes = SIZE_MAX;
    return options;
}

static bool read_request(struct spacelift_request *own, struct spacelift_door *door,
                         struct error *error)
{
    struct http_request *request = own->unit.request;
    const struct graphql_http_options options = http_options();
    const struct graphql_http_input input = {.method = request->method,
                                             .content_type =
                                                 http_header_get(request, TEXT("Content-Type")),
                                             .accept = http_header_get(request, TEXT("Accept")),
                                             .query_string = request->query,
                                             .body = request->body};
    if (!graphql_http_read(request->arena, &input, &options, &own->exchange, error))
        return false;
    if (graphql_prepare(door->engine, request->arena, own->exchange.requests, &own->operation,
                        error))
        return graphql_http_permits(&own->exchange, own->operation, error);
    own->exchange.status = (unsigned)error_http_status(error->kind);
    return false;
}

void spacelift_door_handle(struct http_request *request, void *data)
{
    struct spacelift_door *door = data;
    struct error error = {0};
    struct spacelift_request *own = ARENA_NEW(request->arena, struct spacelift_request);
    if (!own) {
        request_unit_refuse(request);
        return;
    }
    own->unit.request = request;
    if (!read_request(own, door, &error)) {
        if (own->exchange.status == 405)
            http_response_header(request, TEXT("Allow"), TEXT("POST"));
        answer_error(request, own->exchange.status, &error);
        return;
    }
    own->unit.authenticate = authenticate;
    own->unit.work = work;
    own->unit.answer = answer;
    bool writes = graphql_operation_is_valid(own->operation) &&
                  graphql_operation_kind(own->operation) == GRAPHQL_MUTATION;
    request_unit_start(&own->unit, door->account, request, writes ? DB_WRITE : DB_READ);
}
