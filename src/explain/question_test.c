/* Questions about rights: of whom, about what, and who may ask. */
#include "access/access_test_support.h"
#include "explain/question.h"

static void set_up(struct kernel_test *test)
{
    test_add_space(test, "team", "root");
    test_sql(test, "INSERT INTO api_key (id, kind, name, secret_hash, created_by, created_at, "
                   "groups) VALUES ('key', 'SECRET', 'robot', '', 'x', 1, '[\"Ops\"]')");
    test_sql(test, "INSERT INTO account_user (id, username, invited_at, invited_by, is_owner) "
                   "VALUES ('u1', 'jane', 1, 'x', FALSE), ('u2', 'boss', 1, 'x', TRUE)");
    test_sql(test, "INSERT INTO user_group (id, name, created_at, created_by) VALUES ('g', 'Ops', "
                   "1, 'x')");
    test_sql(test, "INSERT INTO stack (id, name, space_id, provider, repository, branch, vendor, "
                   "created_at, created_by) VALUES ('web', 'Web', 'team', 'GIT', 'r', 'main', "
                   "'ANSIBLE', 1, 'x')");
    test_sql(test, "INSERT INTO role_binding (id, subject_kind, subject_id, role_id, space_id, "
                   "created_at, created_by) VALUES "
                   "('b1', 'GROUP', 'g', '00000000000000000000000002', 'team', 1, 'x'), "
                   "('b2', 'STACK', 'web', '00000000000000000000000001', 'team', 1, 'x')");
}

static bool allowed(struct kernel_test *test, const char *actor, enum action action,
                    enum explain_object kind, const char *object)
{
    struct explain_answer answer;
    struct explain_question question = {
        .actor = text_z(actor), .action = action, .object_kind = kind, .object_id = text_z(object)};
    assert_read(test, explain_answer(ctx, &question, &answer));
    return answer.explanation.decision.allowed;
}

static void keys_users_and_stacks_are_asked_about(void **state)
{
    struct kernel_test *test = *state;
    set_up(test);
    assert_true(allowed(test, "key", ACTION_RUN_TRIGGER, EXPLAIN_STACK, "web"));
    assert_false(allowed(test, "key", ACTION_RUN_TRIGGER, EXPLAIN_SPACE, "root"));
    assert_false(allowed(test, "u1", ACTION_SPACE_READ, EXPLAIN_SPACE, "team"));
    assert_true(allowed(test, "boss", ACTION_STACK_DELETE, EXPLAIN_STACK, "web"));
    assert_true(allowed(test, "web", ACTION_SPACE_READ, EXPLAIN_STACK, "web"));
    assert_false(allowed(test, "web", ACTION_RUN_TRIGGER, EXPLAIN_STACK, "web"));
    assert_false(allowed(test, "key", ACTION_SPACE_ADMIN, EXPLAIN_USER, "u1"));
    assert_true(allowed(test, "u2", ACTION_SPACE_ADMIN, EXPLAIN_ROLE, "space-admin"));
    assert_true(allowed(test, "u2", ACTION_SPACE_ADMIN, EXPLAIN_ROLE_BINDING, "b1"));
}

static void the_newest_session_counts(void **state)
{
    struct kernel_test *test = *state;
    set_up(test);
    test_sql(test,
             "INSERT INTO session (id, actor_kind, actor_id, method, groups, created_at, "
             "created_from, expires_at) VALUES ('s', 'USER', 'u1', 'OIDC', '[\"Ops\"]', 1, 'x', "
             "%" PRId64 ")",
             test->now + 1);
    assert_true(allowed(test, "u1", ACTION_RUN_TRIGGER, EXPLAIN_SPACE, "team"));
    test->now++;
    assert_false(allowed(test, "u1", ACTION_RUN_TRIGGER, EXPLAIN_SPACE, "team"));
}

static void what_does_not_exist_is_said(void **state)
{
    struct kernel_test *test = *state;
    struct explain_answer answer;
    set_up(test);
    struct explain_question question = {.actor = TEXT("nobody"), .object_id = TEXT("team")};
    assert_refused(test, ERR_NOT_FOUND, "actor \"nobody\" not found",
                   explain_answer(ctx, &question, &answer));
    question = (struct explain_question){.object_id = TEXT("nowhere")};
    test->actor = test_actor(test, "x", ACTION_SPACE_READ, "root");
    assert_refused(test, ERR_NOT_FOUND, "\"nowhere\" not found",
                   explain_answer(ctx, &question, &answer));
    question = (struct explain_question){.request_id = TEXT("none")};
    assert_refused(test, ERR_NOT_FOUND, "not found in the audit trail",
                   explain_answer(ctx, &question, &answer));
}

static void others_are_asked_about_by_administrators(void **state)
{
    struct kernel_test *test = *state;
    struct explain_answer answer;
    set_up(test);
    struct explain_question question = {
        .actor = TEXT("key"), .action = ACTION_RUN_TRIGGER, .object_id = TEXT("team")};
    test->actor = test_actor(test, "u1", ACTION_SPACE_READ, "root");
    assert_refused(test, ERR_DENIED, "unauthorized", explain_answer(ctx, &question, &answer));
    question.actor = TEXT("");
    assert_read(test, explain_answer(ctx, &question, &answer));
    assert_text_is(answer.actor_id, "u1");
    assert_false(answer.explanation.decision.allowed);
    question.actor = TEXT("key");
    test->actor = test_actor(test, "u1", ACTION_SPACE_ADMIN, "team");
    assert_read(test, explain_answer(ctx, &question, &answer));
    assert_text_is(answer.actor_name, "robot");
    test->actor = test_actor(test, "u1", ACTION_SPACE_ADMIN, "team");
    question.object_id = TEXT("root");
    assert_refused(test, ERR_NOT_FOUND, "\"root\" not found",
                   explain_answer(ctx, &question, &answer));
}

static void a_refused_request_is_explained_from_the_trail(void **state)
{
    struct kernel_test *test = *state;
    struct explain_answer answer;
    set_up(test);
    test_sql(test, "INSERT INTO audit_entry (sequence, id, created_at, actor, credential, action, "
                   "resource_type, request_id, decision, body, hash) VALUES (1, 'e', 77, "
                   "'api::key', 'key', 'access.denied', 'SPACE', 'r1', "
                   "'{\"allowed\":false,\"action\":\"stack:delete\",\"space\":\"team\"}', '{}', "
                   "'')");
    struct explain_question question = {.request_id = TEXT("r1")};
    assert_read(test, explain_answer(ctx, &question, &answer));
    assert_text_is(answer.actor_id, "key");
    assert_int_equal(answer.refused_at, 77);
    assert_int_equal(answer.explanation.decision.action, ACTION_STACK_DELETE);
    assert_false(answer.explanation.decision.allowed);
    assert_int_equal(answer.explanation.nearest.len, 2);
    test->actor = test_actor(test, "u1", ACTION_SPACE_READ, "root");
    assert_refused(test, ERR_DENIED, "unauthorized", explain_answer(ctx, &question, &answer));
    test->actor = test_actor(test, "key", ACTION_SPACE_READ, "root");
    assert_read(test, explain_answer(ctx, &question, &answer));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SPACES(keys_users_and_stacks_are_asked_about),
        WITH_SPACES(the_newest_session_counts),
        WITH_SPACES(what_does_not_exist_is_said),
        WITH_SPACES(others_are_asked_about_by_administrators),
        WITH_SPACES(a_refused_request_is_explained_from_the_trail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
