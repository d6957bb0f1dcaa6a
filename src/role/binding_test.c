/* Role bindings: of every kind of subject, by whom, of stacks, and those that end. */
#include "access/access_test_support.h"
#include "role/binding.h"

static const char reader[] = "00000000000000000000000001";

static void add_subjects(struct kernel_test *test)
{
    test_sql(test, "INSERT INTO api_key (id, kind, name, secret_hash, created_by, created_at) "
                   "VALUES ('key', 'SECRET', 'key', '', 'x', 1), ('worker', 'WORKER', 'w', '', "
                   "'x', 1)");
    test_sql(test, "INSERT INTO account_user (id, username, invited_at, invited_by) VALUES "
                   "('jane', 'jane', 1, 'x')");
    test_sql(test, "INSERT INTO user_group (id, name, created_at, created_by) VALUES ('ops', "
                   "'Ops', 1, 'x')");
    test_add_space(test, "team", "root");
    test_add_space(test, "other", "root");
}

static void add_stack(struct kernel_test *test, const char *id, const char *space)
{
    test_sql(test,
             "INSERT INTO stack (id, name, space_id, provider, repository, branch, vendor, "
             "created_at, created_by) VALUES ('%s', '%s', '%s', 'GIT', 'r', 'main', 'TERRAFORM', "
             "1, 'x')",
             id, id, space);
}

static struct role_binding_input input_of(const char *subject, const char *role, const char *space)
{
    return (struct role_binding_input){
        .subject_id = text_z(subject), .role = text_z(role), .space_id = text_z(space)};
}

static struct role_binding *bind(struct kernel_test *test, enum subject_kind kind,
                                 const char *subject, const char *role, const char *space)
{
    struct role_binding *binding;
    struct role_binding_input input = input_of(subject, role, space);
    assert_kept(test, role_binding_create(ctx, kind, &input, &binding));
    return binding;
}

static int64_t entries(struct kernel_test *test, const char *action)
{
    return test_sql_int(test, "SELECT count(*) FROM audit_entry WHERE action = '%s'", action);
}

static void every_kind_of_subject_is_bound(void **state)
{
    static const struct {
        enum subject_kind kind;
        const char *id;
    } subjects[] = {{SUBJECT_API_KEY, "key"},
                    {SUBJECT_USER, "jane"},
                    {SUBJECT_GROUP, "ops"},
                    {SUBJECT_STACK, "deploy"}};
    struct kernel_test *test = *state;
    add_subjects(test);
    add_stack(test, "deploy", "team");
    for (size_t i = 0; i < ARRAY_LENGTH(subjects); i++) {
        struct role_binding *found, *binding = bind(test, subjects[i].kind, subjects[i].id,
                                                    i % 2 ? reader : "space-reader", "team");
        assert_text_is(binding->role_id, reader);
        assert_read(test, role_binding_find(ctx, subjects[i].kind, binding->id, &found));
        assert_text_is(found->subject_id, subjects[i].id);
        assert_int_equal(found->kind, subjects[i].kind);
        assert_read(test, role_binding_find(ctx, subjects[(i + 1) % 4].kind, binding->id, &found));
        assert_null(found);
    }
    assert_int_equal(entries(test, "role_binding.create"), 4);
}

static void what_does_not_exist_is_named(void **state)
{
    struct kernel_test *test = *state;
    struct role_binding *binding;
    add_subjects(test);
    struct role_binding_input input = input_of("nobody", reader, "team");
    assert_refused(test, ERR_NOT_FOUND, "user \"nobody\" not found",
                   role_binding_create(ctx, SUBJECT_USER, &input, &binding));
    input = input_of("worker", reader, "team");
    assert_refused(test, ERR_NOT_FOUND, "API key \"worker\" not found",
                   role_binding_create(ctx, SUBJECT_API_KEY, &input, &binding));
    input = input_of("jane", "no-role", "team");
    assert_refused(test, ERR_NOT_FOUND, "role \"no-role\" not found",
                   role_binding_create(ctx, SUBJECT_USER, &input, &binding));
    input = input_of("jane", reader, "nowhere");
    assert_refused(test, ERR_NOT_FOUND, "space \"nowhere\" not found",
                   role_binding_create(ctx, SUBJECT_USER, &input, &binding));
    input = input_of("jane", reader, "team");
    assert_refused(test, ERR_NOT_FOUND, "role binding \"x\" not found",
                   role_binding_update(ctx, SUBJECT_USER, TEXT("x"), &input, &binding));
}

static void the_same_binding_is_not_made_twice(void **state)
{
    struct kernel_test *test = *state;
    struct role_binding *binding;
    add_subjects(test);
    bind(test, SUBJECT_USER, "jane", reader, "team");
    bind(test, SUBJECT_USER, "jane", reader, "other");
    bind(test, SUBJECT_USER, "jane", "space-writer", "team");
    struct role_binding_input input = input_of("jane", "space-reader", "team");
    assert_refused(test, ERR_CONFLICT, "user \"jane\" has this role in space \"team\" already",
                   role_binding_create(ctx, SUBJECT_USER, &input, &binding));
}

static void a_batch_is_made_as_a_whole_or_not_at_all(void **state)
{
    struct kernel_test *test = *state;
    struct list made;
    add_subjects(test);
    struct role_binding_input inputs[101] = {input_of("jane", reader, "team"),
                                             input_of("jane", reader, "other")};
    assert_kept(test, role_binding_create_many(ctx, SUBJECT_USER, inputs, 2, &made));
    assert_int_equal(made.len, 2);
    inputs[0] = input_of("jane", "space-writer", "team");
    assert_refused(test, ERR_CONFLICT, "already",
                   role_binding_create_many(ctx, SUBJECT_USER, inputs, 2, &made));
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM role_binding"), 2);
    assert_refused(test, ERR_INVALID, "100 bindings",
                   role_binding_create_many(ctx, SUBJECT_USER, inputs, 101, &made));
}

static void an_update_needs_the_rights_at_both_ends(void **state)
{
    struct kernel_test *test = *state;
    add_subjects(test);
    struct role_binding *binding = bind(test, SUBJECT_USER, "jane", reader, "team");
    struct role_binding_input input = input_of("jane", "space-writer", "other");
    test->actor = test_actor(test, "team", ACTION_SPACE_ADMIN, "team");
    assert_refused(test, ERR_DENIED, "space \"other\"",
                   role_binding_update(ctx, SUBJECT_USER, binding->id, &input, &binding));
    test->actor = test_actor(test, "other", ACTION_SPACE_ADMIN, "other");
    assert_refused(test, ERR_DENIED, "space \"team\"",
                   role_binding_update(ctx, SUBJECT_USER, binding->id, &input, &binding));
    test->actor = &actor_system;
    assert_kept(test, role_binding_update(ctx, SUBJECT_USER, binding->id, &input, &binding));
    assert_text_is(binding->space_id, "other");
    assert_text_is(binding->role_id, "00000000000000000000000002");
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM role_binding WHERE space_id = "
                                        "'other' AND role_id LIKE '%%2'"),
                     1);
}

static void administrators_of_a_space_bind_in_it_and_below(void **state)
{
    struct kernel_test *test = *state;
    struct role_binding *binding;
    add_subjects(test);
    test_add_space(test, "low", "team");
    test->actor = test_actor(test, "admin", ACTION_SPACE_ADMIN, "team");
    binding = bind(test, SUBJECT_USER, "jane", "space-admin", "team");
    bind(test, SUBJECT_USER, "jane", "space-admin", "low");
    struct role_binding_input input = input_of("jane", reader, "root");
    assert_refused(test, ERR_DENIED, "unauthorized: space:admin in space \"root\"",
                   role_binding_create(ctx, SUBJECT_USER, &input, &binding));
    test->actor = &actor_system;
    struct role_binding *other = bind(test, SUBJECT_USER, "jane", reader, "other");
    test->actor = test_actor(test, "admin", ACTION_SPACE_ADMIN, "team");
    assert_refused(test, ERR_DENIED, "unauthorized",
                   role_binding_delete(ctx, SUBJECT_USER, other->id, &binding));
    test->actor = test_actor(test, "writer", ACTION_SPACE_WRITE, "root");
    input = input_of("key", reader, "team");
    assert_refused(test, ERR_DENIED, "unauthorized",
                   role_binding_create(ctx, SUBJECT_API_KEY, &input, &binding));
}

static void bindings_are_seen_by_administrators_and_their_subject(void **state)
{
    struct kernel_test *test = *state;
    struct role_binding *found, *binding;
    add_subjects(test);
    binding = bind(test, SUBJECT_USER, "jane", reader, "team");
    test->actor = test_actor(test, "jane", ACTION_SPACE_READ, "team");
    assert_read(test, role_binding_find(ctx, SUBJECT_USER, binding->id, &found));
    assert_non_null(found);
    test->actor = test_actor(test, "joe", ACTION_SPACE_READ, "root");
    assert_read(test, role_binding_find(ctx, SUBJECT_USER, binding->id, &found));
    assert_null(found);
    test->actor = test_actor(test, "joe", ACTION_SPACE_ADMIN, "other");
    assert_read(test, role_binding_find(ctx, SUBJECT_USER, binding->id, &found));
    assert_non_null(found);
}

static void a_stack_is_bound_by_who_manages_it_and_the_space(void **state)
{
    struct kernel_test *test = *state;
    struct role_binding *binding;
    add_subjects(test);
    add_stack(test, "deploy", "team");
    add_stack(test, "top", "root");
    struct role_binding_input input = input_of("deploy", reader, "other");
    test->actor = test_actor(test, "other", ACTION_SPACE_ADMIN, "other");
    assert_refused(test, ERR_DENIED, "stack:manage in space \"team\"",
                   role_binding_create(ctx, SUBJECT_STACK, &input, &binding));
    test->actor = test_actor(test, "team", ACTION_SPACE_ADMIN, "team");
    assert_refused(test, ERR_DENIED, "space:admin in space \"other\"",
                   role_binding_create(ctx, SUBJECT_STACK, &input, &binding));
    test->actor = &actor_system;
    bind(test, SUBJECT_STACK, "deploy", reader, "other");
    input = input_of("deploy", reader, "root");
    assert_refused(test, ERR_INVALID, "a stack outside the space root cannot be bound to root",
                   role_binding_create(ctx, SUBJECT_STACK, &input, &binding));
    bind(test, SUBJECT_STACK, "top", reader, "root");
}

static void a_grant_ends_by_itself_and_leaves_an_entry(void **state)
{
    struct kernel_test *test = *state;
    struct role_binding *grant, *again;
    struct list list;
    add_subjects(test);
    struct role_binding_input input = input_of("jane", "space-admin", "team");
    input.expires_at = test->now + 1000000;
    assert_refused(test, ERR_INVALID, "needs a reason",
                   role_binding_grant(ctx, SUBJECT_USER, &input, &grant));
    input.reason = TEXT("the site is down");
    assert_kept(test, role_binding_grant(ctx, SUBJECT_USER, &input, &grant));
    assert_int_equal(entries(test, "access.grant"), 1);
    assert_read(test, role_binding_list_grants(ctx, &list));
    assert_int_equal(list.len, 1);
    assert_kept(test, role_binding_delete_expired(ctx));
    assert_int_equal(entries(test, "role_binding.expired"), 0);
    test->now += 1000000;
    assert_read(test, role_binding_list_grants(ctx, &list));
    assert_int_equal(list.len, 0);
    /* What has ended and was not removed yet is not in the way. */
    input.expires_at = test->now + 5;
    assert_kept(test, role_binding_grant(ctx, SUBJECT_USER, &input, &again));
    assert_int_equal(entries(test, "role_binding.expired"), 1);
    test->now += 5;
    assert_kept(test, role_binding_delete_expired(ctx));
    assert_int_equal(entries(test, "role_binding.expired"), 2);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM role_binding"), 0);
}

/* Under login policies a binding that stays gives nothing, and must not keep help away. */
static void a_grant_stands_beside_a_binding_that_stays(void **state)
{
    struct kernel_test *test = *state;
    struct role_binding *grant;
    add_subjects(test);
    bind(test, SUBJECT_USER, "jane", "space-admin", "team");
    struct role_binding_input input = input_of("jane", "space-admin", "team");
    input.expires_at = test->now + 1000000;
    input.reason = TEXT("the site is down");
    assert_kept(test, role_binding_grant(ctx, SUBJECT_USER, &input, &grant));
    assert_refused(test, ERR_CONFLICT, "has this role in space \"team\" already",
                   role_binding_grant(ctx, SUBJECT_USER, &input, &grant));
    test->now += 1000000;
    assert_kept(test, role_binding_delete_expired(ctx));
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM role_binding"), 1);
}

/* An administrator of the space until the end, and by another grant if `also` is given. */
static const struct actor *administrator_until(struct kernel_test *test, const char *space,
                                               int64_t end, const char *also, int64_t also_end)
{
    struct actor *actor = ARENA_NEW(test->arena, struct actor);
    struct grant *grants = ARENA_ARRAY(test->arena, struct grant, 2);
    *actor = *test_actor(test, "helper", ACTION_SPACE_ADMIN, space);
    grants[0] = actor->grants[0];
    grants[0].expires_at = end;
    grants[0].reason = TEXT("the site is down");
    if (also) {
        grants[1] = actor->grants[0];
        grants[1].space_id = text_z(also);
        grants[1].expires_at = also_end;
    }
    actor->grants = grants;
    actor->grant_count = also ? 2 : 1;
    return actor;
}

static void a_right_that_ends_makes_none_that_outlives_it(void **state)
{
    static const char sentence[] = "unauthorized: space:admin in space \"team\" is granted to "
                                   "api::helper until 2026-11-22T10:00:01Z because \"the site is "
                                   "down\", so it makes no rights that last longer";
    struct kernel_test *test = *state;
    struct role_binding *made, *kept;
    add_subjects(test);
    kept = bind(test, SUBJECT_USER, "jane", reader, "team");
    struct role_binding_input input = input_of("key", reader, "team");
    test->actor = administrator_until(test, "team", test->now + 1000000, NULL, 0);
    assert_refused(test, ERR_DENIED, sentence,
                   role_binding_create(ctx, SUBJECT_API_KEY, &input, &made));
    input.reason = TEXT("help");
    input.expires_at = test->now + 1000001;
    assert_refused(test, ERR_DENIED, sentence,
                   role_binding_grant(ctx, SUBJECT_API_KEY, &input, &made));
    input.expires_at = test->now + 1000000;
    assert_kept(test, role_binding_grant(ctx, SUBJECT_API_KEY, &input, &made));
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM audit_entry WHERE action = "
                                        "'access.grant' AND decision LIKE '%%the site is down%%'"),
                     1);
    /* A binding that stays is not turned into another one, but may go; so may one that ends. */
    input = input_of("jane", "space-admin", "team");
    assert_refused(test, ERR_DENIED, sentence,
                   role_binding_update(ctx, SUBJECT_USER, kept->id, &input, &kept));
    input = input_of("key", "space-admin", "team");
    assert_kept(test, role_binding_update(ctx, SUBJECT_API_KEY, made->id, &input, &made));
    assert_kept(test, role_binding_delete(ctx, SUBJECT_USER, kept->id, &kept));
}

static void a_lasting_right_counts_beside_one_that_ends(void **state)
{
    struct kernel_test *test = *state;
    struct role_binding *made;
    add_subjects(test);
    test_add_space(test, "low", "team");
    struct role_binding_input input = input_of("jane", reader, "low");
    test->actor = administrator_until(test, "low", test->now + 5, "team", 0);
    assert_kept(test, role_binding_create(ctx, SUBJECT_USER, &input, &made));
    input = input_of("key", reader, "low");
    input.expires_at = test->now + 7;
    input.reason = TEXT("help");
    test->actor = administrator_until(test, "low", test->now + 5, "team", test->now + 7);
    assert_kept(test, role_binding_grant(ctx, SUBJECT_API_KEY, &input, &made));
}

static void a_stack_is_bound_no_longer_than_it_is_managed(void **state)
{
    struct kernel_test *test = *state;
    struct role_binding *made;
    add_subjects(test);
    add_stack(test, "deploy", "team");
    struct role_binding_input input = input_of("deploy", reader, "other");
    test->actor = administrator_until(test, "team", test->now + 5, "other", 0);
    assert_refused(test, ERR_DENIED, "stack:manage in space \"team\" is granted",
                   role_binding_create(ctx, SUBJECT_STACK, &input, &made));
}

static void a_grant_has_a_greatest_length(void **state)
{
    struct kernel_test *test = *state;
    struct role_binding *grant;
    add_subjects(test);
    struct role_binding_input input = input_of("jane", reader, "team");
    input.reason = TEXT("why");
    input.expires_at = test->now;
    assert_refused(test, ERR_INVALID, "ends in the future",
                   role_binding_grant(ctx, SUBJECT_USER, &input, &grant));
    input.expires_at = test->now + 31 * INT64_C(86400000000);
    assert_refused(test, ERR_INVALID, "within 30 days",
                   role_binding_grant(ctx, SUBJECT_USER, &input, &grant));
    input.expires_at = test->now + 30 * INT64_C(86400000000);
    assert_kept(test, role_binding_grant(ctx, SUBJECT_USER, &input, &grant));
    assert_kept(test, role_binding_delete_any(ctx, grant->id, &grant));
    assert_non_null(grant);
    assert_int_equal(entries(test, "access.revoke"), 1);
    assert_kept(test, role_binding_delete_any(ctx, grant->id, &grant));
    assert_null(grant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SPACES(every_kind_of_subject_is_bound),
        WITH_SPACES(what_does_not_exist_is_named),
        WITH_SPACES(the_same_binding_is_not_made_twice),
        WITH_SPACES(a_batch_is_made_as_a_whole_or_not_at_all),
        WITH_SPACES(an_update_needs_the_rights_at_both_ends),
        WITH_SPACES(administrators_of_a_space_bind_in_it_and_below),
        WITH_SPACES(bindings_are_seen_by_administrators_and_their_subject),
        WITH_SPACES(a_stack_is_bound_by_who_manages_it_and_the_space),
        WITH_SPACES(a_grant_ends_by_itself_and_leaves_an_entry),
        WITH_SPACES(a_grant_stands_beside_a_binding_that_stays),
        WITH_SPACES(a_right_that_ends_makes_none_that_outlives_it),
        WITH_SPACES(a_lasting_right_counts_beside_one_that_ends),
        WITH_SPACES(a_stack_is_bound_no_longer_than_it_is_managed),
        WITH_SPACES(a_grant_has_a_greatest_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
