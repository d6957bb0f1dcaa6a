/*
 * A stream lives in its request's arena and is known to two: the caller, until http_stream_end, and
 * the connection, until it completes. Bytes that the client has not taken wait in a buffer of their
 * own. While the buffer is empty the connection is suspended, and the next write wakes it.
 */
#include "net/http_exchange.h"

#include <stdlib.h>
#include <string.h>

enum { DEFAULT_BUFFERED = 256 * 1024, FIRST_SIZE = 4096 };

struct http_stream {
    struct exchange *exchange;
    struct http_stream_options options;
    pthread_mutex_t lock;
    char *at;        /* the buffer */
    size_t start;    /* of what waits in it */
    size_t len;      /* of what waits in it */
    size_t size;     /* of the buffer */
    bool is_waiting; /* the connection is suspended until there is something to send */
    bool was_full;   /* a write was refused since the last call of writable */
    bool is_gone;    /* the client is */
    bool is_closed;  /* the connection let go of the stream */
    bool is_ended;   /* the caller did */
    bool is_broken;  /* ended without the end mark */
};

static void stream_release(void *data)
{
    struct http_stream *stream = data;
    free(stream->at);
    pthread_mutex_destroy(&stream->lock);
}

static struct http_stream *stream_new(struct exchange *exchange,
                                      const struct http_stream_options *options)
{
    struct arena *arena = exchange->request.arena;
    struct http_stream *stream = ARENA_NEW(arena, struct http_stream);
    if (!stream)
        return NULL;
    stream->exchange = exchange;
    stream->options = *options;
    if (stream->options.max_buffered == 0)
        stream->options.max_buffered = DEFAULT_BUFFERED;
    pthread_mutex_init(&stream->lock, NULL);
    return arena_defer(arena, stream_release, stream) ? stream : NULL;
}

static void fail_begin(struct exchange *exchange)
{
    exchange->answer.failed = true;
    if (atomic_load(&exchange->state) != EXCHANGE_ON_LOOP)
        http_resume(&exchange->request);
}

/* The owner of a suspended request becomes the owner of the stream; the loop takes over the rest.
 */
static void take_from_suspension(struct http_stream *stream)
{
    struct exchange *exchange = stream->exchange;
    struct http_server *server = exchange->server;
    int expected = EXCHANGE_SUSPENDED;
    atomic_fetch_add(&server->resuming, 1);
    if (atomic_compare_exchange_strong(&exchange->state, &expected, EXCHANGE_RESUMED)) {
        exchange->stream = stream;
        exchange_wake(exchange);
    } else {
        stream->is_gone = stream->is_closed = true;
    }
    atomic_fetch_sub(&server->resuming, 1);
    atomic_fetch_sub_explicit(&server->metrics.suspended_requests, 1, memory_order_relaxed);
}

struct http_stream *http_stream_begin(struct http_request *request, unsigned status,
                                      const struct http_stream_options *options)
{
    struct exchange *exchange = exchange_of(request);
    struct text type = text_copy(request->arena, options->content_type);
    struct http_stream *stream = stream_new(exchange, options);
    if (!stream || (options->content_type.len > 0 && !type.at)) {
        fail_begin(exchange);
        return NULL;
    }
    http_respond(request, status, type, TEXT(""));
    atomic_fetch_add_explicit(&exchange->server->metrics.open_streams, 1, memory_order_relaxed);
    if (atomic_load(&exchange->state) == EXCHANGE_ON_LOOP) {
        exchange_share(exchange);
        exchange->stream = stream;
    } else {
        take_from_suspension(stream);
    }
    return stream;
}

struct http_request *http_stream_request(struct http_stream *stream)
{
    return &stream->exchange->request;
}

/* Lock held. */
static void wake_reader(struct http_stream *stream)
{
    if (!stream->is_waiting)
        return;
    stream->is_waiting = false;
    atomic_fetch_add(&stream->exchange->server->resuming, 1);
    exchange_wake(stream->exchange);
    atomic_fetch_sub(&stream->exchange->server->resuming, 1);
}

/* Lock held. Room for `size` bytes behind what waits. */
static bool make_room(struct http_stream *stream, size_t size)
{
    if (stream->start + stream->len + size <= stream->size)
        return true;
    if (stream->start > 0) {
        memmove(stream->at, stream->at + stream->start, stream->len);
        stream->start = 0;
    }
    if (stream->len + size <= stream->size)
        return true;
    size_t grown = stream->size ? stream->size * 2 : FIRST_SIZE;
    while (grown < stream->len + size)
        grown *= 2;
    char *at = realloc(stream->at, grown);
    if (!at)
        return false;
    stream->at = at;
    stream->size = grown;
    return true;
}

/* Lock held. */
static enum http_stream_result append(struct http_stream *stream, struct text text)
{
    if (stream->is_gone)
        return HTTP_STREAM_GONE;
    if (text.len == 0)
        return HTTP_STREAM_OK;
    if (stream->len > 0 && stream->len + text.len > stream->options.max_buffered) {
        stream->was_full = true;
        return HTTP_STREAM_FULL;
    }
    if (!make_room(stream, text.len)) {
        stream->is_gone = true;
        wake_reader(stream);
        return HTTP_STREAM_GONE;
    }
    memcpy(stream->at + stream->start + stream->len, text.at, text.len);
    stream->len += text.len;
    wake_reader(stream);
    return HTTP_STREAM_OK;
}

enum http_stream_result http_stream_write(struct http_stream *stream, struct text text)
{
    pthread_mutex_lock(&stream->lock);
    enum http_stream_result result = append(stream, text);
    pthread_mutex_unlock(&stream->lock);
    return result;
}

static void call_released(struct http_stream *stream)
{
    struct http_server_metrics *metrics = &stream->exchange->server->metrics;
    atomic_fetch_sub_explicit(&metrics->open_streams, 1, memory_order_relaxed);
    if (stream->options.released)
        stream->options.released(stream->options.data);
}

void http_stream_end(struct http_stream *stream, bool broken)
{
    struct exchange *exchange = stream->exchange;
    struct http_server *server = exchange->server;
    pthread_mutex_lock(&stream->lock);
    assert(!stream->is_ended);
    stream->is_ended = true;
    stream->is_broken = broken;
    bool is_last = stream->is_closed;
    wake_reader(stream);
    pthread_mutex_unlock(&stream->lock);
    if (is_last)
        call_released(stream);
    exchange_drop(exchange);
    server_release(server);
}

void stream_connection_closed(struct http_stream *stream)
{
    pthread_mutex_lock(&stream->lock);
    bool is_news = !stream->is_ended;
    stream->is_gone = true;
    stream->is_waiting = false;
    pthread_mutex_unlock(&stream->lock);
    if (is_news && stream->options.disconnected)
        stream->options.disconnected(stream, stream->options.data);
    pthread_mutex_lock(&stream->lock);
    stream->is_closed = true;
    bool is_last = stream->is_ended;
    pthread_mutex_unlock(&stream->lock);
    if (is_last)
        call_released(stream);
}

void stream_abort(struct http_stream *stream)
{
    pthread_mutex_lock(&stream->lock);
    stream->is_gone = true;
    wake_reader(stream);
    pthread_mutex_unlock(&stream->lock);
}

/* Lock held. The next bytes for the client. */
static size_t take(struct http_stream *stream, char *out, size_t max)
{
    size_t size = stream->len < max ? stream->len : max;
    memcpy(out, stream->at + stream->start, size);
    stream->start = size == stream->len ? 0 : stream->start + size;
    stream->len -= size;
    stream->exchange->sent_bytes += size;
    return size;
}

ssize_t stream_read(void *data, uint64_t position, char *out, size_t max)
{
    UNUSED(position);
    struct http_stream *stream = data;
    bool tell = false;
    ssize_t result = 0;
    pthread_mutex_lock(&stream->lock);
    if (stream->is_gone || (stream->is_ended && stream->is_broken && stream->len == 0)) {
        /* By itself the library may let the client wait until the connection has idled enough. */
        connection_cut(stream->exchange->connection);
        result = MHD_CONTENT_READER_END_WITH_ERROR;
    } else if (stream->len > 0) {
        result = (ssize_t)take(stream, out, max);
        tell = stream->was_full && !stream->is_ended &&
               stream->len <= stream->options.max_buffered / 2;
        stream->was_full = stream->was_full && !tell;
    } else if (stream->is_ended) {
        result = MHD_CONTENT_READER_END_OF_STREAM;
    } else {
        stream->is_waiting = true;
        MHD_suspend_connection(stream->exchange->connection->handle);
    }
    pthread_mutex_unlock(&stream->lock);
    if (tell && stream->options.writable)
        stream->options.writable(stream, stream->options.data);
    return result;
}
