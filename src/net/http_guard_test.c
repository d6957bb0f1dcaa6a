/*
 * Odd, ambiguous and hostile input on a bare socket: what each gets is a line in a table. The rows
 * of slow clients run with short deadlines.
 */
#include "base/buffer.h"
#include "net/http_testing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define HOST "Host: localhost\r\n"

struct odd_case {
    const char *name;
    const char *request;
    size_t size;      /* 0 when the request holds no NUL */
    unsigned status;  /* of the first answer; 0 for none */
    unsigned answers; /* how many come, when they are good */
    bool stays_open;
};

#define BYTES(literal) literal, sizeof(literal) - 1

static const struct odd_case odd_cases[] = {
    {"plain", "GET / HTTP/1.1\r\n" HOST "\r\n", 0, 200, 1, true},
    {"three pipelined requests",
     "POST /1 HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nabPOST /2 HTTP/1.1\r\n" HOST
     "Content-Length: 1\r\n\r\ncGET /3 HTTP/1.1\r\n" HOST "\r\n",
     0, 200, 3, true},
    {"two differing Content-Length",
     "POST / HTTP/1.1\r\n" HOST "Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc", 0, 400, 1,
     false},
    {"two equal Content-Length",
     "POST / HTTP/1.1\r\n" HOST "Content-Length: 2\r\nContent-Length: 2\r\n\r\nab", 0, 400, 1,
     false},
    {"Content-Length as a list", "POST / HTTP/1.1\r\n" HOST "Content-Length: 2, 2\r\n\r\nab", 0,
     400, 1, false},
    {"Content-Length with Transfer-Encoding",
     "POST / HTTP/1.1\r\n" HOST "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     0, 400, 1, false},
    {"unknown Transfer-Encoding",
     "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: identity\r\n\r\nab", 0, 400, 1, false},
    {"stacked Transfer-Encoding",
     "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 0, 400, 1,
     false},
    {"Transfer-Encoding with a tail",
     "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 0, 400, 1, false},
    {"signed Content-Length", "POST / HTTP/1.1\r\n" HOST "Content-Length: +2\r\n\r\nab", 0, 400, 1,
     false},
    {"negative Content-Length", "POST / HTTP/1.1\r\n" HOST "Content-Length: -2\r\n\r\nab", 0, 400,
     1, false},
    {"hexadecimal Content-Length", "POST / HTTP/1.1\r\n" HOST "Content-Length: 0x2\r\n\r\nab", 0,
     400, 1, false},
    {"Content-Length of 13 digits",
     "POST / HTTP/1.1\r\n" HOST "Content-Length: 0000000000002\r\n\r\nab", 0, 400, 1, false},
    {"no Host", "GET / HTTP/1.1\r\n\r\n", 0, 400, 1, false},
    {"two Hosts", "GET / HTTP/1.1\r\n" HOST HOST "\r\n", 0, 400, 1, false},
    {"a Host that is none", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 0, 400, 1, false},
    {"HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", 0, 200, 1, false},
    {"HTTP/1.0 kept alive", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 0, 200, 1, true},
    {"HTTP/1.0 with chunks",
     "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", 0, 400, 1, false},
    {"space before the colon", "GET / HTTP/1.1\r\n" HOST "X : y\r\n\r\n", 0, 400, 1, false},
    {"space in a header name", "GET / HTTP/1.1\r\n" HOST "X Y: y\r\n\r\n", 0, 400, 1, false},
    {"header without a name", "GET / HTTP/1.1\r\n" HOST ": y\r\n\r\n", 0, 200, 1, true},
    {"header without a colon", "GET / HTTP/1.1\r\n" HOST "X\r\n\r\n", 0, 400, 1, false},
    {"bare CR in a header", "GET / HTTP/1.1\r\n" HOST "X: a\rb\r\n\r\n", 0, 400, 1, false},
    {"escape character in a header", "GET / HTTP/1.1\r\n" HOST "X: a\033b\r\n\r\n", 0, 400, 1,
     false},
    {"bare LF line ends", "GET / HTTP/1.1\nHost: localhost\n\n", 0, 200, 1, true},
    {"folded header", "GET / HTTP/1.1\r\n" HOST "X: a\r\n b\r\n\r\n", 0, 200, 1, true},
    {"NUL in a header value", BYTES("GET / HTTP/1.1\r\n" HOST "X: a\0b\r\n\r\n"), 200, 1, true},
    {"1 GB announced, nothing sent",
     "POST / HTTP/1.1\r\n" HOST "Content-Length: 1000000000\r\n\r\n", 0, 413, 1, false},
    {"body one byte too long", "POST / HTTP/1.1\r\n" HOST "Content-Length: 8193\r\n\r\n", 0, 413, 1,
     false},
    {"expected body too long",
     "POST / HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 8193\r\n\r\n", 0, 413, 1,
     false},
    {"compressed body", "POST / HTTP/1.1\r\n" HOST "Content-Encoding: gzip\r\n\r\n", 0, 415, 1,
     false},
    {"malformed chunk", "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 0,
     400, 1, false},
    {"chunks",
     "POST / HTTP/1.1\r\n" HOST
     "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
     0, 200, 1, true},
    {"blank in the target", "GET /a b HTTP/1.1\r\n" HOST "\r\n", 0, 400, 1, false},
    {"control character in the target", "GET /\001 HTTP/1.1\r\n" HOST "\r\n", 0, 400, 1, false},
    {"target without a slash", "GET a HTTP/1.1\r\n" HOST "\r\n", 0, 400, 1, false},
    {"absolute target", "GET http://other/x HTTP/1.1\r\n" HOST "\r\n", 0, 200, 1, true},
    {"asterisk target", "OPTIONS * HTTP/1.1\r\n" HOST "\r\n", 0, 200, 1, true},
    {"broken escape in the query", "GET /?a=%zz HTTP/1.1\r\n" HOST "\r\n", 0, 400, 1, false},
    {"a method of its own", "LOCK / HTTP/1.1\r\n" HOST "\r\n", 0, 200, 1, true},
    {"a method that is no token", "G@T / HTTP/1.1\r\n" HOST "\r\n", 0, 400, 1, false},
    {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 0, 505, 1, false},
    {"no HTTP at all", "\026\003\001\002\r\n\r\n", 0, 0, 0, false},
};

static unsigned count_answers(const char *reply)
{
    unsigned count = 0;
    for (const char *at = reply; (at = strstr(at, "HTTP/1.")); at++)
        count++;
    return count;
}

static struct http_server *start(void)
{
    struct http_server_options options;
    testing_options(&options, testing_echo);
    return testing_start(&options);
}

/* All that comes until the connection closes; of one that stays open what is due, so that an answer
 * too many is still to be read. */
static void read_answers(int wire, const struct odd_case *odd, char *out, size_t size)
{
    if (!odd->stays_open)
        wire_read(wire, out, size);
    for (size_t len = 0, i = 0; odd->stays_open && i < odd->answers; i++, len += strlen(out + len))
        wire_read_reply(wire, out + len, size - len);
}

static void odd_input_gets_its_answer(void **state)
{
    UNUSED(state);
    struct http_server *server = start();
    for (size_t i = 0; i < ARRAY_LENGTH(odd_cases); i++) {
        const struct odd_case *odd = &odd_cases[i];
        char reply[4096];
        int wire = wire_connect(server);
        wire_send(wire, odd->request, odd->size ? odd->size : strlen(odd->request));
        read_answers(wire, odd, reply, sizeof(reply));
        unsigned status = strlen(reply) > 9 ? (unsigned)strtoul(reply + 9, NULL, 10) : 0;
        bool counts = odd->status != 200 || count_answers(reply) == odd->answers;
        if (status != odd->status || !counts)
            fail_msg("%s: %u, %u answers; %s", odd->name, status, count_answers(reply), reply);
        if (odd->stays_open ? !wire_is_silent(wire, 20) : !wire_is_closed(wire))
            fail_msg("%s: the connection should %s", odd->name,
                     odd->stays_open ? "stay open" : "be closed");
        close(wire);
    }
    http_server_free(server);
}

static void the_body_may_wait_for_permission(void **state)
{
    UNUSED(state);
    struct http_server *server = start();
    char reply[4096];
    int wire = wire_connect(server);
    wire_send_z(wire,
                "POST / HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    wire_read_until(wire, reply, sizeof(reply), "\r\n\r\n");
    assert_string_equal(reply, "HTTP/1.1 100 Continue\r\n\r\n");
    wire_send_z(wire, "abc");
    assert_int_equal(wire_read_answer(wire, reply, sizeof(reply)), 200);
    assert_string_equal(reply, "abc");
    close(wire);
    http_server_free(server);
}

/* A request with so many headers, each with a value of this length. */
static unsigned status_with_headers(const struct http_server *server, int count, int length)
{
    struct arena *arena = arena_new(1 << 20);
    struct buffer request;
    char reply[4096];
    buffer_init(&request, arena, 1 << 17);
    buffer_add_format(&request, "GET / HTTP/1.1\r\n" HOST);
    for (int i = 0; i < count; i++)
        buffer_add_format(&request, "X-%d: %0*d\r\n", i, length, i);
    buffer_add_format(&request, "\r\n");
    unsigned status = wire_exchange(server, request.at, request.len, reply, sizeof(reply));
    arena_free(arena);
    return status;
}

static void headers_have_a_limit(void **state)
{
    UNUSED(state);
    struct http_server *server = start();
    assert_int_equal(status_with_headers(server, 15, 1000), 200);
    assert_int_equal(status_with_headers(server, 40, 1000), 431);
    assert_int_equal(status_with_headers(server, 100, 1), 200);
    assert_int_equal(status_with_headers(server, 200, 1), 431);
    http_server_free(server);
}

/* The answer comes although the client is in the middle of sending far more than is taken. */
static void an_early_refusal_is_not_lost(void **state)
{
    UNUSED(state);
    struct http_server *server = start();
    static char body[1 << 20];
    for (int i = 0; i < 20; i++) {
        char reply[4096];
        int wire = wire_connect(server);
        wire_send_z(wire, "POST / HTTP/1.1\r\n" HOST "Content-Length: 1048576\r\n\r\n");
        testing_sleep_ms(2);
        wire_send(wire, body, sizeof(body));
        assert_int_equal(wire_read_answer(wire, reply, sizeof(reply)), 413);
        close(wire);
    }
    http_server_free(server);
}

static void a_chunked_body_over_the_limit_is_refused(void **state)
{
    UNUSED(state);
    struct http_server *server = start();
    char reply[4096];
    int wire = wire_connect(server);
    wire_send_z(wire, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n");
    char chunk[1024];
    memset(chunk, 'x', sizeof(chunk));
    for (int i = 0; i < 10; i++) {
        wire_send_z(wire, "400\r\n");
        wire_send(wire, chunk, sizeof(chunk));
        wire_send_z(wire, "\r\n");
    }
    wire_send_z(wire, "0\r\n\r\n");
    assert_int_equal(wire_read_answer(wire, reply, sizeof(reply)), 413);
    close(wire);
    http_server_free(server);
}

static void an_endless_chunked_body_is_cut(void **state)
{
    UNUSED(state);
    struct http_server *server = start();
    int wire = wire_connect(server);
    wire_send_z(wire, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n");
    char chunk[1024];
    memset(chunk, 'x', sizeof(chunk));
    bool open = true;
    int64_t until = testing_now_ms() + TESTING_PATIENCE_MS;
    while (open && testing_now_ms() < until)
        open = wire_send(wire, "400\r\n", 5) && wire_send(wire, chunk, sizeof(chunk)) &&
               wire_send(wire, "\r\n", 2);
    assert_false(open);
    close(wire);
    http_server_free(server);
}

/* Sends a piece every 50 ms: never silent, never finished. Milliseconds until it was cut. */
static int64_t life_of_slow_client(const char *start_with, const char *piece)
{
    struct http_server_options options;
    testing_options(&options, testing_echo);
    options.request_timeout_ms = 400;
    options.idle_timeout_ms = 300;
    struct http_server *server = testing_start(&options);
    int64_t began = testing_now_ms();
    int wire = wire_connect(server);
    wire_send_z(wire, start_with);
    while (!wire_is_closed_within(wire, 50) && testing_now_ms() - began < TESTING_PATIENCE_MS)
        wire_send_z(wire, piece);
    int64_t lived = testing_now_ms() - began;
    close(wire);
    http_server_free(server);
    return lived;
}

static void slow_clients_are_cut_at_the_deadline(void **state)
{
    UNUSED(state);
    static const char *const cases[][2] = {
        {"GET / HTTP/1.1\r\n" HOST, "X: y\r\n"},
        {"POST / HTTP/1.1\r\n" HOST "Content-Length: 1000\r\n\r\n", "x"},
        {"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n"},
        {"GET /", "x"},
        {"", ""},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        int64_t lived = life_of_slow_client(cases[i][0], cases[i][1]);
        if (lived < 350 || lived >= TESTING_PATIENCE_MS)
            fail_msg("case %zu lived %d ms", i, (int)lived);
    }
}

static void an_idle_kept_connection_is_closed(void **state)
{
    UNUSED(state);
    struct http_server_options options;
    testing_options(&options, testing_echo);
    options.idle_timeout_ms = 200;
    struct http_server *server = testing_start(&options);
    char reply[4096];
    int wire = wire_connect(server);
    int64_t began = testing_now_ms();
    wire_send_z(wire, "GET / HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(wire_read_answer(wire, reply, sizeof(reply)), 200);
    assert_true(wire_is_closed(wire));
    /* Its clock is coarse. */
    assert_true(testing_now_ms() - began >= 190);
    close(wire);
    http_server_free(server);
}

/* The answer is far larger than the buffers of both sockets. */
static void answer_much(struct http_request *request, void *data)
{
    UNUSED(data);
    static const char zeros[32 << 20];
    http_respond(request, 200, TEXT("application/octet-stream"),
                 (struct text){zeros, sizeof(zeros)});
}

static void a_client_that_does_not_read_is_cut(void **state)
{
    UNUSED(state);
    struct http_server_options options;
    testing_options(&options, answer_much);
    /* No byte either way for longer than any of these. */
    options.request_timeout_ms = options.idle_timeout_ms = options.send_timeout_ms = 200;
    struct http_server *server = testing_start(&options);
    const struct http_server_metrics *metrics = http_server_metrics(server);
    int wire = wire_connect(server);
    wire_send_z(wire, "GET / HTTP/1.1\r\n" HOST "\r\n");
    assert_true(testing_wait_count(&metrics->broken_requests, 1));
    assert_true(testing_wait(&metrics->open_connections, 0));
    close(wire);
    http_server_free(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(odd_input_gets_its_answer),
        cmocka_unit_test(the_body_may_wait_for_permission),
        cmocka_unit_test(headers_have_a_limit),
        cmocka_unit_test(an_early_refusal_is_not_lost),
        cmocka_unit_test(a_chunked_body_over_the_limit_is_refused),
        cmocka_unit_test(an_endless_chunked_body_is_cut),
        cmocka_unit_test(slow_clients_are_cut_at_the_deadline),
        cmocka_unit_test(an_idle_kept_connection_is_closed),
        cmocka_unit_test(a_client_that_does_not_read_is_cut),
    };
    return cmocka_run_group_tests_name("http_guard", tests, NULL, NULL);
}
