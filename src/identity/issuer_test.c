/*
 * Asking issuers: what is asked, what is believed, what is remembered. The test answers in the
 * issuer's place, question by question.
 */
#include "identity/identity_test_support.h"

#include "base/clock.h"
#include "identity/issuer_cache.h"
#include "jose/test_support.h"
#include "kernel/outside.h"

#define ISSUER    "https://issuer.example"
#define DISCOVERY ISSUER "/.well-known/openid-configuration"
#define KEYS      "https://keys.example/keys"

static const char good_discovery[] =
    "{\"issuer\":\"" ISSUER "\",\"jwks_uri\":\"" KEYS
    "\",\"authorization_endpoint\":\"https://issuer.example/auth\","
    "\"token_endpoint\":\"https://issuer.example/token\"}";

/* An issuer that answers what it is told to. */
struct fake {
    struct kernel_test *test;
    const char *discovery;
    struct text keys;
    unsigned status;
    bool is_down;
    int questions;
};

static struct text print_set(struct kernel_test *test, const struct jose_key *key)
{
    struct json_printer printer;
    struct jose_key_set set = {.keys = &key, .len = 1};
    jose_key_set_print(&set, json_print_begin(&printer, test->arena));
    return json_print_end(&printer);
}

static void answer(struct fake *fake, struct outside *outside)
{
    struct text url = outside->wanted->request.url;
    struct http_client_response response = {.status = fake->status ? fake->status : 200};
    struct error error = {0};
    fake->questions++;
    if (fake->is_down) {
        error_set(&error, ERR_UNAVAILABLE, "could not connect to issuer.example:443");
        outside_answer(outside, NULL, &error);
        return;
    }
    if (text_equal(url, TEXT(DISCOVERY)))
        response.body = text_z(fake->discovery);
    else if (text_equal(url, TEXT(KEYS)))
        response.body = fake->keys;
    else
        fail_msg("an unexpected question: %.*s", TEXT_ARG(url));
    outside_answer(outside, &response, NULL);
}

/* Runs the call as a request does: again after each answer. */
static bool get(struct fake *fake, const struct issuer **out)
{
    struct kernel_test *test = fake->test;
    struct outside outside = {.arena = test->arena};
    for (;;) {
        outside_begin(&outside);
        bool done =
            UNIT(test, DB_READ, (ctx->outside = &outside, issuer_get(ctx, TEXT(ISSUER), out)));
        if (!outside_is_wanted(&outside))
            return done;
        answer(fake, &outside);
    }
}

static const struct jose_key *find(struct fake *fake, const char *kid)
{
    struct kernel_test *test = fake->test;
    struct outside outside = {.arena = test->arena};
    struct jws jws = {.algorithm = JOSE_ES256, .key_id = text_z(kid)};
    const struct jose_key *key;
    for (;;) {
        outside_begin(&outside);
        bool done = UNIT(test, DB_READ,
                         (ctx->outside = &outside, issuer_find_key(ctx, TEXT(ISSUER), &jws, &key)));
        if (!outside_is_wanted(&outside))
            return done ? key : NULL;
        answer(fake, &outside);
    }
}

static struct fake new_fake(struct kernel_test *test)
{
    return (struct fake){.test = test,
                         .discovery = good_discovery,
                         .keys = print_set(test, new_key(test->arena, JOSE_ES256))};
}

static void an_issuer_is_asked_once_in_a_while(void **state)
{
    struct kernel_test *test = *state;
    struct fake fake = new_fake(test);
    const struct issuer *issuer;
    assert_true(get(&fake, &issuer));
    assert_text_is(issuer->token_endpoint, "https://issuer.example/token");
    assert_text_is(issuer->authorization_endpoint, "https://issuer.example/auth");
    assert_int_equal(issuer->keys.len, 1);
    assert_int_equal(fake.questions, 2);
    test->now += 59 * CLOCK_MINUTE;
    assert_true(get(&fake, &issuer));
    assert_int_equal(fake.questions, 2);
    test->now += CLOCK_MINUTE;
    assert_true(get(&fake, &issuer));
    assert_int_equal(fake.questions, 4);
}

static void nonsense_is_not_believed(void **state)
{
    struct kernel_test *test = *state;
    static const char *const cases[][2] = {
        {"{\"issuer\":\"https://other.example\",\"jwks_uri\":\"" KEYS "\"}", "calls itself"},
        {"{\"issuer\":\"" ISSUER "/\",\"jwks_uri\":\"" KEYS "\"}", "calls itself"},
        {"{\"jwks_uri\":\"" KEYS "\"}", "calls itself"},
        {"{\"issuer\":\"" ISSUER "\"}", "no jwks_uri"},
        {"{\"issuer\":\"" ISSUER "\",\"jwks_uri\":\"http://keys.example/keys\"}", "no jwks_uri"},
        {"{\"issuer\":\"" ISSUER "\",\"jwks_uri\":\"file:///etc/passwd\"}", "no jwks_uri"},
        {"{\"issuer\":\"" ISSUER "\",\"issuer\":\"" ISSUER "\"}", "is no JSON"},
        {"<html>", "is no JSON"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct fake fake = new_fake(test);
        const struct issuer *issuer;
        fake.discovery = cases[i][0];
        assert_false(get(&fake, &issuer));
        assert_int_equal(test->error.kind, ERR_UNAVAILABLE);
        if (!strstr(test->error.message, cases[i][1]))
            fail_msg("%s: \"%s\"", cases[i][0], test->error.message);
        test->now += CLOCK_MINUTE;
    }
}

static void keys_that_cannot_be_used_are_no_keys(void **state)
{
    struct kernel_test *test = *state;
    static const char *const sets[] = {
        "", "{}", "{\"keys\":[]}",
        "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAAAAAAAAAAAAAAAAAAAAAAAA\"}]}"};
    for (size_t i = 0; i < ARRAY_LENGTH(sets); i++) {
        struct fake fake = new_fake(test);
        const struct issuer *issuer;
        fake.keys = text_z(sets[i]);
        assert_false(get(&fake, &issuer));
        assert_non_null(strstr(test->error.message, "the keys of the issuer cannot be used"));
        test->now += CLOCK_MINUTE;
    }
}

static void a_failed_issuer_is_left_alone_for_a_while(void **state)
{
    struct kernel_test *test = *state;
    struct fake fake = new_fake(test);
    const struct issuer *issuer;
    fake.status = 503;
    assert_false(get(&fake, &issuer));
    assert_non_null(strstr(test->error.message, "answers with status 503"));
    assert_int_equal(fake.questions, 1);
    fake.status = 200;
    assert_false(get(&fake, &issuer));
    assert_non_null(strstr(test->error.message, "answers with status 503"));
    assert_int_equal(fake.questions, 1);
    test->now += ISSUER_FAILURE_S * CLOCK_SECOND;
    assert_true(get(&fake, &issuer));
    fake.is_down = true;
    test->now += CLOCK_HOUR;
    assert_false(get(&fake, &issuer));
    assert_non_null(strstr(test->error.message, "could not connect to issuer.example:443"));
}

static void an_unknown_key_makes_the_issuer_be_asked_again(void **state)
{
    struct kernel_test *test = *state;
    struct fake fake = new_fake(test);
    const struct issuer *issuer;
    assert_true(get(&fake, &issuer));
    const struct jose_key *next = new_key(test->arena, JOSE_ES256);
    const char *id = text_terminated(test->arena, jose_key_id(next));
    fake.keys = print_set(test, next);
    /* Not at once, or a stranger could make us ask as often as they ask. */
    assert_null(find(&fake, id));
    assert_int_equal(fake.questions, 2);
    test->now += 30 * CLOCK_SECOND;
    assert_non_null(find(&fake, id));
    assert_int_equal(fake.questions, 4);
    assert_null(find(&fake, "nobody's"));
    assert_int_equal(fake.questions, 4);
    test->now += 30 * CLOCK_SECOND;
    assert_null(find(&fake, "nobody's"));
    assert_int_equal(fake.questions, 6);
    /* The old one went with the old set. */
    assert_null(find(&fake, "old"));
}

static void many_issuers_share_a_bounded_cache(void **state)
{
    struct kernel_test *test = *state;
    struct issuer_cache *cache = test->account.issuers;
    struct error failure = {.kind = ERR_UNAVAILABLE};
    struct error found;
    for (int i = 0; i < 3 * ISSUERS_MAX; i++)
        issuer_cache_fail(cache, text_format(test->arena, "https://%d.example", i), test->now + i,
                          &failure);
    int kept = 0;
    for (int i = 0; i < 3 * ISSUERS_MAX; i++)
        kept += issuer_cache_has_failed(cache, text_format(test->arena, "https://%d.example", i),
                                        test->now, &found);
    assert_int_equal(kept, ISSUERS_MAX);
    assert_true(issuer_cache_has_failed(cache, TEXT("https://191.example"), test->now, &found));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ACCOUNT(an_issuer_is_asked_once_in_a_while),
        WITH_ACCOUNT(nonsense_is_not_believed),
        WITH_ACCOUNT(keys_that_cannot_be_used_are_no_keys),
        WITH_ACCOUNT(a_failed_issuer_is_left_alone_for_a_while),
        WITH_ACCOUNT(an_unknown_key_makes_the_issuer_be_asked_again),
        WITH_ACCOUNT(many_issuers_share_a_bounded_cache),
    };
    return cmocka_run_group_tests_name("issuer", tests, NULL, NULL);
}
