/* Refusals in the audit trail: what an entry says, and that nobody can flood the trail. */
#include "audit/denial_test_support.h"

static void refuse(struct kernel_test *test, int times)
{
    const struct decision decision = {.action = ACTION_STACK_DELETE, .space_id = TEXT("root")};
    const struct denial denial = {
        .field = TEXT("stackDelete"), .decision = &decision, .objects = TEXT("{\"id\":\"web\"}")};
    for (int i = 0; i < times; i++)
        assert_kept(test, denial_record(ctx, &denial));
}

static void an_entry_says_what_was_refused_to_whom(void **state)
{
    struct kernel_test *test = *state;
    refuse(test, 1);
    assert_int_equal(
        test_sql_int(test, "SELECT count(*) FROM audit_entry WHERE actor = 'api::key' AND "
                           "resource_type = 'SPACE' AND resource_id = 'root' AND decision = "
                           "'{\"allowed\":false,\"action\":\"stack:delete\",\"space\":\"root\"}' "
                           "AND body LIKE '%%\"field\":\"stackDelete\",\"objects\":{\"id\":"
                           "\"web\"},\"nearest\":[\"the role Space Admin (space-admin) in "
                           "space %%would allow it\"]}'"),
        1);
}

static void past_the_limit_refusals_are_counted_in_one_entry(void **state)
{
    struct kernel_test *test = *state;
    refuse(test, DENIALS_PER_MINUTE + 7);
    assert_int_equal(test_denial_count(test), DENIALS_PER_MINUTE);
    test->now += 60 * INT64_C(1000000);
    refuse(test, 1);
    assert_int_equal(test_denial_count(test), DENIALS_PER_MINUTE + 1);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM audit_entry WHERE body LIKE "
                                        "'%%\"not_written_before\":7}'"),
                     1);
    struct denial_figures figures = denial_figures(test->account.denials);
    assert_int_equal(figures.denied, DENIALS_PER_MINUTE + 8);
    assert_int_equal(figures.not_written, 7);
}

static void one_actor_takes_nothing_from_another(void **state)
{
    struct kernel_test *test = *state;
    refuse(test, DENIALS_PER_MINUTE + 1);
    test->actor = test_actor(test, "other", ACTION_SPACE_READ, "root");
    refuse(test, 1);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM audit_entry WHERE actor = "
                                        "'api::other'"),
                     1);
}

static void what_was_counted_is_told_when_the_minute_is_over(void **state)
{
    struct kernel_test *test = *state;
    struct denials *denials = test->account.denials;
    refuse(test, DENIALS_PER_MINUTE + 3);
    assert_kept(test, denials_settle(ctx));
    assert_int_equal(test_denial_count(test), DENIALS_PER_MINUTE);
    test->now += 60 * INT64_C(1000000);
    assert_true(denials_are_unsettled(denials, test->now));
    test->actor = &actor_system;
    assert_kept(test, denials_settle(ctx));
    assert_int_equal(
        test_sql_int(test, "SELECT count(*) FROM audit_entry WHERE actor = 'api::key' AND body = "
                           "'{\"not_written_before\":3}'"),
        1);
    assert_false(denials_are_unsettled(denials, test->now));
    assert_kept(test, denials_settle(ctx));
    assert_int_equal(test_denial_count(test), DENIALS_PER_MINUTE + 1);
}

static void more_actors_than_there_is_room_for_are_only_counted(void **state)
{
    enum { ACTORS = 1100, ROOM = 1024 };
    struct kernel_test *test = *state;
    for (int i = 0; i < ACTORS; i++) {
        struct actor actor = {.kind = ACTOR_API_KEY,
                              .username = text_format(test->arena, "api::%d", i)};
        test->actor = &actor;
        refuse(test, 1);
    }
    assert_int_equal(test_denial_count(test), ROOM);
    assert_int_equal(denial_figures(test->account.denials).not_written, ACTORS - ROOM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DENIALS(an_entry_says_what_was_refused_to_whom),
        WITH_DENIALS(past_the_limit_refusals_are_counted_in_one_entry),
        WITH_DENIALS(one_actor_takes_nothing_from_another),
        WITH_DENIALS(what_was_counted_is_told_when_the_minute_is_over),
        WITH_DENIALS(more_actors_than_there_is_room_for_are_only_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
