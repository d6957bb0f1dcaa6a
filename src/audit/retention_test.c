/* Retention: what is too old goes, what somebody waits for stays, and the chain is whole. */
#include "access/access_test_support.h"
#include "audit/audit.h"
#include "audit/retention.h"
#include "audit/webhook.h"

#define SECOND INT64_C(1000000)

static void record_over_time(struct kernel_test *test, int count)
{
    for (int i = 0; i < count; i++) {
        assert_kept(test, audit_record(ctx, &(struct audit_event){.action = "thing.change",
                                                                  .resource_type = "STACK"}));
        test->now += SECOND;
    }
}

static void assert_kept_part(struct kernel_test *test, int64_t first, int64_t last)
{
    struct audit_verdict verdict;
    assert_read(test, audit_verify(ctx, &verdict));
    assert_int_equal(verdict.broken_at, 0);
    assert_int_equal(verdict.removed_up_to, first - 1);
    assert_int_equal(verdict.head_sequence, last);
}

static void without_a_setting_everything_is_kept(void **state)
{
    struct kernel_test *test = *state;
    record_over_time(test, 5);
    test->now += 1000 * SECOND;
    assert_kept(test, audit_retain(ctx));
    assert_kept_part(test, 1, 5);
}

static void what_is_older_goes_and_that_is_on_record(void **state)
{
    struct kernel_test *test = *state;
    test->settings.audit_retention = 3 * SECOND;
    record_over_time(test, 10);
    assert_kept(test, audit_retain(ctx));
    assert_kept_part(test, 8, 11);
    assert_int_equal(
        test_sql_int(test, "SELECT count(*) FROM audit_entry WHERE sequence = 11 AND action = "
                           "'audit_trail.remove' AND body = '{\"removed\":7,\"up_to\":7}'"),
        1);
    assert_kept(test, audit_retain(ctx));
    assert_kept_part(test, 8, 11);
}

static void what_the_webhook_waits_for_stays(void **state)
{
    struct kernel_test *test = *state;
    test->settings.audit_retention = 1 * SECOND;
    struct webhook *webhook;
    const struct webhook_input input = {.endpoint = TEXT("https://hook.example/"),
                                        .secret = TEXT("secret")};
    assert_kept(test, webhook_set(ctx, &input, &webhook));
    record_over_time(test, 9);
    test_sql(test, "UPDATE audit_webhook SET enabled = TRUE, cursor = 4");
    assert_kept(test, audit_retain(ctx));
    assert_kept_part(test, 5, 11);
    assert_kept(test, audit_retain(ctx));
    assert_kept_part(test, 5, 11);
    test_sql(test, "UPDATE audit_webhook SET enabled = FALSE");
    assert_kept(test, audit_retain(ctx));
    assert_kept_part(test, 10, 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SPACES(without_a_setting_everything_is_kept),
        WITH_SPACES(what_is_older_goes_and_that_is_on_record),
        WITH_SPACES(what_the_webhook_waits_for_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
