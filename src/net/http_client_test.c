/* The client against our own server: answers, bodies, limits, the address guard, and what it says
 * when something goes wrong. */
#include "base/buffer.h"
#include "net/http_client.h"
#include "net/http_testing.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
    struct http_server *server;
    struct http_client *client;
    struct arena *arena;
    struct http_client_response response;
    struct error error;
};

static void add_line(struct buffer *out, const char *name, struct text value)
{
    buffer_add_format(out, "%s=%.*s\n", name, TEXT_ARG(value));
}

static void tell(struct http_request *request)
{
    struct buffer out;
    buffer_init(&out, request->arena, 65536);
    add_line(&out, "method", request->method);
    add_line(&out, "target", request->target);
    add_line(&out, "type", http_header_get(request, TEXT("Content-Type")));
    add_line(&out, "agent", http_header_get(request, TEXT("User-Agent")));
    add_line(&out, "expect", http_header_get(request, TEXT("Expect")));
    add_line(&out, "x", http_header_get(request, TEXT("X-Test")));
    add_line(&out, "body", request->body);
    http_response_header(request, TEXT("X-Answer"), TEXT("yes"));
    http_respond(request, 200, TEXT("text/plain"), buffer_text(&out));
}

static struct http_request *parked;

/* Requests that wait until the gate opens; answered at once then. */
static struct {
    pthread_mutex_t lock;
    struct http_request *requests[64];
    size_t count;
    bool is_open;
} gate = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void wait_at_gate(struct http_request *request)
{
    pthread_mutex_lock(&gate.lock);
    bool waits = !gate.is_open && gate.count < ARRAY_LENGTH(gate.requests);
    if (waits) {
        http_suspend(request);
        gate.requests[gate.count++] = request;
    }
    pthread_mutex_unlock(&gate.lock);
    if (!waits)
        http_respond(request, 200, TEXT("text/plain"), TEXT("passed"));
}

static void open_gate(void)
{
    pthread_mutex_lock(&gate.lock);
    gate.is_open = true;
    for (; gate.count > 0; http_resume(gate.requests[--gate.count]))
        http_respond(gate.requests[gate.count - 1], 200, TEXT("text/plain"), TEXT("passed"));
    pthread_mutex_unlock(&gate.lock);
}

/* Does what the path says. */
static void serve(struct http_request *request, void *data)
{
    UNUSED(data);
    static char large[100000];
    memset(large, 'x', sizeof(large));
    if (text_equal(request->path, TEXT("/large"))) {
        http_respond(request, 200, TEXT("text/plain"), (struct text){large, sizeof(large)});
    } else if (text_equal(request->path, TEXT("/away"))) {
        http_response_header(request, TEXT("Location"), TEXT("/tell"));
        http_respond(request, 302, TEXT(""), TEXT(""));
    } else if (text_equal(request->path, TEXT("/missing"))) {
        http_respond(request, 404, TEXT("text/plain"), TEXT("no such thing"));
    } else if (text_equal(request->path, TEXT("/never"))) {
        http_suspend(request);
        parked = request;
    } else if (text_equal(request->path, TEXT("/gate"))) {
        wait_at_gate(request);
    } else if (text_equal(request->path, TEXT("/stream"))) {
        struct http_stream_options options = {.content_type = TEXT("text/plain")};
        struct http_stream *stream = http_stream_begin(request, 200, &options);
        for (int i = 0; i < 5; i++)
            http_stream_write(stream, TEXT("a line\n"));
        http_stream_end(stream, text_equal(request->query, TEXT("broken")));
    } else {
        tell(request);
    }
}

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    struct http_server_options options;
    struct http_client_options client = {.allow_private = true};
    testing_options(&options, serve);
    fixture->server = testing_start(&options);
    fixture->client = http_client_new(&client, &fixture->error);
    fixture->arena = arena_new(1 << 20);
    parked = NULL;
    *state = fixture;
    return fixture->client ? 0 : -1;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    http_client_free(fixture->client);
    http_server_free(fixture->server);
    if (parked)
        http_resume(parked);
    arena_free(fixture->arena);
    free(fixture);
    return 0;
}

static struct text url_of(struct fixture *fixture, const char *path)
{
    return text_format(fixture->arena, "http://127.0.0.1:%u%s",
                       http_server_port(fixture->server, 0), path);
}

static bool fetch(struct fixture *fixture, const struct http_client_request *request)
{
    error_clear(&fixture->error);
    return http_client_fetch(fixture->client, request, fixture->arena, &fixture->response,
                             &fixture->error);
}

static bool body_has(const struct fixture *fixture, const char *part)
{
    return text_contains(fixture->response.body, text_z(part));
}

static void an_answer_comes_whole(void **state)
{
    struct fixture *fixture = *state;
    struct http_header header = {TEXT("X-Test"), TEXT("one two")};
    assert_true(fetch(fixture, &(struct http_client_request){.url = url_of(fixture, "/tell?a=1"),
                                                             .headers = &header,
                                                             .header_count = 1}));
    assert_int_equal(fixture->response.status, 200);
    assert_true(body_has(fixture, "method=GET\ntarget=/tell?a=1\ntype=\n"));
    assert_true(body_has(fixture, "agent=gatehouse/" GATEHOUSE_VERSION "\nexpect=\nx=one two\n"));
    assert_true(text_equal(http_client_header(&fixture->response, TEXT("x-answer")), TEXT("yes")));
    assert_null(http_client_header(&fixture->response, TEXT("x-ans")).at);
    assert_true(fixture->response.duration > 0);
}

static void bodies_and_methods_go_out_as_they_are(void **state)
{
    struct fixture *fixture = *state;
    struct http_header json = {TEXT("Content-Type"), TEXT("application/json")};
    struct http_header empty = {TEXT("X-Test"), TEXT("")};
    static const char *const methods[] = {"POST", "PUT", "PATCH", "DELETE", "LOCK", "GET"};
    assert_true(fetch(fixture, &(struct http_client_request){.url = url_of(fixture, "/tell"),
                                                             .headers = &json,
                                                             .header_count = 1,
                                                             .body = TEXT("{\"a\":1}")}));
    assert_true(body_has(fixture, "method=POST\n"));
    assert_true(body_has(fixture, "type=application/json\n"));
    assert_true(body_has(fixture, "body={\"a\":1}\n"));
    for (size_t i = 0; i < ARRAY_LENGTH(methods); i++) {
        assert_true(fetch(fixture, &(struct http_client_request){.method = text_z(methods[i]),
                                                                 .url = url_of(fixture, "/tell"),
                                                                 .headers = &empty,
                                                                 .header_count = 1,
                                                                 .body = TEXT("b")}));
        char expected[32];
        snprintf(expected, sizeof(expected), "method=%s\n", methods[i]);
        assert_true(body_has(fixture, expected));
        assert_true(body_has(fixture, "type=\n"));
        assert_true(body_has(fixture, "body=b\n"));
    }
    assert_true(fetch(fixture, &(struct http_client_request){.method = TEXT("HEAD"),
                                                             .url = url_of(fixture, "/tell")}));
    assert_int_equal(fixture->response.body.len, 0);
    assert_true(fetch(fixture, &(struct http_client_request){.method = TEXT("POST"),
                                                             .url = url_of(fixture, "/tell")}));
    assert_true(body_has(fixture, "method=POST\n"));
}

static void any_status_is_an_answer(void **state)
{
    struct fixture *fixture = *state;
    assert_true(fetch(fixture, &(struct http_client_request){.url = url_of(fixture, "/missing")}));
    assert_int_equal(fixture->response.status, 404);
    assert_true(text_equal(fixture->response.body, TEXT("no such thing")));
}

static void redirects_are_followed_only_on_request(void **state)
{
    struct fixture *fixture = *state;
    struct http_client_request request = {.url = url_of(fixture, "/away")};
    assert_true(fetch(fixture, &request));
    assert_int_equal(fixture->response.status, 302);
    assert_true(
        text_equal(http_client_header(&fixture->response, TEXT("Location")), TEXT("/tell")));
    request.max_redirects = 1;
    assert_true(fetch(fixture, &request));
    assert_int_equal(fixture->response.status, 200);
    assert_true(body_has(fixture, "target=/tell\n"));
    /* Only the headers of the last answer are left. */
    assert_null(http_client_header(&fixture->response, TEXT("Location")).at);
}

static void fails_with(struct fixture *fixture, const struct http_client_request *request,
                       enum error_kind kind, const char *message)
{
    assert_false(fetch(fixture, request));
    assert_int_equal(fixture->error.kind, kind);
    if (!strstr(fixture->error.message, message))
        fail_msg("%s, not %s", fixture->error.message, message);
}

static void large_answers_are_refused(void **state)
{
    struct fixture *fixture = *state;
    struct http_client_request request = {.url = url_of(fixture, "/large"), .max_response = 100000};
    assert_true(fetch(fixture, &request));
    assert_int_equal(fixture->response.body.len, 100000);
    request.max_response = 99999;
    fails_with(fixture, &request, ERR_TOO_LARGE, "is larger than 99999 bytes");
}

static void failures_say_what_happened(void **state)
{
    struct fixture *fixture = *state;
    uint16_t port = http_server_port(fixture->server, 0);
    struct http_client_request never = {.url = url_of(fixture, "/never"), .timeout_ms = 2000};
    struct http_client_request broken = {.url = url_of(fixture, "/stream?broken")};
    char expected[128];
    snprintf(expected, sizeof(expected), "no complete answer from 127.0.0.1:%u in time", port);
    fails_with(fixture, &never, ERR_UNAVAILABLE, expected);
    fails_with(fixture, &broken, ERR_UNAVAILABLE,
               "closed the connection before the answer was whole");
    fails_with(fixture, &(struct http_client_request){.url = TEXT("http://127.0.0.1:1/")},
               ERR_UNAVAILABLE, "could not connect to 127.0.0.1:1: connection refused");
    fails_with(fixture, &(struct http_client_request){.url = TEXT("http://nothing.invalid/")},
               ERR_UNAVAILABLE, "could not find the host of nothing.invalid:80");
    snprintf(expected, sizeof(expected), "no secure connection to 127.0.0.1:%u", port);
    struct text secure = text_format(fixture->arena, "https://127.0.0.1:%u/", port);
    fails_with(fixture, &(struct http_client_request){.url = secure}, ERR_UNAVAILABLE, expected);
}

static void malformed_requests_are_refused(void **state)
{
    struct fixture *fixture = *state;
    struct http_header split = {TEXT("X"), TEXT("a\r\nY: b")};
    struct http_header nameless = {TEXT(""), TEXT("a")};
    const struct http_client_request cases[] = {
        {.url = TEXT("")},
        {.url = TEXT("file:///etc/passwd")},
        {.url = TEXT("ftp://127.0.0.1/")},
        {.url = TEXT("http://")},
        {.url = TEXT("http://a b/")},
        {.url = TEXT("http://127.0.0.1:99999/")},
        {.url = url_of(fixture, "/"), .method = TEXT("GET /\r\n")},
        {.url = url_of(fixture, "/"), .headers = &split, .header_count = 1},
        {.url = url_of(fixture, "/"), .headers = &nameless, .header_count = 1},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        if (fetch(fixture, &cases[i]) || fixture->error.kind != ERR_INVALID)
            fail_msg("case %zu: %s", i, fixture->error.message);
}

struct pieces {
    size_t bytes;
    size_t stop_at;
    unsigned status;
};

static bool take_piece(const struct http_client_response *head, struct text piece, void *data)
{
    struct pieces *pieces = data;
    pieces->status = head->status;
    pieces->bytes += piece.len;
    return pieces->stop_at == 0 || pieces->bytes < pieces->stop_at;
}

static void bodies_can_be_taken_piece_by_piece(void **state)
{
    struct fixture *fixture = *state;
    struct pieces pieces = {0};
    struct http_client_request request = {
        .url = url_of(fixture, "/stream"), .on_body = take_piece, .data = &pieces};
    assert_true(fetch(fixture, &request));
    assert_int_equal(pieces.bytes, 35);
    assert_int_equal(pieces.status, 200);
    assert_int_equal(fixture->response.body.len, 0);
    pieces = (struct pieces){.stop_at = 1};
    request.url = url_of(fixture, "/large");
    fails_with(fixture, &request, ERR_CANCELED, "was given up");
}

static bool never_goes_on(void *data)
{
    UNUSED(data);
    return false;
}

static void a_transfer_can_be_given_up(void **state)
{
    struct fixture *fixture = *state;
    struct http_client_request request = {.url = url_of(fixture, "/never"),
                                          .keep_going = never_goes_on};
    fails_with(fixture, &request, ERR_CANCELED, "was given up");
}

static void private_addresses_are_guarded(void **state)
{
    struct fixture *fixture = *state;
    struct address_range allowed;
    struct http_client_options options = {0};
    struct error error = {0};
    struct http_client *allowing = fixture->client;
    uint16_t port = http_server_port(fixture->server, 0);
    struct text name = text_format(fixture->arena, "http://localhost:%u/tell", port);
    struct text mapped = text_format(fixture->arena, "http://[::ffff:127.0.0.1]:%u/tell", port);
    struct text odd = text_format(fixture->arena, "http://2130706433:%u/tell", port);
    fixture->client = http_client_new(&options, &error);
    const struct http_client_request cases[] = {{.url = url_of(fixture, "/tell")},
                                                {.url = name},
                                                {.url = mapped},
                                                {.url = odd},
                                                {.url = TEXT("http://169.254.169.254/latest")}};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        fails_with(fixture, &cases[i], ERR_DENIED, "is not a public address");
    http_client_free(fixture->client);
    /* An exception in the options. */
    assert_true(address_range_parse(TEXT("127.0.0.1/32"), &allowed, &error));
    options.allowed = &allowed;
    options.allowed_count = 1;
    fixture->client = http_client_new(&options, &error);
    assert_true(fetch(fixture, &cases[0]));
    http_client_free(fixture->client);
    fixture->client = allowing;
}

struct tally {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int fine, canceled, other;
};

static void count(const struct http_client_response *response, const struct error *error,
                  void *data)
{
    struct tally *tally = data;
    pthread_mutex_lock(&tally->lock);
    if (response && response->status == 200)
        tally->fine++;
    else if (error->kind == ERR_CANCELED)
        tally->canceled++;
    else
        tally->other++;
    pthread_cond_signal(&tally->changed);
    pthread_mutex_unlock(&tally->lock);
}

static void many_transfers_run_at_once(void **state)
{
    struct fixture *fixture = *state;
    enum { COUNT = 300, PER_HOST = 16 };
    struct tally tally = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0, 0};
    const struct http_server_metrics *metrics = http_server_metrics(fixture->server);
    struct http_client_request request = {.url = url_of(fixture, "/gate"), .body = TEXT("x")};
    gate.is_open = false;
    for (int i = 0; i < COUNT; i++)
        assert_true(http_client_send(fixture->client, &request, count, &tally, &fixture->error));
    /* Connections are bounded. */
    assert_true(testing_wait(&metrics->suspended_requests, PER_HOST));
    testing_sleep_ms(50);
    assert_int_equal(atomic_load(&metrics->connections), PER_HOST);
    open_gate();
    pthread_mutex_lock(&tally.lock);
    while (tally.fine + tally.canceled + tally.other < COUNT)
        pthread_cond_wait(&tally.changed, &tally.lock);
    pthread_mutex_unlock(&tally.lock);
    assert_int_equal(tally.fine, COUNT);
}

static void connections_are_kept(void **state)
{
    struct fixture *fixture = *state;
    struct http_client_request request = {.url = url_of(fixture, "/tell")};
    for (int i = 0; i < 10; i++)
        assert_true(fetch(fixture, &request));
    assert_int_equal(atomic_load(&http_server_metrics(fixture->server)->connections), 1);
}

static void ending_the_client_gives_up_what_runs(void **state)
{
    struct fixture *fixture = *state;
    struct tally tally = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0, 0};
    struct http_client_request request = {.url = url_of(fixture, "/never")};
    assert_true(http_client_send(fixture->client, &request, count, &tally, &fixture->error));
    testing_sleep_ms(50);
    http_client_free(fixture->client);
    fixture->client = NULL;
    assert_int_equal(tally.canceled, 1);
}

static void values_are_encoded_for_urls(void **state)
{
    struct fixture *fixture = *state;
    assert_true(text_equal(http_percent_encode(fixture->arena, TEXT("a/b c~1\xc3\xa9&")),
                           TEXT("a%2Fb%20c~1%C3%A9%26")));
    assert_int_equal(http_percent_encode(fixture->arena, TEXT("")).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_answer_comes_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(bodies_and_methods_go_out_as_they_are, setup, teardown),
        cmocka_unit_test_setup_teardown(any_status_is_an_answer, setup, teardown),
        cmocka_unit_test_setup_teardown(redirects_are_followed_only_on_request, setup, teardown),
        cmocka_unit_test_setup_teardown(large_answers_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(failures_say_what_happened, setup, teardown),
        cmocka_unit_test_setup_teardown(malformed_requests_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(bodies_can_be_taken_piece_by_piece, setup, teardown),
        cmocka_unit_test_setup_teardown(a_transfer_can_be_given_up, setup, teardown),
        cmocka_unit_test_setup_teardown(private_addresses_are_guarded, setup, teardown),
        cmocka_unit_test_setup_teardown(many_transfers_run_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(connections_are_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(ending_the_client_gives_up_what_runs, setup, teardown),
        cmocka_unit_test_setup_teardown(values_are_encoded_for_urls, setup, teardown),
    };
    return cmocka_run_group_tests_name("http_client", tests, NULL, NULL);
}
