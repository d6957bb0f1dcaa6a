/*
 * The server as its users see it: what a handler finds in a request, answers and their headers,
 * compression, proxies, limits on connections, TLS, a port in use, the graceful stop, counters.
 */
#include "net/http_server.h"
#include "net/http_testing.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#define HOST "Host: localhost\r\n"

/* Sends one request to a fresh server with this handler and gives the whole reply. */
static void ask(http_handle_fn handle, const char *request, char *reply, size_t size)
{
    struct http_server_options options;
    testing_options(&options, handle);
    struct http_server *server = testing_start(&options);
    wire_exchange(server, request, strlen(request), reply, size);
    http_server_free(server);
}

static void describe(struct http_request *request, void *data)
{
    UNUSED(data);
    struct arena *arena = request->arena;
    char peer[ADDRESS_TEXT_SIZE], client[ADDRESS_TEXT_SIZE];
    struct text body = text_format(
        arena,
        "method=%.*s path=%.*s query=%.*s a=%.*s b=%.*s x=%.*s body=%.*s type=%.*s peer=%.*s "
        "client=%.*s url=%.*s id=%zu headers=%zu",
        TEXT_ARG(request->method), TEXT_ARG(request->path), TEXT_ARG(request->query),
        TEXT_ARG(http_query_get(request, TEXT("a"))), TEXT_ARG(http_query_get(request, TEXT("b"))),
        TEXT_ARG(http_header_get(request, TEXT("x-one"))), TEXT_ARG(request->body),
        TEXT_ARG(request->body_type), TEXT_ARG(address_print(&request->peer, peer)),
        TEXT_ARG(address_print(&request->client, client)), TEXT_ARG(http_base_url(request)),
        request->id.len, request->header_count);
    http_respond(request, 200, TEXT("text/plain"), body);
}

static void a_handler_sees_the_whole_request(void **state)
{
    UNUSED(state);
    char reply[4096];
    ask(describe,
        "UNLOCK /p%2Fq/r?a=1+2&b=%C3%A9 HTTP/1.1\r\nHost: gate.example:8088\r\nX-One:  v w \r\n"
        "Content-Type: Application/JSON; charset=utf-8\r\nContent-Length: 4\r\n"
        "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\n\r\nbody",
        reply, sizeof(reply));
    assert_non_null(strstr(
        reply, "method=UNLOCK path=/p%2Fq/r query=a=1+2&b=%C3%A9 a=1 2 b=\303\251 x=v w body=body "
               "type=application/json peer=127.0.0.1 client=127.0.0.1 "
               "url=http://gate.example:8088 id=26 headers=6"));
}

/* The id that the client sees is the one of the request. */
static void tell_id(struct http_request *request, void *data)
{
    UNUSED(data);
    http_respond(request, 200, TEXT("text/plain"), request->id);
}

static void the_request_id_goes_back(void **state)
{
    UNUSED(state);
    char reply[4096];
    ask(tell_id, "GET / HTTP/1.1\r\n" HOST "\r\n", reply, sizeof(reply));
    const char *id = strstr(reply, "X-Request-Id: ");
    const char *body = strstr(reply, "\r\n\r\n");
    assert_non_null(id);
    assert_memory_equal(id + strlen("X-Request-Id: "), body + 4, 26);
}

static void ask_through_proxy(const char *headers, char *reply, size_t size)
{
    struct http_server_options options;
    struct address_range proxies[2];
    struct error error = {0};
    char request[1024];
    assert_true(address_range_parse(TEXT("127.0.0.0/8"), &proxies[0], &error));
    assert_true(address_range_parse(TEXT("10.0.0.0/8"), &proxies[1], &error));
    testing_options(&options, describe);
    options.trusted_proxies = proxies;
    options.trusted_proxy_count = 2;
    struct http_server *server = testing_start(&options);
    snprintf(request, sizeof(request), "GET / HTTP/1.1\r\n" HOST "%s\r\n", headers);
    wire_exchange(server, request, strlen(request), reply, size);
    http_server_free(server);
}

static void trusted_proxies_say_who_asks(void **state)
{
    UNUSED(state);
    static const char *const cases[][2] = {
        {"", "client=127.0.0.1 url=http://localhost "},
        {"X-Forwarded-For: 1.2.3.4\r\n", "client=1.2.3.4 "},
        {"X-Forwarded-For: 9.9.9.9, 1.2.3.4\r\n", "client=1.2.3.4 "},
        {"X-Forwarded-For: 9.9.9.9, 1.2.3.4, 10.1.1.1\r\n", "client=1.2.3.4 "},
        {"X-Forwarded-For: 9.9.9.9\r\nX-Forwarded-For: 1.2.3.4\r\n", "client=1.2.3.4 "},
        {"X-Forwarded-For: 10.2.2.2, 10.1.1.1\r\n", "client=10.2.2.2 "},
        {"X-Forwarded-For: 1.2.3.4:4711\r\n", "client=1.2.3.4 "},
        {"X-Forwarded-For: [2001:db8::1]:4711\r\n", "client=2001:db8::1 "},
        {"X-Forwarded-For: [2001:db8::1]\r\n", "client=2001:db8::1 "},
        {"X-Forwarded-For: 1.2.3.4, nonsense\r\n", "client=127.0.0.1 "},
        {"X-Forwarded-For: ,\r\n", "client=127.0.0.1 "},
        {"X-Forwarded-Proto: https\r\n", "url=https://localhost "},
        {"X-Forwarded-Proto: gopher\r\n", "url=http://localhost "},
        {"X-Forwarded-Host: gate.example\r\n", "url=http://gate.example "},
        {"X-Forwarded-Host: a/b\r\n", "url=http://localhost "},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char reply[4096];
        ask_through_proxy(cases[i][0], reply, sizeof(reply));
        if (!strstr(reply, cases[i][1]))
            fail_msg("%s: %s", cases[i][0], reply);
    }
}

static void answer_with_headers(struct http_request *request, void *data)
{
    UNUSED(data);
    assert_true(http_response_header(request, TEXT("ETag"), TEXT("\"1\"")));
    assert_true(http_response_header(request, TEXT("Set-Cookie"), TEXT("a=1")));
    assert_true(http_response_header(request, TEXT("Set-Cookie"), TEXT("b=2")));
    http_respond(request, 201, TEXT("text/plain"), TEXT("made"));
}

static void answers_carry_their_headers(void **state)
{
    UNUSED(state);
    char reply[4096];
    ask(answer_with_headers, "POST / HTTP/1.1\r\n" HOST "\r\n", reply, sizeof(reply));
    assert_non_null(strstr(reply, "HTTP/1.1 201 Created\r\n"));
    assert_non_null(strstr(reply, "ETag: \"1\"\r\n"));
    assert_non_null(strstr(reply, "Set-Cookie: a=1\r\n"));
    assert_non_null(strstr(reply, "Set-Cookie: b=2\r\n"));
    assert_non_null(strstr(reply, "Content-Length: 4\r\n"));
    assert_non_null(strstr(reply, "\r\n\r\nmade"));
}

static void split_the_answer(struct http_request *request, void *data)
{
    UNUSED(data);
    http_respond(request, 200, TEXT("text/plain"), TEXT("fine"));
    http_response_header(request, TEXT("Location"), TEXT("/x\r\nSet-Cookie: a=1"));
}

static void a_header_value_cannot_split_the_answer(void **state)
{
    UNUSED(state);
    char reply[4096];
    ask(split_the_answer, "GET / HTTP/1.1\r\n" HOST "\r\n", reply, sizeof(reply));
    assert_non_null(strstr(reply, "HTTP/1.1 500 "));
    assert_null(strstr(reply, "Set-Cookie"));
}

static void forget_to_answer(struct http_request *request, void *data)
{
    UNUSED(request);
    UNUSED(data);
}

static void a_handler_without_answer_is_a_500(void **state)
{
    UNUSED(state);
    char reply[4096];
    ask(forget_to_answer, "GET / HTTP/1.1\r\n" HOST "\r\n", reply, sizeof(reply));
    assert_non_null(strstr(reply, "HTTP/1.1 500 "));
    assert_non_null(strstr(reply, "{\"message\":\"the server made a mistake\"}"));
}

static void head_gets_the_head_only(void **state)
{
    UNUSED(state);
    char reply[4096];
    ask(testing_echo, "HEAD /abc HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", reply,
        sizeof(reply));
    assert_non_null(strstr(reply, "Content-Length: 4\r\n"));
    assert_string_equal(strstr(reply, "\r\n\r\n"), "\r\n\r\n");
}

static void use_up_memory(struct http_request *request, void *data)
{
    UNUSED(data);
    bool got = arena_alloc(request->arena, 1 << 30) != NULL;
    assert_false(got);
    http_response_header(request, TEXT("X"), TEXT("y"));
    http_respond(request, 200, TEXT("text/plain"), TEXT("fine"));
}

static void a_request_out_of_memory_is_answered(void **state)
{
    UNUSED(state);
    char reply[4096];
    ask(use_up_memory, "GET / HTTP/1.1\r\n" HOST "\r\n", reply, sizeof(reply));
    assert_non_null(strstr(reply, "HTTP/1.1 503 "));
    assert_non_null(strstr(reply, "the request needs too much memory"));
}

/* Each step of reading a request may be the one that has no memory left. */
static void any_lack_of_memory_is_answered(void **state)
{
    UNUSED(state);
    static const char request[] =
        "POST /path?a=%41&b=2 HTTP/1.1\r\n" HOST "Content-Type: text/plain\r\nX-One: two\r\n"
        "Content-Length: 100\r\n\r\n";
    char whole[1024] = {0};
    memcpy(whole, request, sizeof(request) - 1);
    memset(whole + sizeof(request) - 1, 'b', 100);
    unsigned status = 0;
    for (size_t cap = 400; status != 200; cap += 24) {
        struct http_server_options options;
        char reply[4096];
        testing_options(&options, testing_echo);
        options.max_arena = cap;
        struct http_server *server = testing_start(&options);
        status = wire_exchange(server, whole, sizeof(request) - 1 + 100, reply, sizeof(reply));
        /* Without memory even for the request itself the connection is closed. */
        if (status != 0 && status != 503 && status != 200)
            fail_msg("%zu bytes: %s", cap, reply);
        http_server_free(server);
        assert_true(cap < 8192);
    }
}

static void refuse_like_a_door(struct http_request *request, unsigned status, const char *reason,
                               void *data)
{
    UNUSED(data);
    http_respond(request, status, TEXT("application/vnd.door+json"),
                 text_format(request->arena, "[\"%s\"]", reason));
}

static void refusals_take_the_shape_of_the_door(void **state)
{
    UNUSED(state);
    struct http_server_options options;
    char reply[4096];
    testing_options(&options, testing_echo);
    options.refuse = refuse_like_a_door;
    struct http_server *server = testing_start(&options);
    const char *request = "POST /graphql HTTP/1.1\r\n" HOST "Content-Length: 99999\r\n\r\n";
    wire_exchange(server, request, strlen(request), reply, sizeof(reply));
    assert_non_null(strstr(reply, "HTTP/1.1 413 "));
    assert_non_null(strstr(reply, "Content-Type: application/vnd.door+json\r\n"));
    assert_non_null(strstr(reply, "[\"the body is larger than this server accepts\"]"));
    http_server_free(server);
}

static void answer_json(struct http_request *request, void *data)
{
    UNUSED(data);
    enum { SIZE = 20000 };
    char *body = arena_alloc(request->arena, SIZE);
    for (int i = 0; i < SIZE; i++)
        body[i] = "{\"name\":\"value\"}"[i % 16];
    struct text type = http_query_get(request, TEXT("type"));
    http_respond(request, 200, type.len > 0 ? type : TEXT("application/json"),
                 (struct text){body, SIZE});
}

static bool is_compressed(const char *request)
{
    char reply[40000];
    ask(answer_json, request, reply, sizeof(reply));
    assert_non_null(strstr(reply, "HTTP/1.1 200 OK"));
    return strstr(reply, "Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n") != NULL;
}

static void compression_is_a_matter_of_both_sides(void **state)
{
    UNUSED(state);
    assert_true(is_compressed("GET / HTTP/1.1\r\n" HOST "Accept-Encoding: gzip\r\n\r\n"));
    assert_true(is_compressed("GET / HTTP/1.1\r\n" HOST "Accept-Encoding: br, GZIP;q=0.5\r\n\r\n"));
    assert_true(is_compressed("GET /?type=text/csv HTTP/1.1\r\n" HOST
                              "Accept-Encoding: deflate, gzip\r\n\r\n"));
    assert_false(is_compressed("GET / HTTP/1.1\r\n" HOST "\r\n"));
    assert_false(is_compressed("GET / HTTP/1.1\r\n" HOST "Accept-Encoding: gzip;q=0\r\n\r\n"));
    assert_false(is_compressed("GET / HTTP/1.1\r\n" HOST "Accept-Encoding: br\r\n\r\n"));
    assert_false(
        is_compressed("GET /?type=image/png HTTP/1.1\r\n" HOST "Accept-Encoding: gzip\r\n\r\n"));
}

static void a_compressed_answer_unpacks_to_the_same(void **state)
{
    UNUSED(state);
    struct http_server_options options;
    testing_options(&options, answer_json);
    struct http_server *server = testing_start(&options);
    /* Twice, as the state of the compressor is kept. */
    for (int round = 0; round < 2; round++) {
        unsigned char packed[40000];
        char plain[40000];
        int wire = wire_connect(server);
        wire_send_z(wire, "GET / HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n");
        size_t len = wire_read(wire, (char *)packed, sizeof(packed));
        const char *body = memmem(packed, len, "\r\n\r\n", 4);
        close(wire);
        assert_non_null(body);
        size_t head = (size_t)(body + 4 - (char *)packed);
        z_stream unpack = {.next_in = packed + head,
                           .avail_in = (unsigned)(len - head),
                           .next_out = (unsigned char *)plain,
                           .avail_out = sizeof(plain)};
        assert_int_equal(inflateInit2(&unpack, 15 + 16), Z_OK);
        assert_int_equal(inflate(&unpack, Z_FINISH), Z_STREAM_END);
        assert_int_equal(unpack.total_out, 20000);
        assert_memory_equal(plain + 19984, "{\"name\":\"value\"}", 16);
        inflateEnd(&unpack);
    }
    http_server_free(server);
}

static void a_port_in_use_is_named(void **state)
{
    UNUSED(state);
    struct http_server_options options;
    testing_options(&options, testing_echo);
    struct http_server *server = testing_start(&options);
    char listen[64];
    snprintf(listen, sizeof(listen), "127.0.0.1:%u", http_server_port(server, 0));
    struct text listens[] = {text_z(listen)};
    struct error error = {0};
    options.listen = listens;
    assert_null(http_server_start(&options, &error));
    char expected[128];
    snprintf(expected, sizeof(expected), "cannot listen on %s: the port is in use", listen);
    assert_string_equal(error.message, expected);
    assert_int_equal(error.kind, ERR_UNAVAILABLE);
    http_server_free(server);
}

static void bad_addresses_are_refused(void **state)
{
    UNUSED(state);
    static const char *const cases[][2] = {
        {"8088", "\"8088\" is not HOST:PORT"},
        {"192.0.2.1:80", "cannot listen on 192.0.2.1:80: "},
        {"no host:80", "cannot listen on no host:80: "},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct http_server_options options;
        struct error error = {0};
        struct text listens[] = {text_z(cases[i][0])};
        testing_options(&options, testing_echo);
        options.listen = listens;
        assert_null(http_server_start(&options, &error));
        if (strncmp(error.message, cases[i][1], strlen(cases[i][1])) != 0)
            fail_msg("%s: %s", cases[i][0], error.message);
    }
}

static void several_sockets_are_served(void **state)
{
    UNUSED(state);
    struct http_server_options options;
    struct text listens[] = {TEXT("127.0.0.1:0"), TEXT("localhost:0"), TEXT(":0")};
    testing_options(&options, testing_echo);
    options.listen = listens;
    options.listen_count = 3;
    struct http_server *server = testing_start(&options);
    for (size_t i = 0; i < 3; i++) {
        assert_int_not_equal(http_server_port(server, i), 0);
        for (size_t j = 0; j < i; j++)
            assert_int_not_equal(http_server_port(server, i), http_server_port(server, j));
    }
    assert_int_equal(http_server_port(server, 3), 0);
    http_server_free(server);
}

static void each_peer_has_its_limit(void **state)
{
    UNUSED(state);
    struct http_server_options options;
    testing_options(&options, testing_echo);
    options.max_connections_per_peer = 3;
    struct http_server *server = testing_start(&options);
    const struct http_server_metrics *metrics = http_server_metrics(server);
    int wires[3];
    for (int i = 0; i < 3; i++)
        wires[i] = wire_connect(server);
    assert_true(testing_wait(&metrics->open_connections, 3));
    int fourth = wire_connect(server);
    assert_true(wire_is_closed(fourth));
    close(fourth);
    assert_int_equal(atomic_load(&metrics->refused_connections), 1);
    /* One leaves, another may come. */
    close(wires[0]);
    assert_true(testing_wait(&metrics->open_connections, 2));
    char reply[1024];
    wires[0] = wire_connect(server);
    wire_send_z(wires[0], "GET / HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(wire_read_answer(wires[0], reply, sizeof(reply)), 200);
    for (int i = 0; i < 3; i++)
        close(wires[i]);
    http_server_free(server);
}

static void the_server_has_its_limit(void **state)
{
    UNUSED(state);
    struct http_server_options options;
    testing_options(&options, testing_echo);
    options.max_connections = 2;
    options.max_connections_per_peer = 0;
    struct http_server *server = testing_start(&options);
    int wires[2] = {wire_connect(server), wire_connect(server)};
    assert_true(testing_wait(&http_server_metrics(server)->open_connections, 2));
    int third = wire_connect(server);
    assert_true(wire_is_closed(third));
    close(third);
    close(wires[0]);
    close(wires[1]);
    http_server_free(server);
}

static struct {
    atomic_int_least64_t calls, unsent, status, bytes;
} completed;

static void on_completed(const struct http_request *request, unsigned status, size_t body_bytes,
                         bool sent, void *data)
{
    UNUSED(request);
    UNUSED(data);
    atomic_store(&completed.status, status);
    atomic_store(&completed.bytes, (int_least64_t)body_bytes);
    atomic_fetch_add(&completed.unsent, sent ? 0 : 1);
    atomic_fetch_add(&completed.calls, 1);
}

static void counters_count(void **state)
{
    UNUSED(state);
    struct http_server_options options;
    testing_options(&options, testing_echo);
    options.completed = on_completed;
    struct http_server *server = testing_start(&options);
    const struct http_server_metrics *metrics = http_server_metrics(server);
    char reply[1024];
    int wire = wire_connect(server);
    wire_send_z(wire, "POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello");
    assert_int_equal(wire_read_answer(wire, reply, sizeof(reply)), 200);
    assert_true(testing_wait(&completed.calls, 1));
    assert_int_equal(atomic_load(&completed.status), 200);
    assert_int_equal(atomic_load(&completed.bytes), 5);
    wire_send_z(wire, "POST / HTTP/1.1\r\n" HOST "Content-Length: 50000\r\n\r\n");
    assert_int_equal(wire_read_answer(wire, reply, sizeof(reply)), 413);
    close(wire);
    assert_true(testing_wait(&metrics->open_connections, 0));
    assert_int_equal(atomic_load(&metrics->requests[2]), 1);
    assert_int_equal(atomic_load(&metrics->requests[4]), 1);
    assert_int_equal(atomic_load(&metrics->refused_requests), 1);
    assert_int_equal(atomic_load(&metrics->requests_in_flight), 0);
    assert_int_equal(atomic_load(&metrics->connections), 1);
    assert_int_equal(atomic_load(&metrics->bytes_received), 5);
    assert_int_equal(atomic_load(&completed.calls), 1);
    http_server_free(server);
}

/* A client that keeps asking until the server says that it is the last time. */
struct asker {
    atomic_size_t answered;
    size_t broken;
};

/* Less than the server lets a connection idle while it drains. */
enum { IDLE_FOR_CERTAIN_MS = 200 };

/* The server may be gone while its clients still try. */
static uint16_t drain_port;

static bool try_connect(int *wire)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(drain_port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    *wire = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(*wire, (const struct sockaddr *)&to, sizeof(to)) == 0)
        return true;
    close(*wire);
    return false;
}

/* True when the answer came whole. A kept connection may close without a byte under a client that
 * left it idle, which only one that was slow can have done. */
static bool ask_once(int wire, int64_t idle_since, char *reply, size_t size)
{
    wire_send_z(wire, "POST /x HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nab");
    int64_t sent = testing_now_ms();
    unsigned status = wire_read_reply(wire, reply, size);
    return status == 200 || (reply[0] == '\0' && sent - idle_since > IDLE_FOR_CERTAIN_MS);
}

static void *ask_until_closed(void *data)
{
    struct asker *asker = data;
    int64_t idle_since = testing_now_ms();
    int wire;
    while (try_connect(&wire)) {
        char reply[1024];
        do {
            int64_t began = testing_now_ms();
            if (!ask_once(wire, idle_since, reply, sizeof(reply)))
                asker->broken++;
            else if (reply[0])
                atomic_fetch_add(&asker->answered, 1);
            idle_since = began;
        } while (reply[0] && !strstr(reply, "Connection: close"));
        close(wire);
        idle_since = testing_now_ms();
    }
    return NULL;
}

/* Every client is in the middle of its work when the server is told to stop. */
static void wait_for_an_answer(const struct asker *asker)
{
    int64_t until = testing_now_ms() + TESTING_PATIENCE_MS;
    while (atomic_load(&asker->answered) == 0 && testing_now_ms() < until)
        testing_sleep_ms(1);
    assert_true(atomic_load(&asker->answered) > 0);
}

static void stopping_breaks_no_answer(void **state)
{
    UNUSED(state);
    enum { ASKERS = 16 };
    for (int round = 0; round < 5; round++) {
        struct http_server_options options;
        testing_options(&options, testing_echo);
        options.threads = 2;
        struct http_server *server = testing_start(&options);
        drain_port = http_server_port(server, 0);
        struct asker askers[ASKERS] = {0};
        pthread_t threads[ASKERS];
        for (int i = 0; i < ASKERS; i++)
            pthread_create(&threads[i], NULL, ask_until_closed, &askers[i]);
        for (int i = 0; i < ASKERS; i++)
            wait_for_an_answer(&askers[i]);
        assert_true(http_server_drain(server, TESTING_PATIENCE_MS));
        http_server_free(server);
        for (int i = 0; i < ASKERS; i++) {
            pthread_join(threads[i], NULL);
            assert_int_equal(askers[i].broken, 0);
        }
    }
}

static void idle_connections_do_not_delay_the_end(void **state)
{
    UNUSED(state);
    struct http_server_options options;
    testing_options(&options, testing_echo);
    struct http_server *server = testing_start(&options);
    char reply[1024];
    int used = wire_connect(server);
    int fresh = wire_connect(server);
    wire_send_z(used, "GET / HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(wire_read_answer(used, reply, sizeof(reply)), 200);
    /* Long before they would be closed for being idle. */
    assert_true(http_server_drain(server, TESTING_PATIENCE_MS));
    http_server_free(server);
    close(used);
    close(fresh);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_handler_sees_the_whole_request),
        cmocka_unit_test(the_request_id_goes_back),
        cmocka_unit_test(trusted_proxies_say_who_asks),
        cmocka_unit_test(answers_carry_their_headers),
        cmocka_unit_test(a_header_value_cannot_split_the_answer),
        cmocka_unit_test(a_handler_without_answer_is_a_500),
        cmocka_unit_test(head_gets_the_head_only),
        cmocka_unit_test(a_request_out_of_memory_is_answered),
        cmocka_unit_test(any_lack_of_memory_is_answered),
        cmocka_unit_test(refusals_take_the_shape_of_the_door),
        cmocka_unit_test(compression_is_a_matter_of_both_sides),
        cmocka_unit_test(a_compressed_answer_unpacks_to_the_same),
        cmocka_unit_test(a_port_in_use_is_named),
        cmocka_unit_test(bad_addresses_are_refused),
        cmocka_unit_test(several_sockets_are_served),
        cmocka_unit_test(each_peer_has_its_limit),
        cmocka_unit_test(the_server_has_its_limit),
        cmocka_unit_test(counters_count),
        cmocka_unit_test(stopping_breaks_no_answer),
        cmocka_unit_test(idle_connections_do_not_delay_the_end),
    };
    return cmocka_run_group_tests_name("http_server", tests, NULL, NULL);
}
