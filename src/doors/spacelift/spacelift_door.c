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

/* GraphQL's own errors travel with status 200: clients ignore the body of any other. */
static void answer(struct request_unit *unit, const struct error *error)
{
    struct spacelift_request *request = (struct spacelift_request *)unit;
    if (error)
        answer_error(unit->request, (unsigned)error_http_status(error->kind), error);
    else
        http_respond(unit->request, request->needs_token ? 401 : 200, media_type,
                     buffer_text(&request->response));
}

static bool read_body(struct http_request *request, struct graphql_request *out,
                      struct error *error)
{
    struct json_limits limits = json_default_limits;
    const struct json *body;
    limits.max_bytes = SIZE_MAX;
    if (!json_parse(request->arena, request->body, &limits, &body, error))
        return false;
    const struct json *query = json_get_z(body, "query");
    const struct json *variables = json_get_z(body, "variables");
    if (!json_is(body, JSON_OBJECT) || !json_is(query, JSON_STRING))
        return error_set(error, ERR_INVALID, "the body must be a JSON object with a \"query\"");
    if (variables && !json_is(variables, JSON_OBJECT) && !json_is(variables, JSON_NULL))
        return error_set(error, ERR_INVALID, "\"variables\" must be an object");
    *out = (struct graphql_request){
        .query = query->text,
        .operation_name = json_text_or(json_get_z(body, "operationName"), (struct text){NULL, 0}),
        .variables = variables};
    return true;
}

/* Clients label JSON in several ways, but a form or plain text could come from any web page. */
static bool check_media_type(struct http_request *request)
{
    static const struct text accepted[] = {TEXT_INIT("application/json"),
                                           TEXT_INIT("application/graphql-response+json")};
    struct error error = {0};
    for (size_t i = 0; i < ARRAY_LENGTH(accepted); i++) {
        if (text_equal(request->body_type, accepted[i]))
            return true;
    }
    error_set(&error, ERR_INVALID, "the body must be application/json");
    answer_error(request, 415, &error);
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
    if (!check_media_type(request))
        return;
    if (!read_body(request, &own->graphql, &error) ||
        !graphql_prepare(door->engine, request->arena, &own->graphql, &own->operation, &error)) {
        answer_error(request, (unsigned)error_http_status(error.kind), &error);
        return;
    }
    own->unit.authenticate = authenticate;
    own->unit.work = work;
    own->unit.answer = answer;
    bool writes = graphql_operation_is_valid(own->operation) &&
                  graphql_operation_kind(own->operation) == GRAPHQL_MUTATION;
    request_unit_start(&own->unit, door->account, request, writes ? DB_WRITE : DB_READ);
}
