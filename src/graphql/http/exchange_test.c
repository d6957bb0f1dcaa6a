/* GraphQL over HTTP: what is refused and with which status, what is understood, how it is answered.
 */
#include "graphql/http/exchange.h"

#include "base/digest.h"
#include "graphql/http/negotiate.h"
#include "graphql/shop_schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
    struct arena *arena;
    struct graphql_http_exchange exchange;
    struct error error;
};

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    fixture->arena = arena_new(1 << 20);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    arena_free(fixture->arena);
    free(fixture);
    return 0;
}

static unsigned read_input(struct fixture *fixture, const struct graphql_http_input *input,
                           const struct graphql_http_options *options)
{
    error_clear(&fixture->error);
    bool ok =
        graphql_http_read(fixture->arena, input, options, &fixture->exchange, &fixture->error);
    assert_int_equal(ok, !error_is_set(&fixture->error));
    return fixture->exchange.status;
}

static unsigned post_with(struct fixture *fixture, const char *body,
                          const struct graphql_http_options *options)
{
    struct graphql_http_input input = {
        .method = TEXT("POST"), .content_type = TEXT("application/json"), .body = text_z(body)};
    return read_input(fixture, &input, options);
}

static unsigned post(struct fixture *fixture, const char *body)
{
    return post_with(fixture, body, &graphql_http_default_options);
}

static unsigned get(struct fixture *fixture, const char *query_string)
{
    struct graphql_http_input input = {.method = TEXT("GET"), .query_string = text_z(query_string)};
    return read_input(fixture, &input, &graphql_http_default_options);
}

static void negotiation(void **state)
{
    UNUSED(state);
    static const struct {
        const char *accept;
        enum graphql_http_answer answer;
    } cases[] = {
        {"", GRAPHQL_HTTP_JSON},
        {"*/*", GRAPHQL_HTTP_JSON},
        {"application/*", GRAPHQL_HTTP_JSON},
        {"application/json", GRAPHQL_HTTP_JSON},
        {"Application/JSON; charset=UTF-8", GRAPHQL_HTTP_JSON},
        {"application/graphql-response+json", GRAPHQL_HTTP_RESPONSE},
        {"application/graphql-response+json, application/json;q=0.9", GRAPHQL_HTTP_RESPONSE},
        {"application/json;q=0.5, application/graphql-response+json;q=0.8", GRAPHQL_HTTP_RESPONSE},
        {"text/html, application/graphql-response+json;q=0.1", GRAPHQL_HTTP_RESPONSE},
        {"application/json;q=0", GRAPHQL_HTTP_NEITHER},
        {"application/json;charset=latin1", GRAPHQL_HTTP_NEITHER},
        {"text/html", GRAPHQL_HTTP_NEITHER},
        {"application/json;q=2", GRAPHQL_HTTP_NEITHER},
        {"application/json;q=\"0.5\"", GRAPHQL_HTTP_JSON},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_int_equal(graphql_http_negotiate(text_z(cases[i].accept)), cases[i].answer);
}

static void refused_before_the_body(void **state)
{
    struct fixture *fixture = *state;
    struct graphql_http_input input = {.method = TEXT("PUT"),
                                       .content_type = TEXT("application/json"),
                                       .body = TEXT("{\"query\":\"{a}\"}")};
    const struct graphql_http_options *options = &graphql_http_default_options;
    assert_int_equal(read_input(fixture, &input, options), 405);
    input.method = TEXT("POST");
    input.accept = TEXT("image/png");
    assert_int_equal(read_input(fixture, &input, options), 406);
    input.accept = TEXT("");
    static const char *const types[] = {"text/plain", "application/x-www-form-urlencoded",
                                        "multipart/form-data; boundary=x", "",
                                        "application/json; charset=utf-16"};
    for (size_t i = 0; i < ARRAY_LENGTH(types); i++) {
        input.content_type = text_z(types[i]);
        assert_int_equal(read_input(fixture, &input, options), 415);
    }
    input.content_type = TEXT("application/json;charset=\"utf-8\"");
    assert_int_equal(read_input(fixture, &input, options), 200);
}

static void bodies(void **state)
{
    struct fixture *fixture = *state;
    static const char *const malformed[] = {
        "",
        "   ",
        "{ \"not",
        "1",
        "[]",
        "[{\"query\":\"{a}\"}]",
        "{}",
        "{\"query\":null}",
        "{\"query\":5}",
        "{\"query\":\"{a}\",\"operationName\":5}",
        "{\"query\":\"{a}\",\"variables\":\"x\"}",
        "{\"query\":\"{a}\",\"variables\":[]}",
        "{\"query\":\"{a}\",\"extensions\":false}",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(malformed); i++) {
        assert_int_equal(post(fixture, malformed[i]), 400);
        assert_true(error_is_set(&fixture->error));
    }
    assert_int_equal(post(fixture,
                          "{\"query\":\"{a}\",\"operationName\":\"Q\",\"variables\":{\"x\":"
                          "1},\"extensions\":{\"a\":1},\"more\":2}"),
                     200);
    const struct graphql_request *request = fixture->exchange.requests;
    assert_int_equal(fixture->exchange.count, 1);
    assert_true(text_equal(request->query, TEXT("{a}")));
    assert_true(text_equal(request->operation_name, TEXT("Q")));
    assert_int_equal(json_int64_or(json_get_z(request->variables, "x"), 0), 1);
    assert_int_equal(post(fixture, "{\"query\":\"{a}\",\"operationName\":null,\"variables\":null}"),
                     200);
    assert_null(fixture->exchange.requests->variables);
    assert_null(fixture->exchange.requests->operation_name.at);
}

static void query_strings(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(get(fixture, "query=%7B+a%7D&variables=%7B%22x%22%3A1%7D&operationName=Q"),
                     200);
    const struct graphql_request *request = fixture->exchange.requests;
    assert_true(text_equal(request->query, TEXT("{ a}")));
    assert_true(text_equal(request->operation_name, TEXT("Q")));
    assert_int_equal(json_int64_or(json_get_z(request->variables, "x"), 0), 1);
    assert_int_equal(get(fixture, "query={a}&variables="), 200);
    assert_int_equal(get(fixture, ""), 400);
    assert_int_equal(get(fixture, "query=%7"), 400);
    assert_int_equal(get(fixture, "query=%FF"), 400);
    assert_int_equal(get(fixture, "query={a}&variables={"), 400);
    assert_int_equal(get(fixture, "query={a}&variables=[1]"), 400);
    struct graphql_http_options options = graphql_http_default_options;
    struct graphql_http_input input = {.method = TEXT("GET"), .query_string = TEXT("query={a}")};
    options.refuse_get = true;
    assert_int_equal(read_input(fixture, &input, &options), 405);
    assert_true(text_equal(graphql_http_allow(&options), TEXT("POST")));
}

static void batches(void **state)
{
    struct fixture *fixture = *state;
    struct graphql_http_options options = graphql_http_default_options;
    options.max_batch = 2;
    assert_int_equal(post_with(fixture, "[{\"query\":\"{a}\"},{\"query\":\"{b}\"}]", &options),
                     200);
    assert_true(fixture->exchange.is_batch);
    assert_int_equal(fixture->exchange.count, 2);
    assert_int_equal(post_with(fixture,
                               "[{\"query\":\"{a}\"},{\"query\":\"{b}\"},{\"query\":\"{c}\"}]",
                               &options),
                     413);
    assert_int_equal(post_with(fixture, "[]", &options), 413);
    assert_int_equal(post_with(fixture, "[1]", &options), 400);
}

static void statuses(void **state)
{
    struct fixture *fixture = *state;
    struct graphql_engine *engine = graphql_engine_new(&shop_schema, NULL);
    static const struct {
        const char *query;
        unsigned json, response, get;
    } cases[] = {
        {"{ version }", 200, 200, 200},
        {"{", 200, 400, 200},
        {"{ nothing }", 200, 400, 200},
        {"mutation { orderCancel(id: 1) { id } }", 200, 200, 405},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct graphql_operation *operation;
        struct graphql_request request = {.query = text_z(cases[i].query)};
        struct graphql_http_exchange exchange = {0};
        assert_true(graphql_prepare(engine, fixture->arena, &request, &operation, &fixture->error));
        assert_int_equal(graphql_http_status(&exchange, operation), cases[i].json);
        assert_true(graphql_http_permits(&exchange, operation, &fixture->error));
        exchange = (struct graphql_http_exchange){.status = 200, .is_get = true};
        bool ok = graphql_http_permits(&exchange, operation, &fixture->error);
        assert_int_equal(ok, cases[i].get == 200);
        assert_int_equal(exchange.status, cases[i].get);
        exchange.is_graphql_type = true;
        assert_int_equal(graphql_http_status(&exchange, operation), cases[i].response);
        error_clear(&fixture->error);
    }
    arena_reset(fixture->arena);
    graphql_engine_free(engine);
}

static char *with_hash(struct fixture *fixture, const char *query, const char *hashed)
{
    struct digest digest;
    assert_true(digest_sha256(text_z(hashed), &digest));
    struct text hash = digest_hex(fixture->arena, &digest);
    struct text first = query ? text_format(fixture->arena, "\"query\":\"%s\",", query) : TEXT("");
    return text_terminated(
        fixture->arena,
        text_format(fixture->arena,
                    "{%.*s\"extensions\":{\"persistedQuery\":{\"version\":1,\"sha256Hash\":"
                    "\"%.*s\"}}}",
                    TEXT_ARG(first), TEXT_ARG(hash)));
}

static void persisted_queries(void **state)
{
    struct fixture *fixture = *state;
    struct graphql_http_options options = graphql_http_default_options;
    assert_int_equal(post_with(fixture, with_hash(fixture, NULL, "{a}"), &options), 400);
    options.documents = graphql_documents_new(2, false);
    assert_int_equal(post_with(fixture, with_hash(fixture, NULL, "{a}"), &options), 200);
    assert_string_equal(fixture->error.message, "PersistedQueryNotFound");
    assert_int_equal(fixture->exchange.requests[0].query.len, 0);
    assert_int_equal(post_with(fixture, with_hash(fixture, "{b}", "{a}"), &options), 400);
    assert_int_equal(post_with(fixture, with_hash(fixture, "{a}", "{a}"), &options), 200);
    assert_int_equal(post_with(fixture, with_hash(fixture, NULL, "{a}"), &options), 200);
    assert_false(error_is_set(&fixture->error));
    assert_true(text_equal(fixture->exchange.requests[0].query, TEXT("{a}")));
    /* The third one pushes the first one out. */
    assert_int_equal(post_with(fixture, with_hash(fixture, "{b}", "{b}"), &options), 200);
    assert_int_equal(post_with(fixture, with_hash(fixture, "{c}", "{c}"), &options), 200);
    post_with(fixture, with_hash(fixture, NULL, "{a}"), &options);
    assert_true(error_is_set(&fixture->error));
    post_with(fixture, with_hash(fixture, NULL, "{c}"), &options);
    assert_false(error_is_set(&fixture->error));
    graphql_documents_free(options.documents);
}

static void trusted_documents(void **state)
{
    struct fixture *fixture = *state;
    struct graphql_http_options options = graphql_http_default_options;
    options.documents = graphql_documents_new(1, true);
    assert_true(graphql_documents_trust(options.documents, TEXT("{a}"), &fixture->error));
    assert_false(graphql_documents_trust(options.documents, TEXT("{b}"), &fixture->error));
    assert_int_equal(post_with(fixture, "{\"query\":\"{a}\"}", &options), 200);
    assert_int_equal(post_with(fixture, with_hash(fixture, NULL, "{a}"), &options), 200);
    assert_int_equal(post_with(fixture, "{\"query\":\"{b}\"}", &options), 403);
    assert_int_equal(post_with(fixture, with_hash(fixture, "{b}", "{b}"), &options), 403);
    graphql_documents_free(options.documents);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(negotiation),
        cmocka_unit_test_setup_teardown(refused_before_the_body, setup, teardown),
        cmocka_unit_test_setup_teardown(bodies, setup, teardown),
        cmocka_unit_test_setup_teardown(query_strings, setup, teardown),
        cmocka_unit_test_setup_teardown(batches, setup, teardown),
        cmocka_unit_test_setup_teardown(statuses, setup, teardown),
        cmocka_unit_test_setup_teardown(persisted_queries, setup, teardown),
        cmocka_unit_test_setup_teardown(trusted_documents, setup, teardown),
    };
    return cmocka_run_group_tests_name("graphql over http", tests, NULL, NULL);
}
