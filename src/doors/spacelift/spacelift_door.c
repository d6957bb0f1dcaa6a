/* From HTTP to the engine and back. */
#include "doors/spacelift/spacelift_door.h"

#include "audit/denial.h"
#include "doors/request_unit.h"
#include "doors/spacelift/run_stream.h"
#include "doors/spacelift/spacelift_request.h"

enum { RESPONSE_MAX_BYTES = 32 << 20 };

/* One HTTP request with one operation, or a batch of them. */
struct exchange {
    struct request_unit unit; /* first: the two are one pointer */
    const struct spacelift_door *door;
    struct graphql_http_exchange http;
    struct graphql_operation **operations;
    struct spacelift_request request;
    struct buffer response;
    int64_t cost; /* of all operations */
    int64_t remaining;
    bool is_paid;     /* a second try of the unit costs nothing */
    bool is_recorded; /* what was refused is on record */
};

void spacelift_answer_error(struct http_request *http, unsigned status, struct text media_type,
                            const struct error *error)
{
    struct buffer body;
    buffer_init(&body, http->arena, 8 * ERROR_MESSAGE_SIZE);
    graphql_write_error(&body, error);
    if (body.failed)
        request_unit_refuse(http);
    else
        http_respond(http, status, media_type, buffer_text(&body));
}

static void refuse(struct http_request *http, const struct graphql_http_exchange *exchange,
                   unsigned status, const struct error *error)
{
    spacelift_answer_error(http, status, graphql_http_media_type(exchange), error);
}

struct graphql_engine *spacelift_door_engine(const struct spacelift_door *door,
                                             const struct http_request *http)
{
    bool has_token = http_header_get(http, TEXT("Authorization")).len > 0;
    return has_token ? door->engine : door->public_engine;
}

bool spacelift_door_spend(const struct spacelift_door *door, struct ctx *ctx, int64_t cost,
                          int64_t *remaining)
{
    int64_t per_minute = cost_budget_per_minute(door->budget);
    if (cost_budget_spend(door->budget, ctx->actor->id, cost, ctx->now, remaining))
        return true;
    return fail(ctx, ERR_LIMIT,
                "This costs %" PRId64 "; %" PRId64 " is left of %" PRId64
                " a minute. Try again in %" PRId64 " seconds.",
                cost, *remaining, per_minute, cost_budget_wait(door->budget, cost, *remaining));
}

/* Behind the last member of a response; the client asks for it with a header. */
static void write_cost(const struct exchange *exchange, uint64_t cost, struct buffer *out)
{
    struct text asked = http_header_get(exchange->unit.request, TEXT("GraphQL-Cost"));
    int64_t per_minute = cost_budget_per_minute(exchange->door->budget);
    if (asked.len == 0 || out->failed)
        return;
    buffer_truncate(out, out->len - 1);
    buffer_add_format(out, ",\"extensions\":{\"cost\":{\"requested\":%" PRIu64, cost);
    if (per_minute > 0)
        buffer_add_format(out, ",\"remaining\":%" PRId64 ",\"perMinute\":%" PRId64,
                          exchange->remaining, per_minute);
    buffer_add(out, TEXT("}}}"));
}

static bool run_operation(struct exchange *exchange, struct graphql_operation *operation)
{
    if (!spacelift_request_run(&exchange->request, operation, &exchange->response))
        return false;
    write_cost(exchange, graphql_operation_cost(operation), &exchange->response);
    return !exchange->response.failed || fail_no_memory(&exchange->request.ctx);
}

static bool run_batch(struct exchange *exchange)
{
    buffer_add_byte(&exchange->response, '[');
    for (uint32_t i = 0; i < exchange->http.count; i++) {
        if (i > 0)
            buffer_add_byte(&exchange->response, ',');
        if (!run_operation(exchange, exchange->operations[i]))
            return false;
    }
    buffer_add_byte(&exchange->response, ']');
    return !exchange->response.failed || fail_no_memory(&exchange->request.ctx);
}

static bool work(struct ctx *ctx, struct request_unit *unit)
{
    struct exchange *exchange = (struct exchange *)unit;
    spacelift_request_init(&exchange->request, unit->request, ctx);
    buffer_init(&exchange->response, ctx->arena, RESPONSE_MAX_BYTES);
    if (!exchange->is_paid &&
        !spacelift_door_spend(exchange->door, ctx, exchange->cost, &exchange->remaining))
        return false;
    exchange->is_paid = true;
    return exchange->http.is_batch ? run_batch(exchange)
                                   : run_operation(exchange, exchange->operations[0]);
}

static void answer_failure(struct exchange *exchange, const struct error *error)
{
    struct http_request *http = exchange->unit.request;
    if (error->kind == ERR_LIMIT) {
        int64_t seconds =
            cost_budget_wait(exchange->door->budget, exchange->cost, exchange->remaining);
        http_response_header(http, TEXT("Retry-After"),
                             text_format(http->arena, "%" PRId64, seconds));
    }
    refuse(http, &exchange->http, (unsigned)error_http_status(error->kind), error);
}

/* What a query was refused, in a unit of its own. */
static bool record_refusals(struct ctx *ctx, struct request_unit *unit)
{
    struct exchange *exchange = (struct exchange *)unit;
    return refusals_record(&exchange->request.refusals, ctx);
}

static void answer(struct request_unit *unit, const struct error *error)
{
    struct exchange *exchange = (struct exchange *)unit;
    bool has_refusals = !error && exchange->request.refusals.denials.len > 0;
    if (has_refusals && !exchange->is_recorded) {
        exchange->is_recorded = true;
        request_unit_follow(unit, DB_WRITE, record_refusals);
        return;
    }
    if (exchange->request.needs_token || (error && error->kind == ERR_UNAUTHENTICATED))
        denials_count_anonymous(unit->account->denials);
    if (error) {
        answer_failure(exchange, error);
        return;
    }
    unsigned status = graphql_http_status(&exchange->http, exchange->operations[0]);
    http_respond(unit->request, exchange->request.needs_token ? 401 : status,
                 graphql_http_media_type(&exchange->http), buffer_text(&exchange->response));
}

/* A link, an image or a form of another site sends neither header, and its scripts may not without
 * the browser asking us first. */
static bool is_deliberate(const struct http_request *http)
{
    return http_header_get(http, TEXT("Authorization")).len > 0 ||
           text_equal(http->body_type, TEXT("application/json"));
}

bool spacelift_door_read(const struct spacelift_door *door, struct http_request *http,
                         struct text accept, struct graphql_http_exchange *out)
{
    struct error error = {0};
    const struct graphql_http_input input = {
        .method = http->method,
        .content_type = http_header_get(http, TEXT("Content-Type")),
        .accept = accept,
        .query_string = http->query,
        .body = http->body,
    };
    if (!graphql_http_read(http->arena, &input, &door->http, out, &error)) {
        if (out->status == 405)
            http_response_header(http, TEXT("Allow"), graphql_http_allow(&door->http));
        refuse(http, out, out->status, &error);
        return false;
    }
    if (!out->is_get || is_deliberate(http))
        return true;
    error_set(&error, ERR_INVALID,
              "A GET needs an Authorization header, or Content-Type: application/json.");
    refuse(http, out, 400, &error);
    return false;
}

/* Streams are at an address of their own. */
static bool permits(struct exchange *exchange, const struct graphql_operation *operation,
                    struct error *error)
{
    if (!graphql_http_permits(&exchange->http, operation, error))
        return false;
    if (!graphql_operation_is_valid(operation) ||
        graphql_operation_kind(operation) != GRAPHQL_SUBSCRIPTION)
        return true;
    exchange->http.status = 400;
    return error_set(error, ERR_INVALID, "Subscriptions are answered at /graphql/stream.");
}

/* False with the status in exchange->http and the error set. */
static bool prepare(struct exchange *exchange, struct http_request *http, struct error *error)
{
    struct graphql_engine *engine = spacelift_door_engine(exchange->door, http);
    uint32_t count = exchange->http.count;
    exchange->operations = ARENA_ARRAY(http->arena, struct graphql_operation *, count);
    exchange->http.status = (unsigned)error_http_status(ERR_NO_MEMORY);
    if (!exchange->operations)
        return error_set_no_memory(error);
    for (uint32_t i = 0; i < count; i++) {
        if (!graphql_prepare(engine, http->arena, &exchange->http.requests[i],
                             &exchange->operations[i], error) ||
            !permits(exchange, exchange->operations[i], error))
            return false;
        exchange->cost += (int64_t)graphql_operation_cost(exchange->operations[i]) + 1;
    }
    return true;
}

static bool writes(const struct exchange *exchange)
{
    for (uint32_t i = 0; i < exchange->http.count; i++) {
        const struct graphql_operation *operation = exchange->operations[i];
        if (graphql_operation_is_valid(operation) &&
            graphql_operation_kind(operation) == GRAPHQL_MUTATION)
            return true;
    }
    return false;
}

static void handle(struct http_request *http, void *data)
{
    struct error error = {0};
    struct exchange *exchange = ARENA_NEW(http->arena, struct exchange);
    if (!exchange) {
        request_unit_refuse(http);
        return;
    }
    exchange->door = data;
    struct text accept = http_header_get(http, TEXT("Accept"));
    if (!spacelift_door_read(exchange->door, http, accept, &exchange->http))
        return;
    if (!prepare(exchange, http, &error)) {
        if (exchange->http.status == 405)
            http_response_header(http, TEXT("Allow"), TEXT("POST"));
        refuse(http, &exchange->http, exchange->http.status, &error);
        return;
    }
    exchange->unit.authenticate = spacelift_authenticate;
    exchange->unit.work = work;
    exchange->unit.answer = answer;
    request_unit_start(&exchange->unit, exchange->door->account, http,
                       writes(exchange) ? DB_WRITE : DB_READ);
}

/* No other site may ask, so there is nothing to grant. */
static void handle_options(struct http_request *http, void *data)
{
    const struct spacelift_door *door = data;
    http_response_header(http, TEXT("Allow"), graphql_http_allow(&door->http));
    http_respond(http, 204, TEXT(""), TEXT(""));
}

const struct http_route spacelift_routes[] = {
    {"GET", "/graphql", handle, 0, NULL},
    {"POST", "/graphql", handle, 0, NULL},
    {"OPTIONS", "/graphql", handle_options, 0, NULL},
    {"GET", "/graphql/stream", run_stream_handle, 0, NULL},
    {"POST", "/graphql/stream", run_stream_handle, 0, NULL},
    /* Some scripts set the endpoint to the whole URL, and their clients add the path again. */
    {"POST", "/graphql/graphql", handle, 0, NULL},
};
const size_t spacelift_route_count = ARRAY_LENGTH(spacelift_routes);
