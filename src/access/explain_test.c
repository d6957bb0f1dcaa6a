/* Explanations: in words, and what would have allowed what was refused. */
#include "access/access_test_support.h"
#include "access/explain.h"

#define READER "00000000000000000000000001"
#define WRITER "00000000000000000000000002"

static struct grant grant_of(const char *role_id, enum action action, const char *space)
{
    struct grant grant = {.role_id = text_z(role_id), .space_id = text_z(space)};
    action_set_add(&grant.actions, action);
    return grant;
}

static struct explanation explain(struct kernel_test *test, const struct grant *grants,
                                  size_t count, enum action action, const char *space)
{
    struct explanation explanation;
    struct actor actor = {.kind = ACTOR_USER, .grants = grants, .grant_count = count};
    assert_read(test, access_explain(ctx, &actor, action, text_z(space), &explanation));
    return explanation;
}

static void what_is_allowed_names_its_grant(void **state)
{
    struct kernel_test *test = *state;
    test_add_space(test, "team", "root");
    test_add_space(test, "low", "team");
    struct grant grant = grant_of(WRITER, ACTION_SPACE_WRITE, "team");
    assert_text_is(explain(test, &grant, 1, ACTION_RUN_TRIGGER, "team").sentence,
                   "allowed: it has the role Space Writer in space \"team\"");
    assert_text_is(explain(test, &grant, 1, ACTION_RUN_TRIGGER, "low").sentence,
                   "allowed: it has the role Space Writer in space \"team\", which is above it");
    grant.source = GRANT_GROUP;
    grant.through = TEXT("Ops");
    grant.expires_at = TEST_NOW;
    grant.reason = TEXT("fire");
    assert_text_is(explain(test, &grant, 1, ACTION_RUN_TRIGGER, "team").sentence,
                   "allowed: its group Ops has the role Space Writer in space \"team\", until "
                   "2026-11-22T10:00:00Z because \"fire\"");
    grant = grant_of(WRITER, ACTION_SPACE_WRITE, "root");
    grant.source = GRANT_POLICY;
    grant.source_id = TEXT("writers");
    grant.through = TEXT("roles");
    grant.line = 12;
    assert_text_is(explain(test, &grant, 1, ACTION_RUN_TRIGGER, "root").sentence,
                   "allowed: line 12 of the login policy writers, rule roles, gives it the role "
                   "Space Writer in space \"root\"");
    grant = grant_of("", ACTION_SPACE_ADMIN, "root");
    grant.source = GRANT_OWNER;
    assert_text_is(explain(test, &grant, 1, ACTION_STACK_DELETE, "low").sentence,
                   "allowed: it owns the account");
    grant = grant_of("", ACTION_SPACE_READ, "team");
    grant.source = GRANT_BELOW;
    grant.source_id = TEXT("low");
    assert_text_is(explain(test, &grant, 1, ACTION_SPACE_READ, "team").sentence,
                   "allowed: it has a role in space \"low\", which inherits from this one");
}

static const struct nearest_grant *nearest(const struct explanation *explanation, size_t index)
{
    assert_true(index < explanation->nearest.len);
    return list_at(&explanation->nearest, index);
}

static void a_refusal_says_what_would_allow_it(void **state)
{
    struct kernel_test *test = *state;
    test_add_space(test, "team", "root");
    test_add_space(test, "other", "root");
    struct grant grants[] = {grant_of(READER, ACTION_SPACE_READ, "root"),
                             grant_of(WRITER, ACTION_SPACE_WRITE, "other")};
    struct explanation explanation = explain(test, grants, 2, ACTION_RUN_TRIGGER, "team");
    assert_false(explanation.decision.allowed);
    assert_text_is(explanation.sentence,
                   "not allowed: nothing gives it run:trigger in space \"team\" or above it");
    assert_int_equal(explanation.nearest.len, 3);
    assert_int_equal(nearest(&explanation, 0)->kind, NEAREST_ROLE);
    assert_text_is(nearest(&explanation, 0)->sentence,
                   "the role Space Writer (space-writer) in space \"team\" or above it would "
                   "allow it");
    assert_text_is(nearest(&explanation, 1)->sentence,
                   "its role Space Reader in space \"root\" does not have run:trigger");
    assert_int_equal(nearest(&explanation, 2)->kind, NEAREST_ELSEWHERE);
    assert_text_is(nearest(&explanation, 2)->sentence,
                   "it has the role Space Writer, which would allow it, in space \"other\"");
    assert_string_equal(nearest_kind_name(NEAREST_LACKING), "LACKING");
}

static void the_smallest_role_is_proposed(void **state)
{
    struct kernel_test *test = *state;
    struct explanation explanation = explain(test, NULL, 0, ACTION_SPACE_READ, "root");
    assert_text_is(nearest(&explanation, 0)->role_slug, "space-reader");
    explanation = explain(test, NULL, 0, ACTION_WORKER_POOL_CREATE, "root");
    assert_text_is(nearest(&explanation, 0)->role_slug, "worker-pool-controller");
    explanation = explain(test, NULL, 0, ACTION_STACK_DELETE, "root");
    assert_text_is(nearest(&explanation, 0)->role_slug, "space-admin");
    assert_int_equal(explanation.nearest.len, 1);
    test_sql(test, "INSERT INTO role (id, slug, name, actions, created_at) VALUES "
                   "('a', 'cleaner', 'Cleaner', '[\"STACK_DELETE\"]', 1), "
                   "('b', 'mover', 'Mover', '[\"STACK_DELETE\",\"STACK_CREATE\"]', 1)");
    explanation = explain(test, NULL, 0, ACTION_STACK_DELETE, "root");
    assert_text_is(nearest(&explanation, 1)->role_slug, "cleaner");
}

static void questions_without_a_space_are_answered_too(void **state)
{
    struct kernel_test *test = *state;
    struct explanation explanation = explain(test, NULL, 0, ACTION_RUN_TRIGGER, "");
    assert_text_is(explanation.sentence, "not allowed: nothing gives it run:trigger in any space");
    assert_text_is(nearest(&explanation, 0)->sentence,
                   "the role Space Writer (space-writer) in a space would allow it");
    assert_text_is(explain(test, NULL, 0, ACTION_RUN_TRIGGER, "nowhere").sentence,
                   "not allowed: there is no space \"nowhere\"");
}

static void the_server_itself_needs_no_grant(void **state)
{
    struct kernel_test *test = *state;
    struct explanation explanation;
    assert_read(
        test, access_explain(ctx, &actor_system, ACTION_STACK_DELETE, TEXT("root"), &explanation));
    assert_text_is(explanation.sentence, "allowed: the server itself acts");
}

static void the_trail_gets_sentences(void **state)
{
    struct kernel_test *test = *state;
    struct json_printer printer;
    struct explanation explanation = explain(test, NULL, 0, ACTION_SPACE_READ, "root");
    struct json_writer *writer = json_print_begin(&printer, test->arena);
    json_begin_object(writer);
    explanation_write_nearest(writer, &explanation);
    json_end_object(writer);
    assert_text_is(json_print_end(&printer),
                   "{\"nearest\":[\"the role Space Reader (space-reader) in space \\\"root\\\" or "
                   "above it would allow it\"]}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SPACES(what_is_allowed_names_its_grant),
        WITH_SPACES(a_refusal_says_what_would_allow_it),
        WITH_SPACES(the_smallest_role_is_proposed),
        WITH_SPACES(questions_without_a_space_are_answered_too),
        WITH_SPACES(the_server_itself_needs_no_grant),
        WITH_SPACES(the_trail_gets_sentences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
