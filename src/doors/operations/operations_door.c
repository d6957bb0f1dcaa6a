/* Health, readiness and keys; metrics are in metrics.c. */
#include "doors/operations/operations_door.h"

#include "doors/json_answer.h"
#include "doors/operations/metrics.h"
#include "doors/request_unit.h"
#include "identity/signing_keys.h"

static void health(struct http_request *request, void *data)
{
    UNUSED(data);
    http_respond(request, 200, TEXT("text/plain; charset=utf-8"), TEXT("ok\n"));
}

static bool touch_database(struct ctx *ctx, struct request_unit *unit)
{
    UNUSED(unit);
    return ctx_ping(ctx);
}

static void answer_ready(struct request_unit *unit, const struct error *error)
{
    if (error)
        http_respond(unit->request, 503, TEXT("text/plain; charset=utf-8"),
                     TEXT("the database does not answer\n"));
    else
        http_respond(unit->request, 200, TEXT("text/plain; charset=utf-8"), TEXT("ready\n"));
}

static void ready(struct http_request *request, void *data)
{
    struct operations_door *door = data;
    struct request_unit *unit = ARENA_NEW(request->arena, struct request_unit);
    if (!unit) {
        request_unit_refuse(request);
        return;
    }
    unit->work = touch_database;
    unit->answer = answer_ready;
    request_unit_start(unit, door->account, request, DB_READ);
}

static void jwks(struct http_request *request, void *data)
{
    struct operations_door *door = data;
    struct buffer buffer;
    struct json_writer writer;
    const struct signing_key_set *keys =
        signing_keys_get(door->account->signing_keys, request->arena);
    static const struct jose_key_set none = {NULL, 0};
    buffer_init(&buffer, request->arena, JOSE_KEY_SET_MAX_BYTES);
    json_writer_init(&writer, &buffer);
    jose_key_set_print(keys ? &keys->verifying : &none, &writer);
    if (buffer.failed)
        request_unit_refuse(request);
    else
        http_respond(request, 200, TEXT("application/jwk-set+json"), buffer_text(&buffer));
}

static void metrics(struct http_request *request, void *data)
{
    struct operations_door *door = data;
    struct buffer buffer;
    buffer_init(&buffer, request->arena, 1 << 20);
    metrics_print(door, &buffer);
    if (buffer.failed)
        request_unit_refuse(request);
    else
        http_respond(request, 200, TEXT("text/plain; version=0.0.4; charset=utf-8"),
                     buffer_text(&buffer));
}

const struct http_route operations_routes[] = {
    {"GET", "/healthz", health, 0, NULL},
    {"GET", "/readyz", ready, 0, NULL},
    {"GET", "/metrics", metrics, 0, NULL},
    {"GET", "/.well-known/jwks.json", jwks, 0, NULL},
};
const size_t operations_route_count = ARRAY_LENGTH(operations_routes);
