/* The server's side of the worker protocol, for tests. */
#include "worker/testing_server.h"

#include "worker/worker.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

void testing_server_open(struct testing_server *server)
{
    /* Its own: other threads than the test's use it. */
    struct arena *arena = arena_new(256 << 20);
    if (!arena)
        abort();
    *server = (struct testing_server){.arena = arena};
    pthread_mutex_init(&server->lock, NULL);
    list_init(&server->jobs, arena, sizeof(struct text));
    buffer_init(&server->log, arena, 32 << 20);
    buffer_init(&server->states, arena, 1 << 16);
    buffer_init(&server->results, arena, 1 << 20);
}

void testing_server_close(struct testing_server *server)
{
    pthread_mutex_destroy(&server->lock);
    arena_free(server->arena);
}

void testing_server_add_job(struct testing_server *server, const char *run, int seconds)
{
    struct text *job = list_push(&server->jobs);
    if (!job)
        abort();
    *job = text_format(server->arena,
                       "{\"lease\":\"lease%zu\",\"expires_in\":%d,\"run\":{\"id\":\"run%zu\","
                       "\"stack\":\"stack\",%s}}",
                       server->jobs.len, seconds, server->jobs.len, run);
}

static void stop_worker(unsigned times)
{
    for (unsigned i = 0; i < times; i++)
        worker_stop();
}

static unsigned hand_out(struct testing_server *server, struct text *body)
{
    if (server->handed_out == server->jobs.len)
        return 204;
    *body = LIST_ITEMS(&server->jobs, struct text)[server->handed_out++];
    server->log_start = (int64_t)server->log.len;
    server->stopping = false;
    return 200;
}

static void take_state(struct testing_server *server, const struct json *body, bool *gone)
{
    struct text state = json_text_or(json_get_z(body, "state"), TEXT("?"));
    /* The log of each state begins at nothing. */
    server->log_start = (int64_t)server->log.len;
    buffer_add(&server->states, state);
    buffer_add_byte(&server->states, ' ');
    *gone = *gone || (server->lose_in && text_equal_z(state, server->lose_in));
    server->stopping =
        server->stopping || (server->stop_in && text_equal_z(state, server->stop_in));
    if (server->shut_down_in && text_equal_z(state, server->shut_down_in))
        stop_worker(2);
}

static void take_log(struct testing_server *server, const struct json *body, struct arena *arena,
                     struct text *answer)
{
    struct text text = json_get_text(body, "text");
    int64_t offset = json_int64_or(json_get_z(body, "offset"), -1);
    int64_t has = (int64_t)server->log.len - server->log_start;
    if (offset >= 0 && offset <= has)
        buffer_add(&server->log, text_slice(text, (size_t)(has - offset), text.len));
    *answer = text_format(arena, "{\"offset\":%zu}", server->log.len - (size_t)server->log_start);
}

static void take_result(struct testing_server *server, struct text body, bool *gone)
{
    /* The same one again is no news. */
    if (*gone)
        return;
    *gone = true;
    buffer_add(&server->results, body);
    buffer_add_byte(&server->results, '\n');
    if (server->stop_after_results && --server->stop_after_results == 0)
        stop_worker(1);
}

/* "/leases/lease7/state": whether the seventh lease is gone. */
static bool *gone_of(struct testing_server *server, struct text path)
{
    struct text rest = text_slice(path, sizeof("/leases/lease") - 1, path.len);
    int64_t number = 1;
    if (!text_to_int64(text_slice(rest, 0, text_find_byte(rest, '/', 0)), &number) || number < 1 ||
        number > TESTING_SERVER_JOBS)
        abort();
    return &server->gone[number - 1];
}

static unsigned answer_lease(struct testing_server *server, const struct transport_request *request,
                             struct text verb, struct arena *arena, struct text *answer)
{
    const struct json *body = NULL;
    struct error error = {0};
    struct text sent = text_copy(server->arena, request->body);
    bool *gone = gone_of(server, request->path);
    if (text_equal(verb, TEXT("result"))) {
        take_result(server, sent, gone);
        return 200;
    }
    if (server->lost || *gone)
        return 404;
    if (text_equal(verb, TEXT("artifact"))) {
        if (strcmp(request->method, "PUT") == 0)
            server->artifact = sent;
        *answer = server->artifact;
        return 200;
    }
    if (!json_parse(server->arena, sent, NULL, &body, &error))
        return 400;
    *answer = TEXT("{}");
    if (text_equal(verb, TEXT("state"))) {
        take_state(server, body, gone);
    } else if (text_equal(verb, TEXT("log"))) {
        take_log(server, body, arena, answer);
    } else if (text_equal(verb, TEXT("commit"))) {
        server->commit = sent;
    } else if (text_equal(verb, TEXT("release"))) {
        server->release = sent;
    } else if (text_equal(verb, TEXT("heartbeat"))) {
        server->heartbeats++;
        *answer = server->stopping ? TEXT("{\"stop\":true}") : TEXT("{\"stop\":false}");
    } else {
        return 400;
    }
    return 200;
}

static bool answer(struct testing_server *server, const struct transport_request *request,
                   struct arena *arena, struct transport_answer *out, struct error *error)
{
    struct text path = request->path;
    bool is_lease = text_equal(path, TEXT("/lease"));
    size_t slash = text_find_byte(path, '/', sizeof("/leases/") - 1);
    out->body = TEXT("");
    out->status = is_lease ? hand_out(server, &out->body)
                           : answer_lease(server, request, text_slice(path, slash + 1, path.len),
                                          arena, &out->body);
    server->requests++;
    /* Done, but the answer does not arrive; a lost lease answer would only lose the job. */
    if (!is_lease && server->fail_every && server->requests % server->fail_every == 0)
        return error_set(error, ERR_UNAVAILABLE, "the connection was cut");
    return true;
}

static bool send_request(void *data, const struct transport_request *request, struct arena *arena,
                         struct transport_answer *out, struct error *error)
{
    struct testing_server *server = data;
    const struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};
    pthread_mutex_lock(&server->lock);
    bool answered = answer(server, request, arena, out, error);
    pthread_mutex_unlock(&server->lock);
    if (answered && out->status == 204)
        nanosleep(&pause, NULL);
    return answered;
}

struct transport testing_server_transport(struct testing_server *server)
{
    return (struct transport){.send = send_request, .data = server};
}
