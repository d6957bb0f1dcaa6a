/* Discovery and key caching against an issuer made of a table of documents. */
#include "jose/oidc.h"

#include "base/clock.h"
#include "jose/test_support.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#define ISSUER "https://issuer.example"

enum { START = 1800000000 }; /* seconds */

struct fixture {
    struct arena *arena;
    struct oidc *oidc;
    struct text document, keys; /* what the issuer answers; empty: it does not */
    atomic_int fetches;
    bool slow;
};

static bool answer(void *data, struct text url, size_t max_bytes, struct arena *arena,
                   struct text *body, struct error *error)
{
    struct fixture *fixture = data;
    atomic_fetch_add(&fixture->fetches, 1);
    if (fixture->slow)
        usleep(20000);
    bool is_document = text_equal_z(url, ISSUER "/.well-known/openid-configuration");
    if (!is_document && !text_equal_z(url, ISSUER "/keys?v=1"))
        fail_msg("unexpected URL %.*s", TEXT_ARG(url));
    struct text found = is_document ? fixture->document : fixture->keys;
    if (text_is_empty(found) || found.len > max_bytes)
        return error_set(error, ERR_UNAVAILABLE, "no answer");
    *body = text_copy(arena, found);
    return true;
}

static struct text print_keys(struct arena *arena, const struct jose_key *const *keys, size_t len)
{
    struct jose_key_set set = {keys, len};
    struct buffer buffer;
    struct json_writer writer;
    buffer_init(&buffer, arena, 65536);
    json_writer_init(&writer, &buffer);
    jose_key_set_print(&set, &writer);
    return buffer_text(&buffer);
}

static void start(struct fixture *fixture, struct oidc_options options)
{
    oidc_free(fixture->oidc);
    options.fetch = answer;
    options.data = fixture;
    fixture->oidc = oidc_new(&options);
    assert_non_null(fixture->oidc);
    atomic_store(&fixture->fetches, 0);
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    fixture->arena = arena_new(16 << 20);
    fixture->document = TEXT("{\"issuer\":\"" ISSUER "\",\"jwks_uri\":\"" ISSUER "/keys?v=1\"}");
    *state = fixture;
    clock_hold(START * CLOCK_SECOND);
    start(fixture, (struct oidc_options){0});
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    oidc_free(fixture->oidc);
    arena_free(fixture->arena);
    free(fixture);
    clock_replace(NULL);
    return 0;
}

static struct text make_token(struct fixture *fixture, const struct jose_key *key,
                              const char *issuer)
{
    struct error error = {0};
    struct text token;
    struct text claims = text_format(
        fixture->arena, "{\"iss\":\"%s\",\"aud\":\"me\",\"sub\":\"repo:a/b\",\"exp\":%d}", issuer,
        START + 10 * 86400);
    if (!jwt_sign(fixture->arena, key, TEXT(""), claims, &token, &error))
        fail_msg("%s", error.message);
    return token;
}

static bool verify(struct fixture *fixture, struct text token, struct error *error)
{
    struct jwt_claims claims;
    const struct jwt_expectation expectation = {
        .audience = TEXT("me"),
        .now = clock_wall() / CLOCK_SECOND,
    };
    struct arena *arena = arena_new(1 << 20);
    error_clear(error);
    bool good =
        oidc_verify(fixture->oidc, arena, TEXT(ISSUER), token, &expectation, &claims, error);
    if (good)
        assert_text(claims.subject, "repo:a/b");
    arena_free(arena);
    return good;
}

static void fetched_once(void **state)
{
    struct fixture *fixture = *state;
    struct error error = {0};
    const struct jose_key *key = new_key(fixture->arena, JOSE_ES256);
    struct text token = make_token(fixture, key, ISSUER);
    fixture->keys = print_keys(fixture->arena, &key, 1);
    for (int i = 0; i < 3; i++)
        assert_true(verify(fixture, token, &error));
    assert_int_equal(atomic_load(&fixture->fetches), 2);
    clock_advance(CLOCK_HOUR);
    assert_true(verify(fixture, token, &error));
    assert_int_equal(atomic_load(&fixture->fetches), 4);
    oidc_forget(fixture->oidc, TEXT(ISSUER));
    oidc_forget(fixture->oidc, TEXT("https://nobody.example"));
    assert_true(verify(fixture, token, &error));
    assert_int_equal(atomic_load(&fixture->fetches), 6);
}

/* The issuer rotates: a token with the new key makes us ask again, made-up keys do not for long. */
static void unknown_keys(void **state)
{
    struct fixture *fixture = *state;
    struct error error = {0};
    const struct jose_key *keys[] = {new_key(fixture->arena, JOSE_ES256),
                                     new_key(fixture->arena, JOSE_ES256),
                                     new_key(fixture->arena, JOSE_ES256)};
    struct text second = make_token(fixture, keys[1], ISSUER);
    struct text foreign = make_token(fixture, keys[2], ISSUER);
    fixture->keys = print_keys(fixture->arena, keys, 1);
    assert_false(verify(fixture, second, &error));
    assert_error(&error, ERR_UNAUTHENTICATED, "not known");
    fixture->keys = print_keys(fixture->arena, keys, 2);
    assert_false(verify(fixture, second, &error)); /* asked a moment ago */
    assert_int_equal(atomic_load(&fixture->fetches), 2);
    clock_advance(30 * CLOCK_SECOND);
    assert_true(verify(fixture, second, &error));
    assert_int_equal(atomic_load(&fixture->fetches), 4);
    for (int i = 0; i < 10; i++)
        assert_false(verify(fixture, foreign, &error));
    assert_int_equal(atomic_load(&fixture->fetches), 4);
    clock_advance(30 * CLOCK_SECOND);
    for (int i = 0; i < 10; i++)
        assert_false(verify(fixture, foreign, &error));
    assert_int_equal(atomic_load(&fixture->fetches), 6);
}

static void issuer_away(void **state)
{
    struct fixture *fixture = *state;
    struct error error = {0};
    const struct jose_key *key = new_key(fixture->arena, JOSE_EDDSA);
    struct text token = make_token(fixture, key, ISSUER);
    assert_false(verify(fixture, token, &error));
    assert_error(&error, ERR_UNAVAILABLE, "no answer");
    assert_false(verify(fixture, token, &error));
    assert_error(&error, ERR_UNAVAILABLE, "a moment ago");
    assert_int_equal(atomic_load(&fixture->fetches), 2); /* the document came, the keys did not */
    clock_advance(CLOCK_MINUTE);
    fixture->keys = print_keys(fixture->arena, &key, 1);
    assert_true(verify(fixture, token, &error));
    fixture->keys = TEXT("");
    clock_advance(CLOCK_DAY - CLOCK_SECOND);
    assert_true(verify(fixture, token, &error)); /* stale, but good enough */
    clock_advance(CLOCK_MINUTE);
    assert_false(verify(fixture, token, &error));
    assert_error(&error, ERR_UNAVAILABLE, "cannot be had");
}

static void bad_documents(void **state)
{
    static const struct {
        const char *document, *keys, *part;
    } cases[] = {
        {"<html>", "", "not JSON"},
        {"{\"issuer\":\"https://evil.example\",\"jwks_uri\":\"" ISSUER "/keys?v=1\"}", "",
         "another issuer"},
        {"{\"issuer\":\"" ISSUER "\"}", "", "where the keys are"},
        {"{\"issuer\":\"" ISSUER "\",\"jwks_uri\":\"http://issuer.example/keys\"}", "",
         "where the keys are"},
        {"{\"issuer\":\"" ISSUER "\",\"jwks_uri\":\"file:///etc/passwd\"}", "",
         "where the keys are"},
        {"{\"issuer\":\"" ISSUER "\",\"jwks_uri\":\"" ISSUER "/keys?v=1\"}", "{\"keys\":[]}",
         "no usable key"},
        {"{\"issuer\":\"" ISSUER "\",\"jwks_uri\":\"" ISSUER "/keys?v=1\"}",
         "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}", "either"},
    };
    struct fixture *fixture = *state;
    struct error error = {0};
    struct text token = make_token(fixture, new_key(fixture->arena, JOSE_EDDSA), ISSUER);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        fixture->document = text_z(cases[i].document);
        fixture->keys = text_z(cases[i].keys);
        oidc_forget(fixture->oidc, TEXT(ISSUER));
        assert_false(verify(fixture, token, &error));
        assert_error(&error, ERR_UNAVAILABLE, cases[i].part);
    }
}

/* What can be seen to be wrong costs the issuer nothing. */
static void refused_without_asking(void **state)
{
    struct fixture *fixture = *state;
    struct error error = {0};
    struct jwt_claims claims;
    const struct jwt_expectation expectation = {.audience = TEXT("me"), .now = START};
    const struct jose_key *key = new_key(fixture->arena, JOSE_EDDSA);
    assert_false(verify(fixture, make_token(fixture, key, "https://other.example"), &error));
    assert_error(&error, ERR_UNAUTHENTICATED, "another issuer");
    assert_false(verify(fixture, TEXT("nonsense"), &error));
    assert_error(&error, ERR_UNAUTHENTICATED, "three parts");
    static const char *const issuers[] = {"",
                                          "issuer.example",
                                          "http://issuer.example",
                                          "https://issuer.example?x",
                                          "https://a b",
                                          "ftp://x"};
    for (size_t i = 0; i < ARRAY_LENGTH(issuers); i++) {
        error_clear(&error);
        assert_false(oidc_verify(fixture->oidc, fixture->arena, text_z(issuers[i]), TEXT("a.b.c"),
                                 &expectation, &claims, &error));
        assert_error(&error, ERR_INVALID, "https URL");
    }
    assert_int_equal(atomic_load(&fixture->fetches), 0);
}

struct worker {
    pthread_t thread;
    struct fixture *fixture;
    struct text token;
    bool good;
};

static void *verify_at_once(void *data)
{
    struct worker *worker = data;
    struct error error = {0};
    worker->good = verify(worker->fixture, worker->token, &error);
    return NULL;
}

static void one_fetch_for_many(void **state)
{
    struct fixture *fixture = *state;
    struct worker workers[8];
    const struct jose_key *key = new_key(fixture->arena, JOSE_ES256);
    struct text token = make_token(fixture, key, ISSUER);
    fixture->keys = print_keys(fixture->arena, &key, 1);
    fixture->slow = true;
    for (size_t i = 0; i < ARRAY_LENGTH(workers); i++) {
        workers[i] = (struct worker){.fixture = fixture, .token = token};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, verify_at_once, &workers[i]), 0);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(workers); i++)
        pthread_join(workers[i].thread, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(workers); i++)
        assert_true(workers[i].good);
    assert_int_equal(atomic_load(&fixture->fetches), 2);
}

static bool answer_nobody(void *data, struct text url, size_t max_bytes, struct arena *arena,
                          struct text *body, struct error *error)
{
    UNUSED(data);
    UNUSED(url);
    UNUSED(max_bytes);
    UNUSED(arena);
    UNUSED(body);
    return error_set(error, ERR_UNAVAILABLE, "nobody");
}

static void bounded_issuers(void **state)
{
    struct fixture *fixture = *state;
    struct jwt_claims claims;
    const struct jwt_expectation expectation = {.audience = TEXT("me"), .now = START};
    const struct oidc_options options = {.fetch = answer_nobody, .max_issuers = 4};
    const struct jose_key *key = new_key(fixture->arena, JOSE_EDDSA);
    struct oidc *oidc = oidc_new(&options);
    for (int i = 0; i < 100; i++) {
        struct error error = {0};
        struct text issuer = text_format(fixture->arena, "https://%d.example", i);
        struct text token = make_token(fixture, key, text_terminated(fixture->arena, issuer));
        assert_false(
            oidc_verify(oidc, fixture->arena, issuer, token, &expectation, &claims, &error));
        assert_error(&error, ERR_UNAVAILABLE, "nobody");
    }
    oidc_free(oidc);
}

#define WITH_ISSUER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ISSUER(fetched_once),
        WITH_ISSUER(unknown_keys),
        WITH_ISSUER(issuer_away),
        WITH_ISSUER(bad_documents),
        WITH_ISSUER(refused_without_asking),
        WITH_ISSUER(one_fetch_for_many),
        WITH_ISSUER(bounded_issuers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
