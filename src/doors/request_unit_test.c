/*
 * Units of work that ask another server: the question leaves after the unit was rolled back, the
 * unit runs again with the answer, and nothing is kept twice. A server of the test's own is the
 * peer.
 */
#include "doors/request_unit.h"
#include "kernel/kernel_test_support.h"
#include "net/http_testing.h"

#include <stdio.h>
#include <unistd.h>

struct fixture {
    struct kernel_test *test;
    struct http_server *peer;
    struct http_server *server;
    struct http_client *client;
};

/* What happened, counted from several threads. */
static atomic_int_least64_t runs, answers, questions;
static struct http_request *_Atomic parked;

/* The peer: answers with its path, or not yet. */
static void serve_peer(struct http_request *request, void *data)
{
    UNUSED(data);
    atomic_fetch_add(&questions, 1);
    if (text_equal(request->path, TEXT("/park"))) {
        http_suspend(request);
        atomic_store(&parked, request);
        return;
    }
    http_respond(request, 200, TEXT("text/plain"), request->path);
}

static void release_parked(void)
{
    struct http_request *request = atomic_exchange(&parked, NULL);
    if (!request)
        return;
    http_respond(request, 200, TEXT("text/plain"), TEXT("late"));
    http_resume(request);
}

/* A request whose path says how many pages of the peer it wants. */
struct asking {
    struct request_unit unit; /* first: the two are one pointer */
    struct fixture *fixture;
    struct text said;
};

static bool ask_peer(struct ctx *ctx, struct asking *asking, const char *path)
{
    const struct http_client_response *response;
    struct http_client_request request = {
        .url = text_format(ctx->arena, "http://127.0.0.1:%u%s",
                           http_server_port(asking->fixture->peer, 0), path)};
    if (!outside_fetch(ctx, &request, &response))
        return false;
    asking->said =
        text_format(ctx->arena, "%.*s%.*s", TEXT_ARG(asking->said), TEXT_ARG(response->body));
    return true;
}

static bool ask_closed_port(struct ctx *ctx)
{
    const struct http_client_response *response;
    struct http_client_request request = {.url = TEXT("http://127.0.0.1:1/")};
    return outside_fetch(ctx, &request, &response);
}

static bool ask_often(struct ctx *ctx, struct asking *asking)
{
    char path[] = "/0";
    for (; path[1] <= '8'; path[1]++)
        if (!ask_peer(ctx, asking, path))
            return false;
    return true;
}

static bool ask_as_the_path_says(struct ctx *ctx, struct asking *asking)
{
    struct text path = asking->unit.request->path;
    if (text_equal(path, TEXT("/twice")))
        return ask_peer(ctx, asking, "/a") && ask_peer(ctx, asking, "/b");
    if (text_equal(path, TEXT("/same")))
        return ask_peer(ctx, asking, "/a") && ask_peer(ctx, asking, "/a");
    if (text_equal(path, TEXT("/closed")))
        return ask_closed_port(ctx);
    if (text_equal(path, TEXT("/often")))
        return ask_often(ctx, asking);
    if (text_equal(path, TEXT("/careless"))) /* forgets that it failed */
        return ask_peer(ctx, asking, "/a") || true;
    return ask_peer(ctx, asking, "/park");
}

static bool work(struct ctx *ctx, struct request_unit *unit)
{
    static const struct db_statement note =
        DB_STATEMENT("note", "INSERT INTO note (path) VALUES ($1)");
    struct asking *asking = (struct asking *)unit;
    asking->said = TEXT("");
    atomic_fetch_add(&runs, 1);
    if (unit->mode == DB_WRITE && !ctx_execute(ctx, &note, DB_VALUES(db_text(unit->request->path))))
        return false;
    return ask_as_the_path_says(ctx, asking);
}

static void answer(struct request_unit *unit, const struct error *error)
{
    struct text said = ((struct asking *)unit)->said;
    atomic_fetch_add(&answers, 1);
    if (error)
        said = text_copy(unit->request->arena, text_z(error->message));
    http_respond(unit->request, error ? 503 : 200, TEXT("text/plain"), said);
}

static void serve(struct http_request *request, void *data)
{
    struct fixture *fixture = data;
    struct asking *asking = ARENA_NEW(request->arena, struct asking);
    asking->fixture = fixture;
    asking->unit.work = work;
    asking->unit.answer = answer;
    request_unit_start(&asking->unit, &fixture->test->account, request,
                       text_equal(request->query, TEXT("write")) ? DB_WRITE : DB_READ);
}

static int setup_with(void **state, unsigned answer_timeout_ms)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    struct http_server_options options;
    struct http_client_options client = {.allow_private = true};
    void *test;
    if (!fixture || kernel_test_setup(&test) != 0)
        return -1;
    fixture->test = test;
    test_sql(fixture->test, "CREATE TABLE note (path TEXT NOT NULL)");
    fixture->client = http_client_new(&client, &fixture->test->error);
    fixture->test->account.http = fixture->client;
    testing_options(&options, serve_peer);
    fixture->peer = testing_start(&options);
    testing_options(&options, serve);
    options.data = fixture;
    options.answer_timeout_ms = answer_timeout_ms;
    fixture->server = testing_start(&options);
    atomic_store(&runs, 0);
    atomic_store(&answers, 0);
    atomic_store(&questions, 0);
    *state = fixture;
    return fixture->client ? 0 : -1;
}

static int setup(void **state)
{
    return setup_with(state, 3 * TESTING_PATIENCE_MS);
}

static int setup_hasty(void **state)
{
    return setup_with(state, 2000);
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    void *test = fixture->test;
    http_server_free(fixture->server);
    release_parked();
    http_client_close(fixture->client);
    http_server_free(fixture->peer);
    int status = kernel_test_teardown(&test);
    http_client_free(fixture->client);
    free(fixture);
    return status;
}

static unsigned get(struct fixture *fixture, const char *target, char *out, size_t size)
{
    char request[256];
    int len = snprintf(request, sizeof(request),
                       "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", target);
    return wire_exchange(fixture->server, request, (size_t)len, out, size);
}

static void assert_answer(struct fixture *fixture, const char *target, unsigned status,
                          const char *body)
{
    char got[1024];
    unsigned came = get(fixture, target, got, sizeof(got));
    if (came != status || !strstr(got, body))
        fail_msg("%s: %u \"%s\" instead of %u \"%s\"", target, came, got, status, body);
}

static int64_t notes(struct fixture *fixture)
{
    return test_sql_int(fixture->test, "SELECT count(*) FROM note");
}

static void a_unit_runs_again_with_each_answer(void **state)
{
    struct fixture *fixture = *state;
    assert_answer(fixture, "/twice?write", 200, "/a/b");
    assert_int_equal(atomic_load(&runs), 3);
    assert_int_equal(atomic_load(&answers), 1);
    /* The first two runs were undone. */
    assert_int_equal(notes(fixture), 1);
}

static void a_read_waits_without_its_loop(void **state)
{
    struct fixture *fixture = *state;
    assert_answer(fixture, "/twice", 200, "/a/b");
    assert_int_equal(atomic_load(&runs), 3);
    assert_int_equal(atomic_load(&answers), 1);
}

static void the_same_question_is_sent_once(void **state)
{
    struct fixture *fixture = *state;
    assert_answer(fixture, "/same?write", 200, "/a/a");
    assert_int_equal(atomic_load(&questions), 1);
    assert_int_equal(atomic_load(&runs), 2);
}

static void a_peer_that_fails_is_a_sentence(void **state)
{
    struct fixture *fixture = *state;
    assert_answer(fixture, "/closed?write", 503, "could not connect to 127.0.0.1:1");
    assert_answer(fixture, "/closed", 503, "could not connect to 127.0.0.1:1");
    assert_int_equal(atomic_load(&runs), 4);
    assert_int_equal(notes(fixture), 0);
}

static void questions_are_limited(void **state)
{
    struct fixture *fixture = *state;
    assert_answer(fixture, "/often?write", 503, "more than 8 answers");
    assert_int_equal(atomic_load(&questions), OUTSIDE_QUESTIONS_MAX);
    assert_int_equal(notes(fixture), 0);
}

static void a_unit_that_asked_is_never_kept(void **state)
{
    struct fixture *fixture = *state;
    assert_answer(fixture, "/careless?write", 200, "/a");
    assert_int_equal(atomic_load(&runs), 2);
    assert_int_equal(notes(fixture), 1);
}

/* Sends a request and waits until the peer has its question. */
static int begin_waiting(struct fixture *fixture, const char *target)
{
    char request[256];
    int wire = wire_connect(fixture->server);
    int len =
        snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", target);
    assert_true(wire_send(wire, request, (size_t)len));
    assert_true(testing_wait(&questions, 1));
    while (!atomic_load(&parked))
        testing_sleep_ms(1);
    return wire;
}

static void a_client_that_leaves_harms_nobody(void **state)
{
    struct fixture *fixture = *state;
    close(begin_waiting(fixture, "/park?write"));
    testing_sleep_ms(50);
    release_parked();
    assert_true(testing_wait(&answers, 1));
    assert_int_equal(atomic_load(&runs), 2);
    assert_int_equal(notes(fixture), 1);
}

static void a_server_that_gives_up_waits_no_longer(void **state)
{
    struct fixture *fixture = *state;
    const char *const targets[] = {"/park", "/park?write"};
    for (int i = 0; i < 2; i++) {
        char body[1024];
        atomic_store(&questions, 0);
        atomic_store(&answers, 0);
        int wire = begin_waiting(fixture, targets[i]);
        assert_int_equal(wire_read_reply(wire, body, sizeof(body)), 503);
        close(wire);
        release_parked();
        assert_true(testing_wait(&answers, 1));
    }
}

static void a_stop_ends_the_waiting(void **state)
{
    struct fixture *fixture = *state;
    char body[1024];
    int wire = begin_waiting(fixture, "/park?write");
    http_client_close(fixture->client);
    assert_int_equal(wire_read_reply(wire, body, sizeof(body)), 503);
    assert_non_null(strstr(body, "was given up"));
    close(wire);
    /* And nobody asks any more. */
    assert_answer(fixture, "/twice", 503, "the server is about to stop");
    assert_int_equal(notes(fixture), 0);
}

static void only_requests_can_ask(void **state)
{
    struct fixture *fixture = *state;
    const struct http_client_response *response;
    struct http_client_request request = {.url = TEXT("http://127.0.0.1:1/")};
    assert_refused(fixture->test, ERR_UNAVAILABLE, "no other server can be asked here",
                   outside_fetch(ctx, &request, &response));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_unit_runs_again_with_each_answer),
        CASE(a_read_waits_without_its_loop),
        CASE(the_same_question_is_sent_once),
        CASE(a_peer_that_fails_is_a_sentence),
        CASE(questions_are_limited),
        CASE(a_unit_that_asked_is_never_kept),
        CASE(a_client_that_leaves_harms_nobody),
        cmocka_unit_test_setup_teardown(a_server_that_gives_up_waits_no_longer, setup_hasty,
                                        teardown),
        CASE(a_stop_ends_the_waiting),
        CASE(only_requests_can_ask),
    };
    return cmocka_run_group_tests_name("request_unit", tests, NULL, NULL);
}
