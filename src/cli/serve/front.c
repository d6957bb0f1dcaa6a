/* Routes, options and the stop of the HTTP server. */
#include "cli/serve/front.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/list.h"
#include "base/log.h"
#include "doors/json_answer.h"
#include "doors/login/login_door.h"
#include "doors/web/web_door.h"
#include "doors/worker/worker_door.h"
#include "kernel/waiters.h"

enum { REQUEST_OVERHEAD_BYTES = 96 << 20 };

/* Copies a door's routes behind the others, each with what its handlers are given. */
static size_t add_routes(struct http_route *all, size_t at, const struct http_route *routes,
                         size_t count, const void *data)
{
    for (size_t i = 0; i < count; i++) {
        all[at + i] = routes[i];
        all[at + i].argument = data;
    }
    return at + count;
}

static void answer_no_route(struct http_request *request, const struct http_router *router,
                            enum http_match match)
{
    struct error error = {0};
    if (match == HTTP_MATCH_NOT_ALLOWED) {
        http_response_header(request, TEXT("Allow"), http_router_allow(router, request));
        error_set(&error, ERR_INVALID, "this path does not answer %.*s", TEXT_ARG(request->method));
        json_answer_error_status(request, 405, &error);
        return;
    }
    error_set(&error, match == HTTP_MATCH_BAD_PATH ? ERR_INVALID : ERR_NOT_FOUND,
              "there is nothing at this path");
    json_answer_error(request, &error);
}

static void handle(struct http_request *request, void *data)
{
    struct front *front = data;
    enum http_match match = http_router_match(front->router, request);
    if (match == HTTP_MATCH_FOUND)
        request->route->handle(request, (void *)(uintptr_t)request->route->argument);
    else
        answer_no_route(request, front->router, match);
}

static void completed(const struct http_request *request, unsigned status, size_t body_bytes,
                      bool sent, void *data)
{
    UNUSED(data);
    char address[ADDRESS_TEXT_SIZE];
    if (!log_is_on(LOG_LEVEL_INFO))
        return;
    log_info("request", LOG_TEXT("request", request->id), LOG_TEXT("method", request->method),
             LOG_TEXT("path", request->path), LOG_INT("status", status),
             LOG_INT("bytes", (int64_t)body_bytes), LOG_BOOL("sent", sent),
             LOG_INT("microseconds", clock_wall() - request->started),
             LOG_TEXT("from", address_print(&request->client, address)));
}

/* The server refused a request by itself. Every door's clients understand JSON. */
static void refuse(struct http_request *request, unsigned status, const char *reason, void *data)
{
    struct error error = {0};
    UNUSED(data);
    error_set(&error, status == 413 ? ERR_TOO_LARGE : ERR_INVALID, "%s", reason);
    json_answer_error_status(request, status, &error);
}

/* All routes in one array, which lives as long as the router. */
static bool make_router(struct front *front, struct arena *arena, struct error *error)
{
    size_t count = spacelift_route_count + login_route_count + web_route_count +
                   worker_route_count + state_route_count + operations_route_count +
                   audit_route_count;
    struct http_route *all = ARENA_ARRAY(arena, struct http_route, count);
    size_t at = 0;
    if (!all)
        return error_set_no_memory(error);
    at = add_routes(all, at, spacelift_routes, spacelift_route_count, &front->spacelift);
    at = add_routes(all, at, login_routes, login_route_count, front->spacelift.account);
    at = add_routes(all, at, web_routes, web_route_count, front->spacelift.account);
    at = add_routes(all, at, worker_routes, worker_route_count, front->spacelift.account);
    at = add_routes(all, at, state_routes, state_route_count, front->spacelift.account);
    at = add_routes(all, at, operations_routes, operations_route_count, &front->operations);
    at = add_routes(all, at, audit_routes, audit_route_count, &front->operations);
    front->router = http_router_new(arena, all, at, error);
    return front->router != NULL;
}

static bool parse_proxies(struct arena *arena, struct text list,
                          struct http_server_options *options, struct error *error)
{
    struct address_ranges ranges;
    if (!address_ranges_parse(arena, list, &ranges, error))
        return false;
    options->trusted_proxies = ranges.items;
    options->trusted_proxy_count = ranges.count;
    return true;
}

static bool parse_listen(struct arena *arena, struct text list, struct http_server_options *options,
                         struct error *error)
{
    struct list addresses;
    struct text part;
    list_init(&addresses, arena, sizeof(struct text));
    while (text_next_part(&list, ',', &part)) {
        struct text *address = list_push(&addresses);
        if (!address)
            return error_set_no_memory(error);
        *address = text_trim(part);
    }
    options->listen = addresses.items;
    options->listen_count = addresses.len;
    return addresses.len > 0 || error_set(error, ERR_INVALID, "listen: there is no address");
}

static bool make_options(struct front *front, struct arena *arena, const struct settings *settings,
                         struct http_server_options *options, struct error *error)
{
    http_server_default_options(options);
    options->threads = (unsigned)settings->threads;
    options->max_body = (size_t)(settings->max_body > settings->max_state ? settings->max_body
                                                                          : settings->max_state);
    options->max_arena = options->max_body + REQUEST_OVERHEAD_BYTES;
    options->request_timeout_ms = (unsigned)(settings->request_timeout / CLOCK_MILLISECOND);
    options->answer_timeout_ms = (unsigned)(settings->answer_timeout / CLOCK_MILLISECOND);
    options->handle = handle;
    options->completed = completed;
    options->refuse = refuse;
    options->data = front;
    if (settings->tls_certificate.len) {
        options->tls_certificate = text_terminated(arena, settings->tls_certificate);
        options->tls_key = text_terminated(arena, settings->tls_key);
    }
    return parse_listen(arena, settings->listen, options, error) &&
           parse_proxies(arena, settings->trusted_proxies, options, error);
}

bool front_start(struct front *front, struct arena *arena, struct account *account,
                 struct error *error)
{
    struct http_server_options options;
    *front = (struct front){.operations = {.account = account, .started_at = clock_wall()}};
    if (!spacelift_door_open(&front->spacelift, account, error))
        return false;
    if (!make_router(front, arena, error) ||
        !make_options(front, arena, account->settings, &options, error))
        return false;
    front->server = http_server_start(&options, error);
    if (!front->server)
        return false;
    front->operations.http = http_server_metrics(front->server);
    return true;
}

void front_stop(struct front *front)
{
    if (front->server) {
        const struct settings *settings = front->spacelift.account->settings;
        unsigned milliseconds = (unsigned)(settings->stop_timeout / CLOCK_MILLISECOND);
        waiters_close(front->spacelift.account->run_waiters);
        waiters_close(front->spacelift.account->stream_waiters);
        if (!http_server_drain(front->server, milliseconds))
            log_warning("some requests did not end in time");
        http_server_free(front->server);
    }
    spacelift_door_close(&front->spacelift);
}
