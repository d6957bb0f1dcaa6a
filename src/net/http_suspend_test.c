/*
 * Requests that leave their loop: suspension and resumption from other threads, owners that are
 * late, clients that leave first, streams and their limits, and the end of the server under all of
 * it.
 */
#include "net/http_testing.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define HOST    "Host: localhost\r\n"
#define REQUEST "GET /x HTTP/1.1\r\n" HOST "\r\n"

/* Of an owner that no test waits for. */
enum { LATE_MS = 3 * TESTING_PATIENCE_MS };

/* Suspended requests on their way to the threads that answer them. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct http_request *waiting[4096];
    size_t count;
    bool ends;
} bench = {.lock = PTHREAD_MUTEX_INITIALIZER, .filled = PTHREAD_COND_INITIALIZER};

static void suspend(struct http_request *request, void *data)
{
    UNUSED(data);
    http_suspend(request);
    pthread_mutex_lock(&bench.lock);
    bench.waiting[bench.count++] = request;
    pthread_cond_signal(&bench.filled);
    pthread_mutex_unlock(&bench.lock);
}

/* NULL when the test ends. */
static struct http_request *next_waiting(void)
{
    struct http_request *request = NULL;
    pthread_mutex_lock(&bench.lock);
    while (bench.count == 0 && !bench.ends)
        pthread_cond_wait(&bench.filled, &bench.lock);
    if (bench.count > 0)
        request = bench.waiting[--bench.count];
    pthread_mutex_unlock(&bench.lock);
    return request;
}

static void *answer_waiting(void *data)
{
    UNUSED(data);
    struct http_request *request;
    while ((request = next_waiting())) {
        struct text body = text_format(request->arena, "answer to %.*s", TEXT_ARG(request->path));
        http_respond(request, 200, TEXT("text/plain"), body);
        http_resume(request);
    }
    return NULL;
}

static void end_waiting(pthread_t *threads, size_t count)
{
    pthread_mutex_lock(&bench.lock);
    bench.ends = true;
    pthread_cond_broadcast(&bench.filled);
    pthread_mutex_unlock(&bench.lock);
    for (size_t i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    bench.ends = false;
}

static struct http_server *start(http_handle_fn handle, void *data, unsigned answer_timeout_ms)
{
    struct http_server_options options;
    testing_options(&options, handle);
    options.threads = 2;
    options.answer_timeout_ms = answer_timeout_ms;
    options.data = data;
    return testing_start(&options);
}

struct client {
    const struct http_server *server;
    size_t wanted;
    size_t got;
    bool leaves; /* every other request is abandoned before its answer */
};

static void *run_client(void *data)
{
    struct client *client = data;
    int wire = wire_connect(client->server);
    for (size_t i = 0; i < client->wanted; i++) {
        char body[256];
        wire_send_z(wire, REQUEST);
        if (client->leaves && i % 2 == 1) {
            close(wire);
            wire = wire_connect(client->server);
            continue;
        }
        if (wire_read_answer(wire, body, sizeof(body)) == 200 && strcmp(body, "answer to /x") == 0)
            client->got++;
    }
    close(wire);
    return NULL;
}

enum { CLIENTS = 8, EACH = 500 };

static void run_clients(struct http_server *server, bool leaving, size_t *got)
{
    struct client clients[CLIENTS];
    pthread_t threads[CLIENTS];
    *got = 0;
    for (size_t i = 0; i < CLIENTS; i++) {
        clients[i] = (struct client){.server = server, .wanted = EACH, .leaves = leaving};
        pthread_create(&threads[i], NULL, run_client, &clients[i]);
    }
    for (size_t i = 0; i < CLIENTS; i++) {
        pthread_join(threads[i], NULL);
        *got += clients[i].got;
    }
}

static void other_threads_answer_thousands_of_requests(void **state)
{
    UNUSED(state);
    struct http_server *server = start(suspend, NULL, LATE_MS);
    const struct http_server_metrics *metrics = http_server_metrics(server);
    pthread_t owners[3];
    size_t got;
    for (size_t i = 0; i < 3; i++)
        pthread_create(&owners[i], NULL, answer_waiting, NULL);
    run_clients(server, false, &got);
    assert_int_equal(got, CLIENTS * EACH);
    end_waiting(owners, 3);
    assert_true(testing_wait(&metrics->suspended_requests, 0));
    assert_int_equal(atomic_load(&metrics->requests[2]), CLIENTS * EACH);
    http_server_free(server);
}

static void clients_may_leave_while_suspended(void **state)
{
    UNUSED(state);
    struct http_server *server = start(suspend, NULL, LATE_MS);
    const struct http_server_metrics *metrics = http_server_metrics(server);
    pthread_t owners[3];
    size_t got;
    for (size_t i = 0; i < 3; i++)
        pthread_create(&owners[i], NULL, answer_waiting, NULL);
    run_clients(server, true, &got);
    assert_int_equal(got, CLIENTS * EACH / 2);
    assert_true(testing_wait(&metrics->open_connections, 0));
    end_waiting(owners, 3);
    assert_int_equal(atomic_load(&metrics->suspended_requests), 0);
    http_server_free(server);
}

/* Suspends and resumes at once, before the handler returns. */
static void resume_in_handler(struct http_request *request, void *data)
{
    UNUSED(data);
    http_suspend(request);
    http_respond(request, 200, TEXT("text/plain"), TEXT("answer to /x"));
    http_resume(request);
}

static void a_request_may_be_resumed_before_its_handler_returns(void **state)
{
    UNUSED(state);
    struct http_server *server = start(resume_in_handler, NULL, LATE_MS);
    size_t got;
    run_clients(server, false, &got);
    assert_int_equal(got, CLIENTS * EACH);
    http_server_free(server);
}

static struct http_request *take_one(void)
{
    int64_t until = testing_now_ms() + TESTING_PATIENCE_MS;
    while (testing_now_ms() < until) {
        pthread_mutex_lock(&bench.lock);
        struct http_request *request = bench.count > 0 ? bench.waiting[--bench.count] : NULL;
        pthread_mutex_unlock(&bench.lock);
        if (request)
            return request;
        testing_sleep_ms(2);
    }
    return NULL;
}

static void a_late_owner_is_not_waited_for(void **state)
{
    UNUSED(state);
    struct http_server *server = start(suspend, NULL, 200);
    char body[256];
    int wire = wire_connect(server);
    wire_send_z(wire, REQUEST);
    struct http_request *request = take_one();
    assert_non_null(request);
    assert_int_equal(wire_read_answer(wire, body, sizeof(body)), 503);
    assert_true(wire_is_closed(wire));
    close(wire);
    assert_true(testing_wait(&http_server_metrics(server)->open_connections, 0));
    /* The request is still its owner's. */
    assert_true(text_equal(request->path, TEXT("/x")));
    assert_false(http_peer_is_connected(request));
    http_respond(request, 200, TEXT("text/plain"),
                 text_format(request->arena, "%.*s", TEXT_ARG(request->path)));
    http_resume(request);
    http_server_free(server);
}

static void the_owner_can_ask_whether_the_client_waits(void **state)
{
    UNUSED(state);
    struct http_server *server = start(suspend, NULL, LATE_MS);
    int wire = wire_connect(server);
    wire_send_z(wire, REQUEST);
    struct http_request *request = take_one();
    assert_non_null(request);
    assert_true(http_peer_is_connected(request));
    close(wire);
    int64_t until = testing_now_ms() + TESTING_PATIENCE_MS;
    while (http_peer_is_connected(request) && testing_now_ms() < until)
        testing_sleep_ms(2);
    assert_false(http_peer_is_connected(request));
    http_respond(request, 200, TEXT("text/plain"), TEXT("nobody reads this"));
    http_resume(request);
    assert_true(testing_wait(&http_server_metrics(server)->open_connections, 0));
    http_server_free(server);
}

/* The owner outlives the server itself. */
static void a_request_outlives_its_server(void **state)
{
    UNUSED(state);
    struct http_server *server = start(suspend, NULL, LATE_MS);
    int wire = wire_connect(server);
    wire_send_z(wire, REQUEST);
    struct http_request *request = take_one();
    assert_non_null(request);
    http_server_free(server);
    assert_true(text_equal(request->method, TEXT("GET")));
    http_respond(request, 200, TEXT("text/plain"), TEXT("late"));
    http_resume(request);
    close(wire);
}

/* A stream as a test sees it. */
struct feed {
    atomic_int_least64_t disconnected, writable, released;
    struct http_stream *_Atomic stream;
};

static void on_disconnected(struct http_stream *stream, void *data)
{
    UNUSED(stream);
    atomic_fetch_add(&((struct feed *)data)->disconnected, 1);
}

static void on_writable(struct http_stream *stream, void *data)
{
    UNUSED(stream);
    atomic_fetch_add(&((struct feed *)data)->writable, 1);
}

static void on_released(void *data)
{
    atomic_fetch_add(&((struct feed *)data)->released, 1);
}

static void begin_stream(struct http_request *request, void *data)
{
    struct feed *feed = data;
    struct http_stream_options options = {.content_type = TEXT("text/event-stream"),
                                          .max_buffered = 64 * 1024,
                                          .disconnected = on_disconnected,
                                          .writable = on_writable,
                                          .released = on_released,
                                          .data = feed};
    http_response_header(request, TEXT("Cache-Control"), TEXT("no-store"));
    atomic_store(&feed->stream, http_stream_begin(request, 200, &options));
}

static struct http_stream *wait_for_stream(struct feed *feed)
{
    int64_t until = testing_now_ms() + TESTING_PATIENCE_MS;
    while (!atomic_load(&feed->stream) && testing_now_ms() < until)
        testing_sleep_ms(2);
    return atomic_load(&feed->stream);
}

static void a_stream_sends_what_is_written(void **state)
{
    UNUSED(state);
    struct feed feed = {0};
    struct http_server *server = start(begin_stream, &feed, 200);
    char reply[4096];
    int wire = wire_connect(server);
    wire_send_z(wire, REQUEST);
    struct http_stream *stream = wait_for_stream(&feed);
    wire_read_until(wire, reply, sizeof(reply), "\r\n\r\n");
    assert_non_null(strstr(reply, "HTTP/1.1 200 OK\r\n"));
    assert_non_null(strstr(reply, "Content-Type: text/event-stream\r\n"));
    assert_non_null(strstr(reply, "Cache-Control: no-store\r\n"));
    assert_int_equal(http_stream_write(stream, TEXT("data: one\n\n")), HTTP_STREAM_OK);
    wire_read_until(wire, reply, sizeof(reply), "one\n\n\r\n");
    assert_string_equal(reply, "B\r\ndata: one\n\n\r\n");
    /* Longer than any request may take. */
    testing_sleep_ms(500);
    assert_int_equal(http_stream_write(stream, TEXT("two")), HTTP_STREAM_OK);
    http_stream_end(stream, false);
    wire_read_until(wire, reply, sizeof(reply), "0\r\n\r\n");
    assert_string_equal(reply, "3\r\ntwo\r\n0\r\n\r\n");
    /* The connection serves another request. */
    atomic_store(&feed.stream, NULL);
    assert_true(testing_wait(&feed.released, 1));
    wire_send_z(wire, REQUEST);
    stream = wait_for_stream(&feed);
    http_stream_end(stream, true);
    assert_true(wire_is_closed(wire));
    close(wire);
    assert_true(testing_wait(&feed.released, 2));
    assert_int_equal(atomic_load(&feed.disconnected), 0);
    http_server_free(server);
}

static void begin_later(struct http_request *request, void *data)
{
    UNUSED(data);
    suspend(request, NULL);
}

static void a_suspended_request_may_become_a_stream(void **state)
{
    UNUSED(state);
    struct feed feed = {0};
    struct http_server *server = start(begin_later, NULL, LATE_MS);
    char reply[4096];
    int wire = wire_connect(server);
    wire_send_z(wire, REQUEST);
    struct http_request *request = take_one();
    begin_stream(request, &feed);
    assert_ptr_equal(http_stream_request(feed.stream), request);
    assert_int_equal(http_stream_write(feed.stream, TEXT("late")), HTTP_STREAM_OK);
    http_stream_end(feed.stream, false);
    wire_read_until(wire, reply, sizeof(reply), "0\r\n\r\n");
    assert_non_null(strstr(reply, "4\r\nlate\r\n0\r\n\r\n"));
    close(wire);
    assert_true(testing_wait(&feed.released, 1));
    http_server_free(server);
}

static void a_stream_begun_too_late_is_gone(void **state)
{
    UNUSED(state);
    struct feed feed = {0};
    struct http_server *server = start(begin_later, NULL, 150);
    char body[256];
    int wire = wire_connect(server);
    wire_send_z(wire, REQUEST);
    struct http_request *request = take_one();
    assert_int_equal(wire_read_answer(wire, body, sizeof(body)), 503);
    begin_stream(request, &feed);
    assert_int_equal(http_stream_write(feed.stream, TEXT("late")), HTTP_STREAM_GONE);
    http_stream_end(feed.stream, false);
    assert_int_equal(atomic_load(&feed.released), 1);
    close(wire);
    http_server_free(server);
}

static void a_slow_reader_fills_the_stream_and_empties_it(void **state)
{
    UNUSED(state);
    struct feed feed = {0};
    struct http_server *server = start(begin_stream, &feed, LATE_MS);
    static char piece[16 * 1024];
    memset(piece, 'x', sizeof(piece));
    int wire = wire_connect(server);
    wire_send_z(wire, REQUEST);
    struct http_stream *stream = wait_for_stream(&feed);
    size_t written = 0;
    /* Full for so long that the loop must have had its turn: it is the client that does not read.
     */
    for (int refused = 0; refused < 50;) {
        if (http_stream_write(stream, (struct text){piece, sizeof(piece)}) == HTTP_STREAM_OK) {
            written += sizeof(piece);
            refused = 0;
        } else {
            refused++;
            testing_sleep_ms(2);
        }
    }
    assert_true(written < 64 << 20);
    int64_t told = atomic_load(&feed.writable);
    int64_t until = testing_now_ms() + TESTING_PATIENCE_MS;
    while (atomic_load(&feed.writable) == told && testing_now_ms() < until)
        if (!wire_is_silent(wire, 2))
            recv(wire, piece, sizeof(piece), MSG_DONTWAIT);
    assert_true(atomic_load(&feed.writable) > told);
    assert_int_equal(http_stream_write(stream, TEXT("again")), HTTP_STREAM_OK);
    http_stream_end(stream, false);
    assert_true(wire_is_closed_within(wire, 50) == false);
    close(wire);
    assert_true(testing_wait(&feed.released, 1));
    http_server_free(server);
}

static void a_client_that_leaves_a_stream_is_noticed(void **state)
{
    UNUSED(state);
    struct feed feed = {0};
    struct http_server *server = start(begin_stream, &feed, LATE_MS);
    char reply[4096];
    int wire = wire_connect(server);
    wire_send_z(wire, REQUEST);
    struct http_stream *stream = wait_for_stream(&feed);
    wire_read_until(wire, reply, sizeof(reply), "\r\n\r\n");
    close(wire);
    /* Nothing is written: only a look at the socket tells. */
    assert_true(testing_wait(&feed.disconnected, 1));
    assert_int_equal(http_stream_write(stream, TEXT("x")), HTTP_STREAM_GONE);
    assert_int_equal(atomic_load(&feed.released), 0);
    http_stream_end(stream, false);
    assert_int_equal(atomic_load(&feed.released), 1);
    http_server_free(server);
}

static void end_at_once(struct http_stream *stream, void *data)
{
    on_disconnected(stream, data);
    http_stream_end(stream, false);
}

static void begin_self_ending(struct http_request *request, void *data)
{
    struct http_stream_options options = {.content_type = TEXT("text/plain"),
                                          .disconnected = end_at_once,
                                          .released = on_released,
                                          .data = data};
    struct http_stream *stream = http_stream_begin(request, 200, &options);
    http_stream_write(stream, TEXT("first"));
}

static void a_stream_may_be_ended_when_its_client_leaves(void **state)
{
    UNUSED(state);
    struct feed feed = {0};
    struct http_server *server = start(begin_self_ending, &feed, LATE_MS);
    enum { COUNT = 50 };
    for (int i = 0; i < COUNT; i++) {
        int wire = wire_connect(server);
        wire_send_z(wire, REQUEST);
        if (i % 2)
            testing_sleep_ms(1);
        close(wire);
    }
    assert_true(testing_wait_count(&http_server_metrics(server)->connections, COUNT));
    assert_true(testing_wait(&http_server_metrics(server)->open_connections, 0));
    assert_int_equal(atomic_load(&feed.disconnected), atomic_load(&feed.released));
    assert_int_equal(atomic_load(&http_server_metrics(server)->open_streams), 0);
    http_server_free(server);
}

static void a_stream_outlives_its_server(void **state)
{
    UNUSED(state);
    struct feed feed = {0};
    struct http_server *server = start(begin_stream, &feed, LATE_MS);
    int wire = wire_connect(server);
    wire_send_z(wire, REQUEST);
    struct http_stream *stream = wait_for_stream(&feed);
    assert_false(http_server_drain(server, 100));
    http_server_free(server);
    assert_int_equal(atomic_load(&feed.disconnected), 1);
    assert_int_equal(http_stream_write(stream, TEXT("x")), HTTP_STREAM_GONE);
    http_stream_end(stream, false);
    assert_int_equal(atomic_load(&feed.released), 1);
    close(wire);
}

/* Writers race with readers that come and go. */
static void *write_until_gone(void *data)
{
    struct http_stream *stream = data;
    enum http_stream_result result = HTTP_STREAM_OK;
    for (int i = 0; i < 3000 && result != HTTP_STREAM_GONE; i++)
        result = http_stream_write(stream, TEXT("one line of a log that is followed\n"));
    http_stream_end(stream, false);
    return NULL;
}

static void write_by_thread(struct http_request *request, void *data)
{
    struct http_stream_options options = {.content_type = TEXT("text/plain"),
                                          .max_buffered = 4096,
                                          .released = on_released,
                                          .data = data};
    struct http_stream *stream = http_stream_begin(request, 200, &options);
    pthread_t thread;
    pthread_create(&thread, NULL, write_until_gone, stream);
    pthread_detach(thread);
}

static void writers_race_with_readers(void **state)
{
    UNUSED(state);
    struct feed feed = {0};
    struct http_server *server = start(write_by_thread, &feed, LATE_MS);
    enum { COUNT = 200 };
    for (int i = 0; i < COUNT; i++) {
        char reply[2048];
        int wire = wire_connect(server);
        wire_send_z(wire, REQUEST);
        assert_true(wire_read(wire, reply, (size_t)(i % 8) * 200 + 50) > 0);
        close(wire);
    }
    assert_true(testing_wait(&feed.released, COUNT));
    http_server_free(server);
}

/* Clients that the kernel connected and no loop has seen yet: the protocol library ends the program
 * when one of their requests is suspended after all connections looked closed. */
static void a_server_may_end_while_clients_arrive(void **state)
{
    UNUSED(state);
    enum { ROUNDS = 400, WIRES = 4 };
    for (int i = 0; i < ROUNDS; i++) {
        struct http_server *server = start(suspend, NULL, LATE_MS);
        int wires[WIRES];
        for (size_t k = 0; k < WIRES; k++) {
            wires[k] = wire_connect(server);
            wire_send_z(wires[k], REQUEST);
        }
        http_server_free(server);
        for (size_t k = 0; k < WIRES; k++)
            close(wires[k]);
        while (bench.count > 0)
            http_resume(bench.waiting[--bench.count]);
    }
}

/* Where the clients below knock; they may find nobody. */
static atomic_uint knocked_port;

static void *knock(void *data)
{
    UNUSED(data);
    unsigned port;
    while ((port = atomic_load(&knocked_port)) != 0) {
        struct sockaddr_in to = {.sin_family = AF_INET,
                                 .sin_port = htons((uint16_t)port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        /* A server that ends does not even refuse at first: nobody waits for it here. */
        int wire = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        (void)connect(wire, (const struct sockaddr *)&to, sizeof(to));
        wire_send_z(wire, REQUEST);
        close(wire);
        sched_yield();
    }
    return NULL;
}

/* Nothing that takes a client may trip over the end of the taking. */
static void a_server_may_end_while_clients_are_taken(void **state)
{
    UNUSED(state);
    enum { ROUNDS = 100, KNOCKING = 3 };
    pthread_t threads[KNOCKING];
    struct http_server *server = start(testing_echo, NULL, LATE_MS);
    atomic_store(&knocked_port, http_server_port(server, 0));
    for (size_t i = 0; i < KNOCKING; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, knock, NULL), 0);
    for (int round = 0; round < ROUNDS; round++) {
        while (atomic_load(&http_server_metrics(server)->connections) == 0)
            testing_sleep_ms(1);
        http_server_free(server);
        server = start(testing_echo, NULL, LATE_MS);
        atomic_store(&knocked_port, http_server_port(server, 0));
    }
    atomic_store(&knocked_port, 0);
    for (size_t i = 0; i < KNOCKING; i++)
        pthread_join(threads[i], NULL);
    http_server_free(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_threads_answer_thousands_of_requests),
        cmocka_unit_test(clients_may_leave_while_suspended),
        cmocka_unit_test(a_request_may_be_resumed_before_its_handler_returns),
        cmocka_unit_test(a_late_owner_is_not_waited_for),
        cmocka_unit_test(the_owner_can_ask_whether_the_client_waits),
        cmocka_unit_test(a_request_outlives_its_server),
        cmocka_unit_test(a_stream_sends_what_is_written),
        cmocka_unit_test(a_suspended_request_may_become_a_stream),
        cmocka_unit_test(a_stream_begun_too_late_is_gone),
        cmocka_unit_test(a_slow_reader_fills_the_stream_and_empties_it),
        cmocka_unit_test(a_client_that_leaves_a_stream_is_noticed),
        cmocka_unit_test(a_stream_may_be_ended_when_its_client_leaves),
        cmocka_unit_test(a_stream_outlives_its_server),
        cmocka_unit_test(writers_race_with_readers),
        cmocka_unit_test(a_server_may_end_while_clients_arrive),
        cmocka_unit_test(a_server_may_end_while_clients_are_taken),
    };
    return cmocka_run_group_tests_name("http_suspend", tests, NULL, NULL);
}
