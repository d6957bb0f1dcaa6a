/* The webhook: signatures, and which server delivers what, one step after the other. */
#include "access/access_test_support.h"
#include "audit/webhook_delivery.h"
#include "audit/webhook_message.h"

#define SECOND INT64_C(1000000)

/* Saved and switched on behind the noun's back: its first message has nowhere to go here. */
static int setup(void **state)
{
    if (access_test_setup(state) != 0)
        return -1;
    struct kernel_test *test = *state;
    struct webhook *webhook;
    test->actor = test_actor(test, "admin", ACTION_SPACE_ADMIN, "root");
    const struct webhook_input input = {.endpoint = TEXT("https://hook.example/"),
                                        .secret = TEXT("secret"),
                                        .retry_on_failure = true};
    assert_kept(test, webhook_set(ctx, &input, &webhook));
    test_sql(test, "UPDATE audit_webhook SET enabled = TRUE, cursor = 1");
    return 0;
}

static void record(struct kernel_test *test, const char *id)
{
    assert_kept(test, audit_record(ctx, &(struct audit_event){.action = "stack.create",
                                                              .resource_type = "STACK",
                                                              .resource_id = text_z(id)}));
}

static int64_t column(struct kernel_test *test, const char *name)
{
    return test_sql_int(test, "SELECT %s FROM audit_webhook", name);
}

static void answer(struct webhook_delivery *delivery, unsigned status)
{
    delivery->is_answered = true;
    delivery->status = status;
}

static void signatures_are_made_as_github_makes_them(void **state)
{
    struct kernel_test *test = *state;
    struct text secret = TEXT("It's a Secret to Everybody");
    struct text body = TEXT("Hello, World!");
    assert_text_is(webhook_signature_sha256(test->arena, secret, body),
                   "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
    assert_text_is(webhook_signature_sha1(test->arena, secret, body),
                   "sha1=01dc10d0c83e72ed246219cdd91669667fe2ca59");
    assert_text_is(webhook_signature_sha1(test->arena, TEXT("k"), TEXT("")),
                   "sha1=3a84a218ee6665209bb70e84525dd837645a1965");
}

static void secret_and_headers_lie_sealed(void **state)
{
    struct kernel_test *test = *state;
    const struct webhook_header header = {TEXT("X-Team"), TEXT("a-hidden-header")};
    struct webhook *webhook;
    const struct webhook_input input = {.endpoint = TEXT("https://hook.example/"),
                                        .secret = TEXT("a-hidden-secret"),
                                        .headers = &header,
                                        .header_count = 1};
    assert_kept(test, webhook_set(ctx, &input, &webhook));
    assert_false(test_database_holds(test, TEXT("a-hidden-secret")));
    assert_false(test_database_holds(test, TEXT("a-hidden-header")));
}

static void entries_are_taken_in_order(void **state)
{
    struct kernel_test *test = *state;
    struct webhook_delivery delivery = {0};
    record(test, "one");
    record(test, "two");
    assert_kept(test, webhook_step(ctx, &delivery));
    assert_int_equal(delivery.sequence, 2);
    assert_true(text_contains(delivery.request.body, TEXT("\"ID\":\"one\"")));
    answer(&delivery, 204);
    assert_kept(test, webhook_step(ctx, &delivery));
    assert_int_equal(delivery.sequence, 3);
    answer(&delivery, 200);
    assert_kept(test, webhook_step(ctx, &delivery));
    assert_int_equal(delivery.sequence, 0);
    assert_int_equal(column(test, "cursor"), 3);
    assert_int_equal(column(test, "lease_until"), 0);
}

static void one_server_at_a_time_delivers(void **state)
{
    struct kernel_test *test = *state;
    struct webhook_delivery here = {0}, there = {0};
    record(test, "one");
    assert_kept(test, webhook_step(ctx, &here));
    assert_kept(test, webhook_step(ctx, &there));
    assert_int_equal(here.sequence, 2);
    assert_int_equal(there.sequence, 0);
    /* This one has died: after a while another sends the entry again, and the outcome of the first
     * counts no more. */
    test->now += 20 * SECOND;
    assert_kept(test, webhook_step(ctx, &there));
    assert_int_equal(there.sequence, 2);
    answer(&here, 204);
    assert_kept(test, webhook_step(ctx, &here));
    assert_int_equal(here.sequence, 0);
    assert_int_equal(column(test, "cursor"), 1);
    answer(&there, 204);
    assert_kept(test, webhook_step(ctx, &there));
    assert_int_equal(column(test, "cursor"), 2);
}

static void a_failure_is_tried_again_later_and_later(void **state)
{
    struct kernel_test *test = *state;
    struct webhook_delivery delivery = {0};
    record(test, "one");
    for (int i = 0; i < 4; i++) {
        assert_kept(test, webhook_step(ctx, &delivery));
        assert_int_equal(delivery.sequence, 2);
        answer(&delivery, 503);
        assert_kept(test, webhook_step(ctx, &delivery));
        assert_int_equal(delivery.sequence, 0);
        assert_int_equal(column(test, "next_attempt_at") - test->now, (SECOND << i));
        test->now += SECOND << i;
    }
    assert_int_equal(column(test, "failures"), 4);
    assert_int_equal(column(test, "cursor"), 1);
}

static void after_ten_failures_it_is_switched_off(void **state)
{
    struct kernel_test *test = *state;
    struct webhook_delivery delivery = {0};
    record(test, "one");
    test_sql(test, "UPDATE audit_webhook SET failures = 9");
    assert_kept(test, webhook_step(ctx, &delivery));
    delivery.is_answered = true;
    delivery.failure = TEXT("could not connect");
    assert_kept(test, webhook_step(ctx, &delivery));
    assert_int_equal(delivery.sequence, 0);
    assert_int_equal(
        test_sql_int(test, "SELECT count(*) FROM audit_webhook WHERE NOT enabled AND cursor = 1 "
                           "AND failures = 10 AND last_error = 'could not connect'"),
        1);
    assert_int_equal(
        test_sql_int(test, "SELECT count(*) FROM audit_entry WHERE action = "
                           "'audit_trail_webhook.disable' AND body LIKE '%%could not connect%%'"),
        1);
}

static void a_deleted_webhook_hears_of_it_and_is_gone(void **state)
{
    struct kernel_test *test = *state;
    struct webhook_delivery delivery = {0};
    struct webhook *webhook;
    assert_kept(test, webhook_delete(ctx, &webhook));
    assert_kept(test, webhook_find(ctx, &webhook));
    assert_null(webhook);
    assert_kept(test, webhook_step(ctx, &delivery));
    assert_true(text_contains(delivery.request.body, TEXT("audit_trail_webhook.delete")));
    answer(&delivery, 204);
    assert_kept(test, webhook_step(ctx, &delivery));
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM audit_webhook"), 0);
}

static void nobody_waits_for_the_last_word_for_ever(void **state)
{
    struct kernel_test *test = *state;
    struct webhook_delivery delivery = {0};
    struct webhook *webhook;
    assert_kept(test, webhook_delete(ctx, &webhook));
    for (int i = 0; i < 3; i++) {
        assert_kept(test, webhook_step(ctx, &delivery));
        assert_true(delivery.sequence > 0);
        answer(&delivery, 500);
        assert_kept(test, webhook_step(ctx, &delivery));
        test->now += 60 * SECOND;
    }
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM audit_webhook"), 0);
}

static void only_who_administers_root_may_touch_it(void **state)
{
    struct kernel_test *test = *state;
    struct webhook *webhook;
    const struct webhook_input input = {.endpoint = TEXT("https://hook.example/")};
    const struct text_list none = {NULL, 0};
    test->actor = test_actor(test, "reader", ACTION_SPACE_READ, "root");
    assert_refused(test, ERR_DENIED, "unauthorized", webhook_find(ctx, &webhook));
    assert_refused(test, ERR_DENIED, "unauthorized", webhook_set(ctx, &input, &webhook));
    assert_refused(test, ERR_DENIED, "unauthorized", webhook_delete(ctx, &webhook));
    assert_refused(test, ERR_DENIED, "unauthorized", webhook_set_headers(ctx, NULL, 0, &webhook));
    assert_refused(test, ERR_DENIED, "unauthorized", webhook_delete_headers(ctx, none, &webhook));
}

#define WITH_WEBHOOK(test) cmocka_unit_test_setup_teardown(test, setup, access_test_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WEBHOOK(signatures_are_made_as_github_makes_them),
        WITH_WEBHOOK(secret_and_headers_lie_sealed),
        WITH_WEBHOOK(entries_are_taken_in_order),
        WITH_WEBHOOK(one_server_at_a_time_delivers),
        WITH_WEBHOOK(a_failure_is_tried_again_later_and_later),
        WITH_WEBHOOK(after_ten_failures_it_is_switched_off),
        WITH_WEBHOOK(a_deleted_webhook_hears_of_it_and_is_gone),
        WITH_WEBHOOK(nobody_waits_for_the_last_word_for_ever),
        WITH_WEBHOOK(only_who_administers_root_may_touch_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
