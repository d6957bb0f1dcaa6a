/* The worker's requests over HTTP, to a server on this machine. */
#include "worker/transport.h"

#include "net/http_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;
static struct http_server *server;
static struct transport_http http;
static struct error error;

/* Says what it was asked. */
static void echo(struct http_request *request, void *data)
{
    UNUSED(data);
    struct text token = http_authorization_get(request, TEXT("Bearer"));
    struct text answer =
        text_format(request->arena, "%.*s %.*s %.*s %.*s", TEXT_ARG(request->path), TEXT_ARG(token),
                    TEXT_ARG(request->body_type), TEXT_ARG(request->body));
    http_respond(request, 409, TEXT("text/plain"), answer);
}

static int set_up(void **state)
{
    UNUSED(state);
    static const struct text listen = TEXT_INIT("127.0.0.1:0");
    struct http_server_options options;
    char address[64];
    arena = arena_new(1 << 20);
    http_server_default_options(&options);
    options.listen = &listen;
    options.listen_count = 1;
    options.handle = echo;
    server = http_server_start(&options, &error);
    if (!arena || !server)
        return -1;
    snprintf(address, sizeof(address), "http://127.0.0.1:%d/prefix/", http_server_port(server, 0));
    return transport_http_open(&http, address, "t0ken", NULL, &error) ? 0 : -1;
}

static int tear_down(void **state)
{
    UNUSED(state);
    transport_http_close(&http);
    http_server_free(server);
    arena_free(arena);
    return 0;
}

static bool no_longer(void *data)
{
    UNUSED(data);
    return false;
}

static void requests_carry_path_token_and_body(void **state)
{
    UNUSED(state);
    struct transport transport = transport_http(&http);
    struct transport_answer answer = {0};
    struct transport_request request = {
        .method = "POST", .path = TEXT("/lease"), .body = TEXT("{}"), .timeout_ms = 5000};
    if (!transport.send(transport.data, &request, arena, &answer, &error))
        fail_msg("%s", error.message);
    assert_int_equal(answer.status, 409);
    assert_true(text_equal(answer.body, TEXT("/prefix/worker/v1/lease t0ken application/json {}")));
    request.method = "PUT";
    request.content_type = "application/octet-stream";
    assert_true(transport.send(transport.data, &request, arena, &answer, &error));
    assert_true(text_contains(answer.body, TEXT("application/octet-stream")));
}

static void waits_can_be_ended(void **state)
{
    UNUSED(state);
    struct transport transport = transport_http(&http);
    struct transport_answer answer = {0};
    struct transport_request request = {
        .method = "GET", .path = TEXT("/x"), .timeout_ms = 5000, .keep_going = no_longer};
    error_clear(&error);
    assert_false(transport.send(transport.data, &request, arena, &answer, &error));
    assert_int_equal(error.kind, ERR_CANCELED);
}

static void other_addresses_are_refused(void **state)
{
    UNUSED(state);
    struct transport_http refused;
    error_clear(&error);
    assert_false(transport_http_open(&refused, "gatehouse:8080", "t", NULL, &error));
    assert_int_equal(error.kind, ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_carry_path_token_and_body),
        cmocka_unit_test(waits_can_be_ended),
        cmocka_unit_test(other_addresses_are_refused),
    };
    return cmocka_run_group_tests_name("transport", tests, set_up, tear_down);
}
