/* Routes: which one is found, with which parameters, and what is said when none is. */
#include "net/http_router.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void nothing(struct http_request *request, void *data)
{
    UNUSED(request);
    UNUSED(data);
}

static const struct http_route routes[] = {
    {"GET", "/", nothing, 0, "root"},
    {"GET", "/worker/v1/leases", nothing, 0, "leases"},
    {"POST", "/worker/v1/leases", nothing, 0, "take lease"},
    {"POST", "/worker/v1/leases/{lease}/log", nothing, 0, "log"},
    {"GET", "/worker/v1/leases/{lease}", nothing, 0, "lease"},
    {"GET", "/worker/v1/leases/current", nothing, 0, "current"},
    {"DELETE", "/worker/v1/leases/{id}", nothing, 0, "drop lease"},
    {"*", "/state/{stack}", nothing, 0, "state"},
    {"LOCK", "/state/{stack}/lock", nothing, 0, "lock"},
    {"GET", "/files/{path...}", nothing, 0, "files"},
    {"PUT", "/files/{path...}", nothing, 0, "put file"},
    {"GET", "/files/index", nothing, 0, "index"},
    {"GET", "/a/{x}/c", nothing, 0, "a c"},
    {"GET", "/a/b/d", nothing, 0, "a b d"},
    {"GET", "/pair/{one}/{two}", nothing, 0, "pair"},
};

struct fixture {
    struct arena *arena;
    struct http_router *router;
    struct http_request request;
};

static struct fixture fixture_new(void)
{
    struct error error = {0};
    struct fixture fixture = {.arena = arena_new(1 << 20)};
    fixture.router = http_router_new(fixture.arena, routes, ARRAY_LENGTH(routes), &error);
    assert_non_null(fixture.router);
    return fixture;
}

static enum http_match match(struct fixture *fixture, const char *method, const char *path)
{
    fixture->request = (struct http_request){
        .arena = fixture->arena, .method = text_z(method), .path = text_z(path)};
    return http_router_match(fixture->router, &fixture->request);
}

static void expect(struct fixture *fixture, const char *method, const char *path, const char *route,
                   const char *name, const char *value)
{
    enum http_match found = match(fixture, method, path);
    if (found != HTTP_MATCH_FOUND)
        fail_msg("%s %s: %d", method, path, found);
    assert_string_equal(fixture->request.route->argument, route);
    if (name)
        assert_true(text_equal_z(http_path_get(&fixture->request, text_z(name)), value));
}

static void the_most_specific_route_wins(void **state)
{
    UNUSED(state);
    struct fixture fixture = fixture_new();
    expect(&fixture, "GET", "/", "root", NULL, NULL);
    expect(&fixture, "GET", "/worker/v1/leases", "leases", NULL, NULL);
    expect(&fixture, "HEAD", "/worker/v1/leases", "leases", NULL, NULL);
    expect(&fixture, "POST", "/worker/v1/leases", "take lease", NULL, NULL);
    expect(&fixture, "POST", "/worker/v1/leases/L1/log", "log", "lease", "L1");
    expect(&fixture, "GET", "/worker/v1/leases/current", "current", NULL, NULL);
    expect(&fixture, "GET", "/worker/v1/leases/other", "lease", "lease", "other");
    expect(&fixture, "DELETE", "/worker/v1/leases/current", "drop lease", "id", "current");
    expect(&fixture, "FROB", "/state/s", "state", "stack", "s");
    expect(&fixture, "LOCK", "/state/s/lock", "lock", "stack", "s");
    expect(&fixture, "GET", "/a/b/c", "a c", "x", "b");
    expect(&fixture, "GET", "/a/b/d", "a b d", NULL, NULL);
    expect(&fixture, "GET", "/pair/1/2", "pair", "two", "2");
    arena_free(fixture.arena);
}

static void the_rest_of_a_path_is_one_parameter(void **state)
{
    UNUSED(state);
    struct fixture fixture = fixture_new();
    expect(&fixture, "GET", "/files/a/b%20c/d", "files", "path", "a/b c/d");
    expect(&fixture, "GET", "/files/", "files", "path", "");
    expect(&fixture, "GET", "/files/index", "index", NULL, NULL);
    expect(&fixture, "PUT", "/files/index", "put file", "path", "index");
    expect(&fixture, "GET", "/files/index/x", "files", "path", "index/x");
    arena_free(fixture.arena);
}

static void an_escaped_slash_stays_in_its_segment(void **state)
{
    UNUSED(state);
    struct fixture fixture = fixture_new();
    expect(&fixture, "GET", "/worker/v1/leases/a%2Fb", "lease", "lease", "a/b");
    expect(&fixture, "GET", "/worker/v1/l%65ases", "leases", NULL, NULL);
    arena_free(fixture.arena);
}

static void unknown_paths_are_not_found(void **state)
{
    UNUSED(state);
    struct fixture fixture = fixture_new();
    static const char *const paths[] = {
        "/worker", "/worker/v1/leases/", "/worker//leases",          "//", "*", "", "/files",
        "/a/b",    "/pair//2",           "/worker/v1/leases/x/log/y"};
    for (size_t i = 0; i < ARRAY_LENGTH(paths); i++)
        if (match(&fixture, "GET", paths[i]) != HTTP_MATCH_NOT_FOUND)
            fail_msg("%s was found", paths[i]);
    assert_int_equal(match(&fixture, "GET", "/a/%zz"), HTTP_MATCH_BAD_PATH);
    assert_int_equal(match(&fixture, "GET", "/a/%00"), HTTP_MATCH_BAD_PATH);
    arena_free(fixture.arena);
}

static void a_path_of_very_many_segments_is_not_found(void **state)
{
    UNUSED(state);
    struct fixture fixture = fixture_new();
    char path[2001];
    memset(path, '/', 2000);
    path[2000] = '\0';
    assert_int_equal(match(&fixture, "GET", path), HTTP_MATCH_NOT_FOUND);
    assert_true(text_is_empty(http_router_allow(fixture.router, &fixture.request)));
    arena_free(fixture.arena);
}

static void other_methods_are_named(void **state)
{
    UNUSED(state);
    struct fixture fixture = fixture_new();
    assert_int_equal(match(&fixture, "PATCH", "/worker/v1/leases"), HTTP_MATCH_NOT_ALLOWED);
    assert_true(
        text_equal(http_router_allow(fixture.router, &fixture.request), TEXT("GET, HEAD, POST")));
    assert_int_equal(match(&fixture, "GET", "/state/s/lock"), HTTP_MATCH_NOT_ALLOWED);
    assert_true(text_equal(http_router_allow(fixture.router, &fixture.request), TEXT("LOCK")));
    /* Methods are case-sensitive. */
    assert_int_equal(match(&fixture, "get", "/"), HTTP_MATCH_NOT_ALLOWED);
    arena_free(fixture.arena);
}

static void refuse_table(const struct http_route *table, size_t count, const char *message)
{
    struct arena *arena = arena_new(1 << 20);
    struct error error = {0};
    assert_null(http_router_new(arena, table, count, &error));
    assert_string_equal(error.message, message);
    arena_free(arena);
}

static void bad_tables_are_refused(void **state)
{
    UNUSED(state);
    static const struct http_route twice[] = {{"GET", "/a/{x}", nothing, 0, NULL},
                                              {"GET", "/a/{y}", nothing, 0, NULL}};
    static const struct http_route bare[] = {{"GET", "a", nothing, 0, NULL}};
    static const struct http_route inner[] = {{"GET", "/{rest...}/a", nothing, 0, NULL}};
    refuse_table(twice, 2, "routes GET /a/{y} and GET /a/{x} collide");
    refuse_table(bare, 1, "pattern a does not begin with a slash");
    refuse_table(inner, 1, "pattern /{rest...}/a is malformed");
}

static void memory_may_run_out_anywhere(void **state)
{
    UNUSED(state);
    struct fixture fixture = fixture_new();
    for (int64_t n = 0;; n++) {
        struct arena *arena = arena_new(1 << 20);
        struct error error = {0};
        arena_fail_after(arena, n);
        bool made = http_router_new(arena, routes, ARRAY_LENGTH(routes), &error) != NULL;
        assert_true(made || error.kind == ERR_NO_MEMORY);
        arena_free(arena);
        if (made)
            break;
    }
    arena_fail_after(fixture.arena, 0);
    assert_int_equal(match(&fixture, "GET", "/worker/v1/leases/a%2Fb"), HTTP_MATCH_OUT_OF_MEMORY);
    assert_int_equal(match(&fixture, "GET", "/worker/v1/leases/ab"), HTTP_MATCH_OUT_OF_MEMORY);
    arena_free(fixture.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_most_specific_route_wins),
        cmocka_unit_test(the_rest_of_a_path_is_one_parameter),
        cmocka_unit_test(an_escaped_slash_stays_in_its_segment),
        cmocka_unit_test(unknown_paths_are_not_found),
        cmocka_unit_test(a_path_of_very_many_segments_is_not_found),
        cmocka_unit_test(other_methods_are_named),
        cmocka_unit_test(bad_tables_are_refused),
        cmocka_unit_test(memory_may_run_out_anywhere),
    };
    return cmocka_run_group_tests_name("http_router", tests, NULL, NULL);
}
