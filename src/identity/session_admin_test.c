/* Seeing and ending sessions: of runs, whom a cut leaves alone, and what the trail says of an end.
 */
#include "identity/api_key.h"
#include "identity/identity_test_support.h"
#include "identity/session_admin.h"

static void add_session(struct kernel_test *test, const char *id, const char *kind,
                        const char *actor_id)
{
    test_sql(test,
             "INSERT INTO session (id, actor_kind, actor_id, method, created_at, created_from, "
             "expires_at) VALUES ('%s', '%s', '%s', 'SECRET', %" PRId64 ", '', %" PRId64 ")",
             id, kind, actor_id, test->now, test->now + 1000);
}

static int64_t entries(struct kernel_test *test, const char *action, const char *condition)
{
    return test_sql_int(test, "SELECT count(*) FROM audit_entry WHERE action = '%s' AND %s", action,
                        condition);
}

/* Their tokens go on, so they have to be seen, and somebody must be able to end them. */
static void sessions_of_runs_outlive_a_cut_and_can_be_ended(void **state)
{
    struct kernel_test *test = *state;
    struct list sessions;
    struct session *session;
    add_session(test, "of-run", "RUN", "run");
    add_session(test, "of-key", "API_KEY", "key");
    assert_kept(test, session_cut_all_but_own(ctx));
    assert_read(test, session_list(ctx, &sessions));
    assert_int_equal(sessions.len, 1);
    assert_text_is(LIST_ITEMS(&sessions, struct session)[0].id, "of-run");
    assert_read(test, session_get(ctx, TEXT("of-key"), &session));
    assert_null(session);
    assert_kept(test, session_end(ctx, TEXT("of-run"), &session));
    assert_non_null(session);
    assert_read(test, session_list(ctx, &sessions));
    assert_int_equal(sessions.len, 0);
}

static void the_trail_says_whose_session_was_ended_and_by_what_right(void **state)
{
    struct kernel_test *test = *state;
    struct session *session;
    add_session(test, "of-key", "API_KEY", "key");
    test->actor = test_actor(test, "admin", ACTION_SPACE_ADMIN, "root");
    assert_kept(test, session_end(ctx, TEXT("of-key"), &session));
    assert_int_equal(entries(test, "session.delete",
                             "related_type = 'API_KEY' AND related_id = 'key' AND decision LIKE "
                             "'%\"allowed\":true%space:admin%'"),
                     1);
}

static void the_trail_says_whose_sessions_were_ended_together(void **state)
{
    struct kernel_test *test = *state;
    int64_t count;
    add_session(test, "first", "API_KEY", "key");
    add_session(test, "second", "API_KEY", "key");
    test->actor = test_actor(test, "admin", ACTION_SPACE_ADMIN, "root");
    assert_kept(test, session_end_all(ctx, TEXT("key"), &count));
    assert_int_equal(count, 2);
    assert_int_equal(entries(test, "session.delete_all",
                             "related_type = 'API_KEY' AND related_id = 'key' AND decision LIKE "
                             "'%\"allowed\":true%space:admin%'"),
                     1);
}

/* Nothing had to be decided: everybody may. */
static void ones_own_session_ends_without_a_decision(void **state)
{
    struct kernel_test *test = *state;
    struct session *session;
    struct actor jane = {.kind = ACTOR_USER,
                         .id = TEXT("jane"),
                         .username = TEXT("user::jane"),
                         .session_id = TEXT("own")};
    add_session(test, "own", "USER", "jane");
    add_session(test, "foreign", "USER", "joe");
    test->actor = &jane;
    assert_kept(test, session_end(ctx, TEXT("foreign"), &session));
    assert_null(session);
    assert_kept(test, session_end_own(ctx, &session));
    assert_non_null(session);
    assert_int_equal(
        entries(test, "session.delete", "related_type = 'USER' AND decision LIKE '{}'"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ACCOUNT(sessions_of_runs_outlive_a_cut_and_can_be_ended),
        WITH_ACCOUNT(the_trail_says_whose_session_was_ended_and_by_what_right),
        WITH_ACCOUNT(the_trail_says_whose_sessions_were_ended_together),
        WITH_ACCOUNT(ones_own_session_ends_without_a_decision),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
