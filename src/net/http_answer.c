/* The answer: set by handlers, sent by loops. */
#include "net/http_exchange.h"
#include "net/http_syntax.h"

#include <stdio.h>
#include <string.h>

enum { SEND_BYTES_PER_MS = 16 }; /* the slowest reader of an answer that is waited for */

void http_respond(struct http_request *request, unsigned status, struct text content_type,
                  struct text body)
{
    struct answer *answer = &exchange_of(request)->answer;
    assert(status >= 200 && status <= 599);
    answer->status = status;
    answer->content_type = content_type;
    answer->body = body;
}

static bool add_header(struct exchange *exchange, struct text name, struct text value)
{
    struct arena *arena = exchange->request.arena;
    struct answer *answer = &exchange->answer;
    if (!answer->headers.arena)
        list_init(&answer->headers, arena, sizeof(struct http_header));
    const char *kept_name = text_terminated(arena, name);
    const char *kept_value = text_terminated(arena, value);
    struct http_header *header = list_push(&answer->headers);
    if (!kept_name || !kept_value || !header)
        return false;
    *header = (struct http_header){text_z(kept_name), text_z(kept_value)};
    return true;
}

bool http_response_header(struct http_request *request, struct text name, struct text value)
{
    struct exchange *exchange = exchange_of(request);
    if (http_is_token(name) && http_is_field_value(value) && add_header(exchange, name, value))
        return true;
    exchange->answer.failed = true;
    return false;
}

static struct text reason_body(struct arena *arena, const char *reason)
{
    struct text body = text_format(arena, "{\"message\":\"%s\"}\n", reason);
    return body.at ? body : TEXT("{\"message\":\"the request needs too much memory\"}\n");
}

void answer_refuse(struct exchange *exchange, unsigned status, const char *reason)
{
    struct http_request *request = &exchange->request;
    const struct http_server_options *options = &exchange->server->options;
    exchange->answer = (struct answer){0};
    if (options->refuse)
        options->refuse(request, status, reason, options->data);
    if (exchange->answer.status == 0 || exchange->answer.failed) {
        exchange->answer = (struct answer){0};
        http_respond(request, status, TEXT("application/json"),
                     reason_body(request->arena, reason));
    }
}

/* The library wants terminated strings. */
static bool add_text_header(struct MHD_Response *response, struct arena *arena, const char *name,
                            struct text value)
{
    char small[160];
    const char *terminated = small;
    if (value.len < sizeof(small)) {
        memcpy(small, value.at, value.len);
        small[value.len] = '\0';
    } else {
        terminated = text_terminated(arena, value);
    }
    return terminated && MHD_add_response_header(response, name, terminated) == MHD_YES;
}

static bool add_headers(struct exchange *exchange, struct MHD_Response *response,
                        struct text content_type)
{
    const struct list *headers = &exchange->answer.headers;
    struct arena *arena = exchange->request.arena;
    bool fine = MHD_add_response_header(response, "X-Request-Id", exchange->id) == MHD_YES;
    if (content_type.len > 0)
        fine = fine && add_text_header(response, arena, "Content-Type", content_type);
    for (size_t i = 0; i < headers->len; i++) {
        const struct http_header *header = &LIST_ITEMS(headers, struct http_header)[i];
        fine = fine &&
               (header->value.len == 0 ||
                MHD_add_response_header(response, header->name.at, header->value.at) == MHD_YES);
    }
    if (exchange->refusal.reason || atomic_load(&exchange->server->is_draining))
        fine = fine && MHD_add_response_header(response, "Connection", "close") == MHD_YES;
    return fine;
}

/* Hands the response over, whatever happens to it. */
static enum MHD_Result queue(struct MHD_Connection *handle, unsigned status,
                             struct MHD_Response *response)
{
    enum MHD_Result result = MHD_queue_response(handle, status, response);
    MHD_destroy_response(response);
    return result;
}

/* Nothing of the request may be touched: its owner may be writing it at this moment. */
static enum MHD_Result send_given_up(struct exchange *exchange, struct MHD_Connection *handle)
{
    static char body[] = "{\"message\":\"the server took too long to answer\"}\n";
    struct MHD_Response *response =
        MHD_create_response_from_buffer(sizeof(body) - 1, body, MHD_RESPMEM_PERSISTENT);
    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, "Content-Type", "application/json");
    MHD_add_response_header(response, "X-Request-Id", exchange->id);
    MHD_add_response_header(response, "Connection", "close");
    connection_enter(exchange->connection, PHASE_SENDING,
                     exchange->server->options.send_timeout_ms);
    return queue(handle, 503, response);
}

static bool compress(struct exchange *exchange, struct MHD_Response **response)
{
    const struct answer *answer = &exchange->answer;
    size_t minimum = exchange->server->options.gzip_min_bytes;
    if (minimum == 0 || answer->body.len < minimum || exchange->request.is_head ||
        !gzip_is_wanted(&exchange->request, answer->content_type))
        return false;
    struct text packed = gzip_compress(exchange->request.arena, answer->body);
    if (packed.len == 0)
        return false;
    *response = MHD_create_response_from_buffer(packed.len, (void *)(uintptr_t)packed.at,
                                                MHD_RESPMEM_PERSISTENT);
    if (!*response)
        return false;
    exchange->sent_bytes = packed.len;
    return MHD_add_response_header(*response, "Content-Encoding", "gzip") == MHD_YES &&
           MHD_add_response_header(*response, "Vary", "Accept-Encoding") == MHD_YES;
}

enum MHD_Result answer_send(struct exchange *exchange, struct MHD_Connection *handle)
{
    if (atomic_load(&exchange->state) == EXCHANGE_GIVEN_UP)
        return send_given_up(exchange, handle);
    struct answer *answer = &exchange->answer;
    /* A good answer may not be whole when memory ran out under it. */
    if (answer->status < 400 && arena_failed(exchange->request.arena))
        answer_refuse(exchange, 503, "the request needs too much memory");
    else if (answer->failed)
        answer_refuse(exchange, 500, "the server made a mistake");
    struct MHD_Response *response = NULL;
    if (!compress(exchange, &response) && !response) {
        exchange->sent_bytes = answer->body.len;
        response = MHD_create_response_from_buffer(
            answer->body.len, (void *)(uintptr_t)answer->body.at, MHD_RESPMEM_PERSISTENT);
    }
    if (!response)
        return MHD_NO;
    if (!add_headers(exchange, response, answer->content_type)) {
        MHD_destroy_response(response);
        return MHD_NO;
    }
    if (exchange->request.is_head)
        exchange->sent_bytes = 0;
    connection_enter(exchange->connection, PHASE_SENDING,
                     exchange->server->options.send_timeout_ms +
                         (int64_t)(exchange->sent_bytes / SEND_BYTES_PER_MS));
    return queue(handle, answer->status, response);
}

enum MHD_Result answer_send_stream(struct exchange *exchange, struct MHD_Connection *handle)
{
    struct http_stream *stream = exchange->stream;
    struct connection *connection = exchange->connection;
    struct MHD_Response *response =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, stream_read, stream, NULL);
    if (!response)
        return MHD_NO;
    if (!add_headers(exchange, response, exchange->answer.content_type)) {
        MHD_destroy_response(response);
        return MHD_NO;
    }
    pthread_mutex_lock(&exchange->server->lock);
    connection->stream = stream;
    pthread_mutex_unlock(&exchange->server->lock);
    connection_enter(connection, PHASE_STREAMING, 0);
    return queue(handle, exchange->answer.status, response);
}
