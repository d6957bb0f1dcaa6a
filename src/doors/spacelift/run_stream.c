/* Looking, telling, waiting. */
#include "doors/spacelift/run_stream.h"

#include "audit/denial.h"
#include "base/clock.h"
#include "doors/request_unit.h"
#include "doors/spacelift/run_cursor.h"
#include "doors/spacelift/spacelift_door.h"
#include "doors/spacelift/spacelift_request.h"
#include "kernel/once.h"
#include "kernel/waiters.h"

enum {
    LOOK_BYTES = 64 << 20,        /* memory of one look */
    MESSAGE_MAX_BYTES = 24 << 20, /* a log of 4 MiB may grow six times as JSON */
    BUFFERED_MAX_BYTES = 1 << 20,
    HEARTBEAT_SECONDS = 12,
};

struct run_stream {
    struct db_unit unit;
    struct waiter waiter;
    struct spacelift_door *door;
    struct http_request *http;
    struct text address;        /* of the client */
    struct http_stream *stream; /* NULL until the first look is over */
    struct graphql_http_exchange exchange;
    struct arena *arena; /* of one look */
    struct graphql_operation *operation;
    struct spacelift_request request;
    struct once once;       /* of one look, and of the unit that puts its refusals on record */
    struct run_cursor told; /* what is on its way to the client */
    struct run_cursor next; /* the same with what this look found */
    struct buffer response;
    uint64_t generation; /* of the waiters, when the look began */
    int64_t heard_at;    /* monotonic time of the newest bytes sent */
    bool is_paid;
};

static void look(struct run_stream *stream);

static struct ctx make_ctx(struct run_stream *stream, struct db_session *session,
                           struct error *error)
{
    once_begin(&stream->once);
    return (struct ctx){.arena = stream->arena,
                        .account = stream->door->account,
                        .session = session,
                        .actor = &actor_anonymous,
                        .error = error,
                        .now = clock_wall(),
                        .request_id = stream->http->id,
                        .address = stream->address,
                        .once = &stream->once};
}

static bool run_look(struct db_session *session, void *data, struct error *error)
{
    struct run_stream *stream = data;
    struct ctx ctx = make_ctx(stream, session, error);
    int64_t cost = (int64_t)graphql_operation_cost(stream->operation) + 1;
    int64_t remaining;
    if (!spacelift_authenticate(&ctx, stream->http, &ctx.actor) ||
        (!stream->is_paid && !spacelift_door_spend(stream->door, &ctx, cost, &remaining)))
        return false;
    stream->is_paid = true;
    stream->next = stream->told;
    stream->next.was_read = stream->next.has_news = false;
    spacelift_request_init(&stream->request, stream->http, &ctx);
    stream->request.cursor = &stream->next;
    buffer_init(&stream->response, stream->arena, MESSAGE_MAX_BYTES);
    buffer_add(&stream->response, TEXT("event: next\ndata: "));
    if (!spacelift_request_run(&stream->request, stream->operation, &stream->response))
        return false;
    buffer_add(&stream->response, TEXT("\n\n"));
    return !stream->response.failed || fail_no_memory(&ctx);
}

static void release(struct run_stream *stream)
{
    atomic_fetch_sub(&stream->door->open_streams, 1);
    arena_free(stream->arena);
}

/* The stream is over: nothing touches it after the handle has gone. */
static void end(struct run_stream *stream, bool is_complete)
{
    if (is_complete)
        (void)http_stream_write(stream->stream, TEXT("event: complete\ndata:\n\n"));
    release(stream);
    http_stream_end(stream->stream, !is_complete);
}

static bool begin(struct run_stream *stream)
{
    const struct http_stream_options options = {.content_type =
                                                    TEXT_INIT("text/event-stream; charset=utf-8"),
                                                .max_buffered = BUFFERED_MAX_BYTES};
    http_response_header(stream->http, TEXT("Cache-Control"), TEXT("no-store"));
    http_response_header(stream->http, TEXT("X-Accel-Buffering"), TEXT("no"));
    stream->stream = http_stream_begin(stream->http, 200, &options);
    if (!stream->stream)
        release(stream);
    return stream->stream != NULL;
}

static void refuse(struct run_stream *stream, const struct error *error)
{
    spacelift_answer_error(stream->http, (unsigned)error_http_status(error->kind),
                           graphql_http_media_type(&stream->exchange), error);
    release(stream);
    http_resume(stream->http);
}

static bool send_text(struct run_stream *stream, struct text text)
{
    enum http_stream_result result = http_stream_write(stream->stream, text);
    if (result == HTTP_STREAM_OK)
        stream->heard_at = clock_monotonic();
    return result != HTTP_STREAM_GONE;
}

static void wait_on(struct run_stream *stream)
{
    struct waiters *waiters = stream->door->account->stream_waiters;
    int64_t now = clock_monotonic();
    bool is_there = true;
    if (now - stream->heard_at >= HEARTBEAT_SECONDS * CLOCK_SECOND)
        is_there = send_text(stream, TEXT(":\n\n"));
    if (!is_there || waiters_closed(waiters)) {
        end(stream, false);
        return;
    }
    stream->waiter.deadline = now;
    if (!waiters_add(waiters, &stream->waiter, stream->generation))
        look(stream);
}

/* Sends what the look found. A client that is slow is told later, from where it was. */
static void tell(struct run_stream *stream)
{
    bool is_over = !stream->next.was_read || stream->next.has_ended;
    if (stream->next.was_read && !stream->next.has_news) {
        stream->told = stream->next;
    } else {
        enum http_stream_result result =
            http_stream_write(stream->stream, buffer_text(&stream->response));
        if (result == HTTP_STREAM_GONE) {
            end(stream, false);
            return;
        }
        is_over = is_over && result == HTTP_STREAM_OK;
        if (result == HTTP_STREAM_OK) {
            stream->told = stream->next;
            stream->heard_at = clock_monotonic();
        }
    }
    if (is_over)
        end(stream, true);
    else
        wait_on(stream);
}

static bool run_record(struct db_session *session, void *data, struct error *error)
{
    struct run_stream *stream = data;
    struct ctx ctx = make_ctx(stream, session, error);
    return spacelift_authenticate(&ctx, stream->http, &ctx.actor) &&
           refusals_record(&stream->request.refusals, &ctx);
}

/* What the look was refused is put on record before the client hears of it. */
static bool record_refusals(struct run_stream *stream)
{
    if (stream->request.refusals.denials.len == 0 || stream->unit.run == run_record)
        return false;
    stream->unit.run = run_record;
    db_submit(stream->door->account->db, DB_WRITE, &stream->unit);
    return true;
}

/* Before the first answer a failure is one of HTTP; later it is the last event. */
static void done(void *data, const struct error *error)
{
    struct run_stream *stream = data;
    if (!error && record_refusals(stream))
        return;
    if (!error && stream->request.needs_token) {
        denials_count_anonymous(stream->door->account->denials);
        static const struct error needs_token = {.kind = ERR_UNAUTHENTICATED,
                                                 .message = "unauthorized: this needs a token"};
        error = &needs_token;
    }
    if (error && !stream->stream) {
        refuse(stream, error);
        return;
    }
    if (!stream->stream && !begin(stream))
        return;
    if (error) {
        buffer_init(&stream->response, stream->arena, MESSAGE_MAX_BYTES);
        buffer_add(&stream->response, TEXT("event: next\ndata: "));
        graphql_write_error(&stream->response, error);
        buffer_add(&stream->response, TEXT("\n\n"));
        stream->next.was_read = false;
    }
    tell(stream);
}

static void look(struct run_stream *stream)
{
    struct error error = {0};
    arena_reset(stream->arena);
    stream->once = (struct once){.arena = stream->arena};
    stream->unit.run = run_look;
    stream->generation = waiters_generation(stream->door->account->stream_waiters);
    if (!graphql_prepare(spacelift_door_engine(stream->door, stream->http), stream->arena,
                         stream->exchange.requests, &stream->operation, &error)) {
        done(stream, &error);
        return;
    }
    bool writes = graphql_operation_is_valid(stream->operation) &&
                  graphql_operation_kind(stream->operation) == GRAPHQL_MUTATION;
    db_submit(stream->door->account->db, writes ? DB_WRITE : DB_READ, &stream->unit);
}

static void wake(struct waiter *waiter)
{
    look((struct run_stream *)((char *)waiter - offsetof(struct run_stream, waiter)));
}

/* A GET may follow and ask, but not change. */
static bool permits(struct run_stream *stream)
{
    struct error error = {0};
    struct graphql_operation *operation;
    if (!graphql_prepare(stream->door->engine, stream->http->arena, stream->exchange.requests,
                         &operation, &error)) {
        spacelift_answer_error(stream->http, (unsigned)error_http_status(error.kind),
                               graphql_http_media_type(&stream->exchange), &error);
        return false;
    }
    bool is_mutation = graphql_operation_is_valid(operation) &&
                       graphql_operation_kind(operation) == GRAPHQL_MUTATION;
    if (!stream->exchange.is_get || !is_mutation)
        return true;
    error_set(&error, ERR_INVALID, "By GET there are no mutations.");
    http_response_header(stream->http, TEXT("Allow"), TEXT("POST"));
    spacelift_answer_error(stream->http, 405, graphql_http_media_type(&stream->exchange), &error);
    return false;
}

/* Answers and gives false for what can never become a stream. */
static bool is_acceptable(struct run_stream *stream)
{
    struct error error = {0};
    if (!http_accepts(stream->http, TEXT("text/event-stream"))) {
        error_set(&error, ERR_INVALID, "Streams are text/event-stream.");
        spacelift_answer_error(stream->http, 406, TEXT("application/json"), &error);
        return false;
    }
    if (!spacelift_door_read(stream->door, stream->http, TEXT(""), &stream->exchange))
        return false;
    if (!stream->exchange.is_batch)
        return permits(stream);
    error_set(&error, ERR_INVALID, "A stream is of one operation.");
    spacelift_answer_error(stream->http, 400, TEXT("application/json"), &error);
    return false;
}

/* The stream's place among those that are open, and its memory. Answers when there is none. */
static bool reserve(struct run_stream *stream)
{
    struct error error = {0};
    struct spacelift_door *door = stream->door;
    bool is_full = atomic_fetch_add(&door->open_streams, 1) >= door->max_streams;
    stream->arena = is_full ? NULL : arena_new(LOOK_BYTES);
    if (stream->arena)
        return true;
    atomic_fetch_sub(&door->open_streams, 1);
    if (is_full)
        error_set(&error, ERR_LIMIT, "There are %u open streams already.", door->max_streams);
    else
        error_set_no_memory(&error);
    spacelift_answer_error(stream->http, (unsigned)error_http_status(error.kind),
                           graphql_http_media_type(&stream->exchange), &error);
    return false;
}

void run_stream_handle(struct http_request *http, void *data)
{
    struct run_stream *stream = ARENA_NEW(http->arena, struct run_stream);
    if (!stream) {
        request_unit_refuse(http);
        return;
    }
    stream->door = data;
    stream->http = http;
    stream->address = request_unit_address(http);
    if (!is_acceptable(stream))
        return;
    if (!reserve(stream))
        return;
    stream->heard_at = clock_monotonic();
    stream->waiter.wake = wake;
    stream->unit = (struct db_unit){.done = done, .data = stream};
    http_suspend(http);
    look(stream);
}
