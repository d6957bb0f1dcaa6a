/* What a login keeps in the browser: that it opens for its own browser, state and time alone. */
#include "base/clock.h"
#include "base/encoding.h"
#include "identity/identity_test_support.h"
#include "identity/login_provider.h"

#define BROWSER TEXT("0123456789abcdef0123456789abcdef")

static struct text sealed_flow(struct kernel_test *test, struct login_flow *flow)
{
    struct text sealed = TEXT("");
    assert_read(test, login_flow_new(ctx, flow));
    flow->next = TEXT("/cli_login?key=a&port=4000");
    flow->invited_user = TEXT("01HX");
    flow->invitation = TEXT("gth_secret");
    assert_read(test, login_flow_seal(ctx, flow, BROWSER, &sealed));
    return sealed;
}

static bool opens(struct kernel_test *test, struct text sealed, struct text browser,
                  struct text state)
{
    struct login_flow flow;
    struct ctx *ctx = unit_begin(test, DB_READ, &actor_anonymous);
    bool opened = login_flow_open(ctx, sealed, browser, state, &flow);
    assert_false(error_is_set(ctx->error));
    assert_true(unit_end(test, true));
    return opened;
}

static void comes_back_as_it_left(void **state)
{
    struct kernel_test *test = *state;
    struct login_flow left, back;
    struct text sealed = sealed_flow(test, &left);
    struct ctx *ctx = unit_begin(test, DB_READ, &actor_anonymous);
    assert_true(login_flow_open(ctx, sealed, BROWSER, left.state, &back));
    assert_true(unit_end(test, true));
    assert_true(text_equal(back.nonce, left.nonce));
    assert_true(text_equal(back.verifier, left.verifier));
    assert_text_is(back.next, "/cli_login?key=a&port=4000");
    assert_text_is(back.invited_user, "01HX");
    assert_text_is(back.invitation, "gth_secret");
    assert_int_equal(back.expires_at, test->now + LOGIN_FLOW_SECONDS * CLOCK_SECOND);
}

static void random_parts_are_long_and_new(void **state)
{
    struct kernel_test *test = *state;
    struct login_flow first, second;
    sealed_flow(test, &first);
    sealed_flow(test, &second);
    assert_int_equal(first.state.len, 43); /* 256 bits; RFC 7636 asks for 43 characters at least */
    assert_int_equal(first.verifier.len, 43);
    assert_false(text_equal(first.state, second.state));
    assert_false(text_equal(first.nonce, second.nonce));
    assert_false(text_equal(first.verifier, second.verifier));
    assert_false(text_equal(first.state, first.nonce));
}

static void opens_for_nobody_else(void **state)
{
    struct kernel_test *test = *state;
    struct login_flow flow, other;
    struct text sealed = sealed_flow(test, &flow);
    sealed_flow(test, &other);
    assert_true(opens(test, sealed, BROWSER, flow.state));
    assert_false(opens(test, sealed, TEXT("another browser"), flow.state));
    assert_false(opens(test, sealed, BROWSER, other.state));
    assert_false(opens(test, sealed, BROWSER, TEXT("")));
    assert_false(opens(test, TEXT(""), BROWSER, flow.state));
    assert_false(opens(test, TEXT("no base64!"), BROWSER, flow.state));
    assert_false(opens(test, text_slice(sealed, 0, sealed.len - 4), BROWSER, flow.state));
    test->now += LOGIN_FLOW_SECONDS * CLOCK_SECOND;
    assert_false(opens(test, sealed, BROWSER, flow.state));
}

static void says_nothing_to_who_reads_it(void **state)
{
    struct kernel_test *test = *state;
    struct login_flow flow;
    struct text sealed = sealed_flow(test, &flow), bytes;
    assert_true(base64url_decode(test->arena, sealed, &bytes, &test->error));
    assert_false(text_contains(bytes, flow.verifier));
    assert_false(text_contains(bytes, TEXT("gth_secret")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ACCOUNT(comes_back_as_it_left),
        WITH_ACCOUNT(random_parts_are_long_and_new),
        WITH_ACCOUNT(opens_for_nobody_else),
        WITH_ACCOUNT(says_nothing_to_who_reads_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
