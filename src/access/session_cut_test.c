/* The end of all sessions but one. */
#include "access/access_test_support.h"
#include "access/session_cut.h"

static void nothing_is_cut_at_first(void **state)
{
    struct kernel_test *test = *state;
    struct session_cut cut;
    assert_read(test, session_cut_get(ctx, &cut));
    assert_false(session_cut_applies(&cut, TEXT("s"), 1));
}

static void a_cut_ends_what_began_before_but_for_its_author(void **state)
{
    struct kernel_test *test = *state;
    struct session_cut cut;
    struct actor author = {
        .kind = ACTOR_USER, .username = TEXT("jane"), .session_id = TEXT("own \"session\"")};
    test->actor = &author;
    uint64_t version = atomic_load(&test->account.access_version);
    assert_kept(test, session_cut_all_but_own(ctx));
    assert_true(atomic_load(&test->account.access_version) > version);
    assert_read(test, session_cut_get(ctx, &cut));
    assert_true(session_cut_applies(&cut, TEXT("other"), test->now - 1));
    assert_true(session_cut_applies(&cut, TEXT("other"), test->now));
    assert_false(session_cut_applies(&cut, TEXT("other"), test->now + 1));
    assert_false(session_cut_applies(&cut, author.session_id, test->now - 1));
}

/* A login may begin after the change did, or where the clock is ahead, and be kept before it. */
static void a_cut_ends_what_was_kept_before_it_whatever_its_time(void **state)
{
    struct kernel_test *test = *state;
    struct session_cut cut;
    test_sql(test,
             "INSERT INTO session (id, actor_kind, actor_id, method, created_at, created_from, "
             "expires_at) VALUES ('late', 'USER', 'u', 'PASSWORD', %" PRId64 ", '', %" PRId64 ")",
             test->now + 50, test->now + 1000);
    assert_kept(test, session_cut_all_but_own(ctx));
    assert_read(test, session_cut_get(ctx, &cut));
    assert_true(session_cut_applies(&cut, TEXT("late"), test->now + 50));
    assert_false(session_cut_applies(&cut, TEXT("later"), test->now + 51));
}

static void the_newest_cut_counts(void **state)
{
    struct kernel_test *test = *state;
    struct session_cut cut;
    struct actor first = {.kind = ACTOR_USER, .session_id = TEXT("first")};
    struct actor second = {.kind = ACTOR_USER, .session_id = TEXT("second")};
    test->actor = &first;
    assert_kept(test, session_cut_all_but_own(ctx));
    test->actor = &second;
    test->now += 10;
    assert_kept(test, session_cut_all_but_own(ctx));
    assert_read(test, session_cut_get(ctx, &cut));
    assert_true(session_cut_applies(&cut, first.session_id, test->now - 20));
    assert_false(session_cut_applies(&cut, second.session_id, test->now - 20));
}

static void the_server_itself_spares_nobody(void **state)
{
    struct kernel_test *test = *state;
    struct session_cut cut;
    assert_kept(test, session_cut_all_but_own(ctx));
    assert_read(test, session_cut_get(ctx, &cut));
    assert_true(session_cut_applies(&cut, TEXT("any"), test->now - 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SPACES(nothing_is_cut_at_first),
        WITH_SPACES(a_cut_ends_what_began_before_but_for_its_author),
        WITH_SPACES(a_cut_ends_what_was_kept_before_it_whatever_its_time),
        WITH_SPACES(the_newest_cut_counts),
        WITH_SPACES(the_server_itself_spares_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
