/* What happens to a request on its loop: begun, judged, read, handled, answered, completed. */
#include "net/http_exchange.h"

#include <string.h>

static struct connection *connection_of(struct MHD_Connection *handle)
{
    return MHD_get_connection_info(handle, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

/* The request line was read. What this returns is the context of the calls below. */
void *loop_begin(void *data, const char *target, struct MHD_Connection *handle)
{
    struct http_server *server = data;
    struct connection *connection = connection_of(handle);
    if (!connection)
        return NULL;
    struct exchange *exchange = exchange_new(server, connection, text_z(target));
    if (!exchange)
        return NULL;
    connection->exchange = exchange;
    connection->closes_late = true;
    atomic_fetch_add_explicit(&server->metrics.requests_in_flight, 1, memory_order_relaxed);
    connection_enter(connection, PHASE_RECEIVING, server->options.request_timeout_ms);
    return exchange;
}

static enum MHD_Result refuse(struct exchange *exchange, struct MHD_Connection *handle,
                              struct refusal refusal)
{
    exchange->refusal = refusal;
    answer_refuse(exchange, refusal.status, refusal.reason);
    return answer_send(exchange, handle);
}

/* Headers are complete: the only moment at which an answer may leave before the body. */
static enum MHD_Result judge(struct exchange *exchange, struct MHD_Connection *handle,
                             const char *method, const char *version)
{
    exchange->is_checked = true;
    struct refusal refusal = exchange->refusal;
    if (!refusal.reason)
        refusal = head_read(exchange, handle, method, version);
    if (refusal.reason)
        return refuse(exchange, handle, refusal);
    if (exchange->connection->is_trusted_proxy)
        forwarded_apply(&exchange->request, &exchange->server->options);
    return MHD_YES;
}

/* Room for `size` more bytes of body. An announced length was allocated at once; a chunked body
 * doubles. */
static char *reserve_body(struct exchange *exchange, size_t size)
{
    struct http_request *request = &exchange->request;
    size_t needed = request->body.len + size;
    if (needed > exchange->body_size) {
        size_t grown = exchange->body_size * 2 > needed ? exchange->body_size * 2 : needed;
        if (grown > exchange->server->options.max_body)
            grown = exchange->server->options.max_body;
        char *at = arena_grow(request->arena, (void *)(uintptr_t)request->body.at,
                              exchange->body_size, grown);
        if (!at)
            return NULL;
        request->body.at = at;
        exchange->body_size = grown;
    }
    return (char *)(uintptr_t)request->body.at + request->body.len;
}

/* An answer is only possible once the body ended. So a body that is a little over the limit is read
 * to its end, and an endless one is cut. */
static enum MHD_Result take_body(struct exchange *exchange, const char *piece, size_t size)
{
    struct http_request *request = &exchange->request;
    size_t limit = exchange->server->options.max_body;
    atomic_fetch_add_explicit(&exchange->server->metrics.bytes_received, size,
                              memory_order_relaxed);
    if (exchange->body_dropped == 0 && size <= limit - request->body.len) {
        char *at = reserve_body(exchange, size);
        if (at) {
            memcpy(at, piece, size);
            request->body.len += size;
            return MHD_YES;
        }
        exchange->refusal = (struct refusal){503, "the request needs too much memory"};
    }
    exchange->body_dropped += size;
    if (!exchange->refusal.reason)
        exchange->refusal = (struct refusal){413, "the body is larger than this server accepts"};
    return exchange->body_dropped <= limit ? MHD_YES : MHD_NO;
}

/* Sends what the handler, or the owner of a resumed request, has left. */
static enum MHD_Result reply(struct exchange *exchange, struct MHD_Connection *handle)
{
    if (exchange->stream)
        return answer_send_stream(exchange, handle);
    if (exchange->answer.status == 0 && !exchange->answer.failed)
        exchange->answer.failed = true;
    return answer_send(exchange, handle);
}

static enum MHD_Result handle_request(struct exchange *exchange, struct MHD_Connection *handle)
{
    const struct http_server_options *options = &exchange->server->options;
    struct connection *connection = exchange->connection;
    if (exchange->refusal.reason)
        return refuse(exchange, handle, exchange->refusal);
    /* A client that the kernel had connected but nobody had counted when the server saw no
     * connection left. Its request must not be suspended: the daemon may be stopping already. */
    if (atomic_load(&exchange->server->is_stopping))
        return MHD_NO;
    connection_enter(connection, PHASE_HANDLING, 0);
    exchange->handler_ran = true;
    options->handle(&exchange->request, options->data);
    if (atomic_load(&exchange->state) != EXCHANGE_ON_LOOP)
        return MHD_YES;
    return reply(exchange, handle);
}

/* Back from suspension: the owner resumed it, or the watch thread stopped waiting. */
static enum MHD_Result handle_resumed(struct exchange *exchange, struct MHD_Connection *handle)
{
    struct http_server *server = exchange->server;
    pthread_mutex_lock(&server->lock);
    exchange->connection->suspended = NULL;
    pthread_mutex_unlock(&server->lock);
    if (atomic_load(&exchange->state) == EXCHANGE_RESUMED)
        return reply(exchange, handle);
    exchange->refusal = (struct refusal){503, "the server took too long to answer"};
    return answer_send(exchange, handle);
}

enum MHD_Result loop_request(void *data, struct MHD_Connection *handle, const char *url,
                             const char *method, const char *version, const char *piece,
                             size_t *piece_size, void **context)
{
    UNUSED(data);
    UNUSED(url);
    struct exchange *exchange = *context;
    if (!exchange)
        return MHD_NO;
    if (!exchange->is_checked)
        return judge(exchange, handle, method, version);
    if (*piece_size > 0) {
        size_t size = *piece_size;
        *piece_size = 0;
        return take_body(exchange, piece, size);
    }
    if (atomic_load(&exchange->state) != EXCHANGE_ON_LOOP)
        return handle_resumed(exchange, handle);
    return handle_request(exchange, handle);
}

static void count_completed(const struct exchange *exchange, unsigned status, bool sent)
{
    struct http_server_metrics *metrics = &exchange->server->metrics;
    atomic_fetch_sub_explicit(&metrics->requests_in_flight, 1, memory_order_relaxed);
    if (exchange->refusal.reason || !exchange->is_checked)
        atomic_fetch_add_explicit(&metrics->refused_requests, 1, memory_order_relaxed);
    if (sent)
        atomic_fetch_add_explicit(&metrics->requests[status / 100 % 6], 1, memory_order_relaxed);
    else
        atomic_fetch_add_explicit(&metrics->broken_requests, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&metrics->bytes_sent, exchange->sent_bytes, memory_order_relaxed);
}

/* Takes the exchange out of everyone's sight who could reach it through its connection. */
static void detach(struct exchange *exchange, struct connection *connection)
{
    pthread_mutex_lock(&exchange->server->lock);
    connection->suspended = NULL;
    connection->stream = NULL;
    exchange->connection = NULL;
    pthread_mutex_unlock(&exchange->server->lock);
}

void loop_completed(void *data, struct MHD_Connection *handle, void **context,
                    enum MHD_RequestTerminationCode code)
{
    struct http_server *server = data;
    struct exchange *exchange = *context;
    if (!exchange)
        return;
    *context = NULL;
    struct connection *connection = exchange->connection;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(handle, MHD_CONNECTION_INFO_HTTP_STATUS);
    unsigned status = info ? info->http_status : 0;
    bool sent = code == MHD_REQUEST_TERMINATED_COMPLETED_OK;
    connection->exchange = NULL;
    connection->closes_late = !sent || exchange->refusal.reason;
    connection_enter(connection, PHASE_IDLE, server->options.idle_timeout_ms);
    if (exchange->was_handed_on)
        detach(exchange, connection);
    if (exchange->stream)
        stream_connection_closed(exchange->stream);
    count_completed(exchange, status, sent);
    if (exchange->handler_ran && server->options.completed)
        server->options.completed(&exchange->request, status, exchange->sent_bytes, sent,
                                  server->options.data);
    exchange_drop(exchange);
}
